#include "render.h"

#include "base/mem.h"
#include "base/sanitize.h"
#include "source.h"

#include <stdlib.h>

enum { MARGIN = 5 }; /* lines shown around those with samples */

/* A line of source with the values of the nodes on it. */
struct line_node {
    int64_t line, start_line;
    int64_t flat, cum;
    uint32_t node;
    struct ak_str name, file;
};

/* A function in a file. */
struct routine {
    struct ak_str name, file;
    const struct line_node *nodes;
    size_t count;
    int64_t flat, cum;
};

struct listing {
    const struct ak_pprof_report *r;
    struct line_node *nodes; /* sorted by name, file, start line, line */
    size_t node_count;
    struct routine *routines;
    size_t routine_count;
    uint32_t *routine_of; /* graph node -> routine + 1 */
};

static int by_routine(const void *a, const void *b)
{
    const struct line_node *x = a, *y = b;
    int c = ak_str_cmp(x->name, y->name);
    c = c ? c : ak_str_cmp(x->file, y->file);
    c = c ? c : (x->start_line > y->start_line) - (x->start_line < y->start_line);
    c = c ? c : (x->line > y->line) - (x->line < y->line);
    return c ? c : (x->node > y->node) - (x->node < y->node);
}

static void collect_nodes(struct listing *l)
{
    const struct ak_graph *g = l->r->graph;
    l->nodes = ak_arena_alloc(l->r->arena, g->list_count * sizeof *l->nodes);
    for (uint32_t i = 0; i < g->list_count; i++) {
        const struct ak_node *n = &g->nodes[g->list[i]];
        const struct ak_node_info *info = &g->infos[n->info];
        if (ak_regex_match(l->r->symbol, info->name)) {
            l->nodes[l->node_count++] = (struct line_node){.line = info->line,
                                                           .start_line = info->start_line,
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

static void group_routines(struct listing *l)
{
    l->routines = AK_NEW_ARRAY(l->r->arena, struct routine, l->node_count);
    l->routine_of = AK_NEW_ARRAY(l->r->arena, uint32_t, (size_t)l->r->graph->node_count + 1);
    for (size_t i = 0; i < l->node_count; i++) {
        const struct line_node *n = &l->nodes[i];
        struct routine *last = l->routine_count ? &l->routines[l->routine_count - 1] : NULL;
        if (!last || !ak_str_eq(last->name, n->name) || !ak_str_eq(last->file, n->file)) {
            last = &l->routines[l->routine_count++];
            *last = (struct routine){.name = n->name, .file = n->file, .nodes = n};
        }
        last->count++;
        last->flat = (int64_t)((uint64_t)last->flat + (uint64_t)n->flat);
        last->cum = (int64_t)((uint64_t)last->cum + (uint64_t)n->cum);
        l->routine_of[n->node] = (uint32_t)l->routine_count;
    }
}

/* Counts each sample once for a routine, however often the routine calls itself: the sum over its
 * lines counts such samples several times. */
static void count_once(struct listing *l)
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

static void put_value_or_dot(const struct ak_pprof_report *r, struct ak_buf *out, int64_t v)
{
    if (v == 0) {
        ak_buf_pad_left(out, AK_STR("."), 10);
    } else {
        ak_pprof_value_cell(out, r, v, 10);
    }
    ak_buf_putc(out, ' ');
}

/* Source keeps its tabs; everything else that could steer a terminal is made harmless. */
static void put_source(struct ak_buf *out, struct ak_str line)
{
    for (struct ak_str rest = line; rest.ptr;) {
        ak_sanitize_text(out, ak_str_cut(&rest, '\t'));
        ak_buf_puts(out, rest.ptr ? "\t" : "");
    }
}

/* The lines to show: all with samples and what lies between, from the function's start. */
static void line_range(const struct routine *routine, int64_t *out_from, int64_t *out_to)
{
    const struct line_node *first = &routine->nodes[0];
    int64_t from = first->start_line ? first->start_line : first->line - MARGIN;
    int64_t to = first->line + MARGIN;
    for (size_t i = 0; i < routine->count; i++) {
        const struct line_node *n = &routine->nodes[i];
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

static void put_lines(const struct ak_pprof_report *r, struct ak_buf *out,
                      const struct routine *routine, const struct reporter_source *source)
{
    int64_t from, to;
    struct ak_str text;
    line_range(routine, &from, &to);
    for (int64_t line = from; line <= to && reporter_source_line(source, line, &text); line++) {
        uint64_t flat = 0, cum = 0;
        for (size_t i = 0; i < routine->count; i++) {
            if (routine->nodes[i].line == line) {
                flat += (uint64_t)routine->nodes[i].flat;
                cum += (uint64_t)routine->nodes[i].cum;
            }
        }
        put_value_or_dot(r, out, (int64_t)flat);
        put_value_or_dot(r, out, (int64_t)cum);
        ak_buf_printf(out, "%6lld:", (long long)line);
        put_source(out, text);
        ak_buf_putc(out, '\n');
    }
}

static void put_routine(const struct ak_pprof_report *r, struct ak_buf *out,
                        const struct routine *routine, struct reporter_sources *sources)
{
    if (routine->file.len == 0) {
        ak_buf_puts(out, "No source information for ");
        ak_sanitize_text(out, routine->name);
        ak_buf_putc(out, '\n');
        return;
    }
    ak_buf_puts(out, "ROUTINE ======================== ");
    ak_sanitize_text(out, routine->name);
    ak_buf_puts(out, " in ");
    ak_sanitize_text(out, routine->file);
    ak_buf_putc(out, '\n');
    ak_pprof_value_cell(out, r, routine->flat, 10);
    ak_buf_putc(out, ' ');
    ak_pprof_value_cell(out, r, routine->cum, 10);
    ak_buf_puts(out, " (flat, cum) ");
    ak_pprof_percent(out, r, routine->cum, r->total);
    ak_buf_puts(out, " of Total\n");
    const struct reporter_source *source = reporter_source_find(sources, routine->file);
    if (source->problem) {
        ak_buf_puts(out, " Error: ");
        ak_sanitize_text(out, ak_str_from(source->problem));
        ak_buf_putc(out, '\n');
        return;
    }
    put_lines(r, out, routine, source);
}

enum ak_status reporter_pprof_list(const struct ak_pprof_report *r, struct ak_buf *out,
                                   struct ak_error *err)
{
    struct listing l = {.r = r};
    collect_nodes(&l);
    if (l.node_count == 0) {
        const struct ak_str rx = ak_regex_text(r->symbol);
        return ak_fail(err, AK_NOT_FOUND, "no matches found for regexp: %.*s", (int)rx.len,
                       rx.ptr);
    }
    group_routines(&l);
    if (!r->config.compat && !r->config.mean) {
        count_once(&l);
    }
    struct reporter_sources sources =
        reporter_sources_open(r->arena, r->config.source_path, r->config.trim_path);
    ak_buf_puts(out, "Total: ");
    ak_pprof_value(out, r, r->total);
    ak_buf_putc(out, '\n');
    for (size_t i = 0; i < l.routine_count; i++) {
        const struct routine *routine = &l.routines[i];
        const bool same_name = i + 1 < l.routine_count &&
                               ak_str_eq(l.routines[i + 1].name, routine->name);
        if (routine->file.len || !same_name) { /* without a file only when no other has one */
            put_routine(r, out, routine, &sources);
        }
    }
    return AK_OK;
}
