/* Private: the table of topics. */
#ifndef RUNTIME_TOPIC_PRIVATE_H
#define RUNTIME_TOPIC_PRIVATE_H

#include "core.h"

bool runtime_topics_init(struct ak_system *sys);
void runtime_topics_release(struct ak_system *sys);

#endif
