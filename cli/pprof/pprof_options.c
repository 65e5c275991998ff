#include "pprof_options.h"

#include "base/mem.h"

static const char *const sort_choices[] = {"cum", "flat", NULL};
static const char *const granularity_choices[] = {"functions", "filefunctions", "files",
                                                  "lines",     "addresses",     NULL};

#define AT(field) offsetof(struct ak_pprof_config, field)
const struct pprof_option pprof_options[] = {
    {"output", PPROF_OPTION_STR, AT(output), NULL, "File to write the report to"},
    {"call_tree", PPROF_OPTION_BOOL, AT(call_tree), NULL,
     "Make a call tree\nThe same function reached over different paths stays apart."},
    {"relative_percentages", PPROF_OPTION_BOOL, AT(relative_percentages), NULL,
     "Show percentages of what the filters leave\nUnset, percentages are of all samples."},
    {"unit", PPROF_OPTION_STR, AT(unit), NULL,
     "Unit to show values in\nms, seconds, MB, bytes ...; \"auto\" chooses for each value, "
     "\"minimum\" one for all."},
    {"compact_labels", PPROF_OPTION_BOOL, AT(compact_labels), NULL, "Show a short header"},
    {"source_path", PPROF_OPTION_STR, AT(source_path), NULL, "Folders to look for sources in"},
    {"trim_path", PPROF_OPTION_STR, AT(trim_path), NULL,
     "Prefixes to cut off source paths before they are looked for"},
    {"intel_syntax", PPROF_OPTION_BOOL, AT(intel_syntax), NULL,
     "Show assembly in Intel syntax\nFor disasm and weblist."},
    {"mean", PPROF_OPTION_BOOL, AT(mean), NULL,
     "Divide values by the first value (a count)\nMean size of an allocation, mean delay of an "
     "event."},
    {"sample_index", PPROF_OPTION_STR, AT(sample_index), NULL,
     "Value of a sample to report on, by number from 0 or name"},
    {"divide_by", PPROF_OPTION_F64, AT(divide_by), NULL, "Divide all values by this number"},
    {"normalize", PPROF_OPTION_BOOL, AT(normalize), NULL, "Scale the profile to the base's total"},
    {"sort", PPROF_OPTION_CHOICE, AT(sort), sort_choices, "Order of the entries"},
    {"tagroot", PPROF_OPTION_STR, AT(tagroot), NULL,
     "Make frames of these labels at the root\nLabel keys with commas between; the first becomes "
     "the root."},
    {"tagleaf", PPROF_OPTION_STR, AT(tagleaf), NULL,
     "Make frames of these labels at the leaf\nLabel keys with commas between; the last becomes "
     "the leaf."},
    {"drop_negative", PPROF_OPTION_BOOL, AT(drop_negative), NULL,
     "Leave out entries below zero\nIn differences: what became less."},
    {"nodecount", PPROF_OPTION_I64, AT(nodecount), NULL,
     "Largest number of entries to show\nIn graphs, paths over entries that were left out are "
     "dotted."},
    {"nodefraction", PPROF_OPTION_F64, AT(nodefraction), NULL,
     "Leave out nodes below this part of the total"},
    {"edgefraction", PPROF_OPTION_F64, AT(edgefraction), NULL,
     "Leave out edges below this part of the total"},
    {"trim", PPROF_OPTION_BOOL, AT(trim), NULL,
     "Honour nodefraction, edgefraction and nodecount\nfalse shows everything."},
    {"focus", PPROF_OPTION_STR, AT(focus), NULL,
     "Keep samples with a frame that matches\nBy the name of the function, the file or the "
     "binary."},
    {"ignore", PPROF_OPTION_STR, AT(ignore), NULL,
     "Drop samples with a frame that matches\nBy the name of the function, the file or the "
     "binary."},
    {"prune_from", PPROF_OPTION_STR, AT(prune_from), NULL,
     "Drop what is called below a frame that matches"},
    {"hide", PPROF_OPTION_STR, AT(hide), NULL,
     "Drop frames that match\nThe rest of the stack stays."},
    {"show", PPROF_OPTION_STR, AT(show), NULL, "Keep only frames that match"},
    {"show_from", PPROF_OPTION_STR, AT(show_from), NULL,
     "Drop frames above the highest one that matches"},
    {"tagfocus", PPROF_OPTION_STR, AT(tagfocus), NULL,
     "Keep samples with a tag that matches or lies in a range\nname=value looks at one tag. "
     "Ranges: 1kb, 1kb:10kb, memory=32mb:\nTexts: foo, foo.*bar, mytag=foo"},
    {"tagignore", PPROF_OPTION_STR, AT(tagignore), NULL,
     "Drop samples with a tag that matches or lies in a range\nname=value looks at one tag. "
     "Ranges: 1kb, 1kb:10kb, memory=32mb:\nTexts: foo, foo.*bar, mytag=foo"},
    {"tagshow", PPROF_OPTION_STR, AT(tagshow), NULL, "Look only at tags whose key matches"},
    {"taghide", PPROF_OPTION_STR, AT(taghide), NULL, "Do not look at tags whose key matches"},
    {"icicle", PPROF_OPTION_BOOL, AT(icicle), NULL, "Draw flame graphs with the root on top"},
    {"inverted", PPROF_OPTION_BOOL, AT(inverted), NULL, "Merge flame graphs from the leaves"},
    {"noinlines", PPROF_OPTION_BOOL, AT(noinlines), NULL,
     "Count inlined functions to the function they were inlined into"},
    {"showcolumns", PPROF_OPTION_BOOL, AT(showcolumns), NULL, "Show columns at line level"},
    {"json", PPROF_OPTION_BOOL, AT(json), NULL, "Write top, tree, peek and compare as JSON"},
    {"markdown", PPROF_OPTION_BOOL, AT(markdown), NULL,
     "Write top, tree, peek and compare as Markdown"},
    {"granularity", PPROF_OPTION_CHOICE, AT(granularity), granularity_choices, "What an entry is"},
    {.name = NULL},
};
#undef AT

