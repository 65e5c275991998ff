/* Profiles in and out: the identical protobuf, whatever it is. */
#include "profile/decode.h"
#include "profile/encode.h"
#include "store_fixture.h"

static struct ak_run *profile_run(struct fixture *f, const char *label, size_t count)
{
    struct ak_run *const run = fixture_run(f->arena, label, 1);
    run->profiles = AK_NEW_ARRAY(f->arena, struct ak_run_profile, count);
    run->profile_count = count;
    for (size_t i = 0; i < count; i++) {
        run->profiles[i] =
            (struct ak_run_profile){.name = "cpu.prof", .kind = "cpu", .benchmark = ""};
    }
    return run;
}

static struct ak_added add(struct fixture *f, const struct ak_run *run)
{
    struct ak_added added = {0};
    const enum ak_status st = ak_store_add_run(f->store, run, &added, &f->err);
    if (st != AK_OK) {
        fail_msg("%s", f->err.text);
    }
    return added;
}

static void assert_back(struct fixture *f, const struct ak_run *run, int64_t id)
{
    struct ak_run *got;
    assert_int_equal(
        ak_store_load_run(f->store, id, AK_LOAD_TEXT | AK_LOAD_PROFILES, f->arena, &got, &f->err),
        AK_OK);
    fixture_assert_same_run(run, got);
}

struct files {
    struct fixture *f;
    struct ak_run_profile profiles[512];
    size_t count;
};

static bool take(void *ctx, const struct ak_file_info *info)
{
    struct files *const files = ctx;
    const struct ak_str path = ak_str_from(info->path);
    if (files->count == AK_COUNT(files->profiles) ||
        !(ak_str_ends(path, AK_STR(".pb.gz")) || ak_str_ends(path, AK_STR(".prof")))) {
        return true;
    }
    struct ak_buf bytes = AK_BUF_INIT;
    assert_int_equal(ak_file_read_inflated(info->path, NULL, &bytes, &files->f->err), AK_OK);
    files->profiles[files->count++] = (struct ak_run_profile){
        .name = ak_arena_strdup(files->f->arena, ak_path_base(info->path)),
        .kind = "cpu",
        .benchmark = "some",
        .bytes = ak_arena_str(files->f->arena, ak_buf_view(&bytes)),
    };
    ak_buf_release(&bytes);
    return true;
}

static struct ak_run *real_run(struct fixture *f)
{
    struct files files = {.f = f};
    assert_int_equal(ak_dir_walk("tests/data/profiles", 1, take, &files, &f->err), AK_OK);
    assert_int_equal(ak_dir_walk("tests/data/goakt", 2, take, &files, &f->err), AK_OK);
    assert_true(files.count > 10);
    struct ak_run *const run = fixture_run(f->arena, "real", 1);
    run->profiles = ak_arena_copy(f->arena, files.profiles, files.count * sizeof *files.profiles);
    run->profile_count = files.count;
    return run;
}

static void real_profiles_come_back_identical(void **state)
{
    struct fixture *const f = *state;
    struct ak_run *const run = real_run(f);
    const struct ak_added added = add(f, run);
    assert_int_equal(added.profiles_new, run->profile_count);
    assert_int_equal(added.profiles_raw, 0);
    assert_back(f, run, added.run_id); /* with the dictionaries of adding */
    fixture_reopen(f, AK_STORE_READ);
    assert_back(f, run, added.run_id); /* from the file alone */
}

static void equal_profiles_are_kept_once(void **state)
{
    struct fixture *const f = *state;
    struct ak_run *const run = real_run(f);
    add(f, run);
    run->label = "again";
    const struct ak_added added = add(f, run);
    assert_true(added.is_new);
    assert_int_equal(added.profiles_new, 0);
    assert_back(f, run, added.run_id);
}

static void anything_else_is_kept_as_it_is(void **state)
{
    struct fixture *const f = *state;
    struct ak_run *const run = profile_run(f, "odd", 3);
    run->profiles[0].bytes = AK_STR("heap profile: 1: 2 [3: 4] @ heap/1048576\n");
    run->profiles[1].bytes = AK_STR("");
    run->profiles[2].bytes = AK_STR("\xff\xff\xff\xff");
    const struct ak_added added = add(f, run);
    assert_int_equal(added.profiles_raw, 3);
    assert_back(f, run, added.run_id);
}

/* --- made by hand ---------------------------------------------------------------------------- */

