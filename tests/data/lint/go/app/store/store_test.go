package store

import "testing"

var kept *Set[string]

func BenchmarkFill(b *testing.B) {
	for i := 0; i < b.N; i++ {
		Fill(1000)
		Reset()
	}
}

func TestSet(t *testing.T) {
	kept = &Set[string]{}
	kept.Add("a", 1)
	kept.Each(func(string) {})
}
