/* The history file: one SQLite database of runs. Every write is one transaction (BEGIN IMMEDIATE);
 * what was acknowledged is durable. All SQL lives in this module. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "store/run.h"
#include "store/verdict.h"

struct ak_store;

enum ak_store_mode {
    AK_STORE_READ,   /* must exist */
    AK_STORE_WRITE,  /* must exist */
    AK_STORE_CREATE, /* created when missing */
};

/* The path that --store, $AKREPORT_STORE and the default "akreport.db" give. */
const char *ak_store_path(const char *option);

/* Opens and checks: application_id, user_version not newer than known, schema fingerprint (no
 * foreign trigger or view). Errors name the file and the reason. Returns owned. */
enum ak_status ak_store_open(const char *path, enum ak_store_mode mode, struct ak_store **out,
                             struct ak_error *err) AK_MUST_USE;
void ak_store_close(struct ak_store *s);

struct ak_added {
    bool is_new; /* false: a run with the same content was there */
    int64_t run_id;
    size_t profiles_new; /* profiles whose content was not there */
    size_t profiles_raw; /* kept as raw protobuf, since rebuilding was not identical */
};
/* Adds one run with its series, text and profiles (profiles[].bytes must be loaded, inflated). The
 * key is computed here. Idempotent by content. */
enum ak_status ak_store_add_run(struct ak_store *s, const struct ak_run *run, struct ak_added *out,
                                struct ak_error *err) AK_MUST_USE;

/* Finds a run by selector: a label (its newest run), label~N (N runs before), #ID or ID, the first
 * 6 or more digits of its key, or commit:HASH. NOT_FOUND names the labels that are there. */
enum ak_status ak_store_find_run(struct ak_store *s, const char *selector, int64_t *out_id,
                                 struct ak_error *err) AK_MUST_USE;
/* Loads a run with its series and profile headers (bytes and text only where asked). */
enum ak_run_load_flags { AK_LOAD_TEXT = 1, AK_LOAD_PROFILES = 2 };
enum ak_status ak_store_load_run(struct ak_store *s, int64_t id, unsigned flags,
                                 struct ak_arena *arena, struct ak_run **out,
                                 struct ak_error *err) AK_MUST_USE;
/* All runs, oldest first, without series. `label` NULL: all. */
enum ak_status ak_store_list_runs(struct ak_store *s, const char *label, struct ak_arena *arena,
                                  struct ak_run **out_runs, size_t *out_count,
                                  struct ak_error *err) AK_MUST_USE;
/* The identical protobuf of a profile. */
enum ak_status ak_store_load_profile(struct ak_store *s, int64_t profile_id, struct ak_buf *out,
                                     struct ak_error *err) AK_MUST_USE;

/* --- verdicts ------------------------------------------------------------------------------- */

/* Keeps a judgement or a comparison, replacing an older one of the same criteria / of the same two
 * runs. The runs must be in the store: they are found by their key. */
enum ak_status ak_store_put_check(struct ak_store *s, const struct ak_check *check,
                                  struct ak_error *err) AK_MUST_USE;
enum ak_status ak_store_put_comparison(struct ak_store *s, const struct ak_comparison *cmp,
                                       struct ak_error *err) AK_MUST_USE;
/* Reads them back, complete with their runs (series, without text and profile bytes). `criteria`
 * NULL: the newest of the run. NOT_FOUND when there is none. */
enum ak_status ak_store_load_check(struct ak_store *s, int64_t run_id, const char *criteria,
                                   struct ak_arena *arena, struct ak_check **out,
                                   struct ak_error *err) AK_MUST_USE;
enum ak_status ak_store_load_comparison(struct ak_store *s, int64_t before_id, int64_t after_id,
                                        struct ak_arena *arena, struct ak_comparison **out,
                                        struct ak_error *err) AK_MUST_USE;

/* --- history -------------------------------------------------------------------------------- */

struct ak_history_query {
    const char *label;     /* NULL: all */
    const char *branch;    /* NULL: all */
    const char *benchmark; /* required */
    const char *package;   /* NULL: any */
    const char *unit;      /* required */
    size_t limit;          /* the newest so many; 0: all */
};
struct ak_history_point {
    int64_t run_id, time_ns;
    const char *label, *commit, *branch;
    bool dirty;
    enum ak_run_state state;
    struct ak_series series;
};
/* One series over all runs that have it, oldest first, in arena. */
enum ak_status ak_store_history(struct ak_store *s, const struct ak_history_query *query,
                                struct ak_arena *arena, struct ak_history_point **out,
                                size_t *out_count, struct ak_error *err) AK_MUST_USE;

