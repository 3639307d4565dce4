package engine_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const (
	readyLine = `{"kind":"ready","protocol":1,"version":"3.8.0","templates":["exposed-environment-file","exposed-version-control"]}`
	matchLine = `{"kind":"match","template":"exposed-version-control","url":"https://www.comune.example:443/.git/HEAD","address":"198.51.100.7"}`
	doneLine  = `{"kind":"done","sockets":1}`
)

// play is the engine of a test: it reads its order and then does what its part
// says. What it gives back is its exit code.
func play(part string) int {
	if part == "sleeper" {
		return sleep()
	}
	if part != "deaf" && part != "all" && len(os.Args) == 1 {
		in := bufio.NewScanner(os.Stdin)
		for in.Scan() && !strings.Contains(in.Text(), `"start"`) {
		}
	}
	opening := readyLine + "\n" + matchLine
	foreign := func(template, url, address string) {
		fmt.Println(readyLine)
		fmt.Printf("{\"kind\":\"match\",\"template\":%q,\"url\":%q,\"address\":%q}\n", template, url, address)
	}
	switch part {
	case "whole":
		fmt.Println(opening)
		fmt.Println(`{"kind":"unchecked","template":"exposed-environment-file","url":"https://www.comune.example","address":"198.51.100.7","problem":"timeout","detail":"context deadline exceeded"}`)
		fmt.Println(`{"kind":"count","sockets":7,"requests":6,"sent":1800,"received":45000}`)
		fmt.Println(`{"kind":"count","sockets":5,"requests":4,"sent":1200,"received":30000}`)
		fmt.Println(`{"kind":"done","sockets":7,"refused":1,"requests":6,"sent":1800,"received":45000}`)
	case "crash":
		fmt.Println(opening)
		fmt.Fprintln(os.Stderr, "out of\n\tluck")
		return 3
	case "killed":
		fmt.Println(opening)
		if own, err := os.FindProcess(os.Getpid()); err == nil {
			_ = own.Kill()
		}
		waitForEver()
	case "silent-end", "deaf":
	case "below-zero":
		fmt.Println(opening + "\n{\"kind\":\"count\",\"sockets\":1,\"sent\":-1}")
	case "early-end":
		fmt.Println(opening)
	case "trouble":
		fmt.Println(`{"kind":"trouble","detail":"template exposed-phpinfo did not load"}`)
		return 1
	case "garbage":
		fmt.Println(opening + "\n<html>")
		waitForEver()
	case "other-kind":
		fmt.Println(opening + "\n{\"kind\":\"rumour\"}")
	case "out-of-turn":
		fmt.Println(matchLine)
	case "ready-twice":
		fmt.Println(opening + "\n{\"kind\":\"ready\"}")
	case "after-the-end":
		fmt.Println(opening + "\n" + doneLine + "\n" + matchLine)
	case "endless-line":
		for {
			fmt.Print(strings.Repeat("x", 4096))
		}
	case "flood":
		fmt.Println(readyLine)
		for {
			fmt.Println(matchLine)
		}
	case "foreign-place":
		foreign("exposed-version-control", "https://www.other.example/.git/HEAD", "198.51.100.7")
	case "foreign-address":
		foreign("exposed-version-control", "https://www.comune.example/.git/HEAD", "192.0.2.1")
	case "foreign-id":
		foreign("exposed-phpinfo", "https://www.comune.example/", "198.51.100.7")
	case "other-templates":
		fmt.Println(`{"kind":"ready","protocol":1,"templates":["exposed-environment-file","exposed-phpinfo"]}`)
	case "fewer-templates":
		fmt.Println(`{"kind":"ready","protocol":1,"templates":["exposed-environment-file"]}`)
	case "other-protocol":
		fmt.Println(`{"kind":"ready","protocol":2}`)
	case "version":
		fmt.Println("nuclei v3.8.0")
	case "environment":
		fmt.Println(surroundings())
	case "all":
		return all()
	case "hang":
		return hang(false)
	case "hang-apart":
		return hang(true)
	}
	return 0
}

// waitForEver waits for the end of an input that ends after this program alone.
func waitForEver() { _, _ = io.Copy(io.Discard, os.Stdin) }

// variables are those that may come in.
var variables = []string{
	"CAMPANILE_ENGINE_FOLDER", "CAMPANILE_ENGINE_MEMORY", "DISABLE_ZTLS_FALLBACK", "GOMEMLIMIT", "HOME", "NUCLEI_CONFIG_DIR", "PATH", "TMPDIR", "TZ",
	"XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "PWD", // os/exec sets PWD to the folder
}

// surroundings names the folder, when all is as it must be.
func surroundings() string {
	folder := os.Getenv("CAMPANILE_ENGINE_FOLDER")
	for _, v := range os.Environ() {
		name, value, _ := strings.Cut(v, "=")
		if !slices.Contains(variables, name) {
			return name + " came in"
		}
		if strings.HasPrefix(value, "/") && !strings.HasPrefix(value, folder) {
			return name + " leads to " + value
		}
	}
	if info, err := os.Stat(os.Getenv("HOME")); err != nil || !info.IsDir() {
		return "there is no home"
	}
	if path, err := exec.LookPath("openssl"); err == nil {
		return "there is a program: " + path
	}
	return folder
}

// all loads what is ordered, and is done.
func all() int {
	line, err := bufio.NewReader(os.Stdin).ReadBytes('\n')
	var job struct {
		Templates []string `json:"templates"`
	}
	if err == nil {
		err = json.Unmarshal(line, &job)
	}
	var ready []byte
	if err == nil {
		ready, err = json.Marshal(map[string]any{"kind": "ready", "protocol": 1, "templates": job.Templates})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 7
	}
	fmt.Printf("%s\n{\"kind\":\"done\"}\n", ready)
	return 0
}

// hang starts another program, which may leave the group, and waits for ever.
func hang(leaving bool) int {
	fmt.Println(`{"kind":"ready","protocol":1,"templates":["address"]}`)
	fmt.Println(`{"kind":"count","sockets":3,"requests":2,"sent":400,"received":900}`)
	own, err := os.Readlink(os.Args[0])
	sleeper := filepath.Join("home", "played-sleeper")
	if err == nil {
		err = os.Symlink(own, sleeper)
	}
	if err == nil {
		command := exec.Command(sleeper)
		command.Stdout = os.Stdout // it holds on to what its parent says
		if leaving {
			leaveGroup(command)
		}
		err = command.Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 4
	}
	waitForEver()
	return 0
}

// sleep rings the test and waits for ever.
func sleep() int {
	address, err := os.ReadFile(filepath.Join("templates", "address.yaml"))
	if err != nil {
		return 5
	}
	conn, err := net.Dial("tcp", string(address))
	if err != nil {
		return 6
	}
	_, _ = conn.Read(make([]byte, 1)) // until the test ends
	return 0
}
