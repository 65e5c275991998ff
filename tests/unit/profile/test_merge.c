#include "profile/build.h"
#include "profile/encode.h"
#include "profile/merge.h"
#include "profile/symbolize.h"
#include "profile_fixture.h"

/* --- as google/pprof did it: tests/data/merge ----------------------------------------------------
 */

struct recorded {
    char *names[16]; /* sources, then bases */
    size_t sources, bases;
    const char *name, *mode;
};

static enum ak_status load_name(const char *name, struct ak_profile **out, struct ak_error *err)
{
    char path[256];
    snprintf(path, sizeof path, "tests/data/merge/%s.pb", name);
    const enum ak_status st = ak_profile_load(path, NULL, out, err);
    if (st == AK_OK) {
        ak_profile_locate_binaries(*out, &(struct ak_binaries_opts){0}, NULL);
    }
    return st;
}

static enum ak_status load(void *ctx, size_t i, struct ak_profile **out, struct ak_error *err)
{
    char **names = ctx;
    return load_name(names[i], out, err);
}

static enum ak_status run_recorded(const struct recorded *r, bool compat, struct ak_profile **out,
                                   struct ak_error *err)
{
    const struct ak_merge_opts opts = {.compat = compat};
    struct ak_merge_source s = {r->sources, load, (void *)(uintptr_t)r->names};
    struct ak_profile *source = NULL, *base = NULL;
    enum ak_status st = ak_merge_run(&s, &opts, &source, NULL, err);
    if (st != AK_OK || r->bases == 0) {
        *out = source;
        return st;
    }
    struct ak_merge_source b = {r->bases, load, (void *)(uintptr_t)(r->names + r->sources)};
    st = ak_merge_run(&b, &opts, &base, NULL, err);
    const struct ak_diff_opts diff = {.mode =
                                          strchr(r->mode, 'd') ? AK_DIFF_LABEL : AK_DIFF_SUBTRACT,
                                      .normalize = strchr(r->mode, 'n') != NULL,
                                      .merge = opts};
    st = st == AK_OK ? ak_profile_diff(source, base, &diff, out, err) : st;
    ak_profile_free(source);
    ak_profile_free(base);
    return st;
}

static void check_recorded(const struct recorded *r, bool compat)
{
    char path[256];
    struct ak_error err = {0};
    struct ak_profile *p = NULL;
    struct ak_buf want = AK_BUF_INIT, got = AK_BUF_INIT;
    snprintf(path, sizeof path, "tests/data/merge/expected/%s.pb", r->name);
    const bool accepted = ak_file_read(path, 0, &want, NULL) == AK_OK;
    const enum ak_status st = run_recorded(r, compat, &p, &err);
    if (accepted != (st == AK_OK)) {
        fail_msg("%s: status %d %s", r->name, (int)st, err.text);
    }
    if (accepted) {
        assert_int_equal(ak_profile_validate(p, &err), AK_OK);
        ak_profile_encode(p, AK_ENCODE_PPROF, &got);
        if (!ak_str_eq(ak_buf_view(&got), ak_buf_view(&want))) {
            fail_msg("%s: %zu bytes differ from the recorded %zu", r->name, got.len, want.len);
        }
    }
    ak_profile_free(p);
    ak_buf_release(&want);
    ak_buf_release(&got);
}

static void test_recorded(void **state)
{
    (void)state;
    FILE *f = fopen("tests/data/merge/cases.txt", "r");
    assert_non_null(f);
    char line[256];
    size_t count = 0;
    while (fgets(line, sizeof line, f)) {
        struct recorded r = {0};
        bool is_base = false;
        char *save = NULL;
        r.name = strtok_r(line, " \n", &save);
        r.mode = strtok_r(NULL, " \n", &save);
        for (char *w; (w = strtok_r(NULL, " \n", &save)) != NULL;) {
            if (strcmp(w, "--") == 0) {
                is_base = true;
                continue;
            }
            r.names[r.sources + r.bases] = w;
            r.sources += !is_base;
            r.bases += is_base;
        }
        check_recorded(&r, true);
        check_recorded(&r, false);
        count++;
    }
    fclose(f);
    assert_true(count >= 20);
}

