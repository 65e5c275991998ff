/* Writes a snapshot as a pprof profile: symbols, inlined frames, mappings, build ids, labels. */
#include "base/idmap.h"
#include "base/io.h"
#include "base/mem.h"
#include "prof_heap.h"
#include "prof_labels.h"
#include "prof_modules.h"
#include "prof_snapshot.h"
#include "prof_symbols.h"

#include <pb/profile.pb-c.h>
#include <string.h>

/* Which samples are written: those whose label `key` is kept. */
struct selection {
    const char *key;
    bool (*keep)(void *ctx, const char *text);
    void *ctx;
};

/* The message being built. All memory is in `arena`. */
struct writer {
    const struct ak_prof_snapshot *snapshot;
    const struct selection *selection; /* NULL: all samples */
    struct ak_arena *arena;
    struct ak_intern strings;
    struct runtime_symbols *symbols;
    struct ak_idmap location_ids; /* address and epoch -> index */
    struct ak_idmap function_ids; /* name and file -> index */
    struct ak_idmap mapping_ids;  /* module -> index */
    Pb__Profile profile;
    size_t location_cap, function_cap, mapping_cap;
    struct location_note *notes; /* beside profile.location */
    size_t notes_cap;
};

struct location_note {
    bool allocator; /* a function of the malloc family */
};

static int64_t text_id(struct writer *w, const char *text)
{
    return (int64_t)ak_intern_add(&w->strings, ak_str_from(text ? text : ""));
}

static Pb__ValueType *value_type(struct writer *w, const char *type, const char *unit)
{
    Pb__ValueType *v = AK_NEW(w->arena, Pb__ValueType);
    pb__value_type__init(v);
    v->type = text_id(w, type);
    v->unit = text_id(w, unit);
    return v;
}

/* --- functions, mappings, locations -------------------------------------------------------- */

static uint64_t function_id(struct writer *w, const struct runtime_symbol *symbol)
{
    const int64_t name = text_id(w, symbol->name), file = text_id(w, symbol->file);
    bool added;
    const size_t n = w->profile.n_function;
    const uint32_t i =
        ak_idmap_put(&w->function_ids, (uint64_t)name << 32 | (uint64_t)file, (uint32_t)n, &added);
    if (added) {
        Pb__Function *f = AK_NEW(w->arena, Pb__Function);
        pb__function__init(f);
        f->id = i + 1u;
        f->name = name;
        f->system_name = text_id(w, symbol->system_name);
        f->filename = file;
        AK_GROW(w->profile.function, n + 1, w->function_cap);
        w->profile.function[w->profile.n_function++] = f;
    }
    return i + 1u;
}

static Pb__Mapping *mapping_of(struct writer *w, const struct runtime_module *m)
{
    bool added;
    const size_t n = w->profile.n_mapping;
    const uint32_t i = ak_idmap_put(&w->mapping_ids, (uint64_t)(uintptr_t)m, (uint32_t)n, &added);
    if (!added) {
        return w->profile.mapping[i];
    }
    Pb__Mapping *p = AK_NEW(w->arena, Pb__Mapping);
    pb__mapping__init(p);
    p->id = i + 1u;
    p->memory_start = m->start;
    p->memory_limit = m->end;
    p->file_offset = m->file_offset;
    p->filename = text_id(w, m->path);
    p->build_id = text_id(w, m->build_id);
    AK_GROW(w->profile.mapping, n + 1, w->mapping_cap);
    w->profile.mapping[w->profile.n_mapping++] = p;
    return p;
}

static void add_lines(struct writer *w, Pb__Location *l, Pb__Mapping *mapping,
                      const struct runtime_symbol *symbol, size_t count)
{
    l->line = ak_arena_alloc(w->arena, count * sizeof(Pb__Line *));
    l->n_line = count;
    for (size_t i = 0; i < count; i++) {
        Pb__Line *line = AK_NEW(w->arena, Pb__Line);
        pb__line__init(line);
        line->function_id = function_id(w, &symbol[i]);
        line->line = symbol[i].line;
        l->line[i] = line;
        if (mapping) {
            mapping->has_functions = true;
            mapping->has_filenames = mapping->has_filenames || symbol[i].file[0];
            mapping->has_line_numbers = mapping->has_line_numbers || symbol[i].line > 0;
            mapping->has_inline_frames = mapping->has_inline_frames || symbol[i].line > 0;
        }
    }
}

static const char *special_name(uint64_t pc)
{
    static const char *const name[RUNTIME_PC_SPECIAL_END] = {
        [RUNTIME_PC_LOST] = "[lost samples]",
        [RUNTIME_PC_UNKNOWN] = "[unknown stack]",
        [RUNTIME_PC_UNSAMPLED] = "[ended unsampled]"};
    return name[pc] ? name[pc] : "[unknown stack]";
}

