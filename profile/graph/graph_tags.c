#include "base/hash.h"
#include "base/mem.h"
#include "graph_build.h"
#include "profile/measure.h"
#include "profile/tagfilter.h"

/* Tags while they are collected: found by node, group and name. */
struct collector {
    struct graph_builder *b;
    const uint8_t *wanted; /* per node */
    struct ak_intern names;
    struct ak_idmap index; /* hash of node, group, name -> tag */
    struct ak_tag *tags;
    uint32_t *tag_node;
    size_t count, tags_cap, node_cap;
    size_t *seen;    /* per node: sample + 1 */
    uint32_t *stack; /* nodes of the sample at hand, each once */
    size_t depth, stack_cap;
    struct ak_arena *scratch;
    struct ak_buf text;
};

/* The tags of one sample: its joined text label and its numbers. */
struct sample_tags {
    uint32_t text;                        /* in names; AK_NO_INDEX: none */
    const struct ak_label_group *numbers; /* NULL: none */
};

/* In place of the group's name: numbers of samples without a text label; a text label itself. */
enum { GROUP_NONE = -1, GROUP_TEXT = -2 };

static struct ak_tag *tag_of(struct collector *c, uint32_t node, int64_t group, uint32_t name)
{
    const uint32_t key[3] = {node, (uint32_t)group, name};
    bool is_new;
    const uint32_t i =
        ak_idmap_put(&c->index, ak_hash_bytes(key, sizeof key, 1), (uint32_t)c->count, &is_new);
    if (is_new) {
        AK_GROW(c->tags, c->count + 1, c->tags_cap);
        AK_GROW(c->tag_node, c->count + 1, c->node_cap);
        c->tags[c->count] = (struct ak_tag){
            .name = c->names.strs[name],
            .group = group < 0 ? AK_STR("") : c->names.strs[group],
        };
        c->tag_node[c->count++] = node;
    }
    return &c->tags[i];
}

static void add_value(struct collector *c, struct ak_tag *t, int64_t w, int64_t div, bool flat)
{
    graph_add(c->b->g, flat ? &t->flat : &t->cum, w);
    graph_add(c->b->g, flat ? &t->flat_div : &t->cum_div, div);
}

static void add_tags(struct collector *c, uint32_t node, size_t sample,
                     const struct sample_tags *tags, bool flat)
{
    int64_t w, div;
    graph_weight(c->b, sample, &w, &div);
    if (tags->text != AK_NO_INDEX) {
        struct ak_tag *t = tag_of(c, node, GROUP_TEXT, tags->text);
        t->is_text = true;
        add_value(c, t, w, div, flat);
    }
    for (size_t i = 0; tags->numbers && i < tags->numbers->count; i++) {
        const int64_t v = c->b->p->labels[tags->numbers->at[i]].num;
        ak_buf_reset(&c->text);
        ak_measure_label(&c->text, v, c->b->opts->bytes_unit, c->b->opts->tag_unit);
        const uint32_t name = ak_intern_add(&c->names, ak_buf_view(&c->text));
        const size_t before = c->count;
        struct ak_tag *t =
            tag_of(c, node, tags->text == AK_NO_INDEX ? GROUP_NONE : (int64_t)tags->text, name);
        if (c->count > before) {
            t->value = v;
            t->unit = c->b->opts->bytes_unit;
        }
        add_value(c, t, w, div, flat);
    }
}

static int by_text(const void *a, const void *b)
{
    return ak_str_cmp(*(const struct ak_str *)a, *(const struct ak_str *)b);
}

/* "key:value" of all text labels, sorted, joined by \n as dot writes it. */
static uint32_t join_texts(struct collector *c, const struct ak_label_group *groups, size_t n)
{
    const struct ak_profile *p = c->b->p;
    size_t count = 0;
    for (size_t g = 0; g < n; g++) {
        count += groups[g].is_text ? groups[g].count : 0;
    }
    if (count == 0) {
        return AK_NO_INDEX;
    }
    struct ak_str *parts = ak_arena_alloc(c->scratch, count * sizeof *parts);
    count = 0;
    for (size_t g = 0; g < n; g++) {
        for (size_t l = 0; groups[g].is_text && l < groups[g].count; l++) {
            const struct ak_str v = ak_profile_str(p, p->labels[groups[g].at[l]].str);
            parts[count++] =
                ak_str_from(ak_arena_printf(c->scratch, "%.*s:%.*s", (int)groups[g].key.len,
                                            groups[g].key.ptr, (int)v.len, v.ptr));
        }
    }
    qsort(parts, count, sizeof *parts, by_text);
    ak_buf_reset(&c->text);
    for (size_t i = 0; i < count; i++) {
        ak_buf_puts(&c->text, i ? "\\n" : "");
        ak_buf_str(&c->text, parts[i]);
    }
    return ak_buf_view(&c->text).len ? ak_intern_add(&c->names, ak_buf_view(&c->text))
                                     : AK_NO_INDEX;
}

