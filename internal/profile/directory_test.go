package profile

import "testing"

func TestDirectory(t *testing.T) {
	t.Parallel()
	d := testDirectory()
	var roles, groups []string
	for _, role := range d.Roles() {
		roles = append(roles, role.Name)
	}
	for _, group := range d.Groups() {
		groups = append(groups, group.Name)
	}
	diff(t, "roles by name", roles, []string{"Agent", "Supervisor", "Temp", "Équipe Réseau"})
	diff(t, "groups by name", groups, []string{"Billing", "Night Shift", "VIP", "vip", "Ärzte", "夜勤"})
	role, ok := d.Role(2)
	diff(t, "role by id", role, Role{2, "Temp", false})
	diff(t, "found", ok, true)
	_, ok = d.Role(0)
	diff(t, "nobody's role", ok, false)
	_, ok = d.Group(99)
	diff(t, "no such group", ok, false)
	group, _ := d.Group(15)
	diff(t, "group by id", group, Group{15, "夜勤"})
}

func TestDirectoryByName(t *testing.T) {
	t.Parallel()
	d := testDirectory()
	for name, want := range map[string]int32{
		"Billing": 11, "BILLING": 11, "VIP": 12, "vip": 13, "Vip": 0, "ÄRZTE": 14, "A\u0308rzte": 14, "夜勤": 15, "": 0, "Gold": 0,
	} {
		if group, ok := d.GroupByName(name); group.ID != want || ok != (want != 0) {
			t.Errorf("GroupByName(%q) = %v, %v", name, group, ok)
		}
	}
	if role, ok := d.RoleByName("TEMP"); !ok || role.ID != 2 {
		t.Errorf("an inactive role is known: %v, %v", role, ok)
	}
}

func TestDirectoryKeepsItsOwnOrder(t *testing.T) {
	t.Parallel()
	groups := []Group{{2, "b"}, {1, "a"}}
	NewDirectory(nil, groups)
	diff(t, "the caller's slice", groups, []Group{{2, "b"}, {1, "a"}})
}
