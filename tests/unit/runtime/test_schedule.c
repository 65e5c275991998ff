/* Exhaustive: all interleavings of the protocol of a cell (push, signal, claim, turn, release,
 * close, reuse) and of parking, step by step as cell.h, turn.c, stop.c and worker.c do them, each
 * atomic operation one step. The same exploration with one rule left out must find a violation: a
 * test that cannot fail proves nothing. It explores sequentially consistent orders; the code uses
 * read-modify-write or sequentially consistent operations at each of these steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* After what it needs. */
#include <cmocka.h>

enum { IDLE, BUSY, CLOSED, CHAIN };
enum {
    SENDER_A,
    SENDER_B,
    SENDER_C,
    STOPPER,
    BULK,
    WORKER_A,
    WORKER_B,
    SPAWNER,
    TELLER,
    PROCESSES
};
enum { DONE = 99 };
/* Rules that a negative control leaves out. */
enum {
    NO_RULE,
    NO_SIGNAL_RECHECK,
    NO_GENERATION,
    NO_OWNER_ON_CLAIM,
    NO_INBOX_LOOK,
    NO_CLAIM_GENERATION,
    NO_PARK_RECHECK,
    NO_PARK_WATCH,
};
/* Where the teller's messages are. */
enum { UNTOLD, IN_CHAIN, IN_PENDING };

struct cell_state {
    uint8_t inbox, gen, sig;
    uint8_t chain[2];             /* messages in the inbox, by the generation they are for */
    uint8_t pending, pending_old; /* taken: for this use, for an earlier one */
    uint8_t handled, wrong, dead, runq, post_stops, stops_asked, sent;
    uint8_t lifo, word, telling, at[2], disorder; /* of the teller */
    uint8_t pc[PROCESSES];
};

struct explorer {
    unsigned rule;
    uint64_t *seen;
    size_t cap, count;
    uint64_t violations;
    uint64_t ends;
};

static uint64_t hash_of(const void *p, size_t n)
{
    uint64_t h = 1469598103934665603ULL;
    for (size_t i = 0; i < n; i++) {
        h = (h ^ ((const unsigned char *)p)[i]) * 1099511628211ULL;
    }
    h ^= h >> 29;
    return h != 0 ? h : 1;
}

/* True when the state was not seen before. */
static bool first_visit(struct explorer *e, const void *p, size_t n)
{
    if (e->count * 2 >= e->cap) {
        const size_t cap = e->cap == 0 ? 1 << 16 : e->cap * 2;
        uint64_t *seen = calloc(cap, sizeof *seen);
        assert_non_null(seen);
        for (size_t i = 0; i < e->cap; i++) {
            if (e->seen[i] != 0) {
                size_t at = e->seen[i] & (cap - 1);
                while (seen[at] != 0) {
                    at = (at + 1) & (cap - 1);
                }
                seen[at] = e->seen[i];
            }
        }
        free(e->seen);
        e->seen = seen;
        e->cap = cap;
    }
    const uint64_t h = hash_of(p, n);
    size_t at = h & (e->cap - 1);
    for (; e->seen[at] != 0; at = (at + 1) & (e->cap - 1)) {
        if (e->seen[at] == h) {
            return false;
        }
    }
    e->seen[at] = h;
    e->count++;
    return true;
}

/* --- the cell --------------------------------------------------------------------------------- */

/* Tells one message to the actor of generation 0. */
static bool step_sender(struct cell_state *s, uint8_t *pc)
{
    switch (*pc) {
    case 0: /* resolve the PID */
        s->dead = (uint8_t)(s->dead + (s->gen != 0));
        *pc = s->gen == 0 ? 1 : DONE;
        return true;
    case 1: /* push: a compare-and-swap that is repeated until it succeeds is one step */
        if (s->inbox == CLOSED) {
            s->dead++;
            *pc = DONE;
            return true;
        }
        *pc = s->inbox == IDLE ? 2 : DONE;
        s->inbox = CHAIN;
        s->chain[0]++;
        return true;
    case 2: /* the turn is ours: queue the actor */
        s->runq++;
        *pc = DONE;
        return true;
    default:
        return false;
    }
}

