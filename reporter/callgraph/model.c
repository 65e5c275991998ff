#include "base/mem.h"
#include "callgraph/callgraph.h"
#include "pprof/shortname.h"
#include "pprof/tag_groups.h"
#include "profile/paths.h"
#include "reporter/pprof_color.h"

#include <math.h>

#define FONT_MIN 8
#define FONT_RANGE 16.0 /* the heaviest box has FONT_MIN + FONT_RANGE */
#define LINES_MAX 24u

struct modelling {
    const struct ak_pprof_report *r;
    struct callgraph m;
    size_t boxes_cap, edges_cap;
    uint32_t *box_of; /* node -> box, AK_NO_INDEX: not drawn */
    double max_flat;
    struct ak_buf text;
};

static struct ak_str keep(struct modelling *b)
{
    const struct ak_str s = ak_arena_str(b->r->arena, ak_buf_view(&b->text));
    ak_buf_reset(&b->text);
    return s;
}

static struct callgraph_box *add_box(struct modelling *b)
{
    AK_GROW(b->m.boxes, (size_t)b->m.box_count + 1, b->boxes_cap);
    struct callgraph_box *box = &b->m.boxes[b->m.box_count++];
    *box = (struct callgraph_box){.lines = AK_NEW_ARRAY(b->r->arena, struct ak_str, LINES_MAX)};
    return box;
}

static struct callgraph_edge *add_edge(struct modelling *b)
{
    AK_GROW(b->m.edges, (size_t)b->m.edge_count + 1, b->edges_cap);
    struct callgraph_edge *edge = &b->m.edges[b->m.edge_count++];
    *edge = (struct callgraph_edge){.lines = AK_NEW_ARRAY(b->r->arena, struct ak_str, 2)};
    return edge;
}

static void add_line(struct callgraph_box *box, struct ak_str line)
{
    if (line.len > 0 && box->line_count < LINES_MAX) {
        box->lines[box->line_count++] = line;
    }
}

static double share_of(const struct modelling *b, int64_t v)
{
    return b->r->total == 0 ? 0 : (double)v / (double)ak_magnitude(b->r->total);
}

/* A name over several lines: Go's at its dots outside brackets, C++'s at its "::". */
static void add_name(struct callgraph_box *box, struct ak_str name)
{
    size_t from = 0;
    int depth = 0;
    for (size_t i = 0; i < name.len && box->line_count + 6 < LINES_MAX; i++) {
        const char c = name.ptr[i];
        depth += (c == '[' || c == '<' || c == '{') - (c == ']' || c == '>' || c == '}');
        const bool at_colons = c == ':' && i + 1 < name.len && name.ptr[i + 1] == ':';
        if (depth > 0 || i == from || (c != '.' && !at_colons)) {
            continue;
        }
        add_line(box, ak_str_slice(name, from, i));
        i += at_colons;
        from = i + 1;
    }
    add_line(box, ak_str_slice(name, from, name.len));
}

static void put_value_and_share(struct modelling *b, int64_t v)
{
    ak_pprof_value(&b->text, b->r, v);
    ak_buf_puts(&b->text, " (");
    ak_pprof_percent_trimmed(&b->text, b->r, v, b->r->total);
    ak_buf_putc(&b->text, ')');
}

static void add_values(struct modelling *b, struct callgraph_box *box, int64_t flat, int64_t cum)
{
    if (flat != 0) {
        put_value_and_share(b, flat);
        add_line(box, keep(b));
    } else {
        ak_buf_puts(&b->text, "0 ");
    }
    if (cum != flat) {
        ak_buf_puts(&b->text, "of ");
        put_value_and_share(b, cum);
    }
    add_line(box, keep(b));
}

static void add_node(struct modelling *b, uint32_t node, uint32_t number)
{
    const struct ak_graph *g = b->r->graph;
    const struct ak_node *n = &g->nodes[node];
    const int64_t flat = ak_node_flat(n);
    const int64_t cum = ak_node_cum(n);
    const double size = (double)ak_magnitude(flat);
    b->box_of[node] = b->m.box_count;
    struct callgraph_box *box = add_box(b);
    box->font = FONT_MIN;
    if (b->max_flat > 0 && flat != 0) {
        box->font += ceil(FONT_RANGE * sqrt(size / b->max_flat));
    }
    struct ak_node_info info = g->infos[n->info];
    add_name(box, reporter_short_name(b->r->arena, info.name));
    info.name = AK_STR("");
    info.file = info.file.len ? ak_path_last(info.file) : info.file;
    if (info.file.len || info.address || box->line_count == 0) {
        ak_node_name(&b->text, &info, " ");
        add_line(box, keep(b));
    }
    add_values(b, box, flat, cum);
    box->fill = ak_pprof_color(share_of(b, cum), true);
    box->stroke = ak_pprof_color(share_of(b, cum), false);
    ak_buf_printf(&b->text, "N%u", number);
    box->id = keep(b);
    ak_buf_str(&b->text, ak_graph_node_name(g, node));
    ak_buf_puts(&b->text, " (");
    ak_pprof_value(&b->text, b->r, cum);
    ak_buf_putc(&b->text, ')');
    box->title = keep(b);
}

/* --- tags ---------------------------------------------------------------------------------------
 */

