/* From files to a run: the kind of each file is found from its content. Benchmark text, the JSON of
 * other tools, CSV and profiles become one run; other histories are named for ak_ingest_store. */
#ifndef COLLECTOR_INGEST_H
#define COLLECTOR_INGEST_H

#include "base/io.h"
#include "store/store.h"

struct ak_ingest_opts {
    const char *label;              /* of the run; NULL: "" */
    const char *time;               /* when it was measured, "2026-11-23T05:21:00Z"; NULL: as the
                                       files say */
    const struct ak_limits *limits; /* NULL: the defaults */
};

struct ak_ingest {
    struct ak_run *run;  /* NULL when all files were histories */
    size_t benchmarks;   /* distinct benchmarks with results */
    size_t failed;       /* benchmarks and packages that say of themselves that they failed */
    const char **stores; /* histories among the files, in order */
    size_t store_count;
    const char **warnings; /* "shutdown.txt:12: missing units"; the last may sum up the rest */
    size_t warning_count;
};

/* Reads files ("-": standard input) into one run, all in arena. Results of the same benchmark and
 * unit become one series, in the order of the files. The run's state is FAILED when a benchmark or
 * package says that it failed. Refuses with the file's name: what cannot be read, what is of no
 * known kind, values that are no numbers (with line). AK_NOT_JUDGED when no file holds a result, a
 * profile or a history. A file without results beside others is a warning. */
enum ak_status ak_ingest_files(const char *const *files, size_t count,
                               const struct ak_ingest_opts *opts, struct ak_arena *arena,
                               struct ak_ingest *out, struct ak_error *err) AK_MUST_USE;

/* The files of a folder that are one run, sorted by path, in arena: the newest samples of each
 * benchmark where it is a tree of Criterion's (target/criterion), else the files that stand in the
 * folder itself. AK_NOT_JUDGED when there is none. */
enum ak_status ak_ingest_list(const char *dir, struct ak_arena *arena, const char ***out,
                              size_t *out_count, struct ak_error *err) AK_MUST_USE;

/* What a command printed and the profiles it wrote, as one run. */
struct ak_ingest_captured_profile {
    const char *path;
    const char *name;      /* NULL: the path's last component */
    const char *benchmark; /* the one it covers; NULL: not known */
    struct ak_str bytes;   /* of the file, inflated or not; ptr NULL: read from path */
};
struct ak_ingest_capture {
    const char *label;
    const char *name;   /* of the text, for warnings: "output" */
    struct ak_str text; /* in any format that files may have */
    const size_t *ends; /* where in text the output of each of several commands ends; each is read
                           by itself. NULL: text is of one */
    size_t end_count;
    const struct ak_ingest_captured_profile *profiles;
    size_t profile_count;
};
/* As ak_ingest_files, but nothing is refused, since it was measured: lines and profiles that cannot
 * be kept are warnings. out->run is NULL when nothing was measured. */
void ak_ingest_captured(const struct ak_ingest_capture *capture, struct ak_arena *arena,
                        struct ak_ingest *out);

/* One profile file for a run, as ak_ingest_files takes it: name, kind, hash and inflated bytes, in
 * arena. *out_time_ns (may be NULL) is when it was taken, 0 when it does not say. */
enum ak_status ak_ingest_profile(const char *path, const struct ak_limits *limits,
                                 struct ak_arena *arena, struct ak_run_profile *out,
                                 int64_t *out_time_ns, struct ak_error *err) AK_MUST_USE;

struct ak_ingest_merge {
    size_t runs;     /* looked at */
    size_t runs_new; /* that were not there */
    size_t profiles_new;
};
/* Adds the runs of the history `path` (with `label` only that label's) to `to`. Idempotent. */
enum ak_status ak_ingest_store(struct ak_store *to, const char *path, const char *label,
                               struct ak_ingest_merge *out, struct ak_error *err) AK_MUST_USE;

#endif
