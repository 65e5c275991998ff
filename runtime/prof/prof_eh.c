#include "prof_eh.h"

#include "prof_cfa.h"

#include <string.h>

struct span { /* of the module, in memory */
    uintptr_t base, end;
};

/* Opens the CIE or FDE at `at`: *out_body follows the length. */
static bool open_record(const uint8_t *at, struct span span, struct runtime_reader *out_body)
{
    struct runtime_reader r = {.p = at, .end = (const uint8_t *)span.end};
    if ((uintptr_t)at < span.base || (uintptr_t)at >= span.end) {
        return false;
    }
    uint64_t length = runtime_take_u32(&r);
    if (length == UINT32_MAX) {
        length = runtime_take_u64(&r);
    }
    if (r.bad || length < 4 || length > (uint64_t)(r.end - r.p)) {
        return false;
    }
    *out_body = (struct runtime_reader){.p = r.p, .end = r.p + length};
    return true;
}

/* The augmentation string "z..." and its data. */
static bool read_augmentation(struct runtime_reader *r, const char *text, struct runtime_cie *cie)
{
    if (text[0] == '\0') {
        return true;
    }
    if (text[0] != 'z') {
        return false;
    }
    cie->augmented = true;
    struct runtime_reader data = runtime_take_block(r);
    for (const char *c = text + 1; *c; c++) {
        switch (*c) {
        case 'L':
            runtime_take_u8(&data);
            break;
        case 'P': {
            const uint8_t enc = runtime_take_u8(&data);
            runtime_take_raw(&data, enc & RUNTIME_ENC_FORMAT);
            break;
        }
        case 'R':
            cie->pointer_enc = runtime_take_u8(&data);
            break;
        case 'S':
            cie->signal = true;
            break;
        case 'B': /* signed return addresses, aarch64 */
            break;
        default:
            return false;
        }
    }
    return !data.bad;
}

static bool read_cie(const uint8_t *at, struct span span, struct runtime_cie *out)
{
    struct runtime_reader r;
    *out = (struct runtime_cie){0};
    if (!open_record(at, span, &r) || runtime_take_u32(&r) != 0) {
        return false;
    }
    const uint8_t version = runtime_take_u8(&r);
    const char *text = (const char *)r.p;
    const uint8_t *nul = r.p < r.end ? memchr(r.p, 0, (size_t)(r.end - r.p)) : NULL;
    if ((version != 1 && version != 3) || !nul) {
        return false;
    }
    r.p = nul + 1;
    out->code_align = runtime_take_uleb(&r);
    out->data_align = runtime_take_sleb(&r);
    const uint64_t ra = version == 1 ? runtime_take_u8(&r) : runtime_take_uleb(&r);
    if (r.bad || ra != RUNTIME_REG_RA || !read_augmentation(&r, text, out)) {
        return false;
    }
    out->program = r;
    return !r.bad;
}

/* What every function of one CIE begins with. */
struct common {
    const uint8_t *at; /* of the CIE */
    bool good;
    struct runtime_cie cie;
    struct runtime_cfa_state initial;
};

static void load_common(const uint8_t *at, struct span span, struct common *common)
{
    common->at = at;
    common->good = read_cie(at, span, &common->cie);
    if (common->good) {
        common->initial = runtime_cfa_initial(&common->cie);
    }
}

/* Appends the rows of the function whose FDE is at `at`. */
static void fde_rows(const uint8_t *at, struct span span, struct common *common,
                     struct runtime_rows *rows)
{
    struct runtime_reader r;
    if (!open_record(at, span, &r)) {
        return;
    }
    const uint8_t *const id_at = r.p;
    const uint32_t back = runtime_take_u32(&r);
    if (back == 0 || back > (uintptr_t)id_at - span.base) {
        return;
    }
    if (common->at != id_at - back) {
        load_common(id_at - back, span, common);
    }
    if (!common->good) {
        return;
    }
    const uint8_t enc = common->cie.pointer_enc;
    const uintptr_t start = runtime_take_pointer(&r, enc, 0);
    const uint64_t size = runtime_take_raw(&r, enc & RUNTIME_ENC_FORMAT);
    if (common->cie.augmented) {
        runtime_take_block(&r);
    }
    if (r.bad || start < span.base || start >= span.end || size > span.end - start) {
        return;
    }
    const struct runtime_function_range range = {span.base, start, size};
    runtime_cfa_rows(&common->cie, &common->initial, range, r, rows);
}

bool runtime_eh_rows(const uint8_t *hdr, uintptr_t base, uintptr_t end, struct runtime_rows *rows)
{
    const struct span span = {base, end};
    struct runtime_reader r = {.p = hdr, .end = (const uint8_t *)end};
    struct common common = {0};
    if (runtime_take_u8(&r) != 1) {
        return false;
    }
    const uint8_t frame_enc = runtime_take_u8(&r), count_enc = runtime_take_u8(&r),
                  table_enc = runtime_take_u8(&r);
    runtime_take_pointer(&r, frame_enc, (uintptr_t)hdr);
    const uint64_t count = runtime_take_pointer(&r, count_enc, (uintptr_t)hdr);
    /* Every linker writes this form: pairs of 32-bit distances from the header, sorted. */
    if (r.bad || table_enc != (RUNTIME_ENC_DATAREL | 0x0b) || end - base > UINT32_MAX ||
        count > (uint64_t)(r.end - r.p) / 8) {
        return false;
    }
    for (uint64_t i = 0; i < count && !rows->full; i++) {
        runtime_take_u32(&r);
        fde_rows(hdr + (int32_t)runtime_take_u32(&r), span, &common, rows);
    }
    return true;
}
