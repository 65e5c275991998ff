// Package native holds a file that cgo rewrites.
package native

// static int twice(int n) { return 2 * n; }
import "C"

func Twice(n int) *int {
	twice := int(C.twice(C.int(n)))
	return &twice
}
