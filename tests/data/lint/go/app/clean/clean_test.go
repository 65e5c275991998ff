package clean

import "testing"

var total int

func BenchmarkRing(b *testing.B) {
	var r Ring
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		r.Put(i)
		total += r.Sum()
	}
}
