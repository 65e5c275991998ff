#include "profile/encode.h"
#include "profile_fixture.h"

#include <pb/profile.pb-c.h>

/* --- the same bytes give the same tree as protobuf-c ------------------------------------------ */

static void same_type(const struct ak_value_type *t, const Pb__ValueType *pb)
{
    assert_int_equal(t->type, pb ? pb->type : 0);
    assert_int_equal(t->unit, pb ? pb->unit : 0);
}

static void same_samples(const struct ak_profile *p, const Pb__Profile *pb)
{
    assert_int_equal(p->sample_count, pb->n_sample);
    for (size_t i = 0; i < pb->n_sample; i++) {
        const Pb__Sample *s = pb->sample[i];
        assert_int_equal(p->stack_start[i + 1] - p->stack_start[i], s->n_location_id);
        for (size_t k = 0; k < s->n_location_id; k++) {
            const uint32_t at = p->stack_ids[p->stack_start[i] + k];
            assert_true(p->locations[at].id == s->location_id[k]);
        }
        assert_int_equal(s->n_value, p->sample_type_count);
        for (size_t k = 0; k < s->n_value; k++) {
            assert_true(p->values[i * p->sample_type_count + k] == s->value[k]);
        }
        const size_t labels = p->label_start ? p->label_start[i + 1] - p->label_start[i] : 0;
        assert_int_equal(labels, s->n_label);
        for (size_t k = 0; k < labels; k++) {
            const struct ak_label *l = &p->labels[p->label_start[i] + k];
            assert_int_equal(l->key, s->label[k]->key);
            assert_int_equal(l->str, s->label[k]->str);
            assert_true(l->num == s->label[k]->num);
            assert_int_equal(l->num_unit, s->label[k]->num_unit);
        }
    }
}

static void same_locations(const struct ak_profile *p, const Pb__Profile *pb)
{
    assert_int_equal(p->location_count, pb->n_location);
    for (size_t i = 0; i < pb->n_location; i++) {
        const struct ak_location *l = &p->locations[i];
        const Pb__Location *x = pb->location[i];
        assert_true(l->id == x->id && l->address == x->address && l->is_folded == x->is_folded);
        const uint64_t mapping = l->mapping == AK_NO_INDEX ? 0 : p->mappings[l->mapping].id;
        assert_true(mapping == x->mapping_id);
        assert_int_equal(l->line_count, x->n_line);
        for (size_t k = 0; k < x->n_line; k++) {
            const struct ak_line *line = &p->lines[l->first_line + k];
            assert_true(p->functions[line->function].id == x->line[k]->function_id);
            assert_true(line->line == x->line[k]->line && line->column == x->line[k]->column);
        }
    }
}

static void same_tables(const struct ak_profile *p, const Pb__Profile *pb)
{
    assert_int_equal(p->string_count, pb->n_string_table);
    for (size_t i = 0; i < pb->n_string_table; i++) {
        const ProtobufCBinaryData *s = &pb->string_table[i];
        assert_true(ak_str_eq(p->strings[i], (struct ak_str){(const char *)s->data, s->len}));
    }
    assert_int_equal(p->mapping_count, pb->n_mapping);
    for (size_t i = 0; i < pb->n_mapping; i++) {
        const struct ak_mapping *m = &p->mappings[i];
        const Pb__Mapping *x = pb->mapping[i];
        assert_true(m->id == x->id && m->start == x->memory_start && m->limit == x->memory_limit);
        assert_true(m->offset == x->file_offset && m->filename == x->filename);
        assert_true(m->build_id == x->build_id && m->has_functions == x->has_functions);
        assert_true(m->has_filenames == x->has_filenames);
        assert_true(m->has_line_numbers == x->has_line_numbers);
        assert_true(m->has_inline_frames == x->has_inline_frames);
    }
    assert_int_equal(p->function_count, pb->n_function);
    for (size_t i = 0; i < pb->n_function; i++) {
        const struct ak_function *f = &p->functions[i];
        const Pb__Function *x = pb->function[i];
        assert_true(f->id == x->id && f->name == x->name && f->system_name == x->system_name);
        assert_true(f->filename == x->filename && f->start_line == x->start_line);
    }
}

