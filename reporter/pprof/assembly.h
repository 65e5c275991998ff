/* The machine code of functions with the values of a profile: the model of disasm and weblist. */
#ifndef REPORTER_PPROF_ASSEMBLY_H
#define REPORTER_PPROF_ASSEMBLY_H

#include "reporter/pprof.h"

struct reporter_insn {
    uint64_t address; /* link-time */
    struct ak_str text;
    struct ak_str function, file; /* of the innermost call there; "" when not known */
    int64_t line;
    int64_t flat, cum;
};

struct reporter_routine {
    struct ak_str name; /* demangled */
    const struct ak_str *aliases;
    size_t alias_count;
    int64_t flat, cum;
    struct reporter_insn *insns;
    size_t insn_count;
};

/* The functions with samples that the report's parameter matches, or that contain it when it is an
 * address. In the report's arena, by name. AK_NOT_FOUND when there is none; *out_problem (may be
 * "") says which binaries could not be read. */
enum ak_status reporter_assembly(const struct ak_pprof_report *r, struct reporter_routine **out,
                                 size_t *out_count, const char **out_problem,
                                 struct ak_error *err) AK_MUST_USE;

#endif
