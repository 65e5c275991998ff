#include "run_key.h"

#include "base/buf.h"

/* Fields are written with their lengths, so that no two contents give the same bytes. */
static void add_u64(struct ak_buf *b, uint64_t v)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++) {
        bytes[i] = (unsigned char)(v >> (8 * i));
    }
    ak_buf_add(b, bytes, sizeof bytes);
}

static void add_str(struct ak_buf *b, struct ak_str s)
{
    add_u64(b, s.len);
    ak_buf_str(b, s);
}

static void add_text(struct ak_buf *b, const char *s)
{
    add_str(b, ak_str_from(s ? s : ""));
}

static void add_f64(struct ak_buf *b, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    add_u64(b, bits);
}

static void add_series(struct ak_buf *b, const struct ak_series *s)
{
    add_text(b, s->benchmark);
    add_text(b, s->package);
    add_text(b, s->unit);
    add_u64(b, s->procs);
    add_u64(b, s->better);
    add_u64(b, s->count);
    add_u64(b, s->iterations != NULL);
    for (size_t i = 0; i < s->count; i++) {
        add_f64(b, s->values[i]);
        if (s->iterations) {
            add_u64(b, (uint64_t)s->iterations[i]);
        }
    }
}

struct ak_sha256 store_run_key(const struct ak_run *run)
{
    struct ak_buf b = AK_BUF_INIT;
    const bool recorded = run->command && run->command[0];
    add_text(&b, "akreport run 1");
    add_text(&b, run->label);
    add_text(&b, run->commit);
    add_u64(&b, run->dirty);
    add_u64(&b, run->state);
    add_text(&b, run->command);
    add_u64(&b, recorded ? (uint64_t)run->time_ns : 0);
    add_u64(&b, run->env_count);
    for (size_t i = 0; i < run->env_count; i++) {
        add_text(&b, run->env[i].key);
        add_text(&b, run->env[i].value);
    }
    add_u64(&b, run->series_count);
    for (size_t i = 0; i < run->series_count; i++) {
        add_series(&b, &run->series[i]);
    }
    add_u64(&b, run->profile_count);
    for (size_t i = 0; i < run->profile_count; i++) {
        add_text(&b, run->profiles[i].name);
        add_text(&b, run->profiles[i].benchmark);
        ak_buf_add(&b, run->profiles[i].sha256.bytes, sizeof run->profiles[i].sha256.bytes);
    }
    add_str(&b, run->text);
    const struct ak_sha256 key = ak_sha256_of(b.ptr, b.len);
    ak_buf_release(&b);
    return key;
}
