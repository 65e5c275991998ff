#include "profile/prune.h"

#include "samples.h"

struct ak_str ak_function_simple_name(struct ak_str name)
{
    static const char operator_call[] = "operator()";
    static const char anonymous[] = "(anonymous namespace)";
    if (ak_str_starts(name, AK_STR("."))) {
        name = ak_str_slice(name, 1, name.len);
    }
    for (size_t i = 0; i < name.len; i++) {
        const struct ak_str rest = ak_str_slice(name, i, name.len);
        if (ak_str_starts(rest, ak_str_from(operator_call))) {
            i += sizeof operator_call - 2;
        } else if (ak_str_starts(rest, ak_str_from(anonymous))) {
            i += sizeof anonymous - 2;
        } else if (name.ptr[i] == '(') {
            return ak_str_slice(name, 0, i);
        }
    }
    return name;
}

struct pruner {
    struct ak_profile *view;
    struct ak_regex *drop, *keep;
    uint8_t *answers; /* per function: 0 not asked, 1 no, 2 yes */
};

static bool is_dropped(struct pruner *p, uint32_t function)
{
    if (function == AK_NO_INDEX) {
        return false;
    }
    if (p->answers[function] == 0) {
        const struct ak_str full = ak_profile_str(p->view, p->view->functions[function].name);
        const struct ak_str name = ak_function_simple_name(full);
        const bool drop = full.len && ak_regex_match(p->drop, name) &&
                          !(p->keep && ak_regex_match(p->keep, name));
        p->answers[function] = drop ? 2 : 1;
    }
    return p->answers[function] == 2;
}

static struct pruner pruner_for(struct ak_profile *view, struct ak_regex *drop,
                                struct ak_regex *keep)
{
    return (struct pruner){view, drop, keep,
                           ak_arena_zalloc(view->arena, view->function_count + 1, 1)};
}

static struct ak_location *copy_locations(const struct ak_profile *view)
{
    return ak_arena_copy(view->arena, view->locations,
                         view->location_count * sizeof *view->locations);
}

enum { PRUNE_NOT, PRUNE_WHOLE, PRUNE_BENEATH };

/* The number of frames, from the leaf, that go. */
static size_t frames_to_drop(const uint8_t *marks, const uint32_t *ids, size_t n)
{
    bool found_user = false;
    for (size_t i = n; i-- > 0;) {
        const uint8_t mark = marks[ids[i]];
        if (mark == PRUNE_NOT) {
            found_user = true;
        } else if (found_user) {
            return mark == PRUNE_WHOLE ? i + 1 : i;
        }
    }
    return 0;
}

static void prune_by(struct ak_profile *view, struct ak_regex *drop, struct ak_regex *keep)
{
    struct pruner p = pruner_for(view, drop, keep);
    struct ak_location *locations = copy_locations(view);
    uint8_t *marks = ak_arena_zalloc(view->arena, view->location_count + 1, 1);
    bool any = false;
    for (uint32_t i = 0; i < view->location_count; i++) {
        struct ak_location *loc = &locations[i];
        uint32_t l = loc->line_count;
        while (l > 0 && !is_dropped(&p, view->lines[loc->first_line + l - 1].function)) {
            l--;
        }
        if (l == 0) {
            continue;
        }
        any = true;
        if (l == loc->line_count) {
            marks[i] = PRUNE_WHOLE;
        } else {
            marks[i] = PRUNE_BENEATH;
            loc->first_line += l;
            loc->line_count -= l;
        }
    }
    if (!any) {
        return;
    }
    view->locations = locations;
    struct profile_samples out = profile_samples_begin(view, 0);
    for (size_t i = 0; i < view->sample_count; i++) {
        const uint32_t *ids = view->stack_ids + view->stack_start[i];
        const size_t n = (size_t)(view->stack_start[i + 1] - view->stack_start[i]);
        const size_t drop_count = frames_to_drop(marks, ids, n);
        profile_samples_add(&out, i, ids + drop_count, n - drop_count);
    }
    profile_samples_end(&out, view);
}

static struct ak_regex *compile_whole(const struct ak_profile *view, uint32_t text)
{
    struct ak_regex *rx = NULL;
    const struct ak_str s = ak_profile_str(view, text);
    if (s.len) {
        const char *anchored = ak_arena_printf(view->arena, "^(%.*s)$", (int)s.len, s.ptr);
        if (ak_regex_compile(ak_str_from(anchored), &rx, NULL) != AK_OK) {
            rx = NULL;
        }
    }
    return rx;
}

void ak_view_prune(struct ak_profile *view)
{
    struct ak_regex *drop = compile_whole(view, view->drop_frames);
    struct ak_regex *keep = drop ? compile_whole(view, view->keep_frames) : NULL;
    const bool keep_is_bad = ak_profile_str(view, view->keep_frames).len && !keep;
    if (drop && !keep_is_bad) {
        prune_by(view, drop, keep);
    }
    ak_regex_free(keep);
    ak_regex_free(drop);
}

void ak_view_prune_from(struct ak_profile *view, struct ak_regex *rx)
{
    struct pruner p = pruner_for(view, rx, NULL);
    struct ak_location *locations = copy_locations(view);
    uint8_t *marks = ak_arena_zalloc(view->arena, view->location_count + 1, 1);
    for (uint32_t i = 0; i < view->location_count; i++) {
        struct ak_location *loc = &locations[i];
        for (uint32_t l = 0; l < loc->line_count; l++) {
            if (is_dropped(&p, view->lines[loc->first_line + l].function)) {
                marks[i] = 1;
                loc->first_line += l;
                loc->line_count -= l;
                break;
            }
        }
    }
    view->locations = locations;
    struct profile_samples out = profile_samples_begin(view, 0);
    for (size_t i = 0; i < view->sample_count; i++) {
        const uint32_t *ids = view->stack_ids + view->stack_start[i];
        const size_t n = (size_t)(view->stack_start[i + 1] - view->stack_start[i]);
        size_t from = 0;
        while (from < n && !marks[ids[from]]) {
            from++;
        }
        from = from == n ? 0 : from;
        profile_samples_add(&out, i, ids + from, n - from);
    }
    profile_samples_end(&out, view);
}
