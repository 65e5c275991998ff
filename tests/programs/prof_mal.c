/* mallocs and frees of mixed sizes, to count instructions and time: with the C library's malloc (or
 * a preloaded one), or with the runtime's (-DCOUNTED).
 *
 * prof_mal OPS [RATE]   RATE, with -DCOUNTED: samples the heap. Prints CPU ns per op */
#if defined(COUNTED)
#include "runtime/prof.h"
#endif

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SLOTS = 4096 };
static void *slot[SLOTS];

int main(int argc, char **argv)
{
    const uint64_t ops = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    uint64_t seed = 88172645463325252u;
#if defined(COUNTED)
    const uint64_t rate = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    if (rate > 0 && ak_prof_heap_start(rate, NULL) != AK_OK) {
        return 1;
    }
    (void)ak_prof_heap_rate();
#endif
    for (uint64_t i = 0; i < ops; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        const uint64_t kind = (seed >> 33) % 100;
        const size_t size = kind < 75   ? 16 + (seed >> 40) % 64
                            : kind < 98 ? 64 + (seed >> 40) % 1024
                                        : 1024 + (seed >> 40) % 16384;
        void **const at = &slot[(seed >> 20) % SLOTS];
        free(*at);
        *at = malloc(size);
    }
    printf("ns_per_op %.2f\n", (double)clock() * 1e9 / CLOCKS_PER_SEC / (double)(ops + !ops));
    return 0;
}
