/* akreport templates: writes the embedded templates into a folder, to be changed there. */
#include "command.h"
#include "reporter/template.h"

#include <stdio.h>
#include <string.h>

static const struct ak_opt table[] = {{NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL}};

static int export_to(const char *dir)
{
    struct ak_error err = {0};
    size_t files = 0;
    if (ak_templates_export(dir, &files, &err) != AK_OK) {
        return command_fail("templates", &err);
    }
    struct ak_buf line = AK_BUF_INIT;
    ak_buf_printf(&line, "%zu files written to %s\n", files, dir);
    const bool printed = command_print("templates", ak_buf_view(&line));
    ak_buf_release(&line);
    return printed ? 0 : 2;
}

static int run(int argc, char **argv)
{
    int none;
    struct ak_arena *arena = ak_arena_new();
    struct ak_args args;
    int code = command_parse(&cmd_templates, &none, argc, argv, arena, &args);
    if (code < 0 && args.count == 2 && strcmp(args.items[0], "export") == 0) {
        code = export_to(args.items[1]);
    } else if (code < 0) {
        fprintf(stderr, "akreport templates: use: templates export DIR\n");
        code = 2;
    }
    ak_arena_free(arena);
    return code;
}

const struct command cmd_templates = {
    .name = "templates",
    .summary = "write the templates of pages and comments, to be changed",
    .usage = "templates export DIR",
    .opts = table,
    .run = run,
};
