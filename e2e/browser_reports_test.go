package e2e

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"
)

// leaderOfFew finds a leader with active reports, and another active leader to
// whom they can go: rows of the team.
func leaderOfFew(t *testing.T, team table) (leader, other int, reports []int) {
	t.Helper()
	active := func(row int) bool { return team.get(t, row, "Deactivated") == "n" }
	led := map[string][]int{}
	for row := 1; row < len(team); row++ {
		if key := team.get(t, row, "Team Leader"); key != "" && active(row) {
			led[key] = append(led[key], row)
		}
	}
	var leaders []int
	for row := 1; row < len(team); row++ {
		if reports := led[team.get(t, row, "Email")]; team.get(t, row, "Can Manage Team") == "y" && active(row) && len(reports) > 0 && !managesAny(t, team, reports) {
			leaders = append(leaders, row)
		}
	}
	if len(leaders) < 2 {
		t.Fatalf("%d leaders of nobody but agents", len(leaders))
	}
	return leaders[0], leaders[1], led[team.get(t, leaders[0], "Email")]
}

func managesAny(t *testing.T, team table, rows []int) bool {
	for _, row := range rows {
		if team.get(t, row, "Can Manage Team") == "y" {
			return true
		}
	}
	return false
}

func TestBrowserDeactivatesAManager(t *testing.T) {
	processTest(t)
	deactivateManager(t, false)
}

func TestBrowserDeactivatesAManagerWithoutScripts(t *testing.T) {
	processTest(t)
	deactivateManager(t, true)
}

func deactivateManager(t *testing.T, withoutScripts bool) {
	t.Helper()
	o := newOffice(t, 300)
	team := o.admin.download("?complete=1")
	leader, other, reports := leaderOfFew(t, team)
	key := team.get(t, other, "Email")
	p := o.enter(t)
	if withoutScripts {
		p.withoutScripts()
	}
	p.open("/team/" + team.get(t, leader, "User ID"))
	p.see("Direct reports", "Give them another team leader")
	yes := p.find("radio", "Yes")
	p.click(yes[len(yes)-1]) // Deactivated comes last
	p.press("button", "Save")
	p.see("New team leader for the reports of", "who cannot be deactivated before they have another team leader", "One by one")
	p.picture("02-reports")
	if now := o.admin.profile(team.get(t, leader, "User ID")); !strings.Contains(now, `"deactivated":false`) && !strings.Contains(now, `"deactivated":"n"`) {
		t.Fatalf("saved before it was confirmed: %s", now)
	}
	p.fill("combobox", "Team Leader of all", "nobody.like.that@example.com")
	p.press("button", "Move ")
	p.see("There is a problem", "No active team leader has this email or employee ID")
	p.picture("03-problem")
	if !withoutScripts {
		p.fill("combobox", "Team Leader of all", team.get(t, other, "Last Name"))
		p.becomes(`document.querySelector('#leaders option[value="` + key + `"]') !== null`)
	}
	p.fill("combobox", "Team Leader of all", key)
	p.press("button", "Move ")
	p.see("Saved: 1 field was changed", "another team leader", "Deactivated")
	p.seeNot("active people report", "active person reports")
	p.picture("04-saved")
	for _, row := range reports {
		p.open("/team/" + team.get(t, row, "User ID"))
		p.see("History", team.get(t, leader, "Email"), key, "by hand")
	}
	p.picture("05-report")
	if now := o.admin.profile(team.get(t, reports[0], "User ID")); !strings.Contains(now, key) {
		t.Errorf("the first report is %s", now)
	}
}

// profile is a person's profile as JSON.
func (c *client) profile(id string) string {
	c.t.Helper()
	return string(c.want(http.StatusOK, http.MethodGet, "/api/v1/profiles/"+id, nil).body)
}

func TestBrowserUploadsAPhoto(t *testing.T) {
	processTest(t)
	o := newOffice(t, 300)
	team := o.admin.download("?complete=1")
	row := team.agents(t)[0]
	p := o.enter(t)
	p.open("/team/" + team.get(t, row, "User ID"))
	p.see("There is none: the initials stand for it.")
	p.upload("Upload the photo", "notes.txt", []byte("no picture at all"))
	p.see("There is a problem", "A photo has to be a JPEG, PNG, GIF or WebP.")
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 300, 200))); err != nil {
		t.Fatal(err)
	}
	p.upload("Upload the photo", "me.png", file.Bytes())
	p.see("The photo was saved", "Photo added", "Remove the photo")
	p.becomes(`[...document.querySelectorAll("main img")].every(i => i.complete && i.naturalWidth === 200)`)
	p.picture("02-photo")
	p.press("button", "Remove the photo")
	p.see("The photo was removed", "There is none")
}
