/* Templates: the core of mustache (https://github.com/mustache/spec, without lambdas), compiled
 * once and rendered with a tree of values. Template files are embedded; a folder replaces them one
 * by one. */
#ifndef REPORTER_TEMPLATE_H
#define REPORTER_TEMPLATE_H

#include "base/arena.h"
#include "base/buf.h"

/* --- values: what a template can name. All in an arena; strings are borrowed. -------------- */

enum ak_tvalue_kind { AK_TV_NULL, AK_TV_FALSE, AK_TV_TRUE, AK_TV_STR, AK_TV_LIST, AK_TV_MAP };

struct ak_tvalue {
    enum ak_tvalue_kind kind;
    struct ak_str str;              /* STR */
    const char *key;                /* in a MAP: the name of this value */
    struct ak_tvalue *first, *last; /* LIST, MAP: children in order */
    struct ak_tvalue *next;
};

struct ak_tvalue *ak_tvalue_map(struct ak_arena *a);
struct ak_tvalue *ak_tvalue_list(struct ak_arena *a);
struct ak_tvalue *ak_tvalue_str(struct ak_arena *a, struct ak_str s);
struct ak_tvalue *ak_tvalue_bool(struct ak_arena *a, bool b);
/* Adds `v` to a map under `key` (borrowed) / to the end of a list. */
void ak_tvalue_set(struct ak_tvalue *map, const char *key, struct ak_tvalue *v);
void ak_tvalue_push(struct ak_tvalue *list, struct ak_tvalue *v);
/* Shorthands; NULL text is "". The printf form keeps its text in the arena. */
void ak_tvalue_set_str(struct ak_arena *a, struct ak_tvalue *map, const char *key, const char *s);
void ak_tvalue_set_bool(struct ak_arena *a, struct ak_tvalue *map, const char *key, bool b);
void ak_tvalue_set_f(struct ak_arena *a, struct ak_tvalue *map, const char *key, const char *fmt,
                     ...) AK_PRINTF(4, 5);

/* --- where templates come from ------------------------------------------------------------ */

/* `dir` (--templates), else $AKREPORT_TEMPLATES, else the user's configuration folder's
 * akreport/templates; each file that is not there is the embedded one. */
struct ak_templates;
/* Refuses a folder whose VERSION is another than the embedded one. Returns owned through out. */
enum ak_status ak_templates_open(const char *dir, struct ak_templates **out,
                                 struct ak_error *err) AK_MUST_USE;
void ak_templates_close(struct ak_templates *t);
/* The text of a template, borrowed until close (NULL `t`: embedded only). Names never leave the
 * folder: "..", a leading "/" and control characters are refused. */
enum ak_status ak_templates_load(struct ak_templates *t, const char *name, struct ak_str *out,
                                 struct ak_error *err) AK_MUST_USE;
/* Writes every embedded template (not the fonts) below `dir`. */
enum ak_status ak_templates_export(const char *dir, size_t *out_files,
                                   struct ak_error *err) AK_MUST_USE;

/* --- rendering ------------------------------------------------------------------------------ */

typedef void (*ak_template_escape)(struct ak_buf *out, struct ak_str s);
/* Gives a partial's text; false when there is none (an empty text, an error in strict mode). */
typedef bool (*ak_template_partial)(void *ctx, struct ak_str name, struct ak_str *out_text);

struct ak_template_opts {
    const char *name;            /* in messages */
    ak_template_escape escape;   /* of {{x}}; NULL: HTML */
    ak_template_partial partial; /* NULL: no partials */
    void *partial_ctx;
    bool strict; /* a name that no map on the stack has is an error */
};

/* Renders `text` with `data` (a MAP, or any value for {{.}}) into out. Errors (an unclosed tag or
 * section, an unknown name in strict mode, partials nested deeper than 32) name template and line.
 */
enum ak_status ak_template_render(struct ak_str text, const struct ak_tvalue *data,
                                  const struct ak_template_opts *opts, struct ak_buf *out,
                                  struct ak_error *err) AK_MUST_USE;
/* The text of a template for one use, in arena; NULL: from the folder that ak_templates_open would
 * choose. */
enum ak_status ak_templates_text(struct ak_templates *t, const char *name, struct ak_arena *arena,
                                 struct ak_str *out, struct ak_error *err) AK_MUST_USE;
/* Renders the template `name` of `t`, strict, with partials from `t`; escapes for Markdown when the
 * name ends in ".md.mustache", else for HTML. */
enum ak_status ak_templates_render(struct ak_templates *t, const char *name,
                                   const struct ak_tvalue *data, struct ak_buf *out,
                                   struct ak_error *err) AK_MUST_USE;

#endif
