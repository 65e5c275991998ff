#include "base/mem.h"
#include "collector/record.h"
#include "test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct ak_arena *arena;
static char folder[] = "/tmp/akrecord.XXXXXX";

static int set_up(void **state)
{
    (void)state;
    arena = ak_arena_new();
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {"cpu.prof", "sub/m.pb.gz", "sub",
                                        "bad.prof", "akbench",     ""};
    for (size_t i = 0; i < AK_COUNT(names); i++) {
        char path[300];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (unlink(path) != 0) {
            rmdir(path);
        }
    }
    ak_arena_free(arena);
    return 0;
}

static void on_output(void *ctx, struct ak_str bytes)
{
    ak_buf_str(ctx, bytes);
}

struct recorded {
    struct ak_record r;
    enum ak_status status;
    struct ak_error err;
    const char *shown;
};

static struct recorded record_argv(const char *const *argv, const struct ak_record_opts *how)
{
    struct ak_buf shown = AK_BUF_INIT;
    struct recorded out = {.err = {.text = ""}};
    struct ak_record_opts opts = *how;
    opts.argv = argv;
    opts.label = "l";
    opts.dir = folder;
    opts.ui = (struct ak_record_ui){.ctx = &shown, .output = on_output};
    out.status = ak_record_run(&opts, arena, &out.r, &out.err);
    out.shown = ak_arena_strdup(arena, shown.ptr ? shown.ptr : "");
    ak_buf_release(&shown);
    return out;
}

static struct recorded record_shell(const char *script)
{
    const char *const argv[] = {"sh", "-c", script, NULL};
    return record_argv(argv, &(struct ak_record_opts){.count = 1});
}

/* --- results ----------------------------------------------------------------------------- */

static void keeps_what_a_command_printed(void **state)
{
    (void)state;
    const struct recorded out =
        record_shell("echo 'pkg: p'; printf 'BenchmarkA-2 1 5 ns/op'; echo log >&2");
    assert_int_equal(out.status, AK_OK);
    assert_string_equal(out.shown, "pkg: p\nBenchmarkA-2 1 5 ns/op");
    const struct ak_run *run = out.r.ingest.run;
    assert_int_equal(run->result_lines, 1);
    assert_int_equal(run->state, AK_RUN_COMPLETE);
    assert_string_equal(run->label, "l");
    assert_non_null(strstr(run->command, "sh -c "));
    assert_true(run->time_ns > 0 && run->duration_ns > 0);
    assert_true(ak_run_env(run, "kernel")[0] && ak_run_env(run, "cores")[0]);
    assert_true(ak_run_env(run, "load1")[0] && ak_run_env(run, "load1_after")[0]);
    assert_int_equal(out.r.note_count, 0);
}

static void marks_a_failed_run_and_keeps_its_results(void **state)
{
    (void)state;
    const struct recorded out = record_shell("echo 'BenchmarkA-2 1 5 ns/op'; exit 7");
    assert_int_equal(out.r.exit_code, 7);
    assert_int_equal(out.r.ingest.run->state, AK_RUN_FAILED);
    assert_int_equal(out.r.ingest.run->result_lines, 1);
    const struct recorded killed = record_shell("kill -9 $$");
    assert_int_equal(killed.r.signal, SIGKILL);
    assert_int_equal(killed.r.exit_code, 128 + SIGKILL);
    assert_null(killed.r.ingest.run);
}

static void runs_several_times_into_one_run(void **state)
{
    (void)state;
    const char *const argv[] = {"printf", "BenchmarkA-2 1 5 ns/op", NULL};
    const struct recorded out = record_argv(argv, &(struct ak_record_opts){.count = 3});
    assert_int_equal(out.r.ingest.run->series[0].count, 3);
}

static void says_what_cannot_be_started(void **state)
{
    (void)state;
    const char *const argv[] = {"/nowhere/at/all", NULL};
    const struct recorded out = record_argv(argv, &(struct ak_record_opts){.count = 1});
    assert_int_equal(out.status, AK_NOT_FOUND);
    assert_non_null(strstr(out.err.text, "/nowhere/at/all: cannot be started"));
}

static void does_not_wait_for_what_a_command_left_behind(void **state)
{
    (void)state;
    const struct recorded out =
        record_shell("(sleep 2; echo 'BenchmarkB-2 1 5 ns/op') & echo 'BenchmarkA-2 1 5 ns/op'");
    assert_int_equal(out.r.ingest.run->result_lines, 1);
}

static void passes_signals_on(void **state)
{
    (void)state;
    const struct recorded out =
        record_shell("trap 'echo \"BenchmarkA-2 1 5 ns/op\"; exit 5' TERM; kill -TERM $PPID; "
                     "i=0; while [ $i -lt 200 ]; do sleep 0.05; i=$((i+1)); done");
    assert_true(out.r.interrupted);
    assert_int_equal(out.r.exit_code, 5);
    assert_int_equal(out.r.ingest.run->result_lines, 1);
}

/* --- profiles ---------------------------------------------------------------------------- */

static const char *data_folder(void)
{
    static char path[4096];
    assert_non_null(getcwd(path, sizeof path));
    return ak_arena_printf(arena, "%s/tests/data/goakt/goakt-v3", path);
}

