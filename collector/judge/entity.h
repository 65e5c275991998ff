/* What the name and the units of a benchmark say: how many entities it handles, and how many bytes
 * its "MB" has. */
#ifndef COLLECTOR_ENTITY_H
#define COLLECTOR_ENTITY_H

#include "store/run.h"

struct collector_entities {
    double count;       /* 0: the name does not say */
    struct ak_str noun; /* "Actors", borrowed from the name */
    size_t from, to;    /* the digits in the name */
};
/* "ShutdownLatency_1000Actors" -> 1000 "Actors"; "Stop/actors=1000" -> 1000 "actors". */
struct collector_entities collector_entities_of(const char *benchmark);

/* "stop of 1,000 actors", "stop", "1,000 messages" or "repetition", in arena. */
const char *collector_entities_phrase(const char *benchmark, struct ak_arena *arena);

/* Bytes, seconds or 1 per unit of a series. "MB" is 10^6 unless the run itself shows otherwise: a
 * benchmark that prints the same quantity in bytes and in MB (bytes/alloc, MB/alloc) with 2^20
 * between them counts MiB, and then all its MB do. */
double collector_unit_factor(const struct ak_run *run, const struct ak_series *series);

#endif
