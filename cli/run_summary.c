#include "run_summary.h"

#include "base/sanitize.h"

static void add_count(struct ak_buf *out, size_t n, const char *noun)
{
    ak_buf_printf(out, "%zu %s%s", n, noun, n == 1 ? "" : "s");
}

void cli_run_summary(struct ak_buf *out, const struct ak_run *run, size_t benchmarks)
{
    if (run->result_lines > 0 || run->profile_count == 0) {
        add_count(out, run->result_lines, "result");
        ak_buf_puts(out, " of ");
        add_count(out, benchmarks, "benchmark");
    }
    if (run->rejoined > 0) {
        ak_buf_printf(out, " (%zu rejoined)", run->rejoined);
    }
    if (run->profile_count > 0) {
        ak_buf_puts(out, run->result_lines > 0 ? ", " : "");
        add_count(out, run->profile_count, "profile");
    }
}

void cli_run_stored(struct ak_buf *out, const struct ak_run *run, size_t benchmarks,
                    const struct ak_added *added)
{
    ak_sanitize_text(out, ak_str_from(run->label));
    ak_buf_puts(out, ": ");
    if (added->is_new) {
        cli_run_summary(out, run, benchmarks);
        ak_buf_printf(out, ", run %lld\n", (long long)added->run_id);
    } else {
        ak_buf_printf(out, "nothing new, run %lld is the same\n", (long long)added->run_id);
    }
}
