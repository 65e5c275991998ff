/* Findings of static checks, ranked by heat, as text, JSON, Markdown and SARIF. Plain data that the
 * caller fills; all texts are borrowed while a renderer runs. */
#ifndef REPORTER_LINT_H
#define REPORTER_LINT_H

#include "base/buf.h"

enum ak_lint_level { AK_LINT_NOTE, AK_LINT_WARNING, AK_LINT_ERROR };

struct ak_lint_step { /* one frame of the chain of calls */
    const char *function, *file;
    int64_t line;
};

struct ak_lint_item {
    const char *rule;  /* "L001" */
    const char *title; /* what the rule finds */
    const char *help;  /* what to do */
    enum ak_lint_level level;
    const char *message;  /* the first sentence carries the heat */
    const char *identity; /* what tells it from others of that rule, file and function, the same in
                             every run; NULL: the message, but for its numbers */
    const char *file;     /* path from the root of the repository; "": no place in a file */
    int64_t line;         /* from 1; 0: the whole file */
    const char *function; /* "": not known */
    const char *subject;  /* a profile or benchmark that it is about; NULL or "": none */
    int64_t end_line;     /* 0: the line */
    int64_t start_column, end_column; /* from 1, the end behind the last character; 0: not known */
    const char *fingerprint; /* of the line, as code scanning makes it; NULL: source not at hand */
    int64_t bytes, objects;  /* heat; 0: none is known */
    double share;            /* of the whole, 0 to 1 */
    const struct ak_lint_step *steps; /* where the bytes appear first, the line to edit last */
    size_t step_count;
    const char *step_words[2]; /* before the first step and each other one; NULL: those of a heap */
    const char *const *evidence;
    size_t evidence_count;
};

struct ak_lint_report {
    const char *kind;                 /* of looks of this sort, in the history; NULL: the command */
    const char *subject;              /* "heap decisions of the Go compiler" */
    const struct ak_lint_item *items; /* in the order to show */
    size_t count;
    const char *const *notes; /* facts about the whole, one line each */
    size_t note_count;
};

/* Appends all findings, for people. */
void ak_lint_report_text(const struct ak_lint_report *r, struct ak_buf *out);
void ak_lint_report_markdown(const struct ak_lint_report *r, struct ak_buf *out);
/* Appends everything, for programs. */
void ak_lint_report_json(const struct ak_lint_report *r, struct ak_buf *out);
/* Appends a SARIF 2.1.0 log of one run: the first AK_LINT_SARIF_RESULTS findings that have a place
 * in a file, the chain of calls as a code flow, the notes as notifications, within the limits that
 * code scanning documents. */
#define AK_LINT_SARIF_RESULTS 200
void ak_lint_report_sarif(const struct ak_lint_report *r, struct ak_buf *out);

#endif
