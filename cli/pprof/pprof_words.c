#include "pprof_words.h"

#include "pprof_options.h"

#include <string.h>

struct words {
    struct ak_str *items;
    size_t count;
};

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct words split(struct ak_str text, struct ak_arena *arena)
{
    struct words w = {ak_arena_alloc(arena, (text.len / 2 + 1) * sizeof *w.items), 0};
    for (size_t i = 0; i < text.len;) {
        while (i < text.len && is_blank(text.ptr[i])) {
            i++;
        }
        const size_t from = i;
        while (i < text.len && !is_blank(text.ptr[i])) {
            i++;
        }
        if (i > from) {
            w.items[w.count++] = ak_str_slice(text, from, i);
        }
    }
    return w;
}

static const char *text_of(struct ak_arena *arena, struct ak_str s)
{
    return ak_arena_strndup(arena, s.ptr ? s.ptr : "", s.len);
}

/* --- assignments ------------------------------------------------------------------------------ */

/* "name=value //: comment"; true when name is an option. */
static bool parse_assignment(struct ak_str text, struct pprof_line *out)
{
    const ptrdiff_t equal = ak_str_chr(text, '=');
    bool is_choice;
    out->has_value = equal >= 0;
    out->name = ak_str_trim(ak_str_slice(text, 0, equal < 0 ? text.len : (size_t)equal));
    out->value = AK_STR("");
    if (out->has_value) {
        struct ak_str value = ak_str_slice(text, (size_t)equal + 1, text.len);
        for (size_t i = value.len; i-- > 0;) {
            if (ak_str_starts(ak_str_slice(value, i, value.len), AK_STR("//:"))) {
                value.len = i;
                break;
            }
        }
        out->value = ak_str_trim(value);
    }
    return pprof_option_find(out->name, &is_choice) != NULL;
}

static enum ak_status check_assignment(struct pprof_line *out, bool compat, struct ak_error *err)
{
    bool is_choice = false;
    const struct pprof_option *o = pprof_option_find(out->name, &is_choice);
    out->kind = PPROF_LINE_ASSIGN;
    if (out->has_value || (o && o->kind == PPROF_OPTION_BOOL) || (is_choice && !compat)) {
        return AK_OK;
    }
    if (is_choice) {
        return ak_fail(err, AK_USAGE, "unknown config field \"%.*s\"", (int)out->name.len,
                       out->name.ptr);
    }
    return ak_fail(err, AK_USAGE, "please specify a value, e.g. %.*s=<val>", (int)out->name.len,
                   out->name.ptr);
}

/* --- reports ---------------------------------------------------------------------------------- */

/* "top10" is "top" and "10". */
static struct ak_str cut_digits(struct ak_str word, struct ak_str *digits)
{
    size_t n = word.len;
    while (n > 0 && word.ptr[n - 1] >= '0' && word.ptr[n - 1] <= '9') {
        n--;
    }
    *digits = ak_str_slice(word, n, word.len);
    return ak_str_slice(word, 0, n);
}

static enum ak_status find_format(struct words *w, struct pprof_line *out, struct ak_str *count,
                                  struct ak_error *err)
{
    struct ak_str name = w->items[0];
    *count = AK_STR("");
    out->format = ak_pprof_format_find(name);
    if (!out->format) {
        struct ak_str digits;
        const struct ak_str bare = cut_digits(name, &digits);
        if (digits.len && bare.len) {
            name = bare;
            *count = digits;
            out->format = ak_pprof_format_find(bare);
        }
    }
    if (out->format) {
        return AK_OK;
    }
    if (pprof_option_help(name)) {
        const struct ak_str value = w->count > 1 ? w->items[1] : AK_STR("<val>");
        return ak_fail(err, AK_USAGE, "did you mean: %.*s=%.*s", (int)name.len, name.ptr,
                       (int)value.len, value.ptr);
    }
    return ak_fail(err, AK_USAGE, "unrecognized command: \"%.*s\"", (int)name.len, name.ptr);
}

/* Alternatives collect: "a b" is "a|b". */
static void add_regex(struct ak_buf *all, struct ak_str rx)
{
    if (all->len && rx.len) {
        ak_buf_putc(all, '|');
    }
    ak_buf_str(all, rx);
}

struct report_words {
    struct words words;
    size_t at;
    struct ak_buf focus, ignore;
    struct ak_arena *arena;
};

