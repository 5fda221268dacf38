package main

import (
	"context"
	"fmt"
	"strings"

	"teamsheet/internal/auth"
	"teamsheet/internal/config"
	"teamsheet/internal/demo"
	"teamsheet/internal/fault"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

type orgCreateCommand struct {
	Name string `required:"" help:"Name of the organization."`
}

// Run creates the organization and prints its id.
func (c orgCreateCommand) Run(ctx context.Context, p process) error {
	name, _ := profile.CleanText(c.Name)
	if name == "" {
		return fault.New(fault.BadRequest, "name", "--name is empty")
	}
	return withStore(ctx, p, func(s *store.Store) error {
		org, err := s.CreateOrg(ctx, name)
		if err != nil {
			return err
		}
		return p.print(org.ID)
	})
}

type adminCreateCommand struct {
	Org     string `required:"" help:"Name or id of the organization."`
	Email   string `required:"" help:"Email to sign in with."`
	Operate bool   `help:"May see the operators' pages too."`
}

// Run creates the account and prints the link for its first password.
func (c adminCreateCommand) Run(ctx context.Context, p process) error {
	settings, err := p.settings()
	if err != nil {
		return err
	}
	email, _ := profile.CleanText(c.Email)
	// The rules of an email are those of a sheet.
	if found := profile.Set(&profile.Profile{}, profile.Email, email, profile.NewDirectory(nil, nil)); len(found) > 0 {
		return fault.New(fault.BadRequest, "email", "--email: "+found[0].Message+" "+found[0].Fix)
	}
	return withStore(ctx, p, func(s *store.Store) error {
		org, err := orgNamed(ctx, s, c.Org)
		if err != nil {
			return err
		}
		account, err := s.CreateAccount(ctx, store.Account{OrgID: org.ID, Email: email, CanManage: true, CanOperate: c.Operate})
		if err != nil {
			return err
		}
		return printLink(ctx, p, s, settings, account)
	})
}

// printLink prints a new link on which the account's password is chosen.
func printLink(ctx context.Context, p process, s *store.Store, settings config.Config, account store.Account) error {
	token, err := auth.NewPasswordLink(ctx, s, account)
	if err != nil {
		return err
	}
	base := settings.BaseURL
	if base == "" {
		base = "http://" + settings.Addr
	}
	return p.print(base + auth.LinkPath + token)
}

type adminLinkCommand struct {
	Org   string `required:"" help:"Name or id of the organization."`
	Email string `required:"" help:"Email of the account."`
}

// Run prints a link for a new password. The old one is good until it is used.
func (c adminLinkCommand) Run(ctx context.Context, p process) error {
	settings, err := p.settings()
	if err != nil {
		return err
	}
	return withStore(ctx, p, func(s *store.Store) error {
		account, err := accountNamed(ctx, s, c.Org, c.Email)
		if err != nil {
			return err
		}
		return printLink(ctx, p, s, settings, account)
	})
}

type adminLockCommand struct {
	Org   string `required:"" help:"Name or id of the organization."`
	Email string `required:"" help:"Email of the account."`
}

// Run leaves the account without any way in, and prints its id.
func (c adminLockCommand) Run(ctx context.Context, p process) error {
	return withStore(ctx, p, func(s *store.Store) error {
		account, err := accountNamed(ctx, s, c.Org, c.Email)
		if err == nil {
			err = s.LockAccount(ctx, account.ID)
		}
		if err != nil {
			return err
		}
		return p.print(account.ID)
	})
}

type tokenCreateCommand struct {
	Org   string `required:"" help:"Name or id of the organization."`
	Email string `required:"" help:"Email of the account the token acts for."`
}

// Run creates the token and prints it, alone on the last line.
func (c tokenCreateCommand) Run(ctx context.Context, p process) error {
	return withStore(ctx, p, func(s *store.Store) error {
		account, err := accountNamed(ctx, s, c.Org, c.Email)
		if err != nil {
			return err
		}
		token, err := auth.NewToken(ctx, s, account)
		if err != nil {
			return err
		}
		return p.print(token)
	})
}

type seedCommand struct {
	Org    string `required:"" help:"Name or id of the organization; it must have no people yet."`
	People int    `required:"" help:"How many people."`
	Seed   uint64 `default:"1" help:"The same seed makes the same people."`
}

// Run fills the organization and prints how many people it has.
func (c seedCommand) Run(ctx context.Context, p process) error {
	if c.People < 1 {
		return fault.New(fault.BadRequest, "people", "--people has to be at least 1.")
	}
	return withStore(ctx, p, func(s *store.Store) error {
		org, err := orgNamed(ctx, s, c.Org)
		if err != nil {
			return err
		}
		if org.People > 0 {
			return fault.Newf(fault.BadRequest, "org-not-empty", "the organization has %d people already", org.People)
		}
		n, err := seed(ctx, s, org.ID, c.Seed, c.People)
		if err != nil {
			return err
		}
		return p.print(fmt.Sprintf("people: %d", n))
	})
}

// seed makes up a team in an organization without people.
func seed(ctx context.Context, s *store.Store, orgID string, number uint64, people int) (int, error) {
	if err := s.SetRoles(ctx, orgID, demo.Roles()); err != nil {
		return 0, err
	}
	if err := s.SetGroups(ctx, orgID, demo.Groups()); err != nil {
		return 0, err
	}
	return s.InsertPeople(ctx, orgID, demo.People(number, people))
}

// accountNamed finds an account of an organization.
func accountNamed(ctx context.Context, s *store.Store, orgName, email string) (store.Account, error) {
	org, err := orgNamed(ctx, s, orgName)
	if err != nil {
		return store.Account{}, err
	}
	account, err := s.AccountByEmail(ctx, email)
	if err == nil && account.OrgID != org.ID {
		err = fault.New(fault.NotFound, "account-not-found", "there is no such account in the organization")
	}
	return account, err
}

// orgNamed finds an organization by name, else by id.
func orgNamed(ctx context.Context, s *store.Store, name string) (store.Org, error) {
	org, err := s.OrgByName(ctx, name)
	if !fault.Is(err, fault.NotFound) {
		return org, err
	}
	if _, isID := profile.ParseID(strings.TrimSpace(name)); isID {
		return s.Org(ctx, strings.TrimSpace(name))
	}
	return org, fault.Newf(fault.NotFound, "not-found", "There is no organization named %q. 'teamsheet org create' makes one.", name)
}
