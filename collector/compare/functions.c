#include "functions.h"

#include "base/mem.h"

#include <math.h>

/* --- names ------------------------------------------------------------------------------- */

/* The length of "/vN" at s, N of digits and followed by '/', '.' or the end; 0 when it is not. */
static size_t major_version(struct ak_str s)
{
    size_t i = 2;
    if (s.len < 3 || s.ptr[0] != '/' || s.ptr[1] != 'v') {
        return 0;
    }
    while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9') {
        i++;
    }
    return i > 2 && (i == s.len || s.ptr[i] == '/' || s.ptr[i] == '.') ? i : 0;
}

struct ak_str collector_without_version(struct ak_str name, struct ak_buf *scratch)
{
    for (size_t i = 0; i < name.len; i++) {
        const size_t n = major_version(ak_str_slice(name, i, name.len));
        if (n > 0) {
            ak_buf_reset(scratch);
            ak_buf_str(scratch, ak_str_slice(name, 0, i));
            ak_buf_str(scratch, ak_str_slice(name, i + n, name.len));
            return ak_buf_view(scratch);
        }
    }
    return name;
}

/* host/owner/repository of a package path, or its first part when that is no host. */
static struct ak_str module_of(struct ak_str package)
{
    size_t parts = 0, i = 0;
    const ptrdiff_t slash = ak_str_chr(package, '/');
    const struct ak_str first = ak_str_slice(package, 0, slash < 0 ? package.len : (size_t)slash);
    const size_t wanted = ak_str_chr(first, '.') >= 0 ? 3 : 1;
    for (; i < package.len; i++) {
        if (package.ptr[i] == '/' && ++parts == wanted) {
            break;
        }
    }
    return ak_str_slice(package, 0, i);
}

void collector_function_names_init(struct function_names *n, const char *package,
                                   struct ak_arena *arena)
{
    *n = (struct function_names){.arena = arena, .module = module_of(ak_str_from(package))};
    ak_intern_init(&n->keys, arena);
}

void collector_function_names_release(struct function_names *n)
{
    ak_intern_release(&n->keys);
    ak_free(n->items);
}

static bool in_module(const struct function_names *n, struct ak_str key)
{
    const size_t len = n->module.len;
    return len > 0 && ak_str_starts(key, n->module) && key.len > len &&
           (key.ptr[len] == '/' || key.ptr[len] == '.');
}

/* ids[f]: the shared id of function f of the profile; own[f]: it is of the module. */
static void names_add(struct function_names *n, const struct ak_profile *p, uint32_t *ids,
                      bool *own)
{
    struct ak_buf scratch = AK_BUF_INIT;
    for (uint32_t f = 0; f < p->function_count; f++) {
        const struct ak_function *fn = &p->functions[f];
        const struct ak_str name = ak_profile_str(p, fn->name);
        const struct ak_str key = collector_without_version(name, &scratch);
        own[f] = in_module(n, key);
        ids[f] = ak_intern_add(&n->keys, key);
        AK_GROW(n->items, (size_t)ids[f] + 1, n->cap);
        n->items[ids[f]] = (struct function_name){
            .name = ak_arena_str(n->arena, name),
            .file = ak_arena_str(n->arena, ak_profile_str(p, fn->filename)),
            .line = fn->start_line,
        };
    }
    ak_buf_release(&scratch);
}

/* --- values ------------------------------------------------------------------------------ */

struct summing {
    const struct ak_profile *p;
    size_t type;
    int count_type; /* type that counts events or objects of the same samples; -1: none */
    bool is_heap;   /* objects are sampled by size */
    const uint32_t *ids;
    const bool *own;
    bool has_module;
    uint32_t *seen; /* by id: last sample that counted in cum, + 1 */
    struct function_values *out;
};

int collector_type_find(const struct ak_profile *p, struct ak_str name)
{
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        if (ak_str_eq(ak_profile_str(p, p->sample_types[i].type), name)) {
            return (int)i;
        }
    }
    return -1;
}