static bool step_stopper(struct cell_state *s, uint8_t *pc)
{
    switch (*pc) {
    case 0: /* the gate's compare-and-swap checks the generation */
        if (s->gen == 0) {
            s->sig = 1;
            *pc = 1;
        } else {
            *pc = DONE;
        }
        return true;
    case 1: /* claim */
        *pc = s->inbox == IDLE ? 2 : DONE;
        s->inbox = s->inbox == IDLE ? BUSY : s->inbox;
        return true;
    case 2:
        s->runq++;
        *pc = DONE;
        return true;
    default:
        return false;
    }
}

static void close_cell(struct cell_state *s)
{
    s->at[0] = s->at[0] == IN_CHAIN ? IN_PENDING : s->at[0];
    s->dead = (uint8_t)(s->dead + s->chain[0] + s->chain[1] + s->pending + s->pending_old);
    s->chain[0] = s->chain[1] = s->pending = s->pending_old = 0;
    s->inbox = CLOSED;
}

static void next_generation(struct cell_state *s)
{
    s->gen++;
    s->sig = 0;
}

/* A bulk stop that found the actor in its parent's list: claims it, or signals. It sees generation
 * 0 only: an actor leaves the list before its cell closes. */
static bool step_bulk(const struct explorer *e, struct cell_state *s, uint8_t *pc)
{
    switch (*pc) {
    case 0:
        if (s->gen != 0 || s->inbox == CLOSED || s->post_stops > 0) {
            *pc = DONE;
        } else if (s->inbox == IDLE || e->rule == NO_OWNER_ON_CLAIM) {
            s->inbox = s->inbox == IDLE ? BUSY : s->inbox;
            *pc = 1;
        } else {
            s->sig = 1;
            *pc = 4; /* then as the stopper: claim if it has become idle */
        }
        return true;
    case 1:
        s->post_stops++;
        *pc = 2;
        return true;
    case 2:
        close_cell(s);
        *pc = 3;
        return true;
    case 3:
        next_generation(s);
        *pc = DONE;
        return true;
    case 4:
        *pc = s->inbox == IDLE && s->gen == 0 ? 5 : DONE;
        s->inbox = *pc == 5 ? BUSY : s->inbox;
        return true;
    case 5:
        s->runq++;
        *pc = DONE;
        return true;
    default:
        return false;
    }
}

static void drain(const struct explorer *e, struct cell_state *s)
{
    if (s->inbox != CHAIN) {
        return;
    }
    s->inbox = BUSY;
    s->at[0] = s->at[0] == IN_CHAIN ? IN_PENDING : s->at[0];
    if (s->gen == 0) {
        s->pending = (uint8_t)(s->pending + s->chain[0]);
    } else if (e->rule == NO_GENERATION) {
        s->pending_old = (uint8_t)(s->pending_old + s->chain[0]);
    } else {
        s->dead = (uint8_t)(s->dead + s->chain[0]); /* told to an earlier actor of this cell */
    }
    s->chain[0] = 0;
}

static bool step_worker(const struct explorer *e, struct cell_state *s, uint8_t *pc)
{
    switch (*pc) {
    case 0:
        if (s->runq == 0) {
            return false;
        }
        s->runq--;
        *pc = 1;
        return true;
    case 1:
        *pc = s->sig != 0 ? 5 : 2;
        return true;
    case 2:
        drain(e, s);
        *pc = 3;
        return true;
    case 3:
        if (s->sig != 0) {
            *pc = 5;
        } else if (s->pending > 0) {
            s->pending--;
            s->handled++;
        } else if (s->pending_old > 0) {
            s->pending_old--;
            s->wrong++;
        } else {
            *pc = 4;
        }
        return true;
    case 4: /* release */
        if (s->inbox == BUSY) {
            s->inbox = IDLE;
            *pc = e->rule == NO_SIGNAL_RECHECK ? 0 : 6;
        } else {
            *pc = 10;
        }
        return true;
    case 5: /* a stop, in the actor's own turn */
        s->sig = 0;
        s->post_stops++;
        *pc = 8;
        return true;
    case 6:
        *pc = s->sig != 0 ? 7 : 0;
        return true;
    case 7:
        *pc = s->inbox == IDLE ? 10 : 0;
        s->inbox = s->inbox == IDLE ? BUSY : s->inbox;
        return true;
    case 8:
        close_cell(s);
        *pc = 9;
        return true;
    case 9:
        next_generation(s);
        *pc = 0;
        return true;
    case 10:
        s->runq++;
        *pc = 0;
        return true;
    default:
        return false;
    }
}

