package producer

import (
	"sync"

	"teamsheet/internal/fault"
)

const (
	// uploadsAtOnce bounds the files that come in at a time. Each costs a connection,
	// a file and some 100 KB of memory, whatever its size.
	uploadsAtOnce = 100
	// uploadsOfOrg bounds those of one organization, so that a script that has run
	// wild leaves room for the others.
	uploadsOfOrg = 20
	// picturesAtOnce and picturesOfOrg bound the pictures that come in at a time. Each is
	// held in memory, whole, until its photo is made.
	picturesAtOnce = 16
	picturesOfOrg  = 4
)

// uploadTurns counts the uploads that are coming in.
type uploadTurns struct {
	most, mostOfOrg int

	mu    sync.Mutex
	all   int
	byOrg map[string]int
}

func newUploadTurns(most, mostOfOrg int) *uploadTurns {
	return &uploadTurns{most: most, mostOfOrg: mostOfOrg, byOrg: map[string]int{}}
}

// enter lets an upload begin; leave ends it. Faults: TooMany "too-many-uploads" when
// the organization has enough of them, Unavailable "uploads-busy" when everybody has.
func (u *uploadTurns) enter(orgID string) (leave func(), err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case u.byOrg[orgID] >= u.mostOfOrg:
		return nil, fault.Newf(fault.TooMany, "too-many-uploads",
			"%d files of your organization are being uploaded right now. Upload this one when some of them have come in.", u.mostOfOrg)
	case u.all >= u.most:
		return nil, fault.New(fault.Unavailable, "uploads-busy",
			"Too many files are being uploaded right now. Upload this one again in a minute.")
	}
	u.all++
	u.byOrg[orgID]++
	return func() { u.leave(orgID) }, nil
}

func (u *uploadTurns) leave(orgID string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.all--
	if u.byOrg[orgID]--; u.byOrg[orgID] == 0 {
		delete(u.byOrg, orgID)
	}
}
