/* Actors profile: how many actors live, by the stack that spawned them, their kind and state. Only
 * the spawn stack is kept with each actor, as a number; the rest is asked for when it is written.
 */
#include "prof_actors.h"

#include "prof_labels.h"
#include "prof_snapshot.h"
#include "prof_thread.h"
#include "runtime/prof.h"

static const struct runtime_profile_kind actors_kind = {.type = {"actors"},
                                                        .unit = {"count"},
                                                        .type_count = 1,
                                                        .period_type = "actors",
                                                        .period_unit = "count"};

/* Spawn stacks by number: number i is by_number[i - 1]. Never given back. */
static struct {
    pthread_mutex_t lock;
    struct runtime_stacks stacks;
    struct runtime_bucket **by_number;
    size_t cap;
    bool on; /* atomic */
} g = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct ak_prof_actors {
    struct runtime_stacks stacks;
    uint64_t lost;
};

void runtime_actors_lock(void)
{
    pthread_mutex_lock(&g.lock);
}

void runtime_actors_unlock(void)
{
    pthread_mutex_unlock(&g.lock);
}

void ak_prof_actors_start(void)
{
    if (runtime_modules_refresh()) {
        __atomic_store_n(&g.on, true, __ATOMIC_RELEASE);
    }
}

void ak_prof_actors_stop(void)
{
    __atomic_store_n(&g.on, false, __ATOMIC_RELEASE);
}

static bool grow_numbers(void)
{
    const size_t cap = g.cap ? g.cap * 2 : 512;
    struct runtime_bucket **const bigger = runtime_pages_map(cap * sizeof(struct runtime_bucket *));
    if (!bigger) {
        return false;
    }
    for (size_t i = 0; i < g.cap; i++) {
        bigger[i] = g.by_number[i];
    }
    runtime_pages_unmap(g.by_number, g.cap * sizeof(struct runtime_bucket *));
    g.by_number = bigger;
    g.cap = cap;
    return true;
}

static uint32_t number_of(const struct runtime_stack_key *key)
{
    if (g.stacks.count == g.cap && !grow_numbers()) {
        return 0;
    }
    struct runtime_bucket *const b = runtime_stacks_get(&g.stacks, key);
    if (!b) {
        return 0;
    }
    g.by_number[b->index] = b;
    return b->index + 1;
}

uint32_t ak_prof_spawn_stack(void)
{
    uint64_t pcs[AK_PROF_DEPTH_MAX];
    struct runtime_walk walk = {.pcs = pcs, .max = AK_PROF_DEPTH_MAX};
    if (!__atomic_load_n(&g.on, __ATOMIC_ACQUIRE)) {
        return 0;
    }
    const struct runtime_stack stack = runtime_thread_stack();
    runtime_unwind_caller(__builtin_frame_address(0), &stack, runtime_thread_cache(), &walk);
    if (walk.depth == 0) {
        return 0;
    }
    struct runtime_stack_key key = {.pcs = walk.pcs, .depth = walk.depth, .epoch = walk.epoch};
    key.hash = runtime_stack_hash(&key);
    pthread_mutex_lock(&g.lock);
    const uint32_t number = number_of(&key);
    pthread_mutex_unlock(&g.lock);
    return number;
}

void ak_prof_actors_add(struct ak_prof_actors *actors, uint32_t spawn_stack, const char *kind,
                        const char *state, uint64_t count)
{
    const uint64_t unknown = RUNTIME_PC_UNKNOWN;
    struct runtime_labels labels = {0};
    struct runtime_stack_key key = {.pcs = &unknown, .depth = 1};
    pthread_mutex_lock(&g.lock);
    if (spawn_stack > 0 && spawn_stack <= g.stacks.count && g.by_number[spawn_stack - 1]) {
        key = g.by_number[spawn_stack - 1]->key;
    }
    pthread_mutex_unlock(&g.lock);
    runtime_labels_add(&labels, RUNTIME_LABEL_KIND, kind);
    runtime_labels_add(&labels, RUNTIME_LABEL_STATE, state);
    key.labels = labels.bytes;
    key.label_bytes = (uint32_t)labels.length;
    key.hash = runtime_stack_hash(&key);
    struct runtime_bucket *const b = runtime_stacks_get(&actors->stacks, &key);
    if (b) {
        b->value[0] += count;
    } else {
        actors->lost += count;
    }
}

static bool actors_values(const struct runtime_bucket *b, int64_t *out)
{
    out[0] = (int64_t)b->value[0];
    return out[0] > 0;
}

enum ak_status ak_prof_actors_write(const char *path,
                                    void (*each)(void *ctx, struct ak_prof_actors *actors),
                                    void *ctx, struct ak_error *err)
{
    struct ak_prof_actors actors = {0};
    each(ctx, &actors);
    struct ak_prof_snapshot *s =
        runtime_snapshot_new(&actors_kind, &actors.stacks, actors_values, 0);
    runtime_stacks_release(&actors.stacks);
    if (!s) {
        return ak_fail(err, AK_NO_SPACE, "actors profile: no memory for its counts");
    }
    s->period = 1;
    runtime_snapshot_comment(s,
                             "actors: each living actor counted once, by its spawn stack; lost: "
                             "%llu",
                             (unsigned long long)actors.lost);
    const enum ak_status st = ak_prof_snapshot_write(s, path, err);
    ak_prof_snapshot_free(s);
    return st;
}
