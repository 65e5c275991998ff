#include "pprof_editor.h"
#include "pprof_options.h"
#include "pprof_request.h"
#include "pprof_words.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct shell {
    struct pprof_request *req;
    const struct ak_profile *view;
    struct ak_pprof_config config;
    bool done;
};

static void print_text(struct ak_buf *text)
{
    fwrite(text->ptr ? text->ptr : "", 1, text->len, stderr);
    ak_buf_release(text);
}

static void complain(const struct ak_error *err)
{
    pprof_message(err->text);
}

/* --- talk ---------------------------------------------------------------------------------------
 */

static void greet(struct shell *s)
{
    struct ak_arena *arena = ak_arena_new();
    struct ak_pprof_report *r = NULL;
    struct ak_pprof_config config = s->config;
    config.compact_labels = false;
    const struct ak_pprof_request request = {.format = ak_pprof_format_find(AK_STR("traces")),
                                             .config = &config};
    if (ak_pprof_report_build(s->view, &request, arena, &r, NULL) == AK_OK) {
        for (size_t i = 0; i < r->legend_count; i++) {
            fprintf(stderr, "%.*s\n", (int)r->legend[i].len, r->legend[i].ptr);
        }
        if (r->total == 0 && s->view->sample_type_count > 1) {
            pprof_message("No samples were found with the default sample value type.");
            pprof_message("Try \"sample_index\" command to analyze different sample values.");
        }
    }
    ak_pprof_report_release(r);
    ak_arena_free(arena);
    pprof_message("Entering interactive mode (type \"help\" for commands, \"o\" for options)");
}

static int by_text(const void *a, const void *b)
{
    return ak_str_cmp(*(const struct ak_str *)a, *(const struct ak_str *)b);
}

static void put_types(struct ak_buf *out, const struct ak_profile *p)
{
    ak_buf_puts(out, "//: [");
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        ak_buf_puts(out, i ? " | " : "");
        ak_buf_str(out, ak_profile_str(p, p->sample_types[i].type));
    }
    ak_buf_putc(out, ']');
}

static void put_choices(struct ak_buf *out, const struct pprof_option *o, struct ak_arena *arena)
{
    size_t n = 0;
    while (o->choices[n]) {
        n++;
    }
    struct ak_str *sorted = ak_arena_alloc(arena, n * sizeof *sorted);
    for (size_t i = 0; i < n; i++) {
        sorted[i] = ak_str_from(o->choices[i]);
    }
    qsort(sorted, n, sizeof *sorted, by_text);
    ak_buf_puts(out, "//: [");
    for (size_t i = 0; i < n; i++) {
        ak_buf_puts(out, i ? " | " : "");
        ak_buf_str(out, sorted[i]);
    }
    ak_buf_putc(out, ']');
}

/* "  name                      = value                //: what it may be" */
static struct ak_str option_line(const struct shell *s, const struct pprof_option *o,
                                 struct ak_arena *arena)
{
    struct ak_buf value = AK_BUF_INIT, line = AK_BUF_INIT, comment = AK_BUF_INIT;
    const struct ak_profile *p = s->view;
    pprof_option_get(&s->config, o, &value);
    if (o->choices) {
        put_choices(&comment, o, arena);
        ak_buf_puts(&value, value.len ? "" : "(default)");
    } else if (strcmp(o->name, "sample_index") == 0) {
        put_types(&comment, p);
        uint32_t type;
        if (value.len == 0 && ak_pprof_sample_index(p, AK_STR(""), &type, NULL) == AK_OK) {
            ak_buf_str(&value, ak_profile_str(p, p->sample_types[type].type));
        }
    } else if (strcmp(o->name, "nodecount") == 0 && s->config.nodecount == -1) {
        ak_buf_puts(&comment, "//: default");
    } else if (value.len == 0) {
        ak_buf_puts(&value, "\"\"");
    }
    ak_buf_printf(&line, "  %-25s = %-20.*s %.*s", o->name, (int)value.len, value.ptr,
                  (int)comment.len, comment.ptr ? comment.ptr : "");
    const struct ak_str result = ak_arena_str(arena, ak_buf_view(&line));
    ak_buf_release(&value);
    ak_buf_release(&line);
    ak_buf_release(&comment);
    return result;
}

