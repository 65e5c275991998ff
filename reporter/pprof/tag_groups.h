/* Which tags of a node are drawn: the heaviest texts, and numbers collapsed into few ranges. */
#ifndef REPORTER_PPROF_TAG_GROUPS_H
#define REPORTER_PPROF_TAG_GROUPS_H

#include "reporter/pprof.h"

struct reporter_tags {
    struct ak_tag *items;
    size_t count;
};

/* At most four text tags, heavy first (by flat or by cum). In the report's arena. */
struct reporter_tags reporter_tags_text(const struct ak_pprof_report *r,
                                        const struct reporter_tags *all, bool flat);
/* The numeric tags of a group in at most four ranges "1MB..2MB". In the report's arena. */
struct reporter_tags reporter_tags_numeric(const struct ak_pprof_report *r,
                                           const struct reporter_tags *all, struct ak_str group,
                                           bool flat);

#endif
