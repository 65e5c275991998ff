/* Making a machine quiet for a measurement: CPUs to run on, and waiting while others use them. */
#ifndef COLLECTOR_MACHINE_H
#define COLLECTOR_MACHINE_H

#include "base/status.h"

#include <sched.h>
#include <stdbool.h>

struct collector_pin {
    cpu_set_t before;
    bool is_pinned;
};

/* Binds this process, hence the commands it starts, to the CPUs of `list` ("2-3,6"). AK_USAGE when
 * it is no such list, AK_UNSUPPORTED when the system does not allow these CPUs. */
enum ak_status collector_machine_pin(const char *list, struct collector_pin *out,
                                     struct ak_error *err) AK_MUST_USE;
void collector_machine_unpin(const struct collector_pin *pin);

enum collector_idle { COLLECTOR_IDLE, COLLECTOR_IDLE_NOT, COLLECTOR_IDLE_INTERRUPTED };

/* Waits until less than a tenth of the CPUs is used by others, at most `seconds`. IDLE_NOT when it
 * was still busy at the end, IDLE_INTERRUPTED when SIGINT, SIGTERM or SIGHUP came; IDLE too where
 * the system does not tell. */
enum collector_idle collector_machine_wait_idle(double seconds);

#endif
