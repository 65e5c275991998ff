/* Columns back into the model. Everything is checked: the body comes from a file. */
#include "base/mem.h"
#include "profile_store.h"
#include "varint.h"

struct store_frame_use {
    uint32_t total;
    uint32_t last; /* location, or AK_NO_INDEX */
};

struct mapped {
    struct store_binary *binary; /* NULL when no address of it is visible */
    uint32_t visible;
    uint64_t start;
};

struct unpacking {
    struct ak_store *s;
    struct store_dict *d;
    struct ak_arena *arena;
    struct ak_profile *p;
    struct ak_error *err;
    enum ak_status st; /* the first failure; all that follows does nothing */
    struct store_bytes r;
    struct store_bytes choices;
    uint64_t max_entries; /* of all stacks together */
    struct mapped *mapped;
    uint32_t mapped_count;
    uint32_t *stacks;         /* of each sample */
    struct store_unpacked *t; /* where the tables grow; p's pointers are set at the end */
    size_t use_count, stack_count;
};

static void damaged(struct unpacking *u, const char *what)
{
    if (u->st == AK_OK) {
        u->st = ak_fail(u->err, AK_CORRUPT, "%s: a profile's %s is damaged", u->s->path, what);
    }
}

static bool going(struct unpacking *u, const struct store_bytes *r, const char *what)
{
    if (r->bad) {
        damaged(u, what);
    }
    return u->st == AK_OK;
}

/* The item of an entity of this kind; NULL on failure. Its body is read after the kind. */
static struct store_item *entity(struct unpacking *u, uint32_t id, enum store_kind kind,
                                 struct store_bytes *out_body)
{
    struct store_item *item = NULL;
    if (u->st != AK_OK) {
        return NULL;
    }
    u->st = store_entity_get(u->s, id, &item, u->err);
    if (u->st != AK_OK) {
        return NULL;
    }
    if (item->body.len == 0 || item->body.ptr[0] != (char)kind) {
        damaged(u, "dictionary entry");
        return NULL;
    }
    *out_body = store_bytes_of(ak_str_slice(item->body, 1, item->body.len));
    return item;
}

/* --- strings and functions ------------------------------------------------------------------- */

/* The index of a string in the profile, given out in order of first use. */
static uint32_t string_of(struct unpacking *u, uint32_t id)
{
    struct store_bytes body;
    if (id == 0) {
        return 0;
    }
    struct store_item *const item = entity(u, id, KIND_STRING, &body);
    if (!item) {
        return 0;
    }
    if (item->stamp != u->d->stamp) {
        item->stamp = u->d->stamp;
        item->local = u->p->string_count;
        AK_GROW(u->t->strings, u->p->string_count + 1u, u->t->strings_cap);
        u->t->strings[u->p->string_count++] =
            (struct ak_str){(const char *)body.p, store_bytes_left(&body)};
    }
    return item->local;
}

static uint32_t new_function(struct unpacking *u, struct store_bytes *body)
{
    struct ak_profile *const p = u->p;
    struct ak_function f = {.id = p->function_count + 1u};
    f.name = string_of(u, store_get_u32(body));
    f.system_name = string_of(u, store_get_u32(body));
    f.filename = string_of(u, store_get_u32(body));
    f.start_line = store_get_signed(body);
    if (!going(u, body, "function")) {
        return AK_NO_INDEX;
    }
    AK_GROW(u->t->functions, p->function_count + 1u, u->t->functions_cap);
    u->t->functions[p->function_count] = f;
    return p->function_count++;
}

static uint32_t function_of(struct unpacking *u, uint32_t id)
{
    struct store_bytes body;
    if (id == 0) {
        return AK_NO_INDEX;
    }
    struct store_item *const item = entity(u, id, KIND_FUNCTION, &body);
    if (!item) {
        return AK_NO_INDEX;
    }
    if (item->stamp == u->d->stamp) {
        return item->local;
    }
    item->stamp = u->d->stamp;
    /* The table of items may move while the function's strings are loaded. */
    const uint32_t local = new_function(u, &body);
    const uint32_t at = store_index_get(&u->d->entity.by_id, id);
    u->d->entity.items[at].local = local;
    return local;
}

/* --- locations
 * ------------------------------------------------------------------------------------ */

