#include "base/mem.h"
#include "legacy_reader.h"

/* Heap and contention profiles of Java programs: attributes "name=value", samples with the fields
 * the other way round ("bytes count @ 0x..."), then a line for each address: "0x1 function
 * (file:line)". */

enum java_kind { JAVA_NONE, JAVA_HEAP, JAVA_CONTENTION };

#define JAVA_HEAP_RATE 524288

static enum java_kind kind_of(struct ak_str head)
{
    if (ak_str_chr(head, '\n') < 0) {
        return JAVA_NONE;
    }
    const struct ak_str line = profile_legacy_trim(ak_str_cut(&head, '\n'));
    return ak_str_eq(line, AK_STR("--- heapz 1 ---"))         ? JAVA_HEAP
           : ak_str_eq(line, AK_STR("--- contentionz 1 ---")) ? JAVA_CONTENTION
                                                              : JAVA_NONE;
}

bool profile_legacy_is_java(struct ak_str head)
{
    return kind_of(head) != JAVA_NONE;
}

struct java {
    struct legacy *l;
    enum java_kind kind;
    bool has_types;
};

static bool is_attribute_char(char c)
{
    return c == ' ' || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z');
}

/* The letters, digits and blanks on both sides of the first '=' that has some on both. */
static bool find_attribute(struct ak_str line, struct ak_str *key, struct ak_str *value)
{
    for (size_t i = 1; i + 1 < line.len; i++) {
        if (line.ptr[i] != '=' || !is_attribute_char(line.ptr[i - 1]) ||
            !is_attribute_char(line.ptr[i + 1])) {
            continue;
        }
        size_t from = i, to = i + 1;
        while (from > 0 && is_attribute_char(line.ptr[from - 1])) {
            from--;
        }
        while (to < line.len && is_attribute_char(line.ptr[to])) {
            to++;
        }
        *key = profile_legacy_trim(ak_str_slice(line, from, i));
        *value = profile_legacy_trim(ak_str_slice(line, i + 1, to));
        return true;
    }
    return false;
}

static void set_types(struct java *j, const char *count, const char *size, struct ak_str unit)
{
    const char *name = ak_arena_strndup(j->l->b.p->arena, unit.ptr, unit.len);
    j->l->b.p->sample_type_count = 0; /* the attribute may come again */
    j->l->types = 0;
    profile_legacy_type(j->l, count, "count");
    profile_legacy_type(j->l, size, name);
    j->has_types = true;
}

static enum ak_status take_attribute(struct java *j, struct ak_str key, struct ak_str value,
                                     struct ak_error *err)
{
    struct ak_profile *p = j->l->b.p;
    if (ak_str_eq(key, AK_STR("format"))) {
        return ak_str_eq(value, AK_STR("java")) ? AK_OK : AK_FORMAT;
    }
    if (ak_str_eq(key, AK_STR("resolution"))) {
        if (j->kind == JAVA_HEAP) {
            set_types(j, "inuse_objects", "inuse_space", value);
        } else {
            set_types(j, "contentions", "delay", value);
        }
        return AK_OK;
    }
    if (j->kind != JAVA_CONTENTION) {
        return AK_FORMAT;
    }
    int64_t number = 0;
    if (ak_str_eq(key, AK_STR("sampling period"))) {
        const bool ok = profile_legacy_int(value, &number);
        profile_legacy_period(j->l, "contentions", "count", number);
        return ok ? AK_OK : profile_legacy_damaged(j->l, value, err);
    }
    if (ak_str_eq(key, AK_STR("ms since reset"))) {
        const bool ok = profile_legacy_int(value, &number);
        p->duration_ns = (int64_t)((uint64_t)number * 1000000u);
        return ok ? AK_OK : profile_legacy_damaged(j->l, value, err);
    }
    return AK_FORMAT;
}

/* Only lines that end in a newline count here, as in pprof. */
static bool next_whole_line(struct ak_str *rest, struct ak_str *line)
{
    if (ak_str_chr(*rest, '\n') < 0) {
        return false;
    }
    *line = profile_legacy_trim(ak_str_cut(rest, '\n'));
    return true;
}

static enum ak_status read_attributes(struct java *j, struct ak_str *rest, struct ak_error *err)
{
    struct ak_str at = *rest, line, key, value;
    while (next_whole_line(&at, &line)) {
        if (line.len > 0) {
            if (!find_attribute(line, &key, &value)) {
                return AK_OK; /* the first sample */
            }
            const enum ak_status st = take_attribute(j, key, value, err);
            if (st != AK_OK) {
                return st;
            }
        }
        *rest = at;
    }
    return AK_OK;
}

