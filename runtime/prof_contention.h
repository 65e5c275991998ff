/* The contention profiler's lock, for fork. */
#ifndef RUNTIME_PROF_CONTENTION_H
#define RUNTIME_PROF_CONTENTION_H

void runtime_contention_lock(void);
void runtime_contention_unlock(void);

#endif
