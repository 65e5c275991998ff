/* Lines of a text input: any length to 64 MiB, LF or CRLF, byte order mark, UTF-16 of both orders.
 */
#ifndef COLLECTOR_BENCH_INPUT_H
#define COLLECTOR_BENCH_INPUT_H

#include "base/io.h"

#define COLLECTOR_MAX_LINE ((size_t)64 << 20)

enum collector_encoding { COLLECTOR_UTF8, COLLECTOR_UTF16_LE, COLLECTOR_UTF16_BE };

struct collector_input {
    struct ak_reader *reader; /* owns */
    struct ak_str piece;      /* what is not yet given of the current piece, as UTF-8 */
    struct ak_buf carry;      /* a line that crosses pieces */
    struct ak_buf utf8;       /* a piece converted from UTF-16 */
    uint64_t line;            /* number of the line given last */
    enum collector_encoding encoding;
    bool started, ended;
    uint8_t odd_byte; /* UTF-16: first half of a unit at the end of a piece */
    bool has_odd_byte;
    uint16_t high_surrogate; /* 0: none waits */
};

/* The text as UTF-8, without a byte order mark: `text` itself or, from UTF-16, in `out`. */
struct ak_str collector_input_utf8(struct ak_str text, struct ak_buf *out);

/* Takes `reader`. */
void collector_input_init(struct collector_input *in, struct ak_reader *reader_take);
void collector_input_release(struct collector_input *in);
/* The next line without its end, borrowed until the next call. *out_more is false at the end. */
enum ak_status collector_input_line(struct collector_input *in, struct ak_str *out_line,
                                    bool *out_more, struct ak_error *err) AK_MUST_USE;

#endif
