/* Units: interned, tidied once, with the metadata of "Unit" lines. */
#include "bench_unit.h"

#include "base/mem.h"
#include "rune.h"

struct ak_bench_units *ak_bench_units_new(void)
{
    struct ak_bench_units *u = ak_calloc(1, sizeof *u);
    u->arena = ak_arena_new();
    ak_intern_init(&u->names, u->arena);
    ak_intern_init(&u->meta_keys, u->arena);
    return u;
}

void ak_bench_units_free(struct ak_bench_units *u)
{
    if (!u) {
        return;
    }
    ak_intern_release(&u->names);
    ak_intern_release(&u->meta_keys);
    ak_free(u->units);
    ak_free(u->metas);
    ak_arena_free(u->arena);
    ak_free(u);
}

size_t ak_bench_units_count(const struct ak_bench_units *u)
{
    return u->names.count;
}

struct ak_str ak_bench_units_name(const struct ak_bench_units *u, uint32_t id)
{
    return id < u->names.count ? u->units[id].name : (struct ak_str){0};
}

/* Letters, digits and whatever else may make a word belong to a token; these end it. A "/" begins
 * the denominator and a "*" ends it again: "B/ns*MB" has MB in its numerator. */
static bool ends_token(char c)
{
    return c == '*' || c == '/' || c == '-';
}

static size_t token_end(struct ak_str unit, size_t i)
{
    while (i < unit.len && !ends_token(unit.ptr[i])) {
        uint32_t rune;
        const size_t n = ak_utf8_decode(unit.ptr + i, unit.len - i, &rune);
        if (collector_rune_is_space(rune)) {
            break;
        }
        i += n;
    }
    return i;
}

double ak_bench_unit_tidy(struct ak_str unit, struct ak_buf *out)
{
    double factor = 1;
    bool denominator = false;
    for (size_t i = 0; i < unit.len;) {
        const size_t end = token_end(unit, i);
        const struct ak_str token = ak_str_slice(unit, i, end);
        if (!denominator && ak_str_eq(token, AK_STR("ns"))) {
            ak_buf_puts(out, "sec");
            factor /= 1e9;
        } else if (!denominator && ak_str_eq(token, AK_STR("MB"))) {
            ak_buf_puts(out, "B");
            factor *= 1e6;
        } else {
            ak_buf_str(out, token);
        }
        i = end;
        if (i < unit.len) {
            denominator = unit.ptr[i] == '/' || (denominator && unit.ptr[i] != '*');
            ak_buf_putc(out, unit.ptr[i++]);
        }
    }
    return factor;
}

static uint32_t add_name(struct ak_bench_units *u, struct ak_str name)
{
    const size_t before = u->names.count;
    const uint32_t id = ak_intern_add(&u->names, name);
    if (u->names.count > before) {
        AK_GROW(u->units, u->names.count, u->units_cap);
        u->units[id] = (struct collector_unit){
            .name = u->names.strs[id], .id = id, .tidied_id = AK_IDMAP_NONE, .factor = 1};
    }
    return id;
}

const struct collector_unit *collector_units_get(struct ak_bench_units *u, struct ak_str name)
{
    const uint32_t id = add_name(u, name);
    if (u->units[id].tidied_id == AK_IDMAP_NONE) {
        struct ak_buf tidied = AK_BUF_INIT;
        const double factor = ak_bench_unit_tidy(name, &tidied);
        const uint32_t tidied_id = add_name(u, ak_buf_view(&tidied));
        ak_buf_release(&tidied);
        struct collector_unit *unit = &u->units[id]; /* after add_name, which may move them */
        unit->factor = factor;
        unit->tidied_id = tidied_id;
        unit->tidied = u->units[tidied_id].name;
    }
    return &u->units[id];
}

static void meta_key(struct ak_buf *out, uint32_t tidied_id, struct ak_str key)
{
    ak_buf_u64(out, tidied_id);
    ak_buf_putc(out, '=');
    ak_buf_str(out, key);
}

enum collector_meta collector_units_put_meta(struct ak_bench_units *u, uint32_t tidied_id,
                                             struct ak_str key, struct ak_str value,
                                             struct ak_str *out_kept)
{
    struct ak_buf name = AK_BUF_INIT;
    meta_key(&name, tidied_id, key);
    const uint32_t i = ak_intern_add(&u->meta_keys, ak_buf_view(&name));
    ak_buf_release(&name);
    if (i < u->meta_count) {
        *out_kept = u->metas[i].value;
        return ak_str_eq(*out_kept, value) ? COLLECTOR_META_SAME : COLLECTOR_META_CONFLICT;
    }
    AK_GROW(u->metas, u->meta_count + 1, u->metas_cap);
    u->metas[u->meta_count++] =
        (struct collector_unit_meta){.unit = tidied_id,
                                     .key = ak_arena_str(u->arena, key),
                                     .value = ak_arena_str(u->arena, value)};
    *out_kept = u->metas[i].value;
    return COLLECTOR_META_NEW;
}

struct ak_str ak_bench_units_meta(const struct ak_bench_units *u, struct ak_str tidied,
                                  struct ak_str key)
{
    const uint32_t id = ak_intern_find(&u->names, tidied);
    if (id == AK_IDMAP_NONE) {
        return (struct ak_str){0};
    }
    struct ak_buf name = AK_BUF_INIT;
    meta_key(&name, id, key);
    const uint32_t i = ak_intern_find(&u->meta_keys, ak_buf_view(&name));
    ak_buf_release(&name);
    return i == AK_IDMAP_NONE ? (struct ak_str){0} : u->metas[i].value;
}

/* --- values ------------------------------------------------------------------------------ */

void ak_bench_value_of(struct ak_bench_units *u, struct ak_str unit, struct ak_bench_value *out)
{
    const struct collector_unit *known = collector_units_get(u, unit);
    *out = (struct ak_bench_value){.unit = known->tidied,
                                   .orig_unit = known->name,
                                   .unit_id = known->tidied_id,
                                   .orig_unit_id = known->id};
}

enum ak_direction ak_bench_value_better(const struct ak_bench_units *u,
                                        const struct ak_bench_value *value)
{
    const struct ak_str told = ak_bench_units_meta(u, value->unit, AK_STR("better"));
    if (told.ptr) {
        return ak_str_eq(told, AK_STR("higher")) ? AK_HIGHER_IS_BETTER : AK_LOWER_IS_BETTER;
    }
    return ak_unit_info(value->orig_unit).better;
}

void ak_bench_value_tell(struct ak_bench_units *u, const struct ak_bench_value *value,
                         enum ak_direction better)
{
    if (better != ak_bench_value_better(u, value)) {
        struct ak_str kept;
        collector_units_put_meta(u, value->unit_id, AK_STR("better"),
                                 better == AK_HIGHER_IS_BETTER ? AK_STR("higher") : AK_STR("lower"),
                                 &kept);
    }
}
