/* The interface of the plug-in `disasm`: machine code to text, by capstone. */
#ifndef REPORTER_PPROF_DISASM_TABLE_H
#define REPORTER_PPROF_DISASM_TABLE_H

#include "base/buf.h"
#include "base/status.h"

enum disasm_arch { DISASM_X86, DISASM_X86_64, DISASM_ARM64 };

struct disasm_code {
    enum disasm_arch arch;
    bool intel_syntax;
    const uint8_t *bytes;
    size_t size;
    uint64_t address; /* of the first byte */
};

struct disasm_table {
    /* Calls `visit` for each instruction in order; bytes that are none are given as ".byte 0x..".
     */
    enum ak_status (*run)(const struct disasm_code *code,
                          void (*visit)(void *ctx, uint64_t address, struct ak_str text), void *ctx,
                          struct ak_error *err);
};

#endif
