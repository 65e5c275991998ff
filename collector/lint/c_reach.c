/* Which sinks a handler can reach, by the shortest chain of calls; and what that costs. */
#include "lint/c_reach.h"

#include "base/mem.h"
#include "lint/heat.h"

#include <stdlib.h>

#define FINDINGS_MAX 100000
#define SITES_MAX (1U << 24)
#define STEPS_MAX 200 /* of a chain: those nearest to the sink, and the handler */
#define WORK_MAX (1LL << 31)

static const enum ak_c_sink kinds[] = {AK_C_SINK_BLOCKING, AK_C_SINK_LOCK, AK_C_SINK_ALLOCATION};

static enum ak_rule rule_of(enum ak_c_sink kind, enum ak_c_role role)
{
    return kind == AK_C_SINK_BLOCKING    ? AK_RULE_C001
           : kind == AK_C_SINK_LOCK      ? AK_RULE_C002
           : role == AK_C_ROLE_POST_STOP ? AK_RULE_C004
                                         : AK_RULE_C003;
}

/* --- which functions lead to a sink -------------------------------------------------------- */

/* Walks the calls backwards from all sinks of a kind. `first` and `by_callee` list calls by callee.
 */
static void leads_mark(struct c_reach *r, enum ak_c_sink kind, const uint32_t *first,
                       const uint32_t *by_callee)
{
    const struct ak_c_graph *const g = r->g;
    const uint8_t bit = (uint8_t)(1U << kind);
    size_t head = 0, count = 0;
    for (uint32_t f = 0; f < c_graph_count(g); f++) {
        if (g->functions[f].sink == kind) {
            r->leads[f] |= bit;
            r->queue[count++] = f;
        }
    }
    while (head < count) {
        const uint32_t f = r->queue[head++];
        for (uint32_t i = first[f]; i < first[f + 1]; i++) {
            const uint32_t caller = g->calls[by_callee[i]].from;
            if (!(r->leads[caller] & bit) && g->functions[caller].sink == AK_C_SINK_NONE) {
                r->leads[caller] |= bit;
                r->queue[count++] = caller;
            }
        }
    }
}

static void leads_find(struct c_reach *r)
{
    const struct ak_c_graph *const g = r->g;
    const size_t n = c_graph_count(g);
    uint32_t *const first = ak_calloc(n + 2, sizeof *first);
    uint32_t *const by_callee = ak_malloc((g->call_count + 1) * sizeof *by_callee);
    for (size_t i = 0; i < g->call_count; i++) {
        first[g->calls[i].to + 2]++;
    }
    for (size_t f = 2; f < n + 2; f++) {
        first[f] += first[f - 1];
    }
    for (size_t i = 0; i < g->call_count; i++) { /* first[to + 1] moves from its start to its end */
        by_callee[first[g->calls[i].to + 1]++] = (uint32_t)i;
    }
    for (size_t k = 0; k < AK_COUNT(kinds); k++) {
        leads_mark(r, kinds[k], first, by_callee);
    }
    ak_free(first);
    ak_free(by_callee);
}

/* --- one walk ------------------------------------------------------------------------------ */

static bool is_cut(struct c_reach *r, enum ak_rule rule, uint32_t f)
{
    if (!r->opts->cut) {
        return false;
    }
    if (r->cut[f] == 0) {
        const struct c_function *const fn = &r->g->functions[f];
        r->cut[f] = r->opts->cut(r->opts->cut_ctx, rule, fn->name, fn->file) ? 2 : 1;
    }
    return r->cut[f] == 2;
}

/* The chain of calls from the root to `last`, which calls the sink. */
static void chain_keep(struct c_reach *r, struct c_hit *h, uint32_t last)
{
    const struct c_call *const calls = r->g->calls;
    uint32_t length = 1, first = last;
    while (calls[first].from != h->root) {
        first = r->from[calls[first].from];
        length++;
    }
    h->length = length;
    h->kept = length < STEPS_MAX ? length : STEPS_MAX;
    h->calls = AK_NEW_ARRAY(r->arena, uint32_t, h->kept);
    for (uint32_t i = h->kept; i-- > 0;) {
        h->calls[i] = i == 0 ? first : last;
        last = i > 1 ? r->from[calls[last].from] : last;
    }
    r->work += length;
}

