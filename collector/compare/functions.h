/* The values of a profile by function, in dense arrays. */
#ifndef COLLECTOR_FUNCTIONS_H
#define COLLECTOR_FUNCTIONS_H

#include "base/idmap.h"
#include "profile/profile.h"

/* Names of both sides of a difference; equal up to the module's major version is equal. */
struct function_names {
    struct ak_arena *arena;
    struct ak_intern keys; /* without "/vN" */
    struct function_name {
        struct ak_str name; /* as last seen */
        struct ak_str file;
        int64_t line;
    } * items;
    size_t cap;
    struct ak_str module; /* "github.com/tochemey/goakt", empty when not known */
};
void collector_function_names_init(struct function_names *n, const char *package,
                                   struct ak_arena *arena);
void collector_function_names_release(struct function_names *n);

/* A name without the first "/vN" part; may use `scratch`. */
struct ak_str collector_without_version(struct ak_str name, struct ak_buf *scratch);

/* The index of a sample type, or -1. */
int collector_type_find(const struct ak_profile *p, struct ak_str name);
/* Sampled events behind one sample, whose count is value `count_type` (-1: each sample is one). A
 * heap profile has been scaled up, and its bytes follow its counts: an object of `size` bytes is
 * sampled with probability 1 - exp(-size / period), so that much of the count was seen. At least 1.
 */
double collector_sampled_events(const struct ak_profile *p, int count_type, bool is_heap,
                                const int64_t *values);

struct function_values { /* arrays by function id, `count` long */
    double *own, *cum;
    double *events;   /* sampled events in own */
    double *variance; /* of own, from sampling */
    size_t count;
    double total;
};
/* Sums value type `type` of the profile. False when it has no such type. Freed by release. */
bool collector_function_values(const struct ak_profile *p, struct ak_str type,
                               struct function_names *names, struct function_values *out);
/* Takes away what was counted earlier in the same process: events that both hold cancel. */
void collector_function_values_minus(struct function_values *v,
                                     const struct function_values *earlier);
void collector_function_values_release(struct function_values *v);

#endif
