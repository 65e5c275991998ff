/* Streaming JSON writer: commas, nesting and escapes are its business. Numbers are written so that
 * they read back equal; NaN and infinities become null. Invalid UTF-8 becomes U+FFFD. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"

struct ak_json {
    struct ak_buf *out; /* keeps */
    unsigned depth;
    unsigned indent; /* blanks per level, 0: one line */
    bool need_comma;
    bool after_key;
    uint64_t is_array; /* bit per depth (64 levels) */
};

void ak_json_init(struct ak_json *j, struct ak_buf *out, unsigned indent);
void ak_json_object(struct ak_json *j);
void ak_json_array(struct ak_json *j);
void ak_json_end(struct ak_json *j); /* closes the innermost */
void ak_json_key(struct ak_json *j, const char *key);
void ak_json_str(struct ak_json *j, struct ak_str s);
void ak_json_cstr(struct ak_json *j, const char *s); /* NULL becomes null */
void ak_json_i64(struct ak_json *j, int64_t v);
void ak_json_f64(struct ak_json *j, double v);
void ak_json_bool(struct ak_json *j, bool v);
void ak_json_null(struct ak_json *j);
/* key and value in one call. */
void ak_json_kstr(struct ak_json *j, const char *key, const char *s);
void ak_json_ki64(struct ak_json *j, const char *key, int64_t v);
void ak_json_kf64(struct ak_json *j, const char *key, double v);
void ak_json_kbool(struct ak_json *j, const char *key, bool v);

/* Appends s with JSON string escapes, without quotes. `</` becomes `<\/` so that the text may stand
 * inside a script element. */
void ak_json_escape(struct ak_buf *out, struct ak_str s);

#endif