static void fill_location(struct writer *w, Pb__Location *l, struct location_note *note,
                          uint32_t epoch)
{
    struct runtime_symbol symbol[RUNTIME_INLINED_MAX];
    if (l->address < RUNTIME_PC_SPECIAL_END) {
        symbol[0] =
            (struct runtime_symbol){special_name(l->address), special_name(l->address), "", 0};
        l->address = 0;
        add_lines(w, l, NULL, symbol, 1);
        return;
    }
    const struct runtime_module *const m = runtime_module_find(l->address, epoch);
    Pb__Mapping *const mapping = m ? mapping_of(w, m) : NULL;
    l->mapping_id = mapping ? mapping->id : 0;
    const size_t count = m ? runtime_symbols_find(w->symbols, m, l->address, symbol) : 0;
    if (count > 0) {
        add_lines(w, l, mapping, symbol, count);
        note->allocator = runtime_symbol_is_allocator(symbol[count - 1].system_name);
    }
}

/* The index of the location of an address. */
static uint32_t location_of(struct writer *w, uint64_t pc, uint32_t epoch)
{
    bool added;
    const size_t n = w->profile.n_location;
    const uint32_t i =
        ak_idmap_put(&w->location_ids, pc ^ (uint64_t)epoch << 48, (uint32_t)n, &added);
    if (added) {
        Pb__Location *l = AK_NEW(w->arena, Pb__Location);
        pb__location__init(l);
        l->id = i + 1u;
        l->address = pc;
        AK_GROW(w->profile.location, n + 1, w->location_cap);
        AK_GROW(w->notes, n + 1, w->notes_cap);
        w->profile.location[w->profile.n_location++] = l;
        w->notes[n] = (struct location_note){0};
        fill_location(w, l, &w->notes[n], epoch);
    }
    return i;
}

/* --- samples ------------------------------------------------------------------------------- */

/* How many frames at the leaf belong to malloc: up to the outermost of the malloc family that is
 * among the first ones. */
static size_t allocator_frames(const struct writer *w, const uint64_t *ids, size_t depth)
{
    enum { NEAR = 10 };
    size_t drop = 0;
    for (size_t i = 0; i < depth && i < NEAR; i++) {
        if (w->notes[ids[i] - 1].allocator) {
            drop = i + 1;
        }
    }
    return drop < depth ? drop : 0;
}

static void add_labels(struct writer *w, Pb__Sample *out, const struct runtime_stack_key *key)
{
    Pb__Label *label[RUNTIME_LABEL_COUNT];
    size_t at = 0;
    while (at < key->label_bytes && out->n_label < RUNTIME_LABEL_COUNT) {
        enum runtime_label tag;
        size_t length;
        const char *const text = runtime_labels_next(key->labels, &at, &tag, &length);
        Pb__Label *l = AK_NEW(w->arena, Pb__Label);
        pb__label__init(l);
        l->key = text_id(w, runtime_label_key(tag));
        l->str = (int64_t)ak_intern_add(&w->strings, (struct ak_str){text, length});
        label[out->n_label++] = l;
    }
    if (out->n_label) {
        out->label = ak_arena_copy(w->arena, label, out->n_label * sizeof label[0]);
    }
}

static bool is_selected(const struct selection *sel, const struct runtime_stack_key *key)
{
    size_t at = 0;
    if (!sel) {
        return true;
    }
    while (at < key->label_bytes) {
        enum runtime_label tag;
        size_t length;
        char text[RUNTIME_LABEL_TEXT_MAX + 1];
        const char *const bytes = runtime_labels_next(key->labels, &at, &tag, &length);
        if (strcmp(runtime_label_key(tag), sel->key) == 0 && length < sizeof text) {
            memcpy(text, bytes, length);
            text[length] = '\0';
            return sel->keep(sel->ctx, text);
        }
    }
    return sel->keep(sel->ctx, "");
}

static Pb__Sample *make_sample(struct writer *w, const struct runtime_sample *in)
{
    const struct runtime_profile_kind *const kind = w->snapshot->kind;
    Pb__Sample *s = AK_NEW(w->arena, Pb__Sample);
    pb__sample__init(s);
    uint64_t *ids = ak_arena_alloc(w->arena, in->key.depth * sizeof *ids);
    for (uint32_t i = 0; i < in->key.depth; i++) {
        ids[i] = location_of(w, in->key.pcs[i], in->key.epoch) + 1u;
    }
    const size_t drop = kind->leaf_is_allocator ? allocator_frames(w, ids, in->key.depth) : 0;
    s->location_id = ids + drop;
    s->n_location_id = in->key.depth - drop;
    s->value = ak_arena_copy(w->arena, in->value, kind->type_count * sizeof in->value[0]);
    s->n_value = kind->type_count;
    add_labels(w, s, &in->key);
    return s;
}

