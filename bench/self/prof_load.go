// The loads of tests/programs/prof_load.c in Go, for bench/self/profilers.sh: what Go's own profilers
// say of the same work. Prints "name value" lines.
package main

import (
	"fmt"
	"math/rand"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"syscall"
)

var sink uint64
var keep [64][]byte

//go:noinline
func leaf(rounds uint64) {
	x := rounds
	for i := uint64(0); i < rounds; i++ {
		x = x*6364136223846793005 + 1442695040888963407
		x ^= x >> 29
	}
	sink = x
}

func cpuNs() int64 {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func cpu(hz, ms int, path string) {
	runtime.LockOSThread()
	f, err := os.Create(path)
	check(err)
	if hz != 100 {
		runtime.SetCPUProfileRate(hz)
	}
	check(pprof.StartCPUProfile(f))
	before := cpuNs()
	for cpuNs() < before+int64(ms)*1000000 {
		leaf(1000000)
	}
	used := cpuNs() - before
	pprof.StopCPUProfile()
	check(f.Close())
	fmt.Println("cpu_ns", used)
}

func heap(rate, count int, path string) {
	runtime.MemProfileRate = rate
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := 0; i < count; i++ {
		kind := rand.Intn(100)
		size := 16 + rand.Intn(64)
		if kind >= 98 {
			size = 1024 + rand.Intn(16384)
		} else if kind >= 75 {
			size = 64 + rand.Intn(1024)
		}
		keep[i%64] = make([]byte, size)
	}
	runtime.ReadMemStats(&after)
	runtime.GC()
	f, err := os.Create(path)
	check(err)
	check(pprof.Lookup("allocs").WriteTo(f, 0))
	check(f.Close())
	fmt.Println("exact_alloc_bytes", after.TotalAlloc-before.TotalAlloc)
	fmt.Println("exact_alloc_objects", after.Mallocs-before.Mallocs)
}

func number(i int) int {
	n, err := strconv.Atoi(os.Args[i])
	check(err)
	return n
}

func main() {
	if os.Args[1] == "cpu" {
		cpu(number(2), number(3), os.Args[4])
	} else {
		heap(number(2), number(3), os.Args[4])
	}
}
