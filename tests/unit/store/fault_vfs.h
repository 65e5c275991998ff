/* A layer below SQLite that fails on demand: the n-th operation on a file, once or from then on,
 * with a write cut in half or a full disk. It never waits for the disk. */
#ifndef FAULT_VFS_H
#define FAULT_VFS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct fault {
    long at;     /* operation that fails, from 1; 0: none */
    bool sticky; /* all that follow fail too */
    bool torn;   /* a failing write writes its first half */
    bool full;   /* a failing write reports a full disk */
    bool reads;  /* reading counts as an operation */
    long count;  /* operations so far */
    long hits;
};
static struct fault fault;

static bool fault_hits(void)
{
    const long n = ++fault.count;
    const bool hit = fault.at > 0 && (n == fault.at || (fault.sticky && n > fault.at));
    fault.hits += hit;
    return hit;
}

struct fault_file {
    sqlite3_file base;
    sqlite3_file *real;
};

static sqlite3_vfs *fault_real;

#define REAL(file) (((struct fault_file *)(void *)(file))->real)

static int fault_close(sqlite3_file *f)
{
    return REAL(f)->pMethods->xClose(REAL(f));
}
static int fault_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    if (fault.reads && fault_hits()) {
        return SQLITE_IOERR_READ;
    }
    return REAL(f)->pMethods->xRead(REAL(f), p, n, at);
}
static int fault_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    if (!fault_hits()) {
        return REAL(f)->pMethods->xWrite(REAL(f), p, n, at);
    }
    if (fault.torn) {
        REAL(f)->pMethods->xWrite(REAL(f), p, n / 2, at);
    }
    return fault.full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}
static int fault_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    return fault_hits() ? SQLITE_IOERR_TRUNCATE : REAL(f)->pMethods->xTruncate(REAL(f), size);
}
static int fault_sync(sqlite3_file *f, int flags)
{
    (void)f;
    (void)flags;
    return fault_hits() ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}
static int fault_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return REAL(f)->pMethods->xFileSize(REAL(f), size);
}
static int fault_lock(sqlite3_file *f, int level)
{
    return REAL(f)->pMethods->xLock(REAL(f), level);
}
static int fault_unlock(sqlite3_file *f, int level)
{
    return REAL(f)->pMethods->xUnlock(REAL(f), level);
}
static int fault_reserved(sqlite3_file *f, int *out)
{
    return REAL(f)->pMethods->xCheckReservedLock(REAL(f), out);
}
static int fault_control(sqlite3_file *f, int op, void *arg)
{
    return REAL(f)->pMethods->xFileControl(REAL(f), op, arg);
}
static int fault_sector(sqlite3_file *f)
{
    return REAL(f)->pMethods->xSectorSize(REAL(f));
}
static int fault_device(sqlite3_file *f)
{
    return REAL(f)->pMethods->xDeviceCharacteristics(REAL(f));
}
static int fault_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    return REAL(f)->pMethods->xShmMap(REAL(f), page, size, extend, out);
}
static int fault_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
    return REAL(f)->pMethods->xShmLock(REAL(f), at, n, flags);
}
static void fault_shm_barrier(sqlite3_file *f)
{
    REAL(f)->pMethods->xShmBarrier(REAL(f));
}
static int fault_shm_unmap(sqlite3_file *f, int remove)
{
    return REAL(f)->pMethods->xShmUnmap(REAL(f), remove);
}

static const sqlite3_io_methods fault_methods = {
    .iVersion = 2,
    .xClose = fault_close,
    .xRead = fault_read,
    .xWrite = fault_write,
    .xTruncate = fault_truncate,
    .xSync = fault_sync,
    .xFileSize = fault_size,
    .xLock = fault_lock,
    .xUnlock = fault_unlock,
    .xCheckReservedLock = fault_reserved,
    .xFileControl = fault_control,
    .xSectorSize = fault_sector,
    .xDeviceCharacteristics = fault_device,
    .xShmMap = fault_shm_map,
    .xShmLock = fault_shm_lock,
    .xShmBarrier = fault_shm_barrier,
    .xShmUnmap = fault_shm_unmap,
};

static int fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    (void)vfs;
    struct fault_file *const file = (struct fault_file *)(void *)f;
    file->base.pMethods = NULL;
    file->real = (sqlite3_file *)(void *)(file + 1);
    if (fault_hits()) {
        return SQLITE_CANTOPEN;
    }
    const int rc = fault_real->xOpen(fault_real, name, file->real, flags, out);
    if (rc == SQLITE_OK) {
        file->base.pMethods = &fault_methods;
    }
    return rc;
}
static int fault_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    (void)sync;
    return fault_hits() ? SQLITE_IOERR_DELETE : fault_real->xDelete(fault_real, name, 0);
}

/* Becomes the default layer of the process. */
static int fault_vfs_install(void)
{
    static sqlite3_vfs vfs;
    fault_real = sqlite3_vfs_find(NULL);
    vfs = *fault_real;
    vfs.pNext = NULL;
    vfs.zName = "fault";
    vfs.szOsFile = (int)sizeof(struct fault_file) + fault_real->szOsFile;
    vfs.xOpen = fault_open;
    vfs.xDelete = fault_delete;
    return sqlite3_vfs_register(&vfs, 1);
}

/* --- memory ---------------------------------------------------------------------------------- */

static struct fault memory_fault;
static sqlite3_mem_methods memory_real;

static bool memory_hits(void)
{
    const long n = ++memory_fault.count;
    const bool hit = memory_fault.at > 0 &&
                     (n == memory_fault.at || (memory_fault.sticky && n > memory_fault.at));
    memory_fault.hits += hit;
    return hit;
}
static void *memory_malloc(int n)
{
    return memory_hits() ? NULL : memory_real.xMalloc(n);
}
static void *memory_realloc(void *p, int n)
{
    return memory_hits() ? NULL : memory_real.xRealloc(p, n);
}

/* Before SQLite is used. */
static int memory_fault_install(void)
{
    int rc = sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory_real);
    sqlite3_mem_methods mine = memory_real;
    mine.xMalloc = memory_malloc;
    mine.xRealloc = memory_realloc;
    if (rc == SQLITE_OK) {
        rc = sqlite3_config(SQLITE_CONFIG_MALLOC, &mine);
    }
    return rc;
}

#endif
