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
    bool is_new;          /* false: a run with the same content was there */
    int64_t run_id;
    size_t profiles_new;  /* profiles whose content was not there */
    size_t profiles_raw;  /* kept as raw protobuf, since rebuilding was not identical */
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

/* Keeps / reads the judgement of a run, replacing an older one of the same criteria. */
enum ak_status ak_store_put_check(struct ak_store *s, const struct ak_check *check,
                                  struct ak_error *err) AK_MUST_USE;
enum ak_status ak_store_put_comparison(struct ak_store *s, const struct ak_comparison *cmp,
                                       struct ak_error *err) AK_MUST_USE;

#endif
