#include "pprof_remote.h"

#include "base/plugin.h"
#include "fetch.h"
#include "profile/decode.h"
#include "profile/encode.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- addresses ----------------------------------------------------------------------------------
 */

static bool has_scheme(const char *source)
{
    return strncmp(source, "http://", 7) == 0 || strncmp(source, "https://", 8) == 0 ||
           strncmp(source, "https+insecure://", 17) == 0;
}

/* "host:8080" or "host:8080/path": digits behind the colon. */
static bool is_host_and_port(struct ak_str s)
{
    const ptrdiff_t colon = ak_str_chr(s, ':');
    if (colon <= 0 || ak_str_chr(ak_str_slice(s, 0, (size_t)colon), '/') >= 0) {
        return false;
    }
    size_t i = (size_t)colon + 1;
    while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9') {
        i++;
    }
    return i > (size_t)colon + 1 && (i == s.len || s.ptr[i] == '/' || s.ptr[i] == '?');
}

/* The address with seconds=N in its query, in place of what was there. */
static const char *with_seconds(struct pprof_request *req, const char *url)
{
    struct ak_str head = ak_str_from(url), query = AK_STR("");
    const ptrdiff_t mark = ak_str_chr(head, '?');
    if (mark >= 0) {
        query = ak_str_slice(head, (size_t)mark + 1, head.len);
        head = ak_str_slice(head, 0, (size_t)mark);
    }
    struct ak_buf out = AK_BUF_INIT;
    ak_buf_str(&out, head);
    ak_buf_putc(&out, '?');
    for (struct ak_str rest = query; rest.ptr && query.len;) {
        const struct ak_str part = ak_str_cut(&rest, '&');
        if (!ak_str_starts(part, AK_STR("seconds=")) && part.len) {
            ak_buf_str(&out, part);
            ak_buf_putc(&out, '&');
        }
    }
    ak_buf_printf(&out, "seconds=%lld", (long long)req->seconds);
    const char *result = ak_arena_strdup(req->arena, out.ptr);
    ak_buf_release(&out);
    return result;
}

const char *pprof_source_url(struct pprof_request *req, const char *source)
{
    struct stat st;
    if (strcmp(source, "-") == 0 || stat(source, &st) == 0) {
        return NULL;
    }
    if (!has_scheme(source)) {
        if (!is_host_and_port(ak_str_from(source))) {
            return NULL;
        }
        source = ak_arena_printf(req->arena, "http://%s", source);
    }
    return req->seconds > 0 ? with_seconds(req, source) : source;
}

/* --- fetching -----------------------------------------------------------------------------------
 */

static int64_t seconds_in(const char *url)
{
    const char *at = strstr(url, "seconds=");
    return at ? strtoll(at + 8, NULL, 10) : 0;
}

enum ak_status pprof_fetch(struct pprof_request *req, const char *url, struct ak_profile **out,
                           struct ak_error *err)
{
    const void *opened = NULL;
    enum ak_status st = ak_plugin_open("fetch", &opened, err);
    if (st != AK_OK) {
        return st;
    }
    const struct fetch_table *fetch = opened;
    const int64_t collects = seconds_in(url);
    const struct ak_limits limits = ak_limits_or_default(&req->limits);
    struct fetch_request request = {
        .url = url,
        .timeout_seconds = 5 + (req->timeout > 0 ? req->timeout
                                : collects > 0   ? collects + collects / 2
                                                 : 60),
        .max_bytes = limits.max_inflated,
        .tls_cert = req->tls_cert,
        .tls_key = req->tls_key,
        .tls_ca = req->tls_ca,
    };
    if (strncmp(url, "https+insecure://", 17) == 0) {
        request.insecure = true;
        request.url = ak_arena_printf(req->arena, "https://%s", url + 17);
    }
    pprof_message(ak_arena_printf(req->arena, "Fetching profile over HTTP from %s", request.url));
    if (collects > 0) {
        pprof_message(ak_arena_printf(req->arena, "Please wait... (%llds)", (long long)collects));
    }
    struct ak_buf body = AK_BUF_INIT;
    st = fetch->get(&request, &body, err);
    if (st == AK_OK) {
        st = ak_profile_decode_bytes(url, ak_buf_view(&body), &req->limits, out, err);
    }
    ak_buf_release(&body);
    return st;
}

/* --- keeping ------------------------------------------------------------------------------------
 */

static const char *keep_folder(struct pprof_request *req)
{
    const char *home = getenv("HOME"), *tmp = getenv("TMPDIR");
    const char *dirs[] = {getenv("PPROF_TMPDIR"),
                          home && home[0] ? ak_arena_printf(req->arena, "%s/pprof", home) : NULL,
                          tmp && tmp[0] ? tmp : "/tmp"};
    for (size_t i = 0; i < sizeof dirs / sizeof dirs[0]; i++) {
        struct ak_error err = {0};
        if (!dirs[i] || !dirs[i][0]) {
            continue;
        }
        if (ak_dir_make(dirs[i], &err) == AK_OK) {
            return dirs[i];
        }
        pprof_message(ak_arena_printf(req->arena, "Could not use temp dir %s", err.text));
    }
    return NULL;
}

/* "pprof.binary.type.type." */
static const char *keep_prefix(struct pprof_request *req, const struct ak_profile *p)
{
    struct ak_buf name = AK_BUF_INIT;
    ak_buf_puts(&name, "pprof.");
    const struct ak_str file =
        p->mapping_count ? ak_profile_str(p, p->mappings[0].filename) : AK_STR("");
    const ptrdiff_t slash = ak_str_rchr(file, '/');
    if (file.len) {
        ak_buf_str(&name, ak_str_slice(file, (size_t)(slash + 1), file.len));
        ak_buf_putc(&name, '.');
    }
    for (uint32_t i = 0; i < p->sample_type_count; i++) {
        ak_buf_str(&name, ak_profile_str(p, p->sample_types[i].type));
        ak_buf_putc(&name, '.');
    }
    for (size_t i = 0; i < name.len; i++) {
        name.ptr[i] = name.ptr[i] == '/' || (unsigned char)name.ptr[i] < ' ' ? '_' : name.ptr[i];
    }
    const char *result = ak_arena_strdup(req->arena, name.ptr);
    ak_buf_release(&name);
    return result;
}

void pprof_keep(struct pprof_request *req, const struct ak_profile *view)
{
    const char *dir = keep_folder(req);
    const char *prefix = keep_prefix(req, view);
    struct ak_buf bytes = AK_BUF_INIT, packed = AK_BUF_INIT;
    ak_profile_encode(view, AK_ENCODE_PPROF, &bytes);
    ak_gzip_bytes(ak_buf_view(&bytes), 6, &packed);
    for (int i = 1; dir && i < 10000; i++) {
        const char *path = ak_arena_printf(req->arena, "%s/%s%03d.pb.gz", dir, prefix, i);
        const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0) {
            continue;
        }
        close(fd);
        struct ak_error err = {0};
        if (ak_file_write(path, ak_buf_view(&packed), &err) == AK_OK) {
            pprof_message(ak_arena_printf(req->arena, "Saved profile in %s", path));
        } else {
            pprof_message(ak_arena_printf(req->arena, "Could not save profile: %s", err.text));
        }
        break;
    }
    ak_buf_release(&bytes);
    ak_buf_release(&packed);
}
