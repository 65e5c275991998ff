/* Unwind rows from .eh_frame: for each range of code, how to find the caller's frame.
 *
 * The compiler leaves, for exceptions, a small program per function (call frame information) that
 * says at each instruction where the caller's stack pointer, frame pointer and return address are.
 * Running these programs once gives a sorted table that a signal handler can search.
 * Formats: DWARF 5, 6.4; LSB core, "Exception Frames". Only amd64 rules are evaluated. */
#ifndef RUNTIME_PROF_EH_H
#define RUNTIME_PROF_EH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How the CFA (the caller's stack pointer) is found; values below 32 name a register in DWARF's
 * numbering: 0..15 register + offset, 16..31 the word at register + offset. */
enum {
    RUNTIME_CFA_DEREF = 16,
    RUNTIME_CFA_PLT = 32, /* a lazy binding stub: 8 or 16 above the stack pointer, by address */
    RUNTIME_CFA_SIGNAL,   /* a signal frame: registers stand in the ucontext at the stack pointer */
    RUNTIME_CFA_ROOT,     /* no caller: a thread's first function */
    RUNTIME_CFA_NONE      /* nothing is known: try the frame pointer */
};
enum { RUNTIME_REG_FP = 6, RUNTIME_REG_SP = 7, RUNTIME_REG_RA = 16 };

/* How the caller's frame pointer is found. */
enum {
    RUNTIME_FP_SAME,   /* as it is */
    RUNTIME_FP_AT_CFA, /* at CFA + offset */
    RUNTIME_FP_AT_FP   /* at frame pointer + offset */
};

/* Holds from `pc` to the next row's. */
struct runtime_row {
    uint32_t pc; /* bytes above the module's base */
    int32_t cfa_offset;
    int16_t fp_offset;
    uint8_t cfa; /* RUNTIME_CFA_... or a register */
    uint8_t fp;  /* RUNTIME_FP_... */
};

/* A growing array of rows in pages of its own (no malloc, so that reading tables is not seen by the
 * heap profiler). */
struct runtime_rows {
    struct runtime_row *row;
    size_t count;
    size_t cap;
    bool full; /* no memory: rows are missing at the end */
};

/* Appends the rows of one module, sorted by pc. `hdr` is its .eh_frame_hdr in memory; the module
 * lies in [base, end), all of what is read lies in [base, end) too. False when the header has a
 * form that is not known. */
bool runtime_eh_rows(const uint8_t *hdr, uintptr_t base, uintptr_t end, struct runtime_rows *rows);

void runtime_rows_release(struct runtime_rows *rows);

#endif
