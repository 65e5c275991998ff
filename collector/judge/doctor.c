#include "collector/doctor.h"

#include "base/mem.h"
#include "collector/sizes.h"
#include "doctor_profile.h"
#include "profile/decode.h"
#include "profile/kind.h"
#include "profile/merge.h"

#include <stdlib.h>

#define FINDINGS_MAX 400

const char *ak_doctor_sentence(const struct ak_finding *f, struct ak_arena *arena)
{
    const char *id = ak_rule_id(f->rule);
    return f->rule == AK_RULE_P007
               ? ak_arena_printf(arena, "%s %s %s", id, f->subject, f->evidence)
               : ak_arena_printf(arena, "%s %s: %s: %s", id, ak_rule_title(f->rule), f->subject,
                                 f->evidence);
}

void collector_doctor_find(struct doctor *d, enum ak_rule rule, const char *subject,
                           const char *evidence)
{
    if (d->count < FINDINGS_MAX) {
        AK_GROW(d->found, d->count + 1, d->cap);
        d->found[d->count++] = (struct ak_finding){rule, subject, evidence};
    }
}

/* --- profiles ------------------------------------------------------------------------------ */

/* The profile less the base when both are of one kind that adds up; else itself. NULL: unreadable,
 * which its import has said. */
static struct ak_profile *profile_load(const struct doctor *d, const struct ak_run_profile *profile,
                                       bool *out_has_base)
{
    const struct ak_diff_opts subtract = {.mode = AK_DIFF_SUBTRACT};
    struct ak_profile *p = NULL, *difference = NULL;
    *out_has_base = false;
    if (!profile->bytes.ptr ||
        ak_profile_decode_bytes(profile->name, profile->bytes, NULL, &p, NULL) != AK_OK) {
        return NULL;
    }
    if (d->opts->base && strcmp(ak_profile_kind(d->opts->base), profile->kind) == 0) {
        struct ak_profile *const base = ak_profile_copy(d->opts->base);
        if (ak_profile_diff(p, base, &subtract, &difference, NULL) == AK_OK) {
            *out_has_base = true;
            ak_profile_free(p);
            p = difference;
        }
        ak_profile_free(base);
    }
    return p;
}

static void check_profile(struct doctor *d, const struct ak_run_profile *profile,
                          const char *package)
{
    struct doctor_profile one;
    bool has_base;
    struct ak_profile *const p = profile_load(d, profile, &has_base);
    if (p) {
        collector_doctor_profile_init(&one, d, profile, p, package);
        one.has_base = has_base;
        collector_doctor_rules(&one);
        collector_doctor_profile_release(&one);
        ak_profile_free(p);
    }
}

/* --- results ------------------------------------------------------------------------------- */

static void check_loops(struct doctor *d)
{
    for (size_t i = 0; i < d->run->series_count; i++) {
        const struct ak_series *s = &d->run->series[i];
        for (size_t k = 0; s->iterations && strcmp(s->unit, "ns/op") == 0 && k < s->count; k++) {
            if (s->iterations[k] >= 100000000 && s->values[k] < 1) {
                collector_doctor_find(
                    d, AK_RULE_P011, s->benchmark,
                    ak_arena_printf(d->arena,
                                    "%lld iterations at %.3g ns: no operation is that fast",
                                    (long long)s->iterations[k], s->values[k]));
                break;
            }
        }
    }
}

static int by_rule(const void *pa, const void *pb)
{
    const struct ak_finding *a = pa, *b = pb;
    if (a->rule != b->rule) {
        return a->rule < b->rule ? -1 : 1;
    }
    const int order = strcmp(a->subject, b->subject);
    return order ? order : strcmp(a->evidence, b->evidence);
}

struct ak_finding *ak_doctor_run(const struct ak_run *run, const struct ak_doctor_opts *opts,
                                 struct ak_arena *arena, size_t *out_count)
{
    static const struct ak_doctor_opts none = {0};
    struct doctor d = {.run = run, .arena = arena, .opts = opts ? opts : &none};
    const char *package = run->series_count > 0 ? run->series[0].package : "";
    for (size_t i = 0; i < run->profile_count; i++) {
        check_profile(&d, &run->profiles[i], package);
    }
    size_t laws;
    const struct ak_size_law *law = ak_sizes_superlinear(run, arena, &laws);
    for (size_t i = 0; i < laws; i++) {
        collector_doctor_find(&d, AK_RULE_P007, law[i].name,
                              ak_arena_printf(arena, "%s: superlinear", law[i].sentence));
    }
    check_loops(&d);
    if (d.count > 0) {
        qsort(d.found, d.count, sizeof *d.found, by_rule);
    }
    struct ak_finding *copy = ak_arena_copy(arena, d.found, d.count * sizeof *copy);
    *out_count = d.count;
    ak_free(d.found);
    return copy;
}
