/* Names of living actors: hash tables of {hash, slot} in shards, each with its lock; the names
 * themselves stand in the cells. Linear probing, deletion by shifting back. */
#include "base/hash.h"
#include "core.h"
#include "ext.h"
#include "msg_wait.h"
#include "runtime/memory.h"

#include <string.h>

struct name_entry {
    uint32_t hash; /* 0: free */
    uint32_t slot;
};

enum { FIRST_CAP = 16 };

uint32_t runtime_name_hash(const char *name, size_t len)
{
    const uint64_t h = ak_hash_bytes(name, len, 0);
    const uint32_t folded = (uint32_t)(h ^ (h >> 32));
    return folded != 0 ? folded : 1;
}

const char *runtime_actor_name(const struct actor *a)
{
    return actor_has(a, ACTOR_LONG_NAME) ? a->ext->long_name : a->name;
}

static struct name_shard *shard_of(struct ak_system *sys, uint32_t hash)
{
    return &sys->names[hash >> 28];
}

static uint32_t home(const struct name_shard *s, uint32_t hash)
{
    return (hash * 0x9e3779b1u) & (s->cap - 1);
}

static bool grow(struct name_shard *s)
{
    const uint32_t cap = s->cap == 0 ? FIRST_CAP : s->cap * 2;
    struct name_entry *entries = ak_mem_zalloc((size_t)cap * sizeof *entries);
    if (entries == NULL) {
        return false;
    }
    struct name_shard bigger = {.cap = cap};
    for (uint32_t i = 0; i < s->cap; i++) {
        if (s->entries[i].hash != 0) {
            uint32_t at = home(&bigger, s->entries[i].hash);
            while (entries[at].hash != 0) {
                at = (at + 1) & (cap - 1);
            }
            entries[at] = s->entries[i];
        }
    }
    ak_mem_free(s->entries);
    s->entries = entries;
    s->cap = cap;
    return true;
}

/* Position of the name, or of the free entry where it would stand. cap > 0. */
static uint32_t locate(const struct ak_system *sys, const struct name_shard *s, uint32_t hash,
                       struct ak_str name)
{
    uint32_t at = home(s, hash);
    for (; s->entries[at].hash != 0; at = (at + 1) & (s->cap - 1)) {
        if (s->entries[at].hash != hash) {
            continue;
        }
        const struct actor *a = runtime_cell_at(sys, s->entries[at].slot);
        if (a->name_len == name.len && memcmp(runtime_actor_name(a), name.ptr, name.len) == 0) {
            break;
        }
    }
    return at;
}

bool runtime_names_add(struct ak_system *sys, const struct actor *a, struct ak_pid *out_other)
{
    struct name_shard *s = shard_of(sys, a->name_hash);
    const struct ak_str name = {runtime_actor_name(a), a->name_len};
    bool added = false;
    struct ak_pid other = AK_NOBODY;
    (void)pthread_mutex_lock(&s->lock);
    if ((uint64_t)(s->count + 1) * 4 <= (uint64_t)s->cap * 3 || grow(s)) {
        struct name_entry *e = &s->entries[locate(sys, s, a->name_hash, name)];
        if (e->hash == 0) {
            *e = (struct name_entry){a->name_hash, a->slot};
            s->count++;
            added = true;
        } else {
            other = actor_pid(runtime_cell_at(sys, e->slot));
        }
    }
    (void)pthread_mutex_unlock(&s->lock);
    if (!added && out_other != NULL) {
        *out_other = other;
    }
    return added;
}

/* Moves back the entries behind a hole that would no longer be found. */
static void close_hole(struct name_shard *s, uint32_t hole)
{
    const uint32_t mask = s->cap - 1;
    for (uint32_t i = (hole + 1) & mask; s->entries[i].hash != 0; i = (i + 1) & mask) {
        const uint32_t want = home(s, s->entries[i].hash);
        if (((i - want) & mask) >= ((i - hole) & mask)) {
            s->entries[hole] = s->entries[i];
            hole = i;
        }
    }
    s->entries[hole].hash = 0;
    s->count--;
}

