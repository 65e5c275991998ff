#include "prof_cfa.h"

#include <sys/mman.h>

/* --- rows ---------------------------------------------------------------------------------- */

static bool rows_grow(struct runtime_rows *rows)
{
    const size_t cap = rows->cap ? rows->cap * 2 : 1024;
    void *p = rows->row ? mremap(rows->row, rows->cap * sizeof *rows->row, cap * sizeof *rows->row,
                                 MREMAP_MAYMOVE)
                        : mmap(NULL, cap * sizeof *rows->row, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        rows->full = true;
        return false;
    }
    rows->row = p;
    rows->cap = cap;
    return true;
}

void runtime_rows_release(struct runtime_rows *rows)
{
    if (rows->row) {
        munmap(rows->row, rows->cap * sizeof *rows->row);
    }
    *rows = (struct runtime_rows){0};
}

static bool row_same(const struct runtime_row *a, const struct runtime_row *b)
{
    return a->cfa == b->cfa && a->cfa_offset == b->cfa_offset && a->fp == b->fp &&
           a->fp_offset == b->fp_offset;
}

/* Appends a row that holds from row.pc; merges with the one before where nothing changes. */
static void rows_add(struct runtime_rows *rows, struct runtime_row row)
{
    if (rows->count > 0) {
        struct runtime_row *last = &rows->row[rows->count - 1];
        if (row.pc < last->pc) {
            return; /* overlapping functions: the first one keeps the range */
        }
        if (row.pc == last->pc) {
            *last = row;
            if (rows->count > 1 && row_same(last - 1, last)) {
                rows->count--;
            }
            return;
        }
        if (row_same(last, &row)) {
            return;
        }
    }
    if (rows->count == rows->cap && !rows_grow(rows)) {
        return;
    }
    rows->row[rows->count++] = row;
}

/* --- call frame programs ------------------------------------------------------------------- */

struct machine {
    const struct runtime_cie *cie;
    const struct runtime_cfa_state *initial; /* NULL while the CIE's own program runs */
    struct runtime_cfa_state now;
    struct runtime_cfa_state stack[8];
    unsigned depth;
    uintptr_t loc;  /* address */
    uintptr_t base; /* of the module */
    struct runtime_rows *rows;
};

static void flush(struct machine *m)
{
    if (!m->rows) {
        return;
    }
    struct runtime_row row = m->now.row;
    row.pc = (uint32_t)(m->loc - m->base);
    if (m->now.root) {
        row = (struct runtime_row){.pc = row.pc, .cfa = RUNTIME_CFA_ROOT};
    } else if (m->cie->signal) {
        row = (struct runtime_row){.pc = row.pc, .cfa = RUNTIME_CFA_SIGNAL};
    } else if (m->now.odd) {
        row = (struct runtime_row){.pc = row.pc, .cfa = RUNTIME_CFA_NONE};
    }
    rows_add(m->rows, row);
}

static void advance(struct machine *m, uint64_t delta)
{
    flush(m);
    m->loc += (uintptr_t)(delta * m->cie->code_align);
}

static void set_cfa(struct machine *m, uint64_t reg, int64_t offset)
{
    struct runtime_row *row = &m->now.row;
    if (reg > 15 || offset < INT32_MIN || offset > INT32_MAX) {
        row->cfa = RUNTIME_CFA_NONE;
        return;
    }
    row->cfa = (uint8_t)reg;
    row->cfa_offset = (int32_t)offset;
}

static void set_cfa_offset(struct machine *m, int64_t offset)
{
    if (m->now.row.cfa < RUNTIME_CFA_DEREF) {
        set_cfa(m, m->now.row.cfa, offset);
    }
}

/* Register `reg` of the caller is at CFA + offset. */
static void set_at_cfa(struct machine *m, uint64_t reg, int64_t offset)
{
    if (reg == RUNTIME_REG_FP) {
        if (offset < INT16_MIN || offset > INT16_MAX) {
            m->now.odd = true;
            return;
        }
        m->now.row.fp = RUNTIME_FP_AT_CFA;
        m->now.row.fp_offset = (int16_t)offset;
    } else if (reg == RUNTIME_REG_RA) {
        m->now.root = false;
        m->now.odd = offset != -8;
    }
}

/* Register `reg` of the caller is what it is here (also for an undefined one: nobody needs it). */
static void set_same(struct machine *m, uint64_t reg)
{
    if (reg == RUNTIME_REG_FP) {
        m->now.row.fp = RUNTIME_FP_SAME;
        m->now.row.fp_offset = 0;
    }
}

static void set_initial(struct machine *m, uint64_t reg)
{
    if (!m->initial) {
        return;
    }
    if (reg == RUNTIME_REG_FP) {
        m->now.row.fp = m->initial->row.fp;
        m->now.row.fp_offset = m->initial->row.fp_offset;
    } else if (reg == RUNTIME_REG_RA) {
        m->now.root = m->initial->root;
        m->now.odd = m->initial->odd;
    }
}

enum { OP_DEREF = 0x06, OP_BREG0 = 0x70, OP_BREG15 = 0x7f };