static void add_header(struct writer *w)
{
    const struct ak_prof_snapshot *const s = w->snapshot;
    Pb__Profile *const p = &w->profile;
    p->n_sample_type = s->kind->type_count;
    p->sample_type = ak_arena_alloc(w->arena, p->n_sample_type * sizeof(Pb__ValueType *));
    for (unsigned i = 0; i < s->kind->type_count; i++) {
        p->sample_type[i] = value_type(w, s->kind->type[i], s->kind->unit[i]);
    }
    p->period_type = value_type(w, s->kind->period_type, s->kind->period_unit);
    p->period = s->period;
    p->time_nanos = s->time_ns;
    p->duration_nanos = s->duration_ns;
    p->default_sample_type = text_id(w, s->kind->default_type);
    p->n_comment = s->comment_count;
    p->comment = ak_arena_alloc(w->arena, RUNTIME_COMMENTS_MAX * sizeof(int64_t));
    for (unsigned i = 0; i < s->comment_count; i++) {
        p->comment[i] = text_id(w, s->comment[i]);
    }
}

/* The program itself comes first: readers take the first mapping for it. */
static void add_program(void *ctx, const struct runtime_module *m)
{
    struct writer *w = ctx;
    if (w->profile.n_mapping == 0) {
        mapping_of(w, m);
    }
}

static void build(struct writer *w)
{
    const struct ak_prof_snapshot *const s = w->snapshot;
    Pb__Profile *const p = &w->profile;
    pb__profile__init(p);
    text_id(w, "");
    add_header(w);
    runtime_modules_each(add_program, w);
    p->sample = ak_arena_alloc(w->arena, (s->count + 1) * sizeof(Pb__Sample *));
    for (size_t i = 0; i < s->count; i++) {
        if (is_selected(w->selection, &s->sample[i].key)) {
            p->sample[p->n_sample++] = make_sample(w, &s->sample[i]);
        }
    }
    p->n_string_table = w->strings.count;
    p->string_table = ak_arena_alloc(w->arena, w->strings.count * sizeof(ProtobufCBinaryData));
    for (size_t i = 0; i < w->strings.count; i++) {
        p->string_table[i] = (ProtobufCBinaryData){w->strings.strs[i].len, NULL};
        memcpy(&p->string_table[i].data, &w->strings.strs[i].ptr, sizeof(uint8_t *));
    }
}

static enum ak_status save(const struct writer *w, const char *path, struct ak_error *err)
{
    const size_t size = pb__profile__get_packed_size(&w->profile);
    struct ak_buf file = AK_BUF_INIT;
    uint8_t *packed = ak_malloc(size + 1);
    pb__profile__pack(&w->profile, packed);
    ak_gzip_bytes((struct ak_str){(const char *)packed, size}, 6, &file);
    ak_free(packed);
    const enum ak_status st = ak_file_write(path, ak_buf_view(&file), err);
    ak_buf_release(&file);
    return st;
}

static enum ak_status write_selected(const struct ak_prof_snapshot *snapshot,
                                     const struct selection *selection, const char *path,
                                     struct ak_error *err)
{
    runtime_heap_pause();
    struct writer w = {.snapshot = snapshot, .selection = selection, .arena = ak_arena_new()};
    w.symbols = runtime_symbols_open();
    ak_intern_init(&w.strings, w.arena);
    build(&w);
    runtime_symbols_close(w.symbols);
    const enum ak_status st = save(&w, path, err);
    ak_free(w.profile.location);
    ak_free(w.profile.function);
    ak_free(w.profile.mapping);
    ak_free(w.notes);
    ak_idmap_release(&w.location_ids);
    ak_idmap_release(&w.function_ids);
    ak_idmap_release(&w.mapping_ids);
    ak_intern_release(&w.strings);
    ak_arena_free(w.arena);
    runtime_heap_resume();
    return st;
}

enum ak_status ak_prof_snapshot_write(const struct ak_prof_snapshot *snapshot, const char *path,
                                      struct ak_error *err)
{
    return write_selected(snapshot, NULL, path, err);
}

enum ak_status ak_prof_snapshot_write_where(const struct ak_prof_snapshot *snapshot,
                                            const char *path, const char *key,
                                            bool (*keep)(void *ctx, const char *text), void *ctx,
                                            struct ak_error *err)
{
    const struct selection selection = {.key = key, .keep = keep, .ctx = ctx};
    return write_selected(snapshot, &selection, path, err);
}
