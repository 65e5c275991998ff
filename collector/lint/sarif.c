#include "base/hash.h"
#include "base/idmap.h"
#include "base/mem.h"
#include "collector/lint_sarif.h"
#include "store/json_read.h"

#include <stdlib.h>

#define RESULTS_MAX 100000
#define REGION_LINES_MAX 200

/* --- reading ------------------------------------------------------------------------------- */

struct reading {
    const char *name;
    struct ak_arena *arena;
    struct ak_sarif_log *log;
    size_t cap;
    const struct ak_json_node *rules;
    const char *tool;
};

/* The text of object.key.text, or "". Strings of the tree end with a NUL. */
static const char *message_of(const struct ak_json_node *object, const char *key)
{
    const struct ak_str text = ak_json_get_str(ak_json_get(object, key), "text");
    return text.ptr ? text.ptr : "";
}

static const char *text_of(const struct ak_json_node *object, const char *key)
{
    const struct ak_str text = ak_json_get_str(object, key);
    return text.ptr ? text.ptr : "";
}

static const struct ak_json_node *element(const struct ak_json_node *array, double index)
{
    const struct ak_json_node *n = array && array->type == AK_JSON_ARRAY ? array->child : NULL;
    for (double i = 0; n && i < index; i++) {
        n = n->next;
    }
    return index >= 0 ? n : NULL;
}

static const struct ak_json_node *rule_of(const struct reading *r,
                                          const struct ak_json_node *result)
{
    const struct ak_str id = ak_json_get_str(result, "ruleId");
    const struct ak_json_node *const rule =
        element(r->rules, ak_json_get_num(result, "ruleIndex", -1));
    if (rule && (id.len == 0 || ak_str_eq(ak_json_get_str(rule, "id"), id))) {
        return rule;
    }
    for (const struct ak_json_node *n = element(r->rules, 0); n; n = n->next) {
        if (ak_str_eq(ak_json_get_str(n, "id"), id)) {
            return n;
        }
    }
    return NULL;
}

