#include "base/buf.h"
#include "store/json_read.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

static struct ak_json_reader *reader;
static struct ak_arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = ak_arena_new();
    return ak_json_reader_open(&reader, NULL) == AK_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    ak_json_reader_close(reader);
    ak_arena_free(arena);
    return 0;
}

static const struct ak_json_node *parse(const char *text)
{
    const struct ak_json_node *root = NULL;
    struct ak_error err = {0};
    assert_int_equal(ak_json_read(reader, "t", ak_str_from(text), arena, &root, &err), AK_OK);
    return root;
}

static void builds_the_tree_in_order(void **state)
{
    (void)state;
    const struct ak_json_node *root = parse(
        "{\"a\":[1,-2.5e3,[],{\"x\":null}],\"b\":{\"c\":true,\"d\":\"\\u00e9\\n\"},\"e\":false}");
    assert_int_equal(root->type, AK_JSON_OBJECT);
    assert_int_equal(ak_json_count(root), 3);
    const struct ak_json_node *a = ak_json_get(root, "a");
    assert_int_equal(a->type, AK_JSON_ARRAY);
    assert_int_equal(ak_json_count(a), 4);
    assert_true(a->child->number == 1 && a->child->next->number == -2500);
    assert_int_equal(a->child->key.len, 0);
    assert_int_equal(a->child->next->next->type, AK_JSON_ARRAY);
    assert_int_equal(ak_json_get(a->child->next->next->next, "x")->type, AK_JSON_NULL);
    assert_int_equal(ak_json_get(ak_json_get(root, "b"), "c")->type, AK_JSON_BOOL);
    assert_true(ak_json_get(ak_json_get(root, "b"), "c")->number == 1);
    assert_true(ak_str_eq(ak_json_get_str(ak_json_get(root, "b"), "d"), AK_STR("\xc3\xa9\n")));
    assert_true(ak_json_get(root, "e")->number == 0);
}

static void answers_for_what_is_not_there(void **state)
{
    (void)state;
    const struct ak_json_node *root = parse("[1]");
    assert_null(ak_json_get(root, "a"));
    assert_null(ak_json_get(NULL, "a"));
    assert_int_equal(ak_json_get_str(root, "a").len, 0);
    assert_true(ak_json_get_num(NULL, "a", 7) == 7);
    assert_int_equal(ak_json_count(NULL), 0);
}

static void refuses(const char *text, enum ak_status status)
{
    const struct ak_json_node *root = NULL;
    struct ak_error err = {0};
    assert_int_equal(ak_json_read(reader, "file.json", ak_str_from(text), arena, &root, &err),
                     status);
    assert_true(strncmp(err.text, "file.json: ", 11) == 0);
    assert_null(root);
}

static void refuses_malformed_documents_and_goes_on(void **state)
{
    (void)state;
    refuses("{\"a\":", AK_FORMAT);
    refuses("", AK_FORMAT);
    refuses("{} x", AK_FORMAT);
    refuses("[1,]", AK_FORMAT);
    assert_int_equal(parse("[]")->type, AK_JSON_ARRAY);
}

static void refuses_documents_beyond_the_limits(void **state)
{
    (void)state;
    struct ak_buf deep = AK_BUF_INIT, wide = AK_BUF_INIT;
    ak_buf_fill(&deep, '[', 1001);
    refuses(deep.ptr, AK_LIMIT);
    ak_buf_puts(&wide, "[\"[[[,,,\"");
    for (int i = 0; i < (1 << 20); i++) {
        ak_buf_puts(&wide, ",1");
    }
    ak_buf_puts(&wide, "]");
    refuses(wide.ptr, AK_LIMIT);
    ak_buf_release(&deep);
    ak_buf_release(&wide);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(builds_the_tree_in_order),
        cmocka_unit_test(answers_for_what_is_not_there),
        cmocka_unit_test(refuses_malformed_documents_and_goes_on),
        cmocka_unit_test(refuses_documents_beyond_the_limits),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
