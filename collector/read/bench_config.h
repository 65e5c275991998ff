/* The configuration in force while benchmark text is read: "key: value" lines. */
#ifndef COLLECTOR_BENCH_CONFIG_H
#define COLLECTOR_BENCH_CONFIG_H

#include "base/idmap.h"
#include "collector/bench_text.h"

/* Distinct keys of one input; later ones are ignored (a log may look like configuration). */
#define COLLECTOR_MAX_CONFIG_KEYS 4096

struct collector_config_entry;

struct collector_config {
    struct ak_arena *arena;
    struct ak_intern keys;
    uint32_t *positions; /* key id -> index of entries, or AK_IDMAP_NONE */
    size_t positions_cap;
    struct collector_config_entry *entries;
    struct ak_bench_config *view; /* what records show */
    size_t count, entries_cap, view_cap;
    uint64_t version; /* changes with every change */
};

void collector_config_init(struct collector_config *c);
void collector_config_release(struct collector_config *c);
/* Sets a key; an empty value deletes it, and the last entry takes its place. */
void collector_config_set(struct collector_config *c, struct ak_str key, struct ak_str value);

#endif
