// A small program with mistakes that static tools find, on hot and on cold lines.
package main

import (
	"crypto/md5"
	"fmt"
	"math/rand"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
)

type address struct{ host string }

func (a address) String() string {
	return fmt.Sprintf("%s", strings.Repeat(a.host, 64)) // hot: S1025
}

func same(a, b address) bool { return a.String() == b.String() }

func stopAll(n int) int {
	var names []string
	equal := 0
	for i := 0; i < n; i++ {
		names = append(names, fmt.Sprint(i)) // hot: SA4010
		if same(address{"a"}, address{"b"}) == true { // hot: S1002
			equal++
		}
	}
	return equal
}

func cold() string {
	sum := md5.Sum([]byte("x"))                       // cold: G401
	os.WriteFile("/tmp/prog.txt", sum[:], 0o666)      // cold: G104, G306
	return fmt.Sprintf("%x %d", sum, rand.Intn(10))   // cold: G404
}

func main() {
	runtime.MemProfileRate = 512
	cold()
	fmt.Println(stopAll(20000))
	f, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	defer f.Close()
	pprof.Lookup("allocs").WriteTo(f, 0)
}
