/* Hand-made comparisons and checks for the tests of charts, pages and comments. Deterministic. */
#ifndef TESTS_REPORTER_MODELS_H
#define TESTS_REPORTER_MODELS_H

#include "store/verdict.h"

#include <math.h>

enum model_flavour {
    MODEL_PLAIN,
    MODEL_LONG,    /* names of 400 bytes */
    MODEL_EXTREME, /* 1e-9 .. 1e12, infinite intervals */
    MODEL_NAN,     /* nothing computable */
    MODEL_EQUAL,   /* the same value everywhere */
    MODEL_HOSTILE, /* names that attack each sink */
    MODEL_FLAVOURS
};

static inline double model_noise(size_t i)
{
    uint64_t x = ak_hash_u64(i + 12345);
    return (double)(x >> 40) / (double)(1 << 24) - 0.5;
}

static inline struct ak_summary model_summary(struct ak_arena *a, size_t n, double centre,
                                              double spread, size_t seed)
{
    double *v = AK_NEW_ARRAY(a, double, n);
    struct ak_summary s = {.n = n,
                           .median = centre,
                           .lo = centre * (1 - spread / 3),
                           .hi = centre * (1 + spread / 3),
                           .min = centre,
                           .max = centre,
                           .values = v};
    for (size_t i = 0; i < n; i++) {
        v[i] = centre * (1 + spread * model_noise(seed * 100 + i));
        s.min = fmin(s.min, v[i]);
        s.max = fmax(s.max, v[i]);
    }
    return s;
}

static inline const char *model_name(struct ak_arena *a, size_t i, enum model_flavour flavour)
{
    static const char *const names[] = {
        "GCAllocationsDuringShutdown_100Actors",
        "GCAllocationsDuringShutdown_1000Actors",
        "ShutdownLatency_1000Actors",
        "ShutdownLatency_100Actors",
        "Tell",
        "Request/size=64",
    };
    if (flavour == MODEL_HOSTILE) {
        static const char *const bad[] = {
            "<script>alert(1)</script>",
            "a|b`c`@everyone #1 [x](http://e) ![i](j)",
            "\x1b[31mred\x1b[0m\nsecond line",
            "\"onload=\"x' {{evil}} </style>",
            "\xff\xfe broken \xc3",
            "=cmd()|' /C calc'!A0",
        };
        return ak_arena_printf(a, "%s_%zu", bad[i % 6], i / 6);
    }
    if (flavour == MODEL_LONG) {
        return ak_arena_printf(a, "%.*s_%zu", 400,
                               "github.com/tochemey/goakt/v3/actor.(*actorSystem[go.shape.struct { "
                               "github.com/a/very/long/type/parameter.Name }]).doStop.func1/"
                               "日本語の名前/sub=1/sub=2/sub=3/sub=4/sub=5/sub=6/sub=7/sub=8/sub=9/"
                               "sub=10/sub=11/sub=12/sub=13/sub=14/sub=15/sub=16/sub=17/sub=18/end",
                               i);
    }
    if (flavour == MODEL_EQUAL && i % 2) {
        return ak_arena_printf(a, "Grüße/größe=%zu/λ→∞/µ≥±½/имя", i);
    }
    return i < 6 ? names[i] : ak_arena_printf(a, "Generated/case=%zu", i);
}

static inline struct ak_run *model_run(struct ak_arena *a, const char *label, int64_t id)
{
    struct ak_run *run = AK_NEW(a, struct ak_run);
    run->id = id;
    run->key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    run->label = label;
    run->command = "";
    run->commit = id == 1 ? "e4d58a59b1c3d9bb5c8a0d2bd5a7f4a3c1b2d3e4" : "0aab5b3c99";
    run->branch = "main";
    run->env_count = 2;
    run->env = AK_NEW_ARRAY(a, struct ak_kv, 2);
    run->env[0] = (struct ak_kv){"goos", "linux"};
    run->env[1] = (struct ak_kv){"cpu", "AMD EPYC"};
    return run;
}

