/* Files into one run: loads each, finds its kind, hands it to its reader. */
#include "collector/ingest.h"

#include "base/mem.h"
#include "bench_input.h"
#include "iso_time.h"
#include "profile/decode.h"
#include "profile/encode.h"
#include "profile/kind.h"
#include "reader.h"

/* Text is held in memory (it goes into the history as it was) up to this; beyond, it is read as a
 * stream and not kept. */
#define MAX_TEXT ((size_t)32 << 20)

struct ingest {
    const struct ak_ingest_opts *opts;
    struct collector_build build;
    struct ak_json_reader *json;
    struct ak_buf text; /* what was read, to be given back: benchmark texts one after the other, or
                           the one input of another format */
    size_t texts;
    bool text_is_single; /* nothing may be added to it */
    bool text_is_lost;   /* not everything that was measured is in text */
    const char **stores;
    size_t store_count, stores_cap;
};

/* --- one file ---------------------------------------------------------------------------- */

/* Reads the inflated content of path, or, when it is larger than MAX_TEXT, its beginning. */
struct loaded {
    bool is_whole, was_gzip;
};

static enum ak_status load(const char *path, const struct ak_limits *limits, struct ak_buf *out,
                           struct loaded *out_loaded, struct ak_error *err)
{
    struct ak_reader *r;
    enum ak_status st = ak_reader_open(path, limits, &r, err);
    if (st != AK_OK) {
        return st;
    }
    struct ak_str piece;
    *out_loaded = (struct loaded){.is_whole = false};
    while ((st = ak_reader_next(r, &piece, err)) == AK_OK && out->len < MAX_TEXT) {
        if (piece.len == 0) {
            out_loaded->is_whole = true;
            break;
        }
        ak_buf_str(out, piece);
    }
    out_loaded->was_gzip = ak_reader_was_gzip(r);
    ak_reader_close(r);
    return st;
}

static bool is_sqlite(struct ak_str bytes)
{
    return bytes.len >= 16 && memcmp(bytes.ptr, "SQLite format 3", 16) == 0;
}

/* The bytes of a decoded profile as the history keeps them: protobuf as it came, other formats
 * rewritten. */
static struct ak_str bytes_to_keep(const struct ak_profile *p, struct ak_str bytes,
                                   struct ak_arena *arena)
{
    if (ak_profile_sniff(bytes)) {
        return ak_arena_str(arena, bytes);
    }
    struct ak_buf encoded = AK_BUF_INIT;
    ak_profile_encode(p, AK_ENCODE_PPROF, &encoded);
    const struct ak_str kept = ak_arena_str(arena, ak_buf_view(&encoded));
    ak_buf_release(&encoded);
    return kept;
}

static void describe_profile(const struct ak_profile *p, const char *path, struct ak_str bytes,
                             struct ak_arena *arena, struct ak_run_profile *out)
{
    const struct ak_str kept = bytes_to_keep(p, bytes, arena);
    *out = (struct ak_run_profile){
        .name = ak_arena_strdup(arena, strcmp(path, "-") == 0 ? "stdin" : ak_path_base(path)),
        .kind = ak_profile_kind(p),
        .benchmark = "",
        .sha256 = ak_sha256_of(kept.ptr, kept.len),
        .size = kept.len,
        .bytes = kept,
    };
}

/* A profile file's content, inflated. */
struct profile_source {
    const char *path;
    struct ak_str bytes;
    const struct ak_limits *limits;
};

static enum ak_status decode_profile(const struct profile_source *src, struct ak_arena *arena,
                                     struct ak_run_profile *out, int64_t *out_time_ns,
                                     struct ak_error *err)
{
    struct ak_profile *p = NULL;
    const enum ak_status st = ak_profile_decode_bytes(src->path, src->bytes, src->limits, &p, err);
    if (st == AK_OK) {
        describe_profile(p, src->path, src->bytes, arena, out);
        *out_time_ns = p->time_ns;
        ak_profile_free(p);
    }
    return st;
}

