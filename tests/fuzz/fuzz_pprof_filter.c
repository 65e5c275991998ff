// module: profile
/* Expressions of filters: an expression is refused with a message or compiled; matching ends within
 * its limit; a filtered profile is still a valid one. */
#include "profile/build.h"
#include "profile/filter.h"
#include "profile/graph.h"
#include "profile/prune.h"
#include "profile/tagfilter.h"
#include "profile/view.h"

#include <stddef.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ak_profile *small_profile(void)
{
    static const char *const names[] = {"main.main", "runtime.mallocgc", "a::b(int)", "é"};
    struct ak_build b;
    ak_build_init(&b);
    ak_build_sample_type(&b, "cpu", "nanoseconds");
    for (uint32_t i = 0; i < 4; i++) {
        const struct ak_function f = {.name = ak_build_cstr(&b, names[i]),
                                      .filename = ak_build_cstr(&b, "x/y.go")};
        const struct ak_line line = {.function = ak_build_function(&b, &f), .line = i};
        ak_build_location(&b, i, AK_NO_INDEX, &line, 1);
    }
    for (uint32_t i = 0; i < 4; i++) {
        const uint32_t stack[] = {i, (i + 1) % 4, 0};
        const int64_t value = 10 + i;
        const struct ak_label labels[] = {
            {.key = ak_build_cstr(&b, "bytes"), .num = 512 << i},
            {.key = ak_build_cstr(&b, "kind"), .str = ak_build_cstr(&b, names[i])}};
        const struct ak_build_sample s = {
            .stack = stack, .depth = 3, .values = &value, .labels = labels, .label_count = 2};
        ak_build_sample(&b, &s);
    }
    struct ak_profile *p = ak_build_finish(&b);
    ak_build_release(&b);
    return p;
}

static void check(const struct ak_profile *view)
{
    for (size_t i = 0; i < view->sample_count; i++) {
        if (view->stack_start[i + 1] < view->stack_start[i]) {
            __builtin_trap();
        }
        for (uint64_t s = view->stack_start[i]; s < view->stack_start[i + 1]; s++) {
            if (view->stack_ids[s] >= view->location_count) {
                __builtin_trap();
            }
        }
    }
    const struct ak_graph_opts opts = {.edges = AK_EDGES_ALL, .trim = true, .node_fraction = 0.1};
    struct ak_arena *arena = ak_arena_new();
    ak_graph_build(view, &opts, arena);
    ak_arena_free(arena);
}

static void filter_names(const struct ak_profile *p, struct ak_str text, unsigned how)
{
    struct ak_regex *rx = NULL;
    struct ak_error err = {0};
    if (ak_regex_compile(text, &rx, &err) != AK_OK) {
        if (!err.text[0]) {
            __builtin_trap();
        }
        return;
    }
    struct ak_arena *arena = ak_arena_new();
    struct ak_profile *view = ak_profile_view(p, arena);
    const struct ak_name_filter filter = {.focus = how == 0 ? rx : NULL,
                                          .ignore = how == 1 ? rx : NULL,
                                          .hide = how == 2 ? rx : NULL,
                                          .show = how == 3 ? rx : NULL};
    ak_view_filter_names(view, &filter);
    if (how == 4) {
        ak_view_show_from(view, rx);
    } else if (how == 5) {
        ak_view_prune_from(view, rx);
    }
    check(view);
    ak_regex_free(rx);
    ak_arena_free(arena);
}

static void filter_tags(const struct ak_profile *p, struct ak_str text)
{
    struct ak_tag_filter *f = NULL;
    bool is_range, focused, ignored;
    struct ak_error err = {0};
    if (ak_tag_filter_compile("tagfocus", text, &f, &is_range, &err) != AK_OK) {
        return;
    }
    struct ak_arena *arena = ak_arena_new();
    struct ak_profile *view = ak_profile_view(p, arena);
    const struct ak_tag_units units = ak_tag_units_of(view, arena);
    ak_view_filter_tags(view, f, NULL, &units, &focused, &ignored);
    check(view);
    ak_tag_filter_free(f);
    ak_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 200) {
        return 0;
    }
    struct ak_profile *p = small_profile();
    const struct ak_str text = {(const char *)data + 1, size - 1};
    if (data[0] % 7 == 6) {
        filter_tags(p, text);
    } else {
        filter_names(p, text, data[0] % 7);
    }
    ak_profile_free(p);
    return 0;
}
