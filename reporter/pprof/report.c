#include "legend.h"
#include "profile/filter.h"
#include "profile/granularity.h"
#include "profile/measure.h"
#include "profile/paths.h"
#include "profile/prune.h"
#include "profile/view.h"

#include <math.h>

struct ak_pprof_config ak_pprof_config_default(void)
{
    return (struct ak_pprof_config){
        .output = "",
        .unit = "minimum",
        .source_path = "",
        .trim_path = "",
        .sample_index = "",
        .divide_by = 1.0,
        .sort = "flat",
        .tagroot = "",
        .tagleaf = "",
        .nodecount = -1,
        .nodefraction = 0.005,
        .edgefraction = 0.001,
        .trim = true,
        .focus = "",
        .ignore = "",
        .prune_from = "",
        .hide = "",
        .show = "",
        .show_from = "",
        .tagfocus = "",
        .tagignore = "",
        .tagshow = "",
        .taghide = "",
        .granularity = "",
    };
}

static void add_notice(struct ak_pprof_report *r, const char *text)
{
    const size_t n = r->notice_count;
    if ((n & (n - 1)) == 0) {
        const char **grown = ak_arena_alloc(r->arena, (n ? 2 * n : 1) * sizeof *grown);
        if (n) {
            memcpy(grown, r->notices, n * sizeof *grown);
        }
        r->notices = grown;
    }
    r->notices[r->notice_count++] = text;
}

static void warn_no_match(struct ak_pprof_report *r, bool fine, const char *option)
{
    if (!fine) {
        add_notice(r, ak_arena_printf(r->arena, "%s expression matched no samples", option));
    }
}

/* --- the value that is looked at ------------------------------------------------------------- */

static struct ak_str type_name(const struct ak_profile *p, uint32_t i)
{
    return ak_profile_str(p, p->sample_types[i].type);
}

static enum ak_status unknown_type(const struct ak_profile *p, struct ak_str text,
                                   struct ak_error *err)
{
    struct ak_buf names = AK_BUF_INIT;
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        ak_buf_puts(&names, i ? " " : "");
        ak_buf_str(&names, type_name(p, i));
    }
    const enum ak_status st =
        ak_fail(err, AK_USAGE, "sample_index \"%.*s\" must be one of: [%.*s]", (int)text.len,
                text.ptr, (int)names.len, names.ptr ? names.ptr : "");
    ak_buf_release(&names);
    return st;
}

enum ak_status ak_pprof_sample_index(const struct ak_profile *p, struct ak_str text, uint32_t *out,
                                     struct ak_error *err)
{
    const uint32_t n = p->sample_type_count;
    if (n == 0) {
        return ak_fail(err, AK_NOT_JUDGED, "profile has no samples");
    }
    if (text.len == 0) {
        *out = n - 1;
        const struct ak_str preferred = ak_profile_str(p, p->default_sample_type);
        for (uint32_t i = n; i-- > 0 && preferred.len;) {
            *out = ak_str_eq(type_name(p, i), preferred) ? i : *out;
        }
        return AK_OK;
    }
    int64_t number;
    const bool plus = text.ptr[0] == '+';
    if (ak_str_i64(ak_str_slice(text, plus, text.len), &number)) {
        if (number < 0 || number >= n) {
            return ak_fail(err, AK_USAGE, "sample_index %.*s is outside the range [0..%u]",
                           (int)text.len, text.ptr, n - 1);
        }
        *out = (uint32_t)number;
        return AK_OK;
    }
    const struct ak_str inuse = AK_STR("inuse_");
    const struct ak_str bare =
        ak_str_starts(text, inuse) ? ak_str_slice(text, inuse.len, text.len) : text;
    for (uint32_t i = 0; i < n; i++) {
        if (ak_str_eq(type_name(p, i), text) || ak_str_eq(type_name(p, i), bare)) {
            *out = i;
            return AK_OK;
        }
    }
    return unknown_type(p, text, err);
}

