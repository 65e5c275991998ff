#include "profile/filter.h"

#include "samples.h"

/* One expression with what it said of each string so far: a name is matched once, however many
 * frames carry it. */
struct matcher {
    struct ak_regex *rx;
    const struct ak_profile *p;
    uint8_t *answers; /* per string: 0 not asked, 1 no, 2 yes */
};

static struct matcher matcher_for(const struct ak_profile *view, struct ak_regex *rx)
{
    struct matcher m = {.rx = rx, .p = view};
    if (rx) {
        m.answers = ak_arena_zalloc(view->arena, view->string_count + 1, 1);
    }
    return m;
}

static bool string_matches(struct matcher *m, uint32_t s)
{
    if (s >= m->p->string_count) {
        return ak_regex_match(m->rx, AK_STR(""));
    }
    if (m->answers[s] == 0) {
        m->answers[s] = ak_regex_match(m->rx, m->p->strings[s]) ? 2 : 1;
    }
    return m->answers[s] == 2;
}

static bool mapping_matches(struct matcher *m, const struct ak_location *loc)
{
    return loc->mapping != AK_NO_INDEX && string_matches(m, m->p->mappings[loc->mapping].filename);
}

static bool function_matches(struct matcher *m, uint32_t function)
{
    const struct ak_function *f = &m->p->functions[function];
    return string_matches(m, f->name) || string_matches(m, f->filename);
}

static bool line_matches(struct matcher *m, const struct ak_line *line)
{
    return line->function != AK_NO_INDEX && function_matches(m, line->function);
}

static bool location_matches(struct matcher *m, const struct ak_location *loc)
{
    for (uint32_t i = 0; i < loc->line_count; i++) {
        if (line_matches(m, &m->p->lines[loc->first_line + i])) {
            return true;
        }
    }
    return mapping_matches(m, loc);
}

/* --- names ---------------------------------------------------------------------------------- */

enum verdict { VERDICT_NONE, VERDICT_FOCUSED, VERDICT_IGNORED };

struct name_state {
    struct ak_profile *view;
    struct matcher focus, ignore, hide, show;
    struct ak_name_matches matched;
    uint8_t *verdicts; /* per location */
    uint8_t *hidden;   /* per location */
    bool any_hidden;
    struct ak_location *locations; /* copies, when hide or show edit them */
    struct ak_line *lines;         /* of the edited locations, dense */
    uint32_t line_count;
};

static uint8_t judge(struct name_state *s, const struct ak_location *loc)
{
    if (s->ignore.rx && location_matches(&s->ignore, loc)) {
        s->matched.ignore = true;
        return VERDICT_IGNORED;
    }
    if (!s->focus.rx || location_matches(&s->focus, loc)) {
        s->matched.focus = true;
        return VERDICT_FOCUSED;
    }
    return VERDICT_NONE;
}

/* Writes the lines of location i that hide and show leave; marks it hidden when none is left. */
static void edit_lines(struct name_state *s, uint32_t i)
{
    const struct ak_location *loc = &s->view->locations[i];
    const bool hiding = s->hide.rx && location_matches(&s->hide, loc);
    const bool all_hidden = hiding && mapping_matches(&s->hide, loc);
    const bool all_shown = !s->show.rx || mapping_matches(&s->show, loc);
    const uint32_t first = s->line_count;
    s->matched.hide = s->matched.hide || hiding;
    for (uint32_t l = 0; l < loc->line_count && !all_hidden; l++) {
        const struct ak_line *line = &s->view->lines[loc->first_line + l];
        const bool anonymous = line->function == AK_NO_INDEX;
        if ((hiding && line_matches(&s->hide, line)) ||
            (!all_shown && !anonymous && !line_matches(&s->show, line))) {
            continue;
        }
        s->lines[s->line_count++] = *line;
    }
    s->locations[i].first_line = first;
    s->locations[i].line_count = s->line_count - first;
    if (s->locations[i].line_count) {
        s->matched.show = s->matched.show || s->show.rx;
    } else if (hiding || s->show.rx) {
        s->hidden[i] = 1;
        s->any_hidden = true;
    }
}