static inline void model_causes(struct ak_arena *a, struct ak_compare_row *row,
                                enum model_flavour flavour)
{
    row->cause_count = 3;
    row->causes = AK_NEW_ARRAY(a, struct ak_cause, 3);
    for (size_t i = 0; i < 3; i++) {
        row->causes[i] = (struct ak_cause){
            .function =
                flavour == MODEL_PLAIN
                    ? ak_arena_printf(a, "github.com/tochemey/goakt/v4/actor.(*PID).stop%zu", i)
                    : model_name(a, i, flavour),
            .file = "actor/pid.go",
            .line = 100 + (int64_t)i,
            .profile = "shutdown_mem.prof",
            .value_type = "alloc_space",
            .value_unit = "bytes",
            .flat_before = 1000000,
            .flat_after = 1000000 + 400000 * (3 - (int64_t)i),
            .cum_before = 2000000,
            .cum_after = 2500000,
            .samples_before = 12,
            .samples_after = 19,
            .error = 90000,
        };
    }
    row->cause_scale = flavour == MODEL_PLAIN ? 1e-3 : (double)NAN;
    row->cause_unexplained = 12345;
    row->cause_note = "the profile covers several benchmarks";
}

static inline struct ak_compare_row model_row(struct ak_arena *a, size_t i,
                                              enum model_flavour flavour)
{
    static const char *const units[] = {"bytes/alloc", "ns/op", "allocs/op", "ms/shutdown", "MB/s"};
    static const enum ak_verdict verdicts[] = {AK_VERDICT_WORSE, AK_VERDICT_BETTER, AK_VERDICT_SAME,
                                               AK_VERDICT_UNSURE, AK_VERDICT_INCOMPARABLE};
    const double ratios[] = {1.43, 0.38, 1.002, 1.09, (double)NAN};
    const size_t k = i % 5;
    double ratio = ratios[k];
    double centre = 1.84e6 * (1 + (double)(i % 7));
    if (flavour == MODEL_EXTREME) {
        const double extremes[] = {1e-9, 1e12, 700, 1.0 / 900, 1};
        ratio = extremes[k];
        centre = i % 2 ? 1e12 : 1e-9;
    } else if (flavour == MODEL_EQUAL) {
        ratio = 1;
    } else if (flavour == MODEL_NAN) {
        ratio = (double)NAN;
        centre = (double)NAN;
    }
    const double spread = flavour == MODEL_EQUAL ? 0 : 0.1;
    struct ak_compare_row row = {
        .benchmark = model_name(a, i, flavour),
        .package = "github.com/tochemey/goakt/bench",
        .unit = flavour == MODEL_HOSTILE && i % 3 == 0 ? "x|y<b>/op" : units[k],
        .better = k == 4 ? AK_HIGHER_IS_BETTER : AK_LOWER_IS_BETTER,
        .before = model_summary(a, 10, centre, spread, i),
        .after = model_summary(a, k == 4 ? 0 : 10, centre * (isnan(ratio) ? 1 : ratio), spread,
                               i + 5000),
        .ratio = ratio,
        .ratio_lo = flavour == MODEL_EQUAL ? 1 : ratio * 0.93,
        .ratio_hi = flavour == MODEL_EQUAL     ? 1
                    : flavour == MODEL_EXTREME ? (double)INFINITY
                                               : ratio * 1.08,
        .p = k == 0 ? 0.00001 : 0.04 * (double)k,
        .p_adjusted = k == 0 ? 0.0005 : 0.2 * (double)k,
        .verdict = flavour == MODEL_NAN ? AK_VERDICT_INCOMPARABLE : verdicts[k],
        .reason = k == 4   ? "only one side measured it"
                  : k == 3 ? "8 more runs a side would tell"
                           : "",
        .need_more = k == 3 ? 8 : 0,
        .detectable = 0.05,
        .limit = k == 0 ? 1e6 : (double)NAN,
        .cause_scale = (double)NAN,
        .cause_note = "",
    };
    if (k == 0 && i < 10) {
        model_causes(a, &row, flavour);
    }
    return row;
}

