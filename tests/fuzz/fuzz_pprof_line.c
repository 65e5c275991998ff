// module: cli
/* Lines of the pprof shell: any text is understood or refused with a message; completion never
 * makes a line shorter than the words before the last. */
#include "pprof/pprof_words.h"
#include "profile/build.h"

#include <stddef.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ak_build b;
    ak_build_init(&b);
    ak_build_sample_type(&b, "samples", "count");
    ak_build_sample_type(&b, "cpu", "nanoseconds");
    const struct ak_function f = {.name = ak_build_cstr(&b, "main.main")};
    ak_build_function(&b, &f);
    struct ak_profile *p = ak_build_finish(&b);
    ak_build_release(&b);

    struct ak_arena *arena = ak_arena_new();
    const struct ak_str text = {(const char *)data, size};
    const struct ak_pprof_config config = ak_pprof_config_default();
    struct ak_str lines[5];
    const size_t n = pprof_line_expand(text, p, arena, lines);
    for (size_t i = 0; i < n; i++) {
        struct pprof_line line;
        struct ak_error err = {0};
        if (pprof_line_parse(lines[i], &config, arena, &line, &err) != AK_OK && !err.text[0]) {
            __builtin_trap();
        }
    }
    const struct ak_str better = pprof_line_complete(text, p, arena);
    const ptrdiff_t blank = ak_str_rchr(text, ' ');
    if (blank > 0 && better.len < (size_t)blank && !memchr(text.ptr, 0, text.len)) {
        __builtin_trap();
    }
    ak_arena_free(arena);
    ak_profile_free(p);
    return 0;
}