/* The cell serves another actor. */
static bool step_spawner(struct cell_state *s, uint8_t *pc)
{
    if (*pc != 0 || s->gen != 1 || s->inbox != CLOSED) {
        return false;
    }
    s->inbox = IDLE;
    *pc = DONE;
    return true;
}

/* The next of the teller's two messages, or the end of its turn: what stands in its slot runs. */
static void told(struct cell_state *s, uint8_t *pc, uint8_t where)
{
    s->disorder |= where == IN_PENDING && s->telling == 1 && s->at[0] == IN_CHAIN;
    s->at[s->telling++] = where;
    *pc = s->telling < 2 ? 0 : 8;
}

static void teller_append(struct cell_state *s, uint8_t *pc)
{
    if (s->gen == 0) {
        s->pending++;
    } else {
        s->pending_old++;
    }
    told(s, pc, IN_PENDING);
}

static void teller_push(struct cell_state *s, uint8_t *pc)
{
    if (s->inbox == CLOSED) {
        s->dead++;
        told(s, pc, UNTOLD);
        return;
    }
    s->lifo = s->inbox == IDLE ? 1 : s->lifo;
    s->inbox = CHAIN;
    s->chain[0]++;
    told(s, pc, IN_CHAIN);
}

/* A worker whose actor tells two messages, as push_owned does; others may take the addressee from
 * its LIFO slot (by way of the ring) at any moment between. */
static bool step_teller(const struct explorer *e, struct cell_state *s, uint8_t *pc)
{
    switch (*pc) {
    case 0: /* resolve the PID */
        s->dead = (uint8_t)(s->dead + (s->gen != 0 ? 2 - s->telling : 0));
        *pc = s->gen == 0 ? 1 : 8;
        return true;
    case 1: /* look at the inbox */
        s->word = s->inbox;
        *pc = 2;
        return true;
    case 2:
        if (s->word == CLOSED || (s->word == CHAIN && !(e->rule == NO_INBOX_LOOK && s->lifo))) {
            *pc = 6;
        } else if (s->lifo) {
            teller_append(s, pc);
        } else if (s->word == IDLE && s->inbox == IDLE) { /* claim */
            s->inbox = BUSY;
            *pc = 3;
        } else {
            *pc = 6;
        }
        return true;
    case 3: /* claimed: is it the actor that was looked up? */
        if (s->gen == 0 || e->rule == NO_CLAIM_GENERATION) {
            s->lifo = 1;
            teller_append(s, pc);
        } else {
            s->dead++;
            *pc = 4;
        }
        return true;
    case 4: /* release, as a worker does */
        *pc = s->inbox == BUSY ? 5 : 7;
        s->inbox = s->inbox == BUSY ? IDLE : s->inbox;
        return true;
    case 5:
        *pc = s->sig != 0 && s->inbox == IDLE ? 7 : 9;
        s->inbox = *pc == 7 ? BUSY : s->inbox;
        return true;
    case 6:
        teller_push(s, pc);
        return true;
    case 7:
        s->runq++;
        *pc = 9;
        return true;
    case 8: /* the end of the turn */
        s->runq = (uint8_t)(s->runq + s->lifo);
        s->lifo = 0;
        *pc = DONE;
        return true;
    case 9:
        told(s, pc, UNTOLD);
        return true;
    default:
        return false;
    }
}

/* The teller's turn makes another actor runnable: the slot's goes to the ring. */
static bool step_displace(struct cell_state *s)
{
    if (!s->lifo) {
        return false;
    }
    s->lifo = 0;
    s->runq++;
    return true;
}

