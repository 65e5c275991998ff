#include "base/hash.h"
#include "base/mem.h"
#include "graph_build.h"
#include "profile/paths.h"

/* --- infos ---------------------------------------------------------------------------------- */

/* Interned parts of functions and mappings, so that infos compare as numbers. */
struct info_key {
    uint32_t name, file, object;
    uint64_t address;
    int64_t line, column, start_line;
};

struct info_table {
    struct graph_builder *b;
    struct ak_intern strings; /* index 0 is "" */
    uint32_t *function_name, *function_file;
    uint32_t *mapping_file;
    struct info_key *keys; /* info i */
    size_t keys_cap;
    uint32_t *slots; /* open addressing, info + 1 */
    size_t slots_cap;
};

static void intern_names(struct info_table *t)
{
    const struct ak_profile *p = t->b->p;
    struct ak_arena *a = t->b->arena;
    ak_intern_init(&t->strings, a);
    ak_intern_add(&t->strings, AK_STR(""));
    t->function_name = ak_arena_alloc(a, p->function_count * sizeof(uint32_t));
    t->function_file = ak_arena_alloc(a, p->function_count * sizeof(uint32_t));
    t->mapping_file = ak_arena_alloc(a, p->mapping_count * sizeof(uint32_t));
    for (uint32_t i = 0; i < p->function_count; i++) {
        const struct ak_function *f = &p->functions[i];
        const struct ak_str file = ak_path_trim(ak_profile_str(p, f->filename),
                                                t->b->opts->trim_path, t->b->opts->source_path);
        t->function_name[i] = ak_intern_add(&t->strings, ak_profile_str(p, f->name));
        t->function_file[i] = file.len ? ak_intern_add(&t->strings, ak_path_clean(a, file)) : 0;
    }
    for (uint32_t i = 0; i < p->mapping_count; i++) {
        t->mapping_file[i] = ak_intern_add(&t->strings, ak_profile_str(p, p->mappings[i].filename));
    }
}

static uint64_t hash_key(const struct info_key *k)
{
    uint64_t h = ak_hash_u64(((uint64_t)k->name << 32 | k->file) + 0x9e3779b97f4a7c15ULL);
    h = ak_hash_u64(h ^ k->object ^ (uint64_t)k->line << 20);
    h = ak_hash_u64(h ^ k->address);
    return ak_hash_u64(h ^ (uint64_t)k->start_line << 32 ^ (uint64_t)k->column);
}

static bool same_key(const struct info_key *a, const struct info_key *b)
{
    return a->name == b->name && a->file == b->file && a->object == b->object &&
           a->address == b->address && a->line == b->line && a->column == b->column &&
           a->start_line == b->start_line;
}

static size_t find_slot(const struct info_table *t, const struct info_key *k)
{
    size_t at = hash_key(k) & (t->slots_cap - 1);
    while (t->slots[at] && !same_key(&t->keys[t->slots[at] - 1], k)) {
        at = (at + 1) & (t->slots_cap - 1);
    }
    return at;
}

static void grow_slots(struct info_table *t, uint32_t count)
{
    ak_free(t->slots);
    t->slots_cap = t->slots_cap ? t->slots_cap * 2 : 1024;
    t->slots = ak_calloc(t->slots_cap, sizeof *t->slots);
    for (uint32_t i = 0; i < count; i++) {
        t->slots[find_slot(t, &t->keys[i])] = i + 1;
    }
}

static uint32_t info_of(struct info_table *t, const struct info_key *k)
{
    struct ak_graph *g = t->b->g;
    if (((size_t)g->info_count + 1) * 2 > t->slots_cap) {
        grow_slots(t, g->info_count);
    }
    const size_t at = find_slot(t, k);
    if (t->slots[at] == 0) {
        AK_GROW(t->keys, (size_t)g->info_count + 1, t->keys_cap);
        t->keys[g->info_count++] = *k;
        t->slots[at] = g->info_count;
    }
    return t->slots[at] - 1;
}

static struct info_key key_of(const struct info_table *t, const struct ak_location *loc,
                              const struct ak_line *line)
{
    const struct ak_graph_opts *opts = t->b->opts;
    const uint32_t object = loc->mapping == AK_NO_INDEX ? 0 : t->mapping_file[loc->mapping];
    if (!line || line->function == AK_NO_INDEX) {
        return (struct info_key){.address = loc->address, .object = object};
    }
    struct info_key k = {.name = t->function_name[line->function],
                         .file = t->function_file[line->function],
                         .address = loc->address,
                         .line = line->line,
                         .column = line->column};
    const bool nameless = k.name == 0 && (opts->compat || k.file == 0);
    if (opts->object_names || nameless) {
        k.object = object;
        k.start_line = t->b->p->functions[line->function].start_line;
    }
    return k;
}

