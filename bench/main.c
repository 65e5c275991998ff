/* akbench: benchmarks of the actor runtime, run and printed as Go's are. Results go to standard
 * output, everything else to standard error. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/clock.h"
#include "base/mem.h"
#include "base/opts.h"
#include "harness.h"

#include <pcre2.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct bench_case *const suites[] = {bench_shutdown_suite, bench_actor_suite,
                                                  bench_message_suite, bench_cluster_suite};

#define ROW(name, kind, field, arg, help)                                                          \
    {                                                                                              \
        name, kind, offsetof(struct bench_opts, field), arg, help, NULL                            \
    }
static const struct ak_opt table[] = {
    ROW("bench", AK_OPT_STR, pattern, "REGEX",
        "run the benchmarks whose name matches ('.' for all)"),
    ROW("run", AK_OPT_STR, run, "REGEX", "accepted as Go's: there are no tests here"),
    ROW("count", AK_OPT_I64, count, "N", "measure each benchmark N times, each in fresh state"),
    ROW("benchtime", AK_OPT_STR, benchtime, "T",
        "for each result: a time (1s) or a number of turns (100x)"),
    ROW("benchmem", AK_OPT_BOOL, benchmem, NULL, "print B/op and allocs/op, exact"),
    ROW("cpu", AK_OPT_I64, workers, "N", "workers of each actor system (default: usable cores)"),
    ROW("stop", AK_OPT_STR, stop, "HOW", "how a stop reaches actors: claim (default) or message"),
    ROW("cpuprofile", AK_OPT_STR, cpu_profile, "FILE", "write a CPU profile"),
    ROW("cpuprofilerate", AK_OPT_I64, cpu_profile_rate, "HZ", "samples per second of CPU time"),
    ROW("memprofile", AK_OPT_STR, mem_profile, "FILE", "write a heap profile"),
    ROW("memprofilerate", AK_OPT_I64, mem_profile_rate, "BYTES",
        "one sample per BYTES (default 4096)"),
    ROW("outputdir", AK_OPT_STR, profile_dir, "DIR", "folder of the GOAKT_PROFILE_ profiles"),
    ROW("short", AK_OPT_BOOL, is_short, NULL,
        "smaller numbers of actors where a benchmark is long"),
    ROW("v", AK_OPT_BOOL, verbose, NULL, "say on standard error what runs"),
    ROW("list", AK_OPT_BOOL, list, NULL, "print the names of the benchmarks that match"),
    ROW("store", AK_OPT_STR, store, "FILE", "add the results and profiles to a history file"),
    ROW("label", AK_OPT_STR, label, "NAME", "label of the run in the history (default akbench)"),
    {0}};

static int fail(const struct ak_error *err)
{
    (void)fprintf(stderr, "akbench: %s\n", err->text);
    return ak_status_exit(err->status);
}

static unsigned usable_cores(void)
{
    cpu_set_t set;
    const int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n > 0 ? (unsigned)n : 1;
}

/* Whether the pattern is found in "Benchmark" + name. */
static bool matches(const pcre2_code *pattern, const char *name)
{
    char full[160];
    const int n = snprintf(full, sizeof full, "Benchmark%s", name);
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    const int rc =
        data != NULL ? pcre2_match(pattern, (PCRE2_SPTR)full, (PCRE2_SIZE)n, 0, 0, data, NULL) : -1;
    pcre2_match_data_free(data);
    return rc >= 0;
}

static enum ak_status compile(const char *text, pcre2_code **out, struct ak_error *err)
{
    int code;
    PCRE2_SIZE offset;
    *out = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &code, &offset, NULL);
    if (*out == NULL) {
        char why[128];
        (void)pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof why);
        return ak_fail(err, AK_USAGE, "-bench %s: %s at character %zu", text, why,
                       (size_t)offset + 1);
    }
    return AK_OK;
}

static enum ak_status check_options(struct bench_session *s, const struct ak_args *args,
                                    struct ak_error *err)
{
    const struct bench_opts *o = &s->opts;
    if (args->count > 0) {
        return ak_fail(err, AK_USAGE, "unexpected argument '%s'", args->items[0]);
    }
    if (o->count < 1 || o->count > 1000000) {
        return ak_fail(err, AK_USAGE, "-count must be from 1 to 1000000");
    }
    if (!bench_time_parse(s, o->benchtime)) {
        return ak_fail(err, AK_USAGE,
                       "-benchtime %s: neither a time (1s) nor a number of turns (100x)",
                       o->benchtime);
    }
    if (o->workers < 0 || o->workers > 64) {
        return ak_fail(err, AK_USAGE, "-cpu must be from 1 to 64");
    }
    if (strcmp(o->stop, "claim") != 0 && strcmp(o->stop, "message") != 0) {
        return ak_fail(err, AK_USAGE, "-stop %s: claim or message", o->stop);
    }
    if (o->cpu_profile_rate < 0 || o->cpu_profile_rate > 4000 || o->mem_profile_rate < 0) {
        return ak_fail(err, AK_USAGE, "a profile rate is out of range");
    }
    if (o->label != NULL && o->store == NULL) {
        return ak_fail(err, AK_USAGE, "-label needs -store");
    }
    s->workers = o->workers != 0 ? (unsigned)o->workers : usable_cores();
    s->stop_mode = strcmp(o->stop, "message") == 0 ? AK_STOP_MESSAGE : AK_STOP_CLAIM;
    s->opts.label = o->label != NULL ? o->label : "akbench";
    return AK_OK;
}

