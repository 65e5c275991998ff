/* The renderers of the table of formats: pure functions from a report to bytes. */
#ifndef REPORTER_PPROF_RENDER_H
#define REPORTER_PPROF_RENDER_H

#include "reporter/pprof.h"

#define REPORTER_PPROF_RENDERER(name)                                                              \
    enum ak_status reporter_pprof_##name(const struct ak_pprof_report *r, struct ak_buf *out,      \
                                         struct ak_error *err) AK_MUST_USE
REPORTER_PPROF_RENDERER(text);
REPORTER_PPROF_RENDERER(tree); /* and peek */
REPORTER_PPROF_RENDERER(traces);
REPORTER_PPROF_RENDERER(tags);
REPORTER_PPROF_RENDERER(comments);
REPORTER_PPROF_RENDERER(raw);
REPORTER_PPROF_RENDERER(proto);
REPORTER_PPROF_RENDERER(topproto);
REPORTER_PPROF_RENDERER(dot);
REPORTER_PPROF_RENDERER(callgrind);
REPORTER_PPROF_RENDERER(list);
REPORTER_PPROF_RENDERER(disasm);
REPORTER_PPROF_RENDERER(weblist);
REPORTER_PPROF_RENDERER(compare);
REPORTER_PPROF_RENDERER(json);     /* of a report with a graph */
REPORTER_PPROF_RENDERER(markdown); /* of a report with a graph */
REPORTER_PPROF_RENDERER(compare_json);
REPORTER_PPROF_RENDERER(compare_markdown);
#undef REPORTER_PPROF_RENDERER

#endif
