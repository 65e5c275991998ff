/* What the readers of JSON formats share: taking one measured value with its checks. */
#ifndef COLLECTOR_READER_VALUE_H
#define COLLECTOR_READER_VALUE_H

#include "reader.h"

/* Adds one value of a benchmark; refuses what is not finite, naming file and benchmark. The
 * direction comes from the unit. */
enum ak_status collector_reader_value(const struct collector_source *src, struct collector_build *b,
                                      struct collector_sample *s, double value,
                                      struct ak_error *err);

/* The array `key` of numbers, each times `factor`; elements that are no numbers are refused. The
 * iterations of s are kept. *out_count is how many were added. */
struct collector_array {
    const struct ak_json_node *items; /* an array, or NULL for none */
    double factor;
};
enum ak_status collector_reader_array(const struct collector_source *src, struct collector_build *b,
                                      struct collector_sample *s,
                                      const struct collector_array *array, struct ak_error *err);

#endif
