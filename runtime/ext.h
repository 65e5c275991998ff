/* Private: what only some actors need, allocated when first used and freed when the actor has
 * ended. */
#ifndef RUNTIME_EXT_H
#define RUNTIME_EXT_H

#include "cell.h"

struct mailbox;

/* A question that waits for its reply. */
struct request {
    struct request *next;
    uint32_t tag;
    ak_then_fn *then;
    void *arg;
    uint64_t timer; /* 0: none */
};

enum { BEHAVIOURS_MAX = 16 };

struct actor_ext {
    struct msg_list stash;
    struct ak_msg *watchers; /* INTERNAL_WATCH messages, linked by next */
    struct request *requests;
    struct mailbox *mailbox;                   /* bounded or ordered */
    ak_receive_fn *behaviours[BEHAVIOURS_MAX]; /* below the current one */
    unsigned behaviour_count;
    int64_t passivate_after_ns; /* 0: not by time */
    uint64_t passivate_after_messages;
    bool passivation_paused;
    char long_name[NAME_MAX_BYTES + 1]; /* names that do not fit into the cell */
};

/* The actor's ext, made when missing. NULL when memory ran out. */
struct actor_ext *runtime_ext_of(struct actor *a);
/* Frees what stands in it: stashed messages become dead letters. */
struct ak_system;
void runtime_ext_free(struct ak_system *sys, struct actor *a);
/* Back to the first start: behaviours gone, requests forgotten, stash returned to the mailbox. */
void runtime_ext_restart(struct ak_system *sys, struct actor *a);

#endif
