package bench

import (
	"context"
	"sync"
	"testing"
)

// These loop, each in another way.

func BenchmarkTell(b *testing.B) {
	system := startSystem(b)
	b.Cleanup(func() { _ = system.Stop(context.Background()) })
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := system.Tell("x"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/sec")
}

func BenchmarkAsk(b *testing.B) { askMany(b, 1) }

func askMany(b *testing.B, width int) {
	system := startSystem(b)
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		for j := 0; j < width; j++ {
			_, _ = system.Ask("x")
		}
	}
}

func BenchmarkRequest(b *testing.B) {
	system := startSystem(b)
	for b.Loop() {
		_, _ = system.Ask("x")
	}
}

func BenchmarkFanOut(b *testing.B) {
	system := startSystem(b)
	var wait sync.WaitGroup
	wait.Add(b.N)
	system.OnMessage(func() { wait.Done() })
	for range b.N {
		_ = system.Tell("x")
	}
	wait.Wait()
}

func BenchmarkSizes(b *testing.B) {
	for _, size := range []int{1, 10} {
		b.Run(name(size), sized[int](size))
	}
	b.Run("wide", func(b *testing.B) { askMany(b, 16) })
}

func sized[T any](n int) func(b *testing.B) {
	return func(b *testing.B) { askMany(b, n) }
}
