#include "base/mem.h"
#include "record/command_line.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

static struct ak_arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = ak_arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ak_arena_free(arena);
    return 0;
}

#define READ(...) collector_command_line_read((const char *const[]){__VA_ARGS__, NULL}, NULL, arena)

static void expect_words(const char *const *words, const char *want)
{
    assert_string_equal(collector_command_line_text(words, arena), want);
}

static void finds_go_test_and_its_packages(void **state)
{
    (void)state;
    const struct collector_command_line c =
        READ("env", "X=1", "/opt/go/bin/go", "test", "-run", "^$", "-bench=Shutdown", "-v", "./a",
             "./b", "-count", "3");
    assert_int_equal(c.program, COLLECTOR_PROGRAM_GO_TEST);
    assert_string_equal(c.bench, "Shutdown");
    assert_int_equal(c.flags_at, 4);
    assert_int_equal(c.package_count, 2);
    assert_string_equal(c.argv[c.packages_at], "./a");
    assert_false(c.has_cpu);
}

static void finds_profiles_that_flags_ask_for(void **state)
{
    (void)state;
    const char *const go[] = {
        "go",  "test",  "--cpuprofile=c.prof", "-memprofile", "/tmp/m.prof", "-outputdir",
        "out", "-args", "-blockprofile=no",    NULL};
    const struct collector_command_line c = collector_command_line_read(go, "/w", arena);
    assert_true(c.has_cpu && c.has_memory);
    assert_int_equal(c.profile_count, 2);
    assert_string_equal(c.profiles[0], "/w/out/c.prof");
    assert_string_equal(c.profiles[1], "/tmp/m.prof");
    const struct collector_command_line t =
        READ("./x.test", "-test.bench", ".", "-test.mutexprofile", "m.out");
    assert_int_equal(t.program, COLLECTOR_PROGRAM_BENCH);
    assert_string_equal(t.prefix, "test.");
    assert_string_equal(t.bench, ".");
    assert_string_equal(t.profiles[0], "m.out");
    const struct collector_command_line other = READ("./mine", "-v", "-cpuprofile", "c.out");
    assert_int_equal(other.program, COLLECTOR_PROGRAM_OTHER);
    assert_string_equal(other.profiles[0], "c.out");
}

static void finds_variables_of_the_guide(void **state)
{
    (void)state;
    setenv("GOAKT_PROFILE_QUERY", "1", 1);
    setenv("GOAKT_PROFILE_EMPTY", "", 1);
    const struct collector_command_line c =
        READ("env", "GOAKT_PROFILE_SHUTDOWN=1", "GOAKT_PROFILE_QUERY=1", "true");
    unsetenv("GOAKT_PROFILE_QUERY");
    unsetenv("GOAKT_PROFILE_EMPTY");
    assert_int_equal(c.variable_count, 2);
    assert_string_equal(c.variables[0], "GOAKT_PROFILE_QUERY");
    assert_string_equal(c.variables[1], "GOAKT_PROFILE_SHUTDOWN");
}

static void varies_a_command(void **state)
{
    (void)state;
    const char *const flags[] = {"-cpuprofile=c", NULL};
    const struct collector_command_line c = READ("go", "test", "-bench", "x", "-v", "./...");
    const struct collector_variant v = {.package = "p/q", .bench = "^A$", .flags = flags};
    expect_words(collector_command_line_vary(&c, &v, arena),
                 "go test -cpuprofile=c '-bench=^A$' -v p/q");
    const struct collector_command_line plain = READ("go", "test");
    expect_words(
        collector_command_line_vary(&plain, &(struct collector_variant){.flags = flags}, arena),
        "go test -cpuprofile=c");
    const struct collector_command_line t = READ("x.test", "-test.bench=.");
    expect_words(collector_command_line_vary(&t, &(struct collector_variant){.bench = "A"}, arena),
                 "x.test -test.bench=A");
}

static void quotes_for_a_shell(void **state)
{
    (void)state;
    expect_words((const char *const[]){"a", "", "b c", "it's", "-run=^$", NULL},
                 "a '' 'b c' 'it'\\''s' '-run=^$'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_go_test_and_its_packages),
        cmocka_unit_test(finds_profiles_that_flags_ask_for),
        cmocka_unit_test(finds_variables_of_the_guide),
        cmocka_unit_test(varies_a_command),
        cmocka_unit_test(quotes_for_a_shell),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