static bool step(const struct explorer *e, struct cell_state *s, unsigned p)
{
    if (p == TELLER) {
        return step_teller(e, s, &s->pc[p]);
    }
    if (p == PROCESSES) {
        return step_displace(s);
    }
    if (p <= SENDER_C) {
        return step_sender(s, &s->pc[p]);
    }
    switch (p) {
    case STOPPER:
        return step_stopper(s, &s->pc[p]);
    case BULK:
        return step_bulk(e, s, &s->pc[p]);
    case SPAWNER:
        return step_spawner(s, &s->pc[p]);
    default:
        return step_worker(e, s, &s->pc[p]);
    }
}

/* Who owns the turn: at most one at any time. */
static unsigned owners(const struct cell_state *s)
{
    const uint8_t teller = s->pc[TELLER];
    unsigned n = (unsigned)s->runq + s->lifo + (teller == 3 || teller == 4 || teller == 7);
    for (unsigned p = SENDER_A; p <= SENDER_C; p++) {
        n += s->pc[p] == 2;
    }
    n += s->pc[STOPPER] == 2;
    n += s->pc[BULK] == 1 || s->pc[BULK] == 2 || s->pc[BULK] == 5;
    for (unsigned p = WORKER_A; p <= WORKER_B; p++) {
        const uint8_t pc = s->pc[p];
        n += (pc >= 1 && pc <= 5) || pc == 8 || pc == 10;
    }
    return n;
}

static bool end_is_good(const struct cell_state *s)
{
    return s->handled + s->dead == s->sent && s->lifo == 0 && s->runq == 0 && s->inbox != CHAIN &&
           s->inbox != BUSY && s->pending == 0 && s->post_stops == s->stops_asked &&
           s->gen == s->stops_asked;
}

static void explore(struct explorer *e, const struct cell_state *s)
{
    if (!first_visit(e, s, sizeof *s)) {
        return;
    }
    if (owners(s) > 1 || s->wrong > 0 || s->post_stops > 1 || s->disorder) {
        e->violations++;
        return;
    }
    bool stepped = false;
    for (unsigned p = 0; p <= PROCESSES; p++) {
        struct cell_state next = *s;
        if (step(e, &next, p)) {
            stepped = true;
            explore(e, &next);
        }
    }
    if (!stepped) {
        e->ends++;
        e->violations += !end_is_good(s);
    }
}

/* What runs beside the workers and the spawner. */
enum { WITH_STOPPER = 1, WITH_BULK = 2, WITH_TELLER = 4 };

static struct explorer run_cell(unsigned rule, unsigned with)
{
    struct explorer e = {.rule = rule};
    struct cell_state s;
    memset(&s, 0, sizeof s);
    s.pc[STOPPER] = (with & WITH_STOPPER) != 0 ? 0 : DONE;
    s.pc[BULK] = (with & WITH_BULK) != 0 ? 0 : DONE;
    s.stops_asked = (with & (WITH_STOPPER | WITH_BULK)) != 0;
    s.sent = 3;
    if ((with & WITH_TELLER) != 0) { /* in the place of two senders */
        s.pc[SENDER_B] = s.pc[SENDER_C] = DONE;
    } else {
        s.pc[TELLER] = DONE;
    }
    explore(&e, &s);
    free(e.seen);
    return e;
}

static void test_cell(void **state)
{
    (void)state;
    for (unsigned with = 0; with < 8; with++) {
        const struct explorer e = run_cell(NO_RULE, with);
        assert_int_equal(e.violations, 0);
        assert_true(e.ends > 0);
        assert_true(with == 0 || e.count > 1000);
    }
}

static void test_cell_controls(void **state)
{
    (void)state;
    assert_true(run_cell(NO_SIGNAL_RECHECK, WITH_STOPPER).violations > 0);
    assert_true(run_cell(NO_GENERATION, WITH_STOPPER).violations > 0);
    assert_true(run_cell(NO_OWNER_ON_CLAIM, WITH_BULK).violations > 0);
    assert_true(run_cell(NO_INBOX_LOOK, WITH_TELLER).violations > 0);
    assert_true(run_cell(NO_CLAIM_GENERATION, WITH_TELLER | WITH_STOPPER).violations > 0);
}

