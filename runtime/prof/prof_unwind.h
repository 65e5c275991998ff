/* Stack walking by table, with frame pointers where a table has nothing. Takes no lock, calls
 * nothing, allocates nothing: usable in signal handlers and inside malloc. */
#ifndef RUNTIME_PROF_UNWIND_H
#define RUNTIME_PROF_UNWIND_H

#include "prof_modules.h"

#include <stdbool.h>
#include <stdint.h>

#if defined(__SANITIZE_ADDRESS__)
#define RUNTIME_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RUNTIME_ASAN 1
#endif
#endif
#ifndef RUNTIME_ASAN
#define RUNTIME_ASAN 0
#endif

/* Whether this build can walk stacks at all, and by what. */
#if defined(__x86_64__)
#define RUNTIME_UNWIND_BY "call frame information of .eh_frame, else frame pointers"
#elif defined(__aarch64__)
#define RUNTIME_UNWIND_BY                                                                          \
    "frame pointers only: leaves of libc and of functions without a frame "                        \
    "lack their callers"
#endif

/* Where the walk begins. `all` are the registers in DWARF's numbering, or NULL when only these
 * three are known. */
struct runtime_regs {
    uintptr_t pc, sp, fp;
    bool is_return; /* pc is a return address, not an interrupted instruction */
    const uintptr_t *all;
};

/* Stacks that may be read: the thread's and, when it runs there, its signal stack. */
struct runtime_stack {
    uintptr_t low, high;
    uintptr_t alt_low, alt_high;
};

/* A frame of the last walk: the registers there, and the words its caller's were read from. */
struct runtime_step {
    uintptr_t pc, sp, fp;
    uintptr_t at;             /* what the walk reports: pc, or the address inside the call */
    const uintptr_t *pc_from; /* NULL: the walk ended here */
    const uintptr_t *fp_from; /* NULL: the caller has the same frame pointer */
};

/* What makes a walk cheap: the rules of program counters seen before, and the last walk. Most of a
 * stack is what it was the last time; where registers are equal to those of the last walk, only the
 * words that were read then are compared. One per user: a handler must not share it with the code
 * that it interrupts. Zeroed = empty. */
enum { RUNTIME_CACHE_SLOTS = 2048, RUNTIME_CACHE_STEPS = 160 };
struct runtime_cache {
    struct runtime_reader reader; /* listed when the cache lives for ever */
    struct {
        uint64_t key;
        int32_t cfa_offset;
        int16_t fp_offset;
        uint8_t cfa, fp;
    } slot[RUNTIME_CACHE_SLOTS];
    uint32_t generation; /* of the table that the steps were made with */
    uint32_t step_count;
    uint32_t number;                               /* how many walks there were */
    struct runtime_step step[RUNTIME_CACHE_STEPS]; /* the last step_count: leaf to root */
    struct runtime_step fresh[RUNTIME_CACHE_STEPS];
};

enum runtime_walk_end {
    RUNTIME_WALK_ROOT,      /* reached the first function of the thread */
    RUNTIME_WALK_TRUNCATED, /* deeper than `max` */
    RUNTIME_WALK_LOST       /* a frame could not be understood */
};

struct runtime_walk {
    uint64_t *pcs; /* room for max; leaf first, of callers the address inside the call */
    unsigned max;
    unsigned depth;
    enum runtime_walk_end end;
    uint32_t epoch; /* of the addresses, see prof_modules.h */
};

/* Walks from `regs`. `cache` may be NULL. */
void runtime_unwind(const struct runtime_regs *regs, const struct runtime_stack *stack,
                    struct runtime_cache *cache, struct runtime_walk *walk);

/* Walks the stack of a function that has not returned: `frame` is its __builtin_frame_address(0),
 * and the first frame its caller. Depth 0 when the stack is not known. */
void runtime_unwind_caller(const void *frame, const struct runtime_stack *stack,
                           struct runtime_cache *cache, struct runtime_walk *walk);

/* Whether that walk would find what the cache's last one found, told by its words on the stack: a
 * few instructions a frame, and no result to copy. */
bool runtime_unwind_same(const void *frame, const struct runtime_stack *stack,
                         const struct runtime_cache *cache);

/* Registers of the code that a signal interrupted, from the handler's third argument. `all` must
 * have room for 16 words. */
struct runtime_regs runtime_regs_of_signal(const void *ucontext, uintptr_t all[16]);

#endif