/* One argument of a report. False: the line ended behind ">". */
static bool take_argument(struct report_words *r, struct ak_str word, struct pprof_line *out)
{
    int64_t number;
    if (ak_str_i64(word, &number) && number >= INT32_MIN && number <= INT32_MAX) {
        out->config.nodecount = number;
    } else if (word.ptr[0] == '>') {
        struct ak_str file = ak_str_slice(word, 1, word.len);
        if (file.len == 0) {
            if (r->at >= r->words.count) {
                return false;
            }
            file = r->words.items[r->at++];
        }
        out->config.output = text_of(r->arena, file);
    } else if (ak_str_eq(word, AK_STR("-cum")) || ak_str_eq(word, AK_STR("--cum"))) {
        out->config.sort = "cum";
    } else if (word.ptr[0] == '-') {
        add_regex(&r->ignore, ak_str_slice(word, 1, word.len));
    } else {
        add_regex(&r->focus, word);
    }
    return true;
}

static void apply_filters(struct report_words *r, struct pprof_line *out)
{
    const bool tags = strcmp(out->format->name, "tags") == 0;
    if (r->focus.len) {
        *(tags ? &out->config.tagfocus : &out->config.focus) =
            text_of(r->arena, ak_buf_view(&r->focus));
    }
    if (r->ignore.len) {
        *(tags ? &out->config.tagignore : &out->config.ignore) =
            text_of(r->arena, ak_buf_view(&r->ignore));
    }
    const bool top =
        strcmp(out->format->name, "top") == 0 || strcmp(out->format->name, "text") == 0;
    if (out->config.nodecount == -1 && top) {
        out->config.nodecount = 10;
    }
}

static enum ak_status parse_report(struct words words, struct ak_arena *arena,
                                   struct pprof_line *out, struct ak_error *err)
{
    struct report_words r = {.words = words, .at = 1, .arena = arena};
    struct ak_str count;
    enum ak_status st = find_format(&words, out, &count, err);
    if (st != AK_OK) {
        return st;
    }
    const bool param = out->format->flags & AK_PPROF_PARAM;
    if (param && count.len) {
        out->param = text_of(arena, count);
        count = AK_STR("");
    } else if (param && r.at < words.count) {
        out->param = text_of(arena, words.items[r.at++]);
    } else if (param) {
        return ak_fail(err, AK_USAGE, "command %s requires an argument", out->format->name);
    }
    bool complete = count.len == 0 || take_argument(&r, count, out);
    while (complete && r.at < words.count) {
        complete = take_argument(&r, words.items[r.at++], out);
    }
    if (complete) {
        apply_filters(&r, out);
    } else {
        st = ak_fail(err, AK_USAGE, "unexpected end of line after >");
    }
    ak_buf_release(&r.focus);
    ak_buf_release(&r.ignore);
    out->kind = PPROF_LINE_REPORT;
    return st;
}

/* Cuts " | command" off the words: the rest of the line as it was typed. */
static void cut_pipe(struct ak_str text, struct words *w, struct ak_arena *arena,
                     struct pprof_line *out)
{
    for (size_t i = 1; i < w->count; i++) {
        if (w->items[i].ptr[0] == '|') {
            const size_t at = (size_t)(w->items[i].ptr - text.ptr) + 1;
            const struct ak_str command = ak_str_trim(ak_str_slice(text, at, text.len));
            if (command.len) {
                out->command = text_of(arena, command);
                w->count = i;
            }
            return;
        }
    }
}

enum ak_status pprof_line_parse(struct ak_str text, const struct ak_pprof_config *config,
                                struct ak_arena *arena, struct pprof_line *out,
                                struct ak_error *err)
{
    *out = (struct pprof_line){.config = *config};
    text = ak_str_trim(text);
    if (parse_assignment(text, out)) {
        return check_assignment(out, config->compat, err);
    }
    struct words words = split(text, arena);
    if (words.count == 0) {
        out->kind = PPROF_LINE_EMPTY;
        return AK_OK;
    }
    const struct ak_str first = words.items[0];
    if (ak_str_eq(first, AK_STR("o")) || ak_str_eq(first, AK_STR("options"))) {
        out->kind = PPROF_LINE_OPTIONS;
    } else if (ak_str_eq(first, AK_STR("q")) || ak_str_eq(first, AK_STR("quit")) ||
               ak_str_eq(first, AK_STR("exit"))) {
        out->kind = PPROF_LINE_QUIT;
    } else if (ak_str_eq(first, AK_STR("help"))) {
        out->kind = PPROF_LINE_HELP;
        out->value = ak_str_trim(ak_str_slice(text, 4, text.len));
    } else {
        cut_pipe(text, &words, arena, out);
        return parse_report(words, arena, out, err);
    }
    return AK_OK;
}

