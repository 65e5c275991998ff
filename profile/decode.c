#include "profile/decode.h"

#include "base/mem.h"
#include "decoder.h"
#include "legacy/legacy.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

static_assert(offsetof(struct ak_mapping, id) == 0, "resolve.c reads ids at the front");
static_assert(offsetof(struct ak_function, id) == 0, "resolve.c reads ids at the front");
static_assert(offsetof(struct ak_location, id) == 0, "resolve.c reads ids at the front");

/* The fields of a profile message. */
enum {
    F_SAMPLE_TYPE = 1,
    F_SAMPLE,
    F_MAPPING,
    F_LOCATION,
    F_FUNCTION,
    F_STRING,
    F_DROP_FRAMES,
    F_KEEP_FRAMES,
    F_TIME,
    F_DURATION,
    F_PERIOD_TYPE,
    F_PERIOD,
    F_COMMENT,
    F_DEFAULT_TYPE,
    F_DOC_URL,
    F_END
};

/* More than any entry that the other limits let through. */
#define MESSAGE_ROOM (16u << 20)

const char *profile_scalars(const uint8_t *p, const uint8_t *end, uint64_t *v, size_t count)
{
    while (p < end) {
        const size_t number = *p >> 3;
        if ((*p & 0x87) == PROFILE_WIRE_VARINT && number - 1 < count) { /* a tag of one byte */
            p = profile_varint(p + 1, &v[number]);
            if (!p || p > end) {
                return "a varint is damaged";
            }
            continue;
        }
        struct profile_field f = {0};
        const char *bad = profile_field_next(&p, end, &f);
        if (bad) {
            return bad;
        }
        if (f.number <= count) {
            if (f.type != PROFILE_WIRE_VARINT) {
                return PROFILE_WRONG_TYPE;
            }
            v[f.number] = f.value;
        }
    }
    return NULL;
}

static const char *value_type(struct profile_decoder *d, const uint8_t *p, const uint8_t *end,
                              struct ak_value_type *out)
{
    uint64_t v[3] = {0};
    const char *bad = profile_scalars(p, end, v, 2);
    *out = (struct ak_value_type){.type = profile_string_ref(d, v[1]),
                                  .unit = profile_string_ref(d, v[2])};
    return bad;
}

static const char *sample_type(struct profile_decoder *d, const uint8_t *p, const uint8_t *end)
{
    AK_GROW(d->p->sample_types, d->p->sample_type_count + 1u, d->sample_types_cap);
    return value_type(d, p, end, &d->p->sample_types[d->p->sample_type_count++]);
}

static const char *mapping(struct profile_decoder *d, const uint8_t *p, const uint8_t *end)
{
    uint64_t v[11] = {0};
    const char *bad = profile_scalars(p, end, v, 10);
    AK_GROW(d->p->mappings, d->p->mapping_count + 1u, d->mappings_cap);
    d->p->mappings[d->p->mapping_count++] = (struct ak_mapping){
        .id = v[1],
        .start = v[2],
        .limit = v[3],
        .offset = v[4],
        .filename = profile_string_ref(d, v[5]),
        .build_id = profile_string_ref(d, v[6]),
        .has_functions = v[7] != 0,
        .has_filenames = v[8] != 0,
        .has_line_numbers = v[9] != 0,
        .has_inline_frames = v[10] != 0,
    };
    return bad;
}

static const char *function(struct profile_decoder *d, const uint8_t *p, const uint8_t *end)
{
    uint64_t v[6] = {0};
    const char *bad = profile_scalars(p, end, v, 5);
    AK_GROW(d->p->functions, d->p->function_count + 1u, d->functions_cap);
    d->p->functions[d->p->function_count++] = (struct ak_function){
        .id = v[1],
        .name = profile_string_ref(d, v[2]),
        .system_name = profile_string_ref(d, v[3]),
        .filename = profile_string_ref(d, v[4]),
        .start_line = (int64_t)v[5],
    };
    return bad;
}

