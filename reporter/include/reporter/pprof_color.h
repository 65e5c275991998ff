/* The colours of pprof's drawings: red for cost, green for gain, grey near zero. */
#ifndef REPORTER_PPROF_COLOR_H
#define REPORTER_PPROF_COLOR_H

#include <stdbool.h>
#include <stdint.h>

/* 0xRRGGBB for a share between -1 and 1 of the total; light for backgrounds. */
uint32_t ak_pprof_color(double share, bool background);

#endif
