/* What profiles say of actors: the labels actor, kind and message on samples that handlers cause,
 * and how long messages stood in mailboxes. */
#include "runtime/grain.h"
#include "runtime/mailbox.h"
#include "runtime/message.h"
#include "runtime/system.h"
#include "test_prof.h"

#include <stdatomic.h>

enum { MSG_WORK = 1, MSG_UNNAMED = 2, MSG_OTHER = 7, MSG_SYNC = 9 };
enum { ALLOC_OBJECTS, ALLOC_SPACE };

static const char *const names[] = {NULL, "Work"};
static const struct ak_message_names messages = {.name = names, .count = 2};

static NOINLINE void *handler_site(size_t size)
{
    void *volatile p = malloc(size);
    return p;
}

static int worker_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    if (msg->type == MSG_SYNC) {
        (void)ak_ctx_reply(ctx, ak_msg_new(MSG_SYNC, 0));
        return 0;
    }
    free(handler_site(1000 + msg->type));
    return 0;
}
AK_ACTOR_HANDLER(worker_receive);

static void worker_stop(struct ak_ctx *ctx)
{
    (void)ctx;
    free(handler_site(5000));
}

static const struct ak_actor_class worker = {
    .kind = "worker", .receive = worker_receive, .post_stop = worker_stop, .messages = &messages};

static const struct ak_grain_kind grain = {
    .class = {.kind = "grain", .receive = worker_receive, .messages = &messages}};

static struct ak_system *begin(void)
{
    const struct ak_system_opts opts = {.workers = 2};
    struct ak_system *sys = ak_system_new(&opts);
    assert_non_null(sys);
    return sys;
}

static struct ak_pid spawn(struct ak_system *sys, const char *name)
{
    const struct ak_spawn_opts opts = {.class = &worker, .name = name};
    const struct ak_pid pid = ak_actor_spawn(sys, &opts, NULL);
    assert_int_not_equal(pid.slot, 0);
    return pid;
}

/* Returns when the actor has handled all that was told to it. */
static void sync_with(struct ak_system *sys, struct ak_pid pid)
{
    struct ak_msg *reply = NULL;
    assert_int_equal(ak_actor_ask(sys, pid, ak_msg_new(MSG_SYNC, 0), INT64_C(20000000000), &reply),
                     AK_ASK_REPLIED);
    ak_msg_free(reply);
}

static void tell(struct ak_system *sys, struct ak_pid pid, uint32_t type, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        assert_int_equal(ak_actor_tell(sys, pid, AK_NOBODY, ak_msg_new(type, 24)), AK_SENT);
    }
}

/* --- labels -------------------------------------------------------------------------------- */

static void heap_samples_name_actor_kind_and_message(void **state)
{
    struct ak_error err = {0};
    (void)state;
    const enum ak_status started = ak_prof_heap_start(1, &err);
    if (started == AK_UNSUPPORTED) { /* a sanitizer or valgrind has malloc */
        skip();
    }
    assert_int_equal(started, AK_OK);
    struct ak_system *sys = begin();
    const struct ak_pid first = spawn(sys, "first");
    const struct ak_pid second = spawn(sys, NULL);
    ak_prof_benchmark_set("Labels");
    tell(sys, first, MSG_WORK, 10);
    tell(sys, first, MSG_UNNAMED, 20);
    tell(sys, second, MSG_OTHER, 30);
    sync_with(sys, first);
    sync_with(sys, second);
    struct ak_msg *reply = NULL;
    assert_int_equal(
        ak_grain_ask(sys, &grain, "id", ak_msg_new(MSG_SYNC, 0), INT64_C(20000000000), &reply),
        AK_ASK_REPLIED);
    ak_msg_free(reply);
    assert_true(ak_system_stop(sys, -1, NULL));
    assert_int_equal(ak_prof_heap_write(test_path(), &err), AK_OK);
    ak_prof_heap_stop();
    ak_prof_benchmark_set(NULL);
    ak_system_free(sys);
    struct ak_profile *p = test_load();
    assert_int_equal(test_sum(p, ALLOC_OBJECTS, "handler_site"), 62);
    assert_int_equal(test_sum_label(p, ALLOC_SPACE, "message", "Work"), 10 * 1001);
    assert_int_equal(test_sum_label(p, ALLOC_SPACE, "message", "type 2"), 20 * 1002);
    assert_int_equal(test_sum_label(p, ALLOC_SPACE, "message", "type 7"), 30 * 1007);
    assert_int_equal(test_sum_label(p, ALLOC_SPACE, "message", "PostStop"), 2 * 5000);
    assert_int_equal(test_sum_label(p, ALLOC_SPACE, "actor", "first"),
                     10 * 1001 + 20 * 1002 + 5000);
    for (size_t i = 0; i < p->sample_count; i++) {
        if (test_has(p, i, "handler_site")) {
            assert_true(test_has_label(p, i, "kind", "worker"));
            assert_true(test_has_label(p, i, "benchmark", "Labels"));
        }
    }
    ak_profile_free(p);
}