static const char *line(struct profile_decoder *d, const uint8_t *p, const uint8_t *end)
{
    uint64_t v[4] = {0};
    const char *bad = profile_scalars(p, end, v, 3);
    AK_GROW(d->p->lines, d->p->line_count + 1u, d->lines_cap);
    d->p->lines[d->p->line_count++] = (struct ak_line){
        .function = profile_ref(&d->functions, v[1]),
        .line = (int64_t)v[2],
        .column = (int64_t)v[3],
    };
    return bad;
}

/* One field of a location, at *at: a number into v[], or a line. */
static const char *location_field(struct profile_decoder *d, const uint8_t **at, const uint8_t *end,
                                  uint64_t v[6])
{
    struct profile_field f = {0};
    const char *bad = profile_field_next(at, end, &f);
    if (bad || f.number > 5) {
        return bad;
    }
    if (f.type != (f.number == 4 ? PROFILE_WIRE_BYTES : PROFILE_WIRE_VARINT)) {
        return PROFILE_WRONG_TYPE;
    }
    if (f.number == 4) {
        return line(d, f.bytes, f.bytes + f.value);
    }
    v[f.number] = f.value;
    return NULL;
}

static const char *location(struct profile_decoder *d, const uint8_t *p, const uint8_t *end)
{
    const uint8_t line_tag = 4 << 3 | PROFILE_WIRE_BYTES;
    const uint32_t first_line = d->p->line_count;
    uint64_t v[6] = {0};
    while (p < end) {
        const char *bad = NULL;
        const unsigned number = *p >> 3;
        if (*p == line_tag && end - p > 2 && p[1] <= end - p - 2 && p[1] < 0x80) {
            bad = line(d, p + 2, p + 2 + p[1]); /* nearly all lines are that short */
            p += 2 + p[1];
        } else if ((*p & 7) == PROFILE_WIRE_VARINT && number - 1 < 3) { /* id, mapping, address */
            p = profile_varint(p + 1, &v[number]);
            bad = !p || p > end ? "a varint is damaged" : NULL;
        } else {
            bad = location_field(d, &p, end, v);
        }
        if (bad) {
            return bad;
        }
    }
    const struct ak_location l = {.id = v[1],
                                  .mapping = profile_ref(&d->mappings, v[2]),
                                  .address = v[3],
                                  .is_folded = v[5] != 0,
                                  .first_line = first_line,
                                  .line_count = d->p->line_count - first_line};
    if (l.line_count > d->limits.max_depth) {
        return "it has more lines than the limit";
    }
    AK_GROW(d->p->locations, d->p->location_count + 1u, d->locations_cap);
    d->p->locations[d->p->location_count++] = l;
    return NULL;
}

static const char *string(struct profile_decoder *d, const uint8_t *p, const uint8_t *end)
{
    struct ak_profile *prof = d->p;
    const struct ak_str s = {(const char *)p, (size_t)(end - p)};
    if (prof->string_count == 0 && s.len > 0) {
        return "string 0 must be empty";
    }
    if (prof->string_count >= d->limits.max_strings) {
        return "there are more strings than the limit";
    }
    AK_GROW(prof->strings, prof->string_count + 1u, d->strings_cap);
    prof->strings[prof->string_count++] = s.len ? ak_arena_str(prof->arena, s) : AK_STR("");
    return NULL;
}

static void add_comment(struct profile_decoder *d, uint64_t v)
{
    AK_GROW(d->p->comments, d->p->comment_count + 1u, d->comments_cap);
    d->p->comments[d->p->comment_count++] = profile_string_ref(d, v);
}

static const char *packed_comments(struct profile_decoder *d, const uint8_t *p, const uint8_t *end)
{
    while (p < end) {
        uint64_t v;
        p = profile_varint(p, &v);
        if (!p || p > end) {
            return "a varint is damaged";
        }
        add_comment(d, v);
    }
    return NULL;
}

