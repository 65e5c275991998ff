/* akbench: benchmarks of the actor runtime, run and printed as Go's are. Results go to standard
 * output, everything else to standard error. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/clock.h"
#include "base/mem.h"
#include "base/opts.h"
#include "harness.h"
#include "runtime/prof.h"

#include <pcre2.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define ROW(name, kind, field, arg, help)                                                          \
    {                                                                                              \
        name, kind, offsetof(struct bench_opts, field), arg, help, NULL                            \
    }
static const struct ak_opt table[] = {
    ROW("bench", AK_OPT_STR, pattern, "REGEX",
        "run the benchmarks whose name matches ('.' for all)"),
    ROW("skip", AK_OPT_STR, skip, "REGEX", "but not those whose name matches this"),
    ROW("list", AK_OPT_STR, list, "REGEX", "print the names that match, run nothing"),
    ROW("run", AK_OPT_STR, run, "REGEX", "accepted as Go's: there are no tests here"),
    ROW("count", AK_OPT_I64, count, "N", "measure each benchmark N times, each in fresh systems"),
    ROW("benchtime", AK_OPT_STR, benchtime, "T",
        "for each result: a time (1s, 1m30s) or a number of turns (100x)"),
    ROW("benchmem", AK_OPT_BOOL, benchmem, NULL, "print B/op and allocs/op, exact"),
    ROW("cpu", AK_OPT_STR, cpu, "N,...",
        "workers of each actor system (default: usable cores); each benchmark runs with each N"),
    ROW("timeout", AK_OPT_STR, timeout, "T",
        "fail when everything takes longer (default 0: never)"),
    ROW("short", AK_OPT_BOOL, is_short, NULL,
        "smaller numbers of actors where a benchmark is long"),
    ROW("v", AK_OPT_BOOL, verbose, NULL, "say on standard error what runs"),
    ROW("stop", AK_OPT_STR, stop, "HOW", "how a stop reaches actors: claim (default) or message"),
    ROW("cpuprofile", AK_OPT_STR, cpu_profile, "FILE", "write a CPU profile"),
    ROW("cpuprofilerate", AK_OPT_I64, cpu_profile_rate, "HZ", "samples per second of CPU time"),
    ROW("memprofile", AK_OPT_STR, mem_profile, "FILE", "write a heap profile"),
    ROW("memprofilerate", AK_OPT_I64, mem_profile_rate, "BYTES",
        "one sample per BYTES (default 4096)"),
    ROW("blockprofile", AK_OPT_STR, block_profile, "FILE",
        "write a profile of waits: for locks and in mailboxes"),
    ROW("blockprofilerate", AK_OPT_I64, block_profile_rate, "NS",
        "one sample per NS of waiting (default 1: every wait)"),
    ROW("mutexprofile", AK_OPT_STR, mutex_profile, "FILE", "write a profile of waits for locks"),
    ROW("outputdir", AK_OPT_STR, profile_dir, "DIR", "folder of profiles whose path is relative"),
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

/* --- what runs ------------------------------------------------------------------------------- */

/* The patterns of -bench (or -list) and -skip; NULL: none. */
struct choice {
    pcre2_code *want, *skip;
};

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

static enum ak_status compile(const char *option, const char *text, pcre2_code **out,
                              struct ak_error *err)
{
    int code;
    PCRE2_SIZE offset;
    if (text == NULL) {
        return AK_OK;
    }
    *out = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &code, &offset, NULL);
    if (*out == NULL) {
        char why[128];
        (void)pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof why);
        return ak_fail(err, AK_USAGE, "-%s %s: %s at character %zu", option, text, why,
                       (size_t)offset + 1);
    }
    return AK_OK;
}

static enum ak_status choose(const struct bench_opts *o, struct choice *out, struct ak_error *err)
{
    if (o->pattern == NULL && o->list == NULL) {
        return ak_fail(err, AK_USAGE, "say which benchmarks: -bench REGEX (-bench . for all)");
    }
    enum ak_status st = o->list != NULL ? compile("list", o->list, &out->want, err)
                                        : compile("bench", o->pattern, &out->want, err);
    if (st == AK_OK) {
        st = compile("skip", o->skip, &out->skip, err);
    }
    return st;
}

/* Calls `each` for every chosen benchmark; returns how many. */
static size_t for_each(struct bench_session *s, const struct choice *choice,
                       void (*each)(struct bench_session *, const struct bench_case *))
{
    size_t count = 0;
    const struct bench_case *c;
    for (size_t i = 0; (c = bench_case_at(i)) != NULL; i++) {
        if (matches(choice->want, c->name) &&
            (choice->skip == NULL || !matches(choice->skip, c->name))) {
            each(s, c);
            count++;
        }
    }
    return count;
}

/* --- options --------------------------------------------------------------------------------- */

static enum ak_status parse_cpus(struct bench_session *s, struct ak_error *err)
{
    struct ak_str rest = ak_str_from(s->opts.cpu != NULL ? s->opts.cpu : "");
    if (s->opts.cpu == NULL) {
        s->cpus[s->cpu_count++] = usable_cores();
    }
    while (s->opts.cpu != NULL) {
        uint64_t n;
        if (s->cpu_count == BENCH_CPUS_MAX || !ak_str_u64(ak_str_cut(&rest, ','), &n) || n < 1 ||
            n > 64) {
            return ak_fail(err, AK_USAGE, "-cpu %s: at most %d numbers from 1 to 64", s->opts.cpu,
                           BENCH_CPUS_MAX);
        }
        s->cpus[s->cpu_count++] = (unsigned)n;
        if (rest.len == 0) {
            break;
        }
    }
    s->workers = s->cpus[0];
    return AK_OK;
}

