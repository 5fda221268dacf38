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
)

// uploadTurns counts the uploads that are coming in.
type uploadTurns struct {
	mu    sync.Mutex
	all   int
	byOrg map[string]int
}

// enter lets an upload begin; leave ends it. Faults: TooMany "too-many-uploads" when
// the organization has enough of them, Unavailable "uploads-busy" when everybody has.
func (u *uploadTurns) enter(orgID string) (leave func(), err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case u.byOrg[orgID] >= uploadsOfOrg:
		return nil, fault.Newf(fault.TooMany, "too-many-uploads",
			"%d files of your organization are being uploaded right now. Upload this one when some of them have come in.", uploadsOfOrg)
	case u.all >= uploadsAtOnce:
		return nil, fault.New(fault.Unavailable, "uploads-busy",
			"Too many files are being uploaded right now. Upload this one again in a minute.")
	}
	if u.byOrg == nil {
		u.byOrg = map[string]int{}
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
