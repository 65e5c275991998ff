/* Heap memory. The tools end with one clear line when memory runs out (a cap on every input keeps
 * that from being an input's choice); runtime/ does not use these and returns NULL instead. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* Never return NULL for a non-zero size. Freed with ak_free. */
void *ak_malloc(size_t size);
void *ak_calloc(size_t count, size_t size); /* zeroed; count * size is checked */
void *ak_realloc(void *p, size_t size);
/* realloc to count * size bytes, checked for overflow. */
void *ak_reallocarray(void *p, size_t count, size_t size);
char *ak_strdup(const char *s);
char *ak_strndup(const char *s, size_t n);
void ak_free(void *p);

/* Called (once, before any thread) to replace the message and exit(2) on exhaustion, for tests. */
void ak_set_oom_handler(void (*handler)(size_t size));

/* Makes room for `need` items in a growing array: AK_GROW(items, count + 1, cap). Doubles while
 * small, then grows by half. */
#define AK_GROW(items, need, cap)                                                                  \
    do {                                                                                           \
        if ((need) > (cap)) {                                                                      \
            (items) = ak_grow_((items), (need), &(cap), sizeof *(items));                          \
        }                                                                                          \
    } while (0)
void *ak_grow_(void *items, size_t need, size_t *cap, size_t item_size);

/* The number of elements of an array. */
#define AK_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
