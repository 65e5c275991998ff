/* Small profiles by code, for the tests of filters and graphs: "main>work>leaf" is a stack. */
#ifndef TESTS_PPROF_STACKS_H
#define TESTS_PPROF_STACKS_H

#include "profile/build.h"
#include "profile/view.h"

#include <string.h>

/* A function and a location of one line for a name; the same name gives the same location. File is
 * "<name>.c", line 10, address 0. */
static inline uint32_t stacks_location(struct ak_build *b, struct ak_intern *names,
                                       struct ak_str name)
{
    const size_t before = names->count;
    const uint32_t i = ak_intern_add(names, name);
    if (names->count > before) {
        char file[64];
        snprintf(file, sizeof file, "%.*s.c", (int)name.len, name.ptr);
        const struct ak_function f = {.name = ak_build_str(b, name),
                                      .system_name = ak_build_str(b, name),
                                      .filename = ak_build_cstr(b, file)};
        const struct ak_line line = {.function = ak_build_function(b, &f), .line = 10};
        ak_build_location(b, 0, AK_NO_INDEX, &line, 1);
    }
    return i;
}

struct stacks_row {
    const char *stack; /* root first, ">" between; "" is an empty one */
    int64_t value;
    const char *label; /* "key=value", or NULL */
};

/* One sample type "cpu" in nanoseconds. Returns owned. */
static inline struct ak_profile *stacks_profile(const struct stacks_row *rows, size_t n)
{
    struct ak_build b;
    struct ak_arena *arena = ak_arena_new();
    struct ak_intern names;
    ak_intern_init(&names, arena);
    ak_build_init(&b);
    ak_build_sample_type(&b, "cpu", "nanoseconds");
    for (size_t i = 0; i < n; i++) {
        uint32_t stack[32];
        size_t depth = 0;
        for (struct ak_str rest = ak_str_from(rows[i].stack); rest.ptr && rows[i].stack[0];) {
            stack[depth++] = stacks_location(&b, &names, ak_str_cut(&rest, '>'));
        }
        for (size_t k = 0; k < depth / 2; k++) { /* leaf first */
            const uint32_t swap = stack[k];
            stack[k] = stack[depth - 1 - k];
            stack[depth - 1 - k] = swap;
        }
        struct ak_label label = {0};
        if (rows[i].label) {
            struct ak_str value = ak_str_from(rows[i].label);
            label.key = ak_build_str(&b, ak_str_cut(&value, '='));
            label.str = ak_build_str(&b, value);
        }
        const struct ak_build_sample s = {.stack = stack,
                                          .depth = depth,
                                          .values = &rows[i].value,
                                          .labels = rows[i].label ? &label : NULL,
                                          .label_count = rows[i].label ? 1 : 0};
        ak_build_sample(&b, &s);
    }
    struct ak_profile *p = ak_build_finish(&b);
    ak_build_release(&b);
    ak_intern_release(&names);
    ak_arena_free(arena);
    return p;
}

/* The samples of a view as "main>work:5 main:3", in arena. */
static inline const char *stacks_text(const struct ak_profile *v)
{
    struct ak_buf out = AK_BUF_INIT;
    for (size_t i = 0; i < v->sample_count; i++) {
        ak_buf_puts(&out, i ? " " : "");
        for (uint64_t s = v->stack_start[i + 1]; s-- > v->stack_start[i];) {
            const struct ak_location *loc = &v->locations[v->stack_ids[s]];
            for (uint32_t l = loc->line_count; l-- > 0;) {
                const uint32_t f = v->lines[loc->first_line + l].function;
                ak_buf_str(&out, ak_profile_str(v, v->functions[f].name));
                ak_buf_puts(&out, l > 0 || s > v->stack_start[i] ? ">" : "");
            }
        }
        ak_buf_printf(&out, ":%lld", (long long)v->values[i * v->sample_type_count]);
    }
    const char *text = ak_arena_strdup(v->arena, out.ptr ? out.ptr : "");
    ak_buf_release(&out);
    return text;
}

#endif
