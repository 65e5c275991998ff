/* What the readers of legacy formats share: lines, numbers, stacks of addresses, memory maps.
 *
 * A reader returns AK_FORMAT for content of another format (the next reader is tried) and another
 * failure for content of its own format that is damaged. */
#ifndef PROFILE_LEGACY_READER_H
#define PROFILE_LEGACY_READER_H

#include "base/io.h"
#include "profile/build.h"

/* --- lines and their parts: legacy_text.c -------------------------------------------------------
 */

struct legacy_lines {
    struct ak_str rest;
    struct ak_str line; /* the line at hand, without its end; "" before the first and at the end */
};

/* Goes to the next line; false at the end. */
bool profile_legacy_next(struct legacy_lines *l);
/* Goes to the first line that is neither empty nor a comment. */
bool profile_legacy_skip_comments(struct legacy_lines *l);
/* Without the white space on both sides, that of Unicode included. */
struct ak_str profile_legacy_trim(struct ak_str s);
bool profile_legacy_is_comment(struct ak_str line); /* or blank */
bool profile_legacy_is_map_start(struct ak_str line);

/* A place in a text, for reading its parts one after the other. */
struct legacy_cursor {
    const char *at, *end;
};
struct legacy_cursor profile_legacy_cursor(struct ak_str s);
bool profile_legacy_eat(struct legacy_cursor *c, const char *literal);
void profile_legacy_eat_blanks(struct legacy_cursor *c);  /* any number of ' ' */
size_t profile_legacy_eat_space(struct legacy_cursor *c); /* white space; how much */
struct ak_str profile_legacy_eat_digits(struct legacy_cursor *c);
struct ak_str profile_legacy_eat_hex(struct legacy_cursor *c);
struct ak_str profile_legacy_eat_word(struct legacy_cursor *c); /* up to white space */
/* The characters that stand among addresses: blanks, 'x' and lower-case hex digits. */
struct ak_str profile_legacy_eat_addresses(struct legacy_cursor *c);
bool profile_legacy_is_space(char c);

/* A whole number as Go's ParseInt with base 0 reads it: 0x, 0o, 0b, octal after a 0, and 1_000. */
bool profile_legacy_int(struct ak_str s, int64_t *out);
/* The digits of a hex number of at most 64 bits. */
bool profile_legacy_hex(struct ak_str digits, uint64_t *out);

/* --- stacks of addresses: legacy_stack.c
 * ---------------------------------------------------------- */

#define LEGACY_TYPES_MAX 4u

struct legacy_location {
    uint64_t address;
    uint32_t function; /* Java only: its number there, then that of the result; or AK_NO_INDEX */
    int64_t line;
};

struct legacy {
    const char *name; /* of the file */
    const struct ak_limits *limits;
    struct ak_build b; /* gets the result */
    uint32_t types;

    struct ak_idmap by_address; /* -> locations */
    struct legacy_location *locations;
    size_t location_count, locations_cap;

    uint32_t *stack; /* of all samples: locations, leaf first */
    size_t stack_count, stack_cap;
    uint64_t *starts; /* sample_count + 1 */
    size_t starts_cap;
    int64_t *values; /* types for each sample */
    size_t values_cap;
    int64_t *block_bytes; /* label "bytes" of each sample; NULL: no labels */
    size_t block_bytes_cap;
    size_t sample_count;

    struct ak_mapping *mappings;
    size_t mapping_count, mappings_cap;
    uint32_t *placed; /* mapping of each location, or AK_NO_INDEX */
};

void profile_legacy_init(struct legacy *l, const char *name, const struct ak_limits *limits);
void profile_legacy_release(struct legacy *l);
enum ak_status profile_legacy_damaged(const struct legacy *l, struct ak_str line,
                                      struct ak_error *err);

void profile_legacy_type(struct legacy *l, const char *type, const char *unit);
void profile_legacy_period(struct legacy *l, const char *type, const char *unit, int64_t period);

/* A sample is begun, gets its addresses from the leaf on, and is ended. */
void profile_legacy_push(struct legacy *l, uint64_t address);
/* Pushes each 0x... number of the text minus `adjust`; false when one has more than 64 bits. */
bool profile_legacy_push_all(struct legacy *l, struct ak_str text, uint64_t adjust);
/* Ends a sample; fails beyond the limits. */
enum ak_status profile_legacy_end_sample(struct legacy *l, const int64_t *values,
                                         struct ak_error *err) AK_MUST_USE;
/* As above, with the label "bytes". */
enum ak_status profile_legacy_end_block(struct legacy *l, const int64_t *values, int64_t bytes,
                                        struct ak_error *err) AK_MUST_USE;
/* Drops frame 1 of each sample for which drop(addresses of frame 0 and 1, ctx) holds. */
void profile_legacy_drop_second(struct legacy *l,
                                bool (*drop)(uint64_t leaf, uint64_t second, const void *ctx),
                                const void *ctx);
size_t profile_legacy_depth(const struct legacy *l, size_t sample);

/* Numbers the locations in the order of use and puts each into a mapping. */
void profile_legacy_place(struct legacy *l);
/* Moves everything into the result; `keep_addresses` false writes 0 for all. */
void profile_legacy_finish(struct legacy *l, bool keep_addresses);

/* Un-samples a heap block as its probability of being seen says: 1 - e^(-size/rate). */
void profile_legacy_scale_block(int64_t *count, int64_t *size, int64_t rate);

/* --- memory maps: legacy_maps.c
 * ---------------------------------------------------------------------- */

/* Reads the mappings in the lines to come (or behind the start of a map, looked for from the line
 * at hand on), puts the main program first, and places the locations. */
enum ak_status profile_legacy_read_map(struct legacy *l, struct legacy_lines *lines,
                                       struct ak_error *err) AK_MUST_USE;
enum ak_status profile_legacy_find_map(struct legacy *l, struct legacy_lines *lines,
                                       struct ak_error *err) AK_MUST_USE;

/* --- the readers, each in a file of its name
 * --------------------------------------------------------- */

enum ak_status profile_legacy_cpu(struct legacy *l, struct ak_str bytes, struct ak_error *err);
enum ak_status profile_legacy_heap(struct legacy *l, struct ak_str bytes, struct ak_error *err);
enum ak_status profile_legacy_count(struct legacy *l, struct ak_str bytes, struct ak_error *err);
enum ak_status profile_legacy_thread(struct legacy *l, struct ak_str bytes, struct ak_error *err);
enum ak_status profile_legacy_contention(struct legacy *l, struct ak_str bytes,
                                         struct ak_error *err);
enum ak_status profile_legacy_java(struct legacy *l, struct ak_str bytes, struct ak_error *err);
/* The part of a CPU profile behind the stacks, when the program was Java. */
enum ak_status profile_legacy_java_names(struct legacy *l, struct ak_str text,
                                         struct ak_error *err);

/* The beginnings by which the formats are known. */
bool profile_legacy_is_cpu(struct ak_str head);
bool profile_legacy_is_heap(struct ak_str head);
bool profile_legacy_is_count(struct ak_str head);
bool profile_legacy_is_thread(struct ak_str head);
bool profile_legacy_is_contention(struct ak_str head);
bool profile_legacy_is_java(struct ak_str head);

#endif
