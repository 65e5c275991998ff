#!/bin/sh
# akreport lint results: what other tools found, ranked by a profile; recorded outputs of real tools,
# the tools themselves where they are installed, and SARIF out against the official schema.
. tests/lib.sh

tools=$DATA/static/tools
lint() { "$AKREPORT" lint results "$@"; }
first() { head -n 1 "$T/out" >"$T/first"; }

# --- C analyzers; act.prof has 60 % at line 14, 30 % at line 35, 10 % at line 24 of act.c
t_ok "gcc -fanalyzer" lint "$tools/gcc.json" "$tools/act.prof"
first
t_out "gcc: the hottest line first" "$T/first" '^act\.c:14: warning: 60\.0 % of cpu: dereference of possibly-NULL .*\[Wanalyzer-possible-null-dereference\]'
t_out "gcc: the way there" "$T/out" 'then .* leaks here; was allocated at \(1\) \(act\.c:35\)'
t_out "gcc: all are read" "$T/out" '^6 findings'
{
    echo 'gcc -c x.c'
    cat "$tools/gcc.json"
    printf 'make: [x.o] "Error" 1\n[]\n'
    cat "$tools/gcc.json"
} >"$T/build.log"
t_ok "the log of a build" lint "$T/build.log" "$tools/act.prof"
t_out "has the results of both files" "$T/out" '^12 findings'
t_ok "cppcheck" lint "$tools/cppcheck.xml" "$tools/act.prof"
first
t_out "cppcheck: the hottest line first" "$T/first" '^act\.c:35: error: 30\.0 % of cpu: Memory leak: p \[memleak\]'
t_out "cppcheck: the way there" "$T/out" "then Assignment 'zero=0', assigned value is 0 \(act\.c:32\)"
t_out "cppcheck: a result without a place" "$T/out" '^note: Cppcheck cannot find'
t_ok "clang's property list" lint "$tools/clang.plist" "$tools/act.prof"
first
t_out "clang: the hottest line first" "$T/first" '^act\.c:35: warning: 30\.0 % of cpu: Division by zero \[core\.DivideZero\]'
t_ok "clang's SARIF" lint "$tools/clang.sarif" "$tools/act.prof"
t_out "clang: the flow is kept" "$T/out" "then 'zero' initialized to 0 \(/home/user/prog/act\.c:32\)"

# --- Go tools
t_ok "staticcheck, gosec and golangci-lint together" \
    lint "$tools/staticcheck.sarif.gz" "$tools/gosec.sarif" "$tools/golangci.sarif" "$tools/mem.prof"
cp "$T/out" "$T/text"
first
t_out "go: the hottest line first" "$T/first" '^main\.go:17: warning: 7[0-9]\.[0-9] % of alloc_space: the argument is already a string.*\[S1025\]'
t_out "go: errors stay errors on cold lines" "$T/text" '^main\.go:44: error: Path traversal'
t_out "go: all are read" "$T/text" '^17 findings'
cat >"$T/known.ini" <<'I'
[suppress weak-random]
rule = G404
file = main\.go$
reason = the numbers are no secrets
until = 2199-12-31
I
t_ok "entries of a criteria file" lint --criteria "$T/known.ini" "$tools/gosec.sarif" "$tools/mem.prof"
t_out "take a result" "$T/out" '^7 findings'
t_out "and say so" "$T/out" 'suppress weak-random: takes G404 at 1 place until'

# --- forms of SARIF
result() { printf '{"ruleId":"R","message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":%s,"region":{"startLine":14}}}]%s}' "$1" "$2"; }
log() { # results, more members of the run
    printf '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}},"results":[%s]%s}]}' "$1" "$2"
}
form() { # description, results, more, pattern
    log "$2" "$3" >"$T/form.sarif"
    t_ok "$1" lint "$T/form.sarif" "$tools/act.prof"
    t_out "$1: read" "$T/out" "$4"
}
form "a base of URIs" "$(result '{"uri":"act.c","uriBaseId":"B"}')" \
    ',"originalUriBaseIds":{"A":{"uri":"file:///home/"},"B":{"uri":"me/","uriBaseId":"A"}}' '^/home/me/act\.c:14: warning: 60\.0 %'
