package plan

// keys is what the checker knows of one kind of key, emails or employee IDs.
type keys struct {
	given   bool // the file has the column
	rowAt   func(uint32) *row
	of      func(*row) hash128   // the value in the row's cell
	rows    *index[hash128]      // the first row that has a value
	later   map[hash128][]uint32 // the rows without User ID after the first
	named   *index[hash128]      // leader texts that may mean a value
	led     func(uint32) *uint32 // where a leader text keeps who has the value today
	holders map[hash128]uint32   // who has the other values today that anybody else has to do with
	brought []uint32             // after Resolve: the rows that bring a new value, by value and place
	shared  rowFlags
	changes rowFlags
	refused rowFlags
	newer   rowFlags
}

func newKeys(rowAt func(uint32) *row, of func(*row) hash128, named *index[hash128], led func(uint32) *uint32, shared, changes, refused, newer rowFlags) keys {
	return keys{
		rowAt: rowAt, of: of, named: named, led: led, shared: shared, changes: changes, refused: refused, newer: newer,
		rows:    newIndex(slotOf, func(i uint32) hash128 { return of(rowAt(i)) }),
		later:   map[hash128][]uint32{},
		holders: map[hash128]uint32{},
	}
}

// addRow takes the value of a row.
func (k *keys) addRow(i uint32, r *row) {
	value := k.of(r)
	if value.isZero() {
		return
	}
	first, taken := k.rows.add(value, i)
	if !taken {
		return
	}
	k.rowAt(first).set(k.shared)
	r.set(k.shared)
	if r.keyed() {
		k.later[value] = append(k.later[value], i)
	}
}

// appendMatches adds the rows that are matched by the value.
func (k *keys) appendMatches(rows []uint32, value hash128) []uint32 {
	first, ok := k.rows.find(value)
	if !ok || value.isZero() {
		return rows
	}
	if k.rowAt(first).keyed() {
		rows = append(rows, first)
	}
	return append(rows, k.later[value]...)
}

// wanted reports whether anything but the person's own row, found by User ID, has
// to do with the value.
func (k *keys) wanted(value hash128, own *row) bool {
	if value.isZero() {
		return false
	}
	switch {
	case k.named.has(value):
		return true
	case own != nil && (k.given && own.is(equal) || k.of(own) == value):
		return own.is(k.shared)
	}
	return k.rows.has(value)
}

// hold notes whose the value is today, if anybody else has to do with it.
func (k *keys) hold(value hash128, person uint32, own *row) {
	if text, ok := k.named.find(value); ok {
		*k.led(text) = person
	} else if k.wanted(value, own) {
		k.holders[value] = person
	}
}

// holder is who has the value today, of those whom anybody asked about; 0: nobody.
func (k *keys) holder(value hash128) uint32 {
	if value.isZero() {
		return 0
	}
	if text, ok := k.named.find(value); ok {
		return *k.led(text)
	}
	return k.holders[value]
}
