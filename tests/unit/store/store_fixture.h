/* A store in an own folder, and runs to put into it. Shared by the tests of store/. */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#include "base/io.h"
#include "base/mem.h"
#include "store/store.h"
#include "test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
    struct ak_arena *arena;
    struct ak_store *store;
    struct ak_error err;
    char dir[64];
    char path[96];
};

static inline int fixture_setup(void **state)
{
    struct fixture *const f = ak_calloc(1, sizeof *f);
    f->arena = ak_arena_new();
    snprintf(f->dir, sizeof f->dir, "/tmp/akstore.XXXXXX");
    if (!mkdtemp(f->dir)) {
        return -1;
    }
    snprintf(f->path, sizeof f->path, "%s/s.db", f->dir);
    *state = f;
    if (ak_store_open(f->path, AK_STORE_CREATE, &f->store, &f->err) != AK_OK) {
        fprintf(stderr, "%s\n", f->err.text);
        return -1;
    }
    return 0;
}

static inline bool fixture_remove(void *ctx, const struct ak_file_info *info)
{
    (void)ctx;
    unlink(info->path);
    return true;
}

static inline int fixture_teardown(void **state)
{
    struct fixture *const f = *state;
    ak_store_close(f->store);
    const enum ak_status ignored = ak_dir_walk(f->dir, 2, fixture_remove, NULL, NULL);
    (void)ignored;
    rmdir(f->dir);
    ak_arena_free(f->arena);
    ak_free(f);
    return 0;
}

#define FIXTURE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

static inline void fixture_reopen(struct fixture *f, enum ak_store_mode mode)
{
    ak_store_close(f->store);
    f->store = NULL;
    assert_int_equal(ak_store_open(f->path, mode, &f->store, &f->err), AK_OK);
}

/* Two benchmarks with two units each and `count` values; the values depend on count. */
static inline struct ak_run *fixture_run(struct ak_arena *arena, const char *label, size_t count)
{
    static const char *const benchmarks[] = {"Stop/a", "Stop/b"};
    static const char *const units[] = {"ns/op", "MB/s"};
    struct ak_run *const run = AK_NEW(arena, struct ak_run);
    run->label = label;
    run->time_ns = 1700000000000000000;
    run->duration_ns = 12;
    run->command = "";
    run->commit = "0123456789abcdef";
    run->branch = "main";
    run->dirty = true;
    run->result_lines = 2 * count;
    run->rejoined = 1;
    run->env = AK_NEW_ARRAY(arena, struct ak_kv, 2);
    run->env[0] = (struct ak_kv){"goos", "linux"};
    run->env[1] = (struct ak_kv){"cpu", "a \"quoted\" \x01 <model>"};
    run->env_count = 2;
    run->series = AK_NEW_ARRAY(arena, struct ak_series, 4);
    run->series_count = 4;
    for (size_t i = 0; i < 4; i++) {
        struct ak_series *const s = &run->series[i];
        *s = (struct ak_series){.benchmark = benchmarks[i / 2],
                                .package = "example.org/x",
                                .unit = units[i % 2],
                                .procs = 2,
                                .better = i % 2 ? AK_HIGHER_IS_BETTER : AK_LOWER_IS_BETTER,
                                .count = count};
        s->values = AK_NEW_ARRAY(arena, double, count);
        s->iterations = i < 3 ? AK_NEW_ARRAY(arena, int64_t, count) : NULL;
        for (size_t k = 0; k < count; k++) {
            s->values[k] = i % 2 ? 1.0 / (double)(3 + k + i) : (double)(1790640 + k * count);
            if (s->iterations) {
                s->iterations[k] = i == 2 ? (int64_t)k + 1 : 100;
            }
        }
    }
    run->text = AK_STR("BenchmarkStop/a-2 100 5 ns/op\n\xff\xfe no text\n");
    return run;
}

static inline void fixture_assert_same_series(const struct ak_series *a, const struct ak_series *b)
{
    assert_string_equal(a->benchmark, b->benchmark);
    assert_string_equal(a->package, b->package);
    assert_string_equal(a->unit, b->unit);
    assert_int_equal(a->procs, b->procs);
    assert_int_equal(a->better, b->better);
    assert_int_equal(a->count, b->count);
    assert_memory_equal(a->values, b->values, a->count * sizeof *a->values);
    assert_int_equal(a->iterations == NULL, b->iterations == NULL);
    if (a->iterations) {
        assert_memory_equal(a->iterations, b->iterations, a->count * sizeof *a->iterations);
    }
}

static inline void fixture_assert_same_bytes(struct ak_str a, struct ak_str b)
{
    assert_int_equal(a.len, b.len);
    if (a.len) {
        assert_memory_equal(a.ptr, b.ptr, a.len);
    }
}

static inline void fixture_assert_same_run(const struct ak_run *a, const struct ak_run *b)
{
    assert_string_equal(a->label, b->label);
    assert_int_equal(a->time_ns, b->time_ns);
    assert_int_equal(a->duration_ns, b->duration_ns);
    assert_int_equal(a->state, b->state);
    assert_string_equal(a->command, b->command);
    assert_string_equal(a->commit, b->commit);
    assert_string_equal(a->branch, b->branch);
    assert_int_equal(a->dirty, b->dirty);
    assert_int_equal(a->result_lines, b->result_lines);
    assert_int_equal(a->rejoined, b->rejoined);
    assert_int_equal(a->env_count, b->env_count);
    for (size_t i = 0; i < a->env_count; i++) {
        assert_string_equal(a->env[i].key, b->env[i].key);
        assert_string_equal(a->env[i].value, b->env[i].value);
    }
    assert_int_equal(a->series_count, b->series_count);
    for (size_t i = 0; i < a->series_count; i++) {
        fixture_assert_same_series(&a->series[i], &b->series[i]);
    }
    assert_int_equal(a->profile_count, b->profile_count);
    for (size_t i = 0; i < a->profile_count; i++) {
        assert_string_equal(a->profiles[i].name, b->profiles[i].name);
        assert_string_equal(a->profiles[i].kind, b->profiles[i].kind);
        assert_string_equal(a->profiles[i].benchmark, b->profiles[i].benchmark);
        fixture_assert_same_bytes(a->profiles[i].bytes, b->profiles[i].bytes);
    }
    fixture_assert_same_bytes(a->text, b->text);
}

#endif
