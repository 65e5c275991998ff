#include "base/hash.h"
#include "base/idmap.h"
#include "base/mem.h"
#include "base/sanitize.h"
#include "base/units.h"
#include "flame/flame.h"

#include <math.h>
#include <stdlib.h>

/* A frame while the tree is built. */
struct growing {
    uint32_t name, parent, depth;
    uint32_t first_child, next;
    int64_t after, before;
};

struct building {
    const struct ak_pprof_report *r;
    struct ak_intern names;
    uint32_t *frame_name; /* names of a location's lines, from first[location] on */
    uint32_t *first;
    struct growing *frames;
    size_t count, cap;
    struct ak_idmap children; /* parent and name -> frame */
};

static void name_frames(struct building *b)
{
    const struct ak_profile *p = b->r->view;
    struct ak_arena *a = b->r->arena;
    b->first = AK_NEW_ARRAY(a, uint32_t, (size_t)p->location_count + 1);
    uint32_t n = 0;
    for (uint32_t l = 0; l < p->location_count; l++) {
        b->first[l] = n;
        n += p->locations[l].line_count ? p->locations[l].line_count : 1;
    }
    b->first[p->location_count] = n;
    b->frame_name = AK_NEW_ARRAY(a, uint32_t, n);
    struct ak_buf raw = AK_BUF_INIT;
    struct ak_buf clean = AK_BUF_INIT;
    for (uint32_t l = 0; l < p->location_count; l++) {
        for (uint32_t f = b->first[l]; f < b->first[l + 1]; f++) {
            const struct ak_node_info info = ak_frame_info(p, l, f - b->first[l], a);
            ak_buf_reset(&raw);
            ak_buf_reset(&clean);
            ak_node_name(&raw, &info, " ");
            ak_sanitize_text(&clean, ak_buf_view(&raw));
            b->frame_name[f] = ak_intern_add(&b->names, ak_buf_view(&clean));
        }
    }
    ak_buf_release(&raw);
    ak_buf_release(&clean);
}

static uint32_t add_frame(struct building *b, uint32_t parent, uint32_t name)
{
    AK_GROW(b->frames, b->count + 1, b->cap);
    const uint32_t at = (uint32_t)b->count++;
    b->frames[at] = (struct growing){
        .name = name, .parent = parent, .next = AK_NO_INDEX, .first_child = AK_NO_INDEX};
    if (parent != AK_NO_INDEX) {
        b->frames[at].depth = b->frames[parent].depth + 1;
        b->frames[at].next = b->frames[parent].first_child;
        b->frames[parent].first_child = at;
    }
    return at;
}

static uint32_t child_of(struct building *b, uint32_t parent, uint32_t name)
{
    bool is_new;
    const uint64_t key = (uint64_t)parent << 32 | name;
    const uint32_t at = ak_idmap_put(&b->children, key, (uint32_t)b->count, &is_new);
    return is_new ? add_frame(b, parent, name) : at;
}

static void add_value(struct growing *f, int64_t v)
{
    /* Sums beyond 64 bits are told by the report; here they only must not be undefined. */
    int64_t *sum = v < 0 ? &f->before : &f->after;
    const uint64_t size = ak_magnitude(v);
    *sum = size > (uint64_t)(INT64_MAX - *sum) ? INT64_MAX : *sum + (int64_t)size;
}

/* Stacks are stored leaf first; a flame grows from the root, an inverted one from the leaf. */
static void add_sample(struct building *b, size_t i, bool inverted)
{
    const struct ak_profile *p = b->r->view;
    const int64_t v = p->values[i * p->sample_type_count + b->r->value];
    if (v == 0) {
        return;
    }
    uint32_t at = 0;
    add_value(&b->frames[0], v);
    const uint64_t from = p->stack_start[i];
    const uint64_t depth = p->stack_start[i + 1] - from;
    for (uint64_t k = 0; k < depth; k++) {
        const uint32_t l = p->stack_ids[inverted ? from + k : from + depth - 1 - k];
        const uint32_t lines = b->first[l + 1] - b->first[l];
        for (uint32_t n = 0; n < lines; n++) {
            const uint32_t line = b->first[l] + (inverted ? n : lines - 1 - n);
            at = child_of(b, at, b->frame_name[line]);
            add_value(&b->frames[at], v);
        }
    }
}

struct sibling {
    struct ak_str name;
    uint32_t frame;
};

static int by_name(const void *a, const void *b)
{
    const struct sibling *x = a;
    const struct sibling *y = b;
    const int c = ak_str_cmp(x->name, y->name);
    return c ? c : (x->frame > y->frame) - (x->frame < y->frame);
}

/* Sorts the children of every frame by name. */
static void sort_children(struct building *b)
{
    struct sibling *list = NULL;
    size_t cap = 0;
    for (size_t i = 0; i < b->count; i++) {
        size_t n = 0;
        for (uint32_t c = b->frames[i].first_child; c != AK_NO_INDEX; c = b->frames[c].next) {
            AK_GROW(list, n + 1, cap);
            list[n++] = (struct sibling){b->names.strs[b->frames[c].name], c};
        }
        if (n > 1) {
            qsort(list, n, sizeof *list, by_name);
        }
        b->frames[i].first_child = n ? list[0].frame : AK_NO_INDEX;
        for (size_t k = 0; k < n; k++) {
            b->frames[list[k].frame].next = k + 1 < n ? list[k + 1].frame : AK_NO_INDEX;
        }
    }
    ak_free(list);
}

