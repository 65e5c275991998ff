package main

import (
	"os"
	"runtime"
	"runtime/pprof"
)

type one struct{ data [48]byte }

var kept []*one

func main() {
	runtime.MemProfileRate = 1
	for i := 0; i < 5000; i++ {
		kept = append(kept, makeone())
	}
	file, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	if err := pprof.WriteHeapProfile(file); err != nil {
		panic(err)
	}
}

//go:noinline
func makeone() *one { return &one{} }
