package blob

import (
	"context"
	"errors"
	"time"
)

const waitingPrefix = "waiting-"

// WaitingLife is how long a file waits at least.
const WaitingLife = 24 * time.Hour

// WaitingKey is the key of a file that is no batch yet and waits for a word of the
// account that sent it. Organization and account are part of the key, so that
// whoever knows the id alone reaches nothing.
func WaitingKey(orgID, accountID, id string) string {
	return waitingPrefix + orgID + "-" + accountID + "-" + id
}

// DropWaiting deletes the files that have waited for longer than WaitingLife, and
// says how many. It goes on past those that cannot be deleted.
func DropWaiting(ctx context.Context, s Store, now time.Time) (dropped int, err error) {
	var trouble []error
	for info, err := range s.List(ctx, waitingPrefix) {
		if err != nil {
			return dropped, errors.Join(append(trouble, err)...)
		}
		if now.Sub(info.Modified) <= WaitingLife {
			continue
		}
		if err := s.Delete(ctx, info.Key); err != nil {
			trouble = append(trouble, err)
			continue
		}
		dropped++
	}
	return dropped, errors.Join(trouble...)
}
