/* The profile formats of before protobuf, as google/pprof reads them (profile/legacy_profile.go and
 * legacy_java_profile.go there name the formats and their quirks). */
#ifndef PROFILE_LEGACY_H
#define PROFILE_LEGACY_H

#include "base/io.h"
#include "profile/profile.h"

/* True when the first bytes of a file (4 KiB or all of it) begin one of the legacy formats. */
bool profile_legacy_sniff(struct ak_str head);

/* Parses the whole content. Returns owned. */
enum ak_status profile_legacy_parse(const char *name, struct ak_str bytes,
                                    const struct ak_limits *limits, struct ak_profile **out,
                                    struct ak_error *err) AK_MUST_USE;

#endif