/* --- made by code
 * ---------------------------------------------------------------------------------- */

/* One type, one function, samples at locations `at` with values `v`. */
static struct ak_profile *make(const char *type, const char *unit, const int64_t *v, size_t count)
{
    struct ak_build b;
    ak_build_init(&b);
    ak_build_sample_type(&b, type, unit);
    const uint32_t name = ak_build_cstr(&b, "f");
    const uint32_t f = ak_build_function(&b, &(struct ak_function){.name = name});
    for (size_t i = 0; i < count; i++) {
        const struct ak_line line = {.function = f, .line = (int64_t)i};
        const uint32_t at = ak_build_location(&b, 16 * i, AK_NO_INDEX, &line, 1);
        ak_build_sample(&b, &(struct ak_build_sample){.stack = &at, .depth = 1, .values = &v[i]});
    }
    struct ak_profile *p = ak_build_finish(&b);
    ak_build_release(&b);
    return p;
}
#define MAKE(type, unit, ...)                                                                      \
    make((type), (unit), (const int64_t[]){__VA_ARGS__},                                           \
         sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

static void test_overflow_is_said(void **state)
{
    (void)state;
    struct ak_profile *a = MAKE("n", "count", INT64_MAX), *b = MAKE("n", "count", 1), *out = NULL;
    struct ak_error err = {0};
    assert_int_equal(ak_merge_pair(a, b, NULL, &out, &err), AK_OVERFLOW);
    assert_non_null(strstr(err.text, "sum of n"));
    const struct ak_merge_opts compat = {.compat = true};
    assert_int_equal(ak_merge_pair(a, b, &compat, &out, &err), AK_OK);
    assert_true(out->values[0] == INT64_MIN); /* wraps as Go's sums do */
    ak_profile_free(out);
    ak_profile_free(a);
    ak_profile_free(b);
}

static void test_streaming(void **state)
{
    (void)state;
    struct ak_merge *m = ak_merge_new(NULL);
    struct ak_profile *a = MAKE("cpu", "ms", 1, 2, 0), *b = MAKE("cpu", "us", 10, 20, 30),
                      *c = MAKE("wall", "us", 1), *out = NULL;
    struct ak_error err = {0};
    assert_int_equal(ak_merge_finish(m, &out, &err), AK_UNSUPPORTED);
    assert_int_equal(ak_merge_add(m, a, &err), AK_OK);
    assert_int_equal(ak_merge_add(m, c, &err), AK_UNSUPPORTED);
    assert_int_equal(ak_merge_add(m, b, &err), AK_OK);
    assert_int_equal(ak_merge_count(m), 2);
    assert_int_equal(ak_merge_finish(m, &out, &err), AK_OK);
    ak_merge_free(m);
    assert_int_equal(out->sample_count, 3);
    assert_true(ak_str_eq(ak_profile_str(out, out->sample_types[0].unit), AK_STR("us")));
    assert_int_equal(out->values[0], 1010);
    assert_int_equal(out->values[1], 2020);
    assert_int_equal(out->values[2], 30);
    ak_profile_free(out);
    ak_profile_free(a);
    ak_profile_free(b);
    ak_profile_free(c);
}

static enum ak_status load_made(void *ctx, size_t i, struct ak_profile **out, struct ak_error *err)
{
    (void)err;
    size_t *loads = ctx;
    ++*loads;
    *out = i == 1 ? NULL : MAKE("n", "count", (int64_t)i, 0, -(int64_t)i);
    return AK_OK;
}

static void test_run(void **state)
{
    (void)state;
    size_t loads = 0, used = 0;
    struct ak_profile *out = NULL;
    struct ak_merge_source s = {4, load_made, &loads};
    assert_int_equal(ak_merge_run(&s, NULL, &out, &used, NULL), AK_OK);
    assert_int_equal(loads, 4);
    assert_int_equal(used, 3);
    assert_int_equal(out->sample_count, 2);
    assert_int_equal(out->values[0], 5);
    assert_int_equal(out->values[1], -5);
    ak_profile_free(out);
    s.count = 1; /* a single profile keeps its zero samples */
    assert_int_equal(ak_merge_run(&s, NULL, &out, &used, NULL), AK_OK);
    assert_int_equal(out->sample_count, 3);
    ak_profile_free(out);
    s.count = 0;
    assert_int_equal(ak_merge_run(&s, NULL, &out, &used, NULL), AK_NOT_FOUND);
}

static void test_columns(void **state)
{
    (void)state;
    struct ak_profile *p[2], *out = NULL;
    for (int i = 0; i < 2; i++) {
        struct ak_build b;
        ak_build_init(&b);
        ak_build_sample_type(&b, "n", "count");
        const struct ak_function none = {.name = 0};
        const uint32_t f = ak_build_function(&b, &none);
        const struct ak_line lines[2] = {{.function = f, .line = 1, .column = i},
                                         {.function = f, .line = 2, .column = 3}};
        const uint32_t at = ak_build_location(&b, 0, AK_NO_INDEX, lines, 2);
        ak_build_sample(
            &b, &(struct ak_build_sample){.stack = &at, .depth = 1, .values = &(int64_t){1}});
        p[i] = ak_build_finish(&b);
        ak_build_release(&b);
    }
    assert_int_equal(ak_merge_pair(p[0], p[1], NULL, &out, NULL), AK_OK);
    assert_int_equal(out->sample_count, 2);
    ak_profile_free(out);
    const struct ak_merge_opts compat = {.compat = true};
    assert_int_equal(ak_merge_pair(p[0], p[1], &compat, &out, NULL), AK_OK);
    assert_int_equal(out->sample_count, 1); /* only the last line's column counts there */
    ak_profile_free(out);
    ak_profile_free(p[0]);
    ak_profile_free(p[1]);
}

static void test_scale(void **state)
{
    (void)state;
    struct ak_profile *p = MAKE("n", "count", 1, 3, 0, -1, -5);
    assert_int_equal(ak_profile_scale(p, 1, NULL), AK_OK);
    assert_int_equal(p->sample_count, 5);
    assert_int_equal(ak_profile_scale(p, 0.5, NULL), AK_OK); /* half away from zero */
    assert_int_equal(p->sample_count, 4);
    const int64_t want[] = {1, 2, -1, -3};
    assert_memory_equal(p->values, want, sizeof want);
    assert_int_equal(p->stack_ids[2], 3);
    assert_int_equal(ak_profile_validate(p, NULL), AK_OK);
    assert_int_equal(ak_profile_scale(p, 1e19, NULL), AK_OVERFLOW);
    assert_memory_equal(p->values, want, sizeof want);
    ak_profile_free(p);
    p = MAKE("n", "count", (INT64_C(1) << 60) + 1);
    assert_int_equal(ak_profile_scale(p, -1, NULL), AK_OK);
    assert_true(p->values[0] == -(INT64_C(1) << 60) - 1);
    ak_profile_free(p);
}

static void test_copy(void **state)
{
    (void)state;
    struct ak_profile *p = NULL;
    assert_int_equal(load_name("u1", &p, NULL), AK_OK);
    struct ak_profile *q = ak_profile_copy(p);
    struct ak_buf a = AK_BUF_INIT, b = AK_BUF_INIT;
    ak_profile_encode(p, AK_ENCODE_GO_RUNTIME, &a);
    ak_profile_free(p);
    ak_profile_encode(q, AK_ENCODE_GO_RUNTIME, &b);
    assert_true(ak_str_eq(ak_buf_view(&a), ak_buf_view(&b)));
    ak_profile_free(q);
    ak_buf_release(&a);
    ak_buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded),  cmocka_unit_test(test_overflow_is_said),
        cmocka_unit_test(test_streaming), cmocka_unit_test(test_run),
        cmocka_unit_test(test_columns),   cmocka_unit_test(test_scale),
        cmocka_unit_test(test_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
