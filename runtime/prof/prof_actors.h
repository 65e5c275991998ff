/* The actors profiler's lock, for fork. */
#ifndef RUNTIME_PROF_ACTORS_H
#define RUNTIME_PROF_ACTORS_H

void runtime_actors_lock(void);
void runtime_actors_unlock(void);

#endif