static bool is_diff_base(const struct ak_profile *p, size_t sample)
{
    for (uint64_t l = p->label_start ? p->label_start[sample] : 0;
         p->label_start && l < p->label_start[sample + 1]; l++) {
        const struct ak_label *label = &p->labels[l];
        if (ak_label_is_text(label) &&
            ak_str_eq(ak_profile_str(p, label->key), AK_STR("pprof::base")) &&
            ak_str_eq(ak_profile_str(p, label->str), AK_STR("true"))) {
            return true;
        }
    }
    return false;
}

/* Sum of magnitudes over all samples, or over those of the base of a difference when it has some.
 */
static void compute_total(struct ak_pprof_report *r)
{
    const struct ak_profile *p = r->view;
    int64_t sum[2] = {0, 0}, div[2] = {0, 0};
    for (size_t i = 0; i < p->sample_count; i++) {
        const int64_t *values = p->values + i * p->sample_type_count;
        const int64_t v = values[r->value];
        const int64_t size = (int64_t)ak_magnitude(v);
        const int64_t d = r->config.mean ? values[0] : 0;
        r->is_signed = r->is_signed || v < 0;
        const int ways = p->label_start && is_diff_base(p, i) ? 2 : 1;
        for (int k = 0; k < ways; k++) {
            r->overflow = __builtin_add_overflow(sum[k], size, &sum[k]) || r->overflow;
            r->overflow = __builtin_add_overflow(div[k], d, &div[k]) || r->overflow;
        }
    }
    const int k = sum[1] > 0;
    r->total = ak_mean(sum[k], div[k]);
}

/* --- filters ---------------------------------------------------------------------------------- */

struct filters {
    struct ak_name_filter names;
    struct ak_regex *show_from, *prune_from, *tagshow, *taghide;
    struct ak_tag_filter *tagfocus, *tagignore;
};

static void free_filters(struct filters *f)
{
    ak_regex_free(f->names.focus);
    ak_regex_free(f->names.ignore);
    ak_regex_free(f->names.hide);
    ak_regex_free(f->names.show);
    ak_regex_free(f->show_from);
    ak_regex_free(f->prune_from);
    ak_regex_free(f->tagshow);
    ak_regex_free(f->taghide);
    ak_tag_filter_free(f->tagfocus);
    ak_tag_filter_free(f->tagignore);
}

static enum ak_status compile_name(const char *option, const char *text, struct ak_regex **out,
                                   struct ak_error *err)
{
    if (!text[0]) {
        return AK_OK;
    }
    const enum ak_status st = ak_regex_compile(ak_str_from(text), out, err);
    return ak_prefix(err, st, "parsing %s regexp", option);
}

static enum ak_status compile_tag(struct ak_pprof_report *r, const char *option, const char *text,
                                  struct ak_tag_filter **out, struct ak_error *err)
{
    if (!text[0]) {
        return AK_OK;
    }
    bool is_range = false;
    const enum ak_status st = ak_tag_filter_compile(option, ak_str_from(text), out, &is_range, err);
    if (st == AK_OK && is_range) {
        const char *equal = strchr(text, '=');
        add_notice(r, ak_arena_printf(r->arena, "%s:Interpreted '%s' as range, not regexp", option,
                                      equal ? equal + 1 : text));
    }
    return st;
}

static enum ak_status compile_filters(struct ak_pprof_report *r, struct filters *f,
                                      struct ak_error *err)
{
    const struct ak_pprof_config *c = &r->config;
    const struct {
        const char *option, *text;
        struct ak_regex **out;
    } names[] = {
        {"focus", c->focus, &f->names.focus},       {"ignore", c->ignore, &f->names.ignore},
        {"hide", c->hide, &f->names.hide},          {"show", c->show, &f->names.show},
        {"show_from", c->show_from, &f->show_from}, {"prune_from", c->prune_from, &f->prune_from},
        {"tagshow", c->tagshow, &f->tagshow},       {"taghide", c->taghide, &f->taghide},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const enum ak_status st = compile_name(names[i].option, names[i].text, names[i].out, err);
        if (st != AK_OK) {
            return st;
        }
    }
    enum ak_status st = compile_tag(r, "tagfocus", c->tagfocus, &f->tagfocus, err);
    if (st == AK_OK) {
        st = compile_tag(r, "tagignore", c->tagignore, &f->tagignore, err);
    }
    return st;
}

