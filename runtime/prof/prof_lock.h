/* The lock of the profilers' tables. It is held for well under a microsecond (for a copy of a table
 * when a snapshot is taken), and giving it back is one plain store: who waits looks a few times,
 * then sleeps for a moment and looks again. Used inside malloc and inside pthread_mutex_lock, so it
 * calls neither; zeroed = free. Not fair, not recursive. */
#ifndef RUNTIME_PROF_LOCK_H
#define RUNTIME_PROF_LOCK_H

#include <stdatomic.h>

struct runtime_lock {
    atomic_bool held;
};

/* The slow half of taking. errno stays what it was. */
void runtime_lock_wait(struct runtime_lock *lock);

static inline void runtime_lock_take(struct runtime_lock *lock)
{
    if (__builtin_expect(atomic_exchange_explicit(&lock->held, 1, memory_order_acquire), 0)) {
        runtime_lock_wait(lock);
    }
}

static inline void runtime_lock_give(struct runtime_lock *lock)
{
    atomic_store_explicit(&lock->held, 0, memory_order_release);
}

#endif
