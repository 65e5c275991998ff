/* The parts of the profilers that need no clock: buffer, table, labels, objects, unwind rows. */
#include "prof/prof_cfa.h"
#include "prof/prof_eh.h"
#include "prof/prof_labels.h"
#include "prof/prof_objects.h"
#include "prof/prof_ring.h"
#include "prof/prof_stacks.h"
#include "test_prof.h"

/* --- buffer -------------------------------------------------------------------------------- */

static struct runtime_ring ring;

static void put(uint32_t weight, uint32_t depth, const char *labels)
{
    uint64_t pcs[AK_PROF_DEPTH_MAX];
    for (uint32_t i = 0; i < depth; i++) {
        pcs[i] = (uint64_t)weight * 1000 + i;
    }
    const struct runtime_ring_sample s = {.weight = weight,
                                          .depth = depth,
                                          .epoch = weight + 1,
                                          .label_bytes = (uint32_t)strlen(labels),
                                          .pcs = pcs,
                                          .labels = (const uint8_t *)labels};
    runtime_ring_put(&ring, &s);
}

static void ring_keeps_order_across_its_end(void **state)
{
    uint64_t pcs[AK_PROF_DEPTH_MAX];
    uint8_t labels[RUNTIME_LABELS_MAX];
    struct runtime_ring_sample s;
    (void)state;
    memset(&ring, 0, sizeof ring);
    for (uint32_t i = 1; i < 2000; i++) {
        put(i, 1 + i % AK_PROF_DEPTH_MAX, "some labels");
        assert_true(runtime_ring_take(&ring, &s, pcs, labels));
        assert_int_equal(s.weight, i);
        assert_int_equal(s.depth, 1 + i % AK_PROF_DEPTH_MAX);
        assert_int_equal(s.epoch, i + 1);
        assert_int_equal(pcs[s.depth - 1], (uint64_t)i * 1000 + s.depth - 1);
        assert_memory_equal(labels, "some labels", s.label_bytes);
        assert_false(runtime_ring_take(&ring, &s, pcs, labels));
    }
    assert_int_equal(ring.lost, 0);
}

static void ring_counts_what_found_no_room(void **state)
{
    uint64_t pcs[AK_PROF_DEPTH_MAX];
    uint8_t labels[RUNTIME_LABELS_MAX];
    struct runtime_ring_sample s;
    uint64_t taken = 0;
    (void)state;
    memset(&ring, 0, sizeof ring);
    for (uint32_t i = 0; i < 100; i++) {
        put(3, AK_PROF_DEPTH_MAX, "");
    }
    while (runtime_ring_take(&ring, &s, pcs, labels)) {
        taken += s.weight;
    }
    assert_true(taken > 0 && ring.lost > 0);
    assert_int_equal(taken + ring.lost, 300);
}

/* --- table --------------------------------------------------------------------------------- */

static struct runtime_bucket *get(struct runtime_stacks *stacks, uint64_t leaf, uint32_t depth,
                                  uint32_t epoch, const char *labels)
{
    uint64_t pcs[8] = {leaf, 2, 3, 4, 5, 6, 7, 8};
    struct runtime_stack_key key = {.pcs = pcs,
                                    .depth = depth,
                                    .epoch = epoch,
                                    .labels = (const uint8_t *)labels,
                                    .label_bytes = (uint32_t)strlen(labels)};
    key.hash = runtime_stack_hash(&key);
    return runtime_stacks_get(stacks, &key);
}

static void stacks_tell_keys_apart(void **state)
{
    struct runtime_stacks stacks = {0};
    (void)state;
    struct runtime_bucket *const b = get(&stacks, 1, 4, 0, "x");
    assert_ptr_equal(get(&stacks, 1, 4, 0, "x"), b);
    assert_ptr_not_equal(get(&stacks, 1, 3, 0, "x"), b);
    assert_ptr_not_equal(get(&stacks, 9, 4, 0, "x"), b);
    assert_ptr_not_equal(get(&stacks, 1, 4, 1, "x"), b);
    assert_ptr_not_equal(get(&stacks, 1, 4, 0, "y"), b);
    assert_ptr_not_equal(get(&stacks, 1, 4, 0, ""), b);
    assert_int_equal(stacks.count, 6);
    runtime_stacks_release(&stacks);
}

