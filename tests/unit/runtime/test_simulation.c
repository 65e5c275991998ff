/* Seeded simulations of one system: random trees that fail, restart, stop and are told things, then
 * a stop. Every actor ends once, after its children, and the same seed gives the same run.
 * AK_SIM_RUNS says how many (300). */
#include "probe.h"
#include "runtime/metrics.h"

#include <stdlib.h>

enum { SIM_RUNS = 300, STEPS = 400, KNOWN = 256 };

static const struct ak_supervision_rule rules[] = {{1, AK_DIRECTIVE_RESTART},
                                                   {2, AK_DIRECTIVE_RESUME},
                                                   {3, AK_DIRECTIVE_STOP},
                                                   {4, AK_DIRECTIVE_ESCALATE}};
static const struct ak_supervisor supervisors[] = {
    {.rules = rules, .rule_count = 4, .max_restarts = 2, .window_ns = SECOND},
    {.strategy = AK_ONE_FOR_ALL, .rules = rules, .rule_count = 4, .max_restarts = 2},
};

struct node {
    struct node *parent;
    int children;
    bool stopped;
};

static struct ak_pid known[KNOWN]; /* the last that started, living or not */
static uint64_t known_count;
static uint64_t trace; /* of everything that happened, in order */
static int violations;
static uint64_t most_actors; /* of one run */

static void note(uint64_t what)
{
    trace = (trace ^ what) * 1099511628211ULL;
}

static int node_receive(struct ak_ctx *ctx, struct ak_msg *msg);

static int node_start(struct ak_ctx *ctx)
{
    struct node *self = ak_ctx_state(ctx);
    self->parent = ak_ctx_arg(ctx);
    if (self->parent != NULL) {
        self->parent->children++;
    }
    atomic_fetch_add(&probe.started, 1);
    known[known_count++ % KNOWN] = ak_ctx_self(ctx);
    note(1000 + ak_ctx_self(ctx).slot);
    return 0;
}

static void node_stop(struct ak_ctx *ctx)
{
    struct node *self = ak_ctx_state(ctx);
    violations += self->children != 0 || self->stopped;
    self->stopped = true;
    if (self->parent != NULL) {
        self->parent->children--;
    }
    atomic_fetch_add(&probe.stopped, 1);
    note(2000 + ak_ctx_self(ctx).slot);
}

static const struct ak_actor_class node_class = {.kind = "node",
                                                 .receive = node_receive,
                                                 .pre_start = node_start,
                                                 .post_stop = node_stop,
                                                 .state_size = sizeof(struct node)};

static int node_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    struct node *self = ak_ctx_state(ctx);
    violations += self->stopped;
    note(msg->type);
    switch (msg->type) {
    case PROBE_SPAWN: {
        const struct ak_spawn_opts opts = {
            .class = &node_class, .arg = self, .supervisor = &supervisors[probe_u64(msg) % 2]};
        (void)ak_ctx_spawn(ctx, &opts, NULL);
        return 0;
    }
    case PROBE_STOP:
        ak_ctx_stop(ctx);
        return 0;
    case PROBE_FAIL:
        return (int)probe_u64(msg);
    case PROBE_COUNT:
        (void)ak_ctx_watch(ctx, ak_ctx_parent(ctx));
        return 0;
    default:
        return 0;
    }
}

/* One run. Returns its trace. */
static uint64_t simulate(uint64_t seed)
{
    struct ak_system *sys = probe_system(true, seed);
    trace = 1;
    violations = 0;
    known_count = 0;
    for (int i = 0; i < STEPS; i++) {
        const uint64_t x = ak_system_draw(sys);
        const uint64_t n = known_count < KNOWN ? known_count : KNOWN;
        const struct ak_pid pid = n > 0 ? known[(x >> 8) % n] : AK_NOBODY;
        switch (x % 12) {
        case 0: {
            const struct ak_spawn_opts opts = {.class = &node_class, .supervisor = &supervisors[0]};
            (void)ak_actor_spawn(sys, &opts, NULL);
            break;
        }
        case 1:
            (void)ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_FAIL, 1 + (x >> 20) % 5));
            break;
        case 2:
            (void)ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_STOP, 0));
            break;
        case 3:
            ak_actor_stop(sys, pid);
            break;
        case 4:
            (void)ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_COUNT, 0));
            break;
        case 5:
        case 6:
            (void)ak_system_run(sys, 0, (x >> 20) % 16 + 1);
            break;
        default:
            (void)ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_SPAWN, x >> 30));
            break;
        }
    }
    static struct ak_stop_report report;
    const bool ended = ak_system_stop(sys, SECOND, &report);
    if (!ended || violations != 0 || probe.started != probe.stopped || ak_system_count(sys) != 0) {
        print_error("seed %llu: ended %d, violations %d, started %llu, stopped %llu, alive %zu\n",
                    (unsigned long long)seed, ended, violations, (unsigned long long)probe.started,
                    (unsigned long long)probe.stopped, report.alive_count);
        fail();
    }
    most_actors = probe.started > most_actors ? probe.started : most_actors;
    ak_system_free(sys);
    return trace;
}

static void test_shutdown_seeds(void **state)
{
    (void)state;
    const char *env = getenv("AK_SIM_RUNS");
    const uint64_t runs = env != NULL ? strtoull(env, NULL, 10) : SIM_RUNS;
    uint64_t distinct = 0;
    uint64_t last = 0;
    for (uint64_t seed = 1; seed <= runs; seed++) {
        const uint64_t t = simulate(seed);
        distinct += t != last;
        last = t;
        if (seed % 10 == 0) {
            assert_true(simulate(seed) == t); /* replays */
        }
    }
    assert_true(distinct > runs / 2);
    assert_true(most_actors > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shutdown_seeds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
