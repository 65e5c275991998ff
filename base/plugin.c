#include "base/plugin.h"

#include "base/buf.h"

#include <dlfcn.h>
#include <unistd.h>

static bool program_folder(struct ak_buf *out)
{
    char path[4096];
    const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0) {
        return false;
    }
    const struct ak_str exe = {path, (size_t)n};
    const ptrdiff_t slash = ak_str_rchr(exe, '/');
    ak_buf_str(out, ak_str_slice(exe, 0, slash < 0 ? 0 : (size_t)slash));
    return slash >= 0;
}

static void *open_in(struct ak_str folder, const char *below, const char *name)
{
    struct ak_buf path = AK_BUF_INIT;
    ak_buf_str(&path, folder);
    ak_buf_printf(&path, "/%s/akreport-%s.so", below, name);
    void *handle = access(path.ptr, R_OK) == 0 ? dlopen(path.ptr, RTLD_NOW | RTLD_LOCAL) : NULL;
    ak_buf_release(&path);
    return handle;
}

enum ak_status ak_plugin_open(const char *name, const void **out_table, struct ak_error *err)
{
    struct ak_buf folder = AK_BUF_INIT;
    void *handle = NULL;
    dlerror(); /* forget older failures */
    if (program_folder(&folder)) {
        /* Test programs lie below the folder that has plugins/. */
        static const char *const places[] = {"plugins",          "../lib/akreport",
                                             "../plugins",       "../../plugins",
                                             "../../../plugins", "../../../../plugins"};
        for (size_t i = 0; !handle && i < sizeof places / sizeof *places; i++) {
            handle = open_in(ak_buf_view(&folder), places[i], name);
        }
    }
    ak_buf_release(&folder);
    if (!handle) {
        const char *why = dlerror();
        return ak_fail(err, AK_UNSUPPORTED, "plug-in akreport-%s.so: %s", name,
                       why ? why : "not found beside the program");
    }
    const struct ak_plugin *plugin = dlsym(handle, "ak_plugin");
    if (!plugin || plugin->abi != AK_PLUGIN_ABI) {
        dlclose(handle);
        return ak_fail(err, AK_UNSUPPORTED, "plug-in akreport-%s.so: of another version", name);
    }
    *out_table = plugin->table;
    return AK_OK;
}
