#include "run_build.h"

#include "base/io.h"
#include "base/mem.h"
#include "iso_time.h"

#include <stdarg.h>
#include <stdio.h>

/* Keys of the environment of one run, and values of one key, beyond which a log was read as
 * configuration. */
#define MAX_ENV_KEYS 64
#define MAX_ENV_VALUES 4

struct collector_series {
    struct ak_series head; /* values and iterations point into the heap until the end */
    size_t values_cap, iterations_cap;
    uint32_t next; /* the series whose value came after this one's last time */
};

struct collector_env {
    struct ak_str key;
    struct ak_str values[MAX_ENV_VALUES];
    size_t count;
};

void collector_build_init(struct collector_build *b, struct ak_arena *arena)
{
    *b = (struct collector_build){.arena = arena, .scratch = ak_arena_new()};
    ak_intern_init(&b->series_keys, b->scratch);
    ak_intern_init(&b->benchmark_keys, b->scratch);
    ak_intern_init(&b->env_keys, b->scratch);
}

void collector_build_release(struct collector_build *b)
{
    for (size_t i = 0; i < b->series_keys.count; i++) {
        ak_free(b->series[i].head.values);
        ak_free(b->series[i].head.iterations);
    }
    ak_intern_release(&b->series_keys);
    ak_intern_release(&b->benchmark_keys);
    ak_intern_release(&b->env_keys);
    ak_free(b->series);
    ak_free(b->env);
    ak_free(b->profiles);
    ak_free(b->warnings);
    ak_arena_free(b->scratch);
}

static const char *keep(struct collector_build *b, struct ak_str s)
{
    return ak_arena_strndup(b->arena, s.ptr ? s.ptr : "", s.len);
}

static bool is_text(const char *text, struct ak_str s)
{
    return (s.len == 0 || strncmp(text, s.ptr, s.len) == 0) && text[s.len] == '\0';
}

static bool is_series_of(const struct ak_series *head, const struct collector_sample *s)
{
    return head->procs == s->procs && is_text(head->unit, s->unit) &&
           is_text(head->benchmark, s->benchmark) && is_text(head->package, s->package);
}

/* The index of the sample's series, added when it is not there; AK_IDMAP_NONE when it is not there
 * and there is no room. */
static uint32_t series_index(struct collector_build *b, const struct collector_sample *s)
{
    const bool is_full = b->series_keys.count >= COLLECTOR_MAX_SERIES;
    struct ak_buf key = AK_BUF_INIT;
    ak_buf_str(&key, s->package);
    ak_buf_putc(&key, '\0');
    ak_buf_str(&key, s->benchmark);
    ak_buf_putc(&key, '\0');
    ak_buf_u64(&key, s->procs);
    if (!is_full) {
        ak_intern_add(&b->benchmark_keys, ak_buf_view(&key));
    }
    ak_buf_putc(&key, '\0');
    ak_buf_str(&key, s->unit);
    const uint32_t i = is_full ? ak_intern_find(&b->series_keys, ak_buf_view(&key))
                               : ak_intern_add(&b->series_keys, ak_buf_view(&key));
    ak_buf_release(&key);
    return i;
}

static struct collector_series *add_series(struct collector_build *b,
                                           const struct collector_sample *s)
{
    const size_t before = b->series_keys.count;
    const uint32_t i = series_index(b, s);
    if (i == AK_IDMAP_NONE) {
        b->is_full = true;
        return NULL;
    }
    if (b->series_keys.count > before) {
        AK_GROW(b->series, b->series_keys.count, b->series_cap);
        b->series[i] = (struct collector_series){
            .head = {.benchmark = keep(b, s->benchmark),
                     .package = keep(b, s->package),
                     .unit = keep(b, s->unit),
                     .procs = s->procs,
                     .better = s->better},
        };
    }
    return &b->series[i];
}

/* NULL when there is no room for another one. Results repeat in the same order, so the series that
 * followed the last one before is tried first.
 */
static struct collector_series *find_series(struct collector_build *b,
                                            const struct collector_sample *s)
{
    if (b->series_keys.count > 0) {
        struct collector_series *guess = &b->series[b->series[b->last].next];
        if (is_series_of(&guess->head, s)) {
            b->last = (uint32_t)(guess - b->series);
            return guess;
        }
    }
    const uint32_t last = b->last;
    struct collector_series *found = add_series(b, s);
    if (!found) {
        return NULL;
    }
    b->last = (uint32_t)(found - b->series);
    b->series[last].next = b->last;
    return found;
}

void collector_build_value(struct collector_build *b, const struct collector_sample *s)
{
    struct collector_series *series = find_series(b, s);
    b->is_full = b->is_full || b->values == COLLECTOR_MAX_VALUES;
    if (!series || b->is_full) {
        return;
    }
    b->values++;
    struct ak_series *head = &series->head;
    AK_GROW(head->values, head->count + 1, series->values_cap);
    AK_GROW(head->iterations, head->count + 1, series->iterations_cap);
    head->values[head->count] = s->value;
    head->iterations[head->count] = s->iterations;
    head->count++;
}

static bool is_known(const struct collector_env *e, struct ak_str value)
{
    for (size_t i = 0; i < e->count; i++) {
        if (ak_str_eq(e->values[i], value)) {
            return true;
        }
    }
    return false;
}

