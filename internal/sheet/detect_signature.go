package sheet

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// detectSignature goes by the first bytes that the format of a program begins
// with.
func detectSignature(head []byte) (Format, bool) {
	for _, signature := range signatures() {
		if bytes.HasPrefix(head, []byte(signature.begins)) {
			return Format{Kind: signature.kind(head)}, true
		}
	}
	return Format{}, false
}

type signature struct {
	begins string
	kind   func(head []byte) Kind
}

func signatures() []signature {
	always := func(kind Kind) func([]byte) Kind { return func([]byte) Kind { return kind } }
	return []signature{
		{"PK\x03\x04", kindOfZip},
		{"PK\x05\x06", kindOfZip},
		{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", kindOfCompound},
		{"%PDF-", always(PDF)},
		{"\x1F\x8B", always(Compressed)},
		{"BZh", always(Compressed)},
		{"\xFD7zXZ\x00", always(Compressed)},
		{"7z\xBC\xAF\x27\x1C", always(Compressed)},
		{"Rar!\x1A\x07", always(Compressed)},
		{"\x28\xB5\x2F\xFD", always(Compressed)},
		{"\x89PNG", always(Binary)},
		{"\xFF\xD8\xFF", always(Binary)},
		{"GIF8", always(Binary)},
	}
}

// kindOfZip goes by the names of the entries that head shows, and by the
// mimetype that an OpenDocument file holds first, uncompressed.
func kindOfZip(head []byte) Kind {
	for _, name := range zipNames(head) {
		switch {
		case strings.HasPrefix(name, "xl/"):
			return kindOfWorkbook(name)
		case strings.HasSuffix(name, ".iwa") || name == "Index.zip" || strings.HasPrefix(name, "Index/"):
			return Numbers
		}
	}
	switch {
	case bytes.Contains(head[:min(len(head), 256)], []byte("application/vnd.oasis.opendocument.spreadsheet")):
		return ODS
	case bytes.Contains(head, []byte("[Content_Types].xml")):
		return XLSX
	}
	return Zip
}

func kindOfWorkbook(name string) Kind {
	if strings.HasSuffix(name, "workbook.bin") {
		return XLSB
	}
	return XLSX
}

// zipNames returns the names of the entries whose local headers (PKWARE
// APPNOTE 4.3.7) lie within head.
func zipNames(head []byte) []string {
	const header, nameLength = 30, 26
	var names []string
	for {
		at := bytes.Index(head, []byte("PK\x03\x04"))
		if at < 0 || at+header > len(head) {
			return names
		}
		length := int(binary.LittleEndian.Uint16(head[at+nameLength:]))
		if at+header+length > len(head) {
			return names
		}
		names = append(names, string(head[at+header:at+header+length]))
		head = head[at+header+length:]
	}
}

// kindOfCompound tells a workbook with a password from an old one by the names
// in the compound file's directory, where head shows it.
func kindOfCompound(head []byte) Kind {
	if bytes.Contains(head, wide("EncryptedPackage")) {
		return Locked
	}
	return XLS
}

// wide is ASCII as a compound file writes its names: UTF-16LE.
func wide(name string) []byte {
	out := make([]byte, 0, 2*len(name))
	for i := range len(name) {
		out = append(out, name[i], 0)
	}
	return out
}
