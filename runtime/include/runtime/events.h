/* The event stream: what happens in a system, told to the actors that subscribe. */
#ifndef RUNTIME_EVENTS_H
#define RUNTIME_EVENTS_H

#include "runtime/actor.h"

enum ak_event_kind {
    AK_EVENT_DEAD_LETTER = 1, /* what: type of the message; at most dead_letter_limit a second */
    AK_EVENT_STARTED = 2,
    AK_EVENT_STOPPED = 4,
    AK_EVENT_FAILED = 8, /* what: the reason */
    AK_EVENT_RESTARTED = 16,
    AK_EVENT_ALL = 31,
};

/* Payload of AK_MSG_EVENT. */
struct ak_event {
    uint32_t kind; /* one of the above */
    uint32_t what;
    struct ak_pid actor;  /* whom it is about; of a dead letter the addressee */
    struct ak_pid sender; /* of a dead letter */
};

/* Tells `subscriber` an AK_MSG_EVENT for each event of `kinds` (bits of enum ak_event_kind) from
 * now on; 0 ends it. A subscriber that has ended is forgotten. Nothing is published once the system
 * is stopping. False when memory ran out. Any thread. */
bool ak_event_subscribe(struct ak_system *sys, struct ak_pid subscriber, uint32_t kinds);

#endif
