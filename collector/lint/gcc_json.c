/* The JSON of gcc's diagnostics (-fdiagnostics-format=json), one array a compiled file: several of
 * them, with other lines between, are what a build writes. Notes of a warning are its children. */
#include "lint/results.h"
#include "store/json_read.h"

/* What make and gcc itself print may stand before and between the arrays. */
static bool recognise(struct ak_str text)
{
    text = ak_str_trim(text);
    return ak_str_eq(text, AK_STR("[]")) || ak_str_starts(text, AK_STR("[]\n")) ||
           ((ak_str_starts(text, AK_STR("[")) || collector_results_begin(text, "\n[{\"")) &&
            collector_results_begin(text, "\"location"));
}

static const struct ak_json_node *first_of(const struct ak_json_node *array)
{
    return array && array->type == AK_JSON_ARRAY ? array->child : NULL;
}

static const char *text_of(const struct ak_json_node *object, const char *key)
{
    const struct ak_str text = ak_json_get_str(object, key);
    return text.ptr ? text.ptr : "";
}

static int64_t line_of(const struct ak_json_node *place)
{
    const double line = ak_json_get_num(place, "line", 0);
    return line >= 1 && line <= 1e9 ? (int64_t)line : 0;
}

static void steps_take(const struct ak_json_node *path, struct ak_result *r, struct ak_arena *arena)
{
    struct ak_result_step *const steps =
        AK_NEW_ARRAY(arena, struct ak_result_step, path ? ak_json_count(path) : 0);
    for (const struct ak_json_node *n = first_of(path); n; n = n->next) {
        const struct ak_json_node *const at = ak_json_get(n, "location");
        steps[r->step_count++] =
            (struct ak_result_step){text_of(n, "description"), text_of(at, "file"), line_of(at)};
    }
    r->steps = steps;
}

static enum ak_status diagnostic_add(struct results_list *list, const struct ak_json_node *d,
                                     struct ak_error *err)
{
    const struct ak_str kind = ak_json_get_str(d, "kind");
    const struct ak_json_node *const at =
        ak_json_get(first_of(ak_json_get(d, "locations")), "caret");
    const double cwe = ak_json_get_num(ak_json_get(d, "metadata"), "cwe", 0);
    if (d->type != AK_JSON_OBJECT || kind.len == 0) {
        return ak_fail(err, AK_FORMAT, "%s: a diagnostic without a kind", list->name);
    }
    if (ak_str_eq(kind, AK_STR("note"))) { /* belongs to the one before */
        return AK_OK;
    }
    const char *const option = text_of(d, "option");
    const struct ak_json_node *const end =
        ak_json_get(first_of(ak_json_get(d, "locations")), "finish");
    struct ak_result r = {
        .tool = "gcc",
        .rule = *option == '-' ? option + 1
                : *option      ? option
                               : kind.ptr,
        .title = cwe > 0 && cwe < 1e6 ? ak_arena_printf(list->arena, "CWE-%.0f", cwe) : "",
        .help = text_of(d, "option_url"),
        .level = ak_str_eq(kind, AK_STR("warning")) ? AK_RESULT_WARNING : AK_RESULT_ERROR,
        .message = text_of(d, "message"),
        .file = text_of(at, "file"),
        .line = line_of(at),
        .end_line = line_of(end),
    };
    steps_take(ak_json_get(d, "path"), &r, list->arena);
    return collector_results_add(list, &r, err);
}

/* One array. */
static enum ak_status array_read(struct results_list *list, struct ak_json_reader *json,
                                 struct ak_str text, struct ak_error *err)
{
    const struct ak_json_node *root = NULL;
    enum ak_status st = ak_json_read(json, list->name, text, list->arena, &root, err);
    if (st == AK_OK && root->type != AK_JSON_ARRAY) {
        st = ak_fail(err, AK_FORMAT, "%s: no array of diagnostics", list->name);
    }
    for (const struct ak_json_node *d = root ? root->child : NULL; d && st == AK_OK; d = d->next) {
        st = diagnostic_add(list, d, err);
    }
    return st;
}

/* The length of the array that the text begins with; all of it when the array has no end. */
static size_t array_length(struct ak_str text)
{
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if (in_string) {
            i += c == '\\';
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            depth++;
        } else if ((c == ']' || c == '}') && --depth == 0) {
            return i + 1;
        }
    }
    return text.len;
}

/* Moves to the next line that begins with '['. */
static struct ak_str skip_to_array(struct ak_str text)
{
    if (ak_str_starts(text, AK_STR("["))) {
        return text;
    }
    const ptrdiff_t at = ak_str_find(text, AK_STR("\n["));
    return ak_str_slice(text, at < 0 ? text.len : (size_t)at + 1, text.len);
}

static enum ak_status read_results(struct results_list *list, struct ak_str text,
                                   struct ak_error *err)
{
    struct ak_json_reader *json = NULL;
    enum ak_status st = ak_json_reader_open(&json, err);
    text = skip_to_array(ak_str_trim(text));
    while (text.len > 0 && st == AK_OK) {
        const size_t length = array_length(text);
        st = array_read(list, json, ak_str_slice(text, 0, length), err);
        text = skip_to_array(ak_str_slice(text, length, text.len));
    }
    ak_json_reader_close(json);
    return st;
}

const struct results_reader collector_results_gcc = {recognise, read_results};
