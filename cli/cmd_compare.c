/* akreport compare: what changed between runs, and whether it is real. */
#include "base/io.h"
#include "base/sanitize.h"
#include "collector/attribution.h"
#include "collector/bench_table.h"
#include "collector/compare.h"
#include "collector/criteria.h"
#include "collector/project.h"
#include "collector/series_filter.h"
#include "command.h"
#include "reporter/charts.h"
#include "reporter/compare.h"
#include "reporter/page.h"
#include "run_side.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct opts {
    const char *format, *filter, *row, *col, *table, *ignore, *store;
    const char *junit, *png, *html;
    double alpha, confidence, margin;
    int64_t causes;
    bool rejoin, all;
};

#define F(field) offsetof(struct opts, field)
static const struct ak_opt table[] = {
    {"format", AK_OPT_STR, F(format), "FORMAT", "text, csv (benchstat's table), json, md or junit",
     "output"},
    {"all", AK_OPT_BOOL, F(all), NULL, "also list rows that are the same", NULL},
    {"causes", AK_OPT_I64, F(causes), "N", "functions shown below a changed row (3)", NULL},
    {"junit", AK_OPT_STR, F(junit), "FILE", "also write JUnit XML", NULL},
    {"png", AK_OPT_STR, F(png), "DIR", "also write the charts", NULL},
    {"html", AK_OPT_STR, F(html), "FILE", "also write a page", NULL},
    {"margin", AK_OPT_F64, F(margin), "PERCENT", "changes within are the same (3)", "judgement"},
    {"alpha", AK_OPT_F64, F(alpha), "P", "level of the tests (0.05)", NULL},
    {"confidence", AK_OPT_F64, F(confidence), "LEVEL", "of the intervals (0.95)", NULL},
    {"filter", AK_OPT_STR, F(filter), "QUERY", "use only results that match", "selection"},
    {"row", AK_OPT_STR, F(row), "PROJECTION", "what makes a row (.fullname)", NULL},
    {"col", AK_OPT_STR, F(col), "PROJECTION", "what makes a column (.file)", NULL},
    {"table", AK_OPT_STR, F(table), "PROJECTION", "what makes a table (one; csv: .config)", NULL},
    {"ignore", AK_OPT_STR, F(ignore), "KEYS", "differences in these do not count", NULL},
    {"rejoin", AK_OPT_BOOL, F(rejoin), NULL, "csv: also read results split over two lines", NULL},
    {"store", AK_OPT_STR, F(store), "FILE", "history file", NULL},
    {NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL},
};

/* --- benchstat's table -------------------------------------------------------------------- */

/* Runs of the history as texts, files as they are. */
static enum ak_status csv_inputs(struct run_sides *sides, const struct ak_args *args,
                                 struct ak_bench_input *inputs, struct ak_error *err)
{
    for (size_t i = 0; i < args->count; i++) {
        struct ak_run *run;
        if (strchr(args->items[i], '=') || !cli_run_side_is_stored(sides, args->items[i])) {
            continue;
        }
        const enum ak_status st = cli_run_side_load(sides, args->items[i], AK_LOAD_TEXT, &run, err);
        if (st != AK_OK) {
            return st;
        }
        inputs[i].path = NULL;
        inputs[i].bytes = run->text.ptr ? run->text : AK_STR("");
    }
    return AK_OK;
}

static int compare_csv(const struct opts *o, const struct ak_args *args, struct run_sides *sides)
{
    struct ak_error err = {0};
    const struct ak_bench_table_opts how = {.table = o->table,
                                            .row = o->row,
                                            .col = o->col,
                                            .ignore = o->ignore,
                                            .filter = o->filter,
                                            .alpha = o->alpha,
                                            .confidence = o->confidence,
                                            .rejoin = o->rejoin};
    struct ak_table_set *set;
    struct ak_bench_input *inputs = ak_bench_inputs_parse(args->items, args->count, sides->arena);
    if (csv_inputs(sides, args, inputs, &err) != AK_OK ||
        ak_bench_table_build(inputs, args->count, &how, sides->arena, &set, &err) != AK_OK) {
        return command_fail("compare", &err);
    }
    struct ak_buf out = AK_BUF_INIT, warnings = AK_BUF_INIT;
    for (size_t i = 0; i < set->note_count; i++) {
        ak_buf_printf(&warnings, "%s\n", set->notes[i]);
    }
    ak_table_csv(set, &out, &warnings);
    if (set->split_tables) {
        ak_sanitize_text(&warnings, ak_str_from(set->split_tables));
        ak_buf_putc(&warnings, '\n');
    }
    if (set->split_results > 0) {
        ak_buf_printf(&warnings,
                      "%llu results stand on two lines and are left out, as benchstat "
                      "does; --rejoin reads them\n",
                      (unsigned long long)set->split_results);
    }
    fwrite(ak_buf_view(&warnings).ptr, 1, warnings.len, stderr);
    const bool printed = command_print("compare", ak_buf_view(&out));
    ak_buf_release(&out);
    ak_buf_release(&warnings);
    return printed ? 0 : 2;
}

