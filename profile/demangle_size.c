#include "demangle_size.h"

#include "base/idmap.h"
#include "base/mem.h"

#include <libiberty/demangle.h>

#define TEXT_MAX (UINT64_C(1) << 22)
#define DEPTH_MAX 2048u
#define RUST_REFERENCES_MAX 40u

/* Of a part: the text it prints, and how many template parameters, each of which may print as much
 * as everything else. */
struct size {
    uint64_t text, parameters;
};

struct measure {
    struct ak_idmap seen; /* component -> sizes */
    struct size *sizes;
    size_t count, cap;
    unsigned depth;
};

static uint64_t add(uint64_t a, uint64_t b)
{
    return a > TEXT_MAX || b > TEXT_MAX ? TEXT_MAX + 1 : a + b;
}

static bool is_leaf(const struct demangle_component *c, struct size *out)
{
    static const enum demangle_component_type leaves[] = {DEMANGLE_COMPONENT_FUNCTION_PARAM,
                                                          DEMANGLE_COMPONENT_BUILTIN_TYPE,
                                                          DEMANGLE_COMPONENT_EXTENDED_BUILTIN_TYPE,
                                                          DEMANGLE_COMPONENT_OPERATOR,
                                                          DEMANGLE_COMPONENT_NUMBER,
                                                          DEMANGLE_COMPONENT_CHARACTER,
                                                          DEMANGLE_COMPONENT_UNNAMED_TYPE};
    if (c->type == DEMANGLE_COMPONENT_NAME) {
        *out = (struct size){.text = (uint64_t)c->u.s_name.len};
        return true;
    }
    if (c->type == DEMANGLE_COMPONENT_SUB_STD) {
        *out = (struct size){.text = (uint64_t)c->u.s_string.len};
        return true;
    }
    if (c->type == DEMANGLE_COMPONENT_TEMPLATE_PARAM) {
        *out = (struct size){.text = 1, .parameters = 1};
        return true;
    }
    for (size_t i = 0; i < AK_COUNT(leaves); i++) {
        if (c->type == leaves[i]) {
            *out = (struct size){.text = 16};
            return true;
        }
    }
    return false;
}

/* The parts of a component that is no leaf. */
static void parts(const struct demangle_component *c, const struct demangle_component *out[2])
{
    out[1] = NULL;
    if (c->type == DEMANGLE_COMPONENT_EXTENDED_OPERATOR) {
        out[0] = c->u.s_extended_operator.name;
    } else if (c->type == DEMANGLE_COMPONENT_FIXED_TYPE) {
        out[0] = c->u.s_fixed.length;
    } else if (c->type == DEMANGLE_COMPONENT_CTOR) {
        out[0] = c->u.s_ctor.name;
    } else if (c->type == DEMANGLE_COMPONENT_DTOR) {
        out[0] = c->u.s_dtor.name;
    } else if (c->type == DEMANGLE_COMPONENT_LAMBDA || c->type == DEMANGLE_COMPONENT_DEFAULT_ARG) {
        out[0] = c->u.s_unary_num.sub;
    } else {
        out[0] = c->u.s_binary.left;
        out[1] = c->u.s_binary.right;
    }
}

static struct size size_of(struct measure *m, const struct demangle_component *c)
{
    struct size size = {.text = TEXT_MAX + 1};
    if (!c) {
        return (struct size){0, 0};
    }
    if (m->depth > DEPTH_MAX || is_leaf(c, &size)) {
        return size;
    }
    const uint32_t at = ak_idmap_get(&m->seen, (uint64_t)(uintptr_t)c);
    if (at != AK_IDMAP_NONE) {
        return m->sizes[at];
    }
    const struct demangle_component *part[2];
    parts(c, part);
    m->depth++;
    const struct size a = size_of(m, part[0]), b = size_of(m, part[1]);
    m->depth--;
    size = (struct size){.text = add(add(a.text, b.text), 16),
                         .parameters = add(a.parameters, b.parameters)};
    AK_GROW(m->sizes, m->count + 1, m->cap);
    m->sizes[m->count] = size;
    ak_idmap_put(&m->seen, (uint64_t)(uintptr_t)c, (uint32_t)m->count, NULL);
    m->count++;
    return size;
}

bool profile_demangle_is_small(const struct demangle_component *root)
{
    struct measure m = {.depth = 0};
    const struct size size = size_of(&m, root);
    ak_idmap_release(&m.seen);
    ak_free(m.sizes);
    return size.text <= TEXT_MAX && size.parameters <= TEXT_MAX &&
           size.text * (size.parameters + 1) <= TEXT_MAX;
}

bool profile_demangle_rust_is_small(const char *name)
{
    unsigned references = 0;
    for (const char *p = name; *p; p++) {
        references += *p == 'B';
    }
    return references <= RUST_REFERENCES_MAX;
}