form "an artifact by index" "$(result '{"index":1}')" \
    ',"artifacts":[{},{"location":{"uri":"file:///x/act.c"}}]' '^/x/act\.c:14: warning: 60\.0 %'
form "an encoded URI" "$(result '{"uri":"a%20b/act.c"}')" '' '^a b/act\.c:14: warning: 60\.0 %'
form "an accepted suppression" "$(result '{"uri":"act.c"}' ',"suppressions":[{"kind":"external","status":"accepted"}]')" '' \
    '1 left out as suppressed'
form "a rejected suppression" "$(result '{"uri":"act.c"}' ',"suppressions":[{"kind":"external","status":"rejected"}]')" '' '^1 finding'
form "a result that is gone" "$(result '{"uri":"act.c"}' ',"baselineState":"absent"')" '' '^0 findings'
printf '\357\273\277' >"$T/bom.sarif"
log "$(result '{"uri":"act.c"}')" >>"$T/bom.sarif"
t_ok "a byte order mark" lint "$T/bom.sarif" "$tools/act.prof"
t_out "is skipped" "$T/out" '^1 finding'
cat >"$T/rules.sarif" <<'J'
{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"CodeQL","rules":[]},"extensions":[
 {"name":"pack","rules":[{"id":"cpp/x"},{"id":"cpp/y","shortDescription":{"text":"the title"},
  "defaultConfiguration":{"level":"error"},"messageStrings":{"default":{"text":"from {0} to {1}"}}}]}]},
 "results":[{"rule":{"index":1,"toolComponent":{"index":0}},"message":{"id":"default","arguments":["a","b"]}}]},
 {"tool":{"driver":{"name":"second"}},"results":[{"ruleId":"Z","message":{"text":"z"}}]}]}
J
t_ok "rules of an extension, two runs" lint "$T/rules.sarif" "$tools/act.prof"
t_out "the message has its arguments, the level is the rule's" "$T/out" '^error: from a to b \[cpp/y\]'
t_out "both runs are read" "$T/out" '^note: z \[Z\]'

# --- what is refused
refused() { # description, file, pattern
    t_exit 2 "$1" lint "$2" "$tools/act.prof"
    t_out "$1: said" "$T/err" "$3"
}
for v in 2.0.0 2.2.0; do
    log '' | sed "s/2\.1\.0/$v/" >"$T/v.sarif"
    refused "SARIF $v" "$T/v.sarif" "v\.sarif: SARIF $v; only 2\.1\.0 is read"
