#include "pprof_options.h"
#include "pprof_request.h"

#include <stdio.h>
#include <string.h>

enum flag_kind { FLAG_BOOL, FLAG_I64, FLAG_U64, FLAG_STR, FLAG_LIST };

struct flag {
    const char *name;
    enum flag_kind kind;
    size_t offset; /* in struct pprof_request */
    const char *help;
};

#define AT(field) offsetof(struct pprof_request, field)
static const struct flag flags[] = {
    {"add_comment", FLAG_STR, AT(comment), "Comment to add to the profile"},
    {"all_frames", FLAG_BOOL, AT(all_frames), "Do not apply the profile's drop_frames"},
    {"alloc_objects", FLAG_BOOL, AT(alloc_objects), "As -sample_index=alloc_objects"},
    {"alloc_space", FLAG_BOOL, AT(alloc_space), "As -sample_index=alloc_space"},
    {"base", FLAG_LIST, AT(base), "Profile to subtract; may be given several times"},
    {"buildid", FLAG_STR, AT(build_id), "Build id of the main binary"},
    {"compat", FLAG_BOOL, AT(config.compat), "The reference's output, byte for byte"},
    {"contentions", FLAG_BOOL, AT(contentions), "As -sample_index=contentions"},
    {"diff_base", FLAG_LIST, AT(diff_base), "Profile to compare with; may be given several times"},
    {"heap_delta", FLAG_BOOL, AT(heap_delta),
     "With a base: subtract what was allocated, keep what is in use"},
    {"help", FLAG_BOOL, AT(help), "This text"},
    {"h", FLAG_BOOL, AT(help), NULL},
    {"http", FLAG_STR, AT(http), "host:port to serve pages on"},
    {"inuse_objects", FLAG_BOOL, AT(inuse_objects), "As -sample_index=inuse_objects"},
    {"inuse_space", FLAG_BOOL, AT(inuse_space), "As -sample_index=inuse_space"},
    {"max_bytes", FLAG_U64, AT(limits.max_inflated), "Largest profile to read, inflated"},
    {"max_depth", FLAG_U64, AT(limits.max_depth), "Most frames of one stack"},
    {"max_ratio", FLAG_U64, AT(limits.max_ratio), "Largest compression ratio to accept"},
    {"max_samples", FLAG_U64, AT(limits.max_samples), "Most samples to read"},
    {"max_strings", FLAG_U64, AT(limits.max_strings), "Most strings to read"},
    {"mean_delay", FLAG_BOOL, AT(mean_delay), "As -mean -sample_index=delay"},
    {"no_browser", FLAG_BOOL, AT(no_browser), "Do not open a browser"},
    {"seconds", FLAG_I64, AT(seconds), "How long a server shall collect"},
    {"store", FLAG_STR, AT(store), "History file for @label/profile"},
    {"symbolize", FLAG_STR, AT(symbolize),
     "none, local, fastlocal, remote, force, demangle=none|templates|full|default"},
    {"timeout", FLAG_I64, AT(timeout), "Longest time for fetching, in seconds"},
    {"tls_ca", FLAG_STR, AT(tls_ca), "File with certificates of authorities"},
    {"tls_cert", FLAG_STR, AT(tls_cert), "File with the client's certificate"},
    {"tls_key", FLAG_STR, AT(tls_key), "File with the client's key"},
    {"tools", FLAG_STR, AT(tools), "Folder of object tools"},
    {"total_delay", FLAG_BOOL, AT(total_delay), "As -sample_index=delay"},
    {.name = NULL},
};
#undef AT

static const struct flag *find_flag(struct ak_str name)
{
    for (const struct flag *f = flags; f->name; f++) {
        if (ak_str_eq(name, ak_str_from(f->name))) {
            return f;
        }
    }
    return NULL;
}

static void append(struct ak_arena *a, struct pprof_list *list, const char *item)
{
    const char **grown = ak_arena_alloc(a, (list->count + 1) * sizeof *grown);
    for (size_t i = 0; i < list->count; i++) {
        grown[i] = list->items[i];
    }
    grown[list->count++] = item;
    list->items = grown;
}

/* The command line accepts fewer words for a boolean than the shell. */
static bool parse_flag_bool(struct ak_str text, bool *out)
{
    return text.len > 0 && text.ptr[0] != 'y' && text.ptr[0] != 'n' && text.ptr[0] != 'Y' &&
           text.ptr[0] != 'N' && pprof_parse_bool(text, out);
}

struct line {
    struct pprof_request *req;
    int argc;
    char **argv;
    int at;
    struct pprof_list arguments;
    const char *granularity, *sort; /* set by their own flags */
};

static enum ak_status bad_value(struct ak_str name, const char *value, const char *kind,
                                struct ak_error *err)
{
    return ak_fail(err, AK_USAGE, "invalid %s \"%s\" for -%.*s: parse error", kind, value,
                   (int)name.len, name.ptr);
}

/* The value of a flag that takes one: behind "=" or the next word. NULL, and err set, at the end.
 */
