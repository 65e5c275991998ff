#include "prof_modules.h"

#include "base/clock.h"
#include "base/hash.h"
#include "prof_pool.h"

#include <elf.h>
#include <link.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A program may load and unload for ever; beyond this many records new modules are not followed:
 * their frames are walked by frame pointers and have no names. */
enum { MODULES_MAX = 4096 };

/* All state is under `lock`, except `table` and `readers`, which handlers touch. */
static struct {
    pthread_mutex_t lock;
    struct runtime_pool pool;
    struct runtime_module *modules; /* in order of loading */
    struct runtime_module **tail;
    struct runtime_table *retired; /* still in the hands of readers, perhaps */
    unsigned long long adds, subs; /* the loader's counters at the last refresh */
    uint32_t generation, epoch;
    uint32_t count;
    uint64_t build_ns;
    struct runtime_table *table;
    int readers;                  /* inside, without a mark of their own */
    struct runtime_reader *marks; /* atomic; only grows */
    bool kernel_orders; /* membarrier can be had; constant once the first mark is listed */
} g = {.lock = PTHREAD_MUTEX_INITIALIZER, .tail = &g.modules};

/* The parent does not hold the lock while it forks: a refresh of its service thread may stand there
 * waiting for the loader, which the forking thread may hold. Lists only grow at their end, so that
 * the child finds them whole. */
void runtime_modules_child(void)
{
    pthread_mutex_init(&g.lock, NULL);
    __atomic_store_n(&g.readers, 0, __ATOMIC_RELAXED);
    for (struct runtime_reader *r = g.marks; r; r = r->next) {
        __atomic_store_n(&r->inside, 0, __ATOMIC_RELAXED);
    }
}

/* --- readers ------------------------------------------------------------------------------- */

static pthread_once_t barrier_once = PTHREAD_ONCE_INIT;

static void register_barrier(void)
{
    g.kernel_orders = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
}

void runtime_reader_list(struct runtime_reader *r)
{
    pthread_once(&barrier_once, register_barrier);
    r->listed = true;
    r->next = __atomic_load_n(&g.marks, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&g.marks, &r->next, r, true, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED)) {
    }
}

const struct runtime_table *runtime_modules_enter(struct runtime_reader *r)
{
    if (!r || !g.kernel_orders) {
        __atomic_add_fetch(&g.readers, 1, __ATOMIC_SEQ_CST);
        return __atomic_load_n(&g.table, __ATOMIC_SEQ_CST);
    }
    __atomic_store_n(&r->inside, r->inside + 1, __ATOMIC_RELAXED);
    __atomic_signal_fence(__ATOMIC_SEQ_CST); /* the other half is the barrier in nobody_reads */
    return __atomic_load_n(&g.table, __ATOMIC_ACQUIRE);
}

void runtime_modules_leave(struct runtime_reader *r)
{
    if (!r || !g.kernel_orders) {
        __atomic_sub_fetch(&g.readers, 1, __ATOMIC_RELEASE);
    } else {
        __atomic_store_n(&r->inside, r->inside - 1, __ATOMIC_RELEASE);
    }
}

uint32_t runtime_modules_generation(void)
{
    return __atomic_load_n(&g.generation, __ATOMIC_RELAXED);
}

/* Whether nobody can still hold a table that is not the published one. */
static bool nobody_reads(void)
{
    const struct runtime_reader *r = __atomic_load_n(&g.marks, __ATOMIC_ACQUIRE);
    if (r && g.kernel_orders &&
        syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) != 0) {
        return false;
    }
    for (; r; r = r->next) {
        if (__atomic_load_n(&r->inside, __ATOMIC_ACQUIRE) != 0) {
            return false;
        }
    }
    return __atomic_load_n(&g.readers, __ATOMIC_SEQ_CST) == 0;
}

/* --- one module ---------------------------------------------------------------------------- */

static void hex(const uint8_t *bytes, size_t n, char out[41])
{
    static const char digits[] = "0123456789abcdef";
    n = n > 20 ? 20 : n;
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * n] = '\0';
}

/* The GNU build id of a PT_NOTE segment in memory. */
static void read_build_id(const uint8_t *p, size_t size, char out[41])
{
    while (size >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) note;
        memcpy(&note, p, sizeof note);
        const size_t name = (note.n_namesz + 3u) & ~3u, desc = (note.n_descsz + 3u) & ~3u;
        const size_t whole = sizeof note + name + desc;
        if (name > size || desc > size || whole > size) {
            return;
        }
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
            memcmp(p + sizeof note, "GNU", 4) == 0) {
            hex(p + sizeof note + name, note.n_descsz, out);
            return;
        }
        p += whole;
        size -= whole;
    }
}

