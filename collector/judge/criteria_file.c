/* Criteria files: INI by inih, one section per criterion. */
#include "base/io.h"
#include "base/mem.h"
#include "collector/criteria.h"
#include "collector/lint_c.h"
#include "regex.h"
#include "suppress_file.h"

#include <ini.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define FILE_MAX_BYTES (1 << 20)
#define LINE_MAX_BYTES 199 /* inih's own limit, beyond which it would cut silently */
#define CRITERIA_MAX 1000
#define RUNS_MIN 6 /* of a trend */
#define RUNS_MAX 1000

struct file {
    const char *name;
    struct ak_str rest; /* not read yet */
    unsigned line;      /* last read */
    unsigned header;    /* line of the last "[section]" */
    bool header_used;   /* it has a key */
    struct ak_arena *arena;
    struct ak_criteria *criteria;
    size_t cap, suppress_cap, sink_cap;
    unsigned seen; /* keys of the section so far, bit per row of `keys` */
    enum ak_status status;
    struct ak_error *err;
};

static void refuse(struct file *f, unsigned line, const char *text, struct ak_str what)
{
    if (f->status == AK_OK) {
        f->status = ak_fail(f->err, AK_USAGE, "%s:%u: %s \"%.*s\"", f->name, line, text,
                            (int)ak_utf8_cut(what, 100), what.ptr);
    }
}

/* --- limits ------------------------------------------------------------------------------ */

static struct ak_str skip(struct ak_str s, const char *word)
{
    const size_t n = strlen(word);
    return ak_str_trim(ak_str_slice(s, n, s.len));
}

static bool starts(struct ak_str s, const char *word)
{
    return ak_str_starts(s, ak_str_from(word));
}

/* "< 1 MB", "<= 100 ms", "> 5", "< +5 %", "trend < +5 %", "exponent < 1.3", "no growth". */
static bool parse_limit(struct ak_str s, struct ak_criterion *c)
{
    c->kind = AK_CRITERION_LIMIT;
    if (ak_str_eq(s, AK_STR("no growth"))) {
        c->kind = AK_CRITERION_GROWTH;
        return true;
    }
    if (starts(s, "exponent")) {
        c->kind = AK_CRITERION_EXPONENT;
        s = skip(s, "exponent");
    } else if (starts(s, "trend")) {
        c->kind = AK_CRITERION_TREND;
        s = skip(s, "trend");
    }
    if (!starts(s, "<") && !starts(s, ">")) {
        return false;
    }
    c->at_least = starts(s, ">");
    s = ak_str_slice(s, 1, s.len);
    c->or_equal = starts(s, "=");
    s = c->or_equal ? skip(s, "=") : ak_str_trim(s);
    const bool part = ak_str_ends(s, AK_STR("%"));
    if (c->kind == AK_CRITERION_LIMIT && part) {
        c->kind = AK_CRITERION_RELATIVE;
    }
    if (c->kind == AK_CRITERION_TREND && (!part || c->at_least)) {
        return false;
    }
    return ak_quantity_parse(s, &c->limit_class, &c->limit) &&
           (c->kind != AK_CRITERION_EXPONENT || c->limit_class == AK_UNIT_OTHER);
}

/* --- keys -------------------------------------------------------------------------------- */

static bool set_benchmark(struct file *f, struct ak_criterion *c, const char *value)
{
    struct collector_regex *re = NULL;
    char what[300];
    snprintf(what, sizeof what, "%.200s:%u", f->name, f->line);
    const enum ak_status st = collector_regex_new(ak_str_from(value), what, &re, f->err);
    if (st != AK_OK) {
        f->status = st;
        return true; /* said with the place in the expression */
    }
    collector_regex_free(re);
    c->benchmark = ak_arena_strdup(f->arena, value);
    return true;
}

static bool set_unit(struct file *f, struct ak_criterion *c, const char *value)
{
    c->unit = ak_arena_strdup(f->arena, value);
    return *value != '\0';
}

