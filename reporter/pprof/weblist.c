/* Source lines of functions as a page of its own; a click on a line opens its machine code. */
#include "assembly.h"
#include "base/sanitize.h"
#include "listing.h"
#include "profile/paths.h"
#include "render.h"
#include "source.h"

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>";
static const char style[] = "</title>\n<style>\n"
                            "body { font-family: sans-serif; margin: 1em; }\n"
                            "pre { line-height: 1.3; }\n"
                            ".n, .dull { color: #999; }\n"
                            "summary { display: block; cursor: pointer; }\n"
                            "summary:hover { background: #eee; }\n"
                            "details div { color: #060; }\n"
                            "</style>\n</head>\n<body>\n";

static void put_text(struct ak_buf *out, struct ak_str s)
{
    for (struct ak_str rest = s; rest.ptr;) { /* tabs stay: they are source */
        ak_sanitize_html(out, ak_str_cut(&rest, '\t'));
        ak_buf_puts(out, rest.ptr ? "\t" : "");
    }
}

static void put_value(const struct ak_pprof_report *r, struct ak_buf *out, int64_t v)
{
    if (v == 0) {
        ak_buf_pad_left(out, AK_STR("."), 10);
    } else {
        ak_pprof_value_cell(out, r, v, 10);
    }
    ak_buf_putc(out, ' ');
}

struct code {
    const struct reporter_routine *routines;
    size_t count;
};

static bool is_on_line(const struct reporter_insn *insn, struct ak_str file, int64_t line)
{
    return insn->line == line && ak_str_eq(ak_path_last(insn->file), ak_path_last(file));
}

/* The instructions of a line; false when there is none. */
static bool put_code(const struct ak_pprof_report *r, struct ak_buf *out, const struct code *code,
                     struct ak_str file, int64_t line)
{
    bool any = false;
    for (size_t i = 0; i < code->count; i++) {
        for (size_t k = 0; k < code->routines[i].insn_count; k++) {
            const struct reporter_insn *insn = &code->routines[i].insns[k];
            if (!is_on_line(insn, file, line)) {
                continue;
            }
            ak_buf_puts(out, any ? "" : "<div>");
            any = true;
            ak_buf_fill(out, ' ', 8);
            put_value(r, out, insn->flat);
            put_value(r, out, insn->cum);
            ak_buf_printf(out, "%10llx: ", (unsigned long long)insn->address);
            put_text(out, insn->text);
            ak_buf_putc(out, '\n');
        }
    }
    ak_buf_puts(out, any ? "</div>" : "");
    return any;
}

static void put_line(const struct ak_pprof_report *r, struct ak_buf *out, const struct code *code,
                     const struct reporter_listed *routine, int64_t line, struct ak_str text)
{
    int64_t flat, cum;
    struct ak_buf row = AK_BUF_INIT, insns = AK_BUF_INIT;
    reporter_listed_values(routine, line, &flat, &cum);
    ak_buf_printf(&row, "<span class=\"n\">%6lld</span> ", (long long)line);
    ak_buf_puts(&row, flat || cum ? "<span>" : "<span class=\"dull\">");
    put_value(r, &row, flat);
    put_value(r, &row, cum);
    put_text(&row, text);
    ak_buf_puts(&row, "</span>");
    if (put_code(r, &insns, code, routine->file, line)) {
        ak_buf_printf(out, "<details><summary>%s</summary>%s</details>", row.ptr, insns.ptr);
    } else {
        ak_buf_str(out, ak_buf_view(&row));
        ak_buf_putc(out, '\n');
    }
    ak_buf_release(&row);
    ak_buf_release(&insns);
}

static void put_routine(const struct ak_pprof_report *r, struct ak_buf *out,
                        const struct code *code, const struct reporter_listed *routine,
                        struct reporter_sources *sources)
{
    int64_t from, to;
    struct ak_str text;
    ak_buf_puts(out, "<h2>");
    ak_sanitize_html(out, routine->name);
    ak_buf_puts(out, "</h2>\n<p>");
    ak_sanitize_html(out, routine->file);
    ak_buf_puts(out, "</p>\n<pre>\n Total: ");
    ak_pprof_value_cell(out, r, routine->flat, 10);
    ak_buf_putc(out, ' ');
    ak_pprof_value_cell(out, r, routine->cum, 10);
    ak_buf_puts(out, " (flat, cum) ");
    ak_pprof_percent_trimmed(out, r, routine->cum, r->total);
    ak_buf_putc(out, '\n');
    const struct reporter_source *source = reporter_source_find(sources, routine->file);
    reporter_listed_range(routine, &from, &to);
    if (source->problem) {
        ak_sanitize_html(out, ak_str_from(source->problem));
        ak_buf_putc(out, '\n');
        for (size_t i = 0; i < routine->count; i++) { /* values without the text */
            if (i == 0 || routine->nodes[i].line != routine->nodes[i - 1].line) {
                put_line(r, out, code, routine, routine->nodes[i].line, AK_STR("???"));
            }
        }
    }
    for (int64_t line = from; line <= to && reporter_source_line(source, line, &text); line++) {
        put_line(r, out, code, routine, line, text);
    }
    ak_buf_puts(out, "</pre>\n");
}

enum ak_status reporter_pprof_weblist(const struct ak_pprof_report *r, struct ak_buf *out,
                                      struct ak_error *err)
{
    struct reporter_listing l;
    const enum ak_status st = reporter_listing_build(r, &l, err);
    if (st != AK_OK) {
        return st;
    }
    struct reporter_routine *routines = NULL;
    struct code code = {NULL, 0};
    const char *problem;
    if (reporter_assembly(r, &routines, &code.count, &problem, NULL) == AK_OK) {
        code.routines = routines; /* without a binary the page shows sources alone */
    }
    struct reporter_sources sources =
        reporter_sources_open(r->arena, r->config.source_path, r->config.trim_path);
    ak_buf_puts(out, head);
    ak_sanitize_html(out, r->title.len ? r->title : AK_STR("pprof"));
    ak_buf_puts(out, style);
    for (size_t i = 0; i < r->legend_count; i++) {
        ak_sanitize_html(out, r->legend[i]);
        ak_buf_puts(out, "<br>\n");
    }
    ak_buf_puts(out, "Total: ");
    ak_pprof_value(out, r, r->total);
    ak_buf_putc(out, '\n');
    for (size_t i = 0; i < l.routine_count; i++) {
        if (l.routines[i].file.len) {
            put_routine(r, out, &code, &l.routines[i], &sources);
        }
    }
    ak_buf_puts(out, "</body>\n</html>\n");
    return AK_OK;
}
