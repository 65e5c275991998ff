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

static void test_java_names(void **state)
{
    (void)state;
    static const struct {
        const char *text, *function, *file;
        int64_t line;
    } cases[] = {
        {"f (A.java:7)", "f", "A.java", 7},
        {"f (a (:3)", "f", "a (", 3},
        {"f (a) (b:3)", "f (a)", "b", 3},
        {"f\f(A.java:7)", "f", "A.java", 7},
        {"f (/lib/jvm.so)", "f", "jvm.so", 0},
        {"f (a/b//)", "f", "b", 0},
        {"f (//)", "f", "/", 0},
        {"f ()", "f", ".", 0},
        {"f (:3)", "f", ":3", 0},
        {"f(A.java:3)", "f(A.java:3)", "", 0},
    };
    for (size_t i = 0; i < AK_COUNT(cases); i++) {
        char text[200];
        snprintf(text, sizeof text,
                 "--- contentionz 1 ---\nformat = java\nresolution = ns\n1 2 @ 0x10\n0x10 %s\n",
                 cases[i].text);
        struct ak_profile *p = parse(text);
        assert_int_equal(p->function_count, 1);
        assert_true(
            ak_str_eq(ak_profile_str(p, p->functions[0].name), ak_str_from(cases[i].function)));
        assert_true(
            ak_str_eq(ak_profile_str(p, p->functions[0].filename), ak_str_from(cases[i].file)));
        assert_int_equal(p->lines[0].line, cases[i].line);
        ak_profile_free(p);
    }
}

/* Addresses end at the first character that is none of theirs. */
static void test_java_addresses_end(void **state)
{
    (void)state;
    struct ak_profile *p = parse("--- contentionz 1 ---\nformat = java\nresolution = ns\n"
                                 "1 2 @ 0x10 0x20 Z 0x30\n");
    assert_int_equal(p->location_count, 2);
    ak_profile_free(p);
}

/* Lines of white space as Unicode has it, here U+0085, U+00A0 and U+2003, are blank. */
static void test_wide_space(void **state)
{
    (void)state;
    struct ak_profile *p = parse("heap profile: 2: 8 [ 2: 8] @ heapprofile\n"
                                 " \xc2\x85\xc2\xa0\t\n"
                                 "2: 8 [ 2: 8] @ 0x10\xe2\x80\x83\n"
                                 "\xe2\x80\x83# a comment\n");
    assert_int_equal(p->sample_count, 1);
    ak_profile_free(p);
}

/* Attributes are numbers as Go writes them in source. */
static void test_attribute_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t period; /* -1: no number */
    } cases[] = {{"1_000", 1000}, {"0x_10", 16}, {"0_17", 15}, {"0b101", 5}, {"0o17", 15},
                 {"+5", 5},       {"_1", -1},    {"1_", -1},   {"1__0", -1}, {"08", -1}};
    for (size_t i = 0; i < AK_COUNT(cases); i++) {
        char text[100];
        snprintf(text, sizeof text, "--- mutex:\nsampling period=%s\n1 2 @ 0x10\n", cases[i].text);
        struct ak_profile *p = NULL;
        const enum ak_status st = ak_profile_decode_bytes("t", ak_str_from(text), NULL, &p, NULL);
        assert_int_equal(st == AK_OK, cases[i].period >= 0);
        if (st == AK_OK) {
            assert_int_equal(p->period, cases[i].period);
            ak_profile_free(p);
        }
    }
}

/* The first head of a heap counts; of other kinds the blanks are exact. */
static void test_heap_heads(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        bool ok;
    } cases[] = {{"heap profile: x heap profile: 1: 8 [ 1: 8] @ heapprofile", true},
                 {"heap profile: 1: 8 [ 1: 8]@heapprofile", true},
                 {"heap profile: 1: 8 [ 1: 8] @ growthz", true},
                 {"heap profile: 1: 8 [ 1: 8] @ fragmentation", true},
                 {"heap profile: 1: 8 [ 1: 8]@growthz", false},
                 {"heap profile: 1: 8 [ 1: 8]  @ growthz", false}};
    for (size_t i = 0; i < AK_COUNT(cases); i++) {
        struct ak_profile *p = NULL;
        const bool ok =
            ak_profile_decode_bytes("t", ak_str_from(cases[i].head), NULL, &p, NULL) == AK_OK;
        assert_int_equal(ok, cases[i].ok);
        if (ok) {
            ak_profile_free(p);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded),
        cmocka_unit_test(test_heap_is_unsampled),
        cmocka_unit_test(test_gzip),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_growing_assignments),
        cmocka_unit_test(test_java_names),
        cmocka_unit_test(test_java_addresses_end),
        cmocka_unit_test(test_wide_space),
        cmocka_unit_test(test_attribute_numbers),
        cmocka_unit_test(test_heap_heads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
