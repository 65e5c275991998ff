/* What a profile says of the calls that handlers can reach. */
#include "base/hash.h"
#include "base/mem.h"
#include "lint/c_reach.h"
#include "lint/heat.h"

struct heating {
    const struct ak_profile *p;
    uint32_t type;
    uint32_t *by_function;   /* of the profile -> function of the graph, AK_NO_INDEX: none */
    size_t *stamp;           /* function of the graph -> last sample that holds it, + 1 */
    struct ak_idmap by_call; /* function and line of the call of a sink -> first site */
    uint32_t *next;          /* site -> the next one of the same call */
    size_t *counted;         /* hit -> last sample counted, + 1 */
    int64_t total;
};

static uint64_t call_key(uint32_t function, int64_t line)
{
    return ak_hash_u64((uint64_t)function + 1) ^ (uint64_t)line;
}

static void heating_init(struct heating *h, const struct c_reach *r)
{
    const struct ak_profile *const p = r->opts->p;
    *h = (struct heating){.p = p, .type = collector_heat_type(p)};
    struct ak_idmap names = {0};
    for (uint32_t f = 0; f < c_graph_count(r->g); f++) {
        if (r->g->functions[f].has_body) {
            (void)ak_idmap_put(&names, ak_hash_str(ak_str_from(r->g->functions[f].name)), f, NULL);
        }
    }
    h->by_function = ak_malloc(((size_t)p->function_count + 1) * sizeof *h->by_function);
    for (uint32_t i = 0; i < p->function_count; i++) {
        const struct ak_function *const fn = &p->functions[i];
        const uint32_t name = fn->system_name ? fn->system_name : fn->name;
        h->by_function[i] = ak_idmap_get(&names, ak_hash_str(ak_profile_str(p, name)));
    }
    ak_idmap_release(&names);
    h->stamp = ak_calloc((size_t)c_graph_count(r->g) + 1, sizeof *h->stamp);
    h->next = ak_malloc((r->site_count + 1) * sizeof *h->next);
    h->counted = ak_calloc(r->count + 1, sizeof *h->counted);
    for (uint32_t i = 0; i < r->site_count; i++) {
        const struct c_call *const call = &r->g->calls[r->sites[i].call];
        bool is_new;
        const uint32_t first =
            ak_idmap_put(&h->by_call, call_key(call->from, call->line), i, &is_new);
        h->next[i] = is_new ? AK_NO_INDEX : h->next[first];
        if (!is_new) {
            h->next[first] = i;
        }
    }
}

static void heating_release(struct heating *h)
{
    ak_free(h->by_function);
    ak_free(h->stamp);
    ak_free(h->next);
    ak_free(h->counted);
    ak_idmap_release(&h->by_call);
}

/* Calls visit for each frame of sample i whose function is in the graph. */
static void frames_each(const struct heating *h, size_t i,
                        void (*visit)(void *ctx, uint32_t function, int64_t line), void *ctx)
{
    const struct ak_profile *const p = h->p;
    for (uint64_t k = p->stack_start[i]; k < p->stack_start[i + 1]; k++) {
        const struct ak_location *const loc = &p->locations[p->stack_ids[k]];
        for (uint32_t l = loc->first_line; l < loc->first_line + loc->line_count; l++) {
            const uint32_t f = p->lines[l].function;
            if (f != AK_NO_INDEX && h->by_function[f] != AK_IDMAP_NONE) {
                visit(ctx, h->by_function[f], p->lines[l].line);
            }
        }
    }
}

struct heat_sample {
    struct heating *h;
    struct c_hit *hits;
    const struct c_site *sites;
    size_t sample;
    int64_t value;
};

static void frame_stamp(void *ctx, uint32_t function, int64_t line)
{
    const struct heat_sample *const s = ctx;
    (void)line;
    s->h->stamp[function] = s->sample + 1;
}

static void frame_count(void *ctx, uint32_t function, int64_t line)
{
    const struct heat_sample *const s = ctx;
    struct heating *const h = s->h;
    uint32_t i = ak_idmap_get(&h->by_call, call_key(function, line));
    for (; i != AK_IDMAP_NONE; i = h->next[i]) {
        const uint32_t hit = s->sites[i].hit;
        if (h->counted[hit] != s->sample + 1 && h->stamp[s->hits[hit].root] == s->sample + 1) {
            h->counted[hit] = s->sample + 1;
            s->hits[hit].heat += s->value;
        }
    }
}

int64_t collector_c_heat(struct c_reach *r)
{
    const struct ak_profile *const p = r->opts->p;
    struct heating h;
    if (!p || p->sample_type_count == 0) {
        return 0;
    }
    heating_init(&h, r);
    for (size_t i = 0; i < p->sample_count; i++) {
        struct heat_sample s = {&h, r->hits, r->sites, i,
                                p->values[i * p->sample_type_count + h.type]};
        if (s.value > 0) {
            h.total += s.value;
            frames_each(&h, i, frame_stamp, &s);
            frames_each(&h, i, frame_count, &s);
        }
    }
    heating_release(&h);
    return h.total;
}
