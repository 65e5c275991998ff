#include "prof_labels.h"

#include "prof_pool.h"
#include "runtime/message.h"
#include "runtime/prof.h"

#include <pthread.h>
#include <string.h>

__thread const struct ak_prof_labels *volatile ak_prof_labels_current
    __attribute__((tls_model("initial-exec")));

/* Names are never given back: a handler on another thread may be reading one. */
enum { BENCHMARKS_MAX = 1024 };
static struct {
    pthread_mutex_t lock;
    struct runtime_pool pool;
    const char *name[BENCHMARKS_MAX];
    size_t count;
    const char *current;
} benchmarks = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const char *keep_name(const char *name)
{
    for (size_t i = 0; i < benchmarks.count; i++) {
        if (strcmp(benchmarks.name[i], name) == 0) {
            return benchmarks.name[i];
        }
    }
    const size_t size = strlen(name) + 1;
    char *copy =
        benchmarks.count < BENCHMARKS_MAX ? runtime_pool_alloc(&benchmarks.pool, size) : NULL;
    if (copy) {
        memcpy(copy, name, size);
        benchmarks.name[benchmarks.count++] = copy;
    }
    return copy;
}

void ak_prof_benchmark_set(const char *name)
{
    pthread_mutex_lock(&benchmarks.lock);
    const char *const kept = name ? keep_name(name) : NULL;
    __atomic_store_n(&benchmarks.current, kept, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&benchmarks.lock);
}

void runtime_labels_add(struct runtime_labels *labels, enum runtime_label tag, const char *text)
{
    const size_t at = labels->length;
    size_t n = 0;
    if (!text || !text[0] || at + 2 + RUNTIME_LABEL_TEXT_MAX > sizeof labels->bytes) {
        return;
    }
    while (n < RUNTIME_LABEL_TEXT_MAX && text[n]) {
        labels->bytes[at + 2 + n] = (uint8_t)text[n];
        n++;
    }
    if (n == RUNTIME_LABEL_TEXT_MAX && text[n]) { /* do not cut a UTF-8 rune */
        while (n > 0 && ((uint8_t)text[n] & 0xc0) == 0x80) {
            n--;
        }
    }
    labels->bytes[at] = (uint8_t)tag;
    labels->bytes[at + 1] = (uint8_t)n;
    labels->length = at + 2 + n;
}

enum { NUMBER_BYTES = 16 }; /* "type 4294967295" */

static const char *number_text(uint32_t type, char out[NUMBER_BYTES])
{
    static const char prefix[] = "type ";
    char digits[10];
    size_t n = 0;
    do {
        digits[n++] = (char)('0' + type % 10);
        type /= 10;
    } while (type > 0);
    memcpy(out, prefix, sizeof prefix - 1);
    for (size_t i = 0; i < n; i++) {
        out[sizeof prefix - 1 + i] = digits[n - 1 - i];
    }
    out[sizeof prefix - 1 + n] = '\0';
    return out;
}

/* The text of a message's type: the runtime's own name, the class's, or its number in `room`. */
static const char *message_text(const struct ak_prof_labels *own, char room[NUMBER_BYTES])
{
    if (own->message || own->message_code == 0) {
        return own->message;
    }
    const uint32_t type = (uint32_t)(own->message_code - 1);
    const struct ak_message_names *const names = own->messages;
    switch (type) {
    case AK_MSG_TERMINATED:
        return "Terminated";
    case AK_MSG_TIMER:
        return "Timer";
    case AK_MSG_EVENT:
        return "Event";
    default:
        return names && type < names->count && names->name[type] ? names->name[type]
                                                                 : number_text(type, room);
    }
}

void runtime_labels_take(struct runtime_labels *out)
{
    const struct ak_prof_labels *const own = ak_prof_labels_current;
    const char *benchmark = own ? own->benchmark : NULL;
    out->length = 0;
    if (!benchmark) {
        benchmark = __atomic_load_n(&benchmarks.current, __ATOMIC_ACQUIRE);
    }
    if (benchmark) {
        runtime_labels_add(out, RUNTIME_LABEL_BENCHMARK, benchmark);
    }
    if (own) {
        runtime_labels_add(out, RUNTIME_LABEL_ACTOR, own->actor);
        runtime_labels_add(out, RUNTIME_LABEL_KIND, own->kind);
        char room[NUMBER_BYTES];
        runtime_labels_add(out, RUNTIME_LABEL_MESSAGE, message_text(own, room));
    }
}

const char *runtime_labels_next(const uint8_t *bytes, size_t *at, enum runtime_label *out_tag,
                                size_t *out_length)
{
    const char *const text = (const char *)bytes + *at + 2;
    *out_tag = (enum runtime_label)bytes[*at];
    *out_length = bytes[*at + 1];
    *at += 2 + *out_length;
    return text;
}

const char *runtime_label_key(enum runtime_label tag)
{
    static const char *const key[] = {
#define X(name, text) text,
        RUNTIME_LABEL_MAP(X)
#undef X
    };
    return key[tag];
}
