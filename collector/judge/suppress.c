#include "collector/suppress.h"

#include "base/mem.h"
#include "collector/criteria.h"
#include "regex.h"

struct entry {
    const struct ak_suppress *suppress;
    struct collector_regex *file, *function, *benchmark; /* NULL: everything */
    bool is_expired;
    uint64_t hits; /* findings it took, or would have taken before it expired */
};

struct ak_suppress_list {
    struct entry *entries;
    size_t count;
};

static enum ak_status pattern_new(const char *pattern, struct collector_regex **out,
                                  struct ak_error *err)
{
    return pattern ? collector_regex_new(ak_str_from(pattern), "suppress", out, err) : AK_OK;
}

enum ak_status ak_suppress_list_new(const struct ak_criteria *criteria, int64_t now_ns,
                                    struct ak_suppress_list **out, struct ak_error *err)
{
    struct ak_suppress_list *const l = ak_calloc(1, sizeof *l);
    enum ak_status st = AK_OK;
    l->entries = ak_calloc(criteria->suppress_count + 1, sizeof *l->entries);
    for (size_t i = 0; i < criteria->suppress_count && st == AK_OK; i++) {
        const struct ak_suppress *const s = &criteria->suppress[i];
        struct entry *const e = &l->entries[l->count++];
        *e = (struct entry){.suppress = s, .is_expired = now_ns >= s->until_ns};
        st = pattern_new(s->file, &e->file, err);
        st = st == AK_OK ? pattern_new(s->function, &e->function, err) : st;
        st = st == AK_OK ? pattern_new(s->benchmark, &e->benchmark, err) : st;
    }
    if (st != AK_OK) {
        ak_suppress_list_free(l);
        return st;
    }
    *out = l;
    return AK_OK;
}

void ak_suppress_list_free(struct ak_suppress_list *l)
{
    for (size_t i = 0; l && i < l->count; i++) {
        collector_regex_free(l->entries[i].file);
        collector_regex_free(l->entries[i].function);
        collector_regex_free(l->entries[i].benchmark);
    }
    if (l) {
        ak_free(l->entries);
        ak_free(l);
    }
}

/* A pattern needs something to match: what is not known is not taken by it. */
static bool takes(const struct collector_regex *re, const char *text)
{
    return !re || (*text && collector_regex_match(re, ak_str_from(text)));
}

const struct ak_suppress *ak_suppress_find(struct ak_suppress_list *l,
                                           const struct ak_suppress_place *place)
{
    for (size_t i = 0; l && i < l->count; i++) {
        struct entry *const e = &l->entries[i];
        if (strcmp(e->suppress->rule, place->rule) == 0 && takes(e->file, place->file) &&
            takes(e->function, place->function) && takes(e->benchmark, place->benchmark)) {
            e->hits++;
            if (!e->is_expired) {
                return e->suppress;
            }
        }
    }
    return NULL;
}

const char **ak_suppress_notes(const struct ak_suppress_list *l, struct ak_arena *arena,
                               size_t *out_count)
{
    const char **const notes = AK_NEW_ARRAY(arena, const char *, l->count);
    for (size_t i = 0; i < l->count; i++) {
        const struct entry *const e = &l->entries[i];
        const struct ak_suppress *const s = e->suppress;
        if (e->is_expired) {
            notes[i] = ak_arena_printf(
                arena, "suppress %s: expired after %s, no longer suppresses %s (%s)", s->name,
                s->until, s->rule, s->reason);
        } else if (e->hits == 0) {
            notes[i] = ak_arena_printf(arena, "suppress %s: matched nothing, can be deleted (%s)",
                                       s->name, s->reason);
        } else {
            notes[i] = ak_arena_printf(arena, "suppress %s: takes %s at %llu place%s until %s (%s)",
                                       s->name, s->rule, (unsigned long long)e->hits,
                                       e->hits == 1 ? "" : "s", s->until, s->reason);
        }
    }
    *out_count = l->count;
    return notes;
}