static uint32_t text(struct ak_profile *p, uint32_t i, const char *s)
{
    p->strings[i] = ak_str_from(s);
    return i;
}

/* Two samples over three locations: two addresses of one line, one of another binary. */
static struct ak_profile *make(struct ak_arena *a)
{
    struct ak_profile *const p = AK_NEW(a, struct ak_profile);
    p->arena = a;
    p->strings = AK_NEW_ARRAY(a, struct ak_str, 16);
    p->string_count = 8;
    text(p, 0, "");
    p->sample_types = AK_NEW_ARRAY(a, struct ak_value_type, 3);
    p->sample_type_count = 3;
    for (uint32_t i = 0; i < 3; i++) {
        p->sample_types[i] = (struct ak_value_type){text(p, 1, "n"), text(p, 2, "count")};
    }
    p->mapping_count = 2;
    p->mappings = AK_NEW_ARRAY(a, struct ak_mapping, 2);
    p->mappings[0] = (struct ak_mapping){
        .id = 1, .start = 0x400000, .limit = 0x500000, .filename = text(p, 6, "/bin/a")};
    p->mappings[1] = (struct ak_mapping){.id = 2,
                                         .start = 0x7f0000000000,
                                         .limit = 0x7f0000001000,
                                         .filename = text(p, 7, "/lib/b")};
    p->function_count = 1;
    p->functions = AK_NEW_ARRAY(a, struct ak_function, 1);
    p->functions[0] = (struct ak_function){
        .id = 1, .name = text(p, 3, "f"), .system_name = 3, .filename = text(p, 4, "f.c")};
    text(p, 5, "bytes");
    p->lines = AK_NEW_ARRAY(a, struct ak_line, 3);
    p->line_count = 3;
    p->locations = AK_NEW_ARRAY(a, struct ak_location, 3);
    p->location_count = 3;
    for (uint32_t i = 0; i < 3; i++) {
        p->lines[i] = (struct ak_line){.function = 0, .line = 7};
        p->locations[i] = (struct ak_location){.id = i + 1u,
                                               .address = i < 2 ? 0x400010 + i : 0x7f0000000010,
                                               .mapping = i == 2,
                                               .first_line = i,
                                               .line_count = 1};
    }
    p->sample_count = 2;
    p->stack_start = AK_NEW_ARRAY(a, uint64_t, 3);
    p->stack_start[1] = 2;
    p->stack_start[2] = 5;
    p->stack_ids = AK_NEW_ARRAY(a, uint32_t, 5);
    const uint32_t ids[] = {0, 1, 1, 2, 0};
    memcpy(p->stack_ids, ids, sizeof ids);
    p->values = AK_NEW_ARRAY(a, int64_t, 6);
    return p;
}

static struct ak_added add_model(struct fixture *f, const struct ak_profile *p)
{
    struct ak_run *const run = profile_run(f, "made", 1);
    struct ak_buf bytes = AK_BUF_INIT;
    ak_profile_encode(p, AK_ENCODE_GO_RUNTIME, &bytes);
    run->profiles[0].bytes = ak_arena_str(f->arena, ak_buf_view(&bytes));
    ak_buf_release(&bytes);
    const struct ak_added added = add(f, run);
    assert_true(added.is_new);
    assert_back(f, run, added.run_id);
    fixture_reopen(f, AK_STORE_WRITE);
    assert_back(f, run, added.run_id);
    return added;
}

static void one_line_at_several_addresses(void **state)
{
    struct fixture *const f = *state;
    struct ak_profile *const p = make(f->arena);
    assert_int_equal(add_model(f, p).profiles_raw, 0);
    p->stack_ids[3] = 0; /* now location 2 comes at the end */
    p->stack_ids[4] = 2;
    assert_int_equal(add_model(f, p).profiles_raw, 0);
    p->locations[2].mapping = AK_NO_INDEX;
    assert_int_equal(add_model(f, p).profiles_raw, 0);
}

static void extreme_values(void **state)
{
    struct fixture *const f = *state;
    struct ak_profile *const p = make(f->arena);
    const int64_t values[] = {INT64_MAX, INT64_MIN, -1, INT64_MIN, INT64_MAX, 0};
    memcpy(p->values, values, sizeof values);
    p->time_ns = INT64_MIN;
    p->duration_ns = INT64_MAX;
    p->period = -1;
    p->locations[0].address = 3; /* below the start of its mapping */
    p->lines[1].line = INT64_MIN;
    assert_int_equal(add_model(f, p).profiles_raw, 0);
}

