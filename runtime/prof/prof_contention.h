/* Inside of the contention profiler: its lock, for fork, and the waits that the runtime reports. */
#ifndef RUNTIME_PROF_CONTENTION_H
#define RUNTIME_PROF_CONTENTION_H

#include <stdint.h>

void runtime_contention_lock(void);
void runtime_contention_unlock(void);

/* A wait that has ended. */
struct runtime_wait {
    const char *what; /* label `wait`, a literal */
    uint64_t ns;
    const void *frame; /* of the reporting function: its caller is the first frame */
    uint64_t function; /* address of what waited and has not begun, below all frames; 0: none */
};

/* Takes the wait into the profile, or not, by its duration. Nothing when the profile is off. */
void runtime_contention_wait(const struct runtime_wait *wait);

#endif
