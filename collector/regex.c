#include "regex.h"

#include "base/mem.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define MATCH_LIMIT 1000000

struct collector_regex {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
};

enum ak_status collector_regex_new(struct ak_str pattern, const char *what,
                                   struct collector_regex **out, struct ak_error *err)
{
    int code = 0;
    PCRE2_SIZE at = 0;
    pcre2_code *re =
        pcre2_compile((PCRE2_SPTR)(pattern.len ? pattern.ptr : ""), pattern.len,
                      PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOLLAR_ENDONLY, &code, &at, NULL);
    if (!re) {
        PCRE2_UCHAR text[128];
        pcre2_get_error_message(code, text, sizeof text);
        return ak_fail(err, AK_USAGE, "%s: regular expression \"%.*s\", character %zu: %s", what,
                       (int)(pattern.len < 200 ? pattern.len : 200), pattern.ptr, (size_t)at + 1,
                       (const char *)text);
    }
    struct collector_regex *r = ak_calloc(1, sizeof *r);
    r->code = re;
    r->data = pcre2_match_data_create_from_pattern(re, NULL);
    r->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(r->context, MATCH_LIMIT);
    *out = r;
    return AK_OK;
}

void collector_regex_free(struct collector_regex *r)
{
    if (r) {
        pcre2_match_context_free(r->context);
        pcre2_match_data_free(r->data);
        pcre2_code_free(r->code);
        ak_free(r);
    }
}

bool collector_regex_match(const struct collector_regex *r, struct ak_str text)
{
    return pcre2_match(r->code, (PCRE2_SPTR)(text.ptr ? text.ptr : ""), text.len, 0, 0, r->data,
                       r->context) >= 0;
}