static enum ak_status check_limits(const struct filters *f, struct ak_error *err)
{
    const struct ak_regex *const all[] = {f->names.focus, f->names.ignore, f->names.hide,
                                          f->names.show,  f->show_from,    f->prune_from,
                                          f->tagshow,     f->taghide};
    bool exceeded = ak_tag_filter_exceeded(f->tagfocus) || ak_tag_filter_exceeded(f->tagignore);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        exceeded = exceeded || ak_regex_exceeded(all[i]);
    }
    return exceeded ? ak_fail(err, AK_LIMIT, "a filter expression takes too long to match") : AK_OK;
}

static void run_filters(struct ak_pprof_report *r, const struct filters *f)
{
    struct ak_profile *v = r->view;
    const struct ak_name_matches m = ak_view_filter_names(v, &f->names);
    warn_no_match(r, !f->names.focus || m.focus, "Focus");
    warn_no_match(r, !f->names.ignore || m.ignore, "Ignore");
    warn_no_match(r, !f->names.hide || m.hide, "Hide");
    warn_no_match(r, !f->names.show || m.show, "Show");
    const bool shown_from = ak_view_show_from(v, f->show_from);
    warn_no_match(r, !f->show_from || shown_from, "ShowFrom");
    bool focused, ignored, shown, hidden;
    ak_view_filter_tags(v, f->tagfocus, f->tagignore, &r->units, &focused, &ignored);
    warn_no_match(r, !f->tagfocus || focused, "TagFocus");
    warn_no_match(r, !f->tagignore || ignored, "TagIgnore");
    ak_view_filter_tag_names(v, f->tagshow, f->taghide, &shown, &hidden);
    warn_no_match(r, !f->tagshow || shown, "TagShow");
    warn_no_match(r, !f->taghide || hidden, "TagHide");
    if (f->prune_from) {
        ak_view_prune_from(v, f->prune_from);
    }
}

static enum ak_status apply_filters(struct ak_pprof_report *r, struct ak_error *err)
{
    struct filters f = {0};
    enum ak_status st = compile_filters(r, &f, err);
    if (st == AK_OK) {
        run_filters(r, &f);
        st = check_limits(&f, err);
    }
    free_filters(&f);
    return st;
}

static void add_tag_frames(struct ak_pprof_report *r)
{
    struct ak_tag_frames frames = {.roots = ak_str_from(r->config.tagroot),
                                   .leaves = ak_str_from(r->config.tagleaf),
                                   .unit = ak_str_from(r->config.unit)};
    ak_view_add_tag_frames(r->view, &frames);
    warn_no_match(r, !frames.roots.len || frames.matched_root, "TagRoot");
    warn_no_match(r, !frames.leaves.len || frames.matched_leaf, "TagLeaf");
}

/* --- the graph -------------------------------------------------------------------------------- */

/* The unit in which all cells of a graph are shown: that of the smallest value, or of a hundred
 * times it when the total is far away. */
static void choose_unit(struct ak_pprof_report *r)
{
    const struct ak_graph *g = r->graph;
    if (!ak_str_eq(r->unit, AK_STR("minimum")) || g->list_count == 0) {
        return;
    }
    uint64_t least = 0;
    for (uint32_t i = 0; i < g->list_count; i++) {
        const struct ak_node *n = &g->nodes[g->list[i]];
        uint64_t v = ak_magnitude(ak_node_flat(n));
        v = v ? v : ak_magnitude(ak_node_cum(n));
        least = v && (!least || v < least) ? v : least;
    }
    int64_t min = least ? (int64_t)least : r->total;
    int64_t max = r->total;
    if (r->ratio > 0 && r->ratio != 1.0) {
        min = (int64_t)((double)min * r->ratio);
        max = (int64_t)((double)max * r->ratio);
    }
    struct ak_str unit, max_unit;
    ak_measure_scale(min, r->sample_unit, AK_STR("minimum"), &unit);
    ak_measure_scale(max, r->sample_unit, AK_STR("minimum"), &max_unit);
    const int64_t hundred = (int64_t)((uint64_t)min * 100);
    if (!ak_str_eq(unit, max_unit) && hundred < max &&
        !ak_str_eq(ak_str_from(r->format->name), AK_STR("callgrind"))) {
        ak_measure_scale(hundred, r->sample_unit, AK_STR("minimum"), &unit);
    }
    r->unit = unit.len ? unit : r->sample_unit;
}

