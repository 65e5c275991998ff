#include "record_why.h"

#include "base/io.h"
#include "base/mem.h"
#include "record_plan.h"

#include <stdlib.h>
#include <unistd.h>

/* Sources and programs that are searched for the name of a variable. */
#define MAX_SEARCHED ((uint64_t)256 << 20)
#define MAX_NOTES 8
#define PREFIX "GOAKT_PROFILE_"

struct notes {
    const char **items;
    size_t count;
    struct ak_arena *arena;
};

static void note(struct notes *n, const char *text)
{
    if (n->count < MAX_NOTES) {
        n->items[n->count++] = text;
    }
}

/* --- what a program reads ---------------------------------------------------------------- */

struct search {
    struct ak_str wanted;
    bool found, searched;
    char other[64]; /* the first other variable of this family that is read */
};

static bool is_name_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static void search_bytes(struct search *s, struct ak_str bytes)
{
    const struct ak_str prefix = AK_STR(PREFIX);
    s->searched = true;
    for (ptrdiff_t at; (at = ak_str_find(bytes, prefix)) >= 0;) {
        bytes = ak_str_slice(bytes, (size_t)at, bytes.len);
        size_t n = prefix.len;
        while (n < bytes.len && is_name_char(bytes.ptr[n])) {
            n++;
        }
        const struct ak_str name = ak_str_slice(bytes, 0, n);
        s->found = s->found || ak_str_eq(name, s->wanted);
        if (n > prefix.len && n < sizeof s->other && !s->other[0]) {
            memcpy(s->other, name.ptr, n);
        }
        bytes = ak_str_slice(bytes, n, bytes.len);
    }
}

static void search_file(struct search *s, const char *path)
{
    struct ak_buf bytes = AK_BUF_INIT;
    if (ak_file_read(path, MAX_SEARCHED, &bytes, NULL) == AK_OK) {
        search_bytes(s, ak_buf_view(&bytes));
    }
    ak_buf_release(&bytes);
}

static bool search_source(void *ctx, const struct ak_file_info *info)
{
    if (ak_str_ends(ak_str_from(info->path), AK_STR(".go"))) {
        search_file(ctx, info->path);
    }
    return true;
}

/* The folders of the packages that go test was to run; none when they cannot be listed. */
static struct collector_lines package_folders(const struct collector_missing *m,
                                              struct ak_arena *arena)
{
    const struct collector_command_line *c = m->line;
    const char **argv = AK_NEW_ARRAY(arena, const char *, c->package_count + 5);
    size_t n = 0;
    argv[n++] = c->argv[c->flags_at - 2];
    argv[n++] = "list";
    argv[n++] = "-f={{.Dir}}";
    for (size_t i = 0; i < c->package_count; i++) {
        argv[n++] = c->argv[c->packages_at + i];
    }
    struct collector_lines folders = {0};
    return collector_lines_of(argv, m->dir, arena, &folders, NULL) == AK_OK
               ? folders
               : (struct collector_lines){0};
}

static void search_packages(struct search *s, const struct collector_missing *m,
                            struct ak_arena *arena)
{
    const struct collector_lines folders = package_folders(m, arena);
    for (size_t i = 0; i < folders.count; i++) {
        const enum ak_status st = ak_dir_walk(folders.items[i], 1, search_source, s, NULL);
        (void)st; /* what cannot be read says nothing */
    }
}

/* The program as the shell would find it. */
static void search_program(struct search *s, const char *name, struct ak_arena *arena)
{
    if (strchr(name, '/')) {
        search_file(s, name);
        return;
    }
    struct ak_str path = ak_str_from(getenv("PATH"));
    while (path.ptr && path.len > 0 && !s->searched) {
        const struct ak_str dir = ak_str_cut(&path, ':');
        const char *file = ak_arena_printf(arena, "%.*s/%s", (int)dir.len, dir.ptr, name);
        if (access(file, X_OK) == 0) {
            search_file(s, file);
        }
    }
}

static void explain_variable(struct notes *n, const struct collector_missing *m,
                             const char *variable)
{
    struct search s = {.wanted = ak_str_from(variable)};
    const struct collector_command_line *c = m->line;
    if (c->program == COLLECTOR_PROGRAM_GO_TEST) {
        search_packages(&s, m, n->arena);
    } else if (c->argc > 0) {
        search_program(
            &s,
            c->argv[c->flags_at > 0 && c->program == COLLECTOR_PROGRAM_BENCH ? c->flags_at - 1 : 0],
            n->arena);
    }
    if (!s.searched || s.found) {
        note(n, ak_arena_printf(n->arena, "%s is set, but no profile was written%s", variable,
                                s.found ? ": the program knows it, so look whether the benchmark "
                                          "that writes it ran (-bench=...), and in what it logged"
                                        : " and the program could not be searched for it"));
        return;
    }
    note(n, ak_arena_printf(n->arena,
                            "%s has no effect in this program: its %s does not name it%s%s; "
                            "record --profiles writes profiles without it",
                            variable,
                            c->program == COLLECTOR_PROGRAM_GO_TEST ? "packages' code" : "code",
                            s.other[0] ? ", but it names " : "", s.other));
}

