#include "store/run.h"

#include "store/verdict.h"

#include <string.h>

const char *ak_run_env(const struct ak_run *run, const char *key)
{
    for (size_t i = 0; i < run->env_count; i++) {
        if (strcmp(run->env[i].key, key) == 0) {
            return run->env[i].value;
        }
    }
    return "";
}

const struct ak_series *ak_run_series(const struct ak_run *run, const char *benchmark,
                                      const char *unit)
{
    for (size_t i = 0; i < run->series_count; i++) {
        const struct ak_series *const s = &run->series[i];
        if (strcmp(s->benchmark, benchmark) == 0 && strcmp(s->unit, unit) == 0) {
            return s;
        }
    }
    return NULL;
}

const char *ak_verdict_text(enum ak_verdict v)
{
    static const char *const texts[AK_VERDICT_COUNT] = {
#define X(code, text) text,
        AK_VERDICT_MAP(X)
#undef X
    };
    return texts[v];
}

const char *ak_outcome_text(enum ak_outcome o)
{
    static const char *const texts[AK_OUTCOME_COUNT] = {
#define X(code, text) text,
        AK_OUTCOME_MAP(X)
#undef X
    };
    return texts[o];
}

const char *ak_growth_text(enum ak_growth g)
{
    static const char *const texts[AK_GROWTH_COUNT] = {
#define X(code, text) text,
        AK_GROWTH_MAP(X)
#undef X
    };
    return texts[g];
}
