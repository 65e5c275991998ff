/* Size and speed of the store, in CPU time (user + system) so that a loaded machine does not
 * matter. store_bench STORE BUILDS FILE...    size, adding, loading store_bench STORE runs FILE...
 * one function over a thousand runs; benchmark values The files are profiles of one binary. They
 * are put in as BUILDS runs: the first as they are; each further one as a new link of the same
 * program would give them: a new build id, every function moved, three functions of a hundred with
 * moved lines, other counts, another time. Called by bench/self/store.sh; tests/perf is not part of
 * the test suite. */
#include "base/clock.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/mem.h"
#include "profile/decode.h"
#include "profile/encode.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

struct corpus {
    char **names;
    struct ak_buf *packed; /* gzipped, as on disk */
    struct ak_buf *plain;
    size_t count;
    uint64_t packed_bytes, plain_bytes;
};

static double cpu_ms(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

static void must(enum ak_status st, const struct ak_error *err)
{
    if (st != AK_OK) {
        fprintf(stderr, "store_bench: %s\n", err->text);
        exit(2);
    }
}

static uint64_t noise(const char *salt, uint64_t a, uint64_t b)
{
    return ak_hash_u64(ak_hash_str(ak_str_from(salt)) ^ ak_hash_u64(a * 1000003 + b));
}

static void set_string(struct ak_profile *p, uint32_t i, const char *text)
{
    p->strings[i] = ak_arena_str(p->arena, ak_str_from(text));
}

static uint64_t function_key(const struct ak_profile *p, const struct ak_location *l)
{
    const uint32_t f =
        l->line_count ? p->lines[l->first_line + l->line_count - 1].function : AK_NO_INDEX;
    return f == AK_NO_INDEX ? 0 : ak_hash_str(ak_profile_str(p, p->functions[f].name));
}

static void relink(struct ak_profile *p, uint64_t build, uint64_t file)
{
    char id[41];
    snprintf(id, sizeof id, "%016" PRIx64 "%016" PRIx64 "%08x", noise("id", build, 1),
             noise("id", build, 2), (unsigned)build);
    if (p->mapping_count && p->mappings[0].build_id) {
        set_string(p, p->mappings[0].build_id, id);
    }
    for (uint32_t i = 0; i < p->location_count; i++) {
        struct ak_location *const l = &p->locations[i];
        const uint64_t key = function_key(p, l);
        if (l->mapping == 0 && key) {
            l->address += (noise("move", build, key) % 4096) * 16;
        }
        for (uint32_t n = l->first_line; n < l->first_line + l->line_count; n++) {
            struct ak_line *const line = &p->lines[n];
            const uint64_t name =
                line->function == AK_NO_INDEX
                    ? 1
                    : ak_hash_str(ak_profile_str(p, p->functions[line->function].name));
            if (line->line && noise("edit", build, name) % 100 < 3) {
                line->line += (int64_t)(noise("lines", build, name) % 7);
            }
        }
    }
    p->time_ns += (int64_t)(build * 86400000000000 + noise("time", build, file) % 1000000007);
    p->duration_ns += (int64_t)(noise("duration", build, file) % 10000019);
    for (size_t i = 0; i < p->sample_count; i++) {
        int64_t *const row = p->values + i * p->sample_type_count;
        const uint64_t by = noise("value", build * 131071 + file, i) % 8;
        for (uint32_t t = 0; t < p->sample_type_count; t++) {
            row[t] += by == 0 ? row[t] : 0; /* one sample in eight counts double */
        }
    }
}

static void corpus_add(struct corpus *c, const char *name, struct ak_str plain)
{
    c->names[c->count] = ak_strdup(name);
    ak_buf_str(&c->plain[c->count], plain);
    ak_gzip_bytes(plain, 1, &c->packed[c->count]);
    c->plain_bytes += plain.len;
    c->packed_bytes += c->packed[c->count].len;
    c->count++;
}

static struct corpus corpus_build(int files, char **paths, uint64_t build)
{
    struct corpus c = {.names = ak_calloc((size_t)files, sizeof *c.names),
                       .packed = ak_calloc((size_t)files, sizeof *c.packed),
                       .plain = ak_calloc((size_t)files, sizeof *c.plain)};
    struct ak_error err;
    for (int i = 0; i < files; i++) {
        struct ak_buf plain = AK_BUF_INIT;
        must(ak_file_read_inflated(paths[i], NULL, &plain, &err), &err);
        if (build > 0) {
            struct ak_profile *p;
            must(ak_profile_decode_bytes(paths[i], ak_buf_view(&plain), NULL, &p, &err), &err);
            relink(p, build, (uint64_t)i);
            ak_buf_reset(&plain);
            ak_profile_encode(p, AK_ENCODE_GO_RUNTIME, &plain);
            ak_profile_free(p);
        }
        corpus_add(&c, ak_path_base(paths[i]), ak_buf_view(&plain));
        ak_buf_release(&plain);
    }
    return c;
}

static double decode_all(const struct corpus *c)
{
    const double start = cpu_ms();
    for (size_t i = 0; i < c->count; i++) {
        struct ak_error err;
        struct ak_profile *p;
        must(ak_profile_decode_bytes(c->names[i], ak_buf_view(&c->packed[i]), NULL, &p, &err),
             &err);
        ak_profile_free(p);
    }
    return cpu_ms() - start;
}

static double ingest(struct ak_store *s, const struct corpus *c, uint64_t build, size_t *raw)
{
    struct ak_arena *const arena = ak_arena_new();
    struct ak_error err;
    const double start = cpu_ms();
    struct ak_run run = {.label = "main", .command = "", .commit = "", .branch = ""};
    run.time_ns = (int64_t)build * 86400000000000;
    run.profiles = AK_NEW_ARRAY(arena, struct ak_run_profile, c->count);
    run.profile_count = c->count;
    struct ak_buf *const bytes = AK_NEW_ARRAY(arena, struct ak_buf, c->count);
    for (size_t i = 0; i < c->count; i++) {
        must(ak_inflate_bytes(c->names[i], ak_buf_view(&c->packed[i]), NULL, &bytes[i], &err),
             &err);
        run.profiles[i] = (struct ak_run_profile){
            .name = c->names[i], .kind = "cpu", .benchmark = "", .bytes = ak_buf_view(&bytes[i])};
    }
    struct ak_added added;
    must(ak_store_add_run(s, &run, &added, &err), &err);
    const double ms = cpu_ms() - start;
    *raw += added.profiles_raw;
    for (size_t i = 0; i < c->count; i++) {
        ak_buf_release(&bytes[i]);
    }
    ak_arena_free(arena);
    return ms;
}

static void corpus_release(struct corpus *c)
{
    for (size_t i = 0; i < c->count; i++) {
        ak_free(c->names[i]);
        ak_buf_release(&c->packed[i]);
        ak_buf_release(&c->plain[i]);
    }
    ak_free(c->names);
    ak_free(c->packed);
    ak_free(c->plain);
}

static uint64_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

/* Every profile back: all must be identical; the second pass, with the dictionaries met, is timed.
 */
static void load_back(const char *path, int files, char **paths, uint64_t builds)
{
    struct ak_error err;
    struct ak_store *s;
    size_t different = 0;
    size_t count = 0;
    double ms = 0;
    must(ak_store_open(path, AK_STORE_READ, &s, &err), &err);
    struct ak_arena *const arena = ak_arena_new();
    struct ak_run *runs;
    size_t run_count;
    must(ak_store_list_runs(s, NULL, arena, &runs, &run_count, &err), &err);
    struct ak_buf got = AK_BUF_INIT;
    for (uint64_t b = 0; b < builds; b++) {
        struct corpus c = corpus_build(files, paths, b);
        for (int pass = 0; pass < 2; pass++) {
            const double start = cpu_ms();
            for (size_t i = 0; i < c.count; i++) {
                ak_buf_reset(&got);
                must(ak_store_load_profile(s, runs[b].profiles[i].id, &got, &err), &err);
                different += !ak_str_eq(ak_buf_view(&got), ak_buf_view(&c.plain[i]));
            }
            ms = pass == 1 ? ms + cpu_ms() - start : ms;
        }
        count += c.count;
        corpus_release(&c);
    }
    printf("load one profile            %8.3f ms   (%zu profiles, %zu different)\n",
           ms / (double)count, count, different);
    ak_buf_release(&got);
    ak_arena_free(arena);
    ak_store_close(s);
}

/* --- a thousand runs ------------------------------------------------------------------------- */

enum { RUNS = 1000, QUERIES = 20 };

static void add_profile_runs(struct ak_store *s, int files, char **paths)
{
    struct ak_error err;
    struct corpus c = {0};
    for (int i = 0; i < RUNS; i++) {
        if (i % files == 0) {
            corpus_release(&c);
            c = corpus_build(files, paths, (uint64_t)(i / files));
        }
        struct ak_run_profile p = {.name = "cpu.prof", .kind = "cpu", .benchmark = ""};
        p.bytes = ak_buf_view(&c.plain[i % files]);
        struct ak_run run = {.label = "main", .command = "x", .commit = "", .branch = ""};
        run.time_ns = i + 1;
        run.profiles = &p;
        run.profile_count = 1;
        struct ak_added added;
        must(ak_store_add_run(s, &run, &added, &err), &err);
    }
    corpus_release(&c);
}

static void query_function(struct ak_store *s)
{
    struct ak_arena *const arena = ak_arena_new();
    struct ak_error err;
    struct ak_function_point *points;
    size_t count = 0;
    size_t found = 0;
    int64_t sum = 0;
    const struct ak_function_query q = {
        .label = "main", .function = "runtime.mallocgc", .type = "cpu", .limit = RUNS};
    must(ak_store_function_history(s, &q, arena, &points, &count, &err), &err);
    const double start = cpu_ms();
    for (int i = 0; i < QUERIES; i++) {
        ak_arena_reset(arena);
        must(ak_store_function_history(s, &q, arena, &points, &count, &err), &err);
    }
    const double ms = (cpu_ms() - start) / QUERIES;
    for (size_t i = 0; i < count; i++) {
        found += points[i].found;
        sum += points[i].cum;
    }
    printf("one function                %8.3f ms   (%s in %zu of %zu runs, cum %" PRId64 ")\n", ms,
           q.function, found, count, sum);
    ak_arena_free(arena);
}

/* 200 runs of 100 benchmarks with 3 units, each `repeat` times. */
static void add_values(const char *path, size_t repeat)
{
    struct ak_arena *const arena = ak_arena_new();
    struct ak_error err;
    struct ak_store *s;
    static const char *const units[] = {"ns/op", "B/op", "allocs/op"};
    must(ak_store_open(path, AK_STORE_CREATE, &s, &err), &err);
    ak_store_close(s);
    const uint64_t empty = size_of(path);
    must(ak_store_open(path, AK_STORE_WRITE, &s, &err), &err);
    for (uint64_t r = 0; r < 200; r++) {
        ak_arena_reset(arena);
        struct ak_run run = {.label = "main", .command = "x", .commit = "", .branch = ""};
        run.time_ns = (int64_t)r + 1;
        run.series = AK_NEW_ARRAY(arena, struct ak_series, 300);
        run.series_count = 300;
        for (uint64_t i = 0; i < 300; i++) {
            struct ak_series *const x = &run.series[i];
            x->benchmark = ak_arena_printf(arena, "Benchmark%" PRIu64 "/size=%" PRIu64, i / 3, i);
            x->package = "example.org/module/package";
            x->unit = units[i % 3];
            x->procs = 8;
            x->count = repeat;
            x->values = AK_NEW_ARRAY(arena, double, repeat);
            x->iterations = AK_NEW_ARRAY(arena, int64_t, repeat);
            for (size_t k = 0; k < repeat; k++) {
                const uint64_t v = noise("value", r * 1000 + i, k) % 9000000;
                x->values[k] = i % 3 ? (double)(v / 1000) : (double)v / 10;
                x->iterations[k] = 1000 + (int64_t)i / 3;
            }
        }
        struct ak_added added;
        must(ak_store_add_run(s, &run, &added, &err), &err);
    }
    ak_store_close(s);
    printf("benchmark values, -count=%-2zu %8.2f B each   without the empty store %.2f\n", repeat,
           (double)size_of(path) / (200.0 * 300 * (double)repeat),
           (double)(size_of(path) - empty) / (200.0 * 300 * (double)repeat));
    ak_arena_free(arena);
}

static int thousand_runs(const char *path, int files, char **paths)
{
    struct ak_error err;
    struct ak_store *s;
    struct ak_buf name = AK_BUF_INIT;
    must(ak_store_open(path, AK_STORE_CREATE, &s, &err), &err);
    add_profile_runs(s, files, paths);
    query_function(s);
    ak_store_close(s);
    for (size_t repeat = 1; repeat <= 10; repeat += 9) {
        ak_buf_reset(&name);
        ak_buf_printf(&name, "%s.%zu", path, repeat);
        add_values(name.ptr, repeat);
    }
    ak_buf_release(&name);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: store_bench STORE BUILDS|runs FILE...\n", stderr);
        return 2;
    }
    if (strcmp(argv[2], "runs") == 0) {
        return thousand_runs(argv[1], argc - 3, argv + 3);
    }
    struct ak_error err;
    struct ak_store *s;
    const uint64_t builds = strtoull(argv[2], NULL, 10);
    uint64_t packed = 0;
    size_t raw = 0;
    double decode_ms = 0;
    double ingest_ms = 0;
    must(ak_store_open(argv[1], AK_STORE_CREATE, &s, &err), &err);
    const uint64_t empty = size_of(argv[1]);
    for (uint64_t b = 0; b < builds; b++) {
        struct corpus c = corpus_build(argc - 3, argv + 3, b);
        packed += c.packed_bytes;
        decode_ms += decode_all(&c);
        ingest_ms += ingest(s, &c, b, &raw);
        corpus_release(&c);
    }
    ak_store_close(s);
    const double n = (double)builds * (argc - 3);
    const uint64_t size = size_of(argv[1]);
    printf("profiles %.0f in %" PRIu64 " builds, .pb.gz %" PRIu64 " B, raw fallback %zu\n", n,
           builds, packed, raw);
    printf("store                       %8" PRIu64 " B    empty %" PRIu64 " B\n", size, empty);
    printf("store / .pb.gz              %8.3f      without the empty store %.3f\n",
           (double)size / (double)packed, (double)(size - empty) / (double)packed);
    printf("gunzip + decode             %8.3f ms each\n", decode_ms / n);
    printf("ingest                      %8.3f ms each = %.2f x\n", ingest_ms / n,
           ingest_ms / decode_ms);
    load_back(argv[1], argc - 3, argv + 3, builds);
    return 0;
}
