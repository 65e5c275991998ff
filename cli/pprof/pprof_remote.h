/* Profiles that are no files: of live servers, and of runs in the history. */
#ifndef CLI_PPROF_REMOTE_H
#define CLI_PPROF_REMOTE_H

#include "pprof_request.h"

/* The address that a source names ("host:port/path", "http://..."), with `seconds` put in, or NULL
 * when it is a file's name. In the request's arena. */
const char *pprof_source_url(struct pprof_request *req, const char *source);
/* Fetches and decodes. Returns owned. */
enum ak_status pprof_fetch(struct pprof_request *req, const char *url, struct ak_profile **out,
                           struct ak_error *err) AK_MUST_USE;
/* Keeps a fetched profile below $PPROF_TMPDIR, $HOME/pprof or the temporary folder; says where. */
void pprof_keep(struct pprof_request *req, const struct ak_profile *view);

#endif
