/* Status codes and errors: how every function of akreport reports failure.
 *
 * A function that can fail returns `enum ak_status` and takes `struct ak_error *err` last. The
 * first failure wins: it is set where it happens, and callers only prefix context ("run 12: ...").
 * `err` may be NULL. Out parameters are named out_... and are not touched on failure. */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* code, text for people, exit code of the program */
#define AK_STATUS_MAP(X)                                                                           \
    X(OK, "ok", 0)                                                                                 \
    X(USAGE, "wrong use", 2)                                                                       \
    X(NOT_FOUND, "not found", 2)                                                                   \
    X(IO, "cannot be read or written", 2)                                                          \
    X(FORMAT, "not in a format that is known", 2)                                                  \
    X(CORRUPT, "damaged", 2)                                                                       \
    X(LIMIT, "larger than the limit", 2)                                                           \
    X(OVERFLOW, "sum does not fit in 64 bits", 2)                                                  \
    X(UNSUPPORTED, "not supported", 2)                                                             \
    X(BUSY, "in use by another process", 2)                                                        \
    X(NO_SPACE, "no space left", 2)                                                                \
    X(NOT_JUDGED, "could not be judged", 3)                                                        \
    X(CANCELLED, "cancelled", 2)

enum ak_status {
#define X(code, text, exit_code) AK_##code,
    AK_STATUS_MAP(X)
#undef X
        AK_STATUS_COUNT
};

#define AK_MUST_USE __attribute__((warn_unused_result))
#define AK_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define AK_NORETURN _Noreturn

struct ak_error {
    enum ak_status status;
    char text[512]; /* one line, without newline, UTF-8, cut on a character boundary */
};

/* Sets err (when not NULL) and returns `status`, so that a failure is one return statement. */
enum ak_status ak_fail(struct ak_error *err, enum ak_status status, const char *fmt, ...)
    AK_PRINTF(3, 4);

/* As ak_fail, with ": " and the text of errno `errnum` appended. ENOSPC and EDQUOT become
 * AK_NO_SPACE, ENOENT AK_NOT_FOUND, whatever `status` was given. */
enum ak_status ak_fail_errno(struct ak_error *err, enum ak_status status, int errnum,
                             const char *fmt, ...) AK_PRINTF(4, 5);

/* Puts "context: " before the text of err and returns err's status (AK_OK stays AK_OK and is
 * left alone). `status` is what the callee returned; it is returned when err is NULL. */
enum ak_status ak_prefix(struct ak_error *err, enum ak_status status, const char *fmt, ...)
    AK_PRINTF(3, 4);

/* The text and the exit code of a status, from the table above. */
const char *ak_status_text(enum ak_status status);
int ak_status_exit(enum ak_status status);

#ifdef __cplusplus
}
#endif

#endif
