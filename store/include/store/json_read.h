/* Reading JSON through SQLite's own parser: a document becomes a tree of nodes in an arena.
 * Documents are at most 32 MiB and 1 Mi values, and nest at most 1,000 deep. */
#ifndef STORE_JSON_READ_H
#define STORE_JSON_READ_H

#include "base/arena.h"

enum ak_json_type {
    AK_JSON_NULL,
    AK_JSON_BOOL,
    AK_JSON_NUMBER,
    AK_JSON_STRING,
    AK_JSON_ARRAY,
    AK_JSON_OBJECT,
};

struct ak_json_node {
    enum ak_json_type type;
    struct ak_str key; /* of a member of an object, else empty */
    struct ak_str
        text;      /* STRING: decoded, NUL follows; NUMBER: as written; BOOL: "true", "false" */
    double number; /* NUMBER; BOOL: 0 or 1 */
    const struct ak_json_node *child; /* first member or element */
    const struct ak_json_node *next;  /* sibling */
};

/* Keeps one SQLite connection and statement, for reading many documents. */
struct ak_json_reader;
enum ak_status ak_json_reader_open(struct ak_json_reader **out, struct ak_error *err) AK_MUST_USE;
void ak_json_reader_close(struct ak_json_reader *r); /* accepts NULL */

/* Parses one document; `name` begins messages. The tree is in arena, borrows nothing. O(bytes). */
enum ak_status ak_json_read(struct ak_json_reader *r, const char *name, struct ak_str json,
                            struct ak_arena *arena, const struct ak_json_node **out,
                            struct ak_error *err) AK_MUST_USE;

/* The member `key` of an object (the first of that name), or NULL; NULL for anything else. */
const struct ak_json_node *ak_json_get(const struct ak_json_node *object, const char *key);
/* Its text when it is a string, else empty; its number when it is one, else `otherwise`. */
struct ak_str ak_json_get_str(const struct ak_json_node *object, const char *key);
double ak_json_get_num(const struct ak_json_node *object, const char *key, double otherwise);
size_t ak_json_count(const struct ak_json_node *container);

#endif
