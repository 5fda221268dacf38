package server

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
)

// FindPostgres is the path of the postgres program, or "". Debian keeps it out
// of PATH, one folder a version: the newest is taken.
func FindPostgres() string {
	if path := inPath("postgres"); path != "" {
		return path
	}
	return newestOf("/usr/lib/postgresql/*/bin/postgres", "/usr/pgsql-*/bin/postgres",
		"/opt/homebrew/opt/postgresql*/bin/postgres", "/usr/local/opt/postgresql*/bin/postgres")
}

// FindRedis is the path of the redis-server program, or "".
func FindRedis() string { return inPath("redis-server") }

// FindChromium is the path of a Chromium or Chrome, or "".
func FindChromium() string {
	if path := inPath("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"); path != "" {
		return path
	}
	return newestOf("/Applications/Chromium.app/Contents/MacOS/Chromium",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
}

// FindCalc is the path of a LibreOffice that has Calc, or "".
func FindCalc() string {
	path := inPath("soffice", "libreoffice")
	if path == "" {
		path = newestOf("/usr/lib/libreoffice/program/soffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice")
	}
	if path == "" || !hasCalc(path) {
		return ""
	}
	return path
}

// hasCalc looks for Calc's library beside the program: Debian can install
// LibreOffice without it.
func hasCalc(soffice string) bool {
	if runtime.GOOS != "linux" {
		return true
	}
	program, err := filepath.EvalSymlinks(soffice)
	return err == nil && isFile(filepath.Join(filepath.Dir(program), "libsclo.so"))
}

// FindCompiler is the path of a C compiler with the C library's headers, or "".
// The race detector needs both.
func FindCompiler() string {
	if runtime.GOOS == "linux" && newestOf("/usr/include/stdlib.h") == "" {
		return ""
	}
	return inPath("gcc", "clang", "cc")
}

func inPath(names ...string) string {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// newestOf is the last of the files that match, in the order of their length and
// name: version 15 comes after version 9.
func newestOf(patterns ...string) string {
	var found []string
	for _, pattern := range patterns {
		matches, _ := filepath.Glob(pattern)
		found = append(found, slices.DeleteFunc(matches, func(path string) bool { return !isFile(path) })...)
	}
	if len(found) == 0 {
		return ""
	}
	slices.SortFunc(found, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return slices.Compare([]byte(a), []byte(b))
	})
	return found[len(found)-1]
}

func isFile(path string) bool {
	stat, err := os.Stat(path)
	return err == nil && stat.Mode().IsRegular()
}
