// module: profile
/* The formats of before protobuf: the same checks as for any profile that is accepted. */
#include "profile/decode.h"
#include "profile/encode.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct ak_limits limits = {
        .max_inflated = 1 << 22, .max_samples = 1 << 16, .max_depth = 1 << 12};
    struct ak_profile *p = NULL, *q = NULL;
    struct ak_error err;
    const struct ak_str bytes = {(const char *)data, size};
    if (ak_profile_decode_bytes("fuzz", bytes, &limits, &p, &err) != AK_OK) {
        return 0;
    }
    struct ak_buf out = AK_BUF_INIT;
    ak_profile_encode(p, AK_ENCODE_PPROF, &out);
    if (ak_profile_validate(p, &err) != AK_OK ||
        ak_profile_decode_bytes("again", ak_buf_view(&out), NULL, &q, &err) != AK_OK ||
        q->sample_count != p->sample_count) {
        abort();
    }
    ak_buf_release(&out);
    ak_profile_free(p);
    ak_profile_free(q);
    return 0;
}
