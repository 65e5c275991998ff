#include "legacy_reader.h"

/* A gperftools CPU profile: machine words (4 or 8 bytes, either byte order). Five words of head: 0,
 * 3, 0 (1: Java), period in microseconds, 0. Then for each stack: count, depth, addresses; the end
 * is the stack (0, 1, 0). A memory map as text follows. */

struct words {
    const unsigned char *at, *end;
    unsigned size;
    bool big_endian;
    bool ended; /* a word was asked for behind the end */
};

static uint64_t next_word(struct words *w)
{
    if ((size_t)(w->end - w->at) < w->size) {
        w->ended = true;
        w->at = w->end;
        return 0;
    }
    uint64_t v = 0;
    for (unsigned i = 0; i < w->size; i++) {
        const unsigned byte = w->at[w->big_endian ? i : w->size - 1 - i];
        v = v << 8 | byte;
    }
    w->at += w->size;
    return v;
}

/* Reads the head in the word size and order that fits. */
static bool read_head(struct ak_str bytes, struct words *out, int64_t *out_period, bool *out_java)
{
    static const struct {
        unsigned size;
        bool big_endian;
    } kinds[] = {{4, false}, {4, true}, {8, false}, {8, true}};
    const unsigned char *p = (const unsigned char *)bytes.ptr;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct words w = {.at = p,
                          .end = p + bytes.len,
                          .size = kinds[i].size,
                          .big_endian = kinds[i].big_endian};
        uint64_t head[5];
        for (size_t k = 0; k < 5; k++) {
            head[k] = next_word(&w);
        }
        if (!w.ended && head[0] == 0 && head[1] == 3 && head[2] <= 1 && (int64_t)head[3] != 0 &&
            head[4] == 0) {
            *out = w;
            *out_period = (int64_t)head[3];
            *out_java = head[2] == 1;
            return true;
        }
    }
    return false;
}

bool profile_legacy_is_cpu(struct ak_str head)
{
    struct words w;
    int64_t period;
    bool java;
    return read_head(head, &w, &period, &java);
}

static int64_t wrapping_mul(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a * (uint64_t)b);
}

/* Return addresses are one behind the call; the leaf is where the program was. */
static enum ak_status read_stacks(struct legacy *l, struct words *w, bool adjust,
                                  struct ak_error *err)
{
    const int64_t period = l->b.p->period;
    while (w->at < w->end) {
        const uint64_t count = next_word(w);
        const uint64_t depth = next_word(w);
        if (w->ended || depth > (uint64_t)(w->end - w->at) / 4) {
            return AK_FORMAT;
        }
        const size_t before = l->stack_count;
        const struct words stack = *w;
        if (count == 0 && depth == 1 && next_word(w) == 0) {
            return AK_OK;
        }
        *w = stack;
        for (uint64_t i = 0; i < depth; i++) {
            const uint64_t address = next_word(w);
            profile_legacy_push(l, adjust && i > 0 ? address - 1 : address);
            if (l->stack_count - before > l->limits->max_depth) {
                break; /* end_sample refuses it */
            }
        }
        const int64_t values[2] = {(int64_t)count, wrapping_mul((int64_t)count, period)};
        const enum ak_status st = profile_legacy_end_sample(l, values, err);
        if (st != AK_OK) {
            return st;
        }
    }
    return AK_OK;
}

static bool second_is(uint64_t leaf, uint64_t second, const void *ctx)
{
    (void)leaf;
    return second == *(const uint64_t *)ctx;
}

static bool second_is_leaf(uint64_t leaf, uint64_t second, const void *ctx)
{
    (void)ctx;
    return leaf == second + 1;
}

/* The address that is frame 1 of nearly all samples, if there is one: a frame of the signal
 * handler. Boyer and Moore's vote finds the only candidate for a majority; a second pass counts. */
static bool common_second(const struct legacy *l, uint64_t *out)
{
    uint64_t candidate = 0;
    size_t votes = 0, count = 0;
    for (size_t s = 0; s < l->sample_count; s++) {
        if (profile_legacy_depth(l, s) > 1) {
            const uint64_t a = l->locations[l->stack[l->starts[s] + 1]].address;
            candidate = votes == 0 ? a : candidate;
            votes = a == candidate ? votes + 1 : votes - 1;
        }
    }
    for (size_t s = 0; s < l->sample_count; s++) {
        count += profile_legacy_depth(l, s) > 1 &&
                 l->locations[l->stack[l->starts[s] + 1]].address == candidate;
    }
    *out = candidate;
    return count > 0 && count >= l->sample_count - l->sample_count / 32;
}

static enum ak_status read_rest(struct legacy *l, const struct words *w, struct ak_error *err)
{
    for (int i = 0; i < 2; i++) {
        uint64_t address;
        if (common_second(l, &address)) {
            profile_legacy_drop_second(l, second_is, &address);
        }
    }
    struct legacy_lines lines = {.rest = {(const char *)w->at, (size_t)(w->end - w->at)}};
    const enum ak_status st = profile_legacy_read_map(l, &lines, err);
    if (st == AK_OK) {
        profile_legacy_drop_second(l, second_is_leaf, NULL);
        profile_legacy_finish(l, true);
    }
    return st;
}

enum ak_status profile_legacy_cpu(struct legacy *l, struct ak_str bytes, struct ak_error *err)
{
    struct words w;
    int64_t period;
    bool java;
    if (!read_head(bytes, &w, &period, &java)) {
        return AK_FORMAT;
    }
    profile_legacy_type(l, "samples", "count");
    profile_legacy_type(l, "cpu", "nanoseconds");
    profile_legacy_period(l, "cpu", "nanoseconds", wrapping_mul(period, 1000));
    const enum ak_status st = read_stacks(l, &w, !java, err);
    if (st != AK_OK) {
        return st;
    }
    if (!java) {
        return read_rest(l, &w, err);
    }
    return profile_legacy_java_names(l, (struct ak_str){(const char *)w.at, (size_t)(w.end - w.at)},
                                     err);
}
