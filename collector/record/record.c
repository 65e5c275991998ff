#include "collector/record.h"

#include "base/clock.h"
#include "base/mem.h"
#include "child.h"
#include "outputs.h"
#include "record_env.h"
#include "record_plan.h"
#include "record_why.h"
#include "snapshot.h"

#include <sys/stat.h>

/* Output that is kept; beyond, it is only shown. */
#define MAX_OUTPUT ((size_t)256 << 20)

struct recording {
    const struct ak_record_opts *opts;
    struct ak_arena *arena;
    struct collector_command_line line;
    struct collector_plan plan;
    struct collector_outputs output;
    struct ak_record_progress progress;
    int64_t start_ns;
    struct ak_ingest_captured_profile *profiles;
    size_t profile_count, profiles_cap;
};

/* --- while it runs ----------------------------------------------------------------------- */

static size_t count_results(struct ak_str bytes)
{
    const struct ak_str mark = AK_STR("ns/op");
    size_t n = 0;
    for (ptrdiff_t at; (at = ak_str_find(bytes, mark)) >= 0; n++) {
        bytes = ak_str_slice(bytes, (size_t)at + mark.len, bytes.len);
    }
    return n;
}

static void on_output(void *ctx, struct ak_str bytes)
{
    struct recording *r = ctx;
    ak_buf_str(&r->output.text, bytes);
    r->progress.results += count_results(bytes);
    r->opts->ui.output(r->opts->ui.ctx, bytes);
}

static void on_tick(void *ctx, int64_t elapsed_ns)
{
    struct recording *r = ctx;
    (void)elapsed_ns; /* of this step; people want the whole */
    r->progress.elapsed_ns = ak_clock_monotonic_ns() - r->start_ns;
    /* Steps are alike, so the rest takes as long as those before took on average. */
    const int64_t done = (int64_t)r->progress.step - 1, steps = (int64_t)r->progress.steps;
    r->progress.left_ns = done > 0 ? r->progress.elapsed_ns / done * (steps - done) : 0;
    if (r->opts->ui.progress) {
        r->opts->ui.progress(r->opts->ui.ctx, &r->progress);
    }
}

static void add_profile(struct recording *r, const struct ak_ingest_captured_profile *p)
{
    AK_GROW(r->profiles, r->profile_count + 1, r->profiles_cap);
    r->profiles[r->profile_count++] = *p;
}

static enum ak_status run_step(struct recording *r, const struct collector_step *step,
                               struct ak_record *out, struct ak_error *err)
{
    const struct collector_child child = {
        .argv = step->argv, .dir = r->opts->dir, .ctx = r, .output = on_output, .tick = on_tick};
    struct collector_exit end;
    const size_t results = r->progress.results;
    const enum ak_status st = collector_child_run(&child, &end, err);
    if (st != AK_OK) {
        return st;
    }
    collector_outputs_end(&r->output);
    if (end.code != 0 && out->exit_code == 0) {
        out->exit_code = end.code;
        out->signal = end.signal;
    }
    out->interrupted = out->interrupted || end.interrupted;
    /* A package without benchmarks, or a benchmark that was skipped, leaves profiles of nothing. */
    const size_t profiles = r->progress.results > results ? step->profile_count : 0;
    for (size_t i = 0; i < profiles; i++) {
        const struct collector_planned *p = &step->profiles[i];
        struct stat file;
        if (stat(p->path, &file) == 0 && file.st_size > 0) {
            add_profile(r, &(struct ak_ingest_captured_profile){
                               .path = p->path, .name = p->name, .benchmark = p->benchmark});
        }
    }
    return AK_OK;
}

static struct collector_snapshot snapshot(struct recording *r)
{
    struct collector_snapshot s =
        collector_snapshot_take(r->opts->dir ? r->opts->dir : ".", r->arena);
    for (size_t i = 0; i < r->line.profile_count; i++) {
        collector_snapshot_add(&s, r->line.profiles[i], r->arena);
    }
    return s;
}

