/* One side of a judgement: a run of the history, or files read as a run. */
#ifndef CLI_RUN_SIDE_H
#define CLI_RUN_SIDE_H

#include "collector/compare.h"
#include "collector/criteria.h"
#include "store/store.h"

struct run_sides {
    const char *cmd;        /* for messages */
    const char *store_path; /* --store; NULL: the default */
    struct ak_arena *arena;
    struct ak_store *store; /* opened when the first selector needs it */
    bool writable;          /* the store may keep what was judged */
};

/* `selector` is a file, a run of the history (label, label~N, ID, key, commit:HASH), a folder of
 * files, or "-": tried in this order, so that a folder never hides a run. Where a run and a file or
 * folder have the same name, stderr says which was taken. "name=FILE" gives a file's run that
 * label. Warnings about files go to stderr. Flags
 * as of ak_store_load_run; files always bring their profiles. In arena. */
enum ak_status cli_run_side_load(struct run_sides *sides, const char *selector, unsigned flags,
                                 struct ak_run **out, struct ak_error *err) AK_MUST_USE;
/* True when cli_run_side_load would take it from the history: no file and, where the history knows
 * it, no folder. Says when a file was preferred to a run. */
bool cli_run_side_is_stored(struct run_sides *sides, const char *selector);
/* The history of the first of the runs, for the variance between runs: where it comes from the
 * store. */
enum ak_status cli_run_sides_history(struct run_sides *sides, struct ak_run *const *runs,
                                     size_t count, struct ak_compare_opts *how,
                                     struct ak_error *err) AK_MUST_USE;
/* How criteria find the runs that they are about: a base by its selector, and earlier runs of
 * `label` (NULL: of the run's own label, where it comes from the store). In arena. */
struct ak_check_opts cli_run_sides_check(struct run_sides *sides, struct ak_run *run,
                                         const char *label);
/* Judges a run with what cli_run_sides_check finds: every command that judges the same run says the
 * same. criteria NULL: built in. base NULL: none but those that criteria name. Result in arena. */
enum ak_status cli_run_sides_judge(struct run_sides *sides, struct ak_run *run,
                                   const struct ak_criteria *criteria, struct ak_run *base,
                                   struct ak_check **out, struct ak_error *err) AK_MUST_USE;
void cli_run_sides_close(struct run_sides *sides);

/* Closes nothing, keeps a judgement where the store is writable and its runs are in it; what goes
 * wrong is a warning on stderr, since the judgement itself stands. */
void cli_run_sides_keep_check(const struct run_sides *sides, const struct ak_check *check);
void cli_run_sides_keep_comparison(const struct run_sides *sides, const struct ak_comparison *cmp);

#endif
