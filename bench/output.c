/* Go's benchmark text: the lines and columns of Go's testing package, so that every reader of those
 * reads these. */
#include "base/host.h"
#include "harness.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bench_print(struct bench_session *s, struct ak_str text)
{
    (void)fwrite(text.ptr, 1, text.len, stdout);
    (void)fflush(stdout);
    if (s->opts.store != NULL) {
        ak_buf_str(&s->text, text);
    }
}

void bench_name_of(unsigned workers, const struct bench_case *c, struct ak_buf *out)
{
    ak_buf_printf(out, "Benchmark%s", c->name);
    if (workers > 1) {
        ak_buf_printf(out, "-%u", workers);
    }
}

static const char *go_arch(const char *machine)
{
    if (strcmp(machine, "x86_64") == 0) {
        return "amd64";
    }
    return strcmp(machine, "aarch64") == 0 ? "arm64" : machine;
}

void bench_print_head(struct bench_session *s)
{
    const struct ak_host host = ak_host_facts(s->arena);
    struct ak_buf b = AK_BUF_INIT;
    ak_buf_printf(&b, "goos: linux\ngoarch: %s\npkg: akreport/bench\n", go_arch(host.arch));
    if (host.cpu_model[0] != '\0') {
        ak_buf_printf(&b, "cpu: %s\n", host.cpu_model);
    }
    bench_print(s, ak_buf_view(&b));
    ak_buf_release(&b);
}

/* A value with 4 significant digits, its decimal points in one column. */
static void add_value(struct ak_buf *out, double x, const char *unit)
{
    static const struct {
        double from;
        int width, decimals;
    } rows[] = {{999.95, 10, 0},   {99.995, 12, 1},    {9.9995, 13, 2},    {0.99995, 14, 3},
                {0.099995, 15, 4}, {0.0099995, 16, 5}, {0.00099995, 17, 6}};
    const double y = fabs(x);
    int width = 18;
    int decimals = 7;
    if (y == 0) {
        width = 10;
        decimals = 0;
    }
    for (size_t i = 0; y != 0 && i < sizeof rows / sizeof rows[0]; i++) {
        if (y >= rows[i].from) {
            width = rows[i].width;
            decimals = rows[i].decimals;
            break;
        }
    }
    ak_buf_printf(out, "\t%*.*f %s", width, decimals, x, unit);
}

static int by_unit(const void *x, const void *y)
{
    const struct bench_metric *a = x;
    const struct bench_metric *b = y;
    return strcmp(a->unit, b->unit);
}

/* The value of a metric when the benchmark reported it itself. */
static const struct bench_metric *reported(const struct bench *b, const char *unit)
{
    for (size_t i = 0; i < b->metric_count; i++) {
        if (strcmp(b->metrics[i].unit, unit) == 0) {
            return &b->metrics[i];
        }
    }
    return NULL;
}

static void add_metric(struct bench_session *s, const struct bench *b, struct ak_buf *line,
                       const char *unit, double value)
{
    add_value(line, value, unit);
    bench_record_value(s, b, unit, value);
}

static void add_memory(struct bench_session *s, const struct bench *b, struct ak_buf *line)
{
    if (b->opts->benchmem) {
        const uint64_t bytes = b->bytes / b->n;
        const uint64_t mallocs = b->mallocs / b->n;
        ak_buf_printf(line, "\t%8" PRIu64 " B/op\t%8" PRIu64 " allocs/op", bytes, mallocs);
        bench_record_value(s, b, "B/op", (double)bytes);
        bench_record_value(s, b, "allocs/op", (double)mallocs);
    }
}

void bench_print_result(struct bench_session *s, const struct bench *b)
{
    struct ak_buf line = AK_BUF_INIT;
    bench_name_of(b->workers, b->what, &line);
    if (line.len < s->name_width) {
        ak_buf_fill(&line, ' ', s->name_width - line.len);
    }
    ak_buf_printf(&line, "\t%8" PRIu64, b->n);
    const struct bench_metric *own = reported(b, "ns/op");
    add_metric(s, b, &line, "ns/op",
               own != NULL ? own->value : (double)b->elapsed_ns / (double)b->n);
    struct bench_metric sorted[BENCH_METRICS_MAX];
    memcpy(sorted, b->metrics, sizeof sorted);
    qsort(sorted, b->metric_count, sizeof sorted[0], by_unit);
    for (size_t i = 0; i < b->metric_count; i++) {
        if (strcmp(sorted[i].unit, "ns/op") != 0) {
            add_metric(s, b, &line, sorted[i].unit, sorted[i].value);
        }
    }
    add_memory(s, b, &line);
    ak_buf_putc(&line, '\n');
    bench_print(s, ak_buf_view(&line));
    ak_buf_release(&line);
}
