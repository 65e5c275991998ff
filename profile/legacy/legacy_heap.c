#include "legacy_reader.h"

/* "heap profile: 3: 1024 [5: 4096] @ heap_v2/524288", then lines of the same shape with addresses:
 * in use objects: bytes [allocated objects: bytes] @ 0x... */

/* Finds "N: N [ N: N ]" at the cursor; numbers in use may be negative in samples. */
struct numbers {
    struct ak_str inuse_count, inuse_bytes, alloc_count, alloc_bytes;
};

static struct ak_str eat_signed(struct legacy_cursor *c, bool may_be_negative)
{
    const char *start = c->at;
    if (may_be_negative) {
        (void)profile_legacy_eat(c, "-");
    }
    const struct ak_str digits = profile_legacy_eat_digits(c);
    if (digits.len == 0) {
        return digits;
    }
    return (struct ak_str){start, (size_t)(c->at - start)};
}

static bool eat_pair(struct legacy_cursor *c, bool may_be_negative, struct ak_str *a,
                     struct ak_str *b)
{
    *a = eat_signed(c, may_be_negative);
    if (a->len == 0 || !profile_legacy_eat(c, ":")) {
        return false;
    }
    profile_legacy_eat_blanks(c);
    *b = eat_signed(c, may_be_negative);
    profile_legacy_eat_blanks(c);
    return b->len > 0;
}

static bool eat_numbers(struct legacy_cursor *c, bool may_be_negative, struct numbers *out)
{
    if (!eat_pair(c, may_be_negative, &out->inuse_count, &out->inuse_bytes) ||
        !profile_legacy_eat(c, "[")) {
        return false;
    }
    profile_legacy_eat_blanks(c);
    return eat_pair(c, false, &out->alloc_count, &out->alloc_bytes) && profile_legacy_eat(c, "]");
}

enum head_kind { HEAD_NONE, HEAD_HEAP, HEAD_GROWTH };

struct head {
    enum head_kind kind;
    struct numbers n;
    struct ak_str type, rate; /* "heap_v2", "524288" */
};

static bool is_type_char(char c)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static void eat_type(struct legacy_cursor *c, struct head *out)
{
    const char *start = c->at;
    while (c->at < c->end && is_type_char(*c->at)) {
        c->at++;
    }
    out->type = (struct ak_str){start, (size_t)(c->at - start)};
    (void)profile_legacy_eat(c, "/");
    out->rate = profile_legacy_eat_digits(c);
}

/* The cursor stands behind "heap profile:". */
static struct head read_head_at(struct legacy_cursor c)
{
    struct head h = {.kind = HEAD_NONE};
    profile_legacy_eat_blanks(&c);
    if (!eat_numbers(&c, false, &h.n)) {
        return h;
    }
    struct legacy_cursor other = c;
    profile_legacy_eat_blanks(&c);
    if (!profile_legacy_eat(&c, "@")) {
        return h;
    }
    profile_legacy_eat_blanks(&c);
    struct legacy_cursor type = c;
    if (profile_legacy_eat(&type, "heap")) {
        h.kind = HEAD_HEAP;
        eat_type(&c, &h);
    } else if (profile_legacy_eat(&other, " @ growth") ||
               profile_legacy_eat(&other, " @ fragmentation")) {
        h.kind = HEAD_GROWTH;
    }
    return h;
}

/* The first head of a heap in the line, else the first of another kind. */
static struct head read_head(struct ak_str line)
{
    struct head found = {.kind = HEAD_NONE};
    ptrdiff_t at;
    while ((at = ak_str_find(line, AK_STR("heap profile:"))) >= 0) {
        line = ak_str_slice(line, (size_t)at + 13, line.len);
        const struct head h = read_head_at(profile_legacy_cursor(line));
        if (h.kind == HEAD_HEAP) {
            return h;
        }
        found = found.kind == HEAD_NONE ? h : found;
    }
    return found;
}

static struct ak_str first_line(struct ak_str s)
{
    return ak_str_cut(&s, '\n');
}

bool profile_legacy_is_heap(struct ak_str head)
{
    return read_head(first_line(head)).kind != HEAD_NONE;
}

struct heap {
    struct legacy *l;
    int64_t rate;   /* average bytes between samples */
    bool scaled;    /* values are to be un-sampled */
    bool has_alloc; /* allocated numbers are more than a copy of those in use */
};

static bool differs(struct ak_str alloc, struct ak_str inuse)
{
    return !ak_str_eq(alloc, inuse) && !ak_str_eq(alloc, AK_STR("0"));
}

