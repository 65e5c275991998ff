/* A build that is run for what it writes beside the objects, in a folder of its own. */
#ifndef CLI_LINT_BUILD_H
#define CLI_LINT_BUILD_H

#include "base/status.h"

struct lint_build {
    char dir[64]; /* new and empty before the command; "" when it could not be made */
};

/* Makes the folder and runs `command` in a shell with its path in AKREPORT_OUT. What the command
 * prints goes to standard error. AK_USAGE when it fails. Remove also after a failure. */
enum ak_status cli_lint_build_run(struct lint_build *b, const char *command,
                                  struct ak_error *err) AK_MUST_USE;
void cli_lint_build_remove(struct lint_build *b);

#endif