static const char *number_field(struct profile_decoder *d, uint64_t number, uint64_t v)
{
    struct ak_profile *p = d->p;
    switch (number) {
    case F_DROP_FRAMES:
        p->drop_frames = profile_string_ref(d, v);
        return NULL;
    case F_KEEP_FRAMES:
        p->keep_frames = profile_string_ref(d, v);
        return NULL;
    case F_TIME:
        if (p->time_ns != 0) {
            return "it comes twice: two profiles one after the other are not one profile";
        }
        p->time_ns = (int64_t)v;
        return NULL;
    case F_DURATION:
        p->duration_ns = (int64_t)v;
        return NULL;
    case F_PERIOD:
        p->period = (int64_t)v;
        return NULL;
    case F_COMMENT:
        add_comment(d, v);
        return NULL;
    case F_DEFAULT_TYPE:
        p->default_sample_type = profile_string_ref(d, v);
        return NULL;
    case F_DOC_URL:
        p->doc_url = profile_string_ref(d, v);
        return NULL;
    default:
        return PROFILE_WRONG_TYPE;
    }
}

static const char *bytes_field(struct profile_decoder *d, uint64_t number, const uint8_t *p,
                               const uint8_t *end)
{
    switch (number) {
    case F_SAMPLE:
        return profile_decode_sample(d, p, end);
    case F_LOCATION:
        return location(d, p, end);
    case F_FUNCTION:
        return function(d, p, end);
    case F_STRING:
        return string(d, p, end);
    case F_MAPPING:
        return mapping(d, p, end);
    case F_SAMPLE_TYPE:
        return sample_type(d, p, end);
    case F_PERIOD_TYPE:
        return value_type(d, p, end, &d->p->period_type);
    case F_COMMENT:
        return packed_comments(d, p, end);
    default:
        return PROFILE_WRONG_TYPE;
    }
}

/* What a field is called in messages, and its number in the file where it has one. Problems that a
 * higher limit would solve say "limit". */
static enum ak_status bad_field(const struct profile_decoder *d, uint64_t number, const char *bad,
                                struct ak_error *err)
{
    static const char *const names[F_END] = {
        "field 0",  "sample type", "sample",      "mapping",     "location",
        "function", "string",      "drop_frames", "keep_frames", "time",
        "duration", "period type", "period",      "comment",     "default sample type",
        "document"};
    const char *name = ak_reader_name(d->wire.reader);
    const unsigned long long at = (unsigned long long)profile_wire_offset(&d->wire);
    const enum ak_status status = strstr(bad, "limit") ? AK_LIMIT : AK_CORRUPT;
    if (number == 0 || number >= F_END) {
        return ak_fail(err, status, "%s: before byte %llu: %s", name, at, bad);
    }
    size_t count = 0;
    switch (number) {
    case F_SAMPLE:
        count = d->p->sample_count + 1;
        break;
    case F_LOCATION:
        count = d->p->location_count + 1u;
        break;
    case F_STRING:
        count = d->p->string_count;
        break;
    default:
        break;
    }
    if (count > 0) {
        return ak_fail(err, status, "%s: %s %zu, before byte %llu: %s", name, names[number], count,
                       at, bad);
    }
    return ak_fail(err, status, "%s: %s, before byte %llu: %s", name, names[number], at, bad);
}

static enum ak_status truncated(const struct profile_decoder *d, uint64_t number,
                                struct ak_error *err)
{
    return bad_field(d, number, "the file ends in the middle of it", err);
}

/* The content of a field of `len` bytes, which begins at the window's position. */
static enum ak_status read_bytes(struct profile_decoder *d, uint64_t number, uint64_t len,
                                 struct ak_error *err)
{
    struct profile_wire *w = &d->wire;
    if (number >= F_END) {
        bool is_short;
        const enum ak_status st = profile_wire_skip(w, len, &is_short, err);
        return st == AK_OK && is_short ? truncated(d, number, err) : st;
    }
    const uint64_t max =
        number == F_STRING ? d->limits.max_string_len : d->limits.max_depth * 10 + MESSAGE_ROOM;
    if (len > max) {
        const enum ak_status st = bad_field(d, number, "it is longer than the limit", err);
        return st;
    }
    const enum ak_status st = profile_wire_need(w, (size_t)len, err);
    if (st != AK_OK) {
        return st;
    }
    if ((uint64_t)(w->end - w->at) < len) {
        return truncated(d, number, err);
    }
    const uint8_t *p = w->at;
    w->at += len;
    const char *bad = bytes_field(d, number, p, p + len);
    return bad ? bad_field(d, number, bad, err) : AK_OK;
}

