/* Running a command: its standard output comes here piece by piece, its standard input is ours,
 * signals sent to us reach it. */
#ifndef COLLECTOR_CHILD_H
#define COLLECTOR_CHILD_H

#include "base/status.h"
#include "base/str.h"

struct collector_child {
    const char *const *argv; /* ends with NULL; argv[0] is looked up in PATH, no shell */
    const char *dir;         /* working folder, NULL: ours */
    void *ctx;
    void (*output)(void *ctx, struct ak_str bytes);
    void (*errors)(void *ctx, struct ak_str bytes); /* of standard error; NULL: it is ours */
    void (*tick)(void *ctx, int64_t elapsed_ns);    /* twice a second; may be NULL */
};

struct collector_exit {
    int code;   /* exit code; 128 + signal when it was killed */
    int signal; /* 0: it ended by itself */
    int64_t duration_ns;
    bool interrupted; /* a signal to end was passed on to it */
};

/* Runs the command to its end. Fails only when it cannot be started; a command that fails is AK_OK
 * with its code. SIGINT, SIGTERM, SIGHUP and SIGQUIT that another process sends are passed on
 * (those of the terminal reach the command by themselves) and do not end this process. What is
 * left in the pipes when the command has ended is read; processes it left behind are not waited
 * for. The command can be ended by these signals even where we hold them back.
 */
enum ak_status collector_child_run(const struct collector_child *child, struct collector_exit *out,
                                   struct ak_error *err) AK_MUST_USE;

#endif
