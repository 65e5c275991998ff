#include "prof_unwind.h"

#include <stddef.h>
#include <ucontext.h>

/* The walk reads other functions' frames, which an address sanitizer would take for errors. */
#define READS_STACKS __attribute__((no_sanitize_address))

struct frame {
    uintptr_t pc, sp, fp;
    bool exact; /* pc is an interrupted instruction, not a return address */
    bool root;
    bool plain; /* pc_from and fp_from say all that the last step depended on */
    const uintptr_t *pc_from, *fp_from;
};

struct rule {
    int32_t cfa_offset;
    int16_t fp_offset;
    uint8_t cfa, fp;
};

READS_STACKS static inline bool load(const struct runtime_stack *s, uintptr_t at, uintptr_t *out)
{
    const bool own = at >= s->low && s->high >= sizeof at && at <= s->high - sizeof at;
    const bool alt = at >= s->alt_low && s->alt_high >= sizeof at && at <= s->alt_high - sizeof at;
    if ((!own && !alt) || at % sizeof at != 0) {
        return false;
    }
    *out = *(const uintptr_t *)at;
    return true;
}

/* Below the stack pointer, where registers that an epilogue has just popped still stand. */
enum { RED_ZONE = 128 };

/* Narrows the ranges to what is surely mapped: from the stack pointer's red zone up, on the stack
 * that it is in. The other range opens when a signal frame leads there. */
static struct runtime_stack confine(const struct runtime_stack *s, uintptr_t sp)
{
    if (sp >= s->alt_low && sp < s->alt_high) {
        return (struct runtime_stack){.alt_low = sp - RED_ZONE, .alt_high = s->alt_high};
    }
    if (sp >= s->low && sp < s->high) {
        return (struct runtime_stack){.low = sp - RED_ZONE, .high = s->high};
    }
    return (struct runtime_stack){0};
}

/* --- rules --------------------------------------------------------------------------------- */

