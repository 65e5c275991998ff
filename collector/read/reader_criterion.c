/* Criterion (Rust): what it leaves in target/criterion/<benchmark>/new (sample.json with all
 * samples, estimates.json with their summary), and the messages of `cargo criterion
 * --message-format=json`. */
#include "base/mem.h"
#include "reader_value.h"

enum shape { SHAPE_NONE, SHAPE_SAMPLE, SHAPE_ESTIMATES, SHAPE_MESSAGES };

static enum shape shape_of(const struct ak_json_node *json)
{
    const struct ak_json_node *iters = ak_json_get(json, "iters");
    const struct ak_json_node *times = ak_json_get(json, "times");
    if (iters && times && iters->type == AK_JSON_ARRAY && times->type == AK_JSON_ARRAY) {
        return SHAPE_SAMPLE;
    }
    if (ak_json_get(ak_json_get(json, "mean"), "point_estimate")) {
        return SHAPE_ESTIMATES;
    }
    const struct ak_str reason = ak_json_get_str(json, "reason");
    return ak_str_starts(reason, AK_STR("benchmark-")) ||
                   ak_str_starts(reason, AK_STR("group-complete"))
               ? SHAPE_MESSAGES
               : SHAPE_NONE;
}

static bool matches(const struct collector_source *src)
{
    return shape_of(src->json) != SHAPE_NONE;
}

/* --- names: benchmark.json beside the file, else the folders below "criterion" ------------- */

static struct ak_str folder_of(struct ak_str path)
{
    const ptrdiff_t slash = ak_str_rchr(path, '/');
    return slash < 0 ? (struct ak_str){"", 0} : ak_str_slice(path, 0, (size_t)slash);
}

static const char *name_from_path(const char *path, struct ak_arena *arena)
{
    struct ak_str folder = folder_of(ak_str_from(path));
    if (ak_str_ends(folder, AK_STR("/new")) || ak_str_ends(folder, AK_STR("/base"))) {
        folder = folder_of(folder);
    }
    const struct ak_str root = AK_STR("criterion/");
    const ptrdiff_t at = ak_str_find(folder, root);
    if (at >= 0) {
        folder = ak_str_slice(folder, (size_t)at + root.len, folder.len);
    }
    return folder.len > 0 ? ak_arena_strndup(arena, folder.ptr, folder.len)
                          : ak_arena_strdup(arena, ak_path_base(path));
}

static const char *name_of(const struct collector_source *src, struct ak_arena *arena)
{
    const struct ak_str folder = folder_of(ak_str_from(src->path));
    const char *const sibling = ak_arena_printf(arena, "%.*s%sbenchmark.json", (int)folder.len,
                                                folder.ptr, folder.len ? "/" : "");
    struct ak_buf text = AK_BUF_INIT;
    struct ak_json_reader *json = NULL;
    const struct ak_json_node *root = NULL;
    struct ak_str name = {0};
    if (strcmp(src->path, "-") != 0 && ak_file_read(sibling, 1 << 20, &text, NULL) == AK_OK &&
        ak_json_reader_open(&json, NULL) == AK_OK &&
        ak_json_read(json, sibling, ak_buf_view(&text), arena, &root, NULL) == AK_OK) {
        name = ak_json_get_str(root, "full_id");
    }
    ak_json_reader_close(json);
    ak_buf_release(&text);
    return name.len > 0 ? name.ptr : name_from_path(src->path, arena);
}

/* --- values ------------------------------------------------------------------------------ */

/* Totals over iterations become values per iteration. */
struct measured {
    const struct ak_json_node *totals, *iterations;
    double factor;
};

static enum ak_status take_samples(const struct collector_source *src, struct collector_sample *s,
                                   const struct measured *m, struct collector_build *b,
                                   struct ak_error *err)
{
    const struct ak_json_node *n = m->iterations ? m->iterations->child : NULL;
    const struct ak_json_node *total = m->totals ? m->totals->child : NULL;
    for (; n && total; n = n->next, total = total->next) {
        if (n->type != AK_JSON_NUMBER || n->number < 1 || n->number > 9e18 ||
            total->type != AK_JSON_NUMBER) {
            return ak_fail(err, AK_FORMAT, "%s: a sample without iterations", src->path);
        }
        s->iterations = (int64_t)n->number;
        const enum ak_status st =
            collector_reader_value(src, b, s, total->number * m->factor / n->number, err);
        if (st != AK_OK) {
            return st;
        }
        b->results++;
    }
    return AK_OK;
}