static bool set_limit(struct file *f, struct ak_criterion *c, const char *value)
{
    c->limit_text = ak_arena_strdup(f->arena, value);
    return parse_limit(ak_str_from(value), c);
}

static bool set_statistic(struct file *f, struct ak_criterion *c, const char *value)
{
    static const char *const names[] = {"median", "max", "min", "mean"};
    (void)f;
    for (size_t i = 0; i < AK_COUNT(names); i++) {
        if (strcmp(value, names[i]) == 0) {
            c->statistic = (enum ak_statistic)i;
            return true;
        }
    }
    return false;
}

static bool set_per(struct file *f, struct ak_criterion *c, const char *value)
{
    struct ak_str s = ak_str_from(value);
    (void)f;
    if (ak_str_ends(s, AK_STR("entities"))) {
        s = ak_str_trim(ak_str_slice(s, 0, s.len - strlen("entities")));
    }
    return ak_str_f64(s, &c->per) && c->per > 0 && c->per < 1e15;
}

static bool set_runs(struct file *f, struct ak_criterion *c, const char *value)
{
    double runs = 0;
    (void)f;
    const bool good = ak_str_f64(ak_str_from(value), &runs) && runs >= RUNS_MIN &&
                      runs <= RUNS_MAX && floor(runs) >= runs;
    c->runs = good ? (size_t)runs : 0;
    return good;
}

static bool set_base(struct file *f, struct ak_criterion *c, const char *value)
{
    c->history = strcmp(value, "history") == 0;
    c->base = ak_arena_strdup(f->arena, value);
    return *value != '\0';
}

static bool set_optional(struct file *f, struct ak_criterion *c, const char *value)
{
    (void)f;
    c->optional = strcmp(value, "yes") == 0;
    return c->optional || strcmp(value, "no") == 0;
}

static const struct key {
    const char *name;
    bool (*set)(struct file *f, struct ak_criterion *c, const char *value);
} keys[] = {
    {"benchmark", set_benchmark}, {"unit", set_unit}, {"limit", set_limit},
    {"statistic", set_statistic}, {"per", set_per},   {"base", set_base},
    {"optional", set_optional},   {"runs", set_runs},
};

/* --- sections ---------------------------------------------------------------------------- */

/* A section is complete when its limit is there, and the unit where one is needed. */
static void section_end(struct file *f)
{
    if (f->criteria->count == 0) {
        return;
    }
    const struct ak_criterion *c = &f->criteria->items[f->criteria->count - 1];
    if (!c->limit_text || !c->unit) {
        refuse(f, c->line, c->limit_text ? "no unit in section" : "no limit in section",
               ak_str_from(c->name));
    } else if (c->base && c->kind != AK_CRITERION_RELATIVE) {
        refuse(f, c->line, "a base needs a limit in %, section", ak_str_from(c->name));
    } else if (c->runs > 0 && c->kind != AK_CRITERION_TREND) {
        refuse(f, c->line, "runs need a limit on the trend, section", ak_str_from(c->name));
    }
}

static struct ak_criterion *section_begin(struct file *f, const char *name)
{
    section_end(f);
    for (size_t i = 0; i < f->criteria->count; i++) {
        if (strcmp(f->criteria->items[i].name, name) == 0) {
            refuse(f, f->header, "section stands twice:", ak_str_from(name));
        }
    }
    if (f->criteria->count == CRITERIA_MAX) {
        refuse(f, f->header, "too many sections, at", ak_str_from(name));
        return &f->criteria->items[CRITERIA_MAX - 1];
    }
    AK_GROW(f->criteria->items, f->criteria->count + 1, f->cap);
    struct ak_criterion *c = &f->criteria->items[f->criteria->count++];
    *c = (struct ak_criterion){
        .name = ak_arena_strdup(f->arena, name), .benchmark = "", .line = f->header};
    f->seen = 0;
    return c;
}

