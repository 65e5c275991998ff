#include "ext.h"

#include "core.h"
#include "mailbox.h"
#include "request.h"
#include "runtime/memory.h"

struct actor_ext *runtime_ext_of(struct actor *a)
{
    if (a->ext == NULL) {
        a->ext = ak_mem_zalloc(sizeof *a->ext);
    }
    return a->ext;
}

void runtime_ext_free(struct ak_system *sys, struct actor *a)
{
    struct actor_ext *ext = a->ext;
    if (ext == NULL) {
        return;
    }
    const struct ak_pid pid = actor_pid(a);
    struct ak_msg *m;
    while ((m = msg_list_pop(&ext->stash)) != NULL) {
        runtime_dead_letter(sys, pid, m);
    }
    runtime_requests_drop(sys, a);
    runtime_mailbox_free(sys, ext->mailbox, pid);
    a->ext = NULL;
    ak_mem_free(ext);
}

void runtime_ext_restart(struct ak_system *sys, struct actor *a)
{
    if (a->ext != NULL) {
        a->ext->behaviour_count = 0;
        runtime_requests_drop(sys, a);
        msg_list_prepend(&a->pending, &a->ext->stash);
    }
}
