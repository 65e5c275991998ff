#include "base/status.h"

#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *text;
    int exit_code;
} status_table[AK_STATUS_COUNT] = {
#define X(code, text, exit_code) {text, exit_code},
    AK_STATUS_MAP(X)
#undef X
};

const char *ak_status_text(enum ak_status status)
{
    return status_table[status].text;
}

int ak_status_exit(enum ak_status status)
{
    return status_table[status].exit_code;
}

/* One line, cut on a rune boundary: newlines would let a file name forge a second message. */
static void set_text(struct ak_error *err, const char *text)
{
    const size_t max = sizeof err->text - 1;
    const size_t len = ak_utf8_cut(ak_str_from(text), max);
    for (size_t i = 0; i < len; i++) {
        err->text[i] = text[i] == '\n' || text[i] == '\r' ? ' ' : text[i];
    }
    err->text[len] = '\0';
}

static void AK_PRINTF(2, 0) set_vtext(struct ak_error *err, const char *fmt, va_list ap)
{
    char text[2 * sizeof err->text];
    vsnprintf(text, sizeof text, fmt, ap);
    set_text(err, text);
}

enum ak_status ak_fail(struct ak_error *err, enum ak_status status, const char *fmt, ...)
{
    if (err) {
        err->status = status;
        va_list ap;
        va_start(ap, fmt);
        set_vtext(err, fmt, ap);
        va_end(ap);
    }
    return status;
}

static enum ak_status status_of_errno(enum ak_status status, int errnum)
{
    if (errnum == ENOSPC || errnum == EDQUOT) {
        return AK_NO_SPACE;
    }
    return errnum == ENOENT ? AK_NOT_FOUND : status;
}

enum ak_status ak_fail_errno(struct ak_error *err, enum ak_status status, int errnum,
                             const char *fmt, ...)
{
    status = status_of_errno(status, errnum);
    if (err) {
        va_list ap;
        va_start(ap, fmt);
        set_vtext(err, fmt, ap);
        va_end(ap);
        char reason[128];
        const char *why = strerror_r(errnum, reason, sizeof reason);
        char text[sizeof err->text + sizeof reason];
        snprintf(text, sizeof text, "%s: %s", err->text, why);
        err->status = status;
        set_text(err, text);
    }
    return status;
}

enum ak_status ak_prefix(struct ak_error *err, enum ak_status status, const char *fmt, ...)
{
    if (status == AK_OK || !err) {
        return status;
    }
    char context[sizeof err->text];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(context, sizeof context, fmt, ap);
    va_end(ap);
    char text[2 * sizeof err->text + 4];
    snprintf(text, sizeof text, "%s: %s", context, err->text);
    set_text(err, text);
    return err->status;
}
