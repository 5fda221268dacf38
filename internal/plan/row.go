package plan

import "teamsheet/internal/profile"

// row is what the checker keeps of a row of the file: 80 bytes, whatever the row
// holds. Its number and its offset are in rowPlaces. The numbers of persons and
// leader texts are one more than their place in their lists; 0 is none. What is
// looked at for a row that changes nothing comes first: it is one look at the
// memory then.
type row struct {
	id       profile.ID // as the file has it (or see zerosLost)
	text     uint64     // hash of all cells that are compared: see hasher.row
	flags    rowFlags
	version  uint32  // 0: none
	person   uint32  // whose row it is, where the checker keeps that person
	email    hash128 // of the Email cell's key
	employee hash128 // of the Employee ID cell
	leader   uint32  // the leader text of the Team Leader cell
	offset   uint32  // see rowPlaces
}

// rowFlags are the facts about a row, in the order in which they become known.
type rowFlags uint64

// What the row itself says (AddRow).
const (
	hasID          rowFlags = 1 << iota // a User ID of the right form
	badID                               // text in User ID that is none
	repeatsID                           // an earlier row has the same User ID
	sharedID                            // a later row has the same User ID
	sharedEmail                         // other rows have this email too
	sharedEmployee                      // other rows have this employee ID too
	keyDamaged                          // a cell that could have told whose row it is cannot be read
	mustLook                            // has to be judged whatever the team is
	saysActive
	saysInactive
	saysNotManager
)

// What the row says against the person as they are today (AddPerson).
const (
	found rowFlags = 1 << (iota + 16)
	equal          // every cell is what a download writes
	older          // was downloaded at an older version
	newerVersion
	emailDiffers
	employeeDiffers
	leaderDiffers
	turnsActive
	turnsInactive
	turnsNotManager
	// Of a row whose only key is its employee ID: somebody's without leading zeros.
	// The row's id, which it does not have, is then theirs.
	zerosLost
	zerosLostTwice // of several people
	soughtPadded   // such a person was asked for
	// What it is among the other rows (settle).
	notFound
	ambiguous
	duplicate
)

// What the row asks for, cell for cell, after its own rules (Judge); and what of
// it is refused beside the rest of the file and the team (Resolve).
const (
	open rowFlags = 1 << (iota + 32)
	changesEmail
	changesEmployee
	changesLeader
	deactivates
	namesLeader // of a row that asks for nothing: its Team Leader cell is looked up all the same
	reactivates
	promotes
	demotes
	refusedEmail
	refusedEmployee
	refusedLeader
	refusedActivity
	refusedManager
	leaderLocked
	leaderNotFound
	leaderAmbiguous
	leaderSelf
	leaderInactive
	leaderNotManager
	leaderCycle
	judged     // the leader is judged
	newerEmail // the cell was not edited and keeps a newer value
	newerEmployee
)

// settledFlags are found anew each time that people were added.
const settledFlags = notFound | ambiguous | duplicate

func (r *row) is(f rowFlags) bool  { return r.flags&f != 0 }
func (r *row) set(f rowFlags)      { r.flags |= f }
func (r *row) unset(f rowFlags)    { r.flags &^= f }
func (r *row) all(f rowFlags) bool { return r.flags&f == f }

// keyed reports whether the row is matched by its email or employee ID.
func (r *row) keyed() bool { return !r.is(hasID | badID) }

// byEmployeeAlone reports whether the employee ID is all that tells whose row it
// is.
func (r *row) byEmployeeAlone() bool {
	return r.keyed() && r.email.isZero() && !r.employee.isZero()
}

// lostZeros reports whether nobody has the row's employee ID, but one person does
// with zeros before it.
func (r *row) lostZeros() bool { return r.all(notFound|zerosLost) && !r.is(zerosLostTwice) }

// suspect reports whether the row has to be read again and judged.
func (r *row) suspect() bool {
	return !r.is(equal) || r.is(mustLook|newerVersion|settledFlags)
}

// asks reports whether a change is asked for and not refused.
func (r *row) asks(change, refused rowFlags) bool { return r.is(change) && !r.is(refused) }

func (r *row) setIf(f rowFlags, condition bool) {
	if condition {
		r.set(f)
	}
}
