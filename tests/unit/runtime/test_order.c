/* Messages between actors on several workers: what one actor tells another arrives in its order and
 * exactly once, whoever runs them, however they travel (a mailbox's inbox, a worker's slot, a ring,
 * a theft); and memory of a flood is given back. */
#include "probe.h"
#include "runtime/metrics.h"

#include <stdlib.h>

enum { PEERS = 24, ROUNDS = 300, BURST_MAX = 60, WORK = 10, GO = 11 };

struct peer {
    uint64_t random;
    unsigned rounds;
    uint32_t told[PEERS];
    uint32_t seen[PEERS];
};

struct numbered {
    uint32_t from, number;
};

static struct ak_pid peers[PEERS];
static _Atomic uint64_t told, received, disorders, finished;

static uint64_t draw(struct peer *p)
{
    p->random = p->random * 6364136223846793005ULL + 1442695040888963407ULL;
    return p->random >> 33;
}

static int peer_start(struct ak_ctx *ctx)
{
    struct peer *p = ak_ctx_state(ctx);
    p->random = *(const uint64_t *)ak_ctx_arg(ctx);
    p->rounds = ROUNDS;
    return 0;
}

/* Some turns are long, so that others take what waits. */
static void work(uint64_t x)
{
    for (volatile unsigned i = x % 16 == 0 ? 20000 : 0; i > 0; i--) {
    }
}

static void tell_burst(struct ak_ctx *ctx, struct peer *p, uint32_t self)
{
    const uint32_t to = (uint32_t)(draw(p) % PEERS);
    const uint32_t other = (uint32_t)(draw(p) % PEERS);
    for (uint64_t n = draw(p) % BURST_MAX; n > 0; n--) {
        const uint32_t k = n % 3 == 0 ? other : to;
        const struct numbered m = {self, ++p->told[k]};
        atomic_fetch_add(&told, 1);
        assert_int_equal(ak_ctx_tell(ctx, peers[k], ak_msg_of(WORK, &m, sizeof m)), AK_SENT);
    }
}

static int peer_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    struct peer *p = ak_ctx_state(ctx);
    if (msg->type == WORK) {
        struct numbered m;
        memcpy(&m, ak_msg_view(msg), sizeof m);
        if (m.number != p->seen[m.from] + 1) {
            atomic_fetch_add(&disorders, 1);
        }
        p->seen[m.from] = m.number;
        atomic_fetch_add(&received, 1);
        work(m.number);
        return 0;
    }
    uint32_t self = 0;
    while (!ak_pid_eq(peers[self], ak_ctx_self(ctx))) {
        self++;
    }
    tell_burst(ctx, p, self);
    work(draw(p));
    if (--p->rounds > 0) {
        (void)ak_ctx_tell(ctx, ak_ctx_self(ctx), ak_ctx_take(ctx));
    } else {
        atomic_fetch_add(&finished, 1);
    }
    return 0;
}

static const struct ak_actor_class peer_class = {.kind = "peer",
                                                 .receive = peer_receive,
                                                 .pre_start = peer_start,
                                                 .state_size = sizeof(struct peer)};

static void cross_talk(unsigned workers, unsigned batch)
{
    const struct ak_system_opts opts = {.workers = workers, .batch = batch};
    struct ak_system *sys = ak_system_new(&opts);
    assert_non_null(sys);
    told = received = disorders = finished = 0;
    for (uint64_t i = 0; i < PEERS; i++) {
        uint64_t seed = i * 7919 + workers;
        const struct ak_spawn_opts so = {.class = &peer_class, .arg = &seed};
        peers[i] = ak_actor_spawn(sys, &so, NULL);
        assert_true(peers[i].slot != 0);
    }
    for (size_t i = 0; i < PEERS; i++) {
        (void)ak_actor_tell(sys, peers[i], AK_NOBODY, ak_msg_new(GO, 0));
    }
    probe_await(&finished, PEERS);
    probe_await(&received, told);
    assert_int_equal(received, told);
    assert_int_equal(disorders, 0);
    struct ak_system_metrics m; /* a turn counts what it handled when it ends */
    do {
        ak_system_metrics(sys, &m);
    } while (m.messages < told + PEERS * ROUNDS);
    assert_int_equal(m.messages, told + PEERS * ROUNDS);
    assert_int_equal(m.dead_letters, 0);
    uint64_t of_actors = 0;
    for (size_t i = 0; i < PEERS; i++) {
        struct ak_actor_metrics am;
        do {
            assert_true(ak_actor_metrics(sys, peers[i], &am));
        } while (strcmp(am.state, "idle") != 0);
        of_actors += am.messages;
    }
    assert_int_equal(of_actors, m.messages);
    ak_system_free(sys);
}

static void test_order(void **state)
{
    (void)state;
    for (unsigned workers = 1; workers <= 4; workers++) {
        cross_talk(workers, 0);
        cross_talk(workers, 1 + workers);
    }
}

/* --- nobody waits for ever behind a long turn ----------------------------------------------------
 */

static atomic_bool release;
static _Atomic uint64_t passed;

static int passer_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    (void)ctx;
    (void)msg;
    atomic_fetch_add(&passed, 1);
    return 0;
}

