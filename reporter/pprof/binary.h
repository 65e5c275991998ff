/* An ELF file for listings of machine code: its functions, their bytes, and where a profile's
 * addresses lie in it. */
#ifndef REPORTER_PPROF_BINARY_H
#define REPORTER_PPROF_BINARY_H

#include "base/arena.h"
#include "base/buf.h"
#include "disasm_table.h"
#include "profile/profile.h"

struct reporter_symbol {
    uint64_t start, end; /* link-time addresses; end is behind the last byte */
    struct ak_str name;
};

struct reporter_binary {
    struct ak_buf file; /* released by reporter_binary_close */
    enum disasm_arch arch;
    bool is_dynamic;                 /* loaded anywhere */
    struct reporter_symbol *symbols; /* functions by start, then name; in arena */
    size_t count;
};

enum ak_status reporter_binary_open(const char *path, struct ak_arena *arena,
                                    struct reporter_binary *out, struct ak_error *err) AK_MUST_USE;
void reporter_binary_close(struct reporter_binary *b);

/* The link-time address of a run-time one in mapping m. */
uint64_t reporter_binary_address(const struct reporter_binary *b, const struct ak_mapping *m,
                                 uint64_t address);
/* The bytes of [start, end); fewer where the file has fewer. Borrowed. */
struct ak_str reporter_binary_bytes(const struct reporter_binary *b, uint64_t start, uint64_t end);

#endif
