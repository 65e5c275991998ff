#include "base/idmap.h"
#include "base/sanitize.h"
#include "render.h"

#include <stdio.h>

/* Names get a number at first use, "(1) name", and are "(1)" from then on. */
struct names {
    struct ak_intern known;
};

struct writer {
    const struct ak_pprof_report *r;
    struct ak_buf *out;
    struct names objects, files, functions;
    struct ak_str *callee_names; /* per node */
};

static void put_name(struct writer *w, const char *field, struct names *names, struct ak_str name)
{
    ak_buf_puts(w->out, field);
    if (name.len) {
        const size_t before = names->known.count;
        const uint32_t i = ak_intern_add(&names->known, name);
        ak_buf_printf(w->out, "(%u)", i + 1);
        if (names->known.count > before) {
            ak_buf_putc(w->out, ' ');
            ak_sanitize_text(w->out, name);
        }
    }
    ak_buf_putc(w->out, '\n');
}

/* An address, relative to the one before where that is shorter. */
static void put_address(struct writer *w, const struct ak_node_info *previous, uint64_t address)
{
    char absolute[32], relative[32];
    const int n = snprintf(absolute, sizeof absolute, "0x%llx", (unsigned long long)address);
    if (previous && previous->address == address) {
        ak_buf_putc(w->out, '*');
        return;
    }
    if (previous) {
        const int64_t diff = (int64_t)(address - previous->address);
        if (snprintf(relative, sizeof relative, "%+lld", (long long)diff) < n) {
            ak_buf_puts(w->out, relative);
            return;
        }
    }
    ak_buf_puts(w->out, absolute);
}

/* What tells functions of the same name in the same file apart: binary, start line, and the caller
 * in a call tree. */
static uint32_t function_identity(struct ak_intern *known, const struct ak_graph *g, uint32_t node,
                                  struct ak_buf *key)
{
    const struct ak_node_info *info = &g->infos[g->nodes[node].info];
    ak_buf_reset(key);
    ak_buf_printf(key, "%u:%lld:", g->nodes[node].parent, (long long)info->start_line);
    ak_buf_str(key, info->object);
    ak_buf_putc(key, '\0');
    ak_buf_str(key, info->name);
    ak_buf_putc(key, '\0');
    ak_buf_str(key, info->file);
    return ak_intern_add(known, ak_buf_view(key));
}

/* callee_names: names that several functions share get " [2/3]". */
static void disambiguate(struct writer *w)
{
    const struct ak_graph *g = w->r->graph;
    struct ak_arena *a = w->r->arena;
    struct ak_intern functions, names;
    struct ak_buf key = AK_BUF_INIT;
    ak_intern_init(&functions, a);
    ak_intern_init(&names, a);
    const size_t n = (size_t)g->list_count + 1;
    uint32_t *function = ak_arena_zalloc(a, n, sizeof *function);
    uint32_t *name = ak_arena_zalloc(a, n, sizeof *name);
    uint32_t *rank = ak_arena_zalloc(a, n, sizeof *rank); /* function -> its number in the name */
    uint32_t *sharers = ak_arena_zalloc(a, n, sizeof *sharers); /* name -> functions */
    for (uint32_t i = 0; i < g->list_count; i++) {
        const struct ak_node_info *info = &g->infos[g->nodes[g->list[i]].info];
        const size_t before = functions.count;
        function[i] = function_identity(&functions, g, g->list[i], &key);
        ak_buf_reset(&key);
        ak_buf_str(&key, info->file);
        ak_buf_putc(&key, '\0');
        ak_buf_str(&key, info->name);
        name[i] = ak_intern_add(&names, ak_buf_view(&key));
        if (functions.count > before) {
            rank[function[i]] = ++sharers[name[i]];
        }
    }
    w->callee_names = ak_arena_zalloc(a, (size_t)g->node_count + 1, sizeof *w->callee_names);
    for (uint32_t i = 0; i < g->list_count; i++) {
        const struct ak_str plain = g->infos[g->nodes[g->list[i]].info].name;
        w->callee_names[g->list[i]] =
            sharers[name[i]] > 1
                ? ak_str_from(ak_arena_printf(a, "%.*s [%u/%u]", (int)plain.len, plain.ptr,
                                              rank[function[i]], sharers[name[i]]))
                : plain;
    }
    ak_buf_release(&key);
    ak_intern_release(&functions);
    ak_intern_release(&names);
}

static void put_calls(struct writer *w, uint32_t node, const struct ak_node_info *previous)
{
    const struct ak_graph *g = w->r->graph;
    for (uint32_t k = g->out_start[node]; k < g->out_start[node + 1]; k++) {
        const struct ak_edge *e = &g->edges[g->out_edges[k]];
        const struct ak_node_info *callee = &g->infos[g->nodes[e->to].info];
        const int64_t v = w->r->config.compat ? e->weight : ak_mean(e->weight, e->weight_div);
        put_name(w, "cfl=", &w->files, callee->file);
        put_name(w, "cfn=", &w->functions, w->callee_names[e->to]);
        ak_buf_puts(w->out, "calls=0 "); /* profiles do not count calls */
        put_address(w, previous, callee->address);
        ak_buf_printf(w->out, " %lld\n* * %lld\n", (long long)callee->line,
                      (long long)ak_pprof_scaled(w->r, v));
    }
}

static void put_nodes(struct writer *w)
{
    const struct ak_graph *g = w->r->graph;
    const struct ak_node_info *previous = NULL;
    for (uint32_t i = 0; i < g->list_count; i++) {
        const uint32_t node = g->list[i];
        const struct ak_node_info *info = &g->infos[g->nodes[node].info];
        if (!previous || !ak_str_eq(info->object, previous->object) ||
            !ak_str_eq(info->file, previous->file) || !ak_str_eq(info->name, previous->name)) {
            ak_buf_putc(w->out, '\n');
            put_name(w, "ob=", &w->objects, info->object);
            put_name(w, "fl=", &w->files, info->file);
            put_name(w, "fn=", &w->functions, info->name);
        }
        put_address(w, previous, info->address);
        ak_buf_printf(w->out, " %lld %lld\n", (long long)info->line,
                      (long long)ak_pprof_scaled(w->r, ak_node_flat(&g->nodes[node])));
        put_calls(w, node, previous);
        previous = info;
    }
}

enum ak_status reporter_pprof_callgrind(const struct ak_pprof_report *r, struct ak_buf *out,
                                        struct ak_error *err)
{
    struct writer w = {.r = r, .out = out};
    (void)err;
    ak_intern_init(&w.objects.known, r->arena);
    ak_intern_init(&w.files.known, r->arena);
    ak_intern_init(&w.functions.known, r->arena);
    disambiguate(&w);
    ak_buf_puts(out, "positions: instr line\nevents: ");
    ak_sanitize_text(out, r->sample_type);
    ak_buf_putc(out, '(');
    ak_sanitize_text(out, r->unit);
    ak_buf_puts(out, ")\n");
    put_nodes(&w);
    ak_intern_release(&w.objects.known);
    ak_intern_release(&w.files.known);
    ak_intern_release(&w.functions.known);
    return AK_OK;
}
