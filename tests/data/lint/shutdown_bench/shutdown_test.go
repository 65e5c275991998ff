package bench

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The shape of an actor system's shutdown benchmarks: sizes by name, work in a helper, no loop.

func BenchmarkShutdownLatency_100Actors(b *testing.B) {
	if testing.Short() {
		b.Skip("slow")
	}
	shutdownLatency(b, 100, 0)
}

func BenchmarkShutdownLatency_1000Actors(b *testing.B)  { shutdownLatency(b, 1000, 0) }
func BenchmarkShutdownLatency_10000Actors(b *testing.B) { shutdownLatency(b, 10000, 0) }
func BenchmarkShutdownLatency_100Grains(b *testing.B)   { shutdownLatency(b, 0, 100) }
func BenchmarkShutdownLatency_1000Grains(b *testing.B)  { shutdownLatency(b, 0, 1000) }
func BenchmarkShutdownLatency_Mixed(b *testing.B)       { shutdownLatency(b, 500, 500) }

func shutdownLatency(b *testing.B, actors, grains int) {
	ctx := context.Background()
	system := startSystem(b)
	for i := 0; i < actors; i++ {
		_, err := system.Spawn(ctx, name(i))
		require.NoError(b, err)
	}
	for i := 0; i < grains; i++ {
		_, err := system.Grain(ctx, name(i), func(_ context.Context) error { return nil })
		require.NoError(b, err)
	}
	b.ResetTimer()
	start := time.Now()
	require.NoError(b, system.Stop(ctx))
	took := time.Since(start)
	b.ReportMetric(float64(took.Nanoseconds())/1e6, "ms/shutdown")
	b.ReportMetric(float64(took.Nanoseconds())/float64(actors+grains), "ns/entity")
	if actors > 0 && grains > 0 {
		fmt.Printf("\nActors=%d Grains=%d took %v\n", actors, grains, took)
	} else {
		fmt.Printf("\nActors=%d took %v\n", actors+grains, took)
	}
}

func startSystem(tb testing.TB) *System {
	tb.Helper()
	system, err := NewSystem()
	require.NoError(tb, err)
	require.NoError(tb, system.Start(context.Background()))
	return system
}
