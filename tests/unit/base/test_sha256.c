/* SHA-256 against libmd's, over all lengths of padding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sha2.h>
#include <string.h>

#include "base/hash.h"

static void same_as_libmd(void **state)
{
    static unsigned char bytes[70000];
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)(ak_hash_u64(i) >> 7);
    }
    for (size_t n = 0; n < sizeof bytes; n += n < 300 ? 1 : 1009) {
        uint8_t want[SHA256_DIGEST_LENGTH];
        SHA2_CTX ctx;
        SHA256Init(&ctx);
        SHA256Update(&ctx, bytes + n % 3, n - n % 3);
        SHA256Final(want, &ctx);
        const struct ak_sha256 got = ak_sha256_of(bytes + n % 3, n - n % 3);
        assert_memory_equal(got.bytes, want, sizeof want);
    }
}

static void published_values(void **state)
{
    (void)state; /* FIPS 180-4's examples */
    char hex[65];
    struct ak_sha256 h = ak_sha256_of("abc", 3);
    ak_sha256_hex(&h, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    h = ak_sha256_of(NULL, 0);
    ak_sha256_hex(&h, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_libmd),
        cmocka_unit_test(published_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
