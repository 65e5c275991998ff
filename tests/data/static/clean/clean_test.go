// A benchmark that measures well: a loop over b.N, set-up outside of the timer, a profile from before,
// enough samples, and no library, logger or collector in the way.
package clean

import (
	"os"
	"runtime"
	"runtime/pprof"
	"testing"
)

type node struct {
	id   int
	next *node
	pad  [6]int64
}

var sink *node

//go:noinline
func link(n int) *node {
	var head *node
	for i := 0; i < n; i++ {
		head = &node{id: i, next: head}
	}
	return head
}

//go:noinline
func sum(n *node) int {
	total := 0
	for round := 0; round < 400; round++ {
		for at := n; at != nil; at = at.next {
			total += at.id ^ round
		}
	}
	return total
}

//go:noinline
func mix(n int) uint64 {
	x := uint64(n)
	for i := 0; i < 40000; i++ {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

func BenchmarkLink(b *testing.B) {
	total := 0
	for i := 0; i < b.N; i++ {
		sink = link(100)
		total += sum(sink) + int(mix(i)&1)
	}
	if total == 42 {
		b.Log(total)
	}
}

func TestMain(m *testing.M) {
	runtime.MemProfileRate = 2048
	write("mem_before.prof")
	code := m.Run()
	write("mem.prof")
	os.Exit(code)
}

func write(name string) {
	if dir := os.Getenv("PROFILES"); dir != "" {
		f, err := os.Create(dir + "/" + name)
		if err != nil {
			panic(err)
		}
		defer f.Close()
		pprof.Lookup("allocs").WriteTo(f, 0)
	}
}