static enum ak_status read_sample(const struct collector_source *src, struct collector_build *b,
                                  struct ak_error *err)
{
    struct collector_sample s = {
        .procs = 1, .unit = AK_STR("ns/op"), .benchmark = ak_str_from(name_of(src, b->scratch))};
    const struct measured m = {ak_json_get(src->json, "times"), ak_json_get(src->json, "iters"), 1};
    return take_samples(src, &s, &m, b, err);
}

static bool has_sample_beside(const char *path)
{
    const struct ak_str folder = folder_of(ak_str_from(path));
    struct ak_buf sibling = AK_BUF_INIT;
    struct ak_buf content = AK_BUF_INIT;
    ak_buf_printf(&sibling, "%.*s%ssample.json", (int)folder.len, folder.ptr,
                  folder.len ? "/" : "");
    const enum ak_status st = ak_file_read(sibling.ptr, (uint64_t)32 << 20, &content, NULL);
    ak_buf_release(&sibling);
    ak_buf_release(&content);
    return st == AK_OK;
}

static enum ak_status read_estimates(const struct collector_source *src, struct collector_build *b,
                                     struct ak_error *err)
{
    struct collector_sample s = {
        .procs = 1, .unit = AK_STR("ns/op"), .benchmark = ak_str_from(name_of(src, b->scratch))};
    if (has_sample_beside(src->path)) {
        return AK_OK; /* it is read, or would be, by itself */
    }
    const struct ak_json_node *best = ak_json_get(src->json, "median");
    if (!best) {
        best = ak_json_get(src->json, "mean");
    }
    collector_build_warn(b, "%s: only a summary; sample.json beside it has all samples", src->path);
    b->results++;
    return collector_reader_value(src, b, &s, ak_json_get_num(best, "point_estimate", 0), err);
}

static enum ak_status take_message(const struct collector_source *src,
                                   const struct ak_json_node *message, struct collector_build *b,
                                   struct ak_error *err)
{
    if (!ak_str_eq(ak_json_get_str(message, "reason"), AK_STR("benchmark-complete"))) {
        return AK_OK;
    }
    struct collector_sample s = {.procs = 1, .benchmark = ak_json_get_str(message, "id")};
    struct ak_buf unit = AK_BUF_INIT;
    ak_buf_str(&unit, ak_json_get_str(message, "unit"));
    ak_buf_puts(&unit, unit.len ? "/op" : "ns/op");
    s.unit = ak_buf_view(&unit);
    const struct measured m = {ak_json_get(message, "measured_values"),
                               ak_json_get(message, "iteration_count"), 1};
    const enum ak_status st = take_samples(src, &s, &m, b, err);
    ak_buf_release(&unit);
    return st;
}

static enum ak_status read_messages(const struct collector_source *src, struct collector_build *b,
                                    struct ak_error *err)
{
    struct ak_json_reader *json;
    enum ak_status st = ak_json_reader_open(&json, err);
    if (st != AK_OK) {
        return st;
    }
    struct ak_arena *arena = ak_arena_new();
    struct ak_str rest = src->bytes;
    while (st == AK_OK && rest.ptr && rest.len > 0) {
        const struct ak_str line = ak_str_trim(ak_str_cut(&rest, '\n'));
        const struct ak_json_node *message;
        ak_arena_reset(arena);
        if (line.len > 0 && line.ptr[0] == '{' &&
            ak_json_read(json, src->path, line, arena, &message, NULL) == AK_OK) {
            st = take_message(src, message, b, err);
        }
    }
    ak_arena_free(arena);
    ak_json_reader_close(json);
    return st;
}

static enum ak_status read_criterion(const struct collector_source *src, struct collector_build *b,
                                     struct ak_error *err)
{
    switch (shape_of(src->json)) {
    case SHAPE_SAMPLE:
        return read_sample(src, b, err);
    case SHAPE_ESTIMATES:
        return read_estimates(src, b, err);
    case SHAPE_MESSAGES:
        return read_messages(src, b, err);
    case SHAPE_NONE:
        break;
    }
    return AK_OK;
}

const struct collector_reader collector_reader_criterion = {
    .name = "Criterion JSON",
    .is_json = true,
    .matches = matches,
    .read = read_criterion,
};
