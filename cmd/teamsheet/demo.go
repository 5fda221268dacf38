package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"teamsheet/internal/auth"
	"teamsheet/internal/demo"
	"teamsheet/internal/fault"
	"teamsheet/internal/profile"
	"teamsheet/internal/sheet"
	"teamsheet/internal/store"
)

const (
	demoOrg    = "demo"
	demoEmail  = "admin@demo.example"
	demoPeople = 10_000
	demoSeed   = 1
)

// demoSecrets are kept in the data directory, readable by their owner alone, so
// that a later start prints the same. The database has only their hashes.
type demoSecrets struct {
	Password string `json:"password"`
	Token    string `json:"token"`
}

// setUpDemo makes organization, team, admin, token and sample sheets, each only
// where it is not there yet: a start that was cut short is finished by the next.
func setUpDemo(ctx context.Context, s *store.Store, dataDir string) (demoSecrets, error) {
	secrets, err := loadDemoSecrets(filepath.Join(dataDir, "demo.json"))
	if err != nil {
		return secrets, err
	}
	org, err := demoTeam(ctx, s)
	if err != nil {
		return secrets, fmt.Errorf("set up demo team: %w", err)
	}
	if err := demoAdmin(ctx, s, org.ID, secrets); err != nil {
		return secrets, fmt.Errorf("set up demo admin: %w", err)
	}
	if err := writeSamples(ctx, s, org.ID, filepath.Join(dataDir, "samples")); err != nil {
		return secrets, fmt.Errorf("write sample sheets: %w", err)
	}
	return secrets, nil
}

// passwordSaid is what is printed of the password: nothing once the admin has chosen
// another one, which nobody else knows.
func passwordSaid(ctx context.Context, s *store.Store, secrets demoSecrets) (string, error) {
	account, err := s.AccountByEmail(ctx, demoEmail)
	if err != nil {
		return "", err
	}
	still, err := auth.IsPassword(account.PasswordHash, secrets.Password)
	if err != nil {
		return "", err
	}
	if !still {
		return "(was changed)", nil
	}
	return secrets.Password, nil
}

func loadDemoSecrets(path string) (secrets demoSecrets, err error) {
	content, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(content, &secrets)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return secrets, err
	}
	secrets = demoSecrets{Password: rand.Text()[:16], Token: "ts_" + rand.Text() + rand.Text()}
	content, err = json.Marshal(secrets)
	if err != nil {
		return secrets, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return secrets, err
	}
	return secrets, os.WriteFile(path, content, 0o600)
}

func demoTeam(ctx context.Context, s *store.Store) (store.Org, error) {
	org, err := s.OrgByName(ctx, demoOrg)
	if fault.Is(err, fault.NotFound) {
		org, err = s.CreateOrg(ctx, demoOrg)
	}
	if err != nil || org.People > 0 {
		return org, err
	}
	_, err = seed(ctx, s, org.ID, demoSeed, demoPeople)
	return org, err
}

func demoAdmin(ctx context.Context, s *store.Store, orgID string, secrets demoSecrets) error {
	account, err := s.AccountByEmail(ctx, demoEmail)
	if fault.Is(err, fault.NotFound) {
		account, err = s.CreateAccount(ctx, store.Account{OrgID: orgID, Email: demoEmail, CanManage: true, CanOperate: true})
	}
	if err != nil {
		return err
	}
	if account.PasswordHash == "" {
		hash, err := auth.HashPassword(secrets.Password)
		if err != nil {
			return err
		}
		if err := s.SetPassword(ctx, account.ID, hash); err != nil {
			return err
		}
	}
	return auth.StoreToken(ctx, s, account, secrets.Token)
}

// writeSamples writes the two edited sheets once: they belong to the team as it
// was seeded.
func writeSamples(ctx context.Context, s *store.Store, orgID, folder string) error {
	_, err := os.Stat(folder)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	team, directory, err := wholeTeam(ctx, s, orgID)
	if err != nil {
		return err
	}
	unfinished, err := os.MkdirTemp(filepath.Dir(folder), ".samples-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(unfinished) }() // gone already when all went well
	for name, make := range map[string]func([]profile.Profile, *profile.Directory) (*demo.Sheet, bool){
		"edited.txt": demo.Edited, "problems.txt": demo.Mistaken,
	} {
		edited, ok := make(team, directory)
		if !ok {
			return nil // a team too small for samples
		}
		if err := writeSheet(filepath.Join(unfinished, name), edited.Rows); err != nil {
			return err
		}
	}
	return os.Rename(unfinished, folder)
}

func wholeTeam(ctx context.Context, s *store.Store, orgID string) (team []profile.Profile, d *profile.Directory, err error) {
	err = s.View(ctx, orgID, func(v *store.View) error {
		d = v.Directory()
		return v.Team(ctx, store.TeamOptions{Sorted: true}, func(p *profile.Profile) error {
			person := *p // only valid during the call, its groups too
			person.GroupIDs = slices.Clone(p.GroupIDs)
			team = append(team, person)
			return nil
		})
	})
	return team, d, err
}

func writeSheet(path string, rows [][]string) (err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	w := sheet.NewWriter(file)
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			return err
		}
	}
	return w.Flush()
}
