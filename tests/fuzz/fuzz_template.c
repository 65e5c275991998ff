// module: reporter
/* Templates come from a folder that anybody may have filled. */
#include "reporter/template.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool itself(void *ctx, struct ak_str name, struct ak_str *out_text)
{
    /* A partial that is the template again, for names that begin with r; else a short one. */
    *out_text =
        name.len > 0 && name.ptr[0] == 'r' ? *(const struct ak_str *)ctx : AK_STR(" {{a}}\n");
    return name.len > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ak_str text = {(const char *)data, size < 500 ? size : 500};
    struct ak_arena *a = ak_arena_new();
    struct ak_tvalue *root = ak_tvalue_map(a);
    struct ak_tvalue *list = ak_tvalue_list(a);
    ak_tvalue_push(list, ak_tvalue_map(a));
    ak_tvalue_push(list, ak_tvalue_str(a, AK_STR("<x>")));
    ak_tvalue_set_str(a, root, "a", "value");
    ak_tvalue_set(root, "l", list);
    ak_tvalue_set_bool(a, root, "t", true);
    struct ak_buf out = {.max = 1 << 20};
    struct ak_error err = {0};
    const struct ak_template_opts opts = {
        .name = "fuzz", .partial = itself, .partial_ctx = &text, .strict = size % 2};
    const enum ak_status st = ak_template_render(text, root, &opts, &out, &err);
    (void)st;
    ak_buf_release(&out);
    ak_arena_free(a);
    return 0;
}
