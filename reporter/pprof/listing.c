#include "listing.h"

#include "base/mem.h"

#include <stdlib.h>

enum { MARGIN = 5 }; /* lines shown around those with samples */
/* Lines beyond this are not lines; adding margins to them must not overflow. */
static const int64_t line_max = (int64_t)1 << 40;

static int64_t sane_line(int64_t line)
{
    return line < 0 ? 0 : line > line_max ? line_max : line;
}

static int by_routine(const void *a, const void *b)
{
    const struct reporter_line_node *x = a, *y = b;
    int c = ak_str_cmp(x->name, y->name);
    c = c ? c : ak_str_cmp(x->file, y->file);
    c = c ? c : (x->start_line > y->start_line) - (x->start_line < y->start_line);
    c = c ? c : (x->line > y->line) - (x->line < y->line);
    return c ? c : (x->node > y->node) - (x->node < y->node);
}

static void collect_nodes(struct reporter_listing *l)
{
    const struct ak_graph *g = l->r->graph;
    l->nodes = ak_arena_alloc(l->r->arena, g->list_count * sizeof *l->nodes);
    for (uint32_t i = 0; i < g->list_count; i++) {
        const struct ak_node *n = &g->nodes[g->list[i]];
        const struct ak_node_info *info = &g->infos[n->info];
        if (ak_regex_match(l->r->symbol, info->name)) {
            l->nodes[l->node_count++] =
                (struct reporter_line_node){.line = sane_line(info->line),
                                            .start_line = sane_line(info->start_line),
                                            .flat = n->flat,
                                            .cum = n->cum,
                                            .node = g->list[i],
                                            .name = info->name,
                                            .file = info->file};
        }
    }
    if (l->node_count) {
        qsort(l->nodes, l->node_count, sizeof *l->nodes, by_routine);
    }
}

static void group_routines(struct reporter_listing *l)
{
    l->routines = AK_NEW_ARRAY(l->r->arena, struct reporter_listed, l->node_count);
    l->routine_of = AK_NEW_ARRAY(l->r->arena, uint32_t, (size_t)l->r->graph->node_count + 1);
    for (size_t i = 0; i < l->node_count; i++) {
        const struct reporter_line_node *n = &l->nodes[i];
        struct reporter_listed *last = l->routine_count ? &l->routines[l->routine_count - 1] : NULL;
        if (!last || !ak_str_eq(last->name, n->name) || !ak_str_eq(last->file, n->file)) {
            last = &l->routines[l->routine_count++];
            *last = (struct reporter_listed){.name = n->name, .file = n->file, .nodes = n};
        }
        last->count++;
        last->flat = (int64_t)((uint64_t)last->flat + (uint64_t)n->flat);
        last->cum = (int64_t)((uint64_t)last->cum + (uint64_t)n->cum);
        l->routine_of[n->node] = (uint32_t)l->routine_count;
    }
}

/* Counts each sample once for a routine, however often the routine calls itself: the sum over its
 * lines counts such samples several times. */
static void count_once(struct reporter_listing *l)
{
    const struct ak_profile *p = l->r->view;
    const struct ak_graph *g = l->r->graph;
    size_t *seen = ak_calloc(l->routine_count + 1, sizeof *seen);
    for (size_t i = 0; i < l->routine_count; i++) {
        l->routines[i].cum = 0;
    }
    for (size_t i = 0; i < p->sample_count; i++) {
        const int64_t w = p->values[i * p->sample_type_count + l->r->value];
        for (uint64_t s = p->stack_start[i]; s < p->stack_start[i + 1]; s++) {
            const uint32_t loc = p->stack_ids[s];
            for (uint32_t f = g->frame_start[loc]; f < g->frame_start[loc + 1]; f++) {
                const uint32_t routine = l->routine_of[g->frame_info[f]];
                if (routine && seen[routine] != i + 1) {
                    seen[routine] = i + 1;
                    l->routines[routine - 1].cum += w;
                }
            }
        }
    }
    ak_free(seen);
}

void reporter_listed_range(const struct reporter_listed *routine, int64_t *out_from,
                           int64_t *out_to)
{
    const struct reporter_line_node *first = &routine->nodes[0];
    int64_t from = first->start_line ? first->start_line : first->line - MARGIN;
    int64_t to = first->line + MARGIN;
    for (size_t i = 0; i < routine->count; i++) {
        const struct reporter_line_node *n = &routine->nodes[i];
        const int64_t start = n->start_line ? n->start_line : n->line - MARGIN;
        if (start < from) {
            from = start;
        } else if (n->line + MARGIN > to) {
            to = n->line + MARGIN;
        }
    }
    *out_from = from < 1 ? 1 : from;
    *out_to = to;
}

void reporter_listed_values(const struct reporter_listed *routine, int64_t line, int64_t *out_flat,
                            int64_t *out_cum)
{
    uint64_t flat = 0, cum = 0;
    for (size_t i = 0; i < routine->count; i++) {
        if (routine->nodes[i].line == line) {
            flat += (uint64_t)routine->nodes[i].flat;
            cum += (uint64_t)routine->nodes[i].cum;
        }
    }
    *out_flat = (int64_t)flat;
    *out_cum = (int64_t)cum;
}

bool reporter_listing_hides(const struct reporter_listing *l, size_t routine)
{
    const struct reporter_listed *here = &l->routines[routine];
    return here->file.len == 0 && routine + 1 < l->routine_count &&
           ak_str_eq(l->routines[routine + 1].name, here->name);
}

enum ak_status reporter_listing_build(const struct ak_pprof_report *r, struct reporter_listing *out,
                                      struct ak_error *err)
{
    struct reporter_listing l = {.r = r};
    collect_nodes(&l);
    if (l.node_count == 0) {
        const struct ak_str rx = ak_regex_text(r->symbol);
        return ak_fail(err, AK_NOT_FOUND, "no matches found for regexp: %.*s", (int)rx.len, rx.ptr);
    }
    group_routines(&l);
    if (!r->config.compat && !r->config.mean) {
        count_once(&l);
    }
    *out = l;
    return AK_OK;
}
