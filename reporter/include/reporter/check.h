/* What a check found, as bytes: pure functions from model to text. All append to `out`. */
#ifndef REPORTER_CHECK_H
#define REPORTER_CHECK_H

#include "base/buf.h"
#include "store/verdict.h"

struct ak_check_text_opts {
    bool color;
    bool explain; /* the evidence below each row */
};
void ak_check_text(const struct ak_check *check, const struct ak_check_text_opts *opts,
                   struct ak_buf *out);
void ak_check_json(const struct ak_check *check, struct ak_buf *out);
void ak_check_markdown(const struct ak_check *check, struct ak_buf *out);
/* JUnit: a suite per criterion, a case per benchmark; not judged is an error. */
void ak_check_junit(const struct ak_check *check, struct ak_buf *out);
/* "2 failed, 13 passed, 1 not judged". */
void ak_check_headline(const struct ak_check *check, struct ak_buf *out);

#endif
