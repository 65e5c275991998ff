/* akreport record: runs a command and keeps what it measured. */
#include "base/host.h"
#include "base/sanitize.h"
#include "base/units.h"
#include "collector/record.h"
#include "command.h"
#include "progress.h"
#include "record_interleave.h"
#include "run_summary.h"
#include "warnings.h"

#include <stdio.h>
#include <unistd.h>

struct record_opts {
    struct cli_interleave interleave;
    const char *label;
    const char *store;
    const char *dir;
    int64_t count;
    bool profiles, profile_each, forward_exit, is_interleaved;
};

#define FIELD(name) offsetof(struct record_opts, name)
static const struct ak_opt opts_table[] = {
    {"label", AK_OPT_STR, FIELD(label), "NAME", "name of the run (default: the git branch)",
     "What"},
    {"dir", AK_OPT_STR, FIELD(dir), "DIR", "run the command in this folder", NULL},
    {"count", AK_OPT_I64, FIELD(count), "N",
     "run the command N times into one run; interleaved: rounds (default 10)", NULL},
    {"profiles", AK_OPT_BOOL, FIELD(profiles), NULL,
     "add -cpuprofile and -memprofile to go test (package by package) or akbench", "Profiles"},
    {"profile-each", AK_OPT_BOOL, FIELD(profile_each), NULL,
     "run one benchmark at a time, each with profiles of its own", NULL},
    {"interleave", AK_OPT_BOOL, FIELD(is_interleaved), NULL,
     "run two commands in turn: old='CMD' new='CMD', each by sh -c", "Two commands"},
    {"confirm", AK_OPT_I64, FIELD(interleave.confirm), "N",
     "rounds for the benchmarks that looked different (default 10, 0: none)", NULL},
    {"pin", AK_OPT_STR, FIELD(interleave.pin), "CPUS", "run on these CPUs only, as 2-3,6", NULL},
    {"wait", AK_OPT_F64, FIELD(interleave.wait_s), "SECONDS",
     "wait so long for an idle machine before a round (default 30)", NULL},
    {"forward-exit", AK_OPT_BOOL, FIELD(forward_exit), NULL,
     "exit with the command's own code instead of 3 when it fails", "Where"},
    {"store", AK_OPT_STR, FIELD(store), "FILE",
     "history file (default: $AKREPORT_STORE, else akreport.db)", NULL},
    {0},
};

/* --- while it runs ----------------------------------------------------------------------- */

static void show_output(void *ctx, struct ak_str bytes)
{
    cli_progress_clear(ctx);
    while (bytes.len > 0) {
        const ssize_t n = write(STDOUT_FILENO, bytes.ptr, bytes.len);
        if (n <= 0) {
            return; /* nobody reads any more; the command goes on and is recorded */
        }
        bytes = ak_str_slice(bytes, (size_t)n, bytes.len);
    }
}

static void show_progress(void *ctx, const struct ak_record_progress *p)
{
    struct ak_buf line = AK_BUF_INIT;
    ak_buf_puts(&line, "recording ");
    ak_duration_format(&line, (double)p->elapsed_ns / 1e9);
    if (p->steps > 1) {
        ak_buf_printf(&line, ", %zu of %zu", p->step, p->steps);
    }
    if (p->what && p->what[0]) {
        ak_buf_putc(&line, ' ');
        ak_sanitize_text(&line, ak_str_from(p->what));
    }
    if (p->results > 0) {
        ak_buf_printf(&line, ", %zu results", p->results);
    }
    if (p->left_ns > 0) {
        ak_buf_puts(&line, ", about ");
        ak_duration_format(&line, (double)p->left_ns / 1e9);
        ak_buf_puts(&line, " left");
    }
    cli_progress_show(ctx, line.ptr);
    ak_buf_release(&line);
}

/* --- afterwards -------------------------------------------------------------------------- */

static void say_failure(const struct ak_record *r)
{
    if (r->signal) {
        fprintf(stderr, "akreport record: the command was ended by signal %d\n", r->signal);
    } else if (r->exit_code) {
        fprintf(stderr, "akreport record: the command failed with exit code %d\n", r->exit_code);
    }
}

static void print_notes(const struct ak_record *r)
{
    struct ak_buf line = AK_BUF_INIT;
    for (size_t i = 0; i < r->note_count; i++) {
        ak_buf_reset(&line);
        ak_sanitize_text(&line, ak_str_from(r->notes[i]));
        fprintf(stderr, "akreport record: %s\n", line.ptr);
    }
    ak_buf_release(&line);
}

