#include "base/mem.h"
#include "history_profile.h"
#include "pprof_remote.h"
#include "pprof_request.h"
#include "profile/decode.h"
#include "profile/merge.h"
#include "profile/prune.h"
#include "profile/symbolize.h"
#include "profile/view.h"

#include <stdlib.h>
#include <string.h>

/* $PPROF_BINARY_PATH, or the folder that pprof looks in without it. */
static const char *binary_path(struct pprof_request *req)
{
    const char *path = getenv("PPROF_BINARY_PATH");
    const char *home = getenv("HOME");
    if (path && path[0]) {
        return path;
    }
    return home ? ak_arena_printf(req->arena, "%s/pprof/binaries", home) : NULL;
}

/* Prints each line of what a step has to tell. */
static void print_lines(struct ak_buf *messages)
{
    for (struct ak_str rest = ak_buf_view(messages); rest.ptr && rest.len;) {
        const struct ak_str line = ak_str_cut(&rest, '\n');
        char *text = ak_strndup(line.ptr, line.len);
        pprof_message(text);
        ak_free(text);
    }
    ak_buf_release(messages);
}

static enum ak_status load_one(struct pprof_request *req, const char *source,
                               struct ak_profile **out, struct ak_error *err)
{
    const char *url = pprof_source_url(req, source);
    enum ak_status st;
    if (url) {
        st = pprof_fetch(req, url, out, err);
        req->fetched = req->fetched || st == AK_OK;
    } else if (source[0] == '@') {
        const struct history_profile from = {.store = req->store[0] ? req->store : NULL,
                                             .source = source,
                                             .limits = &req->limits,
                                             .arena = req->arena};
        st = cli_history_profile(&from, out, err);
    } else {
        st = ak_profile_load(source, &req->limits, out, err);
    }
    if (st == AK_OK && req->config.compat && ak_profile_check_compat(*out, err) != AK_OK) {
        ak_profile_free(*out);
        *out = NULL;
        st = ak_prefix(err, AK_CORRUPT, "%s", source);
    }
    if (st == AK_OK) {
        const struct ak_binaries_opts opts = {
            .binary = req->binary,
            .build_id = req->build_id[0] ? req->build_id : NULL,
            .search_path = binary_path(req),
        };
        struct ak_buf messages = AK_BUF_INIT;
        ak_profile_locate_binaries(*out, &opts, &messages);
        print_lines(&messages);
    }
    return st;
}

struct group {
    struct pprof_list sources;
    const char *kind; /* "source" or "base" */
    bool packed;      /* the report does without stacks in the result */
    struct ak_profile *result;
    struct ak_stacks *stacks; /* of the result when it has none */
    size_t loaded;
};

/* One source: as it is. */
static enum ak_status load_single(struct pprof_request *req, struct group *g, struct ak_error *err)
{
    const enum ak_status st = load_one(req, g->sources.items[0], &g->result, err);
    if (st == AK_OK && g->result->sample_type_count == 0) {
        ak_profile_free(g->result);
        g->result = NULL;
        return ak_fail(err, AK_FORMAT, "%s: profile has no sample types", g->sources.items[0]);
    }
    g->loaded = st == AK_OK;
    return st;
}

/* Several: read and merged one at a time; those that cannot be read are told and skipped. */
static enum ak_status load_merged(struct pprof_request *req, struct group *g, struct ak_error *err)
{
    const struct ak_merge_opts opts = {.compat = req->config.compat, .packed = g->packed};
    struct ak_merge *merge = ak_merge_new(&opts);
    enum ak_status st = AK_OK;
    for (size_t i = 0; i < g->sources.count && st == AK_OK; i++) {
        struct ak_profile *p = NULL;
        struct ak_error skipped = {0};
        if (load_one(req, g->sources.items[i], &p, &skipped) != AK_OK) {
            pprof_complain(&skipped);
            continue;
        }
        st = ak_merge_add(merge, p, err);
        st = ak_prefix(err, st, "problem fetching %s profiles: %s", g->kind, g->sources.items[i]);
        g->loaded += st == AK_OK;
        ak_profile_free(p);
    }
    if (st == AK_OK && g->loaded == 0) {
        st = ak_fail(err, AK_NOT_FOUND, "failed to fetch any %s profiles", g->kind);
    }
    if (st == AK_OK) {
        st = g->packed ? ak_merge_finish_packed(merge, &g->result, &g->stacks, err)
                       : ak_merge_finish(merge, &g->result, err);
    }
    ak_merge_free(merge);
    if (st == AK_OK && g->loaded < g->sources.count) {
        pprof_message(ak_arena_printf(req->arena, "Fetched %zu %s profiles out of %zu", g->loaded,
                                      g->kind, g->sources.count));
    }
    return st;
}

static enum ak_status load_group(struct pprof_request *req, struct group *g, struct ak_error *err)
{
    return g->sources.count == 1 ? load_single(req, g, err) : load_merged(req, g, err);
}

/* What is in use is a state, not a flow: for -heap_delta the base's is not subtracted. */
static void forget_in_use(struct ak_profile *base)
{
    const uint32_t n = base->sample_type_count;
    for (uint32_t t = 0; t < n; t++) {
        if (!ak_str_starts(ak_profile_str(base, base->sample_types[t].type), AK_STR("inuse_"))) {
            continue;
        }
        for (size_t i = 0; i < base->sample_count; i++) {
            base->values[i * n + t] = 0;
        }
    }
}

