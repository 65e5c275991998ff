/* Writing a profile as protobuf, in the field order of Go's runtime (for profiles that Go wrote the
 * result is the original, byte for byte) or of google/pprof's own writer. */
#ifndef PROFILE_ENCODE_H
#define PROFILE_ENCODE_H

#include "profile/profile.h"

enum ak_encode_order {
    AK_ENCODE_PPROF, /* google/pprof profile.Write: strings renumbered, tables in field order */
    AK_ENCODE_GO_RUNTIME, /* runtime/pprof: locations and functions at first use, strings last */
};

/* Appends the uncompressed protobuf of p to out. */
void ak_profile_encode(const struct ak_profile *p, enum ak_encode_order order, struct ak_buf *out);

#endif