/* What the kind of heap profile says of the rate. */
static bool take_kind(struct heap *h, const struct head *head)
{
    h->rate = 0;
    if (head->rate.len > 0 && !ak_str_i64(head->rate, &h->rate)) {
        return false;
    }
    h->has_alloc = differs(head->n.alloc_count, head->n.inuse_count) ||
                   differs(head->n.alloc_bytes, head->n.inuse_bytes);
    if (ak_str_eq(head->type, AK_STR("heapz_v2")) || ak_str_eq(head->type, AK_STR("heap_v2"))) {
        h->scaled = true;
    } else if (ak_str_eq(head->type, AK_STR("heapprofile"))) {
        h->rate = 1;
    } else if (ak_str_eq(head->type, AK_STR("heap"))) {
        h->scaled = true;
        h->rate /= 2; /* Go writes twice the rate there */
    } else {
        return false;
    }
    return true;
}

/* Reads one pair; *block is the size of one object, as it was when there are none. */
static bool take_values(const struct heap *h, struct ak_str count_text, struct ak_str size_text,
                        int64_t out[2], int64_t *block)
{
    int64_t count, size;
    if (!ak_str_i64(count_text, &count) || !ak_str_i64(size_text, &size) ||
        (count == 0 && size != 0)) {
        return false;
    }
    if (count != 0) {
        *block = count == -1 ? (int64_t)(0 - (uint64_t)size) : size / count;
        if (h->scaled) {
            profile_legacy_scale_block(&count, &size, h->rate);
        }
    }
    out[0] = count;
    out[1] = size;
    return true;
}

/* Finds the numbers of a sample and the addresses behind them, from any place of the line on. */
static bool find_sample(struct ak_str line, struct numbers *n, struct ak_str *out_addresses)
{
    for (size_t i = 0; i < line.len; i++) {
        struct legacy_cursor c = profile_legacy_cursor(ak_str_slice(line, i, line.len));
        if ((line.ptr[i] != '-' && (line.ptr[i] < '0' || line.ptr[i] > '9')) ||
            !eat_numbers(&c, true, n)) {
            continue;
        }
        if (profile_legacy_eat(&c, " @")) {
            *out_addresses = profile_legacy_eat_addresses(&c);
            return true;
        }
    }
    return false;
}

static enum ak_status read_sample(struct heap *h, struct ak_str line, struct ak_error *err)
{
    struct numbers n;
    struct ak_str addresses;
    int64_t values[LEGACY_TYPES_MAX], block = 0;
    size_t used = 0;
    if (!find_sample(line, &n, &addresses)) {
        return profile_legacy_damaged(h->l, line, err);
    }
    if (h->has_alloc) {
        if (!take_values(h, n.alloc_count, n.alloc_bytes, values, &block)) {
            return profile_legacy_damaged(h->l, line, err);
        }
        used = 2;
    }
    if (!take_values(h, n.inuse_count, n.inuse_bytes, values + used, &block) ||
        !profile_legacy_push_all(h->l, addresses, 1)) {
        return profile_legacy_damaged(h->l, line, err);
    }
    return profile_legacy_end_block(h->l, values, block, err);
}

static void set_types(struct heap *h)
{
    struct legacy *l = h->l;
    if (h->has_alloc) { /* in use last: reports show the last type */
        profile_legacy_type(l, "alloc_objects", "count");
        profile_legacy_type(l, "alloc_space", "bytes");
        profile_legacy_type(l, "inuse_objects", "count");
        profile_legacy_type(l, "inuse_space", "bytes");
    } else {
        profile_legacy_type(l, "objects", "count");
        profile_legacy_type(l, "space", "bytes");
    }
    profile_legacy_period(l, "space", "bytes", h->rate);
}

enum ak_status profile_legacy_heap(struct legacy *l, struct ak_str bytes, struct ak_error *err)
{
    struct legacy_lines lines = {.rest = bytes};
    struct heap h = {.l = l, .rate = 1};
    if (!profile_legacy_next(&lines)) {
        return AK_FORMAT;
    }
    const struct head head = read_head(lines.line);
    if (head.kind == HEAD_NONE || (head.kind == HEAD_HEAP && !take_kind(&h, &head))) {
        return AK_FORMAT;
    }
    set_types(&h);
    while (profile_legacy_next(&lines)) {
        const struct ak_str line = profile_legacy_trim(lines.line);
        if (profile_legacy_is_comment(line)) {
            continue;
        }
        if (profile_legacy_is_map_start(line)) {
            break;
        }
        const enum ak_status st = read_sample(&h, line, err);
        if (st != AK_OK) {
            return st;
        }
    }
    const enum ak_status st = profile_legacy_find_map(l, &lines, err);
    if (st == AK_OK) {
        profile_legacy_finish(l, true);
    }
    return st;
}