/* A key of "[suppress NAME]". */
static void on_suppress(struct file *f, const char *suppress, const char *key, const char *value)
{
    struct ak_criteria *const c = f->criteria;
    char where[300];
    if (!f->header_used) {
        for (size_t i = 0; i < c->suppress_count; i++) {
            if (strcmp(c->suppress[i].name, suppress) == 0) {
                refuse(f, f->header, "section stands twice: suppress", ak_str_from(suppress));
                return;
            }
        }
        if (c->suppress_count == CRITERIA_MAX) {
            refuse(f, f->header, "too many sections, at", ak_str_from(suppress));
            return;
        }
        AK_GROW(c->suppress, c->suppress_count + 1, f->suppress_cap);
        c->suppress[c->suppress_count++] =
            (struct ak_suppress){.name = ak_arena_strdup(f->arena, suppress), .line = f->header};
        f->header_used = true;
    }
    snprintf(where, sizeof where, "%.200s:%u", f->name, f->line);
    f->status = collector_suppress_set(&c->suppress[c->suppress_count - 1], key, value, where,
                                       f->arena, f->err);
}

static void suppress_end(struct file *f)
{
    for (size_t i = 0; i < f->criteria->suppress_count && f->status == AK_OK; i++) {
        f->status = collector_suppress_check(&f->criteria->suppress[i], f->name, f->err);
    }
}

#define SINKS_MAX 10000

/* A key of "[sinks]": the names of functions of one kind, for akreport lint c. */
static void on_sinks(struct file *f, const char *kind, const char *value)
{
    struct ak_criteria *const c = f->criteria;
    struct ak_str rest = ak_str_from(value);
    f->header_used = true;
    if (ak_c_sink_find(kind) == AK_C_SINK_NONE) {
        refuse(f, f->line, "no kind of sinks (blocking, lock, allocation):", ak_str_from(kind));
    }
    while (f->status == AK_OK && rest.ptr) {
        const struct ak_str name = ak_str_trim(ak_str_cut(&rest, ' '));
        if (name.len > 0 && c->sink_count == SINKS_MAX) {
            refuse(f, f->line, "too many sinks, at", name);
        } else if (name.len > 0) {
            AK_GROW(c->sinks, c->sink_count + 1, f->sink_cap);
            c->sinks[c->sink_count++] =
                ak_arena_printf(f->arena, "%s=%.*s", kind, (int)name.len, name.ptr);
        }
    }
}

static int on_key(void *ctx, const char *section, const char *name, const char *value)
{
    struct file *f = ctx;
    if (f->status != AK_OK) {
        return 1;
    }
    if (f->header == 0) {
        refuse(f, f->line, "key outside of a section:", ak_str_from(name));
        return 1;
    }
    const char *const suppress = collector_suppress_name(section);
    if (suppress) {
        on_suppress(f, suppress, name, value);
        return 1;
    }
    if (strcmp(section, "sinks") == 0) {
        on_sinks(f, name, value);
        return 1;
    }
    struct ak_criterion *c =
        f->header_used ? &f->criteria->items[f->criteria->count - 1] : section_begin(f, section);
    f->header_used = true;
    for (size_t i = 0; i < AK_COUNT(keys); i++) {
        if (strcmp(name, keys[i].name) != 0) {
            continue;
        }
        if (f->seen >> i & 1) {
            refuse(f, f->line, "key stands twice:", ak_str_from(name));
        } else if (!keys[i].set(f, c, value)) {
            refuse(f, f->line, "not understood:", ak_str_from(value));
        }
        f->seen |= 1u << i;
        return 1;
    }
    refuse(f, f->line, "unknown key", ak_str_from(name));
    return 1;
}

