package profile

import (
	"slices"
	"strings"
)

// Same reports whether a clean cell text means what p has today in that field:
// exactly what the download writes, or the same by the field's own comparison
// (y/yes/true, case of role, group, license and employment names, order of
// groups). TeamLeader: exact or same email key.
//
// It is how "a cell equal to what the download would write for it today is never
// a problem" is kept: ask it before Set. (An empty required cell is the same as
// an empty required field, and is required-empty all the same.)
func Same(p *Profile, f Field, clean string, d *Directory) bool {
	if flag := flagField(p, f); flag != nil {
		value, ok := parseYesNo(clean)
		return ok && value == *flag
	}
	switch f {
	case RoleName:
		return sameRole(p, clean, d)
	case LicenseType, EmploymentStatus:
		stored := *textField(p, f)
		return stored == clean || stored == foldKey(clean)
	case TeamLeader:
		return sameLeader(p.LeaderKey, clean)
	case Groups:
		return sameGroups(p, clean, d)
	}
	return sameText(p, f, clean, d)
}

// sameText compares with what the download writes, without allocation for all
// but the longest of texts.
func sameText(p *Profile, f Field, clean string, d *Directory) bool {
	if text := textField(p, f); text != nil {
		return *text == clean
	}
	var room [128]byte
	return string(AppendText(room[:0], p, f, d)) == clean
}

func sameRole(p *Profile, clean string, d *Directory) bool {
	if sameText(p, RoleName, clean, d) {
		return true
	}
	role, known := d.RoleByName(clean)
	return known && role.ID == p.RoleID
}

func sameLeader(key, clean string) bool {
	if key == clean {
		return true
	}
	return strings.Contains(key, "@") && EmailKey(key) == EmailKey(clean)
}

func sameGroups(p *Profile, clean string, d *Directory) bool {
	if sameText(p, Groups, clean, d) {
		return true
	}
	ids, unknown := parseGroups(clean, d)
	return len(unknown) == 0 && slices.Equal(ids, p.GroupIDs)
}