/* --- mailboxes ----------------------------------------------------------------------------- */

static void every_message_waits_once(void **state)
{
    enum { COUNT = 2000 };
    struct ak_error err = {0};
    (void)state;
    struct ak_system *sys = begin();
    const struct ak_pid pid = spawn(sys, "slow");
    tell(sys, pid, MSG_WORK, 5); /* before the start: not timed */
    sync_with(sys, pid);
    const int64_t began = test_clock_ns(CLOCK_MONOTONIC);
    assert_int_equal(ak_prof_contention_start(1, &err), AK_OK);
    tell(sys, pid, MSG_WORK, COUNT);
    sync_with(sys, pid);
    ak_prof_contention_stop();
    const int64_t lasted = test_clock_ns(CLOCK_MONOTONIC) - began;
    tell(sys, pid, MSG_WORK, 5);
    assert_int_equal(ak_prof_contention_write(test_path(), &err), AK_OK);
    assert_true(ak_system_stop(sys, -1, NULL));
    ak_system_free(sys);
    struct ak_profile *p = test_load();
    int64_t waits = 0;
    int64_t delay = 0;
    for (size_t i = 0; i < p->sample_count; i++) {
        if (test_has_label(p, i, "wait", "mailbox") && test_has_label(p, i, "message", "Work")) {
            assert_true(test_has_label(p, i, "actor", "slow"));
            assert_true(test_has_label(p, i, "kind", "worker"));
            assert_true(test_has(p, i, "worker_receive"));
            waits += p->values[2 * i];
            delay += p->values[2 * i + 1];
        }
    }
    assert_int_equal(waits, COUNT);
    assert_true(delay > 0 && delay < COUNT * lasted);
    ak_profile_free(p);
}

/* Messages that were made while the profile ran end as blocks of their own size, whatever became
 * of them: payloads around the limit of the pools, forwarded, refused, freed unsent. */
static void timed_messages_end_well(void **state)
{
    static const size_t sizes[] = {0, 1, 31, 32, 33, 983, 984, 985, 991, 992, 993, 5000};
    (void)state;
    struct ak_system *sys = begin();
    const struct ak_pid pid = spawn(sys, "sizes");
    assert_int_equal(ak_prof_contention_start(1, NULL), AK_OK);
    for (unsigned round = 0; round < 200; round++) {
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            struct ak_msg *m = ak_msg_new(MSG_WORK, sizes[i]);
            assert_non_null(m);
            memset(ak_msg_data(m), 0xee, sizes[i]);
            struct ak_msg *copy = ak_msg_copy(m);
            assert_int_equal(copy->size, sizes[i]);
            ak_msg_free(copy);
            (void)ak_actor_tell(sys, pid, AK_NOBODY, m);
        }
    }
    sync_with(sys, pid);
    ak_prof_contention_stop();
    ak_actor_stop(sys, pid);
    while (ak_actor_is_alive(sys, pid)) {
    }
    assert_int_equal(ak_actor_tell(sys, pid, AK_NOBODY, ak_msg_new(MSG_WORK, 10)), AK_SEND_DEAD);
    assert_true(ak_system_stop(sys, -1, NULL));
    ak_system_free(sys);
}

int main(void)
{
    ak_prof_thread_register();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heap_samples_name_actor_kind_and_message),
        cmocka_unit_test(every_message_waits_once),
        cmocka_unit_test(timed_messages_end_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
