#include "collector/criteria.h"

#include <math.h>
#include <string.h>

void ak_check_mark_limits(const struct ak_check *check, struct ak_comparison *cmp)
{
    for (size_t i = 0; i < cmp->row_count; i++) {
        struct ak_compare_row *row = &cmp->rows[i];
        for (size_t k = 0; k < check->row_count; k++) {
            const struct ak_judgement *j = &check->rows[k];
            if (!j->is_trend && isfinite(j->limit) && strcmp(j->benchmark, row->benchmark) == 0 &&
                strcmp(j->package, row->package) == 0 && strcmp(j->unit, row->unit) == 0) {
                row->limit = j->limit;
            }
        }
    }
}
