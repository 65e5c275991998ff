/* akreport verify: is the history whole. */
#include "base/json.h"
#include "base/sanitize.h"
#include "command.h"
#include "store/store.h"

#include <stdio.h>

struct opts {
    const char *store;
    bool json;
};

#define F(field) offsetof(struct opts, field)
static const struct ak_opt table[] = {
    {"store", AK_OPT_STR, F(store), "FILE", "history file", "options"},
    {"json", AK_OPT_BOOL, F(json), NULL, "print JSON", NULL},
    {NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL},
};

static void render_text(const struct ak_verification *v, struct ak_buf *out)
{
    for (size_t i = 0; i < v->problem_count; i++) {
        ak_buf_puts(out, "damaged: ");
        ak_sanitize_text(out, ak_str_from(v->problems[i]));
        ak_buf_putc(out, '\n');
    }
    ak_buf_printf(out, "%zu runs and %zu profiles read back, ", v->runs, v->profiles);
    if (v->problem_count) {
        ak_buf_printf(out, "%zu problems\n", v->problem_count);
    } else {
        ak_buf_puts(out, "all identical\n");
    }
}

static void render_json(const struct ak_verification *v, struct ak_buf *out)
{
    struct ak_json j;
    ak_json_init(&j, out, 2);
    ak_json_object(&j);
    ak_json_ki64(&j, "runs", (int64_t)v->runs);
    ak_json_ki64(&j, "profiles", (int64_t)v->profiles);
    ak_json_key(&j, "problems");
    ak_json_array(&j);
    for (size_t i = 0; i < v->problem_count; i++) {
        ak_json_cstr(&j, v->problems[i]);
    }
    ak_json_end(&j);
    ak_json_end(&j);
    ak_buf_putc(out, '\n');
}

static int verify(const struct opts *o, struct ak_arena *arena)
{
    struct ak_error err = {0};
    struct ak_store *s = NULL;
    struct ak_verification v = {0};
    struct ak_buf out = AK_BUF_INIT;
    enum ak_status st = ak_store_open(ak_store_path(o->store), AK_STORE_READ, &s, &err);
    st = st == AK_OK ? ak_store_verify(s, arena, &v, &err) : st;
    ak_store_close(s);
    if (st != AK_OK) {
        return command_fail("verify", &err);
    }
    if (o->json) {
        render_json(&v, &out);
    } else {
        render_text(&v, &out);
    }
    const bool printed = command_print("verify", ak_buf_view(&out));
    ak_buf_release(&out);
    return v.problem_count || !printed ? 2 : 0;
}

static int run(int argc, char **argv)
{
    struct opts o = {0};
    struct ak_args args;
    struct ak_arena *arena = ak_arena_new();
    int code = command_parse(&cmd_verify, &o, argc, argv, arena, &args);
    if (code < 0 && args.count > 0) {
        fputs("akreport verify: takes no arguments, only options\n", stderr);
        code = 2;
    } else if (code < 0) {
        code = verify(&o, arena);
    }
    ak_arena_free(arena);
    return code;
}

const struct command cmd_verify = {
    .name = "verify",
    .summary = "reads everything back and compares it with its checksums",
    .usage = "verify [--store FILE] [--json]",
    .opts = table,
    .run = run,
};
