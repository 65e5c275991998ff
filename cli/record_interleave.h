/* record --interleave: two commands in turn. */
#ifndef CLI_RECORD_INTERLEAVE_H
#define CLI_RECORD_INTERLEAVE_H

#include "base/opts.h"
#include "collector/record.h"

struct cli_interleave {
    const char *store, *dir, *pin;
    int64_t count, confirm;
    double wait_s;
    void (*output)(void *ctx, struct ak_str bytes);
    void (*progress)(void *ctx, const struct ak_record_progress *p);
};

/* Arguments are NAME=CMD twice. Returns the exit code. */
int cli_record_interleave(const struct cli_interleave *o, const struct ak_args *args,
                          struct ak_arena *arena);

#endif