/* "N N @ 0x..." from any place of the line on. */
static bool find_sample(struct ak_str line, struct ak_str *size, struct ak_str *count,
                        struct ak_str *rest)
{
    for (size_t i = 0; i < line.len; i++) {
        struct legacy_cursor c = profile_legacy_cursor(ak_str_slice(line, i, line.len));
        *size = profile_legacy_eat_digits(&c);
        const char *gap = c.at;
        profile_legacy_eat_blanks(&c);
        if (size->len == 0 || c.at == gap) {
            continue;
        }
        *count = profile_legacy_eat_digits(&c);
        gap = c.at;
        profile_legacy_eat_blanks(&c);
        if (count->len == 0 || c.at == gap || !profile_legacy_eat(&c, "@ ")) {
            continue;
        }
        *rest = profile_legacy_eat_addresses(&c);
        return true;
    }
    return false;
}

static enum ak_status end_sample(struct java *j, int64_t values[2], struct ak_str line,
                                 struct ak_error *err)
{
    struct legacy *l = j->l;
    if (j->kind == JAVA_HEAP) {
        if (values[0] == 0) {
            return profile_legacy_damaged(l, line, err);
        }
        const int64_t bytes = values[1] / values[0]; /* neither is negative */
        profile_legacy_scale_block(&values[0], &values[1], JAVA_HEAP_RATE);
        return profile_legacy_end_block(l, values, bytes, err);
    }
    const uint64_t period = (uint64_t)l->b.p->period;
    if (period != 0) {
        values[0] = (int64_t)((uint64_t)values[0] * period);
        values[1] = (int64_t)((uint64_t)values[1] * period);
    }
    return profile_legacy_end_sample(l, values, err);
}

static enum ak_status read_samples(struct java *j, struct ak_str *rest, struct ak_error *err)
{
    struct ak_str at = *rest, line, size, count, addresses;
    while (next_whole_line(&at, &line)) {
        if (line.len > 0) {
            int64_t values[2];
            if (!find_sample(line, &size, &count, &addresses)) {
                return AK_OK; /* the first location */
            }
            if (!j->has_types) {
                return ak_fail(err, AK_CORRUPT, "%s: it has samples but no sample types",
                               j->l->name);
            }
            if (!profile_legacy_push_all(j->l, addresses, 0) ||
                !profile_legacy_int(count, &values[0]) || !profile_legacy_int(size, &values[1])) {
                return profile_legacy_damaged(j->l, line, err);
            }
            const enum ak_status st = end_sample(j, values, line, err);
            if (st != AK_OK) {
                return st;
            }
        }
        *rest = at;
    }
    return AK_OK;
}

/* --- names of locations
 * -------------------------------------------------------------------------------- */

struct java_function {
    struct ak_str name, file; /* of the text */
    uint32_t made;            /* function of the result + 1; 0: not yet */
};

struct java_names {
    struct legacy *l;
    struct ak_intern by_name; /* index i is functions[i] */
    struct java_function *functions;
    size_t functions_cap;
};

/* The last '(' with white space before it; 0: none. */
static size_t last_open(struct ak_str s)
{
    for (size_t i = s.len; i-- > 1;) {
        if (s.ptr[i] == '(' && profile_legacy_is_space(s.ptr[i - 1])) {
            return i;
        }
    }
    return 0;
}

/* "function (file:12)" */
static bool split_file_line(struct ak_str s, struct ak_str *function, struct ak_str *file,
                            int64_t *line)
{
    if (!ak_str_ends(s, AK_STR(")"))) {
        return false;
    }
    s = ak_str_slice(s, 0, s.len - 1);
    const ptrdiff_t colon = ak_str_rchr(s, ':');
    if (colon < 0) {
        return false;
    }
    const struct ak_str number = ak_str_slice(s, (size_t)colon + 1, s.len);
    struct legacy_cursor c = profile_legacy_cursor(number);
    (void)profile_legacy_eat(&c, "-");
    if (profile_legacy_eat_digits(&c).len == 0 || c.at != c.end) {
        return false;
    }
    const size_t before_file = colon > 0 ? (size_t)colon - 1 : 0; /* which is not empty */
    const size_t open = last_open(ak_str_slice(s, 0, before_file));
    if (open == 0) {
        return false;
    }
    *file = ak_str_slice(s, open + 1, (size_t)colon);
    *function = ak_str_slice(s, 0, open - 1);
    int64_t n;
    *line = ak_str_i64(number, &n) && n > 0 ? n : 0;
    return true;
}

/* The last part of a path as Go's filepath.Base gives it: without slashes behind it, "/" for
 * slashes alone, "." for nothing. */