static const struct ak_actor_class passer_class = {.kind = "passer", .receive = passer_receive};

/* Makes two actors runnable, then keeps its worker until the first of them has run. */
static int keeper_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    (void)msg;
    for (size_t i = 0; i < 2; i++) {
        (void)ak_ctx_tell(ctx, peers[i], ak_msg_new(WORK, 0));
    }
    while (atomic_load(&passed) == 0 && !atomic_load(&release)) {
    }
    return 0;
}

static const struct ak_actor_class keeper_class = {.kind = "keeper", .receive = keeper_receive};

static void test_long_turn_is_helped(void **state)
{
    (void)state;
    struct ak_system *sys = probe_system(false, 0);
    passed = 0;
    atomic_store(&release, false);
    for (size_t i = 0; i < 2; i++) {
        const struct ak_spawn_opts so = {.class = &passer_class};
        peers[i] = ak_actor_spawn(sys, &so, NULL);
    }
    const struct ak_spawn_opts so = {.class = &keeper_class};
    const struct ak_pid keeper = ak_actor_spawn(sys, &so, NULL);
    for (int round = 0; round < 20; round++) {
        passed = 0;
        (void)ak_actor_tell(sys, keeper, AK_NOBODY, ak_msg_new(GO, 0));
        probe_await(&passed, 2);
    }
    ak_system_free(sys);
}

/* --- floods -------------------------------------------------------------------------------------
 */

enum { SOURCES = 4, EACH = 3000000, BURST = 1000 };

static int source_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    uint32_t *left = ak_ctx_state(ctx);
    if (msg->type == GO) {
        *left = EACH;
    }
    for (unsigned i = 0; i<BURST && * left> 0; i++, --*left) {
        (void)ak_ctx_tell(ctx, peers[0], ak_msg_new(WORK, 0));
    }
    if (*left > 0) {
        (void)ak_ctx_tell(ctx, ak_ctx_self(ctx), ak_msg_new(WORK, 0));
    }
    return 0;
}

static const struct ak_actor_class source_class = {
    .kind = "source", .receive = source_receive, .state_size = sizeof(uint32_t)};

static int64_t live(void)
{
    struct ak_mem_counters c;
    ak_mem_counters(&c);
    return c.live_bytes;
}

/* Four actors tell one as fast as they can, on several workers: they are held back before the
 * twelve million messages (768 MB) stand in memory. All arrive. */
static void test_flooding_actors_are_held_back(void **state)
{
    enum { MOST = 100 << 20 };
    (void)state;
    if (!ak_mem_is_interposed() || !probe_counts()) {
        skip();
    }
    ak_mem_count_live(true);
    const int64_t before = live();
    struct ak_system *sys = probe_system(false, 0);
    passed = 0;
    const struct ak_spawn_opts sink = {.class = &passer_class};
    peers[0] = ak_actor_spawn(sys, &sink, NULL);
    for (int i = 0; i < SOURCES; i++) {
        const struct ak_spawn_opts so = {.class = &source_class};
        (void)ak_actor_tell(sys, ak_actor_spawn(sys, &so, NULL), AK_NOBODY, ak_msg_new(GO, 0));
    }
    probe_await(&passed, (uint64_t)SOURCES * EACH);
    assert_true(live() - before < MOST); /* pools only grow while their system lives */
    ak_system_free(sys);
    ak_mem_count_live(false);
}

/* --- memory ------------------------------------------------------------------------------------
 */

/* Stops nothing and hears nothing until it is told so. */
static int deaf_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    (void)ctx;
    (void)msg;
    while (!atomic_load(&release)) {
        const struct timespec ts = {0, 200000};
        (void)nanosleep(&ts, NULL);
    }
    atomic_fetch_add(&passed, 1);
    return 0;
}

static const struct ak_actor_class deaf_class = {.kind = "deaf", .receive = deaf_receive};

/* 200,000 messages stand in one mailbox; when their system is gone, so is their memory. */
static void test_flood_is_given_back(void **state)
{
    (void)state;
    enum { FLOOD = 200000, KEPT = 2 << 20 };
    if (!ak_mem_is_interposed() || !probe_counts()) {
        skip();
    }
    ak_mem_count_live(true);
    const int64_t before = live();
    for (int round = 0; round < 3; round++) {
        struct ak_system *sys = probe_system(false, 0);
        passed = 0;
        atomic_store(&release, false);
        const struct ak_spawn_opts so = {.class = &deaf_class};
        const struct ak_pid pid = ak_actor_spawn(sys, &so, NULL);
        for (uint32_t i = 0; i < FLOOD; i++) {
            (void)ak_actor_tell(sys, pid, AK_NOBODY, ak_msg_new(WORK, 0));
        }
        assert_true(live() - before > (int64_t)FLOOD * 64);
        atomic_store(&release, true);
        if (round != 2) { /* else they are dead letters of the stop */
            probe_await(&passed, FLOOD);
        }
        ak_system_free(sys);
        assert_true(live() - before < KEPT);
    }
    ak_mem_count_live(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_long_turn_is_helped),
        cmocka_unit_test(test_flooding_actors_are_held_back),
        cmocka_unit_test(test_flood_is_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
