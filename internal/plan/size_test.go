package plan

import (
	"testing"
	"unsafe"
)

// What is kept of each of a million rows and people must stay small (DESIGN §5).
func TestSizeOfWhatIsKept(t *testing.T) {
	t.Parallel()
	if size := unsafe.Sizeof(row{}); size > 80 {
		t.Errorf("a row takes %d bytes", size)
	}
	if size := unsafe.Sizeof(person{}); size > 40 {
		t.Errorf("a person takes %d bytes", size)
	}
	if size := unsafe.Sizeof(leaderText{}); size > 48 {
		t.Errorf("a leader text takes %d bytes", size)
	}
}
