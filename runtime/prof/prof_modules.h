/* The program's modules (executable, libraries, vDSO): where their code lies, how to unwind it, and
 * what a profile says about them. */
#ifndef RUNTIME_PROF_MODULES_H
#define RUNTIME_PROF_MODULES_H

#include "prof_eh.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One module that was or is loaded. Never freed: snapshots refer to it. */
struct runtime_module {
    uintptr_t start, end;  /* its code */
    uintptr_t base, limit; /* all of it */
    uintptr_t bias;        /* address in memory - address in the file */
    uint64_t file_offset;  /* of `start` */
    const char *path;
    char build_id[41]; /* hex, "" when it has none */
    uint64_t identity;
    uint32_t epoch_from, epoch_to; /* valid in [from, to] */
    bool seen;                     /* while refreshing */
    const struct runtime_row *row;
    size_t row_count;
    struct runtime_rows rows;
    struct runtime_module *next;
};

/* The modules loaded at one time, sorted by start. */
struct runtime_table {
    uint32_t generation; /* one more for each table */
    uint32_t epoch;      /* one more when an address range got another owner */
    size_t count;
    size_t bytes;
    struct runtime_table *retired_next;
    const struct runtime_module *module[];
};

/* Reads what changed since the last call: the first call reads all (about 10 ms). Blocks while
 * another thread loads a library; not from a signal handler. False when there was no memory. */
bool runtime_modules_refresh(void);

/* A thread's mark that it reads the table. With one of its own, a thread pays two plain stores for
 * a walk (the one who unmaps makes the kernel order them); without, two locked instructions. */
struct runtime_reader {
    struct runtime_reader *next;
    bool listed;
    int inside; /* atomic */
};
/* Makes the mark known; it must live for ever. Zeroed before. */
void runtime_reader_list(struct runtime_reader *reader);

/* Of the table in use, 0 before the first refresh. */
uint32_t runtime_modules_generation(void);

/* The table in use, NULL before the first refresh. Who reads it stands between enter and leave, so
 * that it is not unmapped. `reader`: the calling thread's listed mark, or NULL; a signal handler
 * must not use the mark of the code that it interrupts. */
const struct runtime_table *runtime_modules_enter(struct runtime_reader *reader);
void runtime_modules_leave(struct runtime_reader *reader);

/* The module of an address in an epoch, NULL when none is known. Not from a signal handler. */
const struct runtime_module *runtime_module_find(uintptr_t pc, uint32_t epoch);
/* Calls `visit` for each module that is or was loaded, in order of loading. */
void runtime_modules_each(void (*visit)(void *ctx, const struct runtime_module *m), void *ctx);

struct runtime_modules_stats {
    size_t modules, rows, row_bytes;
    uint64_t build_ns;
};
struct runtime_modules_stats runtime_modules_stats(void);

/* In a child of fork: other threads are gone, and with them what they held. */
void runtime_modules_child(void);

#endif
