/* Profiles of a session: -cpuprofile and -memprofile over everything, and the guide's
 * {shutdown,rebalancing,query}_{cpu,mem}.prof when GOAKT_PROFILE_SHUTDOWN, _REBALANCING or _QUERY
 * is 1.
 *
 * The guide's CPU profile covers all benchmarks of its phase; samples outside the measured part
 * carry the benchmark's name with "/setup". Its heap profile is written right after the first
 * measured part of the last benchmark, and NAME_before_mem.prof right before it: their difference
 * is that one part. */
#include "base/mem.h"
#include "harness.h"
#include "runtime/prof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CPU_HZ = 1000, HEAP_RATE = 4096 };

static const struct {
    const char *variable;
    const char *name;
} phases[] = {
    [BENCH_PHASE_NONE] = {"", ""},
    [BENCH_PHASE_SHUTDOWN] = {"GOAKT_PROFILE_SHUTDOWN", "shutdown"},
    [BENCH_PHASE_REBALANCING] = {"GOAKT_PROFILE_REBALANCING", "rebalancing"},
    [BENCH_PHASE_QUERY] = {"GOAKT_PROFILE_QUERY", "query"},
};

/* What the session's profiles have come to. One session per process. */
static struct {
    enum bench_phase wanted; /* of the variables: the first that is set */
    enum bench_phase ran;    /* a benchmark of the wanted phase was measured */
    struct ak_prof_snapshot *before, *after;
    char label[128];
} state;

static enum bench_phase wanted_phase(void)
{
    for (size_t i = 1; i < AK_COUNT(phases); i++) {
        const char *v = getenv(phases[i].variable);
        if (v != NULL && v[0] != '\0' && strcmp(v, "0") != 0) {
            return (enum bench_phase)i;
        }
    }
    return BENCH_PHASE_NONE;
}

enum ak_status bench_profiles_start(const struct bench_session *s, struct ak_error *err)
{
    state.wanted = wanted_phase();
    const bool cpu = s->opts.cpu_profile != NULL || state.wanted != BENCH_PHASE_NONE;
    const bool mem = s->opts.mem_profile != NULL || state.wanted != BENCH_PHASE_NONE;
    enum ak_status st = AK_OK;
    if (mem) {
        const char *rate = getenv("AK_MEMPROFILERATE");
        uint64_t bytes = rate != NULL && rate[0] != '\0' ? 0 : HEAP_RATE;
        bytes = s->opts.mem_profile_rate > 0 ? (uint64_t)s->opts.mem_profile_rate : bytes;
        st = ak_prof_heap_start(bytes, err);
    }
    if (st == AK_OK && cpu) {
        unsigned hz = state.wanted != BENCH_PHASE_NONE ? CPU_HZ : AK_PROF_CPU_HZ;
        hz = s->opts.cpu_profile_rate > 0 ? (unsigned)s->opts.cpu_profile_rate : hz;
        st = ak_prof_cpu_start(hz, err);
    }
    return st;
}

void bench_profiles_label(const struct bench *b, bool measured)
{
    (void)snprintf(state.label, sizeof state.label, "%s%s", b->what->name,
                   measured ? "" : "/setup");
    ak_prof_benchmark_set(state.label);
}

static bool is_wanted(const struct bench *b)
{
    return state.wanted != BENCH_PHASE_NONE && b->what->phase == state.wanted && b->phases == 0;
}

void bench_profiles_phase_begin(const struct bench *b)
{
    if (is_wanted(b)) {
        ak_prof_snapshot_free(state.before);
        state.before = ak_prof_heap_snapshot();
    }
}

void bench_profiles_phase_end(const struct bench *b)
{
    if (is_wanted(b)) {
        ak_prof_snapshot_free(state.after);
        state.after = ak_prof_heap_snapshot();
        state.ran = b->what->phase;
    }
}

static enum ak_status write_snapshot(struct bench_session *s, struct ak_prof_snapshot **snapshot,
                                     const char *path, struct ak_error *err)
{
    if (*snapshot == NULL) {
        return ak_fail(err, AK_NO_SPACE, "%s: no memory for the heap profile", path);
    }
    const enum ak_status st = ak_prof_snapshot_write(*snapshot, path, err);
    ak_prof_snapshot_free(*snapshot);
    *snapshot = NULL;
    return st == AK_OK ? bench_record_profile(s, path, "heap", err) : st;
}

static char *phase_path(struct bench_session *s, const char *end)
{
    const char *dir = s->opts.profile_dir != NULL ? s->opts.profile_dir : ".";
    return ak_arena_printf(s->arena, "%s%s%s_%s.prof", strcmp(dir, ".") == 0 ? "" : dir,
                           strcmp(dir, ".") == 0 ? "" : "/", phases[state.wanted].name, end);
}

static enum ak_status write_phase_mem(struct bench_session *s, struct ak_error *err)
{
    if (state.ran == BENCH_PHASE_NONE) {
        (void)fprintf(
            stderr,
            "akbench: %s is set, but no benchmark of that kind was measured: no %s profiles\n",
            phases[state.wanted].variable, phases[state.wanted].name);
        return AK_OK;
    }
    enum ak_status st = write_snapshot(s, &state.before, phase_path(s, "before_mem"), err);
    if (st == AK_OK) {
        st = write_snapshot(s, &state.after, phase_path(s, "mem"), err);
    }
    return st;
}

/* The CPU profile goes to -cpuprofile, else to the phase's file. */
static enum ak_status write_cpu(struct bench_session *s, struct ak_error *err)
{
    const char *path = s->opts.cpu_profile;
    if (path == NULL && state.ran != BENCH_PHASE_NONE) {
        path = phase_path(s, "cpu");
    }
    const enum ak_status st = ak_prof_cpu_stop(path, err);
    return st == AK_OK && path != NULL ? bench_record_profile(s, path, "cpu", err) : st;
}

enum ak_status bench_profiles_write(struct bench_session *s, struct ak_error *err)
{
    enum ak_status st = AK_OK;
    ak_prof_benchmark_set(NULL);
    if (ak_prof_cpu_running()) {
        st = write_cpu(s, err);
    }
    if (st == AK_OK && state.wanted != BENCH_PHASE_NONE) {
        st = write_phase_mem(s, err);
    }
    if (st == AK_OK && s->opts.mem_profile != NULL) {
        st = ak_prof_heap_write(s->opts.mem_profile, err);
        if (st == AK_OK) {
            st = bench_record_profile(s, s->opts.mem_profile, "heap", err);
        }
    }
    return st;
}
