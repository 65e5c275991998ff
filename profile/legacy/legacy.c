#include "legacy.h"

#include "legacy_reader.h"

/* In this order, which decides where a beginning fits two. */
static const struct {
    bool (*is)(struct ak_str head);
    enum ak_status (*read)(struct legacy *l, struct ak_str bytes, struct ak_error *err);
} readers[] = {
    {profile_legacy_is_cpu, profile_legacy_cpu},
    {profile_legacy_is_heap, profile_legacy_heap},
    {profile_legacy_is_count, profile_legacy_count},
    {profile_legacy_is_thread, profile_legacy_thread},
    {profile_legacy_is_contention, profile_legacy_contention},
    {profile_legacy_is_java, profile_legacy_java},
};

bool profile_legacy_sniff(struct ak_str head)
{
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        if (readers[i].is(head)) {
            return true;
        }
    }
    return false;
}

/* --- frames of the profiler itself, which reports leave out
 * --------------------------------------- */

/* Regular expressions of names, as google/pprof sets them for legacy profiles (legacy_profile.go):
 * they are part of what it writes. */
static const char drop_alloc[] =
    "calloc|cfree|malloc|free|memalign|do_memalign|(__)?posix_memalign|pvalloc|valloc|realloc|"
    "tcmalloc::.*|tc_calloc|tc_cfree|tc_malloc|tc_free|tc_memalign|tc_posix_memalign|tc_pvalloc|"
    "tc_valloc|tc_realloc|tc_new|tc_delete|tc_newarray|tc_deletearray|tc_new_nothrow|"
    "tc_newarray_nothrow|"
    "malloc_zone_malloc|malloc_zone_calloc|malloc_zone_valloc|malloc_zone_realloc|"
    "malloc_zone_memalign|malloc_zone_free|"
    "runtime\\..*|"
    "BaseArena::.*|(::)?do_malloc_no_errno|(::)?do_malloc_pages|(::)?do_malloc|"
    "DoSampledAllocation|MallocedMemBlock::MallocedMemBlock|_M_allocate|__builtin_(vec_)?delete|"
    "__builtin_(vec_)?new|__gnu_cxx::new_allocator::allocate|__libc_malloc|"
    "__malloc_alloc_template::allocate|allocate|cpp_alloc|operator new(\\[\\])?|"
    "simple_alloc::allocate";
static const char keep_alloc[] = "runtime\\.panic|runtime\\.reflectcall|runtime\\.call[0-9]*";
static const char drop_lock[] =
    "RecordLockProfileData|(base::)?RecordLockProfileData.*|(base::)?SubmitMutexProfileData.*|"
    "(base::)?SubmitSpinLockProfileData.*|(base::Mutex::)?AwaitCommon.*|(base::Mutex::)?Unlock.*|"
    "(base::Mutex::)?UnlockSlow.*|(base::Mutex::)?ReaderUnlock.*|(base::MutexLock::)?~MutexLock.*|"
    "(Mutex::)?AwaitCommon.*|(Mutex::)?Unlock.*|(Mutex::)?UnlockSlow.*|(Mutex::)?ReaderUnlock.*|"
    "(MutexLock::)?~MutexLock.*|(SpinLock::)?Unlock.*|(SpinLock::)?SlowUnlock.*|"
    "(SpinLockHolder::)?~SpinLockHolder.*";
static const char drop_cpu[] = "ProfileData::Add|ProfileData::prof_handler|"
                               "CpuProfiler::prof_handler|__pthread_sighandler|__restore";

static bool has_types(const struct ak_build *b, const char *const *types, uint32_t count)
{
    if (b->p->sample_type_count != count) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!ak_str_eq(b->strings.strs[b->p->sample_types[i].type], ak_str_from(types[i]))) {
            return false;
        }
    }
    return true;
}

static bool is_heap(const struct ak_build *b)
{
    static const char *const all[] = {"alloc_objects", "alloc_space", "inuse_objects",
                                      "inuse_space"};
    return has_types(b, all, 4) || has_types(b, all, 2) || has_types(b, all + 2, 2) ||
           has_types(b, (const char *const[]){"objects", "space"}, 2);
}

static void set_frames(struct ak_build *b)
{
    if (is_heap(b)) {
        b->p->drop_frames = ak_build_cstr(b, drop_alloc);
        b->p->keep_frames = ak_build_cstr(b, keep_alloc);
    } else if (has_types(b, (const char *const[]){"contentions", "delay"}, 2)) {
        b->p->drop_frames = ak_build_cstr(b, drop_lock);
    } else {
        b->p->drop_frames = ak_build_cstr(b, drop_cpu);
    }
}

enum ak_status profile_legacy_parse(const char *name, struct ak_str bytes,
                                    const struct ak_limits *limits, struct ak_profile **out,
                                    struct ak_error *err)
{
    enum ak_status st = AK_FORMAT;
    for (size_t i = 0; i < sizeof readers / sizeof *readers && st == AK_FORMAT; i++) {
        if (!readers[i].is(bytes)) {
            continue;
        }
        struct legacy l;
        profile_legacy_init(&l, name, limits);
        st = readers[i].read(&l, bytes, err);
        if (st == AK_OK) {
            set_frames(&l.b);
            *out = ak_build_finish(&l.b);
        }
        profile_legacy_release(&l);
    }
    if (st == AK_FORMAT) {
        return ak_fail(err, AK_FORMAT, "%s: it begins as a legacy profile and goes on as none",
                       name);
    }
    return st;
}
