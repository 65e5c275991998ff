/* Stops: every PostStop once, children first, nothing allocated, deadlines, hooks, refusals. */
#include "probe.h"
#include "runtime/metrics.h"
#include "runtime/timer.h"

#include <dirent.h>
#include <pthread.h>
#include <stdlib.h>

static struct ak_system *start(enum ak_stop_mode mode, unsigned workers)
{
    memset(&probe, 0, sizeof probe);
    const struct ak_system_opts opts = {.workers = workers, .stop_mode = mode};
    struct ak_system *sys = ak_system_new(&opts);
    assert_non_null(sys);
    return sys;
}

static void stop_many(enum ak_stop_mode mode, int n, bool busy)
{
    struct ak_system *sys = start(mode, 2);
    struct ak_pid *pids = calloc((size_t)n, sizeof *pids);
    char name[32];
    for (int i = 0; i < n; i++) {
        (void)snprintf(name, sizeof name, "a%d", i);
        pids[i] = probe_spawn(sys, name);
    }
    for (int i = 0; busy && i < n; i++) {
        for (int k = 0; k < 10; k++) {
            (void)ak_actor_tell(sys, pids[i], AK_NOBODY, probe_msg(PROBE_COUNT, 0));
        }
    }
    struct ak_mem_counters before;
    struct ak_mem_counters after;
    static struct ak_stop_report report;
    ak_mem_counters(&before);
    assert_true(ak_system_stop(sys, 60 * SECOND, &report));
    ak_mem_counters(&after);
    assert_int_equal(report.alive_count, 0);
    assert_int_equal(report.stopped, n);
    assert_int_equal(probe.stopped, n);
    assert_int_equal(probe.overlaps, 0);
    assert_int_equal(ak_system_count(sys), 0);
    if (mode == AK_STOP_CLAIM) {
        assert_int_equal(after.mallocs - before.mallocs, 0);
        assert_int_equal(after.bytes - before.bytes, 0);
    }
    assert_int_equal(ak_actor_find(sys, "a0").slot, 0);
    assert_false(ak_actor_is_alive(sys, pids[0]));
    ak_system_free(sys);
    free(pids);
}

static void test_stop_idle(void **state)
{
    (void)state;
    stop_many(AK_STOP_CLAIM, 1, false);
    stop_many(AK_STOP_CLAIM, 63, false);
    stop_many(AK_STOP_CLAIM, 5000, false);
    stop_many(AK_STOP_MESSAGE, 5000, false);
}

static void test_stop_busy(void **state)
{
    (void)state;
    stop_many(AK_STOP_CLAIM, 2000, true);
    stop_many(AK_STOP_MESSAGE, 2000, true);
}

/* --- order in a tree --- */

struct node {
    int depth;
    int fanout;
    struct node *parent;
    atomic_int living_children;
};

static _Atomic int order_violations;
static int node_receive(struct ak_ctx *ctx, struct ak_msg *msg);
static int node_start(struct ak_ctx *ctx);
static void node_stop(struct ak_ctx *ctx);
static const struct ak_actor_class node_class = {.kind = "node",
                                                 .receive = node_receive,
                                                 .pre_start = node_start,
                                                 .post_stop = node_stop,
                                                 .state_size = sizeof(struct node)};

static int node_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    (void)ctx;
    (void)msg;
    return 0;
}

static int node_start(struct ak_ctx *ctx)
{
    struct node *self = ak_ctx_state(ctx);
    const struct node *want = ak_ctx_arg(ctx);
    self->depth = want->depth;
    self->fanout = want->fanout;
    self->parent = want->parent;
    if (self->parent != NULL) {
        atomic_fetch_add(&self->parent->living_children, 1);
    }
    for (int i = 0; self->depth > 0 && i < self->fanout; i++) {
        struct node child = {.depth = self->depth - 1, .fanout = self->fanout, .parent = self};
        const struct ak_spawn_opts opts = {.class = &node_class, .arg = &child};
        assert_true(ak_ctx_spawn(ctx, &opts, NULL).slot != 0);
    }
    atomic_fetch_add(&probe.started, 1);
    return 0;
}

static void node_stop(struct ak_ctx *ctx)
{
    struct node *self = ak_ctx_state(ctx);
    if (atomic_load(&self->living_children) != 0) {
        atomic_fetch_add(&order_violations, 1);
    }
    if (self->parent != NULL) {
        atomic_fetch_sub(&self->parent->living_children, 1);
    }
    atomic_fetch_add(&probe.stopped, 1);
}

static void stop_tree(enum ak_stop_mode mode, int depth, int fanout, bool noise)
{
    struct ak_system *sys = start(mode, 3);
    atomic_store(&order_violations, 0);
    struct node root = {.depth = depth, .fanout = fanout};
    const struct ak_spawn_opts opts = {.class = &node_class, .arg = &root, .name = "root"};
    const struct ak_pid pid = ak_actor_spawn(sys, &opts, NULL);
    assert_true(pid.slot != 0);
    for (uint32_t slot = pid.slot; noise && slot < pid.slot + 500; slot += 3) {
        const struct ak_pid any = {slot, 1};
        (void)ak_actor_tell(sys, any, AK_NOBODY, probe_msg(PROBE_COUNT, 0));
    }
    ak_actor_stop(sys, pid);
    probe_await(&probe.stopped, probe.started);
    ak_system_free(sys);
    assert_int_equal(probe.stopped, probe.started);
    assert_int_equal(order_violations, 0);
}

