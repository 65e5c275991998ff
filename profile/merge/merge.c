#include "base/mem.h"
#include "merger.h"

#include <string.h>

struct ak_merge *ak_merge_new(const struct ak_merge_opts *opts)
{
    struct ak_merge *m = ak_calloc(1, sizeof *m);
    m->opts = opts ? *opts : (struct ak_merge_opts){0};
    ak_build_init(&m->b);
    profile_stacks_init(&m->stacks, m->opts.packed);
    return m;
}

static void release_result(struct ak_merge *m)
{
    ak_build_release(&m->b);
    profile_stacks_release(&m->stacks);
    profile_set_release(&m->mappings);
    profile_set_release(&m->functions);
    profile_set_release(&m->locations);
    profile_set_release(&m->samples);
    ak_idmap_release(&m->comments);
}

void ak_merge_free(struct ak_merge *m)
{
    if (!m) {
        return;
    }
    release_result(m);
    ak_free(m->seen);
    ak_free(m->seen_types);
    ak_free(m->strings_memo.to);
    ak_free(m->mappings_memo.to);
    ak_free(m->functions_memo.to);
    ak_free(m->locations_memo.to);
    ak_free(m->offsets);
    ak_free(m->columns);
    ak_free(m->ratios);
    ak_free(m->values);
    ak_free(m->stack);
    ak_free(m->labels);
    ak_free(m);
}

size_t ak_merge_count(const struct ak_merge *m)
{
    return m->count;
}

static void memo_begin(struct profile_memo *memo, size_t count)
{
    AK_GROW(memo->to, count, memo->cap);
    if (count > 0) {
        memset(memo->to, 0, count * sizeof *memo->to);
    }
}

static void begin_source(struct ak_merge *m, const struct ak_profile *p)
{
    m->src = p;
    memo_begin(&m->strings_memo, p->string_count);
    memo_begin(&m->mappings_memo, p->mapping_count);
    memo_begin(&m->functions_memo, p->function_count);
    memo_begin(&m->locations_memo, p->location_count);
    AK_GROW(m->offsets, p->mapping_count, m->offsets_cap);
    /* The first mapping is the main program; the others come in the order of use. */
    if (m->b.p->mapping_count == 0 && p->mapping_count > 0) {
        profile_merge_mapping(m, 0);
    }
    profile_merge_recognize(m);
}

static int64_t add_durations(const struct ak_merge *m, int64_t a, int64_t b)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum) && !m->opts.compat) {
        return a < 0 ? INT64_MIN : INT64_MAX;
    }
    return sum;
}

static void merge_header(struct ak_merge *m, const struct ak_profile *p)
{
    struct ak_profile *r = m->b.p;
    if (m->count == 0) {
        r->drop_frames = profile_merge_string(m, p->drop_frames);
        r->keep_frames = profile_merge_string(m, p->keep_frames);
    }
    if (r->time_ns == 0 || p->time_ns < r->time_ns) {
        r->time_ns = p->time_ns;
    }
    r->duration_ns = add_durations(m, r->duration_ns, p->duration_ns);
    if (r->period == 0 || r->period < m->period) {
        r->period = m->period;
    }
    for (uint32_t i = 0; i < p->comment_count; i++) {
        const uint32_t comment = profile_merge_string(m, p->comments[i]);
        bool is_new;
        ak_idmap_put(&m->comments, comment, 0, &is_new);
        if (is_new) {
            AK_GROW(r->comments, r->comment_count + 1u, m->b.comments_cap);
            r->comments[r->comment_count++] = comment;
        }
    }
    if (r->doc_url == 0) {
        r->doc_url = profile_merge_string(m, p->doc_url);
    }
}

enum ak_status ak_merge_add(struct ak_merge *m, const struct ak_profile *p, struct ak_error *err)
{
    enum ak_status st = profile_merge_types(m, p, err);
    if (st == AK_OK) {
        begin_source(m, p);
        merge_header(m, p);
        st = profile_merge_samples(m, err);
        m->src = NULL;
        m->count++;
    }
    return st;
}

static bool has_zero_sample(const struct ak_profile *p)
{
    const uint32_t types = p->sample_type_count;
    for (size_t i = 0; i < p->sample_count; i++) {
        bool zero = true;
        for (uint32_t k = 0; k < types; k++) {
            zero = zero && p->values[i * types + k] == 0;
        }
        if (zero) {
            return true;
        }
    }
    return false;
}

/* Takes the result out of m, which begins anew. */
static struct ak_profile *take_result(struct ak_merge *m, struct ak_stacks **out_stacks)
{
    m->b.p->default_sample_type = profile_merge_default_type(m);
    struct ak_profile *p = ak_build_finish(&m->b);
    *out_stacks = ak_malloc(sizeof **out_stacks);
    **out_stacks = m->stacks;
    m->stacks = (struct ak_stacks){0};
    release_result(m);
    ak_build_init(&m->b);
    profile_stacks_init(&m->stacks, m->opts.packed);
    m->count = m->seen_count = 0;
    m->seen_type_count = 0;
    m->preset = m->adapted = false;
    return p;
}

enum ak_status ak_merge_finish_packed(struct ak_merge *m, struct ak_profile **out,
                                      struct ak_stacks **out_stacks, struct ak_error *err)
{
    if (m->count == 0) {
        return ak_fail(err, AK_UNSUPPORTED, "no profiles to merge");
    }
    struct ak_stacks *stacks;
    struct ak_profile *p = take_result(m, &stacks);
    if (!has_zero_sample(p)) {
        *out = p;
        *out_stacks = stacks;
        return AK_OK;
    }
    ak_stacks_restore_take(stacks, p);
    const enum ak_status st = ak_profile_compact(p, out, err);
    *out_stacks = st == AK_OK ? NULL : *out_stacks;
    ak_profile_free(p);
    return st;
}

