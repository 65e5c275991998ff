#include "reader_value.h"

#include <math.h>

enum ak_status collector_reader_value(const struct collector_source *src, struct collector_build *b,
                                      struct collector_sample *s, double value,
                                      struct ak_error *err)
{
    if (!isfinite(value)) {
        return ak_fail(err, AK_FORMAT, "%s: %.*s: a value in %.*s is no finite number", src->path,
                       (int)ak_utf8_cut(s->benchmark, 120), s->benchmark.ptr,
                       (int)ak_utf8_cut(s->unit, 60), s->unit.ptr);
    }
    s->value = value;
    s->better = ak_unit_info(s->unit).better;
    collector_build_value(b, s);
    return AK_OK;
}

enum ak_status collector_reader_array(const struct collector_source *src, struct collector_build *b,
                                      struct collector_sample *s,
                                      const struct collector_array *array, struct ak_error *err)
{
    for (const struct ak_json_node *n = array->items ? array->items->child : NULL; n; n = n->next) {
        const double value = n->type == AK_JSON_NUMBER ? n->number * array->factor : (double)NAN;
        const enum ak_status st = collector_reader_value(src, b, s, value, err);
        if (st != AK_OK) {
            return st;
        }
    }
    return AK_OK;
}
