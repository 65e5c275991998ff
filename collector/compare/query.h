/* Filters and projections over benchmark results, in the language of golang.org/x/perf/benchproc.
 *
 *   filter      .name:Encode /size:/^1/ -(goos:linux OR .unit:B/op)
 *   projection  .fullname   /format@(gob json),/size@num   .config
 *
 * Keys: .name, .fullname, /key of the name ("/gomaxprocs" reads the -N suffix too), .unit (filters
 * only), .config (projections only: all "key: value" lines), any other a "key: value" line; .file
 * is the label of the input. */
#ifndef COLLECTOR_QUERY_H
#define COLLECTOR_QUERY_H

#include "base/arena.h"
#include "collector/bench_text.h"
#include "regex.h"

/* --- tokens ------------------------------------------------------------------------------ */

enum query_kind {
    QUERY_END = 0,
    QUERY_WORD = 'w',
    QUERY_QUOTED = 'q',
    QUERY_REGEX = 'r',
    QUERY_AND = 'A',
    QUERY_OR = 'O', /* operators are their own character: ( ) : @ , - * */
};

struct query_token {
    int kind;
    size_t at;          /* where it starts */
    struct ak_str text; /* in arena when quoted, else borrowed */
};

struct query_lexer {
    struct ak_str all;
    size_t at;
    struct ak_arena *arena;
    const char *what; /* "-filter", for messages */
    struct ak_error *err;
    enum ak_status status; /* the first error; then only QUERY_END comes */
};

/* Consumes the next token; `regex` allows /.../ . */
struct query_token collector_query_next(struct query_lexer *lex, bool regex);
/* The same without consuming it. */
struct query_token collector_query_peek(const struct query_lexer *lex, bool regex);
/* Records a syntax error at byte `at` (the first wins). */
void collector_query_error(struct query_lexer *lex, size_t at, const char *text);

/* --- one result as queries see it -------------------------------------------------------- */

struct query_result {
    const struct ak_bench_record *record;
    struct ak_str file;     /* label of the input */
    uint64_t circumstances; /* equal for results with the same file and configuration */
};

enum query_key_kind { KEY_NAME, KEY_FULLNAME, KEY_PART, KEY_CONFIG };

struct query_key {
    enum query_key_kind kind;
    struct ak_str text; /* KEY_PART: "/size"; KEY_CONFIG: "goos" */
};
struct query_key collector_query_key_of(struct ak_str text);
/* The value of a key; empty when the result does not have it. */
struct ak_str collector_query_extract(const struct query_key *key,
                                      const struct query_result *result);
/* The full name without the parts in `excluded` (".name" becomes "*"); may use `scratch`. */
struct ak_str collector_query_fullname(const struct query_result *result,
                                       const struct ak_str *excluded, size_t count,
                                       struct ak_buf *scratch);

/* --- filters ----------------------------------------------------------------------------- */

struct query_filter; /* in arena; holds regular expressions until released */

enum ak_status collector_query_filter_parse(const char *text, struct ak_arena *arena,
                                            struct query_filter **out,
                                            struct ak_error *err) AK_MUST_USE;
void collector_query_filter_release(struct query_filter *f); /* accepts NULL */
/* Adds "key has one of these values" to the filter. */
void collector_query_filter_require(struct query_filter *f, const struct query_key *key,
                                    const struct ak_str *values, size_t count,
                                    struct ak_arena *arena);
/* True when the answer depends on the units of a result too. */
bool collector_query_filter_sees_units(const struct query_filter *f);
/* Writes the indexes of the values that pass to out_kept (room for value_count); returns how many.
 */
size_t collector_query_filter_apply(struct query_filter *f, const struct query_result *result,
                                    uint32_t *out_kept);

#endif
