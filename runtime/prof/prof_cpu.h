/* The CPU profiler's side of threads, service and fork. */
#ifndef RUNTIME_PROF_CPU_H
#define RUNTIME_PROF_CPU_H

#include "prof_thread.h"

/* A thread begins, ends; on that thread, with the lock of threads held. */
void runtime_cpu_thread_begin(struct runtime_thread *t);
void runtime_cpu_thread_end(struct runtime_thread *t);

/* Moves samples from the threads' buffers to the table. Every 100 ms by the service thread. */
void runtime_cpu_drain(void);

/* Around fork, with the lock of threads held. */
void runtime_cpu_child(void);

#endif