/* Depth first, without recursion: stacks can be as deep as the input likes. */
static void flatten(const struct building *b, struct flame *out)
{
    int64_t *left = AK_NEW_ARRAY(b->r->arena, int64_t, b->count);
    uint32_t at = 0;
    while (at != AK_NO_INDEX) {
        const struct growing *g = &b->frames[at];
        out->frames[out->frame_count++] =
            (struct flame_frame){g->name, g->depth, g->after, g->before, left[at]};
        out->depth_max = g->depth > out->depth_max ? g->depth : out->depth_max;
        out->is_diff = out->is_diff || g->before != 0;
        uint32_t next = g->first_child;
        if (next != AK_NO_INDEX) {
            left[next] = left[at];
        }
        while (next == AK_NO_INDEX && at != 0) {
            next = b->frames[at].next;
            if (next != AK_NO_INDEX) {
                left[next] = left[at] + b->frames[at].after;
            } else {
                at = b->frames[at].parent;
            }
        }
        at = next;
    }
}

/* What one sampled event stands for, where the period measures the same as the values. */
static double event_value(const struct ak_pprof_report *r)
{
    const struct ak_profile *p = r->view;
    const bool same = ak_str_eq(ak_profile_str(p, p->period_type.unit), r->sample_unit);
    return same && p->period > 0 ? (double)p->period : 0;
}

struct flame reporter_flame_model(const struct ak_pprof_report *r)
{
    struct building b = {.r = r};
    ak_intern_init(&b.names, r->arena);
    add_frame(&b, AK_NO_INDEX, ak_intern_add(&b.names, AK_STR("all")));
    name_frames(&b);
    for (size_t i = 0; i < r->view->sample_count; i++) {
        add_sample(&b, i, r->config.inverted);
    }
    sort_children(&b);
    struct flame f = {
        .names = ak_arena_copy(r->arena, b.names.strs, b.names.count * sizeof *b.names.strs),
        .name_count = (uint32_t)b.names.count,
        .frames = AK_NEW_ARRAY(r->arena, struct flame_frame, b.count),
        .event = event_value(r),
    };
    flatten(&b, &f);
    ak_intern_release(&b.names);
    ak_idmap_release(&b.children);
    ak_free(b.frames);
    return f;
}

/* Mixes a towards b by t. */
static uint32_t mix(uint32_t a, uint32_t b, double t)
{
    uint32_t out = 0;
    for (unsigned shift = 0; shift <= 16; shift += 8) {
        const double x = a >> shift & 255;
        const double y = b >> shift & 255;
        out |= (uint32_t)(x + (y - x) * t + 0.5) << shift;
    }
    return out;
}

static uint32_t change_colour(const struct flame *f, const struct flame_frame *frame)
{
    const double delta = (double)frame->after - (double)frame->before;
    const double events =
        f->event > 0 ? ((double)frame->after + (double)frame->before) / f->event : 0;
    const double noise = 2 * f->event * sqrt(events); /* two standard errors of a Poisson count */
    const double total = (double)f->frames[0].after;
    if (fabs(delta) <= noise || total <= 0) {
        return 0xe3e6ea;
    }
    const double strength = fmin(1, sqrt(fabs(delta) / total) * 2); /* 25 % is full colour */
    return mix(0xf2f2f2, delta > 0 ? 0xe69f00 : 0x56b4e9, 0.15 + 0.85 * strength);
}

uint32_t reporter_flame_colour(const struct flame *f, const struct flame_frame *frame)
{
    if (f->is_diff) {
        return change_colour(f, frame);
    }
    const uint64_t h = ak_hash_str(f->names[frame->name]);
    const uint32_t red = 205 + (uint32_t)(h % 50);
    const uint32_t green = 110 + (uint32_t)((h >> 16) % 110);
    const uint32_t blue = 50 + (uint32_t)((h >> 32) % 45);
    return red << 16 | green << 8 | blue;
}

void reporter_flame_describe(const struct ak_pprof_report *r, const struct flame *f,
                             const struct flame_frame *frame, struct ak_buf *out)
{
    ak_buf_str(out, f->names[frame->name]);
    ak_buf_puts(out, " (");
    ak_pprof_value(out, r, frame->after);
    const double total = (double)f->frames[0].after;
    if (total > 0) {
        ak_buf_printf(out, ", %.2f%%", (double)frame->after / total * 100);
    }
    if (f->is_diff) {
        ak_buf_puts(out, ", before ");
        ak_pprof_value(out, r, frame->before);
        if (frame->before > 0) {
            ak_buf_puts(out, ", ");
            ak_ratio_format(out, (double)frame->after / (double)frame->before);
        }
    }
    ak_buf_putc(out, ')');
}
