/* The pull-request comment: Markdown that says everything in text, its JSON twin, and two pictures.
 * Nothing is posted from here. */
#ifndef REPORTER_COMMENT_H
#define REPORTER_COMMENT_H

#include "reporter/template.h"
#include "store/lint.h"
#include "store/verdict.h"

struct ak_comment {
    const struct ak_comparison *cmp;        /* NULL: criteria only */
    const struct ak_check *check;           /* of the head; NULL: comparison only */
    const struct ak_lint_changes *findings; /* of static checks; NULL: none were kept */
    const char *id;        /* key of the hidden marker for update in place; NULL: "default" */
    const char *base_note; /* how the base was found, "merge base of main"; NULL: nothing */
    const char *image_url; /* folder of the pictures as seen by the reader; NULL: not shown */
    size_t max_bytes;      /* 0: 60,000 */
    struct ak_templates *templates; /* NULL: the embedded ones */
};

/* Appends the Markdown. The verdict is the first line. To keep within max_bytes, tables of what did
 * not get worse go first, then explanations, then the front of long names; a failed criterion or a
 * worse row is never left out before all of that, and what is left out is counted. */
enum ak_status ak_comment_markdown(const struct ak_comment *c, struct ak_buf *out,
                                   struct ak_error *err) AK_MUST_USE;
/* Appends the same model, complete, as JSON. */
void ak_comment_json(const struct ak_comment *c, struct ak_buf *out);
/* Appends GitHub workflow annotations, one line per failed criterion and worse row (at most 10). */
void ak_comment_annotations(const struct ak_comment *c, struct ak_buf *out);
/* Appends verdicts and values as OpenMetrics text. */
void ak_comment_metrics(const struct ak_comment *c, struct ak_buf *out);
/* Writes comment.md, comment.json, annotations.txt, metrics.txt, thumb-light.png and thumb-dark.png
 * into `dir` (made when missing). */
enum ak_status ak_comment_write(const struct ak_comment *c, const char *dir,
                                struct ak_error *err) AK_MUST_USE;

#endif
