#include "source.h"

#include "profile/paths.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_FILE_BYTES = 64 << 20, MAX_LINE_BYTES = 64 << 10 };

struct reporter_sources reporter_sources_open(struct ak_arena *arena, const char *search_path,
                                              const char *trim_path)
{
    struct reporter_sources s = {.arena = arena,
                                 .search_path = ak_str_from(search_path),
                                 .trim_path = ak_str_from(trim_path)};
    char cwd[4096];
    if (s.search_path.len == 0 && getcwd(cwd, sizeof cwd)) {
        s.search_path = ak_str_from(ak_arena_strdup(arena, cwd));
    }
    return s;
}

/* Lines end with \n or \r\n; a line that is far too long ends the text, as it does for the
 * reference. */
static void split_lines(struct reporter_sources *s, struct reporter_source *src, struct ak_str text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++) {
        count += text.ptr[i] == '\n';
    }
    src->lines = ak_arena_alloc(s->arena, count * sizeof *src->lines);
    for (struct ak_str rest = text; rest.ptr && rest.len;) {
        struct ak_str line = ak_str_cut(&rest, '\n');
        if (line.len >= MAX_LINE_BYTES) {
            break;
        }
        if (ak_str_ends(line, AK_STR("\r"))) {
            line.len--;
        }
        src->lines[src->line_count++] = line;
    }
}

static bool read_file(struct reporter_sources *s, struct reporter_source *src, const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        src->problem = ak_arena_printf(s->arena, "open %s: %s", path,
                                       errno == ENOENT    ? "no such file or directory"
                                       : errno == EACCES  ? "permission denied"
                                       : errno == ENOTDIR ? "not a directory"
                                                          : "cannot be read");
        return false;
    }
    struct ak_buf text = AK_BUF_INIT;
    struct ak_error err = {0};
    if (S_ISREG(st.st_mode) && ak_file_read(path, MAX_FILE_BYTES, &text, &err) == AK_OK) {
        split_lines(s, src, ak_arena_str(s->arena, ak_buf_view(&text)));
    }
    ak_buf_release(&text);
    src->problem = NULL;
    return true;
}

/* In `dir` and every folder above it. */
static bool read_from(struct reporter_sources *s, struct reporter_source *src, struct ak_str dir,
                      struct ak_str name)
{
    for (;;) {
        const struct ak_str path = ak_str_from(ak_arena_printf(
            s->arena, "%.*s/%.*s", (int)dir.len, dir.len ? dir.ptr : "", (int)name.len, name.ptr));
        const struct ak_str clean =
            ak_path_clean(s->arena, dir.len ? path : ak_str_slice(path, 1, path.len));
        if (read_file(s, src, ak_arena_strndup(s->arena, clean.ptr, clean.len))) {
            return true;
        }
        const struct ak_str here = ak_path_clean(s->arena, dir);
        const ptrdiff_t slash = ak_str_rchr(here, '/');
        const struct ak_str parent = slash < 0    ? AK_STR(".")
                                     : slash == 0 ? AK_STR("/")
                                                  : ak_str_slice(here, 0, (size_t)slash);
        if (ak_str_eq(parent, here)) {
            return false;
        }
        dir = parent;
    }
}

static void open_source(struct reporter_sources *s, struct reporter_source *src)
{
    const struct ak_str name = ak_path_trim(src->name, s->trim_path, s->search_path);
    if (ak_str_starts(name, AK_STR("/"))) {
        read_file(s, src, ak_arena_strndup(s->arena, name.ptr, name.len));
        return;
    }
    for (struct ak_str rest = s->search_path; rest.ptr && s->search_path.len;) {
        if (read_from(s, src, ak_str_cut(&rest, ':'), name)) {
            return;
        }
    }
    src->problem =
        ak_arena_printf(s->arena, "could not find file %.*s on path %.*s", (int)name.len, name.ptr,
                        (int)s->search_path.len, s->search_path.len ? s->search_path.ptr : "");
}

const struct reporter_source *reporter_source_find(struct reporter_sources *s, struct ak_str name)
{
    for (size_t i = 0; i < s->count; i++) {
        if (ak_str_eq(s->items[i]->name, name)) {
            return s->items[i];
        }
    }
    if (s->count == s->cap) {
        const size_t cap = s->cap ? s->cap * 2 : 16;
        struct reporter_source **grown = ak_arena_alloc(s->arena, cap * sizeof(*grown));
        for (size_t i = 0; i < s->count; i++) {
            grown[i] = s->items[i];
        }
        s->items = grown;
        s->cap = cap;
    }
    struct reporter_source *src = AK_NEW(s->arena, struct reporter_source);
    src->name = name;
    s->items[s->count++] = src;
    open_source(s, src);
    return src;
}

bool reporter_source_line(const struct reporter_source *s, int64_t line, struct ak_str *out)
{
    if (line <= 0 || (uint64_t)line > s->line_count) {
        return false;
    }
    *out = s->lines[line - 1];
    return true;
}