double collector_sampled_events(const struct ak_profile *p, int count_type, bool is_heap,
                                const int64_t *values)
{
    if (count_type < 0) {
        return 1;
    }
    const double count = fabs((double)values[count_type]);
    if (!is_heap || p->period <= 0) {
        return fmax(1, count);
    }
    const int space = count_type + 1;
    const double size = count > 0 ? fabs((double)values[space]) / count : 0;
    return fmax(1, count * -expm1(-size / (double)p->period));
}

static void owner_add(struct summing *s, uint32_t id, double value, double events)
{
    s->out->own[id] += value;
    s->out->events[id] += events;
    s->out->variance[id] += value * value / events;
}

static void sample_add(struct summing *s, size_t i)
{
    const struct ak_profile *p = s->p;
    const int64_t *values = p->values + i * p->sample_type_count;
    const double value = (double)values[s->type];
    uint32_t owner = UINT32_MAX, first = UINT32_MAX, last = UINT32_MAX;
    if (values[s->type] == 0) {
        return;
    }
    for (uint64_t k = p->stack_start[i]; k < p->stack_start[i + 1]; k++) {
        const struct ak_location *loc = &p->locations[p->stack_ids[k]];
        for (uint32_t l = loc->first_line; l < loc->first_line + loc->line_count; l++) {
            const uint32_t f = p->lines[l].function;
            if (f == AK_NO_INDEX) {
                continue;
            }
            last = s->ids[f];
            first = first == UINT32_MAX ? last : first;
            if (owner == UINT32_MAX && s->own[f]) {
                owner = last;
            }
            if (s->seen[last] != (uint32_t)i + 1) {
                s->seen[last] = (uint32_t)i + 1;
                s->out->cum[last] += value;
            }
        }
    }
    owner = owner != UINT32_MAX ? owner : s->has_module ? last : first;
    s->out->total += value;
    if (owner != UINT32_MAX) {
        owner_add(s, owner, value, collector_sampled_events(p, s->count_type, s->is_heap, values));
    }
}

static void values_alloc(struct function_values *v, size_t count)
{
    *v = (struct function_values){.count = count};
    v->own = ak_calloc(4 * count + 1, sizeof *v->own);
    v->cum = v->own + count;
    v->events = v->cum + count;
    v->variance = v->events + count;
}

bool collector_function_values(const struct ak_profile *p, struct ak_str type,
                               struct function_names *names, struct function_values *out)
{
    const int index = collector_type_find(p, type);
    if (index < 0 || p->sample_count >= UINT32_MAX) {
        return false;
    }
    uint32_t *ids = ak_calloc(p->function_count + 1, sizeof *ids);
    bool *own = ak_calloc(p->function_count + 1, sizeof *own);
    names_add(names, p, ids, own);
    values_alloc(out, names->keys.count);
    struct summing s = {.p = p,
                        .type = (size_t)index,
                        .ids = ids,
                        .own = own,
                        .has_module = names->module.len > 0,
                        .out = out};
    s.is_heap = ak_str_ends(type, AK_STR("_space")) || ak_str_ends(type, AK_STR("_objects"));
    s.count_type = ak_str_ends(type, AK_STR("_space")) ? index - 1
                   : ak_str_ends(type, AK_STR("_objects"))
                       ? index
                       : collector_type_find(p, AK_STR("samples"));
    if (s.is_heap && (s.count_type < 0 || s.count_type + 1 >= (int)p->sample_type_count)) {
        s.count_type = -1;
    }
    s.seen = ak_calloc(names->keys.count + 1, sizeof *s.seen);
    for (size_t i = 0; i < p->sample_count; i++) {
        sample_add(&s, i);
    }
    ak_free(s.seen);
    ak_free(ids);
    ak_free(own);
    return true;
}

void collector_function_values_minus(struct function_values *v,
                                     const struct function_values *earlier)
{
    /* `earlier` may know more names than v: what it has of them v has not grown by. */
    for (size_t id = 0; id < v->count && id < earlier->count; id++) {
        v->own[id] -= earlier->own[id];
        v->cum[id] -= earlier->cum[id];
        v->events[id] = fmax(0, v->events[id] - earlier->events[id]);
        v->variance[id] = fmax(0, v->variance[id] - earlier->variance[id]);
    }
    v->total -= earlier->total;
}

void collector_function_values_release(struct function_values *v)
{
    ak_free(v->own);
    *v = (struct function_values){0};
}
