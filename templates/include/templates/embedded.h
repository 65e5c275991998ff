/* The files of templates/, linked into the program. */
#ifndef TEMPLATES_EMBEDDED_H
#define TEMPLATES_EMBEDDED_H

#include <stddef.h>

struct ak_embedded {
    const char *name; /* path below templates/: "dashboard.html.mustache", "fonts/DejaVuSans.ttf" */
    const char *data; /* followed by a NUL that is not counted */
    size_t size;
};

/* The file of that name, or NULL. */
const struct ak_embedded *ak_embedded_find(const char *name);
/* The table, ended by a row whose name is NULL. */
const struct ak_embedded *ak_embedded_all(void);

#endif
