#include "query.h"

struct query_key collector_query_key_of(struct ak_str text)
{
    struct query_key key = {.kind = KEY_CONFIG, .text = text};
    if (ak_str_eq(text, AK_STR(".name"))) {
        key.kind = KEY_NAME;
    } else if (ak_str_eq(text, AK_STR(".fullname"))) {
        key.kind = KEY_FULLNAME;
    } else if (ak_str_starts(text, AK_STR("/"))) {
        key.kind = KEY_PART;
    }
    return key;
}

/* Where the "-N" suffix starts, or the length when there is none. */
static size_t suffix_at(struct ak_str name)
{
    size_t i = name.len;
    while (i > 0 && name.ptr[i - 1] >= '0' && name.ptr[i - 1] <= '9') {
        i--;
    }
    return i > 0 && i < name.len && name.ptr[i - 1] == '-' ? i - 1 : name.len;
}

/* Cuts the next "/part" off *rest, which starts with a slash. */
static struct ak_str next_part(struct ak_str *rest)
{
    const ptrdiff_t slash = ak_str_chr(ak_str_slice(*rest, 1, rest->len), '/');
    const size_t end = slash < 0 ? rest->len : (size_t)slash + 1;
    const struct ak_str part = ak_str_slice(*rest, 0, end);
    *rest = ak_str_slice(*rest, end, rest->len);
    return part;
}

/* The name before its first part; *out_parts becomes what follows, without the suffix. */
static struct ak_str base_of(struct ak_str name, struct ak_str *out_parts)
{
    const struct ak_str body = ak_str_slice(name, 0, suffix_at(name));
    const ptrdiff_t slash = ak_str_chr(body, '/');
    const size_t end = slash < 0 ? body.len : (size_t)slash;
    *out_parts = ak_str_slice(body, end, body.len);
    return ak_str_slice(body, 0, end);
}

static bool is_gomaxprocs(struct ak_str key)
{
    return ak_str_eq(key, AK_STR("/gomaxprocs"));
}

/* True when part is "/key=value" for this key. */
static bool part_has_key(struct ak_str part, struct ak_str key)
{
    return part.len > key.len && ak_str_starts(part, key) && part.ptr[key.len] == '=';
}

static struct ak_str extract_part(struct ak_str name, struct ak_str key)
{
    const size_t suffix = suffix_at(name);
    if (is_gomaxprocs(key) && suffix < name.len) {
        return ak_str_slice(name, suffix + 1, name.len);
    }
    struct ak_str rest;
    base_of(name, &rest);
    while (rest.len > 0) {
        const struct ak_str part = next_part(&rest);
        if (part_has_key(part, key)) {
            return ak_str_slice(part, key.len + 1, part.len);
        }
    }
    return (struct ak_str){0};
}

static struct ak_str extract_config(const struct query_result *result, struct ak_str key)
{
    if (ak_str_eq(key, AK_STR(".file"))) {
        return result->file;
    }
    const struct ak_bench_record *record = result->record;
    for (size_t i = 0; i < record->config_count; i++) {
        if (ak_str_eq(record->config[i].key, key)) {
            return record->config[i].value;
        }
    }
    return (struct ak_str){0};
}

struct ak_str collector_query_extract(const struct query_key *key,
                                      const struct query_result *result)
{
    struct ak_str parts;
    switch (key->kind) {
    case KEY_NAME:
        return base_of(result->record->name, &parts);
    case KEY_FULLNAME:
        return result->record->name;
    case KEY_PART:
        return extract_part(result->record->name, key->text);
    case KEY_CONFIG:
        break;
    }
    return extract_config(result, key->text);
}

static bool is_excluded(struct ak_str part, const struct ak_str *excluded, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (part_has_key(part, excluded[i])) {
            return true;
        }
    }
    return false;
}

struct ak_str collector_query_fullname(const struct query_result *result,
                                       const struct ak_str *excluded, size_t count,
                                       struct ak_buf *scratch)
{
    const struct ak_str name = result->record->name;
    bool base = false, procs = false;
    for (size_t i = 0; i < count; i++) {
        base = base || ak_str_eq(excluded[i], AK_STR(".name"));
        procs = procs || is_gomaxprocs(excluded[i]);
    }
    if (count == 0) {
        return name;
    }
    struct ak_str rest;
    const struct ak_str first = base_of(name, &rest);
    ak_buf_reset(scratch);
    ak_buf_str(scratch, base ? AK_STR("*") : first);
    while (rest.len > 0) {
        const struct ak_str part = next_part(&rest);
        if (!is_excluded(part, excluded, count)) {
            ak_buf_str(scratch, part);
        }
    }
    if (!procs) {
        ak_buf_str(scratch, ak_str_slice(name, suffix_at(name), name.len));
    }
    return ak_buf_view(scratch);
}
