/* XML as a tree, read by expat. Declarations of entities and internal DTDs are refused, so no
 * document is larger than its bytes. */
#ifndef COLLECTOR_LINT_XML_H
#define COLLECTOR_LINT_XML_H

#include "base/arena.h"

struct lint_xml {
    const char *name;
    const char *const *attributes; /* name, value, ..., NULL */
    struct ak_str text;            /* between its children, joined and trimmed; NUL follows */
    const struct lint_xml *child;  /* first */
    const struct lint_xml *next;   /* sibling */
};

/* AK_FORMAT with the line when malformed, AK_LIMIT beyond 32 MiB, 1 Mi elements or 200 levels.
 * `name` begins messages. In arena. O(bytes). */
enum ak_status collector_xml_parse(const char *name, struct ak_str text, struct ak_arena *arena,
                                   const struct lint_xml **out, struct ak_error *err) AK_MUST_USE;

/* The first child of that name, or NULL; NULL for NULL. */
const struct lint_xml *collector_xml_child(const struct lint_xml *e, const char *name);
/* The value of an attribute, or "". */
const char *collector_xml_attribute(const struct lint_xml *e, const char *name);

#endif
