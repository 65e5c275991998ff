/* Shapes: what all profiles of one kind share (sample types, period, comments). */
#include "profile_store.h"
#include "varint.h"

/* Strings of the head in the order of the string table: entry i of the shape's list is then string
 * i + 1 in profiles that name their head's strings first. */
static void mark(const struct ak_profile *p, bool *used, uint32_t string)
{
    if (string > 0 && string < p->string_count) {
        used[string] = true;
    }
}

static void mark_head(const struct ak_profile *p, bool *used)
{
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        mark(p, used, p->sample_types[i].type);
        mark(p, used, p->sample_types[i].unit);
    }
    mark(p, used, p->period_type.type);
    mark(p, used, p->period_type.unit);
    mark(p, used, p->default_sample_type);
    mark(p, used, p->drop_frames);
    mark(p, used, p->keep_frames);
    mark(p, used, p->doc_url);
    for (uint32_t i = 0; i < p->comment_count; i++) {
        mark(p, used, p->comments[i]);
    }
}

static void put_head(const struct ak_profile *p, const uint32_t *local, struct ak_buf *out)
{
    store_put(out, p->sample_type_count);
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        store_put(out, local[p->sample_types[i].type]);
        store_put(out, local[p->sample_types[i].unit]);
    }
    store_put(out, local[p->period_type.type]);
    store_put(out, local[p->period_type.unit]);
    store_put_signed(out, p->period);
    store_put(out, local[p->default_sample_type]);
    store_put(out, local[p->drop_frames]);
    store_put(out, local[p->keep_frames]);
    store_put(out, local[p->doc_url]);
    store_put(out, p->comment_count);
    for (uint32_t i = 0; i < p->comment_count; i++) {
        store_put(out, local[p->comments[i]]);
    }
}

enum ak_status store_shape_intern(struct ak_store *s, const struct ak_profile *p,
                                  uint32_t *string_ids, uint32_t *out_id, struct ak_error *err)
{
    struct ak_arena *const arena = store_dict_of(s)->scratch;
    bool *const used = AK_NEW_ARRAY(arena, bool, p->string_count + 1u);
    uint32_t *const local = AK_NEW_ARRAY(arena, uint32_t, p->string_count + 1u);
    struct ak_buf list = AK_BUF_INIT;
    struct ak_buf body = AK_BUF_INIT;
    uint32_t count = 0;
    enum ak_status st = AK_OK;
    mark_head(p, used);
    for (uint32_t i = 1; i < p->string_count && st == AK_OK; i++) {
        if (used[i]) {
            local[i] = ++count;
            st = store_string_id(s, p, string_ids, i, err);
            store_put(&list, string_ids[i]);
        }
    }
    ak_buf_putc(&body, KIND_SHAPE);
    store_put(&body, count);
    ak_buf_str(&body, ak_buf_view(&list));
    put_head(p, local, &body);
    st = st == AK_OK ? store_entity_intern(s, ak_buf_view(&body), out_id, err) : st;
    ak_buf_release(&list);
    ak_buf_release(&body);
    return st;
}

/* The text of a string entity, "" where it is none. */
static enum ak_status string_text(struct ak_store *s, uint32_t id, struct ak_str *out,
                                  struct ak_error *err)
{
    struct store_item *item = NULL;
    const enum ak_status st = store_entity_get(s, id, &item, err);
    if (st == AK_OK) {
        *out = ak_str_slice(item->body, 1, item->body.len);
    }
    return st;
}

enum ak_status store_shape_type(struct ak_store *s, uint32_t shape, struct ak_str name,
                                int *out_type, struct ak_error *err)
{
    struct store_item *item = NULL;
    enum ak_status st = store_entity_get(s, shape, &item, err);
    if (st != AK_OK) {
        return st;
    }
    struct store_bytes r = store_bytes_of(ak_str_slice(item->body, 1, item->body.len));
    const uint32_t count = store_get_u32(&r);
    uint32_t wanted = 0; /* the string's number in the shape */
    for (uint32_t i = 1; i <= count && !r.bad && st == AK_OK; i++) {
        struct ak_str text = {0};
        st = string_text(s, store_get_u32(&r), &text, err);
        wanted = st == AK_OK && ak_str_eq(text, name) ? i : wanted;
    }
    const uint32_t types = store_get_u32(&r);
    for (uint32_t i = 0; i < types && !r.bad && st == AK_OK && wanted; i++) {
        const uint32_t type = store_get_u32(&r);
        store_get(&r);
        if (type == wanted) {
            *out_type = (int)i;
            return AK_OK;
        }
    }
    return st;
}
