#include "profile/encode.h"
#include "profile/symbolize.h"
#include "profile_fixture.h"

static bool exists(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f) {
        fclose(f);
    }
    return f != NULL;
}

/* NAME is read as google/pprof reads it: NAME.pb has its answer, or there is none and it is
 * refused. */
static void check(const char *path)
{
    char answer[600];
    snprintf(answer, sizeof answer, "%s.pb", path);
    struct ak_error err = {0};
    struct ak_profile *p = NULL;
    const enum ak_status st = ak_profile_load(path, NULL, &p, &err);
    if (!exists(answer)) {
        if (st == AK_OK || strncmp(err.text, path, strlen(path)) != 0) {
            fail_msg("%s: status %d, \"%s\"", path, (int)st, err.text);
        }
        return;
    }
    if (st != AK_OK) {
        fail_msg("%s", err.text);
    }
    /* What pprof's command does to every profile that it reads. */
    ak_profile_locate_binaries(p, &(struct ak_binaries_opts){0}, NULL);
    assert_int_equal(ak_profile_validate(p, &err), AK_OK);
    struct ak_buf got = AK_BUF_INIT, want = AK_BUF_INIT;
    ak_profile_encode(p, AK_ENCODE_PPROF, &got);
    assert_int_equal(ak_file_read(answer, 0, &want, &err), AK_OK);
    if (!ak_str_eq(ak_buf_view(&got), ak_buf_view(&want))) {
        fail_msg("%s: %zu bytes differ from the recorded %zu", path, got.len, want.len);
    }
    ak_buf_release(&got);
    ak_buf_release(&want);
    ak_profile_free(p);
}

static void test_recorded(void **state)
{
    (void)state;
    static const char *const names[] = {"h1",
                                        "h2",
                                        "h3",
                                        "h4",
                                        "h5",
                                        "h6",
                                        "h7",
                                        "h8",
                                        "h9",
                                        "g1",
                                        "g2",
                                        "g3",
                                        "g4",
                                        "g5",
                                        "g6",
                                        "g7",
                                        "c1",
                                        "c2",
                                        "c3",
                                        "c4",
                                        "c5",
                                        "c6",
                                        "c7",
                                        "j1",
                                        "j2",
                                        "j3",
                                        "t1",
                                        "t2",
                                        "t3",
                                        "p32l",
                                        "p32b",
                                        "p64l",
                                        "p64b",
                                        "q32l",
                                        "q32b",
                                        "q64l",
                                        "q64b",
                                        "n32l",
                                        "n32b",
                                        "n64l",
                                        "n64b",
                                        "e32l",
                                        "e32b",
                                        "e64l",
                                        "e64b",
                                        "J32l",
                                        "J32b",
                                        "J64l",
                                        "J64b",
                                        "plong",
                                        "go_goroutine.txt",
                                        "go_heap.txt",
                                        "go_block.txt",
                                        "go_mutex.txt",
                                        "go_threadcreate.txt"};
    for (size_t i = 0; i < AK_COUNT(names); i++) {
        char path[256];
        snprintf(path, sizeof path, "tests/data/legacy/%s", names[i]);
        check(path);
    }
}

static struct ak_profile *parse(const char *text)
{
    struct ak_profile *p = NULL;
    struct ak_error err = {0};
    if (ak_profile_decode_bytes("t", ak_str_from(text), NULL, &p, &err) != AK_OK) {
        fail_msg("%s", err.text);
    }
    return p;
}

/* The expected numbers follow from the formula: 1 / (1 - e^(-(1024 / 2) / 1024)). */
static void test_heap_is_unsampled(void **state)
{
    (void)state;
    struct ak_profile *p = parse("heap profile: 2: 1024 [ 2: 1024] @ heap_v2/1024\n"
                                 "2: 1024 [ 2: 1024] @ 0x10 0x20\n");
    assert_int_equal(p->sample_type_count, 2);
    assert_int_equal(p->values[0], 5);
    assert_int_equal(p->values[1], 2602);
    assert_int_equal(p->period, 1024);
    assert_int_equal(p->locations[0].address, 0xf);
    assert_int_equal(p->labels[0].num, 512);
    ak_profile_free(p);
}

static void test_gzip(void **state)
{
    (void)state;
    struct ak_buf zipped = AK_BUF_INIT;
    ak_gzip_bytes(AK_STR("goroutine profile: total 1\n1 @ 0x10\n"), 6, &zipped);
    struct ak_profile *p = NULL;
    assert_int_equal(ak_profile_decode_bytes("t", ak_buf_view(&zipped), NULL, &p, NULL), AK_OK);
    assert_int_equal(p->sample_count, 1);
    ak_profile_free(p);
    ak_buf_release(&zipped);
}

static void test_limits(void **state)
{
    (void)state;
    const struct ak_limits few = {.max_samples = 1}, flat = {.max_depth = 1};
    struct ak_profile *p = NULL;
    struct ak_error err = {0};
    const struct ak_str text = AK_STR("x profile: total 1\n1 @ 0x10 0x20\n1 @ 0x10\n");
    assert_int_equal(ak_profile_decode_bytes("t", text, &few, &p, &err), AK_LIMIT);
    assert_int_equal(ak_profile_decode_bytes("t", text, &flat, &p, &err), AK_LIMIT);
}

/* "B=$A$A" and so on doubles the line each time. */
static void test_growing_assignments(void **state)
{
    (void)state;
    struct ak_buf b = AK_BUF_INIT;
    struct ak_profile *p = NULL;
    ak_buf_puts(&b, "x profile: total 1\n1 @ 0x10\n--- Memory map: ---\nA=xxxxxxxxxxxxxxxx\n");
    for (int i = 1; i < 26; i++) {
        ak_buf_printf(&b, "%c=$%c$%c\n", 'A' + i, 'A' + i - 1, 'A' + i - 1);
    }
    assert_int_equal(decode_buf(&b, &p, NULL), AK_LIMIT);
    ak_buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded),
        cmocka_unit_test(test_heap_is_unsampled),
        cmocka_unit_test(test_gzip),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_growing_assignments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
