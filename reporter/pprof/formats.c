#include "callgraph/callgraph.h"
#include "flame/flame.h"
#include "render.h"

#define TOP_USAGE(name)                                                                            \
    name " [n] [focus_regex]* [-ignore_regex]* [-cum] >f\n"                                        \
         "Show n entries, of samples that match focus_regex and not ignore_regex.\n"               \
         "-cum sorts by cumulative weight; >f writes the report to file f, | cmd to a command."
#define GRAPH_USAGE(name)                                                                          \
    name " [n] [focus_regex]* [-ignore_regex]* >f\n"                                               \
         "Show n entries, of samples that match focus_regex and not ignore_regex.\n"               \
         ">f writes the report to file f, | cmd to a command."
#define LIST_USAGE(name)                                                                           \
    name " <func_regex|address> [-focus_regex]* [-ignore_regex]* >f\n"                             \
         "Show functions that match func_regex or contain the address."

const struct ak_pprof_format ak_pprof_formats[] = {
    {.name = "callgrind",
     .model = AK_PPROF_GRAPH,
     .flags = AK_PPROF_UNTRIMMED | AK_PPROF_OBJECTS | AK_PPROF_BINARY | AK_PPROF_CALL_TREE,
     .granularity = "addresses",
     .suffix = "callgraph.out",
     .render = reporter_pprof_callgrind,
     .summary = "Write the graph in callgrind format",
     .usage = GRAPH_USAGE("callgrind")},
    {.name = "comments",
     .model = AK_PPROF_SAMPLES,
     .render = reporter_pprof_comments,
     .summary = "Print all comments of the profile",
     .usage = ""},
    {.name = "compare",
     .model = AK_PPROF_NODES,
     .flags = AK_PPROF_ADDITION,
     .render = reporter_pprof_compare,
     .summary = "Print values before and after, with -diff_base",
     .usage = TOP_USAGE("compare")},
    {.name = "disasm",
     .model = AK_PPROF_NODES,
     .flags = AK_PPROF_PARAM | AK_PPROF_UNTRIMMED | AK_PPROF_OBJECTS,
     .granularity = "addresses",
     .render = reporter_pprof_disasm,
     .summary = "Print the machine code of functions that match, with values",
     .usage = LIST_USAGE("disasm")},
    {.name = "dot",
     .model = AK_PPROF_DRAWN,
     .flags = AK_PPROF_CALL_TREE,
     .render = reporter_pprof_dot,
     .summary = "Write the graph in DOT format",
     .usage = GRAPH_USAGE("dot")},
    {.name = "flame",
     .model = AK_PPROF_SAMPLES,
     .flags = AK_PPROF_ADDITION,
     .suffix = "svg",
     .render = reporter_flame,
     .summary = "Draw the flame graph as SVG; as PNG or HTML where the output's name says so",
     .usage = GRAPH_USAGE("flame")},
    {.name = "flame_html",
     .model = AK_PPROF_SAMPLES,
     .flags = AK_PPROF_ADDITION | AK_PPROF_BINARY,
     .suffix = "html",
     .render = reporter_flame_html,
     .summary = "Write the flame graph as one page with search and zoom",
     .usage = GRAPH_USAGE("flame_html")},
    {.name = "flame_png",
     .model = AK_PPROF_SAMPLES,
     .flags = AK_PPROF_ADDITION | AK_PPROF_BINARY,
     .suffix = "png",
     .render = reporter_flame_png,
     .summary = "Draw the flame graph as PNG",
     .usage = GRAPH_USAGE("flame_png")},
    {.name = "list",
     .model = AK_PPROF_NODES,
     .flags = AK_PPROF_PARAM | AK_PPROF_UNTRIMMED | AK_PPROF_OBJECTS,
     .granularity = "lines",
     .render = reporter_pprof_list,
     .summary = "Print the source of functions that match, with values by line",
     .usage = LIST_USAGE("list")},
    {.name = "peek",
     .model = AK_PPROF_GRAPH,
     .flags = AK_PPROF_PARAM | AK_PPROF_UNTRIMMED,
     .render = reporter_pprof_tree,
     .summary = "Print callers and callees of functions that match",
     .usage = "peek func_regex\nShow callers and callees of functions that match func_regex."},
    {.name = "png",
     .model = AK_PPROF_DRAWN,
     .flags = AK_PPROF_CALL_TREE | AK_PPROF_BINARY | AK_PPROF_PICTURE,
     .suffix = "png",
     .render = reporter_callgraph_png,
     .summary = "Draw the graph as PNG",
     .usage = GRAPH_USAGE("png")},
    {.name = "proto",
     .model = AK_PPROF_SAMPLES,
     .flags = AK_PPROF_UNTRIMMED | AK_PPROF_BINARY,
     .granularity = "addresses",
     .suffix = "pb.gz",
     .render = reporter_pprof_proto,
     .summary = "Write the profile as compressed protobuf",
     .usage = ""},
    {.name = "raw",
     .model = AK_PPROF_SAMPLES,
     .flags = AK_PPROF_UNTRIMMED,
     .granularity = "addresses",
     .render = reporter_pprof_raw,
     .summary = "Print all tables of the profile",
     .usage = ""},
    {.name = "svg",
     .model = AK_PPROF_DRAWN,
     .flags = AK_PPROF_CALL_TREE | AK_PPROF_BINARY,
     .suffix = "svg",
     .render = reporter_callgraph_svg,
     .summary = "Draw the graph as SVG, with search, highlighting and zoom",
     .usage = GRAPH_USAGE("svg")},
    {.name = "tags",
     .model = AK_PPROF_SAMPLES,
     .render = reporter_pprof_tags,
     .summary = "Print all tags of the profile with their values",
     .usage = "tags [tag_regex]* [-ignore_regex]* >f\n"
              "List tags whose key:value matches tag_regex and not ignore_regex."},
    {.name = "text",
     .model = AK_PPROF_FLAT,
     .flags = AK_PPROF_ALL_NODES,
     .render = reporter_pprof_text,
     .summary = "Print the top entries",
     .usage = TOP_USAGE("text")},
    {.name = "top",
     .model = AK_PPROF_FLAT,
     .flags = AK_PPROF_ALL_NODES,
     .render = reporter_pprof_text,
     .summary = "Print the top entries",
     .usage = TOP_USAGE("top")},
    {.name = "topproto",
     .model = AK_PPROF_FLAT,
     .flags = AK_PPROF_ALL_NODES | AK_PPROF_BINARY,
     .suffix = "pb.gz",
     .render = reporter_pprof_topproto,
     .summary = "Write the top entries as compressed protobuf",
     .usage = ""},
    {.name = "traces",
     .model = AK_PPROF_SAMPLES,
     .render = reporter_pprof_traces,
     .summary = "Print all samples with their stacks",
     .usage = ""},
    {.name = "tree",
     .model = AK_PPROF_GRAPH,
     .render = reporter_pprof_tree,
     .summary = "Print the call graph as text",
     .usage = TOP_USAGE("tree")},
    {.name = "web",
     .model = AK_PPROF_DRAWN,
     .flags = AK_PPROF_CALL_TREE | AK_PPROF_VIEWER,
     .suffix = "svg",
     .render = reporter_callgraph_svg,
     .summary = "Draw the graph as SVG and open it in a browser",
     .usage = GRAPH_USAGE("web")},
    {.name = "weblist",
     .model = AK_PPROF_NODES,
     .flags = AK_PPROF_PARAM | AK_PPROF_UNTRIMMED | AK_PPROF_OBJECTS | AK_PPROF_VIEWER,
     .granularity = "addresses",
     .suffix = "html",
     .render = reporter_pprof_weblist,
     .summary = "Show source and machine code of functions that match in a browser",
     .usage = LIST_USAGE("weblist")},
    {.name = NULL},
};

