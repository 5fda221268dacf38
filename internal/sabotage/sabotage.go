//go:build !sabotage

// Package sabotage lets tests harm the program: end the process at a named point
// of its work, take one of its safeguards away, or shorten its waits.
//
// Only a program built with the tag "sabotage" can be harmed. In every other one,
// and so in whatever is released, all of this is nothing: a setting that ends a
// process or removes a fence has no place where an operator, or somebody who has
// got at the environment, can reach it.
//
// In a program with the tag:
//
//	TEAMSHEET_CRASH_AT=after_lock           the process ends when it gets there
//	TEAMSHEET_CRASH_AT=after_lock:2         … when it gets there for the second time
//	TEAMSHEET_STOP_AT=before_lock           the process stops there, as by SIGSTOP, once
//	TEAMSHEET_WITHOUT=fence,count           it works without these safeguards
//	TEAMSHEET_HURRY=dead_after=3s,…         these waits last so long
//	TEAMSHEET_TROUBLE=0.02:7                one call in fifty of database, files, queue and
//	                                        mailer fails, times out, or is done and then
//	                                        fails; 7 is the seed
//	TEAMSHEET_CLOCK=file                    the machine's clock is wrong by the duration that
//	                                        stands in the file, now and whenever it changes
//	TEAMSHEET_NEXT_MIGRATION=file           it is the next version of itself, with one migration
//	                                        more: the statements in the file
//
// A process that is started again with the same TEAMSHEET_CRASH_AT ends there
// again: that is how every try fails.
package sabotage

import "time"

// At ends the process if it is to end at this point of its work.
func At(string) {}

// Without reports whether the program is to work without a safeguard.
func Without(string) bool { return false }

// Wait is how long a wait of this name lasts.
func Wait(_ string, usual time.Duration) time.Duration { return usual }

// NextMigration are the statements of a migration of the next version; "": there is
// none.
func NextMigration() string { return "" }

// Now is the machine's time.
func Now() time.Time { return time.Now() }

// Refuse is an error in the place of a call of a dependency; nil: make the call.
func Refuse(string) error { return nil }

// Mishear is an error in the place of the answer to a call that was made and went
// well; nil: pass the answer on.
func Mishear(string) error { return nil }