/* A block of DWARF expression of the form `breg N off`, optionally followed by more. */
static bool take_breg(struct runtime_reader *code, unsigned *out_reg, int64_t *out_offset)
{
    const uint8_t op = runtime_take_u8(code);
    if (op < OP_BREG0 || op > OP_BREG15) {
        return false;
    }
    *out_reg = (unsigned)(op - OP_BREG0);
    *out_offset = runtime_take_sleb(code);
    return !code->bad;
}

/* CFA by expression. Two forms occur: `breg N off; deref`, of functions that realign their stack,
 * and that of the linker's lazy binding stubs, which push a word in the middle of 16 bytes. */
static void set_cfa_expression(struct machine *m, struct runtime_reader code)
{
    static const uint8_t stub[] = {0x77, 0x08, 0x80, 0x00, 0x3f, 0x1a,
                                   0x3b, 0x2a, 0x33, 0x24, 0x22};
    struct runtime_row *row = &m->now.row;
    unsigned reg;
    int64_t offset;
    row->cfa = RUNTIME_CFA_NONE;
    row->cfa_offset = 0;
    if ((size_t)(code.end - code.p) == sizeof stub && memcmp(code.p, stub, sizeof stub) == 0) {
        row->cfa = RUNTIME_CFA_PLT;
    } else if (take_breg(&code, &reg, &offset) && runtime_take_u8(&code) == OP_DEREF &&
               code.p == code.end && offset >= INT32_MIN && offset <= INT32_MAX) {
        row->cfa = (uint8_t)(RUNTIME_CFA_DEREF + reg);
        row->cfa_offset = (int32_t)offset;
    }
}

static void set_register_expression(struct machine *m, uint64_t reg, struct runtime_reader code)
{
    unsigned from;
    int64_t offset;
    if (reg == RUNTIME_REG_RA) {
        m->now.odd = true;
    } else if (reg == RUNTIME_REG_FP) {
        if (take_breg(&code, &from, &offset) && from == RUNTIME_REG_FP && code.p == code.end &&
            offset >= INT16_MIN && offset <= INT16_MAX) {
            m->now.row.fp = RUNTIME_FP_AT_FP;
            m->now.row.fp_offset = (int16_t)offset;
        } else {
            m->now.odd = true;
        }
    }
}

static void remember(struct machine *m)
{
    if (m->depth < sizeof m->stack / sizeof m->stack[0]) {
        m->stack[m->depth] = m->now;
    }
    m->depth++;
}

static void restore(struct machine *m)
{
    if (m->depth == 0) {
        return;
    }
    m->depth--;
    if (m->depth < sizeof m->stack / sizeof m->stack[0]) {
        m->now = m->stack[m->depth];
    }
}

/* Call frame instructions of DWARF 5, 6.4.2 and LSB core. */
enum {
    CFA_NOP = 0x00,
    CFA_SET_LOC = 0x01,
    CFA_ADVANCE_LOC1 = 0x02,
    CFA_ADVANCE_LOC2 = 0x03,
    CFA_ADVANCE_LOC4 = 0x04,
    CFA_OFFSET_EXTENDED = 0x05,
    CFA_RESTORE_EXTENDED = 0x06,
    CFA_UNDEFINED = 0x07,
    CFA_SAME_VALUE = 0x08,
    CFA_REGISTER = 0x09,
    CFA_REMEMBER_STATE = 0x0a,
    CFA_RESTORE_STATE = 0x0b,
    CFA_DEF_CFA = 0x0c,
    CFA_DEF_CFA_REGISTER = 0x0d,
    CFA_DEF_CFA_OFFSET = 0x0e,
    CFA_DEF_CFA_EXPRESSION = 0x0f,
    CFA_EXPRESSION = 0x10,
    CFA_OFFSET_EXTENDED_SF = 0x11,
    CFA_DEF_CFA_SF = 0x12,
    CFA_DEF_CFA_OFFSET_SF = 0x13,
    CFA_VAL_OFFSET = 0x14,
    CFA_VAL_OFFSET_SF = 0x15,
    CFA_VAL_EXPRESSION = 0x16,
    CFA_GNU_ARGS_SIZE = 0x2e,
    CFA_GNU_NEGATIVE_OFFSET_EXTENDED = 0x2f,
    CFA_ADVANCE_LOC = 0x40, /* the low 6 bits are the operand */
    CFA_OFFSET = 0x80,
    CFA_RESTORE = 0xc0
};

static int64_t scaled(int64_t v, int64_t align)
{
    return (int64_t)((uint64_t)v * (uint64_t)align);
}

/* A register whose value is computed, not stored. */
static void set_computed(struct machine *m, uint64_t reg)
{
    if (reg == RUNTIME_REG_FP || reg == RUNTIME_REG_RA) {
        m->now.odd = true;
    }
}

