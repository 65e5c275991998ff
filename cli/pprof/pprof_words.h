/* A line of the shell, understood: pure functions, so that they can be tested and fuzzed. */
#ifndef CLI_PPROF_WORDS_H
#define CLI_PPROF_WORDS_H

#include "base/arena.h"
#include "reporter/pprof.h"

enum pprof_word_kind {
    PPROF_LINE_EMPTY,
    PPROF_LINE_ASSIGN, /* name = value */
    PPROF_LINE_OPTIONS,
    PPROF_LINE_QUIT,
    PPROF_LINE_HELP, /* argument in value */
    PPROF_LINE_REPORT,
};

struct pprof_line {
    enum pprof_word_kind kind;
    struct ak_str name, value;
    bool has_value; /* there was a "=" */
    const struct ak_pprof_format *format;
    const char *param;
    struct ak_pprof_config config; /* for this report alone */
    const char *command;           /* behind "|", or NULL */
};

/* Reads one line under a configuration. Texts are in arena. Errors are pprof's. */
enum ak_status pprof_line_parse(struct ak_str text, const struct ak_pprof_config *config,
                                struct ak_arena *arena, struct pprof_line *out,
                                struct ak_error *err) AK_MUST_USE;

/* Words that stand for several lines: ":" and, for each sample type T of p, T, total_T and mean_T.
 * Returns how many lines were put to out (at most 5); 1 with the line itself otherwise. */
size_t pprof_line_expand(struct ak_str text, const struct ak_profile *p, struct ak_arena *arena,
                         struct ak_str out[5]);

/* The line with its last word completed when exactly one command, option or function fits, else
 * the line as it is. In arena. */
struct ak_str pprof_line_complete(struct ak_str text, const struct ak_profile *p,
                                  struct ak_arena *arena);

#endif