static void stacks_grow_and_keep_their_order(void **state)
{
    enum { COUNT = 20000 };
    struct runtime_stacks stacks = {0};
    uint64_t leaf = 0;
    (void)state;
    for (uint64_t i = 0; i < COUNT; i++) {
        get(&stacks, i, 5, 0, "")->value[0] += i;
    }
    assert_int_equal(stacks.count, COUNT);
    for (const struct runtime_bucket *b = stacks.first; b; b = b->next, leaf++) {
        assert_int_equal(b->index, leaf);
        assert_int_equal(b->key.pcs[0], leaf);
        assert_int_equal(get(&stacks, leaf, 5, 0, "")->value[0], leaf);
    }
    assert_int_equal(leaf, COUNT);
    runtime_stacks_release(&stacks);
}

/* --- labels -------------------------------------------------------------------------------- */

static void labels_are_taken_and_cut_between_runes(void **state)
{
    char name[80];
    struct runtime_labels taken;
    (void)state;
    memset(name, 'a', sizeof name);
    memcpy(name + 62, "\xc3\xa9", 2); /* a rune that the 63rd byte would cut */
    name[79] = '\0';
    const struct ak_prof_labels own = {.actor = name, .message = "ping"};
    ak_prof_benchmark_set("BenchmarkX");
    assert_null(ak_prof_labels_set(&own));
    runtime_labels_take(&taken);
    assert_ptr_equal(ak_prof_labels_set(NULL), &own);
    ak_prof_benchmark_set(NULL);

    static const char *const key[] = {"benchmark", "actor", "message"};
    static const size_t length[] = {10, 62, 4};
    size_t at = 0, n = 0;
    while (at < taken.length) {
        enum runtime_label tag;
        size_t bytes;
        const char *const text = runtime_labels_next(taken.bytes, &at, &tag, &bytes);
        assert_string_equal(runtime_label_key(tag), key[n]);
        assert_int_equal(bytes, length[n]);
        assert_memory_equal(text, n == 0 ? "BenchmarkX" : n == 1 ? name : "ping", bytes);
        n++;
    }
    assert_int_equal(n, 3);
    runtime_labels_take(&taken);
    assert_int_equal(taken.length, 0);
}

/* --- objects ------------------------------------------------------------------------------- */

static void objects_are_apart_aligned_and_recycled(void **state)
{
    static const size_t sizes[] = {0, 1, 16, 31, 33, 1000, 1024, 1025, 5000, 40000, 3u << 20};
    uintptr_t base;
    size_t range;
    (void)state;
    assert_true(runtime_objects_open(&base, &range));
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (size_t align = 16; align <= 8192; align *= 8) {
            uint8_t *const a = runtime_objects_alloc(sizes[i], align);
            uint8_t *const b = runtime_objects_alloc(sizes[i], align);
            assert_true((uintptr_t)a >= base && (uintptr_t)a - base < range);
            assert_int_equal((uintptr_t)a % align, 0);
            assert_int_equal((uintptr_t)b % align, 0);
            assert_true(runtime_objects_usable(a) >= sizes[i]);
            memset(a, 0xaa, sizes[i]);
            memset(b, 0x55, sizes[i]);
            for (size_t k = 0; k < sizes[i]; k++) {
                assert_int_equal(a[k], 0xaa);
            }
            runtime_objects_free(a);
            assert_ptr_equal(runtime_objects_alloc(sizes[i], align), a);
            runtime_objects_free(a);
            runtime_objects_free(b);
        }
    }
    assert_null(runtime_objects_alloc(SIZE_MAX / 2, 16));
    assert_null(runtime_objects_alloc(range, 16));
}

/* --- unwind rows --------------------------------------------------------------------------- */

/* A function of 0x40 bytes at 0x100: push rbp; mov rsp, rbp; ...; leave; ret. */
static const uint8_t framed[] = {
    0x41,                /* advance 1 */
    0x0e, 16,   0x86, 2, /* CFA offset 16, rbp at CFA - 16 */
    0x43,                /* advance 3 */
    0x0d, 6,             /* CFA register rbp */
    0x02, 0x3b,          /* advance 0x3b */
    0x0c, 7,    8,       /* CFA rsp + 8 */
};
static const uint8_t common_program[] = {0x0c, 7, 8, 0x90, 1}; /* CFA rsp + 8, ra at CFA - 8 */

static struct runtime_rows rows_of(const uint8_t *program, size_t size, bool signal)
{
    struct runtime_rows rows = {0};
    const struct runtime_cie cie = {
        .code_align = 1,
        .data_align = -8,
        .signal = signal,
        .program = {common_program, common_program + sizeof common_program, false}};
    const struct runtime_cfa_state initial = runtime_cfa_initial(&cie);
    const struct runtime_function_range range = {0, 0x100, 0x40};
    const struct runtime_reader code = {program, program + size, false};
    runtime_cfa_rows(&cie, &initial, range, code, &rows);
    return rows;
}