static bool sink_meet(struct c_reach *r, uint32_t root, enum ak_c_role role, enum ak_rule rule,
                      uint32_t call)
{
    const uint32_t sink = r->g->calls[call].to;
    if (r->seen[sink] != r->walk) {
        if (r->count >= FINDINGS_MAX) {
            return false;
        }
        r->seen[sink] = r->walk;
        r->hit_of[sink] = (uint32_t)r->count;
        AK_GROW(r->hits, r->count + 1, r->cap);
        struct c_hit *const h = &r->hits[r->count++];
        *h = (struct c_hit){.root = root, .sink = sink, .role = role, .rule = rule};
        chain_keep(r, h, call);
    }
    r->hits[r->hit_of[sink]].sites++;
    AK_GROW(r->sites, r->site_count + 1, r->site_cap);
    r->sites[r->site_count++] = (struct c_site){r->hit_of[sink], call};
    return r->site_count < SITES_MAX;
}

/* Breadth first, so that the first chain to a sink is a shortest one. */
static bool walk(struct c_reach *r, uint32_t root, enum ak_c_role role, enum ak_c_sink kind)
{
    const enum ak_rule rule = rule_of(kind, role);
    size_t head = 0, count = 0;
    r->walk++;
    if (!(r->leads[root] >> kind & 1) || r->g->functions[root].sink != AK_C_SINK_NONE ||
        is_cut(r, rule, root)) {
        return true;
    }
    r->seen[root] = r->walk;
    r->queue[count++] = root;
    while (head < count) {
        const struct c_function *const fn = &r->g->functions[r->queue[head++]];
        r->work += 1 + (int64_t)fn->call_count;
        for (uint32_t i = fn->first_call; i < fn->first_call + fn->call_count; i++) {
            const uint32_t to = r->g->calls[i].to;
            const struct c_function *const callee = &r->g->functions[to];
            if (!(r->leads[to] >> kind & 1) || is_cut(r, rule, to)) {
                continue;
            }
            if (callee->sink == kind && !sink_meet(r, root, role, rule, i)) {
                return false;
            }
            if (callee->sink == AK_C_SINK_NONE && r->seen[to] != r->walk) {
                r->seen[to] = r->walk;
                r->from[to] = i;
                r->queue[count++] = to;
            }
        }
    }
    return true;
}

static enum ak_status walks(struct c_reach *r, const struct c_root *roots, size_t count,
                            struct ak_error *err)
{
    for (size_t k = 0; k < AK_COUNT(kinds); k++) {
        enum ak_rule last = AK_RULE_COUNT;
        for (size_t i = 0; i < count; i++) { /* roots are sorted by role, so by rule */
            const enum ak_rule rule = rule_of(kinds[k], roots[i].role);
            if (rule != last) {
                memset(r->cut, 0, c_graph_count(r->g));
                last = rule;
            }
            if (!walk(r, roots[i].function, roots[i].role, kinds[k])) {
                return ak_fail(err, AK_LIMIT, "more than %d findings", FINDINGS_MAX);
            }
            if (r->work > WORK_MAX) {
                return ak_fail(err, AK_LIMIT, "too many handlers for so many calls");
            }
        }
    }
    return AK_OK;
}

/* --- findings ------------------------------------------------------------------------------ */

static void finding_fill(const struct c_reach *r, const struct c_hit *h, int64_t total,
                         struct ak_c_finding *f)
{
    static const char *const verbs[AK_RULE_COUNT] = {[AK_RULE_C001] = "can block",
                                                     [AK_RULE_C002] = "takes a lock",
                                                     [AK_RULE_C003] = "allocates",
                                                     [AK_RULE_C004] = "allocates"};
    const struct c_function *const root = &r->g->functions[h->root];
    const struct c_function *const sink = &r->g->functions[h->sink];
    *f = (struct ak_c_finding){
        .rule = h->rule,
        .role = h->role,
        .handler = root->label,
        .sink = sink->label,
        .step_count = h->kept,
        .steps = AK_NEW_ARRAY(r->arena, struct ak_c_step, h->kept),
        .sites = h->sites,
        .heat = h->heat,
        .share = total > 0 ? (double)h->heat / (double)total : 0,
    };
    for (uint32_t i = 0; i < h->kept; i++) {
        const struct c_call *const call = &r->g->calls[h->calls[h->kept - 1 - i]];
        f->steps[i] = (struct ak_c_step){r->g->functions[call->from].label, call->file, call->line};
    }
    f->message =
        ak_arena_printf(r->arena, "%s handler %s %s: %s %s", ak_c_role_text(h->role), root->label,
                        verbs[h->rule], h->length == 1 ? "calls" : "reaches", sink->label);
    if (h->length > 1) {
        f->message = ak_arena_printf(r->arena, "%s in %u calls", f->message, h->length);
    }
}