static void same_as_protobuf_c(const char *name, struct ak_str raw)
{
    struct ak_error err = {0};
    struct ak_profile *p = NULL;
    assert_int_equal(ak_profile_decode_bytes(name, raw, NULL, &p, &err), AK_OK);
    Pb__Profile *pb = pb__profile__unpack(NULL, raw.len, (const uint8_t *)raw.ptr);
    assert_non_null(pb);
    same_tables(p, pb);
    same_locations(p, pb);
    same_samples(p, pb);
    assert_int_equal(p->sample_type_count, pb->n_sample_type);
    for (size_t i = 0; i < pb->n_sample_type; i++) {
        same_type(&p->sample_types[i], pb->sample_type[i]);
    }
    same_type(&p->period_type, pb->period_type);
    assert_true(p->period == pb->period && p->time_ns == pb->time_nanos);
    assert_true(p->duration_ns == pb->duration_nanos);
    assert_true(p->default_sample_type == pb->default_sample_type);
    assert_true(p->drop_frames == pb->drop_frames && p->keep_frames == pb->keep_frames);
    assert_true(p->doc_url == pb->doc_url);
    assert_int_equal(p->comment_count, pb->n_comment);
    for (size_t i = 0; i < pb->n_comment; i++) {
        assert_int_equal(p->comments[i], pb->comment[i]);
    }
    assert_int_equal(ak_profile_validate(p, &err), AK_OK);
    pb__profile__free_unpacked(pb, NULL);
    ak_profile_free(p);
}

static void check_file(const char *path)
{
    struct ak_buf raw = AK_BUF_INIT;
    assert_int_equal(ak_file_read_inflated(path, NULL, &raw, NULL), AK_OK);
    same_as_protobuf_c(path, ak_buf_view(&raw));
    ak_buf_release(&raw);
}

static void test_oracle_on_files(void **state)
{
    (void)state;
    assert_true(each_profile(check_file) >= 30);
}

/* Larger than several pieces of the reader, so that every kind of field straddles two pieces. */
static void build_large(struct ak_buf *b, unsigned samples)
{
    RAW(b, 1, 1, 1, 2, 2);
    RAW(b, 1, 1, 3, 2, 4);
    for (unsigned i = 0; i < samples; i++) {
        struct ak_buf s = AK_BUF_INIT, ids = AK_BUF_INIT;
        for (unsigned k = 0; k < i % 40; k++) {
            raw_varint(&ids, 1 + (i * 7919u + k * 104729u) % 20000u);
        }
        raw_bytes(&s, 1, ids.ptr, ids.len);
        raw_number(&s, 2, i);
        raw_number(&s, 2, 0 - (uint64_t)i);
        RAW(&s, 3, 1, 5, 2, 6);
        RAW(&s, 3, 1, 5, 3, i + 1, 4, 4);
        raw_bytes(b, 2, s.ptr, s.len);
        ak_buf_release(&s);
        ak_buf_release(&ids);
    }
    for (unsigned i = 0; i < 20000; i++) {
        struct ak_buf l = AK_BUF_INIT;
        raw_number(&l, 1, i + 1);
        raw_number(&l, 3, 0x400000 + 16 * (uint64_t)i);
        RAW(&l, 4, 1, 1 + i % 500, 2, i);
        raw_bytes(b, 4, l.ptr, l.len);
        ak_buf_release(&l);
    }
    for (unsigned i = 0; i < 500; i++) {
        RAW(b, 5, 1, i + 1, 2, 7 + i, 3, 7 + i, 4, 6);
    }
    static const char *const names[] = {"", "samples", "count", "cpu", "nanoseconds", "key", "v"};
    for (size_t i = 0; i < AK_COUNT(names); i++) {
        raw_text(b, 6, names[i]);
    }
    for (unsigned i = 0; i < 500; i++) {
        char name[32];
        snprintf(name, sizeof name, "function%u", i);
        raw_text(b, 6, name);
    }
}

static void test_oracle_on_many_pieces(void **state)
{
    (void)state;
    struct ak_buf b = AK_BUF_INIT;
    build_large(&b, 9000);
    assert_true(b.len > 6 * 65536);
    same_as_protobuf_c("large", ak_buf_view(&b));
    struct ak_buf zipped = AK_BUF_INIT;
    ak_gzip_bytes(ak_buf_view(&b), 1, &zipped);
    struct ak_profile *p = NULL;
    assert_int_equal(ak_profile_decode_bytes("z", ak_buf_view(&zipped), NULL, &p, NULL), AK_OK);
    assert_int_equal(p->sample_count, 9000);
    ak_profile_free(p);
    ak_buf_release(&zipped);
    ak_buf_release(&b);
}

