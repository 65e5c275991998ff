#include "machine.h"

#include "base/clock.h"
#include "base/io.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#define LOOK_NS 200000000L
#define BUSY_SHARE 0.1

/* "2-3,6" into a set. */
static bool parse_cpus(const char *list, cpu_set_t *out)
{
    CPU_ZERO(out);
    struct ak_str rest = ak_str_from(list);
    while (rest.ptr && rest.len > 0) {
        struct ak_str last = ak_str_cut(&rest, ',');
        const struct ak_str first = ak_str_cut(&last, '-');
        uint64_t from, to;
        if (!ak_str_u64(first, &from) || from >= CPU_SETSIZE) {
            return false;
        }
        to = from;
        if (last.ptr && (!ak_str_u64(last, &to) || to >= CPU_SETSIZE || to < from)) {
            return false;
        }
        for (size_t cpu = from; cpu <= to; cpu++) {
            CPU_SET(cpu, out);
        }
    }
    return CPU_COUNT(out) > 0;
}

enum ak_status collector_machine_pin(const char *list, struct collector_pin *out,
                                     struct ak_error *err)
{
    cpu_set_t wanted;
    if (!parse_cpus(list, &wanted)) {
        return ak_fail(err, AK_USAGE, "\"%.60s\" is no list of CPUs, as 2-3,6", list);
    }
    struct collector_pin pin = {.is_pinned = true};
    if (sched_getaffinity(0, sizeof pin.before, &pin.before) != 0 ||
        sched_setaffinity(0, sizeof wanted, &wanted) != 0) {
        return ak_fail_errno(err, AK_UNSUPPORTED, errno, "CPUs %.60s cannot be used alone", list);
    }
    *out = pin;
    return AK_OK;
}

void collector_machine_unpin(const struct collector_pin *pin)
{
    if (pin->is_pinned) {
        sched_setaffinity(0, sizeof pin->before, &pin->before);
    }
}

struct cpu_time {
    uint64_t total, idle;
};

/* The first line of /proc/stat: user nice system idle iowait irq softirq steal. */
static bool read_cpu_time(struct cpu_time *out)
{
    struct ak_buf text = AK_BUF_INIT;
    bool good = ak_file_read("/proc/stat", 1 << 20, &text, NULL) == AK_OK;
    struct ak_str rest = ak_buf_view(&text);
    struct ak_str line = ak_str_cut(&rest, '\n');
    good = good && ak_str_eq(ak_str_cut(&line, ' '), AK_STR("cpu"));
    *out = (struct cpu_time){0};
    for (unsigned i = 0; good && i < 8 && line.ptr;) {
        const struct ak_str word = ak_str_cut(&line, ' ');
        uint64_t ticks;
        if (word.len == 0) {
            continue;
        }
        good = ak_str_u64(word, &ticks);
        out->total += good ? ticks : 0;
        out->idle += good && (i == 3 || i == 4) ? ticks : 0;
        i++;
    }
    ak_buf_release(&text);
    return good && out->total > 0;
}

/* Sleeps; true when a signal that ends a recording came instead. */
static bool sleep_or_signal(const struct timespec *time)
{
    sigset_t ends, before;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &ends, &before);
    const bool came = sigtimedwait(&ends, NULL, time) > 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return came;
}

enum collector_idle collector_machine_wait_idle(double seconds)
{
    const int64_t end = ak_clock_monotonic_ns() + (int64_t)(seconds * 1e9);
    while (seconds > 0) {
        struct cpu_time before, after;
        const struct timespec look = {.tv_nsec = LOOK_NS};
        const bool known = read_cpu_time(&before);
        if (sleep_or_signal(&look)) {
            return COLLECTOR_IDLE_INTERRUPTED;
        }
        if (!known || !read_cpu_time(&after)) {
            return COLLECTOR_IDLE;
        }
        const double total = (double)(after.total - before.total);
        const double idle = (double)(after.idle - before.idle);
        if (total <= 0 || 1 - idle / total < BUSY_SHARE) {
            return COLLECTOR_IDLE;
        }
        if (ak_clock_monotonic_ns() >= end) {
            return COLLECTOR_IDLE_NOT;
        }
    }
    return COLLECTOR_IDLE;
}
