/* For tests of the profilers: a cmocka preamble, a file of one's own, sums over a written profile.
 */
#ifndef TEST_PROF_H
#define TEST_PROF_H

/* clang-format off: cmocka.h needs these before it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
/* clang-format on */

#include "profile/decode.h"
#include "runtime/prof.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))

static inline int64_t test_clock_ns(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* A path for one profile; the same buffer each time. */
static inline const char *test_path(void)
{
    static char path[256];
    const char *dir = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/akprof.%ld.pb.gz", dir ? dir : "/tmp", (long)getpid());
    return path;
}

/* Reads the profile at test_path() and removes the file. */
static inline struct ak_profile *test_load(void)
{
    struct ak_profile *p = NULL;
    struct ak_error err = {0};
    if (ak_profile_load(test_path(), NULL, &p, &err) != AK_OK) {
        fail_msg("%s", err.text);
    }
    unlink(test_path());
    return p;
}

static inline bool test_str_is(const struct ak_profile *p, uint32_t i, const char *text)
{
    return ak_str_eq(ak_profile_str(p, i), ak_str_from(text));
}

/* Whether the stack of sample i has the function `name`. */
static inline bool test_has(const struct ak_profile *p, size_t i, const char *name)
{
    for (uint64_t at = p->stack_start[i]; at < p->stack_start[i + 1]; at++) {
        const struct ak_location *const l = &p->locations[p->stack_ids[at]];
        for (uint32_t j = 0; j < l->line_count; j++) {
            const uint32_t f = p->lines[l->first_line + j].function;
            if (f != AK_NO_INDEX && test_str_is(p, p->functions[f].name, name)) {
                return true;
            }
        }
    }
    return false;
}

static inline bool test_has_label(const struct ak_profile *p, size_t i, const char *key,
                                  const char *text)
{
    if (!p->label_start) {
        return false;
    }
    for (uint64_t at = p->label_start[i]; at < p->label_start[i + 1]; at++) {
        if (test_str_is(p, p->labels[at].key, key) && test_str_is(p, p->labels[at].str, text)) {
            return true;
        }
    }
    return false;
}

/* The sum of value `type` over the samples that have function `name` (NULL: all). */
static inline int64_t test_sum(const struct ak_profile *p, unsigned type, const char *name)
{
    int64_t sum = 0;
    for (size_t i = 0; i < p->sample_count; i++) {
        if (!name || test_has(p, i, name)) {
            sum += p->values[i * p->sample_type_count + type];
        }
    }
    return sum;
}

static inline int64_t test_sum_label(const struct ak_profile *p, unsigned type, const char *key,
                                     const char *text)
{
    int64_t sum = 0;
    for (size_t i = 0; i < p->sample_count; i++) {
        if (test_has_label(p, i, key, text)) {
            sum += p->values[i * p->sample_type_count + type];
        }
    }
    return sum;
}

static inline bool test_has_comment(const struct ak_profile *p, const char *part)
{
    for (uint32_t i = 0; i < p->comment_count; i++) {
        if (ak_str_find(ak_profile_str(p, p->comments[i]), ak_str_from(part)) >= 0) {
            return true;
        }
    }
    return false;
}

/* Where signals of the profiler, or a replaced malloc, cannot be had. */
#if defined(__SANITIZE_THREAD__)
#define TEST_NO_CPU 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TEST_NO_CPU 1
#endif
#endif

#endif
