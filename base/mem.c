#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void die(size_t size)
{
    char line[96];
    const int n = snprintf(line, sizeof line, "out of memory (%zu bytes were asked for)\n", size);
    if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0) {
        _exit(2);
    }
    _exit(2);
}

/* The one mutable global of base: replaced by tests only. */
static void (*oom_handler)(size_t size) = die;

void ak_set_oom_handler(void (*handler)(size_t size))
{
    oom_handler = handler ? handler : die;
}

static void *checked(void *p, size_t size)
{
    if (!p && size > 0) {
        oom_handler(size);
    }
    return p;
}

void *ak_malloc(size_t size)
{
    return checked(malloc(size ? size : 1), size);
}

void *ak_calloc(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size ? size : 1), count * size);
}

void *ak_realloc(void *p, size_t size)
{
    return checked(realloc(p, size ? size : 1), size);
}

void *ak_reallocarray(void *p, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        oom_handler(SIZE_MAX);
    }
    return ak_realloc(p, bytes);
}

char *ak_strndup(const char *s, size_t n)
{
    char *copy = ak_malloc(n + 1);
    if (n > 0) {
        memcpy(copy, s, n);
    }
    copy[n] = '\0';
    return copy;
}

char *ak_strdup(const char *s)
{
    return ak_strndup(s, strlen(s));
}

void ak_free(void *p)
{
    free(p);
}

/* An array below it doubles, which copies half as much; a larger one wastes less. */
#define GROW_SMALL (1u << 20)

void *ak_grow_(void *items, size_t need, size_t *cap, size_t item_size)
{
    size_t grown = *cap < GROW_SMALL / item_size ? *cap * 2 : *cap + *cap / 2;
    if (grown < 16) {
        grown = 16;
    }
    if (grown < need) {
        grown = need;
    }
    items = ak_reallocarray(items, grown, item_size);
    *cap = grown;
    return items;
}
