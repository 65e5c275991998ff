#include "base/io.h"
#include "reporter/charts.h"
#include "reporter/comment.h"

static enum ak_status file_put(const char *dir, const char *name, struct ak_str bytes,
                               struct ak_error *err)
{
    struct ak_buf path = AK_BUF_INIT;
    ak_buf_printf(&path, "%s/%s", dir, name);
    const enum ak_status st = ak_file_write(path.ptr, bytes, err);
    ak_buf_release(&path);
    return st;
}

static enum ak_status thumb_put(const struct ak_comment *c, const char *dir, enum ak_theme theme,
                                struct ak_error *err)
{
    struct ak_buf png = AK_BUF_INIT;
    struct ak_canvas *chart = ak_chart_thumb(c->cmp, c->check, theme);
    enum ak_status st = ak_canvas_png(chart, 2, &png, err);
    if (st == AK_OK) {
        st = file_put(dir, theme == AK_THEME_DARK ? "thumb-dark.png" : "thumb-light.png",
                      ak_buf_view(&png), err);
    }
    ak_canvas_free(chart);
    ak_buf_release(&png);
    return st;
}

enum ak_status ak_comment_write(const struct ak_comment *c, const char *dir, struct ak_error *err)
{
    struct ak_buf text = AK_BUF_INIT;
    enum ak_status st = ak_dir_make(dir, err);
    if (st == AK_OK) {
        st = ak_comment_markdown(c, &text, err);
    }
    if (st == AK_OK) {
        st = file_put(dir, "comment.md", ak_buf_view(&text), err);
    }
    static const struct {
        const char *name;
        void (*render)(const struct ak_comment *c, struct ak_buf *out);
    } others[] = {{"comment.json", ak_comment_json},
                  {"annotations.txt", ak_comment_annotations},
                  {"metrics.txt", ak_comment_metrics}};
    for (size_t i = 0; i < sizeof others / sizeof *others && st == AK_OK; i++) {
        ak_buf_reset(&text);
        others[i].render(c, &text);
        st = file_put(dir, others[i].name, ak_buf_view(&text), err);
    }
    if (st == AK_OK) {
        st = thumb_put(c, dir, AK_THEME_LIGHT, err);
    }
    if (st == AK_OK) {
        st = thumb_put(c, dir, AK_THEME_DARK, err);
    }
    ak_buf_release(&text);
    return st;
}