static enum ak_status run_steps(struct recording *r, struct ak_record *out, struct ak_error *err)
{
    r->progress.steps = r->plan.count;
    for (size_t i = 0; i < r->plan.count && !out->interrupted; i++) {
        r->progress.step = i + 1;
        r->progress.what = r->plan.steps[i].what;
        const enum ak_status st = run_step(r, &r->plan.steps[i], out, err);
        if (st != AK_OK) {
            return st;
        }
    }
    return AK_OK;
}

/* --- afterwards -------------------------------------------------------------------------- */

static void pick_up(struct recording *r, const struct collector_snapshot *before)
{
    const struct collector_snapshot after = snapshot(r);
    const struct collector_snapshot changed = collector_snapshot_changes(before, &after, r->arena);
    for (size_t i = 0; i < changed.count; i++) {
        add_profile(r, &(struct ak_ingest_captured_profile){.path = changed.files[i].path});
    }
}

static void finish_run(struct recording *r, const struct collector_facts *facts,
                       struct ak_record *out)
{
    struct ak_run *run = out->ingest.run;
    if (!run) {
        return;
    }
    run->command = collector_command_line_text(r->opts->argv, r->arena);
    run->time_ns = facts->time_ns;
    run->duration_ns = ak_clock_monotonic_ns() - r->start_ns;
    if (out->exit_code != 0) {
        run->state = AK_RUN_FAILED;
    }
    collector_facts_add(facts, run, r->arena);
}

static enum ak_status record(struct recording *r, struct ak_record *out, struct ak_error *err)
{
    const struct collector_facts facts = collector_facts_take(&r->line, r->opts->dir, r->arena);
    const struct collector_snapshot before = snapshot(r);
    r->start_ns = ak_clock_monotonic_ns();
    enum ak_status st = run_steps(r, out, err);
    if (st != AK_OK) {
        return st;
    }
    pick_up(r, &before);
    const struct ak_ingest_capture capture = {.label = r->opts->label,
                                              .name = "output",
                                              .text = ak_buf_view(&r->output.text),
                                              .ends = r->output.ends,
                                              .end_count = r->output.count,
                                              .profiles = r->profiles,
                                              .profile_count = r->profile_count};
    ak_ingest_captured(&capture, r->arena, &out->ingest);
    /* A benchmark command whose benchmarks did not run has measured nothing, whatever profiles it
     * left; another command may well be recorded for its profiles alone. */
    const struct ak_run *run = out->ingest.run;
    if (r->line.program != COLLECTOR_PROGRAM_OTHER && run && run->result_lines == 0) {
        out->ingest.run = NULL;
    }
    finish_run(r, &facts, out);
    run = out->ingest.run;
    const struct collector_missing missing = {.line = &r->line,
                                              .dir = r->opts->dir,
                                              .output = ak_buf_view(&r->output.text),
                                              .results = run ? run->result_lines : 0,
                                              .exit_code = out->exit_code,
                                              .profiles = run ? run->profile_count : 0,
                                              .added = r->opts->profiles || r->opts->profile_each};
    collector_record_why(&missing, r->arena, &out->notes, &out->note_count);
    return AK_OK;
}

enum ak_status ak_record_run(const struct ak_record_opts *opts, struct ak_arena *arena,
                             struct ak_record *out, struct ak_error *err)
{
    struct recording r = {.opts = opts, .arena = arena, .output = {.text = {.max = MAX_OUTPUT}}};
    struct ak_record result = {0};
    r.line = collector_command_line_read(opts->argv, opts->dir, arena);
    enum ak_status st = collector_plan_make(opts, &r.line, arena, &r.plan, err);
    if (st == AK_OK) {
        st = record(&r, &result, err);
        collector_plan_end(&r.plan);
    }
    if (st == AK_OK) {
        *out = result;
    }
    collector_outputs_release(&r.output);
    ak_free(r.profiles);
    return st;
}