static void check_row(const struct runtime_row *row, uint32_t pc, uint8_t cfa, int32_t offset)
{
    assert_int_equal(row->pc, pc);
    assert_int_equal(row->cfa, cfa);
    assert_int_equal(row->cfa_offset, offset);
}

static void rows_follow_a_prologue(void **state)
{
    (void)state;
    struct runtime_rows rows = rows_of(framed, sizeof framed, false);
    assert_int_equal(rows.count, 5);
    check_row(&rows.row[0], 0x100, RUNTIME_REG_SP, 8);
    check_row(&rows.row[1], 0x101, RUNTIME_REG_SP, 16);
    check_row(&rows.row[2], 0x104, RUNTIME_REG_FP, 16);
    check_row(&rows.row[3], 0x13f, RUNTIME_REG_SP, 8);
    check_row(&rows.row[4], 0x140, RUNTIME_CFA_NONE, 0);
    assert_int_equal(rows.row[0].fp, RUNTIME_FP_SAME);
    assert_int_equal(rows.row[2].fp, RUNTIME_FP_AT_CFA);
    assert_int_equal(rows.row[2].fp_offset, -16);
    runtime_rows_release(&rows);
}

static void rows_know_roots_signals_and_realigned_stacks(void **state)
{
    static const uint8_t root[] = {0x07, 16};
    static const uint8_t realigned[] = {0x0f, 3, 0x76, 0x78, 0x06, 0x10, 6, 2, 0x76, 0};
    static const uint8_t unknown[] = {0x0f, 2, 0x50, 0x06};
    static const uint8_t bad[] = {0x41, 0x3f};
    (void)state;
    struct runtime_rows rows = rows_of(root, sizeof root, false);
    check_row(&rows.row[0], 0x100, RUNTIME_CFA_ROOT, 0);
    runtime_rows_release(&rows);
    rows = rows_of(root, 0, true);
    check_row(&rows.row[0], 0x100, RUNTIME_CFA_SIGNAL, 0);
    runtime_rows_release(&rows);
    rows = rows_of(realigned, sizeof realigned, false);
    check_row(&rows.row[0], 0x100, RUNTIME_CFA_DEREF + RUNTIME_REG_FP, -8);
    assert_int_equal(rows.row[0].fp, RUNTIME_FP_AT_FP);
    runtime_rows_release(&rows);
    rows = rows_of(unknown, sizeof unknown, false);
    check_row(&rows.row[0], 0x100, RUNTIME_CFA_NONE, 0);
    runtime_rows_release(&rows);
    rows = rows_of(bad, sizeof bad, false);
    check_row(&rows.row[0], 0x100, RUNTIME_REG_SP, 8);
    check_row(&rows.row[1], 0x101, RUNTIME_CFA_NONE, 0);
    runtime_rows_release(&rows);
}

static void a_damaged_header_gives_no_rows(void **state)
{
    uint8_t image[256] = {0};
    struct runtime_rows rows = {0};
    const uintptr_t base = (uintptr_t)image, end = base + sizeof image;
    (void)state;
    assert_false(runtime_eh_rows(image, base, end, &rows)); /* version 0 */
    memcpy(image, (const uint8_t[]){1, 0x1b, 0x03, 0x3b, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f}, 12);
    assert_false(runtime_eh_rows(image, base, end, &rows)); /* more entries than bytes */
    image[8] = 1;
    image[9] = image[10] = image[11] = 0;
    image[19] = 0x40; /* an FDE far outside */
    assert_true(runtime_eh_rows(image, base, end, &rows));
    assert_int_equal(rows.count, 0);
    runtime_rows_release(&rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ring_keeps_order_across_its_end),
        cmocka_unit_test(ring_counts_what_found_no_room),
        cmocka_unit_test(stacks_tell_keys_apart),
        cmocka_unit_test(stacks_grow_and_keep_their_order),
        cmocka_unit_test(labels_are_taken_and_cut_between_runes),
        cmocka_unit_test(objects_are_apart_aligned_and_recycled),
        cmocka_unit_test(rows_follow_a_prologue),
        cmocka_unit_test(rows_know_roots_signals_and_realigned_stacks),
        cmocka_unit_test(a_damaged_header_gives_no_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
