/* The functions of libraries that block, lock or allocate, by linkage name. */
#include "base/hash.h"
#include "base/mem.h"
#include "lint/c_graph.h"

#include <string.h>

/* Names in one string, a blank between them. C++ allocates through operator new (_Zn...). */
static const struct {
    enum ak_c_sink kind;
    const char *names;
} known[] = {
    {AK_C_SINK_BLOCKING, /* time */
     "sleep usleep nanosleep clock_nanosleep thrd_sleep pause sigsuspend sigwait sigwaitinfo "
     "sigtimedwait"},
    {AK_C_SINK_BLOCKING, /* threads and processes */
     "pthread_join pthread_timedjoin_np pthread_clockjoin_np pthread_cond_wait "
     "pthread_cond_timedwait pthread_cond_clockwait pthread_barrier_wait thrd_join cnd_wait "
     "cnd_timedwait sem_wait sem_timedwait sem_clockwait futex syscall wait waitpid waitid wait3 "
     "wait4 system popen pclose"},
    {AK_C_SINK_BLOCKING, /* descriptors */
     "read readv pread pread64 preadv write writev pwrite pwrite64 pwritev open open64 openat "
     "openat64 close fsync fdatasync sync syncfs msync flock lockf fcntl ftruncate splice sendfile "
     "copy_file_range getdents64 posix_fallocate"},
    {AK_C_SINK_BLOCKING, /* sockets and waiting for many */
     "accept accept4 connect recv recvfrom recvmsg recvmmsg send sendto sendmsg sendmmsg poll "
     "ppoll "
     "select pselect epoll_wait epoll_pwait epoll_pwait2 mq_receive mq_timedreceive mq_send "
     "mq_timedsend msgrcv msgsnd semop semtimedop io_getevents getaddrinfo gethostbyname "
     "getnameinfo"},
    {AK_C_SINK_BLOCKING, /* streams */
     "fopen fopen64 freopen fclose fread fwrite fgets fgetc getc getchar fputs fputc putc putchar "
     "puts printf fprintf vprintf vfprintf dprintf vdprintf fflush perror fscanf scanf getline "
     "getdelim opendir readdir readdir64 rename unlink mkdir rmdir stat lstat fstatat syslog"},
    {AK_C_SINK_LOCK,
     "pthread_mutex_lock pthread_mutex_timedlock pthread_mutex_clocklock pthread_rwlock_rdlock "
     "pthread_rwlock_wrlock pthread_rwlock_timedrdlock pthread_rwlock_timedwrlock "
     "pthread_spin_lock mtx_lock mtx_timedlock flockfile pthread_once call_once"},
    {AK_C_SINK_ALLOCATION,
     "malloc calloc realloc reallocarray aligned_alloc posix_memalign memalign valloc pvalloc "
     "strdup strndup asprintf vasprintf open_memstream fmemopen mmap mmap64 mremap sbrk brk wcsdup "
     "pthread_create thrd_create"},
    {AK_C_SINK_ALLOCATION,
     "_Znwm _Znam _ZnwmRKSt9nothrow_t _ZnamRKSt9nothrow_t _ZnwmSt11align_val_t "
     "_ZnamSt11align_val_t _ZnwmSt11align_val_tRKSt9nothrow_t "
     "_ZnamSt11align_val_tRKSt9nothrow_t _Znwj _Znaj"},
};

enum ak_c_sink ak_c_sink_find(const char *word)
{
    static const char *const words[] = {NULL, "blocking", "lock", "allocation"};
    for (size_t i = 1; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i], word) == 0) {
            return (enum ak_c_sink)i;
        }
    }
    return AK_C_SINK_NONE;
}

static void mark(struct ak_c_graph *g, struct ak_str name, enum ak_c_sink kind)
{
    const uint32_t f = ak_intern_find(&g->keys, name);
    if (f != AK_IDMAP_NONE) {
        g->functions[f].sink = (uint8_t)kind;
    }
}

/* Names that the caller adds: the last kind of a name counts. */
struct added {
    struct ak_idmap names;
    enum ak_c_sink *kinds;
};

/* "KIND=NAME" */
static enum ak_status option_add(struct added *a, const char *text, struct ak_error *err)
{
    struct ak_str name = ak_str_from(text);
    const struct ak_str word = ak_str_cut(&name, '=');
    char kind[16] = "";
    if (word.len < sizeof kind) {
        memcpy(kind, word.ptr, word.len);
    }
    const enum ak_c_sink sink = ak_c_sink_find(kind);
    if (sink == AK_C_SINK_NONE || name.len == 0) {
        return ak_fail(err, AK_USAGE,
                       "sink \"%s\": not KIND=NAME with blocking, lock or allocation", text);
    }
    a->kinds[ak_idmap_put(&a->names, ak_hash_str(name), (uint32_t)a->names.count, NULL)] = sink;
    return AK_OK;
}

/* A static function of the name counts too. */
static enum ak_status options_mark(struct ak_c_graph *g, const struct ak_c_opts *opts,
                                   struct ak_error *err)
{
    struct added a = {.kinds = ak_calloc(opts->sink_count + 1, sizeof *a.kinds)};
    enum ak_status st = AK_OK;
    for (size_t i = 0; i < opts->sink_count && st == AK_OK; i++) {
        st = option_add(&a, opts->sinks[i], err);
    }
    for (uint32_t f = 0; f < c_graph_count(g) && a.names.count > 0 && st == AK_OK; f++) {
        const uint32_t id = ak_idmap_get(&a.names, ak_hash_str(ak_str_from(g->functions[f].name)));
        if (id != AK_IDMAP_NONE) {
            g->functions[f].sink = (uint8_t)a.kinds[id];
        }
    }
    ak_idmap_release(&a.names);
    ak_free(a.kinds);
    return st;
}

enum ak_status collector_c_sinks_mark(struct ak_c_graph *g, const struct ak_c_opts *opts,
                                      struct ak_error *err)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct ak_str rest = ak_str_from(known[i].names);
        while (rest.ptr) {
            mark(g, ak_str_cut(&rest, ' '), known[i].kind);
        }
    }
    return options_mark(g, opts, err);
}