/* Instructions that move the location or the CFA. False when `op` is none of them. */
static bool run_cfa(struct machine *m, struct runtime_reader *r, uint8_t op)
{
    const int64_t align = m->cie->data_align;
    uint64_t reg;
    switch (op) {
    case CFA_SET_LOC:
        flush(m);
        m->loc = runtime_take_pointer(r, m->cie->pointer_enc, 0);
        return true;
    case CFA_ADVANCE_LOC1:
        advance(m, runtime_take_u8(r));
        return true;
    case CFA_ADVANCE_LOC2:
        advance(m, runtime_take_u16(r));
        return true;
    case CFA_ADVANCE_LOC4:
        advance(m, runtime_take_u32(r));
        return true;
    case CFA_DEF_CFA:
        reg = runtime_take_uleb(r);
        set_cfa(m, reg, (int64_t)runtime_take_uleb(r));
        return true;
    case CFA_DEF_CFA_SF:
        reg = runtime_take_uleb(r);
        set_cfa(m, reg, scaled(runtime_take_sleb(r), align));
        return true;
    case CFA_DEF_CFA_REGISTER:
        set_cfa(m, runtime_take_uleb(r), m->now.row.cfa_offset);
        return true;
    case CFA_DEF_CFA_OFFSET:
        set_cfa_offset(m, (int64_t)runtime_take_uleb(r));
        return true;
    case CFA_DEF_CFA_OFFSET_SF:
        set_cfa_offset(m, scaled(runtime_take_sleb(r), align));
        return true;
    case CFA_DEF_CFA_EXPRESSION:
        set_cfa_expression(m, runtime_take_block(r));
        return true;
    default:
        return false;
    }
}

/* The others: where registers were saved. */
static void run_register(struct machine *m, struct runtime_reader *r, uint8_t op)
{
    const int64_t align = m->cie->data_align;
    uint64_t reg;
    switch (op) {
    case CFA_NOP:
        return;
    case CFA_OFFSET_EXTENDED:
        reg = runtime_take_uleb(r);
        set_at_cfa(m, reg, scaled((int64_t)runtime_take_uleb(r), align));
        return;
    case CFA_OFFSET_EXTENDED_SF:
        reg = runtime_take_uleb(r);
        set_at_cfa(m, reg, scaled(runtime_take_sleb(r), align));
        return;
    case CFA_GNU_NEGATIVE_OFFSET_EXTENDED:
        reg = runtime_take_uleb(r);
        set_at_cfa(m, reg, -scaled((int64_t)runtime_take_uleb(r), align));
        return;
    case CFA_RESTORE_EXTENDED:
        set_initial(m, runtime_take_uleb(r));
        return;
    case CFA_UNDEFINED:
        reg = runtime_take_uleb(r);
        m->now.root = m->now.root || reg == RUNTIME_REG_RA;
        set_same(m, reg);
        return;
    case CFA_SAME_VALUE:
        set_same(m, runtime_take_uleb(r));
        return;
    case CFA_REGISTER:
    case CFA_VAL_OFFSET:
    case CFA_VAL_OFFSET_SF:
        set_computed(m, runtime_take_uleb(r));
        runtime_take_uleb(r);
        return;
    case CFA_EXPRESSION:
        reg = runtime_take_uleb(r);
        set_register_expression(m, reg, runtime_take_block(r));
        return;
    case CFA_VAL_EXPRESSION:
        set_computed(m, runtime_take_uleb(r));
        runtime_take_block(r);
        return;
    case CFA_REMEMBER_STATE:
        remember(m);
        return;
    case CFA_RESTORE_STATE:
        restore(m);
        return;
    case CFA_GNU_ARGS_SIZE:
        runtime_take_uleb(r);
        return;
    default:
        r->bad = true;
        return;
    }
}

static void run(struct machine *m, struct runtime_reader r)
{
    while (r.p < r.end && !r.bad) {
        const uint8_t op = runtime_take_u8(&r);
        const uint8_t low = op & 0x3f;
        switch (op & 0xc0) {
        case CFA_ADVANCE_LOC:
            advance(m, low);
            break;
        case CFA_OFFSET:
            set_at_cfa(m, low, scaled((int64_t)runtime_take_uleb(&r), m->cie->data_align));
            break;
        case CFA_RESTORE:
            set_initial(m, low);
            break;
        default:
            if (!run_cfa(m, &r, op)) {
                run_register(m, &r, op);
            }
            break;
        }
    }
    if (r.bad) { /* an instruction that is not known: nothing is sure from here on */
        m->now.odd = true;
    }
}

struct runtime_cfa_state runtime_cfa_initial(const struct runtime_cie *cie)
{
    struct machine m = {.cie = cie,
                        .now = {.row = {.cfa = RUNTIME_CFA_NONE, .fp = RUNTIME_FP_SAME}}};
    run(&m, cie->program);
    return m.now;
}

void runtime_cfa_rows(const struct runtime_cie *cie, const struct runtime_cfa_state *initial,
                      struct runtime_function_range range, struct runtime_reader program,
                      struct runtime_rows *rows)
{
    struct machine m = {.cie = cie,
                        .initial = initial,
                        .now = *initial,
                        .loc = range.start,
                        .base = range.base,
                        .rows = rows};
    run(&m, program);
    if (m.loc < range.start + range.size) {
        flush(&m);
    }
    rows_add(rows, (struct runtime_row){.pc = (uint32_t)(range.start + range.size - range.base),
                                        .cfa = RUNTIME_CFA_NONE});
}
