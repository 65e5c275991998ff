/* The XML of cppcheck (--xml, version 2). */
#include "lint/results.h"
#include "lint/xml.h"

static bool recognise(struct ak_str text)
{
    return collector_results_begin(text, "<results") && collector_results_begin(text, "<cppcheck");
}

static enum ak_result_level level_of(const char *severity)
{
    return strcmp(severity, "error") == 0         ? AK_RESULT_ERROR
           : strcmp(severity, "warning") == 0     ? AK_RESULT_WARNING
           : strcmp(severity, "portability") == 0 ? AK_RESULT_WARNING
                                                  : AK_RESULT_NOTE;
}

static int64_t line_of(const struct lint_xml *location)
{
    int64_t line = 0;
    const bool is_number =
        ak_str_i64(ak_str_from(collector_xml_attribute(location, "line")), &line);
    return is_number && line > 0 && line < INT32_MAX ? line : 0;
}

/* The first location is where the result is; the last is where the way to it begins. */
static void steps_take(const struct lint_xml *error, struct ak_result *r, struct ak_arena *arena)
{
    size_t n = 0;
    for (const struct lint_xml *l = error->child; l; l = l->next) {
        n += strcmp(l->name, "location") == 0;
    }
    struct ak_result_step *const steps = AK_NEW_ARRAY(arena, struct ak_result_step, n);
    for (const struct lint_xml *l = error->child; l; l = l->next) {
        if (strcmp(l->name, "location") == 0) {
            const char *const info = collector_xml_attribute(l, "info");
            steps[r->step_count++] = (struct ak_result_step){
                *info ? info : r->message, collector_xml_attribute(l, "file"), line_of(l)};
        }
    }
    r->step_count = n > 1 ? n : 0; /* the place alone is no way */
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
    const struct lint_xml *const errors = collector_xml_child(root, "errors");
    if (strcmp(collector_xml_attribute(root, "version"), "2") != 0 || !errors) {
        return ak_fail(err, AK_FORMAT, "%s: no results of cppcheck's XML version 2", list->name);
    }
    for (const struct lint_xml *e = errors->child; e && st == AK_OK; e = e->next) {
        if (strcmp(e->name, "error") != 0) {
            continue;
        }
        const struct lint_xml *const at = collector_xml_child(e, "location");
        struct ak_result r = {
            .tool = "cppcheck",
            .rule = collector_xml_attribute(e, "id"),
            .title = collector_xml_attribute(e, "id"),
            .help = collector_xml_attribute(e, "verbose"),
            .level = level_of(collector_xml_attribute(e, "severity")),
            .message = collector_xml_attribute(e, "msg"),
            .file = collector_xml_attribute(at, "file"),
            .line = line_of(at),
        };
        steps_take(e, &r, list->arena);
        st = collector_results_add(list, &r, err);
    }
    return st;
}

const struct results_reader collector_results_cppcheck = {recognise, read_results};
