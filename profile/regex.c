#include "profile/regex.h"

#include "base/buf.h"
#include "base/mem.h"
#include "regex_syntax.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

struct ak_regex {
    char *text;
    size_t len;
    bool is_literal; /* text itself is what has to occur: no engine needed */
    bool exceeded;
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *limits;
};

/* Work units of one match. 10^6 take some 10 ms; sane expressions on names need below 10^3. */
enum { MATCH_LIMIT = 1000000, NESTING_LIMIT = 1000 };

static enum ak_status compile_code(struct ak_regex *rx, struct ak_str translated,
                                   struct ak_error *err)
{
    pcre2_compile_context *ctx = pcre2_compile_context_create(NULL);
    pcre2_set_newline(ctx, PCRE2_NEWLINE_LF);
    pcre2_set_parens_nest_limit(ctx, NESTING_LIMIT);
    const uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOLLAR_ENDONLY |
                             PCRE2_ALT_CIRCUMFLEX | PCRE2_NEVER_BACKSLASH_C | PCRE2_DUPNAMES |
                             PCRE2_NO_AUTO_CAPTURE;
    int code = 0;
    PCRE2_SIZE at = 0;
    rx->code = pcre2_compile((PCRE2_SPTR)translated.ptr, translated.len, options, &code, &at, ctx);
    pcre2_compile_context_free(ctx);
    if (!rx->code) {
        /* Our own reader accepted it: only names of scripts and sizes are left to complain about.
         */
        const bool unknown_property = code == 147 || code == 146;
        return ak_fail(err, AK_USAGE, "error parsing regexp: %s: `%.*s`",
                       unknown_property ? "invalid character class range" : "expression too large",
                       (int)rx->len, rx->text);
    }
    rx->data = pcre2_match_data_create(1, NULL);
    rx->limits = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(rx->limits, MATCH_LIMIT);
    return AK_OK;
}

enum ak_status ak_regex_compile(struct ak_str pattern, struct ak_regex **out, struct ak_error *err)
{
    struct ak_buf translated = AK_BUF_INIT;
    bool is_literal = false;
    enum ak_status st = profile_regex_translate(pattern, &translated, &is_literal, err);
    if (st == AK_OK) {
        struct ak_regex *rx = ak_calloc(1, sizeof *rx);
        rx->text = ak_strndup(pattern.ptr, pattern.len);
        rx->len = pattern.len;
        rx->is_literal = is_literal;
        if (!is_literal) {
            st = compile_code(rx, ak_buf_view(&translated), err);
        }
        if (st == AK_OK) {
            *out = rx;
        } else {
            ak_regex_free(rx);
        }
    }
    ak_buf_release(&translated);
    return st;
}

void ak_regex_free(struct ak_regex *rx)
{
    if (rx) {
        pcre2_match_context_free(rx->limits);
        pcre2_match_data_free(rx->data);
        pcre2_code_free(rx->code);
        ak_free(rx->text);
        ak_free(rx);
    }
}

bool ak_regex_match(struct ak_regex *rx, struct ak_str s)
{
    if (rx->is_literal) {
        return ak_str_find(s, (struct ak_str){rx->text, rx->len}) >= 0;
    }
    if (rx->exceeded) {
        return false;
    }
    const char *subject = s.len ? s.ptr : "";
    const int n = pcre2_match(rx->code, (PCRE2_SPTR)subject, s.len, 0, 0, rx->data, rx->limits);
    if (n < 0 && n != PCRE2_ERROR_NOMATCH) {
        rx->exceeded = true;
    }
    return n >= 0;
}

bool ak_regex_exceeded(const struct ak_regex *rx)
{
    return rx && rx->exceeded;
}

struct ak_str ak_regex_text(const struct ak_regex *rx)
{
    return (struct ak_str){rx->text, rx->len};
}
