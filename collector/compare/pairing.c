#include "pairing.h"

#include "base/idmap.h"
#include "base/mem.h"

static bool same_series(const struct ak_series *a, const struct ak_series *b, bool package)
{
    return a->procs == b->procs && strcmp(a->unit, b->unit) == 0 &&
           strcmp(a->benchmark, b->benchmark) == 0 &&
           (!package || strcmp(a->package, b->package) == 0);
}

static uint64_t series_hash(const struct ak_series *s, bool package)
{
    uint64_t hash = ak_hash_bytes(s->benchmark, strlen(s->benchmark), s->procs);
    hash = ak_hash_bytes(s->unit, strlen(s->unit), hash);
    return package ? ak_hash_bytes(s->package, strlen(s->package), hash) : hash;
}

/* Series of a run by name, for looking up the other side of a row. */
struct lookup {
    const struct ak_run *run;
    bool package;
    struct ak_idmap map; /* hash, probed by +1 -> index of the series */
};

static void lookup_fill(struct lookup *l)
{
    for (size_t i = 0; i < l->run->series_count; i++) {
        const struct ak_series *s = &l->run->series[i];
        for (uint64_t hash = series_hash(s, l->package);; hash++) {
            bool is_new;
            const uint32_t at = ak_idmap_put(&l->map, hash, (uint32_t)i, &is_new);
            if (is_new || same_series(&l->run->series[at], s, l->package)) {
                break; /* of two with the same name the first stands */
            }
        }
    }
}

static uint32_t lookup_find(const struct lookup *l, const struct ak_series *s)
{
    for (uint64_t hash = series_hash(s, l->package);; hash++) {
        const uint32_t at = ak_idmap_get(&l->map, hash);
        if (at == AK_IDMAP_NONE || same_series(&l->run->series[at], s, l->package)) {
            return at;
        }
    }
}

/* The rows so far, and for each run which of its series each row is. */
struct rows {
    const struct ak_series **names;
    size_t count, cap;
    uint32_t **partners; /* per run, as many as there were rows after it */
    size_t *partner_counts;
};

/* partner[i]: the series of `run` that is row i, or AK_IDMAP_NONE; taken[j]: series j is a row.
 * First with equal packages, then without. */
static void partners_find(const struct rows *rows, const struct ak_run *run, uint32_t *partner,
                          bool *taken)
{
    for (int package = 1; package >= 0; package--) {
        struct lookup l = {.run = run, .package = package == 1};
        lookup_fill(&l);
        for (size_t i = 0; i < rows->count; i++) {
            const uint32_t at =
                partner[i] == AK_IDMAP_NONE ? lookup_find(&l, rows->names[i]) : AK_IDMAP_NONE;
            if (at != AK_IDMAP_NONE && !taken[at]) {
                partner[i] = at;
                taken[at] = true;
            }
        }
        ak_idmap_release(&l.map);
    }
}

static void run_add(struct rows *rows, const struct ak_run *run, size_t at)
{
    const size_t most = rows->count + run->series_count;
    uint32_t *partner = ak_calloc(most + 1, sizeof *partner);
    bool *taken = ak_calloc(run->series_count + 1, sizeof *taken);
    for (size_t i = 0; i < most; i++) {
        partner[i] = AK_IDMAP_NONE;
    }
    partners_find(rows, run, partner, taken);
    for (size_t j = 0; j < run->series_count; j++) {
        if (!taken[j]) {
            AK_GROW(rows->names, rows->count + 1, rows->cap);
            partner[rows->count] = (uint32_t)j;
            rows->names[rows->count++] = &run->series[j];
        }
    }
    ak_free(taken);
    rows->partners[at] = partner;
    rows->partner_counts[at] = rows->count;
}

void collector_pair(const struct ak_run *const *runs, size_t count, struct ak_arena *arena,
                    struct pairing *out)
{
    struct rows rows = {.partners = AK_NEW_ARRAY(arena, uint32_t *, count + 1),
                        .partner_counts = AK_NEW_ARRAY(arena, size_t, count + 1)};
    for (size_t r = 0; r < count; r++) {
        run_add(&rows, runs[r], r);
    }
    *out = (struct pairing){.runs = count, .rows = rows.count};
    out->cells = AK_NEW_ARRAY(arena, const struct ak_series *, rows.count *count + 1);
    for (size_t r = 0; r < count; r++) {
        for (size_t i = 0; i < rows.partner_counts[r]; i++) {
            const uint32_t at = rows.partners[r][i];
            out->cells[i * count + r] = at == AK_IDMAP_NONE ? NULL : &runs[r]->series[at];
        }
        ak_free(rows.partners[r]);
    }
    ak_free(rows.names);
}

const struct ak_series *collector_pair_cell(const struct pairing *p, size_t row, size_t run)
{
    return p->cells[row * p->runs + run];
}

const struct ak_series *collector_pair_name(const struct pairing *p, size_t row, size_t runs)
{
    const struct ak_series *name = NULL;
    for (size_t run = 0; run < runs && !name; run++) {
        name = collector_pair_cell(p, row, run);
    }
    return name;
}