static void add_lines(struct unpacking *u, struct store_bytes *body, struct ak_location *l)
{
    struct ak_profile *const p = u->p;
    l->is_folded = store_get(body) != 0;
    l->first_line = p->line_count;
    while (store_bytes_left(body) > 0 && going(u, body, "frame")) {
        struct ak_line line = {.function = store_get_u32(body)};
        line.line = store_get_signed(body);
        line.column = store_get_signed(body);
        line.function = function_of(u, line.function);
        AK_GROW(u->t->lines, p->line_count + 1u, u->t->lines_cap);
        u->t->lines[p->line_count++] = line;
    }
    l->line_count = p->line_count - l->first_line;
}

static uint32_t new_location(struct unpacking *u, uint32_t mapping, uint32_t ordinal)
{
    struct ak_profile *const p = u->p;
    const struct mapped *const m = &u->mapped[mapping];
    struct ak_location l = {.id = p->location_count + 1u,
                            .address = m->start + m->binary->addresses[ordinal],
                            .mapping = mapping < p->mapping_count ? mapping : AK_NO_INDEX};
    struct store_bytes body;
    if (!entity(u, m->binary->frames[ordinal], KIND_FRAME, &body)) {
        return AK_NO_INDEX;
    }
    const uint32_t index = p->location_count++;
    AK_GROW(u->t->locations, p->location_count + 0u, u->t->locations_cap);
    add_lines(u, &body, &l);
    u->t->locations[index] = l;
    m->binary->stamps[ordinal] = u->d->stamp;
    m->binary->locals[ordinal] = index;
    return index;
}

/* The location of a frame's place number `choice`, counted from 1 as in packing. */
static uint32_t place(struct unpacking *u, uint32_t frame, uint32_t choice)
{
    for (uint32_t m = 0; m < u->mapped_count; m++) {
        const struct mapped *const map = &u->mapped[m];
        const struct store_places *const places =
            map->binary ? store_binary_places(map->binary, frame) : NULL;
        const uint32_t visible = places ? store_places_below(places, map->visible) : 0;
        if (choice <= visible) {
            const uint32_t ordinal = places->ordinals[visible - choice];
            return map->binary->stamps[ordinal] == u->d->stamp ? map->binary->locals[ordinal]
                                                               : new_location(u, m, ordinal);
        }
        choice -= visible;
    }
    damaged(u, "choice of addresses");
    return AK_NO_INDEX;
}

static uint32_t visible_places(const struct unpacking *u, uint32_t frame)
{
    uint32_t total = 0;
    for (uint32_t m = 0; m < u->mapped_count; m++) {
        const struct mapped *const map = &u->mapped[m];
        const struct store_places *const places =
            map->binary ? store_binary_places(map->binary, frame) : NULL;
        total += places ? store_places_below(places, map->visible) : 0;
    }
    return total;
}

static struct store_frame_use *use_of(struct unpacking *u, uint32_t frame)
{
    struct store_bytes body;
    struct store_item *const item = entity(u, frame, KIND_FRAME, &body);
    if (!item) {
        return NULL;
    }
    if (item->stamp != u->d->stamp) {
        item->stamp = u->d->stamp;
        item->local = (uint32_t)u->use_count;
        AK_GROW(u->t->uses, u->use_count + 1, u->t->uses_cap);
        u->t->uses[u->use_count++] =
            (struct store_frame_use){.total = visible_places(u, frame), .last = AK_NO_INDEX};
    }
    return &u->t->uses[item->local];
}

static uint32_t location_of(struct unpacking *u, uint32_t frame)
{
    struct store_frame_use *const use = use_of(u, frame);
    if (!use) {
        return AK_NO_INDEX;
    }
    uint32_t location = use->last;
    if (use->total > 1) {
        const uint32_t choice = store_get_u32(&u->choices);
        if (!going(u, &u->choices, "choice of addresses")) {
            return AK_NO_INDEX;
        }
        if (choice != 0 || location == AK_NO_INDEX) {
            location = place(u, frame, choice ? choice : UINT32_MAX);
        }
    } else if (location == AK_NO_INDEX) {
        location = place(u, frame, 1);
    }
    use->last = location;
    return location;
}

/* --- sections of the body
 * ------------------------------------------------------------------------- */