static const char *keep_string(const char *text)
{
    const size_t n = strlen(text) + 1;
    char *copy = runtime_pool_alloc(&g.pool, n);
    if (!copy) {
        return "";
    }
    memcpy(copy, text, n);
    return copy;
}

/* The path of a module: the loader gives none for the executable. */
static const char *keep_path(const struct dl_phdr_info *info)
{
    char path[4096];
    if (info->dlpi_name && info->dlpi_name[0]) {
        return keep_string(strncmp(info->dlpi_name, "linux-vdso", 10) == 0 ? "[vdso]"
                                                                           : info->dlpi_name);
    }
    const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    return keep_string(path);
}

/* Where the parts of a module lie. False when it has no code. */
static bool measure(const struct dl_phdr_info *info, struct runtime_module *m,
                    const uint8_t **out_hdr)
{
    *m =
        (struct runtime_module){.base = UINTPTR_MAX, .start = UINTPTR_MAX, .bias = info->dlpi_addr};
    *out_hdr = NULL;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *const ph = &info->dlpi_phdr[i];
        const uintptr_t from = info->dlpi_addr + ph->p_vaddr, to = from + ph->p_memsz;
        if (ph->p_type == PT_LOAD) {
            m->base = from < m->base ? from : m->base;
            m->limit = to > m->limit ? to : m->limit;
            if (ph->p_flags & PF_X) {
                if (from < m->start) {
                    m->start = from;
                    m->file_offset = ph->p_offset;
                }
                m->end = to > m->end ? to : m->end;
            }
        } else if (ph->p_type == PT_GNU_EH_FRAME) {
            *out_hdr = (const uint8_t *)from;
        } else if (ph->p_type == PT_NOTE && !m->build_id[0]) {
            read_build_id((const uint8_t *)from, ph->p_memsz, m->build_id);
        }
    }
    return m->end > m->start;
}

static uint64_t identify(const struct dl_phdr_info *info, const struct runtime_module *m)
{
    uint64_t h = ak_hash_bytes(m->build_id, strlen(m->build_id), m->base);
    h = ak_hash_bytes(info->dlpi_name ? info->dlpi_name : "",
                      info->dlpi_name ? strlen(info->dlpi_name) : 0, h);
    return ak_hash_u64(h ^ m->end) ^ m->limit;
}

/* --- refresh ------------------------------------------------------------------------------- */

struct refresh {
    bool first_seen; /* a callback was called */
    bool unchanged;
    bool no_memory;
    size_t count;
    uint32_t epoch;
};

static bool is_current(const struct runtime_module *m)
{
    return m->epoch_to == UINT32_MAX;
}

/* Whether the range of m belonged to another module at or after `epoch`: its samples must not
 * become m's. */
static bool reuses_range(const struct runtime_module *m, uint32_t epoch)
{
    for (const struct runtime_module *o = g.modules; o; o = o->next) {
        if (o != m && m->start < o->end && o->start < m->end && o->epoch_to >= epoch) {
            return true;
        }
    }
    return false;
}

static void read_rows(struct runtime_module *m, const uint8_t *hdr)
{
#if defined(__x86_64__)
    if (hdr) {
        runtime_eh_rows(hdr, m->base, m->limit, &m->rows);
        m->row = m->rows.row;
        m->row_count = m->rows.count;
    }
#else
    (void)m;
    (void)hdr;
#endif
}

static void add_module(struct refresh *r, const struct dl_phdr_info *info,
                       const struct runtime_module *found, const uint8_t *hdr)
{
    struct runtime_module *m =
        g.count < MODULES_MAX ? runtime_pool_alloc(&g.pool, sizeof *m) : NULL;
    if (!m) {
        r->no_memory = r->no_memory || g.count < MODULES_MAX;
        r->count--;
        return;
    }
    *m = *found;
    m->path = keep_path(info);
    m->seen = true;
    m->epoch_to = UINT32_MAX;
    m->next = NULL;
    read_rows(m, hdr);
    if (reuses_range(m, 0)) {
        r->epoch = g.epoch + 1;
    }
    m->epoch_from = r->epoch;
    g.count++;
    *g.tail = m;
    g.tail = &m->next;
}

/* The module is known: it is still there, or back where it was and nobody else was there. */
static bool know_module(const struct runtime_module *found, const uint8_t *hdr)
{
    for (struct runtime_module *m = g.modules; m; m = m->next) {
        if (m->identity != found->identity || m->start != found->start ||
            (!is_current(m) && reuses_range(m, m->epoch_from))) {
            continue;
        }
        if (!is_current(m)) {
            m->epoch_to = UINT32_MAX;
            if (!m->row) {
                read_rows(m, hdr);
            }
        }
        m->seen = true;
        return true;
    }
    return false;
}

