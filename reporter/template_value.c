#include "reporter/template.h"

static struct ak_tvalue *value_new(struct ak_arena *a, enum ak_tvalue_kind kind)
{
    struct ak_tvalue *v = AK_NEW(a, struct ak_tvalue);
    v->kind = kind;
    return v;
}

struct ak_tvalue *ak_tvalue_map(struct ak_arena *a)
{
    return value_new(a, AK_TV_MAP);
}

struct ak_tvalue *ak_tvalue_list(struct ak_arena *a)
{
    return value_new(a, AK_TV_LIST);
}

struct ak_tvalue *ak_tvalue_str(struct ak_arena *a, struct ak_str s)
{
    struct ak_tvalue *v = value_new(a, AK_TV_STR);
    v->str = s.ptr ? s : (struct ak_str){"", 0};
    return v;
}

struct ak_tvalue *ak_tvalue_bool(struct ak_arena *a, bool b)
{
    return value_new(a, b ? AK_TV_TRUE : AK_TV_FALSE);
}

void ak_tvalue_push(struct ak_tvalue *list, struct ak_tvalue *v)
{
    if (list->last) {
        list->last->next = v;
    } else {
        list->first = v;
    }
    list->last = v;
}

void ak_tvalue_set(struct ak_tvalue *map, const char *key, struct ak_tvalue *v)
{
    v->key = key;
    ak_tvalue_push(map, v);
}

void ak_tvalue_set_str(struct ak_arena *a, struct ak_tvalue *map, const char *key, const char *s)
{
    ak_tvalue_set(map, key, ak_tvalue_str(a, ak_str_from(s)));
}

void ak_tvalue_set_bool(struct ak_arena *a, struct ak_tvalue *map, const char *key, bool b)
{
    ak_tvalue_set(map, key, ak_tvalue_bool(a, b));
}

void ak_tvalue_set_f(struct ak_arena *a, struct ak_tvalue *map, const char *key, const char *fmt,
                     ...)
{
    struct ak_buf b = AK_BUF_INIT;
    va_list ap;
    va_start(ap, fmt);
    ak_buf_vprintf(&b, fmt, ap);
    va_end(ap);
    ak_tvalue_set(map, key, ak_tvalue_str(a, ak_arena_str(a, ak_buf_view(&b))));
    ak_buf_release(&b);
}
