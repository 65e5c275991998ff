/* The interface of the plug-in `fetch`: one HTTP request through libcurl. */
#ifndef CLI_FETCH_H
#define CLI_FETCH_H

#include "base/buf.h"

struct fetch_request {
    const char *url;
    int64_t timeout_seconds;
    uint64_t max_bytes;                      /* of the answer; 0: no maximum */
    const char *tls_cert, *tls_key, *tls_ca; /* files, "" for none */
    bool insecure;                           /* do not verify the server */
};

struct fetch_table {
    /* Appends the answer to body. AK_IO when the server cannot be reached or answers with another
     * status than 200; the text says which. */
    enum ak_status (*get)(const struct fetch_request *request, struct ak_buf *body,
                          struct ak_error *err);
};

#endif
