/* Lines from a person: with editing, history and completion (libedit) on a terminal, plain from a
 * pipe. */
#ifndef CLI_PPROF_EDITOR_H
#define CLI_PPROF_EDITOR_H

#include "profile/profile.h"

struct pprof_editor;

/* Keeps view, for completion. Returns owned. */
struct pprof_editor *pprof_editor_open(const struct ak_profile *view);
void pprof_editor_close(struct pprof_editor *e);
/* The next line without its end, borrowed until the next call. False at the end of input. */
bool pprof_editor_read(struct pprof_editor *e, struct ak_str *out);

#endif