/* A field with a number in it, or with 4 or 8 fixed bytes, which no known field has. */
static enum ak_status read_number(struct profile_decoder *d, uint64_t number, unsigned type,
                                  struct ak_error *err)
{
    struct profile_wire *w = &d->wire;
    uint64_t v = 0;
    const uint8_t *p = w->at;
    switch (type) {
    case PROFILE_WIRE_VARINT:
        p = profile_varint(p, &v);
        break;
    case PROFILE_WIRE_FIXED64:
    case PROFILE_WIRE_FIXED32:
        p += type == PROFILE_WIRE_FIXED64 ? 8 : 4;
        break;
    default:
        return bad_field(d, number, "it is a field of an unknown wire type", err);
    }
    if (!p) {
        return bad_field(d, number, "a varint is longer than 10 bytes", err);
    }
    if (p > w->end) {
        return truncated(d, number, err);
    }
    w->at = p;
    if (number >= F_END) {
        return AK_OK;
    }
    const char *bad = type == PROFILE_WIRE_VARINT ? number_field(d, number, v) : PROFILE_WRONG_TYPE;
    return bad ? bad_field(d, number, bad, err) : AK_OK;
}

/* One field of the profile. The window holds a whole tag and number, or all that is left. */
static enum ak_status read_field(struct profile_decoder *d, struct ak_error *err)
{
    struct profile_wire *w = &d->wire;
    uint64_t tag;
    const uint8_t *p = profile_varint(w->at, &tag);
    if (!p || p > w->end) {
        return bad_field(
            d, F_END,
            p ? "the file ends in the middle of a field" : "a varint is longer than 10 bytes", err);
    }
    w->at = p;
    const uint64_t number = tag >> 3;
    if (number == 0) {
        return bad_field(d, number, "a field has the number 0: this is no profile", err);
    }
    if ((tag & 7) != PROFILE_WIRE_BYTES) {
        return read_number(d, number, (unsigned)(tag & 7), err);
    }
    uint64_t len;
    p = profile_varint(p, &len);
    if (!p || p > w->end) {
        return truncated(d, number, err);
    }
    w->at = p;
    return read_bytes(d, number, len, err);
}

static enum ak_status read_profile(struct profile_decoder *d, struct ak_error *err)
{
    const size_t head = 24; /* at least a tag and a length */
    for (;;) {
        if ((size_t)(d->wire.end - d->wire.at) < head) {
            const enum ak_status st = profile_wire_need(&d->wire, head, err);
            if (st != AK_OK) {
                return st;
            }
            if (d->wire.at == d->wire.end) {
                return profile_resolve(d, err);
            }
        }
        const enum ak_status st = read_field(d, err);
        if (st != AK_OK) {
            return st;
        }
    }
}

/* A text or anything else that was no profile from its first bytes on: an error about some field of
 * it would only puzzle. */
static bool never_was_one(const struct profile_decoder *d, struct ak_str head)
{
    bool text = head.len > 0;
    for (size_t i = 0; i < head.len && i < 4; i++) {
        text = text && (unsigned char)head.ptr[i] >= '\t' && (unsigned char)head.ptr[i] < 0x7f;
    }
    const struct ak_profile *p = d->p;
    return !ak_profile_sniff(head) || (text && p->sample_type_count == 0 && p->sample_count == 0 &&
                                       p->location_count == 0 && p->string_count == 0);
}

