/* Findings of static checks as rows of the history, so that each has a first and a last run. */
#ifndef STORE_LINT_H
#define STORE_LINT_H

#include "store/store.h"

struct ak_lint_row {
    const char
        *key; /* 16 hex digits, the same for the same finding of another run; set by the store
                 from kind, rule, file, function and, without its numbers, `identity` */
    const char *identity; /* what tells it from others of that rule, file and function; may be "" */
    const char *rule, *title, *level;      /* "L001"; what it finds; "note", "warning" or "error" */
    const char *message, *file, *function; /* file "": no place */
    int64_t line, bytes, objects;          /* 0: not known */
    double share;                          /* of the whole, 0 to 1 */
    const char **evidence;
    size_t evidence_count;
};

/* A look whose rows are what the run's change brought, whatever the other side keeps. */
#define AK_LINT_KIND_CHANGE "go-since"

/* One look with one kind of checks at what a run ran. */
struct ak_lint_look {
    const char *kind;    /* "go", "bench", "doctor", AK_LINT_KIND_CHANGE */
    const char *subject; /* what was looked at */
    int64_t time_ns;     /* when */
    struct ak_lint_row *rows;
    size_t count;
};

/* Keeps a look, replacing an older one of the same kind of that run. Keys are set in a copy. */
enum ak_status ak_store_put_look(struct ak_store *s, int64_t run_id,
                                 const struct ak_lint_look *look, struct ak_error *err) AK_MUST_USE;
/* All looks at a run, by kind, in arena; none is fine. AK_CORRUPT when a row is damaged. */
enum ak_status ak_store_load_looks(struct ak_store *s, int64_t run_id, struct ak_arena *arena,
                                   struct ak_lint_look **out, size_t *out_count,
                                   struct ak_error *err) AK_MUST_USE;
/* Adds the looks at a run of `from` to that run in `to`; of one kind the later stays, so that the
 * order of merging does not matter. */
enum ak_status ak_store_copy_looks(struct ak_store *to, int64_t to_run, struct ak_store *from,
                                   int64_t from_run, struct ak_error *err) AK_MUST_USE;

/* --- over runs ------------------------------------------------------------------------------ */

enum ak_lint_state { AK_LINT_NEW, AK_LINT_OPEN, AK_LINT_GONE };
const char *ak_lint_state_text(enum ak_lint_state state); /* "new" */

struct ak_lint_run {
    int64_t id, time_ns;
    const char *label, *commit;
};
struct ak_lint_life {
    const char *kind;
    struct ak_lint_row row; /* as it was seen last */
    struct ak_lint_run first, last;
    size_t runs, looks; /* that have it; of its kind from the first that has it to the newest */
    enum ak_lint_state state; /* GONE: the newest look of its kind lacks it; NEW: only that has it,
                                 and there was one before */
};
/* The findings of all runs of a label (NULL: all) with their first and last run: new ones first,
 * then open, then gone; then by share, kind and place. In arena. O(rows log rows). */
enum ak_status ak_store_lint_lives(struct ak_store *s, const char *label, struct ak_arena *arena,
                                   struct ak_lint_life **out, size_t *out_count,
                                   struct ak_error *err) AK_MUST_USE;

/* What a change did: rows that only the looks at the new side have, rows that both have, and how
 * many only the old side has. Kinds that one side lacks are not compared: their rows are `open`. */
struct ak_lint_changes {
    const struct ak_lint_row **added, **open; /* by share, largest first */
    size_t added_count, open_count, gone_count;
    bool is_compared; /* false: the old side was not looked at */
};
void ak_lint_compare(const struct ak_lint_look *old, size_t old_count,
                     const struct ak_lint_look *new, size_t new_count, struct ak_arena *arena,
                     struct ak_lint_changes *out);

#endif
