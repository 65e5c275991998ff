/* Stack walks against the C library's own, in functions without frame pointers. */
#include "prof/prof_thread.h"
#include "prof/prof_unwind.h"
#include "test_prof.h"

#include <alloca.h>
#include <execinfo.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#if defined(__GNUC__) && !defined(__clang__)
#define FRAMELESS __attribute__((noinline, noclone, optimize("omit-frame-pointer")))
#else
#define FRAMELESS __attribute__((noinline))
#endif

enum { MOST = 200 };
static struct runtime_cache cache;
static bool use_cache;
static unsigned checked;
static volatile uint64_t sink;

/* The first frame is the function that calls this. */
static NOINLINE void unwind_here(const struct runtime_stack *stack, struct runtime_cache *with,
                                 struct runtime_walk *walk)
{
    runtime_unwind_caller(__builtin_frame_address(0), stack, with, walk);
}

/* Walks here both ways and compares all frames but this function's own. */
static NOINLINE void check_here(void)
{
    void *expected[MOST];
    uint64_t pcs[MOST + 1];
    struct runtime_walk walk = {.pcs = pcs, .max = MOST};
    const struct runtime_stack stack = runtime_thread_stack();
    const int count = backtrace(expected, MOST);
    unwind_here(&stack, use_cache ? &cache : NULL, &walk);
    assert_int_equal(walk.end, RUNTIME_WALK_ROOT);
    assert_true(count > 2 && (unsigned)count < MOST);
    int from = 1; /* a sanitizer's backtrace has a frame of its own in front */
    while (from < 4 && (uintptr_t)expected[from] != walk.pcs[1] + 1) {
        from++;
    }
    assert_true(walk.depth + 2 >= (unsigned)(count - from));
    for (int i = from; i < count && (unsigned)(i - from + 1) < walk.depth; i++) {
        assert_int_equal(walk.pcs[i - from + 1] + 1, (uintptr_t)expected[i]);
    }
    checked++;
}

static FRAMELESS uint64_t plain(unsigned depth, uint64_t choice);

static FRAMELESS uint64_t with_alloca(unsigned depth, uint64_t choice)
{
    uint8_t *const p = alloca(16 + choice % 500);
    p[0] = (uint8_t)choice;
    const uint64_t below = plain(depth, choice >> 9);
    sink = below + p[0];
    return sink + 1;
}

static FRAMELESS uint64_t realigned(unsigned depth, uint64_t choice)
{
    _Alignas(64) volatile uint8_t wide[128];
    wide[choice % 128] = 1;
    const uint64_t below = plain(depth, choice >> 7);
    sink = below + wide[choice % 128];
    return sink + 1;
}

static FRAMELESS uint64_t plain(unsigned depth, uint64_t choice)
{
    uint64_t below = 0;
    if (depth == 0) {
        check_here();
        return 1;
    }
    switch (choice % 3) {
    case 0:
        below = with_alloca(depth - 1, choice >> 2);
        break;
    case 1:
        below = realigned(depth - 1, choice >> 2);
        break;
    default:
        below = plain(depth - 1, choice >> 2);
        break;
    }
    sink = below;
    return below + 1;
}

/* Shapes that share their first calls and differ deeper, as those of a real program do. */
static void walk_many(void)
{
    uint64_t seed = 1;
    for (unsigned i = 0; i < 3000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        plain((unsigned)(seed >> 60), i % 4 == 0 ? seed >> 8 : seed >> 50);
    }
}

static void walks_equal_the_library_s(void **state)
{
    (void)state;
    assert_true(runtime_modules_refresh());
    use_cache = false;
    walk_many();
    assert_int_equal(checked, 3000);
}

static void a_remembered_walk_equals_a_fresh_one(void **state)
{
    (void)state;
    assert_true(runtime_modules_refresh());
    memset(&cache, 0, sizeof cache);
    use_cache = true;
    checked = 0;
    walk_many();
    assert_int_equal(checked, 3000);
}

static void *on_thread(void *arg)
{
    ak_prof_thread_register();
    walk_many();
    ak_prof_thread_unregister();
    return arg;
}

static void threads_reach_their_root_too(void **state)
{
    pthread_t id;
    (void)state;
    use_cache = true; /* the one of another thread, with steps of its stack */
    checked = 0;
    pthread_create(&id, NULL, on_thread, NULL);
    pthread_join(id, NULL);
    assert_int_equal(checked, 3000);
}

