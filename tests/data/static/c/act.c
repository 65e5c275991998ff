/* A small actor program with known mistakes. */
#include "act.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void wait_for_disk(void)
{
    pthread_mutex_lock(&lock);
    usleep(1000);
    pthread_mutex_unlock(&lock);
}

int slow_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    (void)ctx;
    free(address_string(msg));
    wait_for_disk();
    return 0;
}
AK_ACTOR_HANDLER(slow_receive);

static int clean_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    return ctx != 0 && msg != 0;
}
AK_ACTOR_HANDLER(clean_receive);

/* Both branches call each other; the array has the size of the message. */
static int step(int n, int (*f)(int));
static int walk(int n, int (*f)(int))
{
    char room[n + 1];
    room[n] = 0;
    return n > 0 ? step(n - 1, f) + room[n] : 0;
}
static int step(int n, int (*f)(int))
{
    return walk(n, f) + f(n);
}

static int deep_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    char big[2000];
    memset(big, msg != 0, sizeof big);
    return walk(big[ctx != 0], 0);
}
AK_ACTOR_HANDLER(deep_receive);

static void actor_stop(struct ak_ctx *ctx)
{
    free(address_string(ctx));
}
AK_ACTOR_POST_STOP(actor_stop);

static int answered(struct ak_ctx *ctx, struct ak_msg *reply, void *arg)
{
    (void)ctx;
    (void)reply;
    free(realloc(arg, 10));
    return 0;
}
AK_ACTOR_THEN(answered);

char *only_main(void)
{
    return strdup("main");
}
