/* What the parts of the profilers cost, for bench/self/profilers.sh; "name value" lines. Linked
 * with the private headers of runtime/. prof_micro unwind DEPTH        ns a frame: the last walk
 * again, warm rules, cold rules; the tables prof_micro symbols COUNT FILE  names of COUNT random
 * addresses of this program; seconds, bytes. FILE gets "address<TAB>names, innermost
 * first<TAB>file:line" lines */
#include "base/clock.h"
#include "base/hash.h"
#include "prof_modules.h"
#include "prof_symbols.h"
#include "prof_thread.h"
#include "prof_unwind.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define NOINLINE __attribute__((noinline))

enum { DEPTH_MAX = 100, REPEATS = 2000, ROUNDS = 7 };

static struct runtime_cache cache;
static volatile uint64_t sink;

static int64_t cpu_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* What is forgotten before each walk. */
enum memory { NOTHING, LAST_WALK, ALL };

/* The best of a few rounds of walks from here, in ns a frame. */
static NOINLINE double walk_cost(enum memory forget)
{
    double best = 1e9;
    const struct runtime_stack stack = runtime_thread_stack();
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t frames = 0;
        const int64_t begin = cpu_ns();
        for (int i = 0; i < REPEATS; i++) {
            uint64_t pcs[AK_PROF_DEPTH_MAX];
            struct runtime_walk walk = {.pcs = pcs, .max = AK_PROF_DEPTH_MAX};
            if (forget != NOTHING) {
                cache.step_count = 0;
            }
            runtime_unwind_caller(__builtin_frame_address(0), &stack, forget == ALL ? NULL : &cache,
                                  &walk);
            frames += walk.depth;
        }
        const double ns = (double)(cpu_ns() - begin) / (double)frames;
        best = ns < best ? ns : best;
    }
    return best;
}

static NOINLINE void descend(unsigned depth)
{
    if (depth > 0) {
        descend(depth - 1);
        sink += depth; /* not a tail call */
        return;
    }
    printf("again_ns %.2f\n", walk_cost(NOTHING));
    printf("warm_ns %.2f\n", walk_cost(LAST_WALK));
    printf("cold_ns %.2f\n", walk_cost(ALL));
}

static int unwind(unsigned depth)
{
    if (!runtime_modules_refresh()) {
        return 1;
    }
    const struct runtime_modules_stats s = runtime_modules_stats();
    printf("table_ms %.2f\ntable_mb %.2f\ntable_rows %zu\n", (double)s.build_ns / 1e6,
           (double)s.row_bytes / 1e6, s.rows);
    runtime_reader_list(&cache.reader);
    descend(depth < DEPTH_MAX ? depth : DEPTH_MAX);
    return 0;
}

/* --- names --------------------------------------------------------------------------------- */

static long peak_kb(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss;
}

static int symbols(unsigned count, const char *path)
{
    extern char __executable_start, etext;
    FILE *const out = fopen(path, "w");
    struct runtime_symbol found[RUNTIME_INLINED_MAX];
    if (!out || !runtime_modules_refresh()) {
        return 1;
    }
    const long before_kb = peak_kb();
    const int64_t begin = cpu_ns();
    struct runtime_symbols *const s = runtime_symbols_open();
    const uintptr_t first = (uintptr_t)&__executable_start;
    unsigned named = 0;
    int64_t printing = 0;
    for (unsigned i = 0; i < count; i++) {
        const uint64_t pc = first + ak_hash_u64(i + 1) % ((uintptr_t)&etext - first);
        const struct runtime_module *const m = runtime_module_find(pc, 0);
        const size_t n = m ? runtime_symbols_find(s, m, pc, found) : 0;
        named += n > 0;
        const int64_t print_begin = cpu_ns();
        for (size_t k = 0; k < n; k++) {
            fprintf(out, "%s%s", k == 0 ? "" : " ", found[k].system_name);
        }
        if (n > 0) {
            fprintf(out, "\t%s:%" PRId64 "\t0x%" PRIx64 "\n", found[0].file, found[0].line,
                    pc - m->bias);
        }
        printing += cpu_ns() - print_begin;
    }
    runtime_symbols_close(s);
    printf("symbol_s %.3f\nsymbol_mb %.1f\nnamed %u\n", (double)(cpu_ns() - begin - printing) / 1e9,
           (double)(peak_kb() - before_kb) / 1e3, named);
    return fclose(out) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "unwind") == 0) {
        return unwind((unsigned)strtoul(argv[2], NULL, 10));
    }
    if (argc == 4 && strcmp(argv[1], "symbols") == 0) {
        return symbols((unsigned)strtoul(argv[2], NULL, 10), argv[3]);
    }
    fprintf(stderr, "usage: prof_micro unwind DEPTH | symbols COUNT FILE\n");
    return 2;
}