size_t pprof_line_expand(struct ak_str text, const struct ak_profile *p, struct ak_arena *arena,
                         struct ak_str out[5])
{
    static const char *const cleared[5] = {"focus=", "ignore=", "hide=", "tagfocus=", "tagignore="};
    text = ak_str_trim(text);
    if (ak_str_eq(text, AK_STR(":"))) {
        for (size_t i = 0; i < 5; i++) {
            out[i] = ak_str_from(cleared[i]);
        }
        return 5;
    }
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        const struct ak_str type = ak_profile_str(p, p->sample_types[i].type);
        const bool total = ak_str_starts(text, AK_STR("total_"));
        const bool mean = ak_str_starts(text, AK_STR("mean_"));
        const size_t prefix = total ? 6 : mean ? 5 : 0;
        const bool whole = ak_str_eq(text, type);
        if (type.len == 0 ||
            (!whole && !(prefix && ak_str_eq(ak_str_slice(text, prefix, text.len), type)))) {
            continue;
        }
        size_t n = 0;
        if (!whole) {
            out[n++] = total ? AK_STR("mean=0") : AK_STR("mean=1");
        }
        out[n++] =
            ak_str_from(ak_arena_printf(arena, "sample_index=%.*s", (int)type.len, type.ptr));
        return n;
    }
    out[0] = text;
    return 1;
}

/* --- completion ------------------------------------------------------------------------------- */

static void note_prefix(struct ak_str word, const char *candidate, struct ak_str *found,
                        size_t *count)
{
    if (ak_str_starts(ak_str_from(candidate), word)) {
        *found = ak_str_from(candidate);
        ++*count;
    }
}

/* The only command or option that begins with word; word itself when there is none or several. */
static struct ak_str complete_name(struct ak_str word)
{
    struct ak_str found = word;
    size_t count = 0;
    for (const struct ak_pprof_format *f = ak_pprof_formats; f->name; f++) {
        note_prefix(word, f->name, &found, &count);
    }
    for (const struct pprof_option *o = pprof_options; o->name; o++) {
        note_prefix(word, o->name, &found, &count);
        for (size_t c = 0; o->choices && o->choices[c]; c++) {
            note_prefix(word, o->choices[c], &found, &count);
        }
    }
    return count == 1 ? found : word;
}

/* The only function that contains word. */
static struct ak_str complete_function(struct ak_str word, const struct ak_profile *p)
{
    struct ak_str found = word;
    size_t count = 0;
    for (uint32_t i = 0; i < p->function_count && count < 2; i++) {
        const struct ak_str name = ak_profile_str(p, p->functions[i].name);
        if (ak_str_find(name, word) >= 0 && !(count && ak_str_eq(name, found))) {
            found = name;
            count++;
        }
    }
    return count == 1 ? found : word;
}

struct ak_str pprof_line_complete(struct ak_str text, const struct ak_profile *p,
                                  struct ak_arena *arena)
{
    const struct words w = split(text, arena);
    if (w.count == 0 || is_blank(text.ptr[text.len - 1])) {
        return text; /* no word at hand */
    }
    const struct ak_str last = w.items[w.count - 1];
    const bool is_help = ak_str_eq(w.items[0], AK_STR("help"));
    struct ak_str digits, completed = last;
    if (w.count == 1 || (w.count == 2 && is_help)) {
        completed = complete_name(last);
    } else if (!ak_str_eq(w.items[0], AK_STR("tags")) &&
               (ak_pprof_format_find(w.items[0]) ||
                ak_pprof_format_find(cut_digits(w.items[0], &digits)))) {
        const bool dash = last.ptr[0] == '-' && last.len > 1;
        completed = complete_function(ak_str_slice(last, dash, last.len), p);
        if (dash) {
            completed =
                ak_str_from(ak_arena_printf(arena, "-%.*s", (int)completed.len, completed.ptr));
        }
    }
    const size_t kept = (size_t)(last.ptr - text.ptr);
    return ak_str_from(
        ak_arena_printf(arena, "%.*s%.*s", (int)kept, text.ptr, (int)completed.len, completed.ptr));
}
