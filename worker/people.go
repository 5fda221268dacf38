package worker

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"teamsheet/internal/profile"
)

// peopleFile keeps on the local disk the profiles that were told and will be
// needed again, so that the database is asked for nobody twice. It is made with
// the first of them.
//
// People are told in the order of the database and needed in that of the sheet. So
// they are kept in parts by the row for which they will be needed, and a part is
// read at once when its rows come.
type peopleFile struct {
	folder string
	rows   int // of the sheet
	kept   int // profiles
	file   *os.File
	end    int64 // of the file
	parts  []peoplePart
	loaded int    // one more than the part that stands in text; 0: none
	text   []byte // of that part, or of a single profile
	record []byte
}

// peoplePart is what is kept for some rows that follow each other.
type peoplePart struct {
	size    int64   // of all of it
	extents []int64 // where its pieces of extentSize bytes stand in the file
	rest    []byte  // what comes after them
}

const (
	// rowsInPart is how many rows of the sheet a part is for, unless there would be
	// too many parts.
	rowsInPart = 16 << 10
	partsMost  = 256
	// loadMost is the size of a part that is read at once: most have some megabytes.
	// One full of long bios is read profile by profile.
	loadMost = 16 << 20
	// extentSize is what is written and read at a time.
	extentSize = 8 << 10
	// A place is a part and an offset in it, and not 0.
	offsetBits  = 40
	beforeFirst = 1
)

// count is how many parts there are.
func (f *peopleFile) count() int { return min(f.rows/rowsInPart+1, partsMost) }

// part is the part for a row, counted from zero.
func (f *peopleFile) part(row int) int {
	return min(row*f.count()/max(f.rows, 1), f.count()-1)
}

// add keeps a profile for a row and returns its place, for get.
func (f *peopleFile) add(row int, p *profile.Profile) (place int64, err error) {
	if f.file == nil {
		if f.file, err = scratchFile(f.folder); err != nil {
			return 0, err
		}
		f.parts = make([]peoplePart, f.count())
	}
	number := f.part(row)
	part := &f.parts[number]
	place = int64(number)<<offsetBits | (part.size + beforeFirst)
	f.kept++
	f.record = appendProfile(f.record[:0], p)
	var size [binary.MaxVarintLen64]byte
	for _, piece := range [][]byte{size[:binary.PutUvarint(size[:], uint64(len(f.record)))], f.record} {
		part.rest = append(part.rest, piece...)
		part.size += int64(len(piece))
	}
	for len(part.rest) >= extentSize {
		if _, err := f.file.WriteAt(part.rest[:extentSize], f.end); err != nil {
			return 0, noSpool(err)
		}
		part.extents = append(part.extents, f.end)
		part.rest = append(part.rest[:0], part.rest[extentSize:]...)
		f.end += extentSize
	}
	return place, nil
}

// get reads the profile that is kept for a row again, in a copy of its own. It may
// be another row than it was kept for: that takes longer.
func (f *peopleFile) get(row int, place int64) (*profile.Profile, error) {
	number, at := int(place>>offsetBits), place&(1<<offsetBits-1)-beforeFirst
	if number >= len(f.parts) || at < 0 || at >= f.parts[number].size {
		return nil, errDamagedProfile
	}
	part := &f.parts[number]
	if f.loaded == number+1 {
		return profileAt(f.text[at:])
	}
	if f.part(row) == number && part.size <= loadMost {
		f.loaded = 0
		if err := f.load(part, 0, part.size); err != nil {
			return nil, err
		}
		f.loaded = number + 1
		return profileAt(f.text[at:])
	}
	f.loaded = 0
	if err := f.load(part, at, min(part.size, at+extentSize)); err != nil {
		return nil, err
	}
	if size, n := binary.Uvarint(f.text); n > 0 && int64(size) > int64(len(f.text)-n) { // longer than that
		if err := f.load(part, at, min(part.size, at+int64(n)+int64(size))); err != nil {
			return nil, err
		}
	}
	return profileAt(f.text)
}

// load reads bytes of a part into text.
func (f *peopleFile) load(part *peoplePart, from, to int64) error {
	if int64(cap(f.text)) < to-from {
		f.text = make([]byte, 0, to-from)
	}
	f.text = f.text[:0]
	for at := from; at < to; {
		number, offset := at/extentSize, at%extentSize
		size := min(extentSize-offset, to-at)
		if number == int64(len(part.extents)) {
			f.text = append(f.text, part.rest[offset:offset+to-at]...)
			return nil
		}
		start := len(f.text)
		f.text = f.text[:start+int(size)]
		if _, err := f.file.ReadAt(f.text[start:], part.extents[number]+offset); err != nil {
			return noSpool(err)
		}
		at += size
	}
	return nil
}

