#include "prof_service.h"

#include "prof_actors.h"
#include "prof_contention.h"
#include "prof_cpu.h"
#include "prof_heap.h"
#include "prof_modules.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

/* A buffer holds the deepest stacks of 50 ms at 1,000 signals a second. */
enum { TICK_NS = 50 * 1000 * 1000 };

static struct {
    pthread_mutex_t control; /* one start or stop at a time */
    pthread_mutex_t lock;    /* of `stop` */
    pthread_cond_t wake;
    pthread_t thread;
    unsigned holds;
    bool stop;
} g = {.control = PTHREAD_MUTEX_INITIALIZER, .lock = PTHREAD_MUTEX_INITIALIZER};

static bool wait_tick(void)
{
    struct timespec until;
    int rc = 0;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += TICK_NS;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&g.lock);
    while (!g.stop && rc != ETIMEDOUT) {
        rc = pthread_cond_timedwait(&g.wake, &g.lock, &until);
    }
    const bool stop = g.stop;
    pthread_mutex_unlock(&g.lock);
    return !stop;
}

static void *serve(void *arg)
{
    while (wait_tick()) {
        runtime_modules_refresh();
        runtime_cpu_drain();
    }
    return arg;
}

static bool start_thread(void)
{
    pthread_condattr_t attr;
    sigset_t all, before;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&g.wake, &attr);
    pthread_condattr_destroy(&attr);
    g.stop = false;
    sigfillset(&all); /* the program's signals are not for this thread */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int rc = runtime_thread_create_plain(&g.thread, serve, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc == 0;
}

bool runtime_service_hold(void)
{
    pthread_mutex_lock(&g.control);
    const bool ok = g.holds > 0 || start_thread();
    g.holds += ok;
    pthread_mutex_unlock(&g.control);
    return ok;
}

void runtime_service_drop(void)
{
    pthread_mutex_lock(&g.control);
    if (g.holds > 0 && --g.holds == 0) {
        pthread_mutex_lock(&g.lock);
        g.stop = true;
        pthread_cond_signal(&g.wake);
        pthread_mutex_unlock(&g.lock);
        pthread_join(g.thread, NULL);
    }
    pthread_mutex_unlock(&g.control);
}

/* --- fork ---------------------------------------------------------------------------------- */

/* The mask of the thread that forks, between prepare and parent or child. */
static __thread sigset_t mask_before;

/* A frequent SIGPROF can keep the kernel's fork from ever finishing, so it is blocked. The locks
 * are taken so that the child finds the tables whole. */
static void before_fork(void)
{
    sigset_t prof;
    sigemptyset(&prof);
    sigaddset(&prof, SIGPROF);
    pthread_sigmask(SIG_BLOCK, &prof, &mask_before);
    runtime_threads_lock();
    runtime_contention_lock();
    runtime_actors_lock();
    runtime_heap_lock();
}

static void after_fork(void)
{
    runtime_heap_unlock();
    runtime_actors_unlock();
    runtime_contention_unlock();
    runtime_threads_unlock();
    pthread_sigmask(SIG_SETMASK, &mask_before, NULL);
}

static void after_fork_child(void)
{
    pthread_mutex_init(&g.control, NULL);
    pthread_mutex_init(&g.lock, NULL);
    g.holds = 0;
    runtime_modules_child();
    runtime_cpu_child();
    after_fork();
}

__attribute__((constructor)) static void follow_forks(void)
{
    pthread_atfork(before_fork, after_fork, after_fork_child);
}