/* Stores the run and says so on stderr, since standard output is the command's. */
static int keep(struct ak_store *store, const struct ak_ingest *in, struct ak_error *err)
{
    struct ak_added added;
    if (ak_store_add_run(store, in->run, &added, err) != AK_OK) {
        return command_fail("record", err);
    }
    struct ak_buf line = AK_BUF_INIT;
    cli_run_stored(&line, in->run, in->benchmarks, &added);
    fprintf(stderr, "akreport record: %s", line.ptr);
    ak_buf_release(&line);
    return 0;
}

static int finish(const struct record_opts *o, struct ak_store *store, const struct ak_record *r)
{
    struct ak_error err = {0};
    cli_warnings_print("record", r->ingest.warnings, r->ingest.warning_count);
    say_failure(r);
    print_notes(r);
    if (!r->ingest.run && r->note_count == 0 && r->exit_code == 0) {
        fputs("akreport record: nothing was measured: the command printed no benchmark result and "
              "wrote no profile\n",
              stderr);
    }
    int rc = 0;
    if (r->ingest.run) {
        rc = keep(store, &r->ingest, &err);
    } else {
        fputs("akreport record: nothing was stored\n", stderr);
        rc = 3;
    }
    if (r->exit_code != 0 && (rc == 0 || rc == 3)) {
        return o->forward_exit ? r->exit_code : 3;
    }
    return rc;
}

static const char *default_label(const char *dir, struct ak_arena *arena)
{
    const struct ak_git git = ak_git_facts(arena, dir ? dir : ".");
    return git.branch[0] ? git.branch : "run";
}

static int record(struct record_opts *o, const struct ak_args *args, struct ak_arena *arena)
{
    struct ak_error err = {0};
    struct cli_progress progress;
    cli_progress_init(&progress);
    const char **argv = AK_NEW_ARRAY(arena, const char *, args->rest_count + 1);
    memcpy(argv, args->rest, args->rest_count * sizeof *argv);
    const struct ak_record_opts opts = {
        .argv = argv,
        .label = o->label ? o->label : default_label(o->dir, arena),
        .dir = o->dir,
        .count = o->count > 0 ? (unsigned)o->count : 1,
        .profiles = o->profiles,
        .profile_each = o->profile_each,
        .ui = {.ctx = &progress, .output = show_output, .progress = show_progress},
    };
    /* The history is opened first, so that an hour's benchmark does not end in "read-only". */
    struct ak_store *store;
    if (ak_store_open(ak_store_path(o->store), AK_STORE_CREATE, &store, &err) != AK_OK) {
        return command_fail("record", &err);
    }
    struct ak_record r;
    const enum ak_status st = ak_record_run(&opts, arena, &r, &err);
    cli_progress_clear(&progress);
    const int rc = st == AK_OK ? finish(o, store, &r) : command_fail("record", &err);
    ak_store_close(store);
    return rc;
}

static int usage(const char *what)
{
    fprintf(stderr, "akreport record: %s\nusage: akreport %s\n", what, cmd_record.usage);
    return 2;
}

static int check_and_run(struct record_opts *o, struct ak_args *args, struct ak_arena *arena)
{
    if (o->count < 0 || o->count > 100000 || o->interleave.confirm < 0 ||
        o->interleave.confirm > 100000) {
        return usage("--count and --confirm are numbers from 0 to 100,000");
    }
    if (o->is_interleaved) {
        o->interleave.store = o->store;
        o->interleave.dir = o->dir;
        o->interleave.count = o->count ? o->count : 10;
        o->interleave.output = show_output;
        o->interleave.progress = show_progress;
        return cli_record_interleave(&o->interleave, args, arena);
    }
    if (args->count > 0) {
        return usage("the command follows --, as in: record -- go test -bench=. ./...");
    }
    if (args->rest_count == 0) {
        return usage("no command given");
    }
    if ((o->profiles || o->profile_each) && o->count > 1) {
        return usage("--profiles needs a single run: give -count to the command itself");
    }
    return record(o, args, arena);
}

static int run(int argc, char **argv)
{
    struct record_opts o = {.interleave = {.confirm = 10, .wait_s = 30}};
    struct ak_args args;
    struct ak_arena *arena = ak_arena_new();
    int rc = command_parse(&cmd_record, &o, argc, argv, arena, &args);
    if (rc < 0) {
        rc = check_and_run(&o, &args, arena);
    }
    ak_arena_free(arena);
    return rc;
}

const struct command cmd_record = {
    .name = "record",
    .summary = "runs a command and stores its results, profiles and environment",
    .usage = "record [--label NAME] [--profiles] [--store FILE] -- CMD... | record --interleave "
             "old='CMD' new='CMD'",
    .opts = opts_table,
    .run = run,
};
