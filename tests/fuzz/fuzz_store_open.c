// module: store
/* Any bytes as a history file: opened, listed, verified. */
#include "base/arena.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(struct ak_store *s)
{
    struct ak_arena *const arena = ak_arena_new();
    struct ak_error err;
    struct ak_run *runs = NULL;
    size_t count = 0;
    struct ak_verification v;
    struct ak_function_point *points;
    struct ak_history_point *history;
    const struct ak_function_query function = {.function = "f", .type = "cpu"};
    const struct ak_history_query series = {.benchmark = "Stop/a", .unit = "ns/op"};
    enum ak_status st = ak_store_list_runs(s, NULL, arena, &runs, &count, &err);
    for (size_t i = 0; i < count && st == AK_OK; i++) {
        struct ak_run *run;
        struct ak_check *check;
        enum ak_status ignored =
            ak_store_load_run(s, runs[i].id, AK_LOAD_TEXT | AK_LOAD_PROFILES, arena, &run, &err);
        ignored = ak_store_load_check(s, runs[i].id, NULL, arena, &check, &err);
        (void)ignored;
    }
    st = ak_store_verify(s, arena, &v, &err);
    st = ak_store_function_history(s, &function, arena, &points, &count, &err);
    st = ak_store_history(s, &series, arena, &history, &count, &err);
    (void)st;
    ak_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char path[64];
    struct ak_store *s;
    struct ak_error err;
    if (!path[0]) {
        snprintf(path, sizeof path, "/dev/shm/akfuzz.%d.db", (int)getpid());
    }
    FILE *const f = fopen(path, "wb");
    if (!f) {
        return 0;
    }
    const size_t written = fwrite(data, 1, size, f);
    fclose(f);
    if (written == size && ak_store_open(path, AK_STORE_READ, &s, &err) == AK_OK) {
        use(s);
        ak_store_close(s);
    }
    unlink(path);
    return 0;
}
