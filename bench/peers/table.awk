# Go benchmark lines, one file for each runtime -> a Markdown table of medians: a row for each thing
# measured, a column for each file.
function median(key,    n, i, j, t, v) {
    n = count[key]
    if (n == 0) return ""
    for (i = 1; i <= n; i++) v[i] = value[key, i]
    for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j] < v[j - 1]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
    return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
function keep(unit, v,    key) {
    key = FILENAME SUBSEP name SUBSEP unit
    value[key, ++count[key]] = v
}
function number(v) { return v == "" ? "-" : v >= 100 || v == int(v) ? sprintf("%.0f", v) : sprintf("%.3g", v) }
# one row: title, benchmark, unit, unit in brackets or ""
function row(title, bench, unit, second,    i, line, a, b) {
    line = "| " title
    for (i = 1; i < ARGC; i++) {
        a = median(ARGV[i] SUBSEP bench SUBSEP unit)
        b = second == "" ? "" : median(ARGV[i] SUBSEP bench SUBSEP second)
        line = line " | " number(a) (b == "" ? "" : " (" number(b) ")")
    }
    print line " |"
}
/^Benchmark/ {
    name = $1
    sub(/^Benchmark/, "", name)
    sub(/-[0-9]+$/, "", name)
    for (i = 3; i < NF; i += 2) {
        unit = $(i + 1)
        # akbench counts allocations of a stop as any operation's
        if (unit == "B/op") unit = "bytes/alloc"
        if (unit == "allocs/op") unit = "count/alloc"
        keep(unit, $i)
    }
}
END {
    line = "| row"
    rule = "|---"
    for (i = 1; i < ARGC; i++) { line = line " | " ARGV[i]; rule = rule "|---" }
    print line " |"
    print rule "|"
    row("stop of 1,000 actors, ms", "ShutdownLatency_1000Actors", "ms/shutdown", "")
    row("stop of 10,000 actors, ms", "ShutdownLatency_10000Actors", "ms/shutdown", "")
    row("bytes allocated in a stop of 1,000", "ShutdownLatency_1000Actors", "bytes/alloc", "")
    row("mallocs in a stop of 1,000", "ShutdownLatency_1000Actors", "count/alloc", "")
    row("resident bytes of an idle actor", "ActorMemoryFootprint", "rss-bytes/actor", "")
    row("spawn", "Spawn", "cpu-ns/op", "ns/op")
    row("tell 1 to 1", "Tell1to1", "cpu-ns/op", "ns/op")
    row("tell 4 to 1", "Tell4to1", "cpu-ns/op", "ns/op")
    row("fan-out to 1,000", "FanOut1000", "cpu-ns/op", "ns/op")
    row("round trip", "PingPong", "cpu-ns/op", "ns/op")
}
