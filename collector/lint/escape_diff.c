#include "collector/escape_diff.h"

#include "base/hash.h"
#include "base/mem.h"
#include "lint/stacks.h"

#include <stdlib.h>

/* --- counting equal decisions -------------------------------------------------------------- */

/* How many more decisions a key has on the new side, and the last of them there. */
struct tally {
    int64_t more;
    uint32_t last; /* index on the new side; AK_NO_INDEX: only the old side has it */
};

struct tallies {
    struct ak_idmap ids;
    struct tally *items;
    size_t count, cap;
};

static uint64_t text_key(uint64_t seed, const char *text)
{
    return ak_hash_bytes(text, strlen(text), ak_hash_u64(seed + 1));
}

/* The length of the word at p that a number of the compiler's own count follows, 0: none. */
static size_t counted_word(const char *p, bool is_generic)
{
    static const char *const words[] = {".autotmp_", "..dict[", "(*["};
    for (size_t i = 0; i < AK_COUNT(words) - !is_generic; i++) {
        const size_t len = strlen(words[i]);
        if (strncmp(p, words[i], len) == 0) {
            return len;
        }
    }
    return 0;
}

/* A message without what changes with code elsewhere: temporaries are numbered through a function,
 * and a generic function's dictionary, "(*[147]uintptr)(p..dict[20])", has a slot for each use. The
 * ~r of results has the number of the result and stays. */
static uint64_t message_key(uint64_t seed, const char *text)
{
    const bool is_generic = strstr(text, "..dict[");
    uint64_t key = ak_hash_u64(seed + 1);
    if (!is_generic && !strstr(text, ".autotmp_")) {
        return text_key(seed, text);
    }
    for (const char *p = text; *p;) {
        const size_t word = counted_word(p, is_generic), len = word > 0 ? word : 1;
        key = ak_hash_bytes(p, len, key);
        p += len;
        p += word > 0 ? strspn(p, "0123456789") : 0;
    }
    return key;
}

/* Files are told apart by their last part, as everywhere here: paths depend on the checkout. */
static uint64_t place_key(const struct ak_escape *e)
{
    return text_key(text_key(0, e->package), ak_path_base(e->file));
}

static uint64_t line_key(const struct ak_escape *e)
{
    return text_key(place_key(e) + e->line, e->message);
}

static uint64_t stable_key(const struct ak_escape *e, bool with_function)
{
    const uint64_t function = text_key(place_key(e), with_function ? e->function : "");
    return message_key(text_key(function, e->code), e->message);
}

static struct tally *tally_of(struct tallies *t, uint64_t key)
{
    bool is_new;
    const uint32_t id = ak_idmap_put(&t->ids, key, (uint32_t)t->count, &is_new);
    if (is_new) {
        AK_GROW(t->items, t->count + 1, t->cap);
        t->items[t->count++] = (struct tally){.last = AK_NO_INDEX};
    }
    return &t->items[id];
}

static void tallies_release(struct tallies *t)
{
    ak_idmap_release(&t->ids);
    ak_free(t->items);
}

static void tallies_sum(const struct tallies *t, size_t *added, size_t *gone)
{
    for (size_t i = 0; i < t->count; i++) {
        const int64_t more = t->items[i].more;
        *added += more > 0 ? (size_t)more : 0;
        *gone += more < 0 ? (size_t)-more : 0;
    }
}

static void by_line(const struct ak_go_diagnostics *old, const struct ak_go_diagnostics *new,
                    struct ak_escape_diff *out)
{
    struct tallies t = {0};
    for (uint32_t i = 0; i < old->escape_count; i++) {
        tally_of(&t, line_key(&old->escapes[i]))->more--;
    }
    for (uint32_t i = 0; i < new->escape_count; i++) {
        tally_of(&t, line_key(&new->escapes[i]))->more++;
    }
    tallies_sum(&t, &out->added_by_line, &out->gone_by_line);
    tallies_release(&t);
}