/* Every series that any run of the label (NULL: all) has, without values; sorted by package,
 * benchmark, unit. */
enum ak_status ak_store_list_series(struct ak_store *s, const char *label, struct ak_arena *arena,
                                    struct ak_series **out, size_t *out_count,
                                    struct ak_error *err) AK_MUST_USE;

struct ak_function_query {
    const char *label;    /* NULL: all */
    const char *function; /* its name as profiles write it */
    const char *type;     /* value type: "cpu", "alloc_space" */
    const char *profile;  /* name of the profile file; NULL: any */
    size_t limit;         /* the newest so many profiles; 0: all */
};
struct ak_function_point {
    int64_t run_id, time_ns, profile_id;
    const char *label, *commit, *profile;
    int64_t flat, cum, total; /* flat and cum are 0 where the function does not occur */
    bool found;
};
/* One function over all profiles that have the value type, oldest first. Reads only the summaries:
 * a thousand runs take milliseconds. */
enum ak_status ak_store_function_history(struct ak_store *s, const struct ak_function_query *query,
                                         struct ak_arena *arena, struct ak_function_point **out,
                                         size_t *out_count, struct ak_error *err) AK_MUST_USE;

/* --- keeping ------------------------------------------------------------------------------------
 */

/* A tag keeps a run from being pruned. 1 to 100 bytes without blanks and controls. Adding one that
 * is there, or removing one that is not, is fine. */
enum ak_status ak_store_tag(struct ak_store *s, int64_t run_id, const char *tag,
                            struct ak_error *err) AK_MUST_USE;
enum ak_status ak_store_untag(struct ak_store *s, int64_t run_id, const char *tag,
                              struct ak_error *err) AK_MUST_USE;

/* Removes runs, their verdicts, and profiles that no other run has. One transaction; NOT_FOUND when
 * one of them is not there (then none is removed). */
enum ak_status ak_store_remove_runs(struct ak_store *s, const int64_t *ids, size_t count,
                                    struct ak_error *err) AK_MUST_USE;

struct ak_prune {
    const char *label;     /* NULL: all labels */
    size_t keep;           /* per label, the newest so many stay; 0: no such rule */
    int64_t older_than_ns; /* runs measured before this time may go; 0: no such rule */
};
/* The runs that the policy lets go, oldest first: those beyond `keep` and, where a time is given
 * too, older than it. Tagged runs always stay. Removes nothing: see ak_store_remove_runs. */
enum ak_status ak_store_find_prunable(struct ak_store *s, const struct ak_prune *policy,
                                      struct ak_arena *arena, struct ak_run **out,
                                      size_t *out_count, struct ak_error *err) AK_MUST_USE;

/* Drops what no profile needs any more from the dictionaries, and gives the space back to the file
 * system. Reads and writes every profile: for now and then, not after each removal. */
enum ak_status ak_store_compact(struct ak_store *s, struct ak_error *err) AK_MUST_USE;

struct ak_verification {
    size_t runs, profiles;
    const char **problems; /* one line each, at most 100 */
    size_t problem_count;
};
/* Looks at everything: the file's structure, every run read and its key computed again, every
 * profile rebuilt and compared with its checksum. Damage is told in `problems`, not as a failure.
 */
enum ak_status ak_store_verify(struct ak_store *s, struct ak_arena *arena,
                               struct ak_verification *out, struct ak_error *err) AK_MUST_USE;

struct ak_merged {
    size_t runs_new, runs_there, profiles_new;
};
/* Adds every run of another store, with its tags. Idempotent, and the order of merging does not
 * matter: a run that both have keeps its tags of both and the earlier of its times. */
enum ak_status ak_store_merge(struct ak_store *to, struct ak_store *from, struct ak_merged *out,
                              struct ak_error *err) AK_MUST_USE;

/* True when a file begins like one of SQLite's; for finding the kind of an input. */
bool ak_store_sniff(struct ak_str head);

#endif
