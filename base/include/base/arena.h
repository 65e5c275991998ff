/* Arena: many small allocations released at once. One arena per decoded profile, per report model,
 * per statement batch. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/status.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

struct ak_arena;

struct ak_arena *ak_arena_new(void);     /* returns owned */
void ak_arena_free(struct ak_arena *a);  /* accepts NULL; all memory handed out ends here */
void ak_arena_reset(struct ak_arena *a); /* forget all allocations, keep one block for reuse */

/* Aligned to 16 bytes, not zeroed / zeroed. Size 0 gives a valid pointer. */
void *ak_arena_alloc(struct ak_arena *a, size_t size);
void *ak_arena_zalloc(struct ak_arena *a, size_t count, size_t size);
void *ak_arena_copy(struct ak_arena *a, const void *p, size_t size);
/* NUL-terminated copies, in arena. */
char *ak_arena_strdup(struct ak_arena *a, const char *s);
char *ak_arena_strndup(struct ak_arena *a, const char *s, size_t n);
struct ak_str ak_arena_str(struct ak_arena *a, struct ak_str s); /* copy, NUL follows */
char *ak_arena_printf(struct ak_arena *a, const char *fmt, ...) AK_PRINTF(2, 3);

/* Bytes obtained from the system so far. */
size_t ak_arena_bytes(const struct ak_arena *a);

#define AK_NEW(arena, type) ((type *)ak_arena_zalloc((arena), 1, sizeof(type)))
#define AK_NEW_ARRAY(arena, type, n) ((type *)ak_arena_zalloc((arena), (n), sizeof(type)))

#endif