static inline struct ak_comparison *model_comparison(struct ak_arena *a, size_t rows,
                                                     enum model_flavour flavour)
{
    struct ak_comparison *cmp = AK_NEW(a, struct ak_comparison);
    cmp->variance = "";
    const char *label =
        flavour == MODEL_LONG || flavour == MODEL_HOSTILE ? model_name(a, 1, flavour) : "goakt-v4";
    cmp->before = model_run(a, "goakt-v3", 1);
    cmp->after = model_run(a, label, 2);
    cmp->margin = 0.03;
    cmp->alpha = 0.05;
    cmp->confidence = 0.95;
    cmp->row_count = rows;
    cmp->rows = AK_NEW_ARRAY(a, struct ak_compare_row, rows + 1);
    for (size_t i = 0; i < rows; i++) {
        cmp->rows[i] = model_row(a, i, flavour);
        cmp->counts[cmp->rows[i].verdict]++;
    }
    if (rows > 1) {
        cmp->geomean_count = 2;
        cmp->geomeans = AK_NEW_ARRAY(a, struct ak_geomean, 2);
        cmp->geomeans[0] = (struct ak_geomean){"bytes/alloc", 1.8e6, 1.2e6, 0.667, rows / 2};
        cmp->geomeans[1] = (struct ak_geomean){"ns/op", (double)NAN, (double)NAN, (double)NAN, 1};
        cmp->environment_difference_count = 1;
        cmp->environment_differences = AK_NEW_ARRAY(a, struct ak_kv, 1);
        cmp->environment_differences[0] = (struct ak_kv){"pkg", "goakt/v3/bench -> goakt/v4/bench"};
        cmp->warning_count = 1;
        cmp->warnings = AK_NEW_ARRAY(a, const char *, 1);
        cmp->warnings[0] = flavour == MODEL_HOSTILE ? model_name(a, 0, flavour)
                                                    : "one side has fewer than 6 samples";
    }
    return cmp;
}

static inline struct ak_judgement model_judgement(struct ak_arena *a, size_t i,
                                                  enum model_flavour flavour)
{
    const size_t n = 10;
    const double bad = flavour == MODEL_NAN ? (double)NAN : flavour == MODEL_EXTREME ? 1e12 : 1;
    struct ak_judgement j = {
        .criterion = i % 3 == 0   ? "bytes"
                     : i % 3 == 1 ? "time"
                                  : "growth",
        .benchmark = model_name(a, i, flavour),
        .package = "github.com/tochemey/goakt/bench",
        .unit = i % 3 == 0   ? "bytes/alloc"
                : i % 3 == 1 ? "ms/shutdown"
                             : "MB/heap",
        .outcome = i % 3 == 1   ? AK_OUTCOME_PASS
                   : i % 7 == 6 ? AK_OUTCOME_UNJUDGED
                                : AK_OUTCOME_FAIL,
        .statistic = i % 3 == 2 ? "trend" : "median",
        .limit_text = i % 3 == 0   ? "< 1 MB"
                      : i % 3 == 1 ? "< 100 ms"
                                   : "none",
        .value = (i % 3 == 0   ? 1.14e6
                  : i % 3 == 1 ? 42
                               : 1.64) *
                 bad,
        .limit = i % 3 == 0   ? 1e6
                 : i % 3 == 1 ? 100
                              : (double)NAN,
        .sentence = "the value stands here in words",
        .is_trend = i % 3 == 2,
    };
    if (j.is_trend) {
        double *v = AK_NEW_ARRAY(a, double, n);
        for (size_t k = 0; k < n; k++) {
            v[k] = (3.8 + 1.64 * (double)k + 0.4 * model_noise(k)) * bad;
        }
        j.summary = (struct ak_summary){
            .n = n, .median = v[5], .lo = v[2], .hi = v[8], .min = v[0], .max = v[9], .values = v};
        j.trend = (struct ak_trend){.growth = AK_GROWTH_LEAK,
                                    .n = n,
                                    .slope = 1.64 * bad,
                                    .slope_lo = 1.6 * bad,
                                    .slope_hi = 1.69 * bad,
                                    .intercept = 3.8 * bad,
                                    .p = 0.0001,
                                    .relative = 1.4,
                                    .used_from = i % 2,
                                    .per = "stop of 1,000 actors",
                                    .reason = "steady growth"};
    } else {
        j.summary = model_summary(a, n, j.value, 0.15, i);
    }
    return j;
}

static inline struct ak_check *model_check(struct ak_arena *a, size_t rows,
                                           enum model_flavour flavour)
{
    struct ak_check *check = AK_NEW(a, struct ak_check);
    check->run = model_run(a, "goakt-v4", 2);
    check->criteria_name = "built-in";
    check->row_count = rows;
    check->rows = AK_NEW_ARRAY(a, struct ak_judgement, rows + 1);
    for (size_t i = 0; i < rows; i++) {
        check->rows[i] = model_judgement(a, i, flavour);
        check->counts[check->rows[i].outcome]++;
    }
    return check;
}

#endif
