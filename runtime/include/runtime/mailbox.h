/* Mailboxes other than the default, which is unbounded and first in, first out. The runtime's own
 * messages pass every bound and every order. */
#ifndef RUNTIME_MAILBOX_H
#define RUNTIME_MAILBOX_H

#include "runtime/message.h"

enum ak_mailbox_order {
    AK_MAILBOX_FIFO,
    AK_MAILBOX_PRIORITY, /* `priority` of each message, small first; equal ones in their order */
    AK_MAILBOX_FAIR,     /* round robin over the senders, each in its order */
};

/* What happens to a message that finds a bounded mailbox full. */
enum ak_full_policy {
    AK_FULL_REJECT, /* AK_SEND_FULL to the sender, and a dead letter */
    AK_FULL_DROP,   /* AK_SEND_FULL and freed, not published */
    AK_FULL_BLOCK,  /* a thread outside the system waits for room; a handler gets AK_SEND_FULL,
                     * since a worker must not sleep */
};

struct ak_mailbox_opts {
    enum ak_mailbox_order order;
    uint32_t capacity; /* messages told and not yet handled; 0: unbounded */
    enum ak_full_policy full;
    uint32_t (*priority)(const struct ak_msg *msg); /* for AK_MAILBOX_PRIORITY; pure, any thread */
};

#endif
