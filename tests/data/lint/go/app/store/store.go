// Package store allocates in each way that a decision can be about.
package store

import "example.org/lib/pool"

type Record struct {
	key   string
	items []*pool.Item
}

var sink []*Record

// Fill runs its allocation in a loop; what calls it does not.
func Fill(n int) {
	for i := 0; i < n; i++ {
		add(i)
	}
}

func add(n int) {
	r := &Record{key: name(n)}
	r.items = append(r.items, pool.New())
	sink = append(sink, r)
}

func name(n int) string {
	b := make([]byte, n%7+1)
	for i := range b {
		b[i] = 'a'
	}
	return string(b)
}

func Reset() { sink = nil }

type Set[K comparable] struct{ keys map[K]*int }

func (s *Set[K]) Add(k K, n int) {
	if s.keys == nil {
		s.keys = make(map[K]*int)
	}
	s.keys[k] = &n
}

func (s Set[K]) Each(f func(K)) {
	done := func(k K) { f(k) }
	for k := range s.keys {
		done(k)
	}
}
