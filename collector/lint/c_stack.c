/* The deepest stack below a handler: frames summed over the graph of strongly connected parts
 * (Tarjan, SIAM J. Comput. 1(2), 1972; iterative, so that a deep graph needs no deep stack). */
#include "base/mem.h"
#include "lint/c_graph.h"

#define PATH_SHOWN 12
#define WORK_MAX (1LL << 31)

struct part {       /* of the graph: one function, or all functions of a cycle */
    uint32_t entry; /* its first function */
    uint32_t members;
    bool is_cycle;
    int64_t own;     /* frames of its members, each once */
    int64_t deepest; /* own and what lies below */
    uint32_t below;  /* part that the deepest path goes on with, AK_NO_INDEX: none */
};

struct deep {
    const struct ak_c_graph *g;
    uint32_t *part_of;     /* function -> part */
    uint32_t *index, *low; /* Tarjan's; 0: not visited */
    uint32_t *open;        /* functions whose part is not known yet */
    size_t open_count;
    struct visit {
        uint32_t function, call;
    } * stack;
    size_t depth;
    struct part *parts;
    size_t part_count, part_cap;
    uint32_t next;
};

static void visit_push(struct deep *d, uint32_t f)
{
    d->index[f] = d->low[f] = ++d->next;
    d->open[d->open_count++] = f;
    d->stack[d->depth++] = (struct visit){f, 0};
}

static bool calls_itself(const struct ak_c_graph *g, const struct c_function *fn, uint32_t f)
{
    for (uint32_t i = 0; i < fn->call_count; i++) {
        if (g->calls[fn->first_call + i].to == f) {
            return true;
        }
    }
    return false;
}

/* The part that is deepest below a member; parts below are finished before those above. */
static void part_look_below(const struct deep *d, struct part *p, uint32_t number, uint32_t f)
{
    const struct c_function *const fn = &d->g->functions[f];
    for (uint32_t i = 0; i < fn->call_count; i++) {
        const uint32_t to = d->part_of[d->g->calls[fn->first_call + i].to];
        if (to != number &&
            (p->below == AK_NO_INDEX || d->parts[to].deepest > d->parts[p->below].deepest)) {
            p->below = to;
        }
    }
}

static void part_close(struct deep *d, uint32_t root)
{
    struct part p = {.entry = root, .below = AK_NO_INDEX};
    const uint32_t number = (uint32_t)d->part_count;
    size_t first = d->open_count;
    do {
        const uint32_t f = d->open[--first];
        d->part_of[f] = number;
        p.own += d->g->functions[f].stack > 0 ? d->g->functions[f].stack : 0;
        p.members++;
        p.is_cycle = p.members > 1 || calls_itself(d->g, &d->g->functions[f], f);
    } while (d->open[first] != root);
    for (size_t i = first; i < d->open_count; i++) {
        part_look_below(d, &p, number, d->open[i]);
    }
    d->open_count = first;
    p.deepest = p.own + (p.below == AK_NO_INDEX ? 0 : d->parts[p.below].deepest);
    AK_GROW(d->parts, d->part_count + 1, d->part_cap);
    d->parts[d->part_count++] = p;
}

static void visit_from(struct deep *d, uint32_t root)
{
    visit_push(d, root);
    while (d->depth > 0) {
        struct visit *const v = &d->stack[d->depth - 1];
        const struct c_function *const fn = &d->g->functions[v->function];
        const uint32_t f = v->function;
        if (v->call < fn->call_count) {
            const uint32_t to = d->g->calls[fn->first_call + v->call++].to;
            if (d->index[to] == 0) {
                visit_push(d, to);
            } else if (d->part_of[to] == AK_NO_INDEX && d->index[to] < d->low[f]) {
                d->low[f] = d->index[to];
            }
            continue;
        }
        d->depth--;
        if (d->depth > 0) {
            const uint32_t above = d->stack[d->depth - 1].function;
            d->low[above] = d->low[f] < d->low[above] ? d->low[f] : d->low[above];
        }
        if (d->low[f] == d->index[f]) {
            part_close(d, f);
        }
    }
}