enum ak_status ak_ingest_profile(const char *path, const struct ak_limits *limits,
                                 struct ak_arena *arena, struct ak_run_profile *out,
                                 int64_t *out_time_ns, struct ak_error *err)
{
    struct ak_buf bytes = AK_BUF_INIT;
    int64_t time_ns = 0;
    enum ak_status st = ak_file_read_inflated(path, limits, &bytes, err);
    if (st == AK_OK) {
        const struct profile_source src = {path, ak_buf_view(&bytes), limits};
        st = decode_profile(&src, arena, out, &time_ns, err);
    }
    if (st == AK_OK && out_time_ns) {
        *out_time_ns = time_ns;
    }
    ak_buf_release(&bytes);
    return st;
}

static enum ak_status take_profile(struct ingest *in, const char *path, struct ak_str bytes,
                                   struct ak_error *err)
{
    struct ak_run_profile profile;
    int64_t time_ns;
    const struct profile_source src = {path, bytes, in->opts->limits};
    const enum ak_status st = decode_profile(&src, in->build.arena, &profile, &time_ns, err);
    if (st == AK_OK) {
        collector_build_profile(&in->build, &profile, path);
        collector_build_time(&in->build, time_ns);
    }
    return st;
}

/* A profile beyond MAX_TEXT, read again as a whole. */
static enum ak_status take_large_profile(struct ingest *in, const char *path, struct ak_error *err)
{
    struct ak_run_profile profile;
    int64_t time_ns;
    const enum ak_status st =
        ak_ingest_profile(path, in->opts->limits, in->build.arena, &profile, &time_ns, err);
    if (st == AK_OK) {
        collector_build_profile(&in->build, &profile, path);
        collector_build_time(&in->build, time_ns);
    }
    return st;
}

/* --- text and JSON ----------------------------------------------------------------------- */

static bool may_be_json(struct ak_str bytes)
{
    const struct ak_str s = ak_str_trim(bytes);
    return s.len > 0 && (s.ptr[0] == '{' || s.ptr[0] == '[');
}

/* JSON lines are one document each; the first tells what they are. */
static struct ak_str first_line(struct ak_str bytes)
{
    struct ak_str rest = ak_str_trim(bytes);
    return ak_str_cut(&rest, '\n');
}

/* Parses JSON when the content is one document or begins with a line that is one. Anything else is
 * no error here: a log may begin with a brace. */
static const struct ak_json_node *try_json(struct ingest *in, const char *path, struct ak_str bytes,
                                           struct ak_arena *arena)
{
    const struct ak_json_node *root = NULL;
    if (!may_be_json(bytes) || (!in->json && ak_json_reader_open(&in->json, NULL) != AK_OK)) {
        return NULL;
    }
    if (ak_json_read(in->json, path, first_line(bytes), arena, &root, NULL) == AK_OK ||
        ak_json_read(in->json, path, bytes, arena, &root, NULL) == AK_OK) {
        return root;
    }
    return NULL;
}

/* Keeps the content for the history as it was, as long as what is kept can be read again: several
 * texts only when all are UTF-8. */
static void keep_text(struct ingest *in, const struct collector_source *src, struct ak_str content,
                      const struct collector_reader *reader)
{
    const bool recoded = content.len != src->bytes.len && content.len != src->bytes.len + 3;
    const bool single =
        reader != &collector_reader_go_text || recoded; /* + 3: only a mark is cut */
    in->text_is_lost = in->text_is_lost || src->streamed || in->text_is_single ||
                       (single && in->texts > 0) || in->text.len + content.len > MAX_TEXT;
    in->texts++;
    in->text_is_single = single;
    if (in->text_is_lost) {
        return;
    }
    if (in->text.len > 0 && in->text.ptr[in->text.len - 1] != '\n') {
        ak_buf_putc(&in->text, '\n');
    }
    ak_buf_str(&in->text, content);
}

/* `content`: the source's bytes as they were before they became UTF-8. */
static enum ak_status take_source(struct ingest *in, struct collector_source *src,
                                  struct ak_str content, struct ak_arena *scratch,
                                  struct ak_error *err)
{
    src->json = src->streamed ? NULL : try_json(in, src->path, src->bytes, scratch);
    const struct collector_reader *reader = collector_reader_find(src);
    if (!reader) {
        return ak_fail(err, AK_FORMAT, "%s: neither benchmark results nor a profile nor a history",
                       src->path);
    }
    const size_t before = in->build.results;
    const enum ak_status st = reader->read(src, &in->build, err);
    if (st == AK_OK && in->build.is_full) {
        return ak_fail(err, AK_LIMIT, "%s: more than %d benchmarks with their units, or %d values",
                       src->path, COLLECTOR_MAX_SERIES, COLLECTOR_MAX_VALUES);
    }
    if (st == AK_OK && in->build.results == before &&
        take_profile(in, src->path, src->bytes, NULL) != AK_OK) {
        collector_build_warn(&in->build, "%s: holds no benchmark result (read as %s)", src->path,
                             reader->name);
    } else if (st == AK_OK && in->build.results > before) {
        keep_text(in, src, content, reader);
    }
    return st;
}

