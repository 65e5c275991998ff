package main

import (
	"os"
	"runtime"
	"runtime/pprof"
)

type two struct{ data [48]byte }

var kept []*two

func main() {
	runtime.MemProfileRate = 1
	for i := 0; i < 5000; i++ {
		kept = append(kept, maketwo())
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
func maketwo() *two { return &two{} }
