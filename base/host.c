#include "base/host.h"

#include "base/buf.h"
#include "base/io.h"
#include "child.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

static struct ak_str file_text(const char *path, struct ak_buf *buf)
{
    if (ak_file_read(path, 1u << 20, buf, NULL) != AK_OK) {
        ak_buf_reset(buf);
    }
    return ak_buf_view(buf);
}

/* "model name : X" of the first processor. */
static const char *cpu_model(struct ak_arena *a, struct ak_buf *buf)
{
    struct ak_str rest = file_text("/proc/cpuinfo", buf);
    while (rest.ptr) {
        struct ak_str value = ak_str_cut(&rest, '\n');
        const struct ak_str key = ak_str_trim(ak_str_cut(&value, ':'));
        if (value.ptr && ak_str_eq(key, AK_STR("model name"))) {
            value = ak_str_trim(value);
            return ak_arena_strndup(a, value.ptr, value.len);
        }
    }
    return "";
}

static unsigned usable_cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        return (unsigned)CPU_COUNT(&set);
    }
    const long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (unsigned)n : 1;
}

struct ak_host ak_host_facts(struct ak_arena *a)
{
    struct ak_host h = {"", "", "", "", "", "", usable_cores(), 0, 0};
    struct utsname u;
    if (uname(&u) == 0) {
        h.hostname = ak_arena_strdup(a, u.nodename);
        h.os = ak_arena_strdup(a, u.sysname);
        h.kernel = ak_arena_strdup(a, u.release);
        h.arch = ak_arena_strdup(a, u.machine);
    }
    struct ak_buf buf = AK_BUF_INIT;
    h.cpu_model = cpu_model(a, &buf);
    const struct ak_str governor =
        ak_str_trim(file_text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", &buf));
    h.governor = ak_arena_strndup(a, governor.ptr, governor.len);
    ak_buf_release(&buf);
    const long pages = sysconf(_SC_PHYS_PAGES);
    const long page = sysconf(_SC_PAGESIZE);
    h.memory_bytes = pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page : 0;
    if (getloadavg(&h.load1, 1) != 1) {
        h.load1 = 0;
    }
    return h;
}

const char *ak_command_line1(struct ak_arena *a, const char *const argv[])
{
    struct ak_buf out = AK_BUF_INIT;
    base_child_read(argv, NULL, &out);
    struct ak_str rest = ak_buf_view(&out);
    const struct ak_str line = ak_str_trim(ak_str_cut(&rest, '\n'));
    const char *text = ak_arena_strndup(a, line.ptr, line.len);
    ak_buf_release(&out);
    return text;
}

static const char *git_line(struct ak_arena *a, const char *dir, const char *const argv[],
                            bool *out_ok)
{
    struct ak_buf out = AK_BUF_INIT;
    *out_ok = base_child_read(argv, dir, &out);
    struct ak_str rest = ak_buf_view(&out);
    const struct ak_str line = *out_ok ? ak_str_trim(ak_str_cut(&rest, '\n')) : AK_STR("");
    const char *text = ak_arena_strndup(a, line.ptr, line.len);
    ak_buf_release(&out);
    return text;
}

struct ak_git ak_git_facts(struct ak_arena *a, const char *dir)
{
    struct ak_git g = {"", "", "", false};
    bool ok;
    g.commit =
        git_line(a, dir, (const char *[]){"git", "rev-parse", "--verify", "-q", "HEAD", NULL}, &ok);
    if (!ok) {
        return g;
    }
    g.branch = git_line(
        a, dir, (const char *[]){"git", "symbolic-ref", "-q", "--short", "HEAD", NULL}, &ok);
    g.commit_time =
        git_line(a, dir, (const char *[]){"git", "log", "-1", "--format=%cI", NULL}, &ok);
    const char *changes =
        git_line(a, dir, (const char *[]){"git", "status", "--porcelain", "-uno", NULL}, &ok);
    g.dirty = ok && changes[0] != '\0';
    return g;
}
