#include "base/mem.h"
#include "elf_file.h"
#include "profile/symbolize.h"

#include <glob.h>
#include <string.h>

/* What is known of one mapping while its file is looked for. */
struct search {
    struct ak_profile *p;
    struct ak_mapping *m;
    struct ak_str file, build_id;
    struct ak_str base, dir; /* of file */
    struct ak_buf path;      /* the candidate */
    struct ak_buf *messages;
};

static void split_path(struct search *s)
{
    const ptrdiff_t slash = ak_str_rchr(s->file, '/');
    s->base = ak_str_slice(s->file, (size_t)(slash + 1), s->file.len);
    s->dir = slash < 0 ? AK_STR(".") : ak_str_slice(s->file, 0, (size_t)slash);
}

static void say_mismatch(const struct search *s)
{
    if (s->messages) {
        ak_buf_printf(s->messages, "Ignoring local file %s: build-id mismatch with %.*s\n",
                      s->path.ptr, (int)s->build_id.len, s->build_id.ptr);
    }
}

static uint32_t add_string(struct ak_profile *p, struct ak_str text)
{
    p->strings = ak_reallocarray(p->strings, p->string_count + 1u, sizeof *p->strings);
    p->strings[p->string_count] = ak_arena_str(p->arena, text);
    return p->string_count++;
}

/* Takes the file at s->path for the mapping when it is an ELF file of the right build. */
static bool try_path(struct search *s)
{
    struct profile_elf elf;
    const struct ak_str path = ak_buf_view(&s->path);
    if (memchr(path.ptr, '\0', path.len) || profile_elf_read(s->path.ptr, &elf, NULL) != AK_OK) {
        return false;
    }
    if (s->build_id.len > 0 && !ak_str_eq(s->build_id, ak_str_from(elf.build_id))) {
        say_mismatch(s);
        return false;
    }
    s->m->filename = add_string(s->p, path);
    return true;
}

/* Starts a candidate: folder, then the parts with a slash before each, none doubled. */
static bool try_parts(struct search *s, struct ak_str folder, const struct ak_str *parts,
                      size_t count)
{
    ak_buf_reset(&s->path);
    ak_buf_str(&s->path, folder);
    for (size_t i = 0; i < count; i++) {
        if (s->path.len > 0 && s->path.ptr[s->path.len - 1] != '/' &&
            !ak_str_starts(parts[i], AK_STR("/"))) {
            ak_buf_putc(&s->path, '/');
        }
        ak_buf_str(&s->path, parts[i]);
    }
    return try_path(s);
}
#define TRY(s, folder, ...)                                                                        \
    try_parts((s), (folder), (const struct ak_str[]){__VA_ARGS__},                                 \
              sizeof((const struct ak_str[]){__VA_ARGS__}) / sizeof(struct ak_str))

/* Any file in the folder named as the build id. */
static bool try_glob(struct search *s, struct ak_str folder)
{
    char *pattern = ak_malloc(folder.len + s->build_id.len + 4);
    size_t n = 0;
    memcpy(pattern, folder.ptr, folder.len);
    n += folder.len;
    pattern[n++] = '/';
    memcpy(pattern + n, s->build_id.ptr, s->build_id.len);
    n += s->build_id.len;
    memcpy(pattern + n, "/*", 3);
    glob_t found = {0};
    bool ok = false;
    if (glob(pattern, GLOB_NOESCAPE, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc && !ok; i++) {
            ak_buf_reset(&s->path);
            ak_buf_puts(&s->path, found.gl_pathv[i]);
            ok = try_path(s);
        }
        globfree(&found);
    }
    ak_free(pattern);
    return ok;
}

/* A build id comes from the profile: only hex digits may become part of a path here. */
static bool is_hex(struct ak_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        const char c = s.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) {
            return false;
        }
    }
    return s.len > 0;
}

