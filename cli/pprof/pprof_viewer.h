/* Showing a report in a browser. */
#ifndef CLI_PPROF_VIEWER_H
#define CLI_PPROF_VIEWER_H

#include "base/status.h"
#include "base/str.h"

/* Writes bytes to a fresh file pprofNNN.SUFFIX in the folder for temporary files and opens it with
 * $BROWSER, a known browser or xdg-open, without waiting; prints the path when there is none. */
enum ak_status pprof_view(struct ak_str bytes, const char *suffix,
                          struct ak_error *err) AK_MUST_USE;

#endif