static const struct runtime_module *module_of(const struct runtime_table *t, uintptr_t pc)
{
    size_t low = 0, high = t->count;
    while (low < high) {
        const size_t mid = (low + high) / 2;
        if (t->module[mid]->start <= pc) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low > 0 && pc < t->module[low - 1]->end ? t->module[low - 1] : NULL;
}

static struct rule search(const struct runtime_table *t, uintptr_t pc)
{
    const struct rule none = {.cfa = RUNTIME_CFA_NONE};
    const struct runtime_module *const m = t ? module_of(t, pc) : NULL;
    if (!m || m->row_count == 0) {
        return none;
    }
    const uint32_t offset = (uint32_t)(pc - m->base);
    size_t low = 0, high = m->row_count;
    while (low < high) {
        const size_t mid = (low + high) / 2;
        if (m->row[mid].pc <= offset) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    if (low == 0) {
        return none;
    }
    const struct runtime_row *const row = &m->row[low - 1];
    return (struct rule){row->cfa_offset, row->fp_offset, row->cfa, row->fp};
}

static struct rule find(const struct runtime_table *t, struct runtime_cache *cache, uintptr_t pc)
{
    if (!cache || !t) {
        return search(t, pc);
    }
    /* Addresses have 48 bits: the generation above them makes entries of older tables miss. */
    const uint64_t key = (uint64_t)pc ^ (uint64_t)t->generation << 48;
    const size_t i = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 40) % RUNTIME_CACHE_SLOTS;
    if (cache->slot[i].key != key) {
        const struct rule rule = search(t, pc);
        cache->slot[i].key = key;
        cache->slot[i].cfa_offset = rule.cfa_offset;
        cache->slot[i].fp_offset = rule.fp_offset;
        cache->slot[i].cfa = rule.cfa;
        cache->slot[i].fp = rule.fp;
        return rule;
    }
    return (struct rule){cache->slot[i].cfa_offset, cache->slot[i].fp_offset, cache->slot[i].cfa,
                         cache->slot[i].fp};
}

/* --- steps --------------------------------------------------------------------------------- */

/* The caller by frame pointer: two words, the caller's frame pointer and the return address. */
static bool step_by_fp(struct frame *f, const struct runtime_stack *s)
{
    uintptr_t fp, pc;
    if (f->fp < f->sp || !load(s, f->fp, &fp) || !load(s, f->fp + sizeof fp, &pc)) {
        return false;
    }
    f->fp_from = (const uintptr_t *)f->fp;
    f->pc_from = f->fp_from + 1;
    f->plain = true;
    f->sp = f->fp + 2 * sizeof fp;
    f->fp = fp;
    f->pc = pc;
    return true;
}

#if defined(__x86_64__)

READS_STACKS static bool step_signal(struct frame *f, const struct runtime_stack *s)
{
    const uintptr_t last = f->sp + sizeof(ucontext_t) - sizeof last;
    uintptr_t word;
    if (!load(s, f->sp, &word) || !load(s, last & ~(sizeof last - 1), &word)) {
        return false;
    }
    const greg_t *const regs = ((const ucontext_t *)f->sp)->uc_mcontext.gregs;
    f->pc = (uintptr_t)regs[REG_RIP];
    f->sp = (uintptr_t)regs[REG_RSP];
    f->fp = (uintptr_t)regs[REG_RBP];
    f->exact = true;
    return true;
}

static bool register_value(const struct frame *f, const uintptr_t *all, unsigned reg,
                           uintptr_t *out)
{
    if (reg == RUNTIME_REG_SP) {
        *out = f->sp;
    } else if (reg == RUNTIME_REG_FP) {
        *out = f->fp;
    } else if (all) {
        *out = all[reg];
    } else {
        return false;
    }
    return true;
}

static bool find_cfa(const struct frame *f, const struct rule *rule, const uintptr_t *all,
                     const struct runtime_stack *s, uintptr_t *out)
{
    if (rule->cfa == RUNTIME_CFA_PLT) {
        *out = f->sp + 8 + ((f->pc & 15) >= 11 ? 8 : 0);
        return true;
    }
    uintptr_t value;
    if (!register_value(f, all, rule->cfa % RUNTIME_CFA_DEREF, &value)) {
        return false;
    }
    value += (uintptr_t)(intptr_t)rule->cfa_offset;
    if (rule->cfa >= RUNTIME_CFA_DEREF && !load(s, value, &value)) {
        return false;
    }
    *out = value;
    return true;
}

/* Goes to the caller. `all` are the registers of an interrupted frame, else NULL. */
static bool step(struct frame *f, const struct rule *rule, const uintptr_t *all,
                 const struct runtime_stack *s)
{
    uintptr_t cfa, pc, fp = f->fp;
    switch (rule->cfa) {
    case RUNTIME_CFA_NONE:
        return step_by_fp(f, s);
    case RUNTIME_CFA_ROOT:
        f->root = true;
        return true;
    case RUNTIME_CFA_SIGNAL:
        return step_signal(f, s);
    default:
        break;
    }
    if (!find_cfa(f, rule, all, s, &cfa) || cfa <= f->sp || !load(s, cfa - sizeof pc, &pc)) {
        return false;
    }
    uintptr_t fp_at = 0;
    if (rule->fp != RUNTIME_FP_SAME) {
        fp_at =
            (rule->fp == RUNTIME_FP_AT_CFA ? cfa : f->fp) + (uintptr_t)(intptr_t)rule->fp_offset;
        if (!load(s, fp_at, &fp)) {
            return false;
        }
    }
    *f = (struct frame){.pc = pc,
                        .sp = cfa,
                        .fp = fp,
                        .plain = rule->cfa == RUNTIME_REG_SP || rule->cfa == RUNTIME_REG_FP,
                        .pc_from = (const uintptr_t *)(cfa - sizeof pc),
                        .fp_from = (const uintptr_t *)fp_at};
    return true;
}

#else

static bool step(struct frame *f, const struct rule *rule, const uintptr_t *all,
                 const struct runtime_stack *s)
{
    (void)rule;
    (void)all;
    return step_by_fp(f, s);
}

#endif

/* --- the last walk ------------------------------------------------------------------------- */

/* The walk so far, and where it stands in the last one. */
struct memory {
    struct runtime_cache *cache;   /* NULL: nothing is remembered */
    struct runtime_step *at, *end; /* steps of the last walk that may still match */
    struct runtime_step *fresh;    /* steps of this walk */
    uint32_t fresh_count;
    bool whole; /* all steps of this walk can be checked the next time */
};

/* The last walk counts when it was made with the same table and on a stack that is all mapped:
 * a cache may come from a thread that ended. */
static struct memory recall(struct runtime_cache *cache, const struct runtime_table *t,
                            const struct runtime_stack *stack)
{
    struct memory m = {.cache = cache};
    if (!cache || !t) {
        m.cache = NULL;
        return m;
    }
    m.end = cache->step + RUNTIME_CACHE_STEPS;
    const uintptr_t high = stack->high ? stack->high : stack->alt_high;
    const bool good = cache->generation == t->generation && m.end[-1].sp <= high;
    m.at = m.end - (good ? cache->step_count : 0);
    m.fresh = cache->fresh;
    m.whole = true;
    cache->generation = t->generation;
    return m;
}

static void note(struct memory *m, const struct runtime_step *step)
{
    if (!m->cache) {
        return;
    }
    if (m->fresh_count < RUNTIME_CACHE_STEPS) {
        m->fresh[m->fresh_count++] = *step;
    } else {
        m->whole = false;
    }
}

/* Follows the last walk from f as far as the stack is what it was: reports its frames and moves f.
 * True when that led to the root. */
READS_STACKS static bool follow(struct memory *m, struct frame *f, struct runtime_walk *walk)
{
    while (m->at < m->end && m->at->sp < f->sp) {
        m->at++;
    }
    if (m->at == m->end || m->at->sp != f->sp || m->at->pc != f->pc || m->at->fp != f->fp) {
        return false;
    }
    const struct runtime_step *const first = m->at;
    uint64_t *const pcs = walk->pcs + walk->depth;
    const uint32_t room = walk->max - walk->depth;
    uint32_t count = 0;
    for (const struct runtime_step *s = first; count < room; s++, count++) {
        pcs[count] = s->at;
        if (!s->pc_from) { /* the root again: the rest of the last walk stays where it is */
            walk->depth += count + 1;
            return true;
        }
        if (*s->pc_from != s[1].pc || (s->fp_from ? *s->fp_from : s->fp) != s[1].fp) {
            break;
        }
    }
    for (uint32_t i = 0; i < count; i++) { /* these hold, the next one does not */
        note(m, &first[i]);
    }
    walk->depth += count;
    if (count > 0) {
        const struct runtime_step *const last = &first[count - 1];
        *f = (struct frame){.pc = *last->pc_from,
                            .sp = first[count].sp,
                            .fp = last->fp_from ? *last->fp_from : last->fp};
    }
    m->at = m->at + count + 1 > m->end ? m->end : m->at + count + 1;
    return false;
}

/* Keeps this walk for the next one: its fresh steps before those of the last that still hold. */
static void keep(struct memory *m, bool complete)
{
    struct runtime_cache *const c = m->cache;
    if (!c) {
        return;
    }
    const size_t room = (size_t)(m->at - c->step);
    if (!complete || !m->whole || m->fresh_count > room) {
        c->step_count = 0;
        return;
    }
    struct runtime_step *const to = m->at - m->fresh_count;
    for (uint32_t i = 0; i < m->fresh_count; i++) {
        to[i] = m->fresh[i];
    }
    c->step_count = (uint32_t)(m->end - to);
}

/* --- the walk ------------------------------------------------------------------------------ */

/* One frame: reports it and goes to its caller. False at the end of the walk. */
static bool walk_frame(struct frame *f, const struct runtime_table *table, struct memory *m,
                       const uintptr_t *all, const struct runtime_stack *stack,
                       struct runtime_walk *walk)
{
    /* An interrupted frame must not be taken for a calling one: no frame has stack pointer 0. */
    struct runtime_step taken = {
        .pc = f->pc, .sp = f->exact ? 0 : f->sp, .fp = f->fp, .at = f->exact ? f->pc : f->pc - 1};
    walk->pcs[walk->depth++] = taken.at;
    const struct rule rule = find(table, m->cache, taken.at);
    f->exact = f->plain = false;
    if (!step(f, &rule, all, stack)) {
        walk->end = RUNTIME_WALK_LOST;
        return false;
    }
    if (f->root || f->pc == 0) {
        walk->end = RUNTIME_WALK_ROOT;
        m->at = m->end;
        note(m, &taken);
        return false;
    }
    taken.pc_from = f->pc_from;
    taken.fp_from = f->fp_from;
    m->whole = m->whole && f->plain;
    note(m, &taken);
    return true;
}

void runtime_unwind(const struct runtime_regs *regs, const struct runtime_stack *stack,
                    struct runtime_cache *cache, struct runtime_walk *walk)
{
    struct runtime_reader *const reader = cache && cache->reader.listed ? &cache->reader : NULL;
    const struct runtime_table *const table = runtime_modules_enter(reader);
    struct frame f = {.pc = regs->pc, .sp = regs->sp, .fp = regs->fp, .exact = !regs->is_return};
    struct runtime_stack readable = confine(stack, f.sp);
    struct memory m = recall(cache, table, &readable);
    const uintptr_t *all = regs->all;
    walk->epoch = table ? table->epoch : 0;
    walk->depth = 0;
    walk->end = RUNTIME_WALK_TRUNCATED;
    while (walk->depth < walk->max) {
        if (m.cache && !f.exact && follow(&m, &f, walk)) {
            walk->end = RUNTIME_WALK_ROOT;
            break;
        }
        if (walk->depth == walk->max || !walk_frame(&f, table, &m, all, &readable, walk)) {
            break;
        }
        if (f.exact) {
            readable = confine(stack, f.sp);
        }
        all = NULL;
    }
    keep(&m, walk->end == RUNTIME_WALK_ROOT);
    if (cache) {
        cache->number++;
    }
    runtime_modules_leave(reader);
}

/* A frame address makes the compiler keep a frame pointer: it points to the caller's one and to the
 * return address, on amd64 and on aarch64. */
void runtime_unwind_caller(const void *frame_address, const struct runtime_stack *stack,
                           struct runtime_cache *cache, struct runtime_walk *walk)
{
    const uintptr_t *const frame = frame_address;
    const struct runtime_regs regs = {
        .pc = frame[1], .sp = (uintptr_t)(frame + 2), .fp = frame[0], .is_return = true};
    runtime_unwind(&regs, stack, cache, walk);
    if (walk->depth == 1 && walk->end == RUNTIME_WALK_LOST) {
        walk->depth = 0;
    }
}

READS_STACKS bool runtime_unwind_same(const void *frame_address, const struct runtime_stack *stack,
                                      const struct runtime_cache *cache)
{
    const uintptr_t *const frame = frame_address;
    const struct runtime_step *s = cache->step + RUNTIME_CACHE_STEPS - cache->step_count;
    const uintptr_t sp = (uintptr_t)(frame + 2);
    if (cache->step_count == 0 || cache->generation != runtime_modules_generation() ||
        sp < stack->low || cache->step[RUNTIME_CACHE_STEPS - 1].sp > stack->high || s->sp != sp ||
        s->pc != frame[1] || s->fp != frame[0]) {
        return false;
    }
    for (; s->pc_from; s++) {
        if (*s->pc_from != s[1].pc || (s->fp_from ? *s->fp_from : s->fp) != s[1].fp) {
            return false;
        }
    }
    return true;
}

#if defined(__x86_64__)

struct runtime_regs runtime_regs_of_signal(const void *ucontext, uintptr_t all[16])
{
    /* DWARF's numbering of amd64's registers. */
    static const int order[16] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
                                  REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                  REG_R12, REG_R13, REG_R14, REG_R15};
    const greg_t *const g = ((const ucontext_t *)ucontext)->uc_mcontext.gregs;
    for (unsigned i = 0; i < 16; i++) {
        all[i] = (uintptr_t)g[order[i]];
    }
    return (struct runtime_regs){.pc = (uintptr_t)g[REG_RIP],
                                 .sp = all[RUNTIME_REG_SP],
                                 .fp = all[RUNTIME_REG_FP],
                                 .all = all};
}

#else

struct runtime_regs runtime_regs_of_signal(const void *ucontext, uintptr_t all[16])
{
    (void)all;
#if defined(__aarch64__)
    const mcontext_t *const m = &((const ucontext_t *)ucontext)->uc_mcontext;
    return (struct runtime_regs){.pc = m->pc, .sp = m->sp, .fp = m->regs[29]};
#else
    (void)ucontext;
    return (struct runtime_regs){0};
#endif
}

#endif
