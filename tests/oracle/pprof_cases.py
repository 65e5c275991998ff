#!/usr/bin/env python3
"""Differential suite: compares a pprof-like command with recorded output.

usage: pprof_cases.py [-v] [-j N] [--only SUBSTR] "CMD ARGS"     e.g.  pprof_cases.py "build/akreport pprof -compat"
Expected output is in expected/<profile>.json.gz: {case: [status, text or sha256+head]}.
stdout is compared byte for byte, and whether the status is zero. TZ is UTC.
"""
import argparse, concurrent.futures as cf, difflib, gzip, hashlib, json, os, shlex, subprocess, sys, tempfile

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "pprof")
BIG = 300_000

# "-top -files" and "-dot -call_tree" are left out: the reference does not repeat its own order.
COMMON = [
    "-top", "-top -cum", "-text -nodecount=15 -unit=auto", "-top -lines", "-top -filefunctions -cum",
    "-top -addresses -nodecount=30", "-top -noinlines", "-top -sample_index=0",
    "-top -focus=runtime -ignore=main", "-top -hide=runtime", "-top -show=main|net|json", "-top -show_from=main",
    "-top -prune_from=mallocgc", "-top -focus=main -relative_percentages", "-top -nodefraction=0.05 -trim=true",
    "-top -trim=false -divide_by=3", "-tree -nodecount=12", "-peek=main", "-traces", "-tags", "-comments",
    "-raw", "-dot -nodecount=25", "-callgrind", "PROTO_RAW", "-top -mean",
    "-dot -lines -focus=main", "-tree -cum -lines -nodecount=10",
    "-list=main\\.work -trim_path=/home/gopher/go/src/bench -source_path={src}",
]
EXTRA = {
    "labels.cpu.pb.gz": ["-tags -tagfocus=worker=1", "-top -tagfocus=parse|build", "-top -tagignore=phase=emit",
                         "-top -tagroot=phase", "-top -tagleaf=worker,phase", "-traces -tagshow=worker",
                         "-tags -taghide=phase", "-dot -tagshow=phase -nodecount=15", "-top -tagroot=nosuch"],
    "http.heap.pb.gz": ["-top -inuse_space", "-top -inuse_objects", "-top -alloc_space", "-top -alloc_objects",
                        "-top -unit=bytes", "-top -unit=kb", "-top -unit=mb", "-top -unit=megabyte",
                        "-top -unit=seconds", "-tags -unit=kb", "-top -tagfocus=1kb:", "-top -tagfocus=bytes=512b:4kb",
                        "-top -tagfocus=:1kb", "-top -tagignore=1kb:1mb", "-top -sample_index=alloc_space -mean",
                        "-top -sample_index=nosuch", "-dot -tagfocus=1kb: -nodecount=10"],
    "http.cpu.pb.gz": ["-top -focus=[", "-top -peek=x", "-top -nodecount=0", "-top -nodecount=1", "-top -edgefraction=0.2",
                       "-dot -edgefraction=0.1 -nodefraction=0.05", "-top -compact_labels", "-tree -compact_labels -focus=net",
                       "-top -flat -cum", "-top -divide_by=0", "-peek=nosuchfunction", "-list=nosuchfunction",
                       "-top -add_comment=hello", "-comments -add_comment=hello", "-top -showcolumns -lines"],
    "json.mutex.pb.gz": ["-top -contentions", "-top -total_delay", "-top -mean_delay"],
}
# two or more inputs: {0} {1} are profiles
MULTI = [
    ("-top {0} {1}", "json.cpu.pb.gz", "sortgzip.cpu.pb.gz"),
    ("-raw {0} {1}", "json.cpu.pb.gz", "sortgzip.cpu.pb.gz"),
    ("-top -base={1} {0}", "json.cpu.pb.gz", "sortgzip.cpu.pb.gz"),
    ("-top -diff_base={1} {0}", "json.cpu.pb.gz", "sortgzip.cpu.pb.gz"),
    ("-top -diff_base={1} -normalize {0}", "json.cpu.pb.gz", "sortgzip.cpu.pb.gz"),
    ("-top -base={1} -drop_negative {0}", "json.cpu.pb.gz", "sortgzip.cpu.pb.gz"),
    ("-top -diff_base={1} -cum -nodecount=20 {0}", "http.heap.pb.gz", "json.heap.pb.gz"),
    ("-tree -diff_base={1} -nodecount=10 {0}", "http.heap.pb.gz", "json.heap.pb.gz"),
    ("-dot -diff_base={1} -nodecount=15 {0}", "http.heap.pb.gz", "json.heap.pb.gz"),
    ("-peek=main -base={1} {0}", "http.heap.pb.gz", "json.heap.pb.gz"),
    ("-traces -diff_base={1} {0}", "actors.mutex.pb.gz", "json.mutex.pb.gz"),
    ("-raw -diff_base={1} {0}", "actors.mutex.pb.gz", "json.mutex.pb.gz"),
    ("-tags -diff_base={1} {0}", "labels.cpu.pb.gz", "json.cpu.pb.gz"),
    ("-top -diff_base={0} {0}", "http.heap.pb.gz", "http.heap.pb.gz"),
    ("-top {0} {1}", "http.heap.pb.gz", "json.cpu.pb.gz"),
    ("-top -base={1} -diff_base={1} {0}", "json.cpu.pb.gz", "sortgzip.cpu.pb.gz"),
    ("-top -normalize {0}", "json.cpu.pb.gz", "json.cpu.pb.gz"),
    ("-raw {0} {1}", "gperf.cpu", "gperf.cpu"),
    ("-top {0} {1}", "json.allocs.pb.gz", "std_json.mem.pb.gz"),
]


