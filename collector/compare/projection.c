#include "projection.h"

#include "base/hash.h"
#include "base/mem.h"
#include "read/bench_number.h"

#include <math.h>

/* --- building ---------------------------------------------------------------------------- */

/* Inserts a field at `at` of the order of output and gives it the next slot. */
static struct projection_field *field_insert(struct projection *p, size_t at, struct ak_str name)
{
    AK_GROW(p->fields, p->field_count + 1, p->field_cap);
    memmove(p->fields + at + 1, p->fields + at, (p->field_count - at) * sizeof *p->fields);
    p->field_count++;
    p->fields[at] = (struct projection_field){.name = name, .slot = p->slots++};
    AK_GROW(p->row, p->slots, p->row_cap);
    p->row[p->slots - 1] = 0;
    return &p->fields[at];
}

static struct projection_part *part_add(struct projection *p)
{
    AK_GROW(p->parts, p->part_count + 1, p->part_cap);
    p->parts[p->part_count] = (struct projection_part){.first_field = p->field_count};
    return &p->parts[p->part_count++];
}

static void projection_init(struct projection *p, struct projection_set *set)
{
    *p = (struct projection){.arena = set->arena, .texts = set->texts, .unit_slot = -1};
}

void collector_projection_add_unit(struct projection *p)
{
    struct projection_field *f = field_insert(p, p->field_count, AK_STR(".unit"));
    f->is_unit = true;
    f->observed = true;
    p->unit_slot = (int)f->slot;
}

/* Notes that a key is taken, so that the groups of the other projections leave it out. */
static void key_take(struct projection_set *set, const struct query_key *key)
{
    if (key->kind == KEY_NAME || key->kind == KEY_PART) {
        AK_GROW(set->name_keys, set->name_count + 1, set->name_cap);
        set->name_keys[set->name_count++] = key->text;
    } else if (key->kind == KEY_CONFIG) {
        AK_GROW(set->config_keys, set->config_count + 1, set->config_cap);
        set->config_keys[set->config_count++] = key->text;
    }
}

bool collector_projection_takes(const struct projection_set *set, struct ak_str key)
{
    for (size_t i = 0; i < set->config_count; i++) {
        if (ak_str_eq(set->config_keys[i], key)) {
            return true;
        }
    }
    return false;
}

static void part_group(struct projection_set *set, struct projection *p, struct ak_str key,
                       enum field_order order)
{
    struct projection_part *part = part_add(p);
    part->order = order;
    part->key = collector_query_key_of(key);
    part->is_config = ak_str_eq(key, AK_STR(".config"));
    part->is_fullname = part->key.kind == KEY_FULLNAME;
    set->have_config = set->have_config || part->is_config;
    set->have_fullname = set->have_fullname || part->is_fullname;
    if (!part->is_config) {
        struct projection_field *f = field_insert(p, p->field_count, key);
        f->order = order;
        f->observed = order == ORDER_FIRST;
        part->slot = f->slot;
        part->field_count = 1;
        key_take(set, &part->key);
    }
}

void collector_projection_add_key(struct projection_set *set, struct projection *p,
                                  struct ak_str key)
{
    part_group(set, p, key, ORDER_FIRST);
}

/* (a b c) after "key@": the values in order. */
static struct ak_str *parse_fixed(struct query_lexer *lex, size_t *out_count)
{
    struct ak_str list[256];
    size_t count = 0;
    for (;;) {
        const struct query_token t = collector_query_next(lex, false);
        if (t.kind == ')' && count > 0) {
            break;
        }
        if ((t.kind != QUERY_WORD && t.kind != QUERY_QUOTED) || count == AK_COUNT(list)) {
            collector_query_error(lex, t.at, t.kind == ')' ? "nothing to match" : "missing )");
            break;
        }
        list[count++] = t.text;
    }
    *out_count = count;
    return ak_arena_copy(lex->arena, list, count * sizeof *list);
}

