/* Private: questions of actors to actors, with a continuation. */
#ifndef RUNTIME_REQUEST_H
#define RUNTIME_REQUEST_H

#include "core.h"

/* Runs the continuation of a reply; one that nobody waits for is a dead letter (0). */
int runtime_request_reply(struct turn *t, struct ak_msg *m);
void runtime_request_timeout(struct turn *t, uint32_t tag);
/* Forgets all requests of an actor that ends or restarts. */
void runtime_requests_drop(struct ak_system *sys, struct actor *a);

#endif
