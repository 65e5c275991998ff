#include "reporter/canvas.h"
#include "reporter_png.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct test_png render(const struct ak_canvas *c, double scale)
{
    struct ak_buf png = AK_BUF_INIT;
    struct ak_error err = {0};
    struct test_png out = {0};
    if (ak_canvas_png(c, scale, &png, &err) != AK_OK) {
        fail_msg("%s", err.text);
    }
    assert_true(test_png_decode(ak_buf_view(&png), &out));
    ak_buf_release(&png);
    return out;
}

static uint32_t at(const struct test_png *png, unsigned x, unsigned y)
{
    return png->rgb[y * png->width + x];
}

static void rectangles_cover_exactly(void **state)
{
    (void)state;
    struct ak_canvas *c = ak_canvas_new(20, 10, 0xffffff);
    ak_canvas_rect(c, (struct ak_point){2, 3}, 4.5, 2, &(struct ak_paint){.fill = true});
    const struct test_png png = render(c, 1);
    assert_int_equal(png.width, 20);
    assert_int_equal(png.height, 10);
    assert_true(png.has_palette);
    assert_int_equal(at(&png, 1, 3), 0xffffff);
    assert_int_equal(at(&png, 2, 3), 0);
    assert_int_equal(at(&png, 5, 4), 0);
    assert_int_equal(at(&png, 5, 5), 0xffffff);
    assert_in_range(at(&png, 6, 4) & 255, 110, 145); /* half covered */
    assert_int_equal(at(&png, 7, 4), 0xffffff);
    free(png.rgb);
    ak_canvas_free(c);
}

static void scale_two_doubles_everything(void **state)
{
    (void)state;
    struct ak_canvas *c = ak_canvas_new(8, 8, 0x102030);
    ak_canvas_rect(c, (struct ak_point){1, 1}, 2, 2,
                   &(struct ak_paint){.fill = true, .fill_rgb = 0xff0000});
    const struct test_png png = render(c, 2);
    assert_int_equal(png.width, 16);
    assert_int_equal(at(&png, 1, 1), 0x102030);
    assert_int_equal(at(&png, 2, 2), 0xff0000);
    assert_int_equal(at(&png, 5, 5), 0xff0000);
    assert_int_equal(at(&png, 6, 6), 0x102030);
    free(png.rgb);
    ak_canvas_free(c);
}

/* Along a stroke of many short pieces the middle is solid and both rims are even: no beads. */
static void strokes_of_many_pieces_have_no_beads(void **state)
{
    (void)state;
    enum { POINTS = 200 };
    struct ak_canvas *c = ak_canvas_new(120, 120, 0xffffff);
    struct ak_point pts[POINTS];
    for (size_t i = 0; i < POINTS; i++) {
        const double angle = 6.0 * (double)i / POINTS;
        pts[i] = (struct ak_point){60 + 45 * cos(angle), 60 + 45 * sin(angle)};
    }
    ak_canvas_polyline(c, pts, POINTS, &(struct ak_paint){.stroke = true, .width = 4});
    const struct test_png png = render(c, 1);
    for (size_t i = 5; i < POINTS - 5; i++) {
        const double angle = 6.0 * (double)i / POINTS;
        const unsigned x = (unsigned)floor(60 + 45 * cos(angle));
        const unsigned y = (unsigned)floor(60 + 45 * sin(angle));
        assert_int_equal(at(&png, x, y), 0);
        /* A pixel whose centre lies 3.3 beyond the middle line is not touched by a width of 4. */
        const unsigned ox = (unsigned)floor(60 + 48.3 * cos(angle));
        const unsigned oy = (unsigned)floor(60 + 48.3 * sin(angle));
        const double far = hypot(ox + 0.5 - 60, oy + 0.5 - 60);
        if (far > 47.8) {
            assert_int_equal(at(&png, ox, oy), 0xffffff);
        }
    }
    free(png.rgb);
    ak_canvas_free(c);
}