static void test_stop_trees(void **state)
{
    (void)state;
    for (int noise = 0; noise < 2; noise++) {
        stop_tree(AK_STOP_CLAIM, 3, 12, noise != 0);
        stop_tree(AK_STOP_MESSAGE, 3, 12, noise != 0);
        stop_tree(AK_STOP_CLAIM, 300, 1, noise != 0);
        stop_tree(AK_STOP_MESSAGE, 300, 1, noise != 0);
        stop_tree(AK_STOP_CLAIM, 2, 150, noise != 0);
    }
}

/* --- deadline --- */

static atomic_bool release_hang;

static void hang_stop(struct ak_ctx *ctx)
{
    (void)ctx;
    while (!atomic_load(&release_hang)) {
        const struct timespec ts = {0, 1000000};
        (void)nanosleep(&ts, NULL);
    }
    atomic_fetch_add(&probe.stopped, 1);
}

static const struct ak_actor_class hang_class = {
    .kind = "hanger", .receive = node_receive, .post_stop = hang_stop};

static void test_deadline_names_the_living(void **state)
{
    (void)state;
    struct ak_system *sys = start(AK_STOP_CLAIM, 2);
    atomic_store(&release_hang, false);
    const struct ak_spawn_opts opts = {.class = &hang_class, .name = "the-one-that-hangs"};
    assert_true(ak_actor_spawn(sys, &opts, NULL).slot != 0);
    (void)probe_spawn(sys, "fine");
    static struct ak_stop_report report;
    assert_false(ak_system_stop(sys, 20 * MILLI, &report));
    assert_true(report.alive_count >= 1);
    bool found = false;
    for (size_t i = 0; i < report.alive_count; i++) {
        if (strcmp(report.alive[i].name, "the-one-that-hangs") == 0) {
            assert_string_equal(report.alive[i].doing, "in PostStop");
            assert_string_equal(report.alive[i].kind, "hanger");
            found = true;
        }
    }
    assert_true(found);
    atomic_store(&release_hang, true);
    assert_true(ak_system_stop(sys, -1, &report));
    assert_int_equal(report.alive_count, 0);
    assert_int_equal(probe.stopped, 2);
    ak_system_free(sys);
}

/* --- refusal, hooks --- */

static _Atomic int hook_runs;

static int hook_ok(struct ak_system *sys, void *arg)
{
    (void)sys;
    atomic_fetch_add(&hook_runs, *(const int *)arg);
    return 0;
}

static int hook_bad(struct ak_system *sys, void *arg)
{
    (void)sys;
    (void)arg;
    atomic_fetch_add(&hook_runs, 100);
    return 1;
}

static void test_hooks(void **state)
{
    (void)state;
    static int one = 1;
    struct ak_system *sys = start(AK_STOP_CLAIM, 1);
    atomic_store(&hook_runs, 0);
    (void)probe_spawn(sys, NULL);
    const struct ak_hook ok = {.run = hook_ok, .arg = &one};
    const struct ak_hook skip = {
        .run = hook_bad, .policy = AK_HOOK_RETRY_SKIP, .retries = 2, .pause_ns = 1};
    const struct ak_hook fail = {.run = hook_bad, .policy = AK_HOOK_FAIL};
    assert_true(ak_system_add_hook(sys, &ok));
    assert_true(ak_system_add_hook(sys, &skip));
    assert_true(ak_system_add_hook(sys, &ok));
    assert_true(ak_system_add_hook(sys, &fail));
    assert_true(ak_system_add_hook(sys, &ok)); /* not run: the one before failed */
    static struct ak_stop_report report;
    assert_true(ak_system_stop(sys, -1, &report));
    assert_int_equal(report.hook_failures, 2);
    assert_int_equal(hook_runs, 2 + 300 + 100);
    assert_int_equal(probe.stopped, 1);
    assert_false(ak_system_add_hook(sys, &ok));
    ak_system_free(sys);
}

static void test_refuses_after_stop(void **state)
{
    (void)state;
    struct ak_system *sys = start(AK_STOP_CLAIM, 1);
    const struct ak_pid pid = probe_spawn(sys, "x");
    assert_true(ak_system_stop(sys, -1, NULL));
    assert_int_equal(ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(1, 1)), AK_SEND_REFUSED);
    const struct ak_spawn_opts opts = {.class = &probe_class};
    enum ak_spawn_error error;
    assert_int_equal(ak_actor_spawn(sys, &opts, &error).slot, 0);
    assert_int_equal(error, AK_SPAWN_STOPPING);
    struct ak_msg *reply;
    assert_int_equal(ak_actor_ask(sys, pid, probe_msg(1, 1), SECOND, &reply), AK_ASK_DEAD);
    ak_system_free(sys);
    ak_system_free(NULL);
}

