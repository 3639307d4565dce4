// Package asn reads a database of autonomous systems from a local file in
// MaxMind DB form, as several publishers give it away.
//
// It must not open a connection.
package asn

import (
	"fmt"
	"io"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"github.com/oschwald/maxminddb-golang/v2"
)

// DB is a database in memory. It may be used by several goroutines.
type DB struct{ reader *maxminddb.Reader }

// maxFile bounds the file, in bytes; the usual ones have ten million.
const maxFile = 512 << 20

// Open reads the file whole; nothing has to be closed.
func Open(path string) (*DB, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("longer than %d bytes", maxFile)
	}
	if err != nil {
		return nil, err
	}
	reader, err := maxminddb.OpenBytes(data)
	if err != nil {
		return nil, err
	}
	if kind := reader.Metadata.DatabaseType; !strings.Contains(strings.ToLower(kind), "asn") {
		return nil, fmt.Errorf("not a database of autonomous systems but of %q", kind)
	}
	return &DB{reader}, nil
}

// entry is what publishers write about a network: a number, or "AS" and a
// number.
type entry struct {
	Number uint32 `maxminddb:"autonomous_system_number"`
	Text   string `maxminddb:"asn"`
}

// Origin says which autonomous system announces the address.
func (d *DB) Origin(address netip.Addr) (number uint32, ok bool) {
	var found entry
	if err := d.reader.Lookup(address.Unmap()).Decode(&found); err != nil {
		return 0, false // a broken entry says nothing
	}
	if found.Number == 0 {
		n, err := strconv.ParseUint(strings.TrimPrefix(found.Text, "AS"), 10, 32)
		return uint32(n), err == nil && n > 0
	}
	return found.Number, true
}
