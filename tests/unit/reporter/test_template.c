#include "base/io.h"
#include "reporter/template.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* --- the public specification ---------------------------------------------------------------- */

static sqlite3 *db;
static struct ak_arena *arena;

static struct ak_str column(sqlite3_stmt *s, int i)
{
    const char *text = (const char *)sqlite3_column_text(s, i);
    return ak_arena_str(arena, text ? ak_str_from(text) : AK_STR(""));
}

static struct ak_tvalue *value_of(struct ak_str json, const char *type);

static void children_add(struct ak_tvalue *parent, struct ak_str json)
{
    sqlite3_stmt *s = NULL;
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT key, type, value, json_quote(value) FROM "
                                        "json_each(?1)",
                                        -1, &s, NULL),
                     SQLITE_OK);
    sqlite3_bind_text(s, 1, json.ptr, (int)json.len, SQLITE_TRANSIENT);
    while (sqlite3_step(s) == SQLITE_ROW) {
        const struct ak_str key = column(s, 0);
        const struct ak_str type = column(s, 1);
        struct ak_tvalue *v = value_of(column(s, 2), type.ptr);
        if (parent->kind == AK_TV_MAP) {
            ak_tvalue_set(parent, key.ptr, v);
        } else {
            ak_tvalue_push(parent, v);
        }
    }
    sqlite3_finalize(s);
}

static struct ak_tvalue *value_of(struct ak_str json, const char *type)
{
    if (strcmp(type, "object") == 0 || strcmp(type, "array") == 0) {
        struct ak_tvalue *v = type[0] == 'o' ? ak_tvalue_map(arena) : ak_tvalue_list(arena);
        children_add(v, json);
        return v;
    }
    if (strcmp(type, "true") == 0 || strcmp(type, "false") == 0) {
        return ak_tvalue_bool(arena, type[0] == 't');
    }
    struct ak_tvalue *v = ak_tvalue_str(arena, json);
    if (strcmp(type, "null") == 0) {
        v->kind = AK_TV_NULL;
    }
    return v;
}

static bool spec_partial(void *ctx, struct ak_str name, struct ak_str *out_text)
{
    const struct ak_tvalue *map = ctx;
    for (const struct ak_tvalue *c = map->first; c; c = c->next) {
        if (ak_str_eq(ak_str_from(c->key), name)) {
            *out_text = c->str;
            return true;
        }
    }
    return false;
}

static size_t module_run(const char *name)
{
    struct ak_buf file = AK_BUF_INIT;
    struct ak_error err = {0};
    char path[200];
    snprintf(path, sizeof path, "tests/data/mustache/%s.json", name);
    assert_int_equal(ak_file_read(path, 1 << 24, &file, &err), AK_OK);
    sqlite3_stmt *s = NULL;
    const char *sql = "SELECT value->>'name', value->>'template', value->>'expected', "
                      "coalesce(value->'data', '{}'), coalesce(value->'partials', '{}'), "
                      "json_type(value, '$.data'), value->>'data' FROM json_each(?1, '$.tests')";
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    sqlite3_bind_text(s, 1, file.ptr, (int)file.len, SQLITE_TRANSIENT);
    size_t failed = 0;
    size_t n = 0;
    while (sqlite3_step(s) == SQLITE_ROW) {
        const struct ak_str want = column(s, 2);
        const char *type = (const char *)sqlite3_column_text(s, 5);
        struct ak_str data = column(s, 3);
        if (type && strcmp(type, "object") != 0 && strcmp(type, "array") != 0) {
            data = column(s, 6); /* a bare string or number */
        }
        const struct ak_tvalue *value = value_of(data, type ? type : "object");
        struct ak_tvalue *partials = value_of(column(s, 4), "object");
        const struct ak_template_opts opts = {
            .name = name, .partial = spec_partial, .partial_ctx = partials};
        struct ak_buf out = AK_BUF_INIT;
        if (ak_template_render(column(s, 1), value, &opts, &out, &err) != AK_OK ||
            !ak_str_eq(ak_buf_view(&out), want)) {
            failed++;
            print_message("%s: %s: wanted <%s> got <%s>\n", name, column(s, 0).ptr, want.ptr,
                          out.ptr ? out.ptr : err.text);
        }
        ak_buf_release(&out);
        n++;
    }
    sqlite3_finalize(s);
    ak_buf_release(&file);
    assert_int_equal(failed, 0);
    return n;
}

static void passes_the_specification(void **state)
{
    (void)state;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    arena = ak_arena_new();
    static const char *const modules[] = {"comments", "delimiters", "interpolation",
                                          "inverted", "partials",   "sections"};
    size_t n = 0;
    for (size_t i = 0; i < 6; i++) {
        n += module_run(modules[i]);
    }
    assert_true(n >= 130);
    ak_arena_free(arena);
    sqlite3_close(db);
}

