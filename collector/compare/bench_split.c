/* What benchstat's grouping keeps silent about: one benchmark of two inputs in two tables, where
 * nothing is compared. */
#include "bench_split.h"

#include "base/buf.h"

#include <string.h>

#define TABLES_MAX 50 /* looked at, and rows of each: the note is a help and no proof */
#define ROWS_MAX 200

static const char *common_row(const struct ak_table *a, const struct ak_table *b)
{
    for (size_t i = 0; i < a->row_count && i < ROWS_MAX; i++) {
        for (size_t k = 0; k < b->row_count && k < ROWS_MAX; k++) {
            if (strcmp(a->rows[i], b->rows[k]) == 0) {
                return a->rows[i];
            }
        }
    }
    return NULL;
}

/* Both have a single column, and not the same. */
static bool stand_alone(const struct ak_table *a, const struct ak_table *b)
{
    return a->column_count == 1 && b->column_count == 1 && a->column_levels > 0 &&
           b->column_levels > 0 && strcmp(a->columns[0], b->columns[0]) != 0;
}

/* The keys of the lines that changed from table `from` to table `to`, each once: "cpu,pkg". */
static void keys_between(const struct ak_table_set *set, size_t from, size_t to, struct ak_buf *out)
{
    struct ak_buf word = AK_BUF_INIT;
    for (size_t t = from + 1; t <= to; t++) {
        for (size_t i = 0; i < set->tables[t].head_count; i++) {
            struct ak_str rest = ak_str_from(set->tables[t].head[i]);
            const struct ak_str key = ak_str_cut(&rest, ':');
            ak_buf_reset(&word);
            ak_buf_printf(&word, ",%.*s,", (int)key.len, key.ptr);
            if (ak_str_find(ak_buf_view(out), ak_buf_view(&word)) < 0) {
                ak_buf_puts(out, out->len ? "" : ",");
                ak_buf_printf(out, "%.*s,", (int)key.len, key.ptr);
            }
        }
    }
    ak_buf_release(&word);
}

const char *collector_tables_split(const struct ak_table_set *set, struct ak_arena *arena)
{
    const size_t count = set->table_count < TABLES_MAX ? set->table_count : TABLES_MAX;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i + 1; k < count; k++) {
            const struct ak_table *a = &set->tables[i], *b = &set->tables[k];
            if (strcmp(a->unit, b->unit) != 0 || !stand_alone(a, b) || !common_row(a, b)) {
                continue;
            }
            struct ak_buf keys = AK_BUF_INIT;
            keys_between(set, i, k, &keys);
            const struct ak_str list = ak_str_slice(ak_buf_view(&keys), 1, keys.len - 1);
            const char *text = ak_arena_printf(
                arena,
                "%s of %s and %s stands in two tables and is not compared, since %.*s "
                "differs: -ignore %.*s compares it",
                common_row(a, b), a->columns[0], b->columns[0], (int)list.len, list.ptr,
                (int)list.len, list.ptr);
            ak_buf_release(&keys);
            return list.len > 0 ? text : NULL;
        }
    }
    return NULL;
}
