/* json_tree gives one row per value, parents before children; a stack of the open containers
 * rebuilds the tree. SQLite 3.40 does not tell where a document is malformed. */
#include "store/json_read.h"

#include "base/mem.h"

#include <sqlite3.h>
#include <stdio.h>

#define MAX_BYTES ((size_t)32 << 20)
#define MAX_VALUES ((size_t)1 << 20)
#define MAX_DEPTH 1000

struct ak_json_reader {
    sqlite3 *db;
    sqlite3_stmt *tree;
};

struct open_container {
    int64_t id;
    struct ak_json_node *node, *last;
};

enum ak_status ak_json_reader_open(struct ak_json_reader **out, struct ak_error *err)
{
    static const char sql[] = "SELECT id, parent, type, key, atom FROM json_tree(?1)";
    struct ak_json_reader *r = ak_calloc(1, sizeof *r);
    if (sqlite3_open_v2(":memory:", &r->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
            SQLITE_OK ||
        sqlite3_prepare_v2(r->db, sql, (int)sizeof sql, &r->tree, NULL) != SQLITE_OK) {
        const enum ak_status st = ak_fail(err, AK_UNSUPPORTED, "SQLite cannot read JSON: %s",
                                          r->db ? sqlite3_errmsg(r->db) : "out of memory");
        ak_json_reader_close(r);
        return st;
    }
    *out = r;
    return AK_OK;
}

void ak_json_reader_close(struct ak_json_reader *r)
{
    if (!r) {
        return;
    }
    sqlite3_finalize(r->tree);
    sqlite3_close(r->db);
    ak_free(r);
}

/* An upper bound of the number of values and of the nesting, before SQLite spends memory on them.
 */
static bool is_within_limits(struct ak_str json)
{
    size_t values = 1, depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < json.len; i++) {
        const char c = json.ptr[i];
        if (in_string) {
            i += c == '\\';
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            values++;
            if (++depth > MAX_DEPTH) {
                return false;
            }
        } else if (c == ']' || c == '}') {
            depth -= depth > 0;
        } else {
            values += c == ',';
        }
    }
    return values <= MAX_VALUES;
}

static enum ak_json_type type_of(struct ak_str name)
{
    static const struct {
        const char *name;
        enum ak_json_type type;
    } types[] = {
        {"null", AK_JSON_NULL},      {"true", AK_JSON_BOOL},     {"false", AK_JSON_BOOL},
        {"integer", AK_JSON_NUMBER}, {"real", AK_JSON_NUMBER},   {"text", AK_JSON_STRING},
        {"array", AK_JSON_ARRAY},    {"object", AK_JSON_OBJECT},
    };
    for (size_t i = 0; i < AK_COUNT(types); i++) {
        if (ak_str_eq(ak_str_from(types[i].name), name)) {
            return types[i].type;
        }
    }
    return AK_JSON_NULL;
}

static struct ak_str column(sqlite3_stmt *row, int i)
{
    const char *const text = (const char *)sqlite3_column_text(row, i);
    return (struct ak_str){text ? text : "", text ? (size_t)sqlite3_column_bytes(row, i) : 0};
}

static struct ak_json_node *read_row(sqlite3_stmt *row, struct ak_arena *arena)
{
    struct ak_json_node *node = AK_NEW(arena, struct ak_json_node);
    const struct ak_str type = column(row, 2);
    node->type = type_of(type);
    if (sqlite3_column_type(row, 3) == SQLITE_TEXT) {
        node->key = ak_arena_str(arena, column(row, 3));
    }
    if (node->type == AK_JSON_BOOL) {
        node->text = ak_arena_str(arena, type);
        node->number = type.ptr[0] == 't';
    } else if (node->type == AK_JSON_NUMBER) {
        node->number = sqlite3_column_double(row, 4);
        node->text = ak_arena_str(arena, column(row, 4));
    } else if (node->type == AK_JSON_STRING) {
        node->text = ak_arena_str(arena, column(row, 4));
    }
    return node;
}

/* Puts a node under its parent; returns the new height of the stack. */
static size_t attach(struct open_container *stack, size_t height, int64_t parent,
                     struct ak_json_node *node)
{
    while (height > 0 && stack[height - 1].id != parent) {
        height--;
    }
    if (height > 0) {
        struct open_container *top = &stack[height - 1];
        if (top->last) {
            top->last->next = node;
        } else {
            top->node->child = node;
        }
        top->last = node;
    }
    return height;
}

static int read_tree(struct ak_json_reader *r, struct ak_arena *arena,
                     const struct ak_json_node **out)
{
    struct open_container *stack = ak_calloc(MAX_DEPTH + 1, sizeof *stack);
    const struct ak_json_node *root = NULL;
    size_t height = 0;
    int rc;
    while ((rc = sqlite3_step(r->tree)) == SQLITE_ROW) {
        struct ak_json_node *node = read_row(r->tree, arena);
        if (root) {
            height = attach(stack, height, sqlite3_column_int64(r->tree, 1), node);
        } else {
            root = node;
        }
        if (node->type >= AK_JSON_ARRAY && height <= MAX_DEPTH) {
            stack[height++] =
                (struct open_container){.id = sqlite3_column_int64(r->tree, 0), .node = node};
        }
    }
    ak_free(stack);
    *out = root;
    return root || rc != SQLITE_DONE ? rc : SQLITE_ERROR;
}

enum ak_status ak_json_read(struct ak_json_reader *r, const char *name, struct ak_str json,
                            struct ak_arena *arena, const struct ak_json_node **out,
                            struct ak_error *err)
{
    if (json.len > MAX_BYTES || !is_within_limits(json)) {
        return ak_fail(err, AK_LIMIT, "%s: JSON of more than %zu MiB, %zu values or %d levels",
                       name, MAX_BYTES >> 20, MAX_VALUES, MAX_DEPTH);
    }
    sqlite3_bind_text(r->tree, 1, json.ptr, (int)json.len, SQLITE_STATIC);
    const struct ak_json_node *root = NULL;
    const int rc = read_tree(r, arena, &root);
    enum ak_status st = AK_OK;
    if (rc != SQLITE_DONE) {
        st = ak_fail(err, AK_FORMAT, "%s: %s", name,
                     rc == SQLITE_ERROR ? sqlite3_errmsg(r->db) : sqlite3_errstr(rc));
    }
    sqlite3_reset(r->tree);
    sqlite3_clear_bindings(r->tree);
    if (st == AK_OK) {
        *out = root;
    }
    return st;
}

const struct ak_json_node *ak_json_get(const struct ak_json_node *object, const char *key)
{
    if (!object || object->type != AK_JSON_OBJECT) {
        return NULL;
    }
    const struct ak_str wanted = ak_str_from(key);
    for (const struct ak_json_node *n = object->child; n; n = n->next) {
        if (ak_str_eq(n->key, wanted)) {
            return n;
        }
    }
    return NULL;
}

struct ak_str ak_json_get_str(const struct ak_json_node *object, const char *key)
{
    const struct ak_json_node *n = ak_json_get(object, key);
    return n && n->type == AK_JSON_STRING ? n->text : (struct ak_str){"", 0};
}

double ak_json_get_num(const struct ak_json_node *object, const char *key, double otherwise)
{
    const struct ak_json_node *n = ak_json_get(object, key);
    return n && n->type == AK_JSON_NUMBER ? n->number : otherwise;
}

size_t ak_json_count(const struct ak_json_node *container)
{
    size_t n = 0;
    for (const struct ak_json_node *c = container ? container->child : NULL; c; c = c->next) {
        n++;
    }
    return n;
}
