/* Address tables: which addresses of a binary profiles have met, and which frame each shows. They
 * are kept in chunks; only the last chunk is ever rewritten, and only while it is short. */
#include "base/hash.h"
#include "base/mem.h"
#include "dict.h"
#include "varint.h"

static uint64_t pair_hash(uint32_t frame, uint64_t address)
{
    return ak_hash_u64(ak_hash_u64(address + 0x9e3779b97f4a7c15ULL) + frame);
}

void store_binary_free(struct store_binary *b)
{
    for (size_t i = 0; i < b->places_count; i++) {
        ak_free(b->places[i].ordinals);
    }
    ak_free(b->places);
    ak_free(b->frames);
    ak_free(b->addresses);
    ak_free(b->stamps);
    ak_free(b->locals);
    ak_idmap_release(&b->pairs);
    store_index_release(&b->by_frame);
    ak_free(b);
}

const struct store_places *store_binary_places(const struct store_binary *b, uint32_t frame)
{
    const uint32_t i = store_index_get(&b->by_frame, frame);
    return i == AK_IDMAP_NONE ? NULL : &b->places[i];
}

uint32_t store_places_below(const struct store_places *p, uint32_t limit)
{
    uint32_t low = 0;
    uint32_t high = p->count;
    if (high > 0 && p->ordinals[high - 1] < limit) {
        return high;
    }
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (p->ordinals[middle] < limit) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void append(struct store_binary *b, uint32_t frame, uint64_t address)
{
    const uint32_t ordinal = b->count;
    AK_GROW(b->frames, b->count + 1u, b->frames_cap);
    AK_GROW(b->addresses, b->count + 1u, b->addresses_cap);
    AK_GROW(b->stamps, b->count + 1u, b->stamps_cap);
    AK_GROW(b->locals, b->count + 1u, b->locals_cap);
    b->frames[ordinal] = frame;
    b->addresses[ordinal] = address;
    b->stamps[ordinal] = 0;
    b->locals[ordinal] = 0;
    b->count++;
    const uint32_t i = store_index_put(&b->by_frame, frame, (uint32_t)b->places_count);
    if (i == b->places_count) {
        AK_GROW(b->places, b->places_count + 1, b->places_cap);
        b->places[b->places_count++] = (struct store_places){0};
    }
    struct store_places *const p = &b->places[i];
    AK_GROW(p->ordinals, p->count + 1u, p->cap);
    p->ordinals[p->count++] = ordinal;
}

uint32_t store_binary_add(struct store_binary *b, uint32_t frame, uint64_t address)
{
    bool is_new = false;
    const uint32_t ordinal = ak_idmap_put(&b->pairs, pair_hash(frame, address), b->count, &is_new);
    if (is_new) {
        append(b, frame, address);
    } else if (b->frames[ordinal] != frame || b->addresses[ordinal] != address) {
        return AK_IDMAP_NONE;
    }
    return ordinal;
}

/* --- in the file ------------------------------------------------------------------------------ */

static bool read_chunk(struct ak_store *s, struct store_binary *b, struct ak_str body,
                       uint32_t count)
{
    struct ak_buf raw = AK_BUF_INIT;
    bool good = store_chunk_read(s, body, &raw);
    struct store_bytes r = store_bytes_of(ak_buf_view(&raw));
    uint64_t frame = 0;
    uint64_t address = 0;
    for (uint32_t i = 0; good && i < count; i++) {
        frame += (uint64_t)store_get_signed(&r);
        address += (uint64_t)store_get_signed(&r);
        good = !r.bad && frame <= UINT32_MAX &&
               store_binary_add(b, (uint32_t)frame, address) == b->count - 1;
    }
    good = good && store_bytes_left(&r) == 0;
    ak_buf_release(&raw);
    return good;
}

static enum ak_status load(struct ak_store *s, struct store_binary *b, struct ak_error *err)
{
    struct store_query q = store_query_start(s, SQL_CHUNK_LIST);
    store_bind_i64(&q, store_chunk_id(b->id, 0));
    store_bind_i64(&q, store_chunk_id(b->id + 1, 0));
    bool good = true;
    while (good && store_query_row(&q)) {
        const int64_t id = store_column_i64(&q, 0);
        const int64_t count = store_column_i64(&q, 1);
        good = id == store_chunk_id(b->id, b->count) && count > 0 && count <= STORE_CHUNK;
        b->last_chunk = b->count;
        good = good && read_chunk(s, b, store_column_blob(&q, 2), (uint32_t)count);
    }
    b->saved = b->count;
    const enum ak_status st = store_query_end(&q, err);
    return st != AK_OK || good
               ? st
               : ak_fail(err, AK_CORRUPT, "%s: address table %u is damaged", s->path, b->id);
}

enum ak_status store_binary_get(struct ak_store *s, uint32_t id, struct store_binary **out,
                                struct ak_error *err)
{
    struct store_dict *const d = store_dict_of(s);
    for (size_t i = 0; i < d->binary_count; i++) {
        if (d->binaries[i]->id == id) {
            *out = d->binaries[i];
            return AK_OK;
        }
    }
    struct store_binary *const b = ak_calloc(1, sizeof *b);
    b->id = id;
    const enum ak_status st = load(s, b, err);
    if (st != AK_OK) {
        store_binary_free(b);
        return st;
    }
    AK_GROW(d->binaries, d->binary_count + 1, d->binary_cap);
    d->binaries[d->binary_count++] = b;
    *out = b;
    return AK_OK;
}

static enum ak_status write_chunk(struct ak_store *s, const struct store_binary *b, uint32_t first,
                                  uint32_t count, struct ak_error *err)
{
    struct ak_buf raw = AK_BUF_INIT;
    int64_t frame = 0;
    uint64_t address = 0;
    for (uint32_t i = first; i < first + count; i++) {
        store_put_signed(&raw, (int64_t)b->frames[i] - frame);
        store_put_signed(&raw, (int64_t)(b->addresses[i] - address));
        frame = b->frames[i];
        address = b->addresses[i];
    }
    const struct store_chunk c = {
        .id = store_chunk_id(b->id, first), .count = count, .plain = ak_buf_view(&raw)};
    const enum ak_status st = store_chunk_put(s, &c, err);
    ak_buf_release(&raw);
    return st;
}

static enum ak_status save(struct ak_store *s, struct store_binary *b, struct ak_error *err)
{
    enum ak_status st = AK_OK;
    uint32_t first = b->saved - b->last_chunk >= STORE_CHUNK ? b->saved : b->last_chunk;
    while (first < b->count && st == AK_OK) {
        const uint32_t count = b->count - first < STORE_CHUNK ? b->count - first : STORE_CHUNK;
        st = write_chunk(s, b, first, count, err);
        b->last_chunk = first;
        first += count;
    }
    b->saved = b->count;
    return st;
}

enum ak_status store_binary_save(struct ak_store *s, struct ak_error *err)
{
    enum ak_status st = AK_OK;
    for (size_t i = 0; s->dict && i < s->dict->binary_count && st == AK_OK; i++) {
        struct store_binary *const b = s->dict->binaries[i];
        if (b->saved < b->count) {
            st = save(s, b, err);
        }
    }
    return st;
}
