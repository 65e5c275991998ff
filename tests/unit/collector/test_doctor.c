#include "collector/doctor.h"
#include "profile/build.h"
#include "profile/encode.h"
#include "test.h"

#include <string.h>

/* One stack of a profile: names from the leaf, a blank between them, and the values. */
struct stack {
    const char *frames;
    int64_t values[4];
};

struct fixture {
    struct ak_arena *arena;
    struct ak_run_profile profile;
    struct ak_run run;
    struct ak_finding *found;
    size_t count;
};

static const char *const cpu[] = {"samples", "count", "cpu", "nanoseconds", NULL};
static const char *const heap[] = {"alloc_objects", "count",         "alloc_space",
                                   "bytes",         "inuse_objects", "count",
                                   "inuse_space",   "bytes",         NULL};

static uint32_t location_of(struct ak_build *b, const char *name, size_t len, bool has_name)
{
    const struct ak_function f = {.name = ak_build_str(b, (struct ak_str){name, len})};
    const struct ak_line line = {has_name ? ak_build_function(b, &f) : AK_NO_INDEX, 1, 0};
    return ak_build_location(b, b->p->location_count + 1, AK_NO_INDEX, &line, has_name);
}

static struct ak_profile *build(const char *const *types, const struct stack *stacks, size_t count)
{
    struct ak_build b;
    ak_build_init(&b);
    for (size_t i = 0; types[i]; i += 2) {
        ak_build_sample_type(&b, types[i], types[i + 1]);
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t ids[200];
        size_t depth = 0;
        for (const char *at = stacks[i].frames; *at;) {
            const size_t len = strcspn(at, " ");
            ids[depth++] = location_of(&b, at, len, *at != '?');
            at += len + (at[len] == ' ');
        }
        ak_build_sample(&b, &(struct ak_build_sample){ids, depth, stacks[i].values, NULL, 0});
    }
    struct ak_profile *p = ak_build_finish(&b);
    ak_build_release(&b);
    return p;
}

static void look(struct fixture *f, const char *kind, const char *const *types,
                 const struct stack *stacks, size_t count)
{
    struct ak_buf bytes = AK_BUF_INIT;
    struct ak_profile *p = build(types, stacks, count);
    ak_profile_encode(p, AK_ENCODE_PPROF, &bytes);
    ak_profile_free(p);
    f->profile = (struct ak_run_profile){
        .name = "x.prof", .kind = kind, .bytes = ak_arena_str(f->arena, ak_buf_view(&bytes))};
    ak_buf_release(&bytes);
    f->run = (struct ak_run){.profiles = &f->profile, .profile_count = 1};
    f->found = ak_doctor_run(&f->run, NULL, f->arena, &f->count);
}

static void assert_rules(const struct fixture *f, const char *wanted)
{
    struct ak_buf got = AK_BUF_INIT;
    for (size_t i = 0; i < f->count; i++) {
        ak_buf_printf(&got, "%s%s", i ? " " : "", ak_rule_id(f->found[i].rule));
    }
    assert_text(got, wanted);
    ak_buf_release(&got);
}

static int set_up(void **state)
{
    static struct fixture f;
    f = (struct fixture){.arena = ak_arena_new()};
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    const struct fixture *f = *state;
    ak_arena_free(f->arena);
    return 0;
}

#define CPU(frames, n)                                                                             \
    {                                                                                              \
        frames,                                                                                    \
        {                                                                                          \
            n, (n)*10000000LL                                                                      \
        }                                                                                          \
    }
#define LOOK(f, kind, types, ...)                                                                  \
    look(f, kind, types, (const struct stack[]){__VA_ARGS__},                                      \
         sizeof((const struct stack[]){__VA_ARGS__}) / sizeof(struct stack))

/* 25 % of 36 samples may be less than 20 %: nothing is said. 25 % of 3,600 may not. */
static void abstains_while_the_interval_straddles(void **state)
{
    struct fixture *f = *state;
    LOOK(f, "cpu", cpu, CPU("x runtime.gcBgMarkWorker", 9), CPU("a.b/x.f", 27));
    assert_rules(f, "P001");
    LOOK(f, "cpu", cpu, CPU("x runtime.gcBgMarkWorker", 900), CPU("a.b/x.f", 2700));
    assert_rules(f, "P009");
    assert_non_null(strstr(f->found[0].evidence, "25.0 % [23.6, 26.4]"));
    assert_non_null(strstr(f->found[0].evidence, "3600 sampled events"));
}

