/* The options of a report by name: what a flag, an assignment in the shell and a listing share. */
#ifndef CLI_PPROF_OPTIONS_H
#define CLI_PPROF_OPTIONS_H

#include "base/arena.h"
#include "reporter/pprof.h"

enum pprof_option_kind {
    PPROF_OPTION_BOOL,
    PPROF_OPTION_I64,
    PPROF_OPTION_F64,
    PPROF_OPTION_STR,
    PPROF_OPTION_CHOICE, /* one of a list; each choice is a name of its own */
};

struct pprof_option {
    const char *name;
    enum pprof_option_kind kind;
    size_t offset;              /* of the field in struct ak_pprof_config */
    const char *const *choices; /* ends with NULL */
    const char *help;           /* first line: summary; more lines for `help NAME` */
};
extern const struct pprof_option
    pprof_options[]; /* in the order of listings; ends with NULL name */

struct pprof_choice_help {
    const char *name, *help;
};
extern const struct pprof_choice_help pprof_choices[];

/* The option with this name or that has this choice; NULL when there is none. *out_is_choice tells.
 */
const struct pprof_option *pprof_option_find(struct ak_str name, bool *out_is_choice);
/* Sets an option from text, which is copied to arena. For a choice, "true" selects it. */
enum ak_status pprof_option_set(struct ak_pprof_config *config, struct ak_str name,
                                struct ak_str value, struct ak_arena *arena,
                                struct ak_error *err) AK_MUST_USE;
/* Appends the value as text. */
void pprof_option_get(const struct ak_pprof_config *config, const struct pprof_option *option,
                      struct ak_buf *out);
const char *pprof_option_help(struct ak_str name); /* NULL for a name that is no option */

/* Go's idea of a boolean on a flag ("1", "t", "TRUE" ...) and of one in pprof's shell ("yes" ...).
 */
bool pprof_parse_bool(struct ak_str text, bool *out);
/* An integer with Go's prefixes (0x, 0o, 0b, 0). */
bool pprof_parse_int(struct ak_str text, int64_t *out);

#endif