/* --- errors and strictness ------------------------------------------------------------------- */

static void refuses(const char *text, bool strict, const char *part)
{
    struct ak_arena *a = ak_arena_new();
    struct ak_tvalue *data = ak_tvalue_map(a);
    ak_tvalue_set_str(a, data, "known", "x");
    struct ak_buf out = AK_BUF_INIT;
    struct ak_error err = {0};
    const struct ak_template_opts opts = {.name = "t", .strict = strict};
    assert_int_not_equal(ak_template_render(ak_str_from(text), data, &opts, &out, &err), AK_OK);
    if (!strstr(err.text, part)) {
        fail_msg("\"%s\" says \"%s\", wanted \"%s\"", text, err.text, part);
    }
    ak_buf_release(&out);
    ak_arena_free(a);
}

static void errors_name_the_line(void **state)
{
    (void)state;
    refuses("a\nb {{known", false, "t:2: a tag is not closed");
    refuses("{{#known}}\n", false, "t:1: {{#known}} is not closed");
    refuses("\n\n{{/known}}", false, "t:3: {{/known}} closes nothing");
    refuses("{{#a}}{{/b}}{{/a}}", false, "closes nothing");
    refuses("{{=x=}}", false, "bad delimiters");
    refuses("{{known}}\n{{unknown}}", true, "t:2: there is no \"unknown\"");
    refuses("{{known.deeper}}", true, "there is no \"known.deeper\"");
    refuses("{{#nothing}}{{/nothing}}", true, "there is no \"nothing\"");
    refuses("{{> gone}}", true, "there is no partial \"gone\"");
}

static bool endless(void *ctx, struct ak_str name, struct ak_str *out_text)
{
    (void)ctx;
    (void)name;
    *out_text = AK_STR("{{>again}}");
    return true;
}

static bool doubling(void *ctx, struct ak_str name, struct ak_str *out_text)
{
    /* Level n is twice level n - 1: 2 to the 30th in all. */
    static char texts[64][64]; /* kept while an outer level still reads its own */
    int64_t level = 0;
    (void)ctx;
    if (!ak_str_i64(name, &level) || level == 0) {
        *out_text = AK_STR("x");
        return true;
    }
    char *text = texts[level & 63];
    snprintf(text, sizeof texts[0], "{{>%d}}{{>%d}}", (int)level - 1, (int)level - 1);
    *out_text = ak_str_from(text);
    return true;
}

static void partials_cannot_multiply(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    struct ak_buf out = AK_BUF_INIT;
    const struct ak_template_opts opts = {.name = "t", .partial = doubling};
    assert_int_equal(ak_template_render(AK_STR("{{>30}}"), ak_tvalue_map(a), &opts, &out, NULL),
                     AK_LIMIT);
    ak_buf_release(&out);
    ak_arena_free(a);
}

static void partials_cannot_recurse_for_ever(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    struct ak_buf out = AK_BUF_INIT;
    struct ak_error err = {0};
    const struct ak_template_opts opts = {.name = "t", .partial = endless};
    assert_int_equal(ak_template_render(AK_STR("{{>again}}"), ak_tvalue_map(a), &opts, &out, &err),
                     AK_LIMIT);
    ak_buf_release(&out);
    ak_arena_free(a);
}

static void embedded_files_are_found_and_names_are_confined(void **state)
{
    (void)state;
    unsetenv("AKREPORT_TEMPLATES");
    setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
    struct ak_templates *t = NULL;
    struct ak_error err = {0};
    struct ak_str text;
    assert_int_equal(ak_templates_open(NULL, &t, &err), AK_OK);
    assert_int_equal(ak_templates_load(t, "VERSION", &text, &err), AK_OK);
    assert_true(ak_str_eq(ak_str_trim(text), AK_STR("2")));
    static const char *const outside[] = {"../x", "/etc/passwd", "a/../../b", "", "a\nb", "..\\x"};
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        assert_int_equal(ak_templates_load(t, outside[i], &text, &err), AK_USAGE);
    }
    assert_int_equal(ak_templates_load(t, "gone.mustache", &text, &err), AK_NOT_FOUND);
    ak_templates_close(t);
    assert_int_equal(ak_templates_open("/nonexistent/folder", &t, &err), AK_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_the_specification),
        cmocka_unit_test(errors_name_the_line),
        cmocka_unit_test(partials_cannot_recurse_for_ever),
        cmocka_unit_test(partials_cannot_multiply),
        cmocka_unit_test(embedded_files_are_found_and_names_are_confined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
