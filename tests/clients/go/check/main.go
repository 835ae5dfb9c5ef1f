// Command check says what is wrong with a package's types on another system: check FOLDER GOOS GOARCH.
//
// It reads the standard library's source, where go vet would compile it first.
package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
)

func main() {
	folder := os.Args[1]
	build.Default.GOOS, build.Default.GOARCH, build.Default.CgoEnabled = os.Args[2], os.Args[3], false
	if err := check(folder); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(folder string) error {
	found, err := build.Default.ImportDir(folder, 0)
	if err != nil {
		return err
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range found.GoFiles {
		file, err := parser.ParseFile(set, filepath.Join(folder, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files = append(files, file)
	}
	config := types.Config{Importer: importer.ForCompiler(set, "source", nil)}
	_, err = config.Check(found.Name, set, files, nil)
	return err
}
