package photo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"io"
	"iter"

	"golang.org/x/image/webp"
)

// whole makes a decoder of streams one of files.
func whole[T any](decode func(io.Reader) (T, error)) func([]byte) (T, error) {
	return func(file []byte) (T, error) { return decode(bytes.NewReader(file)) }
}

func noExif([]byte) []byte { return nil }

// jpegExif finds the segment APP1 that holds Exif (CIPA DC-008, 4.5.4).
func jpegExif(file []byte) []byte {
	for at := 2; at+4 <= len(file) && file[at] == 0xff; {
		marker, length := file[at+1], int(binary.BigEndian.Uint16(file[at+2:]))
		if marker == 0xda || length < 2 || at+2+length > len(file) {
			return nil // the picture itself begins, or nothing makes sense any more
		}
		content := file[at+4 : at+2+length]
		if tiff, found := bytes.CutPrefix(content, []byte("Exif\x00\x00")); found && marker == 0xe1 {
			return tiff
		}
		at += 2 + length
	}
	return nil
}

// pngExif finds the chunk eXIf (PNG, third edition, 11.3.3.6).
func pngExif(file []byte) []byte {
	const signature, around = 8, 12 // length, name and checksum of a chunk
	for at := signature; at+around <= len(file); {
		length := int64(binary.BigEndian.Uint32(file[at:]))
		end := int64(at) + around + length
		if end > int64(len(file)) {
			return nil
		}
		if string(file[at+4:at+8]) == "eXIf" {
			return file[at+8 : end-4]
		}
		at = int(end)
	}
	return nil
}

// A WebP file is a RIFF container (RFC 9649, 2.3).
const riffHead = 12

func isWebP(file []byte) bool {
	return len(file) >= riffHead && string(file[:4]) == "RIFF" && string(file[8:riffHead]) == "WEBP"
}

// webpChunks are the chunks of a WebP file by their names.
func webpChunks(file []byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for at := riffHead; at+8 <= len(file); {
			length := int64(binary.LittleEndian.Uint32(file[at+4:]))
			end := int64(at) + 8 + length
			if !yield(string(file[at:at+4]), file[at+8:min(end, int64(len(file)))]) || end > int64(len(file)) {
				return
			}
			at = int(end + length%2)
		}
	}
}

func webpExif(file []byte) []byte {
	for name, content := range webpChunks(file) {
		if name == "EXIF" {
			return bytes.TrimPrefix(content, []byte("Exif\x00\x00"))
		}
	}
	return nil
}

// webpConfig is the largest of what the parts of the file say: the decoder believes
// the canvas, and then makes room for a picture that may be any size.
func webpConfig(file []byte) (image.Config, error) {
	config, err := webp.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return config, err
	}
	for name, content := range webpChunks(file) {
		width, height, err := frameSize(name, content)
		if err != nil {
			return config, err
		}
		if int64(width)*int64(height) > int64(config.Width)*int64(config.Height) {
			config = image.Config{ColorModel: color.RGBAModel, Width: width, Height: height}
		}
	}
	return config, nil
}

var errFrame = errors.New("a frame without a header")

// frameSize reads the header of a lossy (RFC 6386, 9.1) or a lossless frame (RFC
// 9649, 3.4); other chunks have no size.
func frameSize(name string, content []byte) (width, height int, err error) {
	const lossyHead, losslessHead, size = 10, 5, 1<<14 - 1
	switch name {
	case "VP8 ":
		if len(content) < lossyHead {
			return 0, 0, errFrame
		}
		return int(binary.LittleEndian.Uint16(content[6:])) & size, int(binary.LittleEndian.Uint16(content[8:])) & size, nil
	case "VP8L":
		if len(content) < losslessHead {
			return 0, 0, errFrame
		}
		bits := binary.LittleEndian.Uint32(content[1:])
		return int(bits&size) + 1, int(bits>>14&size) + 1, nil
	}
	return 0, 0, nil
}

// orientation reads the tag of that name from a TIFF structure (TIFF 6.0, section
// 2); anything that is not there or makes no sense is 1, upright.
func orientation(tiff []byte) int {
	const head, entry, tag, short, upright = 8, 12, 0x0112, 3, 1
	if len(tiff) < head {
		return upright
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(tiff[:2]) == "MM" {
		order = binary.BigEndian
	}
	first := int64(order.Uint32(tiff[4:]))
	if first+2 > int64(len(tiff)) {
		return upright
	}
	entries := tiff[first+2:]
	for range order.Uint16(tiff[first:]) {
		if len(entries) < entry {
			return upright
		}
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short {
			return int(order.Uint16(entries[8:]))
		}
		entries = entries[entry:]
	}
	return upright
}
