/* Names for addresses of this process, for the writer. */
#ifndef RUNTIME_PROF_SYMBOLS_H
#define RUNTIME_PROF_SYMBOLS_H

#include "prof_modules.h"

enum { RUNTIME_INLINED_MAX = 32 };

struct runtime_symbol {
    const char *name;        /* demangled */
    const char *system_name; /* as in the file */
    const char *file;        /* "" when not known */
    int64_t line;            /* 0 when not known */
};

struct runtime_symbols;

/* One user at a time: open waits for the close of another thread. Files stay open for the next
 * user, because reading their debug information is what costs. */
struct runtime_symbols *runtime_symbols_open(void);
void runtime_symbols_close(struct runtime_symbols *s);

/* The functions at an address of module m: the innermost inlined one first, the real one last.
 * Returns their number, 0 when nothing is known. Texts live until close. */
size_t runtime_symbols_find(struct runtime_symbols *s, const struct runtime_module *m, uint64_t pc,
                            struct runtime_symbol out[RUNTIME_INLINED_MAX]);

/* Whether this is a function of the malloc family, whose frames a heap profile leaves out. */
bool runtime_symbol_is_allocator(const char *system_name);

#endif
