/* The drawing of graphs, checked on its output only: curves are flattened and clipped against boxes
 * and labels here, with no code of the router. */
#include "reporter/layout.h"
#include "test.h"

#include <math.h>
#include <string.h>

#define STEP 1.5 /* points between two points of a flattened curve */

struct box {
    double x0, y0, x1, y1;
};

static struct box node_box(const struct ak_layout_node *n)
{
    return (struct box){n->x - n->w / 2, n->y - n->h / 2, n->x + n->w / 2, n->y + n->h / 2};
}

static struct box label_box(const struct ak_layout_edge *e)
{
    return (struct box){e->label_x - e->label_w / 2, e->label_y - e->label_h / 2,
                        e->label_x + e->label_w / 2, e->label_y + e->label_h / 2};
}

static bool overlap(struct box a, struct box b)
{
    const double eps = 0.01;
    return a.x0 < b.x1 - eps && b.x0 < a.x1 - eps && a.y0 < b.y1 - eps && b.y0 < a.y1 - eps;
}

/* Liang and Barsky: whether the segment has a part inside the box. */
static bool enters(struct ak_point p, struct ak_point q, struct box b)
{
    double t0 = 0;
    double t1 = 1;
    const double d[4] = {p.x - q.x, q.x - p.x, p.y - q.y, q.y - p.y};
    const double r[4] = {p.x - b.x0, b.x1 - p.x, p.y - b.y0, b.y1 - p.y};
    for (int i = 0; i < 4; i++) {
        if (d[i] == 0) {
            if (r[i] <= 0) {
                return false;
            }
        } else if (d[i] < 0) {
            t0 = fmax(t0, r[i] / d[i]);
        } else {
            t1 = fmin(t1, r[i] / d[i]);
        }
    }
    return t0 < t1 - 1e-9;
}

static struct ak_point cubic(const struct ak_point *p, double t)
{
    struct ak_point a[4];
    memcpy(a, p, sizeof a);
    for (int level = 3; level > 0; level--) { /* de Casteljau */
        for (int i = 0; i < level; i++) {
            a[i].x += (a[i + 1].x - a[i].x) * t;
            a[i].y += (a[i + 1].y - a[i].y) * t;
        }
    }
    return a[0];
}

struct flat {
    struct ak_point pts[20000];
    size_t n;
};

static void flatten(const struct ak_layout_edge *e, struct flat *out)
{
    out->n = 0;
    out->pts[out->n++] = e->points[0];
    for (size_t k = 0; k + 3 < e->point_count; k += 3) {
        const double length =
            hypot(e->points[k + 3].x - e->points[k].x, e->points[k + 3].y - e->points[k].y);
        const int steps = 4 + (int)(length / STEP);
        for (int i = 1; i <= steps && out->n < 20000; i++) {
            out->pts[out->n++] = cubic(e->points + k, (double)i / steps);
        }
    }
}

static void check_ends(const struct ak_layout *g, const struct ak_layout_edge *e)
{
    const struct ak_point first = e->points[0];
    const struct ak_point last = e->points[e->point_count - 1];
    const struct box from = node_box(&g->nodes[e->from]);
    const struct box to = node_box(&g->nodes[e->to]);
    if (e->from == e->to) {
        assert_true(fabs(first.x - from.x1) < 0.5 && fabs(last.x - from.x1) < 0.5);
        return;
    }
    const bool down = first.y < last.y;
    assert_true(fabs(first.y - (down ? from.y1 : from.y0)) < 0.5);
    assert_true(fabs(last.y - (down ? to.y0 : to.y1)) < 0.5);
    assert_true(first.x > from.x0 - 0.5 && first.x < from.x1 + 0.5);
    assert_true(last.x > to.x0 - 0.5 && last.x < to.x1 + 0.5);
}

static void check_edge(const struct ak_layout *g, uint32_t index, struct flat *flat)
{
    const struct ak_layout_edge *e = &g->edges[index];
    assert_true(e->point_count >= 4 && e->point_count % 3 == 1);
    check_ends(g, e);
    flatten(e, flat);
    const double sign = e->points[0].y < e->points[e->point_count - 1].y ? 1 : -1;
    for (size_t k = 0; k + 1 < flat->n; k++) {
        const struct ak_point p = flat->pts[k];
        const struct ak_point q = flat->pts[k + 1];
        assert_true(e->from == e->to || (q.y - p.y) * sign > -1e-6);
        for (uint32_t i = 0; i < g->node_count; i++) {
            assert_false(i != e->from && i != e->to && enters(p, q, node_box(&g->nodes[i])));
        }
        for (uint32_t i = 0; i < g->edge_count; i++) {
            assert_false(i != index && g->edges[i].label_w > 0 &&
                         enters(p, q, label_box(&g->edges[i])));
        }
        assert_false(e->label_w > 0 && enters(p, q, label_box(e)));
    }
}

static void check_drawing(const struct ak_layout *g)
{
    static struct flat flat;
    assert_int_equal(g->squeezed, 0);
    for (uint32_t i = 0; i < g->node_count; i++) {
        const struct box b = node_box(&g->nodes[i]);
        assert_true(b.x0 > -0.5 && b.y0 > -0.5 && b.x1 < g->w + 0.5 && b.y1 < g->h + 0.5);
        for (uint32_t k = i + 1; k < g->node_count; k++) {
            assert_false(overlap(b, node_box(&g->nodes[k])));
        }
        for (uint32_t k = 0; k < g->edge_count; k++) {
            assert_false(g->edges[k].label_w > 0 && overlap(b, label_box(&g->edges[k])));
        }
    }
    for (uint32_t i = 0; i < g->edge_count; i++) {
        check_edge(g, i, &flat);
        for (uint32_t k = i + 1; k < g->edge_count; k++) {
            assert_false(g->edges[i].label_w > 0 && g->edges[k].label_w > 0 &&
                         overlap(label_box(&g->edges[i]), label_box(&g->edges[k])));
        }
    }
}