static enum ak_status take_file(struct ingest *in, const char *path, struct ak_error *err)
{
    struct ak_buf bytes = AK_BUF_INIT, utf8 = AK_BUF_INIT;
    struct ak_arena *scratch = ak_arena_new();
    struct loaded loaded = {.is_whole = false};
    enum ak_status st = load(path, in->opts->limits, &bytes, &loaded, err);
    const struct ak_str content = ak_buf_view(&bytes);
    const bool whole = loaded.is_whole;
    if (st != AK_OK) {
        /* the error names the file */
    } else if (is_sqlite(content) && (loaded.was_gzip || strcmp(path, "-") == 0)) {
        st = ak_fail(err, AK_UNSUPPORTED, "%s: a history must be a plain file", path);
    } else if (is_sqlite(content)) {
        AK_GROW(in->stores, in->store_count + 1, in->stores_cap);
        in->stores[in->store_count++] = ak_arena_strdup(in->build.arena, path);
    } else if (ak_profile_sniff(content) && !collector_reader_is_text(content)) {
        st = whole ? take_profile(in, path, content, err) : take_large_profile(in, path, err);
    } else if (!whole && strcmp(path, "-") == 0) {
        st = ak_fail(err, AK_LIMIT, "standard input: more than %zu MiB", MAX_TEXT >> 20);
    } else {
        struct collector_source src = {
            .path = path, .bytes = content, .streamed = !whole, .limits = in->opts->limits};
        src.bytes = whole ? collector_input_utf8(content, &utf8) : content;
        st = take_source(in, &src, content, scratch, err);
    }
    ak_arena_free(scratch);
    ak_buf_release(&bytes);
    ak_buf_release(&utf8);
    return st;
}

/* --- all files --------------------------------------------------------------------------- */

static struct ak_run *finish_run(struct ingest *in)
{
    struct collector_build *b = &in->build;
    if (b->results == 0 && b->profile_count == 0) {
        return NULL;
    }
    struct ak_run *run = AK_NEW(b->arena, struct ak_run);
    collector_build_finish(b, run);
    run->key = "";
    run->label = ak_arena_strdup(b->arena, in->opts->label ? in->opts->label : "");
    run->command = "";
    if (in->text.len > 0 && !in->text_is_lost) {
        run->text = ak_arena_str(b->arena, ak_buf_view(&in->text));
    }
    return run;
}

static enum ak_status take_files(struct ingest *in, const char *const *files, size_t count,
                                 struct ak_error *err)
{
    for (size_t i = 0; i < count; i++) {
        const enum ak_status st = take_file(in, files[i], err);
        if (st != AK_OK) {
            return st;
        }
    }
    const struct collector_build *b = &in->build;
    if (b->results > 0 || b->profile_count > 0 || in->store_count > 0) {
        return AK_OK;
    }
    if (count > 1 || b->warning_count == 0) {
        return ak_fail(err, AK_NOT_JUDGED, "%s: nothing was measured%s", files[0],
                       count > 1 ? ", nor in the other files" : "");
    }
    /* The last warning of a single file says what it was read as, the first what was wrong. */
    const char *last = b->warnings[b->warning_count - 1];
    return b->warning_count > 1 ? ak_fail(err, AK_NOT_JUDGED, "%s; %s", last, b->warnings[0])
                                : ak_fail(err, AK_NOT_JUDGED, "%s", last);
}

static void give(struct ingest *in, struct ak_ingest *out)
{
    struct ak_arena *arena = in->build.arena;
    out->run = finish_run(in);
    out->benchmarks = in->build.benchmark_keys.count;
    out->failed = in->build.failed;
    out->stores = ak_arena_copy(arena, in->stores, in->store_count * sizeof *in->stores);
    out->store_count = in->store_count;
    out->warnings = ak_arena_copy(arena, in->build.warnings,
                                  in->build.warning_count * sizeof *in->build.warnings);
    out->warning_count = in->build.warning_count;
}