/* --- parking -----------------------------------------------------------------------------------
 */

/* The worker parks while two threads outside and one awake worker queue actors. The latter's push
 * and look are a plain store and a plain load: the look may come first (its store waits in the
 * store buffer). Its turn is long: it takes nothing itself. */
struct park_state {
    uint8_t queue, idle, wake, taken;
    uint8_t worker, senders[2], awake, saw_idle;
};

static bool step_park_worker(const struct explorer *e, struct park_state *s)
{
    switch (s->worker) {
    case 0: /* look */
        if (s->queue > 0) {
            s->queue--;
            s->taken++;
        } else {
            s->worker = 1;
        }
        return true;
    case 1: /* announce */
        s->idle = 1;
        s->worker = e->rule == NO_PARK_RECHECK ? 4 : 2;
        return true;
    case 2: /* look once more */
        s->worker = s->queue > 0 ? 3 : e->rule == NO_PARK_WATCH ? 4 : 5;
        return true;
    case 3: /* take the announcement back, unless a waker has chosen us */
        s->worker = s->idle ? 0 : 4;
        s->idle = 0;
        return true;
    case 4: /* sleep */
        if (s->wake == 0) {
            return false;
        }
        s->wake = 0;
        s->worker = 0;
        return true;
    case 5: /* the other worker is awake: a timed sleep, longer than a store buffer keeps a store */
        if (s->awake == 1) {
            return false;
        }
        s->worker = s->wake != 0 || s->queue == 0 ? 4 : 3;
        return true;
    default:
        return false;
    }
}

static bool step_park_awake(struct park_state *s)
{
    switch (s->awake) {
    case 0: /* look */
        s->saw_idle = s->idle;
        s->awake = 1;
        return true;
    case 1: /* the push becomes visible */
        s->queue++;
        s->awake = s->saw_idle ? 2 : DONE;
        return true;
    case 2: /* wake the one that was seen, unless somebody did */
        s->awake = s->idle ? 3 : DONE;
        s->idle = 0;
        return true;
    case 3:
        s->wake = 1;
        s->awake = DONE;
        return true;
    default:
        return false;
    }
}

static bool step_park_sender(struct park_state *s, uint8_t *pc)
{
    switch (*pc) {
    case 0:
        s->queue++;
        *pc = 1;
        return true;
    case 1:
        *pc = s->idle ? 2 : DONE;
        s->idle = 0;
        return true;
    case 2:
        s->wake = 1;
        *pc = DONE;
        return true;
    default:
        return false;
    }
}

static void explore_park(struct explorer *e, const struct park_state *s)
{
    if (!first_visit(e, s, sizeof *s)) {
        return;
    }
    bool stepped = false;
    for (unsigned p = 0; p < 4; p++) {
        struct park_state next = *s;
        const bool moved = p == 3   ? step_park_awake(&next)
                           : p == 2 ? step_park_worker(e, &next)
                                    : step_park_sender(&next, &next.senders[p]);
        if (moved) {
            stepped = true;
            explore_park(e, &next);
        }
    }
    if (!stepped) {
        e->ends++;
        e->violations += s->taken != 3 || s->queue != 0;
    }
}

static struct explorer run_park(unsigned rule)
{
    struct explorer e = {.rule = rule};
    const struct park_state s = {0};
    explore_park(&e, &s);
    free(e.seen);
    return e;
}

static void test_park(void **state)
{
    (void)state;
    const struct explorer e = run_park(NO_RULE);
    assert_int_equal(e.violations, 0);
    assert_true(e.ends > 0);
    assert_true(run_park(NO_PARK_RECHECK).violations > 0);
    assert_true(run_park(NO_PARK_WATCH).violations > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cell),
        cmocka_unit_test(test_cell_controls),
        cmocka_unit_test(test_park),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