static const char *take_value(struct line *l, struct ak_str name, const char *value,
                              struct ak_error *err)
{
    if (value) {
        return value;
    }
    if (l->at < l->argc) {
        return l->argv[l->at++];
    }
    ak_fail(err, AK_USAGE, "flag needs an argument: -%.*s", (int)name.len, name.ptr);
    return NULL;
}

static enum ak_status set_format(struct line *l, const struct ak_pprof_format *f, const char *value,
                                 struct ak_error *err)
{
    const struct ak_str name = ak_str_from(f->name);
    bool on = true;
    if (f->flags & AK_PPROF_PARAM) {
        value = take_value(l, name, value, err);
        if (!value || !value[0]) {
            return value ? AK_OK : AK_USAGE;
        }
    } else if (value && !parse_flag_bool(ak_str_from(value), &on)) {
        return bad_value(name, value, "boolean value", err);
    }
    if (!on || (l->req->format == f && !(f->flags & AK_PPROF_PARAM))) {
        return AK_OK;
    }
    if (l->req->format) {
        return ak_fail(err, AK_USAGE, "must set at most one output format");
    }
    l->req->format = f;
    l->req->param = value;
    return AK_OK;
}

static enum ak_status set_choice(struct line *l, const struct pprof_option *o, struct ak_str name,
                                 const char *value, struct ak_error *err)
{
    bool on = true;
    if (value && !parse_flag_bool(ak_str_from(value), &on)) {
        return bad_value(name, value, "boolean value", err);
    }
    if (!on) {
        return AK_OK;
    }
    const char **seen = strcmp(o->name, "sort") == 0 ? &l->sort : &l->granularity;
    if (*seen && !ak_str_eq(ak_str_from(*seen), name)) {
        return ak_fail(err, AK_USAGE, "conflicting options set: [%s %.*s]", *seen, (int)name.len,
                       name.ptr);
    }
    *seen = ak_arena_strndup(l->req->arena, name.ptr, name.len);
    return pprof_option_set(&l->req->config, name, AK_STR("true"), l->req->arena, err);
}

static enum ak_status set_option(struct line *l, const struct pprof_option *o, struct ak_str name,
                                 const char *value, struct ak_error *err)
{
    bool b;
    if (o->kind == PPROF_OPTION_BOOL) {
        value = value ? value : "true";
        if (!parse_flag_bool(ak_str_from(value), &b)) {
            return bad_value(name, value, "boolean value", err);
        }
    } else {
        value = take_value(l, name, value, err);
        if (!value) {
            return AK_USAGE;
        }
    }
    if (pprof_option_set(&l->req->config, name, ak_str_from(value), l->req->arena, NULL) != AK_OK) {
        return bad_value(name, value, "value", err);
    }
    return AK_OK;
}

static enum ak_status set_flag(struct line *l, const struct flag *f, const char *value,
                               struct ak_error *err)
{
    const struct ak_str name = ak_str_from(f->name);
    char *field = (char *)l->req + f->offset;
    int64_t number;
    if (f->kind == FLAG_BOOL) {
        value = value ? value : "true";
        return parse_flag_bool(ak_str_from(value), (bool *)(void *)field)
                   ? AK_OK
                   : bad_value(name, value, "boolean value", err);
    }
    value = take_value(l, name, value, err);
    if (!value) {
        return AK_USAGE;
    }
    switch (f->kind) {
    case FLAG_STR:
        *(const char **)(void *)field = value;
        break;
    case FLAG_LIST:
        if (value[0]) {
            append(l->req->arena, (struct pprof_list *)(void *)field, value);
        }
        break;
    case FLAG_I64:
    case FLAG_U64:
        if (!pprof_parse_int(ak_str_from(value), &number) || (f->kind == FLAG_U64 && number < 0)) {
            return bad_value(name, value, "value", err);
        }
        *(int64_t *)(void *)field = number;
        break;
    case FLAG_BOOL:
    default:
        break;
    }
    return AK_OK;
}

/* One word that begins with a dash. */
static enum ak_status parse_flag(struct line *l, const char *word, struct ak_error *err)
{
    struct ak_str name = ak_str_from(word + 1 + (word[1] == '-'));
    const ptrdiff_t equal = ak_str_chr(name, '=');
    const char *value = NULL;
    if (name.len == 0 || name.ptr[0] == '-' || name.ptr[0] == '=') {
        return ak_fail(err, AK_USAGE, "bad flag syntax: %s", word);
    }
    if (equal > 0) {
        value = name.ptr + equal + 1;
        name = ak_str_slice(name, 0, (size_t)equal);
    }
    bool is_choice = false;
    const struct ak_pprof_format *format = ak_pprof_format_find(name);
    const struct pprof_option *option = pprof_option_find(name, &is_choice);
    const struct flag *flag = find_flag(name);
    if (format) {
        return set_format(l, format, value, err);
    }
    if (flag) {
        return set_flag(l, flag, value, err);
    }
    if (option && is_choice) {
        return set_choice(l, option, name, value, err);
    }
    if (option && option->kind != PPROF_OPTION_CHOICE) {
        return set_option(l, option, name, value, err);
    }
    return ak_fail(err, AK_USAGE, "flag provided but not defined: -%.*s", (int)name.len, name.ptr);
}

