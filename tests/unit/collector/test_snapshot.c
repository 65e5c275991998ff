#include "base/io.h"
#include "record/snapshot.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/aksnapshot.XXXXXX";

static void write_file(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(ak_file_write(path, ak_str_from(text), NULL), AK_OK);
}

static void finds_new_and_changed_profiles(void **state)
{
    (void)state;
    struct ak_arena *arena = ak_arena_new();
    char sub[300];
    snprintf(sub, sizeof sub, "%s/a/b", folder);
    assert_int_equal(ak_dir_make(sub, NULL), AK_OK);
    write_file("old.prof", "1");
    write_file("same.prof", "1");
    write_file("notes.txt", "1");
    const struct collector_snapshot before = collector_snapshot_take(folder, arena);
    assert_int_equal(before.count, 2);
    write_file("old.prof", "22");
    write_file("a/b/new.pb.gz", "1");
    write_file("notes.txt", "22");
    write_file("cpu.out", "1");
    struct collector_snapshot after = collector_snapshot_take(folder, arena);
    const char *path = ak_arena_printf(arena, "%s/cpu.out", folder);
    collector_snapshot_add(&after, path, arena);
    collector_snapshot_add(&after, ak_arena_printf(arena, "%s/./old.prof", folder), arena);
    collector_snapshot_add(&after, "/nowhere/at/all.prof", arena);
    const struct collector_snapshot changed = collector_snapshot_changes(&before, &after, arena);
    assert_int_equal(changed.count, 3);
    assert_string_equal(ak_path_base(changed.files[0].path), "new.pb.gz");
    assert_string_equal(ak_path_base(changed.files[1].path), "cpu.out");
    assert_string_equal(ak_path_base(changed.files[2].path), "old.prof");
    ak_arena_free(arena);
}

static void a_folder_that_is_not_there_is_empty(void **state)
{
    (void)state;
    struct ak_arena *arena = ak_arena_new();
    assert_int_equal(collector_snapshot_take("/nowhere/at/all", arena).count, 0);
    ak_arena_free(arena);
}

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {"a/b/new.pb.gz", "a/b",       "a",       "old.prof",
                                        "same.prof",     "notes.txt", "cpu.out", ""};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[300];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (unlink(path) != 0) {
            rmdir(path);
        }
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_new_and_changed_profiles),
        cmocka_unit_test(a_folder_that_is_not_there_is_empty),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
