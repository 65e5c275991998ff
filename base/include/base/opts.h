/* Options of a command as one const table: parsing, --help and the manual come from it. Options are
 * written with one dash or two, values as -name=value or -name value; booleans as -name or
 * -name=false. "--" ends the options; "-" alone is an argument. Options and arguments may mix. */
#ifndef BASE_OPTS_H
#define BASE_OPTS_H

#include "base/arena.h"
#include "base/buf.h"

enum ak_opt_kind {
    AK_OPT_BOOL, /* bool */
    AK_OPT_STR,  /* const char * (borrows argv) */
    AK_OPT_I64,  /* int64_t */
    AK_OPT_F64,  /* double */
    AK_OPT_LIST, /* struct ak_opt_list: each use appends */
};

struct ak_opt_list {
    const char **items;
    size_t count;
    size_t cap;
};

struct ak_opt {
    const char *name;
    enum ak_opt_kind kind;
    size_t offset;   /* of the field in the options struct */
    const char *arg; /* name of the value for help; NULL for BOOL */
    const char *help;
    const char *group; /* heading in help; NULL: as the row before */
};

struct ak_args {
    const char **items; /* arguments that are no options, in order, in arena */
    size_t count;
    const char **rest; /* what follows "--", borrowed from argv; NULL when there was none */
    size_t rest_count;
};

/* `table` ends with a row whose name is NULL. `opts` is the options struct, already filled with
 * defaults. "-h", "-help" and "--help" give AK_CANCELLED with an empty text: print help, exit 0.
 * stop_at_arg: the first argument ends the options (for commands that run a command). */
struct ak_opts_parse {
    const struct ak_opt *table;
    void *opts;
    bool stop_at_arg;
};
enum ak_status ak_opts_parse(const struct ak_opts_parse *p, int argc, char **argv,
                             struct ak_arena *arena, struct ak_args *out,
                             struct ak_error *err) AK_MUST_USE;
void ak_opts_help(const struct ak_opt *table, struct ak_buf *out);

#endif
