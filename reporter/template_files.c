#include "base/io.h"
#include "base/mem.h"
#include "base/sanitize.h"
#include "reporter/template.h"
#include "templates/embedded.h"

#include <stdlib.h>
#include <unistd.h>

enum { TEMPLATE_BYTES_MAX = 4 * 1024 * 1024 };

struct ak_templates {
    struct ak_arena *arena;
    const char *dir; /* NULL: embedded only */
};

static struct ak_str embedded(const char *name)
{
    const struct ak_embedded *e = ak_embedded_find(name);
    return e ? (struct ak_str){e->data, e->size} : (struct ak_str){0};
}

/* A name that stays below its folder: no absolute path, no step upward, no control characters. */
static bool is_inside(const char *name)
{
    struct ak_str rest = ak_str_from(name);
    if (rest.len == 0 || rest.ptr[0] == '/') {
        return false;
    }
    for (size_t i = 0; i < rest.len; i++) {
        if ((unsigned char)rest.ptr[i] < 0x20 || rest.ptr[i] == '\\') {
            return false;
        }
    }
    while (rest.ptr) {
        if (ak_str_eq(ak_str_cut(&rest, '/'), AK_STR(".."))) {
            return false;
        }
    }
    return true;
}

/* The folder in force, in arena; NULL when there is none. */
static const char *folder_choose(struct ak_arena *a, const char *dir)
{
    if (dir) {
        return dir;
    }
    const char *env = getenv("AKREPORT_TEMPLATES");
    if (env && env[0]) {
        return env;
    }
    const char *config = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    const char *path = NULL;
    if (config && config[0]) {
        path = ak_arena_printf(a, "%s/akreport/templates", config);
    } else if (home && home[0]) {
        path = ak_arena_printf(a, "%s/.config/akreport/templates", home);
    }
    return path && access(path, R_OK | X_OK) == 0 ? path : NULL;
}

static enum ak_status version_check(const struct ak_templates *t, struct ak_error *err)
{
    struct ak_buf text = AK_BUF_INIT;
    const char *path = ak_arena_printf(t->arena, "%s/VERSION", t->dir);
    if (access(path, F_OK) != 0) {
        return access(t->dir, R_OK | X_OK) == 0
                   ? AK_OK
                   : ak_fail(err, AK_NOT_FOUND, "%s: no such folder of templates", t->dir);
    }
    enum ak_status st = ak_file_read(path, 64, &text, err);
    const struct ak_str theirs = ak_str_trim(ak_buf_view(&text));
    const struct ak_str ours = ak_str_trim(embedded("VERSION"));
    if (st == AK_OK && !ak_str_eq(theirs, ours)) {
        st = ak_fail(err, AK_UNSUPPORTED,
                     "%s: templates of version %.*s, this program needs %.*s (akreport templates "
                     "export DIR writes them)",
                     t->dir, (int)theirs.len, theirs.ptr, (int)ours.len, ours.ptr);
    }
    ak_buf_release(&text);
    return st;
}

enum ak_status ak_templates_open(const char *dir, struct ak_templates **out, struct ak_error *err)
{
    struct ak_templates *t = ak_calloc(1, sizeof *t);
    t->arena = ak_arena_new();
    const char *chosen = folder_choose(t->arena, dir);
    t->dir = chosen ? ak_arena_strdup(t->arena, chosen) : NULL;
    const enum ak_status st = t->dir ? version_check(t, err) : AK_OK;
    if (st != AK_OK) {
        ak_templates_close(t);
        return st;
    }
    *out = t;
    return AK_OK;
}

void ak_templates_close(struct ak_templates *t)
{
    if (t) {
        ak_arena_free(t->arena);
        ak_free(t);
    }
}

enum ak_status ak_templates_load(struct ak_templates *t, const char *name, struct ak_str *out,
                                 struct ak_error *err)
{
    if (!is_inside(name)) {
        return ak_fail(err, AK_USAGE, "template \"%s\": not a name inside the folder", name);
    }
    const char *path = t && t->dir ? ak_arena_printf(t->arena, "%s/%s", t->dir, name) : NULL;
    if (path && access(path, F_OK) == 0) {
        struct ak_buf text = AK_BUF_INIT;
        const enum ak_status st = ak_file_read(path, TEMPLATE_BYTES_MAX, &text, err);
        if (st == AK_OK) {
            *out = ak_arena_str(t->arena, ak_buf_view(&text));
        }
        ak_buf_release(&text);
        return st;
    }
    const struct ak_str text = embedded(name);
    if (!text.ptr) {
        return ak_fail(err, AK_NOT_FOUND, "template \"%s\": there is none", name);
    }
    *out = text;
    return AK_OK;
}

enum ak_status ak_templates_text(struct ak_templates *t, const char *name, struct ak_arena *arena,
                                 struct ak_str *out, struct ak_error *err)
{
    struct ak_templates *own = NULL;
    struct ak_str text = {0};
    enum ak_status st = t ? AK_OK : ak_templates_open(NULL, &own, err);
    if (st == AK_OK) {
        st = ak_templates_load(t ? t : own, name, &text, err);
    }
    if (st == AK_OK) {
        *out = ak_arena_str(arena, text);
    }
    ak_templates_close(own);
    return st;
}

/* "a/b/c" -> folders a and a/b below dir. */
static enum ak_status export_one(const char *dir, const struct ak_embedded *e, struct ak_error *err)
{
    struct ak_buf path = AK_BUF_INIT;
    ak_buf_printf(&path, "%s/%s", dir, e->name);
    const struct ak_str whole = ak_buf_view(&path);
    struct ak_buf folder = AK_BUF_INIT;
    ak_buf_str(&folder, ak_str_slice(whole, 0, (size_t)ak_str_rchr(whole, '/')));
    enum ak_status st = ak_dir_make(folder.ptr, err);
    if (st == AK_OK) {
        st = ak_file_write(path.ptr, (struct ak_str){e->data, e->size}, err);
    }
    ak_buf_release(&folder);
    ak_buf_release(&path);
    return st;
}

enum ak_status ak_templates_export(const char *dir, size_t *out_files, struct ak_error *err)
{
    size_t files = 0;
    for (const struct ak_embedded *e = ak_embedded_all(); e->name; e++) {
        if (strncmp(e->name, "fonts/", 6) == 0) {
            continue;
        }
        const enum ak_status st = export_one(dir, e, err);
        if (st != AK_OK) {
            return st;
        }
        files++;
    }
    *out_files = files;
    return AK_OK;
}

static bool partial_load(void *ctx, struct ak_str name, struct ak_str *out_text)
{
    struct ak_templates *t = ctx;
    char text[128];
    if (name.len >= sizeof text) {
        return false;
    }
    memcpy(text, name.ptr, name.len);
    text[name.len] = '\0';
    return ak_templates_load(t, text, out_text, NULL) == AK_OK;
}

enum ak_status ak_templates_render(struct ak_templates *t, const char *name,
                                   const struct ak_tvalue *data, struct ak_buf *out,
                                   struct ak_error *err)
{
    struct ak_str text;
    const enum ak_status st = ak_templates_load(t, name, &text, err);
    if (st != AK_OK) {
        return st;
    }
    const bool is_markdown = ak_str_ends(ak_str_from(name), AK_STR(".md.mustache"));
    const struct ak_template_opts opts = {
        .name = name,
        .escape = is_markdown ? ak_sanitize_markdown : ak_sanitize_html,
        .partial = partial_load,
        .partial_ctx = t,
        .strict = true,
    };
    return ak_template_render(text, data, &opts, out, err);
}
