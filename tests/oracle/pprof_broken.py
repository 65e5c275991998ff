#!/usr/bin/env python3
"""Random differential test of damaged protobuf profiles: do we read what the real google/pprof reads, and the same of it?

usage: pprof_broken.py [-n CASES] [--seed S] [-v] REFERENCE "CMD ARGS"
       e.g.  pprof_broken.py ~/go/bin/pprof "build/akreport pprof -compat"

Each case is a profile of pprof_random.py to which one thing is done that transports and writers with faults do
(DAMAGE below). Both programs print it with -raw; compared are whether each reads it and, when both do, the bytes.
What we refuse must be told in one line that names the file, with exit status 2. A case is its seed. -v keeps the
input of a failure as broken.SEED in the current folder.

Decided, where we refuse and the reference reads; KNOWN has the words of our refusal:
- a location in a mapping that the table has not: the reference takes it for a location without mapping, which is a guess;
- a field with the number 0, which protobuf does not allow: the reference skips it, and with it trailing zero bytes;
- a gzip header with reserved flags, which RFC 1952 wants refused.
Bytes that are no UTF-8 are shown as U+FFFD by us and as they are by the reference: compared as U+FFFD, one a byte.
Control characters likewise: as \\x1b.
"""
import argparse, codecs, concurrent.futures as cf, gzip, os, random, re, sys, tempfile, zlib
from shlex import split
from pprof_random import TYPES, blob, profile, run, varint


# --- the wire ----------------------------------------------------------------------------------

def read_varint(data, at):
    v = shift = 0
    while True:
        v |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return v, at


def fields(data):
    """(number, type, value) of each field of a message."""
    out, at = [], 0
    while at < len(data):
        tag, at = read_varint(data, at)
        v, at = read_varint(data, at)
        if tag & 7 == 2:
            v, at = data[at:at + v], at + v
        out.append((tag >> 3, tag & 7, v))
    return out


def join(message):
    out = bytearray()
    for number, kind, v in message:
        out += varint(number << 3 | kind)
        out += varint(len(v)) + v if kind == 2 else v if isinstance(v, bytes) else varint(v)
    return bytes(out)


def boundaries(data):
    out, at = [0], 0
    for f in fields(data):
        at += len(join([f]))
        out.append(at)
    return out


def of(message, *numbers):
    return [i for i, f in enumerate(message) if f[0] in numbers and f[1] == 2]


# --- damage: each takes dice and a profile's bytes, and gives bytes ------------------------------

def bits(r, data):
    out = bytearray(data)
    for _ in range(r.choice([1, 1, 2, 5])):
        out[r.randrange(len(out))] ^= 1 << r.randrange(8)
    return bytes(out)


def truncate(r, data):
    at = r.choice(boundaries(data)) + r.choice([0, 0, 0, 1, -1, 2])
    return data[:max(at, 0)]


def edit(r, data, change, *numbers):
    """Applies change(message) to one message of the profile."""
    top = fields(data)
    at = of(top, *numbers)
    if not at:
        return data
    i = r.choice(at)
    inner = fields(top[i][2])
    change(inner)
    top[i] = (top[i][0], 2, join(inner))
    return join(top)


def wrong_type(r, data):
    other = [(0, 5), (1, b"12345678"), (2, b""), (2, b"\x08\x01"), (5, b"1234"), (3, b""), (4, b""), (6, b""), (7, b"")]

    def change(message):
        if message:
            i = r.randrange(len(message))
            message[i] = (message[i][0], *r.choice(other))
    if r.random() < .4:
        top = fields(data)
        change(top)
        return join(top)
    return edit(r, data, change, 1, 2, 3, 4, 5, 11)


def length(r, data):
    top = fields(data)
    i = r.choice(of(top, 1, 2, 3, 4, 5, 6))
    n, _, v = top[i]
    wrong = r.choice([len(v) + 1, len(v) + 100, max(len(v) - 1, 0), 2**31 - 1, 2**32, 2**63, 2**64 - 1, 0])
    return join(top[:i]) + varint(n << 3 | 2) + varint(wrong) + v + join(top[i + 1:])


