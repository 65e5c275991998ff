/* Many tests at once. Both adjust p-values so that they are compared with the level of the whole
 * family. NaN stays NaN and is not counted.
 * Sources: Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian
 * Journal of Statistics 6; Benjamini and Hochberg (1995), Controlling the false discovery rate,
 * JRSS B 57. */
#ifndef STATS_MULTIPLE_H
#define STATS_MULTIPLE_H

#include <stddef.h>

/* The chance of any false alarm is bounded: for gates. O(n log n). */
void ak_adjust_holm(const double *p, size_t n, double *out_adjusted);
/* The expected share of false ones among the marked is bounded: for display. */
void ak_adjust_benjamini_hochberg(const double *p, size_t n, double *out_adjusted);

#endif