static enum ak_sarif_level level_of(const struct ak_json_node *result,
                                    const struct ak_json_node *rule)
{
    struct ak_str level = ak_json_get_str(result, "level");
    if (level.len == 0) {
        level = ak_json_get_str(ak_json_get(rule, "defaultConfiguration"), "level");
    }
    return ak_str_eq(level, AK_STR("error")) ? AK_SARIF_ERROR
           : ak_str_eq(level, AK_STR("note")) || ak_str_eq(level, AK_STR("none"))
               ? AK_SARIF_NOTE
               : AK_SARIF_WARNING;
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* A URI as a path: no scheme, percent-encoding undone (an encoded NUL is left as it is). */
static const char *path_of(struct ak_str uri, struct ak_arena *arena)
{
    if (ak_str_starts(uri, AK_STR("file://"))) {
        uri = ak_str_slice(uri, 7, uri.len);
    }
    char *const path = ak_arena_alloc(arena, uri.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < uri.len; i++) {
        const int high = i + 2 < uri.len && uri.ptr[i] == '%' ? hex_value(uri.ptr[i + 1]) : -1;
        const int low = high >= 0 ? hex_value(uri.ptr[i + 2]) : -1;
        const bool coded = low >= 0 && high + low > 0;
        path[n++] = coded ? (char)(high * 16 + low) : uri.ptr[i];
        i += coded ? 2 : 0;
    }
    path[n] = '\0';
    return path;
}

static int64_t line_of(const struct ak_json_node *region, const char *key, int64_t otherwise)
{
    const double v = ak_json_get_num(region, key, 0);
    return v >= 1 && v <= 1e9 ? (int64_t)v : otherwise;
}

static bool is_left_out(const struct ak_json_node *result)
{
    const struct ak_str kind = ak_json_get_str(result, "kind");
    const struct ak_json_node *const list = ak_json_get(result, "suppressions");
    return ak_str_eq(kind, AK_STR("pass")) || ak_str_eq(kind, AK_STR("notApplicable")) ||
           (list && list->type == AK_JSON_ARRAY && list->child);
}

static void result_add(struct reading *r, const struct ak_json_node *result)
{
    const struct ak_json_node *const rule = rule_of(r, result);
    const struct ak_json_node *const place =
        ak_json_get(element(ak_json_get(result, "locations"), 0), "physicalLocation");
    const struct ak_json_node *const region = ak_json_get(place, "region");
    const struct ak_str uri = ak_json_get_str(ak_json_get(place, "artifactLocation"), "uri");
    const int64_t line = line_of(region, "startLine", 0);
    const int64_t end = line_of(region, "endLine", line);
    const char *id = text_of(result, "ruleId");
    id = *id ? id : text_of(rule, "id");
    struct ak_sarif_log *const log = r->log;
    AK_GROW(log->results, log->count + 1, r->cap);
    log->results[log->count] = (struct ak_sarif_result){
        .tool = r->tool,
        .rule = *id ? id : "unnamed",
        .title = message_of(rule, "shortDescription"),
        .help = message_of(rule, "help"),
        .level = level_of(result, rule),
        .message = message_of(result, "message"),
        .file = path_of(uri, r->arena),
        .line = line,
        .end_line = end >= line ? end : line,
        .function = "",
        .number = log->count,
    };
    log->count++;
}

static enum ak_status run_read(struct reading *r, const struct ak_json_node *run,
                               struct ak_error *err)
{
    const struct ak_json_node *const driver = ak_json_get(ak_json_get(run, "tool"), "driver");
    const struct ak_json_node *const results = ak_json_get(run, "results");
    if (!driver) {
        return ak_fail(err, AK_FORMAT, "%s: a run names no tool", r->name);
    }
    if (results && results->type != AK_JSON_ARRAY && results->type != AK_JSON_NULL) {
        return ak_fail(err, AK_FORMAT, "%s: the results of a run are no array", r->name);
    }
    r->tool = text_of(driver, "name");
    r->rules = ak_json_get(driver, "rules");
    for (const struct ak_json_node *n = element(results, 0); n; n = n->next) {
        if (n->type != AK_JSON_OBJECT) {
            return ak_fail(err, AK_FORMAT, "%s: a result is no object", r->name);
        }
        if (r->log->count >= RESULTS_MAX) {
            return ak_fail(err, AK_LIMIT, "%s: more than %d results", r->name, RESULTS_MAX);
        }
        if (is_left_out(n)) {
            r->log->suppressed++;
        } else {
            result_add(r, n);
        }
    }
    return AK_OK;
}

static enum ak_status log_read(struct reading *r, const struct ak_json_node *root,
                               struct ak_error *err)
{
    const struct ak_json_node *const runs = ak_json_get(root, "runs");
    if (!ak_str_eq(ak_json_get_str(root, "version"), AK_STR("2.1.0"))) {
        return ak_fail(err, AK_FORMAT, "%s: no SARIF log of version 2.1.0", r->name);
    }
    if (!runs || runs->type != AK_JSON_ARRAY) {
        return ak_fail(err, AK_FORMAT, "%s: the log has no runs", r->name);
    }
    enum ak_status st = AK_OK;
    for (const struct ak_json_node *n = runs->child; n && st == AK_OK; n = n->next) {
        st = run_read(r, n, err);
    }
    return st;
}

enum ak_status ak_sarif_parse(const char *name, struct ak_str text, struct ak_arena *arena,
                              struct ak_sarif_log *out, struct ak_error *err)
{
    struct ak_json_reader *json = NULL;
    const struct ak_json_node *root = NULL;
    struct ak_sarif_log log = {.type = "", .unit = ""};
    struct reading r = {.name = name, .arena = arena, .log = &log};
    enum ak_status st = ak_json_reader_open(&json, err);
    st = st == AK_OK ? ak_json_read(json, name, text, arena, &root, err) : st;
    st = st == AK_OK ? log_read(&r, root, err) : st;
    ak_json_reader_close(json);
    if (st == AK_OK) {
        *out = log;
        out->results = ak_arena_copy(arena, log.results, log.count * sizeof *log.results);
    }
    ak_free(log.results);
    return st;
}

/* --- ranking ------------------------------------------------------------------------------- */

struct place { /* a line of a function in the profile */
    uint32_t function;
    int64_t line, value;
    size_t last_sample; /* + 1, so that recursion counts once */
    uint32_t next;      /* of the same file name and line */
};

struct heat {
    const struct ak_profile *p;
    uint32_t type;
    struct ak_idmap by_place, by_name;
    struct place *places;
    size_t count, cap;
    int64_t total;
};

static struct ak_str last_part(struct ak_str path)
{
    return ak_str_slice(path, (size_t)(ak_str_rchr(path, '/') + 1), path.len);
}

static uint64_t name_key(struct ak_str path, int64_t line)
{
    return ak_hash_u64(ak_hash_str(last_part(path)) + (uint64_t)line);
}

static struct ak_str file_of(const struct heat *h, uint32_t function)
{
    return ak_profile_str(h->p, h->p->functions[function].filename);
}

static struct place *place_at(struct heat *h, const struct ak_line *line)
{
    const uint64_t key = ak_hash_u64((uint64_t)line->function + 1) ^ (uint64_t)line->line;
    bool is_new;
    const uint32_t id = ak_idmap_put(&h->by_place, key, (uint32_t)h->count, &is_new);
    if (is_new) {
        const uint64_t name = name_key(file_of(h, line->function), line->line);
        bool is_first;
        const uint32_t first = ak_idmap_put(&h->by_name, name, id, &is_first);
        AK_GROW(h->places, h->count + 1, h->cap);
        h->places[h->count++] =
            (struct place){.function = line->function, .line = line->line, .next = AK_NO_INDEX};
        if (!is_first) { /* behind the first, so that the map needs no change */
            h->places[id].next = h->places[first].next;
            h->places[first].next = id;
        }
    }
    return &h->places[id];
}

static void sample_count(struct heat *h, size_t i)
{
    const struct ak_profile *const p = h->p;
    const int64_t value = p->values[i * p->sample_type_count + h->type];
    h->total += value > 0 ? value : 0;
    for (uint64_t k = p->stack_start[i]; value > 0 && k < p->stack_start[i + 1]; k++) {
        const struct ak_location *const loc = &p->locations[p->stack_ids[k]];
        for (uint32_t l = loc->first_line; l < loc->first_line + loc->line_count; l++) {
            if (p->lines[l].function == AK_NO_INDEX) {
                continue;
            }
            struct place *const at = place_at(h, &p->lines[l]);
            at->value += at->last_sample == i + 1 ? 0 : value;
            at->last_sample = i + 1;
        }
    }
}

static struct ak_str last_two(struct ak_str path)
{
    const ptrdiff_t cut = ak_str_rchr(path, '/');
    const ptrdiff_t before = cut <= 0 ? -1 : ak_str_rchr(ak_str_slice(path, 0, (size_t)cut), '/');
    return cut <= 0 ? (struct ak_str){"", 0} : ak_str_slice(path, (size_t)(before + 1), path.len);
}

static bool is_tail(struct ak_str path, struct ak_str tail)
{
    return ak_str_ends(path, tail) &&
           (path.len == tail.len || tail.ptr[0] == '/' || path.ptr[path.len - tail.len - 1] == '/');
}

static bool same_file(struct ak_str a, struct ak_str b)
{
    const struct ak_str two = last_two(a);
    return a.len > 0 && b.len > 0 &&
           (is_tail(a, b) || is_tail(b, a) || (two.len > 0 && ak_str_eq(two, last_two(b))));
}

static void result_heat(const struct heat *h, struct ak_sarif_result *r, struct ak_arena *arena)
{
    const struct ak_str file = ak_str_from(r->file);
    const int64_t limit = r->line + REGION_LINES_MAX;
    const int64_t end = r->end_line < limit ? r->end_line : limit;
    const struct place *best = NULL;
    for (int64_t line = r->line; r->line > 0 && line <= end; line++) {
        uint32_t i = ak_idmap_get(&h->by_name, name_key(file, line));
        for (; i != AK_NO_INDEX; i = h->places[i].next) {
            const struct place *const at = &h->places[i];
            if (at->line == line && same_file(file, file_of(h, at->function)) &&
                (!best || at->value > best->value)) {
                best = at;
            }
        }
    }
    if (best && h->total > 0) {
        const uint32_t name = h->p->functions[best->function].name;
        r->heat = best->value;
        r->share = (double)best->value / (double)h->total;
        r->function = ak_arena_str(arena, ak_profile_str(h->p, name)).ptr;
    }
}

static int by_heat(const void *pa, const void *pb)
{
    const struct ak_sarif_result *a = pa, *b = pb;
    if (a->heat != b->heat) {
        return a->heat > b->heat ? -1 : 1;
    }
    return a->number < b->number ? -1 : a->number > b->number;
}

static uint32_t type_of(const struct ak_profile *p)
{
    uint32_t type = p->sample_type_count > 0 ? p->sample_type_count - 1 : 0;
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        const struct ak_str name = ak_profile_str(p, p->sample_types[i].type);
        if (ak_str_eq(name, AK_STR("alloc_space"))) {
            return i;
        }
        const bool chosen = p->default_sample_type != 0 &&
                            ak_str_eq(name, ak_profile_str(p, p->default_sample_type));
        type = chosen ? i : type;
    }
    return type;
}

void ak_sarif_rank(struct ak_sarif_log *log, const struct ak_profile *p, struct ak_arena *arena)
{
    struct heat h = {.p = p, .type = type_of(p)};
    for (size_t i = 0; p->sample_type_count > 0 && i < p->sample_count; i++) {
        sample_count(&h, i);
    }
    for (size_t i = 0; i < log->count; i++) {
        result_heat(&h, &log->results[i], arena);
    }
    if (log->count > 0) {
        qsort(log->results, log->count, sizeof *log->results, by_heat);
    }
    if (p->sample_type_count > 0) {
        log->type = ak_arena_str(arena, ak_profile_str(p, p->sample_types[h.type].type)).ptr;
        log->unit = ak_arena_str(arena, ak_profile_str(p, p->sample_types[h.type].unit)).ptr;
    }
    ak_idmap_release(&h.by_place);
    ak_idmap_release(&h.by_name);
    ak_free(h.places);
}
