#include "base/sanitize.h"
#include "listing.h"
#include "render.h"
#include "source.h"

#include <stdlib.h>

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

static void put_lines(const struct ak_pprof_report *r, struct ak_buf *out,
                      const struct reporter_listed *routine, const struct reporter_source *source)
{
    int64_t from, to;
    struct ak_str text;
    reporter_listed_range(routine, &from, &to);
    for (int64_t line = from; line <= to && reporter_source_line(source, line, &text); line++) {
        int64_t flat, cum;
        reporter_listed_values(routine, line, &flat, &cum);
        put_value_or_dot(r, out, flat);
        put_value_or_dot(r, out, cum);
        ak_buf_printf(out, "%6lld:", (long long)line);
        put_source(out, text);
        ak_buf_putc(out, '\n');
    }
}

static int by_line(const void *a, const void *b)
{
    const struct reporter_line_node *x = a, *y = b;
    return (x->line > y->line) - (x->line < y->line);
}

/* Where the source is not at hand, the numbers of the lines that have values still say where to
 * look. */
static void put_lines_alone(const struct ak_pprof_report *r, struct ak_buf *out,
                            const struct reporter_listed *routine)
{
    struct reporter_line_node *nodes =
        ak_arena_copy(r->arena, routine->nodes, routine->count * sizeof *nodes);
    qsort(nodes, routine->count, sizeof *nodes, by_line);
    for (size_t i = 0, end; i < routine->count; i = end) {
        uint64_t flat = 0, cum = 0;
        for (end = i; end < routine->count && nodes[end].line == nodes[i].line; end++) {
            flat += (uint64_t)nodes[end].flat;
            cum += (uint64_t)nodes[end].cum;
        }
        put_value_or_dot(r, out, (int64_t)flat);
        put_value_or_dot(r, out, (int64_t)cum);
        ak_buf_printf(out, "%6lld\n", (long long)nodes[i].line);
    }
}

static void put_routine(const struct ak_pprof_report *r, struct ak_buf *out,
                        const struct reporter_listed *routine, struct reporter_sources *sources)
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
        if (!r->config.compat) {
            put_lines_alone(r, out, routine);
        }
        return;
    }
    put_lines(r, out, routine, source);
}

enum ak_status reporter_pprof_list(const struct ak_pprof_report *r, struct ak_buf *out,
                                   struct ak_error *err)
{
    struct reporter_listing l;
    const enum ak_status st = reporter_listing_build(r, &l, err);
    if (st != AK_OK) {
        return st;
    }
    struct reporter_sources sources =
        reporter_sources_open(r->arena, r->config.source_path, r->config.trim_path);
    ak_buf_puts(out, "Total: ");
    ak_pprof_value(out, r, r->total);
    ak_buf_putc(out, '\n');
    for (size_t i = 0; i < l.routine_count; i++) {
        if (!reporter_listing_hides(&l, i)) {
            put_routine(r, out, &l.routines[i], &sources);
        }
    }
    return AK_OK;
}
