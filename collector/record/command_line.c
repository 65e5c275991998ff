#include "command_line.h"

#include "base/io.h"
#include "base/mem.h"

extern char **environ;

static bool is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* --- flags ------------------------------------------------------------------------------- */

struct flag {
    struct ak_str name;      /* without dashes and "test." */
    const char *value;       /* NULL when it has none */
    bool is_flag, uses_next; /* the value is the next argument */
};

/* Flags of go test and of test binaries that take no value. */
static bool is_switch(struct ak_str name)
{
    static const char *const names[] = {
        "a",          "n",         "race",     "msan",     "asan",       "cover",
        "v",          "x",         "work",     "json",     "short",      "benchmem",
        "c",          "i",         "failfast", "fullpath", "linkshared", "trimpath",
        "modcacherw", "artifacts", "h",        "help",
    };
    for (size_t i = 0; i < AK_COUNT(names); i++) {
        if (ak_str_eq(name, ak_str_from(names[i]))) {
            return true;
        }
    }
    return false;
}

static struct flag read_flag(const char *arg, const char *next)
{
    struct flag f = {0};
    if (arg[0] != '-' || arg[1] == '\0' || is(arg, "--")) {
        return f;
    }
    struct ak_str rest = ak_str_from(arg + (arg[1] == '-' ? 2 : 1));
    f.is_flag = true;
    f.name = ak_str_cut(&rest, '=');
    f.value = rest.ptr;
    if (ak_str_starts(f.name, AK_STR("test."))) {
        f.name = ak_str_slice(f.name, 5, f.name.len);
    }
    if (!f.value && !is_switch(f.name) && next && next[0] != '-') {
        f.value = next;
        f.uses_next = true;
    }
    return f;
}

static bool is_profile_flag(struct ak_str name)
{
    return ak_str_eq(name, AK_STR("cpuprofile")) || ak_str_eq(name, AK_STR("memprofile")) ||
           ak_str_eq(name, AK_STR("blockprofile")) || ak_str_eq(name, AK_STR("mutexprofile"));
}

static const char *join_path(const char *dir, const char *path, struct ak_arena *arena)
{
    return dir && path[0] != '/' ? ak_arena_printf(arena, "%s/%s", dir, path) : path;
}

/* --- the program ------------------------------------------------------------------------- */

static void find_program(struct collector_command_line *c)
{
    for (size_t i = 0; i < c->argc; i++) {
        const char *const base = ak_path_base(c->argv[i]);
        const struct ak_str name = ak_str_from(base);
        if (is(base, "go") && i + 1 < c->argc && is(c->argv[i + 1], "test")) {
            c->program = COLLECTOR_PROGRAM_GO_TEST;
            c->flags_at = i + 2;
            return;
        }
        if (is(base, "akbench") || (name.len > 5 && ak_str_ends(name, AK_STR(".test")))) {
            c->program = COLLECTOR_PROGRAM_BENCH;
            c->prefix = is(base, "akbench") ? "" : "test.";
            c->flags_at = i + 1;
            return;
        }
    }
}

/* Reads the arguments after the program: flags, and for go test the packages, which are the first
 * arguments that are no flags. */
static void read_arguments(struct collector_command_line *c, const char *dir,
                           struct ak_arena *arena)
{
    c->profiles = AK_NEW_ARRAY(arena, const char *, c->argc + 1);
    c->packages_at = c->flags_at;
    const char *output_dir = dir;
    bool packages_end = false;
    const size_t from = c->program == COLLECTOR_PROGRAM_OTHER ? 1 : c->flags_at;
    for (size_t i = from; i < c->argc; i++) {
        const struct flag f = read_flag(c->argv[i], c->argv[i + 1]);
        if (!f.is_flag) {
            if (!packages_end) {
                c->packages_at = c->package_count == 0 ? i : c->packages_at;
                c->package_count++;
            }
            continue;
        }
        packages_end = c->package_count > 0;
        if (ak_str_eq(f.name, AK_STR("args"))) {
            break;
        }
        if (ak_str_eq(f.name, AK_STR("bench")) && f.value) {
            c->bench = f.value;
        } else if (ak_str_eq(f.name, AK_STR("outputdir")) && f.value) {
            output_dir = join_path(dir, f.value, arena);
        } else if (is_profile_flag(f.name) && f.value) {
            c->has_cpu = c->has_cpu || f.name.ptr[0] == 'c';
            c->has_memory = c->has_memory || ak_str_eq(f.name, AK_STR("memprofile"));
            c->profiles[c->profile_count++] = f.value;
        }
        i += f.uses_next;
    }
    for (size_t i = 0; i < c->profile_count; i++) {
        c->profiles[i] = join_path(output_dir, c->profiles[i], arena);
    }
}

