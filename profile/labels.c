#include "profile/tagfilter.h"

#include <stdlib.h>
#include <string.h>

struct keyed {
    struct ak_str key;
    bool is_text;
    uint32_t at;
};

static int by_kind_key_place(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    if (x->is_text != y->is_text) {
        return x->is_text ? -1 : 1;
    }
    const int c = ak_str_cmp(x->key, y->key);
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

size_t ak_label_groups(const struct ak_profile *p, size_t i, struct ak_arena *arena,
                       struct ak_label_group **out)
{
    const uint64_t from = p->label_start ? p->label_start[i] : 0;
    const size_t n = p->label_start ? (size_t)(p->label_start[i + 1] - from) : 0;
    *out = NULL;
    if (n == 0) {
        return 0;
    }
    struct keyed *sorted = ak_arena_alloc(arena, n * sizeof *sorted);
    uint32_t *order = ak_arena_alloc(arena, n * sizeof *order);
    struct ak_label_group *groups = ak_arena_zalloc(arena, n, sizeof *groups);
    for (size_t l = 0; l < n; l++) {
        const struct ak_label *label = &p->labels[from + l];
        sorted[l] = (struct keyed){ak_profile_str(p, label->key), ak_label_is_text(label),
                                   (uint32_t)(from + l)};
    }
    qsort(sorted, n, sizeof *sorted, by_kind_key_place);
    size_t count = 0;
    for (size_t l = 0; l < n; l++) {
        order[l] = sorted[l].at;
        struct ak_label_group *last = count ? &groups[count - 1] : NULL;
        if (!last || last->is_text != sorted[l].is_text || !ak_str_eq(last->key, sorted[l].key)) {
            last = &groups[count++];
            last->key = sorted[l].key;
            last->is_text = sorted[l].is_text;
            last->at = &order[l];
        }
        last->count++;
        last->has_units = last->has_units || p->labels[sorted[l].at].num_unit != 0;
    }
    *out = groups;
    return count;
}

/* --- units ---------------------------------------------------------------------------------- */

static struct ak_tag_unit *find_unit(const struct ak_tag_units *units, struct ak_str key)
{
    for (size_t i = 0; i < units->count; i++) {
        if (ak_str_eq(units->items[i].key, key)) {
            return &units->items[i];
        }
    }
    return NULL;
}

/* Puts `unit` into the sorted list "a, b" when it is not there. */
static struct ak_str insert_sorted(struct ak_arena *arena, struct ak_str list, struct ak_str unit)
{
    struct ak_str rest = list;
    size_t at = 0;
    while (at < list.len) {
        const ptrdiff_t comma = ak_str_find(rest, AK_STR(", "));
        const struct ak_str item = ak_str_slice(rest, 0, comma < 0 ? rest.len : (size_t)comma);
        const int order = ak_str_cmp(unit, item);
        if (order == 0) {
            return list;
        }
        if (order < 0) {
            break;
        }
        at += item.len + (comma < 0 ? 0 : 2);
        rest = ak_str_slice(list, at, list.len);
    }
    const char *text =
        list.len == 0 ? ak_arena_strndup(arena, unit.ptr, unit.len)
        : at == list.len
            ? ak_arena_printf(arena, "%.*s, %.*s", (int)list.len, list.ptr, (int)unit.len, unit.ptr)
            : ak_arena_printf(arena, "%.*s%.*s, %.*s", (int)at, list.ptr, (int)unit.len, unit.ptr,
                              (int)(list.len - at), list.ptr + at);
    return ak_str_from(text);
}

static void note_unit(struct ak_tag_units *units, size_t *cap, struct ak_arena *arena,
                      struct ak_str key, struct ak_str unit)
{
    struct ak_tag_unit *u = find_unit(units, key);
    if (!u) {
        if (units->count == *cap) {
            const size_t grown = *cap ? *cap * 2 : 8;
            struct ak_tag_unit *items = ak_arena_zalloc(arena, grown, sizeof *items);
            if (units->count) {
                memcpy(items, units->items, units->count * sizeof *items);
            }
            units->items = items;
            *cap = grown;
        }
        u = &units->items[units->count++];
        u->key = key;
    }
    if (unit.len == 0 || ak_str_eq(u->unit, unit)) {
        return;
    }
    if (u->unit.len == 0) {
        u->unit = unit;
    } else {
        u->ignored = insert_sorted(arena, u->ignored, unit);
    }
}

struct ak_tag_units ak_tag_units_of(const struct ak_profile *p, struct ak_arena *arena)
{
    struct ak_tag_units units = {0};
    size_t cap = 0;
    const uint64_t n = p->label_start ? p->label_start[p->sample_count] : 0;
    for (uint64_t i = 0; i < n; i++) {
        const struct ak_label *label = &p->labels[i];
        if (!ak_label_is_text(label)) {
            note_unit(&units, &cap, arena, ak_profile_str(p, label->key),
                      ak_profile_str(p, label->num_unit));
        }
    }
    for (size_t i = 0; i < units.count; i++) {
        struct ak_tag_unit *u = &units.items[i];
        const bool bytes =
            ak_str_eq(u->key, AK_STR("alignment")) || ak_str_eq(u->key, AK_STR("request"));
        if (u->unit.len == 0) {
            u->unit = bytes ? AK_STR("bytes") : u->key;
        }
    }
    return units;
}

struct ak_str ak_tag_unit(const struct ak_tag_units *units, struct ak_str key)
{
    const struct ak_tag_unit *u = find_unit(units, key);
    return u ? u->unit : AK_STR("");
}
