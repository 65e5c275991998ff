/* akreport simulate: how often the judgements are wrong, as a Markdown table. */
#include "collector/simulate.h"
#include "command.h"
#include "stats/distribution.h"

struct opts {
    int64_t seed, trials;
};

static const struct ak_opt table[] = {
    {"seed", AK_OPT_I64, offsetof(struct opts, seed), "N", "of the random numbers (1)", NULL},
    {"trials", AK_OPT_I64, offsetof(struct opts, trials), "N", "per row (400)", NULL},
    {NULL, AK_OPT_BOOL, 0, NULL, NULL, NULL},
};

struct printing {
    struct ak_buf out;
    size_t missed;
};

static void print_row(void *ctx, const struct ak_simulation *r)
{
    struct printing *p = ctx;
    const struct ak_interval share = ak_binomial_interval(r->hits, r->trials, 0.95);
    const bool met = r->at_least ? share.value >= r->goal : share.value <= r->goal;
    ak_buf_printf(&p->out, "| %s | %s | %s | %.1f %% | %.1f–%.1f %% |", r->group, r->model, r->what,
                  100 * share.value, 100 * share.lo, 100 * share.hi);
    if (r->goal <= 0) {
        ak_buf_puts(&p->out, " | |\n");
    } else {
        ak_buf_printf(&p->out, " %s %.0f %% | %s |\n", r->at_least ? "≥" : "≤", 100 * r->goal,
                      met ? "met" : "missed");
        p->missed += !met;
    }
    command_print("simulate", ak_buf_view(&p->out));
    ak_buf_reset(&p->out);
}

static int run(int argc, char **argv)
{
    struct opts o = {.seed = 1, .trials = 400};
    struct ak_arena *arena = ak_arena_new();
    struct ak_args args;
    int code = command_parse(&cmd_simulate, &o, argc, argv, arena, &args);
    if (code < 0) {
        struct printing p = {0};
        const struct ak_simulate_opts how = {.seed = (uint64_t)o.seed,
                                             .trials = o.trials > 0 ? (size_t)o.trials : 1};
        command_print("simulate",
                      AK_STR("| judgement | noise | case | share | 95 % interval | goal | |\n"
                             "|:--|:--|:--|--:|--:|--:|:--|\n"));
        ak_simulate(&how, print_row, &p);
        ak_buf_release(&p.out);
        code = p.missed > 0 ? 1 : 0;
    }
    ak_arena_free(arena);
    return code;
}

const struct command cmd_simulate = {
    .name = "simulate",
    .summary = "how often the judgements are wrong, by seeded simulation",
    .usage = "simulate [--seed N] [--trials N]",
    .opts = table,
    .run = run,
};
