#include "bench_input.h"

void collector_input_init(struct collector_input *in, struct ak_reader *reader_take)
{
    *in = (struct collector_input){.reader = reader_take};
    in->carry.max = COLLECTOR_MAX_LINE;
}

void collector_input_release(struct collector_input *in)
{
    ak_reader_close(in->reader);
    ak_buf_release(&in->carry);
    ak_buf_release(&in->utf8);
    in->reader = NULL;
}

/* Byte order marks decide; without one, an ASCII letter beside a zero byte does. */
static void find_encoding(struct collector_input *in)
{
    const uint8_t *p = (const uint8_t *)in->piece.ptr;
    const size_t n = in->piece.len;
    size_t skip = 0;
    if (n >= 3 && p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf) {
        skip = 3;
    } else if (n >= 2 && p[0] == 0xff && p[1] == 0xfe) {
        in->encoding = COLLECTOR_UTF16_LE;
        skip = 2;
    } else if (n >= 2 && p[0] == 0xfe && p[1] == 0xff) {
        in->encoding = COLLECTOR_UTF16_BE;
        skip = 2;
    } else if (n >= 4 && p[0] && !p[1] && p[2] && !p[3]) {
        in->encoding = COLLECTOR_UTF16_LE;
    } else if (n >= 4 && !p[0] && p[1] && !p[2] && p[3]) {
        in->encoding = COLLECTOR_UTF16_BE;
    }
    in->piece = ak_str_slice(in->piece, skip, n);
}

static void add_rune(struct ak_buf *out, uint32_t rune)
{
    char bytes[4];
    ak_buf_add(out, bytes, ak_utf8_encode(rune, bytes));
}

static void add_utf16(struct collector_input *in, uint16_t unit)
{
    const bool is_high = unit >= 0xd800 && unit < 0xdc00, is_low = unit >= 0xdc00 && unit < 0xe000;
    if (in->high_surrogate && is_low) {
        const uint32_t high = in->high_surrogate - 0xd800u, low = unit - 0xdc00u;
        add_rune(&in->utf8, 0x10000 + (high << 10) + low);
        in->high_surrogate = 0;
        return;
    }
    if (in->high_surrogate) {
        add_rune(&in->utf8, 0xfffd);
        in->high_surrogate = 0;
    }
    if (is_high) {
        in->high_surrogate = unit;
    } else {
        add_rune(&in->utf8, is_low ? 0xfffd : unit);
    }
}

/* Replaces the piece by its UTF-8; halves of a character wait for the next piece. */
static void convert_utf16(struct collector_input *in)
{
    ak_buf_reset(&in->utf8);
    for (size_t i = 0; i < in->piece.len; i++) {
        const uint8_t byte = (uint8_t)in->piece.ptr[i];
        if (!in->has_odd_byte) {
            in->odd_byte = byte;
            in->has_odd_byte = true;
            continue;
        }
        in->has_odd_byte = false;
        const unsigned first = in->odd_byte, second = byte;
        add_utf16(in, (uint16_t)(in->encoding == COLLECTOR_UTF16_LE ? second << 8 | first
                                                                    : first << 8 | second));
    }
    in->piece = ak_buf_view(&in->utf8);
}

struct ak_str collector_input_utf8(struct ak_str text, struct ak_buf *out)
{
    struct collector_input in = {.piece = text};
    find_encoding(&in);
    if (in.encoding == COLLECTOR_UTF8) {
        return in.piece;
    }
    convert_utf16(&in);
    *out = in.utf8;
    return ak_buf_view(out);
}

/* Fills the piece; at the end of the input `ended` is set and the piece is empty. */
static enum ak_status next_piece(struct collector_input *in, struct ak_error *err)
{
    do {
        const enum ak_status st = ak_reader_next(in->reader, &in->piece, err);
        if (st != AK_OK) {
            return st;
        }
        if (in->piece.len == 0) {
            in->ended = true;
            return AK_OK;
        }
        if (!in->started) {
            in->started = true;
            find_encoding(in);
        }
        if (in->encoding != COLLECTOR_UTF8) {
            convert_utf16(in);
        }
    } while (in->piece.len == 0);
    return AK_OK;
}

static struct ak_str without_cr(struct ak_str line)
{
    return line.len > 0 && line.ptr[line.len - 1] == '\r' ? ak_str_slice(line, 0, line.len - 1)
                                                          : line;
}

/* A line that crosses pieces: collected in carry. */
static enum ak_status collect_line(struct collector_input *in, struct ak_str *out_line,
                                   struct ak_error *err)
{
    for (;;) {
        const char *const end = in->piece.len ? memchr(in->piece.ptr, '\n', in->piece.len) : NULL;
        const size_t n = end ? (size_t)(end - in->piece.ptr) : in->piece.len;
        ak_buf_add(&in->carry, in->piece.ptr, n);
        if (in->carry.overflow) {
            return ak_fail(err, AK_LIMIT, "%s:%llu: a line of more than %zu MiB",
                           ak_reader_name(in->reader), (unsigned long long)in->line,
                           COLLECTOR_MAX_LINE >> 20);
        }
        in->piece = ak_str_slice(in->piece, end ? n + 1 : n, in->piece.len);
        if (end || in->ended) {
            *out_line = without_cr(ak_buf_view(&in->carry));
            return AK_OK;
        }
        const enum ak_status st = next_piece(in, err);
        if (st != AK_OK) {
            return st;
        }
    }
}

enum ak_status collector_input_line(struct collector_input *in, struct ak_str *out_line,
                                    bool *out_more, struct ak_error *err)
{
    if (in->piece.len == 0 && !in->ended) {
        const enum ak_status st = next_piece(in, err);
        if (st != AK_OK) {
            return st;
        }
    }
    *out_more = in->piece.len > 0;
    if (!*out_more) {
        return AK_OK;
    }
    in->line++;
    const char *const end = memchr(in->piece.ptr, '\n', in->piece.len);
    if (end) {
        const size_t n = (size_t)(end - in->piece.ptr);
        *out_line = without_cr((struct ak_str){in->piece.ptr, n});
        in->piece = (struct ak_str){end + 1, in->piece.len - n - 1};
        return AK_OK;
    }
    ak_buf_reset(&in->carry);
    return collect_line(in, out_line, err);
}
