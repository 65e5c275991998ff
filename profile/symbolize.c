#include "profile/symbolize.h"

#include "base/hash.h"
#include "base/idmap.h"
#include "base/mem.h"
#include "elf_file.h"
#include "set.h"

#include <string.h>

/* Deeper inlining than this is cut at the outer end. */
#define FRAMES_MAX 64u

/* Names that were found, as the profile's strings and functions. */
struct names {
    struct ak_profile *p;
    struct ak_intern strings; /* index i -> profile string first_string + i */
    uint32_t first_string;
    size_t strings_cap, functions_cap, lines_cap;
    struct profile_set functions;
    uint32_t first_function;
    uint64_t next_id;
};

static void names_init(struct names *n, struct ak_profile *p)
{
    *n = (struct names){.p = p,
                        .first_string = p->string_count,
                        .strings_cap = p->string_count,
                        .functions_cap = p->function_count,
                        .lines_cap = p->line_count,
                        .first_function = p->function_count,
                        .next_id = 1};
    ak_intern_init(&n->strings, p->arena);
    for (uint32_t i = 0; i < p->function_count; i++) {
        const uint64_t id = p->functions[i].id;
        n->next_id = id >= n->next_id && id != UINT64_MAX ? id + 1 : n->next_id;
    }
}

static void names_release(struct names *n)
{
    ak_intern_release(&n->strings);
    profile_set_release(&n->functions);
}

static uint32_t name_of(struct names *n, const char *s)
{
    if (!s || !s[0]) {
        return 0;
    }
    const uint32_t i = ak_intern_add(&n->strings, ak_str_from(s));
    struct ak_profile *p = n->p;
    if (n->first_string + i == p->string_count) {
        AK_GROW(p->strings, p->string_count + 1u, n->strings_cap);
        p->strings[p->string_count++] = n->strings.strs[i];
    }
    return n->first_string + i;
}

struct function_key {
    const struct names *n;
    uint32_t name, file;
};

static bool same_function(const void *ctx, uint32_t item)
{
    const struct function_key *k = ctx;
    const struct ak_function *f = &k->n->p->functions[k->n->first_function + item];
    return f->name == k->name && f->filename == k->file;
}

static uint32_t function_of(struct names *n, const struct ak_frame *frame)
{
    const struct function_key k = {n, name_of(n, frame->function), name_of(n, frame->file)};
    const uint64_t hash = ak_hash_u64((uint64_t)k.name << 32 | k.file);
    uint32_t item = profile_set_find(&n->functions, hash, same_function, &k);
    if (item == PROFILE_SET_NONE) {
        struct ak_profile *p = n->p;
        item = profile_set_add(&n->functions, hash);
        AK_GROW(p->functions, p->function_count + 1u, n->functions_cap);
        p->functions[p->function_count++] = (struct ak_function){
            .id = n->next_id++, .name = k.name, .system_name = k.name, .filename = k.file};
    }
    return n->first_function + item;
}

/* Puts the frames in place of the location's lines; says on the mapping what they hold. */
static void set_lines(struct names *n, struct ak_location *l, const struct ak_frame *frames,
                      uint32_t count)
{
    struct ak_profile *p = n->p;
    struct ak_mapping *m = &p->mappings[l->mapping];
    AK_GROW(p->lines, (size_t)p->line_count + count, n->lines_cap);
    l->first_line = p->line_count;
    l->line_count = count;
    l->is_folded = false;
    for (uint32_t i = 0; i < count; i++) {
        m->has_functions = m->has_functions || frames[i].function;
        m->has_filenames = m->has_filenames || frames[i].file;
        m->has_line_numbers = m->has_line_numbers || frames[i].line != 0;
        p->lines[p->line_count++] =
            (struct ak_line){.function = function_of(n, &frames[i]), .line = frames[i].line};
    }
    m->has_inline_frames = true;
}

static struct ak_str base_name(struct ak_str path)
{
    return ak_str_slice(path, (size_t)(ak_str_rchr(path, '/') + 1), path.len);
}

/* Mappings for which no file can be: [vdso], anonymous memory. */
static bool is_unsymbolizable(struct ak_str file)
{
    const struct ak_str base = base_name(file);
    return file.len == 0 || ak_str_starts(base, AK_STR("[")) ||
           ak_str_starts(base, AK_STR("linux-vdso")) || ak_str_starts(file, AK_STR("/dev/dri/")) ||
           ak_str_eq(file, AK_STR("//anon")) || ak_str_starts(file, AK_STR("/memfd:"));
}