bool ak_pprof_needs_stacks(const struct ak_pprof_format *format, const struct ak_pprof_config *c)
{
    const char *const edits[] = {c->focus,     c->ignore,     c->hide,     c->show,
                                 c->show_from, c->prune_from, c->tagfocus, c->tagignore,
                                 c->tagshow,   c->taghide,    c->tagroot,  c->tagleaf};
    bool needed = (format->model != AK_PPROF_FLAT && format->model != AK_PPROF_GRAPH) ||
                  (c->call_tree && (format->flags & AK_PPROF_CALL_TREE));
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        needed = needed || edits[i][0];
    }
    return needed;
}

static void build_graph(struct ak_pprof_report *r, const struct ak_stacks *stacks)
{
    const struct ak_pprof_config *c = &r->config;
    const enum ak_pprof_model model = r->format->model;
    const bool drawn = model == AK_PPROF_DRAWN;
    if (drawn) {
        ak_view_remove_label(r->view, AK_STR("pprof::base"));
        ak_view_keep_numeric(r->view, AK_STR("bytes"));
    }
    const struct ak_graph_opts opts = {
        .value = r->value,
        .mean = c->mean,
        .call_tree = c->call_tree && (r->format->flags & AK_PPROF_CALL_TREE),
        .object_names = (r->format->flags & AK_PPROF_OBJECTS) != 0,
        .drop_negative = c->drop_negative,
        .compat = c->compat,
        .cum_sort = strcmp(c->sort, "cum") == 0,
        .visual = drawn,
        .trim = model != AK_PPROF_NODES,
        .edges = model == AK_PPROF_NODES  ? AK_EDGES_NONE
                 : model == AK_PPROF_FLAT ? AK_EDGES_INLINED
                                          : AK_EDGES_ALL,
        .trim_path = ak_str_from(c->trim_path),
        .source_path = ak_str_from(c->source_path),
        .node_fraction = c->nodefraction,
        .edge_fraction = c->edgefraction,
        .node_limit = c->nodecount,
        .tags = drawn,
        .bytes_unit = ak_tag_unit(&r->units, AK_STR("bytes")),
        .tag_unit = ak_str_from(c->unit),
        .stacks = stacks,
    };
    r->graph = ak_graph_build(r->view, &opts, r->arena);
    r->overflow = r->overflow || r->graph->overflow;
    if (opts.trim) {
        choose_unit(r);
    }
}

/* --- building ----------------------------------------------------------------------------------
 */

static void override_config(struct ak_pprof_report *r)
{
    struct ak_pprof_config *c = &r->config;
    const struct ak_pprof_format *f = r->format;
    if (f->granularity) {
        c->granularity = f->granularity;
    }
    if (strcmp(f->name, "disasm") == 0) {
        c->noinlines = true; /* one node for each address */
    } else if (strcmp(f->name, "weblist") == 0) {
        c->noinlines = false; /* it opens inlined calls */
    }
    if (c->nodecount == -1) {
        c->nodecount = f->flags & AK_PPROF_ALL_NODES ? 0 : f->flags & AK_PPROF_PICTURE ? 40 : 80;
    }
    if (!c->trim || (f->flags & AK_PPROF_UNTRIMMED)) {
        c->nodecount = 0;
        c->nodefraction = c->edgefraction = 0.0;
    }
}

static enum ak_status choose_value(struct ak_pprof_report *r, const char *param,
                                   struct ak_error *err)
{
    const struct ak_profile *p = r->view;
    enum ak_status st =
        ak_pprof_sample_index(p, ak_str_from(r->config.sample_index), &r->value, err);
    if (st != AK_OK) {
        return st;
    }
    const struct ak_str type = type_name(p, r->value);
    r->sample_type =
        r->config.mean
            ? ak_str_from(ak_arena_printf(r->arena, "mean_%.*s", (int)type.len, type.ptr))
            : type;
    r->sample_unit = ak_profile_str(p, p->sample_types[r->value].unit);
    if (r->config.divide_by == 0.0) {
        return ak_fail(err, AK_USAGE, "zero divisor specified");
    }
    r->ratio = 1 / r->config.divide_by;
    if (param && (r->format->flags & AK_PPROF_PARAM)) {
        st = ak_regex_compile(ak_str_from(param), &r->symbol, err);
        ak_prefix(err, st, "parsing argument regexp %s", param);
    }
    return st;
}