/* --- files whose functions are not known --------------------------------------------------- */

static void unnamed_add(struct ak_idmap *files, const struct ak_go_diagnostics *d)
{
    for (uint32_t i = 0; i < d->escape_count; i++) {
        if (!*d->escapes[i].function) {
            ak_idmap_put(files, place_key(&d->escapes[i]), 0, NULL);
        }
    }
}

struct comparison {
    const struct ak_go_diagnostics *old, *new;
    struct ak_idmap unnamed; /* files, on either side */
    struct tallies t;
    struct ak_arena *arena;
};

static void count_all(struct comparison *c)
{
    unnamed_add(&c->unnamed, c->old);
    unnamed_add(&c->unnamed, c->new);
    for (uint32_t i = 0; i < c->old->escape_count; i++) {
        const struct ak_escape *const e = &c->old->escapes[i];
        const bool named = ak_idmap_get(&c->unnamed, place_key(e)) == AK_IDMAP_NONE;
        tally_of(&c->t, stable_key(e, named))->more--;
    }
    for (uint32_t i = 0; i < c->new->escape_count; i++) {
        const struct ak_escape *const e = &c->new->escapes[i];
        const bool named = ak_idmap_get(&c->unnamed, place_key(e)) == AK_IDMAP_NONE;
        struct tally *const t = tally_of(&c->t, stable_key(e, named));
        t->more++;
        t->last = i;
    }
}

/* --- heat ---------------------------------------------------------------------------------- */

struct heat_sum {
    int64_t bytes, objects;
};

struct heat {
    struct lint_stacks stacks;
    struct ak_idmap ids; /* of lines and of functions */
    struct heat_sum *sums;
    size_t count, cap;
    int64_t total;
    struct ak_arena *arena;
};

static uint64_t function_key(struct ak_str package, struct ak_str function)
{
    return ak_hash_bytes(function.ptr, function.len, ak_hash_str(package));
}

static uint64_t heat_line_key(struct ak_str package, struct ak_str file, int64_t line)
{
    const struct ak_str base = ak_str_slice(file, (size_t)(ak_str_rchr(file, '/') + 1), file.len);
    return ak_hash_u64(function_key(package, base) + (uint64_t)line);
}

static void heat_add(struct heat *h, uint64_t key, int64_t bytes, int64_t objects)
{
    bool is_new;
    const uint32_t id = ak_idmap_put(&h->ids, key, (uint32_t)h->count, &is_new);
    if (is_new) {
        AK_GROW(h->sums, h->count + 1, h->cap);
        h->sums[h->count++] = (struct heat_sum){0};
    }
    h->sums[id].bytes += bytes;
    h->sums[id].objects += objects;
}

static struct heat_sum heat_of(const struct heat *h, uint64_t key)
{
    const uint32_t id = ak_idmap_get(&h->ids, key);
    const struct heat_sum none = {0, 0};
    return id == AK_IDMAP_NONE ? none : h->sums[id];
}

/* The bytes of a sample belong to its first frame of the module: what allocates there, itself or
 * through a library. */
static void sample_add(struct heat *h, size_t sample)
{
    const int64_t bytes = collector_stacks_bytes(&h->stacks, sample);
    const int64_t objects = collector_stacks_objects(&h->stacks, sample);
    if (bytes <= 0) {
        return;
    }
    h->total += bytes;
    collector_stacks_read(&h->stacks, sample);
    for (size_t k = 0; k < h->stacks.frame_count; k++) {
        const struct lint_frame *const frame = &h->stacks.frames[k];
        const struct lint_function *const f = &h->stacks.functions[frame->function];
        if (!f->module) {
            continue;
        }
        struct ak_str outer;
        const struct ak_str name = ak_go_symbol_function(f->name, h->arena, &outer);
        heat_add(h, heat_line_key(f->package, f->file, frame->line), bytes, objects);
        heat_add(h, function_key(f->package, name), bytes, objects);
        if (!ak_str_eq(name, outer)) {
            heat_add(h, function_key(f->package, outer), bytes, objects);
        }
        return;
    }
}

