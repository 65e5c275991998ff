/* Private to store/: one profile in the file.
 *
 * encoding 1 keeps a profile as columns over what all profiles share (dict.h). Body, before
 * deflate: flags; strings, when the flag says so: the string table, where its order is not that of
 * first use time, duration; mappings: count, then (binary, addresses visible, start) each samples:
 * count, then the stack of each as a difference of ids labels, when the flag says so: counts, keys,
 * texts, numbers, units values: by column, each with the rule that predicts it choices: where a
 * frame was met at several addresses, which one; 0 is the one used last The first byte of the
 * column is 1 when the rest is deflated (then follows the size), else 0. */
#ifndef PROFILE_STORE_H
#define PROFILE_STORE_H

#include "dict.h"
#include "profile/profile.h"
#include "summary.h"

enum store_encoding { ENCODING_RAW = 0, ENCODING_COLUMNS = 1 };

enum store_profile_flags { PROFILE_HAS_LABELS = 1, PROFILE_HAS_STRINGS = 2 };

/* How a column of values follows from others. */
enum store_column_rule {
    RULE_NONE,       /* as it is */
    RULE_MULTIPLE,   /* the first column times a constant: nothing else is kept */
    RULE_LABEL,      /* the column before times the sample's numeric label, and a rest */
    RULE_TWO_BEFORE, /* the column two before, and a rest */
    RULE_COUNT
};

/* What the row of a profile holds beside its name. */
struct store_profile_row {
    enum store_encoding encoding;
    uint32_t shape; /* 0: it is no protobuf profile */
    struct ak_buf body;
    struct store_summary summary;
};
/* Makes the row of a protobuf; the caller releases it. */
enum ak_status store_profile_make(struct ak_store *s, struct ak_str bytes,
                                  struct store_profile_row *out, struct ak_error *err) AK_MUST_USE;
void store_profile_row_release(struct store_profile_row *row);
/* Binds encoding, shape, body, summary, top_type and top. */
void store_profile_row_bind(struct store_query *q, const struct store_profile_row *row);
/* The column `body` of plain bytes. */
void store_body_make(struct ak_store *s, struct ak_str plain, struct ak_buf *out);

/* Finds or adds the profile `p` (bytes loaded, sha256 set) inside a write transaction. */
struct store_profile_added {
    int64_t id;
    bool is_new, is_raw;
};
enum ak_status store_profile_put(struct ak_store *s, const struct ak_run_profile *p,
                                 struct store_profile_added *out, struct ak_error *err) AK_MUST_USE;

/* The columns of a profile. `fits` is false when it has something that columns cannot say; then it
 * is kept as it is. string_ids: see store_string_id. */
struct store_packed {
    unsigned flags; /* in: PROFILE_HAS_STRINGS to keep the order of the string table */
    bool fits;
    struct ak_buf body; /* released by the caller */
};
enum ak_status store_profile_pack(struct ak_store *s, const struct ak_profile *p,
                                  uint32_t *string_ids, struct store_packed *out,
                                  struct ak_error *err) AK_MUST_USE;

/* Builds the model again, in the dictionary's scratch memory: it is valid until that is used for
 * the next profile. `size` is that of its protobuf and limits what a damaged body may ask for. */
struct store_body {
    uint32_t shape;
    uint64_t size;
    struct ak_str bytes; /* before deflate */
};
enum ak_status store_profile_unpack(struct ak_store *s, const struct store_body *body,
                                    struct ak_profile **out, struct ak_error *err) AK_MUST_USE;

/* Interns string number `string` of p: ids[string] is its entity, 0 until it was asked for. */
enum ak_status store_string_id(struct ak_store *s, const struct ak_profile *p, uint32_t *ids,
                               uint32_t string, struct ak_error *err) AK_MUST_USE;

enum ak_status store_shape_intern(struct ak_store *s, const struct ak_profile *p,
                                  uint32_t *string_ids, uint32_t *out_id,
                                  struct ak_error *err) AK_MUST_USE;
/* The number of a value type in a shape; *out_type stays as it is when there is none. */
enum ak_status store_shape_type(struct ak_store *s, uint32_t shape, struct ak_str name,
                                int *out_type, struct ak_error *err) AK_MUST_USE;

#endif