/* --- our own judgement -------------------------------------------------------------------- */

/* Columns of the terminal, or what COLUMNS says where there is none; 0: neither tells. */
static size_t terminal_width(void)
{
    struct winsize size = {0};
    const char *said = getenv("COLUMNS");
    int64_t width = 0;
    if (isatty(STDOUT_FILENO) == 1 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
        size.ws_col > 0) {
        return size.ws_col;
    }
    return said && ak_str_i64(ak_str_from(said), &width) && width > 0 ? (size_t)width : 0;
}

static struct ak_compare_text_opts text_opts(const struct opts *o)
{
    return (struct ak_compare_text_opts){.color = isatty(STDOUT_FILENO) == 1,
                                         .width = terminal_width(),
                                         .all = o->all,
                                         .causes = o->causes < 0 ? 0 : (unsigned)o->causes};
}

static void render_two(const struct opts *o, const struct ak_comparison *c, struct ak_buf *out)
{
    const struct ak_compare_text_opts how = text_opts(o);
    if (strcmp(o->format, "text") == 0) {
        ak_compare_text(c, &how, out);
    } else if (strcmp(o->format, "json") == 0) {
        ak_compare_json(c, out);
    } else if (strcmp(o->format, "md") == 0) {
        ak_compare_markdown(c, &how, out);
    } else {
        ak_compare_junit(c, out);
    }
}

static void render_many(const struct opts *o, const struct ak_comparison_set *set,
                        struct ak_buf *out)
{
    const struct ak_compare_text_opts how = text_opts(o);
    if (strcmp(o->format, "text") == 0) {
        ak_compare_set_text(set, &how, out);
    } else if (strcmp(o->format, "json") == 0) {
        ak_compare_set_json(set, out);
    } else if (strcmp(o->format, "md") == 0) {
        ak_compare_set_markdown(set, &how, out);
    } else {
        ak_compare_set_junit(set, out);
    }
}

static bool render(const struct opts *o, const struct ak_comparison_set *set, struct ak_buf *out)
{
    if (set->pair_count > 1) {
        render_many(o, set, out);
    } else {
        render_two(o, set->pairs, out);
    }
    return command_print("compare", ak_buf_view(out));
}

static enum ak_status write_files(const struct opts *o, const struct ak_comparison_set *set,
                                  struct ak_error *err)
{
    enum ak_status st = AK_OK;
    if (o->junit) {
        struct ak_buf xml = AK_BUF_INIT;
        if (set->pair_count > 1) {
            ak_compare_set_junit(set, &xml);
        } else {
            ak_compare_junit(set->pairs, &xml);
        }
        st = ak_file_write(o->junit, ak_buf_view(&xml), err);
        ak_buf_release(&xml);
    }
    if (st == AK_OK && o->png) {
        st = ak_compare_charts(set->pairs, o->png, err);
    }
    if (st == AK_OK && o->html) {
        st = ak_compare_page(set->pairs, o->html, err);
    }
    return st;
}

/* What explains the pairs, and the limits that charts draw. */
static void explain(struct ak_comparison_set *set, struct ak_arena *arena)
{
    for (size_t k = 0; k < set->pair_count; k++) {
        struct ak_comparison *c = &set->pairs[k];
        struct ak_check *check;
        ak_attribute(c, arena);
        if (ak_check_run(c->after, ak_criteria_builtin(arena), NULL, arena, &check, NULL) ==
            AK_OK) {
            ak_check_mark_limits(check, c);
        }
    }
}

