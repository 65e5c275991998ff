#include "silence.h"

#include "words.h"

static struct silence *silence_for(struct silence *list, size_t *count, const char *note)
{
    for (size_t i = 0; i < *count; i++) {
        if (strcmp(list[i].note, note) == 0) {
            return &list[i];
        }
    }
    if (*count == SILENCE_MAX) {
        return NULL;
    }
    list[*count] = (struct silence){.note = note};
    return &list[(*count)++];
}

size_t reporter_silences(const struct ak_comparison *cmp, struct silence out[SILENCE_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < cmp->row_count; i++) {
        const struct ak_compare_row *r = &cmp->rows[i];
        if (r->verdict != AK_VERDICT_WORSE || r->cause_count > 0 || !r->cause_note ||
            !r->cause_note[0]) {
            continue;
        }
        struct silence *s = silence_for(out, &count, r->cause_note);
        if (s && s->row_count < SILENCE_NAMED) {
            s->rows[s->row_count] = r;
        }
        if (s) {
            s->row_count++;
        }
    }
    return count;
}

static void put_raw(struct ak_buf *out, struct ak_str s)
{
    ak_buf_str(out, s);
}

const char *reporter_silence_text(const struct silence *s, struct ak_arena *a,
                                  const struct headline_style *style)
{
    static const struct headline_style raw = {put_raw, put_raw};
    struct ak_buf text = AK_BUF_INIT;
    style = style ? style : &raw;
    for (size_t i = 0; i < SILENCE_NAMED && i < s->row_count; i++) {
        const struct ak_compare_row *r = s->rows[i];
        ak_buf_puts(&text, i > 0 ? ", " : "");
        if (i == 0 || strcmp(r->benchmark, s->rows[i - 1]->benchmark) != 0) {
            (style->name)(&text, ak_str_from(r->benchmark));
            ak_buf_putc(&text, ' ');
        }
        (style->text)(&text, ak_str_from(r->unit));
    }
    if (s->row_count > SILENCE_NAMED) {
        ak_buf_puts(&text, " and ");
        ak_buf_puts(&text,
                    reporter_text_count(a, s->row_count - SILENCE_NAMED, "more row", "more rows"));
    }
    const char *copy = ak_arena_strndup(a, text.ptr, text.len);
    ak_buf_release(&text);
    return copy;
}
