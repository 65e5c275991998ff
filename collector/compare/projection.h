/* Projections: which fields of a result make a table, a row or a column, and how those are ordered.
 * Equal field values have equal keys, dense from 0. */
#ifndef COLLECTOR_PROJECTION_H
#define COLLECTOR_PROJECTION_H

#include "base/idmap.h"
#include "query.h"

enum field_order { ORDER_FIRST, ORDER_ALPHA, ORDER_NUM, ORDER_FIXED };

/* One text of a key. Fields of ".config" appear as their lines are seen, after those that the
 * expression names: `slot` is the place in the values of a key, the array is the order of output.
 */
struct projection_field {
    struct ak_str name;
    uint32_t slot;
    bool is_unit;
    enum field_order order;
    bool observed;  /* ORDER_FIRST at the top level: ranks are kept */
    uint32_t *rank; /* by value id, rank + 1; grows */
    size_t rank_cap;
    uint32_t ranks;
    const struct ak_str *fixed;
    size_t fixed_count;
};

struct projection_part { /* one element of the expression */
    bool is_config, is_fullname;
    struct query_key key;
    uint32_t slot;
    enum field_order order;
    size_t first_field, field_count; /* its fields, consecutive in `fields` */
};

struct projection_key {
    uint32_t first, count; /* into values; trailing empty ones are left out */
};

struct projection {
    struct ak_arena *arena;
    struct ak_intern *texts; /* shared; id 0 is "" */
    struct projection_part *parts;
    size_t part_count, part_cap;
    struct projection_field *fields;
    size_t field_count, field_cap;
    uint32_t slots;
    int unit_slot; /* -1: none */
    uint32_t *row; /* scratch, slots */
    size_t row_cap;
    uint64_t circumstances; /* those that the row was filled from */
    bool filled;
    uint32_t *values;
    size_t value_count, value_cap;
    struct projection_key *keys;
    size_t key_count, key_cap;
    struct ak_idmap by_hash; /* hash of the values, probed by +1 on collision */
};

/* The projections of one command: names that one of them takes are left out of ".config" and
 * ".fullname" of all others. */
struct projection_set {
    struct ak_arena *arena;
    struct ak_intern *texts;
    struct query_filter *filter; /* fixed orders also filter */
    struct ak_str *config_keys, *name_keys;
    size_t config_count, config_cap, name_count, name_cap;
    bool have_config, have_fullname;
    struct ak_buf scratch;
};

/* `what` names the option in messages. */
enum ak_status collector_projection_parse(struct projection_set *set, const char *what,
                                          const char *text, struct projection *out,
                                          struct ak_error *err) AK_MUST_USE;
/* Appends the field ".unit". */
void collector_projection_add_unit(struct projection *p);
/* Appends a key that the expression does not name. */
void collector_projection_add_key(struct projection_set *set, struct projection *p,
                                  struct ak_str key);
/* True when a projection names the "key: value" line (or ".file"). */
bool collector_projection_takes(const struct projection_set *set, struct ak_str key);
/* What no projection of the set takes. */
void collector_projection_residue(struct projection_set *set, struct projection *out);
void collector_projection_release(struct projection *p);
void collector_projection_set_release(struct projection_set *set);

/* Fills p->row from a result; then collector_projection_key gives its key. For a projection with a
 * unit the id of the unit's text is given, else 0. */
void collector_projection_fill(struct projection_set *set, struct projection *p,
                               const struct query_result *result);
uint32_t collector_projection_key(struct projection *p, uint32_t unit_text);

/* The text of a field of a key, "" when it has none. */
struct ak_str collector_projection_text(const struct projection *p, uint32_t key,
                                        const struct projection_field *field);
/* Less, equal or greater than 0 in the order of the projection. */
int collector_projection_compare(const struct projection *p, uint32_t a, uint32_t b);
/* The values of a key joined by blanks, in arena. */
const char *collector_projection_label(const struct projection *p, uint32_t key);

#endif
