#include "label_order.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* True when a goes behind b. */
static bool label_after(const struct ak_profile *p, const struct ak_label *a,
                        const struct ak_label *b)
{
    if (ak_label_is_text(a) != ak_label_is_text(b)) {
        return ak_label_is_text(b);
    }
    return a->key != b->key && ak_str_cmp(ak_profile_str(p, a->key), ak_profile_str(p, b->key)) > 0;
}

struct placed_label {
    struct ak_label label;
    size_t place;
};

static int compare_placed(const void *x, const void *y, void *ctx)
{
    const struct placed_label *a = x, *b = y;
    const struct ak_profile *p = ctx;
    if (label_after(p, &a->label, &b->label)) {
        return 1;
    }
    if (label_after(p, &b->label, &a->label)) {
        return -1;
    }
    return a->place < b->place ? -1 : 1;
}

static void sort_many(const struct ak_profile *p, struct ak_label *labels, size_t count)
{
    struct placed_label *placed = ak_reallocarray(NULL, count, sizeof *placed);
    for (size_t i = 0; i < count; i++) {
        placed[i] = (struct placed_label){labels[i], i};
    }
    qsort_r(placed, count, sizeof *placed, compare_placed, (void *)(uintptr_t)p);
    for (size_t i = 0; i < count; i++) {
        labels[i] = placed[i].label;
    }
    ak_free(placed);
}

/* Insertion: samples have few labels, and equal keys stay in order. */
static void sort_few(const struct ak_profile *p, struct ak_label *labels, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct ak_label l = labels[i];
        size_t at = i;
        for (; at > 0 && label_after(p, &labels[at - 1], &l); at--) {
            labels[at] = labels[at - 1];
        }
        labels[at] = l;
    }
}

size_t profile_sorted_labels(const struct ak_profile *p, size_t sample, struct ak_label **labels,
                             size_t *cap)
{
    if (!p->label_start) {
        return 0;
    }
    const size_t count = p->label_start[sample + 1] - p->label_start[sample];
    if (count == 0) {
        return 0;
    }
    AK_GROW(*labels, count, *cap);
    memcpy(*labels, p->labels + p->label_start[sample], count * sizeof **labels);
    if (count > 16) {
        sort_many(p, *labels, count);
    } else {
        sort_few(p, *labels, count);
    }
    return count;
}