/* --- what other writers write ----------------------------------------------------------------- */

static void strings(struct ak_buf *b)
{
    raw_text(b, 6, "");
    raw_text(b, 6, "samples");
    raw_text(b, 6, "count");
    raw_text(b, 6, "main");
}

static void test_order_and_sparse_ids(void **state)
{
    (void)state;
    const uint64_t big = (UINT64_C(1) << 63) + 5;
    struct ak_buf b = AK_BUF_INIT, l = AK_BUF_INIT;
    raw_bytes(&b, 2, "\x0a\x0b\x01\x85\x80\x80\x80\x80\x80\x80\x80\x80\x01\x10\x07", 15);
    raw_number(&b, 99, 1); /* unknown fields of each wire type */
    raw_text(&b, 100, "unknown");
    ak_buf_add(&b, "\xa1\x06\1\2\3\4\5\6\7\10\xa5\x06\1\2\3\4", 16);
    strings(&b);
    RAW(&b, 1, 1, 1, 2, 2);
    raw_number(&l, 1, big);
    raw_number(&l, 2, big);
    RAW(&l, 4, 1, big, 2, 0 - UINT64_C(1), 3, 7);
    raw_bytes(&b, 4, l.ptr, l.len);
    RAW(&b, 4, 1, 1, 3, UINT64_MAX);
    RAW(&b, 3, 1, big, 3, UINT64_MAX, 7, 5);
    RAW(&b, 5, 1, big, 2, 3, 3, 3);
    struct ak_profile *p = NULL;
    struct ak_error err = {0};
    if (decode_buf(&b, &p, &err) != AK_OK) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(p->stack_start[1], 2);
    assert_int_equal(p->stack_ids[0], 1);
    assert_int_equal(p->stack_ids[1], 0);
    assert_int_equal(p->values[0], 7);
    assert_int_equal(p->lines[0].line, -1);
    assert_int_equal(p->lines[0].column, 7);
    assert_int_equal(p->lines[0].function, 0);
    assert_int_equal(p->locations[0].mapping, 0);
    assert_true(p->locations[1].mapping == AK_NO_INDEX);
    assert_true(p->mappings[0].has_functions);
    assert_null(p->label_start);
    ak_profile_free(p);
    ak_buf_release(&l);
    ak_buf_release(&b);
}

static void test_labels(void **state)
{
    (void)state;
    struct ak_buf b = AK_BUF_INIT, s = AK_BUF_INIT;
    strings(&b);
    RAW(&b, 1, 1, 1, 2, 2);
    RAW(&b, 2, 2, 1);
    raw_number(&s, 2, 5);
    RAW(&s, 3, 1, 1, 2, 3, 3, 9); /* text wins over number */
    RAW(&s, 3, 1, 1);             /* says nothing */
    RAW(&s, 3, 1, 2, 3, 4, 4, 2);
    raw_bytes(&b, 2, s.ptr, s.len);
    RAW(&b, 2, 2, 1);
    struct ak_profile *p = NULL;
    assert_int_equal(decode_buf(&b, &p, NULL), AK_OK);
    assert_non_null(p->label_start);
    assert_int_equal(p->label_start[1], 0);
    assert_int_equal(p->label_start[2], 2);
    assert_int_equal(p->label_start[3], 2);
    assert_true(ak_label_is_text(&p->labels[0]));
    assert_int_equal(p->labels[0].num, 0);
    assert_int_equal(p->labels[1].num, 4);
    ak_profile_set_label(p, AK_STR("samples"), AK_STR("true"));
    assert_int_equal(p->label_start[1], 1);
    assert_int_equal(p->label_start[2], 3);
    assert_int_equal(p->label_start[3], 4);
    assert_int_equal(p->labels[1].num, 4);
    assert_int_equal(p->labels[2].key, 1);
    ak_profile_free(p);
    ak_buf_release(&s);
    ak_buf_release(&b);
}

