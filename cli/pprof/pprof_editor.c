#include "pprof_editor.h"

#include "base/mem.h"
#include "pprof_words.h"

#include <errno.h>
#include <histedit.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { HISTORY_LINES = 1000 };
static const char prompt_text[] = "(pprof) ";

struct pprof_editor {
    const struct ak_profile *view;
    EditLine *el; /* NULL: plain */
    History *history;
    char *history_file;
    char *line; /* plain */
    size_t cap;
};

static char *prompt(EditLine *el)
{
    static char text[sizeof prompt_text];
    (void)el;
    memcpy(text, prompt_text, sizeof text);
    return text;
}

static unsigned char complete(EditLine *el, int ch)
{
    struct pprof_editor *e;
    (void)ch;
    el_get(el, EL_CLIENTDATA, &e);
    const LineInfo *info = el_line(el);
    const struct ak_str typed = {info->buffer, (size_t)(info->cursor - info->buffer)};
    struct ak_arena *arena = ak_arena_new();
    const struct ak_str better = pprof_line_complete(typed, e->view, arena);
    unsigned char result = CC_REFRESH_BEEP;
    if (!ak_str_eq(typed, better)) {
        char *text = ak_arena_strndup(arena, better.ptr, better.len);
        el_deletestr(el, (int)typed.len);
        el_insertstr(el, text);
        result = CC_REFRESH;
    }
    ak_arena_free(arena);
    return result;
}

/* Interrupts end the line that is being typed, not the shell. */
static void on_interrupt(int signal_number)
{
    (void)signal_number;
}

static void open_history(struct pprof_editor *e)
{
    HistEvent event;
    const char *home = getenv("HOME");
    e->history = history_init();
    history(e->history, &event, H_SETSIZE, HISTORY_LINES);
    if (home && home[0]) {
        struct ak_buf path = AK_BUF_INIT;
        ak_buf_printf(&path, "%s/.akreport_pprof_history", home);
        e->history_file = ak_buf_take(&path);
        history(e->history, &event, H_LOAD, e->history_file);
    }
    el_set(e->el, EL_HIST, history, e->history);
}

struct pprof_editor *pprof_editor_open(const struct ak_profile *view)
{
    struct pprof_editor *e = ak_calloc(1, sizeof *e);
    e->view = view;
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        return e;
    }
    e->el = el_init("akreport", stdin, stdout, stderr);
    if (!e->el) {
        return e;
    }
    el_set(e->el, EL_CLIENTDATA, e);
    el_set(e->el, EL_PROMPT, prompt);
    el_set(e->el, EL_EDITOR, "emacs");
    el_set(e->el, EL_ADDFN, "pprof-complete", "complete a word", complete);
    el_set(e->el, EL_BIND, "^I", "pprof-complete", NULL);
    open_history(e);
    const struct sigaction action = {.sa_handler = on_interrupt}; /* reading is to be interrupted */
    sigaction(SIGINT, &action, NULL);
    return e;
}

void pprof_editor_close(struct pprof_editor *e)
{
    if (e->el) {
        HistEvent event;
        if (e->history_file) {
            history(e->history, &event, H_SAVE, e->history_file);
        }
        history_end(e->history);
        el_end(e->el);
    }
    ak_free(e->history_file);
    ak_free(e->line); /* getline's */
    ak_free(e);
}

static bool read_plain(struct pprof_editor *e, struct ak_str *out)
{
    const ssize_t n = getline(&e->line, &e->cap, stdin);
    if (n <= 0) {
        return false;
    }
    *out = (struct ak_str){e->line, (size_t)n};
    return true;
}

static bool read_edited(struct pprof_editor *e, struct ak_str *out)
{
    int n = 0;
    errno = 0;
    const char *line = el_gets(e->el, &n);
    if (!line || n <= 0) {
        const bool interrupted = n < 0 && errno == EINTR;
        fputc('\n', stdout);
        el_reset(e->el);
        *out = AK_STR("");
        return interrupted;
    }
    *out = ak_str_trim((struct ak_str){line, (size_t)n});
    if (out->len) {
        HistEvent event;
        history(e->history, &event, H_ENTER, line);
    }
    return true;
}

bool pprof_editor_read(struct pprof_editor *e, struct ak_str *out)
{
    return e->el ? read_edited(e, out) : read_plain(e, out);
}
