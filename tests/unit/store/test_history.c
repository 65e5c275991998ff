/* A series and a function over the runs. */
#include "profile/decode.h"
#include "store_fixture.h"

static void add(struct fixture *f, struct ak_run *run)
{
    struct ak_added added;
    assert_int_equal(ak_store_add_run(f->store, run, &added, &f->err), AK_OK);
}

static void add_three(struct fixture *f)
{
    for (int i = 0; i < 3; i++) {
        struct ak_run *const run = fixture_run(f->arena, i == 1 ? "other" : "main", (size_t)i + 1);
        run->time_ns = 10 - i; /* the newest is added first */
        run->branch = i == 2 ? "dev" : "main";
        add(f, run);
    }
}

static void a_series_comes_oldest_first(void **state)
{
    struct fixture *const f = *state;
    add_three(f);
    struct ak_history_query q = {.benchmark = "Stop/b", .unit = "MB/s"};
    struct ak_history_point *points;
    size_t n;
    assert_int_equal(ak_store_history(f->store, &q, f->arena, &points, &n, &f->err), AK_OK);
    assert_int_equal(n, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(points[i].time_ns, 8 + (int64_t)i);
        assert_int_equal(points[i].series.count, 3 - i);
        assert_string_equal(points[i].series.unit, "MB/s");
        assert_int_equal(points[i].series.better, AK_HIGHER_IS_BETTER);
    }
    q.limit = 1;
    assert_int_equal(ak_store_history(f->store, &q, f->arena, &points, &n, &f->err), AK_OK);
    assert_int_equal(n, 1);
    assert_int_equal(points[0].time_ns, 10);
    q = (struct ak_history_query){
        .benchmark = "Stop/a", .unit = "ns/op", .label = "main", .branch = "dev"};
    assert_int_equal(ak_store_history(f->store, &q, f->arena, &points, &n, &f->err), AK_OK);
    assert_int_equal(n, 1);
    q = (struct ak_history_query){.benchmark = "Stop/a", .unit = "ns/op", .package = "elsewhere"};
    assert_int_equal(ak_store_history(f->store, &q, f->arena, &points, &n, &f->err), AK_OK);
    assert_int_equal(n, 0);
}

static void all_series_are_listed_once(void **state)
{
    struct fixture *const f = *state;
    add_three(f);
    struct ak_series *series;
    size_t n;
    assert_int_equal(ak_store_list_series(f->store, NULL, f->arena, &series, &n, &f->err), AK_OK);
    assert_int_equal(n, 4);
    assert_string_equal(series[0].benchmark, "Stop/a");
    assert_string_equal(series[0].unit, "MB/s");
    assert_int_equal(ak_store_list_series(f->store, "none", f->arena, &series, &n, &f->err), AK_OK);
    assert_int_equal(n, 0);
}

/* Sums over the decoded profile, without the store. */
static void sum(const struct ak_profile *p, const char *name, uint32_t type,
                struct ak_function_point *out)
{
    for (size_t i = 0; i < p->sample_count; i++) {
        const int64_t v = p->values[i * p->sample_type_count + type];
        bool in_stack = false;
        for (uint64_t k = p->stack_start[i]; k < p->stack_start[i + 1]; k++) {
            const struct ak_location *const l = &p->locations[p->stack_ids[k]];
            for (uint32_t n = 0; n < l->line_count; n++) {
                const uint32_t fn = p->lines[l->first_line + n].function;
                if (ak_str_eq(ak_profile_str(p, p->functions[fn].name), ak_str_from(name))) {
                    out->flat += k == p->stack_start[i] && n == 0 ? v : 0;
                    in_stack = true;
                }
            }
        }
        out->cum += in_stack ? v : 0;
        out->total += v;
    }
}

static void check_function(struct fixture *f, const char *path, const char *type, uint32_t column)
{
    struct ak_buf bytes = AK_BUF_INIT;
    struct ak_profile *p;
    assert_int_equal(ak_file_read_inflated(path, NULL, &bytes, &f->err), AK_OK);
    assert_int_equal(ak_profile_decode_bytes(path, ak_buf_view(&bytes), NULL, &p, &f->err), AK_OK);
    struct ak_run *const run = fixture_run(f->arena, path, 1);
    struct ak_run_profile profile = {
        .name = "p.prof", .kind = "cpu", .benchmark = "", .bytes = ak_buf_view(&bytes)};
    run->profiles = &profile;
    run->profile_count = 1;
    add(f, run);
    for (uint32_t i = 0; i < p->function_count; i++) {
        const char *const name =
            ak_arena_str(f->arena, ak_profile_str(p, p->functions[i].name)).ptr;
        struct ak_function_point want = {0};
        sum(p, name, column, &want);
        const struct ak_function_query q = {
            .function = name, .type = type, .label = path, .profile = "p.prof"};
        struct ak_function_point *got;
        size_t n;
        assert_int_equal(ak_store_function_history(f->store, &q, f->arena, &got, &n, &f->err),
                         AK_OK);
        assert_int_equal(n, 1);
        assert_true(got[0].found);
        assert_int_equal(got[0].flat, want.flat);
        assert_int_equal(got[0].cum, want.cum);
        assert_int_equal(got[0].total, want.total);
    }
    ak_profile_free(p);
    ak_buf_release(&bytes);
}

static void every_function_of_a_profile_is_found(void **state)
{
    struct fixture *const f = *state;
    static const char cpu[] =
        "tests/data/profiles/goakt-GCAllocationsDuringShutdown_1000Actors-001.cpu.pb.gz";
    static const char heap[] = "tests/data/goakt/goakt-v3/shutdown_mem.prof";
    check_function(f, cpu, "samples", 0);
    fixture_reopen(f, AK_STORE_WRITE);
    check_function(f, "tests/data/profiles/goakt-Ask-000.cpu.pb.gz", "cpu", 1);
    check_function(f, heap, "alloc_space", 1);
    struct ak_function_point *got;
    size_t n;
    struct ak_function_query q = {.function = "no such function", .type = "inuse_space"};
    assert_int_equal(ak_store_function_history(f->store, &q, f->arena, &got, &n, &f->err), AK_OK);
    assert_int_equal(n, 1); /* the heap profile; it is not found in it */
    assert_false(got[0].found);
    q.type = "no such type";
    assert_int_equal(ak_store_function_history(f->store, &q, f->arena, &got, &n, &f->err), AK_OK);
    assert_int_equal(n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(a_series_comes_oldest_first),
        FIXTURE_TEST(all_series_are_listed_once),
        FIXTURE_TEST(every_function_of_a_profile_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
