"""Inputs of a size for the readers of the static half: lint_scale.py FOLDER N. Each shape is one
that a reader with a search inside of a loop would take quadratic time for."""
import json
import os
import sys

folder, n = sys.argv[1], int(sys.argv[2])


def write(name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


HEAD = 'package p\nimport "testing"\nfunc BenchmarkX(b *testing.B) {\n'
GO = {
    "loops_over_n": "for b.N{" * n + "}" * n,
    "loops": "for x{" * n + "}" * n,
    "loops_with_literal": "for x{" * n + "func" + "}" * n,
    "loops_without_body": "for " * n,
    "prints_below_if": "for b.N{if x " + "{" * n + "println();" * n + "}" * n + "}",
    "prints_on_a_line": "for b.N{" + "x " * n + "{" + "println();" * n + "}}",
    "sub_benchmarks": 'b.Run("",func(b *testing.B){' * n + "})" * n,
    "helpers": "".join("h%d(b)\n" % i for i in range(n)),
    "conversions": "int(" * n + "b.N" + ")" * n,
}
for name, body in GO.items():
    write("bench/%s/x_test.go" % name, HEAD + body + "}\n")
write("bench/takers/x_test.go", "package p\n" + "".join(
    "func profile%d() { pprof.WriteHeapProfile(nil) }\n" % i for i in range(n)))
write("bench/one_helper/x_test.go", "package p\nfunc h(b *testing.B) { b.ReportAllocs() }\n" + "".join(
    "func Benchmark%d(b *testing.B) { h(b) }\n" % i for i in range(n)))
write("bench/own_helpers/x_test.go", "package p\n" + "".join(
    "func h%d(b *testing.B) { h%d(b) }\nfunc Benchmark%d(b *testing.B) { h%d(b) }\n"
    % (i, i + 1, i, i) for i in range(n)))

# Heat decisions on each line of a source full of loops and //line directives.
for name, line in (("loops", "for x { y() }\n"), ("directives", "//line z.go:1\n")):
    write("go/%s/source/go.mod" % name, "module example.org/m\n")
    write("go/%s/source/p/x.go" % name, "package p\nfunc f() {\n" + line * n + "}\n")
    rows = ['{"version":0,"package":"example.org/m/p","gc_version":"go1","file":"example.org/m/p/x.go"}']
    rows += ['{"range":{"start":{"line":%d,"character":1}},"code":"escape","message":"x%d escapes"}'
             % (i, i) for i in range(1, n)]
    write("go/%s/diagnostics/x.json" % name, "\n".join(rows) + "\n")


def graph(lines):
    return 'graph: { title: "x.c"\n' + "".join(lines) + "}\n"


def node(name):
    return 'node: { title: "%s" label: "%s\\nx.c:1:1\\n16 bytes (static)\\n0 dynamic objects" }\n' % (
        name, name)


def edge(a, b, line):
    return 'edge: { sourcename: "%s" targetname: "%s" label: "x.c:%d:1" }\n' % (a, b, line)


MARK = "ak_handler_receive__f0"
nodes = [node(MARK)] + [node("f%d" % i) for i in range(n)] + [edge(MARK, "f0", 1)]
chain = [edge("f%d" % i, "f%d" % (i + 1), i) for i in range(n - 1)]
sink = [edge("f%d" % (n - 1), "malloc", 1)]
write("c/chain/x.ci", graph(nodes + chain + sink))
write("c/cycle/x.ci", graph(nodes + chain + [edge("f%d" % (n - 1), "f0", 1)] + sink))
write("c/star/x.ci", graph(nodes + [edge("f0", "f%d" % i, i) for i in range(1, n)]
                           + [edge("f%d" % i, "malloc", i) for i in range(1, n)]))
write("c/one_line/x.ci", graph(nodes + [edge("f0", "malloc", 1)] * n))

region = {"startLine": 1, "endLine": 1}
results = [{"ruleId": "R%d" % i, "message": {"text": "m"}, "locations": [{"physicalLocation": {
    "artifactLocation": {"uri": "x%d.c" % i}, "region": region}}]} for i in range(n)]
rules = [{"id": "R%d" % i} for i in range(n)]
write("results/sarif", json.dumps({"version": "2.1.0", "runs": [
    {"tool": {"driver": {"name": "t", "rules": rules}}, "results": results}]}))
place = {"caret": {"file": "x.c", "line": 1, "column": 1}}
write("results/gcc", json.dumps([{"kind": "warning", "message": "m", "option": "-W%d" % i,
                                  "locations": [place], "children": []} for i in range(n)]))
write("results/cppcheck", '<?xml version="1.0"?>\n<results version="2"><cppcheck version="2.10"/>'
      "<errors>" + "".join('<error id="e%d" severity="style" msg="m" verbose="m">'
                           '<location file="x%d.c" line="1"/></error>' % (i, i) for i in range(n))
      + "</errors></results>\n")
