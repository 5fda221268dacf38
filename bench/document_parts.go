package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// fileLabels are the files by their names in figures.
func fileLabels() [][2]string {
	return [][2]string{
		{"changed-0", "nothing changed"}, {"changed-1", "1 % of rows changed"}, {"changed-10", "10 % changed"},
		{"changed-100", "100 % changed"}, {"wrong-1", "1 % wrong"}, {"shuffled-10", "10 % changed, in random order"}, {"small", "1,000 rows, 10 % changed"},
	}
}

// shares are the percents of rows that are changed and applied.
func shares() []int { return []int{1, 10, 100} }

// team writes about one of the two installations.
func (r *results) team(to *strings.Builder, part string) {
	found, ok := r.part(to, part)
	if !ok {
		return
	}
	to.WriteString("### Download\n\n" + found.downloads().String())
	to.WriteString("\n### Upload and preview\n\n" + found.previews().String())
	to.WriteString("\n### Apply\n\n" + found.applies().String())
}

func (r *record) downloads() *table {
	t := newTable("", "whole, s", "begins after, s", "floor, s", "to the floor", "floor in order, s", "to that", "producer's memory, MiB", "file, MiB")
	for _, kind := range [][2]string{{"text", "Unicode Text"}, {"workbook", "Excel workbook"}} {
		n := "download/" + kind[0]
		if len(r.Figures[n+"/client_s"]) == 0 {
			continue
		}
		// A workbook has no floor of its own: what can be compared is the text's.
		t.row(kind[1], r.seconds(n+"/client_s"), r.seconds(n+"/first_s"), r.seconds(n+"/floor_s"), r.ratio(n+"/client_s", "download/text/floor_s"),
			r.seconds(n+"/sorted_floor_s"), r.ratio(n+"/client_s", "download/text/sorted_floor_s"), r.mib(n+"/memory_B"), r.mib(n+"/file_B"))
	}
	return t
}

func (r *record) previews() *table {
	t := newTable("file", "client, s", "floor, s", "to the floor", "worker's own, s", "upload, s", "worker's memory, MiB",
		"WAL, MiB", "in tables, MiB", "file kept, MiB")
	for _, file := range fileLabels() {
		n := "preview/" + file[0]
		if len(r.Figures[n+"/client_s"]) == 0 {
			continue
		}
		t.row(file[1], r.seconds(n+"/client_s"), r.seconds(n+"/floor_s"), r.ratio(n+"/client_s", n+"/floor_s"), r.seconds(n+"/worker_s"),
			r.seconds(n+"/upload_s"), r.mib(n+"/memory_B"), r.mib(n+"/wal_B"), r.mib(n+"/tables_B"), r.mib(n+"/files_B"))
	}
	return t
}

func (r *record) applies() *table {
	t := newTable("rows changed", "client, s", "floor, s", "to the floor", "worker's own, s", "to the floor", "to one of the same fillfactor",
		"worker's memory, MiB", "WAL, MiB", "floor's WAL, MiB", "in tables, MiB")
	for _, percent := range shares() {
		n := "apply/" + changedName(percent)
		t.row(strconv.Itoa(percent)+" %", r.seconds(n+"/client_s"), r.seconds(n+"/floor_s"), r.ratio(n+"/client_s", n+"/floor_s"),
			r.seconds(n+"/worker_s"), r.ratio(n+"/worker_s", n+"/floor_s"), r.ratio(n+"/worker_s", n+"/spaced_floor_s"),
			r.mib(n+"/memory_B"), r.mib(n+"/wal_B"), r.mib(n+"/floor_wal_B"), r.mib(n+"/tables_B"))
	}
	return t
}

// growth writes about teams of all sizes, the one of part postgres among them.
func (r *results) growth(to *strings.Builder) {
	teams := r.bySize()
	if len(teams) == 0 {
		to.WriteString("Not measured yet.\n")
		return
	}
	times := newTable("people", "preview of 1,000 rows, s", "of all, 10 % changed", "to the floor", "of all, 100 % changed", "to the floor",
		"apply of 1 %, s", "to the floor", "of 10 %", "to the floor", "of 100 %", "to the floor")
	memory := newTable("people", "preview of 10 %, MiB", "of 100 %", "of 1,000 rows", "apply of 1 %", "of 10 %", "of 100 %", "producer, upload", "producer, download")
	for _, team := range teams {
		cells := []string{grouped(team.People), team.seconds("preview/small/worker_s")}
		for _, n := range []string{"preview/changed-10", "preview/changed-100", "apply/changed-1", "apply/changed-10", "apply/changed-100"} {
			cells = append(cells, team.seconds(n+"/worker_s"), team.ratio(n+"/worker_s", n+"/floor_s"))
		}
		times.row(cells...)
		memory.row(grouped(team.People), team.mib("preview/changed-10/memory_B"), team.mib("preview/changed-100/memory_B"), team.mib("preview/small/memory_B"),
			team.mib("apply/changed-1/memory_B"), team.mib("apply/changed-10/memory_B"), team.mib("apply/changed-100/memory_B"),
			team.mib("preview/changed-100/web_memory_B"), team.mib("download/text/memory_B"))
	}
	to.WriteString("The worker's own seconds:\n\n" + times.String() + "\nThe most memory, of the worker and of the producer:\n\n" + memory.String() + "\n")
	for _, team := range teams {
		to.WriteString("- " + team.about() + "\n")
	}
}

