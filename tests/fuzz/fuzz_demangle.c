// module: profile
/* Names come from profiles: every mode must end, whatever the name. */
#include "base/mem.h"
#include "profile/symbolize.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *name = ak_strndup((const char *)data, size);
    for (int mode = AK_DEMANGLE_DEFAULT; mode <= AK_DEMANGLE_FULL; mode++) {
        struct ak_buf out = AK_BUF_INIT;
        ak_demangle(&out, name, (enum ak_demangle)mode);
        ak_buf_release(&out);
    }
    ak_free(name);
    return 0;
}
