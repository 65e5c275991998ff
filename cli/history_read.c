#include "history_read.h"

#include "command.h"

#include <stdio.h>
#include <string.h>

int cli_history_read(const char *cmd, const struct history_read *o, const struct ak_args *args,
                     bool leaks, struct ak_arena *arena, struct ak_trend_series **out,
                     size_t *out_count)
{
    struct ak_error err = {0};
    struct ak_store *store;
    const char *wrong = args->count > 1 ? "give at most one label"
                        : strcmp(o->format, "text") != 0 && strcmp(o->format, "json") != 0
                            ? "the formats are text and json"
                        : o->last < 0 || !(o->floor > 0) ? "-last and -floor must be positive"
                                                         : NULL;
    if (wrong) {
        fprintf(stderr, "akreport %s: %s\n", cmd, wrong);
        return 2;
    }
    if (ak_store_open(ak_store_path(o->store), AK_STORE_READ, &store, &err) != AK_OK) {
        return command_fail(cmd, &err);
    }
    const struct ak_history_opts how = {.label = args->count > 0 ? args->items[0] : NULL,
                                        .branch = o->branch,
                                        .benchmark = o->benchmark,
                                        .unit = o->unit,
                                        .levels_only = leaks && !o->unit,
                                        .limit = (size_t)o->last,
                                        .floor = o->floor / 100};
    enum ak_status st = ak_history_series(store, &how, arena, out, out_count, &err);
    if (st == AK_OK && leaks) {
        st = ak_history_sites(store, *out, *out_count, arena, &err);
    }
    ak_store_close(store);
    return st == AK_OK ? -1 : command_fail(cmd, &err);
}
