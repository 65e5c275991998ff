#include "comment/model.h"

/* From everything to as little as can be said without losing an alert; then alerts are counted. */
static const struct comment_level levels[] = {
    {.others = true, .folded = true, .causes = 3, .name_runes = 200, .alerts = SIZE_MAX},
    {.others = false, .folded = true, .causes = 3, .name_runes = 200, .alerts = SIZE_MAX},
    {.others = false, .folded = false, .causes = 3, .name_runes = 200, .alerts = SIZE_MAX},
    {.others = false, .folded = false, .causes = 1, .name_runes = 100, .alerts = SIZE_MAX},
    {.others = false, .folded = false, .causes = 0, .name_runes = 100, .alerts = SIZE_MAX},
    {.others = false, .folded = false, .causes = 0, .name_runes = 50, .alerts = SIZE_MAX},
    {.others = false, .folded = false, .causes = 0, .name_runes = 24, .alerts = SIZE_MAX},
    {.others = false, .folded = false, .causes = 0, .name_runes = 24, .alerts = 200},
    {.others = false, .folded = false, .causes = 0, .name_runes = 24, .alerts = 50},
    {.others = false, .folded = false, .causes = 0, .name_runes = 24, .alerts = 5},
};

enum ak_status ak_comment_markdown(const struct ak_comment *c, struct ak_buf *out,
                                   struct ak_error *err)
{
    const size_t max = c->max_bytes > 0 ? c->max_bytes : 60000;
    struct ak_buf text = AK_BUF_INIT;
    enum ak_status st = AK_OK;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        struct ak_arena *a = ak_arena_new();
        ak_buf_reset(&text);
        st = ak_templates_render(c->templates, "comment.md.mustache",
                                 reporter_comment_model(a, c, &levels[i]), &text, err);
        ak_arena_free(a);
        if (st != AK_OK || text.len < max) {
            break;
        }
    }
    if (st == AK_OK) {
        ak_buf_str(out, ak_buf_view(&text));
    }
    ak_buf_release(&text);
    return st;
}
