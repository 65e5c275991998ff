/* akreport pprof: reports on profiles, as google/pprof gives them. */
#include "command.h"
#include "pprof/pprof_request.h"
#include "serve/serve_profile.h"

#include <errno.h>
#include <string.h>

static const char usage_head[] =
    "usage: akreport pprof FORMAT [OPTION...] [BINARY] SOURCE...\n"
    "       akreport pprof [OPTION...] [BINARY] SOURCE...      (a shell)\n\n"
    "SOURCE is a profile (protobuf or an older format, gzipped or not), - for standard input,\n"
    "http://host/profile, or @RUN/PROFILE of the history.\n\n";

static int print_usage(void)
{
    struct ak_buf text = AK_BUF_INIT;
    ak_buf_puts(&text, usage_head);
    pprof_usage(&text, "-");
    command_print("pprof", ak_buf_view(&text));
    ak_buf_release(&text);
    return 0;
}

static int answer(struct pprof_request *req, struct ak_error *err)
{
    struct pprof_loaded loaded = {0};
    if (pprof_load(req, &loaded, err) != AK_OK) {
        pprof_complain(err);
        return 2;
    }
    int exit_code = 0;
    if (req->http[0]) {
        const struct serve_profile pages = {
            .profile = loaded.view, .config = &req->config, .title = "", .listen = req->http};
        const enum ak_status st = cli_serve_profile(&pages, err);
        if (st != AK_OK) {
            pprof_complain(err);
        }
        exit_code = ak_status_exit(st);
    } else if (req->format) {
        const struct ak_pprof_request request = {.format = req->format,
                                                 .config = &req->config,
                                                 .param = req->param,
                                                 .stacks = loaded.stacks};
        const struct pprof_target target = {.file = req->config.output};
        exit_code = pprof_report(loaded.view, &request, &target) == AK_OK ? 0 : 2;
    } else {
        exit_code = pprof_shell(req, loaded.view);
    }
    ak_profile_free(loaded.profile);
    ak_stacks_free(loaded.stacks);
    return exit_code;
}

static int run(int argc, char **argv)
{
    struct ak_error err = {0};
    struct pprof_request req = {
        .arena = ak_arena_new(),
        .config = ak_pprof_config_default(),
        .build_id = "",
        .symbolize = "",
        .comment = "",
        .tools = "",
        .store = "",
        .tls_cert = "",
        .tls_key = "",
        .tls_ca = "",
        .http = "",
        .seconds = -1,
        .timeout = -1,
    };
    /* Under the name pprof this is the reference, byte for byte. */
    req.config.compat = strcmp(program_invocation_short_name, "pprof") == 0;
    int exit_code = 2;
    if (pprof_parse_line(&req, argc, argv, &err) != AK_OK) {
        pprof_complain(&err);
    } else if (req.help) {
        exit_code = print_usage();
    } else {
        exit_code = answer(&req, &err);
    }
    ak_arena_free(req.arena);
    return exit_code;
}

const struct command cmd_pprof = {
    .name = "pprof",
    .summary = "Report on profiles, as go tool pprof does",
    .usage = "pprof FORMAT [OPTION...] [BINARY] SOURCE...",
    .run = run,
};
