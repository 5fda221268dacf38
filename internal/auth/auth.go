// Package auth knows who is calling: people's sessions, API tokens, permissions.
package auth

// Auth decides who is calling.
type Auth struct{}
