/* JUnit XML as CI servers read it: suites of cases that pass, fail, or are an error (not judged).
 */
#ifndef REPORTER_JUNIT_H
#define REPORTER_JUNIT_H

#include "base/buf.h"

enum junit_result { JUNIT_PASS, JUNIT_FAILURE, JUNIT_ERROR, JUNIT_SKIPPED };

struct junit_case {
    const char *suite, *name;
    enum junit_result result;
    const char *message; /* one line */
    const char *detail;  /* lines of text in the element, "" for none */
};

/* Cases of the same suite stand together. */
void reporter_junit_write(const char *name, const struct junit_case *cases, size_t count,
                          struct ak_buf *out);

#endif
