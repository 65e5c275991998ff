/* Reads what a child process prints: for facts about the machine and the checkout. */
#ifndef CHILD_H
#define CHILD_H

#include "base/buf.h"

/* Runs argv[0] (found in PATH, no shell) in folder `dir` (NULL: this one), standard error thrown
 * away, and reads at most 64 KiB of its output into out. False when it cannot be started or exits
 * non-zero. */
bool base_child_read(const char *const argv[], const char *dir, struct ak_buf *out);

#endif