/* The total ink of a shape is its area. */
static void area_is_true(void **state)
{
    (void)state;
    struct ak_canvas *c = ak_canvas_new(100, 100, 0xffffff);
    ak_canvas_circle(c, (struct ak_point){50.3, 49.6}, 30, &(struct ak_paint){.fill = true});
    const struct test_png png = render(c, 1);
    double ink = 0;
    for (size_t i = 0; i < (size_t)100 * 100; i++) {
        ink += 1 - (double)(png.rgb[i] & 255) / 255;
    }
    assert_true(fabs(ink - 3.14159265 * 900) < 10);
    free(png.rgb);
    ak_canvas_free(c);
}

static void dashes_have_gaps(void **state)
{
    (void)state;
    struct ak_canvas *c = ak_canvas_new(40, 10, 0xffffff);
    ak_canvas_polyline(c, (const struct ak_point[]){{0, 5}, {40, 5}}, 2,
                       &(struct ak_paint){.stroke = true, .width = 2, .dash_on = 6, .dash_off = 4});
    const struct test_png png = render(c, 1);
    assert_int_equal(at(&png, 3, 4), 0);
    assert_int_equal(at(&png, 8, 4), 0xffffff);
    assert_int_equal(at(&png, 12, 4), 0);
    assert_int_equal(at(&png, 18, 4), 0xffffff);
    free(png.rgb);
    ak_canvas_free(c);
}

static struct ak_canvas *everything(void)
{
    struct ak_canvas *c = ak_canvas_new(200, 120, 0xffffff);
    const struct ak_paint both = {.fill = true,
                                  .fill_rgb = 0x56b4e9,
                                  .stroke = true,
                                  .stroke_rgb = 0x0072b2,
                                  .width = 1.5,
                                  .opacity = 0.7};
    const struct ak_point pts[] = {{10, 100}, {40, 20}, {90, 110}, {150, 30}};
    ak_canvas_group_begin(c, "g1", "node", AK_STR("a->b"));
    ak_canvas_polygon(c, pts, 4, &both);
    ak_canvas_path(c, pts, 4, &(struct ak_paint){.stroke = true, .width = 2});
    ak_canvas_rect(c, (struct ak_point){100, 10}, 30, 20, &both);
    ak_canvas_text(c, (struct ak_point){20, 60}, AK_STR("Größe → 1.5 µs ▲"),
                   &(struct ak_text_style){.size = 13, .font = AK_FONT_BOLD});
    ak_canvas_text(
        c, (struct ak_point){190, 90}, AK_STR("x<y & \"z\"\x1b[31m"),
        &(struct ak_text_style){.size = 11, .font = AK_FONT_MONO, .anchor = AK_ANCHOR_END});
    ak_canvas_group_end(c);
    return c;
}

static void a_second_run_is_byte_identical(void **state)
{
    (void)state;
    struct ak_buf a = AK_BUF_INIT, b = AK_BUF_INIT;
    for (int i = 0; i < 2; i++) {
        struct ak_canvas *c = everything();
        struct ak_buf *out = i == 0 ? &a : &b;
        assert_int_equal(ak_canvas_png(c, 1, out, NULL), AK_OK);
        ak_canvas_svg(c, "title", NULL, out);
        ak_canvas_free(c);
    }
    assert_true(a.len > 1000);
    assert_true(ak_str_eq(ak_buf_view(&a), ak_buf_view(&b)));
    ak_buf_release(&a);
    ak_buf_release(&b);
}

static void svg_is_escaped_and_structured(void **state)
{
    (void)state;
    struct ak_canvas *c = everything();
    struct ak_buf svg = AK_BUF_INIT;
    ak_canvas_svg(c, "a <b>", "<style>x{}</style>", &svg);
    assert_non_null(strstr(svg.ptr, "<title>a &lt;b&gt;</title>\n<style>x{}</style>"));
    assert_non_null(strstr(svg.ptr, "<g id=\"g1\" class=\"node\"><title>a-&gt;b</title>"));
    assert_non_null(strstr(svg.ptr, "x&lt;y &amp; &quot;z&quot;\\x1b[31m</text>"));
    assert_non_null(strstr(svg.ptr, "x=\"190\" y=\"90\""));
    assert_non_null(strstr(svg.ptr, "text-anchor=\"end\""));
    assert_null(strchr(svg.ptr, '\x1b'));
    ak_buf_release(&svg);
    ak_canvas_free(c);
}

