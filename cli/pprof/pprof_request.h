/* What a pprof command line asks for, and the steps that answer it. */
#ifndef CLI_PPROF_REQUEST_H
#define CLI_PPROF_REQUEST_H

#include "base/io.h"
#include "reporter/pprof.h"

struct pprof_list {
    const char **items;
    size_t count;
};

struct pprof_request {
    struct ak_arena *arena; /* keeps: texts and lists live there */
    struct ak_pprof_config config;
    const struct ak_pprof_format *format; /* NULL: interactive */
    const char *param;                    /* of the format */
    struct pprof_list sources;
    struct pprof_list base, diff_base;
    const char *binary; /* NULL, or an ELF file that was the first argument */
    const char *build_id, *symbolize, *comment, *tools, *store;
    const char *tls_cert, *tls_key, *tls_ca;
    const char *http;
    int64_t seconds, timeout; /* -1: not set */
    bool all_frames, no_browser, help, heap_delta;
    bool fetched; /* some source came from a server */
    struct ak_limits limits;
    bool total_delay, mean_delay, contentions, inuse_space, inuse_objects, alloc_space,
        alloc_objects; /* names of sample types as flags of their own */
};

/* Reads the line as Go's flag package does, one dash or two. With `compat` the first argument that
 * is no flag ends the flags, otherwise both may mix. */
enum ak_status pprof_parse_line(struct pprof_request *req, int argc, char **argv,
                                struct ak_error *err) AK_MUST_USE;

/* Appends the usage text: formats, options, sources. `prefix` is "-" for the command line, "" for
 * the shell. */
void pprof_usage(struct ak_buf *out, const char *prefix);

/* Loads, merges, subtracts, symbolizes and prunes what the request names. Messages about sources
 * that are skipped go to standard error. The view is in arena and borrows *out_profile, which is
 * owned by the caller. */
struct pprof_loaded {
    struct ak_profile *profile; /* owned */
    struct ak_profile *view;
    struct ak_stacks *stacks; /* owned; of the view's samples where it has none, else NULL */
};
enum ak_status pprof_load(struct pprof_request *req, struct pprof_loaded *out,
                          struct ak_error *err) AK_MUST_USE;

/* Where a report goes. */
struct pprof_target {
    const char *file;    /* "" or NULL: standard output */
    const char *command; /* a shell command that reads the report; NULL: none */
    bool interactive;    /* the shell is asking: nothing binary to the screen */
};
/* Builds the report of `view` and writes it. Notices and failures go to standard error; the status
 * is that of the failure. */
enum ak_status pprof_report(const struct ak_profile *view, const struct ak_pprof_request *request,
                            const struct pprof_target *target) AK_MUST_USE;

/* Prints "prefix: text" on standard error, made harmless. */
void pprof_message(const char *text);
void pprof_complain(const struct ak_error *err);

/* Reads commands until the end of input or `quit`; returns the exit code. */
int pprof_shell(struct pprof_request *req, const struct ak_profile *view);

#endif