static void export_infos(const struct info_table *t)
{
    struct ak_graph *g = t->b->g;
    g->infos = ak_arena_alloc(t->b->arena, g->info_count * sizeof *g->infos);
    for (uint32_t i = 0; i < g->info_count; i++) {
        const struct info_key *k = &t->keys[i];
        g->infos[i] = (struct ak_node_info){.name = t->strings.strs[k->name],
                                            .file = t->strings.strs[k->file],
                                            .object = t->strings.strs[k->object],
                                            .address = k->address,
                                            .line = k->line,
                                            .column = k->column,
                                            .start_line = k->start_line};
    }
}

void profile_graph_infos(struct graph_builder *b)
{
    const struct ak_profile *p = b->p;
    struct info_table t = {.b = b};
    intern_names(&t);
    size_t frames = 0;
    for (uint32_t i = 0; i < p->location_count; i++) {
        frames += p->locations[i].line_count ? p->locations[i].line_count : 1;
    }
    b->frame_start = ak_arena_alloc(b->arena, ((size_t)p->location_count + 1) * sizeof(uint32_t));
    b->frame_info = ak_arena_alloc(b->arena, frames * sizeof(uint32_t));
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->location_count; i++) {
        const struct ak_location *loc = &p->locations[i];
        b->frame_start[i] = n;
        for (uint32_t l = 0; l < loc->line_count; l++) {
            const struct info_key k = key_of(&t, loc, &p->lines[loc->first_line + l]);
            b->frame_info[n++] = info_of(&t, &k);
        }
        if (loc->line_count == 0) {
            const struct info_key k = key_of(&t, loc, NULL);
            b->frame_info[n++] = info_of(&t, &k);
        }
    }
    b->frame_start[p->location_count] = n;
    export_infos(&t);
    ak_free(t.slots);
    ak_free(t.keys);
    ak_intern_release(&t.strings);
}

/* --- sums ----------------------------------------------------------------------------------- */

/* cum and the last sample that was counted in it lie together: one cache line for each frame. */
struct running {
    int64_t cum, cum_div;
    size_t sample; /* + 1 */
};

/* Counts a node once for a sample. */
static inline void count_node(struct ak_graph *g, struct running *r, size_t sample, int64_t w,
                              int64_t div)
{
    if (r->sample == sample) {
        return;
    }
    r->sample = sample;
    graph_add(g, &r->cum, w);
    if (div) {
        graph_add(g, &r->cum_div, div);
    }
}

/* The node of each location that has one, else AK_NO_INDEX: most stacks are made of those. */
static uint32_t *single_nodes(const struct graph_builder *b)
{
    const uint32_t n = b->p->location_count;
    uint32_t *single = ak_arena_alloc(b->arena, n * sizeof *single);
    for (uint32_t l = 0; l < n; l++) {
        const bool alone = b->frame_start[l + 1] - b->frame_start[l] == 1;
        single[l] = alone ? b->frame_info[b->frame_start[l]] : AK_NO_INDEX;
    }
    return single;
}

static void sum_samples(struct graph_builder *b, struct running *run)
{
    const struct ak_profile *p = b->p;
    struct ak_graph *g = b->g;
    const uint32_t *const single = single_nodes(b);
    for (size_t i = 0; i < p->sample_count; i++) {
        int64_t w, div;
        if (!graph_weight(b, i, &w, &div)) {
            continue;
        }
        b->has_losses = b->has_losses || w < 0;
        const struct graph_stack stack = graph_stack_of(b, i);
        const uint32_t *at = stack.ids, *const end = stack.end;
        if (at < end) {
            struct ak_node *leaf = &g->nodes[b->frame_info[b->frame_start[*at]]];
            graph_add(g, &leaf->flat, w);
            graph_add(g, &leaf->flat_div, div);
        }
        for (; at < end; at++) {
            if (single[*at] != AK_NO_INDEX) {
                count_node(g, &run[single[*at]], i + 1, w, div);
                continue;
            }
            for (uint32_t f = b->frame_start[*at]; f < b->frame_start[*at + 1]; f++) {
                count_node(g, &run[b->frame_info[f]], i + 1, w, div);
            }
        }
    }
}

void profile_graph_nodes(struct graph_builder *b)
{
    struct ak_graph *g = b->g;
    g->node_count = g->info_count;
    g->nodes = AK_NEW_ARRAY(b->arena, struct ak_node, g->node_count);
    struct running *run = ak_calloc((size_t)g->node_count + 1, sizeof *run);
    for (uint32_t i = 0; i < g->node_count; i++) {
        g->nodes[i].info = i;
        g->nodes[i].parent = AK_NO_INDEX;
    }
    sum_samples(b, run);
    for (uint32_t i = 0; i < g->node_count; i++) {
        g->nodes[i].cum = run[i].cum;
        g->nodes[i].cum_div = run[i].cum_div;
    }
    ak_free(run);
}
