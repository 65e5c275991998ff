#include "base/mem.h"
#include "dict.h"

#include <assert.h>
#include <string.h>

enum { MAX_DIRECT = 1 << 22 };

static_assert(AK_IDMAP_NONE == 0u - 1u, "a free entry of `direct` reads as absent");

uint32_t store_index_get_rest(const struct store_index *x, uint32_t id)
{
    return ak_idmap_get(&x->rest, id);
}

static void grow(struct store_index *x, uint32_t id)
{
    size_t cap = x->direct_cap ? x->direct_cap : 256;
    while (cap <= id) {
        cap *= 2;
    }
    x->direct = ak_reallocarray(x->direct, cap, sizeof *x->direct);
    memset(x->direct + x->direct_cap, 0, (cap - x->direct_cap) * sizeof *x->direct);
    x->direct_cap = cap;
}

uint32_t store_index_put(struct store_index *x, uint32_t id, uint32_t index)
{
    if (id >= MAX_DIRECT) {
        return ak_idmap_put(&x->rest, id, index, NULL);
    }
    if (id >= x->direct_cap) {
        grow(x, id);
    }
    if (x->direct[id] == 0) {
        x->direct[id] = index + 1u;
    }
    return x->direct[id] - 1u;
}

void store_index_release(struct store_index *x)
{
    ak_free(x->direct);
    ak_idmap_release(&x->rest);
}