static enum ak_status decode_protobuf(struct profile_decoder *d, struct ak_profile **out,
                                      struct ak_error *err)
{
    d->p = ak_profile_new();
    d->p->string_count = 0; /* the file brings its own string 0 */
    d->strings_cap = d->stack_starts_cap = d->stacks_cap = 1;
    char first[16];
    const size_t n = (size_t)(d->wire.end - d->wire.at);
    const struct ak_str head = {first, n < sizeof first ? n : sizeof first};
    memcpy(first, d->wire.at, head.len);
    enum ak_status st = read_profile(d, err);
    if (st == AK_CORRUPT && never_was_one(d, head)) {
        st =
            ak_fail(err, AK_FORMAT, "%s: it is no profile: neither protobuf nor a format of before",
                    ak_reader_name(d->wire.reader));
    }
    if (st == AK_OK) {
        *out = d->p;
    } else {
        ak_profile_free(d->p);
    }
    profile_refs_release(&d->locations);
    profile_refs_release(&d->functions);
    profile_refs_release(&d->mappings);
    return st;
}

/* The text and binary formats of before protobuf are read whole. */
static enum ak_status decode_legacy(struct profile_decoder *d, struct ak_profile **out,
                                    struct ak_error *err)
{
    struct profile_wire *w = &d->wire;
    while (!w->eof) {
        const enum ak_status st = profile_wire_need(w, (size_t)(w->end - w->at) + 1, err);
        if (st != AK_OK) {
            return st;
        }
    }
    const struct ak_str bytes = {(const char *)w->at, (size_t)(w->end - w->at)};
    return profile_legacy_parse(ak_reader_name(w->reader), bytes, &d->limits, out, err);
}

enum ak_status ak_profile_decode(struct ak_reader *r, const struct ak_limits *limits,
                                 struct ak_profile **out, struct ak_error *err)
{
    struct profile_decoder d = {.limits = ak_limits_or_default(limits)};
    profile_wire_init(&d.wire, r);
    enum ak_status st = profile_wire_need(&d.wire, 4096, err);
    if (st == AK_OK) {
        const struct ak_str head = {(const char *)d.wire.at, (size_t)(d.wire.end - d.wire.at)};
        if (head.len == 0) {
            st = ak_fail(err, AK_FORMAT, "%s: it is empty", ak_reader_name(r));
        } else if (profile_legacy_sniff(head)) {
            st = decode_legacy(&d, out, err);
        } else {
            st = decode_protobuf(&d, out, err);
        }
    }
    profile_wire_release(&d.wire);
    return st;
}

enum ak_status ak_profile_load(const char *path, const struct ak_limits *limits,
                               struct ak_profile **out, struct ak_error *err)
{
    struct ak_reader *r;
    enum ak_status st = ak_reader_open(path, limits, &r, err);
    if (st == AK_OK) {
        st = ak_profile_decode(r, limits, out, err);
        ak_reader_close(r);
    }
    return st;
}

enum ak_status ak_profile_decode_bytes(const char *name, struct ak_str bytes,
                                       const struct ak_limits *limits, struct ak_profile **out,
                                       struct ak_error *err)
{
    struct ak_reader *r;
    enum ak_status st = ak_reader_open_bytes(name, bytes, limits, &r, err);
    if (st == AK_OK) {
        st = ak_profile_decode(r, limits, out, err);
        ak_reader_close(r);
    }
    return st;
}

bool ak_profile_sniff(struct ak_str inflated_head)
{
    const uint8_t *p = (const uint8_t *)inflated_head.ptr;
    if (inflated_head.len < 2) {
        return false;
    }
    const unsigned number = p[0] >> 3, type = p[0] & 7;
    const bool is_number =
        (number >= F_DROP_FRAMES && number <= F_PERIOD && number != F_PERIOD_TYPE) ||
        (number >= F_COMMENT && number < F_END);
    if (type == PROFILE_WIRE_VARINT) {
        return is_number;
    }
    /* A message: its content begins with a tag of field 1..15 or, for a string, is the empty one.
     */
    if (type != PROFILE_WIRE_BYTES || number == 0 || (is_number && number != F_COMMENT)) {
        return false;
    }
    if (number == F_STRING) {
        return p[1] == 0;
    }
    return p[1] == 0 || p[1] >= 0x80 || (inflated_head.len > 2 && p[2] >= 8 && p[2] < 0x80);
}

bool ak_profile_sniff_legacy(struct ak_str inflated_head)
{
    return profile_legacy_sniff(inflated_head);
}