/* --- variables --------------------------------------------------------------------------- */

static void add_variable(struct collector_command_line *c, const char *setting, size_t max,
                         struct ak_arena *arena)
{
    struct ak_str value = ak_str_from(setting);
    const struct ak_str name = ak_str_cut(&value, '=');
    if (!ak_str_starts(name, AK_STR("GOAKT_PROFILE_")) || !value.ptr || value.len == 0 ||
        c->variable_count == max) {
        return;
    }
    for (size_t i = 0; i < c->variable_count; i++) {
        if (ak_str_eq(ak_str_from(c->variables[i]), name)) {
            return;
        }
    }
    c->variables[c->variable_count++] = ak_arena_strndup(arena, name.ptr, name.len);
}

static void read_variables(struct collector_command_line *c, struct ak_arena *arena)
{
    const size_t max = 16;
    c->variables = AK_NEW_ARRAY(arena, const char *, max);
    for (size_t i = 0; environ && environ[i]; i++) {
        add_variable(c, environ[i], max, arena);
    }
    for (size_t i = 0; i < c->argc; i++) { /* env NAME=VALUE CMD... */
        add_variable(c, c->argv[i], max, arena);
    }
}

struct collector_command_line collector_command_line_read(const char *const *argv, const char *dir,
                                                          struct ak_arena *arena)
{
    struct collector_command_line c = {.argv = argv, .prefix = ""};
    while (argv[c.argc]) {
        c.argc++;
    }
    c.flags_at = c.argc;
    find_program(&c);
    read_arguments(&c, dir, arena);
    read_variables(&c, arena);
    return c;
}

/* --- variants ---------------------------------------------------------------------------- */

struct words {
    const char **items;
    size_t count;
};

static void add(struct words *w, const char *word)
{
    w->items[w->count++] = word;
}

/* The variant's own flags, where the program's flags begin. */
static void add_flags(struct words *w, const struct collector_command_line *c,
                      const struct collector_variant *v, struct ak_arena *arena)
{
    for (size_t k = 0; v->flags && v->flags[k]; k++) {
        add(w, v->flags[k]);
    }
    if (v->bench) {
        add(w, ak_arena_printf(arena, "-%sbench=%s", c->prefix, v->bench));
    }
}

static bool is_package_at(const struct collector_command_line *c, size_t i)
{
    return i >= c->packages_at && i < c->packages_at + c->package_count;
}

const char *const *collector_command_line_vary(const struct collector_command_line *c,
                                               const struct collector_variant *v,
                                               struct ak_arena *arena)
{
    size_t flags = 0;
    while (v->flags && v->flags[flags]) {
        flags++;
    }
    struct words w = {.items = AK_NEW_ARRAY(arena, const char *, c->argc + flags + 4)};
    for (size_t i = 0; i < c->argc; i++) {
        if (i == c->flags_at) {
            add_flags(&w, c, v, arena);
        }
        const struct flag f = read_flag(c->argv[i], c->argv[i + 1]);
        if (v->bench && i >= c->flags_at && f.is_flag && ak_str_eq(f.name, AK_STR("bench"))) {
            i += f.uses_next;
        } else if (!v->package || !is_package_at(c, i)) {
            add(&w, c->argv[i]);
        } else if (i == c->packages_at) {
            add(&w, v->package);
        }
    }
    if (c->flags_at == c->argc) {
        add_flags(&w, c, v, arena);
    }
    return w.items;
}

const char *collector_command_line_text(const char *const *argv, struct ak_arena *arena)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_./=:,@%+^";
    struct ak_buf text = AK_BUF_INIT;
    for (size_t i = 0; argv[i]; i++) {
        ak_buf_puts(&text, i ? " " : "");
        if (argv[i][0] && strspn(argv[i], plain) == strlen(argv[i])) {
            ak_buf_puts(&text, argv[i]);
            continue;
        }
        ak_buf_putc(&text, '\'');
        for (const char *p = argv[i]; *p; p++) {
            if (*p == '\'') {
                ak_buf_puts(&text, "'\\''");
            } else {
                ak_buf_putc(&text, *p);
            }
        }
        ak_buf_putc(&text, '\'');
    }
    const char *kept = ak_arena_strdup(arena, text.ptr ? text.ptr : "");
    ak_buf_release(&text);
    return kept;
}
