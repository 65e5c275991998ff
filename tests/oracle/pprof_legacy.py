#!/usr/bin/env python3
"""Random differential test of the formats of before protobuf: ours against the real google/pprof, byte for byte.

usage: pprof_legacy.py [-n CASES] [--seed S] [--kind KIND] [--all] [-v] REFERENCE "CMD ARGS"
       e.g.  pprof_legacy.py ~/go/bin/pprof "build/akreport pprof -compat"

Each case is one profile as gperftools, tcmalloc, Go (debug=1) or a Java agent wrote it, well-formed or with the
damage that such files have: truncated ends, missing fields, odd white space, CRLF, comments, numbers beyond 64
bits, memory maps of many shapes. Both programs print it with -raw; where the reference reads it, two more reports
chosen by the seed (--all: each of them) are compared, and -proto through -raw of the reference. A case is its seed:
`--seed S -n 1` repeats it. -v shows the difference and keeps the input as legacy.SEED in the current folder.

What is known to differ, and is not compared here:
- a line of more than 64 KiB is too long for the reference's scanner and not for us;
- reports of values that have become -2^63: the reference's absolute value of that is negative, ours is not;
- references since autumn 2026 write into -proto which type was shown; the recorded ones, and we, do not.
"""
import argparse, concurrent.futures as cf, difflib, gzip, os, random, struct, sys, tempfile
from shlex import split
from pprof_random import run

FORMS = [["-top"], ["-traces"], ["-tags"], ["-tree"], ["-top", "-addresses"], ["-proto"], ["-top", "-sample_index=0"], ["-peek=."],
         ["-raw", "-all_frames"]]
FILES = ["/usr/bin/app", "/lib/libc.so.6", "/lib/libm-2.31.so", "[vdso]", "[heap]", "/opt/my app/server", "/usr/bin/app (deleted)",
         "/usr/bin/app(deleted)", "(deleted)", "/anon_hugepage", "/anon_hugepage (deleted)", "$build/bin/tool", "$b", "/lib/a.so_1", "a.so1",
         "/x/[y]", "", "größe", "//anon", "C:\\app.exe", "deadbeef", "xp", "rwxp", "/lib/ld.so.cache", "libq.so.x", "/tmp/a=b"]


class Dice(random.Random):
    """Dice of one case; a wild one makes what no profiler writes."""

    def __init__(self, seed):
        super().__init__(seed)
        self.wild = self.random() < .5

    def odd(self, usual, unusual, chance=.15):
        return self.choice(unusual) if self.wild and self.random() < chance else self.choice(usual)


def number(r):
    usual = [0, 1, 1, 2, 3, 7, r.randrange(100), r.randrange(10**6), r.randrange(10**6), r.randrange(10**12), 2**31]
    return r.odd(usual, [2**53 + 1, 2**63 - 1, 2**63 - 1, 2**63, 2**64, 10**30, -1, -r.randrange(10**6), "", "0x10", "010", "08", "1_0"], .03)


# --- memory maps -------------------------------------------------------------------------------