enum ak_status ak_merge_finish(struct ak_merge *m, struct ak_profile **out, struct ak_error *err)
{
    struct ak_stacks *stacks = NULL;
    const enum ak_status st = ak_merge_finish_packed(m, out, &stacks, err);
    if (st == AK_OK) {
        ak_stacks_restore_take(stacks, *out);
    }
    return st;
}

/* Takes the types and units that all profiles of `from` agree on as final. */
static void preset(struct ak_merge *m, const struct ak_merge *from)
{
    const struct ak_profile *p = from->b.p;
    struct ak_profile *r = m->b.p;
    AK_GROW(r->sample_types, p->sample_type_count, m->b.sample_types_cap);
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        r->sample_types[i].type =
            ak_build_str(&m->b, from->b.strings.strs[p->sample_types[i].type]);
        r->sample_types[i].unit =
            ak_build_str(&m->b, from->b.strings.strs[p->sample_types[i].unit]);
    }
    r->sample_type_count = p->sample_type_count;
    r->period_type.type = ak_build_str(&m->b, from->b.strings.strs[p->period_type.type]);
    r->period_type.unit = ak_build_str(&m->b, from->b.strings.strs[p->period_type.unit]);
    m->preset = true;
}

static enum ak_status merge_list(const struct ak_profile *const *list, size_t count,
                                 const struct ak_merge_opts *opts, struct ak_profile **out,
                                 struct ak_error *err)
{
    struct ak_merge *types = ak_merge_new(opts);
    struct ak_merge *m = ak_merge_new(opts);
    enum ak_status st = AK_OK;
    for (size_t i = 0; i < count && st == AK_OK; i++) {
        st = profile_merge_types(types, list[i], err);
    }
    if (st == AK_OK) {
        preset(m, types);
    }
    for (size_t i = 0; i < count && st == AK_OK; i++) {
        st = ak_merge_add(m, list[i], err);
    }
    st = st == AK_OK ? ak_merge_finish(m, out, err) : st;
    ak_merge_free(types);
    ak_merge_free(m);
    return st;
}

enum ak_status ak_merge_pair(const struct ak_profile *a, const struct ak_profile *b,
                             const struct ak_merge_opts *opts, struct ak_profile **out,
                             struct ak_error *err)
{
    return merge_list((const struct ak_profile *const[]){a, b}, 2, opts, out, err);
}

enum ak_status ak_profile_compact(const struct ak_profile *p, struct ak_profile **out,
                                  struct ak_error *err)
{
    return merge_list(&p, 1, NULL, out, err);
}

/* --- from a source, one at a time ------------------------------------------------------------- */

struct run {
    const struct ak_merge_source *source;
    struct ak_merge *m;
    struct ak_profile *first; /* the only one so far, not merged yet */
    size_t used;
};

static enum ak_status run_add(struct run *run, struct ak_profile *p, struct ak_error *err)
{
    run->used++;
    if (run->used == 1) {
        run->first = p;
        return AK_OK;
    }
    enum ak_status st = AK_OK;
    if (run->first) {
        st = ak_merge_add(run->m, run->first, err);
        ak_profile_free(run->first);
        run->first = NULL;
    }
    st = st == AK_OK ? ak_merge_add(run->m, p, err) : st;
    ak_profile_free(p);
    return st;
}

static enum ak_status run_all(struct run *run, struct ak_error *err)
{
    run->used = 0;
    for (size_t i = 0; i < run->source->count; i++) {
        struct ak_profile *p = NULL;
        enum ak_status st = run->source->load(run->source->ctx, i, &p, err);
        if (st == AK_OK && p) {
            st = run_add(run, p, err);
        }
        if (st != AK_OK) {
            return st;
        }
    }
    return AK_OK;
}

/* Types or units changed on the way: once more, with what was found out. */
static enum ak_status run_again(struct run *run, struct ak_error *err)
{
    struct ak_merge *again = ak_merge_new(&run->m->opts);
    preset(again, run->m);
    ak_merge_free(run->m);
    run->m = again;
    return run_all(run, err);
}

static enum ak_status run_finish(struct run *run, struct ak_profile **out, struct ak_error *err)
{
    if (run->used == 0) {
        return ak_fail(err, AK_NOT_FOUND, "no profile could be read");
    }
    if (!run->first) {
        return ak_merge_finish(run->m, out, err);
    }
    const enum ak_status st = ak_profile_common_types(run->first, err);
    if (st == AK_OK) {
        *out = run->first;
        run->first = NULL;
    }
    return st;
}

enum ak_status ak_merge_run(const struct ak_merge_source *source, const struct ak_merge_opts *opts,
                            struct ak_profile **out, size_t *out_used, struct ak_error *err)
{
    struct run run = {.source = source, .m = ak_merge_new(opts)};
    enum ak_status st = run_all(&run, err);
    if (st == AK_OK && run.m->adapted) {
        st = run_again(&run, err);
    }
    st = st == AK_OK ? run_finish(&run, out, err) : st;
    if (st == AK_OK && out_used) {
        *out_used = run.used;
    }
    ak_profile_free(run.first);
    ak_merge_free(run.m);
    return st;
}
