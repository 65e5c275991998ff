/* Runs call frame programs: from the state that a CIE describes and the instructions of an FDE to
 * rows. Private to the .eh_frame parser. */
#ifndef RUNTIME_PROF_CFA_H
#define RUNTIME_PROF_CFA_H

#include "prof_dwarf.h"
#include "prof_eh.h"

/* What a common information entry says. */
struct runtime_cie {
    uint64_t code_align;
    int64_t data_align;
    uint8_t pointer_enc;
    bool augmented; /* its FDEs have augmentation data */
    bool signal;    /* a signal frame */
    struct runtime_reader program;
};

struct runtime_cfa_state {
    struct runtime_row row;
    bool root; /* the return address is undefined */
    bool odd;  /* the return address or frame pointer is not where a row can say */
};

/* The state in which each function of the CIE begins. */
struct runtime_cfa_state runtime_cfa_initial(const struct runtime_cie *cie);

/* Appends the rows of the function [start, start + size) of the module at `base`. */
struct runtime_function_range {
    uintptr_t base, start;
    uint64_t size;
};
void runtime_cfa_rows(const struct runtime_cie *cie, const struct runtime_cfa_state *initial,
                      struct runtime_function_range range, struct runtime_reader program,
                      struct runtime_rows *rows);

#endif
