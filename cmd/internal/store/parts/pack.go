package parts

import (
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"campanile/collectors/evidence"
)

// dictionary is the number under which the base is known to both sides.
const dictionary = 1

// MaxBase bounds what a part may lean on: a larger one is packed on its own.
const MaxBase = 4 << 20

// Pack compresses a part (RFC 8878). Where base is given, it is what the same
// part was like before: only what differs takes room, and Unpack needs it too.
func Pack(content, base []byte) ([]byte, error) {
	options := []zstd.EOption{
		zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedBetterCompression),
		zstd.WithWindowSize(window(len(content) + len(base))), zstd.WithLowerEncoderMem(true),
	}
	if len(base) > 0 {
		options = append(options, zstd.WithEncoderDictRaw(dictionary, base))
	}
	encoder, err := zstd.NewWriter(nil, options...)
	if err != nil {
		return nil, fmt.Errorf("packing: %w", err)
	}
	return encoder.EncodeAll(content, nil), encoder.Close()
}

// window is how far back a part of a size can lean on what was before: no farther
// than it is long itself. Parts are small, and the encoder clears memory for all that
// it may look back at.
func window(size int) int {
	fits := zstd.MinWindowSize
	for fits < size && fits < mostWindow {
		fits *= 2
	}
	return fits
}

// mostWindow is what the encoder takes by itself at this level, in bytes.
const mostWindow = 8 << 20

// Unpack is the inverse of Pack. Nothing longer than a bundle comes out.
func Unpack(packed, base []byte) ([]byte, error) {
	options := []zstd.DOption{zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(evidence.MaxLine + 1)}
	if len(base) > 0 {
		options = append(options, zstd.WithDecoderDictRaw(dictionary, base))
	}
	decoder, err := zstd.NewReader(nil, options...)
	if err != nil {
		return nil, fmt.Errorf("unpacking: %w", err)
	}
	defer decoder.Close()
	content, err := decoder.DecodeAll(packed, nil)
	if errors.Is(err, zstd.ErrUnknownDictionary) {
		return nil, errors.New("unpacking: what the part leans on is missing")
	}
	if err != nil {
		return nil, fmt.Errorf("unpacking: %w", err)
	}
	return content, nil
}
