package early

import (
	"runtime"
	"syscall"
	"unsafe"
)

// Numbers of linux/seccomp.h, linux/bpf_common.h and linux/audit.h.
const (
	setNoNewPrivileges = 38 // PR_SET_NO_NEW_PRIVS
	setFilter          = 1  // SECCOMP_SET_MODE_FILTER
	allThreads         = 1  // SECCOMP_FILTER_FLAG_TSYNC

	load        = 0x20 // BPF_LD | BPF_W | BPF_ABS
	ifEqual     = 0x15 // BPF_JMP | BPF_JEQ | BPF_K
	ifAnyBit    = 0x45 // BPF_JMP | BPF_JSET | BPF_K
	give        = 0x06 // BPF_RET | BPF_K
	atNumber    = 0
	atMachine   = 4
	atArgument0 = 16
	atArgument1 = 24

	allowed  = 0x7fff0000
	noAccess = 0x00050000 | uint32(syscall.EACCES)
)

type instruction struct {
	code       uint16
	then, skip uint8
	k          uint32
}

type filter struct {
	length uint16
	_      [6]byte
	list   *instruction
}

// numbers are what differs from one kind of machine to the next.
type numbers struct{ seccomp, machine, socket, execve, execveat uint32 }

// confine asks the kernel to refuse, from now on and for good, every program
// that this one would start and every socket that is neither TCP nor within the
// machine. Where the kernel cannot do that, the list of permitted addresses and
// the empty PATH remain.
func confine() {
	n, ok := map[string]numbers{
		"amd64": {317, 0xc000003e, 41, 59, 322},
		"arm64": {277, 0xc00000b7, 198, 221, 281},
	}[runtime.GOARCH]
	if !ok {
		return
	}
	list := rules(n)
	program := filter{length: uint16(len(list)), list: &list[0]}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if _, _, e := syscall.RawSyscall6(syscall.SYS_PRCTL, setNoNewPrivileges, 1, 0, 0, 0, 0); e != 0 {
		return
	}
	_, _, _ = syscall.RawSyscall(uintptr(n.seccomp), setFilter, allThreads, uintptr(unsafe.Pointer(&program))) //nolint:gosec // G103: the kernel takes the filter by its address
}

// rules are the filter: starting programs and datagram or raw sockets of the
// Internet give EACCES, all else is allowed. A jump counts the instructions
// that it leaves out.
func rules(n numbers) []instruction {
	return []instruction{
		{load, 0, 0, atMachine},
		{ifEqual, 1, 0, n.machine},
		{give, 0, 0, allowed}, // another kind of call than those that we know
		{load, 0, 0, atNumber},
		{ifEqual, 10, 0, n.execve},
		{ifEqual, 9, 0, n.execveat},
		{ifEqual, 0, 7, n.socket},
		{load, 0, 0, atArgument0},
		{ifEqual, 2, 0, syscall.AF_INET},
		{ifEqual, 1, 0, syscall.AF_INET6},
		{ifEqual, 4, 3, syscall.AF_PACKET},
		{load, 0, 0, atArgument1},
		{ifAnyBit, 2, 0, 0xe}, // SOCK_STREAM is 1; datagram 2, raw 3 and the others have a higher bit
		{ifAnyBit, 0, 1, 1},
		{give, 0, 0, allowed},
		{give, 0, 0, noAccess},
	}
}