static enum field_order parse_order(struct query_lexer *lex, struct ak_str **out_fixed,
                                    size_t *out_count)
{
    *out_count = 0;
    if (collector_query_peek(lex, false).kind != '@') {
        return ORDER_FIRST;
    }
    collector_query_next(lex, false);
    const struct query_token t = collector_query_next(lex, false);
    if (t.kind == '(') {
        *out_fixed = parse_fixed(lex, out_count);
        return ORDER_FIXED;
    }
    if (t.kind != QUERY_WORD && t.kind != QUERY_QUOTED) {
        collector_query_error(lex, t.at, "expected named sort order or parenthesized list");
    } else if (ak_str_eq(t.text, AK_STR("alpha"))) {
        return ORDER_ALPHA;
    } else if (ak_str_eq(t.text, AK_STR("num"))) {
        return ORDER_NUM;
    } else if (!ak_str_eq(t.text, AK_STR("first"))) {
        collector_query_error(lex, t.at, "unknown order (known: alpha, num, first)");
    }
    return ORDER_FIRST;
}

static void parse_field(struct query_lexer *lex, struct projection_set *set, struct projection *p)
{
    const struct query_token key = collector_query_next(lex, false);
    if (key.kind != QUERY_WORD && key.kind != QUERY_QUOTED) {
        collector_query_error(lex, key.at, "expected key");
        return;
    }
    struct ak_str *fixed = NULL;
    size_t fixed_count = 0;
    const enum field_order order = parse_order(lex, &fixed, &fixed_count);
    if (ak_str_eq(key.text, AK_STR(".unit"))) {
        collector_query_error(lex, key.at, ".unit is only allowed in filters");
    } else if (key.text.len == 0) {
        collector_query_error(lex, key.at, "key must not be empty");
    } else if (order == ORDER_FIXED && ak_str_eq(key.text, AK_STR(".config"))) {
        collector_query_error(lex, key.at, "fixed order not allowed for .config");
    }
    part_group(set, p, key.text, order);
    if (order == ORDER_FIXED && lex->status == AK_OK) {
        p->fields[p->field_count - 1].fixed = fixed;
        p->fields[p->field_count - 1].fixed_count = fixed_count;
        collector_query_filter_require(set->filter, &p->parts[p->part_count - 1].key, fixed,
                                       fixed_count, set->arena);
    }
}

enum ak_status collector_projection_parse(struct projection_set *set, const char *what,
                                          const char *text, struct projection *out,
                                          struct ak_error *err)
{
    struct query_lexer lex = {
        .all = ak_str_from(text), .arena = set->arena, .what = what, .err = err};
    projection_init(out, set);
    for (;;) {
        const struct query_token t = collector_query_peek(&lex, false);
        if (t.kind == QUERY_END) {
            break;
        }
        if (t.kind == ',' && out->part_count > 0) {
            collector_query_next(&lex, false);
        }
        parse_field(&lex, set, out);
    }
    collector_query_next(&lex, false); /* an error in what looked like the end */
    return lex.status;
}

void collector_projection_residue(struct projection_set *set, struct projection *out)
{
    projection_init(out, set);
    if (!set->have_config) {
        part_group(set, out, AK_STR(".config"), ORDER_FIRST);
    }
    if (!set->have_fullname) {
        part_group(set, out, AK_STR(".fullname"), ORDER_FIRST);
    }
}

void collector_projection_release(struct projection *p)
{
    for (size_t i = 0; i < p->field_count; i++) {
        ak_free(p->fields[i].rank);
    }
    ak_free(p->parts);
    ak_free(p->fields);
    ak_free(p->row);
    ak_free(p->values);
    ak_free(p->keys);
    ak_idmap_release(&p->by_hash);
}

void collector_projection_set_release(struct projection_set *set)
{
    ak_free(set->config_keys);
    ak_free(set->name_keys);
    ak_buf_release(&set->scratch);
}

/* --- keys -------------------------------------------------------------------------------- */

