/* Messages: blocks from per-thread pools that are moved from sender to receiver. A message belongs
 * to whoever holds it: telling gives it away, and the runtime frees it after the handler returned
 * unless the handler took it (ak_ctx_take). */
#ifndef RUNTIME_MESSAGE_H
#define RUNTIME_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An actor of one system: a slot and the generation of its use. A PID outlives its actor: what is
 * told to it afterwards is a dead letter, also when the slot serves another actor. */
struct ak_pid {
    uint32_t slot; /* 0: nobody */
    uint32_t gen;
};

#define AK_NOBODY ((struct ak_pid){0, 0})

static inline bool ak_pid_eq(struct ak_pid a, struct ak_pid b)
{
    return a.slot == b.slot && a.gen == b.gen;
}

/* One cache line with up to 32 bytes of payload inline; larger payloads follow in a larger block.
 * Fields are the runtime's; handlers use the functions below. */
struct ak_msg {
    struct ak_msg *next;  /* in a mailbox; free for the holder's own lists */
    struct ak_pid sender; /* who awaits a reply, or AK_NOBODY */
    uint32_t to_gen;      /* generation of the addressee: a reused slot does not get it */
    uint32_t type;      /* chosen by the program; AK_MSG_FIRST_SYSTEM and above are the runtime's */
    uint32_t tag;       /* of a request, echoed by its reply; 0: none */
    uint32_t size : 24; /* bytes of payload */
    uint32_t flags : 8;
};

enum { AK_MSG_INLINE_BYTES = 32, AK_MSG_MAX_BYTES = (1 << 24) - 1 };

/* What the types 0..count-1 of a class's messages are called, in profile labels: name[type], where
 * NULL and types beyond are shown as numbers. Const, and kept. */
struct ak_message_names {
    const char *const *name;
    uint32_t count;
};

/* Types of the runtime's own messages to handlers. */
#define AK_MSG_FIRST_SYSTEM 0xffffff00u
#define AK_MSG_TERMINATED 0xffffff00u /* payload struct ak_pid: a watched actor has ended */
#define AK_MSG_TIMER 0xffffff01u      /* payload uint64_t: the timer's id */
#define AK_MSG_EVENT 0xffffff02u      /* payload struct ak_event (events.h) */

/* A message of `type` with `size` bytes of payload (not zeroed, aligned to 16). Any thread. Returns
 * owned, NULL when memory ran out or size is above AK_MSG_MAX_BYTES. */
struct ak_msg *ak_msg_new(uint32_t type, size_t size);
/* The same with a copy of `data`. */
struct ak_msg *ak_msg_of(uint32_t type, const void *data, size_t size);
/* A copy of m without its sender and tag. NULL when memory ran out. */
struct ak_msg *ak_msg_copy(const struct ak_msg *m);
/* Ends a message that the caller owns; accepts NULL. Any thread. */
void ak_msg_free(struct ak_msg *m);

/* The payload; valid while the message is held. */
static inline void *ak_msg_data(struct ak_msg *m)
{
    return m + 1;
}
static inline const void *ak_msg_view(const struct ak_msg *m)
{
    return m + 1;
}

#endif
