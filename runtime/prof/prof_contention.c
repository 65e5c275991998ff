/* Contention profiler: waits that the program measured, sampled so that totals stay unbiased: a
 * wait of d ns is taken with probability min(1, d / rate) and then stands for max(1, rate / d)
 * waits. Every waiter reports its own wait (golang/go#61015: counting one of many underrates). */
#include "prof_contention.h"

#include "base/clock.h"
#include "base/hash.h"
#include "prof_labels.h"
#include "prof_lock.h"
#include "prof_service.h"
#include "prof_snapshot.h"
#include "prof_thread.h"
#include "runtime/prof.h"

#include <math.h>

static const struct runtime_profile_kind contention_kind = {.type = {"contentions", "delay"},
                                                            .unit = {"count", "nanoseconds"},
                                                            .type_count = 2,
                                                            .period_type = "contentions",
                                                            .period_unit = "count"};

bool ak_prof_contention_on;

enum { WAITS, DELAY_NS, WAITS_SHIFT = 20 }; /* waits in 1 / 2^20 */

static struct {
    struct runtime_lock lock;
    struct runtime_stacks stacks;
    uint64_t rate_ns;
    uint64_t random;
    uint64_t samples, lost;
    int64_t started_ns;
} g = {.rate_ns = 1};

void runtime_contention_lock(void)
{
    runtime_lock_take(&g.lock);
}

void runtime_contention_unlock(void)
{
    runtime_lock_give(&g.lock);
}

enum ak_status ak_prof_contention_start(uint64_t rate_ns, struct ak_error *err)
{
    const bool was_on = ak_prof_contention_running();
    if (!runtime_modules_refresh() || (!was_on && !runtime_service_hold())) {
        return ak_fail(err, AK_NO_SPACE, "contention profile: no memory for its tables");
    }
    runtime_lock_take(&g.lock);
    g.rate_ns = rate_ns == 0 ? 1 : rate_ns;
    if (g.started_ns == 0) {
        g.started_ns = ak_clock_monotonic_ns();
        g.random = (uint64_t)g.started_ns;
    }
    runtime_lock_give(&g.lock);
    __atomic_store_n(&ak_prof_contention_on, true, __ATOMIC_RELEASE);
    return AK_OK;
}

void ak_prof_contention_stop(void)
{
    if (__atomic_exchange_n(&ak_prof_contention_on, false, __ATOMIC_ACQ_REL)) {
        runtime_service_drop();
    }
}

/* Whether a wait is taken, and for how many waits and ns it stands then. Lock held. */
static bool weigh(uint64_t ns, uint64_t *out_waits_q, uint64_t *out_ns)
{
    *out_waits_q = (uint64_t)1 << WAITS_SHIFT;
    *out_ns = ns;
    if (ns >= g.rate_ns) {
        return true;
    }
    g.random += UINT64_C(0x9e3779b97f4a7c15);
    if (ak_hash_u64(g.random) % g.rate_ns >= ns) {
        return false;
    }
    *out_waits_q = (uint64_t)(ldexp((double)g.rate_ns / (double)ns, WAITS_SHIFT) + 0.5);
    *out_ns = g.rate_ns;
    return true;
}

static void take(const struct runtime_wait *w, uint64_t waits_q, uint64_t ns)
{
    uint64_t pcs[1 + AK_PROF_DEPTH_MAX];
    struct runtime_walk walk = {.pcs = pcs + 1, .max = AK_PROF_DEPTH_MAX - 1};
    const struct runtime_stack stack = runtime_thread_stack();
    struct runtime_labels labels;
    runtime_unwind_caller(w->frame, &stack, runtime_thread_cache(), &walk);
    if (walk.depth == 0) {
        walk.pcs[walk.depth++] = RUNTIME_PC_UNKNOWN;
    }
    if (w->function != 0) {
        *--walk.pcs = w->function;
        walk.depth++;
    }
    runtime_labels_take(&labels);
    runtime_labels_add(&labels, RUNTIME_LABEL_WAIT, w->what);
    struct runtime_stack_key key = {.pcs = walk.pcs,
                                    .depth = walk.depth,
                                    .epoch = walk.epoch,
                                    .labels = labels.bytes,
                                    .label_bytes = (uint32_t)labels.length};
    key.hash = runtime_stack_hash(&key);
    runtime_lock_take(&g.lock);
    struct runtime_bucket *const b = runtime_stacks_get(&g.stacks, &key);
    if (b) {
        b->value[WAITS] += waits_q;
        b->value[DELAY_NS] += ns;
        g.samples++;
    } else {
        g.lost++;
    }
    runtime_lock_give(&g.lock);
}

void runtime_contention_wait(const struct runtime_wait *w)
{
    uint64_t waits_q, stands_for_ns;
    if (!ak_prof_contention_running()) {
        return;
    }
    runtime_lock_take(&g.lock);
    const bool taken = weigh(w->ns, &waits_q, &stands_for_ns);
    runtime_lock_give(&g.lock);
    if (taken) {
        take(w, waits_q, stands_for_ns);
    }
}

void ak_prof_wait(const char *what, uint64_t ns)
{
    const struct runtime_wait w = {.what = what, .ns = ns, .frame = __builtin_frame_address(0)};
    runtime_contention_wait(&w);
}

static bool contention_values(const struct runtime_bucket *b, int64_t *out)
{
    const uint64_t half = (uint64_t)1 << (WAITS_SHIFT - 1);
    out[0] = (int64_t)((b->value[WAITS] + half) >> WAITS_SHIFT);
    out[1] = (int64_t)b->value[DELAY_NS];
    return true;
}

struct ak_prof_snapshot *ak_prof_contention_snapshot(void)
{
    runtime_lock_take(&g.lock);
    struct ak_prof_snapshot *s =
        runtime_snapshot_new(&contention_kind, &g.stacks, contention_values, 0);
    if (s) {
        s->period = 1;
        s->duration_ns = g.started_ns ? ak_clock_monotonic_ns() - g.started_ns : 0;
        runtime_snapshot_comment(s,
                                 "contention: waits for pthread locks, of messages in mailboxes, "
                                 "and those that the program reports; those shorter than "
                                 "%llu ns are sampled with probability duration / rate and the "
                                 "inverse weight; each waiter counts",
                                 (unsigned long long)g.rate_ns);
        runtime_snapshot_comment(s, "samples: %llu; lost: %llu", (unsigned long long)g.samples,
                                 (unsigned long long)g.lost);
    }
    runtime_lock_give(&g.lock);
    return s;
}

enum ak_status ak_prof_contention_write(const char *path, struct ak_error *err)
{
    struct ak_prof_snapshot *const s = ak_prof_contention_snapshot();
    if (!s) {
        return ak_fail(err, AK_NO_SPACE, "contention profile: no memory for a copy of its samples");
    }
    const enum ak_status st = ak_prof_snapshot_write(s, path, err);
    ak_prof_snapshot_free(s);
    return st;
}
