#include "base/json.h"

#include "reporter/lint.h"

static const char *const levels[] = {"note", "warning", "error"};

static void item_json(struct ak_json *j, const struct ak_lint_item *item)
{
    ak_json_object(j);
    ak_json_kstr(j, "rule", item->rule);
    ak_json_kstr(j, "level", levels[item->level]);
    ak_json_kstr(j, "message", item->message);
    ak_json_kstr(j, "file", item->file);
    ak_json_ki64(j, "line", item->line);
    ak_json_kstr(j, "function", item->function);
    ak_json_ki64(j, "bytes", item->bytes);
    ak_json_ki64(j, "objects", item->objects);
    ak_json_kf64(j, "share", item->share);
    ak_json_key(j, "evidence");
    ak_json_array(j);
    for (size_t i = 0; i < item->evidence_count; i++) {
        ak_json_cstr(j, item->evidence[i]);
    }
    ak_json_end(j);
    ak_json_key(j, "chain");
    ak_json_array(j);
    for (size_t i = 0; i < item->step_count; i++) {
        ak_json_object(j);
        ak_json_kstr(j, "function", item->steps[i].function);
        ak_json_kstr(j, "file", item->steps[i].file);
        ak_json_ki64(j, "line", item->steps[i].line);
        ak_json_end(j);
    }
    ak_json_end(j);
    ak_json_end(j);
}

void ak_lint_report_json(const struct ak_lint_report *r, struct ak_buf *out)
{
    struct ak_json j;
    ak_json_init(&j, out, 2);
    ak_json_object(&j);
    ak_json_kstr(&j, "subject", r->subject);
    ak_json_key(&j, "findings");
    ak_json_array(&j);
    for (size_t i = 0; i < r->count; i++) {
        item_json(&j, &r->items[i]);
    }
    ak_json_end(&j);
    ak_json_key(&j, "notes");
    ak_json_array(&j);
    for (size_t i = 0; i < r->note_count; i++) {
        ak_json_cstr(&j, r->notes[i]);
    }
    ak_json_end(&j);
    ak_json_end(&j);
    ak_buf_putc(out, '\n');
}