static int by_heat(const void *pa, const void *pb)
{
    const struct ak_c_finding *a = pa, *b = pb;
    if (a->heat != b->heat) {
        return a->heat > b->heat ? -1 : 1;
    }
    if (a->step_count != b->step_count) {
        return a->step_count < b->step_count ? -1 : 1;
    }
    if (a->rule != b->rule) {
        return a->rule < b->rule ? -1 : 1;
    }
    const int handler = strcmp(a->handler, b->handler), sink = strcmp(a->sink, b->sink);
    const int file = strcmp(a->steps->file, b->steps->file);
    return handler ? handler
           : sink  ? sink
           : file  ? file
                   : (a->steps->line > b->steps->line) - (a->steps->line < b->steps->line);
}

static int by_depth(const void *pa, const void *pb)
{
    const struct ak_c_stack *a = pa, *b = pb;
    if (a->bytes != b->bytes) {
        return a->bytes > b->bytes ? -1 : 1;
    }
    const int name = strcmp(a->handler, b->handler), file = strcmp(a->file, b->file);
    return name ? name : file ? file : (int)a->role - (int)b->role;
}

static void heat_labels(const struct c_reach *r, struct ak_c_lint *out)
{
    const struct ak_profile *const p = r->opts->p;
    out->type = out->unit = "";
    if (p && p->sample_type_count > 0) {
        const struct ak_value_type *const t = &p->sample_types[collector_heat_type(p)];
        out->type = ak_arena_str(r->arena, ak_profile_str(p, t->type)).ptr;
        out->unit = ak_arena_str(r->arena, ak_profile_str(p, t->unit)).ptr;
    }
}

static void findings_make(struct c_reach *r, struct ak_c_lint *out)
{
    const int64_t total = collector_c_heat(r);
    out->count = r->count;
    out->findings = AK_NEW_ARRAY(r->arena, struct ak_c_finding, r->count);
    for (size_t i = 0; i < r->count; i++) {
        finding_fill(r, &r->hits[i], total, &out->findings[i]);
    }
    qsort(out->findings, out->count, sizeof *out->findings, by_heat);
    heat_labels(r, out);
}

static enum ak_status reach_run(struct c_reach *r, const struct c_root *roots, size_t count,
                                struct ak_c_lint *out, struct ak_error *err)
{
    const size_t n = (size_t)c_graph_count(r->g) + 1;
    r->leads = ak_calloc(n, sizeof *r->leads);
    r->cut = ak_calloc(n, sizeof *r->cut);
    r->seen = ak_calloc(n, sizeof *r->seen);
    r->from = ak_calloc(n, sizeof *r->from);
    r->queue = ak_calloc(n, sizeof *r->queue);
    r->hit_of = ak_calloc(n, sizeof *r->hit_of);
    leads_find(r);
    const enum ak_status st = walks(r, roots, count, err);
    if (st == AK_OK) {
        findings_make(r, out);
    }
    ak_free(r->leads);
    ak_free(r->cut);
    ak_free(r->seen);
    ak_free(r->from);
    ak_free(r->queue);
    ak_free(r->hit_of);
    ak_free(r->hits);
    ak_free(r->sites);
    return st;
}

enum ak_status ak_c_lint(struct ak_c_graph *g, const struct ak_c_opts *opts, struct ak_arena *arena,
                         struct ak_c_lint *out, struct ak_error *err)
{
    static const struct ak_c_opts none = {0};
    struct c_reach r = {.g = g, .opts = opts ? opts : &none, .arena = arena};
    struct ak_c_lint lint = {
        .functions = c_graph_count(g), .calls = g->call_count, .twice = g->twice};
    struct c_root *roots = NULL;
    collector_c_graph_finish(g);
    enum ak_status st = collector_c_sinks_mark(g, r.opts, err);
    if (st == AK_OK) {
        st = collector_c_roots_find(g, r.opts, &roots, &lint.handler_count, err);
    }
    if (st == AK_OK) {
        lint.files = g->file_count;
        lint.stacks = AK_NEW_ARRAY(arena, struct ak_c_stack, lint.handler_count);
        st = collector_c_stacks(g, roots, lint.handler_count, arena, lint.stacks, err);
    }
    if (st == AK_OK) {
        qsort(lint.stacks, lint.handler_count, sizeof *lint.stacks, by_depth);
        st = reach_run(&r, roots, lint.handler_count, &lint, err);
    }
    if (st == AK_OK) {
        *out = lint;
    }
    ak_free(roots);
    return st;
}
