/* Plug-ins: shared objects beside the program that carry a heavy library and are opened on first
 * use, so that text commands start without it. Looked for in <folder of the program>/plugins, then
 * <folder of the program>/../lib/akreport. */
#ifndef BASE_PLUGIN_H
#define BASE_PLUGIN_H

#include "base/status.h"

/* A plug-in exports one object `const struct ak_plugin ak_plugin`. */
struct ak_plugin {
    const char *name;
    unsigned abi;      /* AK_PLUGIN_ABI of the build */
    const void *table; /* the interface, a const struct of functions */
};
#define AK_PLUGIN_ABI 1u
#define AK_PLUGIN_EXPORT __attribute__((visibility("default")))

/* Opens plug-in `name` (once; later calls give the same). It stays open until the program ends. */
enum ak_status ak_plugin_open(const char *name, const void **out_table,
                              struct ak_error *err) AK_MUST_USE;

#endif