static enum ak_status aggregate(struct ak_pprof_report *r, struct ak_error *err)
{
    enum ak_granularity g = AK_GRANULARITY_FUNCTIONS;
    if (r->config.granularity[0] && !ak_granularity_parse(ak_str_from(r->config.granularity), &g)) {
        return ak_fail(err, AK_USAGE, "unexpected granularity");
    }
    ak_view_aggregate(r->view, g,
                      (r->config.noinlines ? AK_NO_INLINES : 0u) |
                          (r->config.showcolumns ? AK_SHOW_COLUMNS : 0u));
    return AK_OK;
}

static void note_units(struct ak_pprof_report *r)
{
    for (size_t i = 0; i < r->units.count; i++) {
        const struct ak_tag_unit *u = &r->units.items[i];
        if (u->ignored.len) {
            add_notice(r,
                       ak_arena_printf(r->arena,
                                       "For tag %.*s used unit %.*s, also encountered unit(s) %.*s",
                                       (int)u->key.len, u->key.ptr, (int)u->unit.len, u->unit.ptr,
                                       (int)u->ignored.len, u->ignored.ptr));
        }
    }
}

static enum ak_status prepare(struct ak_pprof_report *r, const char *param, struct ak_error *err)
{
    r->units = ak_tag_units_of(r->view, r->arena);
    note_units(r);
    override_config(r);
    add_tag_frames(r);
    enum ak_status st = AK_OK;
    if (r->config.relative_percentages) {
        st = apply_filters(r, err);
    }
    if (st == AK_OK) {
        st = choose_value(r, param, err);
    }
    if (st == AK_OK) {
        compute_total(r);
    }
    if (st == AK_OK && !r->config.relative_percentages) {
        st = apply_filters(r, err);
    }
    return st == AK_OK ? aggregate(r, err) : st;
}

static enum ak_status check_overflow(struct ak_pprof_report *r, struct ak_error *err)
{
    if (!r->overflow) {
        return AK_OK;
    }
    if (!r->config.compat) {
        return ak_fail(err, AK_OVERFLOW, "the sum of %.*s does not fit in 64 bits",
                       (int)r->sample_type.len, r->sample_type.ptr);
    }
    add_notice(r, "a sum does not fit in 64 bits and has wrapped around");
    return AK_OK;
}

enum ak_status ak_pprof_report_build(const struct ak_profile *p,
                                     const struct ak_pprof_request *request, struct ak_arena *arena,
                                     struct ak_pprof_report **out, struct ak_error *err)
{
    struct ak_pprof_report *r = AK_NEW(arena, struct ak_pprof_report);
    r->arena = arena;
    r->format = request->format;
    r->config = *request->config;
    r->view = ak_profile_view(p, arena);
    r->unit = ak_str_from(r->config.unit);
    if (p->mapping_count && ak_profile_str(p, p->mappings[0].filename).len) {
        r->title = ak_path_last(ak_profile_str(p, p->mappings[0].filename));
    }
    enum ak_status st = prepare(r, request->param, err);
    if (st == AK_OK && r->format->model != AK_PPROF_SAMPLES) {
        build_graph(r, request->stacks);
    }
    if (st == AK_OK) {
        if (r->graph && r->format->model != AK_PPROF_NODES) {
            reporter_pprof_graph_legend(r);
        } else {
            reporter_pprof_profile_legend(r);
        }
        st = check_overflow(r, err);
    }
    if (st != AK_OK) {
        ak_pprof_report_release(r);
        return st;
    }
    *out = r;
    return AK_OK;
}

void ak_pprof_report_release(struct ak_pprof_report *r)
{
    if (r) {
        ak_regex_free(r->symbol);
        r->symbol = NULL;
    }
}
