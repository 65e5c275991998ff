/* Profiles of random walks over many functions, some inlined: so many edges that the graph of a
 * flat report sieves them. The same for the same seed. */
#ifndef TESTS_RANDOM_WALKS_H
#define TESTS_RANDOM_WALKS_H

#include "profile/build.h"

struct walks {
    uint32_t functions, samples, depth;
    uint32_t seed;
    bool with_losses; /* one value in eight is negative */
};

static inline uint32_t walks_next(uint64_t *state, uint32_t below)
{
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)((*state >> 33) % below);
}

/* Three locations a function: two plain ones, and one where it is inlined into the next function.
 */
static inline void walks_locations(struct ak_build *b, uint32_t functions)
{
    char name[32];
    for (uint32_t f = 0; f < functions; f++) {
        snprintf(name, sizeof name, "f%u", f);
        ak_build_function(b, &(struct ak_function){.name = ak_build_cstr(b, name)});
    }
    for (uint32_t f = 0; f < functions; f++) {
        const struct ak_line lines[2] = {{.function = f, .line = 1},
                                         {.function = (f + 1) % functions, .line = 2}};
        ak_build_location(b, 3u * f, AK_NO_INDEX, lines, 1);
        ak_build_location(b, 3u * f + 1, AK_NO_INDEX, lines, 1);
        ak_build_location(b, 3u * f + 2, AK_NO_INDEX, lines, 2);
    }
}

/* Half of the steps go to the next function but one, the others anywhere: some edges are heavy,
 * most are rare. Even functions never call the one before them but inlined. */
static inline uint32_t walks_step(uint64_t *state, uint32_t from, uint32_t functions)
{
    const uint32_t to = walks_next(state, functions);
    const uint32_t back = (from + functions - to) % functions;
    const bool straight = walks_next(state, 2) || (from % 2 == 0 && (back == 1 || back == 2));
    return straight ? (from + 2) % functions : to;
}

/* Two types. Returns owned. */
static inline struct ak_profile *walks_profile(const struct walks *w)
{
    struct ak_build b;
    uint64_t state = w->seed;
    ak_build_init(&b);
    ak_build_sample_type(&b, "samples", "count");
    ak_build_sample_type(&b, "cpu", "nanoseconds");
    walks_locations(&b, w->functions);
    for (uint32_t i = 0; i < w->samples; i++) {
        uint32_t stack[64];
        uint32_t f = walks_next(&state, w->functions);
        for (uint32_t k = w->depth; k-- > 0;) { /* leaf first */
            stack[k] = 3 * f + walks_next(&state, 3);
            f = walks_step(&state, f, w->functions);
        }
        const int64_t v = 1 + walks_next(&state, 9);
        const int64_t sign = w->with_losses && walks_next(&state, 8) == 0 ? -1 : 1;
        ak_build_sample(&b,
                        &(struct ak_build_sample){.stack = stack,
                                                  .depth = w->depth,
                                                  .values = (int64_t[2]){sign, sign * v * 1000}});
    }
    struct ak_profile *p = ak_build_finish(&b);
    ak_build_release(&b);
    return p;
}

#endif