static bool is_kept(const struct name_state *s, const uint32_t *ids, size_t n)
{
    bool focused = false;
    for (size_t i = 0; i < n; i++) {
        if (s->verdicts[ids[i]] == VERDICT_IGNORED) {
            return false;
        }
        focused = focused || s->verdicts[ids[i]] == VERDICT_FOCUSED;
    }
    return focused;
}

static void keep_visible(const struct name_state *s, struct profile_samples *out, size_t sample,
                         const uint32_t *ids, size_t n)
{
    bool any = false;
    for (size_t i = 0; i < n && !any; i++) {
        any = !s->hidden[ids[i]];
    }
    if (!any) {
        return;
    }
    profile_samples_open(out, sample);
    for (size_t i = 0; i < n; i++) {
        if (!s->hidden[ids[i]]) {
            profile_samples_push(out, ids[i]);
        }
    }
    profile_samples_close(out);
}

static void select_samples(struct name_state *s)
{
    struct ak_profile *view = s->view;
    struct profile_samples out = profile_samples_begin(view, 0);
    for (size_t i = 0; i < view->sample_count; i++) {
        const uint32_t *ids = view->stack_ids + view->stack_start[i];
        const size_t n = (size_t)(view->stack_start[i + 1] - view->stack_start[i]);
        if (!is_kept(s, ids, n)) {
            continue;
        }
        if (s->any_hidden) {
            keep_visible(s, &out, i, ids, n);
        } else {
            profile_samples_add(&out, i, ids, n);
        }
    }
    profile_samples_end(&out, view);
}

struct ak_name_matches ak_view_filter_names(struct ak_profile *view,
                                            const struct ak_name_filter *filter)
{
    struct name_state s = {.view = view};
    if (!filter->focus && !filter->ignore && !filter->hide && !filter->show) {
        return (struct ak_name_matches){.focus = true};
    }
    struct ak_arena *a = view->arena;
    s.focus = matcher_for(view, filter->focus);
    s.ignore = matcher_for(view, filter->ignore);
    s.hide = matcher_for(view, filter->hide);
    s.show = matcher_for(view, filter->show);
    s.verdicts = ak_arena_zalloc(a, view->location_count + 1, 1);
    s.hidden = ak_arena_zalloc(a, view->location_count + 1, 1);
    const bool edits = filter->hide || filter->show;
    if (edits) {
        const size_t size = view->location_count * sizeof *view->locations;
        s.locations = ak_arena_copy(a, view->locations, size);
        s.lines = ak_arena_alloc(a, view->line_count * sizeof *s.lines);
    }
    for (uint32_t i = 0; i < view->location_count; i++) {
        s.verdicts[i] = judge(&s, &view->locations[i]);
        if (edits) {
            edit_lines(&s, i);
        }
    }
    select_samples(&s);
    if (edits) {
        view->locations = s.locations;
        view->lines = s.lines;
        view->line_count = s.line_count;
    }
    return s.matched;
}

/* --- show_from ------------------------------------------------------------------------------ */

/* How many lines of the location stay, counted from the leaf; 0 when nothing matches. A match by
 * the mapping keeps all, a location without lines included: then *out_matched alone tells. */
static uint32_t lines_from(struct matcher *m, const struct ak_location *loc, bool *out_matched)
{
    *out_matched = true;
    if (mapping_matches(m, loc)) {
        return loc->line_count;
    }
    for (uint32_t n = loc->line_count; n > 0; n--) {
        if (line_matches(m, &m->p->lines[loc->first_line + n - 1])) {
            return n;
        }
    }
    *out_matched = false;
    return loc->line_count;
}

