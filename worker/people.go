package worker

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"teamsheet/internal/profile"
)

// peopleFile keeps on the local disk the profiles that were told and will be
// needed again, so that the database is asked for nobody twice. It is made with
// the first of them.
type peopleFile struct {
	folder string
	file   *os.File
	out    *bufio.Writer
	end    int64 // where the next profile goes
	record []byte

	window []byte // what was read last
	start  int64  // of the window in the file
}

const (
	// peopleWindow is what one read takes in. Profiles stand in the order of the
	// database and are wanted in that of the sheet.
	peopleWindow = 1 << 10
	// beforeFirst keeps a place from being 0, which is none.
	beforeFirst = 1
)

// add keeps a profile and returns its place, for get.
func (f *peopleFile) add(p *profile.Profile) (place int64, err error) {
	if f.file == nil {
		if f.file, err = scratchFile(f.folder); err != nil {
			return 0, err
		}
		f.out = bufio.NewWriterSize(f.file, 64<<10)
	}
	f.record = appendProfile(f.record[:0], p)
	place = f.end + beforeFirst
	size := binary.AppendUvarint(nil, uint64(len(f.record)))
	for _, part := range [][]byte{size, f.record} {
		if _, err := f.out.Write(part); err != nil {
			return 0, noSpool(err)
		}
		f.end += int64(len(part))
	}
	return place, nil
}

// get reads a profile again, in a copy of its own.
func (f *peopleFile) get(place int64) (*profile.Profile, error) {
	if f.out.Buffered() > 0 {
		if err := f.out.Flush(); err != nil {
			return nil, noSpool(err)
		}
	}
	at := place - beforeFirst
	head, err := f.read(at, min(binary.MaxVarintLen64, f.end-at))
	if err != nil {
		return nil, err
	}
	size, n := binary.Uvarint(head)
	if n <= 0 || size > uint64(f.end-at) {
		return nil, errDamagedProfile
	}
	record, err := f.read(at+int64(n), int64(size))
	if err != nil {
		return nil, err
	}
	return readProfile(record)
}

// read returns bytes of the file, valid until the next call.
func (f *peopleFile) read(at, size int64) ([]byte, error) {
	if at < f.start || at+size > f.start+int64(len(f.window)) {
		want := min(max(size, peopleWindow), f.end-at)
		if int64(cap(f.window)) < want {
			f.window = make([]byte, want)
		}
		f.window, f.start = f.window[:want], at
		if _, err := f.file.ReadAt(f.window, at); err != nil {
			f.window = f.window[:0]
			return nil, noSpool(err)
		}
	}
	from := at - f.start
	return f.window[from : from+size], nil
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
