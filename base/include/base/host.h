/* Facts about the machine and the git checkout that decide whether two runs may be compared. Each
 * is a text, in arena, "" when it cannot be known. */
#ifndef BASE_HOST_H
#define BASE_HOST_H

#include "base/arena.h"

struct ak_host {
    const char *hostname;
    const char *os;     /* "Linux" */
    const char *kernel; /* release */
    const char *arch;   /* "x86_64" */
    const char *cpu_model;
    const char *governor; /* cpufreq governor of CPU 0 */
    unsigned cores;       /* usable by this process */
    uint64_t memory_bytes;
    double load1; /* 1-minute load average */
};
struct ak_host ak_host_facts(struct ak_arena *a);

struct ak_git {
    const char *commit;      /* full hash; "" outside a checkout */
    const char *branch;      /* "" when detached */
    const char *commit_time; /* ISO 8601 */
    bool dirty;
};
/* Asks `git` (one child, no shell) about the folder `dir`. Never fails: unknown is "". */
struct ak_git ak_git_facts(struct ak_arena *a, const char *dir);

/* First line that `argv` prints (its exit code ignored), in arena; "" when it cannot run. No shell.
 */
const char *ak_command_line1(struct ak_arena *a, const char *const argv[]);

#endif