static int visit(struct dl_phdr_info *info, size_t size, void *ctx)
{
    struct refresh *r = ctx;
    (void)size;
    if (!r->first_seen) {
        r->first_seen = true;
        if (g.table && info->dlpi_adds == g.adds && info->dlpi_subs == g.subs) {
            r->unchanged = true;
            return 1;
        }
        g.adds = info->dlpi_adds;
        g.subs = info->dlpi_subs;
    }
    struct runtime_module found;
    const uint8_t *hdr;
    if (!measure(info, &found, &hdr)) {
        return 0;
    }
    found.identity = identify(info, &found);
    r->count++;
    if (!know_module(&found, hdr)) {
        add_module(r, info, &found, hdr);
    }
    return 0;
}

static size_t table_bytes(size_t count)
{
    return sizeof(struct runtime_table) + count * sizeof(struct runtime_module *);
}

/* Unmaps retired tables when no reader is inside: a reader that comes later has the newest. */
static void free_retired(void)
{
    if (!g.retired || !nobody_reads()) {
        return;
    }
    while (g.retired) {
        struct runtime_table *const t = g.retired;
        g.retired = t->retired_next;
        runtime_pages_unmap(t, t->bytes);
    }
    for (struct runtime_module *m = g.modules; m; m = m->next) {
        if (!is_current(m) && m->row) {
            m->row = NULL;
            m->row_count = 0;
            runtime_rows_release(&m->rows);
        }
    }
}

static void insert_sorted(struct runtime_table *t, const struct runtime_module *m)
{
    size_t i = t->count++;
    for (; i > 0 && t->module[i - 1]->start > m->start; i--) {
        t->module[i] = t->module[i - 1];
    }
    t->module[i] = m;
}

static bool publish(const struct refresh *r)
{
    struct runtime_table *t = runtime_pages_map(table_bytes(r->count));
    if (!t) {
        return false;
    }
    t->bytes = table_bytes(r->count);
    t->generation = g.generation + 1;
    for (struct runtime_module *m = g.modules; m; m = m->next) {
        if (is_current(m) && !m->seen) {
            m->epoch_to = g.epoch;
        } else if (is_current(m) && t->count < r->count) {
            insert_sorted(t, m);
        }
        m->seen = false;
    }
    g.epoch = r->epoch;
    t->epoch = g.epoch;
    struct runtime_table *const old = g.table;
    __atomic_store_n(&g.table, t, __ATOMIC_SEQ_CST);
    __atomic_store_n(&g.generation, t->generation, __ATOMIC_RELAXED);
    if (old) {
        old->retired_next = g.retired;
        g.retired = old;
    }
    return true;
}

bool runtime_modules_refresh(void)
{
    pthread_mutex_lock(&g.lock);
    const int64_t started = ak_clock_monotonic_ns();
    struct refresh r = {.epoch = g.epoch};
    dl_iterate_phdr(visit, &r);
    bool ok = !r.no_memory;
    if (!r.unchanged) {
        ok = publish(&r) && ok;
        g.build_ns += (uint64_t)(ak_clock_monotonic_ns() - started);
    }
    free_retired();
    pthread_mutex_unlock(&g.lock);
    return ok;
}

const struct runtime_module *runtime_module_find(uintptr_t pc, uint32_t epoch)
{
    const struct runtime_module *best = NULL;
    pthread_mutex_lock(&g.lock);
    for (const struct runtime_module *m = g.modules; m; m = m->next) {
        if (pc >= m->start && pc < m->end && epoch >= m->epoch_from && epoch <= m->epoch_to) {
            best = m;
        }
    }
    pthread_mutex_unlock(&g.lock);
    return best;
}

void runtime_modules_each(void (*call)(void *ctx, const struct runtime_module *m), void *ctx)
{
    pthread_mutex_lock(&g.lock);
    const struct runtime_module *m = g.modules;
    pthread_mutex_unlock(&g.lock);
    while (m) {
        call(ctx, m);
        pthread_mutex_lock(&g.lock);
        m = m->next;
        pthread_mutex_unlock(&g.lock);
    }
}

struct runtime_modules_stats runtime_modules_stats(void)
{
    struct runtime_modules_stats s = {0};
    pthread_mutex_lock(&g.lock);
    for (const struct runtime_module *m = g.modules; m; m = m->next) {
        s.modules++;
        s.rows += m->row_count;
    }
    s.row_bytes = s.rows * sizeof(struct runtime_row);
    s.build_ns = g.build_ns;
    pthread_mutex_unlock(&g.lock);
    return s;
}
