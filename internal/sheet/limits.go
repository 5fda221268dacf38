package sheet

// Defaults of Limits: CONTRACT §6, and Excel's own limit of a cell.
const (
	DefaultBytes     = 1 << 30
	DefaultRows      = 2_000_000
	DefaultColumns   = 256
	DefaultCellChars = 32_767
)

// Limits of what is read. Zero values: the defaults of CONTRACT §6.
type Limits struct {
	// Bytes of the whole file; more is file-too-large.
	Bytes int64
	// Rows below the header that are not blank; more is too-many-rows.
	Rows int
	// Columns of a row that hold anything; more is file-damaged. Empty cells
	// further right are nothing.
	Columns int
	// CellChars is the most characters (code points) of a cell; a longer one is a
	// too-long problem of the cell, not of the file, and its text is cut off there.
	CellChars int
	// KnownHeader tells whether a cell of the first row is a header that the
	// caller knows. A file without a byte order mark is read only if one is; nil:
	// never.
	KnownHeader func(cell string) bool
}

func (l Limits) withDefaults() Limits {
	if l.Bytes == 0 {
		l.Bytes = DefaultBytes
	}
	if l.Rows == 0 {
		l.Rows = DefaultRows
	}
	if l.Columns == 0 {
		l.Columns = DefaultColumns
	}
	if l.CellChars == 0 {
		l.CellChars = DefaultCellChars
	}
	return l
}