/* Gives inih one line, and notes where it is: inih itself does not tell its handler. */
static char *next_line(char *out, int room, void *ctx)
{
    struct file *f = ctx;
    if (!f->rest.ptr || f->rest.len == 0 || f->status != AK_OK) {
        return NULL;
    }
    const struct ak_str line = ak_str_cut(&f->rest, '\n');
    const struct ak_str text = ak_str_trim(line);
    f->line++;
    if (line.len > LINE_MAX_BYTES || line.len + 2 > (size_t)room ||
        memchr(line.ptr, '\0', line.len)) {
        refuse(f, f->line, "line too long or binary:", ak_str_slice(line, 0, 40));
        return NULL;
    }
    if (starts(text, "[")) {
        if (f->header > 0 && !f->header_used) {
            refuse(f, f->header, "section is empty, before", text);
        }
        if (text.len < 3 || !memchr(text.ptr, ']', text.len) || text.len > 48) {
            refuse(f, f->line, "not a section:", text);
        }
        f->header = f->line;
        f->header_used = false;
    } else if (text.len > 0 && line.ptr[0] <= ' ') {
        refuse(f, f->line, "a line may not start with a blank:", text);
    }
    memcpy(out, line.ptr, line.len);
    memcpy(out + line.len, "\n", 2);
    return out;
}

enum ak_status ak_criteria_parse(const char *name, struct ak_str text, struct ak_arena *arena,
                                 struct ak_criteria **out, struct ak_error *err)
{
    struct file f = {.name = name, .rest = text, .arena = arena, .err = err};
    f.criteria = AK_NEW(arena, struct ak_criteria);
    f.criteria->name = ak_arena_strdup(arena, name);
    const int bad = ini_parse_stream(next_line, &f, on_key, &f);
    if (f.status == AK_OK && bad > 0) {
        f.status =
            ak_fail(err, AK_USAGE, "%s:%d: neither \"key = value\" nor a section", name, bad);
    }
    if (f.header > 0 && !f.header_used) {
        refuse(&f, f.header, "section is empty, the last of", ak_str_from(name));
    }
    section_end(&f);
    suppress_end(&f);
    if (f.status == AK_OK &&
        f.criteria->count + f.criteria->suppress_count + f.criteria->sink_count == 0) {
        f.status = ak_fail(err, AK_USAGE, "%s: holds no criterion", name);
    }
    struct ak_criterion *items = f.criteria->items;
    f.criteria->items = ak_arena_copy(arena, items, f.criteria->count * sizeof *items);
    ak_free(items);
    struct ak_suppress *suppress = f.criteria->suppress;
    f.criteria->suppress =
        ak_arena_copy(arena, suppress, f.criteria->suppress_count * sizeof *suppress);
    ak_free(suppress);
    const char **sinks = f.criteria->sinks;
    f.criteria->sinks = ak_arena_copy(arena, sinks, f.criteria->sink_count * sizeof *sinks);
    ak_free(sinks);
    if (f.status == AK_OK) {
        *out = f.criteria;
    }
    return f.status;
}

enum ak_status ak_criteria_load(const char *path, struct ak_arena *arena, struct ak_criteria **out,
                                struct ak_error *err)
{
    struct ak_buf text = AK_BUF_INIT;
    enum ak_status st = ak_file_read(path, FILE_MAX_BYTES, &text, err);
    if (st == AK_OK) {
        st = ak_criteria_parse(path, ak_buf_view(&text), arena, out, err);
    }
    ak_buf_release(&text);
    return st;
}

struct ak_criteria *ak_criteria_builtin(struct ak_arena *arena)
{
    static const struct ak_criterion rows[] = {
        {.name = "bytes",
         .kind = AK_CRITERION_LIMIT,
         .benchmark = "GCAllocations.*",
         .unit = "bytes/alloc",
         .limit_text = "< 1 MB",
         .limit_class = AK_UNIT_BYTES,
         .limit = 1e6},
        {.name = "time",
         .kind = AK_CRITERION_LIMIT,
         .benchmark = "ShutdownLatency_1000.*",
         .unit = "ms/shutdown",
         .limit_text = "< 100 ms",
         .limit_class = AK_UNIT_TIME,
         .limit = 0.1},
        {.name = "growth",
         .kind = AK_CRITERION_GROWTH,
         .benchmark = "",
         .unit = "MB/heap",
         .limit_text = "no growth"},
    };
    struct ak_criteria *c = AK_NEW(arena, struct ak_criteria);
    c->name = "built-in";
    c->items = ak_arena_copy(arena, rows, sizeof rows);
    c->count = AK_COUNT(rows);
    return c;
}