static void labels_and_columns_that_follow_from_others(void **state)
{
    struct fixture *const f = *state;
    struct ak_profile *const p = make(f->arena);
    const int64_t values[] = {3, 48, 3, 5, 160, 5};
    memcpy(p->values, values, sizeof values);
    p->label_start = AK_NEW_ARRAY(f->arena, uint64_t, 3);
    p->label_start[1] = 1;
    p->label_start[2] = 3;
    p->labels = AK_NEW_ARRAY(f->arena, struct ak_label, 3);
    p->labels[0] = (struct ak_label){.key = 5, .num = 16};
    p->labels[1] = (struct ak_label){.key = 5, .num = 32};
    p->labels[2] = (struct ak_label){.key = 5, .str = 3};
    assert_int_equal(add_model(f, p).profiles_raw, 0);
    p->label_start[1] = 0; /* the first sample has none */
    assert_int_equal(add_model(f, p).profiles_raw, 0);
}

static void strings_in_another_order(void **state)
{
    struct fixture *const f = *state;
    struct ak_profile *const p = make(f->arena);
    p->string_count = 10;
    text(p, 8, "nobody refers to this");
    text(p, 9, "f"); /* a second time */
    assert_int_equal(add_model(f, p).profiles_raw, 0);
    p->mappings[0].filename = 7;
    p->mappings[1].filename = 6;
    assert_int_equal(add_model(f, p).profiles_raw, 0);
}

static void what_columns_cannot_say_is_kept_raw(void **state)
{
    struct fixture *const f = *state;
    struct ak_profile *const p = make(f->arena);
    p->locations[0].id = 77;
    assert_int_equal(add_model(f, p).profiles_raw, 1);
    p->locations[0].id = 1;
    p->mappings[1] = p->mappings[0]; /* the same file twice */
    p->mappings[1].id = 2;
    assert_int_equal(add_model(f, p).profiles_raw, 1);
}

static void two_builds_share_stacks_and_not_addresses(void **state)
{
    struct fixture *const f = *state;
    struct ak_profile *const p = make(f->arena);
    p->mappings[0].build_id = text(p, 5, "one");
    assert_int_equal(add_model(f, p).profiles_raw, 0);
    text(p, 5, "two");
    p->locations[0].address += 0x100;
    p->locations[1].address += 0x200;
    assert_int_equal(add_model(f, p).profiles_raw, 0);
}

/* More than one chunk of stacks and of addresses, added in two goes. */
static void long_tables(void **state)
{
    struct fixture *const f = *state;
    enum { N = 700 };
    for (uint32_t round = 0; round < 2; round++) {
        struct ak_profile *const p = make(f->arena);
        const uint32_t n = N + round * 50;
        p->locations = AK_NEW_ARRAY(f->arena, struct ak_location, n);
        p->lines = AK_NEW_ARRAY(f->arena, struct ak_line, n);
        p->stack_start = AK_NEW_ARRAY(f->arena, uint64_t, n + 1u);
        p->stack_ids = AK_NEW_ARRAY(f->arena, uint32_t, n);
        p->values = AK_NEW_ARRAY(f->arena, int64_t, (size_t)n * 3);
        p->location_count = p->line_count = n;
        p->sample_count = n;
        for (uint32_t i = 0; i < n; i++) {
            p->lines[i] = (struct ak_line){.function = 0, .line = 1 + i % 300};
            p->locations[i] = (struct ak_location){.id = i + 1u,
                                                   .address = 0x400000 + (uint64_t)i * 4 + round,
                                                   .mapping = 0,
                                                   .first_line = i,
                                                   .line_count = 1};
            p->stack_start[i + 1] = i + 1u;
            p->stack_ids[i] = i;
            p->values[(size_t)i * 3] = i;
        }
        assert_int_equal(add_model(f, p).profiles_raw, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(real_profiles_come_back_identical),
        FIXTURE_TEST(equal_profiles_are_kept_once),
        FIXTURE_TEST(anything_else_is_kept_as_it_is),
        FIXTURE_TEST(one_line_at_several_addresses),
        FIXTURE_TEST(extreme_values),
        FIXTURE_TEST(labels_and_columns_that_follow_from_others),
        FIXTURE_TEST(strings_in_another_order),
        FIXTURE_TEST(what_columns_cannot_say_is_kept_raw),
        FIXTURE_TEST(two_builds_share_stacks_and_not_addresses),
        FIXTURE_TEST(long_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
