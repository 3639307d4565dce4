// Package early is what has to happen before the packages of the engine start:
// on import they write into the home folder, run openssl and open a socket. Here
// the program makes sure that it was started the one way that leaves no traces,
// and ends otherwise. It must import next to nothing: packages start in the order
// of their paths as soon as what they import has started (Go specification,
// "Program initialization"), so this one starts before any that can open a file.
package early

import "syscall"

// Marker is the variable of the environment that names the fresh folder; HOME
// and the temporary folder must be in it.
const Marker = "CAMPANILE_ENGINE_FOLDER"

const refusal = "campanile-nuclei is started by campanile, which gives it an empty folder of its own: run \"campanile scan --profile full --mandate FILE\"\n"

// Proper says that the program was started as it must be.
var Proper = check()

func check() bool {
	if prepared() {
		confine()
		return true
	}
	// There is nobody to return an error to: no other package has started yet.
	_, _ = syscall.Write(2, []byte(refusal))
	syscall.Exit(2)
	return false
}

// prepared reports whether the environment points into the fresh folder and
// leads to no program.
func prepared() bool {
	folder, ok := syscall.Getenv(Marker)
	if !ok || folder == "" {
		return false
	}
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "NUCLEI_CONFIG_DIR", "TMPDIR", "PATH"} {
		value, _ := syscall.Getenv(name)
		if !below(value, folder) {
			return false
		}
	}
	return true
}

func below(path, folder string) bool {
	return len(path) >= len(folder) && path[:len(folder)] == folder && (len(path) == len(folder) || path[len(folder)] == '/' || path[len(folder)] == '\\')
}