void runtime_names_remove(struct ak_system *sys, const struct actor *a)
{
    if (a->name_hash == 0) {
        return;
    }
    struct name_shard *s = shard_of(sys, a->name_hash);
    (void)pthread_mutex_lock(&s->lock);
    if (s->cap > 0) {
        uint32_t at = home(s, a->name_hash);
        while (s->entries[at].hash != 0 && s->entries[at].slot != a->slot) {
            at = (at + 1) & (s->cap - 1);
        }
        if (s->entries[at].hash != 0) {
            close_hole(s, at);
        }
    }
    (void)pthread_mutex_unlock(&s->lock);
}

struct ak_pid runtime_names_find(struct ak_system *sys, const char *name, size_t len)
{
    const uint32_t hash = runtime_name_hash(name, len);
    struct name_shard *s = shard_of(sys, hash);
    struct ak_pid found = AK_NOBODY;
    (void)pthread_mutex_lock(&s->lock);
    if (s->cap > 0) {
        const struct name_entry *e = &s->entries[locate(sys, s, hash, (struct ak_str){name, len})];
        const struct actor *a = e->hash != 0 ? runtime_cell_at(sys, e->slot) : NULL;
        if (a != NULL && actor_phase(a) != PHASE_FREE) {
            found = actor_pid(a);
        }
    }
    (void)pthread_mutex_unlock(&s->lock);
    return found;
}

bool runtime_names_push(struct ak_system *sys, struct ak_str name, struct ak_msg *msg)
{
    const uint32_t hash = runtime_name_hash(name.ptr, name.len);
    struct name_shard *s = shard_of(sys, hash);
    struct actor *a = NULL;
    uintptr_t before = INBOX_CLOSED;
    (void)pthread_mutex_lock(&s->lock);
    if (s->cap > 0) {
        const struct name_entry *e = &s->entries[locate(sys, s, hash, name)];
        if (e->hash != 0) {
            a = runtime_cell_at(sys, e->slot);
            msg->to_gen = actor_gen(a);
            runtime_msg_wait_begin(msg);
            before = runtime_inbox_push(a, msg);
        }
    }
    (void)pthread_mutex_unlock(&s->lock);
    if (before == INBOX_IDLE) {
        runtime_schedule(sys, a); /* the turn is ours: it cannot have ended */
    }
    return before != INBOX_CLOSED;
}

bool runtime_names_copy(struct ak_system *sys, struct ak_pid pid, char out_name[256])
{
    const struct actor *a = runtime_cell_of(sys, pid);
    const uint32_t hash = a != NULL ? a->name_hash : 0;
    out_name[0] = '\0';
    if (hash == 0) {
        return a != NULL;
    }
    /* While the name stands in its table the cell cannot be used again. */
    struct name_shard *s = shard_of(sys, hash);
    bool found = false;
    (void)pthread_mutex_lock(&s->lock);
    for (uint32_t at = s->cap > 0 ? home(s, hash) : 0; s->cap > 0 && s->entries[at].hash != 0;
         at = (at + 1) & (s->cap - 1)) {
        if (s->entries[at].slot == pid.slot && actor_gen(a) == pid.gen) {
            memcpy(out_name, runtime_actor_name(a), (size_t)a->name_len + 1);
            found = true;
            break;
        }
    }
    (void)pthread_mutex_unlock(&s->lock);
    return found;
}

void runtime_names_clear(struct ak_system *sys)
{
    for (unsigned i = 0; i < NAME_SHARDS; i++) {
        struct name_shard *s = &sys->names[i];
        (void)pthread_mutex_lock(&s->lock);
        if (s->count > 0) {
            memset(s->entries, 0, (size_t)s->cap * sizeof *s->entries);
            s->count = 0;
        }
        (void)pthread_mutex_unlock(&s->lock);
    }
}

bool runtime_names_init(struct ak_system *sys)
{
    for (unsigned i = 0; i < NAME_SHARDS; i++) {
        if (pthread_mutex_init(&sys->names[i].lock, NULL) != 0) {
            return false;
        }
    }
    return true;
}

void runtime_names_release(struct ak_system *sys)
{
    for (unsigned i = 0; i < NAME_SHARDS; i++) {
        ak_mem_free(sys->names[i].entries);
        (void)pthread_mutex_destroy(&sys->names[i].lock);
    }
}
