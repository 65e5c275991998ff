// Code generated from parser.y. DO NOT EDIT.

package store

//line parser.y:10
func Parse(text string) *Record {
	return &Record{key: text}
}
