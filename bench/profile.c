/* Profiles of a session: those that flags ask for, over everything, and the guide's
 * {shutdown,rebalancing,query}_{cpu,mem}.prof when GOAKT_PROFILE_SHUTDOWN, _REBALANCING or _QUERY
 * is 1.
 *
 * The guide's CPU profile holds the measured parts of all benchmarks of its phase: samples of a
 * set-up carry the benchmark's name with "/setup", and stay outside. Its heap profile is taken
 * right after the first measured part of the last benchmark, and NAME_before_mem.prof right before
 * it: their difference is that one part. */
#include "base/mem.h"
#include "harness.h"
#include "runtime/prof.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CPU_HZ = 1000, HEAP_RATE = 4096 };

#define SETUP "/setup"

/* What the session's profiles have come to. One session per process. */
static struct phase {
    const char *variable;
    const char *name;
    bool wanted; /* the variable is set */
    bool ran;    /* a benchmark of the phase was measured */
    struct ak_prof_snapshot *before, *after;
} phases[BENCH_PHASE_COUNT] = {
    [BENCH_PHASE_NONE] = {.variable = "", .name = ""},
    [BENCH_PHASE_SHUTDOWN] = {.variable = "GOAKT_PROFILE_SHUTDOWN", .name = "shutdown"},
    [BENCH_PHASE_REBALANCING] = {.variable = "GOAKT_PROFILE_REBALANCING", .name = "rebalancing"},
    [BENCH_PHASE_QUERY] = {.variable = "GOAKT_PROFILE_QUERY", .name = "query"},
};

static bool is_set(const char *variable)
{
    const char *v = getenv(variable);
    return v != NULL && v[0] != '\0' && strcmp(v, "0") != 0;
}

/* Whether some phase's profiles are wanted. */
static bool find_wanted(void)
{
    bool any = false;
    for (size_t i = 1; i < BENCH_PHASE_COUNT; i++) {
        phases[i].wanted = is_set(phases[i].variable);
        any = any || phases[i].wanted;
    }
    return any;
}

/* --- where to --------------------------------------------------------------------------------- */

/* -outputdir counts for relative paths, as Go's. */
static const char *output_path(struct bench_session *s, const char *path)
{
    const char *dir = s->opts.profile_dir;
    if (path == NULL || dir == NULL || path[0] == '/' || strcmp(path, "-") == 0 ||
        strcmp(dir, ".") == 0) {
        return path;
    }
    return ak_arena_printf(s->arena, "%s/%s", dir, path);
}

static const char *phase_path(struct bench_session *s, const struct phase *p, const char *end)
{
    return output_path(s, ak_arena_printf(s->arena, "%s_%s.prof", p->name, end));
}

/* Now, and not after minutes of measuring. */
static enum ak_status check_writable(struct bench_session *s, const char *path,
                                     struct ak_error *err)
{
    struct stat st;
    if (path == NULL) {
        return AK_OK;
    }
    if (strcmp(path, "-") == 0) {
        return ak_fail(err, AK_USAGE, "-: standard output is for results, a profile needs a file");
    }
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        return ak_fail_errno(err, AK_IO, EISDIR, "%s", path);
    }
    const char *slash = strrchr(path, '/');
    const size_t length = slash != NULL ? (size_t)(slash - path) : 0;
    const char *dir = slash == NULL ? "."
                      : length == 0 ? "/"
                                    : ak_arena_strndup(s->arena, path, length);
    if (access(dir, W_OK | X_OK) != 0) {
        return ak_fail_errno(err, AK_IO, errno, "%s", path);
    }
    return AK_OK;
}

static enum ak_status check_paths(struct bench_session *s, bool phase, struct ak_error *err)
{
    struct bench_opts *o = &s->opts;
    const char **const all[] = {&o->cpu_profile, &o->mem_profile, &o->block_profile,
                                &o->mutex_profile};
    enum ak_status st = AK_OK;
    for (size_t i = 0; i < AK_COUNT(all) && st == AK_OK; i++) {
        const bool none = *all[i] == NULL || (*all[i])[0] == '\0'; /* as Go's */
        *all[i] = none ? NULL : output_path(s, *all[i]);
        st = check_writable(s, *all[i], err);
    }
    if (st == AK_OK && phase) {
        st = check_writable(s, output_path(s, "phase"), err);
    }
    return st;
}

/* --- start ------------------------------------------------------------------------------------ */

static enum ak_status heap_rate(const struct bench_session *s, uint64_t *out, struct ak_error *err)
{
    const char *text = getenv("AK_MEMPROFILERATE");
    *out = HEAP_RATE;
    if (s->opts.mem_profile_rate > 0) {
        *out = (uint64_t)s->opts.mem_profile_rate;
    } else if (text != NULL && text[0] != '\0' &&
               (!ak_str_u64(ak_str_from(text), out) || *out == 0)) {
        return ak_fail(err, AK_USAGE, "AK_MEMPROFILERATE=%s: not a number of bytes", text);
    }
    return AK_OK;
}

static enum ak_status start_contention(const struct bench_session *s, struct ak_error *err)
{
    const bool wanted = s->opts.block_profile != NULL || s->opts.mutex_profile != NULL;
    return wanted ? ak_prof_contention_start((uint64_t)s->opts.block_profile_rate, err) : AK_OK;
}

enum ak_status bench_profiles_start(struct bench_session *s, struct ak_error *err)
{
    const bool phase = find_wanted();
    uint64_t rate = 0;
    enum ak_status st = check_paths(s, phase, err);
    if (st == AK_OK) {
        st = heap_rate(s, &rate, err);
    }
    if (st == AK_OK && (phase || s->opts.mem_profile != NULL)) {
        st = ak_prof_heap_start(rate, err);
    }
    if (st == AK_OK && (phase || s->opts.cpu_profile != NULL)) {
        unsigned hz = phase ? CPU_HZ : AK_PROF_CPU_HZ;
        hz = s->opts.cpu_profile_rate > 0 ? (unsigned)s->opts.cpu_profile_rate : hz;
        st = ak_prof_cpu_start(hz, err);
    }
    return st == AK_OK ? start_contention(s, err) : st;
}

