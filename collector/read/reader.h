/* Readers of benchmark results: one file and one row of the table in readers.c each. */
#ifndef COLLECTOR_READER_H
#define COLLECTOR_READER_H

#include "base/io.h"
#include "run_build.h"
#include "store/json_read.h"

/* What a reader gets. */
struct collector_source {
    const char *path;                /* for messages */
    struct ak_str bytes;             /* inflated content, or only its head (see streamed) */
    bool streamed;                   /* too large to hold: read again from path */
    bool lenient;                    /* what cannot be kept is left out with a warning */
    const struct ak_limits *limits;  /* for reading again */
    const struct ak_json_node *json; /* the content parsed, NULL when it is no JSON */
};

struct collector_reader {
    const char *name; /* for messages: "Google Benchmark JSON" */
    bool is_json;     /* is asked only for sources with json */
    /* True when the content is of this kind. */
    bool (*matches)(const struct collector_source *src);
    enum ak_status (*read)(const struct collector_source *src, struct collector_build *b,
                           struct ak_error *err);
};

extern const struct collector_reader collector_reader_go_text;
extern const struct collector_reader collector_reader_go_json;
extern const struct collector_reader collector_reader_google;
extern const struct collector_reader collector_reader_criterion;
extern const struct collector_reader collector_reader_pytest;
extern const struct collector_reader collector_reader_hyperfine;
extern const struct collector_reader collector_reader_csv;

/* The reader of a source's content, or NULL. */
const struct collector_reader *collector_reader_find(const struct collector_source *src);

/* True when bytes look like text of some encoding. */
bool collector_reader_is_text(struct ak_str bytes);

#endif