static bool is_elf(const char *path)
{
    unsigned char magic[4] = {0};
    FILE *f = fopen(path, "rb");
    if (!f) {
        return false;
    }
    const bool elf = fread(magic, 1, sizeof magic, f) == sizeof magic &&
                     memcmp(magic, "\177ELF", sizeof magic) == 0;
    fclose(f);
    return elf;
}

static void choose_sample_index(struct pprof_request *req)
{
    const struct {
        bool set;
        const char *type, *flag;
    } rows[] = {
        {req->total_delay, "delay", "-total_delay"},
        {req->mean_delay, "delay", "-mean_delay"},
        {req->contentions, "contentions", "-contentions"},
        {req->inuse_space, "inuse_space", "-inuse_space"},
        {req->inuse_objects, "inuse_objects", "-inuse_objects"},
        {req->alloc_space, "alloc_space", "-alloc_space"},
        {req->alloc_objects, "alloc_objects", "-alloc_objects"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!rows[i].set) {
            continue;
        }
        if (req->config.sample_index[0]) {
            pprof_message(ak_arena_printf(req->arena, "Multiple value selections, ignoring %s",
                                          rows[i].flag));
        } else {
            req->config.sample_index = rows[i].type;
        }
    }
    req->config.mean = req->config.mean || req->mean_delay;
}

static enum ak_status check_request(struct pprof_request *req, struct ak_error *err)
{
    if (req->sources.count == 0) {
        return ak_fail(err, AK_USAGE, "no profile source specified");
    }
    if (req->format && req->http[0]) {
        return ak_fail(err, AK_USAGE,
                       "-http is not compatible with an output format on the command line");
    }
    if (req->no_browser && !req->http[0]) {
        return ak_fail(err, AK_USAGE, "-no_browser only makes sense with -http");
    }
    if (req->base.count && req->diff_base.count) {
        return ak_fail(err, AK_USAGE, "-base and -diff_base flags cannot both be specified");
    }
    if (req->config.normalize && !req->base.count && !req->diff_base.count) {
        return ak_fail(err, AK_USAGE, "must have base profile to normalize by");
    }
    return AK_OK;
}

enum ak_status pprof_parse_line(struct pprof_request *req, int argc, char **argv,
                                struct ak_error *err)
{
    struct line l = {.req = req, .argc = argc, .argv = argv, .at = 1};
    bool only_arguments = false;
    while (l.at < argc) {
        const char *word = argv[l.at++];
        if (only_arguments || word[0] != '-' || word[1] == '\0') {
            append(req->arena, &l.arguments, word);
            only_arguments = only_arguments || req->config.compat;
        } else if (strcmp(word, "--") == 0) {
            only_arguments = true;
        } else {
            const enum ak_status st = parse_flag(&l, word, err);
            if (st != AK_OK || req->help) {
                return st;
            }
        }
    }
    if (l.arguments.count > 1 && is_elf(l.arguments.items[0])) {
        req->binary = l.arguments.items[0];
        l.arguments.items++;
        l.arguments.count--;
    }
    req->sources = l.arguments;
    choose_sample_index(req);
    return check_request(req, err);
}

static void put_row(struct ak_buf *out, const char *prefix, const char *name, const char *help)
{
    const struct ak_str first = ak_str_from(help);
    const ptrdiff_t end = ak_str_chr(first, '\n');
    ak_buf_printf(out, "    %s%-*s %.*s\n", prefix, (int)(20 - strlen(prefix)), name,
                  (int)(end < 0 ? first.len : (size_t)end), help);
}

void pprof_usage(struct ak_buf *out, const char *prefix)
{
    const bool line = prefix[0] != '\0';
    ak_buf_puts(out,
                line ? "  Output formats (at most one; none starts a shell):\n" : "  Commands:\n");
    for (const struct ak_pprof_format *f = ak_pprof_formats; f->name; f++) {
        put_row(out, prefix, f->name, f->summary);
    }
    if (!line) {
        put_row(out, prefix, "o/options", "List options and their values");
        put_row(out, prefix, "q/quit/exit/^D", "Leave");
    }
    ak_buf_puts(out, "\n  Options:\n");
    for (const struct pprof_option *o = pprof_options; o->name; o++) {
        if (o->kind != PPROF_OPTION_CHOICE) {
            put_row(out, prefix, o->name, o->help);
        }
    }
    ak_buf_puts(out, "\n  Choices (one of each group):\n");
    for (const struct pprof_option *o = pprof_options; o->name; o++) {
        for (size_t c = 0; o->choices && o->choices[c]; c++) {
            put_row(out, prefix, o->choices[c], pprof_option_help(ak_str_from(o->choices[c])));
        }
    }
    if (line) {
        ak_buf_puts(out, "\n  Sources and others:\n");
        for (const struct flag *f = flags; f->name; f++) {
            if (f->help) {
                put_row(out, prefix, f->name, f->help);
            }
        }
    }
}
