/* akreport show: one run, what was measured and where. */
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/sanitize.h"
#include "command.h"
#include "store/store.h"
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct opts {
    const char *store;
    bool json;
};

#define F(field) offsetof(struct opts, field)
static const struct ak_opt table[] = {
    {"store", AK_OPT_STR, F(store), "FILE", "history file", "options"},
    {"json", AK_OPT_BOOL, F(json), NULL, "print JSON, with every value", NULL},
    {NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL},
};

struct spread {
    double median, min, max;
};

static int compare_values(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct spread spread_of(const struct ak_series *s, struct ak_arena *arena)
{
    const size_t n = s->count;
    double *const v = ak_arena_copy(arena, s->values, n * sizeof *v);
    qsort(v, n, sizeof *v, compare_values);
    return (struct spread){.median = (v[(n - 1) / 2] + v[n / 2]) / 2, .min = v[0], .max = v[n - 1]};
}

/* --- text ---------------------------------------------------------------------------------- */

static void fact(struct cli_table *t, const char *key, const char *value)
{
    if (value[0]) {
        cli_table_cell(t, key);
        cli_table_cell(t, value);
    }
}

static void facts(const struct ak_run *run, struct ak_arena *arena, struct ak_buf *out)
{
    struct cli_table t;
    struct ak_buf text = AK_BUF_INIT;
    cli_table_init(&t, arena, "ll");
    fact(&t, "run", ak_arena_printf(arena, "%lld", (long long)run->id));
    fact(&t, "key", run->key);
    fact(&t, "label", run->label);
    if (run->time_ns > 0) {
        ak_time_format(&text, run->time_ns);
        fact(&t, "time", text.ptr);
    }
    if (run->duration_ns > 0) {
        ak_buf_reset(&text);
        ak_duration_format(&text, (double)run->duration_ns / 1e9);
        fact(&t, "duration", text.ptr);
    }
    fact(&t, "state", run->state == AK_RUN_FAILED ? "failed" : "complete");
    fact(&t, "command", run->command);
    fact(&t, "commit",
         run->dirty && run->commit[0]
             ? ak_arena_printf(arena, "%s, with local changes", run->commit)
             : run->commit);
    fact(&t, "branch", run->branch);
    fact(&t, "results",
         run->rejoined
             ? ak_arena_printf(arena, "%zu, %zu of them rejoined", run->result_lines, run->rejoined)
             : ak_arena_printf(arena, "%zu", run->result_lines));
    for (size_t i = 0; i < run->tag_count; i++) {
        fact(&t, "tag", run->tags[i]);
    }
    for (size_t i = 0; i < run->env_count; i++) {
        fact(&t, run->env[i].key, run->env[i].value);
    }
    cli_table_print(&t, out);
    ak_buf_release(&text);
}

static void value_cell(struct cli_table *t, double v, const char *unit)
{
    struct ak_buf text = AK_BUF_INIT;
    ak_value_format(&text, v, ak_str_from(unit));
    cli_table_cell(t, text.ptr ? text.ptr : "");
    ak_buf_release(&text);
}

static void series_table(const struct ak_run *run, struct ak_arena *arena, struct ak_buf *out)
{
    static const char *const titles[] = {"benchmark", "unit", "n", "median", "min", "max"};
    struct cli_table t;
    cli_table_init(&t, arena, "llrrrr");
    for (size_t i = 0; i < AK_COUNT(titles); i++) {
        cli_table_cell(&t, titles[i]);
    }
    for (size_t i = 0; i < run->series_count; i++) {
        const struct ak_series *const s = &run->series[i];
        const struct spread v = spread_of(s, arena);
        if (s->procs > 1) {
            cli_table_cellf(&t, "%s-%u", s->benchmark, s->procs);
        } else {
            cli_table_cell(&t, s->benchmark);
        }
        cli_table_cell(&t, s->unit);
        cli_table_cellf(&t, "%zu", s->count);
        value_cell(&t, v.median, s->unit);
        value_cell(&t, v.min, s->unit);
        value_cell(&t, v.max, s->unit);
    }
    ak_buf_putc(out, '\n');
    cli_table_print(&t, out);
}

static void profile_table(const struct ak_run *run, struct ak_arena *arena, struct ak_buf *out)
{
    static const char *const titles[] = {"profile", "kind", "benchmark", "size", "sha256"};
    struct cli_table t;
    cli_table_init(&t, arena, "lllrl");
    for (size_t i = 0; i < AK_COUNT(titles); i++) {
        cli_table_cell(&t, titles[i]);
    }
    for (size_t i = 0; i < run->profile_count; i++) {
        const struct ak_run_profile *const p = &run->profiles[i];
        char hex[65];
        ak_sha256_hex(&p->sha256, hex);
        cli_table_cell(&t, p->name);
        cli_table_cell(&t, p->kind);
        cli_table_cell(&t, p->benchmark[0] ? p->benchmark : "-");
        cli_table_cellf(&t, "%llu", (unsigned long long)p->size);
        cli_table_cellf(&t, "%.16s", hex);
    }
    ak_buf_putc(out, '\n');
    cli_table_print(&t, out);
}

static void render_text(const struct ak_run *run, struct ak_arena *arena, struct ak_buf *out)
{
    facts(run, arena, out);
    if (run->series_count) {
        series_table(run, arena, out);
    }
    if (run->profile_count) {
        profile_table(run, arena, out);
    }
}

/* --- JSON ---------------------------------------------------------------------------------- */

static void json_series(struct ak_json *j, const struct ak_series *s, struct ak_arena *arena)
{
    const struct spread v = spread_of(s, arena);
    ak_json_object(j);
    ak_json_kstr(j, "benchmark", s->benchmark);
    ak_json_kstr(j, "package", s->package);
    ak_json_ki64(j, "procs", s->procs);
    ak_json_kstr(j, "unit", s->unit);
    ak_json_kstr(j, "better", s->better == AK_HIGHER_IS_BETTER ? "higher" : "lower");
    ak_json_kf64(j, "median", v.median);
    ak_json_kf64(j, "min", v.min);
    ak_json_kf64(j, "max", v.max);
    ak_json_key(j, "values");
    ak_json_array(j);
    for (size_t i = 0; i < s->count; i++) {
        ak_json_f64(j, s->values[i]);
    }
    ak_json_end(j);
    if (s->iterations) {
        ak_json_key(j, "iterations");
        ak_json_array(j);
        for (size_t i = 0; i < s->count; i++) {
            ak_json_i64(j, s->iterations[i]);
        }
        ak_json_end(j);
    }
    ak_json_end(j);
}

static void json_profile(struct ak_json *j, const struct ak_run_profile *p)
{
    char hex[65];
    ak_sha256_hex(&p->sha256, hex);
    ak_json_object(j);
    ak_json_kstr(j, "name", p->name);
    ak_json_kstr(j, "kind", p->kind);
    ak_json_kstr(j, "benchmark", p->benchmark);
    ak_json_ki64(j, "size", (int64_t)p->size);
    ak_json_kstr(j, "sha256", hex);
    ak_json_end(j);
}

static void json_head(struct ak_json *j, const struct ak_run *run)
{
    struct ak_buf time = AK_BUF_INIT;
    ak_time_format(&time, run->time_ns);
    ak_json_ki64(j, "id", run->id);
    ak_json_kstr(j, "key", run->key);
    ak_json_kstr(j, "label", run->label);
    ak_json_kstr(j, "time", run->time_ns > 0 ? time.ptr : NULL);
    ak_json_kf64(j, "duration_s", (double)run->duration_ns / 1e9);
    ak_json_kstr(j, "state", run->state == AK_RUN_FAILED ? "failed" : "complete");
    ak_json_kstr(j, "command", run->command);
    ak_json_kstr(j, "commit", run->commit);
    ak_json_kstr(j, "branch", run->branch);
    ak_json_kbool(j, "dirty", run->dirty);
    ak_json_ki64(j, "results", (int64_t)run->result_lines);
    ak_json_ki64(j, "rejoined", (int64_t)run->rejoined);
    ak_buf_release(&time);
}

static void render_json(const struct ak_run *run, struct ak_arena *arena, struct ak_buf *out)
{
    struct ak_json j;
    ak_json_init(&j, out, 2);
    ak_json_object(&j);
    json_head(&j, run);
    ak_json_key(&j, "tags");
    ak_json_array(&j);
    for (size_t i = 0; i < run->tag_count; i++) {
        ak_json_cstr(&j, run->tags[i]);
    }
    ak_json_end(&j);
    ak_json_key(&j, "environment");
    ak_json_object(&j);
    for (size_t i = 0; i < run->env_count; i++) {
        ak_json_kstr(&j, run->env[i].key, run->env[i].value);
    }
    ak_json_end(&j);
    ak_json_key(&j, "series");
    ak_json_array(&j);
    for (size_t i = 0; i < run->series_count; i++) {
        json_series(&j, &run->series[i], arena);
    }
    ak_json_end(&j);
    ak_json_key(&j, "profiles");
    ak_json_array(&j);
    for (size_t i = 0; i < run->profile_count; i++) {
        json_profile(&j, &run->profiles[i]);
    }
    ak_json_end(&j);
    ak_json_end(&j);
    ak_buf_putc(out, '\n');
}

static enum ak_status show(const struct opts *o, const char *selector, struct ak_arena *arena,
                           struct ak_buf *out, struct ak_error *err)
{
    struct ak_store *s;
    struct ak_run *run = NULL;
    int64_t id = 0;
    enum ak_status st = ak_store_open(ak_store_path(o->store), AK_STORE_READ, &s, err);
    if (st != AK_OK) {
        return st;
    }
    st = ak_store_find_run(s, selector, &id, err);
    st = st == AK_OK ? ak_store_load_run(s, id, 0, arena, &run, err) : st;
    ak_store_close(s);
    if (st == AK_OK && o->json) {
        render_json(run, arena, out);
    } else if (st == AK_OK) {
        render_text(run, arena, out);
    }
    return st;
}

static int run(int argc, char **argv)
{
    struct opts o = {0};
    struct ak_error err = {0};
    struct ak_args args;
    struct ak_buf out = AK_BUF_INIT;
    struct ak_arena *arena = ak_arena_new();
    int code = command_parse(&cmd_show, &o, argc, argv, arena, &args);
    if (code < 0 && args.count != 1) {
        fputs("akreport show: one run is shown: show RUN\n", stderr);
        code = 2;
    } else if (code < 0 && show(&o, args.items[0], arena, &out, &err) != AK_OK) {
        code = command_fail("show", &err);
    } else if (code < 0) {
        code = command_print("show", ak_buf_view(&out)) ? 0 : 2;
    }
    ak_buf_release(&out);
    ak_arena_free(arena);
    return code;
}

const struct command cmd_show = {
    .name = "show",
    .summary = "shows one run: environment, benchmarks, profiles",
    .usage = "show [--store FILE] [--json] RUN",
    .opts = table,
    .run = run,
};
