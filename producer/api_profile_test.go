package producer

import (
	"fmt"
	"strings"
	"testing"
)

func TestProfileInJSON(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	answer := r.call("GET", "/api/v1/profiles/"+strings.ToUpper(r.home.profile.String()), nil)
	answer.is(200)
	want := `{"user_id":"` + r.home.profile.String() + `","email":"a@home.example","employee_id":"00002","first_name":"Ana",` +
		`"last_name":"Silva","role":"Agent","can_manage_team":"n","license_type":"standard","team_leader":"lea@home.example",` +
		`"phone_channel":"y","chat_channel":"n","email_channel":"n","employment_status":"","start_date":"","hometown":"=Porto",` +
		`"state_or_country":"","bio":"one\n\ttwo \"quoted\"","groups":"Billing;VIP","deactivated":"n","version":"1"}` + "\n"
	if got := string(answer.body); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := answer.header.Get("ETag"); got != `"1"` {
		t.Errorf("ETag %s", got)
	}
}

func TestPatchProfile(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*rig{"sqlite": newRig(t), "postgres": nil} {
		t.Run(name, func(t *testing.T) {
			if r == nil {
				r = postgresRig(t)
			}
			r = r.in(t)
			path := "/api/v1/profiles/" + r.home.profile.String()
			answer := r.call("PATCH", path, strings.NewReader(
				`{"user_id":"`+r.home.profile.String()+`","hometown":" Lisbon ","chat_channel":true,"phone_channel":false,"team_leader":null,"bio":""}`),
				"If-Match", `"1"`)
			got := answer.is(200)
			for key, want := range map[string]string{"hometown": "Lisbon", "chat_channel": "y", "phone_channel": "n", "team_leader": "", "bio": "", "version": "2", "groups": "Billing;VIP"} {
				if got[key] != want {
					t.Errorf("%s: %q, want %q", key, got[key], want)
				}
			}
			if answer.header.Get("ETag") != `"2"` {
				t.Errorf("ETag %s", answer.header.Get("ETag"))
			}
			got = r.call("PATCH", path, strings.NewReader(`{"team_leader":"LEA@home.example","email":"ana@home.example"}`), "If-Match", `"2"`).is(200)
			if got["team_leader"] != "lea@home.example" || got["email"] != "ana@home.example" {
				t.Errorf("%v", got)
			}
			// Nothing to change is not a change.
			if got := r.call("PATCH", path, strings.NewReader(`{"hometown":"Lisbon"}`), "If-Match", `"3"`).is(200); got["version"] != "3" {
				t.Errorf("version %v", got["version"])
			}
			history, err := r.store.History(t.Context(), r.home.org.ID, r.home.profile, 10)
			if err != nil || len(history) < 2 || history[0].Source != "api" || history[0].By != "admin@home.example" {
				t.Errorf("%+v, %v", history, err)
			}
		})
	}
}

