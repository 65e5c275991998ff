/* Profiles inside the dashboard: trees of calls, cut to what can be seen. */
#ifndef REPORTER_PAGE_PROFILES_H
#define REPORTER_PAGE_PROFILES_H

#include "reporter/dashboard.h"

/* Appends
 * ,"names":[...],"profiles":[{"r":run,"p":name,"t":type,"u":unit,"f":[depth,name,value,...]}]:
 * frames in depth-first order, values in thousandths of the unit's base where the profile is of
 * times or bytes. A profile that cannot be drawn is left out. */
void reporter_page_profiles(const struct ak_dashboard *d, struct ak_arena *arena,
                            struct ak_buf *out);

/* A JSON string without "<", so that no text can begin or end an element around a script's data. */
void reporter_page_json_text(struct ak_buf *out, const char *text);

#endif
