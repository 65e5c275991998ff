/* Private: mailboxes that are bounded or have an order of their own. The bound stands in the cell,
 * where a late sender may look at it; the order stands behind the inbox, with the owner of the
 * turn. */
#ifndef RUNTIME_MAILBOX_PRIVATE_H
#define RUNTIME_MAILBOX_PRIVATE_H

#include "core.h"
#include "runtime/mailbox.h"

struct mailbox;

/* Gives a new actor its mailbox (its ext is there). False: no memory. */
bool runtime_mailbox_attach(struct actor *a, const struct ak_mailbox_opts *opts);
/* Frees it with what stands in it as dead letters of `pid`. Accepts NULL. */
void runtime_mailbox_free(struct ak_system *sys, struct mailbox *b, struct ak_pid pid);
/* Takes a list, oldest first. */
void runtime_mailbox_take(struct mailbox *b, struct msg_list *list);
struct ak_msg *runtime_mailbox_next(struct mailbox *b);
bool runtime_mailbox_has(const struct mailbox *b);

/* A sender's ticket into a bounded mailbox. False: full. */
bool runtime_mailbox_enter(struct ak_system *sys, struct actor *a);
/* A counted message was taken out. */
void runtime_mailbox_left(struct actor *a);

#endif