/* The field of a "key: value" line in a .config group; added when it is seen for the first time. */
static struct projection_field *config_field(struct projection *p, size_t part_index,
                                             struct ak_str key)
{
    struct projection_part *part = &p->parts[part_index];
    for (size_t i = 0; i < part->field_count; i++) {
        if (ak_str_eq(p->fields[part->first_field + i].name, key)) {
            return &p->fields[part->first_field + i];
        }
    }
    struct projection_field *f =
        field_insert(p, part->first_field + part->field_count, ak_arena_str(p->arena, key));
    f->order = part->order;
    part->field_count++;
    for (size_t i = part_index + 1; i < p->part_count; i++) {
        p->parts[i].first_field++;
    }
    return f;
}

static void fill_config(struct projection_set *set, struct projection *p, size_t part_index,
                        const struct ak_bench_record *record)
{
    for (size_t i = 0; i < record->config_count; i++) {
        if (!collector_projection_takes(set, record->config[i].key)) {
            const uint32_t slot = config_field(p, part_index, record->config[i].key)->slot;
            p->row[slot] = ak_intern_add(p->texts, record->config[i].value);
        }
    }
}

void collector_projection_fill(struct projection_set *set, struct projection *p,
                               const struct query_result *result)
{
    const bool same = p->filled && p->circumstances == result->circumstances;
    p->filled = true;
    p->circumstances = result->circumstances;
    if (!same && p->slots > 0) {
        memset(p->row, 0, p->slots * sizeof *p->row);
    }
    for (size_t i = 0; i < p->part_count; i++) {
        const struct projection_part part = p->parts[i];
        if (part.is_config) {
            if (!same) {
                fill_config(set, p, i, result->record);
            }
        } else if (part.is_fullname) {
            p->row[part.slot] =
                ak_intern_add(p->texts, collector_query_fullname(result, set->name_keys,
                                                                 set->name_count, &set->scratch));
        } else if (part.key.kind != KEY_CONFIG || !same) {
            p->row[part.slot] = ak_intern_add(p->texts, collector_query_extract(&part.key, result));
        }
    }
}

static void observe(struct projection *p, const uint32_t *row, size_t count)
{
    for (size_t i = 0; i < p->field_count; i++) {
        struct projection_field *f = &p->fields[i];
        const uint32_t text = f->slot < count ? row[f->slot] : 0;
        if (!f->observed) {
            continue;
        }
        if (text >= f->rank_cap) {
            const size_t before = f->rank_cap;
            AK_GROW(f->rank, (size_t)text + 1, f->rank_cap);
            memset(f->rank + before, 0, (f->rank_cap - before) * sizeof *f->rank);
        }
        if (f->rank[text] == 0) {
            f->rank[text] = ++f->ranks;
        }
    }
}

uint32_t collector_projection_key(struct projection *p, uint32_t unit_text)
{
    if (p->unit_slot >= 0) {
        p->row[p->unit_slot] = unit_text;
    }
    size_t count = p->slots;
    while (count > 0 && p->row[count - 1] == 0) {
        count--;
    }
    const size_t bytes = count * sizeof *p->row;
    for (uint64_t hash = ak_hash_bytes(p->row, bytes, 0);; hash++) {
        bool is_new;
        const uint32_t key = ak_idmap_put(&p->by_hash, hash, (uint32_t)p->key_count, &is_new);
        if (is_new) {
            AK_GROW(p->keys, p->key_count + 1, p->key_cap);
            AK_GROW(p->values, p->value_count + count + 1, p->value_cap);
            p->keys[p->key_count++] =
                (struct projection_key){(uint32_t)p->value_count, (uint32_t)count};
            for (size_t i = 0; i < count; i++) {
                p->values[p->value_count++] = p->row[i];
            }
            observe(p, p->row, count);
            return key;
        }
        const struct projection_key *k = &p->keys[key];
        if (k->count == count && (count == 0 || memcmp(p->values + k->first, p->row, bytes) == 0)) {
            return key;
        }
    }
}

static uint32_t text_id(const struct projection *p, uint32_t key,
                        const struct projection_field *field)
{
    const struct projection_key *k = &p->keys[key];
    return field->slot < k->count ? p->values[k->first + field->slot] : 0;
}

struct ak_str collector_projection_text(const struct projection *p, uint32_t key,
                                        const struct projection_field *field)
{
    return p->texts->strs[text_id(p, key, field)];
}