static bool is_used(const struct ak_profile *p, uint32_t mapping)
{
    for (uint32_t i = 0; i < p->location_count; i++) {
        if (p->locations[i].mapping == mapping) {
            return true;
        }
    }
    return false;
}

/* Opens the file of a mapping; says why not. */
static bool open_mapping(const struct ak_profile *p, const struct ak_mapping *m,
                         struct profile_elf *elf, struct ak_symbolizer **out,
                         struct ak_buf *messages)
{
    const struct ak_str file = ak_profile_str(p, m->filename);
    const struct ak_str build_id = ak_profile_str(p, m->build_id);
    struct ak_error err = {0};
    if (memchr(file.ptr, '\0', file.len)) {
        return false;
    }
    char *path = ak_strndup(file.ptr, file.len);
    enum ak_status st = profile_elf_read(path, elf, &err);
    if (st == AK_OK && build_id.len > 0 && elf->build_id[0] &&
        !ak_str_eq(build_id, ak_str_from(elf->build_id))) {
        st = ak_fail(&err, AK_CORRUPT, "%s: build ID mismatch", path);
    }
    st = st == AK_OK ? ak_symbolizer_open(path, out, &err) : st;
    ak_free(path);
    if (st != AK_OK && messages) {
        const struct ak_str name = base_name(file);
        ak_buf_printf(messages, "Local symbolization failed for %.*s: %s\n", (int)name.len,
                      name.ptr, err.text);
    }
    return st == AK_OK;
}

static size_t symbolize_mapping(struct names *n, uint32_t mapping, const struct profile_elf *elf,
                                struct ak_symbolizer *s)
{
    struct ak_profile *p = n->p;
    size_t named = 0;
    for (uint32_t i = 0; i < p->location_count; i++) {
        struct ak_location *l = &p->locations[i];
        if (l->mapping != mapping) {
            continue;
        }
        const struct ak_mapping *m = &p->mappings[mapping];
        const uint64_t at =
            profile_elf_link_address(elf, l->address, m->start, m->limit, m->offset);
        struct ak_frame frames[FRAMES_MAX];
        const size_t count = ak_symbolizer_find(s, at, frames, FRAMES_MAX);
        if (count > 0) {
            set_lines(n, l, frames, (uint32_t)(count < FRAMES_MAX ? count : FRAMES_MAX));
            named++;
        }
    }
    return named;
}

static bool is_wanted(const struct ak_profile *p, uint32_t i, bool force, bool *missing,
                      struct ak_buf *messages)
{
    const struct ak_mapping *m = &p->mappings[i];
    if ((!force && (m->has_functions || m->has_filenames || m->has_line_numbers)) ||
        !is_used(p, i)) {
        return false;
    }
    const struct ak_str file = ak_profile_str(p, m->filename);
    if (file.len == 0 && i == 0 && messages) {
        ak_buf_puts(messages, "Main binary filename not available.\n");
    }
    *missing = *missing || (file.len == 0 && i > 0);
    const bool is_url =
        ak_str_starts(file, AK_STR("http:")) || ak_str_starts(file, AK_STR("https:"));
    return !is_unsymbolizable(file) && !is_url;
}

size_t ak_profile_symbolize(struct ak_profile *p, bool force, struct ak_buf *messages)
{
    struct names n;
    names_init(&n, p);
    bool missing = false;
    size_t named = 0;
    for (uint32_t i = 0; i < p->mapping_count; i++) {
        struct profile_elf elf;
        struct ak_symbolizer *s = NULL;
        if (!is_wanted(p, i, force, &missing, messages)) {
            continue;
        }
        if (!open_mapping(p, &p->mappings[i], &elf, &s, messages)) {
            missing = true;
            continue;
        }
        named += symbolize_mapping(&n, i, &elf, s);
        ak_symbolizer_close(s);
    }
    if (missing && messages) {
        ak_buf_puts(messages,
                    "Some binary filenames not available. Symbolization may be incomplete.\n"
                    "Try setting PPROF_BINARY_PATH to the search path for local binaries.\n");
    }
    names_release(&n);
    return named;
}
