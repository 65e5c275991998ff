/* Private to store/: what the profiles of one store share, as far as this process has met it. Each
 * content is looked up by the hash of its bytes and compared as a whole; new ones are inserted.
 * Everything here mirrors the file, so a rollback throws it away. */
#ifndef DICT_H
#define DICT_H

#include "base/hash.h"
#include "base/idmap.h"
#include "db.h"
#include "deflate.h"

enum store_kind {
    KIND_STRING = 1,
    KIND_FUNCTION,
    KIND_FRAME,
    KIND_BINARY,
    KIND_SHAPE,
};

/* Ids of the file to indexes in memory. Ids are dense, so an array; what a damaged file may claim
 * beyond goes through a map. */
struct store_index {
    uint32_t *direct; /* id -> index + 1, 0 when absent */
    size_t direct_cap;
    struct ak_idmap rest;
};
uint32_t store_index_get_rest(const struct store_index *x, uint32_t id);
static inline uint32_t store_index_get(const struct store_index *x, uint32_t id)
{
    return id < x->direct_cap ? x->direct[id] - 1u : store_index_get_rest(x, id);
}
/* The index of id; `index` is inserted when there is none. */
uint32_t store_index_put(struct store_index *x, uint32_t id, uint32_t index);
void store_index_release(struct store_index *x);

struct store_item {
    uint32_t id;   /* in the file */
    uint32_t next; /* another item with the same hash, or AK_IDMAP_NONE */
    /* Scratch of one unpacking: `local` is its index there when `stamp` is the unpacking's. */
    uint32_t stamp, local;
    struct ak_str body;
};

/* Entities met so far. */
struct store_table {
    struct ak_idmap by_hash; /* -> index of items */
    struct store_index by_id;
    struct store_item *items;
    size_t count, cap;
    bool asked, complete; /* complete: every entity of the file is here, so none is looked for */
};

/* Stacks, numbered from 0. Their hashes are loaded only for adding. */
struct store_stacks {
    struct store_index by_id; /* -> index of bodies */
    struct ak_str *bodies;    /* of the stacks met so far */
    size_t body_count, bodies_cap;
    bool hashed;                /* all below is valid */
    uint32_t count;             /* of all stacks */
    uint32_t saved, last_chunk; /* as in store_binary */
    struct ak_idmap by_hash;    /* -> newest stack with that hash */
    uint32_t *hashes, *next;    /* next: an older one with the same hash, or AK_IDMAP_NONE */
    size_t hashes_cap, next_cap;
};

/* Where one frame was met in one binary: ordinals, ascending. */
struct store_places {
    uint32_t *ordinals;
    uint32_t count;
    size_t cap;
};

/* The address table of a binary. Ordinal i is the pair (frames[i], addresses[i]); ordinals never
 * change. */
struct store_binary {
    uint32_t id;
    uint32_t *frames;
    uint64_t *addresses;       /* relative to where the binary is mapped */
    uint32_t *stamps, *locals; /* scratch of one unpacking, as in store_item */
    size_t frames_cap, addresses_cap, stamps_cap, locals_cap;
    uint32_t count;
    uint32_t saved;              /* ordinals below are in the file */
    uint32_t last_chunk;         /* first ordinal of the last chunk in the file */
    struct ak_idmap pairs;       /* hash of (frame, address) -> ordinal */
    struct store_index by_frame; /* frame -> index of places */
    struct store_places *places;
    size_t places_count, places_cap;
};

/* The tables of the profile that was unpacked last, kept for the next one. */
struct store_unpacked {
    struct ak_str *strings;
    struct ak_function *functions;
    struct ak_location *locations;
    struct ak_line *lines;
    uint32_t *stack_ids;
    struct store_frame_use *uses;
    size_t strings_cap, functions_cap, locations_cap, lines_cap, stack_cap, uses_cap;
};
void store_unpacked_release(struct store_unpacked *u);

