#include "collector/interleave.h"

#include "base/clock.h"
#include "base/mem.h"
#include "child.h"
#include "collector/compare.h"
#include "command_line.h"
#include "machine.h"
#include "outputs.h"
#include "record_env.h"
#include "snapshot.h"
#include "suspects.h"

#define MAX_OUTPUT ((size_t)128 << 20)

struct side {
    const char *label, *command;
    struct collector_outputs output; /* of the phase that runs */
    struct ak_buf screened;
    struct ak_ingest_captured_profile *profiles; /* of its last round */
    size_t profile_count, profiles_cap;
    struct ak_ingest ingest;
};

struct interleaving {
    const struct ak_interleave_opts *opts;
    struct ak_arena *arena;
    struct side sides[2];
    struct side *running;
    struct ak_record_progress progress;
    int64_t start_ns, start_wall_ns;
    bool busy;      /* it was not idle before some round */
    bool confirmed; /* the suspects have fresh values */
    struct ak_interleave *out;
};

static void on_output(void *ctx, struct ak_str bytes)
{
    struct interleaving *x = ctx;
    ak_buf_str(&x->running->output.text, bytes);
    x->opts->ui.output(x->opts->ui.ctx, bytes);
}

static void on_tick(void *ctx, int64_t elapsed_ns)
{
    struct interleaving *x = ctx;
    (void)elapsed_ns;
    x->progress.elapsed_ns = ak_clock_monotonic_ns() - x->start_ns;
    const int64_t done = (int64_t)x->progress.step - 1, steps = (int64_t)x->progress.steps;
    x->progress.left_ns = done > 0 ? x->progress.elapsed_ns / done * (steps - done) : 0;
    if (x->opts->ui.progress) {
        x->opts->ui.progress(x->opts->ui.ctx, &x->progress);
    }
}

/* --- one command once -------------------------------------------------------------------- */

static enum ak_status run_once(struct interleaving *x, struct side *side, const char *command,
                               struct ak_error *err)
{
    const char *const argv[] = {"sh", "-c", command, NULL};
    const struct collector_child child = {
        .argv = argv, .dir = x->opts->dir, .ctx = x, .output = on_output, .tick = on_tick};
    struct collector_exit end;
    x->running = side;
    x->progress.step++;
    x->progress.what = side->label;
    on_tick(x, 0);
    const enum ak_status st = collector_child_run(&child, &end, err);
    if (st != AK_OK) {
        return st;
    }
    collector_outputs_end(&side->output);
    if (end.code != 0 && x->out->exit_code == 0) {
        x->out->exit_code = end.code;
        x->out->signal = end.signal;
    }
    x->out->interrupted = x->out->interrupted || end.interrupted;
    return AK_OK;
}

/* The same, and the profiles it wrote are its side's. */
static enum ak_status run_profiled(struct interleaving *x, struct side *side, const char *command,
                                   struct ak_error *err)
{
    const char *dir = x->opts->dir ? x->opts->dir : ".";
    const struct collector_snapshot before = collector_snapshot_take(dir, x->arena);
    const enum ak_status st = run_once(x, side, command, err);
    const struct collector_snapshot after = collector_snapshot_take(dir, x->arena);
    const struct collector_snapshot changed = collector_snapshot_changes(&before, &after, x->arena);
    for (size_t i = 0; i < changed.count; i++) {
        struct ak_buf bytes = AK_BUF_INIT;
        if (ak_file_read(changed.files[i].path, MAX_OUTPUT, &bytes, NULL) == AK_OK) {
            AK_GROW(side->profiles, side->profile_count + 1, side->profiles_cap);
            side->profiles[side->profile_count++] = (struct ak_ingest_captured_profile){
                .path = changed.files[i].path,
                .bytes = ak_arena_str(x->arena, ak_buf_view(&bytes))};
        }
        ak_buf_release(&bytes);
    }
    return st;
}

/* --- rounds ------------------------------------------------------------------------------ */

struct phase {
    unsigned rounds;
    const char *commands[2];
    bool profiled; /* the last round's profiles are kept */
};