static struct ak_str base_name(struct ak_str path)
{
    if (path.len == 0) {
        return AK_STR(".");
    }
    while (path.len > 0 && path.ptr[path.len - 1] == '/') {
        path.len--;
    }
    return path.len == 0 ? AK_STR("/")
                         : ak_str_slice(path, (size_t)(ak_str_rchr(path, '/') + 1), path.len);
}

/* "function (path)": of the path only its last part is kept. */
static bool split_path(struct ak_str s, struct ak_str *function, struct ak_str *file)
{
    const size_t open = last_open(s);
    if (!ak_str_ends(s, AK_STR(")")) || open == 0) {
        return false;
    }
    *file = base_name(ak_str_slice(s, open + 1, s.len - 1));
    *function = ak_str_slice(s, 0, open - 1);
    return true;
}

/* Functions are known by their names; the first file stays. */
static uint32_t function_of(struct java_names *n, struct ak_str name, struct ak_str file)
{
    const size_t before = n->by_name.count;
    const uint32_t at = ak_intern_add(&n->by_name, name);
    if (n->by_name.count > before) {
        AK_GROW(n->functions, n->by_name.count, n->functions_cap);
        n->functions[at] = (struct java_function){.name = name, .file = file};
    }
    return at;
}

/* Functions get into the result in the order in which locations use them. */
static void make_functions(struct java_names *n)
{
    struct legacy *l = n->l;
    for (size_t i = 0; i < l->location_count; i++) {
        if (l->locations[i].function == AK_NO_INDEX) {
            continue;
        }
        struct java_function *f = &n->functions[l->locations[i].function];
        if (f->made == 0) {
            const uint32_t name = ak_build_str(&l->b, f->name);
            f->made = 1 + ak_build_function(&l->b, &(struct ak_function){
                                                       .name = name,
                                                       .system_name = name,
                                                       .filename = ak_build_str(&l->b, f->file)});
        }
        l->locations[i].function = f->made - 1;
    }
}

/* "0x7f12 text": the text names the location of this address. */
static enum ak_status read_name(struct java_names *n, struct ak_str line, struct ak_error *err)
{
    struct legacy_cursor c = profile_legacy_cursor(line);
    if (!profile_legacy_eat(&c, "0x")) {
        return AK_OK;
    }
    const struct ak_str digits = profile_legacy_eat_hex(&c);
    if (digits.len == 0 || profile_legacy_eat_space(&c) == 0) {
        return AK_OK;
    }
    uint64_t address;
    if (!profile_legacy_hex(digits, &address)) {
        return profile_legacy_damaged(n->l, line, err);
    }
    const uint32_t at = ak_idmap_get(&n->l->by_address, address);
    if (at == AK_IDMAP_NONE) {
        return AK_OK;
    }
    const struct ak_str text = {c.at, (size_t)(c.end - c.at)};
    struct ak_str function = text, file = AK_STR("");
    int64_t number = 0;
    if (!split_file_line(text, &function, &file, &number) && !split_path(text, &function, &file) &&
        ak_str_find(text, AK_STR("generated stub/JIT")) >= 0) {
        function = AK_STR("STUB");
    }
    n->l->locations[at].function = function_of(n, function, file);
    n->l->locations[at].line = number;
    n->l->locations[at].address = 0;
    return AK_OK;
}

enum ak_status profile_legacy_java_names(struct legacy *l, struct ak_str text, struct ak_error *err)
{
    struct java_names n = {.l = l};
    struct legacy_lines lines = {.rest = text};
    ak_intern_init(&n.by_name, l->b.p->arena);
    enum ak_status st = AK_OK;
    while (st == AK_OK && profile_legacy_next(&lines)) {
        st = read_name(&n, profile_legacy_trim(lines.line), err);
    }
    if (st == AK_OK) {
        profile_legacy_place(l);
        make_functions(&n);
        profile_legacy_finish(l, false);
    }
    ak_intern_release(&n.by_name);
    ak_free(n.functions);
    return st;
}

enum ak_status profile_legacy_java(struct legacy *l, struct ak_str bytes, struct ak_error *err)
{
    struct java j = {.l = l, .kind = kind_of(bytes)};
    if (j.kind == JAVA_NONE) {
        return AK_FORMAT;
    }
    struct ak_str rest = bytes;
    ak_str_cut(&rest, '\n');
    enum ak_status st = read_attributes(&j, &rest, err);
    st = st == AK_OK ? read_samples(&j, &rest, err) : st;
    return st == AK_OK ? profile_legacy_java_names(l, rest, err) : st;
}
