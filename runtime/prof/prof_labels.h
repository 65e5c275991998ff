/* Labels as bytes: pieces of {tag, length, text}, so that a signal handler can copy them and a
 * table can compare them. */
#ifndef RUNTIME_PROF_LABELS_H
#define RUNTIME_PROF_LABELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* tag, key in the profile */
#define RUNTIME_LABEL_MAP(X)                                                                       \
    X(BENCHMARK, "benchmark")                                                                      \
    X(ACTOR, "actor")                                                                              \
    X(KIND, "kind")                                                                                \
    X(MESSAGE, "message")                                                                          \
    X(WAIT, "wait")                                                                                \
    X(STATE, "state")

enum runtime_label {
#define X(tag, key) RUNTIME_LABEL_##tag,
    RUNTIME_LABEL_MAP(X)
#undef X
        RUNTIME_LABEL_COUNT
};

enum { RUNTIME_LABEL_TEXT_MAX = 63, RUNTIME_LABELS_MAX = RUNTIME_LABEL_COUNT * (2 + 63) };

struct runtime_labels {
    size_t length;
    uint8_t bytes[RUNTIME_LABELS_MAX];
};

/* Appends one label, cut to 63 bytes; NULL and "" add nothing. Usable in a signal handler. */
void runtime_labels_add(struct runtime_labels *labels, enum runtime_label tag, const char *text);
/* The calling thread's labels and the process's benchmark. Usable in a signal handler. */
void runtime_labels_take(struct runtime_labels *out);

/* Reads the piece at bytes[*at], moves *at behind it. Returns the text, of *out_length bytes. */
const char *runtime_labels_next(const uint8_t *bytes, size_t *at, enum runtime_label *out_tag,
                                size_t *out_length);
const char *runtime_label_key(enum runtime_label tag);

static inline bool runtime_labels_same(const uint8_t *a, size_t a_bytes, const uint8_t *b,
                                       size_t b_bytes)
{
    return a_bytes == b_bytes && (a_bytes == 0 || memcmp(a, b, a_bytes) == 0);
}

#endif