void collector_build_env(struct collector_build *b, struct ak_str key, struct ak_str value)
{
    value = ak_str_trim(value);
    if (value.len == 0) {
        return;
    }
    if (ak_str_eq(key, AK_STR("commit")) || ak_str_eq(key, AK_STR("branch"))) {
        struct ak_str *field = key.ptr[0] == 'c' ? &b->commit : &b->branch;
        *field = ak_arena_str(b->arena, value);
        return;
    }
    if (ak_str_eq(key, AK_STR("time")) || ak_str_eq(key, AK_STR("date"))) {
        collector_build_time(b, collector_iso_time_ns(value));
    }
    uint32_t i = ak_intern_find(&b->env_keys, key);
    if (i == AK_IDMAP_NONE) {
        if (b->env_keys.count == MAX_ENV_KEYS) {
            return;
        }
        i = ak_intern_add(&b->env_keys, key);
        AK_GROW(b->env, b->env_keys.count, b->env_cap);
        b->env[i] = (struct collector_env){.key = b->env_keys.strs[i]};
    }
    struct collector_env *e = &b->env[i];
    if (e->count < MAX_ENV_VALUES && !is_known(e, value)) {
        e->values[e->count++] = ak_arena_str(b->scratch, value);
    }
}

static bool name_is_taken(const struct collector_build *b, const char *name)
{
    for (size_t i = 0; i < b->profile_count; i++) {
        if (strcmp(b->profiles[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* The last folder of a path: "bench" of "a/bench/cpu.prof"; empty when there is none. */
static struct ak_str parent_of(const char *path)
{
    const char *const base = ak_path_base(path);
    const struct ak_str folder = {path, base > path ? (size_t)(base - path) - 1 : 0};
    const ptrdiff_t slash = ak_str_rchr(folder, '/');
    return ak_str_slice(folder, (size_t)(slash + 1), folder.len);
}

void collector_build_profile(struct collector_build *b, const struct ak_run_profile *profile,
                             const char *path)
{
    struct ak_run_profile p = *profile;
    const struct ak_str parent = parent_of(path);
    if (name_is_taken(b, p.name) && parent.len > 0) {
        p.name = ak_arena_printf(b->arena, "%.*s_%s", (int)parent.len, parent.ptr, p.name);
    }
    const char *const stem = p.name;
    for (unsigned n = 2; name_is_taken(b, p.name); n++) {
        p.name = ak_arena_printf(b->arena, "%u_%s", n, stem);
    }
    AK_GROW(b->profiles, b->profile_count + 1, b->profiles_cap);
    b->profiles[b->profile_count++] = p;
}

void collector_build_warn(struct collector_build *b, const char *fmt, ...)
{
    if (b->warning_count == COLLECTOR_MAX_WARNINGS) {
        b->warnings_unsaid++;
        return;
    }
    struct ak_buf text = AK_BUF_INIT;
    va_list ap;
    va_start(ap, fmt);
    ak_buf_vprintf(&text, fmt, ap);
    va_end(ap);
    AK_GROW(b->warnings, b->warning_count + 1, b->warnings_cap);
    const struct ak_str all = ak_buf_view(&text);
    b->warnings[b->warning_count++] = keep(b, ak_str_slice(all, 0, ak_utf8_cut(all, 500)));
    ak_buf_release(&text);
}

void collector_build_time(struct collector_build *b, int64_t time_ns)
{
    if (time_ns > 0 && (b->time_ns == 0 || time_ns < b->time_ns)) {
        b->time_ns = time_ns;
    }
}

static void finish_env(struct collector_build *b, struct ak_run *run)
{
    run->env_count = b->env_keys.count;
    run->env = AK_NEW_ARRAY(b->arena, struct ak_kv, run->env_count);
    struct ak_buf joined = AK_BUF_INIT;
    for (size_t i = 0; i < run->env_count; i++) {
        const struct collector_env *e = &b->env[i];
        ak_buf_reset(&joined);
        for (size_t k = 0; k < e->count; k++) {
            ak_buf_puts(&joined, k ? "; " : "");
            ak_buf_str(&joined, e->values[k]);
        }
        run->env[i] = (struct ak_kv){keep(b, e->key), keep(b, ak_buf_view(&joined))};
    }
    ak_buf_release(&joined);
}

static void finish_series(struct collector_build *b, struct ak_run *run)
{
    run->series_count = b->series_keys.count;
    run->series = AK_NEW_ARRAY(b->arena, struct ak_series, run->series_count);
    for (size_t i = 0; i < run->series_count; i++) {
        const struct ak_series *s = &b->series[i].head;
        run->series[i] = *s;
        run->series[i].values = ak_arena_copy(b->arena, s->values, s->count * sizeof *s->values);
        run->series[i].iterations =
            ak_arena_copy(b->arena, s->iterations, s->count * sizeof *s->iterations);
    }
}

void collector_build_finish(struct collector_build *b, struct ak_run *run)
{
    finish_env(b, run);
    finish_series(b, run);
    run->profile_count = b->profile_count;
    run->profiles = ak_arena_copy(b->arena, b->profiles, b->profile_count * sizeof *b->profiles);
    run->result_lines = b->results;
    run->rejoined = b->rejoined;
    run->commit = b->commit.ptr ? b->commit.ptr : "";
    run->branch = b->branch.ptr ? b->branch.ptr : "";
    run->time_ns = b->time_ns;
    run->state = b->failed ? AK_RUN_FAILED : AK_RUN_COMPLETE;
    if (b->warnings_unsaid) {
        AK_GROW(b->warnings, b->warning_count + 1, b->warnings_cap);
        b->warnings[b->warning_count++] =
            ak_arena_printf(b->arena, "and %zu more warnings", b->warnings_unsaid);
    }
}
