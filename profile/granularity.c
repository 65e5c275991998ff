#include "profile/granularity.h"

static const char *const names[] = {
#define X(code, text) text,
    AK_GRANULARITY_MAP(X)
#undef X
};

const char *ak_granularity_text(enum ak_granularity g)
{
    return names[g];
}

bool ak_granularity_parse(struct ak_str text, enum ak_granularity *out)
{
    for (size_t i = 0; i < AK_GRANULARITY_COUNT; i++) {
        if (ak_str_eq(text, ak_str_from(names[i]))) {
            *out = (enum ak_granularity)i;
            return true;
        }
    }
    return false;
}

struct kept_fields {
    bool function, filename, line, column, address, inlines;
};

static struct kept_fields fields_of(enum ak_granularity g, unsigned flags)
{
    const bool fine = g == AK_GRANULARITY_LINES || g == AK_GRANULARITY_ADDRESSES;
    return (struct kept_fields){
        .function = g != AK_GRANULARITY_FILES,
        .filename = g != AK_GRANULARITY_FUNCTIONS,
        .line = fine,
        .column = fine && (flags & AK_SHOW_COLUMNS),
        .address = g == AK_GRANULARITY_ADDRESSES,
        .inlines = !(flags & AK_NO_INLINES),
    };
}

static void aggregate_mappings(struct ak_profile *view, const struct kept_fields *keep)
{
    view->mappings =
        ak_arena_copy(view->arena, view->mappings, view->mapping_count * sizeof *view->mappings);
    for (uint32_t i = 0; i < view->mapping_count; i++) {
        struct ak_mapping *m = &view->mappings[i];
        m->has_inline_frames = m->has_inline_frames && keep->inlines;
        m->has_functions = m->has_functions && keep->function;
        m->has_filenames = m->has_filenames && keep->filename;
        m->has_line_numbers = m->has_line_numbers && keep->line;
    }
}

static void aggregate_functions(struct ak_profile *view, const struct kept_fields *keep)
{
    if (keep->function && keep->filename) {
        return;
    }
    view->functions =
        ak_arena_copy(view->arena, view->functions, view->function_count * sizeof *view->functions);
    for (uint32_t i = 0; i < view->function_count; i++) {
        struct ak_function *f = &view->functions[i];
        if (!keep->function) {
            f->name = f->system_name = 0;
        }
        if (!keep->filename) {
            f->filename = 0;
        }
    }
}

static void aggregate_locations(struct ak_profile *view, const struct kept_fields *keep)
{
    view->locations =
        ak_arena_copy(view->arena, view->locations, view->location_count * sizeof *view->locations);
    for (uint32_t i = 0; i < view->location_count; i++) {
        struct ak_location *loc = &view->locations[i];
        if (!keep->inlines && loc->line_count > 1) {
            loc->first_line += loc->line_count - 1;
            loc->line_count = 1;
        }
        loc->address = keep->address ? loc->address : 0;
    }
    if (!keep->line || !keep->column) {
        view->lines =
            ak_arena_copy(view->arena, view->lines, view->line_count * sizeof *view->lines);
        for (uint32_t i = 0; i < view->line_count; i++) {
            view->lines[i].line = keep->line ? view->lines[i].line : 0;
            view->lines[i].column = 0;
        }
    }
}

void ak_view_aggregate(struct ak_profile *view, enum ak_granularity g, unsigned flags)
{
    if (g == AK_GRANULARITY_ADDRESSES && !(flags & AK_NO_INLINES)) {
        return;
    }
    const struct kept_fields keep = fields_of(g, flags);
    aggregate_mappings(view, &keep);
    aggregate_functions(view, &keep);
    aggregate_locations(view, &keep);
}
