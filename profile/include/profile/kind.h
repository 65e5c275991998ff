/* What a profile measures, told from its sample types: how files are sorted into runs and which
 * sample type a comparison looks at. */
#ifndef PROFILE_KIND_H
#define PROFILE_KIND_H

#include "profile/profile.h"

/* "cpu", "heap", "mutex", "block", "goroutine", "threadcreate" or "other": a constant text.
 * Go writes the same two types for mutex and block profiles (contentions, delay); those are told
 * apart by where stacks begin (a wait in a lock, channel, select or sleep is "block"), "mutex" when
 * nothing tells. O(samples) for these two, O(sample types) for the others. */
const char *ak_profile_kind(const struct ak_profile *p);

/* The index of the sample type that reports show when nobody chose: default_sample_type when the
 * profile names one that exists, else the last. 0 when there is none. */
uint32_t ak_profile_default_type(const struct ak_profile *p);

#endif