static enum ak_status run_rounds(struct interleaving *x, const struct phase *phase,
                                 struct ak_error *err)
{
    for (unsigned round = 0; round < phase->rounds; round++) {
        /* A machine that did not become idle once will not do so for each round. */
        x->progress.what = "waits for an idle machine";
        on_tick(x, 0);
        if (!x->busy) {
            const enum collector_idle idle = collector_machine_wait_idle(x->opts->wait_s);
            x->busy = idle == COLLECTOR_IDLE_NOT;
            x->out->interrupted = idle == COLLECTOR_IDLE_INTERRUPTED;
        }
        if (x->out->interrupted) {
            return AK_OK;
        }
        for (unsigned turn = 0; turn < 2; turn++) {
            const unsigned side = (round + turn) % 2; /* A B, B A, A B ... */
            const bool last = phase->profiled && round + 1 == phase->rounds;
            const enum ak_status st =
                last ? run_profiled(x, &x->sides[side], phase->commands[side], err)
                     : run_once(x, &x->sides[side], phase->commands[side], err);
            if (st != AK_OK || x->out->exit_code != 0 || x->out->interrupted) {
                return st;
            }
        }
    }
    return AK_OK;
}

static void ingest_side(struct interleaving *x, struct side *side, struct ak_ingest *out)
{
    const struct ak_ingest_capture capture = {.label = side->label,
                                              .name = side->label,
                                              .text = ak_buf_view(&side->output.text),
                                              .ends = side->output.ends,
                                              .end_count = side->output.count,
                                              .profiles = side->profiles,
                                              .profile_count = side->profile_count};
    ak_ingest_captured(&capture, x->arena, out);
}

/* --- screening and confirming ------------------------------------------------------------ */

static void add_note(struct interleaving *x, const char *text)
{
    x->out->notes[x->out->note_count++] = text;
}

static enum ak_status screen(struct interleaving *x, struct ak_error *err)
{
    const char *const all = ".";
    const struct phase phase = {
        .rounds = x->opts->rounds,
        .commands = {collector_suspects_command(x->sides[0].command, all, x->arena),
                     collector_suspects_command(x->sides[1].command, all, x->arena)},
        .profiled = true};
    x->progress.steps = (size_t)phase.rounds * 2;
    const enum ak_status st = run_rounds(x, &phase, err);
    for (unsigned i = 0; st == AK_OK && i < 2; i++) {
        ingest_side(x, &x->sides[i], &x->sides[i].ingest);
    }
    return st;
}

/* Measures the suspects again and puts the fresh values in the place of the old. Broken off, the
 * old ones stay: a few fresh values decide nothing. */
static enum ak_status confirm(struct interleaving *x, struct collector_suspects *suspects,
                              struct ak_error *err)
{
    const char *pattern = collector_suspects_pattern(suspects, x->arena);
    struct phase phase = {.rounds = x->opts->confirm};
    for (unsigned i = 0; i < 2; i++) {
        phase.commands[i] = collector_suspects_command(x->sides[i].command, pattern, x->arena);
        x->sides[i].screened = x->sides[i].output.text;
        ak_free(x->sides[i].output.ends);
        x->sides[i].output = (struct collector_outputs){.text = {.max = MAX_OUTPUT}};
        x->sides[i].profile_count = 0;
    }
    x->progress.steps += (size_t)phase.rounds * 2;
    const enum ak_status st = run_rounds(x, &phase, err);
    x->confirmed = st == AK_OK && x->out->exit_code == 0 && !x->out->interrupted;
    for (unsigned i = 0; x->confirmed && i < 2; i++) {
        struct ak_ingest fresh;
        ingest_side(x, &x->sides[i], &fresh);
        if (fresh.run) {
            collector_suspects_replace(suspects, x->sides[i].ingest.run, fresh.run, x->arena);
        }
    }
    return st;
}

static enum ak_status run_phases(struct interleaving *x, struct collector_suspects *suspects,
                                 struct ak_error *err)
{
    enum ak_status st = screen(x, err);
    struct ak_run *a = x->sides[0].ingest.run, *b = x->sides[1].ingest.run;
    if (st != AK_OK || !a || !b || x->out->exit_code != 0 || x->out->interrupted) {
        return st;
    }
    collector_suspects_find(a, b, x->arena, suspects);
    x->out->rows = suspects->rows;
    x->out->suspects = suspects->count;
    if (suspects->count > 0 && x->opts->confirm > 0) {
        st = confirm(x, suspects, err);
    }
    return st;
}

