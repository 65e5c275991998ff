/* akreport lint doctor: whether profiles can carry a claim. */
#include "base/mem.h"
#include "collector/doctor.h"
#include "lint.h"
#include "profile/decode.h"
#include "profile/symbolize.h"
#include "run_side.h"

struct options {
    struct lint_options lint;
    double limit_bytes;
    const char *base, *binary;
};

static const struct ak_opt table[] = {
    {"limit", AK_OPT_F64, offsetof(struct options, limit_bytes), "BYTES",
     "smallest limit that is judged, for rule P002", "rules"},
    {"base", AK_OPT_STR, offsetof(struct options, base), "FILE",
     "profile from before the phase, subtracted from those of its kind", NULL},
    {"binary", AK_OPT_STR, offsetof(struct options, binary), "FILE",
     "the program that will be shown beside the profiles, for rule P016", NULL},
    LINT_OPTS(options),
};

struct run_list {
    struct ak_lint_item *items;
    size_t count, cap;
};

static void doctor_add(struct run_list *list, const struct ak_run *run,
                       const struct ak_doctor_opts *opts, struct ak_arena *arena)
{
    size_t count;
    const struct ak_finding *const found = ak_doctor_run(run, opts, arena, &count);
    for (size_t i = 0; i < count; i++) {
        const char **const evidence = AK_NEW_ARRAY(arena, const char *, 1);
        evidence[0] = found[i].evidence;
        AK_GROW(list->items, list->count + 1, list->cap);
        list->items[list->count++] = (struct ak_lint_item){
            LINT_RULE(found[i].rule),
            .level = AK_LINT_WARNING,
            .message =
                ak_arena_printf(arena, "%s: %s", found[i].subject, ak_rule_title(found[i].rule)),
            .file = "",
            .function = "",
            .subject = found[i].subject,
            .identity = found[i].subject,
            .evidence = evidence,
            .evidence_count = 1,
        };
    }
}

/* The base and the build id. */
static enum ak_status sides_load(const struct options *o, struct ak_profile **base,
                                 char build_id[129], struct ak_error *err)
{
    enum ak_status st = AK_OK;
    build_id[0] = '\0';
    if (o->base) {
        st = ak_profile_load(o->base, NULL, base, err);
    }
    if (st == AK_OK && o->binary) {
        st = ak_build_id(o->binary, build_id, err);
    }
    if (st == AK_OK && o->binary && !build_id[0]) {
        st = ak_fail(err, AK_UNSUPPORTED, "%s: it has no build id", o->binary);
    }
    return st;
}

static enum ak_status look(const struct lint_options *lint, const struct ak_args *args,
                           struct ak_arena *arena, struct ak_lint_report *r, struct ak_error *err)
{
    const struct options *const o = (const void *)lint;
    struct run_sides sides = {.cmd = lint_doctor.name, .store_path = lint->store, .arena = arena};
    struct run_list list = {0};
    struct ak_profile *base = NULL;
    char build_id[129];
    if (args->count < 1) {
        return ak_fail(err, AK_USAGE, "needs profiles, folders or runs");
    }
    enum ak_status st = sides_load(o, &base, build_id, err);
    const struct ak_doctor_opts opts = {
        .limit_bytes = o->limit_bytes, .base = base, .build_id = o->binary ? build_id : NULL};
    for (size_t i = 0; i < args->count && st == AK_OK; i++) {
        struct ak_run *run;
        st = cli_run_side_load(&sides, args->items[i], AK_LOAD_PROFILES, &run, err);
        if (st == AK_OK) {
            doctor_add(&list, run, &opts, arena);
        }
    }
    cli_run_sides_close(&sides);
    if (st == AK_OK) {
        *r = (struct ak_lint_report){
            .subject = "can the data carry a claim",
            .items = ak_arena_copy(arena, list.items, list.count * sizeof *list.items),
            .count = list.count,
        };
    }
    ak_profile_free(base);
    ak_free(list.items);
    return st;
}

static int run(int argc, char **argv)
{
    struct options o = {.lint = LINT_DEFAULTS};
    return cli_lint_run(&lint_doctor, &o.lint, look, argc, argv);
}

const struct command lint_doctor = {
    .name = "lint doctor",
    .summary = "whether profiles can carry a claim",
    .usage = "lint doctor [--limit BYTES] [--base BEFORE.prof] [--binary FILE] PROFILE...|RUN...",
    .opts = table,
    .run = run,
};