/* --- generated graphs ---------------------------------------------------------------------- */

static uint64_t seed_now;

static uint32_t rnd(uint32_t n)
{
    seed_now = seed_now * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(seed_now >> 33) % n;
}

static struct ak_layout new_graph(struct ak_arena *a, uint32_t nodes, uint32_t edges)
{
    struct ak_layout g = {.node_count = nodes, .edge_count = edges};
    g.nodes = AK_NEW_ARRAY(a, struct ak_layout_node, nodes);
    g.edges = AK_NEW_ARRAY(a, struct ak_layout_edge, edges);
    for (uint32_t i = 0; i < nodes; i++) {
        g.nodes[i].w = 8 + rnd(rnd(4) ? 150 : 500);
        g.nodes[i].h = 6 + rnd(rnd(4) ? 60 : 250);
    }
    return g;
}

static void set_edge(struct ak_layout *g, uint32_t i, uint32_t from, uint32_t to)
{
    struct ak_layout_edge *e = &g->edges[i];
    *e = (struct ak_layout_edge){.from = from, .to = to, .weight = 1 + rnd(100)};
    if (rnd(3)) {
        e->label_w = 10 + rnd(80);
        e->label_h = 14 * (1 + rnd(3));
    }
}

/* Shapes: random with cycles and self edges, star, chain with back edges, biclique, tree with extra
 * edges, parallel and antiparallel edges. */
static struct ak_layout generate(struct ak_arena *a, uint32_t seed)
{
    seed_now = seed * 7919 + 1;
    const uint32_t n = 2 + rnd(28);
    const uint32_t shape = seed % 6;
    const uint32_t half = n / 2;
    const uint32_t m = shape == 3   ? half * (n - half)
                       : shape == 0 ? n + rnd(2 * n)
                                    : n - 1 + rnd(n);
    struct ak_layout g = new_graph(a, n, m);
    for (uint32_t i = 0; i < m; i++) {
        const uint32_t x = rnd(n);
        const uint32_t y = rnd(n);
        switch (shape) {
        case 1:
            set_edge(&g, i, 0, i < n - 1 ? i + 1 : y);
            break;
        case 2:
            set_edge(&g, i, i < n - 1 ? i : x, i < n - 1 ? i + 1 : y);
            break;
        case 3:
            set_edge(&g, i, i / (n - half), half + i % (n - half));
            break;
        case 4:
            set_edge(&g, i, i < n - 1 ? rnd(i + 1) : x, i < n - 1 ? i + 1 : y);
            break;
        case 5:
            set_edge(&g, i, i % 2 ? 0 : n - 1, i % 3 ? n - 1 : x);
            break;
        default:
            set_edge(&g, i, x, y);
        }
    }
    return g;
}

static void generated_graphs(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 300; seed++) {
        struct ak_arena *a = ak_arena_new();
        struct ak_layout g = generate(a, seed);
        struct ak_error err = {0};
        assert_int_equal(ak_layout_run(&g, a, &err), AK_OK);
        check_drawing(&g);
        ak_arena_free(a);
    }
}

static void same_bytes_twice(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 20; seed++) {
        struct ak_arena *a = ak_arena_new();
        struct ak_layout x = generate(a, seed);
        struct ak_layout y = generate(a, seed);
        assert_int_equal(ak_layout_run(&x, a, NULL), AK_OK);
        assert_int_equal(ak_layout_run(&y, a, NULL), AK_OK);
        assert_memory_equal(x.nodes, y.nodes, x.node_count * sizeof *x.nodes);
        for (uint32_t i = 0; i < x.edge_count; i++) {
            assert_int_equal(x.edges[i].point_count, y.edges[i].point_count);
            assert_memory_equal(x.edges[i].points, y.edges[i].points,
                                x.edges[i].point_count * sizeof(struct ak_point));
        }
        ak_arena_free(a);
    }
}

static void refuses_bad_input(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    struct ak_layout g = new_graph(a, 2, 1);
    set_edge(&g, 0, 0, 2);
    struct ak_error err = {0};
    assert_int_equal(ak_layout_run(&g, a, &err), AK_USAGE);
    set_edge(&g, 0, 0, 1);
    g.nodes[1].w = -1;
    assert_int_equal(ak_layout_run(&g, a, &err), AK_USAGE);
    g.nodes[1].w = (double)INFINITY;
    assert_int_equal(ak_layout_run(&g, a, &err), AK_USAGE);
    struct ak_layout empty = {0};
    assert_int_equal(ak_layout_run(&empty, a, &err), AK_OK);
    ak_arena_free(a);
}

static void work_is_bounded(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    seed_now = 42;
    struct ak_layout g = new_graph(a, 120, 900);
    for (uint32_t i = 0; i < 900; i++) {
        set_edge(&g, i, rnd(120), rnd(120));
    }
    g.budget = 100000;
    assert_int_equal(ak_layout_run(&g, a, NULL), AK_OK);
    const uint64_t little = g.work;
    g.budget = 3000000;
    assert_int_equal(ak_layout_run(&g, a, NULL), AK_OK);
    assert_true(g.work > little);
    ak_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generated_graphs),
        cmocka_unit_test(same_bytes_twice),
        cmocka_unit_test(refuses_bad_input),
        cmocka_unit_test(work_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