static enum ak_status subtract(struct pprof_request *req, struct group *source, struct group *base,
                               struct ak_error *err)
{
    const struct ak_diff_opts opts = {
        .mode = req->diff_base.count ? AK_DIFF_LABEL : AK_DIFF_SUBTRACT,
        .normalize = req->config.normalize,
        .merge = {.compat = req->config.compat},
    };
    struct ak_profile *difference = NULL;
    if (req->heap_delta) {
        forget_in_use(base->result);
    }
    const enum ak_status st =
        ak_profile_diff(source->result, base->result, &opts, &difference, err);
    if (st == AK_OK) {
        ak_profile_free(source->result);
        source->result = difference;
    }
    return st;
}

/* --- symbols ------------------------------------------------------------------------------------
 */

struct symbol_mode {
    bool none, local, force;
    enum ak_demangle style;
};

/* -symbolize is a list with colons between: "local:demangle=full". */
static enum ak_status parse_symbolize(const char *text, struct symbol_mode *out,
                                      struct ak_error *err)
{
    *out = (struct symbol_mode){.local = true};
    for (struct ak_str rest = ak_str_from(text); rest.ptr && text[0];) {
        const struct ak_str word = ak_str_cut(&rest, ':');
        const struct ak_str style =
            ak_str_starts(word, AK_STR("demangle=")) ? ak_str_slice(word, 9, word.len) : AK_STR("");
        if (ak_str_eq(word, AK_STR("none")) || ak_str_eq(word, AK_STR("no"))) {
            out->none = true;
        } else if (ak_str_eq(word, AK_STR("remote"))) {
            out->local = false;
        } else if (ak_str_eq(word, AK_STR("force"))) {
            out->force = true;
        } else if (ak_str_eq(style, AK_STR("none"))) {
            out->style = AK_DEMANGLE_NONE;
        } else if (ak_str_eq(style, AK_STR("templates"))) {
            out->style = AK_DEMANGLE_TEMPLATES;
        } else if (ak_str_eq(style, AK_STR("full"))) {
            out->style = AK_DEMANGLE_FULL;
        } else if (!ak_str_eq(style, AK_STR("default")) && !ak_str_eq(word, AK_STR("local")) &&
                   !ak_str_eq(word, AK_STR("fastlocal")) && word.len) {
            return ak_fail(err, AK_USAGE, "-symbolize: \"%.*s\" is not known", (int)word.len,
                           word.ptr);
        }
    }
    return AK_OK;
}

static enum ak_status symbolize(struct pprof_request *req, struct ak_profile *p,
                                struct ak_error *err)
{
    struct symbol_mode mode;
    const enum ak_status st = parse_symbolize(req->symbolize, &mode, err);
    if (st != AK_OK || mode.none) {
        return st;
    }
    struct ak_buf messages = AK_BUF_INIT;
    if (mode.local) {
        ak_profile_symbolize(p, mode.force, &messages);
    }
    ak_profile_demangle(p, mode.style, mode.force);
    print_lines(&messages);
    return AK_OK;
}

/* -add_comment and -all_frames, then the profile's own drop_frames. */
static void apply_overrides(struct pprof_request *req, struct ak_profile *view)
{
    if (req->all_frames) {
        view->drop_frames = view->keep_frames = 0;
    }
    ak_view_prune(view);
    if (req->comment[0]) {
        ak_view_add_comment(view, ak_str_from(req->comment));
    }
}

/* True when a report comes of the sources as they are, and does without their stacks. */
static bool may_pack(const struct pprof_request *req)
{
    return req->format && !req->http[0] && !req->base.count && !req->diff_base.count &&
           !ak_pprof_needs_stacks(req->format, &req->config);
}

/* Pruning edits stacks, and what came from a server is kept whole. */
static void unpack_for_overrides(const struct pprof_request *req, struct group *g)
{
    if (req->fetched || (g->result->drop_frames && !req->all_frames)) {
        ak_stacks_restore_take(g->stacks, g->result);
        g->stacks = NULL;
    }
}

enum ak_status pprof_load(struct pprof_request *req, struct pprof_loaded *out, struct ak_error *err)
{
    struct group source = {.sources = req->sources, .kind = "source", .packed = may_pack(req)};
    struct group base = {.sources = req->diff_base.count ? req->diff_base : req->base,
                         .kind = "base"};
    enum ak_status st = load_group(req, &source, err);
    if (st == AK_OK && base.sources.count) {
        st = load_group(req, &base, err);
        if (st == AK_OK) {
            st = subtract(req, &source, &base, err);
        }
    }
    if (st == AK_OK) {
        st = symbolize(req, source.result, err);
    }
    if (st == AK_OK && req->config.compat) {
        ak_profile_forget_urls(source.result);
    }
    ak_profile_free(base.result);
    if (st != AK_OK) {
        ak_profile_free(source.result);
        ak_stacks_free(source.stacks);
        return st;
    }
    unpack_for_overrides(req, &source);
    out->profile = source.result;
    out->stacks = source.stacks;
    out->view = ak_profile_view(source.result, req->arena);
    apply_overrides(req, out->view);
    if (req->fetched) {
        pprof_keep(req, out->view);
    }
    return AK_OK;
}