static bool try_by_build_id(struct search *s, struct ak_str folder)
{
    if (!is_hex(s->build_id)) {
        return false;
    }
    if (TRY(s, folder, s->build_id, s->base) || try_glob(s, folder) ||
        TRY(s, folder, s->file, s->build_id)) {
        return true;
    }
    if (s->build_id.len < 2) {
        return false;
    }
    struct ak_buf rest = AK_BUF_INIT;
    ak_buf_str(&rest, ak_str_slice(s->build_id, 2, s->build_id.len));
    ak_buf_puts(&rest, ".debug");
    const bool ok = TRY(s, folder, ak_str_slice(s->build_id, 0, 2), ak_buf_view(&rest));
    ak_buf_release(&rest);
    return ok;
}

static bool try_by_file(struct search *s, struct ak_str folder)
{
    struct ak_buf debug = AK_BUF_INIT, path = AK_BUF_INIT;
    ak_buf_str(&debug, s->base);
    ak_buf_puts(&debug, ".debug");
    ak_buf_str(&path, s->file);
    ak_buf_puts(&path, ".debug");
    const struct ak_str name = ak_buf_view(&debug);
    const bool ok = TRY(s, folder, s->base) || TRY(s, folder, s->file) ||
                    TRY(s, folder, ak_buf_view(&path)) ||
                    TRY(s, folder, s->dir, AK_STR(".debug"), name) ||
                    TRY(s, folder, AK_STR("usr/lib/debug"), s->dir, name);
    ak_buf_release(&debug);
    ak_buf_release(&path);
    return ok;
}

static void locate(struct search *s, const char *search_path)
{
    struct ak_str rest = ak_str_from(search_path);
    while (rest.ptr) {
        const struct ak_str folder = ak_str_cut(&rest, ':');
        if (folder.len > 0 &&
            (try_by_build_id(s, folder) || (s->file.len > 0 && try_by_file(s, folder)))) {
            return;
        }
    }
}

/* One mapping of zeros for a profile without any, as pprof makes it. */
static void add_placeholder(struct ak_profile *p)
{
    p->mappings = ak_calloc(1, sizeof *p->mappings);
    p->mappings[0].id = 1;
    p->mapping_count = 1;
    for (uint32_t i = 0; i < p->location_count; i++) {
        p->locations[i].mapping = 0;
    }
}

void ak_profile_locate_binaries(struct ak_profile *p, const struct ak_binaries_opts *opts,
                                struct ak_buf *messages)
{
    for (uint32_t i = 0; i < p->mapping_count && opts->search_path; i++) {
        struct ak_mapping *m = &p->mappings[i];
        struct search s = {.p = p,
                           .m = m,
                           .file = ak_profile_str(p, m->filename),
                           .build_id = ak_profile_str(p, m->build_id),
                           .messages = messages};
        split_path(&s);
        locate(&s, opts->search_path);
        ak_buf_release(&s.path);
    }
    if (p->mapping_count == 0) {
        add_placeholder(p);
    }
    struct ak_mapping *main_mapping = &p->mappings[0];
    if (opts->binary && opts->binary[0]) {
        main_mapping->filename = add_string(p, ak_str_from(opts->binary));
    }
    if (opts->build_id && opts->build_id[0] && ak_profile_str(p, main_mapping->build_id).len == 0) {
        main_mapping->build_id = add_string(p, ak_str_from(opts->build_id));
    }
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What may stand in the scheme of a URL behind its first letter. */
static bool is_scheme(char c)
{
    return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

/* "scheme:rest" without control characters. */
static bool is_url(struct ak_str s)
{
    size_t scheme = 0;
    while (scheme < s.len &&
           (is_letter(s.ptr[scheme]) || (scheme > 0 && is_scheme(s.ptr[scheme])))) {
        scheme++;
    }
    if (scheme == 0 || scheme == s.len || s.ptr[scheme] != ':') {
        return false;
    }
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

void ak_profile_forget_urls(struct ak_profile *p)
{
    for (uint32_t i = 0; i < p->mapping_count; i++) {
        struct ak_mapping *m = &p->mappings[i];
        if (ak_profile_str(p, m->build_id).len == 0 && is_url(ak_profile_str(p, m->filename))) {
            m->filename = 0;
        }
    }
}
