#include "base/idmap.h"
#include "base/mem.h"
#include "profile/measure.h"
#include "profile/tagfilter.h"
#include "profile/view.h"
#include "samples.h"

#include <string.h>

enum { MAX_KEYS = 64 };

struct key_list {
    struct ak_str keys[MAX_KEYS];
    size_t count;
};

static struct key_list split_keys(struct ak_str text)
{
    struct key_list list = {.count = 0};
    struct ak_str rest = text;
    while (rest.ptr && list.count < MAX_KEYS) {
        const struct ak_str key = ak_str_cut(&rest, ',');
        if (key.len) {
            list.keys[list.count++] = key;
        }
    }
    return list;
}

/* The frames that were made: function i has name names[i] and a file, location and function tables
 * grow by one entry each. */
struct frame_maker {
    struct ak_profile *view;
    struct ak_tag_frames *frames;
    struct ak_intern known; /* file NUL name -> i */
    struct ak_buf text;
};

/* Values of `key` in sample i, joined by commas; false when there is none. */
static bool label_values(struct frame_maker *m, size_t i, struct ak_str key)
{
    const struct ak_profile *p = m->view;
    struct ak_label_group *groups;
    bool any = false;
    const size_t n = ak_label_groups(p, i, p->arena, &groups);
    for (size_t g = 0; g < n; g++) {
        if (!ak_str_eq(groups[g].key, key)) {
            continue;
        }
        for (size_t l = 0; l < groups[g].count; l++) {
            const struct ak_label *label = &p->labels[groups[g].at[l]];
            if (any) {
                ak_buf_putc(&m->text, ',');
            }
            any = true;
            if (groups[g].is_text) {
                ak_buf_str(&m->text, ak_profile_str(p, label->str));
            } else if (groups[g].has_units) {
                ak_measure_label(&m->text, label->num, ak_profile_str(p, label->num_unit),
                                 m->frames->unit);
            } else {
                ak_measure_label(&m->text, label->num, AK_STR(""), AK_STR(""));
            }
        }
    }
    return any;
}

/* The location of the frame for `key` in sample i. */
static uint32_t frame_for(struct frame_maker *m, size_t i, struct ak_str key, bool *matched)
{
    ak_buf_reset(&m->text);
    ak_buf_str(&m->text, key);
    ak_buf_putc(&m->text, '\0');
    *matched = label_values(m, i, key) || *matched;
    return m->view->location_count + ak_intern_add(&m->known, ak_buf_view(&m->text));
}

/* The frames of sample i for all keys of a list, leaf first. */
static void make_frames(struct frame_maker *m, size_t i, const struct key_list *list, bool *matched,
                        uint32_t *out)
{
    for (size_t k = list->count; k-- > 0;) {
        *out++ = frame_for(m, i, list->keys[k], matched);
    }
}

static void push_all(struct profile_samples *out, const uint32_t *ids, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        profile_samples_push(out, ids[i]);
    }
}

static uint64_t next_id(uint64_t *id)
{
    return ++*id;
}

/* Appends strings, functions, lines and locations for the frames that were made. */
static void append_tables(struct frame_maker *m)
{
    struct ak_profile *v = m->view;
    struct ak_arena *a = v->arena;
    const uint32_t n = (uint32_t)m->known.count;
    uint64_t function_id = 0, location_id = 0;
    for (uint32_t i = 0; i < v->function_count; i++) {
        function_id = v->functions[i].id > function_id ? v->functions[i].id : function_id;
    }
    for (uint32_t i = 0; i < v->location_count; i++) {
        location_id = v->locations[i].id > location_id ? v->locations[i].id : location_id;
    }
#define EXTEND(array, count, extra)                                                                \
    do {                                                                                           \
        void *grown = ak_arena_zalloc(a, (size_t)(count) + (extra), sizeof *(array));              \
        if (count) {                                                                               \
            memcpy(grown, (array), (count) * sizeof *(array));                                     \
        }                                                                                          \
        (array) = grown;                                                                           \
    } while (0)
    EXTEND(v->strings, v->string_count, 2 * (size_t)n);
    EXTEND(v->functions, v->function_count, n);
    EXTEND(v->lines, v->line_count, n);
    EXTEND(v->locations, v->location_count, n);
#undef EXTEND
    for (uint32_t i = 0; i < n; i++) {
        const struct ak_str both = m->known.strs[i];
        const size_t key_len = strlen(both.ptr);
        const struct ak_str name = ak_str_slice(both, key_len + 1, both.len);
        struct ak_function *f = &v->functions[v->function_count];
        f->id = next_id(&function_id);
        v->strings[v->string_count] = ak_arena_str(a, (struct ak_str){both.ptr, key_len});
        f->filename = v->string_count++;
        if (name.len) {
            v->strings[v->string_count] = ak_arena_str(a, name);
            f->name = v->string_count++;
        }
        v->lines[v->line_count].function = v->function_count++;
        struct ak_location *loc = &v->locations[v->location_count++];
        *loc = (struct ak_location){.id = next_id(&location_id),
                                    .mapping = AK_NO_INDEX,
                                    .first_line = v->line_count++,
                                    .line_count = 1};
    }
}

void ak_view_add_tag_frames(struct ak_profile *view, struct ak_tag_frames *frames)
{
    const struct key_list roots = split_keys(frames->roots);
    const struct key_list leaves = split_keys(frames->leaves);
    const uint64_t extra = (uint64_t)view->sample_count * (roots.count + leaves.count);
    if (extra == 0) {
        return;
    }
    struct frame_maker m = {.view = view, .frames = frames};
    ak_intern_init(&m.known, view->arena);
    struct profile_samples out = profile_samples_begin(view, extra);
    uint32_t root_ids[MAX_KEYS], leaf_ids[MAX_KEYS];
    for (size_t i = 0; i < view->sample_count; i++) {
        const uint64_t from = view->stack_start[i];
        make_frames(&m, i, &roots, &frames->matched_root, root_ids);
        make_frames(&m, i, &leaves, &frames->matched_leaf, leaf_ids);
        profile_samples_open(&out, i);
        push_all(&out, leaf_ids, leaves.count);
        push_all(&out, view->stack_ids + from, (size_t)(view->stack_start[i + 1] - from));
        push_all(&out, root_ids, roots.count);
        profile_samples_close(&out);
    }
    profile_samples_end(&out, view);
    append_tables(&m);
    ak_intern_release(&m.known);
    ak_buf_release(&m.text);
}