static void test_line_without_function(void **state)
{
    (void)state;
    struct ak_buf b = AK_BUF_INIT;
    strings(&b);
    raw_bytes(&b, 4, "\x08\x07\x22\x02\x10\x05", 6);
    struct ak_profile *p = NULL;
    struct ak_error err = {0};
    assert_int_equal(decode_buf(&b, &p, NULL), AK_OK);
    assert_true(p->lines[0].function == AK_NO_INDEX && p->lines[0].line == 5);
    assert_int_equal(ak_profile_check_compat(p, &err), AK_CORRUPT);
    assert_non_null(strstr(err.text, "location id: 7"));
    p->location_count = 0;
    assert_int_equal(ak_profile_check_compat(p, &err), AK_OK);
    ak_profile_free(p);
    ak_buf_release(&b);
}

static void test_no_samples(void **state)
{
    (void)state;
    struct ak_buf b = AK_BUF_INIT;
    strings(&b);
    struct ak_profile *p = NULL;
    assert_int_equal(decode_buf(&b, &p, NULL), AK_OK);
    assert_int_equal(p->sample_count, 0);
    assert_int_equal(p->stack_start[0], 0);
    ak_profile_free(p);
    ak_buf_release(&b);
}

/* --- what is refused ---------------------------------------------------------------------------
 */

struct refused {
    const char *what;
    void (*write)(struct ak_buf *b); /* after a sample type, a location, a function, strings */
    const char *message;
};