static void read_head(struct unpacking *u, uint32_t shape)
{
    struct ak_profile *const p = u->p;
    struct store_bytes b = {0};
    if (!entity(u, shape, KIND_SHAPE, &b)) {
        return;
    }
    const uint32_t count = store_get_u32(&b);
    uint32_t *const local =
        AK_NEW_ARRAY(u->arena, uint32_t, count <= store_bytes_left(&b) ? count + 1u : 1u);
    if (count > store_bytes_left(&b)) {
        damaged(u, "head");
        return;
    }
    for (uint32_t i = 1; i <= count; i++) {
        local[i] = string_of(u, store_get_u32(&b));
    }
#define LOCAL(id) ((id) <= count ? local[id] : 0)
    p->sample_type_count = store_get_u32(&b);
    if (p->sample_type_count > store_bytes_left(&b)) {
        damaged(u, "head");
        return;
    }
    p->sample_types = AK_NEW_ARRAY(u->arena, struct ak_value_type, p->sample_type_count);
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        const uint32_t type = store_get_u32(&b);
        const uint32_t unit = store_get_u32(&b);
        p->sample_types[i] = (struct ak_value_type){LOCAL(type), LOCAL(unit)};
    }
    uint32_t ids[2] = {store_get_u32(&b), 0};
    ids[1] = store_get_u32(&b);
    p->period_type = (struct ak_value_type){LOCAL(ids[0]), LOCAL(ids[1])};
    p->period = store_get_signed(&b);
    uint32_t *const fields[] = {&p->default_sample_type, &p->drop_frames, &p->keep_frames,
                                &p->doc_url};
    for (size_t i = 0; i < AK_COUNT(fields); i++) {
        const uint32_t id = store_get_u32(&b);
        *fields[i] = LOCAL(id);
    }
    p->comment_count = store_get_u32(&b);
    if (p->comment_count > store_bytes_left(&b)) {
        damaged(u, "head");
        p->comment_count = 0;
        return;
    }
    p->comments = AK_NEW_ARRAY(u->arena, uint32_t, p->comment_count);
    for (uint32_t i = 0; i < p->comment_count; i++) {
        const uint32_t id = store_get_u32(&b);
        p->comments[i] = LOCAL(id);
    }
#undef LOCAL
    going(u, &b, "head");
}

/* The binary of a mapping; its texts are read at the end, where its strings come in order. */
static void read_mapping(struct unpacking *u, uint32_t i, uint64_t *start)
{
    const uint32_t id = store_get_u32(&u->r);
    struct mapped *const m = &u->mapped[i];
    m->visible = store_get_u32(&u->r);
    if (i < u->p->mapping_count) {
        *start += (uint64_t)store_get_signed(&u->r);
        m->start = *start;
        u->p->mappings[i].id = id; /* of the entity until finish_mapping */
    }
    if (m->visible > 0 && going(u, &u->r, "mapping")) {
        u->st = store_binary_get(u->s, id, &m->binary, u->err);
        if (u->st == AK_OK && m->visible > m->binary->count) {
            damaged(u, "mapping");
        }
    }
}

static void read_mappings(struct unpacking *u)
{
    const uint32_t count = store_get_u32(&u->r);
    const uint32_t outside = store_get_u32(&u->r) != 0;
    if (count > store_bytes_left(&u->r) || !going(u, &u->r, "mapping")) {
        damaged(u, "mapping");
        return;
    }
    u->p->mapping_count = count;
    u->p->mappings = AK_NEW_ARRAY(u->arena, struct ak_mapping, count);
    u->mapped_count = count + outside;
    u->mapped = AK_NEW_ARRAY(u->arena, struct mapped, u->mapped_count);
    uint64_t start = 0;
    for (uint32_t i = 0; i < u->mapped_count && u->st == AK_OK; i++) {
        read_mapping(u, i, &start);
    }
}

static void finish_mapping(struct unpacking *u, uint32_t i)
{
    struct ak_mapping *const m = &u->p->mappings[i];
    struct store_bytes b;
    if (!entity(u, (uint32_t)m->id, KIND_BINARY, &b)) {
        return;
    }
    m->id = i + 1u;
    m->start = u->mapped[i].start;
    m->filename = string_of(u, store_get_u32(&b));
    m->build_id = string_of(u, store_get_u32(&b));
    m->limit = m->start + store_get(&b);
    m->offset = store_get(&b);
    const uint64_t flags = store_get(&b);
    m->has_functions = flags & 1;
    m->has_filenames = flags & 2;
    m->has_line_numbers = flags & 4;
    m->has_inline_frames = flags & 8;
    going(u, &b, "binary");
}