def ids(r, data):
    def change(message):
        for i, f in enumerate(message):
            if f[0] == 1 and f[1] == 0:
                message[i] = (1, 0, r.choice([0, 1, 2, f[2] + 1, 2**32, 2**64 - 1]))
                return
        message.append((1, 0, r.choice([0, 1, 2])))
    return edit(r, data, change, 3, 4, 5)


def references(r, data):
    which = r.choice([2, 4, 4])
    bad = r.choice([0, 1, 99, 2**32, 2**64 - 1])

    def change(message):
        if which == 2:
            message[0] = (1, 2, varint(bad)) if message else (1, 0, bad)
        elif r.random() < .5:
            message.append((2, 0, bad))
        else:
            message.append((4, 2, varint(1 << 3) + varint(bad)))
    return edit(r, data, change, which)


def strings(r, data):
    top = fields(data)
    table = of(top, 6)
    how = r.choice(["drop", "first", "all", "wrong", "utf8", "late"])
    if how == "drop":
        del top[r.choice(table)]
    elif how == "first":
        top[table[0]] = (6, 2, b"x")
    elif how == "all":
        top = [f for f in top if f[0] != 6]
    elif how == "utf8":
        top[r.choice(table)] = (6, 2, r.choice([b"\xff\xfe", b"a\xc3", b"\xed\xa0\x80"]))
    elif how == "late":
        top.sort(key=lambda f: f[0] == 6)
    else:
        return edit(r, data, lambda m: m.append((r.choice([1, 2, 3, 4, 5, 6]), 0, r.choice([len(table), 999, 2**40]))), 1, 3, 5, 11)
    return join(top)


def unpacked(r, data):
    """Repeated numbers one by one, or as several packed pieces."""
    top = fields(data)
    for i in of(top, 2):
        out = []
        for number, kind, v in fields(top[i][2]):
            if kind == 2 and number < 3:
                at, cut = 0, r.random() < .5
                while at < len(v):
                    x, at = read_varint(v, at)
                    out.append((number, 2, varint(x)) if cut and r.random() < .5 else (number, 0, x))
            else:
                out.append((number, kind, v))
        top[i] = (2, 2, join(out))
    return join(top)


def unknown(r, data):
    extra = r.choice([(15 + r.randrange(20), 2, b"new"), (99, 0, 7), (2**28, 0, 1), (16, 1, b"12345678"), (17, 5, b"1234"), (0, 0, 1), (0, 2, b"x"),
                      (15, 0, 1), (15, 2, b"x"), (16, 3, b""), (16, 4, b""), (2**60, 0, 1)])
    if r.random() < .5:
        return edit(r, data, lambda m: m.insert(r.randrange(len(m) + 1), extra), 1, 2, 3, 4, 5, 11)
    top = fields(data)
    top.insert(r.randrange(len(top) + 1), extra)
    return join(top)


def groups(r, data):
    group = join([(15 + r.randrange(3), 3, b"")]) + r.choice([b"", b"\x08\x01"]) + (join([(15, 4, b"")]) if r.random() < .7 else b"")
    at = r.choice(boundaries(data))
    return data[:at] + group + data[at:]


def values(r, data):
    """Another number of values than of types."""
    def change(message):
        for i, f in enumerate(message):
            if f[0] == 2 and f[1] == 2:
                message[i] = (2, 2, r.choice([b"", f[2] + b"\x01", f[2][:-1], b"\x80", b"\xff" * 9 + b"\x01", b"\xff" * 10 + b"\x01", b"\x80\x00" + f[2][1:]]))
                return
        message.append((2, 0, 1))
    if r.random() < .3:
        top = fields(data)
        top = [f for i, f in enumerate(top) if i not in of(top, 1)[:1]] if r.random() < .5 else top + [(1, 2, b"")]
        return join(top)
    return edit(r, data, change, 2)


def twice(r, data):
    """One profile behind another, in one stream, or one field again."""
    top = fields(data)
    return r.choice([data + data, data + join([r.choice(top)]), data + b"\0" * r.choice([1, 2, 16]), data + b"\n", b"", b"\x0a\x00", join(top[::-1])])


