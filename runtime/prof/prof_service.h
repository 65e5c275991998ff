/* The profilers' own thread, and what they do around fork. */
#ifndef RUNTIME_PROF_SERVICE_H
#define RUNTIME_PROF_SERVICE_H

#include <stdbool.h>

/* Starts the thread with the first hold, ends it with the last drop. It empties the CPU samples'
 * buffers and follows dlopen. False when there can be no thread. */
bool runtime_service_hold(void);
void runtime_service_drop(void);

#endif
