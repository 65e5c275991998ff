#include "lint/heat.h"

#include "base/hash.h"
#include "base/mem.h"

#define SAME_MAX 1000 /* functions on lines of one number in files of one name */

uint32_t collector_heat_type(const struct ak_profile *p)
{
    uint32_t type = p->sample_type_count > 0 ? p->sample_type_count - 1 : 0;
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        const struct ak_str name = ak_profile_str(p, p->sample_types[i].type);
        if (ak_str_eq(name, AK_STR("alloc_space"))) {
            return i;
        }
        const bool chosen = p->default_sample_type != 0 &&
                            ak_str_eq(name, ak_profile_str(p, p->default_sample_type));
        type = chosen ? i : type;
    }
    return type;
}

static struct ak_str last_part(struct ak_str path)
{
    return ak_str_slice(path, (size_t)(ak_str_rchr(path, '/') + 1), path.len);
}

static uint64_t name_key(struct ak_str path, int64_t line)
{
    return ak_hash_u64(ak_hash_str(last_part(path)) + (uint64_t)line);
}

static struct ak_str file_of(const struct lint_heat *h, uint32_t function)
{
    return ak_profile_str(h->p, h->p->functions[function].filename);
}

static struct lint_heat_line *line_at(struct lint_heat *h, const struct ak_line *line)
{
    const uint64_t key = ak_hash_u64((uint64_t)line->function + 1) ^ (uint64_t)line->line;
    bool is_new;
    const uint32_t id = ak_idmap_put(&h->by_line, key, (uint32_t)h->count, &is_new);
    if (is_new) {
        const uint64_t name = name_key(file_of(h, line->function), line->line);
        bool is_first;
        const uint32_t first = ak_idmap_put(&h->by_name, name, id, &is_first);
        AK_GROW(h->lines, h->count + 1, h->cap);
        h->lines[h->count++] = (struct lint_heat_line){
            .function = line->function, .line = line->line, .next = AK_NO_INDEX};
        if (!is_first) { /* behind the first, so that the map needs no change */
            h->lines[id].next = h->lines[first].next;
            h->lines[first].next = id;
        }
    }
    return &h->lines[id];
}

static void sample_count(struct lint_heat *h, size_t i)
{
    const struct ak_profile *const p = h->p;
    const int64_t value = p->values[i * p->sample_type_count + h->type];
    h->total += value > 0 ? value : 0;
    for (uint64_t k = p->stack_start[i]; value > 0 && k < p->stack_start[i + 1]; k++) {
        const struct ak_location *const loc = &p->locations[p->stack_ids[k]];
        for (uint32_t l = loc->first_line; l < loc->first_line + loc->line_count; l++) {
            if (p->lines[l].function == AK_NO_INDEX) {
                continue;
            }
            struct lint_heat_line *const at = line_at(h, &p->lines[l]);
            at->value += at->last_sample == i + 1 ? 0 : value;
            at->last_sample = i + 1;
        }
    }
}

static struct ak_str last_two(struct ak_str path)
{
    const ptrdiff_t cut = ak_str_rchr(path, '/');
    const ptrdiff_t before = cut <= 0 ? -1 : ak_str_rchr(ak_str_slice(path, 0, (size_t)cut), '/');
    return cut <= 0 ? (struct ak_str){"", 0} : ak_str_slice(path, (size_t)(before + 1), path.len);
}

static bool is_tail(struct ak_str path, struct ak_str tail)
{
    return ak_str_ends(path, tail) &&
           (path.len == tail.len || tail.ptr[0] == '/' || path.ptr[path.len - tail.len - 1] == '/');
}

static bool same_file(struct ak_str a, struct ak_str b)
{
    const struct ak_str two = last_two(a);
    return a.len > 0 && b.len > 0 &&
           (is_tail(a, b) || is_tail(b, a) || (two.len > 0 && ak_str_eq(two, last_two(b))));
}

void collector_heat_init(struct lint_heat *h, const struct ak_profile *p)
{
    *h = (struct lint_heat){.p = p, .type = collector_heat_type(p)};
    for (size_t i = 0; p->sample_type_count > 0 && i < p->sample_count; i++) {
        sample_count(h, i);
    }
}

void collector_heat_release(struct lint_heat *h)
{
    ak_idmap_release(&h->by_line);
    ak_idmap_release(&h->by_name);
    ak_free(h->lines);
    *h = (struct lint_heat){0};
}

const struct lint_heat_line *collector_heat_find(const struct lint_heat *h, struct ak_str file,
                                                 int64_t first, int64_t last)
{
    const struct lint_heat_line *best = NULL;
    for (int64_t line = first; line <= last; line++) {
        uint32_t i = ak_idmap_get(&h->by_name, name_key(file, line));
        for (unsigned n = 0; i != AK_NO_INDEX && n < SAME_MAX; i = h->lines[i].next, n++) {
            const struct lint_heat_line *const at = &h->lines[i];
            if (at->line == line && same_file(file, file_of(h, at->function)) &&
                (!best || at->value > best->value)) {
                best = at;
            }
        }
    }
    return best;
}
