#include "base/arena.h"
#include "base/json.h"
#include "reporter/lint.h"

#define STEPS_MAX 100 /* of a code flow: so many are shown */
#define TEXT_MAX 2000 /* bytes of a message or a help text */

static const char *const levels[] = {"note", "warning", "error"};
static const char *const severities[] = {"recommendation", "warning", "error"};

static void text_object(struct ak_json *j, const char *key, const char *text)
{
    const struct ak_str s = ak_str_from(text);
    ak_json_key(j, key);
    ak_json_object(j);
    ak_json_key(j, "text");
    ak_json_str(j, ak_str_slice(s, 0, ak_utf8_cut(s, TEXT_MAX)));
    ak_json_end(j);
}

/* A path as a URI reference, absolute ones with their scheme: what may not stand in one is
 * percent-encoded. */
static void uri_add(struct ak_json *j, const char *path)
{
    static const char kept[] = "-._~/!$&'()*+,;=@";
    struct ak_buf uri = AK_BUF_INIT;
    ak_buf_puts(&uri, *path == '/' ? "file://" : "");
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

static void physical(struct ak_json *j, const char *file, const struct ak_lint_item *at)
{
    const int64_t line = at->line > 0 ? at->line : 1;
    ak_json_key(j, "physicalLocation");
    ak_json_object(j);
    ak_json_key(j, "artifactLocation");
    ak_json_object(j);
    uri_add(j, file);
    ak_json_end(j);
    ak_json_key(j, "region");
    ak_json_object(j);
    ak_json_ki64(j, "startLine", line);
    ak_json_ki64(j, "startColumn", at->start_column > 0 ? at->start_column : 1);
    ak_json_ki64(j, "endLine", at->end_line > line ? at->end_line : line);
    ak_json_ki64(j, "endColumn", at->end_column > 0 ? at->end_column : 1);
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
        if (*step->file) {
            physical(j, step->file, &(struct ak_lint_item){.line = step->line});
        }
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
    ak_json_kf64(j, "rank", 100 * (item->share < 1 ? item->share : 1));
    text_object(j, "message", text.ptr);
    ak_json_key(j, "locations");
    ak_json_array(j);
    ak_json_object(j);
    physical(j, item->file, item);
    ak_json_end(j);
    ak_json_end(j);
    if (item->fingerprint) {
        ak_json_key(j, "partialFingerprints");
        ak_json_object(j);
        ak_json_kstr(j, "primaryLocationLineHash", item->fingerprint);
        ak_json_end(j);
    }
    if (item->step_count > 1) {
        code_flow(j, item);
    }
    ak_json_end(j);
    ak_buf_release(&text);
}

/* The findings that are written, and their rules in order of first sight. */
struct choice {
    const struct ak_lint_item **items;
    size_t *rules; /* of each item */
    size_t count;
    const struct ak_lint_item **first; /* of each rule */
    enum ak_lint_level *worst;
    size_t rule_count;
};

static void choice_add(struct choice *c, const struct ak_lint_item *item)
{
    size_t rule = 0;
    while (rule < c->rule_count && strcmp(c->first[rule]->rule, item->rule) != 0) {
        rule++;
    }
    if (rule == c->rule_count) {
        c->first[c->rule_count++] = item;
        c->worst[rule] = item->level;
    }
    c->worst[rule] = item->level > c->worst[rule] ? item->level : c->worst[rule];
    c->rules[c->count] = rule;
    c->items[c->count++] = item;
}

static struct choice choose(const struct ak_lint_report *r, struct ak_arena *arena)
{
    const size_t n = AK_LINT_SARIF_RESULTS;
    struct choice c = {
        .items = AK_NEW_ARRAY(arena, const struct ak_lint_item *, n),
        .rules = AK_NEW_ARRAY(arena, size_t, n),
        .first = AK_NEW_ARRAY(arena, const struct ak_lint_item *, n),
        .worst = AK_NEW_ARRAY(arena, enum ak_lint_level, n),
    };
    for (size_t i = 0; i < r->count && c.count < n; i++) {
        if (*r->items[i].file) {
            choice_add(&c, &r->items[i]);
        }
    }
    return c;
}

static void rules_add(struct ak_json *j, const struct choice *c)
{
    ak_json_key(j, "rules");
    ak_json_array(j);
    for (size_t i = 0; i < c->rule_count; i++) {
        const struct ak_lint_item *const item = c->first[i];
        ak_json_object(j);
        ak_json_kstr(j, "id", item->rule);
        text_object(j, "shortDescription", item->title);
        text_object(j, "fullDescription", item->title);
        text_object(j, "help", item->help);
        ak_json_key(j, "properties");
        ak_json_object(j);
        ak_json_kstr(j, "precision", "medium");
        ak_json_kstr(j, "problem.severity", severities[c->worst[i]]);
        ak_json_end(j);
        ak_json_end(j);
    }
    ak_json_end(j);
}

/* What a report says of the whole has no place in a file: notes of the invocation. */
static void notes_add(struct ak_json *j, const struct ak_lint_report *r)
{
    ak_json_key(j, "invocations");
    ak_json_array(j);
    ak_json_object(j);
    ak_json_kbool(j, "executionSuccessful", true);
    ak_json_key(j, "toolExecutionNotifications");
    ak_json_array(j);
    for (size_t i = 0; i < r->note_count; i++) {
        ak_json_object(j);
        ak_json_kstr(j, "level", "note");
        text_object(j, "message", r->notes[i]);
        ak_json_end(j);
    }
    for (int i = 0; i < 3; i++) {
        ak_json_end(j);
    }
}

static void run_add(struct ak_json *j, const struct ak_lint_report *r, const struct choice *c)
{
    ak_json_object(j);
    ak_json_key(j, "tool");
    ak_json_object(j);
    ak_json_key(j, "driver");
    ak_json_object(j);
    ak_json_kstr(j, "name", "akreport");
    rules_add(j, c);
    ak_json_end(j);
    ak_json_end(j);
    ak_json_kstr(j, "columnKind", "unicodeCodePoints");
    notes_add(j, r);
    ak_json_key(j, "results");
    ak_json_array(j);
    for (size_t i = 0; i < c->count; i++) {
        result_add(j, c->items[i], c->rules[i]);
    }
    ak_json_end(j);
    ak_json_end(j);
}

void ak_lint_report_sarif(const struct ak_lint_report *r, struct ak_buf *out)
{
    struct ak_arena *arena = ak_arena_new();
    const struct choice c = choose(r, arena);
    struct ak_json j;
    ak_json_init(&j, out, 1);
    ak_json_object(&j);
    ak_json_kstr(&j, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    ak_json_kstr(&j, "version", "2.1.0");
    ak_json_key(&j, "runs");
    ak_json_array(&j);
    run_add(&j, r, &c);
    ak_json_end(&j);
    ak_json_end(&j);
    ak_buf_putc(out, '\n');
    ak_arena_free(arena);
}
