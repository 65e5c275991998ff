/* Reports on profiles, in all forms that google/pprof has and some more. A report is built once
 * from a profile, a format and a configuration; rendering it is a pure function to bytes.
 *
 * `compat` gives the reference's bytes; without it the report is right where the reference is wrong
 * (signs of percentages in differences, nodes listed twice, totals of recursive functions). */
#ifndef REPORTER_PPROF_H
#define REPORTER_PPROF_H

#include "profile/graph.h"
#include "profile/regex.h"
#include "profile/tagfilter.h"

/* What a user can set, by pprof's names. Texts are borrowed and "" when not set. */
struct ak_templates;

struct ak_pprof_config {
    const char *output;
    bool call_tree, relative_percentages;
    const char *unit;
    bool compact_labels;
    const char *source_path, *trim_path;
    bool intel_syntax, mean;
    const char *sample_index;
    double divide_by;
    bool normalize;
    const char *sort; /* "flat" or "cum" */
    const char *tagroot, *tagleaf;
    bool drop_negative;
    int64_t nodecount; /* -1: the format's default */
    double nodefraction, edgefraction;
    bool trim;
    const char *focus, *ignore, *prune_from, *hide, *show, *show_from;
    const char *tagfocus, *tagignore, *tagshow, *taghide;
    bool noinlines, showcolumns;
    const char *granularity; /* "" or a name of profile/granularity.h */
    bool json, markdown;     /* another form of top, tree, peek and compare */
    bool compat;
    bool icicle;                    /* flame graphs with the root on top */
    bool inverted;                  /* flame graphs merged from the leaves */
    struct ak_templates *templates; /* of pages and drawings; NULL: the folder in force */
};
struct ak_pprof_config ak_pprof_config_default(void);

struct ak_pprof_report;

/* What a format needs to have built. */
enum ak_pprof_model {
    AK_PPROF_SAMPLES, /* the filtered samples */
    AK_PPROF_FLAT,    /* trimmed graph, sorted; edges only as far as "(inline)" needs them */
    AK_PPROF_GRAPH,   /* trimmed graph with edges */
    AK_PPROF_DRAWN,   /* the same, chosen for a drawing, with tags */
    AK_PPROF_NODES,   /* whole graph, untrimmed, unsorted, without edges */
};

enum ak_pprof_flags {
    AK_PPROF_PARAM = 1, /* takes a regular expression (or an address) */
    AK_PPROF_UNTRIMMED = 2,
    AK_PPROF_ALL_NODES = 4,   /* no limit on nodes unless the user sets one */
    AK_PPROF_OBJECTS = 8,     /* functions of different binaries stay apart */
    AK_PPROF_BINARY = 16,     /* not for terminals: goes to a file there */
    AK_PPROF_VIEWER = 32,     /* goes to a file that is opened in a browser */
    AK_PPROF_ADDITION = 64,   /* the reference has no such format */
    AK_PPROF_CALL_TREE = 128, /* honours call_tree */
    AK_PPROF_PICTURE = 256,   /* as many nodes as can be read at once: 40, not 80 */
};

/* A row of the table of formats. Adding a format is one row and one function. */
struct ak_pprof_format {
    const char *name;
    enum ak_pprof_model model;
    unsigned flags;
    const char *granularity; /* forced, or NULL */
    const char *suffix;      /* of the file for AK_PPROF_BINARY and AK_PPROF_VIEWER */
    enum ak_status (*render)(const struct ak_pprof_report *r, struct ak_buf *out,
                             struct ak_error *err);
    const char *summary; /* one line */
    const char *usage;   /* lines for `help NAME`, or "" */
};
extern const struct ak_pprof_format ak_pprof_formats[];                 /* ends with a NULL name */
const struct ak_pprof_format *ak_pprof_format_find(struct ak_str name); /* or NULL */

struct ak_pprof_report {
    struct ak_arena *arena;
    const struct ak_pprof_format *format;
    struct ak_pprof_config config; /* with the format's overrides */
    struct ak_profile *view;       /* filtered and aggregated */
    uint32_t value;                /* sample type */
    struct ak_str sample_type, sample_unit;
    struct ak_str unit;        /* that values are shown in */
    double ratio;              /* 1 / divide_by */
    int64_t total;             /* what percentages are of */
    bool is_signed;            /* some sample is negative: a difference */
    bool overflow;             /* a sum left 64 bits */
    struct ak_tag_units units; /* of numeric tags */
    struct ak_regex *symbol;   /* the parameter, or NULL */
    struct ak_str title;       /* of a drawing: the main binary */
    struct ak_graph *graph;    /* NULL for AK_PPROF_SAMPLES */
    struct ak_str *legend;     /* lines above the report */
    size_t legend_count;
    const char **notices; /* for stderr */
    size_t notice_count;
};

struct ak_pprof_request {
    const struct ak_pprof_format *format;
    const struct ak_pprof_config *config;
    const char *param; /* for AK_PPROF_PARAM, else NULL */
    /* The stacks of the samples when the profile does not hold them (ak_pprof_needs_stacks); NULL:
     * it does. */
    const struct ak_stacks *stacks;
};

/* False when the report can be built from packed stacks: nothing but the graph looks at them. */
bool ak_pprof_needs_stacks(const struct ak_pprof_format *format,
                           const struct ak_pprof_config *config);

/* Keeps p and the texts of the request; the report is in arena, but ak_pprof_report_release is
 * needed for its expressions. On failure *out_notices (may be NULL) is not touched. */
enum ak_status ak_pprof_report_build(const struct ak_profile *p,
                                     const struct ak_pprof_request *request, struct ak_arena *arena,
                                     struct ak_pprof_report **out,
                                     struct ak_error *err) AK_MUST_USE;
/* Appends the report in the form that its configuration asks for. AK_UNSUPPORTED for JSON or
 * Markdown of a format that has neither. */
enum ak_status ak_pprof_render(const struct ak_pprof_report *r, struct ak_buf *out,
                               struct ak_error *err) AK_MUST_USE;
void ak_pprof_report_release(struct ak_pprof_report *r); /* accepts NULL */

/* Index of a sample type by number, name, or name without "inuse_"; "" is the profile's default. */
enum ak_status ak_pprof_sample_index(const struct ak_profile *p, struct ak_str text, uint32_t *out,
                                     struct ak_error *err) AK_MUST_USE;

/* --- for renderers ---------------------------------------------------------------------------- */

/* Appends a value in the report's unit. */
void ak_pprof_value(struct ak_buf *out, const struct ak_pprof_report *r, int64_t v);
/* The same, right-aligned in `width` columns. */
void ak_pprof_value_cell(struct ak_buf *out, const struct ak_pprof_report *r, int64_t v,
                         size_t width);
/* Appends value / base in percent, as wide as the report's percentages are: six columns, seven with
 * a sign. */
void ak_pprof_percent(struct ak_buf *out, const struct ak_pprof_report *r, int64_t value,
                      int64_t base);
/* The same without blanks. */
void ak_pprof_percent_trimmed(struct ak_buf *out, const struct ak_pprof_report *r, int64_t value,
                              int64_t base);
/* The value as a whole number of the report's unit. */
int64_t ak_pprof_scaled(const struct ak_pprof_report *r, int64_t v);
/* "" or "(inline)", "(partial-inline)": how calls into a node came. */
const char *ak_pprof_inline_label(const struct ak_pprof_report *r, uint32_t node);

#endif
