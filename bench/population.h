/* Actors and grains that do nothing, as what a stop has to end. */
#ifndef BENCH_POPULATION_H
#define BENCH_POPULATION_H

#include "harness.h"

/* PostStops that ran since the last call; the stop is complete when they are as many as the actors.
 */
uint64_t bench_population_stopped(void);
/* Spawns named actors below the user guardian and activates grains, and waits until each grain has
 * handled its first message. False: bench_fail was called. */
bool bench_population_fill(struct bench *b, struct ak_system *sys, size_t actors, size_t grains);

#endif