func TestRefusedPatches(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	path := "/api/v1/profiles/" + r.home.profile.String()
	tests := []struct {
		name, body, match string
		status            int
		code              string
		problems          string // codes and columns
	}{
		{"no If-Match", `{}`, "", 428, "if-match-missing", ""},
		{"any version", `{}`, "*", 428, "if-match-missing", ""},
		{"an old version", `{"hometown":"Faro"}`, `"0"`, 412, "version-changed", ""},
		{"no version", `{"hometown":"Faro"}`, `"x"`, 412, "version-changed", ""},
		{"a weak version", `{"hometown":"Faro"}`, `W/"1"`, 412, "version-changed", ""},
		{"no JSON", `hometown=Faro`, `"1"`, 400, "json-unreadable", ""},
		{"a list", `[]`, `"1"`, 400, "json-unreadable", ""},
		{"nothing", ``, `"1"`, 400, "json-unreadable", ""},
		{"half", `{"hometown":"Fa`, `"1"`, 400, "json-unreadable", ""},
		{"two", `{} {}`, `"1"`, 400, "json-unreadable", ""},
		{"a key twice", `{"hometown":"Faro","hometown":"Lisbon"}`, `"1"`, 400, "json-unreadable", ""},
		{"a number", `{"employee_id":17}`, `"1"`, 400, "json-unreadable", ""},
		{"several texts", `{"groups":["Mail","Chat"]}`, `"1"`, 400, "json-unreadable", ""},
		{"bytes that are no text", "{\"hometown\":\"\xff\"}", `"1"`, 400, "json-unreadable", ""},
		{"half a character", `{"hometown":"\ud800"}`, `"1"`, 400, "json-unreadable", ""},
		{"more than a profile", `{"bio":"` + strings.Repeat("x", 1<<20) + `"}`, `"1"`, 413, "body-too-large", ""},
		{"unknown keys", `{"home_town":"Faro","x":"y"}`, `"1"`, 422, "profile-problems", "header-unknown home_town;header-unknown x"},
		{"an unknown key hides nothing", `{"role":"Pirate","x":"y"}`, `"1"`, 422, "profile-problems", "header-unknown x;role-unknown Role"},
		{"headers for keys", `{"Hometown":"Faro"}`, `"1"`, 422, "profile-problems", "header-unknown Hometown"},
		{"another id", `{"user_id":"x","version":"7"}`, `"1"`, 422, "profile-problems", "value-not-allowed User ID;value-not-allowed Version"},
		{"broken rules", `{"role":"Pirate","first_name":null,"email":"lea@home.example","start_date":"soon"}`, `"1"`, 422, "profile-problems",
			"required-empty First Name;role-unknown Role;date-format Start Date;email-taken Email"},
		{"a control character", `{"hometown":"a\u0000b"}`, `"1"`, 422, "profile-problems", "bad-character Hometown"},
		{"oneself as leader", `{"team_leader":"a@home.example"}`, `"1"`, 422, "profile-problems", "leader-self Team Leader"},
		{"nobody as leader", `{"team_leader":"nobody@home.example"}`, `"1"`, 422, "profile-problems", "leader-not-found Team Leader"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			value := r.in(t).call("PATCH", path, strings.NewReader(test.body), "If-Match", test.match).fails(test.status, test.code)
			if said := fmt.Sprint(value); strings.Contains(said, "page") || strings.Contains(said, "download") {
				t.Errorf("a program is told of pages and sheets: %s", said)
			}
			var got []string
			list, _ := value["problems"].([]any)
			for _, p := range list {
				one := p.(map[string]any)
				got = append(got, one["code"].(string)+" "+one["column"].(string))
				if one["message"] == "" || one["fix"] == "" || one["suggestions"] == nil || one["cell"] != "" || one["row"] != 0.0 {
					t.Errorf("%v", one)
				}
			}
			if strings.Join(got, ";") != test.problems {
				t.Errorf("problems %q, want %q", strings.Join(got, ";"), test.problems)
			}
		})
	}
	if got := r.call("GET", path, nil).is(200); got["version"] != "1" || got["hometown"] != "=Porto" {
		t.Errorf("something was saved: %v", got)
	}
}

// TestPatchOfAManager: what a file may not do, the API does once nobody is left.
func TestPatchOfAManager(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	lea := "/api/v1/profiles/" + personID(1, 1).String()
	r.call("PATCH", lea, strings.NewReader(`{"can_manage_team":false}`), "If-Match", `"1"`).fails(422, "profile-problems")
	for n := byte(2); n <= 4; n++ {
		r.call("PATCH", "/api/v1/profiles/"+personID(1, n).String(), strings.NewReader(`{"team_leader":null}`), "If-Match", `"1"`).is(200)
	}
	if got := r.call("PATCH", lea, strings.NewReader(`{"can_manage_team":false}`), "If-Match", `"1"`).is(200); got["can_manage_team"] != "n" {
		t.Errorf("%v", got)
	}
}
