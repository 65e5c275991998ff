/* The program's locks: pthread_mutex_lock and the two of pthread_rwlock, also for libraries. While
 * the contention profile runs, a lock that is not free at once is timed; otherwise one load is all
 * that is added. The sanitizers have wrappers of their own, which must see the locks: there, only
 * waits that the program reports are known. */
#include "base/clock.h"
#include "prof_contention.h"
#include "prof_thread.h"
#include "runtime/prof.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>

#if RUNTIME_WRAPS_PTHREAD

#define EXPORT __attribute__((visibility("default")))

typedef int mutex_fn(pthread_mutex_t *);
typedef int rwlock_fn(pthread_rwlock_t *);

/* The C library's; atomic. Equal values may be stored by several threads. */
static mutex_fn *libc_mutex_lock;
static rwlock_fn *libc_rdlock, *libc_wrlock;

/* The next definition of `name` after ours, as a function of the type of `variable`. */
#define FIND(variable, name)                                                                       \
    do {                                                                                           \
        void *const symbol = dlsym(RTLD_NEXT, (name));                                             \
        __typeof__(variable) function;                                                             \
        _Static_assert(sizeof symbol == sizeof function, "a function pointer is a data pointer");  \
        memcpy(&function, &symbol, sizeof function);                                               \
        __atomic_store_n(&(variable), function, __ATOMIC_RELEASE);                                 \
    } while (0)

__attribute__((constructor)) static void find_all(void)
{
    FIND(libc_mutex_lock, "pthread_mutex_lock");
    FIND(libc_rdlock, "pthread_rwlock_rdlock");
    FIND(libc_wrlock, "pthread_rwlock_wrlock");
}

/* A constructor of another library may lock before ours has run. */
#define LIBC(function)                                                                             \
    (__builtin_expect(__atomic_load_n(&(function), __ATOMIC_ACQUIRE) == NULL, 0)                   \
         ? (find_all(), (function))                                                                \
         : (function))

__attribute__((noinline)) static void report(int64_t begin)
{
    const int saved = errno;
    const int64_t now = ak_clock_monotonic_ns();
    const struct runtime_wait w = {.what = "lock",
                                   .ns = (uint64_t)(now > begin ? now - begin : 0),
                                   .frame = __builtin_frame_address(0)};
    runtime_contention_wait(&w);
    errno = saved;
}

/* Locks by `try` and, when that was refused, by `wait`, timed. A lock that was got is held while
 * its wait is booked, about a microsecond. */
#define LOCK(wait, try, lock)                                                                      \
    do {                                                                                           \
        const int tried = (try)(lock);                                                             \
        if (tried != EBUSY) {                                                                      \
            return tried;                                                                          \
        }                                                                                          \
        const int64_t begin = ak_clock_monotonic_ns();                                             \
        const int rc = LIBC(wait)(lock);                                                           \
        report(begin);                                                                             \
        return rc;                                                                                 \
    } while (0)

EXPORT int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    if (__builtin_expect(!ak_prof_contention_running(), 1)) {
        return LIBC(libc_mutex_lock)(mutex);
    }
    LOCK(libc_mutex_lock, pthread_mutex_trylock, mutex);
}

EXPORT int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
    if (__builtin_expect(!ak_prof_contention_running(), 1)) {
        return LIBC(libc_rdlock)(lock);
    }
    LOCK(libc_rdlock, pthread_rwlock_tryrdlock, lock);
}

EXPORT int pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
    if (__builtin_expect(!ak_prof_contention_running(), 1)) {
        return LIBC(libc_wrlock)(lock);
    }
    LOCK(libc_wrlock, pthread_rwlock_trywrlock, lock);
}

#endif