static void what_is_no_number_is_not_drawn(void **state)
{
    (void)state;
    struct ak_canvas *c = ak_canvas_new(30, 30, 0xffffff);
    const struct ak_paint ink = {.fill = true, .stroke = true};
    const struct ak_point bad[] = {{1, 1}, {(double)NAN, 2}, {(double)INFINITY, 3}};
    ak_canvas_polygon(c, bad, 3, &ink);
    ak_canvas_polyline(c, bad, 3, &ink);
    ak_canvas_circle(c, bad[1], 3, &ink);
    ak_canvas_circle(c, bad[0], (double)NAN, &ink);
    ak_canvas_rect(c, bad[0], -1, 5, &ink);
    ak_canvas_rect(c, bad[0], 1e12, 5, &ink);
    ak_canvas_path(c, bad, 2, &ink);
    ak_canvas_text(c, bad[1], AK_STR("x"), &(struct ak_text_style){.size = 10});
    const struct test_png png = render(c, 1);
    for (size_t i = 0; i < (size_t)30 * 30; i++) {
        assert_int_equal(png.rgb[i], 0xffffff);
    }
    free(png.rgb);
    ak_canvas_free(c);
}

/* Shapes that reach over each edge are cut, not refused. */
static void shapes_are_clipped(void **state)
{
    (void)state;
    struct ak_canvas *c = ak_canvas_new(30, 30, 0xffffff);
    ak_canvas_circle(c, (struct ak_point){15, 15}, 500, &(struct ak_paint){.fill = true});
    ak_canvas_polyline(c, (const struct ak_point[]){{-900, -900}, {900, 905}}, 2,
                       &(struct ak_paint){.stroke = true, .stroke_rgb = 0xff0000, .width = 3});
    ak_canvas_text(c, (struct ak_point){-5, 3}, AK_STR("edge"),
                   &(struct ak_text_style){.size = 20});
    const struct test_png png = render(c, 1);
    assert_int_equal(at(&png, 0, 29), 0);
    assert_int_equal(at(&png, 12, 15), 0xff0000);
    free(png.rgb);
    ak_canvas_free(c);
}

static void too_large_is_refused(void **state)
{
    (void)state;
    struct ak_error err = {0};
    struct ak_buf png = AK_BUF_INIT;
    struct ak_canvas *c = ak_canvas_new(70000, 100, 0);
    assert_int_equal(ak_canvas_png(c, 1, &png, &err), AK_LIMIT);
    ak_canvas_free(c);
    ak_buf_release(&png);
}

static void text_has_width_and_fits(void **state)
{
    (void)state;
    struct ak_arena *a = ak_arena_new();
    const struct ak_text_style s = {.size = 10};
    const struct ak_str name = AK_STR("github.com/α/β.(*PID).doStop");
    const double whole = ak_text_width(name, 10, AK_FONT_SANS);
    assert_true(whole > 120 && whole < 220);
    assert_true(ak_text_width(name, 20, AK_FONT_SANS) > 1.99 * whole);
    const double m = ak_text_width(AK_STR("M"), 10, AK_FONT_MONO);
    assert_true(fabs(ak_text_width(AK_STR("il→µ"), 10, AK_FONT_MONO) - 4 * m) < 0.01);
    for (double max = 0; max < whole + 10; max += 3) {
        for (int front = 0; front < 2; front++) {
            const struct ak_str fit = ak_text_fit(a, name, max, &s, front);
            assert_true(ak_text_width(fit, 10, AK_FONT_SANS) <= max + 1e-9);
            assert_true(ak_utf8_valid(fit));
            if (front && fit.len > 6) {
                assert_true(ak_str_ends(fit, AK_STR("Stop")));
            }
        }
    }
    ak_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rectangles_cover_exactly),
        cmocka_unit_test(scale_two_doubles_everything),
        cmocka_unit_test(strokes_of_many_pieces_have_no_beads),
        cmocka_unit_test(area_is_true),
        cmocka_unit_test(dashes_have_gaps),
        cmocka_unit_test(a_second_run_is_byte_identical),
        cmocka_unit_test(svg_is_escaped_and_structured),
        cmocka_unit_test(what_is_no_number_is_not_drawn),
        cmocka_unit_test(shapes_are_clipped),
        cmocka_unit_test(too_large_is_refused),
        cmocka_unit_test(text_has_width_and_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