const struct pprof_choice_help pprof_choices[] = {
    {"cum", "Sort by cumulative weight"},
    {"flat", "Sort by own weight"},
    {"functions", "An entry for each function name\nThe file it is defined in does not count."},
    {"filefunctions", "An entry for each function and file"},
    {"files", "An entry for each file"},
    {"lines", "An entry for each line of source"},
    {"addresses", "An entry for each address"},
    {NULL, NULL},
};

static bool has_choice(const struct pprof_option *o, struct ak_str name)
{
    for (size_t i = 0; o->choices && o->choices[i]; i++) {
        if (ak_str_eq(name, ak_str_from(o->choices[i]))) {
            return true;
        }
    }
    return false;
}

const struct pprof_option *pprof_option_find(struct ak_str name, bool *out_is_choice)
{
    for (const struct pprof_option *o = pprof_options; o->name; o++) {
        *out_is_choice = has_choice(o, name);
        if (*out_is_choice || ak_str_eq(name, ak_str_from(o->name))) {
            return o;
        }
    }
    return NULL;
}

static bool is_any_of(struct ak_str text, const char *const *words)
{
    for (size_t i = 0; words[i]; i++) {
        const struct ak_str w = ak_str_from(words[i]);
        bool same = w.len == text.len;
        for (size_t c = 0; same && c < w.len; c++) {
            const char t = text.ptr[c];
            same = w.ptr[c] == (t >= 'A' && t <= 'Z' ? (char)(t - 'A' + 'a') : t);
        }
        if (same) {
            return true;
        }
    }
    return false;
}

bool pprof_parse_bool(struct ak_str text, bool *out)
{
    static const char *const yes[] = {"true", "t", "yes", "y", "1", "", NULL};
    static const char *const no[] = {"false", "f", "no", "n", "0", NULL};
    *out = is_any_of(text, yes);
    return *out || is_any_of(text, no);
}

bool pprof_parse_int(struct ak_str text, int64_t *out)
{
    struct ak_str digits = text;
    const bool negative = ak_str_starts(text, AK_STR("-"));
    if (negative || ak_str_starts(text, AK_STR("+"))) {
        digits = ak_str_slice(text, 1, text.len);
    }
    uint64_t base = 10;
    if (digits.len > 1 && digits.ptr[0] == '0') {
        const char kind = (char)(digits.ptr[1] | 0x20);
        base = kind == 'x' ? 16 : kind == 'b' ? 2 : 8;
        digits =
            ak_str_slice(digits, kind == 'x' || kind == 'b' || kind == 'o' ? 2 : 1, digits.len);
    }
    uint64_t v = 0;
    for (size_t i = 0; i < digits.len; i++) {
        const char c = (char)(digits.ptr[i] | 0x20);
        const char d = digits.ptr[i];
        const uint64_t digit = d >= '0' && d <= '9'   ? (uint64_t)(d - '0')
                               : c >= 'a' && c <= 'f' ? (uint64_t)(c - 'a' + 10)
                                                      : 99;
        if (digit >= base || __builtin_mul_overflow(v, base, &v) ||
            __builtin_add_overflow(v, digit, &v)) {
            return false;
        }
    }
    if (digits.len == 0 || v > (uint64_t)INT64_MAX + negative) {
        return false;
    }
    *out = negative ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}

