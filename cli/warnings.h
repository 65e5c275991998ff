/* Printing what the user must see but that does not stop the work. */
#ifndef CLI_WARNINGS_H
#define CLI_WARNINGS_H

#include <stddef.h>

/* One line each on stderr: "akreport <cmd>: warning: text", made harmless. */
void cli_warnings_print(const char *cmd, const char *const *warnings, size_t count);

#endif
