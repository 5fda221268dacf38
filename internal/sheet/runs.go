package sheet

import (
	"encoding/binary"
	"slices"
)

// Four code units are looked at in one 64-bit word, 16 bits each.
const (
	lanes       = 0x0001_0001_0001_0001
	notASCII    = 0xFF80 * lanes // any bit set: a unit is not ASCII
	toSign      = 0x7FE0 * lanes // added, sets the sign bit of every unit ≥ 0x20
	notZero     = 0x7FFF * lanes // added, sets the sign bit of every unit that is not zero
	signs       = 0x8000 * lanes
	lowPairs    = 0x0000_FFFF_0000_FFFF
	firstPlain  = 0x20
	firstWide   = 0x80
	firstThree  = 0x800
	unitsAtOnce = 4
)

// run takes characters of one code unit each, from space on, up to stop or the
// end of the window.
func (t *tokenizer) run(stop uint16) {
	for t.plain(stop); t.wide(); t.plain(stop) {
	}
}

// plain takes ASCII characters from space on, up to stop or the end of the
// window. This loop is where the time goes.
func (t *tokenizer) plain(stop uint16) {
	s := &t.src
	in := s.buf[s.pos:s.units]
	out := slices.Grow(t.text, len(in)/2+unitsAtOnce)
	at, n := 0, len(out)
	out = out[:cap(out)]
	stops := uint64(stop) * lanes
	for at+8 <= len(in) {
		x := binary.LittleEndian.Uint64(in[at:])
		if x&notASCII != 0 || (x+toSign)&((x^stops)+notZero)&signs != signs {
			break
		}
		x = (x | x>>8) & lowPairs
		binary.LittleEndian.PutUint32(out[n:], uint32(x|x>>16))
		at += 8
		n += unitsAtOnce
	}
	for at+2 <= len(in) {
		u := binary.LittleEndian.Uint16(in[at:])
		if u < firstPlain || u >= firstWide || u == stop {
			break
		}
		out[n] = byte(u)
		at += 2
		n++
	}
	s.pos += at
	t.cell.chars += at / 2
	t.text = out[:n]
}

// wide takes characters beyond ASCII that are one code unit each, and reports
// whether there were any.
func (t *tokenizer) wide() bool {
	s := &t.src
	at, out := s.pos, t.text
	for at+2 <= s.units {
		u := binary.LittleEndian.Uint16(s.buf[at:])
		if u < firstWide || u >= 0xD800 && u <= 0xDFFF {
			break
		}
		if u < firstThree {
			out = append(out, 0xC0|byte(u>>6), 0x80|byte(u)&0x3F)
		} else {
			out = append(out, 0xE0|byte(u>>12), 0x80|byte(u>>6)&0x3F, 0x80|byte(u)&0x3F)
		}
		at += 2
	}
	taken := at - s.pos
	t.cell.chars += taken / 2
	s.pos, t.text = at, out
	return taken > 0
}