struct store_dict {
    struct store_unpacked unpacked;
    struct store_deflate *deflate;
    struct ak_arena *arena;   /* bodies of items */
    struct ak_arena *scratch; /* of one packing or unpacking */
    struct store_table entity;
    struct store_stacks stacks;
    struct store_binary **binaries;
    size_t binary_count, binary_cap;
    uint32_t stamp;
};

struct store_dict *store_dict_of(struct ak_store *s); /* made on first use */
void store_dict_forget(struct ak_store *s);           /* after a rollback */
void store_dict_free(struct store_dict *d);           /* accepts NULL */

/* 32 bits are enough to find a body: all with the same hash are compared. */
static inline uint32_t store_hash(struct ak_str body)
{
    return (uint32_t)ak_hash_str(body);
}

/* The entity with this body, inserted when it is new. Inside a write transaction. */
enum ak_status store_entity_intern(struct ak_store *s, struct ak_str body, uint32_t *out_id,
                                   struct ak_error *err) AK_MUST_USE;
/* The id of a body that is there, 0 when it is not. */
enum ak_status store_entity_find(struct ak_store *s, struct ak_str body, uint32_t *out_id,
                                 struct ak_error *err) AK_MUST_USE;
/* The entity of an id, valid until the next call. CORRUPT when it is not there. */
enum ak_status store_entity_get(struct ak_store *s, uint32_t id, struct store_item **out,
                                struct ak_error *err) AK_MUST_USE;
/* The entity of a string; 0 for "". */
enum ak_status store_string_intern(struct ak_store *s, struct ak_str text, uint32_t *out_id,
                                   struct ak_error *err) AK_MUST_USE;

/* 0 as well when it is not there. */
enum ak_status store_string_find(struct ak_store *s, struct ak_str text, uint32_t *out_id,
                                 struct ak_error *err) AK_MUST_USE;

/* The number of a stack (its frames as packed numbers), added when it is new. */
enum ak_status store_stack_intern(struct ak_store *s, struct ak_str body, uint32_t *out_id,
                                  struct ak_error *err) AK_MUST_USE;
/* The frames of a stack, valid until forgotten. CORRUPT when it is not there. */
enum ak_status store_stack_get(struct ak_store *s, uint32_t id, struct ak_str *out,
                               struct ak_error *err) AK_MUST_USE;
enum ak_status store_stack_save(struct ak_store *s, struct ak_error *err) AK_MUST_USE;
void store_stacks_release(struct store_stacks *t);

/* The address table of a binary, loaded on first use; valid until forgotten. */
enum ak_status store_binary_get(struct ak_store *s, uint32_t id, struct store_binary **out,
                                struct ak_error *err) AK_MUST_USE;
/* The ordinal of the pair, added when new. AK_IDMAP_NONE in the rare case of equal hashes. */
uint32_t store_binary_add(struct store_binary *b, uint32_t frame, uint64_t address);
const struct store_places *store_binary_places(const struct store_binary *b, uint32_t frame);
/* How many of the places have an ordinal below `limit`. */
uint32_t store_places_below(const struct store_places *p, uint32_t limit);
enum ak_status store_binary_save(struct ak_store *s, struct ak_error *err) AK_MUST_USE;
void store_binary_free(struct store_binary *b);

/* Writes the stacks and addresses that were added. Before each commit. */
enum ak_status store_dict_save(struct ak_store *s, struct ak_error *err) AK_MUST_USE;

/* --- lists in chunks: see the schema ---------------------------------------------------------- */

enum { STORE_CHUNK = 256 };

static inline int64_t store_chunk_id(uint32_t list, uint32_t first)
{
    return (int64_t)((uint64_t)list << 32 | first);
}
/* Writes a chunk; `plain` is deflated. */
struct store_chunk {
    int64_t id;
    uint32_t count;
    struct ak_str hashes, plain;
};
enum ak_status store_chunk_put(struct ak_store *s, const struct store_chunk *c,
                               struct ak_error *err) AK_MUST_USE;
/* The plain bytes of a chunk's body, appended; false when damaged. */
bool store_chunk_read(struct ak_store *s, struct ak_str body, struct ak_buf *out);

#endif
