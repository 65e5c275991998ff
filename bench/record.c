/* Results and profiles of a session, put into the history file as one run. */
#include "base/clock.h"
#include "base/host.h"
#include "base/io.h"
#include "base/mem.h"
#include "harness.h"
#include "store/store.h"

#include <stdio.h>
#include <string.h>

static struct ak_series *series_of(struct bench_session *s, const struct bench *b, const char *unit)
{
    for (size_t i = 0; i < s->run.series_count; i++) {
        struct ak_series *x = &s->run.series[i];
        if (x->procs == b->workers && strcmp(x->benchmark, b->what->name) == 0 &&
            strcmp(x->unit, unit) == 0) {
            return x;
        }
    }
    AK_GROW(s->run.series, s->run.series_count + 1, s->series_cap);
    struct ak_series *x = &s->run.series[s->run.series_count++];
    *x = (struct ak_series){.benchmark = b->what->name,
                            .package = "akreport/bench",
                            .unit = unit,
                            .procs = b->workers,
                            .better = ak_unit_info(ak_str_from(unit)).better};
    return x;
}

void bench_record_value(struct bench_session *s, const struct bench *b, const char *unit,
                        double value)
{
    if (s->opts.store == NULL) {
        return;
    }
    struct ak_series *x = series_of(s, b, unit);
    if ((x->count & (x->count - 1)) == 0) { /* room doubles at each power of two */
        const size_t cap = x->count == 0 ? 1 : 2 * x->count;
        x->values = ak_reallocarray(x->values, cap, sizeof *x->values);
        x->iterations = ak_reallocarray(x->iterations, cap, sizeof *x->iterations);
    }
    x->values[x->count] = value;
    x->iterations[x->count++] = (int64_t)b->n;
    s->run.result_lines += strcmp(unit, "ns/op") == 0;
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

enum ak_status bench_record_profile(struct bench_session *s, const char *path, const char *kind,
                                    struct ak_error *err)
{
    if (s->opts.store == NULL) {
        return AK_OK;
    }
    struct ak_buf bytes = AK_BUF_INIT;
    const enum ak_status st = ak_file_read_inflated(path, NULL, &bytes, err);
    if (st != AK_OK) {
        ak_buf_release(&bytes);
        return st;
    }
    s->run.profiles =
        ak_reallocarray(s->run.profiles, s->run.profile_count + 1, sizeof *s->run.profiles);
    struct ak_run_profile *p = &s->run.profiles[s->run.profile_count++];
    *p = (struct ak_run_profile){.name = file_name(path),
                                 .kind = kind,
                                 .benchmark = "",
                                 .sha256 = ak_sha256_of(bytes.ptr, bytes.len),
                                 .size = bytes.len};
    p->bytes = (struct ak_str){ak_arena_copy(s->arena, bytes.ptr, bytes.len), bytes.len};
    ak_buf_release(&bytes);
    return AK_OK;
}

void bench_record_release(struct bench_session *s)
{
    for (size_t i = 0; i < s->run.series_count; i++) {
        ak_free(s->run.series[i].values);
        ak_free(s->run.series[i].iterations);
    }
    ak_free(s->run.series);
    ak_free(s->run.profiles);
}

static const char *arch_name(const char *machine)
{
    return strcmp(machine, "x86_64") == 0 ? "amd64" : machine;
}

static void add_environment(struct bench_session *s)
{
    const struct ak_host host = ak_host_facts(s->arena);
    const struct ak_kv rows[] = {
        {"goos", "linux"},
        {"goarch", arch_name(host.arch)},
        {"cpu", host.cpu_model},
        {"host", host.hostname},
        {"kernel", host.kernel},
        {"cores", ak_arena_printf(s->arena, "%u", host.cores)},
        {"governor", host.governor},
        {"load1", ak_arena_printf(s->arena, "%.2f", host.load1)},
        {"compiler", __VERSION__},
        {"stop", s->stop_mode == AK_STOP_MESSAGE ? "message" : "claim"},
    };
    s->run.env = ak_arena_zalloc(s->arena, AK_COUNT(rows), sizeof rows[0]);
    for (size_t i = 0; i < AK_COUNT(rows); i++) {
        if (rows[i].value != NULL && rows[i].value[0] != '\0') {
            s->run.env[s->run.env_count++] = rows[i];
        }
    }
}

static const char *command_line(struct bench_session *s, int argc, char **argv)
{
    struct ak_buf line = AK_BUF_INIT;
    for (int i = 0; i < argc; i++) {
        ak_buf_puts(&line, i > 0 ? " " : "");
        ak_buf_puts(&line, i == 0 ? file_name(argv[0]) : argv[i]);
    }
    const char *copy = ak_arena_strndup(s->arena, line.ptr != NULL ? line.ptr : "", line.len);
    ak_buf_release(&line);
    return copy;
}

enum ak_status bench_record_store(struct bench_session *s, int argc, char **argv,
                                  struct ak_error *err)
{
    if (s->opts.store == NULL) {
        return AK_OK;
    }
    add_environment(s);
    const struct ak_git git = ak_git_facts(s->arena, ".");
    struct ak_run *run = &s->run;
    run->label = s->opts.label;
    run->duration_ns = ak_clock_wall_ns() - run->time_ns;
    run->state = s->failures > 0 ? AK_RUN_FAILED : AK_RUN_COMPLETE;
    run->command = command_line(s, argc, argv);
    run->commit = git.commit;
    run->branch = git.branch;
    run->dirty = git.dirty;
    run->text = ak_buf_view(&s->text);
    struct ak_store *store = NULL;
    enum ak_status st = ak_store_open(s->opts.store, AK_STORE_CREATE, &store, err);
    if (st == AK_OK) {
        struct ak_added added;
        st = ak_store_add_run(store, run, &added, err);
        if (st == AK_OK) {
            (void)fprintf(stderr, "akbench: run %lld of %s in %s\n", (long long)added.run_id,
                          run->label, s->opts.store);
        }
        ak_store_close(store);
    }
    return st;
}
