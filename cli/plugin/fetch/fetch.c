#include "fetch.h"

#include "base/plugin.h"

#include <curl/curl.h>

struct answer {
    struct ak_buf *body;
    uint64_t max_bytes;
    bool too_large;
};

static size_t on_data(char *data, size_t size, size_t count, void *ctx)
{
    struct answer *a = ctx;
    const size_t n = size * count;
    if (a->max_bytes && a->body->len + n > a->max_bytes) {
        a->too_large = true;
        return 0;
    }
    ak_buf_add(a->body, data, n);
    return n;
}

static void set_text(CURL *curl, CURLoption option, const char *value)
{
    if (value[0]) {
        curl_easy_setopt(curl, option, value);
    }
}

static void set_options(CURL *curl, const struct fetch_request *request, struct answer *answer,
                        char *problem)
{
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 10L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)request->timeout_seconds);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, problem);
    set_text(curl, CURLOPT_SSLCERT, request->tls_cert);
    set_text(curl, CURLOPT_SSLKEY, request->tls_key);
    set_text(curl, CURLOPT_CAINFO, request->tls_ca);
    if (request->insecure) {
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    }
}

static enum ak_status get(const struct fetch_request *request, struct ak_buf *body,
                          struct ak_error *err)
{
    char problem[CURL_ERROR_SIZE] = "";
    struct answer answer = {.body = body, .max_bytes = request->max_bytes};
    CURL *curl = curl_easy_init();
    if (!curl) {
        return ak_fail(err, AK_IO, "http fetch: libcurl cannot be started");
    }
    set_options(curl, request, &answer, problem);
    const CURLcode code = curl_easy_perform(curl);
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(curl);
    if (answer.too_large) {
        return ak_fail(err, AK_LIMIT, "%s: the answer is larger than the limit", request->url);
    }
    if (code != CURLE_OK) {
        return ak_fail(err, AK_IO, "http fetch: %s: %s", request->url,
                       problem[0] ? problem : curl_easy_strerror(code));
    }
    if (status != 200) {
        return ak_fail(err, AK_IO, "%s: server response: %ld", request->url, status);
    }
    return AK_OK;
}

static const struct fetch_table table = {.get = get};

extern const struct ak_plugin ak_plugin;
AK_PLUGIN_EXPORT const struct ak_plugin ak_plugin = {
    .name = "fetch", .abi = AK_PLUGIN_ABI, .table = &table};
