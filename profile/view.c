#include "profile/view.h"

#include <string.h>

struct ak_profile *ak_profile_view(const struct ak_profile *p, struct ak_arena *arena)
{
    struct ak_profile *view = ak_arena_copy(arena, p, sizeof *p);
    view->arena = arena;
    return view;
}

uint32_t ak_view_add_string(struct ak_profile *view, struct ak_str s)
{
    if (s.len == 0) {
        return 0;
    }
    for (uint32_t i = 0; i < view->string_count; i++) {
        if (ak_str_eq(view->strings[i], s)) {
            return i;
        }
    }
    const uint32_t count = view->string_count;
    struct ak_str *strings = ak_arena_alloc(view->arena, (count + 2) * sizeof *strings);
    uint32_t at = count;
    if (count) {
        memcpy(strings, view->strings, count * sizeof *strings);
    } else {
        strings[at++] = AK_STR("");
    }
    strings[at] = ak_arena_str(view->arena, s);
    view->strings = strings;
    view->string_count = at + 1;
    return at;
}

void ak_view_add_comment(struct ak_profile *view, struct ak_str text)
{
    const uint32_t count = view->comment_count;
    uint32_t *comments = ak_arena_alloc(view->arena, (count + 1) * sizeof *comments);
    if (count) {
        memcpy(comments, view->comments, count * sizeof *comments);
    }
    comments[count] = ak_view_add_string(view, text);
    view->comments = comments;
    view->comment_count = count + 1;
}
