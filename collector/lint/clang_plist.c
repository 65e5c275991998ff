/* The property lists of clang's analyzer (clang --analyze, -analyzer-output=plist). */
#include "lint/results.h"
#include "lint/xml.h"

static bool recognise(struct ak_str text)
{
    return collector_results_begin(text, "<plist");
}

/* The value behind <key>name</key> in a <dict>, or NULL. */
static const struct lint_xml *value_of(const struct lint_xml *dict, const char *name)
{
    const struct lint_xml *e = dict && strcmp(dict->name, "dict") == 0 ? dict->child : NULL;
    for (; e; e = e->next) {
        if (strcmp(e->name, "key") == 0 && ak_str_eq(e->text, ak_str_from(name))) {
            return e->next;
        }
    }
    return NULL;
}

static const char *text_of(const struct lint_xml *dict, const char *name)
{
    const struct lint_xml *const v = value_of(dict, name);
    return v && strcmp(v->name, "string") == 0 ? v->text.ptr : "";
}

static int64_t number_of(const struct lint_xml *dict, const char *name)
{
    const struct lint_xml *const v = value_of(dict, name);
    int64_t n = -1;
    return v && ak_str_i64(v->text, &n) && n <= INT32_MAX ? n : -1;
}

struct files { /* that places name by number */
    const char **names;
    int64_t count;
};

static struct files files_of(const struct lint_xml *array, struct ak_arena *arena)
{
    struct files f = {.count = 0};
    for (const struct lint_xml *e = array->child; e; e = e->next) {
        f.count++;
    }
    f.names = AK_NEW_ARRAY(arena, const char *, (size_t)f.count);
    f.count = 0;
    for (const struct lint_xml *e = array->child; e; e = e->next) {
        f.names[f.count++] = e->text.ptr;
    }
    return f;
}

static const char *file_of(const struct files *files, const struct lint_xml *place)
{
    const int64_t number = number_of(place, "file");
    return number >= 0 && number < files->count ? files->names[number] : "";
}

static int64_t line_of(const struct lint_xml *place)
{
    const int64_t line = number_of(place, "line");
    return line > 0 ? line : 0;
}

static void steps_take(const struct files *files, const struct lint_xml *path, struct ak_result *r,
                       struct ak_arena *arena)
{
    size_t n = 0;
    for (const struct lint_xml *e = path ? path->child : NULL; e; e = e->next) {
        n += strcmp(text_of(e, "kind"), "event") == 0;
    }
    struct ak_result_step *const steps = AK_NEW_ARRAY(arena, struct ak_result_step, n);
    for (const struct lint_xml *e = path ? path->child : NULL; e; e = e->next) {
        if (strcmp(text_of(e, "kind"), "event") == 0) {
            const struct lint_xml *const at = value_of(e, "location");
            steps[r->step_count++] =
                (struct ak_result_step){text_of(e, "message"), file_of(files, at), line_of(at)};
        }
    }
    r->steps = steps;
}

static enum ak_status read_results(struct results_list *list, struct ak_str text,
                                   struct ak_error *err)
{
    const struct lint_xml *root = NULL;
    enum ak_status st = collector_xml_parse(list->name, text, list->arena, &root, err);
    if (st != AK_OK) {
        return st;
    }
    const struct lint_xml *const dict = collector_xml_child(root, "dict");
    const struct lint_xml *const found = value_of(dict, "diagnostics");
    const struct lint_xml *const named = value_of(dict, "files");
    if (!found || !named) {
        return ak_fail(err, AK_FORMAT, "%s: a property list without diagnostics and files",
                       list->name);
    }
    const struct files files = files_of(named, list->arena);
    for (const struct lint_xml *e = found->child; e && st == AK_OK; e = e->next) {
        const struct lint_xml *const at = value_of(e, "location");
        struct ak_result r = {
            .tool = "clang",
            .rule = text_of(e, "check_name"),
            .title = text_of(e, "type"),
            .help = text_of(e, "category"),
            .level = AK_RESULT_WARNING,
            .message = text_of(e, "description"),
            .file = file_of(&files, at),
            .line = line_of(at),
        };
        steps_take(&files, value_of(e, "path"), &r, list->arena);
        st = collector_results_add(list, &r, err);
    }
    return st;
}

const struct results_reader collector_results_plist = {recognise, read_results};
