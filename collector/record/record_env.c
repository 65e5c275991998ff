#include "record_env.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define MAX_FACTS 16

extern char **environ;

/* Variables that change what a benchmark costs, and none that could hold a secret. One that ends in
 * "_" stands for all that begin so. */
static const char *const telling[] = {
    "AK_MEMPROFILERATE",
    "CGO_ENABLED",
    "GLIBC_TUNABLES",
    "GOAKT_PROFILE_",
    "GOAMD64",
    "GOARM64",
    "GODEBUG",
    "GOEXPERIMENT",
    "GOFLAGS",
    "GOGC",
    "GOMAXPROCS",
    "GOMEMLIMIT",
    "LD_PRELOAD",
    "MALLOC_",
    "OMP_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "TOKIO_WORKER_THREADS",
};

static bool is_telling(const char *variable)
{
    const size_t name = strcspn(variable, "=");
    for (size_t i = 0; i < AK_COUNT(telling); i++) {
        const size_t n = strlen(telling[i]);
        if (strncmp(variable, telling[i], n) == 0 && (telling[i][n - 1] == '_' || n == name)) {
            return true;
        }
    }
    return false;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "GODEBUG=madvdontneed=1 GOGC=50", sorted; "none" so that runs with and without any differ. */
static const char *variables_text(struct ak_arena *arena)
{
    size_t count = 0, all = 0;
    while (environ[all]) {
        all++;
    }
    const char **found = AK_NEW_ARRAY(arena, const char *, all);
    for (size_t i = 0; i < all; i++) {
        if (is_telling(environ[i])) {
            found[count++] = environ[i];
        }
    }
    qsort(found, count, sizeof *found, by_text);
    const char *text = count > 0 ? found[0] : "none";
    for (size_t i = 1; i < count; i++) {
        text = ak_arena_printf(arena, "%s %s", text, found[i]);
    }
    return ak_arena_strdup(arena, text);
}

static struct collector_facts take(const char *go, const char *dir, struct ak_arena *arena)
{
    struct collector_facts f = {.host = ak_host_facts(arena),
                                .git = ak_git_facts(arena, dir ? dir : "."),
                                .compiler = "",
                                .time_ns = ak_clock_wall_ns()};
    if (go) {
        const char *const argv[] = {go, "version", NULL};
        const struct ak_str version = ak_str_from(ak_command_line1(arena, argv));
        const struct ak_str prefix = AK_STR("go version ");
        f.compiler = ak_str_starts(version, prefix) ? version.ptr + prefix.len : version.ptr;
    }
    return f;
}

struct collector_facts collector_facts_take(const struct collector_command_line *line,
                                            const char *dir, struct ak_arena *arena)
{
    const bool is_go = line->program == COLLECTOR_PROGRAM_GO_TEST;
    return take(is_go ? line->argv[line->flags_at - 2] : NULL, dir, arena);
}

struct collector_facts collector_facts_of_shell(const char *command, const char *dir,
                                                struct ak_arena *arena)
{
    const char *go = strstr(command, "go test ") ? "go" : NULL;
    const size_t n = strncmp(command, "cd ", 3) == 0 ? strcspn(command + 3, " ;&|'\"$") : 0;
    if (n == 0) {
        return take(go, dir, arena);
    }
    const char *folder = ak_arena_strndup(arena, command + 3, n);
    return take(go, dir && folder[0] != '/' ? ak_arena_printf(arena, "%s/%s", dir, folder) : folder,
                arena);
}

static void add(struct ak_run *run, const char *key, const char *value)
{
    if (value[0] && !ak_run_env(run, key)[0]) {
        run->env[run->env_count++] = (struct ak_kv){key, value};
    }
}

void collector_facts_add(const struct collector_facts *facts, struct ak_run *run,
                         struct ak_arena *arena)
{
    const struct ak_host *h = &facts->host;
    struct ak_kv *env = AK_NEW_ARRAY(arena, struct ak_kv, run->env_count + MAX_FACTS);
    if (run->env_count > 0) {
        memcpy(env, run->env, run->env_count * sizeof *env);
    }
    run->env = env;
    add(run, "host", h->hostname);
    add(run, "os", h->os);
    add(run, "kernel", h->kernel);
    add(run, "arch", h->arch);
    add(run, "cpu", h->cpu_model);
    add(run, "cores", ak_arena_printf(arena, "%u", h->cores));
    add(run, "governor", h->governor);
    add(run, "memory", ak_arena_printf(arena, "%llu", (unsigned long long)h->memory_bytes));
    add(run, "compiler", facts->compiler);
    add(run, "variables", variables_text(arena));
    add(run, "load1", ak_arena_printf(arena, "%.2f", h->load1));
    add(run, "load1_after", ak_arena_printf(arena, "%.2f", ak_host_facts(arena).load1));
    add(run, "commit_time", facts->git.commit_time);
    if (!run->commit[0]) {
        run->commit = facts->git.commit;
        run->dirty = facts->git.dirty;
    }
    if (!run->branch[0]) {
        run->branch = facts->git.branch;
    }
}
