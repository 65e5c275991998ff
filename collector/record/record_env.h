/* The environment of a recorded run: machine, checkout, compiler, load, and the variables that
 * change what a benchmark costs (GOGC, GOMAXPROCS, GOAKT_PROFILE_SHUTDOWN, ...). */
#ifndef COLLECTOR_RECORD_ENV_H
#define COLLECTOR_RECORD_ENV_H

#include "base/host.h"
#include "command_line.h"
#include "store/run.h"

struct collector_facts {
    struct ak_host host; /* before the command ran */
    struct ak_git git;
    const char *compiler; /* "go1.26.8 linux/amd64", "" when not known */
    int64_t time_ns;
};

/* Taken before the command runs. */
struct collector_facts collector_facts_take(const struct collector_command_line *line,
                                            const char *dir, struct ak_arena *arena);
/* The same for a command of sh -c: a "cd DIR &&" at its beginning tells the checkout. */
struct collector_facts collector_facts_of_shell(const char *command, const char *dir,
                                                struct ak_arena *arena);
/* Adds them to a run, with the load afterwards. What the benchmark itself said wins. */
void collector_facts_add(const struct collector_facts *facts, struct ak_run *run,
                         struct ak_arena *arena);

#endif
