#include "profile/build.h"
#include "profile/kind.h"
#include "profile_fixture.h"

static void check(const char *path, const char *kind)
{
    struct ak_profile *p = NULL;
    assert_int_equal(ak_profile_load(path, NULL, &p, NULL), AK_OK);
    assert_string_equal(ak_profile_kind(p), kind);
    ak_profile_free(p);
}

static void test_kinds_of_go(void **state)
{
    (void)state;
    check("tests/data/profiles/std-fmt-000.cpu.pb.gz", "cpu");
    check("tests/data/profiles/go-heap.pb.gz", "heap");
    check("tests/data/profiles/go-allocs.pb.gz", "heap");
    check("tests/data/profiles/go-mutex.pb.gz", "mutex");
    check("tests/data/profiles/go-block.pb.gz", "block");
    check("tests/data/profiles/go-goroutine.pb.gz", "goroutine");
    check("tests/data/profiles/go-threadcreate.pb.gz", "threadcreate");
    check("tests/data/legacy/h2", "heap");
    check("tests/data/legacy/t1", "other");
}

static void test_default_type(void **state)
{
    (void)state;
    struct ak_build b;
    ak_build_init(&b);
    struct ak_profile *empty = ak_build_finish(&b);
    ak_build_release(&b);
    assert_int_equal(ak_profile_default_type(empty), 0);
    assert_string_equal(ak_profile_kind(empty), "other");
    ak_profile_free(empty);
    ak_build_init(&b);
    ak_build_sample_type(&b, "a", "count");
    ak_build_sample_type(&b, "b", "count");
    const uint32_t a = ak_build_cstr(&b, "a"), missing = ak_build_cstr(&b, "c");
    struct ak_profile *p = ak_build_finish(&b);
    ak_build_release(&b);
    assert_int_equal(ak_profile_default_type(p), 1);
    p->default_sample_type = a;
    assert_int_equal(ak_profile_default_type(p), 0);
    p->default_sample_type = missing;
    assert_int_equal(ak_profile_default_type(p), 1);
    ak_profile_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds_of_go),
        cmocka_unit_test(test_default_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
