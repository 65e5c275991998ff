#include "prof_thread.h"

#include "mem_thread.h"
#include "prof_cpu.h"
#include "prof_pool.h"
#include "runtime/prof.h"

#include <dlfcn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

__thread struct runtime_thread *runtime_thread_self __attribute__((tls_model("initial-exec")));

static struct {
    pthread_mutex_t lock;
    struct runtime_pool pool;
    struct runtime_thread *first;
    struct runtime_thread *free;
    pthread_key_t key; /* its destructor sees a thread end */
    bool has_key;
    size_t default_stack;
} g = {.lock = PTHREAD_MUTEX_INITIALIZER};

static pthread_once_t once = PTHREAD_ONCE_INIT;

void runtime_threads_lock(void)
{
    pthread_mutex_lock(&g.lock);
}

void runtime_threads_unlock(void)
{
    pthread_mutex_unlock(&g.lock);
}

struct runtime_thread *runtime_threads_first(void)
{
    return g.first;
}

/* --- records ------------------------------------------------------------------------------- */

static void at_thread_end(void *record);

static void set_up(void)
{
    pthread_attr_t attr;
    g.has_key = pthread_key_create(&g.key, at_thread_end) == 0;
    g.default_stack = 8u << 20;
    if (pthread_getattr_default_np(&attr) == 0) {
        pthread_attr_getstacksize(&attr, &g.default_stack);
        pthread_attr_destroy(&attr);
    }
}

/* A zeroed record, not yet listed. */
static struct runtime_thread *take_record(void)
{
    pthread_mutex_lock(&g.lock);
    struct runtime_thread *t = g.free;
    if (t) {
        g.free = t->next;
        struct runtime_cache *const cache = t->walk_cache; /* rules stay true for any thread */
        *t = (struct runtime_thread){.walk_cache = cache};
    } else {
        t = runtime_pool_alloc(&g.pool, sizeof *t);
    }
    pthread_mutex_unlock(&g.lock);
    return t;
}

static void give_record(struct runtime_thread *t)
{
    pthread_mutex_lock(&g.lock);
    t->next = g.free;
    g.free = t;
    pthread_mutex_unlock(&g.lock);
}

static bool is_main_thread(void)
{
    return syscall(SYS_gettid) == getpid();
}

/* The main thread's stack ends where the program was entered and may grow to the limit. */
static struct runtime_stack main_stack(void)
{
    extern void *__libc_stack_end;
    const uintptr_t high = (uintptr_t)__libc_stack_end;
    struct rlimit limit;
    uintptr_t size = (uintptr_t)1 << 30;
    if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < size) {
        size = (uintptr_t)limit.rlim_cur;
    }
    return (struct runtime_stack){.low = high > size ? high - size : 0, .high = high};
}

/* Other threads keep their descriptor, which pthread_self points to, at the top of their stack. */
static struct runtime_stack thread_stack(const struct runtime_thread *t)
{
    uintptr_t high = (uintptr_t)pthread_self();
    uintptr_t size = t->stack_size;
    if (!t->start) {
        pthread_attr_t attr;
        void *low;
        if (pthread_getattr_np(pthread_self(), &attr) != 0) {
            return (struct runtime_stack){0};
        }
        if (pthread_attr_getstack(&attr, &low, &size) == 0) {
            high = (uintptr_t)low + size;
        }
        pthread_attr_destroy(&attr);
    }
    return (struct runtime_stack){.low = high > size ? high - size : 0, .high = high};
}

/* Makes t the calling thread's record and lists it. */
static void enlist(struct runtime_thread *t)
{
    t->tid = (pid_t)syscall(SYS_gettid);
    t->own = is_main_thread() ? main_stack() : thread_stack(t);
    t->stack = t->own;
    if (g.has_key) {
        pthread_setspecific(g.key, t);
    }
    runtime_thread_self = t;
    pthread_mutex_lock(&g.lock);
    t->prev = NULL;
    t->next = g.first;
    if (g.first) {
        g.first->prev = t;
    }
    g.first = t;
    runtime_cpu_thread_begin(t);
    pthread_mutex_unlock(&g.lock);
}

static void unlist(struct runtime_thread *t)
{
    if (t->prev) {
        t->prev->next = t->next;
    } else {
        g.first = t->next;
    }
    if (t->next) {
        t->next->prev = t->prev;
    }
}

