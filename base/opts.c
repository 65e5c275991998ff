#include "base/opts.h"

#include "base/buf.h"

#include <string.h>

struct parse {
    const struct ak_opts_parse *how;
    struct ak_arena *arena;
    int argc;
    char **argv;
    int at;
    struct ak_args *args;
    size_t args_cap;
};

static const struct ak_opt *row_find(const struct ak_opt *table, struct ak_str name)
{
    for (const struct ak_opt *o = table; o && o->name; o++) {
        if (ak_str_eq(name, ak_str_from(o->name))) {
            return o;
        }
    }
    return NULL;
}

static void list_add(struct ak_arena *arena, struct ak_opt_list *list, const char *item)
{
    if (list->count == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 8;
        const char **grown = AK_NEW_ARRAY(arena, const char *, list->cap);
        for (size_t i = 0; i < list->count; i++) {
            grown[i] = list->items[i];
        }
        list->items = grown;
    }
    list->items[list->count++] = item;
}

static bool parse_bool(const char *text, bool *out)
{
    static const char *const yes[] = {"1", "t", "T", "true", "TRUE", "True"};
    static const char *const no[] = {"0", "f", "F", "false", "FALSE", "False"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0) {
            *out = strcmp(text, yes[i]) == 0;
            return true;
        }
    }
    return false;
}

static enum ak_status store_value(struct parse *p, const struct ak_opt *o, const char *value,
                                  struct ak_error *err)
{
    char *field = (char *)p->how->opts + o->offset;
    bool ok = true;
    switch (o->kind) {
    case AK_OPT_BOOL: {
        bool b = false;
        ok = parse_bool(value, &b);
        memcpy(field, &b, sizeof b);
        break;
    }
    case AK_OPT_STR:
        memcpy(field, &value, sizeof value);
        break;
    case AK_OPT_I64: {
        int64_t v = 0;
        ok = ak_str_i64(ak_str_from(value), &v);
        memcpy(field, &v, sizeof v);
        break;
    }
    case AK_OPT_F64: {
        double v = 0;
        ok = ak_str_f64(ak_str_from(value), &v);
        memcpy(field, &v, sizeof v);
        break;
    }
    case AK_OPT_LIST: {
        struct ak_opt_list list;
        memcpy(&list, field, sizeof list);
        list_add(p->arena, &list, value);
        memcpy(field, &list, sizeof list);
        break;
    }
    }
    return ok ? AK_OK
              : ak_fail(err, AK_USAGE, "-%s: \"%s\" is not %s", o->name, value,
                        o->kind == AK_OPT_BOOL ? "true or false" : "a number");
}

static enum ak_status parse_option(struct parse *p, const char *word, struct ak_error *err)
{
    struct ak_str rest = ak_str_from(word);
    const struct ak_str name = ak_str_cut(&rest, '=');
    if (ak_str_eq(name, AK_STR("h")) || ak_str_eq(name, AK_STR("help"))) {
        if (!row_find(p->how->table, name)) {
            return ak_fail(err, AK_CANCELLED, "%s", "");
        }
    }
    const struct ak_opt *o = row_find(p->how->table, name);
    if (!o) {
        return ak_fail(err, AK_USAGE, "no option -%.*s", (int)name.len, name.ptr);
    }
    const char *value = rest.ptr;
    if (!value && o->kind == AK_OPT_BOOL) {
        value = "true";
    } else if (!value) {
        if (p->at >= p->argc) {
            return ak_fail(err, AK_USAGE, "-%s wants %s", o->name, o->arg ? o->arg : "a value");
        }
        value = p->argv[p->at++];
    }
    return store_value(p, o, value, err);
}

static void add_argument(struct parse *p, const char *word)
{
    struct ak_opt_list list = {p->args->items, p->args->count, p->args_cap};
    list_add(p->arena, &list, word);
    p->args->items = list.items;
    p->args->count = list.count;
    p->args_cap = list.cap;
}

enum ak_status ak_opts_parse(const struct ak_opts_parse *how, int argc, char **argv,
                             struct ak_arena *arena, struct ak_args *out, struct ak_error *err)
{
    struct ak_args args = {0};
    struct parse p = {
        .how = how, .arena = arena, .argc = argc, .argv = argv, .at = 1, .args = &args};
    bool options = true;
    while (p.at < argc) {
        const char *word = argv[p.at++];
        if (options && strcmp(word, "--") == 0) {
            args.rest_count = (size_t)(argc - p.at);
            args.rest = ak_arena_copy(arena, argv + p.at, args.rest_count * sizeof *argv);
            break;
        }
        if (!options || word[0] != '-' || word[1] == '\0') {
            add_argument(&p, word);
            options = options && !how->stop_at_arg;
            continue;
        }
        const enum ak_status st = parse_option(&p, word + (word[1] == '-' ? 2 : 1), err);
        if (st != AK_OK) {
            return st;
        }
    }
    *out = args;
    return AK_OK;
}

void ak_opts_help(const struct ak_opt *table, struct ak_buf *out)
{
    size_t width = 0;
    for (const struct ak_opt *o = table; o->name; o++) {
        const size_t w = strlen(o->name) + (o->arg ? strlen(o->arg) + 1 : 0);
        width = w > width ? w : width;
    }
    const char *group = NULL;
    for (const struct ak_opt *o = table; o->name; o++) {
        if (o->group && (!group || strcmp(group, o->group) != 0)) {
            ak_buf_printf(out, "%s%s:\n", group ? "\n" : "", o->group);
            group = o->group;
        }
        const size_t start = out->len;
        ak_buf_printf(out, "  --%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
        ak_buf_fill(out, ' ', width + 6 - (out->len - start));
        ak_buf_printf(out, "%s\n", o->help);
    }
}
