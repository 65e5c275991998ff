/* akreport prune: removes old runs by rule. Tagged runs stay. */
#include "base/clock.h"
#include "base/sanitize.h"
#include "command.h"
#include "store/store.h"

#include <stdio.h>
#include <string.h>

struct opts {
    const char *store, *label, *older_than;
    int64_t keep;
    bool dry_run, compact;
};

#define F(field) offsetof(struct opts, field)
static const struct ak_opt table[] = {
    {"keep", AK_OPT_I64, F(keep), "N", "the newest N runs of each label stay", "rules"},
    {"older-than", AK_OPT_STR, F(older_than), "AGE", "only runs older than 12h, 30d, 8w, 1y may go",
     NULL},
    {"label", AK_OPT_STR, F(label), "LABEL", "only this label", NULL},
    {"dry-run", AK_OPT_BOOL, F(dry_run), NULL, "only say what would go", "options"},
    {"compact", AK_OPT_BOOL, F(compact), NULL,
     "afterwards give the space back to the file system (rewrites the file)", NULL},
    {"store", AK_OPT_STR, F(store), "FILE", "history file", NULL},
    {NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL},
};

static bool parse_age(const char *text, int64_t *out_ns)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'h', 3600}, {'d', 86400}, {'w', 604800}, {'y', 31557600}};
    const size_t n = strlen(text);
    int64_t count;
    if (n < 2 || !ak_str_i64((struct ak_str){text, n - 1}, &count) || count < 0 || count > 100000) {
        return false;
    }
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (text[n - 1] == units[i].unit && count <= INT64_C(9000000000) / units[i].seconds) {
            *out_ns = count * units[i].seconds * INT64_C(1000000000);
            return true;
        }
    }
    return false;
}

static enum ak_status rules(const struct opts *o, struct ak_prune *policy, struct ak_error *err)
{
    int64_t age = 0;
    *policy = (struct ak_prune){.label = o->label, .keep = (size_t)(o->keep > 0 ? o->keep : 0)};
    if (o->keep < 0) {
        return ak_fail(err, AK_USAGE, "--keep must not be negative");
    }
    if (o->older_than) {
        if (!parse_age(o->older_than, &age)) {
            return ak_fail(err, AK_USAGE, "--older-than %.40s: an age is a number and h, d, w or y",
                           o->older_than);
        }
        policy->older_than_ns = ak_clock_wall_ns() - age;
    }
    if (!policy->keep && !o->older_than && !o->compact) {
        return ak_fail(err, AK_USAGE, "no rule: --keep N, --older-than AGE or --compact");
    }
    return AK_OK;
}

static void tell(const struct ak_run *runs, size_t count, bool dry_run, struct ak_buf *out)
{
    for (size_t i = 0; i < count; i++) {
        ak_buf_printf(out, "%s %lld ", dry_run ? "would remove" : "removed", (long long)runs[i].id);
        ak_sanitize_text(out, ak_str_from(runs[i].label));
        if (runs[i].time_ns > 0) {
            ak_buf_putc(out, ' ');
            ak_time_format(out, runs[i].time_ns);
        }
        ak_buf_putc(out, '\n');
    }
    ak_buf_printf(out, "%zu runs %s\n", count, dry_run ? "would be removed" : "removed");
}

static enum ak_status prune(struct ak_store *s, const struct opts *o, struct ak_arena *arena,
                            struct ak_buf *out, struct ak_error *err)
{
    struct ak_prune policy;
    struct ak_run *runs = NULL;
    size_t count = 0;
    enum ak_status st = rules(o, &policy, err);
    st = st == AK_OK ? ak_store_find_prunable(s, &policy, arena, &runs, &count, err) : st;
    int64_t *const ids = AK_NEW_ARRAY(arena, int64_t, count);
    for (size_t i = 0; i < count; i++) {
        ids[i] = runs[i].id;
    }
    if (st == AK_OK && !o->dry_run) {
        st = ak_store_remove_runs(s, ids, count, err);
    }
    if (st == AK_OK) {
        tell(runs, count, o->dry_run, out);
    }
    return st == AK_OK && o->compact && !o->dry_run ? ak_store_compact(s, err) : st;
}

static int run(int argc, char **argv)
{
    struct opts o = {0};
    struct ak_error err = {0};
    struct ak_args args;
    struct ak_store *s = NULL;
    struct ak_buf out = AK_BUF_INIT;
    struct ak_arena *arena = ak_arena_new();
    int code = command_parse(&cmd_prune, &o, argc, argv, arena, &args);
    if (code < 0 && args.count > 0) {
        fputs("akreport prune: takes no arguments, only options\n", stderr);
        code = 2;
    } else if (code < 0) {
        enum ak_status st = ak_store_open(ak_store_path(o.store), AK_STORE_WRITE, &s, &err);
        st = st == AK_OK ? prune(s, &o, arena, &out, &err) : st;
        ak_store_close(s);
        code = st == AK_OK ? (command_print("prune", ak_buf_view(&out)) ? 0 : 2)
                           : command_fail("prune", &err);
    }
    ak_buf_release(&out);
    ak_arena_free(arena);
    return code;
}

const struct command cmd_prune = {
    .name = "prune",
    .summary = "removes old runs by rule; tagged runs stay",
    .usage = "prune [--keep N] [--older-than AGE] [--label LABEL] [--compact] [--store FILE]",
    .opts = table,
    .run = run,
};
