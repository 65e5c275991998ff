/* Call graphs of a build that is run for them, in a folder of its own. */
#include "base/mem.h"
#include "c_graph.h"
#include "collector/lint_c.h"
#include "record/child.h"
#include "scratch.h"

static enum ak_status build(const struct ak_c_build *how, const char *dir, struct ak_arena *arena,
                            struct ak_error *err)
{
    const char *const argv[] = {
        "env", ak_arena_printf(arena, "AKREPORT_OUT=%s", dir), "sh", "-c", how->command, NULL};
    const struct collector_child child = {.argv = argv, .output = how->output, .ctx = how->ctx};
    struct collector_exit end;
    const enum ak_status st = collector_child_run(&child, &end, err);
    if (st != AK_OK) {
        return ak_prefix(err, st, "the build could not be started");
    }
    if (end.signal != 0) {
        return ak_fail(err, AK_USAGE, "the build was ended by signal %d", end.signal);
    }
    return end.code == 0 ? AK_OK : ak_fail(err, AK_USAGE, "the build exited %d", end.code);
}

enum ak_status ak_c_graph_build(struct ak_c_graph *g, const struct ak_c_build *how,
                                struct ak_error *err)
{
    struct collector_scratch scratch;
    enum ak_status st = collector_scratch_begin(&scratch, g->arena, err);
    if (st != AK_OK) {
        return st;
    }
    st = build(how, scratch.path, g->arena, err);
    st = st == AK_OK ? ak_c_graph_load(g, scratch.path, err) : st;
    collector_scratch_end(&scratch);
    return st;
}