static void print_options(const struct shell *s)
{
    struct ak_arena *arena = ak_arena_new();
    struct ak_str lines[64];
    size_t n = 0;
    for (const struct pprof_option *o = pprof_options; o->name && n < 64; o++) {
        if (strcmp(o->name, "source_path") != 0) {
            lines[n++] = option_line(s, o, arena);
        }
    }
    qsort(lines, n, sizeof *lines, by_text);
    for (size_t i = 0; i < n; i++) {
        pprof_message(ak_arena_strndup(arena, lines[i].ptr, lines[i].len));
    }
    ak_arena_free(arena);
}

static void print_help(struct ak_str topic)
{
    struct ak_buf text = AK_BUF_INIT;
    const struct ak_pprof_format *f = ak_pprof_format_find(topic);
    const char *option = pprof_option_help(topic);
    if (topic.len == 0) {
        pprof_usage(&text, "");
        ak_buf_puts(&text, "\n  :   Clear focus/ignore/hide/tagfocus/tagignore\n\n"
                           "  type \"help <cmd|option>\" for more information\n");
    } else if (f) {
        ak_buf_printf(&text, "%s\n", f->summary);
        for (struct ak_str rest = ak_str_from(f->usage); rest.ptr && f->usage[0];) {
            const struct ak_str line = ak_str_cut(&rest, '\n');
            ak_buf_printf(&text, "    %.*s\n", (int)line.len, line.ptr);
        }
    } else if (option) {
        ak_buf_printf(&text, "%s\n", option);
    } else {
        ak_buf_printf(&text, "Unknown command: %.*s\n", (int)topic.len, topic.ptr);
    }
    print_text(&text);
}

/* --- doing --------------------------------------------------------------------------------------
 */

static void assign(struct shell *s, const struct pprof_line *line)
{
    struct ak_error err = {0};
    struct ak_str value = line->value;
    enum ak_status st = AK_OK;
    if (ak_str_eq(line->name, AK_STR("sample_index"))) {
        uint32_t type;
        st = ak_pprof_sample_index(s->view, value, &type, &err);
        if (st == AK_OK) {
            value = ak_profile_str(s->view, s->view->sample_types[type].type);
        }
    }
    if (st == AK_OK) {
        st = pprof_option_set(&s->config, line->name, value, s->req->arena, &err);
    }
    if (st != AK_OK) {
        complain(&err);
    }
}

/* A report runs in a child, so that an interrupt ends it and not the shell. */
static void run_report(struct shell *s, const struct pprof_line *line)
{
    const struct ak_pprof_request request = {
        .format = line->format, .config = &line->config, .param = line->param};
    const struct pprof_target target = {
        .file = line->config.output, .command = line->command, .interactive = true};
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        signal(SIGINT, SIG_DFL);
        const enum ak_status st = pprof_report(s->view, &request, &target);
        fflush(stdout);
        _exit(st == AK_OK ? 0 : 2);
    }
    if (child < 0) {
        pprof_message("cannot start a process for the report");
        return;
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
    }
    if (WIFSIGNALED(status)) {
        pprof_message("interrupted");
    }
}

static void obey(struct shell *s, struct ak_str text, struct ak_arena *arena)
{
    struct pprof_line line;
    struct ak_error err = {0};
    if (pprof_line_parse(text, &s->config, arena, &line, &err) != AK_OK) {
        complain(&err);
        return;
    }
    switch (line.kind) {
    case PPROF_LINE_ASSIGN:
        assign(s, &line);
        break;
    case PPROF_LINE_OPTIONS:
        print_options(s);
        break;
    case PPROF_LINE_QUIT:
        s->done = true;
        break;
    case PPROF_LINE_HELP:
        print_help(line.value);
        break;
    case PPROF_LINE_REPORT:
        run_report(s, &line);
        break;
    case PPROF_LINE_EMPTY:
    default:
        break;
    }
}

int pprof_shell(struct pprof_request *req, const struct ak_profile *view)
{
    struct shell s = {.req = req, .view = view, .config = req->config};
    struct ak_arena *arena = ak_arena_new();
    struct ak_str text, lines[5];
    greet(&s);
    s.config.compact_labels = true;
    struct pprof_editor *editor = pprof_editor_open(view);
    while (!s.done && pprof_editor_read(editor, &text)) {
        ak_arena_reset(arena);
        const size_t n = pprof_line_expand(text, view, arena, lines);
        for (size_t i = 0; i < n && !s.done; i++) {
            obey(&s, lines[i], arena);
        }
    }
    pprof_editor_close(editor);
    ak_arena_free(arena);
    return 0;
}
