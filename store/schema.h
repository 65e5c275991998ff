/* Private to store/: the schema's versions and the check that a file has this schema and no other.
 */
#ifndef SCHEMA_H
#define SCHEMA_H

#include "db.h"

/* "AKRP", in the file's header. */
#define STORE_APPLICATION_ID 0x414B5250u
enum { STORE_SCHEMA_VERSION = 2 };

/* Refuses another application's file and a newer version's. */
enum ak_status store_schema_known(const char *path, uint32_t application_id, uint32_t user_version,
                                  struct ak_error *err) AK_MUST_USE;
/* Compares every object of the file with the schema of its version. */
enum ak_status store_schema_check(struct ak_store *s, struct ak_error *err) AK_MUST_USE;
/* As store_schema_check; creates the schema in an empty file when `create`, and brings an older
 * version to the present one. One transaction. */
enum ak_status store_schema_prepare(struct ak_store *s, bool create,
                                    struct ak_error *err) AK_MUST_USE;

#endif
