#!/bin/sh
# Speed of compare in CPU time and memory, beside the goals. Where benchstat is installed the same
# files go through it in turn with ours.
#   parse     1,000,000 lines, all of them refused by a filter    >= 3 x benchstat's rate
#   csv       2 x 20,000 lines, benchstat's table                 <= 0.02 s, <= 10 MB
#   verdicts  the same with our own judgement                     <= 0.1 s
#   bench/self/compare.sh [AKREPORT]   default build/akreport
set -eu
cd "$(dirname "$0")/../.."
exec python3 - "${1:-build/akreport}" <<'X'
import os, random, shutil, subprocess, sys, tempfile

akreport = os.path.abspath(sys.argv[1])
benchstat = shutil.which("benchstat")
folder = tempfile.mkdtemp()


def write(name, seed, benchmarks, repetitions):
    """Lines as `go test -bench -benchmem` writes them; allocations do not vary."""
    rnd, path = random.Random(seed), os.path.join(folder, name)
    with open(path, "w") as out:
        out.write("goos: linux\ngoarch: amd64\npkg: example.com/p\ncpu: x\n")
        for b in range(benchmarks):
            own = random.Random(b)
            level, size, count = 10 ** own.uniform(4, 7), own.randint(100, 5000), own.randint(1, 50)
            for _ in range(repetitions):
                out.write("BenchmarkEncodeMessage%04d/size=%d-8 \t%8d\t%12.1f ns/op\t%8d B/op\t%8d allocs/op\n"
                          % (b, b % 7, rnd.randint(100, 10**6), level * rnd.gauss(1, .02), size, count))
    return path


def run(command):
    """CPU seconds and peak memory in MB of one run; time(1), since our own memory would count."""
    figures = os.path.join(folder, "time")
    subprocess.run(["/usr/bin/time", "-q", "-o", figures, "-f", "%U %S %M"] + command,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    user, system, kilobytes = map(float, open(figures).read().split())
    return user + system, kilobytes / 1024


def median(rows):
    return sorted(rows)[len(rows) // 2]


def in_turn(commands, rounds):
    """The medians of each command, run one after the other in each round."""
    results = [[run(c) for c in commands] for _ in range(rounds)]
    return [(median([r[i][0] for r in results]), median([r[i][1] for r in results])) for i in range(len(commands))]


try:
    large = write("large.txt", 1, 5000, 200)
    size = os.path.getsize(large) / 1e6
    commands = [[akreport, "compare", "--format", "csv", "-filter", ".name:Nope", large], ["wc", "-l", large]]
    commands += [[benchstat, "-filter", ".name:Nope", large]] if benchstat else []
    print("parse, %.0f MB in 1,000,000 lines" % size)
    for name, (cpu, mb) in zip(("akreport", "wc -l", "benchstat"), in_turn(commands, 7)):
        print("  %-10s %6.3f s  %5.0f MB/s  %5.1f MB" % (name, cpu, size / cpu, mb))
    pair = [write("a.txt", 2, 1000, 20), write("b.txt", 3, 1000, 20)]
    commands = [[akreport, "compare", "--format", "csv"] + pair, [akreport, "compare"] + pair]
    commands += [[benchstat, "-format", "csv"] + pair] if benchstat else []
    print("compare, 40,000 lines")
    for name, (cpu, mb) in zip(("csv", "verdicts", "benchstat"), in_turn(commands, 11)):
        print("  %-10s %6.3f s  %5.1f MB" % (name, cpu, mb))
finally:
    shutil.rmtree(folder)
X
