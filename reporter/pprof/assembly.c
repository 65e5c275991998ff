#include "assembly.h"

#include "base/mem.h"
#include "base/plugin.h"
#include "binary.h"
#include "profile/paths.h"
#include "profile/symbolize.h"

#include <stdlib.h>

/* A node of the graph at its place in a binary. */
struct sample {
    uint64_t address; /* link-time */
    uint32_t node;
};

struct assembler {
    const struct ak_pprof_report *r;
    const struct disasm_table *disasm;
    bool by_address; /* the parameter is an address */
    uint64_t address;
    struct reporter_routine *routines;
    size_t count, cap;
    const char *problem;
};

/* One mapping at work. */
struct unit {
    const struct ak_mapping *m;
    struct ak_str file;
    struct reporter_binary binary;
    struct ak_symbolizer *symbolizer; /* NULL: no lines */
    struct sample *samples;           /* by address */
    size_t sample_count;
};

static bool parse_address(struct ak_str text, uint64_t *out)
{
    const bool hex = ak_str_starts(text, AK_STR("0x"));
    uint64_t v = 0;
    for (size_t i = hex ? 2 : 0; i < text.len; i++) {
        const char c = text.ptr[i];
        const uint64_t d = c >= '0' && c <= '9'          ? (uint64_t)(c - '0')
                           : hex && c >= 'a' && c <= 'f' ? (uint64_t)(c - 'a' + 10)
                           : hex && c >= 'A' && c <= 'F' ? (uint64_t)(c - 'A' + 10)
                                                         : 99;
        if (d == 99) {
            return false;
        }
        v = v * (hex ? 16 : 10) + d;
    }
    *out = v;
    return text.len > (hex ? 2u : 0u);
}

static int by_address(const void *a, const void *b)
{
    const struct sample *x = a, *y = b;
    if (x->address != y->address) {
        return x->address < y->address ? -1 : 1;
    }
    return (x->node > y->node) - (x->node < y->node);
}

/* True when a listed node of this binary matches the parameter, or the address lies in it. */
static bool is_wanted(const struct assembler *a, const struct unit *u)
{
    const struct ak_graph *g = a->r->graph;
    if (a->by_address && a->address >= u->m->start && a->address <= u->m->limit) {
        return true;
    }
    for (uint32_t i = 0; i < g->list_count; i++) {
        const struct ak_node_info *info = &g->infos[g->nodes[g->list[i]].info];
        if (ak_str_eq(info->object, u->file) && ak_regex_match(a->r->symbol, info->name)) {
            return true;
        }
    }
    return false;
}

static void collect_samples(const struct assembler *a, struct unit *u)
{
    const struct ak_graph *g = a->r->graph;
    u->samples = ak_arena_alloc(a->r->arena, g->list_count * sizeof *u->samples);
    for (uint32_t i = 0; i < g->list_count; i++) {
        const struct ak_node_info *info = &g->infos[g->nodes[g->list[i]].info];
        if (info->address >= u->m->start && info->address < u->m->limit &&
            ak_str_eq(info->object, u->file)) {
            u->samples[u->sample_count++] = (struct sample){
                reporter_binary_address(&u->binary, u->m, info->address), g->list[i]};
        }
    }
    if (u->sample_count) {
        qsort(u->samples, u->sample_count, sizeof *u->samples, by_address);
    }
}