/* Fills c->stack with the distinct wanted nodes of sample i, root first; returns the leaf's node,
 * AK_NO_INDEX of an empty stack. */
static uint32_t nodes_of(struct collector *c, size_t i)
{
    const struct graph_builder *b = c->b;
    const uint32_t *from = b->p->stack_ids + b->p->stack_start[i];
    const uint32_t *at = b->p->stack_ids + b->p->stack_start[i + 1];
    uint32_t node = AK_NO_INDEX;
    c->depth = 0;
    while (at > from) {
        const uint32_t l = *--at;
        for (uint32_t f = b->frame_start[l + 1]; f-- > b->frame_start[l];) {
            const uint32_t info = b->frame_info[f];
            node = b->opts->call_tree ? profile_graph_child(b, node, info) : info;
            if (c->wanted[node] && c->seen[node] != i + 1) {
                c->seen[node] = i + 1;
                AK_GROW(c->stack, c->depth + 1, c->stack_cap);
                c->stack[c->depth++] = node;
            }
        }
    }
    return node;
}

static void add_sample(struct collector *c, size_t i)
{
    int64_t w, div;
    const struct ak_profile *p = c->b->p;
    if (p->label_start[i] == p->label_start[i + 1] || !graph_weight(c->b, i, &w, &div)) {
        return;
    }
    const uint32_t leaf = nodes_of(c, i);
    if (c->depth == 0) {
        return;
    }
    ak_arena_reset(c->scratch);
    struct ak_label_group *groups;
    const size_t n = ak_label_groups(p, i, c->scratch, &groups);
    struct sample_tags tags = {.text = join_texts(c, groups, n)};
    for (size_t g = 0; g < n; g++) {
        if (!groups[g].is_text && ak_str_eq(groups[g].key, AK_STR("bytes"))) {
            tags.numbers = &groups[g];
        }
    }
    for (size_t k = 0; k < c->depth; k++) {
        add_tags(c, c->stack[k], i, &tags, false);
    }
    if (leaf != AK_NO_INDEX && c->wanted[leaf]) {
        add_tags(c, leaf, i, &tags, true);
    }
}

/* Counting sort of the tags by node into the graph. */
static void export_tags(const struct collector *c)
{
    struct ak_graph *g = c->b->g;
    g->tag_start = AK_NEW_ARRAY(c->b->arena, uint32_t, (size_t)g->node_count + 2);
    g->tags = ak_arena_alloc(c->b->arena, c->count * sizeof *g->tags);
    for (size_t i = 0; i < c->count; i++) {
        g->tag_start[c->tag_node[i] + 2]++;
    }
    for (uint32_t n = 0; n + 1 < g->node_count + 2; n++) {
        g->tag_start[n + 1] += g->tag_start[n];
    }
    for (size_t i = 0; i < c->count; i++) {
        g->tags[g->tag_start[c->tag_node[i] + 1]++] = c->tags[i];
    }
}

void profile_graph_tags(struct graph_builder *b, const uint8_t *wanted)
{
    if (!b->p->label_start) {
        return;
    }
    struct collector c = {.b = b, .wanted = wanted, .scratch = ak_arena_new()};
    ak_intern_init(&c.names, b->arena);
    c.seen = ak_calloc((size_t)b->g->node_count + 1, sizeof *c.seen);
    for (size_t i = 0; i < b->p->sample_count; i++) {
        add_sample(&c, i);
    }
    export_tags(&c);
    ak_idmap_release(&c.index);
    ak_intern_release(&c.names);
    ak_free(c.tags);
    ak_free(c.tag_node);
    ak_free(c.seen);
    ak_free(c.stack);
    ak_buf_release(&c.text);
    ak_arena_free(c.scratch);
}
