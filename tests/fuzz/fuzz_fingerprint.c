// module: reporter
/* Fingerprints of any source: the rolled hash of each line is the sum that defines it. */
#include "reporter/fingerprint.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The units of ASCII text that count, from `at`, with the end of the text. */
static uint64_t sum_from(const uint8_t *text, size_t size, size_t at)
{
    uint64_t hash = 0;
    size_t units = 0;
    for (; at <= size && units < 100; at++) {
        if (at < size && (text[at] == ' ' || text[at] == '\t')) {
            continue;
        }
        if (at < size && text[at] == '\n' && at > 0 && text[at - 1] == '\r') {
            continue;
        }
        hash = hash * 37 + (at == size ? 0xffff : text[at] == '\r' ? '\n' : text[at]);
        units++;
    }
    for (; units < 100; units++) {
        hash *= 37;
    }
    return hash;
}

static size_t next_line(const uint8_t *text, size_t size, size_t at)
{
    while (at < size && text[at] != '\n' && text[at] != '\r') {
        at++;
    }
    return at + 1 < size && text[at] == '\r' && text[at + 1] == '\n' ? at + 2 : at + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ak_arena *arena = ak_arena_new();
    struct ak_fingerprint *lines = NULL;
    size_t count = 0, line = 0;
    struct ak_error err = {0};
    const struct ak_str text = {(const char *)data, size};
    const enum ak_status st = ak_fingerprint_lines(text, arena, &lines, &count, &err);
    bool is_ascii = st == AK_OK;
    for (size_t i = 0; i < size; i++) {
        is_ascii = is_ascii && data[i] < 0x80;
    }
    for (size_t at = 0; is_ascii && at <= size; at = next_line(data, size, at), line++) {
        if (line >= count || lines[line].hash != sum_from(data, size, at)) {
            abort();
        }
    }
    if (is_ascii && line != count) {
        abort();
    }
    ak_arena_free(arena);
    return 0;
}
