#include "value_text.h"

#include "base/units.h"

const char *collector_value_text(double value, const char *unit, struct ak_arena *arena)
{
    const struct ak_str u = ak_str_from(unit);
    const ptrdiff_t slash = ak_str_chr(u, '/');
    const struct ak_str numerator = ak_str_slice(u, 0, slash < 0 ? u.len : (size_t)slash);
    struct ak_buf text = AK_BUF_INIT;
    if (ak_str_ends(numerator, AK_STR("MB")) && !ak_str_ends(u, AK_STR("/s"))) {
        ak_buf_printf(&text, "%.4gMB", value);
    } else {
        ak_value_format(&text, value, u);
    }
    const char *copy = ak_arena_strndup(arena, ak_buf_view(&text).ptr, text.len);
    ak_buf_release(&text);
    return copy;
}
