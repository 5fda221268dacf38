package profile

import (
	"slices"
	"strconv"
)

// groupSeparator stands between the names of a Groups cell.
const groupSeparator = ';'

// Text returns what a download writes for the field today (before the formula
// escape, which is the sheet's business): "y"/"n", the role's name, the leader's
// key, group names joined by ";" in the order of their names, the version in
// decimal.
func Text(p *Profile, f Field, d *Directory) string {
	if text := textField(p, f); text != nil {
		return *text
	}
	return string(AppendText(nil, p, f, d))
}

// AppendText is Text into a buffer, without allocation (but for a person of more
// than 32 groups).
func AppendText(dst []byte, p *Profile, f Field, d *Directory) []byte {
	if text := textField(p, f); text != nil {
		return append(dst, *text...)
	}
	if flag := flagField(p, f); flag != nil {
		return append(dst, yesOrNo(*flag)...)
	}
	switch f {
	case UserID:
		return p.ID.append(dst)
	case RoleName:
		role, _ := d.Role(p.RoleID)
		return append(dst, role.Name...)
	case TeamLeader:
		return append(dst, p.LeaderKey...)
	case Groups:
		return appendGroups(dst, p.GroupIDs, d)
	case Version:
		return appendVersion(dst, p.Version)
	}
	return dst
}

func yesOrNo(flag bool) string {
	if flag {
		return "y"
	}
	return "n"
}

// appendGroups writes the names of the groups in the order of their names. A
// group that the directory does not know any more has no name to write.
func appendGroups(dst []byte, ids []int32, d *Directory) []byte {
	var room [32]int32
	ranks := room[:0]
	for _, id := range ids {
		if rank, ok := d.groups.ranks[id]; ok {
			ranks = append(ranks, rank)
		}
	}
	slices.Sort(ranks)
	for i, rank := range ranks {
		if i > 0 {
			dst = append(dst, groupSeparator)
		}
		dst = append(dst, d.groups.items[rank].Name...)
	}
	return dst
}

// appendVersion writes nothing for a profile that has never been saved.
func appendVersion(dst []byte, version int64) []byte {
	if version == 0 {
		return dst
	}
	return strconv.AppendInt(dst, version, 10)
}
