#include "prof_lock.h"

#include <errno.h>
#include <time.h>

enum { LOOKS = 200, NAP_NS = 20000 };

void runtime_lock_wait(struct runtime_lock *lock)
{
    const int saved = errno;
    for (unsigned looks = 1;; looks++) {
        if (!atomic_load_explicit(&lock->held, memory_order_relaxed) &&
            !atomic_exchange_explicit(&lock->held, 1, memory_order_acquire)) {
            break;
        }
        if (looks % LOOKS == 0) {
            const struct timespec nap = {0, NAP_NS};
            (void)nanosleep(&nap, NULL);
        }
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    }
    errno = saved;
}
