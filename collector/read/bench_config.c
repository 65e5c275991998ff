#include "bench_config.h"

#include "base/mem.h"

struct collector_config_entry {
    uint32_t key;
    struct ak_buf value;
};

void collector_config_init(struct collector_config *c)
{
    *c = (struct collector_config){.arena = ak_arena_new()};
    ak_intern_init(&c->keys, c->arena);
}

void collector_config_release(struct collector_config *c)
{
    for (size_t i = 0; i < c->entries_cap; i++) {
        ak_buf_release(&c->entries[i].value);
    }
    ak_intern_release(&c->keys);
    ak_free(c->positions);
    ak_free(c->entries);
    ak_free(c->view);
    ak_arena_free(c->arena);
}

static uint32_t key_id(struct collector_config *c, struct ak_str key)
{
    const uint32_t known = ak_intern_find(&c->keys, key);
    if (known != AK_IDMAP_NONE || c->keys.count == COLLECTOR_MAX_CONFIG_KEYS) {
        return known;
    }
    AK_GROW(c->positions, c->keys.count + 1, c->positions_cap);
    const uint32_t id = ak_intern_add(&c->keys, key);
    c->positions[id] = AK_IDMAP_NONE;
    return id;
}

static void remove_entry(struct collector_config *c, uint32_t key)
{
    const uint32_t at = c->positions[key];
    const struct collector_config_entry removed = c->entries[at];
    c->count--;
    c->entries[at] = c->entries[c->count];
    c->entries[c->count] = removed; /* its memory is used again */
    c->view[at] = c->view[c->count];
    c->positions[c->entries[at].key] = at;
    c->positions[key] = AK_IDMAP_NONE;
    c->version++;
}

static uint32_t append_entry(struct collector_config *c, uint32_t key)
{
    if (c->count == c->entries_cap) {
        AK_GROW(c->entries, c->count + 1, c->entries_cap);
        for (size_t i = c->count; i < c->entries_cap; i++) {
            c->entries[i] = (struct collector_config_entry){0};
        }
        AK_GROW(c->view, c->entries_cap, c->view_cap);
    }
    c->entries[c->count].key = key;
    ak_buf_reset(&c->entries[c->count].value);
    c->view[c->count] = (struct ak_bench_config){.key = c->keys.strs[key]};
    c->positions[key] = (uint32_t)c->count;
    return (uint32_t)c->count++;
}

void collector_config_set(struct collector_config *c, struct ak_str key, struct ak_str value)
{
    const uint32_t id = key_id(c, key);
    if (id == AK_IDMAP_NONE) {
        return;
    }
    uint32_t at = c->positions[id];
    if (value.len == 0) {
        if (at != AK_IDMAP_NONE) {
            remove_entry(c, id);
        }
        return;
    }
    if (at == AK_IDMAP_NONE) {
        at = append_entry(c, id);
    } else if (ak_str_eq(ak_buf_view(&c->entries[at].value), value)) {
        return;
    }
    struct ak_buf *kept = &c->entries[at].value;
    ak_buf_reset(kept);
    ak_buf_str(kept, value);
    c->view[at].value = ak_buf_view(kept);
    c->version++;
}
