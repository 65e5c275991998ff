#include "limits.h"

#include <math.h>
#include <string.h>

void cli_limits_copy(struct ak_comparison *cmp, const struct ak_check *check)
{
    for (size_t i = 0; i < cmp->row_count; i++) {
        struct ak_compare_row *row = &cmp->rows[i];
        for (size_t k = 0; k < check->row_count && isnan(row->limit); k++) {
            const struct ak_judgement *j = &check->rows[k];
            if (!j->is_trend && strcmp(j->benchmark, row->benchmark) == 0 &&
                strcmp(j->unit, row->unit) == 0) {
                row->limit = j->limit;
            }
        }
    }
}
