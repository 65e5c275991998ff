#include "base/sanitize.h"
#include "command.h"
#include "pprof_request.h"
#include "pprof_viewer.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void pprof_message(const char *text)
{
    struct ak_buf line = AK_BUF_INIT;
    ak_sanitize_text(&line, ak_str_from(text));
    fprintf(stderr, "%s\n", line.ptr ? line.ptr : "");
    ak_buf_release(&line);
}

void pprof_complain(const struct ak_error *err)
{
    char text[sizeof err->text + 16];
    snprintf(text, sizeof text, "pprof: %s", err->text);
    pprof_message(text);
}

/* The first name of the form profile001.pb.gz that is not there yet. */
static const char *free_name(struct ak_arena *a, const char *suffix)
{
    for (int i = 1; i < 10000; i++) {
        const char *name = ak_arena_printf(a, "profile%03d.%s", i, suffix);
        struct stat st;
        if (lstat(name, &st) != 0) {
            return name;
        }
    }
    return NULL;
}

static enum ak_status pipe_to(const char *command, struct ak_str bytes, struct ak_error *err)
{
    FILE *f = popen(command, "w");
    if (!f) {
        return ak_fail(err, AK_IO, "%s: cannot be started", command);
    }
    fwrite(bytes.ptr ? bytes.ptr : "", 1, bytes.len, f);
    pclose(f);
    return AK_OK;
}

static enum ak_status write_report(const struct ak_pprof_report *r, struct ak_str bytes,
                                   const struct pprof_target *target, struct ak_error *err)
{
    if (target->command) {
        return pipe_to(target->command, bytes, err);
    }
    const char *file = target->file;
    if ((!file || !file[0]) && (r->format->flags & AK_PPROF_VIEWER)) {
        return pprof_view(bytes, r->format->suffix, err);
    }
    const bool on_screen = target->interactive || isatty(STDOUT_FILENO);
    if ((!file || !file[0]) && (r->format->flags & AK_PPROF_BINARY) && on_screen) {
        file = free_name(r->arena, r->format->suffix);
    }
    if (file && file[0]) {
        pprof_message(ak_arena_printf(r->arena, "Generating report in %s", file));
        return ak_file_write(file, bytes, err);
    }
    return command_print("pprof", bytes) ? AK_OK : AK_IO; /* it has told why */
}

enum ak_status pprof_report(const struct ak_profile *view, const struct ak_pprof_request *request,
                            const struct pprof_target *target)
{
    struct ak_arena *arena = ak_arena_new();
    struct ak_pprof_report *r = NULL;
    struct ak_buf out = AK_BUF_INIT;
    struct ak_error err = {0};
    enum ak_status st = ak_pprof_report_build(view, request, arena, &r, &err);
    if (st == AK_OK) {
        for (size_t i = 0; i < r->notice_count; i++) {
            pprof_message(r->notices[i]);
        }
        st = ak_pprof_render(r, &out, &err);
    }
    if (st == AK_OK) {
        st = write_report(r, ak_buf_view(&out), target, &err);
    }
    if (st != AK_OK && err.text[0]) {
        pprof_complain(&err);
    }
    ak_pprof_report_release(r);
    ak_buf_release(&out);
    ak_arena_free(arena);
    return st;
}