// bySize are the teams of part postgres and of growth, the smallest first.
func (r *results) bySize() []*record {
	var teams []*record
	for name, found := range r.Parts {
		if name == "postgres" || strings.HasPrefix(name, "growth-") {
			teams = append(teams, found)
		}
	}
	slices.SortFunc(teams, func(a, b *record) int { return a.People - b.People })
	return teams
}

func (r *results) gorm(to *strings.Builder) {
	found, ok := r.part(to, "gorm")
	if !ok {
		return
	}
	to.WriteString("The same changes to as many rows, written as one would with GORM and without a check, a preview or a history, each in one" +
		" transaction on a table of its own with the same columns and like indexes. The program's seconds are those of preview and apply together," +
		" as the client sees them. GORM's are those of the database alone: reading the file is not counted.\n\n")
	t := newTable("", "rows", "GORM, s", "rows a second", "program, s", "rows a second", "program to GORM, by rows a second")
	for _, way := range [][2]string{
		{"row-by-row", "`First` and `Save`, row by row"},
		{"in-batches", fmt.Sprintf("`CreateInBatches` of %s with `OnConflict`", grouped(gormBatch))},
	} {
		n := "gorm/" + way[0]
		t.row(way[1], found.number(n+"/rows_n"), found.seconds(n+"/gorm_s"), spread(found.Figures.ratio(n+"/rows_n", n+"/gorm_s"), counted),
			found.seconds(n+"/program_s"), spread(found.Figures.ratio(n+"/rows_n", n+"/program_s"), counted), found.ratio(n+"/gorm_s", n+"/program_s"))
	}
	to.WriteString(t.String())
}

// phases are what the large file is at.
func phases() [][2]string {
	return [][2]string{{"idle", "no large file"}, {"preview", "its preview"}, {"apply", "its apply"}}
}

func (r *results) fairness(to *strings.Builder) {
	found, ok := r.part(to, "fairness")
	if !ok {
		return
	}
	to.WriteString(fmt.Sprintf("One organization of %s people has every row of its file changed, while another of %s uploads %d rows again and again"+
		" and waits for the preview, and pages of both are looked at. Milliseconds: the median, the 99th percentile and the worst of a phase,"+
		" each the median of the rounds with the least and the most.\n\n", grouped(found.People), grouped(min(smallOrg, found.People)), fewRows))
	t := newTable("what is waited for", "meanwhile", "times", "median, ms", "99 %, ms", "worst, ms")
	add := func(name, label string) {
		for _, phase := range phases() {
			n := "fairness/" + phase[0] + "/" + name
			if len(found.Figures[n+"/times_n"]) > 0 {
				t.row(label, phase[1], found.number(n+"/times_n"), found.millis(n+"/median_s"), found.millis(n+"/p99_s"), found.millis(n+"/worst_s"))
			}
		}
	}
	add("upload", fmt.Sprintf("upload and preview of %d rows", fewRows))
	for _, page := range watchedPages() {
		add(page[0], page[1])
	}
	to.WriteString(t.String())
}

func (r *results) capacity(to *strings.Builder) {
	found, ok := r.part(to, "capacity")
	if !ok {
		return
	}
	to.WriteString("Several organizations at once, each uploading, previewing, confirming and saving one file after another, through one producer" +
		" and one worker as they come. A tenth of the rows of each file changes. Processor seconds are those of each program's processes;" +
		" everything runs on the one machine, the senders of the files too.\n\n")
	t := newTable("rows of a file", "files", "files an hour", "rows an hour", "worker, CPU s per 1,000 rows", "producer", "Postgres",
		"cores busy", "Redis commands a file", "Redis, MiB", "Postgres connections")
	for _, rows := range loadSizes() {
		if n := loadName(rows); len(found.Figures[n+"/whole_s"]) > 0 {
			t.row(found.loadRow(n, rows)...)
		}
	}
	to.WriteString(t.String() + "\n")
	idle := newTable("", "")
	idle.row("Redis commands a second with nothing to do", spread(found.Figures.ratio("capacity/idle/redis_n", "capacity/idle/whole_s"), digits))
	idle.row("Worker, CPU s a second with nothing to do", spread(found.Figures.ratio("capacity/idle/worker_cpu_s", "capacity/idle/whole_s"), digits))
	idle.row("Redis, bytes for a task that waits", found.number("capacity/waiting/redis_B"))
	to.WriteString(idle.String())
}

// loadRow is what one size of file comes to.
func (r *record) loadRow(n string, rows int) []string {
	files, whole := r.Figures[n+"/files_n"], r.Figures[n+"/whole_s"]
	per := func(name string, factor float64) string {
		var values []float64
		for i, value := range r.Figures[n+name] {
			values = append(values, value*factor/files[i])
		}
		return spread(values, digits)
	}
	var an, rowsAn []float64
	for i := range whole {
		an = append(an, files[i]*3600/whole[i])
		rowsAn = append(rowsAn, files[i]*float64(rows)*3600/whole[i])
	}
	perThousand := 1000 / float64(rows)
	return []string{grouped(rows), r.number(n + "/files_n"), spread(an, counted), spread(rowsAn, counted),
		per("/worker_cpu_s", perThousand), per("/web_cpu_s", perThousand), per("/postgres_cpu_s", perThousand),
		r.ratio(n+"/machine_cpu_s", n+"/whole_s"), per("/redis_n", 1), r.mib(n + "/redis_B"), r.number(n + "/connections_n")}
}
