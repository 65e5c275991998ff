/* All benchmarks, in the order in which they run. */
#include "base/mem.h"
#include "harness.h"

#include <string.h>

static const struct bench_case *const suites[] = {bench_shutdown_suite, bench_actor_suite,
                                                  bench_message_suite, bench_cluster_suite};

const struct bench_case *bench_case_at(size_t i)
{
    for (size_t k = 0; k < AK_COUNT(suites); k++) {
        for (const struct bench_case *c = suites[k]; c->name != NULL; c++) {
            if (i-- == 0) {
                return c;
            }
        }
    }
    return NULL;
}

const struct bench_case *bench_case_find(const char *name)
{
    const struct bench_case *c;
    for (size_t i = 0; (c = bench_case_at(i)) != NULL; i++) {
        if (strcmp(c->name, name) == 0) {
            return c;
        }
    }
    return NULL;
}
