/* Supervision: what a parent does when a child's handler fails. The rules stand with the child;
 * they run in the parent's turn, so that siblings are never touched while they run. */
#ifndef RUNTIME_SUPERVISION_H
#define RUNTIME_SUPERVISION_H

#include "runtime/message.h"

enum ak_directive {
    AK_DIRECTIVE_STOP,    /* the child ends, with its children */
    AK_DIRECTIVE_RESUME,  /* goes on with the next message, state kept */
    AK_DIRECTIVE_RESTART, /* children stop, PostStop, fresh zeroed state, pre_start; mailbox kept */
    AK_DIRECTIVE_ESCALATE, /* the parent fails with the same reason */
};

enum ak_strategy {
    AK_ONE_FOR_ONE, /* the directive is for the failed child */
    AK_ONE_FOR_ALL, /* for all children of its parent */
};

#define AK_REASON_ANY 0

struct ak_supervision_rule {
    int reason; /* what a handler returned, or AK_REASON_ANY */
    enum ak_directive directive;
};

/* Const, kept by the actors that were spawned with it. The first rule that fits counts; none: stop.
 */
struct ak_supervisor {
    enum ak_strategy strategy;
    const struct ak_supervision_rule *rules;
    size_t rule_count;
    uint32_t max_restarts; /* in the window, of one child; one more stops it. 0: no limit */
    int64_t window_ns;     /* 0: since its start */
};

/* The runtime's question to the parent. */
struct ak_child_failed {
    struct ak_pid child;
    int32_t reason;
};

#endif
