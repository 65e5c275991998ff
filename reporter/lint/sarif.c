#include "base/json.h"
#include "reporter/lint.h"

#define RESULTS_MAX 200
#define STEPS_MAX 100

static const char *const levels[] = {"note", "warning", "error"};
static const char *const severities[] = {"recommendation", "warning", "error"};

static void text_object(struct ak_json *j, const char *key, const char *text)
{
    ak_json_key(j, key);
    ak_json_object(j);
    ak_json_kstr(j, "text", text);
    ak_json_end(j);
}

/* A path as a relative URI reference: what may not stand in one is percent-encoded. */
static void uri_add(struct ak_json *j, const char *path)
{
    static const char kept[] = "-._~/!$&'()*+,;=@";
    struct ak_buf uri = AK_BUF_INIT;
    for (const char *p = path; *p; p++) {
        const unsigned char c = (unsigned char)*p;
        const bool letter =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter || strchr(kept, *p)) {
            ak_buf_putc(&uri, *p);
        } else {
            ak_buf_printf(&uri, "%%%02X", c);
        }
    }
    ak_json_key(j, "uri");
    ak_json_str(j, ak_buf_view(&uri));
    ak_buf_release(&uri);
}

static void physical(struct ak_json *j, const char *file, int64_t line)
{
    const int64_t at = line > 0 ? line : 1;
    ak_json_key(j, "physicalLocation");
    ak_json_object(j);
    ak_json_key(j, "artifactLocation");
    ak_json_object(j);
    uri_add(j, file);
    ak_json_end(j);
    ak_json_key(j, "region");
    ak_json_object(j);
    ak_json_ki64(j, "startLine", at);
    ak_json_ki64(j, "startColumn", 1);
    ak_json_ki64(j, "endLine", at);
    ak_json_ki64(j, "endColumn", 1);
    ak_json_end(j);
    ak_json_end(j);
}

static void code_flow(struct ak_json *j, const struct ak_lint_item *item)
{
    ak_json_key(j, "codeFlows");
    ak_json_array(j);
    ak_json_object(j);
    ak_json_key(j, "threadFlows");
    ak_json_array(j);
    ak_json_object(j);
    ak_json_key(j, "locations");
    ak_json_array(j);
    for (size_t i = 0; i < item->step_count && i < STEPS_MAX; i++) {
        const struct ak_lint_step *const step = &item->steps[i];
        ak_json_object(j);
        ak_json_key(j, "location");
        ak_json_object(j);
        physical(j, step->file, step->line);
        text_object(j, "message", step->function);
        ak_json_end(j);
        ak_json_end(j);
    }
    for (int i = 0; i < 5; i++) {
        ak_json_end(j);
    }
}

static void result_add(struct ak_json *j, const struct ak_lint_item *item, size_t rule)
{
    struct ak_buf text = AK_BUF_INIT;
    ak_buf_printf(&text, "%s.", item->message);
    for (size_t i = 0; i < item->evidence_count; i++) {
        ak_buf_printf(&text, "\n%s", item->evidence[i]);
    }
    ak_json_object(j);
    ak_json_kstr(j, "ruleId", item->rule);
    ak_json_ki64(j, "ruleIndex", (int64_t)rule);
    ak_json_kstr(j, "level", levels[item->level]);
    ak_json_kf64(j, "rank", 100 * item->share);
    text_object(j, "message", text.ptr);
    ak_json_key(j, "locations");
    ak_json_array(j);
    ak_json_object(j);
    physical(j, item->file, item->line);
    ak_json_end(j);
    ak_json_end(j);
    if (item->step_count > 1) {
        code_flow(j, item);
    }
    ak_json_end(j);
    ak_buf_release(&text);
}

/* The number of the item's rule among the rules in order of first sight; *out_new when it is first.
 */
static size_t rule_index(const struct ak_lint_report *r, size_t item, bool *out_new)
{
    size_t rules = 0, index = 0;
    bool found = false;
    for (size_t i = 0; i <= item; i++) {
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++) {
            seen = *r->items[k].file && strcmp(r->items[k].rule, r->items[i].rule) == 0;
        }
        if (*r->items[i].file && !seen) {
            found = strcmp(r->items[i].rule, r->items[item].rule) == 0;
            index = found ? rules : index;
            *out_new = found && i == item;
            rules++;
        }
    }
    return index;
}

static size_t shown(const struct ak_lint_report *r)
{
    return r->count < RESULTS_MAX ? r->count : RESULTS_MAX;
}

static void rules_add(struct ak_json *j, const struct ak_lint_report *r)
{
    ak_json_key(j, "rules");
    ak_json_array(j);
    for (size_t i = 0; i < shown(r); i++) {
        const struct ak_lint_item *const item = &r->items[i];
        bool is_new = false;
        rule_index(r, i, &is_new);
        if (!is_new) {
            continue;
        }
        ak_json_object(j);
        ak_json_kstr(j, "id", item->rule);
        text_object(j, "shortDescription", item->title);
        text_object(j, "fullDescription", item->title);
        text_object(j, "help", item->help);
        ak_json_key(j, "properties");
        ak_json_object(j);
        ak_json_kstr(j, "precision", "medium");
        ak_json_kstr(j, "problem.severity", severities[item->level]);
        ak_json_end(j);
        ak_json_end(j);
    }
    ak_json_end(j);
}

void ak_lint_report_sarif(const struct ak_lint_report *r, struct ak_buf *out)
{
    struct ak_json j;
    ak_json_init(&j, out, 1);
    ak_json_object(&j);
    ak_json_kstr(&j, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    ak_json_kstr(&j, "version", "2.1.0");
    ak_json_key(&j, "runs");
    ak_json_array(&j);
    ak_json_object(&j);
    ak_json_key(&j, "tool");
    ak_json_object(&j);
    ak_json_key(&j, "driver");
    ak_json_object(&j);
    ak_json_kstr(&j, "name", "akreport");
    rules_add(&j, r);
    ak_json_end(&j);
    ak_json_end(&j);
    ak_json_key(&j, "results");
    ak_json_array(&j);
    for (size_t i = 0; i < shown(r); i++) {
        bool is_new;
        if (*r->items[i].file) {
            result_add(&j, &r->items[i], rule_index(r, i, &is_new));
        }
    }
    for (int i = 0; i < 4; i++) {
        ak_json_end(&j);
    }
    ak_buf_putc(out, '\n');
}
