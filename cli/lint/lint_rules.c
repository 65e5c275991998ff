/* akreport lint rules: what lint can find, from the one table of rules. */
#include "base/json.h"
#include "base/mem.h"
#include "collector/rules.h"
#include "lint.h"

struct options {
    bool json;
};

static const struct ak_opt table[] = {
    {"json", AK_OPT_BOOL, offsetof(struct options, json), NULL, "for programs", "output"},
    {NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL},
};

/* The command that looks for a rule, by the first letter of its id. */
static const struct command *command_of(enum ak_rule rule)
{
    switch (*ak_rule_id(rule)) {
    case 'L':
        return &lint_go;
    case 'B':
        return &lint_bench;
    case 'C':
        return &lint_c;
    default:
        return &lint_doctor;
    }
}

static void rules_text(struct ak_buf *out)
{
    const struct command *last = NULL;
    for (enum ak_rule r = 0; r < AK_RULE_COUNT; r++) {
        if (command_of(r) != last) {
            ak_buf_printf(out, "%s%s\n", last ? "\n" : "", command_of(r)->name);
            last = command_of(r);
        }
        ak_buf_printf(out, "  %s  %s\n        %s\n", ak_rule_id(r), ak_rule_title(r),
                      ak_rule_help(r));
    }
}

static void rules_json(struct ak_buf *out)
{
    struct ak_json j;
    ak_json_init(&j, out, 2);
    ak_json_array(&j);
    for (enum ak_rule r = 0; r < AK_RULE_COUNT; r++) {
        ak_json_object(&j);
        ak_json_kstr(&j, "id", ak_rule_id(r));
        ak_json_kstr(&j, "command", command_of(r)->name);
        ak_json_kstr(&j, "title", ak_rule_title(r));
        ak_json_kstr(&j, "help", ak_rule_help(r));
        ak_json_end(&j);
    }
    ak_json_end(&j);
    ak_buf_putc(out, '\n');
}

static int run(int argc, char **argv)
{
    struct options o = {0};
    struct ak_arena *arena = ak_arena_new();
    struct ak_args args;
    struct ak_error err = {0};
    int code = command_parse(&lint_rules, &o, argc, argv, arena, &args);
    if (code < 0 && (args.count > 0 || args.rest_count > 0)) {
        (void)ak_fail(&err, AK_USAGE, "takes no argument");
        code = command_fail(lint_rules.name, &err);
    } else if (code < 0) {
        struct ak_buf out = AK_BUF_INIT;
        (o.json ? rules_json : rules_text)(&out);
        code = command_print(lint_rules.name, ak_buf_view(&out)) ? 0 : 2;
        ak_buf_release(&out);
    }
    ak_arena_free(arena);
    return code;
}

const struct command lint_rules = {
    .name = "lint rules",
    .summary = "what lint can find, and what to do about it",
    .usage = "lint rules [--json]",
    .opts = table,
    .run = run,
};
