#include "record_plan.h"

#include "base/mem.h"
#include "base/sanitize.h"
#include "child.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* --- asking a command -------------------------------------------------------------------- */

static void collect(void *ctx, struct ak_str bytes)
{
    ak_buf_str(ctx, bytes);
}

enum ak_status collector_lines_of(const char *const *argv, const char *dir, struct ak_arena *arena,
                                  struct collector_lines *out, struct ak_error *err)
{
    struct ak_buf text = {.max = (size_t)8 << 20};
    const struct collector_child child = {
        .argv = argv, .dir = dir, .ctx = &text, .output = collect};
    struct collector_exit end;
    enum ak_status st = collector_child_run(&child, &end, err);
    if (st == AK_OK && end.code != 0) {
        st = ak_fail(err, AK_UNSUPPORTED, "%s: exit code %d",
                     collector_command_line_text(argv, arena), end.code);
    }
    struct collector_lines lines = {0};
    size_t cap = 0;
    struct ak_str rest = ak_buf_view(&text);
    while (st == AK_OK && rest.ptr && rest.len > 0) {
        const struct ak_str line = ak_str_trim(ak_str_cut(&rest, '\n'));
        if (line.len > 0) {
            AK_GROW(lines.items, lines.count + 1, cap);
            lines.items[lines.count++] = ak_arena_strndup(arena, line.ptr, line.len);
        }
    }
    if (st == AK_OK) {
        out->items = ak_arena_copy(arena, lines.items, lines.count * sizeof *lines.items);
        out->count = lines.count;
    }
    ak_free(lines.items);
    ak_buf_release(&text);
    return st;
}

/* The packages of a go test command, as import paths. */
static enum ak_status list_packages(const struct collector_command_line *c, const char *dir,
                                    struct ak_arena *arena, struct collector_lines *out,
                                    struct ak_error *err)
{
    const char **argv = AK_NEW_ARRAY(arena, const char *, c->package_count + 4);
    size_t n = 0;
    argv[n++] = c->argv[c->flags_at - 2];
    argv[n++] = "list";
    for (size_t i = 0; i < c->package_count; i++) {
        argv[n++] = c->argv[c->packages_at + i];
    }
    const enum ak_status st = collector_lines_of(argv, dir, arena, out, err);
    return ak_prefix(err, st, "the packages of this go test cannot be listed");
}

/* The benchmarks that a command would run: akbench lists what its -bench matches, the testing
 * package what the pattern of -list does. */
static enum ak_status list_benchmarks(const struct collector_command_line *c, const char *package,
                                      const char *dir, struct ak_arena *arena,
                                      struct collector_lines *out, struct ak_error *err)
{
    const char *pattern = c->bench ? c->bench : ".";
    /* Only the first level of a pattern names functions. */
    const struct ak_str first = {pattern, strcspn(pattern, "/")};
    const bool is_own = c->program == COLLECTOR_PROGRAM_BENCH && !c->prefix[0];
    const char *flags[] = {
        is_own ? "-list"
               : ak_arena_printf(arena, "-%slist=%.*s", c->prefix, (int)first.len, first.ptr),
        NULL};
    const struct collector_variant v = {.package = package, .flags = flags};
    struct collector_lines lines;
    const enum ak_status st =
        collector_lines_of(collector_command_line_vary(c, &v, arena), dir, arena, &lines, err);
    if (st != AK_OK) {
        return ak_prefix(err, st, "the benchmarks cannot be listed");
    }
    out->items = AK_NEW_ARRAY(arena, const char *, lines.count);
    out->count = 0;
    for (size_t i = 0; i < lines.count; i++) {
        if (ak_str_starts(ak_str_from(lines.items[i]), AK_STR("Benchmark")) &&
            !strpbrk(lines.items[i], " \t")) {
            out->items[out->count++] = lines.items[i];
        }
    }
    return AK_OK;
}

/* --- steps ------------------------------------------------------------------------------- */

struct planner {
    const struct ak_record_opts *opts;
    const struct collector_command_line *line;
    struct ak_arena *arena;
    struct collector_plan plan;
    size_t cap;
};

static enum ak_status make_temporary(struct planner *p, struct ak_error *err)
{
    const char *root = getenv("TMPDIR");
    char *name = ak_arena_printf(p->arena, "%s/akreport.XXXXXX", root && *root ? root : "/tmp");
    if (!mkdtemp(name)) {
        return ak_fail_errno(err, AK_IO, errno, "%s: no folder for profiles", name);
    }
    p->plan.temporary = name;
    return AK_OK;
}

static void add_planned(struct planner *p, struct collector_step *step, const char *prefix,
                        const char *kind)
{
    struct collector_planned *planned = &step->profiles[step->profile_count];
    planned->path =
        ak_arena_printf(p->arena, "%s/%zu_%s.prof", p->plan.temporary, p->plan.count, kind);
    planned->name = ak_arena_printf(p->arena, "%s%s%s.prof", prefix, *prefix ? "_" : "", kind);
    step->profile_count++;
}

/* One step with profiles. `prefix` begins their names; `benchmark` is the function it runs, or NULL
 * for all. */
