/* SARIF 2.1.0 logs of any tool (OASIS, https://docs.oasis-open.org/sarif/sarif/v2.1.0/). */
#include "base/hash.h"
#include "base/idmap.h"
#include "base/mem.h"
#include "lint/results.h"
#include "store/json_read.h"

#include <string.h>

#define STEPS_MAX 1000
#define BASES_MAX 8
#define URI_MAX 4096
#define MESSAGE_MAX 2000 /* bytes, with its arguments */

struct nodes { /* the elements of an array, by index */
    const struct ak_json_node **items;
    size_t count;
};

struct component { /* the tool or one of its extensions, with its rules */
    const struct ak_json_node *node;
    struct nodes rules;
    struct ak_idmap by_id; /* hash of the id -> first rule */
};

struct run {
    struct results_list *list;
    const struct ak_json_node *node;
    struct component *components; /* [0] is the driver */
    size_t component_count;
    struct nodes artifacts;
    const char *tool;
    struct ak_error *err;
};

/* --- small things -------------------------------------------------------------------------- */

static const struct ak_json_node *first_of(const struct ak_json_node *array)
{
    return array && array->type == AK_JSON_ARRAY ? array->child : NULL;
}

static struct nodes nodes_of(const struct ak_json_node *array, struct ak_arena *arena)
{
    struct nodes n = {.count = 0};
    for (const struct ak_json_node *e = first_of(array); e; e = e->next) {
        n.count++;
    }
    n.items = AK_NEW_ARRAY(arena, const struct ak_json_node *, n.count);
    n.count = 0;
    for (const struct ak_json_node *e = first_of(array); e; e = e->next) {
        n.items[n.count++] = e;
    }
    return n;
}

static const struct ak_json_node *node_at(const struct nodes *n, double index)
{
    return index >= 0 && index < (double)n->count ? n->items[(size_t)index] : NULL;
}

/* Strings of the tree end with a NUL. */
static const char *text_of(const struct ak_json_node *object, const char *key)
{
    const struct ak_str text = ak_json_get_str(object, key);
    return text.ptr ? text.ptr : "";
}

