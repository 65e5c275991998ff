/* Topics in a list under one mutex: subscriptions are few and change rarely; publishing copies the
 * message, which costs more than finding the topic. */
#include "topic.h"

#include "runtime/memory.h"
#include "runtime/topic.h"

#include <string.h>

struct topic {
    struct topic *next;
    struct ak_pid *pids;
    size_t count, cap;
    char name[NAME_MAX_BYTES + 1];
};

struct topics {
    pthread_mutex_t lock;
    struct topic *first;
};

bool runtime_topics_init(struct ak_system *sys)
{
    sys->topics = ak_mem_zalloc(sizeof *sys->topics);
    return sys->topics != NULL && pthread_mutex_init(&sys->topics->lock, NULL) == 0;
}

void runtime_topics_release(struct ak_system *sys)
{
    if (sys->topics == NULL) {
        return;
    }
    struct topic *next;
    for (struct topic *t = sys->topics->first; t != NULL; t = next) {
        next = t->next;
        ak_mem_free(t->pids);
        ak_mem_free(t);
    }
    (void)pthread_mutex_destroy(&sys->topics->lock);
    ak_mem_free(sys->topics);
    sys->topics = NULL;
}

/* Under the lock: the link to the topic of this name; to NULL when there is none. */
static struct topic **link_of(struct topics *all, const char *name)
{
    struct topic **at = &all->first;
    while (*at != NULL && strcmp((*at)->name, name) != 0) {
        at = &(*at)->next;
    }
    return at;
}

/* Under the lock: a new topic at the end of the list. NULL: no memory, or the name is too long. */
static struct topic *add(struct topic **end, const char *name)
{
    const size_t len = strnlen(name, NAME_MAX_BYTES + 1);
    struct topic *t = len <= NAME_MAX_BYTES ? ak_mem_zalloc(sizeof *t) : NULL;
    if (t != NULL) {
        memcpy(t->name, name, len + 1);
        *end = t;
    }
    return t;
}

/* Under the lock: a topic that nobody has subscribed to goes. */
static void drop_when_empty(struct topic **at)
{
    struct topic *t = *at;
    if (t->count == 0) {
        *at = t->next;
        ak_mem_free(t->pids);
        ak_mem_free(t);
    }
}

/* Under the lock: drops who has ended, and `gone`. True when `gone` was there. */
static bool compact(struct ak_system *sys, struct topic *t, struct ak_pid gone)
{
    size_t kept = 0;
    bool found = false;
    for (size_t i = 0; i < t->count; i++) {
        const bool is_gone = ak_pid_eq(t->pids[i], gone);
        found = found || is_gone;
        if (!is_gone && ak_actor_is_alive(sys, t->pids[i])) {
            t->pids[kept++] = t->pids[i];
        }
    }
    t->count = kept;
    return found;
}

static bool room(struct topic *t)
{
    if (t->count < t->cap) {
        return true;
    }
    const size_t cap = t->cap == 0 ? 8 : 2 * t->cap;
    struct ak_pid *pids = ak_mem_alloc(cap * sizeof *pids);
    if (pids == NULL) {
        return false;
    }
    for (size_t i = 0; i < t->count; i++) {
        pids[i] = t->pids[i];
    }
    ak_mem_free(t->pids);
    t->pids = pids;
    t->cap = cap;
    return true;
}

bool ak_topic_subscribe(struct ak_system *sys, const char *topic, struct ak_pid pid)
{
    struct topics *all = sys->topics;
    (void)pthread_mutex_lock(&all->lock);
    struct topic **at = link_of(all, topic);
    struct topic *t = *at != NULL ? *at : add(at, topic);
    bool ok = t != NULL;
    if (ok) {
        (void)compact(sys, t, pid);
        ok = room(t);
        if (ok) {
            t->pids[t->count++] = pid;
        }
        drop_when_empty(at);
    }
    (void)pthread_mutex_unlock(&all->lock);
    return ok;
}

bool ak_topic_unsubscribe(struct ak_system *sys, const char *topic, struct ak_pid pid)
{
    struct topics *all = sys->topics;
    (void)pthread_mutex_lock(&all->lock);
    struct topic **at = link_of(all, topic);
    bool found = false;
    if (*at != NULL) {
        found = compact(sys, *at, pid);
        drop_when_empty(at);
    }
    (void)pthread_mutex_unlock(&all->lock);
    return found;
}

size_t ak_topic_publish(struct ak_system *sys, const char *topic, struct ak_pid from,
                        struct ak_msg *msg)
{
    struct topics *all = sys->topics;
    size_t told = 0;
    (void)pthread_mutex_lock(&all->lock);
    struct topic **at = link_of(all, topic);
    if (*at != NULL) {
        const struct topic *t = *at;
        (void)compact(sys, *at, AK_NOBODY);
        for (size_t i = 0; i < t->count; i++) {
            struct ak_msg *copy = ak_msg_copy(msg);
            told += copy != NULL && ak_actor_tell(sys, t->pids[i], from, copy) == AK_SENT;
        }
        drop_when_empty(at);
    }
    (void)pthread_mutex_unlock(&all->lock);
    ak_msg_free(msg);
    return told;
}

size_t ak_topic_count(struct ak_system *sys, const char *topic)
{
    struct topics *all = sys->topics;
    size_t n = 0;
    (void)pthread_mutex_lock(&all->lock);
    struct topic **at = link_of(all, topic);
    if (*at != NULL) {
        (void)compact(sys, *at, AK_NOBODY);
        n = (*at)->count;
        drop_when_empty(at);
    }
    (void)pthread_mutex_unlock(&all->lock);
    return n;
}
