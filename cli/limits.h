/* The limits of success criteria, carried to the rows of a comparison, where charts and tables show
 * them beside the values. */
#ifndef CLI_LIMITS_H
#define CLI_LIMITS_H

#include "store/verdict.h"

/* Sets the limit of each row that the check judged against a value, where it has none yet. */
void cli_limits_copy(struct ak_comparison *cmp, const struct ak_check *check);

#endif
