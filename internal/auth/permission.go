package auth

import (
	"net/http"

	"teamsheet/internal/fault"
	"teamsheet/internal/store"
)

// Permission is something an account may or may not do.
type Permission func(store.Account) error

// CanManage lets people see and change the team.
func CanManage(account store.Account) error {
	if account.CanManage {
		return nil
	}
	return fault.New(fault.Denied, "not-allowed",
		"Your account may not manage the team. Ask an admin of your organization for that permission.")
}

// CanOperate lets people see the operators' pages.
func CanOperate(account store.Account) error {
	if account.CanOperate {
		return nil
	}
	return fault.New(fault.Denied, "not-allowed",
		"Your account may not see the operators' pages. Ask whoever runs this server for that permission.")
}

// Require lets only accounts with the permission pass. It stands below
// RequireSession or RequireToken.
func Require(may Permission, fail Fail) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			account, ok := From(r.Context())
			if !ok {
				fail(w, r, fault.New(fault.Unauthorized, "not-signed-in", "Sign in first."))
				return
			}
			if err := may(account); err != nil {
				fail(w, r, err)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}
