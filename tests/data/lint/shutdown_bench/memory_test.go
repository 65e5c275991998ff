package bench

import (
	"context"
	"runtime"
	"testing"
)

func BenchmarkActorMemoryFootprint(b *testing.B) {
	system := startSystem(b)
	defer func() { _ = system.Stop(context.Background()) }()
	const count = 2_000
	for i := range count {
		if _, err := system.Spawn(context.Background(), name(i)); err != nil {
			b.Fatal(err)
		}
	}
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	b.ReportMetric(float64(mem.Alloc)/float64(count), "bytes/actor")
}

func BenchmarkAllocationsDuringShutdown_100Actors(b *testing.B)  { allocations(b, 100, 0) }
func BenchmarkAllocationsDuringShutdown_1000Actors(b *testing.B) { allocations(b, 1000, 0) }
func BenchmarkAllocationsDuringShutdown_100Grains(b *testing.B)  { allocations(b, 0, 100) }
func BenchmarkAllocationsDuringShutdown_1000Grains(b *testing.B) { allocations(b, 0, 1000) }
func BenchmarkAllocationsDuringShutdown_Mixed(b *testing.B)      { allocations(b, 500, 500) }

func allocations(b *testing.B, actors, grains int) {
	system := startSystem(b)
	for i := 0; i < actors+grains; i++ {
		_, _ = system.Spawn(context.Background(), name(i))
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	b.ResetTimer()
	_ = system.Stop(context.Background())
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc), "bytes/alloc")
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(b.N), "count/alloc")
}

func BenchmarkMemoryFootprintDuringRebalancing(b *testing.B) {
	server := startServer(b)
	defer server.Shutdown()
	node1, provider1 := startNode(b, server.Addr().String())
	defer func() { _ = node1.Stop(context.Background()); _ = provider1.Close() }()
	node2, _ := startNode(b, server.Addr().String())
	b.ResetTimer()
	_ = node2.Stop(context.Background())
}

func startServer(b *testing.B) *Server {
	server, err := NewServer()
	if err != nil {
		b.Fatalf("no server: %v", err)
	}
	return server
}

func startNode(b *testing.B, addr string) (*System, *Provider) {
	provider := NewProvider(addr)
	if err := provider.Init(); err != nil {
		b.Fatal(err)
	}
	return startSystem(b), provider
}
