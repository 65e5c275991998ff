/* Topics: messages to all actors that subscribed to a name. */
#ifndef RUNTIME_TOPIC_H
#define RUNTIME_TOPIC_H

#include "runtime/actor.h"

/* `pid` gets what is published on `topic` from now on; twice counts once. False when memory ran out
 * or the name is longer than 255 bytes. A subscriber that has ended is forgotten. Any thread. */
bool ak_topic_subscribe(struct ak_system *sys, const char *topic, struct ak_pid pid);
/* False when it was not subscribed. */
bool ak_topic_unsubscribe(struct ak_system *sys, const char *topic, struct ak_pid pid);
/* Takes msg; each subscriber gets a copy. Returns how many were told. */
size_t ak_topic_publish(struct ak_system *sys, const char *topic, struct ak_pid from,
                        struct ak_msg *msg);
/* Subscribers of the topic that are alive. */
size_t ak_topic_count(struct ak_system *sys, const char *topic);

#endif
