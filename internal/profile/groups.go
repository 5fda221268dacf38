package profile

import "strings"

// mendedGroups suggests whole Groups cells in which each unknown name has given
// way to a near one; none unless there is one for every unknown name.
func mendedGroups(text string, unknown []string, d *Directory) []string {
	if split, ok := splitAtCommas(text, d); ok {
		return []string{split}
	}
	near := nearGroups(unknown, d)
	if near == nil {
		return nil
	}
	count := 1 // several unknown names: the nearest of each, not every combination
	if len(unknown) == 1 {
		count = len(near[unknown[0]])
	}
	mended := make([]string, count)
	for i := range mended {
		mended[i] = replaceNames(text, func(name string) string {
			if names := near[name]; names != nil {
				return names[i]
			}
			return name
		})
	}
	return mended
}

// nearGroups finds names like each unknown one; nil if one of them has none.
func nearGroups(unknown []string, d *Directory) map[string][]string {
	candidates := NewCandidates(groupNames(d))
	near := make(map[string][]string, len(unknown))
	for _, name := range unknown {
		names := candidates.Nearest(name, maxSuggestions)
		if len(names) == 0 {
			return nil
		}
		near[name] = names
	}
	return near
}

func groupNames(d *Directory) []string {
	names := make([]string, len(d.Groups()))
	for i, group := range d.Groups() {
		names[i] = group.Name
	}
	return names
}

// splitAtCommas reads a cell whose names are separated by commas instead of
// semicolons. ok only if every name is then known.
func splitAtCommas(text string, d *Directory) (split string, ok bool) {
	split = replaceNames(strings.ReplaceAll(text, ",", string(groupSeparator)), strings.Clone)
	_, unknown := parseGroups(split, d)
	return split, len(unknown) == 0 && strings.Contains(text, ",")
}

// replaceNames rewrites a Groups cell name by name.
func replaceNames(text string, replace func(name string) string) string {
	names := strings.Split(text, string(groupSeparator))
	for i, name := range names {
		names[i] = replace(strings.TrimFunc(name, isOuterSpace))
	}
	return strings.Join(names, string(groupSeparator))
}
