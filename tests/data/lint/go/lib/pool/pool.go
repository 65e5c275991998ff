// Package pool is of a second module, worked on together with the first.
package pool

type Item struct{ data [64]byte }

func New() *Item { return &Item{} }
