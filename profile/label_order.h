/* The order in which pprof compares and writes the labels of a sample. */
#ifndef PROFILE_LABEL_ORDER_H
#define PROFILE_LABEL_ORDER_H

#include "profile/profile.h"

/* Copies the labels of a sample to *labels (grown with AK_GROW, *cap): text labels by key, then
 * numeric ones by key; equal keys stay in order. Returns their number. */
size_t profile_sorted_labels(const struct ak_profile *p, size_t sample, struct ak_label **labels,
                             size_t *cap);

#endif
