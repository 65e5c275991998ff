#include "lint_source.h"

#include "base/idmap.h"
#include "base/io.h"
#include "base/mem.h"
#include "reporter/fingerprint.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define SOURCE_MAX (16U << 20)

/* A source file that was asked for. */
struct source {
    struct ak_str text; /* in arena; NULL: not at hand */
    struct ak_fingerprint *lines;
    size_t line_count;
};

struct sources {
    const char *root;
    struct ak_arena *arena;
    struct ak_intern paths;
    struct source *items;
    size_t cap;
};

/* The path from the root, or NULL when it leads out of it. `root` is absolute where it exists. */
static const char *below(const char *root, const char *path)
{
    const size_t len = strlen(root);
    if (*path == '/' && strncmp(path, root, len) == 0 && path[len] == '/') {
        path += len + 1;
    }
    const bool leads_out = *path == '/' || strncmp(path, "../", 3) == 0 || strstr(path, "/../");
    while (strncmp(path, "./", 2) == 0) {
        path += 2;
    }
    return leads_out || !*path ? NULL : path;
}

static void source_read(struct sources *s, const char *path, struct source *out)
{
    struct ak_buf file = AK_BUF_INIT, text = AK_BUF_INIT;
    *out = (struct source){0};
    ak_buf_printf(&file, "%s/%s", s->root, path);
    if (ak_file_read(file.ptr, SOURCE_MAX, &text, NULL) == AK_OK &&
        ak_fingerprint_lines(ak_buf_view(&text), s->arena, &out->lines, &out->line_count, NULL) ==
            AK_OK) {
        out->text = ak_arena_str(s->arena, ak_buf_view(&text));
    }
    ak_buf_release(&file);
    ak_buf_release(&text);
}

static const struct source *source_of(struct sources *s, const char *path)
{
    const size_t before = s->paths.count;
    const uint32_t id = ak_intern_add(&s->paths, ak_str_from(path));
    if (s->paths.count > before) {
        AK_GROW(s->items, s->paths.count, s->cap);
        source_read(s, path, &s->items[id]);
    }
    return &s->items[id];
}

/* Line `line` of a text whose lines end as in fingerprints. */
static struct ak_str line_at(struct ak_str text, int64_t line)
{
    for (int64_t i = 1; text.len > 0; i++) {
        const char *const end = strpbrk(text.ptr, "\r\n"); /* the text ends with a NUL */
        const size_t len =
            end && (size_t)(end - text.ptr) < text.len ? (size_t)(end - text.ptr) : text.len;
        if (i == line) {
            return ak_str_slice(text, 0, len);
        }
        const size_t skip =
            len + 1 < text.len && text.ptr[len] == '\r' && text.ptr[len + 1] == '\n';
        text = ak_str_slice(text, len + 1 + skip, text.len);
    }
    return (struct ak_str){"", 0};
}

static bool item_locate(struct sources *s, struct ak_lint_item *item)
{
    const char *const path = below(s->root, item->file);
    const struct source *const from = path ? source_of(s, path) : NULL;
    const int64_t line = item->line > 0 ? item->line : 1;
    if (!from || !from->text.ptr || (uint64_t)line > from->line_count) {
        return false;
    }
    const struct ak_str whole = line_at(from->text, line);
    struct ak_str text = whole;
    while (text.len > 0 && (*text.ptr == ' ' || *text.ptr == '\t')) {
        text = ak_str_slice(text, 1, text.len);
    }
    const struct ak_fingerprint *const f = &from->lines[line - 1];
    item->file = ak_arena_strdup(s->arena, path);
    item->start_column = (int64_t)ak_utf8_count(ak_str_slice(whole, 0, whole.len - text.len)) + 1;
    item->end_column = (int64_t)ak_utf8_count(whole) + 1;
    item->fingerprint =
        ak_arena_printf(s->arena, "%llx:%u", (unsigned long long)f->hash, f->occurrence);
    return true;
}

void cli_lint_source(const char *root, struct ak_lint_report *r, struct ak_arena *arena)
{
    struct sources s = {.root = root, .arena = arena};
    struct ak_lint_item *const items = AK_NEW_ARRAY(arena, struct ak_lint_item, r->count);
    const char **const notes = AK_NEW_ARRAY(arena, const char *, r->note_count + 1);
    size_t places = 0, found = 0;
    if (!root) {
        return;
    }
    char whole[PATH_MAX];
    s.root = realpath(root, whole) ? whole : root;
    ak_intern_init(&s.paths, arena);
    for (size_t i = 0; i < r->count; i++) {
        items[i] = r->items[i];
        if (*items[i].file && places < AK_LINT_SARIF_RESULTS) {
            places++;
            found += item_locate(&s, &items[i]);
        }
    }
    for (size_t i = 0; i < r->note_count; i++) {
        notes[i] = r->notes[i];
    }
    notes[r->note_count] =
        ak_arena_printf(arena, "source of %zu of %zu findings read below %s%s", found, places, root,
                        found < places ? "; the others have no fingerprint" : "");
    r->items = items;
    r->notes = notes;
    r->note_count++;
    ak_intern_release(&s.paths);
    ak_free(s.items);
}
