// module: store
/* Any bytes as the packed body or the summary of a profile, over the dictionaries of a real one. */
#include "base/io.h"
#include "profile/encode.h"
#include "profile_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ak_store *prepare(void)
{
    char path[64];
    struct ak_store *s;
    struct ak_error err;
    struct ak_added added;
    struct ak_buf bytes = AK_BUF_INIT;
    snprintf(path, sizeof path, "/dev/shm/akblob.%d.db", (int)getpid());
    if (ak_store_open(path, AK_STORE_CREATE, &s, &err) != AK_OK ||
        ak_file_read_inflated("tests/data/profiles/goakt-Request-002.cpu.pb.gz", NULL, &bytes,
                              &err) != AK_OK) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    struct ak_run_profile p = {
        .name = "p", .kind = "cpu", .benchmark = "", .bytes = ak_buf_view(&bytes)};
    const struct ak_run run = {.label = "x", .profiles = &p, .profile_count = 1};
    if (ak_store_add_run(s, &run, &added, &err) != AK_OK) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    ak_buf_release(&bytes);
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char name[80];
        snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
        unlink(name);
    }
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ak_store *s;
    if (!s) {
        s = prepare();
    }
    const struct ak_str bytes = {(const char *)data, size};
    struct ak_profile *p = NULL;
    struct ak_error err;
    struct store_summary_value v;
    /* The shape is the first entity after its strings; the first byte chooses around it. */
    const struct store_body body = {
        .shape = size ? data[0] % 16u : 0, .size = 1 << 16, .bytes = ak_str_slice(bytes, 1, size)};
    ak_arena_reset(store_dict_of(s)->scratch);
    if (store_profile_unpack(s, &body, &p, &err) == AK_OK) {
        struct ak_buf out = AK_BUF_INIT;
        ak_profile_encode(p, AK_ENCODE_GO_RUNTIME, &out);
        ak_buf_release(&out);
    }
    for (uint32_t type = 0; type < 3; type++) {
        store_summary_find(bytes, size ? data[0] : 0, type, &v);
    }
    return 0;
}
