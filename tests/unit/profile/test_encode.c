#include "profile/build.h"
#include "profile/encode.h"
#include "profile_fixture.h"

static bool same_labels(const struct ak_profile *a, const struct ak_profile *b, size_t i)
{
    const size_t n = a->label_start ? a->label_start[i + 1] - a->label_start[i] : 0;
    const size_t m = b->label_start ? b->label_start[i + 1] - b->label_start[i] : 0;
    bool same = n == m;
    for (size_t k = 0; k < n && same; k++) {
        const struct ak_label *x = &a->labels[a->label_start[i] + k];
        const struct ak_label *y = &b->labels[b->label_start[i] + k];
        same = x->num == y->num &&
               ak_str_eq(ak_profile_str(a, x->key), ak_profile_str(b, y->key)) &&
               ak_str_eq(ak_profile_str(a, x->str), ak_profile_str(b, y->str)) &&
               ak_str_eq(ak_profile_str(a, x->num_unit), ak_profile_str(b, y->num_unit));
    }
    return same;
}

/* Go's own bytes come back exactly; through the other order nothing but the order changes. */
static void check_round_trip(const char *path)
{
    struct ak_buf raw = AK_BUF_INIT, again = AK_BUF_INIT, other = AK_BUF_INIT;
    struct ak_profile *p = NULL, *q = NULL;
    assert_int_equal(ak_file_read_inflated(path, NULL, &raw, NULL), AK_OK);
    assert_int_equal(decode_buf(&raw, &p, NULL), AK_OK);
    ak_profile_encode(p, AK_ENCODE_GO_RUNTIME, &again);
    if (raw.len != again.len || memcmp(raw.ptr, again.ptr, raw.len) != 0) {
        fail_msg("%s is not given back", path);
    }
    ak_profile_encode(p, AK_ENCODE_PPROF, &other);
    assert_int_equal(decode_buf(&other, &q, NULL), AK_OK);
    assert_int_equal(p->sample_count, q->sample_count);
    const size_t stacks = p->stack_start[p->sample_count];
    assert_memory_equal(p->stack_start, q->stack_start,
                        (p->sample_count + 1) * sizeof *p->stack_start);
    assert_memory_equal(p->stack_ids, q->stack_ids, stacks * sizeof *p->stack_ids);
    assert_memory_equal(p->values, q->values,
                        p->sample_count * p->sample_type_count * sizeof *p->values);
    for (size_t i = 0; i < p->sample_count; i++) {
        assert_true(same_labels(p, q, i));
    }
    assert_int_equal(p->function_count, q->function_count);
    for (uint32_t i = 0; i < p->function_count; i++) {
        assert_true(ak_str_eq(ak_profile_str(p, p->functions[i].name),
                              ak_profile_str(q, q->functions[i].name)));
    }
    struct ak_buf twice = AK_BUF_INIT;
    ak_profile_encode(q, AK_ENCODE_PPROF, &twice);
    assert_true(ak_str_eq(ak_buf_view(&other), ak_buf_view(&twice)));
    ak_profile_free(p);
    ak_profile_free(q);
    ak_buf_release(&raw);
    ak_buf_release(&again);
    ak_buf_release(&other);
    ak_buf_release(&twice);
}

static void test_files(void **state)
{
    (void)state;
    assert_true(each_profile(check_round_trip) >= 30);
}

/* The bytes that google/pprof writes for this profile, taken apart by hand. */
static void test_pprof_bytes(void **state)
{
    (void)state;
    struct ak_build b;
    ak_build_init(&b);
    ak_build_comment(&b, AK_STR("note"));
    const uint32_t name = ak_build_cstr(&b, "main");
    const uint32_t z = ak_build_cstr(&b, "z"), a = ak_build_cstr(&b, "a");
    ak_build_sample_type(&b, "n", "count");
    const struct ak_mapping m = {
        .start = 1, .filename = ak_build_cstr(&b, "/bin/x"), .has_functions = true};
    const uint32_t mapping = ak_build_mapping(&b, &m);
    const struct ak_function f = {.name = name, .system_name = name};
    const struct ak_line line = {.function = ak_build_function(&b, &f), .line = 3};
    const uint32_t at = ak_build_location(&b, 5, mapping, &line, 1);
    const struct ak_label labels[] = {
        {.key = a, .num = 7}, {.key = z, .str = name}, {.key = a, .str = z}};
    ak_build_sample(&b, &(struct ak_build_sample){.stack = &at,
                                                  .depth = 1,
                                                  .values = &(int64_t){300},
                                                  .labels = labels,
                                                  .label_count = 3});
    struct ak_profile *p = ak_build_finish(&b);
    ak_build_release(&b);
    struct ak_buf out = AK_BUF_INIT;
    ak_profile_encode(p, AK_ENCODE_PPROF, &out);
    /* strings: "" n count a z main /bin/x note */
    static const char want[] = "\x0a\x04\x08\x01\x10\x02"
                               "\x12\x17\x08\x01\x10\xac\x02"
                               "\x1a\x04\x08\x03\x10\x04"
                               "\x1a\x04\x08\x04\x10\x05"
                               "\x1a\x04\x08\x03\x18\x07"
                               "\x1a\x08\x08\x01\x10\x01\x28\x06\x38\x01"
                               "\x22\x0c\x08\x01\x10\x01\x18\x05\x22\x04\x08\x01\x10\x03"
                               "\x2a\x06\x08\x01\x10\x05\x18\x05"
                               "\x32\x00\x32\x01n\x32\x05"
                               "count\x32\x01"
                               "a\x32\x01z\x32\x04main"
                               "\x32\x06/bin/x\x32\x04note"
                               "\x68\x07\x70\x00";
    assert_int_equal(out.len, sizeof want - 1);
    assert_memory_equal(out.ptr, want, sizeof want - 1);
    ak_buf_release(&out);
    ak_profile_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_pprof_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
