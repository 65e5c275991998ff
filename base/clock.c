#include "base/clock.h"

#include <time.h>

static int64_t now(clockid_t id)
{
    struct timespec ts;
    if (clock_gettime(id, &ts) != 0) {
        return 0;
    }
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t ak_clock_wall_ns(void)
{
    return now(CLOCK_REALTIME);
}

int64_t ak_clock_monotonic_ns(void)
{
    return now(CLOCK_MONOTONIC);
}

int64_t ak_clock_cpu_ns(void)
{
    return now(CLOCK_PROCESS_CPUTIME_ID);
}

void ak_time_format(struct ak_buf *out, int64_t wall_ns)
{
    const time_t seconds = (time_t)(wall_ns / 1000000000);
    struct tm tm;
    char text[64];
    if (gmtime_r(&seconds, &tm) && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0) {
        ak_buf_puts(out, text);
    }
}