/* Calls `each` for every benchmark that matches; returns how many. */
static size_t for_each(struct bench_session *s, const pcre2_code *pattern,
                       void (*each)(struct bench_session *, const struct bench_case *))
{
    size_t count = 0;
    for (size_t i = 0; i < AK_COUNT(suites); i++) {
        for (const struct bench_case *c = suites[i]; c->name != NULL; c++) {
            if (matches(pattern, c->name)) {
                each(s, c);
                count++;
            }
        }
    }
    return count;
}

static void widen(struct bench_session *s, const struct bench_case *c)
{
    struct ak_buf name = AK_BUF_INIT;
    bench_name_of(s, c, &name);
    s->name_width = name.len > s->name_width ? name.len : s->name_width;
    ak_buf_release(&name);
}

static void print_name(struct bench_session *s, const struct bench_case *c)
{
    (void)s;
    (void)printf("Benchmark%s\n", c->name);
}

/* The benchmarks, the profiles, the history. Returns the exit code. */
static int run_all(struct bench_session *s, const pcre2_code *pattern, int argc, char **argv)
{
    struct ak_error err = {0};
    if (s->opts.list) {
        return for_each(s, pattern, print_name) > 0 ? 0 : 3;
    }
    if (for_each(s, pattern, widen) == 0) {
        (void)fprintf(stderr, "akbench: no benchmark matches -bench %s (see -list)\n",
                      s->opts.pattern);
        return 3;
    }
    s->run.time_ns = ak_clock_wall_ns();
    ak_mem_count_live(true);
    if (bench_profiles_start(s, &err) != AK_OK) {
        return fail(&err);
    }
    bench_print_head(s);
    (void)for_each(s, pattern, bench_session_run);
    bench_print(s, s->failures > 0 ? AK_STR("FAIL\n") : AK_STR("PASS\n"));
    if (bench_profiles_write(s, &err) != AK_OK ||
        bench_record_store(s, argc, argv, &err) != AK_OK) {
        return fail(&err);
    }
    return s->failures > 0 ? 1 : 0;
}

static int help(void)
{
    struct ak_buf text = AK_BUF_INIT;
    ak_buf_puts(&text, "akbench -bench REGEX [options]\n"
                       "Benchmarks of the actor runtime, printed as Go's.\n\n");
    ak_opts_help(table, &text);
    (void)fputs(text.ptr, stdout);
    ak_buf_release(&text);
    return 0;
}

int main(int argc, char **argv)
{
    struct bench_session s = {
        .opts = {.pattern = NULL, .count = 1, .benchtime = "1s", .stop = "claim"}};
    s.arena = ak_arena_new();
    struct ak_error err = {0};
    struct ak_args args;
    pcre2_code *pattern = NULL;
    int code = 0;
    const struct ak_opts_parse parse = {.table = table, .opts = &s.opts};
    enum ak_status st = ak_opts_parse(&parse, argc, argv, s.arena, &args, &err);
    if (st == AK_OK) {
        st = check_options(&s, &args, &err);
    }
    if (st == AK_OK && s.opts.pattern == NULL && !s.opts.list) {
        st = ak_fail(&err, AK_USAGE, "say which benchmarks: -bench REGEX (-bench . for all)");
    }
    if (st == AK_OK) {
        st = compile(s.opts.pattern != NULL ? s.opts.pattern : ".", &pattern, &err);
    }
    if (st == AK_CANCELLED) {
        code = help();
    } else {
        code = st == AK_OK ? run_all(&s, pattern, argc, argv) : fail(&err);
    }
    pcre2_code_free(pattern);
    for (size_t i = 0; i < s.run.series_count; i++) {
        ak_free(s.run.series[i].values);
        ak_free(s.run.series[i].iterations);
    }
    ak_free(s.run.series);
    ak_free(s.run.profiles);
    ak_buf_release(&s.text);
    ak_arena_free(s.arena);
    return code;
}
