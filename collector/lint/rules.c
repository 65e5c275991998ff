#include "collector/rules.h"

static const struct {
    const char *id, *title, *help;
} rules[AK_RULE_COUNT] = {
#define X(id, title, help) {#id, title, help},
    AK_RULE_MAP(X)
#undef X
};

const char *ak_rule_id(enum ak_rule rule)
{
    return rules[rule].id;
}

const char *ak_rule_title(enum ak_rule rule)
{
    return rules[rule].title;
}

const char *ak_rule_help(enum ak_rule rule)
{
    return rules[rule].help;
}
