/* The table of input formats. A format is one file reader_<name>.c and one row here. JSON formats
 * come first, each sure of its own form; text is what remains. */
#include "base/mem.h"
#include "reader.h"

static const struct collector_reader *const readers[] = {
    &collector_reader_go_json, &collector_reader_google,    &collector_reader_criterion,
    &collector_reader_pytest,  &collector_reader_hyperfine, &collector_reader_csv,
    &collector_reader_go_text,
};

const struct collector_reader *collector_reader_find(const struct collector_source *src)
{
    for (size_t i = 0; i < AK_COUNT(readers); i++) {
        if ((!readers[i]->is_json || src->json) && readers[i]->matches(src)) {
            return readers[i];
        }
    }
    return NULL;
}
