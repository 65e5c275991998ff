#include "runtime/actor.h"
char *address_string(const void *p);
