package plan

import (
	"cmp"
	"slices"
	"sort"
)

// resolve refuses every row that brings a value which it cannot have.
func (k *keys) resolve(c *Checker) {
	k.brought = k.bringers(c)
	heirs := map[uint32]uint32{} // row that gives a value up → first place of those who bring it
	var refused []uint32
	refuse := func(rows []uint32) {
		for _, i := range rows {
			if r := c.rows.at(i); !r.is(k.refused) {
				r.set(k.refused)
				refused = append(refused, i)
			}
		}
	}
	for at := 0; at < len(k.brought); {
		rivals := k.rivals(at)
		giver := k.giver(c, k.of(c.rows.at(rivals[0])))
		if len(rivals) > 1 || giver == keeps {
			refuse(rivals)
		}
		if giver >= 0 {
			heirs[uint32(giver)] = uint32(at)
		}
		at += len(rivals)
	}
	for len(refused) > 0 {
		last := refused[len(refused)-1]
		refused = refused[:len(refused)-1]
		if at, ok := heirs[last]; ok {
			refuse(k.rivals(int(at)))
		}
	}
}

// bringers are the rows whose new value is not their person's own, by value and
// then in file order.
func (k *keys) bringers(c *Checker) []uint32 {
	var rows []uint32
	for i := range c.rows.count() {
		if r := c.rows.at(i); r.is(k.changes) && !k.of(r).isZero() {
			rows = append(rows, i)
		}
	}
	slices.SortFunc(rows, func(i, j uint32) int {
		return cmp.Or(compareHashes(k.of(c.rows.at(i)), k.of(c.rows.at(j))), cmp.Compare(i, j))
	})
	return rows
}

func compareHashes(a, b hash128) int { return cmp.Or(cmp.Compare(a.a, b.a), cmp.Compare(a.b, b.b)) }

// rivals are the rows that bring the same value, from the first of them on.
func (k *keys) rivals(first int) []uint32 {
	value := k.of(k.rowAt(k.brought[first]))
	end := first + 1
	for end < len(k.brought) && k.of(k.rowAt(k.brought[end])) == value {
		end++
	}
	return k.brought[first:end]
}

// bringing are the rows that bring the value.
func (k *keys) bringing(value hash128) []uint32 {
	first, ok := sort.Find(len(k.brought), func(i int) int { return compareHashes(value, k.of(k.rowAt(k.brought[i]))) })
	if !ok || value.isZero() {
		return nil
	}
	return k.rivals(first)
}

// What giver returns instead of a row.
const (
	free  = -1 // nobody has the value today
	keeps = -2 // somebody has it and does not ask for another
)

// giver is the row that gives the value up.
func (k *keys) giver(c *Checker, value hash128) int64 {
	holder := k.holder(value)
	if holder == 0 {
		return free
	}
	i := c.person(holder).row
	if i == 0 || !c.rows.at(i-1).is(k.changes) {
		return keeps
	}
	return int64(i - 1)
}

// bringer is who newly has the value in the end; 0: nobody.
func (k *keys) bringer(value hash128) uint32 {
	rows := k.bringing(value)
	if len(rows) != 1 || k.rowAt(rows[0]).is(k.refused) {
		return 0
	}
	return k.rowAt(rows[0]).person
}