/* --- the two runs ------------------------------------------------------------------------ */

static void add_env(struct ak_run *run, const char *key, const char *value, struct ak_arena *arena)
{
    struct ak_kv *env = AK_NEW_ARRAY(arena, struct ak_kv, run->env_count + 1);
    if (run->env_count > 0) {
        memcpy(env, run->env, run->env_count * sizeof *env);
    }
    env[run->env_count] = (struct ak_kv){key, value};
    run->env = env;
    run->env_count++;
}

/* All that was printed, the screening first. */
static void add_text(struct interleaving *x, struct side *side, struct ak_run *run)
{
    if (side->screened.len > 0 && run->text.ptr) {
        ak_buf_str(&side->screened, ak_buf_view(&side->output.text));
        run->text = ak_arena_str(x->arena, ak_buf_view(&side->screened));
    }
}

static void finish_side(struct interleaving *x, unsigned i, const struct collector_facts *facts)
{
    struct side *side = &x->sides[i];
    struct ak_run *run = side->ingest.run;
    x->out->sides[i] = side->ingest;
    if (!run) {
        return;
    }
    add_text(x, side, run);
    run->command = ak_arena_strdup(x->arena, side->command);
    run->time_ns = facts->time_ns;
    run->duration_ns = ak_clock_monotonic_ns() - x->start_ns;
    if (x->out->exit_code != 0 || x->out->interrupted) {
        run->state = AK_RUN_FAILED;
    }
    collector_facts_add(facts, run, x->arena);
    add_env(run, "interleaved",
            ak_arena_printf(x->arena, "%s and %s, %u rounds, %zu of %zu rows confirmed by %u",
                            x->sides[0].label, x->sides[1].label, x->opts->rounds,
                            x->confirmed ? x->out->suspects : 0, x->out->rows, x->opts->confirm),
            x->arena);
    add_env(run, AK_ENV_SESSION, ak_arena_printf(x->arena, "%lld", (long long)x->start_wall_ns),
            x->arena);
    if (x->opts->pin) {
        add_env(run, "pinned", x->opts->pin, x->arena);
    }
}

static enum ak_status run_pinned(struct interleaving *x, struct ak_error *err)
{
    struct collector_facts facts[2];
    for (unsigned i = 0; i < 2; i++) {
        facts[i] = collector_facts_of_shell(x->sides[i].command, x->opts->dir, x->arena);
    }
    struct collector_suspects suspects = {0};
    x->start_ns = ak_clock_monotonic_ns();
    x->start_wall_ns = ak_clock_wall_ns();
    const enum ak_status st = run_phases(x, &suspects, err);
    for (unsigned i = 0; st == AK_OK && i < 2; i++) {
        finish_side(x, i, &facts[i]);
    }
    if (x->busy) {
        add_note(x, "the machine was busy with other work before some rounds; the intervals will "
                    "be wide");
    }
    return st;
}

enum ak_status ak_interleave_run(const struct ak_interleave_opts *opts, struct ak_arena *arena,
                                 struct ak_interleave *out, struct ak_error *err)
{
    struct ak_interleave result = {.notes = AK_NEW_ARRAY(arena, const char *, 2)};
    struct interleaving x = {.opts = opts, .arena = arena, .out = &result};
    struct collector_pin pin = {.is_pinned = false};
    if (opts->pin) {
        const enum ak_status st = collector_machine_pin(opts->pin, &pin, err);
        if (st != AK_OK) {
            return st;
        }
    }
    for (unsigned i = 0; i < 2; i++) {
        x.sides[i] = (struct side){.label = opts->labels[i],
                                   .command = opts->commands[i],
                                   .output = {.text = {.max = MAX_OUTPUT}}};
    }
    const enum ak_status st = run_pinned(&x, err);
    collector_machine_unpin(&pin);
    for (unsigned i = 0; i < 2; i++) {
        collector_outputs_release(&x.sides[i].output);
        ak_buf_release(&x.sides[i].screened);
        ak_free(x.sides[i].profiles);
    }
    if (st == AK_OK) {
        *out = result;
    }
    return st;
}
