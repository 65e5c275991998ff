package store_test

import (
	"testing"

	"example.org/app/store"
)

var parsed *store.Record

func BenchmarkParse(b *testing.B) {
	for i := 0; i < b.N; i++ {
		parsed = store.Parse("x")
	}
}
