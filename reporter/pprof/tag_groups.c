#include "tag_groups.h"

#include "profile/measure.h"

#include <math.h>
#include <stdlib.h>

enum { MAX_TAGS = 4 };

static int by_flat(const void *a, const void *b)
{
    const struct ak_tag *x = a, *y = b;
    const uint64_t fx = ak_magnitude(x->flat), fy = ak_magnitude(y->flat);
    if (x->flat != y->flat && fx != fy) {
        return fx > fy ? -1 : 1;
    }
    const int c = x->flat == y->flat ? ak_str_cmp(x->name, y->name) : 0;
    return c ? c : (x->value > y->value) - (x->value < y->value);
}

static int by_cum(const void *a, const void *b)
{
    const struct ak_tag *x = a, *y = b;
    const uint64_t cx = ak_magnitude(x->cum), cy = ak_magnitude(y->cum);
    if (cx != cy) {
        return cx > cy ? -1 : 1;
    }
    return by_flat(a, b);
}

static void sort_tags(struct reporter_tags *tags, bool flat)
{
    if (tags->count) {
        qsort(tags->items, tags->count, sizeof *tags->items, flat ? by_flat : by_cum);
    }
}

static struct reporter_tags select_tags(const struct ak_pprof_report *r,
                                        const struct reporter_tags *all, bool text,
                                        struct ak_str group)
{
    struct reporter_tags chosen = {ak_arena_alloc(r->arena, all->count * sizeof *chosen.items), 0};
    for (size_t i = 0; i < all->count; i++) {
        const struct ak_tag *t = &all->items[i];
        if (t->is_text == text && (text || ak_str_eq(t->group, group))) {
            chosen.items[chosen.count++] = *t;
        }
    }
    return chosen;
}

struct reporter_tags reporter_tags_text(const struct ak_pprof_report *r,
                                        const struct reporter_tags *all, bool flat)
{
    struct reporter_tags texts = select_tags(r, all, true, AK_STR(""));
    sort_tags(&texts, flat);
    texts.count = texts.count < MAX_TAGS ? texts.count : MAX_TAGS;
    return texts;
}

static double distance(const struct ak_tag *t, const struct ak_tag *seed)
{
    struct ak_str unit;
    const double v = ak_measure_scale(seed->value, seed->unit, t->unit, &unit);
    return fabs(v - (double)t->value);
}

/* One tag for a group: its range and sums. members[0] is the seed. */
static struct ak_tag group_tag(const struct ak_pprof_report *r, const struct ak_tag *const *members,
                               size_t n)
{
    struct ak_buf name = AK_BUF_INIT;
    const struct ak_tag *min = members[0], *max = members[0];
    struct ak_tag sum = {.flat = 0};
    for (size_t i = 0; i < n; i++) {
        const struct ak_tag *t = members[i];
        struct ak_str unit;
        min = (int64_t)ak_measure_scale(t->value, t->unit, min->unit, &unit) < min->value ? t : min;
        max = (int64_t)ak_measure_scale(t->value, t->unit, max->unit, &unit) > max->value ? t : max;
        sum.flat += t->flat;
        sum.flat_div += t->flat_div;
        sum.cum += t->cum;
        sum.cum_div += t->cum_div;
    }
    ak_measure_label(&name, min->value, min->unit, AK_STR("auto"));
    if (n > 1) {
        ak_buf_puts(&name, "..");
        ak_measure_label(&name, max->value, max->unit, AK_STR("auto"));
    }
    const struct ak_tag result = {.name = ak_arena_str(r->arena, ak_buf_view(&name)),
                                  .flat = ak_mean(sum.flat, sum.flat_div),
                                  .cum = ak_mean(sum.cum, sum.cum_div)};
    ak_buf_release(&name);
    return result;
}

struct reporter_tags reporter_tags_numeric(const struct ak_pprof_report *r,
                                           const struct reporter_tags *all, struct ak_str group,
                                           bool flat)
{
    struct reporter_tags tags = select_tags(r, all, false, group);
    sort_tags(&tags, flat);
    if (tags.count <= MAX_TAGS) {
        return tags;
    }
    /* The heaviest are seeds; each other tag goes to the nearest of them. */
    uint8_t *seed_of = ak_arena_zalloc(r->arena, tags.count, 1);
    for (size_t i = 0; i < tags.count; i++) {
        seed_of[i] = (uint8_t)(i < MAX_TAGS ? i : 0);
        for (uint8_t k = 1; i >= MAX_TAGS && k < MAX_TAGS; k++) {
            if (distance(&tags.items[i], &tags.items[k]) <
                distance(&tags.items[i], &tags.items[seed_of[i]])) {
                seed_of[i] = k;
            }
        }
    }
    struct reporter_tags groups = {AK_NEW_ARRAY(r->arena, struct ak_tag, MAX_TAGS), MAX_TAGS};
    const struct ak_tag **members = ak_arena_alloc(r->arena, tags.count * sizeof *members);
    for (size_t k = 0; k < MAX_TAGS; k++) {
        size_t n = 0;
        for (size_t i = 0; i < tags.count; i++) {
            if (seed_of[i] == k) {
                members[n++] = &tags.items[i];
            }
        }
        groups.items[k] = group_tag(r, members, n);
    }
    sort_tags(&groups, flat);
    return groups;
}
