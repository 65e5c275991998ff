/* Private to store/: the content hash by which a run is found again in any store. */
#ifndef RUN_KEY_H
#define RUN_KEY_H

#include "store/run.h"

/* Covers label, commit, state, environment, series with values and iterations, text, and the
 * profiles' names and contents. A recorded run (one with a command) is an event, so its time and
 * command count too; an imported one is its content, so that importing again adds nothing. Neither
 * ids nor tags count. Profiles' sha256 must be set. */
struct ak_sha256 store_run_key(const struct ak_run *run);

#endif
