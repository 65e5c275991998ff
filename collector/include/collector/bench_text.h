/* Reading Go benchmark text record by record: results with the configuration in force, unit
 * metadata, and warnings as data. Streams: memory is one line and the table of units.
 * Format: golang.org/design/14313-benchmark-format, as golang.org/x/perf/benchfmt reads it.
 *
 *     struct ak_bench_reader *r;
 *     ak_bench_reader_open(path, NULL, units, AK_BENCH_REJOIN, &r, err);
 *     struct ak_bench_record rec;
 *     while ((st = ak_bench_reader_next(r, &rec, err)) == AK_OK && rec.kind != AK_BENCH_END) {...}
 *     ak_bench_reader_close(r);
 *
 * Lines may be of any length (to 64 MiB), end in LF or CRLF, begin with a byte order mark; UTF-16
 * of both orders is read as UTF-8; gzip is found from content. */
#ifndef COLLECTOR_BENCH_TEXT_H
#define COLLECTOR_BENCH_TEXT_H

#include "base/io.h"
#include "base/units.h"

/* --- units: ids and metadata, shared by all files of one command ------------------------- */

/* Equal units have equal ids, dense from 0 in order of first sight. Metadata ("Unit ns/op
 * assume=exact better=lower") is kept by tidied unit and crosses files. */
struct ak_bench_units;

struct ak_bench_units *ak_bench_units_new(void);    /* returns owned */
void ak_bench_units_free(struct ak_bench_units *u); /* accepts NULL */
size_t ak_bench_units_count(const struct ak_bench_units *u);
struct ak_str ak_bench_units_name(const struct ak_bench_units *u, uint32_t id);
/* The value of `key` ("assume", "better") of a tidied unit; empty (ptr NULL) when there is none. */
struct ak_str ak_bench_units_meta(const struct ak_bench_units *u, struct ak_str tidied,
                                  struct ak_str key);

/* The tidied unit: "ns" becomes "sec" (factor 1e-9) and "MB" becomes "B" (1e6), as whole tokens of
 * the numerator only: "p99-ns" -> "p99-sec", "ops/ns" stays. Appends to out, returns the factor. */
double ak_bench_unit_tidy(struct ak_str unit, struct ak_buf *out);

/* --- records ----------------------------------------------------------------------------- */

enum ak_bench_flags {
    /* Results whose name and numbers stand on different lines, since the benchmark printed in
     * between, are put together (see ak_bench_record.rejoined). Without it such lines give the
     * warnings that benchstat gives. */
    AK_BENCH_REJOIN = 1,
    /* For what goes into the history: a NaN, an infinite or an unrepresentable value fails the read
     * with file:line; names with a lower-case letter after "Benchmark" are text of a log; negative
     * iterations are a warning. Without it everything that benchstat reads is a record. */
    AK_BENCH_STRICT = 2,
    /* With STRICT: what would fail the read is a warning, and its line is left out. */
    AK_BENCH_LENIENT = 4,
};

struct ak_bench_value {
    double value;            /* tidied */
    double orig_value;       /* as written */
    struct ak_str unit;      /* tidied; as written when tidying changes nothing: 0, Inf */
    struct ak_str orig_unit; /* as written */
    uint32_t unit_id, orig_unit_id;
};

/* A value of 0 in a unit, as the reader would give it. */
void ak_bench_value_of(struct ak_bench_units *u, struct ak_str unit, struct ak_bench_value *out);
/* Which way its unit is better: by metadata ("better=higher"), else by its name. */
enum ak_direction ak_bench_value_better(const struct ak_bench_units *u,
                                        const struct ak_bench_value *value);
/* Keeps the direction that another format tells of a unit, where nothing says so yet. */
void ak_bench_value_tell(struct ak_bench_units *u, const struct ak_bench_value *value,
                         enum ak_direction better);

struct ak_bench_config {
    struct ak_str key, value;
};

enum ak_bench_kind {
    AK_BENCH_END,
    AK_BENCH_RESULT,
    AK_BENCH_UNIT,    /* a new piece of unit metadata */
    AK_BENCH_WARNING, /* a line that was refused; reading goes on */
};

/* Everything is borrowed until the next call, except units, which live as long as the table. */
struct ak_bench_record {
    enum ak_bench_kind kind;
    uint64_t line; /* 1-based; of a rejoined result: that of the numbers */

    /* RESULT */
    struct ak_str name; /* full name without "Benchmark", with the -N suffix: "Encode/size=1k-8" */
    int64_t iterations;
    const struct ak_bench_value *values; /* in order; a unit may stand twice */
    size_t value_count;
    bool rejoined;
    /* "key: value" lines in force, in benchfmt's order (a deleted key is replaced by the last).
     * Two records of one reader with the same config_version have the same configuration. */
    const struct ak_bench_config *config;
    size_t config_count;
    uint64_t config_version;

    /* UNIT: the unit as written and tidied, and one key with its value */
    struct ak_str unit, tidied, key, value;

    /* WARNING: "missing units", without file and line */
    const char *text;
};

struct ak_bench_reader;

/* Opens a file ("-": standard input). `limits` may be NULL. keeps `units`. Returns owned. */
enum ak_status ak_bench_reader_open(const char *path, const struct ak_limits *limits,
                                    struct ak_bench_units *units, unsigned flags,
                                    struct ak_bench_reader **out, struct ak_error *err) AK_MUST_USE;
/* Reads from memory, plain or gzipped; borrows `bytes` until close. `name` is for messages. */
struct ak_bench_source {
    const char *name;
    struct ak_str bytes;
};
enum ak_status ak_bench_reader_open_bytes(const struct ak_bench_source *source,
                                          struct ak_bench_units *units, unsigned flags,
                                          struct ak_bench_reader **out,
                                          struct ak_error *err) AK_MUST_USE;
void ak_bench_reader_close(struct ak_bench_reader *r); /* accepts NULL */

/* The next record; kind AK_BENCH_END at the end (and again when called again). Fails on unreadable
 * input, a line beyond 64 MiB, and where AK_BENCH_STRICT says so: the error names file and line. */
enum ak_status ak_bench_reader_next(struct ak_bench_reader *r, struct ak_bench_record *out,
                                    struct ak_error *err) AK_MUST_USE;

/* What was read so far. */
struct ak_bench_counts {
    uint64_t lines;
    uint64_t results;
    uint64_t rejoined; /* of results */
    uint64_t warnings;
    uint64_t failed;          /* "--- FAIL: Benchmark..." lines */
    uint64_t skipped;         /* "--- SKIP: Benchmark..." lines */
    uint64_t packages_failed; /* "FAIL" lines that name a package */
};
struct ak_bench_counts ak_bench_reader_counts(const struct ak_bench_reader *r);

/* Splits "Encode/size=1k-8" into "Encode/size=1k" and 8; procs is 1 when there is no suffix. */
struct ak_str ak_bench_name_split(struct ak_str name, unsigned *out_procs);

#endif
