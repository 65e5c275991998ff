#include "profile/graph.h"
#include "profile/paths.h"

void ak_node_name(struct ak_buf *out, const struct ak_node_info *info, const char *sep)
{
    bool any = false;
    if (info->address) {
        ak_buf_printf(out, "%016llx", (unsigned long long)info->address);
        any = true;
    }
    if (info->name.len) {
        ak_buf_puts(out, any ? sep : "");
        ak_buf_str(out, info->name);
        any = true;
    }
    if (info->line) {
        ak_buf_puts(out, any ? sep : "");
        ak_buf_str(out, info->file);
        ak_buf_putc(out, ':');
        ak_buf_i64(out, info->line);
        if (info->column) {
            ak_buf_putc(out, ':');
            ak_buf_i64(out, info->column);
        }
    } else if (info->file.len) {
        ak_buf_puts(out, any ? sep : "");
        ak_buf_str(out, info->file);
    } else if (info->name.len == 0) {
        ak_buf_puts(out, any ? sep : "");
        if (info->object.len) {
            ak_buf_putc(out, '[');
            ak_buf_str(out, ak_path_last(info->object));
            ak_buf_putc(out, ']');
        } else {
            ak_buf_puts(out, "<unknown>");
        }
    }
}

struct ak_str ak_graph_node_name(const struct ak_graph *g, uint32_t node)
{
    const struct ak_node_info *info = &g->infos[g->nodes[node].info];
    if (!info->address && !info->line && info->name.len && !info->file.len) {
        return info->name;
    }
    struct ak_buf text = AK_BUF_INIT;
    ak_node_name(&text, info, " ");
    const struct ak_str name = ak_arena_str(g->arena, ak_buf_view(&text));
    ak_buf_release(&text);
    return name;
}

struct ak_node_info ak_frame_info(const struct ak_profile *p, uint32_t location, uint32_t line,
                                  struct ak_arena *arena)
{
    const struct ak_location *loc = &p->locations[location];
    const struct ak_line *l = line < loc->line_count ? &p->lines[loc->first_line + line] : NULL;
    const struct ak_str object = loc->mapping == AK_NO_INDEX
                                     ? AK_STR("")
                                     : ak_profile_str(p, p->mappings[loc->mapping].filename);
    if (!l || l->function == AK_NO_INDEX) {
        return (struct ak_node_info){.address = loc->address, .object = object};
    }
    const struct ak_function *f = &p->functions[l->function];
    struct ak_node_info info = {.name = ak_profile_str(p, f->name),
                                .file = ak_profile_str(p, f->filename),
                                .address = loc->address,
                                .line = l->line,
                                .column = l->column};
    if (info.file.len) {
        info.file = ak_path_clean(arena, info.file);
    }
    if (info.name.len == 0) {
        info.object = object;
        info.start_line = f->start_line;
    }
    return info;
}