static enum ak_status heat_read(struct heat *h, const struct ak_go_diagnostics *d,
                                const struct ak_profile *p, struct ak_error *err)
{
    const enum ak_status st = collector_stacks_init(&h->stacks, d, p, h->arena, err);
    for (size_t i = 0; i < p->sample_count && st == AK_OK; i++) {
        sample_add(h, i);
    }
    return st;
}

static void heat_release(struct heat *h)
{
    collector_stacks_release(&h->stacks);
    ak_idmap_release(&h->ids);
    ak_free(h->sums);
}

/* A decision whose function is not known has the heat of its line alone. */
static void change_heat(const struct heat *h, struct ak_escape_change *c)
{
    const struct ak_escape *const e = c->escape;
    const struct ak_str package = ak_str_from(e->package);
    const struct heat_sum line = heat_of(h, heat_line_key(package, ak_str_from(e->file), e->line));
    const struct heat_sum function =
        *e->function ? heat_of(h, function_key(package, ak_str_from(e->function))) : line;
    c->line_bytes = line.bytes;
    c->function_bytes = function.bytes;
    c->objects = function.objects;
    c->share = h->total > 0 ? (double)function.bytes / (double)h->total : 0;
}

/* --- the difference ------------------------------------------------------------------------ */

static int by_heat(const void *pa, const void *pb)
{
    const struct ak_escape_change *a = pa, *b = pb;
    if (a->function_bytes != b->function_bytes) {
        return a->function_bytes > b->function_bytes ? -1 : 1;
    }
    if (a->line_bytes != b->line_bytes) {
        return a->line_bytes > b->line_bytes ? -1 : 1;
    }
    return a->escape < b->escape ? -1 : a->escape > b->escape;
}

static void changes_make(struct comparison *c, const struct heat *h, double min_share,
                         struct ak_escape_diff *out)
{
    out->added = AK_NEW_ARRAY(c->arena, struct ak_escape_change, c->t.count);
    for (size_t i = 0; i < c->t.count; i++) {
        const struct tally *const t = &c->t.items[i];
        if (t->more <= 0) {
            continue;
        }
        struct ak_escape_change change = {.escape = &c->new->escapes[t->last],
                                          .more = (uint32_t)t->more};
        if (h) {
            change_heat(h, &change);
        }
        if (h && (change.function_bytes == 0 || change.share < min_share)) {
            out->cold++;
        } else {
            out->added[out->count++] = change;
        }
    }
    if (out->count > 0) {
        qsort(out->added, out->count, sizeof *out->added, by_heat);
    }
}

enum ak_status ak_escape_diff(const struct ak_go_diagnostics *old,
                              const struct ak_go_diagnostics *new, const struct ak_profile *heat,
                              double min_share, struct ak_arena *arena, struct ak_escape_diff *out,
                              struct ak_error *err)
{
    if (strcmp(old->gc_version, new->gc_version) != 0) {
        return ak_fail(err, AK_UNSUPPORTED,
                       "made by different compilers, %s and %s, which decide differently: build "
                       "both with one",
                       old->gc_version, new->gc_version);
    }
    struct comparison c = {.old = old, .new = new, .arena = arena};
    struct heat h = {.arena = arena};
    const enum ak_status st = heat ? heat_read(&h, new, heat, err) : AK_OK;
    if (st == AK_OK) {
        *out = (struct ak_escape_diff){0};
        count_all(&c);
        out->by_function = c.unnamed.count == 0;
        tallies_sum(&c.t, &out->added_total, &out->gone_total);
        by_line(old, new, out);
        changes_make(&c, heat ? &h : NULL, min_share, out);
    }
    heat_release(&h);
    ak_idmap_release(&c.unnamed);
    tallies_release(&c.t);
    return st;
}
