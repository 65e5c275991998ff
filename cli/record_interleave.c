#include "record_interleave.h"

#include "base/sanitize.h"
#include "collector/interleave.h"
#include "command.h"
#include "progress.h"
#include "run_summary.h"
#include "warnings.h"

#include <stdio.h>

/* "old='CMD'" into label and command. */
static bool parse_side(const char *arg, unsigned i, struct ak_interleave_opts *opts,
                       struct ak_arena *arena)
{
    struct ak_str command = ak_str_from(arg);
    const struct ak_str label = ak_str_cut(&command, '=');
    if (!command.ptr || label.len == 0 || command.len == 0) {
        return false;
    }
    opts->labels[i] = ak_arena_strndup(arena, label.ptr, label.len);
    opts->commands[i] = command.ptr;
    return true;
}

static int keep_side(struct ak_store *store, const struct ak_ingest *in)
{
    struct ak_error err = {0};
    struct ak_added added;
    cli_warnings_print("record", in->warnings, in->warning_count);
    if (!in->run) {
        return 3;
    }
    if (ak_store_add_run(store, in->run, &added, &err) != AK_OK) {
        return command_fail("record", &err);
    }
    struct ak_buf line = AK_BUF_INIT;
    cli_run_stored(&line, in->run, in->benchmarks, &added);
    fprintf(stderr, "akreport record: %s", line.ptr);
    ak_buf_release(&line);
    return 0;
}

static int finish(const struct ak_interleave_opts *opts, struct ak_store *store,
                  const struct ak_interleave *x)
{
    int rc = 0;
    for (unsigned i = 0; i < 2; i++) {
        const int side = keep_side(store, &x->sides[i]);
        rc = side > rc ? side : rc;
    }
    if (x->interrupted) {
        fprintf(stderr, "akreport record: broken off; %s\n",
                x->sides[0].run || x->sides[1].run ? "what was measured is stored"
                                                   : "nothing was measured");
        return 3;
    }
    if (x->exit_code) {
        fprintf(stderr, "akreport record: a command failed with exit code %d\n", x->exit_code);
        return 3;
    }
    for (size_t i = 0; i < x->note_count; i++) {
        fprintf(stderr, "akreport record: %s\n", x->notes[i]);
    }
    if (rc == 3) {
        fputs("akreport record: nothing was measured on one side\n", stderr);
        return 3;
    }
    fprintf(stderr, "akreport record: %zu %s, %zu looked different%s\n", x->rows,
            x->rows == 1 ? "row" : "rows", x->suspects,
            x->suspects > 0 && opts->confirm > 0 ? " and were measured again" : "");
    struct ak_buf hint = AK_BUF_INIT;
    ak_buf_puts(&hint, "akreport record: now compare ");
    ak_sanitize_text(&hint, ak_str_from(opts->labels[0]));
    ak_buf_putc(&hint, ' ');
    ak_sanitize_text(&hint, ak_str_from(opts->labels[1]));
    fprintf(stderr, "%s\n", hint.ptr);
    ak_buf_release(&hint);
    return rc;
}

int cli_record_interleave(const struct cli_interleave *o, const struct ak_args *args,
                          struct ak_arena *arena)
{
    struct ak_error err = {0};
    struct cli_progress progress;
    cli_progress_init(&progress);
    struct ak_interleave_opts opts = {
        .dir = o->dir,
        .rounds = (unsigned)o->count,
        .confirm = (unsigned)o->confirm,
        .pin = o->pin,
        .wait_s = o->wait_s,
        .ui = {.ctx = &progress, .output = o->output, .progress = o->progress},
    };
    if (args->count != 2 || args->rest_count > 0 || !parse_side(args->items[0], 0, &opts, arena) ||
        !parse_side(args->items[1], 1, &opts, arena)) {
        fputs("akreport record: --interleave takes two commands: old='CMD' new='CMD'\n", stderr);
        return 2;
    }
    struct ak_store *store;
    if (ak_store_open(ak_store_path(o->store), AK_STORE_CREATE, &store, &err) != AK_OK) {
        return command_fail("record", &err);
    }
    struct ak_interleave x;
    const enum ak_status st = ak_interleave_run(&opts, arena, &x, &err);
    cli_progress_clear(&progress);
    const int rc = st == AK_OK ? finish(&opts, store, &x) : command_fail("record", &err);
    ak_store_close(store);
    return rc;
}