def zipped(r, data):
    """Damage of the gzip around it."""
    z = gzip.compress(data, 6)
    cut = r.randrange(len(data) + 1)
    crc = bytearray(z)
    crc[-r.randrange(1, 9)] ^= 1 << r.randrange(8)
    raw = zlib.compressobj(6, zlib.DEFLATED, -15)
    return r.choice([lambda: z, lambda: gzip.compress(data[:cut]) + gzip.compress(data[cut:]), lambda: z + z, lambda: z + gzip.compress(b""),
                     lambda: gzip.compress(b"") + z, lambda: z + b"\0" * r.choice([1, 8, 512]), lambda: z + b"garbage", lambda: z + b"\x1f",
                     lambda: z + b"\x1f\x8b", lambda: z + z[:r.randrange(1, len(z))], lambda: bytes(crc), lambda: z[:-r.randrange(1, 12)],
                     lambda: z[:r.randrange(len(z))], lambda: bits(r, z), lambda: gzip.compress(z), lambda: zlib.compress(data),
                     lambda: raw.compress(data) + raw.flush(), lambda: b"\x1f\x8b", lambda: b"\x1f\x8b\x07" + z[3:], lambda: z[:3] + b"\xe0" + z[4:],
                     lambda: z[:3] + b"\x08" + z[4:10] + b"name\0" + z[10:], lambda: z[:3] + b"\x04" + z[4:10] + b"\x02\0ab" + z[10:],
                     lambda: z[:3] + b"\x02" + z[4:10] + (zlib.crc32(z[:3] + b"\x02" + z[4:10]) & 0xffff).to_bytes(2, "little") + z[10:],
                     lambda: z[:3] + b"\x02" + z[4:10] + b"\0\0" + z[10:]])()


DAMAGE = [bits, truncate, wrong_type, length, ids, references, strings, unpacked, unknown, groups, values, twice, zipped]


# --- comparison --------------------------------------------------------------------------------

# Where the answers differ on purpose our refusal says this: see the head of this file.
KNOWN = ["is in mapping [0-9]+, which is missing", "field (has|with) the number 0", "unknown header flags set"]
codecs.register_error("each", lambda e: ("\ufffd", e.start + 1))


def shown(text):
    return re.sub("[\x00-\x08\x0b-\x1f\x7f]", lambda m: "\\x%02x" % ord(m[0]), text.decode("utf8", "each"))


def case(seed, reference, ours):
    r = random.Random(seed)
    kind = r.choice(DAMAGE)
    data = b""
    while not data:
        data = profile(r, r.choice(TYPES))
    body = kind(r, data)
    with tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, "p.pb")
        with open(path, "wb") as f:
            f.write(body)
        want, got = run([reference], tmp, ["-raw", path]), run(ours, tmp, ["-raw", path])
        told = got[2].decode("utf8", "replace")
        if got[0]:
            problem = "" if want[0] else "we refuse"
            if told.count("\n") != 1 or "p.pb" not in told:
                problem += " not in one line that names the file"
            elif problem and any(re.search(k, told) for k in KNOWN):
                problem = ""
        else:
            problem = "we read it" if want[0] else "" if shown(want[1]) == shown(got[1]) else "we read something else"
    return seed, kind.__name__, body, problem, want, got


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("-n", type=int, default=300)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("-v", action="store_true")
    ap.add_argument("reference")
    ap.add_argument("ours")
    a = ap.parse_args()
    ours = split(a.ours)
    ours[0] = os.path.abspath(ours[0])
    bad = read = 0
    with cf.ThreadPoolExecutor(2) as ex:
        for seed, kind, body, problem, want, got in ex.map(lambda s: case(s, a.reference, ours), range(a.seed, a.seed + a.n)):
            read += want[0] == 0
            if not problem:
                continue
            bad += 1
            print("FAIL --seed", seed, kind, problem)
            if a.v:
                for x in (want, got):
                    print("   ", x[2].decode("utf8", "replace").strip()[:200].replace("\n", " | "))
                with open("broken.%d" % seed, "wb") as f:
                    f.write(body)
    print("%d of %d alike; the reference reads %d" % (a.n - bad, a.n, read))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
