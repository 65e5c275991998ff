/* Arena, buffer, id map, interner, hash, JSON. */
#include "base/hash.h"
#include "base/idmap.h"
#include "base/json.h"
#include "base/mem.h"
#include "test.h"

#include <string.h>

static void arena(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    char *first = ak_arena_strdup(a, "first");
    for (size_t i = 1; i < 5000; i++) {
        char *p = ak_arena_alloc(a, i);
        assert_int_equal((uintptr_t)p % 16, 0);
        memset(p, (int)(i & 0xff), i);
    }
    assert_string_equal(first, "first");
    char *big = ak_arena_zalloc(a, 3, 1 << 20);
    assert_int_equal(big[(3 << 20) - 1], 0);
    assert_string_equal(ak_arena_printf(a, "%d-%s", 7, "x"), "7-x");
    ak_arena_reset(a);
    assert_string_equal(ak_arena_strdup(a, "again"), "again");
    ak_arena_free(a);
}

static void buffer(void **state)
{
    (void)state;
    struct ak_buf b = {.max = 8};
    ak_buf_puts(&b, "12345678");
    assert_false(b.overflow);
    ak_buf_putc(&b, '9');
    assert_true(b.overflow);
    assert_text(b, "12345678");
    ak_buf_release(&b);
    b.max = 0;
    ak_buf_i64(&b, INT64_MIN);
    ak_buf_putc(&b, ' ');
    ak_buf_f64(&b, 0.1);
    ak_buf_putc(&b, ' ');
    ak_buf_f64(&b, 1e21);
    ak_buf_putc(&b, '|');
    ak_buf_pad_left(&b, AK_STR("µ"), 3);
    ak_buf_pad_right(&b, AK_STR("x"), 3);
    assert_text(b, "-9223372036854775808 0.1 1e+21|  µx  ");
    ak_buf_release(&b);
}

static void idmap(void **state)
{
    (void)state;
    struct ak_idmap m = {0};
    assert_int_equal(ak_idmap_get(&m, 5), AK_IDMAP_NONE);
    bool is_new;
    for (uint32_t i = 0; i < 100000; i++) {
        assert_int_equal(ak_idmap_put(&m, (uint64_t)i << 40, i, &is_new), i);
        assert_true(is_new);
    }
    assert_int_equal(ak_idmap_put(&m, UINT64_MAX, 7, &is_new), 7);
    assert_int_equal(ak_idmap_put(&m, 0, 99, &is_new), 0);
    assert_false(is_new);
    for (uint32_t i = 0; i < 100000; i++) {
        assert_int_equal(ak_idmap_get(&m, (uint64_t)i << 40), i);
    }
    assert_int_equal(ak_idmap_get(&m, 1), AK_IDMAP_NONE);
    ak_idmap_release(&m);
}

static void intern(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    struct ak_intern t;
    ak_intern_init(&t, a);
    assert_int_equal(ak_intern_find(&t, AK_STR("x")), AK_IDMAP_NONE);
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(ak_intern_add(&t, ak_str_from(ak_arena_printf(a, "s%d", i))), i);
    }
    assert_int_equal(ak_intern_add(&t, AK_STR("s77")), 77);
    assert_int_equal(ak_intern_find(&t, AK_STR("s9999")), 9999);
    assert_int_equal(ak_intern_find(&t, AK_STR("t")), AK_IDMAP_NONE);
    ak_intern_release(&t);
    ak_arena_free(a);
}

static void hashes(void **state)
{
    (void)state;
    /* The store keeps these: they may never change. */
    assert_true(ak_hash_str(AK_STR("")) != ak_hash_str(AK_STR("a")));
    assert_true(ak_hash_bytes("abc", 3, 1) != ak_hash_bytes("abc", 3, 2));
    assert_true(ak_hash_bytes("\0", 1, 0) != ak_hash_bytes("\0\0", 2, 0));
    char hex[65];
    const struct ak_sha256 h = ak_sha256_of("abc", 3); /* FIPS 180-2, appendix B.1 */
    ak_sha256_hex(&h, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void json(void **state)
{
    (void)state;
    struct ak_buf out = AK_BUF_INIT;
    struct ak_json j;
    ak_json_init(&j, &out, 0);
    ak_json_object(&j);
    ak_json_kstr(&j, "a\"", "x\n</script>\x01\xff");
    ak_json_key(&j, "n");
    ak_json_array(&j);
    ak_json_i64(&j, -1);
    ak_json_f64(&j, 0.5);
    ak_json_f64(&j, (double)__builtin_nanf(""));
    ak_json_bool(&j, true);
    ak_json_end(&j);
    ak_json_kstr(&j, "z", NULL);
    ak_json_end(&j);
    assert_text(out, "{\"a\\\"\":\"x\\n<\\/script>\\u0001\\ufffd\",\"n\":[-1,0.5,null,true],"
                     "\"z\":null}");
    ak_buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena),  cmocka_unit_test(buffer), cmocka_unit_test(idmap),
        cmocka_unit_test(intern), cmocka_unit_test(hashes), cmocka_unit_test(json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
