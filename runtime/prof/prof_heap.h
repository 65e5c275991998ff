/* The heap profiler's side of fork and of the writer. */
#ifndef RUNTIME_PROF_HEAP_H
#define RUNTIME_PROF_HEAP_H

/* Around fork. */
void runtime_heap_lock(void);
void runtime_heap_unlock(void);

/* Between the two the calling thread's allocations are counted but not sampled. */
void runtime_heap_pause(void);
void runtime_heap_resume(void);

#endif
