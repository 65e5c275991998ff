/* A sample summarised: the numbers that every judgement starts from. */
#ifndef COLLECTOR_SUMMARY_H
#define COLLECTOR_SUMMARY_H

#include "store/verdict.h"

/* borrows values; *out_sorted (may be NULL) receives a sorted copy in arena. */
struct ak_summary collector_summary_of(const double *values, size_t n, double confidence,
                                       struct ak_arena *arena, double **out_sorted);

#endif
