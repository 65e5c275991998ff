#include "iso_time.h"

struct cursor {
    struct ak_str rest;
    bool bad;
};

/* Exactly `width` digits. */
static int64_t digits(struct cursor *c, size_t width)
{
    int64_t v = 0;
    for (size_t i = 0; i < width; i++) {
        if (i >= c->rest.len || c->rest.ptr[i] < '0' || c->rest.ptr[i] > '9') {
            c->bad = true;
            return 0;
        }
        v = v * 10 + (c->rest.ptr[i] - '0');
    }
    c->rest = ak_str_slice(c->rest, width, c->rest.len);
    return v;
}

static bool take(struct cursor *c, const char *any_of)
{
    if (c->rest.len == 0 || !strchr(any_of, c->rest.ptr[0])) {
        return false;
    }
    c->rest = ak_str_slice(c->rest, 1, c->rest.len);
    return true;
}

static void need(struct cursor *c, const char *any_of)
{
    c->bad = !take(c, any_of) || c->bad;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar: years begin in March, so that the leap
 * day is a year's last. */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    const int64_t era = year / 400, of_era = year - era * 400;
    const int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int64_t fraction_ns(struct cursor *c)
{
    int64_t ns = 0, unit = 100000000;
    while (c->rest.len > 0 && c->rest.ptr[0] >= '0' && c->rest.ptr[0] <= '9') {
        ns += (c->rest.ptr[0] - '0') * unit;
        unit /= 10;
        c->rest = ak_str_slice(c->rest, 1, c->rest.len);
    }
    return ns;
}

static int64_t zone_seconds(struct cursor *c)
{
    if (take(c, "Zz") || c->rest.len == 0) {
        return 0;
    }
    const int64_t sign = c->rest.ptr[0] == '-' ? -1 : 1;
    need(c, "+-");
    const int64_t hours = digits(c, 2);
    take(c, ":");
    return sign * (hours * 3600 + digits(c, 2) * 60);
}

int64_t collector_iso_time_ns(struct ak_str s)
{
    struct cursor c = {.rest = ak_str_trim(s)};
    const int64_t year = digits(&c, 4);
    need(&c, "-");
    const int64_t month = digits(&c, 2);
    need(&c, "-");
    const int64_t day = digits(&c, 2);
    need(&c, "Tt ");
    const int64_t hour = digits(&c, 2);
    need(&c, ":");
    const int64_t minute = digits(&c, 2);
    need(&c, ":");
    const int64_t second = digits(&c, 2);
    const int64_t fraction = take(&c, ".") ? fraction_ns(&c) : 0;
    const int64_t zone = zone_seconds(&c);
    if (c.bad || c.rest.len > 0 || year < 1970 || year > 2261 || month < 1 || month > 12 ||
        day < 1 || day > 31) {
        return 0;
    }
    const int64_t seconds =
        days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - zone;
    return seconds * 1000000000 + fraction;
}
