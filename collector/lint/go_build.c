#include "collector/go_build.h"

#include "base/mem.h"
#include "lint/go_commit.h"
#include "record/child.h"
#include "scratch.h"

#include <errno.h>
#include <sys/stat.h>

#define OUTPUT_BYTES_MAX (64U << 20)
#define PROGRAMS_MAX 4096

struct build {
    const struct ak_go_build *how;
    struct ak_arena *arena;
    const char *dir; /* where go runs */
    const char *scratch;
    struct ak_buf output;
    const char *what; /* for progress */
    struct ak_go_module *modules;
    size_t module_count, module_cap;
    struct ak_str *programs; /* import paths of packages named main */
    size_t program_count, program_cap;
};

/* --- running go ---------------------------------------------------------------------------- */

static void on_output(void *ctx, struct ak_str bytes)
{
    struct build *const b = ctx;
    ak_buf_str(&b->output, bytes);
}

static void on_errors(void *ctx, struct ak_str bytes)
{
    struct build *const b = ctx;
    b->how->errors(b->how->ctx, bytes);
}

static void on_tick(void *ctx, int64_t elapsed_ns)
{
    struct build *const b = ctx;
    if (b->how->progress) {
        b->how->progress(b->how->ctx, b->what, elapsed_ns);
    }
}

static enum ak_status run_go(struct build *b, const char *const *argv, const char *what,
                             struct ak_error *err)
{
    const struct collector_child child = {.argv = argv,
                                          .dir = b->dir,
                                          .ctx = b,
                                          .output = on_output,
                                          .errors = b->how->errors ? on_errors : NULL,
                                          .tick = on_tick};
    struct collector_exit end;
    ak_buf_reset(&b->output);
    b->what = what;
    const enum ak_status st = collector_child_run(&child, &end, err);
    if (st != AK_OK) {
        return st;
    }
    if (end.interrupted) {
        return ak_fail(err, AK_CANCELLED, "interrupted while %s", what);
    }
    return end.code == 0 ? AK_OK
                         : ak_fail(err, AK_UNSUPPORTED,
                                   "go list failed (exit code %d) while %s; what it said is above",
                                   end.code, what);
}

/* argv with the packages at its end, after "--" so that none is taken for an option. */
static const char **with_packages(const struct build *b, const char **argv, size_t n)
{
    argv[n++] = "--";
    for (size_t i = 0; i < b->how->package_count; i++) {
        argv[n++] = b->how->packages[i];
    }
    if (b->how->package_count == 0) {
        argv[n++] = "./...";
    }
    argv[n] = NULL;
    return argv;
}

/* --- what there is ------------------------------------------------------------------------- */

static void module_add(struct build *b, struct ak_str path, struct ak_str dir)
{
    for (size_t i = 0; i < b->module_count; i++) {
        if (ak_str_eq(b->modules[i].path, path)) {
            return;
        }
    }
    AK_GROW(b->modules, b->module_count + 1, b->module_cap);
    b->modules[b->module_count++] =
        (struct ak_go_module){ak_arena_str(b->arena, path), ak_arena_str(b->arena, dir).ptr};
}

static bool is_test_variant(struct ak_str import_path)
{
    return ak_str_ends(import_path, AK_STR(".test")) || ak_str_chr(import_path, ' ') >= 0;
}

/* One line of go list: name, import path, module, folder of the module. */
static enum ak_status package_add(struct build *b, struct ak_str line, struct ak_error *err)
{
    const struct ak_str name = ak_str_cut(&line, '\t');
    const struct ak_str import_path = ak_str_cut(&line, '\t');
    const struct ak_str module = ak_str_cut(&line, '\t');
    if (!line.ptr) {
        return AK_OK;
    }
    module_add(b, module, line);
    if (!ak_str_eq(name, AK_STR("main")) || is_test_variant(import_path)) {
        return AK_OK;
    }
    if (b->program_count >= PROGRAMS_MAX) {
        return ak_fail(err, AK_LIMIT, "more than %d programs", PROGRAMS_MAX);
    }
    AK_GROW(b->programs, b->program_count + 1, b->program_cap);
    b->programs[b->program_count++] = ak_arena_str(b->arena, import_path);
    return AK_OK;
}

static enum ak_status list_packages(struct build *b, struct ak_error *err)
{
    const char **const argv = AK_NEW_ARRAY(b->arena, const char *, b->how->package_count + 10);
    size_t n = 0;
    argv[n++] = "go";
    argv[n++] = "list";
    argv[n++] = "-deps";
    argv[n++] = "-test";
    argv[n++] = "-f";
    argv[n++] = "{{with .Module}}{{if .Main}}{{$.Name}}\t{{$.ImportPath}}\t{{.Path}}\t{{.Dir}}"
                "{{end}}{{end}}";
    enum ak_status st = run_go(b, with_packages(b, argv, n), "listing packages", err);
    struct ak_str rest = ak_buf_view(&b->output);
    while (st == AK_OK && rest.ptr && rest.len > 0) {
        st = package_add(b, ak_str_cut(&rest, '\n'), err);
    }
    if (st == AK_OK && b->module_count == 0) {
        st = ak_fail(err, AK_NOT_FOUND,
                     "no package of a module that is worked on: run it inside of one");
    }
    return st;
}

/* --- building ------------------------------------------------------------------------------ */