def ranges(r):
    out, at = [], r.choice([0x400000, 0x400000, 0x0, 0x10000, 0x7F0000000000, 0x555555554000])
    for _ in range(r.choice([0, 1, 1, 2, 3, 6])):
        size = r.choice([0x1000, 0x1000, 0x8000, 0x200000, 1, 0])
        start = at - r.choice([0, 0, 0, 0, size // 2, 0x400]) if at else at
        offset = r.choice([0, 0, 0, 0x1000, 0x400, start - 0x400000 if start >= 0x400000 else 7, start])
        out.append((max(start, 0), max(start, 0) + size, offset))
        at = start + size + r.choice([0, 0, 0x1000, 0x100000])
    if out and r.random() < .1:
        out.append((0xffffffffff600000, 0xffffffffff601000, 0))
    if len(out) > 1 and r.random() < .15:
        r.shuffle(out)
    return out


def map_line(r, span, style):
    start, limit, offset = span
    file = r.choice(FILES[:4] if r.random() < .6 else FILES)
    perm = r.choice(["r-xp"] * 6 + ["rwxp", "r--p", "rw-p", "---p", "x", "r-xs", "rx"])
    x = r.choice(["%08x", "%x", "%X"])
    if style == "proc":
        device = r.choice(["08:01", "00:00", "fd:00", "08:1"])
        return (x + "-" + x + " %s %08x %s %d%s%s") % (start, limit, perm, offset, device, r.choice([0, 1234, 9999999]),
                                                     r.choice([" ", "     ", "\t"]), file)
    if style == "brief":
        line = (r.choice(["0x", ""]) + x + r.choice(["-", " ", "-0x", " 0x", "\t", "- ", "  "]) + x) % (start, limit)
        line += r.choice(["", "", ":"]) + r.choice(["", " " + perm, "  " + perm])
        line += r.choice(["", " ", "\t"]) + file
        line += r.choice(["", "", " (@%x)" % offset, " (@)", " (@%X)" % offset, " @%x" % offset])
        return line + r.choice(["", "", " abc123456", " ABC", " not-hex", "  12 34"])
    return r.choice(["%x" % start, "%x-" % start, "-%x" % limit, "%x-%x r-xp" % (start, limit), "%x-%x r-xp %x 08:01" % (start, limit, offset),
                     "%x-%x %x 08:01 5 %s" % (start, limit, offset, file), "%x-%x r-xp 08:01 77 %s" % (start, limit, file), "Foo: bar",
                     "0x-0x", "g00-h00", "%x%x" % (start, limit), "%x-%x 08:01 9" % (start, limit), "1" + "0" * 16 + "-2" + "0" * 16 + " r-xp f",
                     "%x-%x r-xp 1%s 08:01 9 /f" % (start, limit, "0" * 16), "%x --%x" % (start, limit), "%x-%x\f/f" % (start, limit)])


def maps(r):
    if r.random() < .2:
        return [], []
    spans = ranges(r)
    lines = [r.choice(["--- Memory map: ---", "MAPPED_LIBRARIES:", "MAPPED_LIBRARIES:", "  --- Memory map: ---  x"])] if r.random() < .95 else []
    if r.random() < .3:
        lines += [r.choice(["build=/home/me/build", "build = /home/me/build ", "b=x", "build=", "=q", "build=/a\nbuild=/b", "b=$build\nbuild=/z"])]
    style = r.choice(["proc", "proc", "brief", "odd"])
    for span in spans:
        line = map_line(r, span, style if r.random() < .9 else r.choice(["proc", "brief", "odd"]))
        if r.random() < .05:
            line = r.choice(["I0101 12:00:00.000 1 maps.cc:123] ", "maps.cc:1]", "a[b]c.cc:12] ", ":7] ", "x:1]\t"]) + line
        lines.append(line)
    return lines, spans


def address(r, spans):
    if spans and r.random() < .8:
        start, limit, _ = r.choice(spans)
        return r.choice([start, start + 1, limit, limit + 1, start + r.randrange(max(limit - start, 1)), start + 0x10, start + 0x11, start + 0x20])
    return r.choice([0x10, 0x11, 0x12, 0x400010, 0x400011, 0x1234, 0x5678, 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF, 0, 1, r.randrange(2**40)])


def addresses(r, spans, least=0):
    depth = r.odd([1, 1, 2, 3, 5, 12], [0, 40], .2)
    out = [address(r, spans) for _ in range(max(depth, least))]
    if len(out) > 1 and r.random() < .15:
        out[1] = max(out[0] - 1, 0) if r.random() < .5 else out[0]
    return out


def stack_text(r, spans):
    form = r.odd(["0x%x", "0x%x", "0x%08x", "0x%016x"], ["0x%X", "%x", "0X%x", "0x%x00000000000000000"], .1)
    gap = r.odd([" "], ["  ", "\t", ","], .1)
    return gap + gap.join(form % a for a in addresses(r, spans))


# --- text formats ------------------------------------------------------------------------------

def heap(r):
    lines, spans = maps(r)
    kind = r.odd(["heapz_v2/524288", "heap_v2/524288", "heap_v2/1", "heap_v2", "heapprofile", "heap/1048576", "heap", "heap/2", "growthz",
                  "growth", "fragmentationz"], ["heap_v3/7", "heapstats", "heap_v2/99999999999999999999", "heapz_v2/0", "heap/3"])
    total = [number(r) for _ in range(4)]
    if r.random() < .6:
        total[2:] = r.choice([total[:2], [0, 0], [total[0], 0]])
    head = "heap profile: %6s: %8s [%6s: %8s] @ %s" % (*total, kind)
    if r.wild and r.random() < .2:
        head = r.choice([lambda: head.replace(" @ ", "@"), lambda: head.replace(" ", ""), lambda: head.replace("] @ ", "] @   "), lambda: "x " + head,
                         lambda: "heap profile: heap " + head, lambda: head + " more", lambda: "\n" + head, lambda: head.replace("heap profile:", "heap profile:\t")])()
    out = [head]
    for _ in range(r.choice([0, 1, 3, 10])):
        a, b = number(r), number(r)
        c, d = r.choice([(a, b), (0, 0), (number(r), number(r))])
        if r.random() < .1 and not isinstance(a, str):
            a = -a
        if r.random() < .1 and not isinstance(b, str):
            b = -b
        if a == 0 and not (r.wild and r.random() < .05):
            b = 0
        if c == 0 and not (r.wild and r.random() < .05):
            d = 0
        shape = r.odd(["%6s: %8s [%6s: %8s] @%s"] * 3 + ["%s:%s[%s:%s] @%s", "  %s: %s [ %s: %s ] @%s"],
                      ["%s: %s [ %s: %s]@%s", "x%s: %s [%s: %s] @%s", "%s : %s [%s: %s] @%s", "-%s: %s [%s: %s] @%s", "%s: %s [%s: %s]  @%s",
                       "7 %s: %s [%s: %s] @%s"], .1)
        out.append(shape % (a, b, c, d, stack_text(r, spans)))
        if r.random() < .1:
            out.append(r.choice(["", "#\t0x10\tmain.main+0x1\t/src/main.go:3", "   ", "# runtime.MemStats", "# Alloc = 5"]))
    return out + [r.odd(["", "# HeapSys = 1"], ["garbage"])] * (r.random() < .1) + lines


def count(r):
    lines, spans = maps(r)
    name = r.choice(["goroutine", "threadcreate", "goroutine", "heap", "contentions", "größe", "x", "objects"])
    out = ["# comment", ""] * (r.random() < .1)
    out.append(r.odd(["%s profile: total %s"], ["%s profile: total %s ", " %s profile: total %s", "%s profile:  total %s", "two %s profile: total %s"])
               % (name, number(r)))
    for _ in range(r.choice([0, 1, 3, 10])):
        out.append("%s @%s" % (number(r), stack_text(r, spans)))
        if r.random() < .3:
            out.append(r.choice(["#\t0x10\tmain.main+0x1\t\t/src/main.go:3", "", "# labels: {\"k\":\"v\"}", "  # x"]))
    return out + [r.choice(["---", "--- x", ""])] * (r.random() < .2) + lines


def contention(r):
    lines, spans = maps(r)
    head = r.odd(["--- contentionz 1 ---", "--- mutex:", "--- contention:"], ["--- contentionz 2", "--- mutex: x", " --- mutex:"])
    out = [head]
    attributes = ["cycles/second=%s" % r.choice([3000000000, 2399998817, 1000, 0, -5, number(r)]), "sampling period=%s" % r.choice([1, 1, 100, 0, -1, number(r)]),
                  "sampling period = 0x10", "ms since reset=%s" % number(r), "discarded samples=%s" % number(r), "cycles/second = 1000000000 ",
                  "# cycles/second=1", "", "cycles/second=1_000_000", "sampling period=0b101", "ms since reset=+5", "sampling period=0o17"]
    odd = ["format=java", "resolution=ns", "other=1", "cycles/second=", "=", "cycles/second=1.5", "sampling period=1 2", "ms since reset=x"]
    out += [r.choice(attributes) for _ in range(r.choice([0, 1, 2, 3]))] + [r.choice(odd)] * (r.wild and r.random() < .1)
    for _ in range(r.choice([0, 1, 3, 10])):
        shape = r.odd(["%s %s @%s", "%8s %8s @%s"], ["%s%s @%s", "%s\t%s @%s", "x %s %s @%s", "%s %s  @%s", "1 %s %s @%s", "%s %s @%s @ 0x5", "%s %s@%s"], .1)
        out.append(shape % (number(r), number(r), stack_text(r, spans)))
        if r.random() < .15:
            out.append(r.choice(["#\t0x10\tsync.(*Mutex).Unlock+0x1\t/src/m.go:3", "", "   # x"]))
    return out + [r.choice(["---", "--- end", "a = b"])] * (r.random() < .1) + lines


def thread(r):
    lines, spans = maps(r)
    out = ["# x"] * (r.random() < .1)
    if r.random() < .6:
        out += [r.odd(["--- threadz 1 ---", "--- threadz 12 ---"], ["x --- threadz 1 --- y", "--- threadz ---"]), ""]
    for _ in range(r.choice([0, 1, 3, 8])):
        name = r.choice(["main", "worker/3", "a b (c)", "", "größe", "x) stack: ---", "/", "(name: y"])
        out.append(r.odd(["--- Thread %x (name: %s/%s) stack: ---"], ["--- Thread %X (name: %s/%s) stack: --- tail", "--- Thread %x (name: %s %s) stack: ---",
                   " --- Thread %x (name: %s/%s) stack: ---", "PC--- Thread %x (name: %s/%s) stack: ---"]) % (r.randrange(2**47), name, r.randrange(10**5)))
        if r.random() < .15:
            out.append("    [same as previous thread]")
        for a in addresses(r, spans):
            out.append(r.choice(["  0x%x", "    PC: 0x%x", "  0x%x main.work (/src/a.c)", "0x%x 0x77", "0x%X", "no address %d"]) % a
                       if r.random() < .2 else "  0x%x" % a)
        out += [""] * (r.random() < .3)
    return out + ["---- no stack trace for 3 threads"] * (r.random() < .2) + (lines or ([] if r.wild else ["--- Memory map: ---"]))


def java_names(r, used):
    out = []
    for a in dict.fromkeys(used):
        if r.random() < .85:
            name = r.choice(["java.lang.Thread.run", "com.x.Y.<init>", "f", "VM", "GC", "a b", "größe", "generated stub/JIT", "Interpreter", "x.y (z)"])
            place = r.choice([" (Thread.java:745)", " (A.java:12)", " (A.java:-2)", " (A.java:0)", " (/usr/lib/libjvm.so)", " (libjvm.so)", " (a/b/)", " (/)", " ()",
                              "", " (A.java)", " (A.java:x)", "(A.java:3)", "  (B.java:7)", " (a (b:3)", " (:3)", " (a (:3)", " (C:\\x:9)", " (A.java:99999999999999999999)",
                              " (A.java:5) ", " (x) (y)", "\t(T.java:4)", " (//)", " (generated stub/JIT)"])
            out.append(r.odd(["%s0x%x %s%s"] * 4 + ["%s0x%08x  %s%s"], ["%s0x%X %s%s", "%s0x%x\t%s%s", "%s%x %s%s"]) % (r.choice(["  ", "", "\t"]), a, name, place))
    if r.wild and r.random() < .1:
        out.append(r.choice(["0x1" + "0" * 20 + " far", "0x1", "", "text", "0x5 "]))
    if r.random() < .2:
        r.shuffle(out)
    return out


def java(r):
    kind = r.choice(["heapz", "contentionz"])
    out = [r.odd(["--- %s 1 ---"], [" --- %s 1 --- ", "--- %s 1 --", "--- %s 2 ---"]) % kind]
    out += ["format = java" if r.random() < .5 else "format=java"] * (r.random() < .95)
    unit = r.choice(["bytes", "microseconds", "ns", "nanoseconds", "kb", "milli seconds", "x"])
    out += [r.choice(["resolution = %s", "resolution=%s"]) % unit] * (r.random() < .95)
    if kind == "contentionz" or r.wild and r.random() < .05:
        out += ["sampling period = %s" % r.choice([1, 100, 0, number(r), "0x10"])] * (r.random() < .6) + ["ms since reset=%s" % number(r)] * (r.random() < .5)
    out += [r.choice(["cycles/second=5", "other=1", "format=cpp", "resolution=zz", "", "a b", "= 3", "x=-1", "resolution=bytes;ms since reset=5"])] * (r.wild and r.random() < .2)
    spans, used = [(0x10, 0x40, 0)], []
    for _ in range(r.choice([0, 1, 3, 10])):
        stack = addresses(r, spans)
        used += stack
        shape = r.odd(["%12s %8s @ %s", "%s %s @ %s", "%s  %s  @  %s"], ["%s %s @%s", "%s\t%s @ %s", "x %s %s @ %s", "1 %s %s @ %s", "%s %s @ %s Z 0x99"], .1)
        objects = number(r)
        out.append(shape % (number(r), objects or int(not r.wild), " ".join("0x%x" % a for a in stack)))
        out += [""] * (r.random() < .1)
    return out + java_names(r, used)


# --- binary CPU profiles -----------------------------------------------------------------------

def cpu(r):
    lines, spans = maps(r)
    order, code, bits = r.choice([("<", "I", 32), (">", "I", 32), ("<", "Q", 64), (">", "Q", 64)])
    is_java = r.random() < .2
    mask, used = (1 << bits) - 1, []
    head = [0, 3, int(is_java), r.odd([10000, 1, 5000, 10**6], [0, mask, 2**31]), 0]
    if r.wild and r.random() < .05:
        head[r.randrange(5)] = r.choice([0, 1, 2, 3])
    words = head
    second = address(r, spans)
    handler = r.random() < .4
    for _ in range(r.choice([0, 1, 2, 10, 40, 70])):
        stack = addresses(r, spans)
        if handler and stack and r.random() < .98:
            stack[1:1] = [second] if r.random() < .9 else [second, second]
        used += stack
        times = r.odd([1, 1, 1, 2, 100], [0, mask, 2**31])
        words += [times, r.odd([len(stack)], [0, len(stack) + 1, 2**31, mask], .01)] + stack
    words += r.odd([[0, 1, 0]], [[], [0, 1], [0, 0, 1, 0], [0, 1, 0, 0, 1, 0]], .4)
    body = b"".join(struct.pack(order + code, w & mask) for w in words)
    text = java_names(r, [a & mask for a in used]) if is_java else lines[r.random() < .6:]
    return body, text


KINDS = {"cpu": cpu, "heap": heap, "count": count, "contention": contention, "thread": thread, "java": java}


# --- damage ------------------------------------------------------------------------------------

def damage(r, lines):
    """What editors, transports and half-written files do to lines of text."""
    def at():
        return r.randrange(len(lines))
    how = r.choice(["blank", "drop", "twice", "swap", "cut", "char", "tail", "comment", "number", "trail"])
    i = at()
    if how == "blank":
        lines.insert(i, r.choice(["", " ", "\t", "\v", "\f", "\u00a0", "\u0085"]))
    elif how == "drop":
        del lines[i]
    elif how == "twice":
        lines.insert(i, lines[i])
    elif how == "swap":
        j = at()
        lines[i], lines[j] = lines[j], lines[i]
    elif how == "cut":
        lines[i] = lines[i][:r.randrange(len(lines[i]) + 1)]
    elif how == "char":
        k = r.randrange(len(lines[i]) + 1)
        lines[i] = lines[i][:k] + r.choice(list(" \t@[]:-x0/#=$\r\v") + ["0x", "é", "\u2003", "\udcff"]) + lines[i][k + r.randrange(2):]
    elif how == "tail":
        lines.append(r.choice(["garbage", "--- x", "1 @ 0x1", "MAPPED_LIBRARIES:", "400000-500000 r-xp 00000000 08:01 5 /late"]))
    elif how == "comment":
        lines.insert(i, r.choice(["# c", "#", "  # c"]))
    elif how == "number":
        words = lines[i].split(" ")
        words[r.randrange(len(words))] = str(number(r))
        lines[i] = " ".join(words)
    else:
        lines[i] += r.choice([" ", "\t", "  x", "\r", "\u00a0"])
    return lines


def make(r, kind):
    made = KINDS[kind](r)
    body, lines = made if kind == "cpu" else (b"", made)
    if r.wild and r.random() < .5:
        for _ in range(r.choice([1, 1, 1, 2, 3])):
            lines = damage(r, lines) if lines else lines
    end = "\r\n" if r.random() < .08 else "\n"
    body += (end.join(lines) + (end if r.random() < .9 else "")).encode("utf8", "surrogateescape")
    if r.wild and r.random() < .08:
        body = body[:r.randrange(len(body) + 1)]
    return gzip.compress(body, 1) if r.random() < .1 else body


MOST_NEGATIVE = b"-9223372036854775808"


# --- comparison --------------------------------------------------------------------------------

def as_raw(cmd, reference, tmp, path):
    """Status, and what the reference's -raw makes of what -proto wrote."""
    out = os.path.join(tmp, "out.pb")
    if os.path.exists(out):
        os.remove(out)
    status, _, stderr = run(cmd, tmp, ["-proto", "-output=" + out, path])
    if status or not os.path.exists(out):
        return status, b"", stderr
    status, text, stderr = run([reference], tmp, ["-raw", out])
    return status, text.replace(b"[dflt]", b""), stderr


def report(cmd, reference, tmp, form, path):
    return as_raw(cmd, reference, tmp, path) if form == ["-proto"] else run(cmd, tmp, form + [path])


def case(seed, reference, ours, kind, everything):
    """The first report that differs, with both answers; whether the reference gives one answer only; and
    whether it reads the profile at all."""
    r = Dice(seed)
    kind = kind or r.choice(list(KINDS))
    body = make(r, kind)
    forms = [["-raw"]] + (FORMS if everything else r.sample(FORMS, 2))
    with tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, "profile")
        with open(path, "wb") as f:
            f.write(body)
        reads = False
        for form in forms:
            want, got = report([reference], reference, tmp, form, path), report(ours, reference, tmp, form, path)
            if form == ["-raw"]:
                reads = want[0] == 0
            if want[:2] != got[:2]:
                steady = all(report([reference], reference, tmp, form, path)[:2] == want[:2] for _ in range(25))
                return seed, kind, body, form, want, got, steady, reads
            if not reads or MOST_NEGATIVE in want[1]:
                break
    return seed, kind, body, None, None, None, True, reads


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("-n", type=int, default=300)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--kind", choices=list(KINDS))
    ap.add_argument("--all", action="store_true")
    ap.add_argument("-v", action="store_true")
    ap.add_argument("reference")
    ap.add_argument("ours")
    a = ap.parse_args()
    ours = split(a.ours)
    ours[0] = os.path.abspath(ours[0])
    bad = unsteady = read = 0
    with cf.ThreadPoolExecutor(2) as ex:
        for seed, kind, body, form, want, got, steady, reads in ex.map(lambda s: case(s, a.reference, ours, a.kind, a.all), range(a.seed, a.seed + a.n)):
            read += reads
            if form is None:
                continue
            if not steady:
                unsteady += 1
                continue
            bad += 1
            print("FAIL --seed", seed, kind, " ".join(form), "" if want[0] == got[0] else "status %d, want %d" % (got[0], want[0]))
            if a.v:
                text = [x[1].decode("utf8", "replace").splitlines(True) for x in (want, got)]
                sys.stdout.writelines(list(difflib.unified_diff(*text, "want", "got", n=1))[:30])
                print("  stderr:", want[2].decode("utf8", "replace").strip()[:200], "|", got[2].decode("utf8", "replace").strip()[:200])
                with open("legacy.%d" % seed, "wb") as f:
                    f.write(body)
    print("%d of %d alike, %d that the reference does not repeat itself; it reads %d" % (a.n - bad - unsteady, a.n, unsteady, read))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
