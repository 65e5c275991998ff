#include "base/mem.h"
#include "query.h"

/* What a node says of a result: about the whole of it (no mask), or of each of its values. */
struct match {
    uint64_t *mask; /* one bit per value; NULL: `all` speaks for the whole */
    bool all;
};

enum node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_UNIT, NODE_KEY, NODE_ANY_OF };

struct node {
    enum node_kind kind;
    struct node *child, *sibling; /* AND, OR, NOT: children in order */
    struct query_key key;
    struct ak_str literal;
    struct collector_regex *regex; /* NULL: literal */
    const struct ak_str *values;   /* ANY_OF */
    size_t value_count;
    uint64_t *mask; /* UNIT: its own, grown with the longest result */
    size_t mask_words;
    struct node *next_owner; /* all nodes with something to release */
};

struct query_filter {
    struct node *root;
    struct node *owners;
};

struct parser {
    struct query_lexer lex;
    struct query_filter *filter;
    unsigned depth;
};

#define DEPTH_MAX 200

static struct node *parse_or(struct parser *p);

static struct node *node_new(struct parser *p, enum node_kind kind)
{
    struct node *n = AK_NEW(p->lex.arena, struct node);
    n->kind = kind;
    return n;
}

static void node_own(struct query_filter *f, struct node *n)
{
    n->next_owner = f->owners;
    f->owners = n;
}

static struct node *parse_value(struct parser *p, struct ak_str key, struct query_token value)
{
    const bool unit = ak_str_eq(key, AK_STR(".unit"));
    struct node *n = node_new(p, unit ? NODE_UNIT : NODE_KEY);
    n->key = collector_query_key_of(key);
    n->literal = value.text;
    node_own(p->filter, n);
    if (value.kind == QUERY_REGEX) {
        const enum ak_status st =
            collector_regex_new(value.text, p->lex.what, &n->regex, p->lex.err);
        if (st != AK_OK) {
            p->lex.status = p->lex.status == AK_OK ? st : p->lex.status;
            p->lex.at = p->lex.all.len;
        }
    }
    return n;
}

static bool is_value(int kind)
{
    return kind == QUERY_WORD || kind == QUERY_QUOTED || kind == QUERY_REGEX;
}

/* (a OR b ...) after "key:". */
static struct node *parse_values(struct parser *p, struct ak_str key)
{
    struct node *list = node_new(p, NODE_OR);
    struct node **end = &list->child;
    for (;;) {
        const struct query_token value = collector_query_next(&p->lex, true);
        if (!is_value(value.kind)) {
            collector_query_error(&p->lex, value.at, "expected value");
            return list;
        }
        *end = parse_value(p, key, value);
        end = &(*end)->sibling;
        const struct query_token more = collector_query_next(&p->lex, true);
        if (more.kind == ')') {
            return list;
        }
        if (more.kind != QUERY_OR) {
            collector_query_error(&p->lex, more.at, "value list must be separated by OR");
            return list;
        }
    }
}

static struct node *parse_key(struct parser *p, struct query_token key)
{
    if (ak_str_eq(key.text, AK_STR(".config"))) {
        collector_query_error(&p->lex, key.at, ".config is only allowed in projections");
    } else if (key.text.len == 0) {
        collector_query_error(&p->lex, key.at, "key must not be empty");
    }
    const struct query_token colon = collector_query_next(&p->lex, false);
    const struct query_token value = collector_query_peek(&p->lex, true);
    if (colon.kind == ':' && value.kind == '(') {
        collector_query_next(&p->lex, true);
        return parse_values(p, key.text);
    }
    if (colon.kind == ':' && is_value(value.kind)) {
        return parse_value(p, key.text, collector_query_next(&p->lex, true));
    }
    collector_query_next(&p->lex, true); /* its own error, if it has one, comes first */
    collector_query_error(&p->lex, key.at, "expected key:value");
    return node_new(p, NODE_AND);
}

static struct node *parse_match(struct parser *p)
{
    const struct query_token t = collector_query_next(&p->lex, false);
    struct node *n = NULL;
    if (++p->depth > DEPTH_MAX) {
        collector_query_error(&p->lex, t.at, "nested too deeply");
        return node_new(p, NODE_AND);
    }
    if (t.kind == '(') {
        n = parse_or(p);
        const struct query_token close = collector_query_next(&p->lex, false);
        if (close.kind != ')') {
            collector_query_error(&p->lex, close.at, "missing \")\"");
        }
    } else if (t.kind == '-') {
        n = node_new(p, NODE_NOT);
        n->child = parse_match(p);
    } else if (t.kind == '*') {
        n = node_new(p, NODE_AND);
    } else if (t.kind == QUERY_WORD || t.kind == QUERY_QUOTED) {
        n = parse_key(p, t);
    } else {
        collector_query_error(&p->lex, t.at, "expected key:value or subexpression");
        n = node_new(p, NODE_AND);
    }
    p->depth--;
    return n;
}

static struct node *parse_and(struct parser *p)
{
    struct node *list = node_new(p, NODE_AND);
    list->child = parse_match(p);
    struct node **end = &list->child->sibling;
    for (;;) {
        const struct query_token t = collector_query_peek(&p->lex, false);
        switch (t.kind) {
        case QUERY_AND: /* between matches the same as nothing */
            collector_query_next(&p->lex, false);
            break;
        case '(':
        case '-':
        case '*':
        case QUERY_WORD:
        case QUERY_QUOTED:
            *end = parse_match(p);
            end = &(*end)->sibling;
            break;
        case ')':
        case QUERY_OR:
        case QUERY_END:
            return list->child->sibling ? list : list->child;
        default:
            collector_query_error(&p->lex, t.at, "unexpected operator");
            return list;
        }
    }
}