def cases():
    d = os.path.join(HERE, "profiles")
    for n in sorted(os.listdir(d)):
        for f in COMMON + EXTRA.get(n, []):
            yield n, f
    for f, a, b in MULTI:
        yield "multi", f + "  #" + a + "," + b


def run(cmd, group, case):
    P = lambda n: os.path.join("profiles", n)
    with tempfile.TemporaryDirectory() as tmp:
        env = dict(os.environ, TZ="UTC", PPROF_TMPDIR=tmp, HOME=tmp, PPROF_BINARY_PATH=tmp, LC_ALL="C.UTF-8")
        go = lambda args: subprocess.run(cmd + args, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                         stdin=subprocess.DEVNULL, cwd=HERE, env=env, timeout=300)
        sym = ["-symbolize=none"]
        if group == "multi":
            f, ab = case.split("  #")
            a, b = ab.split(",")
            p = go(sym + shlex.split(f.format(P(a), P(b))))
        elif case == "PROTO_RAW":
            m = os.path.join(tmp, "m.pb.gz")
            p = go(sym + ["-proto", "-output=" + m, P(group)])
            if p.returncode == 0:
                p = go(sym + ["-raw", m])
        else:
            p = go(sym + [x.replace("{src}", "src") for x in case.replace("\\", "\\\\").split()] + [P(group)]
                   if "\\" not in case else sym + [x.replace("{src}", "src") for x in case.split()] + [P(group)])
    out = p.stdout.decode("utf8", "replace")
    rec = out if len(out) <= BIG else "sha256:" + hashlib.sha256(p.stdout).hexdigest() + "\n" + out[:2000]
    return [1 if p.returncode else 0, rec]


def load(g):
    with gzip.open(os.path.join(HERE, "expected", g + ".json.gz"), "rt") as f:
        return json.load(f)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("-v", action="store_true")
    ap.add_argument("-j", type=int, default=2)
    ap.add_argument("--only", default="")
    ap.add_argument("cmd", nargs="+")
    a = ap.parse_args()
    cmd = shlex.split(a.cmd[0]) if len(a.cmd) == 1 else a.cmd
    cmd[0] = os.path.abspath(cmd[0]) if os.path.sep in cmd[0] else cmd[0]
    cs = [c for c in cases() if a.only in c[0] + " " + c[1]]
    with cf.ThreadPoolExecutor(a.j) as ex:
        got = list(ex.map(lambda c: run(cmd, *c), cs))
    exp, ok, bad, fails = {}, 0, [], {}
    for (g, c), r in zip(cs, got):
        e = exp.setdefault(g, load(g)).get(c)
        if e is None:
            continue
        if e == r:
            ok += 1
            continue
        bad.append((g, c))
        fails.setdefault(c.split()[0], []).append(g)
        print("FAIL", g, "::", c, "" if e[0] == r[0] else "status %d, want %d" % (r[0], e[0]))
        if a.v:
            sys.stdout.writelines(list(difflib.unified_diff(e[1].splitlines(True), r[1].splitlines(True), "want", "got", n=1))[:40])
    print("TOTAL %d of %d; failures by command: %s" % (ok, ok + len(bad), {k: len(v) for k, v in fails.items()}))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