static enum ak_status check_numbers(const struct bench_opts *o, struct ak_error *err)
{
    if (o->count < 1 || o->count > 1000000) {
        return ak_fail(err, AK_USAGE, "-count must be from 1 to 1000000");
    }
    if (o->cpu_profile_rate < 0 || o->cpu_profile_rate > AK_PROF_CPU_HZ_MAX) {
        return ak_fail(err, AK_USAGE, "-cpuprofilerate must be from 1 to %d", AK_PROF_CPU_HZ_MAX);
    }
    if (o->mem_profile_rate < 0) {
        return ak_fail(err, AK_USAGE, "-memprofilerate must be at least 1");
    }
    if (o->block_profile_rate < 0) {
        return ak_fail(err, AK_USAGE, "-blockprofilerate must be at least 1");
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
    if (!bench_time_parse(s, o->benchtime)) {
        return ak_fail(err, AK_USAGE,
                       "-benchtime %s: neither a time (1s) nor a number of turns (100x)",
                       o->benchtime);
    }
    if (!bench_duration_parse(ak_str_from(o->timeout), &s->timeout_ns)) {
        return ak_fail(err, AK_USAGE, "-timeout %s: not a time (10m, or 0)", o->timeout);
    }
    if (strcmp(o->stop, "claim") != 0 && strcmp(o->stop, "message") != 0) {
        return ak_fail(err, AK_USAGE, "-stop %s: claim or message", o->stop);
    }
    if (o->label != NULL && o->store == NULL) {
        return ak_fail(err, AK_USAGE, "-label needs -store");
    }
    s->stop_mode = strcmp(o->stop, "message") == 0 ? AK_STOP_MESSAGE : AK_STOP_CLAIM;
    s->opts.label = o->label != NULL ? o->label : "akbench";
    const enum ak_status st = check_numbers(o, err);
    return st == AK_OK ? parse_cpus(s, err) : st;
}

/* --- running --------------------------------------------------------------------------------- */

static void widen(struct bench_session *s, const struct bench_case *c)
{
    for (size_t i = 0; i < s->cpu_count; i++) {
        struct ak_buf name = AK_BUF_INIT;
        bench_name_of(s->cpus[i], c, &name);
        s->name_width = name.len > s->name_width ? name.len : s->name_width;
        ak_buf_release(&name);
    }
}

static void print_name(struct bench_session *s, const struct bench_case *c)
{
    (void)s;
    (void)printf("Benchmark%s\n", c->name);
}

static const char *timeout_text;

static void on_timeout(int number)
{
    static const char before[] = "akbench: timed out after ";
    (void)number;
    ssize_t n = write(STDERR_FILENO, before, sizeof before - 1);
    n = write(STDERR_FILENO, timeout_text, strlen(timeout_text));
    n = write(STDERR_FILENO, "\n", 1);
    _exit(n == 1 ? 1 : 2);
}

static void start_timeout(const struct bench_session *s)
{
    if (s->timeout_ns > 0) {
        const struct itimerval when = {
            .it_value = {.tv_sec = s->timeout_ns / 1000000000,
                         .tv_usec = s->timeout_ns % 1000000000 / 1000 + 1}};
        timeout_text = s->opts.timeout;
        (void)signal(SIGALRM, on_timeout);
        (void)setitimer(ITIMER_REAL, &when, NULL);
    }
}

/* Whether malloc comes to the runtime's counters: a tool may stand before them. */
static bool counts_allocations(void)
{
    struct ak_mem_counters before;
    struct ak_mem_counters after;
    ak_mem_counters(&before);
    void *volatile p = malloc(1);
    free(p);
    ak_mem_counters(&after);
    return after.mallocs > before.mallocs;
}

/* The benchmarks, the profiles, the history. Returns the exit code. */
static int run_all(struct bench_session *s, const struct choice *choice, int argc, char **argv)
{
    struct ak_error err = {0};
    if (s->opts.list != NULL) {
        return for_each(s, choice, print_name) > 0 ? 0 : 3;
    }
    if (for_each(s, choice, widen) == 0) {
        (void)fprintf(stderr, "akbench: no benchmark matches -bench %s (-list . prints them)\n",
                      s->opts.pattern);
        return 3;
    }
    s->run.time_ns = ak_clock_wall_ns();
    if (!counts_allocations()) {
        (void)fprintf(stderr, "akbench: allocations are not counted here (valgrind, a sanitizer): "
                              "bytes and mallocs below are not those of the program\n");
    }
    ak_mem_count_live(true);
    if (bench_profiles_start(s, &err) != AK_OK) {
        return fail(&err);
    }
    start_timeout(s);
    bench_print_head(s);
    (void)for_each(s, choice, bench_session_run);
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
    struct bench_session s = {.opts = {.count = 1,
                                       .benchtime = "1s",
                                       .timeout = "0",
                                       .stop = "claim",
                                       .block_profile_rate = 1}};
    s.arena = ak_arena_new();
    struct ak_error err = {0};
    struct ak_args args;
    struct choice choice = {NULL, NULL};
    int code = 0;
    const struct ak_opts_parse parse = {.table = table, .opts = &s.opts};
    enum ak_status st = ak_opts_parse(&parse, argc, argv, s.arena, &args, &err);
    const bool wants_help = st == AK_CANCELLED;
    if (st == AK_OK) {
        st = check_options(&s, &args, &err);
    }
    if (st == AK_OK) {
        st = choose(&s.opts, &choice, &err);
    }
    if (wants_help) {
        code = help();
    } else {
        code = st == AK_OK ? run_all(&s, &choice, argc, argv) : fail(&err);
    }
    pcre2_code_free(choice.want);
    pcre2_code_free(choice.skip);
    bench_record_release(&s);
    ak_buf_release(&s.text);
    ak_arena_free(s.arena);
    return code;
}
