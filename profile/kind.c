#include "profile/kind.h"

/* A profile is of the first kind whose type it has. */
static const struct {
    const char *type, *kind;
} kinds[] = {
    {"cpu", "cpu"},
    {"inuse_space", "heap"},
    {"alloc_space", "heap"},
    {"inuse_objects", "heap"},
    {"space", "heap"},
    {"goroutine", "goroutine"},
    {"goroutineleak", "goroutine"},
    {"threadcreate", "threadcreate"},
    {"contentions", "mutex"}, /* or block: see below */
};

static bool has_type(const struct ak_profile *p, const char *type)
{
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        if (ak_str_eq(ak_profile_str(p, p->sample_types[i].type), ak_str_from(type))) {
            return true;
        }
    }
    return false;
}

/* Functions of Go that block without unlocking anything: a mutex profile's stacks end in an unlock,
 * a block profile's in a wait. */
static bool is_wait(struct ak_str name)
{
    static const char *const waits[] = {"runtime.chanrecv1",
                                        "runtime.chanrecv2",
                                        "runtime.chansend1",
                                        "runtime.selectgo",
                                        "runtime.block",
                                        "sync.(*Mutex).Lock",
                                        "sync.(*WaitGroup).Wait",
                                        "sync.(*Cond).Wait",
                                        "sync.(*RWMutex).Lock",
                                        "sync.(*RWMutex).RLock",
                                        "internal/sync.(*Mutex).Lock",
                                        "time.Sleep"};
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        if (ak_str_eq(name, ak_str_from(waits[i]))) {
            return true;
        }
    }
    return false;
}

static bool leaf_waits(const struct ak_profile *p, size_t sample)
{
    if (p->stack_start[sample] == p->stack_start[sample + 1]) {
        return false;
    }
    const struct ak_location *l = &p->locations[p->stack_ids[p->stack_start[sample]]];
    for (uint32_t i = 0; i < l->line_count; i++) {
        const uint32_t f = p->lines[l->first_line + i].function;
        if (f != AK_NO_INDEX && is_wait(ak_profile_str(p, p->functions[f].name))) {
            return true;
        }
    }
    return false;
}

const char *ak_profile_kind(const struct ak_profile *p)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!has_type(p, kinds[i].type)) {
            continue;
        }
        if (!ak_str_eq(ak_str_from(kinds[i].kind), AK_STR("mutex"))) {
            return kinds[i].kind;
        }
        for (size_t s = 0; s < p->sample_count; s++) {
            if (leaf_waits(p, s)) {
                return "block";
            }
        }
        return "mutex";
    }
    return "other";
}

uint32_t ak_profile_default_type(const struct ak_profile *p)
{
    if (p->sample_type_count == 0) {
        return 0;
    }
    const struct ak_str name = ak_profile_str(p, p->default_sample_type);
    for (uint32_t i = 0; i < p->sample_type_count && name.len > 0; i++) {
        if (ak_str_eq(ak_profile_str(p, p->sample_types[i].type), name)) {
            return i;
        }
    }
    return p->sample_type_count - 1;
}