/* --- signals ------------------------------------------------------------------------------- */

static struct runtime_walk signal_walk;
static uint64_t signal_pcs[MOST + 1];

/* Walks from the interrupted code, and once more from inside the handler through its frame. */
static void on_signal(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)info;
    uintptr_t all[16];
    uint64_t pcs[MOST + 1];
    const struct runtime_regs regs = runtime_regs_of_signal(context, all);
    struct runtime_stack stack = runtime_thread_stack();
    const ucontext_t *const uc = context;
    if (uc->uc_stack.ss_sp) {
        stack.alt_low = (uintptr_t)uc->uc_stack.ss_sp;
        stack.alt_high = stack.alt_low + uc->uc_stack.ss_size;
    }
    signal_walk = (struct runtime_walk){.pcs = signal_pcs, .max = MOST};
    runtime_unwind(&regs, &stack, NULL, &signal_walk);
    struct runtime_walk inner = {.pcs = pcs, .max = MOST};
    unwind_here(&stack, NULL, &inner);
    if (inner.end != RUNTIME_WALK_ROOT || inner.depth < signal_walk.depth + 2) {
        signal_walk.end = RUNTIME_WALK_LOST;
        return;
    }
    for (unsigned i = 0; i < signal_walk.depth; i++) {
        if (inner.pcs[inner.depth - 1 - i] != signal_pcs[signal_walk.depth - 1 - i]) {
            signal_walk.end = RUNTIME_WALK_LOST;
        }
    }
}

static void raise_one(int flags)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO | flags}, before;
    action.sa_sigaction = on_signal;
    sigaction(SIGUSR1, &action, &before);
    signal_walk = (struct runtime_walk){.end = RUNTIME_WALK_LOST};
    raise(SIGUSR1);
    sigaction(SIGUSR1, &before, NULL);
}

static void walks_pass_signal_frames(void **state)
{
    (void)state;
    raise_one(0);
    assert_int_equal(signal_walk.end, RUNTIME_WALK_ROOT);
    assert_true(signal_walk.depth >= 4);
}

static void walks_leave_a_signal_stack(void **state)
{
    enum { SIZE = 64 * 1024 };
    void *const memory =
        mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const stack_t stack = {.ss_sp = memory, .ss_size = SIZE};
    stack_t before;
    (void)state;
    assert_int_equal(sigaltstack(&stack, &before), 0);
    raise_one(SA_ONSTACK);
    assert_int_equal(sigaltstack(&before, NULL), 0);
    munmap(memory, SIZE);
    assert_int_equal(signal_walk.end, RUNTIME_WALK_ROOT);
    assert_true(signal_walk.depth >= 4);
}

/* --- fibers -------------------------------------------------------------------------------- */

static ucontext_t main_context, fiber_context;
static unsigned fiber_depth;

static void on_fiber(void)
{
    uint64_t pcs[MOST + 1];
    struct runtime_walk walk = {.pcs = pcs, .max = MOST};
    const struct runtime_stack stack = runtime_thread_stack();
    unwind_here(&stack, NULL, &walk);
    fiber_depth = walk.depth;
}

static unsigned depth_on_fiber(bool told)
{
    enum { SIZE = 64 * 1024 };
    uint8_t *const memory =
        mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    getcontext(&fiber_context);
    fiber_context.uc_stack = (stack_t){.ss_sp = memory, .ss_size = SIZE};
    fiber_context.uc_link = &main_context;
    makecontext(&fiber_context, on_fiber, 0);
    if (told) {
        ak_prof_stack_set(memory, memory + SIZE);
    }
    swapcontext(&main_context, &fiber_context);
    ak_prof_stack_set(NULL, NULL);
    munmap(memory, SIZE);
    return fiber_depth;
}

static void an_unknown_stack_is_not_read(void **state)
{
    (void)state;
    assert_true(depth_on_fiber(true) >= 2);
    assert_int_equal(depth_on_fiber(false), 0);
    use_cache = false;
    check_here();
}

int main(void)
{
    ak_prof_thread_register();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_equal_the_library_s),
        cmocka_unit_test(a_remembered_walk_equals_a_fresh_one),
        cmocka_unit_test(threads_reach_their_root_too),
        cmocka_unit_test(walks_pass_signal_frames),
        cmocka_unit_test(walks_leave_a_signal_stack),
        cmocka_unit_test(an_unknown_stack_is_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
