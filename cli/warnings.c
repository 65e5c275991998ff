#include "warnings.h"

#include "base/sanitize.h"

#include <stdio.h>

void cli_warnings_print(const char *cmd, const char *const *warnings, size_t count)
{
    struct ak_buf line = AK_BUF_INIT;
    for (size_t i = 0; i < count; i++) {
        ak_buf_reset(&line);
        ak_sanitize_text(&line, ak_str_from(warnings[i]));
        fprintf(stderr, "akreport %s: warning: %s\n", cmd, line.ptr ? line.ptr : "");
    }
    ak_buf_release(&line);
}