/* --- while benchmarks run --------------------------------------------------------------------- */

void bench_profiles_label(const struct bench *b, bool measured)
{
    char label[128];
    (void)snprintf(label, sizeof label, "%s%s", b->what->name, measured ? "" : SETUP);
    ak_prof_benchmark_set(label);
}

static struct phase *phase_of(const struct bench *b)
{
    struct phase *p = &phases[b->what->phase];
    return p->wanted && b->phases == 0 ? p : NULL;
}

void bench_profiles_phase_begin(const struct bench *b)
{
    struct phase *p = phase_of(b);
    if (p != NULL) {
        ak_prof_snapshot_free(p->before);
        p->before = ak_prof_heap_snapshot();
    }
}

void bench_profiles_phase_end(const struct bench *b)
{
    struct phase *p = phase_of(b);
    if (p != NULL) {
        ak_prof_snapshot_free(p->after);
        p->after = ak_prof_heap_snapshot();
        p->ran = true;
    }
}

/* --- write ------------------------------------------------------------------------------------ */

/* A label of the measured part of a benchmark of the phase in ctx. */
static bool is_in_phase(void *ctx, const char *label)
{
    const struct phase *p = ctx;
    const struct bench_case *c = bench_case_find(label);
    return c != NULL && &phases[c->phase] == p;
}

static bool is_lock(void *ctx, const char *wait)
{
    (void)ctx;
    return strcmp(wait, "lock") == 0;
}

/* Writes what `selected` keeps of a snapshot by the label `key`, NULL: all of it. */
struct part {
    const char *key;
    bool (*selected)(void *ctx, const char *text);
    void *ctx;
};

static enum ak_status write_part(struct bench_session *s, const struct ak_prof_snapshot *snapshot,
                                 const struct part *part, const char *path, const char *kind,
                                 struct ak_error *err)
{
    if (path == NULL) {
        return AK_OK;
    }
    if (snapshot == NULL) {
        return ak_fail(err, AK_NO_SPACE, "%s: no memory for the profile", path);
    }
    const enum ak_status st = part != NULL
                                  ? ak_prof_snapshot_write_where(snapshot, path, part->key,
                                                                 part->selected, part->ctx, err)
                                  : ak_prof_snapshot_write(snapshot, path, err);
    return st == AK_OK ? bench_record_profile(s, path, kind, err) : st;
}

static enum ak_status write_phase(struct bench_session *s, struct phase *p,
                                  const struct ak_prof_snapshot *cpu, struct ak_error *err)
{
    if (!p->ran) {
        (void)fprintf(
            stderr,
            "akbench: %s is set, but no benchmark of that kind was measured: no %s profiles\n",
            p->variable, p->name);
        return AK_OK;
    }
    const struct part part = {"benchmark", is_in_phase, p};
    enum ak_status st = write_part(s, cpu, &part, phase_path(s, p, "cpu"), "cpu", err);
    if (st == AK_OK) {
        st = write_part(s, p->before, NULL, phase_path(s, p, "before_mem"), "heap", err);
    }
    if (st == AK_OK) {
        st = write_part(s, p->after, NULL, phase_path(s, p, "mem"), "heap", err);
    }
    return st;
}

static enum ak_status write_cpu_and_phases(struct bench_session *s, struct ak_error *err)
{
    struct ak_prof_snapshot *cpu = NULL;
    enum ak_status st = AK_OK;
    if (ak_prof_cpu_running()) {
        st = ak_prof_cpu_stop_snapshot(&cpu, err);
    }
    if (st == AK_OK) {
        st = write_part(s, cpu, NULL, s->opts.cpu_profile, "cpu", err);
    }
    for (size_t i = 1; i < BENCH_PHASE_COUNT && st == AK_OK; i++) {
        if (phases[i].wanted) {
            st = write_phase(s, &phases[i], cpu, err);
        }
    }
    ak_prof_snapshot_free(cpu);
    for (size_t i = 1; i < BENCH_PHASE_COUNT; i++) {
        ak_prof_snapshot_free(phases[i].before);
        ak_prof_snapshot_free(phases[i].after);
    }
    return st;
}

static enum ak_status write_contention(struct bench_session *s, struct ak_error *err)
{
    static const struct part locks = {"wait", is_lock, NULL};
    if (s->opts.block_profile == NULL && s->opts.mutex_profile == NULL) {
        return AK_OK;
    }
    ak_prof_contention_stop();
    struct ak_prof_snapshot *waits = ak_prof_contention_snapshot();
    enum ak_status st = write_part(s, waits, NULL, s->opts.block_profile, "block", err);
    if (st == AK_OK) {
        st = write_part(s, waits, &locks, s->opts.mutex_profile, "mutex", err);
    }
    ak_prof_snapshot_free(waits);
    return st;
}

enum ak_status bench_profiles_write(struct bench_session *s, struct ak_error *err)
{
    ak_prof_benchmark_set(NULL);
    enum ak_status st = write_cpu_and_phases(s, err);
    if (st == AK_OK && s->opts.mem_profile != NULL) {
        struct ak_prof_snapshot *heap = ak_prof_heap_snapshot();
        st = write_part(s, heap, NULL, s->opts.mem_profile, "heap", err);
        ak_prof_snapshot_free(heap);
    }
    return st == AK_OK ? write_contention(s, err) : st;
}