static struct node *parse_or(struct parser *p)
{
    struct node *list = node_new(p, NODE_OR);
    struct node **end = &list->child;
    for (;;) {
        *end = parse_and(p);
        end = &(*end)->sibling;
        if (collector_query_peek(&p->lex, false).kind != QUERY_OR) {
            return list->child->sibling ? list : list->child;
        }
        collector_query_next(&p->lex, false);
    }
}

enum ak_status collector_query_filter_parse(const char *text, struct ak_arena *arena,
                                            struct query_filter **out, struct ak_error *err)
{
    struct parser p = {
        .lex = {.all = ak_str_from(text), .arena = arena, .what = "-filter", .err = err},
        .filter = AK_NEW(arena, struct query_filter),
    };
    p.filter->root = parse_or(&p);
    const struct query_token rest = collector_query_next(&p.lex, false);
    if (rest.kind != QUERY_END) {
        collector_query_error(&p.lex, rest.at, "unexpected text");
    }
    if (p.lex.status != AK_OK) {
        collector_query_filter_release(p.filter);
        return p.lex.status;
    }
    *out = p.filter;
    return AK_OK;
}

void collector_query_filter_release(struct query_filter *f)
{
    for (struct node *n = f ? f->owners : NULL; n; n = n->next_owner) {
        collector_regex_free(n->regex);
        ak_free(n->mask);
        n->regex = NULL;
        n->mask = NULL;
    }
    if (f) {
        f->owners = NULL;
    }
}

void collector_query_filter_require(struct query_filter *f, const struct query_key *key,
                                    const struct ak_str *values, size_t count,
                                    struct ak_arena *arena)
{
    struct node *any = AK_NEW(arena, struct node);
    *any = (struct node){.kind = NODE_ANY_OF, .key = *key, .values = values, .value_count = count};
    struct node *both = AK_NEW(arena, struct node);
    *both = (struct node){.kind = NODE_AND, .child = any};
    any->sibling = f->root;
    f->root = both;
}

static bool matches(const struct node *n, struct ak_str value)
{
    return n->regex ? collector_regex_match(n->regex, value) : ak_str_eq(n->literal, value);
}

static struct match match_unit(struct node *n, const struct ak_bench_record *record)
{
    const size_t words = (record->value_count + 63) / 64;
    AK_GROW(n->mask, words + 1, n->mask_words);
    for (size_t w = 0; w <= words; w++) {
        n->mask[w] = 0;
    }
    for (size_t i = 0; i < record->value_count; i++) {
        const struct ak_bench_value *v = &record->values[i];
        if (matches(n, v->unit) || matches(n, v->orig_unit)) {
            n->mask[i / 64] |= UINT64_C(1) << (i % 64);
        }
    }
    return (struct match){.mask = n->mask};
}

static struct match match_node(struct node *n, const struct query_result *result);

/* AND stops at the first child that refuses the whole, OR at the first that takes it; the masks of
 * the others are joined in the mask of the first that has one. */
static struct match match_list(struct node *n, const struct query_result *result)
{
    const bool is_and = n->kind == NODE_AND;
    const size_t words = (result->record->value_count + 63) / 64;
    struct match joined = {.all = is_and};
    for (struct node *c = n->child; c; c = c->sibling) {
        const struct match m = match_node(c, result);
        if (!m.mask) {
            if (m.all != is_and) {
                return m;
            }
        } else if (!joined.mask) {
            joined.mask = m.mask;
        } else {
            for (size_t w = 0; w < words; w++) {
                joined.mask[w] = is_and ? joined.mask[w] & m.mask[w] : joined.mask[w] | m.mask[w];
            }
        }
    }
    return joined;
}

static struct match match_node(struct node *n, const struct query_result *result)
{
    struct match m = {0};
    switch (n->kind) {
    case NODE_AND:
    case NODE_OR:
        return match_list(n, result);
    case NODE_NOT:
        m = match_node(n->child, result);
        m.all = !m.all;
        for (size_t w = 0; m.mask && w < (result->record->value_count + 63) / 64; w++) {
            m.mask[w] = ~m.mask[w];
        }
        return m;
    case NODE_UNIT:
        return match_unit(n, result->record);
    case NODE_KEY:
        m.all = matches(n, collector_query_extract(&n->key, result));
        return m;
    case NODE_ANY_OF:
        break;
    }
    const struct ak_str value = collector_query_extract(&n->key, result);
    for (size_t i = 0; i < n->value_count; i++) {
        m.all = m.all || ak_str_eq(n->values[i], value);
    }
    return m;
}

static bool has_unit(const struct node *n)
{
    bool found = n->kind == NODE_UNIT;
    for (const struct node *c = n->child; c && !found; c = c->sibling) {
        found = has_unit(c);
    }
    return found;
}

bool collector_query_filter_sees_units(const struct query_filter *f)
{
    return has_unit(f->root);
}

size_t collector_query_filter_apply(struct query_filter *f, const struct query_result *result,
                                    uint32_t *out_kept)
{
    const struct match m = match_node(f->root, result);
    size_t kept = 0;
    for (size_t i = 0; i < result->record->value_count; i++) {
        if (m.mask ? (m.mask[i / 64] >> (i % 64) & 1) != 0 : m.all) {
            out_kept[kept++] = (uint32_t)i;
        }
    }
    return kept;
}
