/* One sanitiser per sink. Names come from profiles and benchmark text, which anybody may have
 * written; nothing reaches a sink without one of these. All append to `out`. */
#ifndef BASE_SANITIZE_H
#define BASE_SANITIZE_H

#include "base/buf.h"

/* Terminal and plain text files: C0, C1, DEL, ESC and invalid UTF-8 become U+FFFD or \xNN text;
 * tab becomes a blank. Never changes harmless text. */
void ak_sanitize_text(struct ak_buf *out, struct ak_str s);
/* HTML and SVG text and double-quoted attributes: & < > " ' escaped, controls replaced. */
void ak_sanitize_html(struct ak_buf *out, struct ak_str s);
/* A Markdown table cell: | ` * _ < > @ # [ ] \ ~ and newlines made harmless. */
void ak_sanitize_markdown(struct ak_buf *out, struct ak_str s);
/* Inside a Markdown code span: fence longer than any run of backticks inside, | escaped. */
void ak_sanitize_markdown_code(struct ak_buf *out, struct ak_str s);
/* A CSV cell (RFC 4180), quoted where needed; a leading = + - @ of text that is no number is
 * preceded by an apostrophe. */
void ak_sanitize_csv(struct ak_buf *out, struct ak_str s);
/* A file name: letters, digits, . _ - kept, the rest becomes _; never empty, never starts with '.'.
 */
void ak_sanitize_filename(struct ak_buf *out, struct ak_str s);

#endif