static void deep_init(struct deep *d, const struct ak_c_graph *g)
{
    const size_t n = (size_t)c_graph_count(g) + 1;
    *d = (struct deep){.g = g};
    d->part_of = ak_malloc(n * sizeof *d->part_of);
    d->index = ak_calloc(n, sizeof *d->index);
    d->low = ak_calloc(n, sizeof *d->low);
    d->open = ak_calloc(n, sizeof *d->open);
    d->stack = ak_calloc(n, sizeof *d->stack);
    memset(d->part_of, 0xff, n * sizeof *d->part_of);
}

static void deep_release(struct deep *d)
{
    ak_free(d->part_of);
    ak_free(d->index);
    ak_free(d->low);
    ak_free(d->open);
    ak_free(d->stack);
    ak_free(d->parts);
}

static const char *path_text(const struct deep *d, uint32_t part, struct ak_arena *arena)
{
    struct ak_buf text = AK_BUF_INIT;
    size_t more = 0, shown = 0;
    for (; part != AK_NO_INDEX; part = d->parts[part].below) {
        const struct part *const p = &d->parts[part];
        if (p->own == 0) {
            continue;
        }
        if (shown == PATH_SHOWN) {
            more++;
            continue;
        }
        ak_buf_printf(&text, "%s%s %lld", shown++ ? " + " : "", d->g->functions[p->entry].label,
                      (long long)p->own);
        if (p->members > 1) {
            ak_buf_printf(&text, " (a cycle of %u)", p->members);
        }
    }
    if (more > 0) {
        ak_buf_printf(&text, " + %zu more", more);
    }
    const char *const copy = ak_arena_str(arena, ak_buf_view(&text)).ptr;
    ak_buf_release(&text);
    return copy;
}

/* Counts what a function adds to the doubts about the figure. */
static void doubts_add(const struct deep *d, uint32_t f, struct ak_c_stack *out)
{
    const struct c_function *const fn = &d->g->functions[f];
    const struct part *const p = &d->parts[d->part_of[f]];
    out->dynamic += fn->is_dynamic;
    out->unknown += fn->stack < 0 && !fn->is_indirect;
    if (p->is_cycle) {
        out->recursion = out->recursive == 0 ? fn->label : out->recursion;
        out->recursive++;
    }
    for (uint32_t i = 0; i < fn->call_count; i++) {
        out->indirect += d->g->functions[d->g->calls[fn->first_call + i].to].is_indirect;
    }
}

/* All that the root can reach. `mark` of a function is `number` when it was seen. */
static int64_t doubts_count(struct deep *d, uint32_t root, uint32_t number, struct ak_c_stack *out)
{
    uint32_t *const mark = d->index, *const queue = d->open; /* both are free by now */
    size_t head = 0, count = 0;
    int64_t work = 0;
    mark[root] = number;
    queue[count++] = root;
    while (head < count) {
        const uint32_t f = queue[head++];
        const struct c_function *const fn = &d->g->functions[f];
        doubts_add(d, f, out);
        work += 1 + (int64_t)fn->call_count;
        for (uint32_t i = 0; i < fn->call_count; i++) {
            const uint32_t to = d->g->calls[fn->first_call + i].to;
            if (mark[to] != number) {
                mark[to] = number;
                queue[count++] = to;
            }
        }
    }
    return work;
}

enum ak_status collector_c_stacks(const struct ak_c_graph *g, const struct c_root *roots,
                                  size_t count, struct ak_arena *arena, struct ak_c_stack *out,
                                  struct ak_error *err)
{
    struct deep d;
    int64_t work = 0;
    enum ak_status st = AK_OK;
    deep_init(&d, g);
    for (size_t i = 0; i < count; i++) {
        if (d.index[roots[i].function] == 0) {
            visit_from(&d, roots[i].function);
        }
    }
    memset(d.index, 0, ((size_t)c_graph_count(g) + 1) * sizeof *d.index);
    for (size_t i = 0; i < count && st == AK_OK; i++) {
        const uint32_t f = roots[i].function;
        out[i] = (struct ak_c_stack){
            .handler = g->functions[f].label,
            .file = g->functions[f].file,
            .line = g->functions[f].line,
            .role = roots[i].role,
            .bytes = d.parts[d.part_of[f]].deepest,
            .path = path_text(&d, d.part_of[f], arena),
            .recursion = "",
        };
        work += doubts_count(&d, f, (uint32_t)i + 1, &out[i]);
        if (work > WORK_MAX) {
            st = ak_fail(err, AK_LIMIT, "too many handlers for so many calls");
        }
    }
    deep_release(&d);
    return st;
}