/* A box for a tag with the edge to it; returns the box. */
static uint32_t add_tag(struct modelling *b, uint32_t source, size_t index,
                        const struct ak_tag *tag, int64_t v, bool dotted)
{
    const uint32_t at = b->m.box_count;
    struct callgraph_box *box = add_box(b);
    box->is_tag = true;
    box->font = FONT_MIN;
    box->fill = 0xf8f8f8;
    box->stroke = 0x8c959f;
    for (struct ak_str rest = tag->name; rest.ptr && box->line_count + 1 < LINES_MAX;) {
        const ptrdiff_t cut = ak_str_find(rest, AK_STR("\\n"));
        add_line(box, ak_str_slice(rest, 0, cut < 0 ? rest.len : (size_t)cut));
        rest = cut < 0 ? (struct ak_str){NULL, 0} : ak_str_slice(rest, (size_t)cut + 2, rest.len);
    }
    ak_buf_printf(&b->text, "%.*s_%zu", (int)b->m.boxes[source].id.len, b->m.boxes[source].id.ptr,
                  index);
    box->id = keep(b);
    ak_pprof_value(&b->text, b->r, v);
    box->title = keep(b);
    struct callgraph_edge *e = add_edge(b);
    e->from = source;
    e->to = at;
    e->weight = 100;
    e->width = 1;
    e->rgb = 0x8c959f;
    e->dotted = dotted;
    e->lines[e->line_count++] = box->title;
    e->title = box->title;
    return at;
}

static void add_numeric_tags(struct modelling *b, const struct reporter_tags *all,
                             struct ak_str group, bool flat_tags, uint32_t source)
{
    const struct reporter_tags numbers = reporter_tags_numeric(b->r, all, group, flat_tags);
    for (size_t i = 0; i < numbers.count; i++) {
        const struct ak_tag *t = &numbers.items[i];
        const int64_t flat = ak_mean(t->flat, t->flat_div);
        const int64_t cum = ak_mean(t->cum, t->cum_div);
        const bool as_flat = flat_tags || flat == cum;
        if ((as_flat ? flat : cum) != 0) {
            add_tag(b, source, i, t, as_flat ? flat : cum, !as_flat);
        }
    }
}

static void add_tags(struct modelling *b, uint32_t node)
{
    const struct ak_graph *g = b->r->graph;
    if (!g->tag_start || g->tag_start[node] == g->tag_start[node + 1]) {
        return;
    }
    const bool flat_tags = g->out_start[node + 1] > g->out_start[node];
    const struct reporter_tags all = {g->tags + g->tag_start[node],
                                      g->tag_start[node + 1] - g->tag_start[node]};
    const struct reporter_tags texts = reporter_tags_text(b->r, &all, flat_tags);
    for (size_t i = 0; i < texts.count; i++) {
        const struct ak_tag *t = &texts.items[i];
        const int64_t v = flat_tags ? ak_mean(t->flat, t->flat_div) : ak_mean(t->cum, t->cum_div);
        if (v != 0) {
            const uint32_t tag = add_tag(b, b->box_of[node], i, t, v, false);
            add_numeric_tags(b, &all, t->name, flat_tags, tag);
        }
    }
    add_numeric_tags(b, &all, AK_STR(""), flat_tags, b->box_of[node]);
}

/* --- edges --------------------------------------------------------------------------------------
 */

/* 1 + |share| * scale in whole steps, as pprof weighs edges. */
static double step_of(const struct modelling *b, int64_t v, double scale)
{
    return 1 + floor(fmin(fabs(share_of(b, v)), 1) * scale);
}

static void add_call(struct modelling *b, const struct ak_edge *call)
{
    const struct ak_graph *g = b->r->graph;
    const int64_t v = ak_mean(call->weight, call->weight_div);
    struct callgraph_edge *e = add_edge(b);
    e->from = b->box_of[call->from];
    e->to = b->box_of[call->to];
    e->weight = step_of(b, v, 100);
    e->width = step_of(b, v, 5);
    e->rgb = ak_pprof_color(share_of(b, v), false);
    e->dotted = call->residual;
    ak_pprof_value(&b->text, b->r, v);
    const struct ak_str value = keep(b);
    e->lines[e->line_count++] = value;
    if (call->inlined) {
        e->lines[e->line_count++] = AK_STR("(inline)");
    }
    ak_buf_str(&b->text, ak_graph_node_name(g, call->from));
    ak_buf_puts(&b->text, call->residual ? " ... " : " -> ");
    ak_buf_str(&b->text, ak_graph_node_name(g, call->to));
    ak_buf_printf(&b->text, " (%.*s)", (int)value.len, value.ptr);
    e->title = keep(b);
}

struct callgraph reporter_callgraph_model(const struct ak_pprof_report *r)
{
    const struct ak_graph *g = r->graph;
    struct modelling b = {.r = r, .box_of = AK_NEW_ARRAY(r->arena, uint32_t, g->node_count)};
    for (uint32_t i = 0; i < g->node_count; i++) {
        b.box_of[i] = AK_NO_INDEX;
    }
    for (uint32_t i = 0; i < g->list_count; i++) {
        b.max_flat = fmax(b.max_flat, (double)ak_magnitude(ak_node_flat(&g->nodes[g->list[i]])));
    }
    for (uint32_t i = 0; i < g->list_count; i++) {
        add_node(&b, g->list[i], i + 1);
    }
    for (uint32_t i = 0; i < g->list_count; i++) {
        add_tags(&b, g->list[i]);
    }
    for (uint32_t i = 0; i < g->edge_count; i++) {
        const struct ak_edge *e = &g->edges[i];
        if (b.box_of[e->from] != AK_NO_INDEX && b.box_of[e->to] != AK_NO_INDEX) {
            add_call(&b, e);
        }
    }
    /* What grew on the heap moves to the arena, which ends with the report. */
    struct callgraph m = b.m;
    m.boxes = ak_arena_copy(r->arena, b.m.boxes, b.m.box_count * sizeof *m.boxes);
    m.edges = ak_arena_copy(r->arena, b.m.edges, b.m.edge_count * sizeof *m.edges);
    ak_free(b.m.boxes);
    ak_free(b.m.edges);
    ak_buf_release(&b.text);
    return m;
}
