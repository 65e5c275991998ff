/* The pages of `akreport serve`. */
#ifndef CLI_SERVE_PAGES_H
#define CLI_SERVE_PAGES_H

#include "collector/criteria.h"
#include "reporter/template.h"
#include "serve.h"
#include "store/store.h"

struct serve_site {
    struct ak_store *store; /* read only */
    struct ak_templates *templates;
    const struct ak_criteria *criteria; /* NULL: built in */
    const char *source_path; /* "": sources are not shown, nothing outside the store is read */
};

/* Answers one request; a failure is an answer too. */
void cli_serve_answer(void *site, const struct serve_request *request, struct serve_answer *out);

#endif
