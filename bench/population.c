#include "population.h"

#include "runtime/grain.h"
#include "runtime/supervision.h"

#include <stdatomic.h>
#include <stdio.h>

enum { MSG_HELLO = 1 };
static const char *const type_names[] = {[MSG_HELLO] = "Hello"};
static const struct ak_message_names type_table = {type_names, 2};

static _Atomic uint64_t stopped;

uint64_t bench_population_stopped(void)
{
    return atomic_exchange(&stopped, 0);
}

static int idle_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    if (msg->type == MSG_HELLO && ak_ctx_sender(ctx).slot != 0) {
        struct ak_msg *reply = ak_msg_new(MSG_HELLO, 0);
        if (reply != NULL) {
            (void)ak_ctx_reply(ctx, reply);
        }
    }
    return 0;
}
AK_ACTOR_HANDLER(idle_receive);

static void idle_post_stop(struct ak_ctx *ctx)
{
    (void)ctx;
    atomic_fetch_add_explicit(&stopped, 1, memory_order_relaxed);
}
AK_ACTOR_POST_STOP(idle_post_stop);

static const struct ak_actor_class idle_actor = {
    .messages = &type_table, .kind = "idle", .receive = idle_receive, .post_stop = idle_post_stop};

static const struct ak_grain_kind idle_grain = {.class = {.messages = &type_table,
                                                          .kind = "idle-grain",
                                                          .receive = idle_receive,
                                                          .post_stop = idle_post_stop}};

static const struct ak_supervision_rule restart_any[] = {{AK_REASON_ANY, AK_DIRECTIVE_RESTART}};
static const struct ak_supervisor restarts = {
    .strategy = AK_ONE_FOR_ONE, .rules = restart_any, .rule_count = 1, .max_restarts = 10};

bool bench_population_fill(struct bench *b, struct ak_system *sys, size_t actors, size_t grains)
{
    char name[32];
    for (size_t i = 0; i < actors; i++) {
        (void)snprintf(name, sizeof name, "actor-%zu", i);
        const struct ak_spawn_opts opts = {
            .class = &idle_actor, .name = name, .supervisor = &restarts};
        if (ak_actor_spawn(sys, &opts, NULL).slot == 0) {
            bench_fail(b, "actor %zu of %zu could not be spawned", i, actors);
            return false;
        }
    }
    for (size_t i = 0; i < grains; i++) {
        (void)snprintf(name, sizeof name, "%zu", i);
        struct ak_msg *hello = ak_msg_new(MSG_HELLO, 0);
        struct ak_msg *reply = NULL;
        if (hello == NULL ||
            ak_grain_ask(sys, &idle_grain, name, hello, 5000000000, &reply) != AK_ASK_REPLIED) {
            bench_fail(b, "grain %zu of %zu did not answer", i, grains);
            return false;
        }
        ak_msg_free(reply);
    }
    (void)bench_population_stopped();
    return true;
}