static void read_stack_ids(struct unpacking *u)
{
    const uint64_t count = store_get(&u->r);
    if (count > store_bytes_left(&u->r)) {
        damaged(u, "samples");
        return;
    }
    u->p->sample_count = count;
    u->stacks = AK_NEW_ARRAY(u->arena, uint32_t, count);
    uint64_t id = 0;
    for (size_t i = 0; i < count; i++) {
        id += (uint64_t)store_get_signed(&u->r);
        if (id > UINT32_MAX) {
            damaged(u, "samples");
            return;
        }
        u->stacks[i] = (uint32_t)id;
    }
    going(u, &u->r, "samples");
}

/* Labels by column. Their strings are entities until the sample they belong to is built. */
static void read_labels(struct unpacking *u)
{
    struct ak_profile *const p = u->p;
    p->label_start = AK_NEW_ARRAY(u->arena, uint64_t, p->sample_count + 1);
    for (size_t i = 0; i < p->sample_count; i++) {
        p->label_start[i + 1] = p->label_start[i] + store_get_u32(&u->r);
    }
    const uint64_t n = p->label_start[p->sample_count];
    if (n > store_bytes_left(&u->r)) {
        damaged(u, "labels");
        return;
    }
    p->labels = AK_NEW_ARRAY(u->arena, struct ak_label, n);
    for (uint64_t i = 0; i < n; i++) {
        p->labels[i].key = store_get_u32(&u->r);
    }
    for (uint64_t i = 0; i < n; i++) {
        p->labels[i].str = store_get_u32(&u->r);
    }
    for (uint64_t i = 0; i < n; i++) {
        p->labels[i].num = store_get_signed(&u->r);
    }
    for (uint64_t i = 0; i < n; i++) {
        p->labels[i].num_unit = store_get_u32(&u->r);
    }
    going(u, &u->r, "labels");
}

static uint64_t predict(const struct ak_profile *p, uint64_t rule, size_t sample, uint32_t column)
{
    const int64_t *const row = p->values + sample * p->sample_type_count;
    if (rule == RULE_LABEL) {
        const uint64_t l = p->label_start[sample];
        return p->label_start[sample + 1] > l
                   ? (uint64_t)row[column - 1] * (uint64_t)p->labels[l].num
                   : 0;
    }
    return rule == RULE_TWO_BEFORE ? (uint64_t)row[column - 2] : 0;
}

static void read_column(struct unpacking *u, uint32_t column)
{
    struct ak_profile *const p = u->p;
    const uint64_t rule = store_get(&u->r);
    const uint64_t factor = rule == RULE_MULTIPLE ? store_get(&u->r) : 0;
    if (rule >= RULE_COUNT || (rule == RULE_MULTIPLE && column < 1) ||
        (rule == RULE_LABEL && (column < 1 || !p->label_start)) ||
        (rule == RULE_TWO_BEFORE && column < 2)) {
        damaged(u, "values");
        return;
    }
    for (size_t i = 0; i < p->sample_count; i++) {
        int64_t *const row = p->values + i * p->sample_type_count;
        const uint64_t rest =
            rule == RULE_MULTIPLE ? (uint64_t)row[0] * factor : (uint64_t)store_get_signed(&u->r);
        row[column] = (int64_t)(rest + predict(p, rule, i, column));
    }
    going(u, &u->r, "values");
}

static void read_values(struct unpacking *u)
{
    struct ak_profile *const p = u->p;
    /* A multiple costs no bytes, so the protobuf's size bounds the product. */
    if (p->sample_count && p->sample_type_count > u->max_entries / p->sample_count) {
        damaged(u, "values");
        return;
    }
    p->values = AK_NEW_ARRAY(u->arena, int64_t, p->sample_count * p->sample_type_count);
    for (uint32_t c = 0; c < p->sample_type_count && u->st == AK_OK; c++) {
        read_column(u, c);
    }
}

/* --- building
 * -------------------------------------------------------------------------------------- */