/* The runs that the line names, and how to compare them. */
static enum ak_status prepare(const struct opts *o, const struct ak_args *args,
                              struct run_sides *sides, struct ak_run **runs,
                              struct ak_compare_opts *how, struct ak_error *err)
{
    enum ak_status st = AK_OK;
    for (size_t i = 0; i < args->count && st == AK_OK; i++) {
        st = cli_run_side_load(sides, args->items[i], AK_LOAD_PROFILES, &runs[i], err);
    }
    if (st != AK_OK) {
        return st;
    }
    *how = (struct ak_compare_opts){
        .margin = o->margin / 100, .alpha = o->alpha, .confidence = o->confidence};
    if (o->filter) {
        struct ak_series_filter *filter = NULL;
        st = ak_series_filter_new(o->filter, runs[args->count - 1], sides->arena, &filter, err);
        how->keep = ak_series_filter_keep;
        how->keep_ctx = filter;
    }
    return st == AK_OK ? cli_run_sides_history(sides, runs, args->count, how, err) : st;
}

static int compare(const struct opts *o, const struct ak_args *args, struct run_sides *sides)
{
    struct ak_error err = {0};
    struct ak_run **runs = AK_NEW_ARRAY(sides->arena, struct ak_run *, args->count);
    struct ak_compare_opts how = {0};
    const enum ak_status st = prepare(o, args, sides, runs, &how, &err);
    if (st != AK_OK) {
        ak_series_filter_release(how.keep_ctx);
        return command_fail("compare", &err);
    }
    struct ak_comparison_set set;
    ak_compare_many(runs, args->count, &how, sides->arena, &set);
    ak_series_filter_release(how.keep_ctx);
    explain(&set, sides->arena);
    struct ak_buf out = AK_BUF_INIT;
    int code = ak_compare_set_exit(&set);
    if (!render(o, &set, &out)) {
        code = code ? code : 2;
    }
    ak_buf_release(&out);
    for (size_t k = 0; k < set.pair_count; k++) {
        cli_run_sides_keep_comparison(sides, &set.pairs[k]);
    }
    if (write_files(o, &set, &err) != AK_OK) {
        code = command_fail("compare", &err);
    }
    return code;
}

/* --- projections -------------------------------------------------------------------------- */

static_assert(AK_PROJECT_COLUMNS_MAX <= AK_COMPARE_RUNS_MAX,
              "the tables have room for the columns");

static bool is_projected(const struct opts *o)
{
    return o->row || o->col || o->table || o->ignore;
}

static void render_tables(const struct opts *o, const struct ak_comparison_tables *tables,
                          struct ak_buf *out)
{
    const struct ak_compare_text_opts how = text_opts(o);
    if (strcmp(o->format, "text") == 0) {
        ak_compare_tables_text(tables, &how, out);
    } else if (strcmp(o->format, "json") == 0) {
        ak_compare_tables_json(tables, out);
    } else if (strcmp(o->format, "md") == 0) {
        ak_compare_tables_markdown(tables, &how, out);
    } else {
        ak_compare_tables_junit(tables, out);
    }
}

/* The runs that the line names, regrouped. */
static enum ak_status project(const struct opts *o, const struct ak_args *args,
                              struct run_sides *sides, struct ak_projected *out,
                              struct ak_error *err)
{
    const struct ak_project_opts how = {
        .table = o->table, .row = o->row, .col = o->col, .ignore = o->ignore, .filter = o->filter};
    const struct ak_bench_input *labels =
        ak_bench_inputs_parse(args->items, args->count, sides->arena);
    struct ak_project_input *inputs =
        AK_NEW_ARRAY(sides->arena, struct ak_project_input, args->count);
    for (size_t i = 0; i < args->count; i++) {
        struct ak_run *run;
        const enum ak_status st =
            cli_run_side_load(sides, args->items[i], AK_LOAD_TEXT | AK_LOAD_PROFILES, &run, err);
        if (st != AK_OK) {
            return st;
        }
        inputs[i] = (struct ak_project_input){labels[i].label, run};
    }
    const enum ak_status st = ak_project_runs(inputs, args->count, &how, sides->arena, out, err);
    for (size_t i = 0; st == AK_OK && i < out->table_count; i++) {
        if (out->tables[i].run_count > 1) {
            return AK_OK;
        }
    }
    if (st != AK_OK) {
        return st;
    }
    return out->table_count > 1
               ? ak_fail(err, AK_USAGE,
                         "each of the %zu tables has one column only: -table splits what -col "
                         "would compare",
                         out->table_count)
               : ak_fail(err, AK_USAGE,
                         "all results stand in one column, \"%s\": give -col a key in which they "
                         "differ",
                         out->tables[0].runs[0]->label);
}

