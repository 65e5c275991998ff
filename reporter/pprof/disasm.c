#include "assembly.h"
#include "base/sanitize.h"
#include "profile/paths.h"
#include "render.h"

enum { SHORT_INSN = 40 };

static void put_value_or_dot(const struct ak_pprof_report *r, struct ak_buf *out, int64_t v)
{
    if (v == 0) {
        ak_buf_pad_left(out, AK_STR("."), 10);
    } else {
        ak_pprof_value_cell(out, r, v, 10);
    }
    ak_buf_putc(out, ' ');
}

static void put_insn(const struct ak_pprof_report *r, struct ak_buf *out,
                     const struct reporter_insn *insn)
{
    put_value_or_dot(r, out, insn->flat);
    put_value_or_dot(r, out, insn->cum);
    ak_buf_printf(out, "%10llx: ", (unsigned long long)insn->address);
}

/* "function file:line" */
static void put_place(struct ak_buf *out, const struct reporter_insn *insn)
{
    if (insn->function.len) {
        ak_sanitize_text(out, insn->function);
        ak_buf_putc(out, ' ');
    }
    if (insn->file.len) {
        ak_sanitize_text(out, ak_path_last(insn->file));
        if (insn->line) {
            ak_buf_printf(out, ":%lld", (long long)insn->line);
        }
    }
}

static void put_insns(const struct ak_pprof_report *r, struct ak_buf *out,
                      const struct reporter_routine *routine)
{
    const struct reporter_insn *last = NULL;
    for (size_t i = 0; i < routine->insn_count; i++) {
        const struct reporter_insn *insn = &routine->insns[i];
        const bool moved =
            (insn->function.len || insn->file.len) &&
            (!last || last->line != insn->line || !ak_str_eq(last->function, insn->function) ||
             !ak_str_eq(last->file, insn->file));
        last = insn;
        if (moved && insn->text.len >= SHORT_INSN) { /* the place gets a line of its own */
            ak_buf_fill(out, ' ', 74);
            ak_buf_putc(out, ';');
            put_place(out, insn);
            ak_buf_putc(out, '\n');
        }
        put_insn(r, out, insn);
        if (moved && insn->text.len < SHORT_INSN) {
            ak_buf_pad_right(out, insn->text, SHORT_INSN);
            ak_buf_putc(out, ';');
            put_place(out, insn);
        } else {
            ak_buf_str(out, insn->text);
        }
        ak_buf_putc(out, '\n');
    }
}

enum ak_status reporter_pprof_disasm(const struct ak_pprof_report *r, struct ak_buf *out,
                                     struct ak_error *err)
{
    struct reporter_routine *routines = NULL;
    size_t count = 0;
    const char *problem;
    const enum ak_status st = reporter_assembly(r, &routines, &count, &problem, err);
    if (st != AK_OK) {
        return st;
    }
    ak_buf_puts(out, "Total: ");
    ak_pprof_value(out, r, r->total);
    ak_buf_putc(out, '\n');
    for (size_t i = 0; i < count; i++) {
        const struct reporter_routine *routine = &routines[i];
        ak_buf_puts(out, "ROUTINE ======================== ");
        ak_sanitize_text(out, routine->name);
        ak_buf_putc(out, '\n');
        for (size_t k = 0; k < routine->alias_count; k++) {
            ak_buf_puts(out, "    AKA ======================== ");
            ak_sanitize_text(out, routine->aliases[k]);
            ak_buf_putc(out, '\n');
        }
        ak_pprof_value_cell(out, r, routine->flat, 10);
        ak_buf_putc(out, ' ');
        ak_pprof_value_cell(out, r, routine->cum, 10);
        ak_buf_puts(out, " (flat, cum) ");
        ak_pprof_percent(out, r, routine->cum, r->total);
        ak_buf_puts(out, " of Total\n");
        put_insns(r, out, routine);
    }
    return AK_OK;
}