static void delist(struct runtime_thread *t)
{
    pthread_mutex_lock(&g.lock);
    runtime_cpu_thread_end(t);
    unlist(t);
    pthread_mutex_unlock(&g.lock);
    runtime_thread_self = NULL;
    give_record(t);
}

static void at_thread_end(void *record)
{
    delist(record);
}

void ak_prof_thread_register(void)
{
    pthread_once(&once, set_up);
    if (runtime_thread_self) {
        return;
    }
    struct runtime_thread *t = take_record();
    if (t) {
        enlist(t);
    }
}

void ak_prof_thread_unregister(void)
{
    struct runtime_thread *const t = runtime_thread_self;
    if (t) {
        if (g.has_key) {
            pthread_setspecific(g.key, NULL);
        }
        delist(t);
    }
}

__attribute__((constructor)) static void register_main(void)
{
    ak_prof_thread_register();
}

void runtime_threads_child(void (*forget)(struct runtime_thread *t))
{
    struct runtime_thread *const self = runtime_thread_self;
    for (struct runtime_thread *t = g.first; t;) {
        struct runtime_thread *const next = t->next;
        forget(t);
        if (t != self) {
            t->next = g.free;
            g.free = t;
        }
        t = next;
    }
    g.first = self;
    if (self) {
        self->next = self->prev = NULL;
        self->tid = (pid_t)syscall(SYS_gettid);
    }
}

/* --- stacks -------------------------------------------------------------------------------- */

void ak_prof_stack_set(const void *low, const void *high)
{
    struct runtime_thread *const t = runtime_thread_self;
    if (!t) {
        return;
    }
    /* The handler of this thread must never see half of a range: an empty one is safe. */
    volatile struct runtime_stack *const s = &t->stack;
    const bool own = !low || !high;
    s->high = 0;
    s->low = own ? t->own.low : (uintptr_t)low;
    s->high = own ? t->own.high : (uintptr_t)high;
}

struct runtime_stack runtime_thread_stack(void)
{
    const struct runtime_thread *const t = runtime_thread_self;
    return t ? t->stack : (struct runtime_stack){0};
}

struct runtime_cache *runtime_thread_cache(void)
{
    struct runtime_thread *const t = runtime_thread_self;
    if (!t) {
        return NULL;
    }
    if (!t->walk_cache) {
        t->walk_cache = runtime_pages_map(sizeof *t->walk_cache);
        if (t->walk_cache) {
            runtime_reader_list(&t->walk_cache->reader);
        }
    }
    return t->walk_cache;
}

/* --- pthread_create ------------------------------------------------------------------------ */

typedef int create_fn(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

#if RUNTIME_WRAPS_PTHREAD

static create_fn *real_create(void)
{
    static create_fn *found;
    create_fn *create = __atomic_load_n(&found, __ATOMIC_ACQUIRE);
    if (!create) {
        void *const symbol = dlsym(RTLD_NEXT, "pthread_create");
        _Static_assert(sizeof symbol == sizeof create, "a function pointer is a data pointer");
        __builtin_memcpy(&create, &symbol, sizeof create);
        __atomic_store_n(&found, create, __ATOMIC_RELEASE);
    }
    return create;
}

static void *trampoline(void *record)
{
    struct runtime_thread *const t = record;
    void *(*const start)(void *) = t->start;
    void *const arg = t->start_arg;
    enlist(t);
    (void)runtime_mem_block(); /* its frees are its own, if it allocates or not */
    return start(arg);
}

/* The program's pthread_create, also for libraries: the thread registers itself before it runs. */
__attribute__((visibility("default"))) int pthread_create(pthread_t *restrict out,
                                                          const pthread_attr_t *restrict attr,
                                                          void *(*start)(void *),
                                                          void *restrict arg)
{
    pthread_once(&once, set_up);
    struct runtime_thread *t = take_record();
    if (!t) {
        return real_create()(out, attr, start, arg);
    }
    t->start = start;
    t->start_arg = arg;
    t->stack_size = g.default_stack;
    if (attr) {
        pthread_attr_getstacksize(attr, &t->stack_size);
    }
    const int rc = real_create()(out, attr, trampoline, t);
    if (rc != 0) {
        give_record(t);
    }
    return rc;
}

#else

static create_fn *real_create(void)
{
    return pthread_create;
}

#endif

int runtime_thread_create_plain(pthread_t *out, void *(*start)(void *), void *arg)
{
    return real_create()(out, NULL, start, arg);
}
