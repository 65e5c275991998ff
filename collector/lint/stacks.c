#include "lint/stacks.h"

#include "base/hash.h"
#include "base/mem.h"

static bool below(struct ak_str package, struct ak_str parent)
{
    return parent.len > 0 && ak_str_starts(package, parent) &&
           (package.len == parent.len || package.ptr[parent.len] == '/' ||
            ak_str_eq(ak_str_slice(package, parent.len, package.len), AK_STR("_test")));
}

static bool is_profiler(struct ak_str name)
{
    static const char *const words[] = {"runtime/pprof.", "runtime/trace.", "runtime.MemProfile",
                                        "runtime.ReadMemStats", "runtime.StartTrace"};
    for (size_t i = 0; i < AK_COUNT(words); i++) {
        if (ak_str_starts(name, ak_str_from(words[i]))) {
            return true;
        }
    }
    return false;
}

static void functions_init(struct lint_stacks *s, const struct ak_go_diagnostics *d,
                           struct ak_arena *arena)
{
    const struct ak_profile *const p = s->p;
    /* The common path of packages is theirs alone only when it names a host or several parts. */
    const struct ak_str module = ak_str_chr(d->module, '/') >= 0 ? d->module : AK_STR("");
    s->functions = AK_NEW_ARRAY(arena, struct lint_function, (size_t)p->function_count + 1);
    for (uint32_t i = 0; i < p->function_count; i++) {
        struct lint_function *f = &s->functions[i];
        f->name = ak_profile_str(p, p->functions[i].name);
        f->file = ak_profile_str(p, p->functions[i].filename);
        f->package =
            ak_go_diagnostics_package(d, collector_symbol_package(f->name, arena), f->file);
        const bool test_main = ak_str_ends(f->file, AK_STR("_testmain.go")); /* generated */
        f->module = !test_main && (below(f->package, module) ||
                                   ak_intern_find(&d->packages, f->package) != AK_IDMAP_NONE);
        f->runtime = below(f->package, AK_STR("runtime")) ||
                     below(f->package, AK_STR("internal/runtime")) ||
                     ak_str_eq(f->package, AK_STR("testing")) || test_main;
        f->profiler = is_profiler(f->name);
    }
}

struct ak_str collector_library_file(struct ak_str package, struct ak_str file)
{
    static const char cache[] = "/pkg/mod/";
    const ptrdiff_t at = ak_str_find(file, AK_STR(cache));
    const ptrdiff_t slash = ak_str_rchr(file, '/');
    const struct ak_str folder = ak_str_slice(file, 0, slash > 0 ? (size_t)slash : 0);
    if (at >= 0) {
        return ak_str_slice(file, (size_t)at + sizeof cache - 1, file.len);
    }
    if (package.len < folder.len && ak_str_ends(folder, package) &&
        folder.ptr[folder.len - package.len - 1] == '/') {
        return ak_str_slice(file, folder.len - package.len, file.len);
    }
    return file;
}

static uint32_t site_number(struct lint_stacks *s, uint32_t function, int64_t line)
{
    const uint64_t key = ak_hash_u64((uint64_t)function + 1) ^ (uint64_t)line;
    bool is_new;
    const uint32_t id = ak_idmap_put(&s->site_ids, key, (uint32_t)s->site_count, &is_new);
    if (is_new) {
        AK_GROW(s->sites, s->site_count + 1, s->site_cap);
        s->sites[s->site_count++] = (struct lint_site){.function = function, .line = line};
    }
    return id;
}

void collector_stacks_read(struct lint_stacks *s, size_t i)
{
    const struct ak_profile *const p = s->p;
    s->frame_count = 0;
    for (uint64_t k = p->stack_start[i]; k < p->stack_start[i + 1]; k++) {
        const uint32_t location = p->stack_ids[k];
        const struct ak_location *const loc = &p->locations[location];
        for (uint32_t l = loc->first_line; l < loc->first_line + loc->line_count; l++) {
            const struct ak_line *const line = &p->lines[l];
            if (line->function == AK_NO_INDEX) {
                continue;
            }
            AK_GROW(s->frames, s->frame_count + 1, s->frame_cap);
            s->frames[s->frame_count++] =
                (struct lint_frame){.function = line->function,
                                    .location = location,
                                    .site = site_number(s, line->function, line->line),
                                    .line = line->line};
        }
    }
}

int64_t collector_stacks_bytes(const struct lint_stacks *s, size_t i)
{
    return s->p->values[i * s->p->sample_type_count + s->space];
}

int64_t collector_stacks_objects(const struct lint_stacks *s, size_t i)
{
    return s->p->values[i * s->p->sample_type_count + s->objects];
}

/* Sums objects by line, then finds for each line what the busiest other line of its function has.
 */
static void sites_count(struct lint_stacks *s)
{
    for (size_t i = 0; i < s->p->sample_count; i++) {
        const double objects = (double)collector_stacks_objects(s, i);
        collector_stacks_read(s, i);
        for (size_t k = 0; objects > 0 && k < s->frame_count; k++) {
            bool again = false; /* recursion counts once */
            for (size_t j = 0; j < k && k < 256 && !again; j++) {
                again = s->frames[j].site == s->frames[k].site;
            }
            s->sites[s->frames[k].site].objects += again ? 0 : objects;
        }
    }
    double *const best = ak_calloc((size_t)s->p->function_count + 1, 2 * sizeof *best);
    for (size_t i = 0; i < s->site_count; i++) {
        double *const two = best + 2 * (size_t)s->sites[i].function;
        const double v = s->sites[i].objects;
        two[1] = v > two[0] ? two[0] : v > two[1] ? v : two[1];
        two[0] = v > two[0] ? v : two[0];
    }
    for (size_t i = 0; i < s->site_count; i++) {
        const double *const two = best + 2 * (size_t)s->sites[i].function;
        s->sites[i].others = s->sites[i].objects < two[0] ? two[0] : two[1];
    }
    ak_free(best);
}

static bool type_find(const struct ak_profile *p, const char *type, uint32_t *out)
{
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        if (ak_str_eq(ak_profile_str(p, p->sample_types[i].type), ak_str_from(type))) {
            *out = i;
            return true;
        }
    }
    return false;
}

enum ak_status collector_stacks_init(struct lint_stacks *s, const struct ak_go_diagnostics *d,
                                     const struct ak_profile *p, struct ak_arena *arena,
                                     struct ak_error *err)
{
    *s = (struct lint_stacks){.p = p};
    if (!type_find(p, "alloc_space", &s->space) || !type_find(p, "alloc_objects", &s->objects)) {
        return ak_fail(err, AK_UNSUPPORTED,
                       "no heap profile: it has no alloc_space and alloc_objects values");
    }
    functions_init(s, d, arena);
    sites_count(s);
    return AK_OK;
}

void collector_stacks_release(struct lint_stacks *s)
{
    ak_idmap_release(&s->site_ids);
    ak_free(s->sites);
    ak_free(s->frames);
    *s = (struct lint_stacks){0};
}