static enum ak_status write_tables(const struct opts *o, const struct ak_comparison_tables *tables,
                                   struct ak_error *err)
{
    if (o->png || o->html) {
        if (tables->count != 1 || tables->tables[0].set.pair_count != 1) {
            return ak_fail(err, AK_USAGE, "charts and pages show two columns of one table");
        }
        return write_files(o, &tables->tables[0].set, err);
    }
    if (!o->junit) {
        return AK_OK;
    }
    struct ak_buf xml = AK_BUF_INIT;
    ak_compare_tables_junit(tables, &xml);
    const enum ak_status st = ak_file_write(o->junit, ak_buf_view(&xml), err);
    ak_buf_release(&xml);
    return st;
}

static int compare_projected(const struct opts *o, const struct ak_args *args,
                             struct run_sides *sides)
{
    struct ak_error err = {0};
    struct ak_projected projected;
    if (project(o, args, sides, &projected, &err) != AK_OK) {
        return command_fail("compare", &err);
    }
    const struct ak_compare_opts how = {
        .margin = o->margin / 100, .alpha = o->alpha, .confidence = o->confidence};
    struct ak_comparison_tables tables;
    ak_project_compare(&projected, &how, sides->arena, &tables);
    for (size_t i = 0; i < tables.count; i++) {
        for (size_t k = 0; k < tables.tables[i].set.pair_count; k++) {
            ak_attribute(&tables.tables[i].set.pairs[k], sides->arena);
        }
    }
    struct ak_buf out = AK_BUF_INIT;
    int code = ak_project_exit(&tables);
    render_tables(o, &tables, &out);
    if (!command_print("compare", ak_buf_view(&out))) {
        code = code ? code : 2;
    }
    ak_buf_release(&out);
    return write_tables(o, &tables, &err) == AK_OK ? code : command_fail("compare", &err);
}

/* What is wrong with the command line, or NULL. */
static const char *wrong_use(const struct opts *o, const struct ak_args *args)
{
    static const char *const formats[] = {"text", "csv", "json", "md", "junit"};
    bool known = false;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        known = known || strcmp(o->format, formats[i]) == 0;
    }
    if (!known) {
        return "the formats are text, csv, json, md and junit";
    }
    if (!(o->alpha >= 0 && o->alpha <= 1) || !(o->confidence >= 0 && o->confidence <= 1)) {
        return "-alpha and -confidence must lie in [0, 1]";
    }
    if (!(o->margin > 0 && o->margin <= 1000)) {
        return "-margin is a percentage above 0";
    }
    if (strcmp(o->format, "csv") == 0) {
        return args->count == 0 ? "give one or more files or runs" : NULL;
    }
    if (o->rejoin) {
        return "-rejoin is of benchstat's table, others always do so: add --format csv";
    }
    if (is_projected(o)) {
        return args->count == 0 ? "give one or more files or runs" : NULL;
    }
    if (args->count > 2 && (o->png || o->html)) {
        return "charts and pages show two runs";
    }
    return args->count < 2                     ? "two or more runs are compared: compare BEFORE "
                                                 "AFTER..."
           : args->count > AK_COMPARE_RUNS_MAX ? "too many runs for one table"
                                               : NULL;
}

static int run(int argc, char **argv)
{
    struct opts o = {.format = "text", .alpha = 0.05, .confidence = 0.95, .margin = 3, .causes = 3};
    struct ak_arena *arena = ak_arena_new();
    struct ak_args args;
    int code = command_parse(&cmd_compare, &o, argc, argv, arena, &args);
    const char *wrong = code < 0 ? wrong_use(&o, &args) : NULL;
    if (wrong) {
        fprintf(stderr, "akreport compare: %s\n", wrong);
        code = 2;
    } else if (code < 0) {
        struct run_sides sides = {.cmd = "compare", .store_path = o.store, .arena = arena};
        code = strcmp(o.format, "csv") == 0 ? compare_csv(&o, &args, &sides)
               : is_projected(&o)           ? compare_projected(&o, &args, &sides)
                                            : compare(&o, &args, &sides);
        cli_run_sides_close(&sides);
    }
    ak_arena_free(arena);
    return code;
}

const struct command cmd_compare = {
    .name = "compare",
    .summary = "what changed between runs, and is it real",
    .usage = "compare [options] BEFORE AFTER... (labels, run ids or files)",
    .opts = table,
    .run = run,
};
