/* GoAkt's defect in C: a fresh string for each comparison. */
#include "act.h"

#include <stdio.h>
#include <stdlib.h>

char *address_string(const void *p)
{
    char *s = malloc(32);
    if (s) {
        snprintf(s, 32, "%p", p);
    }
    return s;
}
