/* Reading a profile: streaming walk over gzip and protobuf with caps; validation; encoding. */
#ifndef PROFILE_DECODE_H
#define PROFILE_DECODE_H

#include "profile/profile.h"

/* Reads a profile from a reader (gzipped or plain protobuf). Streams: memory is the flat tables of
 * the model, never the inflated file. Refuses, naming file and reason: no protobuf, wrong wire
 * types, truncated fields, ids that are 0, double or missing, value counts that differ from the
 * sample types, a non-empty string 0, string indexes out of range, concatenated profiles, anything
 * beyond the limits. A line with function id 0 is accepted and has no function.
 *
 * Content that begins as one of the formats of before protobuf is read as that (whole, not
 * streamed): gperftools CPU, heap and growth profiles, Go's debug=1 texts, threadz, contentionz,
 * Java. Returns owned. */
enum ak_status ak_profile_decode(struct ak_reader *r, const struct ak_limits *limits,
                                 struct ak_profile **out, struct ak_error *err) AK_MUST_USE;
/* Opens `path` ("-": standard input) and decodes it. */
enum ak_status ak_profile_load(const char *path, const struct ak_limits *limits,
                               struct ak_profile **out, struct ak_error *err) AK_MUST_USE;
/* From bytes in memory, gzipped or not; `name` is for messages. */
enum ak_status ak_profile_decode_bytes(const char *name, struct ak_str bytes,
                                       const struct ak_limits *limits, struct ak_profile **out,
                                       struct ak_error *err) AK_MUST_USE;

/* True when the first bytes (after gunzip) look like a protobuf profile: cheap, for finding the
 * kind of a file. */
bool ak_profile_sniff(struct ak_str inflated_head);
/* The same for the formats of before protobuf; `inflated_head` holds 4 KiB or all of the file. */
bool ak_profile_sniff_legacy(struct ak_str inflated_head);

/* What google/pprof refuses and ak_profile_decode does not: a line without a function. AK_CORRUPT
 * with pprof's words. O(locations). */
enum ak_status ak_profile_check_compat(const struct ak_profile *p,
                                       struct ak_error *err) AK_MUST_USE;

#endif