// profileAt reads a profile with its size before it.
func profileAt(text []byte) (*profile.Profile, error) {
	size, n := binary.Uvarint(text)
	if n <= 0 || size > uint64(len(text)-n) {
		return nil, errDamagedProfile
	}
	return readProfile(text[n : n+int(size)])
}

func (f *peopleFile) close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}

// appendProfile writes a profile in a form that only this process reads.
func appendProfile(dst []byte, p *profile.Profile) []byte {
	dst = append(dst, p.ID[:]...)
	dst = append(dst, p.LeaderID[:]...)
	dst = binary.AppendVarint(dst, p.Version)
	dst = binary.AppendVarint(dst, int64(p.RoleID))
	var flags byte
	for i, flag := range keptFlags(p) {
		if *flag {
			flags |= 1 << i
		}
	}
	dst = append(dst, flags)
	dst = binary.AppendUvarint(dst, uint64(len(p.GroupIDs)))
	for _, id := range p.GroupIDs {
		dst = binary.AppendVarint(dst, int64(id))
	}
	for _, text := range keptTexts(p) {
		dst = binary.AppendUvarint(dst, uint64(len(*text)))
	}
	for _, text := range keptTexts(p) {
		dst = append(dst, *text...)
	}
	return dst
}

func keptFlags(p *profile.Profile) [5]*bool {
	return [...]*bool{&p.CanManageTeam, &p.PhoneChannel, &p.ChatChannel, &p.EmailChannel, &p.Deactivated}
}

func keptTexts(p *profile.Profile) [11]*string {
	return [...]*string{&p.Email, &p.EmployeeID, &p.FirstName, &p.LastName, &p.LeaderKey, &p.LicenseType,
		&p.EmploymentStatus, &p.StartDate, &p.Hometown, &p.StateOrCountry, &p.Bio}
}

// errDamagedProfile is a bug, or a local disk that does not keep what is written.
var errDamagedProfile = errors.New("a kept profile cannot be read again")

// readProfile reads what appendProfile wrote.
func readProfile(record []byte) (*profile.Profile, error) {
	r := &profileReader{rest: record}
	p := &profile.Profile{}
	copy(p.ID[:], r.take(len(p.ID)))
	copy(p.LeaderID[:], r.take(len(p.LeaderID)))
	p.Version, p.RoleID = r.number(), int32(r.number())
	flags := r.take(1)
	if r.failed {
		return nil, errDamagedProfile
	}
	for i, flag := range keptFlags(p) {
		*flag = flags[0]&(1<<i) != 0
	}
	if groups := r.size(); groups > 0 {
		p.GroupIDs = make([]int32, groups)
		for i := range p.GroupIDs {
			p.GroupIDs[i] = int32(r.number())
		}
	}
	r.texts(keptTexts(p))
	if r.failed || len(r.rest) > 0 {
		return nil, fmt.Errorf("%w: %d bytes left", errDamagedProfile, len(r.rest))
	}
	return p, nil
}

// profileReader takes a kept profile apart.
type profileReader struct {
	rest   []byte
	failed bool
}

func (r *profileReader) take(n int) []byte {
	if n > len(r.rest) {
		r.failed = true
		return nil
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *profileReader) number() int64 {
	value, n := binary.Varint(r.rest)
	r.failed = r.failed || n <= 0
	r.take(max(n, 0))
	return value
}

// size reads how many of something follow, each of a byte at least.
func (r *profileReader) size() int {
	value, n := binary.Uvarint(r.rest)
	r.failed = r.failed || n <= 0 || value > uint64(len(r.rest))
	if r.failed {
		return 0
	}
	r.take(n)
	return int(value)
}

// texts makes one string of all texts and cuts it.
func (r *profileReader) texts(texts [11]*string) {
	var sizes [len(texts)]int
	total := 0
	for i := range texts {
		sizes[i] = r.size()
		total += sizes[i]
	}
	all := string(r.take(total))
	if r.failed {
		return
	}
	for i, text := range texts {
		*text, all = all[:sizes[i]], all[sizes[i]:]
	}
}