bool ak_view_show_from(struct ak_profile *view, struct ak_regex *show_from)
{
    if (!show_from) {
        return false;
    }
    struct matcher m = matcher_for(view, show_from);
    uint8_t *matches = ak_arena_zalloc(view->arena, view->location_count + 1, 1);
    const size_t size = view->location_count * sizeof *view->locations;
    struct ak_location *locations = ak_arena_copy(view->arena, view->locations, size);
    bool any = false;
    for (uint32_t i = 0; i < view->location_count; i++) {
        bool matched;
        locations[i].line_count = lines_from(&m, &view->locations[i], &matched);
        matches[i] = matched;
        any = any || matched;
    }
    struct profile_samples out = profile_samples_begin(view, 0);
    for (size_t i = 0; i < view->sample_count; i++) {
        const uint32_t *ids = view->stack_ids + view->stack_start[i];
        size_t n = (size_t)(view->stack_start[i + 1] - view->stack_start[i]);
        while (n > 0 && !matches[ids[n - 1]]) {
            n--;
        }
        if (n > 0) {
            profile_samples_add(&out, i, ids, n);
        }
    }
    profile_samples_end(&out, view);
    view->locations = locations;
    return any;
}

/* --- labels --------------------------------------------------------------------------------- */

/* Keeps the labels for which keep says so. */
static void select_labels(struct ak_profile *view,
                          bool (*keep)(void *ctx, const struct ak_label *label), void *ctx)
{
    if (!view->label_start) {
        return;
    }
    struct ak_arena *a = view->arena;
    const size_t n = view->sample_count;
    uint64_t *start = ak_arena_alloc(a, (n + 1) * sizeof *start);
    struct ak_label *labels = ak_arena_alloc(a, view->label_start[n] * sizeof *labels);
    uint64_t count = 0;
    start[0] = 0;
    for (size_t i = 0; i < n; i++) {
        for (uint64_t l = view->label_start[i]; l < view->label_start[i + 1]; l++) {
            if (keep(ctx, &view->labels[l])) {
                labels[count++] = view->labels[l];
            }
        }
        start[i + 1] = count;
    }
    view->label_start = start;
    view->labels = labels;
}

struct tag_names {
    struct matcher show, hide;
    bool shown, hidden;
};

static bool keep_tag(void *ctx, const struct ak_label *label)
{
    struct tag_names *t = ctx;
    const bool show = !t->show.rx || string_matches(&t->show, label->key);
    const bool hide = t->hide.rx && string_matches(&t->hide, label->key);
    t->shown = t->shown || show;
    t->hidden = t->hidden || hide;
    return show && !hide;
}

void ak_view_filter_tag_names(struct ak_profile *view, struct ak_regex *show, struct ak_regex *hide,
                              bool *out_shown, bool *out_hidden)
{
    struct tag_names t = {.show = matcher_for(view, show), .hide = matcher_for(view, hide)};
    if (show || hide) {
        select_labels(view, keep_tag, &t);
    }
    *out_shown = t.shown;
    *out_hidden = t.hidden;
}

struct key_rule {
    const struct ak_profile *view;
    struct ak_str key;
};

static bool is_other_or_numeric(void *ctx, const struct ak_label *label)
{
    const struct key_rule *rule = ctx;
    return label->str == 0 || !ak_str_eq(ak_profile_str(rule->view, label->key), rule->key);
}

void ak_view_remove_label(struct ak_profile *view, struct ak_str key)
{
    struct key_rule rule = {view, key};
    select_labels(view, is_other_or_numeric, &rule);
}

static bool is_text_or_key(void *ctx, const struct ak_label *label)
{
    const struct key_rule *rule = ctx;
    return label->str != 0 || ak_str_eq(ak_profile_str(rule->view, label->key), rule->key);
}

void ak_view_keep_numeric(struct ak_profile *view, struct ak_str key)
{
    struct key_rule rule = {view, key};
    select_labels(view, is_text_or_key, &rule);
}