/* Index of the first sample at or behind an address. */
static size_t first_sample(const struct unit *u, uint64_t address)
{
    size_t lo = 0, hi = u->sample_count;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (u->samples[mid].address < address) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

static struct ak_str demangled(struct ak_arena *arena, struct ak_str name)
{
    struct ak_buf out = AK_BUF_INIT;
    ak_demangle(&out, ak_arena_strndup(arena, name.ptr, name.len), AK_DEMANGLE_DEFAULT);
    const struct ak_str result = ak_arena_str(arena, ak_buf_view(&out));
    ak_buf_release(&out);
    return result;
}

struct insn_list {
    struct ak_arena *arena;
    struct reporter_insn *items;
    size_t count, cap;
};

static void add_insn(void *ctx, uint64_t address, struct ak_str text)
{
    struct insn_list *list = ctx;
    AK_GROW(list->items, list->count + 1, list->cap);
    list->items[list->count++] =
        (struct reporter_insn){.address = address, .text = ak_arena_str(list->arena, text)};
}

/* Source of an instruction, and the values of the samples up to the next one. */
static void annotate(const struct assembler *a, const struct unit *u, struct reporter_insn *insn,
                     uint64_t next)
{
    struct ak_frame frames[32];
    const size_t n =
        u->symbolizer ? ak_symbolizer_find(u->symbolizer, insn->address, frames, 32) : 0;
    if (n) {
        insn->function = frames[0].function
                             ? demangled(a->r->arena, ak_str_from(frames[0].function))
                             : AK_STR("");
        insn->file =
            frames[0].file ? ak_arena_str(a->r->arena, ak_str_from(frames[0].file)) : AK_STR("");
        insn->line = frames[0].line;
    }
    int64_t flat_div = 0, cum_div = 0;
    for (size_t s = first_sample(u, insn->address);
         s < u->sample_count && u->samples[s].address < next; s++) {
        const struct ak_node *node = &a->r->graph->nodes[u->samples[s].node];
        insn->flat += node->flat;
        insn->cum += node->cum;
        flat_div += node->flat_div;
        cum_div += node->cum_div;
    }
    insn->flat = ak_mean(insn->flat, flat_div);
    insn->cum = ak_mean(insn->cum, cum_div);
}

/* symbols[0 .. n) begin at the same address. */
static enum ak_status add_routine(struct assembler *a, const struct unit *u,
                                  const struct reporter_symbol *symbols, size_t n,
                                  struct ak_error *err)
{
    const struct ak_pprof_report *r = a->r;
    struct reporter_routine routine = {.name = demangled(r->arena, symbols[0].name)};
    struct ak_str *aliases = ak_arena_alloc(r->arena, n * sizeof *aliases);
    for (size_t i = 1; i < n; i++) {
        aliases[routine.alias_count++] = demangled(r->arena, symbols[i].name);
    }
    routine.aliases = aliases;
    for (size_t s = first_sample(u, symbols[0].start);
         s < u->sample_count && u->samples[s].address < symbols[0].end; s++) {
        routine.flat += r->graph->nodes[u->samples[s].node].flat;
        routine.cum += r->graph->nodes[u->samples[s].node].cum;
    }
    const struct ak_str bytes = reporter_binary_bytes(&u->binary, symbols[0].start, symbols[0].end);
    const struct disasm_code code = {.arch = u->binary.arch,
                                     .intel_syntax = r->config.intel_syntax,
                                     .bytes = (const uint8_t *)bytes.ptr,
                                     .size = bytes.len,
                                     .address = symbols[0].start};
    struct insn_list list = {.arena = r->arena};
    const enum ak_status st = a->disasm->run(&code, add_insn, &list, err);
    for (size_t i = 0; i < list.count && st == AK_OK; i++) {
        annotate(a, u, &list.items[i],
                 i + 1 < list.count ? list.items[i + 1].address : symbols[0].end);
    }
    routine.insn_count = list.count;
    routine.insns = ak_arena_copy(r->arena, list.items ? list.items : (struct reporter_insn[]){{0}},
                                  list.count * sizeof *list.items);
    ak_free(list.items);
    AK_GROW(a->routines, a->count + 1, a->cap);
    a->routines[a->count++] = routine;
    return st;
}

static enum ak_status add_symbols(struct assembler *a, const struct unit *u, struct ak_error *err)
{
    const struct reporter_binary *b = &u->binary;
    const uint64_t wanted =
        a->by_address ? reporter_binary_address(b, u->m, a->address) : UINT64_MAX;
    enum ak_status st = AK_OK;
    for (size_t i = 0, n; i < b->count && st == AK_OK; i += n) {
        const struct reporter_symbol *s = &b->symbols[i];
        bool matches = wanted >= s->start && wanted < s->end;
        for (n = 0; i + n < b->count && b->symbols[i + n].start == s->start; n++) {
            matches = matches || ak_regex_match(a->r->symbol, b->symbols[i + n].name) ||
                      ak_regex_match(a->r->symbol, demangled(a->r->arena, b->symbols[i + n].name));
        }
        const size_t first = first_sample(u, s->start);
        if (matches && first < u->sample_count && u->samples[first].address < s->end) {
            st = add_routine(a, u, s, n, err);
        }
    }
    return st;
}

static enum ak_status add_mapping(struct assembler *a, const struct ak_mapping *m,
                                  struct ak_error *err)
{
    struct unit u = {.m = m, .file = ak_profile_str(a->r->view, m->filename)};
    struct ak_error problem = {0};
    if (u.file.len == 0 || !is_wanted(a, &u)) {
        return AK_OK;
    }
    const char *path = ak_arena_strndup(a->r->arena, u.file.ptr, u.file.len);
    if (reporter_binary_open(path, a->r->arena, &u.binary, &problem) != AK_OK) {
        a->problem = ak_arena_strdup(a->r->arena, problem.text);
        return AK_OK;
    }
    if (ak_symbolizer_open(path, &u.symbolizer, NULL) != AK_OK) {
        u.symbolizer = NULL;
    }
    collect_samples(a, &u);
    const enum ak_status st = add_symbols(a, &u, err);
    ak_symbolizer_close(u.symbolizer);
    reporter_binary_close(&u.binary);
    return st;
}

static int by_name(const void *a, const void *b)
{
    const struct reporter_routine *x = a, *y = b;
    const int c = ak_str_cmp(x->name, y->name);
    if (c || !x->insn_count || !y->insn_count) {
        return c;
    }
    return x->insns[0].address < y->insns[0].address ? -1 : 1;
}

enum ak_status reporter_assembly(const struct ak_pprof_report *r, struct reporter_routine **out,
                                 size_t *out_count, const char **out_problem, struct ak_error *err)
{
    struct assembler a = {.r = r, .problem = ""};
    const void *opened = NULL;
    enum ak_status st = ak_plugin_open("disasm", &opened, err);
    if (st != AK_OK) {
        return st;
    }
    a.disasm = opened;
    a.by_address = parse_address(ak_regex_text(r->symbol), &a.address);
    for (uint32_t i = 0; i < r->view->mapping_count && st == AK_OK; i++) {
        st = add_mapping(&a, &r->view->mappings[i], err);
    }
    if (st == AK_OK && a.count == 0) {
        const struct ak_str rx = ak_regex_text(r->symbol);
        st = ak_fail(err, AK_NOT_FOUND, "no matches found for regexp %.*s%s%s", (int)rx.len, rx.ptr,
                     a.problem[0] ? ": " : "", a.problem);
    }
    if (st == AK_OK) {
        qsort(a.routines, a.count, sizeof *a.routines, by_name);
        *out = ak_arena_copy(r->arena, a.routines, a.count * sizeof *a.routines);
        *out_count = a.count;
    }
    *out_problem = a.problem;
    ak_free(a.routines);
    return st;
}
