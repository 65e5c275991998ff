#include "registry.h"

#include "base/hash.h"
#include "runtime/memory.h"

#include <string.h>

enum { FIRST_BUCKETS = 64 };

bool runtime_registry_init(struct registry *r)
{
    *r = (struct registry){.bucket_count = FIRST_BUCKETS};
    r->buckets = ak_mem_zalloc(FIRST_BUCKETS * sizeof(struct record *));
    return r->buckets != NULL;
}

void runtime_registry_release(struct registry *r)
{
    for (size_t i = 0; r->buckets != NULL && i < r->bucket_count; i++) {
        struct record *next;
        for (struct record *rec = r->buckets[i]; rec != NULL; rec = next) {
            next = rec->next_in_bucket;
            ak_mem_free(rec);
        }
    }
    ak_mem_free(r->buckets);
    r->buckets = NULL;
}

uint64_t runtime_registry_hash(const char *name, size_t len)
{
    return ak_hash_bytes(name, len, 1);
}

struct record *runtime_registry_find(const struct registry *r, const char *name, size_t len)
{
    const uint64_t hash = runtime_registry_hash(name, len);
    struct record *rec = r->buckets[hash & (r->bucket_count - 1)];
    while (rec != NULL &&
           (rec->hash != hash || rec->name_len != len || memcmp(rec->name, name, len) != 0)) {
        rec = rec->next_in_bucket;
    }
    return rec;
}

/* Twice the buckets; without memory the chains get longer. */
static void grow(struct registry *r)
{
    const size_t count = r->bucket_count * 2;
    struct record **buckets = ak_mem_zalloc(count * sizeof(struct record *));
    if (buckets == NULL) {
        return;
    }
    for (size_t i = 0; i < r->bucket_count; i++) {
        struct record *next;
        for (struct record *rec = r->buckets[i]; rec != NULL; rec = next) {
            next = rec->next_in_bucket;
            rec->next_in_bucket = buckets[rec->hash & (count - 1)];
            buckets[rec->hash & (count - 1)] = rec;
        }
    }
    ak_mem_free(r->buckets);
    r->buckets = buckets;
    r->bucket_count = count;
}

struct record *runtime_registry_add(struct registry *r, const char *name, size_t len)
{
    struct record *rec = ak_mem_zalloc(sizeof *rec + len + 1);
    if (rec == NULL) {
        return NULL;
    }
    if (r->count >= r->bucket_count) {
        grow(r);
    }
    memcpy(rec->name, name, len);
    rec->name_len = (uint8_t)len;
    rec->hash = runtime_registry_hash(name, len);
    rec->owner = AK_CLUSTER_NODES;
    struct record **bucket = &r->buckets[rec->hash & (r->bucket_count - 1)];
    rec->next_in_bucket = *bucket;
    *bucket = rec;
    r->count++;
    return rec;
}

static void unlink_from_owner(struct record *rec)
{
    if (rec->owner < AK_CLUSTER_NODES) {
        *rec->link_of_owner = rec->next_of_owner;
        if (rec->next_of_owner != NULL) {
            rec->next_of_owner->link_of_owner = rec->link_of_owner;
        }
    }
}

void runtime_registry_set_owner(struct registry *r, struct record *rec, uint32_t owner)
{
    unlink_from_owner(rec);
    rec->owner = owner;
    rec->next_of_owner = r->of_owner[owner];
    rec->link_of_owner = &r->of_owner[owner];
    if (rec->next_of_owner != NULL) {
        rec->next_of_owner->link_of_owner = &rec->next_of_owner;
    }
    r->of_owner[owner] = rec;
}

void runtime_registry_sweep(struct registry *r, int64_t now_ns, runtime_registry_keep_fn *keep,
                            void *arg)
{
    for (size_t i = 0; i < r->bucket_count; i++) {
        struct record **at = &r->buckets[i];
        while (*at != NULL) {
            struct record *rec = *at;
            const int64_t limit_ns = keep(arg, rec);
            if (limit_ns < 0 || rec->useless_ns == 0) {
                rec->useless_ns = limit_ns < 0 ? 0 : now_ns;
            } else if (now_ns - rec->useless_ns > limit_ns) {
                *at = rec->next_in_bucket;
                unlink_from_owner(rec);
                r->count--;
                ak_mem_free(rec);
                continue;
            }
            at = &rec->next_in_bucket;
        }
    }
}

size_t runtime_rendezvous(uint64_t members, uint32_t partition, uint32_t *out, size_t count)
{
    uint64_t weights[AK_CLUSTER_NODES];
    size_t n = 0;
    for (uint32_t node = 0; node < AK_CLUSTER_NODES; node++) {
        if ((members >> node & 1) == 0) {
            continue;
        }
        const uint64_t w = ak_hash_u64((uint64_t)partition << 32 | (node + 1));
        size_t at = n < count ? n : count;
        while (at > 0 && weights[at - 1] < w) {
            at--;
        }
        if (at == count) {
            continue;
        }
        for (size_t i = n < count ? n : count - 1; i > at; i--) {
            weights[i] = weights[i - 1];
            out[i] = out[i - 1];
        }
        weights[at] = w;
        out[at] = node;
        n += n < count;
    }
    return n;
}
