/* `go test -json`: one event per line; the text that a package printed is put together from its
 * output events and read as benchmark text. Events of packages that ran at the same time may
 * alternate. */
#include "base/mem.h"
#include "iso_time.h"
#include "reader.h"

struct package_text {
    struct ak_buf text;
};

struct packages {
    struct ak_arena *arena;
    struct ak_intern names;
    struct package_text *items; /* names.count entries */
    size_t cap;
};

static bool matches(const struct collector_source *src)
{
    return ak_json_get_str(src->json, "Action").len > 0;
}

static struct ak_buf *text_of(struct packages *p, struct ak_str name)
{
    const size_t before = p->names.count;
    const uint32_t i = ak_intern_add(&p->names, name);
    if (p->names.count > before) {
        AK_GROW(p->items, p->names.count, p->cap);
        p->items[i] = (struct package_text){.text = AK_BUF_INIT};
    }
    return &p->items[i].text;
}

static enum ak_status take_line(struct ak_json_reader *json, const char *where, struct ak_str line,
                                struct packages *p, struct ak_error *err)
{
    const struct ak_json_node *event;
    ak_arena_reset(p->arena);
    const enum ak_status st = ak_json_read(json, where, line, p->arena, &event, err);
    if (st == AK_OK && ak_str_eq(ak_json_get_str(event, "Action"), AK_STR("output"))) {
        ak_buf_str(text_of(p, ak_json_get_str(event, "Package")), ak_json_get_str(event, "Output"));
    }
    return st;
}

static void take_lines(const struct collector_source *src, struct ak_json_reader *json,
                       struct packages *p, struct collector_build *b)
{
    struct ak_str rest = src->bytes;
    for (uint64_t n = 1; rest.ptr && rest.len > 0; n++) {
        const struct ak_str line = ak_str_trim(ak_str_cut(&rest, '\n'));
        if (line.len == 0) {
            continue;
        }
        struct ak_error err = {0};
        /* Compilers print their own lines between the events. */
        if (line.ptr[0] == '{' && take_line(json, "event", line, p, &err) != AK_OK) {
            collector_build_warn(b, "%s:%llu: %s", src->path, (unsigned long long)n, err.text);
        }
    }
}

static enum ak_status read_packages(const struct collector_source *src, const struct packages *p,
                                    struct collector_build *b, struct ak_error *err)
{
    for (size_t i = 0; i < p->names.count; i++) {
        struct ak_buf name = AK_BUF_INIT;
        ak_buf_printf(&name, "%s (%.*s)", src->path, (int)ak_utf8_cut(p->names.strs[i], 200),
                      p->names.strs[i].ptr);
        const struct collector_source text = {
            .path = name.ptr, .lenient = src->lenient, .bytes = ak_buf_view(&p->items[i].text)};
        const enum ak_status st = collector_reader_go_text.read(&text, b, err);
        ak_buf_release(&name);
        if (st != AK_OK) {
            return st;
        }
    }
    return AK_OK;
}

static enum ak_status read_events(const struct collector_source *src, struct collector_build *b,
                                  struct ak_error *err)
{
    struct ak_json_reader *json;
    enum ak_status st = ak_json_reader_open(&json, err);
    if (st != AK_OK) {
        return st;
    }
    struct packages p = {.arena = ak_arena_new()};
    ak_intern_init(&p.names, b->scratch);
    collector_build_time(b, collector_iso_time_ns(ak_json_get_str(src->json, "Time")));
    take_lines(src, json, &p, b);
    st = read_packages(src, &p, b, err);
    for (size_t i = 0; i < p.names.count; i++) {
        ak_buf_release(&p.items[i].text);
    }
    ak_free(p.items);
    ak_intern_release(&p.names);
    ak_arena_free(p.arena);
    ak_json_reader_close(json);
    return st;
}

const struct collector_reader collector_reader_go_json = {
    .name = "go test -json",
    .is_json = true,
    .matches = matches,
    .read = read_events,
};
