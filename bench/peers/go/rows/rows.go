// Package rows runs akbench's rows on an actor library for Go and prints them as Go benchmark lines.
// The work is that of bench/suite_message.c and suite_shutdown.c: sources send bursts of 1,000 and
// queue themselves again, every message is handled before the clock stops, a stop has ended when all
// PostStops ran.
package rows

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// Handler is told the messages of one actor, one at a time. send tells another actor, or itself, in
// the actor's name.
type Handler func(self any, msg any, send func(to any, msg any))

// Library is what a peer has to offer. Messages are Work, Go and Wrap's values.
type Library interface {
	Spawn(name string, h Handler) any
	Tell(to any, msg any)
	// StopAll stops everything that was spawned and returns when it has ended; stopped is called in
	// each actor's PostStop by the library's adapter.
	StopAll()
}

// New makes a fresh system.
type New func(stopped *atomic.Int64) Library

const burst = 1000

func cpu() int64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}

func resident() int64 {
	text, _ := os.ReadFile("/proc/self/statm")
	pages, _ := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	return pages * int64(os.Getpagesize())
}

func await(n *atomic.Int64, want int64) {
	for n.Load() < want {
		time.Sleep(300 * time.Microsecond)
	}
}

// flow times fn, which returns when n messages were handled.
func flow(name string, n int64, fn func()) {
	runtime.GC()
	c, t := cpu(), time.Now()
	fn()
	wall := time.Since(t)
	fmt.Printf("Benchmark%s %d %.1f ns/op %.1f cpu-ns/op\n", name, n,
		float64(wall.Nanoseconds())/float64(n), float64(cpu()-c)/float64(n))
}

func idle(any, any, func(any, any)) {}

func spawnMany(l Library, n int) {
	for i := range n {
		l.Spawn("actor-"+strconv.Itoa(i), idle)
	}
}

func spawn(fresh New, n int) {
	var stopped atomic.Int64
	l := fresh(&stopped)
	flow("Spawn", int64(n), func() { spawnMany(l, n) })
	l.StopAll()
}

func footprint(fresh New, n int) {
	var stopped atomic.Int64
	l := fresh(&stopped)
	runtime.GC()
	before := resident()
	spawnMany(l, n)
	runtime.GC()
	fmt.Printf("BenchmarkActorMemoryFootprint 1 %d rss-bytes/actor\n", (resident()-before)/int64(n))
	l.StopAll()
}

func stop(fresh New, n int) {
	var stopped atomic.Int64
	var before, after runtime.MemStats
	l := fresh(&stopped)
	spawnMany(l, n)
	runtime.GC()
	runtime.ReadMemStats(&before)
	c, t := cpu(), time.Now()
	l.StopAll()
	await(&stopped, int64(n))
	wall := time.Since(t)
	c = cpu() - c
	runtime.ReadMemStats(&after)
	fmt.Printf("BenchmarkShutdownLatency_%dActors 1 %d ns/op %.4f ms/shutdown %.1f cpu-ns/entity "+
		"%d bytes/alloc %d count/alloc\n", n, wall.Nanoseconds(), float64(wall.Nanoseconds())/1e6,
		float64(c)/float64(n), after.TotalAlloc-before.TotalAlloc, after.Mallocs-before.Mallocs)
}

// source sends its share in bursts and queues itself behind each.
func source(share int64, to []any, work, again any) Handler {
	left, next := share, 0
	return func(self any, _ any, send func(any, any)) {
		for i := 0; i < burst && left > 0; i++ {
			send(to[next], work)
			next = (next + 1) % len(to)
			left--
		}
		if left > 0 {
			send(self, again)
		}
	}
}

func flood(fresh New, name string, n int64, sources, sinks int, work, again any) {
	var stopped, handled atomic.Int64
	l := fresh(&stopped)
	to := make([]any, sinks)
	for i := range to {
		var mine int64
		want := n / int64(sinks)
		to[i] = l.Spawn("sink-"+strconv.Itoa(i), func(any, any, func(any, any)) {
			if mine++; mine == want { // one write for each sink, as akbench's publish rarely
				handled.Add(mine)
			}
		})
	}
	from := make([]any, sources)
	for i := range from {
		from[i] = l.Spawn("source-"+strconv.Itoa(i), source(n/int64(sources), to, work, again))
	}
	flow(name, n, func() {
		for _, f := range from {
			l.Tell(f, again)
		}
		await(&handled, n)
	})
	l.StopAll()
}

func pingPong(fresh New, n int64, work any) {
	var stopped, done atomic.Int64
	l := fresh(&stopped)
	var a, b any
	left := n
	a = l.Spawn("ping", func(_ any, _ any, send func(any, any)) {
		if left--; left >= 0 {
			send(b, work)
		} else {
			done.Store(1)
		}
	})
	b = l.Spawn("pong", func(_ any, _ any, send func(any, any)) { send(a, work) })
	flow("PingPong", n, func() {
		l.Tell(a, work)
		await(&done, 1)
	})
	l.StopAll()
}

// Main prints all rows but the footprint, which "footprint" as the second argument prints alone: it
// wants a process that has held nothing yet. work and again are two messages of the library's kind.
// The first argument is a divisor of the amounts of work.
func Main(fresh New, work, again any) {
	divisor := int64(1)
	if len(os.Args) > 1 {
		divisor, _ = strconv.ParseInt(os.Args[1], 10, 64)
	}
	if len(os.Args) > 2 {
		footprint(fresh, int(100000/divisor))
		return
	}
	messages := 1000000 / divisor
	spawn(fresh, 10000)
	stop(fresh, 1000)
	stop(fresh, 10000)
	flood(fresh, "Tell1to1", messages, 1, 1, work, again)
	flood(fresh, "Tell4to1", messages, 4, 1, work, again)
	flood(fresh, "FanOut1000", messages, 1, 1000, work, again)
	pingPong(fresh, messages/5, work)
}

// Yield lets others run for a moment.
func Yield() { time.Sleep(50 * time.Microsecond) }
