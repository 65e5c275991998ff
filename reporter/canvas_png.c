#include "base/plugin.h"
#include "canvas_list.h"
#include "font.h"
#include "reporter/canvas.h"

enum ak_status ak_canvas_png(const struct ak_canvas *c, double scale, struct ak_buf *out,
                             struct ak_error *err)
{
    const struct canvas_list list = reporter_canvas_list(c);
    const struct canvas_fonts fonts = {.ttf = {reporter_font_file(AK_FONT_SANS),
                                               reporter_font_file(AK_FONT_BOLD),
                                               reporter_font_file(AK_FONT_MONO)}};
    const void *table = NULL;
    const enum ak_status st = ak_plugin_open("canvas", &table, err);
    if (st != AK_OK) {
        return ak_prefix(err, st, "PNG pictures");
    }
    const struct canvas_plugin *plugin = table;
    return plugin->png(&list, scale, &fonts, out, err);
}