static void w_location_0(struct ak_buf *b)
{
    RAW(b, 2, 1, 0, 2, 1);
}
static void w_location_missing(struct ak_buf *b)
{
    RAW(b, 2, 1, 9, 2, 1);
}
static void w_location_big(struct ak_buf *b)
{
    RAW(b, 2, 1, UINT64_MAX, 2, 1);
}
static void w_location_id_0(struct ak_buf *b)
{
    RAW(b, 4, 3, 1);
}
static void w_location_twice(struct ak_buf *b)
{
    RAW(b, 4, 1, 1);
}
static void w_function_id_0(struct ak_buf *b)
{
    RAW(b, 5, 2, 1);
}
static void w_function_twice(struct ak_buf *b)
{
    RAW(b, 5, 1, 1);
}
static void w_mapping_id_0(struct ak_buf *b)
{
    RAW(b, 3, 2, 1);
}
static void w_mapping_twice(struct ak_buf *b)
{
    RAW(b, 3, 1, 1u << 20);
    RAW(b, 3, 1, 1u << 20);
}
static void w_mapping_missing(struct ak_buf *b)
{
    RAW(b, 4, 1, 2, 2, 8);
}
static void w_function_missing(struct ak_buf *b)
{
    raw_bytes(b, 4, "\x08\x02\x22\x02\x08\x09", 6);
}
static void w_values(struct ak_buf *b)
{
    RAW(b, 2, 1, 1, 2, 1, 2, 2);
}
static void w_values_differ(struct ak_buf *b)
{
    RAW(b, 2, 1, 1, 2, 1);
    RAW(b, 2, 1, 1);
}
static void w_string_index(struct ak_buf *b)
{
    raw_number(b, 7, 99);
}
static void w_string_negative(struct ak_buf *b)
{
    raw_number(b, 7, UINT64_MAX);
}
static void w_label_string(struct ak_buf *b)
{
    raw_bytes(b, 2, "\x10\x01\x1a\x02\x08\x63", 6);
}
static void w_field_0(struct ak_buf *b)
{
    ak_buf_add(b, "\0\0", 2);
}
static void w_field_0_inside(struct ak_buf *b)
{
    raw_bytes(b, 2, "\0\0", 2);
}
static void w_group(struct ak_buf *b)
{
    ak_buf_add(b, "\x0b\x0c", 2);
}
static void w_group_inside(struct ak_buf *b)
{
    raw_bytes(b, 5, "\x0b\x0c", 2);
}
static void w_wrong_type(struct ak_buf *b)
{
    raw_text(b, 9, "x");
}
static void w_string_number(struct ak_buf *b)
{
    raw_number(b, 6, 1);
}
static void w_wrong_inside(struct ak_buf *b)
{
    raw_bytes(b, 5, "\x12\x00", 2);
}
static void w_fixed_id(struct ak_buf *b)
{
    raw_bytes(b, 2, "\x0d\1\0\0\0", 5);
}
static void w_varint_11(struct ak_buf *b)
{
    ak_buf_add(b, "\x48\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12);
}
static void w_varint_inside(struct ak_buf *b)
{
    raw_bytes(b, 2, "\x0a\x0b\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 13);
}
static void w_packed_cut(struct ak_buf *b)
{
    raw_bytes(b, 2, "\x0a\x01\x81", 3);
}
static void w_cut(struct ak_buf *b)
{
    ak_buf_add(b, "\x12\x05\x0a", 3);
}
static void w_cut_number(struct ak_buf *b)
{
    ak_buf_add(b, "\x48\x80", 2);
}
static void w_claim(struct ak_buf *b)
{
    ak_buf_add(b, "\x12\xff\xff\xff\xff\x0f", 6);
}
static void w_claim_inside(struct ak_buf *b)
{
    raw_bytes(b, 2, "\x0a\xff\xff\xff\xff\x0f", 6);
}
static void w_time_twice(struct ak_buf *b)
{
    raw_number(b, 9, 5);
    raw_number(b, 9, 5);
}

static const struct refused refused[] = {
    {"sample in location 0", w_location_0, "sample 1"},
    {"sample in a missing location", w_location_missing, "location 9, which is missing"},
    {"sample in a missing big location", w_location_big, "which is missing"},
    {"location id 0", w_location_id_0, "location 2 has the id 0"},
    {"location id twice", w_location_twice, "two locations have the id 1"},
    {"function id 0", w_function_id_0, "function 2 has the id 0"},
    {"function id twice", w_function_twice, "two functions have the id 1"},
    {"mapping id 0", w_mapping_id_0, "mapping 1 has the id 0"},
    {"mapping id twice", w_mapping_twice, "two mappings have the id 1048576"},
    {"mapping missing", w_mapping_missing, "mapping 8, which is missing"},
    {"function missing", w_function_missing, "function 9, which is missing"},
    {"too many values", w_values, "samples have 2 values for 1 sample types"},
    {"values differ", w_values_differ, "another number of values"},
    {"string index", w_string_index, "string 99 of a table of 4"},
    {"string index negative", w_string_negative, "of a table of 4"},
    {"string index of a label", w_label_string, "string 99 of a table of 4"},
    {"field 0", w_field_0, "number 0"},
    {"field 0 in a sample", w_field_0_inside, "number 0"},
    {"group", w_group, "unknown wire type"},
    {"group in a function", w_group_inside, "unknown wire type"},
    {"time as text", w_wrong_type, "wrong wire type"},
    {"string as number", w_string_number, "wrong wire type"},
    {"function name as text", w_wrong_inside, "wrong wire type"},
    {"location id of four fixed bytes", w_fixed_id, "wrong wire type"},
    {"varint of 11 bytes", w_varint_11, "longer than 10 bytes"},
    {"varint of 11 bytes in a stack", w_varint_inside, "longer than 10 bytes"},
    {"packed ids cut", w_packed_cut, "damaged"},
    {"file cut in a sample", w_cut, "ends in the middle"},
    {"file cut in a number", w_cut_number, "ends in the middle"},
    {"claim of 4 GiB", w_claim, "longer than the limit"},
    {"claim of 4 GiB in a sample", w_claim_inside, "longer than what holds it"},
    {"two profiles", w_time_twice, "one after the other"},
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < AK_COUNT(refused); i++) {
        struct ak_buf b = AK_BUF_INIT;
        struct ak_error err = {0};
        struct ak_profile *p = NULL;
        RAW(&b, 1, 1, 1, 2, 2);
        RAW(&b, 4, 1, 1, 3, 0x1000);
        RAW(&b, 5, 1, 1, 2, 3);
        strings(&b);
        assert_int_equal(decode_buf(&b, &p, &err), AK_OK);
        ak_profile_free(p);
        p = NULL;
        refused[i].write(&b);
        const enum ak_status st = decode_buf(&b, &p, &err);
        if (st == AK_OK || p || !strstr(err.text, refused[i].message) ||
            strncmp(err.text, "t.pb: ", 6) != 0) {
            fail_msg("%s: status %d, \"%s\" without \"%s\"", refused[i].what, (int)st, err.text,
                     refused[i].message);
        }
        ak_buf_release(&b);
    }
}

static void refuse(struct ak_str bytes, const char *message)
{
    struct ak_error err = {0};
    struct ak_profile *p = NULL;
    const enum ak_status st = ak_profile_decode_bytes("t.pb", bytes, NULL, &p, &err);
    if (st == AK_OK || !strstr(err.text, message)) {
        fail_msg("status %d, \"%s\" without \"%s\"", (int)st, err.text, message);
    }
}

static void test_no_profile(void **state)
{
    (void)state;
    refuse(AK_STR(""), "empty");
    refuse(AK_STR("hello world, this is a text\n"), "no profile");
    refuse(AK_STR("\x7f"
                  "ELF\2\1\1\0\0\0\0\0\0\0\0\0"),
           "no profile");
    refuse(AK_STR("\x1f\x8b\x08"), "gzip");
    refuse(AK_STR("\x0a\x02\x08\x01\x32\x01x"), "string 0 must be empty");
    refuse(AK_STR("\x48\x01"), "no string table");
    refuse(AK_STR("\x12\x02\x10\x01\x32\x00"), "no sample types");
}

/* Every beginning of a good profile is either refused or a smaller good profile. */
static void test_truncations(void **state)
{
    (void)state;
    struct ak_buf b = AK_BUF_INIT;
    RAW(&b, 1, 1, 1, 2, 2);
    RAW(&b, 2, 1, 1, 2, 300, 1, 1);
    RAW(&b, 4, 1, 1, 3, 0x1000);
    strings(&b);
    size_t accepted = 0;
    for (size_t n = 0; n <= b.len; n++) {
        char *exact = ak_malloc(n + 1); /* so that the sanitizer sees a read behind the end */
        memcpy(exact, b.ptr, n);
        struct ak_profile *p = NULL;
        if (ak_profile_decode_bytes("t", (struct ak_str){exact, n}, NULL, &p, NULL) == AK_OK) {
            accepted++;
            ak_profile_free(p);
        }
        ak_free(exact);
    }
    assert_int_equal(accepted, 2); /* the whole, and without the last string */
    ak_buf_release(&b);
}

static void test_limits(void **state)
{
    (void)state;
    struct ak_buf b = AK_BUF_INIT;
    build_large(&b, 50);
    const struct {
        struct ak_limits limits;
        const char *message;
    } cases[] = {
        {{.max_samples = 49}, "more samples than the limit"},
        {{.max_strings = 100}, "more strings than the limit"},
        {{.max_depth = 30}, "deeper than the limit"},
        {{.max_string_len = 10}, "longer than the limit"},
        {{.max_inflated = 1000}, "larger than"},
    };
    for (size_t i = 0; i < AK_COUNT(cases); i++) {
        struct ak_error err = {0};
        struct ak_profile *p = NULL;
        assert_int_equal(ak_profile_decode_bytes("t", ak_buf_view(&b), &cases[i].limits, &p, &err),
                         AK_LIMIT);
        if (!strstr(err.text, cases[i].message)) {
            fail_msg("\"%s\" without \"%s\"", err.text, cases[i].message);
        }
    }
    ak_buf_release(&b);
}

static void test_sniff(void **state)
{
    (void)state;
    assert_true(ak_profile_sniff(AK_STR("\x0a\x04\x08\x01\x10\x02")));
    assert_true(ak_profile_sniff(AK_STR("\x48\xff")));
    assert_true(ak_profile_sniff(AK_STR("\x32\x00")));
    assert_false(ak_profile_sniff(AK_STR("goos: linux\n")));
    assert_false(ak_profile_sniff(AK_STR("BenchmarkX 1 2 ns/op")));
    assert_false(ak_profile_sniff(AK_STR("\n\n")));
    assert_false(ak_profile_sniff(AK_STR("SQLite format 3")));
    assert_false(ak_profile_sniff(AK_STR("")));
    assert_true(ak_profile_sniff_legacy(AK_STR("# x\n\ngoroutine profile: total 3\n1 @ 0x1\n")));
    assert_true(ak_profile_sniff_legacy(AK_STR("heap profile: 1: 2 [3: 4] @ heap_v2/5\n")));
    assert_true(ak_profile_sniff_legacy(AK_STR("--- mutex:\n")));
    assert_false(ak_profile_sniff_legacy(AK_STR("\x0a\x04\x08\x01\x10\x02")));
    assert_false(ak_profile_sniff_legacy(AK_STR("BenchmarkX 1 2 ns/op")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_oracle_on_files),
        cmocka_unit_test(test_oracle_on_many_pieces),
        cmocka_unit_test(test_order_and_sparse_ids),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_line_without_function),
        cmocka_unit_test(test_no_samples),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_profile),
        cmocka_unit_test(test_truncations),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_sniff),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