static enum ak_status set_choice(const struct pprof_option *o, const char **field,
                                 struct ak_str value, struct ak_error *err)
{
    for (size_t i = 0; o->choices[i]; i++) {
        if (ak_str_eq(value, ak_str_from(o->choices[i]))) {
            *field = o->choices[i];
            return AK_OK;
        }
    }
    return ak_fail(err, AK_USAGE, "invalid \"%s\" value \"%.*s\"", o->name, (int)value.len,
                   value.ptr);
}

static enum ak_status set_field(const struct pprof_option *o, void *field, struct ak_str value,
                                struct ak_arena *arena, struct ak_error *err)
{
    switch (o->kind) {
    case PPROF_OPTION_BOOL:
        if (!pprof_parse_bool(value, field)) {
            return ak_fail(err, AK_USAGE, "illegal value \"%.*s\" for bool variable",
                           (int)value.len, value.ptr);
        }
        return AK_OK;
    case PPROF_OPTION_I64:
        if (!pprof_parse_int(value, field)) {
            return ak_fail(err, AK_USAGE, "%s: \"%.*s\" is no integer", o->name, (int)value.len,
                           value.ptr);
        }
        return AK_OK;
    case PPROF_OPTION_F64:
        if (!ak_str_f64(value, field)) {
            return ak_fail(err, AK_USAGE, "%s: \"%.*s\" is no number", o->name, (int)value.len,
                           value.ptr);
        }
        return AK_OK;
    case PPROF_OPTION_CHOICE:
        return set_choice(o, field, value, err);
    case PPROF_OPTION_STR:
    default:
        *(const char **)field = ak_arena_strndup(arena, value.ptr ? value.ptr : "", value.len);
        return AK_OK;
    }
}

enum ak_status pprof_option_set(struct ak_pprof_config *config, struct ak_str name,
                                struct ak_str value, struct ak_arena *arena, struct ak_error *err)
{
    bool is_choice = false, chosen = false;
    const struct pprof_option *o = pprof_option_find(name, &is_choice);
    if (!o) {
        return ak_fail(err, AK_USAGE, "unknown config field \"%.*s\"", (int)name.len, name.ptr);
    }
    void *field = (char *)config + o->offset;
    if (is_choice) {
        if (!pprof_parse_bool(value, &chosen) || !chosen) {
            return ak_fail(err, AK_USAGE, "unknown config field \"%.*s\"", (int)name.len, name.ptr);
        }
        return set_choice(o, field, name, err);
    }
    return set_field(o, field, value, arena, err);
}

void pprof_option_get(const struct ak_pprof_config *config, const struct pprof_option *option,
                      struct ak_buf *out)
{
    const char *field = (const char *)config + option->offset;
    switch (option->kind) {
    case PPROF_OPTION_BOOL:
        ak_buf_puts(out, *(const bool *)(const void *)field ? "true" : "false");
        break;
    case PPROF_OPTION_I64:
        ak_buf_i64(out, *(const int64_t *)(const void *)field);
        break;
    case PPROF_OPTION_F64:
        ak_buf_f64(out, *(const double *)(const void *)field);
        break;
    case PPROF_OPTION_STR:
    case PPROF_OPTION_CHOICE:
    default:
        ak_buf_puts(out, *(const char *const *)(const void *)field);
    }
}

const char *pprof_option_help(struct ak_str name)
{
    for (const struct pprof_choice_help *c = pprof_choices; c->name; c++) {
        if (ak_str_eq(name, ak_str_from(c->name))) {
            return c->help;
        }
    }
    bool is_choice;
    const struct pprof_option *o = pprof_option_find(name, &is_choice);
    return o ? o->help : NULL;
}
