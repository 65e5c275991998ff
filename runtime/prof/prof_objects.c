#include "prof_objects.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

_Static_assert(sizeof(struct runtime_object) == 32, "keeps objects aligned to 16 bytes");

enum {
    SMALL_STEP = 32,
    SMALL_MAX = 1024,
    SMALL_CLASSES = SMALL_MAX / SMALL_STEP,
    SMALL_MAX_LOG = 10,
    CLASSES = SMALL_CLASSES + 4 * (40 - SMALL_MAX_LOG), /* up to 1 TiB */
    PAGE = 4096,
    PAGED_MIN = 32 * 1024, /* cells from here on begin at a page and give their pages back */
    COMMIT_STEP = 1 << 20
};

/* A free cell begins with the address of the next one of its class. */
static struct {
    uint8_t *base, *end;
    uint8_t *at;        /* cells were cut up to here */
    uint8_t *committed; /* readable and writable up to here */
    void *free[CLASSES];
} g;

bool runtime_objects_open(uintptr_t *out_base, size_t *out_size)
{
    for (size_t size = (size_t)1 << 36; !g.base && size >= (size_t)1 << 28; size /= 4) {
        void *const p =
            mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (p != MAP_FAILED) {
            g.base = g.at = g.committed = p;
            g.end = g.base + size;
        }
    }
    *out_base = (uintptr_t)g.base;
    *out_size = (size_t)(g.end - g.base);
    return g.base != NULL;
}

/* The class of a cell of `size` bytes, and the size of that class's cells. */
static unsigned class_of(size_t size, size_t *out_cell)
{
    if (size <= SMALL_MAX) {
        const size_t n = (size + SMALL_STEP - 1) / SMALL_STEP;
        *out_cell = n * SMALL_STEP;
        return (unsigned)n - 1;
    }
    const unsigned log = 63u - (unsigned)__builtin_clzll(size - 1);
    const size_t quarter = (size_t)1 << (log - 2);
    const size_t part = (size - 1 - ((size_t)1 << log)) / quarter;
    *out_cell = ((size_t)1 << log) + (part + 1) * quarter;
    return SMALL_CLASSES + 4 * (log - SMALL_MAX_LOG) + (unsigned)part;
}

static size_t cell_size(unsigned class)
{
    if (class < SMALL_CLASSES) {
        return ((size_t) class + 1) * SMALL_STEP;
    }
    const unsigned step = class - SMALL_CLASSES;
    const unsigned log = step / 4 + SMALL_MAX_LOG;
    return ((size_t)1 << log) + ((size_t)step % 4 + 1) * ((size_t)1 << (log - 2));
}

static uint8_t *cut_cell(size_t cell)
{
    uint8_t *p = g.at;
    if (cell >= PAGED_MIN) {
        p += (PAGE - (uintptr_t)p % PAGE) % PAGE;
    }
    if (!g.base || p > g.end || cell > (size_t)(g.end - p)) {
        return NULL;
    }
    if (p + cell > g.committed) {
        size_t more = (size_t)(p + cell - g.committed);
        more = (more + COMMIT_STEP - 1) & ~(size_t)(COMMIT_STEP - 1);
        if (more > (size_t)(g.end - g.committed)) {
            more = (size_t)(g.end - g.committed);
        }
        if (mprotect(g.committed, more, PROT_READ | PROT_WRITE) != 0) {
            return NULL;
        }
        g.committed += more;
    }
    g.at = p + cell;
    return p;
}

void *runtime_objects_alloc(size_t size, size_t align)
{
    const size_t header = sizeof(struct runtime_object);
    const size_t slack = align > 16 ? align : 0;
    if (size > (size_t)1 << 38 || slack > (size_t)1 << 30) {
        return NULL;
    }
    size_t cell;
    const unsigned class = class_of(size + header + slack, &cell);
    uint8_t *p = g.free[class];
    if (p) {
        memcpy(&g.free[class], p, sizeof g.free[class]);
    } else if (!(p = cut_cell(cell))) {
        return NULL;
    }
    uint8_t *const object =
        (uint8_t *)(((uintptr_t)p + header + (align - 1)) & ~(uintptr_t)(align - 1));
    struct runtime_object *const o = runtime_object_of(object);
    o->class = class;
    o->shift = (uint32_t)((uint8_t *)o - p);
    return object;
}

void runtime_objects_free(void *object)
{
    const struct runtime_object *const o = runtime_object_of(object);
    const unsigned class = o->class;
    uint8_t *const cell = (uint8_t *)object - sizeof *o - o->shift;
    const size_t size = cell_size(class);
    if (size >= PAGED_MIN) {
        const int saved = errno; /* free does not change it */
        madvise(cell + PAGE, (size - PAGE) & ~(size_t)(PAGE - 1), MADV_DONTNEED);
        errno = saved;
    }
    memcpy(cell, &g.free[class], sizeof g.free[class]);
    g.free[class] = cell;
}

size_t runtime_objects_usable(const void *object)
{
    const struct runtime_object *const o = (const struct runtime_object *)object - 1;
    return cell_size(o->class) - o->shift - sizeof *o;
}
