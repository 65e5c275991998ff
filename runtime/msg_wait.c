#include "msg_wait.h"

#include "base/clock.h"
#include "prof/prof_contention.h"

#include <string.h>

void runtime_msg_stamp(struct ak_msg *m)
{
    const int64_t now = ak_clock_monotonic_ns();
    memcpy((char *)ak_msg_data(m) + m->size, &now, sizeof now);
}

void runtime_msg_report(const struct ak_msg *m, ak_receive_fn *receive)
{
    int64_t pushed;
    memcpy(&pushed, (const char *)ak_msg_view(m) + m->size, sizeof pushed);
    const int64_t now = ak_clock_monotonic_ns();
    const struct runtime_wait w = {.what = "mailbox",
                                   .ns = (uint64_t)(now > pushed ? now - pushed : 0),
                                   .frame = __builtin_frame_address(0),
                                   .function = (uint64_t)(uintptr_t)receive};
    runtime_contention_wait(&w);
}