const struct ak_pprof_format *ak_pprof_format_find(struct ak_str name)
{
    for (const struct ak_pprof_format *f = ak_pprof_formats; f->name; f++) {
        if (ak_str_eq(name, ak_str_from(f->name))) {
            return f;
        }
    }
    return NULL;
}

/* Rows of formats that exist as JSON and Markdown too. */
static const struct {
    enum ak_status (*plain)(const struct ak_pprof_report *, struct ak_buf *, struct ak_error *);
    enum ak_status (*json)(const struct ak_pprof_report *, struct ak_buf *, struct ak_error *);
    enum ak_status (*markdown)(const struct ak_pprof_report *, struct ak_buf *, struct ak_error *);
} forms[] = {
    {reporter_pprof_text, reporter_pprof_json, reporter_pprof_markdown},
    {reporter_pprof_tree, reporter_pprof_json, reporter_pprof_markdown},
    {reporter_pprof_compare, reporter_pprof_compare_json, reporter_pprof_compare_markdown},
};

enum ak_status ak_pprof_render(const struct ak_pprof_report *r, struct ak_buf *out,
                               struct ak_error *err)
{
    if (!r->config.json && !r->config.markdown) {
        return r->format->render(r, out, err);
    }
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (forms[i].plain == r->format->render) {
            return r->config.json ? forms[i].json(r, out, err) : forms[i].markdown(r, out, err);
        }
    }
    return ak_fail(err, AK_UNSUPPORTED, "%s has no %s form", r->format->name,
                   r->config.json ? "JSON" : "Markdown");
}