const char *collector_projection_label(const struct projection *p, uint32_t key)
{
    struct ak_buf text = AK_BUF_INIT;
    for (size_t i = 0; i < p->field_count; i++) {
        const struct ak_str value = collector_projection_text(p, key, &p->fields[i]);
        if (value.len > 0) {
            if (text.len > 0) {
                ak_buf_putc(&text, ' ');
            }
            ak_buf_str(&text, value);
        }
    }
    const char *label = ak_arena_strndup(p->arena, text.ptr ? text.ptr : "", text.len);
    ak_buf_release(&text);
    return label;
}

/* --- order ------------------------------------------------------------------------------- */

/* "4k", "1MiB", "1.5G", "2b": digits and points, then a metric or binary prefix, then a b. */
static bool parse_suffixed(struct ak_str s, double *out)
{
    static const char prefixes[] = "KMGTPEZY";
    size_t end = s.len > 0 && (s.ptr[0] == '+' || s.ptr[0] == '-') ? 1 : 0;
    while (end < s.len && ((s.ptr[end] >= '0' && s.ptr[end] <= '9') || s.ptr[end] == '.')) {
        end++;
    }
    if (collector_number_f64(ak_str_slice(s, 0, end), out) != COLLECTOR_NUMBER_OK) {
        return false;
    }
    struct ak_str suffix = ak_str_slice(s, end, s.len);
    if (suffix.len > 0 && (suffix.ptr[suffix.len - 1] | 0x20) == 'b') {
        suffix.len--;
    }
    if (suffix.len == 0) {
        return true;
    }
    const char first = suffix.ptr[0] == 'k' ? 'K' : suffix.ptr[0];
    const char *prefix = first ? strchr(prefixes, first) : NULL;
    const bool binary = suffix.len == 2 && suffix.ptr[1] == 'i';
    if (!prefix || (suffix.len > 1 && !binary)) {
        return false;
    }
    *out *= pow(binary ? 1024 : 1000, (double)(prefix - prefixes + 1));
    return true;
}

static bool parse_number(struct ak_str s, double *out)
{
    return collector_number_f64(s, out) == COLLECTOR_NUMBER_OK || parse_suffixed(s, out);
}

/* Numbers before other texts, NaN behind the numbers. */
static int compare_numbers(struct ak_str a, struct ak_str b)
{
    double x = 0, y = 0;
    const bool has_x = parse_number(a, &x), has_y = parse_number(b, &y);
    if (!has_x || !has_y) {
        return has_x == has_y ? 0 : has_x ? -1 : 1;
    }
    if (x < y || (!isnan(x) && isnan(y))) {
        return -1;
    }
    return x > y || (isnan(x) && !isnan(y));
}

static size_t fixed_rank(const struct projection_field *f, struct ak_str text)
{
    for (size_t i = f->fixed_count; i > 0; i--) {
        if (ak_str_eq(f->fixed[i - 1], text)) {
            return i - 1;
        }
    }
    return 0;
}

static int compare_field(const struct projection *p, const struct projection_field *f, uint32_t a,
                         uint32_t b)
{
    const struct ak_str x = p->texts->strs[a], y = p->texts->strs[b];
    int order = 0;
    if (f->observed) {
        const uint32_t i = a < f->rank_cap ? f->rank[a] : 0, j = b < f->rank_cap ? f->rank[b] : 0;
        order = i < j ? -1 : i > j;
    } else if (f->order == ORDER_NUM) {
        order = compare_numbers(x, y);
    } else if (f->order == ORDER_FIXED) {
        const size_t i = fixed_rank(f, x), j = fixed_rank(f, y);
        order = i < j ? -1 : i > j;
    }
    return order != 0 ? order : ak_str_cmp(x, y);
}

int collector_projection_compare(const struct projection *p, uint32_t a, uint32_t b)
{
    for (size_t i = 0; i < p->field_count; i++) {
        const uint32_t x = text_id(p, a, &p->fields[i]), y = text_id(p, b, &p->fields[i]);
        if (x != y) {
            return compare_field(p, &p->fields[i], x, y);
        }
    }
    return 0;
}