static void picks_up_profiles_that_were_written(void **state)
{
    (void)state;
    const char *data = data_folder();
    const struct recorded out =
        record_shell(ak_arena_printf(arena,
                                     "mkdir -p sub && cp %s/shutdown_cpu.prof cpu.prof && cp "
                                     "%s/shutdown_mem.prof sub/m.pb.gz && echo x >bad.prof",
                                     data, data));
    const struct ak_run *run = out.r.ingest.run;
    assert_int_equal(run->profile_count, 2);
    assert_string_equal(run->profiles[0].name, "cpu.prof");
    assert_string_equal(run->profiles[0].kind, "cpu");
    assert_string_equal(run->profiles[1].name, "m.pb.gz");
    assert_int_equal(out.r.ingest.warning_count, 1); /* bad.prof */
    const struct recorded again = record_shell("echo 'BenchmarkA-2 1 5 ns/op'");
    assert_int_equal(again.r.ingest.run->profile_count, 0);
}

static void expect_note(const struct recorded *out, const char *want)
{
    assert_int_equal(out->r.note_count, 1);
    if (!strstr(out->r.notes[0], want)) {
        print_message("note: %s\n", out->r.notes[0]);
    }
    assert_non_null(strstr(out->r.notes[0], want));
}

static void says_why_profiles_are_missing(void **state)
{
    (void)state;
    const char *bench = "echo 'BenchmarkA-2 1 5 ns/op'";
    setenv("GOAKT_PROFILE_SHUTDOWN", "1", 1);
    struct recorded out = record_shell(bench);
    expect_note(&out, "GOAKT_PROFILE_SHUTDOWN has no effect in this program");
    out = record_shell("echo PASS");
    expect_note(&out, "nothing was measured: no benchmark printed a result");
    out = record_shell("echo '--- SKIP: BenchmarkA'");
    expect_note(&out, "skipped");
    out = record_shell("exit 1");
    expect_note(&out, "the command failed (exit code 1)");
    unsetenv("GOAKT_PROFILE_SHUTDOWN");
    const char *const argv[] = {"sh", "-c", bench, "sh", "-cpuprofile", "/nowhere/c.prof", NULL};
    out = record_argv(argv, &(struct ak_record_opts){.count = 1});
    expect_note(&out, "/nowhere is not a folder that may be written");
    const char *const here[] = {"sh", "-c", bench, "sh", "-memprofile=m.prof", NULL};
    out = record_argv(here, &(struct ak_record_opts){.count = 1});
    expect_note(&out, "m.prof was asked for and is not there");
}

/* A program that takes the testing package's flags and writes the profiles it is asked for. */
static const char *fake_bench(void)
{
    const char *path = ak_arena_printf(arena, "%s/akbench", folder);
    const char *script = ak_arena_printf(
        arena,
        "#!/bin/sh\n"
        "for a; do case $a in -list) echo BenchmarkA; echo BenchmarkB; echo ok; exit;;\n"
        "-cpuprofile=*) cp %s/shutdown_cpu.prof \"${a#*=}\";;\n"
        "-memprofile=*) cp %s/shutdown_mem.prof \"${a#*=}\";;\n"
        "-bench=^BenchmarkB$) echo 'BenchmarkB 1 5 ns/op'; only=1;; esac; done\n"
        "[ \"$only\" ] || echo 'BenchmarkA 1 5 ns/op'\n",
        data_folder(), data_folder());
    assert_int_equal(ak_file_write(path, ak_str_from(script), NULL), AK_OK);
    const char *const chmod[] = {"chmod", "+x", path, NULL};
    assert_int_equal(record_argv(chmod, &(struct ak_record_opts){.count = 1}).status, AK_OK);
    return path;
}

static void adds_profiles_to_a_command(void **state)
{
    (void)state;
    const char *const argv[] = {fake_bench(), NULL};
    const struct recorded out = record_argv(argv, &(struct ak_record_opts){.profiles = true});
    assert_int_equal(out.status, AK_OK);
    const struct ak_run *run = out.r.ingest.run;
    assert_int_equal(run->profile_count, 2);
    assert_string_equal(run->profiles[0].name, "cpu.prof");
    assert_string_equal(run->profiles[1].name, "mem.prof");
    assert_string_equal(run->command, argv[0]);
}

static void profiles_each_benchmark_by_itself(void **state)
{
    (void)state;
    const char *const argv[] = {fake_bench(), NULL};
    const struct recorded out = record_argv(argv, &(struct ak_record_opts){.profile_each = true});
    const struct ak_run *run = out.r.ingest.run;
    assert_int_equal(run->result_lines, 2);
    assert_int_equal(run->profile_count, 4);
    assert_string_equal(run->profiles[2].name, "B_cpu.prof");
    assert_string_equal(run->profiles[2].benchmark, "B");
}

static void refuses_profiles_for_an_unknown_command(void **state)
{
    (void)state;
    const char *const argv[] = {"true", NULL};
    const struct recorded out = record_argv(argv, &(struct ak_record_opts){.profiles = true});
    assert_int_equal(out.status, AK_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_a_command_printed),
        cmocka_unit_test(marks_a_failed_run_and_keeps_its_results),
        cmocka_unit_test(runs_several_times_into_one_run),
        cmocka_unit_test(says_what_cannot_be_started),
        cmocka_unit_test(does_not_wait_for_what_a_command_left_behind),
        cmocka_unit_test(passes_signals_on),
        cmocka_unit_test(picks_up_profiles_that_were_written),
        cmocka_unit_test(says_why_profiles_are_missing),
        cmocka_unit_test(adds_profiles_to_a_command),
        cmocka_unit_test(profiles_each_benchmark_by_itself),
        cmocka_unit_test(refuses_profiles_for_an_unknown_command),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
