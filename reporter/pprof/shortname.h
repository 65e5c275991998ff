/* Function names as a drawing shows them. */
#ifndef REPORTER_PPROF_SHORTNAME_H
#define REPORTER_PPROF_SHORTNAME_H

#include "base/arena.h"

/* Without Go's package path and module version, Java's package and arguments, C++'s namespaces:
 * "github.com/a/b/v3/c.(*T).F" is "c.(*T).F", "ns::Class::f" is "Class::f". Borrowed or in arena.
 */
struct ak_str reporter_short_name(struct ak_arena *arena, struct ak_str name);

#endif
