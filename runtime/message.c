#include "runtime/message.h"

#include "msg_wait.h"
#include "slab.h"

#include <assert.h>
#include <string.h>

static_assert(sizeof(struct ak_msg) == 32, "header and inline payload fill one cache line");

/* While waits are timed: with room for the moment when it is told. */
__attribute__((noinline)) static struct ak_msg *new_timed(uint32_t type, size_t size)
{
    const size_t room = runtime_msg_wait_room(sizeof(struct ak_msg) + size);
    struct ak_msg *m = runtime_slab_alloc(sizeof *m + size + room);
    if (m != NULL) {
        *m = (struct ak_msg){
            .type = type, .size = (uint32_t)size & 0xffffffu, .flags = room != 0 ? MSG_TIMED : 0};
        runtime_msg_wait_begin(m);
    }
    return m;
}

struct ak_msg *ak_msg_new(uint32_t type, size_t size)
{
    if (size > AK_MSG_MAX_BYTES) {
        return NULL;
    }
    if (__builtin_expect(ak_prof_contention_running(), 0)) {
        return new_timed(type, size);
    }
    struct ak_msg *m = runtime_slab_alloc(sizeof *m + size);
    if (m != NULL) {
        *m = (struct ak_msg){.type = type, .size = (uint32_t)size & 0xffffffu};
    }
    return m;
}

struct ak_msg *ak_msg_of(uint32_t type, const void *data, size_t size)
{
    struct ak_msg *m = ak_msg_new(type, size);
    if (m != NULL && size > 0) {
        memcpy(ak_msg_data(m), data, size);
    }
    return m;
}

struct ak_msg *ak_msg_copy(const struct ak_msg *m)
{
    return ak_msg_of(m->type, ak_msg_view(m), m->size);
}

void ak_msg_free(struct ak_msg *m)
{
    if (m == NULL) {
        return;
    }
    if (__builtin_expect((m->flags & MSG_TIMED) != 0, 0)) {
        runtime_slab_free(m, sizeof *m + m->size + MSG_WAIT_BYTES);
    } else {
        runtime_slab_free(m, sizeof *m + m->size);
    }
}
