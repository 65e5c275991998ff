/* Private: how long messages stand in mailboxes, for the contention profile.
 *
 * While the profile runs, new messages are made 8 bytes longer and marked MSG_TIMED; the moment
 * when they were told stands behind the payload. Every message that was made meanwhile is timed, so
 * each waiter counts; the profile itself samples by duration. Off, it costs a message one load when
 * it is made and two tests of its flags. */
#ifndef RUNTIME_MSG_WAIT_H
#define RUNTIME_MSG_WAIT_H

#include "core.h"
#include "runtime/prof.h"
#include "slab.h"

enum { MSG_WAIT_BYTES = 8 };

/* Further bytes that a new message of `bytes` (with its header) needs to be timed: MSG_WAIT_BYTES,
 * or 0 when they would move its block out of the slab's sizes: it is left untimed then. */
static inline size_t runtime_msg_wait_room(size_t bytes)
{
    const bool leaves_slab = bytes <= RUNTIME_SLAB_MAX && bytes + MSG_WAIT_BYTES > RUNTIME_SLAB_MAX;
    return leaves_slab ? 0 : MSG_WAIT_BYTES;
}

/* The slow halves of the two below, of MSG_TIMED messages. */
void runtime_msg_stamp(struct ak_msg *m);
void runtime_msg_report(const struct ak_msg *m, ak_receive_fn *receive);

/* The message is told now: its wait begins (that of a new one when it is made). */
static inline void runtime_msg_wait_begin(struct ak_msg *m)
{
    if (__builtin_expect((m->flags & MSG_TIMED) != 0, 0)) {
        runtime_msg_stamp(m);
    }
}

/* `receive` is about to handle the message. Reports its wait, with that function as the leaf of the
 * stack and the labels of the turn. */
static inline void runtime_msg_wait_end(const struct ak_msg *m, ak_receive_fn *receive)
{
    if (__builtin_expect((m->flags & MSG_TIMED) != 0, 0)) {
        runtime_msg_report(m, receive);
    }
}

#endif
