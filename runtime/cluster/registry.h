/* Private: records of the cluster's names, found by name and by owner. Not locked. */
#ifndef RUNTIME_REGISTRY_H
#define RUNTIME_REGISTRY_H

#include "runtime/cluster.h"

struct record {
    struct record *next_in_bucket;
    struct record *next_of_owner, **link_of_owner;
    uint64_t hash;
    uint64_t epoch;
    uint32_t owner;
    uint32_t kind; /* index of the cluster's kinds */
    bool deleted;  /* ended on purpose: keeps older records from coming back */
    bool is_grain;
    bool starting;       /* on its owner: being spawned by some thread */
    uint8_t tries;       /* starts that failed */
    struct ak_pid local; /* on its owner; nobody: to be started */
    int64_t useless_ns;  /* since when it is kept for a time only; 0: it is not */
    uint8_t name_len;
    char name[];
};

struct registry {
    struct record **buckets;
    size_t bucket_count; /* power of two */
    size_t count;
    struct record *of_owner[AK_CLUSTER_NODES];
};

bool runtime_registry_init(struct registry *r);
void runtime_registry_release(struct registry *r);
struct record *runtime_registry_find(const struct registry *r, const char *name, size_t len);
/* A new record without an owner (owner is AK_CLUSTER_NODES); NULL: out of memory. */
struct record *runtime_registry_add(struct registry *r, const char *name, size_t len);
void runtime_registry_set_owner(struct registry *r, struct record *rec, uint32_t owner);
/* For how long a record in its present state is kept: negative without limit. */
typedef int64_t runtime_registry_keep_fn(void *arg, const struct record *rec);
/* Forgets records for which `keep` has given a limit at each sweep for longer than that limit.
 * O(records). */
void runtime_registry_sweep(struct registry *r, int64_t now_ns, runtime_registry_keep_fn *keep,
                            void *arg);
uint64_t runtime_registry_hash(const char *name, size_t len);

/* Of the nodes in `members`, the `count` with the highest weight for a partition, best first.
 * Returns how many there are. Method: rendezvous hashing (Thaler and Ravishankar 1998). */
size_t runtime_rendezvous(uint64_t members, uint32_t partition, uint32_t *out, size_t count);

#endif