static void add_profiled(struct planner *p, const char *package, const char *prefix,
                         const char *benchmark)
{
    const struct collector_command_line *c = p->line;
    struct collector_step step = {.what = *prefix ? prefix : ""};
    const char **flags = AK_NEW_ARRAY(p->arena, const char *, 4);
    size_t n = 0;
    if (!c->has_cpu || benchmark) {
        add_planned(p, &step, prefix, "cpu");
        flags[n++] = ak_arena_printf(p->arena, "-%scpuprofile=%s", c->prefix,
                                     step.profiles[step.profile_count - 1].path);
    }
    if (!c->has_memory || benchmark) {
        add_planned(p, &step, prefix, "mem");
        flags[n++] = ak_arena_printf(p->arena, "-%smemprofile=%s", c->prefix,
                                     step.profiles[step.profile_count - 1].path);
    }
    if (c->program == COLLECTOR_PROGRAM_GO_TEST) { /* else it leaves its binary here */
        flags[n++] = ak_arena_printf(p->arena, "-o=%s/%zu.test", p->plan.temporary, p->plan.count);
    }
    for (size_t i = 0; i < step.profile_count; i++) {
        step.profiles[i].benchmark = benchmark ? benchmark + strlen("Benchmark") : "";
    }
    const struct collector_variant v = {
        .package = package,
        .flags = flags,
        .bench = benchmark ? ak_arena_printf(p->arena, "^%s$", benchmark) : NULL};
    step.argv = collector_command_line_vary(c, &v, p->arena);
    AK_GROW(p->plan.steps, p->plan.count + 1, p->cap);
    p->plan.steps[p->plan.count++] = step;
}

/* The benchmark's own name, after its package when there are several. */
static const char *prefix_for(struct planner *p, const char *package, const char *benchmark,
                              bool several)
{
    struct ak_buf name = AK_BUF_INIT;
    struct ak_buf clean = AK_BUF_INIT;
    if (several && package) {
        ak_buf_puts(&name, ak_path_base(package));
        ak_buf_puts(&name, benchmark ? "_" : "");
    }
    ak_buf_puts(&name, benchmark ? benchmark + strlen("Benchmark") : "");
    if (name.len > 0) {
        ak_sanitize_filename(&clean, ak_buf_view(&name));
    }
    const char *kept = ak_arena_strdup(p->arena, clean.ptr ? clean.ptr : "");
    ak_buf_release(&name);
    ak_buf_release(&clean);
    return kept;
}

static enum ak_status plan_package(struct planner *p, const char *package, bool several,
                                   struct ak_error *err)
{
    if (!p->opts->profile_each) {
        add_profiled(p, package, prefix_for(p, package, NULL, several), NULL);
        return AK_OK;
    }
    struct collector_lines benchmarks = {0};
    const enum ak_status st =
        list_benchmarks(p->line, package, p->opts->dir, p->arena, &benchmarks, err);
    for (size_t i = 0; st == AK_OK && i < benchmarks.count; i++) {
        add_profiled(p, package, prefix_for(p, package, benchmarks.items[i], several),
                     benchmarks.items[i]);
    }
    return st;
}

static enum ak_status plan_profiled(struct planner *p, struct ak_error *err)
{
    const struct collector_command_line *c = p->line;
    if (c->program == COLLECTOR_PROGRAM_OTHER) {
        return ak_fail(err, AK_USAGE,
                       "profiles can be added to `go test`, akbench and test binaries only; for "
                       "another command let it write *.prof files, which are picked up");
    }
    enum ak_status st = make_temporary(p, err);
    struct collector_lines packages = {0};
    if (st == AK_OK && c->program == COLLECTOR_PROGRAM_GO_TEST) {
        st = list_packages(c, p->opts->dir, p->arena, &packages, err);
    }
    if (st != AK_OK) {
        return st;
    }
    if (packages.count <= 1) {
        return plan_package(p, NULL, false, err);
    }
    for (size_t i = 0; st == AK_OK && i < packages.count; i++) {
        st = plan_package(p, packages.items[i], true, err);
    }
    return st;
}

static enum ak_status make_plan(struct planner *p, struct ak_error *err)
{
    const unsigned count = p->opts->count ? p->opts->count : 1;
    if (p->opts->profiles || p->opts->profile_each) {
        const enum ak_status st = plan_profiled(p, err);
        if (st == AK_OK && p->plan.count == 0) {
            return ak_fail(err, AK_NOT_JUDGED, "no benchmark matches -bench=%s",
                           p->line->bench ? p->line->bench : ".");
        }
        return st;
    }
    for (unsigned i = 0; i < count; i++) {
        AK_GROW(p->plan.steps, p->plan.count + 1, p->cap);
        p->plan.steps[p->plan.count++] = (struct collector_step){.argv = p->opts->argv, .what = ""};
    }
    return AK_OK;
}

enum ak_status collector_plan_make(const struct ak_record_opts *opts,
                                   const struct collector_command_line *line,
                                   struct ak_arena *arena, struct collector_plan *out,
                                   struct ak_error *err)
{
    struct planner p = {.opts = opts, .line = line, .arena = arena};
    const enum ak_status st = make_plan(&p, err);
    if (st == AK_OK) {
        *out = p.plan;
        out->steps = ak_arena_copy(arena, p.plan.steps, p.plan.count * sizeof *p.plan.steps);
    } else {
        collector_plan_end(&p.plan);
    }
    ak_free(p.plan.steps);
    return st;
}

void collector_plan_end(const struct collector_plan *plan)
{
    DIR *dir = plan->temporary ? opendir(plan->temporary) : NULL;
    if (!dir) {
        return;
    }
    for (struct dirent *e; (e = readdir(dir));) {
        unlinkat(dirfd(dir), e->d_name, 0); /* "." and ".." refuse */
    }
    closedir(dir);
    rmdir(plan->temporary);
}