/* The flag's value is split at blanks and quotes; as a URI the folder has none. */
static const char *folder_uri(struct build *b, const char *folder, size_t number)
{
    struct ak_buf uri = AK_BUF_INIT;
    for (const char *p = folder; *p; p++) {
        const bool is_plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                              (*p >= '0' && *p <= '9') || *p == '/' || *p == '-' || *p == '_' ||
                              *p == '.';
        ak_buf_printf(&uri, is_plain ? "%c" : "%%%02X", (unsigned char)*p);
    }
    const char *const text = ak_arena_printf(b->arena, "file://%s/%zu", uri.ptr, number);
    ak_buf_release(&uri);
    return text;
}

/* Folder 0 takes every module; a program has one of its own, since the compiler calls all of them
 * "main". The last flag whose pattern fits counts. */
static size_t gcflags(struct build *b, const char *folder, const char **argv, size_t n)
{
    for (size_t i = 0; i < b->module_count; i++) {
        argv[n++] =
            ak_arena_printf(b->arena, "-gcflags=%.*s/...=-json=0,%s", (int)b->modules[i].path.len,
                            b->modules[i].path.ptr, folder_uri(b, folder, 0));
    }
    for (size_t i = 0; i < b->program_count; i++) {
        argv[n++] = ak_arena_printf(b->arena, "-gcflags=%s=-json=0,%s", b->programs[i].ptr,
                                    folder_uri(b, folder, i + 1));
    }
    return n;
}

static enum ak_status compile(struct build *b, const char *folder, const char *const *options,
                              const char *what, struct ak_error *err)
{
    const char **const argv = AK_NEW_ARRAY(
        b->arena, const char *, b->how->package_count + b->module_count + b->program_count + 16);
    size_t n = 0;
    argv[n++] = "go";
    argv[n++] = "list";
    argv[n++] = "-export"; /* compiles, and links nothing */
    argv[n++] = "-trimpath";
    argv[n++] = "-buildvcs=false";
    for (size_t i = 0; options[i]; i++) {
        argv[n++] = options[i];
    }
    n = gcflags(b, folder, argv, n);
    return run_go(b, with_packages(b, argv, n), what, err);
}

/* Packages first, then their tests, which compile a package again and so write its files again:
 * two compilers at once on one file are rare then. */
static enum ak_status build_into(struct build *b, const char *folder, bool one_by_one,
                                 struct ak_error *err)
{
    const char *const serial = one_by_one ? "-p=1" : NULL;
    enum ak_status st =
        compile(b, folder, (const char *const[]){serial, NULL}, "compiling packages", err);
    if (st == AK_OK) {
        st = compile(b, folder, (const char *const[]){"-test", serial, NULL}, "compiling tests",
                     err);
    }
    /* The programs that run tests are generated, and all in one place. */
    collector_scratch_remove(ak_arena_printf(b->arena, "%s/0/main", folder));
    return st;
}

static enum ak_status build_and_read(struct build *b, struct ak_go_diagnostics *out,
                                     struct ak_error *err)
{
    enum ak_status st = AK_OK;
    for (int attempt = 0; attempt < 2; attempt++) {
        const char *const folder = ak_arena_printf(b->arena, "%s/out%d", b->scratch, attempt);
        st = build_into(b, folder, attempt > 0, err);
        if (st != AK_OK) {
            return st;
        }
        struct stat facts;
        if (stat(folder, &facts) != 0) {
            return ak_fail(err, AK_FORMAT, "the compiler wrote no diagnostics: is it Go's own?");
        }
        ak_go_diagnostics_release(out);
        ak_go_diagnostics_init(out, b->arena);
        for (size_t i = 0; i < b->program_count; i++) {
            ak_intern_add(&out->mains, b->programs[i]);
        }
        st = ak_go_diagnostics_add_dir(out, folder, err);
        if (st != AK_FORMAT) {
            break; /* else two compilers may have written one file at once */
        }
    }
    return st;
}

static enum ak_status build(struct build *b, struct ak_go_diagnostics *out, struct ak_error *err)
{
    enum ak_status st = list_packages(b, err);
    if (st == AK_OK) {
        st = build_and_read(b, out, err);
    }
    if (st == AK_OK) {
        out->module = b->module_count == 1 ? b->modules[0].path : out->module;
        ak_go_diagnostics_name(out, b->modules, b->module_count);
    }
    return st;
}

enum ak_status ak_go_build_load(const struct ak_go_build *how, struct ak_arena *arena,
                                struct ak_go_diagnostics *out, struct ak_error *err)
{
    struct collector_scratch scratch;
    struct build b = {.how = how, .arena = arena, .dir = how->dir};
    b.output.max = OUTPUT_BYTES_MAX;
    ak_go_diagnostics_init(out, arena);
    enum ak_status st = collector_scratch_begin(&scratch, arena, err);
    if (st != AK_OK) {
        return st;
    }
    b.scratch = scratch.path;
    struct go_commit commit = {0};
    if (how->commit) {
        st = collector_go_commit_begin(&commit, how, scratch.path, arena, err);
        b.dir = commit.dir;
    }
    if (st == AK_OK) {
        st = build(&b, out, err);
    }
    collector_go_commit_end(&commit);
    collector_scratch_end(&scratch);
    ak_buf_release(&b.output);
    ak_free(b.modules);
    ak_free(b.programs);
    return st;
}