static void build_stack(struct unpacking *u, size_t sample)
{
    struct ak_profile *const p = u->p;
    struct ak_str frames;
    u->st = store_stack_get(u->s, u->stacks[sample], &frames, u->err);
    if (u->st != AK_OK) {
        return;
    }
    struct store_bytes b = store_bytes_of(frames);
    while (store_bytes_left(&b) > 0 && going(u, &b, "stack")) {
        if (u->stack_count >= u->max_entries) {
            damaged(u, "stack");
            return;
        }
        const uint32_t location = location_of(u, store_get_u32(&b));
        AK_GROW(u->t->stack_ids, u->stack_count + 1, u->t->stack_cap);
        u->t->stack_ids[u->stack_count++] = location;
    }
    p->stack_start[sample + 1] = u->stack_count;
}

static void build_labels(struct unpacking *u, size_t sample)
{
    struct ak_profile *const p = u->p;
    for (uint64_t i = p->label_start[sample]; i < p->label_start[sample + 1]; i++) {
        struct ak_label *const l = &p->labels[i];
        l->key = string_of(u, l->key);
        l->str = string_of(u, l->str);
        l->num_unit = string_of(u, l->num_unit);
    }
}

static void build(struct unpacking *u)
{
    struct ak_profile *const p = u->p;
    p->stack_start = AK_NEW_ARRAY(u->arena, uint64_t, p->sample_count + 1);
    for (size_t i = 0; i < p->sample_count && u->st == AK_OK; i++) {
        build_stack(u, i);
        if (p->label_start && u->st == AK_OK) {
            build_labels(u, i);
        }
    }
    for (uint32_t i = 0; i < p->mapping_count && u->st == AK_OK; i++) {
        finish_mapping(u, i);
    }
}

/* The string table as it was, where its order is not that of first use. */
static void read_strings(struct unpacking *u)
{
    const uint32_t count = store_get_u32(&u->r);
    if (count == 0 || count - 1 > store_bytes_left(&u->r)) {
        damaged(u, "strings");
        return;
    }
    for (uint32_t i = 1; i < count && u->st == AK_OK; i++) {
        const uint32_t id = store_get_u32(&u->r);
        const uint32_t at = string_of(u, id);
        if (u->st == AK_OK && at != i) { /* the same text twice, or "" again: an entry of its own */
            AK_GROW(u->t->strings, u->p->string_count + 1u, u->t->strings_cap);
            u->t->strings[u->p->string_count] = u->t->strings[at];
            u->p->string_count++;
        }
    }
    going(u, &u->r, "strings");
}

static void unpack(struct unpacking *u, uint32_t shape)
{
    struct ak_profile *const p = u->p;
    AK_GROW(u->t->strings, 1, u->t->strings_cap);
    u->t->strings[0] = AK_STR("");
    p->string_count = 1;
    const uint64_t flags = store_get(&u->r);
    if (flags & PROFILE_HAS_STRINGS) {
        read_strings(u);
    }
    read_head(u, shape);
    p->time_ns = store_get_signed(&u->r);
    p->duration_ns = store_get_signed(&u->r);
    read_mappings(u);
    if (u->st == AK_OK) {
        read_stack_ids(u);
    }
    if (u->st == AK_OK && (flags & PROFILE_HAS_LABELS)) {
        read_labels(u);
    }
    if (u->st == AK_OK) {
        read_values(u);
    }
    u->choices = u->r;
    if (u->st == AK_OK) {
        build(u);
    }
    if (u->st == AK_OK && store_bytes_left(&u->choices) > 0) {
        damaged(u, "body");
    }
}

void store_unpacked_release(struct store_unpacked *t)
{
    ak_free(t->strings);
    ak_free(t->functions);
    ak_free(t->locations);
    ak_free(t->lines);
    ak_free(t->stack_ids);
    ak_free(t->uses);
}

enum ak_status store_profile_unpack(struct ak_store *s, const struct store_body *body,
                                    struct ak_profile **out, struct ak_error *err)
{
    struct ak_arena *const arena = store_dict_of(s)->scratch;
    struct unpacking u = {.s = s,
                          .d = s->dict,
                          .arena = arena,
                          .p = AK_NEW(arena, struct ak_profile),
                          .err = err,
                          .r = store_bytes_of(body->bytes),
                          .max_entries = body->size};
    u.t = &u.d->unpacked;
    u.d->stamp++;
    unpack(&u, body->shape);
    if (u.st == AK_OK) {
        u.p->strings = u.t->strings;
        u.p->functions = u.t->functions;
        u.p->locations = u.t->locations;
        u.p->lines = u.t->lines;
        u.p->stack_ids = u.t->stack_ids;
        *out = u.p;
    }
    return u.st;
}
