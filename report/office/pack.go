package office

import (
	"archive/zip"
	"fmt"
	"hash/crc32"
	"io"
	"time"
)

// part is a file in a package.
type part struct {
	name string
	data []byte
}

// firstDay is the first day that the format can name. No clock is read.
const firstDay = 1<<5 | 1

// pack writes the parts of a document, in their order. The kind, where it is
// not empty, stands in front as OpenDocument wants it.
func pack(w io.Writer, kind string, parts []part) error {
	archive := zip.NewWriter(w)
	if kind != "" {
		if err := label(archive, kind); err != nil {
			return fmt.Errorf("writing the document: %w", err)
		}
	}
	for _, each := range parts {
		header := &zip.FileHeader{Name: each.name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
		file, err := archive.CreateHeader(header)
		if err == nil {
			_, err = file.Write(each.data)
		}
		if err != nil {
			return fmt.Errorf("writing the document, %s: %w", each.name, err)
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("writing the document: %w", err)
	}
	return nil
}

// label writes the file that tells the kind of document by the bytes at its
// beginning: first, not compressed, and without any extra field (OpenDocument
// 1.3 part 2, 3.3).
func label(archive *zip.Writer, kind string) error {
	file, err := archive.CreateRaw(&zip.FileHeader{
		Name: "mimetype", Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(kind)),
		CompressedSize64: uint64(len(kind)), UncompressedSize64: uint64(len(kind)),
		ModifiedDate: firstDay, //nolint:staticcheck // the other field adds the extra one that must not be
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(file, kind)
	return err
}