done
echo '{"version":"2.1.0"}' >"$T/bad.sarif"
refused "a log without runs" "$T/bad.sarif" 'bad\.sarif: the log has no runs'
head -c 500 "$tools/gosec.sarif" >"$T/cut.sarif"
refused "a cut log" "$T/cut.sarif" 'cut\.sarif'
head -c 500 "$tools/gcc.json" >"$T/cut.json"
refused "cut JSON of gcc" "$T/cut.json" 'cut\.json'
head -c 900 "$tools/cppcheck.xml" >"$T/cut.xml"
refused "cut XML" "$T/cut.xml" 'cut\.xml:[0-9]+: malformed XML'
head -c 900 "$tools/clang.plist" >"$T/cut.plist"
refused "a cut property list" "$T/cut.plist" 'cut\.plist:[0-9]+: malformed XML'
cat >"$T/laughs.xml" <<'X'
<?xml version="1.0"?>
<!DOCTYPE results [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<results version="2"><cppcheck version="2.10"/><errors><error id="&c;"/></errors></results>
X
refused "a billion laughs" "$T/laughs.xml" 'laughs\.xml:2: declares entities'
{
    echo '<results version="2"><cppcheck/><errors>'
    i=0
    while [ $i -lt 300 ]; do printf '<a>'; i=$((i + 1)); done
} >"$T/deep.xml"
refused "XML that nests too deep" "$T/deep.xml" 'deep\.xml:[0-9]+: too many elements, or too deep'
echo '<results version="1"><cppcheck/></results>' >"$T/one.xml"
refused "cppcheck's first version" "$T/one.xml" 'no results of cppcheck'
refused "a profile is no result" "$tools/mem.prof" 'no results of a tool that is known'

# --- SARIF out
out() { "$AKREPORT" lint results --format sarif "$@"; }
t_ok "sarif of all tools" out --source-root "$tools" "$tools/gcc.json" "$tools/cppcheck.xml" "$tools/clang.sarif" "$tools/act.prof"
cp "$T/out" "$T/c.sarif"
t_ok "sarif without source" out "$tools/gosec.sarif" "$tools/mem.prof"
cp "$T/out" "$T/go.sarif"
if grep -q primaryLocationLineHash "$T/go.sarif"; then
    t_same "no fingerprint without source" /dev/null "$T/go.sarif"
else
    t_same "no fingerprint without source" /dev/null /dev/null
fi
sed "s|file:///home/user/prog/|file://$PWD/$tools/|" "$tools/clang.sarif" >"$T/here.sarif"
t_ok "absolute paths below the root" out --source-root "$tools/" "$T/here.sarif" "$tools/act.prof"
t_out "become relative" "$T/out" '"uri": "act\.c"'
t_out "and have fingerprints" "$T/out" 'primaryLocationLineHash'
t_ok "a wrong root" out --source-root "$T" "$tools/gosec.sarif" "$tools/mem.prof"
t_out "is said" "$T/out" 'source of 0 of 8 findings read below .*; the others have no fingerprint'
if command -v python3 >/dev/null; then
    python3 - "$T/many.sarif" <<'P'
import json, sys
r = [{"ruleId": "R%d" % (i % 7), "message": {"text": "m %d " % i + "x" * 5000}, "locations": [
    {"physicalLocation": {"artifactLocation": {"uri": "act.c"}, "region": {"startLine": 1 + i % 40}}}]}
    for i in range(1000)]
json.dump({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t"}}, "results": r}]},
          open(sys.argv[1], "w"))
P
    t_ok "a thousand results" out --source-root "$tools" "$T/many.sarif" "$tools/act.prof"
    cp "$T/out" "$T/many.out"
    t_ok "every limit is kept, and heat decides the order" python3 - "$T/c.sarif" "$T/go.sarif" "$T/many.out" <<'P'
import json, re, sys
for path in sys.argv[1:]:
    run, = json.load(open(path))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({r["id"] for r in rules}) == len(rules) <= 200
    for r in rules:
        assert r["id"] and all(r[k]["text"] for k in ("shortDescription", "fullDescription", "help"))
        assert r["properties"]["problem.severity"] in ("error", "warning", "recommendation")
        assert r["properties"]["precision"] in ("very-high", "high", "medium", "low")
        assert "security-severity" not in r["properties"]
    ranks = [r["rank"] for r in run["results"]]
    assert 0 < len(ranks) <= 200 and ranks == sorted(ranks, reverse=True)
    for r in run["results"]:
        assert rules[r["ruleIndex"]]["id"] == r["ruleId"]
        assert r["rank"] == 0 or r["message"]["text"].split(":")[0].endswith(("of cpu", "of alloc_space"))
        assert len(r["message"]["text"]) <= 2000
        place, = r["locations"]
        region = place["physicalLocation"]["region"]
        assert set(region) == {"startLine", "startColumn", "endLine", "endColumn"}
        for flow in r.get("codeFlows", []):
            assert len(flow["threadFlows"][0]["locations"]) <= 100
        if r.get("partialFingerprints"):
            assert re.fullmatch("[0-9a-f]{1,16}:[1-9][0-9]*", r["partialFingerprints"]["primaryLocationLineHash"])
            assert region["endColumn"] >= region["startColumn"]
assert len(ranks) == 200
P
else
    t_skip "the limits of SARIF" "no python3"
fi

# The schema is not ours to copy: it is fetched with the package that carries it, or given by
# AKREPORT_SARIF_SCHEMA.
schema=${AKREPORT_SARIF_SCHEMA:-}
if [ -z "$schema" ] && command -v npm >/dev/null && python3 -c 'import jsonschema' 2>/dev/null; then
    (cd "$T" && timeout 60 npm pack --silent @microsoft/jest-sarif@1.0.0-beta.0 && tar -xzf ./*.tgz) >/dev/null 2>&1
    schema=$T/package/lib/schemas/sarif-2.1.0-rtm.5.json
fi
if [ -f "$schema" ] && python3 -c 'import jsonschema' 2>/dev/null; then
    "$AKREPORT" lint c --format sarif --source-root "$DATA/static/c" "$DATA/static/c" >"$T/handlers.sarif"
    mkdir "$T/d"
    tar -xzf "$DATA/static/diagnostics.tar.gz" -C "$T/d"
    "$AKREPORT" lint go --format sarif --diagnostics "$T/d" --base "$DATA/static/shutdown_before.prof" \
        "$DATA/static/shutdown_mem.prof" >"$T/escapes.sarif"
    "$AKREPORT" lint doctor --format sarif "$DATA/static/shutdown_mem.prof" >"$T/doctor.sarif"
    for f in c go many handlers escapes doctor; do
        [ -f "$T/$f.sarif" ] || cp "$T/$f.out" "$T/$f.sarif"
        [ $f = many ] && cp "$T/many.out" "$T/many.sarif"
        t_ok "$f.sarif is valid by the official schema" python3 - "$schema" "$T/$f.sarif" <<'P'
import json, jsonschema, sys
schema, log = (json.load(open(p)) for p in sys.argv[1:])
jsonschema.Draft7Validator.check_schema(schema)
errors = list(jsonschema.Draft7Validator(schema).iter_errors(log))
assert not errors, errors[0]
assert list(jsonschema.Draft7Validator(schema).iter_errors({"version": "2.1.0"})), "it refuses nothing"
P
    done
else
    t_skip "SARIF out is valid by the official schema" "no schema, or no jsonschema of python"
fi

# --- the tools themselves
mkdir "$T/src"
cp "$tools/act.c" "$T/src/"
live() { # name, file, pattern
    t_ok "$1 of this machine" lint "$2" "$tools/act.prof"
    t_out "$1 of this machine: joined" "$T/out" "$3"
}
if gcc --version 2>/dev/null | grep -q 'Free Software' && [ "$(gcc -dumpversion | cut -d. -f1)" -ge 10 ]; then
    (cd "$T/src" && gcc -c -fanalyzer -Wall -fdiagnostics-format=json act.c -o act.o 2>gcc.json)
    live gcc "$T/src/gcc.json" '^act\.c:14: .*60\.0 % of cpu: '
else
    t_skip "gcc -fanalyzer of this machine" "no gcc"
fi
if command -v clang-14 >/dev/null; then
    (cd "$T/src" && clang-14 --analyze -Xclang -analyzer-output=sarif act.c -o clang.sarif &&
        clang-14 --analyze -Xclang -analyzer-output=plist act.c -o clang.plist) 2>/dev/null
    live "clang (SARIF)" "$T/src/clang.sarif" 'act\.c:35: warning: 30\.0 % of cpu: Division by zero'
    live "clang (property list)" "$T/src/clang.plist" 'act\.c:35: warning: 30\.0 % of cpu: Division by zero'
else
    t_skip "clang --analyze of this machine" "no clang-14"
fi
if command -v cppcheck >/dev/null; then
    (cd "$T/src" && cppcheck -q --enable=all --xml act.c 2>cppcheck.xml)
    live cppcheck "$T/src/cppcheck.xml" 'act\.c:35: error: 30\.0 % of cpu: '
else
    t_skip "cppcheck of this machine" "not installed"
fi
if command -v staticcheck >/dev/null && command -v go >/dev/null; then
    mkdir "$T/go"
    cp "$tools/main.go" "$T/go/"
    printf 'module example.org/prog\n\ngo 1.24\n' >"$T/go/go.mod"
    (cd "$T/go" && staticcheck -checks all -f sarif ./... >../static.sarif)
    t_ok "staticcheck of this machine" lint "$T/static.sarif" "$tools/mem.prof"
    t_out "staticcheck of this machine: joined" "$T/out" 'main\.go:17: warning: 7[0-9]\.[0-9] % .*\[S1025\]'
else
    t_skip "staticcheck of this machine" "not installed"
fi
t_exit 2 "a profile is needed" lint "$tools/gosec.sarif"
t_ok "the older name works" "$AKREPORT" lint sarif "$tools/gosec.sarif" "$tools/mem.prof"
t_done
