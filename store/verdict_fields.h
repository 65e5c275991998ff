/* Private to store/: what the packed part of a verdict holds. */
#ifndef VERDICT_FIELDS_H
#define VERDICT_FIELDS_H

#include "field.h"
#include "store/verdict.h"

void store_check_fields(struct store_fields *f, struct ak_check *check);
void store_judgement_fields(struct store_fields *f, struct ak_judgement *row);
void store_comparison_fields(struct store_fields *f, struct ak_comparison *cmp);
void store_compare_row_fields(struct store_fields *f, struct ak_compare_row *row);

#endif