/* --- the other reasons ------------------------------------------------------------------- */

static bool says(const struct collector_missing *m, const char *text)
{
    return ak_str_find(m->output, ak_str_from(text)) >= 0;
}

/* The reason why no benchmark ran, "" when the output does not tell. */
static const char *why_nothing_ran(const struct collector_missing *m, struct ak_arena *arena)
{
    if (says(m, "[no test files]")) {
        return "the package has no test files";
    }
    if (says(m, "(cached)")) {
        return "go test answered from its cache; add -count=1";
    }
    if (says(m, "--- SKIP: ")) {
        return "the benchmarks were skipped; look at their conditions (-short, build tags)";
    }
    if (m->line->bench) {
        return ak_arena_printf(arena,
                               "no benchmark matched -bench=%s, or all that did were skipped (-v "
                               "tells)",
                               m->line->bench);
    }
    return m->line->program == COLLECTOR_PROGRAM_OTHER
               ? "no benchmark printed a result"
               : "no benchmark ran; add -bench=REGEX (and -run=^$ to leave out the tests)";
}

/* True when nothing ran and that is the reason. */
static bool explain_nothing_ran(struct notes *n, const struct collector_missing *m)
{
    if (m->exit_code != 0) {
        note(n,
             ak_arena_printf(n->arena, "no profile was written: the command failed (exit code %d)",
                             m->exit_code));
        return true;
    }
    if (m->results > 0) {
        return false;
    }
    note(n, ak_arena_printf(n->arena, "nothing was measured: %s", why_nothing_ran(m, n->arena)));
    return true;
}

static const char *folder_of(const char *path, struct ak_arena *arena)
{
    const char *base = ak_path_base(path);
    if (base == path) {
        return ".";
    }
    return base == path + 1 ? "/" : ak_arena_strndup(arena, path, (size_t)(base - path) - 1);
}

static bool explain_folder(struct notes *n, const char *folder)
{
    if (access(folder, W_OK | X_OK) == 0) {
        return false;
    }
    note(n,
         ak_arena_printf(n->arena,
                         "no profile was written: %s is not a folder that may be written; create "
                         "it, change its permissions, or run the command elsewhere",
                         folder));
    return true;
}

/* Folders that cannot be written; true when there is one. A program writes where it runs, and go
 * test runs each package's tests in the package's folder. */
static bool explain_folders(struct notes *n, const struct collector_missing *m)
{
    bool found = false;
    const struct collector_command_line *c = m->line;
    for (size_t i = 0; i < c->profile_count; i++) {
        found = explain_folder(n, folder_of(c->profiles[i], n->arena)) || found;
    }
    if (c->variable_count == 0) {
        return found;
    }
    if (c->program != COLLECTOR_PROGRAM_GO_TEST) {
        return explain_folder(n, m->dir ? m->dir : ".") || found;
    }
    const struct collector_lines folders = package_folders(m, n->arena);
    for (size_t i = 0; i < folders.count; i++) {
        found = explain_folder(n, folders.items[i]) || found;
    }
    return found;
}

/* Profiles named on the command line that are there, but older than the run, or not there. */
static void explain_flags(struct notes *n, const struct collector_missing *m)
{
    for (size_t i = 0; i < m->line->profile_count; i++) {
        const char *path = m->line->profiles[i];
        note(n, ak_arena_printf(n->arena,
                                access(path, F_OK) == 0
                                    ? "%s is there, but this run did not write it"
                                    : "%s was asked for and is not there: the program did not "
                                      "take the flag, or ended before it wrote",
                                path));
    }
}

void collector_record_why(const struct collector_missing *m, struct ak_arena *arena,
                          const char ***out_notes, size_t *out_count)
{
    struct notes n = {.items = AK_NEW_ARRAY(arena, const char *, MAX_NOTES), .arena = arena};
    const struct collector_command_line *c = m->line;
    const bool asked = m->added || c->profile_count > 0 || c->variable_count > 0;
    const bool ran_nothing =
        m->exit_code == 0 && m->results == 0 && c->program != COLLECTOR_PROGRAM_OTHER;
    if (ran_nothing) {
        explain_nothing_ran(&n, m);
    } else if (asked && m->profiles == 0 && !explain_nothing_ran(&n, m) &&
               !explain_folders(&n, m)) {
        explain_flags(&n, m);
        for (size_t i = 0; i < c->variable_count; i++) {
            explain_variable(&n, m, c->variables[i]);
        }
    }
    *out_notes = n.items;
    *out_count = n.count;
}
