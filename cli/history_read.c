#include "history_read.h"

#include "command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int read_series(const char *cmd, const struct history_read *o, const struct ak_args *args,
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

static int report(const struct history_command *h, const struct history_read *o,
                  const struct ak_trend_series *series, size_t count)
{
    const char *name = h->command->name;
    const struct ak_trend_text_opts how = {.color = isatty(STDOUT_FILENO) == 1, .all = o->all};
    struct ak_buf out = AK_BUF_INIT;
    int code = count == 0 ? 3 : 0;
    for (size_t i = 0; h->leaks && i < count; i++) {
        code = series[i].leaks > 0 ? 1 : code;
    }
    if (strcmp(o->format, "json") == 0) {
        ak_trend_json(series, count, &out);
    } else {
        h->text(series, count, &how, &out);
    }
    if (!command_print(name, ak_buf_view(&out))) {
        code = code ? code : 2;
    }
    ak_buf_release(&out);
    struct ak_error err = {0};
    if (code == 0 && h->write && h->write(o, series, count, &err) != AK_OK) {
        code = command_fail(name, &err);
    }
    if (code == 3) {
        fprintf(stderr, "akreport %s: the history has no such series\n", name);
    }
    return code;
}

int cli_history_run(const struct history_command *h, int argc, char **argv)
{
    struct history_read o = HISTORY_READ_DEFAULTS;
    struct ak_arena *arena = ak_arena_new();
    struct ak_args args;
    struct ak_trend_series *series;
    size_t count;
    int code = command_parse(h->command, &o, argc, argv, arena, &args);
    if (code < 0) {
        code = read_series(h->command->name, &o, &args, h->leaks, arena, &series, &count);
    }
    if (code < 0) {
        code = report(h, &o, series, count);
    }
    ak_arena_free(arena);
    return code;
}
