/* Fingerprints of source lines, equal to the primaryLocationLineHash that GitHub's code scanning
 * computes at upload: a line keeps its alert when lines above it come or go. */
#ifndef REPORTER_FINGERPRINT_H
#define REPORTER_FINGERPRINT_H

#include "base/arena.h"

struct ak_fingerprint {
    uint64_t hash;
    uint32_t occurrence; /* among equal hashes of the file, from 1 */
};

/* One for each line of a source, in arena; line i is [i - 1], and the end of the text behind a line
 * end is a line too. The hash is the polynomial to base 37, modulo 2^64, over the 100 UTF-16 units
 * from the start of the line that are no blank or tab, where all kinds of line ends are one, the
 * end of the text is 65535 and zeros follow. AK_FORMAT when the source is no UTF-8, AK_LIMIT beyond
 * 64 MiB. O(bytes). */
enum ak_status ak_fingerprint_lines(struct ak_str source, struct ak_arena *arena,
                                    struct ak_fingerprint **out, size_t *out_count,
                                    struct ak_error *err) AK_MUST_USE;

#endif