static void release(struct ingest *in)
{
    ak_json_reader_close(in->json);
    ak_free(in->stores);
    ak_buf_release(&in->text);
    collector_build_release(&in->build);
}

enum ak_status ak_ingest_files(const char *const *files, size_t count,
                               const struct ak_ingest_opts *opts, struct ak_arena *arena,
                               struct ak_ingest *out, struct ak_error *err)
{
    const int64_t time_ns = opts->time ? collector_iso_time_ns(ak_str_from(opts->time)) : 0;
    if (opts->time && time_ns == 0) {
        return ak_fail(err, AK_USAGE, "%.40s: no time as 2026-11-23T05:21:00Z", opts->time);
    }
    struct ingest in = {.opts = opts};
    collector_build_init(&in.build, arena);
    const enum ak_status st = take_files(&in, files, count, err);
    if (st == AK_OK) {
        give(&in, out);
    }
    if (st == AK_OK && out->run && time_ns != 0) {
        out->run->time_ns = time_ns;
    }
    release(&in);
    return st;
}

static enum ak_status read_captured(const struct ak_ingest_captured_profile *captured,
                                    struct ak_arena *arena, struct ak_run_profile *out,
                                    struct ak_error *err)
{
    int64_t time_ns;
    if (!captured->bytes.ptr) {
        return ak_ingest_profile(captured->path, NULL, arena, out, NULL, err);
    }
    struct ak_buf bytes = AK_BUF_INIT;
    enum ak_status st = ak_inflate_bytes(captured->path, captured->bytes, NULL, &bytes, err);
    if (st == AK_OK) {
        const struct profile_source src = {captured->path, ak_buf_view(&bytes), NULL};
        st = decode_profile(&src, arena, out, &time_ns, err);
    }
    ak_buf_release(&bytes);
    return st;
}

static void take_captured_profile(struct ingest *in,
                                  const struct ak_ingest_captured_profile *captured)
{
    struct ak_run_profile profile;
    struct ak_error err = {0};
    if (read_captured(captured, in->build.arena, &profile, &err) != AK_OK) {
        collector_build_warn(&in->build, "not taken as a profile: %s", err.text);
        return;
    }
    if (captured->name) {
        profile.name = ak_arena_strdup(in->build.arena, captured->name);
    }
    if (captured->benchmark) {
        profile.benchmark = ak_arena_strdup(in->build.arena, captured->benchmark);
    }
    collector_build_profile(&in->build, &profile, captured->path);
}

static void take_captured_text(struct ingest *in, const char *name, struct ak_str text)
{
    struct ak_arena *scratch = ak_arena_new();
    struct ak_error err = {0};
    struct collector_source src = {.path = name, .bytes = text, .lenient = true};
    const size_t before = in->build.results;
    src.json = try_json(in, src.path, src.bytes, scratch);
    const struct collector_reader *reader = collector_reader_find(&src);
    if (reader && reader->read(&src, &in->build, &err) != AK_OK) {
        collector_build_warn(&in->build, "%s", err.text);
    }
    if (in->build.results > before) {
        keep_text(in, &src, src.bytes, reader);
    }
    ak_arena_free(scratch);
}

void ak_ingest_captured(const struct ak_ingest_capture *capture, struct ak_arena *arena,
                        struct ak_ingest *out)
{
    const struct ak_ingest_opts opts = {.label = capture->label};
    struct ingest in = {.opts = &opts};
    collector_build_init(&in.build, arena);
    size_t from = 0;
    for (size_t i = 0; i < capture->end_count; i++) {
        take_captured_text(&in, capture->name, ak_str_slice(capture->text, from, capture->ends[i]));
        from = capture->ends[i];
    }
    if (from < capture->text.len || capture->end_count == 0) {
        take_captured_text(&in, capture->name,
                           ak_str_slice(capture->text, from, capture->text.len));
    }
    if (in.build.is_full) {
        collector_build_warn(&in.build,
                             "%s: only the first %d benchmarks with their units and %d values are "
                             "kept",
                             capture->name, COLLECTOR_MAX_SERIES, COLLECTOR_MAX_VALUES);
    }
    for (size_t i = 0; i < capture->profile_count; i++) {
        take_captured_profile(&in, &capture->profiles[i]);
    }
    give(&in, out);
    release(&in);
}
