// Package sheet turns bytes into rows and rows into bytes. It promises:
//
//   - What it reads, it reads exactly, or says where it could not. It never puts
//     another character in the place of one that it cannot decode.
//   - Row numbers and cell addresses are those that a spreadsheet program shows.
//   - What it writes never holds a live formula, and reading it again gives back
//     every value that was written.
//   - It reads a file of any size in bounded memory: a row that the limits allow
//     and a window of 32,767 characters, whatever the file holds.
//   - It tells what a file is that is not Unicode Text, and which menus of which
//     program make it one.
//
// It knows nothing of profiles: what a column means is for others to say.
//
// The format is CONTRACT §2: UTF-16 with a byte order mark, cells separated by
// tabs, one row a line, a cell in quotes where it holds a tab, a line break or a
// quote. No standard describes it; Excel calls it "Unicode Text".
package sheet