/* One large object is one event, however many bytes it has. */
static void weights_large_values(void **state)
{
    struct fixture *f = *state;
    LOOK(f, "heap", heap, {"a.b/x.f runtime/pprof.w", {1, 1000, 0, 0}},
         {"a.b/x.g", {1000, 9000, 0, 0}});
    assert_rules(f, "");
    LOOK(f, "heap", heap, {"a.b/x.f runtime/pprof.w", {100, 1000, 0, 0}},
         {"a.b/x.g", {900, 9000, 0, 0}});
    assert_rules(f, "P005");
}

static void names_library_functions_only(void **state)
{
    struct fixture *f = *state;
    LOOK(f, "cpu", cpu, CPU("strings.Repeat a.b/x.f", 900), CPU("a.b/x.g", 100));
    assert_rules(f, "P006");
    LOOK(f, "cpu", cpu, CPU("main.work main.main", 900), CPU("a.b/x.g", 100));
    assert_rules(f, "");
    LOOK(f, "cpu", cpu, CPU("a.b/x.f", 900), CPU("a.b/x.g", 100));
    assert_rules(f, "");
    LOOK(f, "cpu", cpu, CPU("strings.Repeat a.b/x.f", 520), CPU("a.b/x.g", 480));
    assert_rules(f, ""); /* 52 % [48.9, 55.1] */
}

static void growing_and_json(void **state)
{
    struct fixture *f = *state;
    LOOK(f, "cpu", cpu, CPU("memmove runtime.growslice a.b/x.f", 200), CPU("a.b/x.g", 800));
    assert_rules(f, "P014");
    LOOK(f, "cpu", cpu, CPU("internal/runtime/maps.(*table).grow a.b/x.f", 200),
         CPU("a.b/x.g", 800));
    assert_rules(f, "P014");
    LOOK(f, "cpu", cpu,
         CPU("reflect.Value.Field encoding/json.(*encodeState).marshal a.b/x.f", 200),
         CPU("a.b/x.g", 800));
    assert_rules(f, "P015");
    LOOK(f, "cpu", cpu, CPU("reflect.Value.Field a.b/x.f", 200), CPU("a.b/x.g", 800));
    assert_rules(f, "");
}

static void timers_in_use(void **state)
{
    struct fixture *f = *state;
    LOOK(f, "heap", heap, {"time.NewTimer time.After a.b/x.f", {500, 50000, 400, 40000}},
         {"a.b/x.g", {500, 50000, 600, 60000}});
    assert_rules(f, "P013");
    LOOK(f, "heap", heap, {"time.NewTimer time.After a.b/x.f", {500, 50000, 0, 0}},
         {"a.b/x.g", {500, 50000, 600, 60000}});
    assert_rules(f, ""); /* they are freed again */
}

static void convoys(void **state)
{
    static const char *const delays[] = {"contentions", "count", "delay", "nanoseconds", NULL};
    struct fixture *f = *state;
    LOOK(f, "mutex", delays, {"sync.(*Mutex).Unlock a.b/x.f", {1000, 5000000000}},
         {"sync.(*Mutex).Unlock a.b/x.g", {1000, 1000000000}});
    assert_rules(f, "P012");
    assert_non_null(strstr(f->found[0].evidence, "in a.b/x.f: 1000 waits of 5 ms"));
    LOOK(f, "mutex", delays, {"sync.(*Mutex).Unlock a.b/x.f", {10, 50000000}});
    assert_rules(f, ""); /* few */
    LOOK(f, "mutex", delays, {"sync.(*Mutex).Unlock a.b/x.f", {1000, 1000000}});
    assert_rules(f, ""); /* short */
    LOOK(f, "block", delays, {"runtime.chanrecv1 a.b/x.f", {1000, 5000000000}});
    assert_rules(f, ""); /* a channel */
}

static void symbols(void **state)
{
    struct fixture *f = *state;
    LOOK(f, "cpu", cpu, CPU("? a.b/x.f", 500), CPU("? a.b/x.g", 500));
    assert_rules(f, "P010");
    LOOK(f, "cpu", cpu, CPU("a.b/x.f a.b/x.main", 500), CPU("a.b/x.g", 500));
    assert_rules(f, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(abstains_while_the_interval_straddles, set_up, tear_down),
        cmocka_unit_test_setup_teardown(weights_large_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_library_functions_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(growing_and_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(timers_in_use, set_up, tear_down),
        cmocka_unit_test_setup_teardown(convoys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(symbols, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
