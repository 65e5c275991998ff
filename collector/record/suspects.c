#include "suspects.h"

#include "stats/ranktest.h"

#include <math.h>
#include <string.h>

#define SUSPECT_P 0.05
#define SUSPECT_EFFECT 0.02

static bool is_same_row(const struct ak_series *a, const struct ak_series *b)
{
    return a->procs == b->procs && strcmp(a->benchmark, b->benchmark) == 0 &&
           strcmp(a->unit, b->unit) == 0;
}

/* The row of `s` in run: with its package, else without (commands may run different modules). */
static struct ak_series *find_row(const struct ak_run *run, const struct ak_series *s)
{
    struct ak_series *other = NULL;
    for (size_t i = 0; i < run->series_count; i++) {
        struct ak_series *candidate = &run->series[i];
        if (!is_same_row(candidate, s)) {
            continue;
        }
        if (strcmp(candidate->package, s->package) == 0) {
            return candidate;
        }
        other = other ? other : candidate;
    }
    return other;
}

static const double *sorted(const struct ak_series *s, struct ak_arena *arena)
{
    double *v = ak_arena_copy(arena, s->values, s->count * sizeof *v);
    ak_sort_f64(v, s->count);
    return v;
}

static bool is_suspect(struct ak_rank_table *table, const struct ak_series *a,
                       const struct ak_series *b, struct ak_arena *arena)
{
    const double *x = sorted(a, arena), *y = sorted(b, arena);
    const struct ak_rank_test test = ak_mann_whitney(table, x, a->count, y, b->count);
    if (test.state != AK_RANK_TESTED || test.p > SUSPECT_P) {
        return false;
    }
    const double before = ak_quantile_sorted(x, a->count, 0.5);
    const double after = ak_quantile_sorted(y, b->count, 0.5);
    return before == 0 ? after != 0 : fabs(after / before - 1) > SUSPECT_EFFECT;
}

void collector_suspects_find(const struct ak_run *a, const struct ak_run *b, struct ak_arena *arena,
                             struct collector_suspects *out)
{
    struct ak_rank_table *table = ak_rank_table_new();
    *out = (struct collector_suspects){
        .series = AK_NEW_ARRAY(arena, const struct ak_series *, a->series_count)};
    for (size_t i = 0; i < a->series_count; i++) {
        const struct ak_series *s = &a->series[i], *other = find_row(b, s);
        if (!other) {
            continue;
        }
        out->rows++;
        if (is_suspect(table, s, other, arena)) {
            out->series[out->count++] = s;
        }
    }
    ak_rank_table_free(table);
}

/* --- running only some ------------------------------------------------------------------- */

static struct ak_str function_of(const struct ak_series *s)
{
    const char *slash = strchr(s->benchmark, '/');
    return (struct ak_str){s->benchmark,
                           slash ? (size_t)(slash - s->benchmark) : strlen(s->benchmark)};
}

static bool is_listed(const struct collector_suspects *s, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (ak_str_eq(function_of(s->series[k]), function_of(s->series[i]))) {
            return true;
        }
    }
    return false;
}

const char *collector_suspects_pattern(const struct collector_suspects *s, struct ak_arena *arena)
{
    struct ak_buf text = AK_BUF_INIT;
    for (size_t i = 0; i < s->count; i++) {
        const struct ak_str name = function_of(s->series[i]);
        if (is_listed(s, i)) {
            continue;
        }
        ak_buf_puts(&text, text.len ? "|Benchmark" : "^(Benchmark");
        for (size_t k = 0; k < name.len; k++) {
            if (strchr("\\.+*?()|[]{}^$'", name.ptr[k])) {
                ak_buf_putc(&text, '.'); /* any one character: safe in a shell and close enough */
            } else {
                ak_buf_putc(&text, name.ptr[k]);
            }
        }
    }
    ak_buf_puts(&text, text.len ? ")$" : ".");
    const char *kept = ak_arena_strdup(arena, text.ptr);
    ak_buf_release(&text);
    return kept;
}

/* A single command without anything of the shell, so that a flag may be put at its end. */
static bool is_plain(const char *command)
{
    return !strpbrk(command, "|;&<>()`$\n#\\") && !strstr(command, "-args");
}

static const char *flag_for(const char *command)
{
    if (strstr(command, "go test ") || strstr(command, "akbench")) {
        return "-bench";
    }
    return strstr(command, ".test ") ? "-test.bench" : NULL;
}

const char *collector_suspects_command(const char *command, const char *pattern,
                                       struct ak_arena *arena)
{
    const struct ak_str mark = AK_STR("{bench}");
    struct ak_str rest = ak_str_from(command);
    ptrdiff_t at = ak_str_find(rest, mark);
    if (at < 0) {
        const char *flag = flag_for(command);
        return flag && is_plain(command) && strcmp(pattern, ".") != 0
                   ? ak_arena_printf(arena, "%s %s='%s'", command, flag, pattern)
                   : command;
    }
    struct ak_buf text = AK_BUF_INIT;
    for (; at >= 0; at = ak_str_find(rest, mark)) {
        ak_buf_str(&text, ak_str_slice(rest, 0, (size_t)at));
        ak_buf_printf(&text, "'%s'", pattern);
        rest = ak_str_slice(rest, (size_t)at + mark.len, rest.len);
    }
    ak_buf_str(&text, rest);
    const char *kept = ak_arena_strdup(arena, text.ptr);
    ak_buf_release(&text);
    return kept;
}

void collector_suspects_replace(const struct collector_suspects *s, struct ak_run *run,
                                const struct ak_run *fresh, struct ak_arena *arena)
{
    for (size_t i = 0; i < s->count; i++) {
        struct ak_series *old = find_row(run, s->series[i]);
        const struct ak_series *now = find_row(fresh, s->series[i]);
        if (!old || !now || now->count == 0) {
            continue;
        }
        old->values = ak_arena_copy(arena, now->values, now->count * sizeof *now->values);
        old->iterations = now->iterations ? ak_arena_copy(arena, now->iterations,
                                                          now->count * sizeof *now->iterations)
                                          : NULL;
        old->count = now->count;
    }
}
