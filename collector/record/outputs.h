/* What several commands printed, one after the other. */
#ifndef COLLECTOR_OUTPUTS_H
#define COLLECTOR_OUTPUTS_H

#include "base/buf.h"

struct collector_outputs {
    struct ak_buf text;
    size_t *ends; /* where each command's part ends */
    size_t count, cap;
};

/* Zero, with text.max set, is a valid start. */
void collector_outputs_release(struct collector_outputs *o);
/* The command that ran has ended: a line that it cut off must not join the next one's first. */
void collector_outputs_end(struct collector_outputs *o);

#endif
