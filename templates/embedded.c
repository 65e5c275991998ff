#include "templates/embedded.h"

#include <string.h>

extern const struct ak_embedded templates_table[];

const struct ak_embedded *ak_embedded_all(void)
{
    return templates_table;
}

const struct ak_embedded *ak_embedded_find(const char *name)
{
    for (const struct ak_embedded *e = templates_table; e->name; e++) {
        if (strcmp(e->name, name) == 0) {
            return e;
        }
    }
    return NULL;
}