/* --- everything at once --- */

static atomic_bool quit_noise;

static void *noise_main(void *arg)
{
    struct ak_system *sys = arg;
    uint64_t x = 12345;
    while (!atomic_load(&quit_noise)) {
        x = x * 6364136223846793005ULL + 1442695040888963407ULL;
        const struct ak_pid pid = {(uint32_t)(x >> 33) % 400 + 3, (uint32_t)(x >> 20) % 3 + 1};
        switch ((x >> 60) % 8) {
        case 0:
            ak_actor_stop(sys, pid);
            break;
        case 1: {
            const struct ak_spawn_opts opts = {.class = &probe_class};
            (void)ak_actor_spawn(sys, &opts, NULL);
            break;
        }
        case 2:
            (void)ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_SPAWN, 2));
            break;
        case 3:
            (void)ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_STOP, 0));
            break;
        case 4:
            (void)ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_FAIL, 1));
            break;
        default:
            (void)ak_actor_tell(sys, pid, AK_NOBODY, probe_msg(PROBE_COUNT, 0));
            break;
        }
    }
    return NULL;
}

static void test_stress(void **state)
{
    (void)state;
    for (int round = 0; round < 6; round++) {
        struct ak_system *sys = start(round % 2 ? AK_STOP_MESSAGE : AK_STOP_CLAIM, 3);
        for (int i = 0; i < 200; i++) {
            (void)probe_spawn(sys, NULL);
        }
        atomic_store(&quit_noise, false);
        pthread_t threads[2];
        for (int i = 0; i < 2; i++) {
            assert_int_equal(pthread_create(&threads[i], NULL, noise_main, sys), 0);
        }
        const struct timespec ts = {0, 30000000};
        (void)nanosleep(&ts, NULL);
        static struct ak_stop_report report;
        assert_true(ak_system_stop(sys, 60 * SECOND, &report));
        atomic_store(&quit_noise, true);
        for (int i = 0; i < 2; i++) {
            (void)pthread_join(threads[i], NULL);
        }
        assert_int_equal(ak_system_count(sys), 0);
        assert_int_equal(probe.started, probe.stopped);
        assert_int_equal(probe.overlaps, 0);
        struct ak_system_metrics m;
        ak_system_metrics(sys, &m);
        assert_int_equal(m.spawned, m.stopped);
        ak_system_free(sys);
    }
}

/* How often a thread has gone to sleep, by the kernel's count; 0 unless it is a worker. */
static uint64_t sleeps_of(const char *task)
{
    static const char name[] = "Name:\tak-worker";
    static const char key[] = "voluntary_ctxt_switches:";
    char path[300];
    char line[256];
    (void)snprintf(path, sizeof path, "/proc/self/task/%s/status", task);
    FILE *f = fopen(path, "r");
    bool is_worker = false;
    uint64_t n = 0;
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        is_worker = is_worker || strncmp(line, name, sizeof name - 1) == 0;
        n = strncmp(line, key, sizeof key - 1) == 0 ? strtoull(line + sizeof key - 1, NULL, 10) : n;
    }
    if (f != NULL) {
        (void)fclose(f);
    }
    return is_worker ? n : 0;
}

static uint64_t worker_sleeps(void)
{
    uint64_t sum = 0;
    DIR *tasks = opendir("/proc/self/task");
    assert_non_null(tasks);
    const struct dirent *d;
    while ((d = readdir(tasks)) != NULL) {
        sum += d->d_name[0] != '.' ? sleeps_of(d->d_name) : 0;
    }
    (void)closedir(tasks);
    return sum;
}

/* Workers that wait make no wake-ups: by the system's counters and by the kernel's. */
static void test_idle_is_quiet(void **state)
{
    (void)state;
    struct ak_system *sys = start(AK_STOP_CLAIM, 3);
    (void)probe_ask(sys, probe_spawn(sys, NULL), 1);
    const struct timespec settle = {0, 20000000};
    (void)nanosleep(&settle, NULL);
    struct ak_system_metrics before;
    struct ak_system_metrics after;
    assert_true(worker_sleeps() > 0);
    ak_system_metrics(sys, &before);
    const uint64_t sleeps = worker_sleeps();
    const struct timespec ts = {0, 100000000};
    (void)nanosleep(&ts, NULL);
    assert_int_equal(worker_sleeps(), sleeps);
    ak_system_metrics(sys, &after);
    assert_int_equal(after.parks, before.parks);
    assert_int_equal(after.wakes, before.wakes);
    assert_int_equal(after.turns, before.turns);
    ak_system_free(sys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stop_idle),     cmocka_unit_test(test_stop_busy),
        cmocka_unit_test(test_stop_trees),    cmocka_unit_test(test_deadline_names_the_living),
        cmocka_unit_test(test_hooks),         cmocka_unit_test(test_refuses_after_stop),
        cmocka_unit_test(test_idle_is_quiet), cmocka_unit_test(test_stress),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