static const char *multiformat_of(const struct ak_json_node *object, const char *key)
{
    return text_of(ak_json_get(object, key), "text");
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

/* --- places -------------------------------------------------------------------------------- */

/* The path of an artifact location, behind those of its bases: they name each other by uriBaseId.
 * "": none, or absurdly long. */
static const char *uri_of(const struct run *r, const struct ak_json_node *location)
{
    const struct ak_json_node *const bases = ak_json_get(r->node, "originalUriBaseIds");
    struct ak_str uri = ak_json_get_str(location, "uri");
    if (uri.len == 0) { /* else the run's artifacts have it */
        const struct ak_json_node *const artifact =
            node_at(&r->artifacts, ak_json_get_num(location, "index", -1));
        location = artifact ? ak_json_get(artifact, "location") : location;
        uri = ak_json_get_str(location, "uri");
    }
    for (int depth = 0; uri.len > 0 && uri.len <= URI_MAX && depth < BASES_MAX; depth++) {
        const char *const id = text_of(location, "uriBaseId");
        const bool is_whole = ak_str_find(uri, AK_STR("://")) >= 0 || uri.ptr[0] == '/';
        location = *id && !is_whole ? ak_json_get(bases, id) : NULL;
        const struct ak_str base = ak_json_get_str(location, "uri");
        if (base.len > 0 && base.len <= URI_MAX) {
            uri = ak_str_from(ak_arena_printf(r->list->arena, "%s%s%s", base.ptr,
                                              base.ptr[base.len - 1] == '/' ? "" : "/", uri.ptr));
        } else if (!location) {
            break;
        }
    }
    return uri.len <= URI_MAX ? path_of(uri, r->list->arena) : "";
}

static int64_t line_of(const struct ak_json_node *region, const char *key, int64_t otherwise)
{
    const double v = ak_json_get_num(region, key, 0);
    return v >= 1 && v <= 1e9 ? (int64_t)v : otherwise;
}

static void place_take(const struct run *r, const struct ak_json_node *location, const char **file,
                       int64_t *line, int64_t *end_line)
{
    const struct ak_json_node *const place = ak_json_get(location, "physicalLocation");
    const struct ak_json_node *const region = ak_json_get(place, "region");
    *file = uri_of(r, ak_json_get(place, "artifactLocation"));
    *line = line_of(region, "startLine", 0);
    *end_line = line_of(region, "endLine", *line);
}

/* --- rules --------------------------------------------------------------------------------- */

static const struct ak_json_node *rule_by_id(const struct component *c, struct ak_str id)
{
    const uint32_t i = id.len > 0 ? ak_idmap_get(&c->by_id, ak_hash_str(id)) : AK_IDMAP_NONE;
    return i == AK_IDMAP_NONE ? NULL : c->rules.items[i];
}

/* By index, in the driver or in the extension that `rule.toolComponent` names; else by id, or by
 * what stands before its first slash ("CA1000/1" is a case of CA1000). */
static const struct ak_json_node *rule_of(const struct run *r, const struct ak_json_node *result,
                                          struct ak_str id)
{
    const struct ak_json_node *const reference = ak_json_get(result, "rule");
    const double component = ak_json_get_num(ak_json_get(reference, "toolComponent"), "index", -1);
    const bool is_extension = component >= 0 && component + 1 < (double)r->component_count;
    const struct component *const c = &r->components[is_extension ? (size_t)component + 1 : 0];
    const double index =
        ak_json_get_num(result, "ruleIndex", ak_json_get_num(reference, "index", -1));
    const struct ak_json_node *rule = node_at(&c->rules, index);
    const struct ak_str found = ak_json_get_str(rule, "id");
    if (rule && (id.len == 0 || ak_str_starts(id, found))) {
        return rule;
    }
    for (size_t i = 0; i < r->component_count; i++) {
        rule = rule_by_id(&r->components[i], id);
        if (rule) {
            return rule;
        }
    }
    const ptrdiff_t slash = ak_str_chr(id, '/');
    return slash > 0 ? rule_by_id(c, ak_str_slice(id, 0, (size_t)slash)) : NULL;
}

static enum ak_result_level level_of(const struct ak_json_node *result,
                                     const struct ak_json_node *rule)
{
    struct ak_str level = ak_json_get_str(result, "level");
    if (level.len == 0) {
        level = ak_json_get_str(ak_json_get(rule, "defaultConfiguration"), "level");
    }
    return ak_str_eq(level, AK_STR("error")) ? AK_RESULT_ERROR
           : ak_str_eq(level, AK_STR("note")) || ak_str_eq(level, AK_STR("none"))
               ? AK_RESULT_NOTE
               : AK_RESULT_WARNING;
}

/* "{0}" in a text becomes the message's argument 0. */
static const char *arguments_fill(const char *text, const struct nodes *arguments,
                                  struct ak_arena *arena)
{
    struct ak_buf out = {.max = MESSAGE_MAX};
    for (const char *p = text; *p && !out.overflow; p++) {
        const bool is_one = p[0] == '{' && p[1] >= '0' && p[1] <= '9' && p[2] == '}';
        const struct ak_json_node *const a = is_one ? node_at(arguments, p[1] - '0') : NULL;
        if (a) {
            ak_buf_str(&out, a->text);
            p += 2;
        } else {
            ak_buf_putc(&out, *p);
        }
    }
    const char *const copy = ak_arena_str(arena, ak_buf_view(&out)).ptr;
    ak_buf_release(&out);
    return copy;
}

/* The text, or the one that the rule or the tool has under the message's id. */
static const char *message_of(const struct run *r, const struct ak_json_node *result,
                              const struct ak_json_node *rule)
{
    const struct ak_json_node *const message = ak_json_get(result, "message");
    const char *const id = text_of(message, "id");
    const char *text = text_of(message, "text");
    if (!*text && *id) {
        text = multiformat_of(ak_json_get(rule, "messageStrings"), id);
    }
    if (!*text && *id) {
        text = multiformat_of(ak_json_get(r->components[0].node, "globalMessageStrings"), id);
    }
    const struct nodes arguments = nodes_of(ak_json_get(message, "arguments"), r->list->arena);
    return arguments.count > 0 ? arguments_fill(text, &arguments, r->list->arena) : text;
}

/* --- results ------------------------------------------------------------------------------- */

/* A suppression that somebody rejected, or has not looked at yet, does not suppress. */
static bool is_suppressed(const struct ak_json_node *result)
{
    for (const struct ak_json_node *s = first_of(ak_json_get(result, "suppressions")); s;
         s = s->next) {
        const struct ak_str status = ak_json_get_str(s, "status");
        if (status.len == 0 || ak_str_eq(status, AK_STR("accepted"))) {
            return true;
        }
    }
    return false;
}

static bool is_left_out(const struct ak_json_node *result)
{
    const struct ak_str kind = ak_json_get_str(result, "kind");
    return ak_str_eq(kind, AK_STR("pass")) || ak_str_eq(kind, AK_STR("notApplicable")) ||
           ak_str_eq(ak_json_get_str(result, "baselineState"), AK_STR("absent")) ||
           is_suppressed(result);
}

static void steps_take(const struct run *r, const struct ak_json_node *result,
                       struct ak_result *out)
{
    const struct ak_json_node *const flow = first_of(ak_json_get(result, "codeFlows"));
    const struct ak_json_node *const thread = first_of(ak_json_get(flow, "threadFlows"));
    const struct ak_json_node *const locations = ak_json_get(thread, "locations");
    size_t n = locations ? ak_json_count(locations) : 0;
    n = n < STEPS_MAX ? n : STEPS_MAX;
    struct ak_result_step *const steps = AK_NEW_ARRAY(r->list->arena, struct ak_result_step, n);
    for (const struct ak_json_node *l = first_of(locations); l && out->step_count < n;
         l = l->next) {
        const struct ak_json_node *const location = ak_json_get(l, "location");
        struct ak_result_step *const step = &steps[out->step_count++];
        int64_t end;
        place_take(r, location, &step->file, &step->line, &end);
        step->text = multiformat_of(location, "message");
    }
    out->steps = steps;
}

static enum ak_status result_add(struct run *r, const struct ak_json_node *result)
{
    struct ak_str id = ak_json_get_str(result, "ruleId");
    id = id.len > 0 ? id : ak_json_get_str(ak_json_get(result, "rule"), "id");
    const struct ak_json_node *const rule = rule_of(r, result, id);
    struct ak_result out = {
        .tool = r->tool,
        .rule = id.len > 0 ? id.ptr : text_of(rule, "id"),
        .title = multiformat_of(rule, "shortDescription"),
        .help = multiformat_of(rule, "help"),
        .level = level_of(result, rule),
        .message = message_of(r, result, rule),
    };
    out.help = *out.help ? out.help : multiformat_of(rule, "fullDescription");
    place_take(r, first_of(ak_json_get(result, "locations")), &out.file, &out.line, &out.end_line);
    steps_take(r, result, &out);
    return collector_results_add(r->list, &out, r->err);
}

static enum ak_status results_read(struct run *r)
{
    const struct ak_json_node *const results = ak_json_get(r->node, "results");
    enum ak_status st = AK_OK;
    if (results && results->type != AK_JSON_ARRAY && results->type != AK_JSON_NULL) {
        return ak_fail(r->err, AK_FORMAT, "%s: the results of a run are no array", r->list->name);
    }
    for (const struct ak_json_node *n = first_of(results); n && st == AK_OK; n = n->next) {
        if (n->type != AK_JSON_OBJECT) {
            return ak_fail(r->err, AK_FORMAT, "%s: a result is no object", r->list->name);
        }
        if (is_left_out(n)) {
            r->list->suppressed++;
        } else {
            st = result_add(r, n);
        }
    }
    return st;
}

/* --- runs ---------------------------------------------------------------------------------- */

static void component_init(struct component *c, const struct ak_json_node *node,
                           struct ak_arena *arena)
{
    *c = (struct component){.node = node, .rules = nodes_of(ak_json_get(node, "rules"), arena)};
    for (uint32_t i = 0; i < c->rules.count; i++) {
        const struct ak_str id = ak_json_get_str(c->rules.items[i], "id");
        (void)ak_idmap_put(&c->by_id, ak_hash_str(id), i, NULL);
    }
}

static enum ak_status run_read(struct results_list *list, const struct ak_json_node *node,
                               struct ak_error *err)
{
    const struct ak_json_node *const tool = ak_json_get(node, "tool");
    const struct ak_json_node *const driver = ak_json_get(tool, "driver");
    const struct nodes extensions = nodes_of(ak_json_get(tool, "extensions"), list->arena);
    if (!driver) {
        return ak_fail(err, AK_FORMAT, "%s: a run names no tool", list->name);
    }
    struct run r = {
        .list = list,
        .node = node,
        .components = AK_NEW_ARRAY(list->arena, struct component, extensions.count + 1),
        .component_count = extensions.count + 1,
        .artifacts = nodes_of(ak_json_get(node, "artifacts"), list->arena),
        .tool = text_of(driver, "name"),
        .err = err,
    };
    component_init(&r.components[0], driver, list->arena);
    for (size_t i = 0; i < extensions.count; i++) {
        component_init(&r.components[i + 1], extensions.items[i], list->arena);
    }
    const enum ak_status st = results_read(&r);
    for (size_t i = 0; i < r.component_count; i++) {
        ak_idmap_release(&r.components[i].by_id);
    }
    return st;
}

static enum ak_status log_read(struct results_list *list, const struct ak_json_node *root,
                               struct ak_error *err)
{
    const struct ak_json_node *const runs = ak_json_get(root, "runs");
    const struct ak_str version = ak_json_get_str(root, "version");
    if (version.len > 0 && !ak_str_eq(version, AK_STR("2.1.0"))) {
        return ak_fail(err, AK_FORMAT, "%s: SARIF %.*s; only 2.1.0 is read", list->name,
                       (int)ak_utf8_cut(version, 40), version.ptr);
    }
    if (version.len == 0) {
        return ak_fail(err, AK_FORMAT, "%s: no SARIF log: it has no version", list->name);
    }
    if (!runs || runs->type != AK_JSON_ARRAY) {
        return ak_fail(err, AK_FORMAT, "%s: the log has no runs", list->name);
    }
    enum ak_status st = AK_OK;
    for (const struct ak_json_node *n = runs->child; n && st == AK_OK; n = n->next) {
        st = run_read(list, n, err);
    }
    return st;
}

static bool recognise(struct ak_str text)
{
    return ak_str_starts(ak_str_trim(text), AK_STR("{"));
}

static enum ak_status read_results(struct results_list *list, struct ak_str text,
                                   struct ak_error *err)
{
    struct ak_json_reader *json = NULL;
    const struct ak_json_node *root = NULL;
    enum ak_status st = ak_json_reader_open(&json, err);
    st = st == AK_OK ? ak_json_read(json, list->name, text, list->arena, &root, err) : st;
    st = st == AK_OK ? log_read(list, root, err) : st;
    ak_json_reader_close(json);
    return st;
}

const struct results_reader collector_results_sarif = {recognise, read_results};
