package lab

import (
	"encoding/binary"
	"net"
	"syscall"
)

// established is the state of a TCP connection that both sides keep open
// (include/net/tcp_states.h of Linux).
const established = 1

// left reports that the other side of a connection has gone, whether or not the
// server has read so yet.
func left(conn net.Conn) bool {
	tcp, is := conn.(syscall.Conn)
	if !is {
		return false
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return true // it is closed
	}
	gone := false
	err = raw.Control(func(socket uintptr) {
		// Whoever asks for four bytes gets the first four, and the state is the first.
		first, err := syscall.GetsockoptInt(int(socket), syscall.IPPROTO_TCP, syscall.TCP_INFO)
		gone = err == nil && binary.NativeEndian.AppendUint32(nil, uint32(first))[0] != established
	})
	return err != nil || gone
}
