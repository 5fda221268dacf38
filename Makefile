# "make" alone lists the targets. "make run" needs Go and make, nothing else;
# "make test" and "make check" find or install what they need besides.

PKG  ?= ./...
ARGS ?=

SERVICES := .tools/services
BENCH    := .tools/bench
LINTER   := .tools/golangci-lint
S3SERVER := .tools/versitygw

# What the tests start to have an S3 of their own.
export TEAMSHEET_TEST_S3 ?= $(CURDIR)/$(S3SERVER)

.DEFAULT_GOAL := help
.PHONY: help
help: ## List the targets
	@echo "Teamsheet"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r target text; do printf '%-16s %s\n' "$$target" "$$text"; done
	@echo
	@echo "  make test PKG=./internal/store/... ARGS='-run Apply -v' tests one part."

.PHONY: run
run: build ## Start Teamsheet on this machine with a made-up team of 10,000 people
	bin/teamsheet run --demo

.PHONY: build
build: ## Build the static program bin/teamsheet
	CGO_ENABLED=0 go build -trimpath -o bin/teamsheet ./cmd/teamsheet

.PHONY: test
test: services $(S3SERVER) ## Run all tests, on a real Postgres and a real Redis too
	CGO_ENABLED=0 $(SERVICES) -- go test -shuffle=on -timeout=15m $(ARGS) $(PKG)
	@echo "make test: all of $(PKG) passed"

# Not "go run": that would neither pass on a signal nor the exit code.
.PHONY: services
services:
	@CGO_ENABLED=0 go build -o $(SERVICES) ./internal/testkit/services

.PHONY: check
check: ## Check format, modules, generated files and import rules; run the tests under the race detector
	@$(MAKE) --no-print-directory format-check modules-check generated-check vet lint race
	@echo "make check: all is well"

.PHONY: format
format: ## Format the code
	gofmt -w $$(git ls-files --cached --others --exclude-standard '*.go')

.PHONY: format-check
format-check:
	scripts/format-check

.PHONY: modules-check
modules-check:
	go mod verify
	go mod tidy -diff

.PHONY: generate
generate: ## Write the generated files anew
	go generate ./...

.PHONY: generated-check
generated-check:
	scripts/generated-check

.PHONY: vet
vet:
	CGO_ENABLED=0 go vet ./...

.PHONY: lint
lint: $(LINTER) ## Run the linters alone, the import rules among them
	CGO_ENABLED=0 $(LINTER) run

# Built from source, so that its version and checksums stand in tools/go.sum.
$(LINTER): tools/go.mod tools/go.sum
	cd tools && CGO_ENABLED=0 go build -trimpath -o ../$(LINTER) github.com/golangci/golangci-lint/v2/cmd/golangci-lint

# A module of its own: an S3 server needs many libraries. A minute or two, once;
# if it cannot be had, its tests skip.
$(S3SERVER): tools/s3server/go.mod tools/s3server/go.sum
	-cd tools/s3server && CGO_ENABLED=0 go build -trimpath -o ../../$(S3SERVER) github.com/versity/versitygw/cmd/versitygw

.PHONY: race
race: services $(S3SERVER) ## Run the tests under the race detector alone
	CGO_ENABLED=1 $(SERVICES) -with postgres,redis,chromium,calc,gcc -- \
		go test -race -short -shuffle=on -timeout=20m $(ARGS) $(PKG)

# Takes hours, and some 20 GB in TMPDIR: ARGS='-people 20000 -rounds 1' is a trial.
.PHONY: bench
bench: build services ## Measure a team of a million people and write deploy/docs/BENCHMARKS.md
	@CGO_ENABLED=0 go build -o $(BENCH) ./bench
	$(SERVICES) -with production-postgres,redis -- $(BENCH) $(ARGS)

# The program that can be harmed: never what is run or released.
SABOTAGED := .tools/teamsheet-sabotage

.PHONY: sabotaged
sabotaged: services
	@CGO_ENABLED=0 go build -tags sabotage -o $(SABOTAGED) ./cmd/teamsheet
	@CGO_ENABLED=0 go build -o .tools/chaos ./chaos

# Two minutes for each kind of fault; ARGS='-only kill -kills 2000 -batches 10000 -minutes 90'
# is the long one, ARGS='-seed 7' makes the files and faults of another run again.
.PHONY: chaos
chaos: sabotaged ## Harm the program in every way and write deploy/docs/RELIABILITY.md
	$(SERVICES) -with postgres,redis -- .tools/chaos -document deploy/docs/RELIABILITY $(ARGS)

.PHONY: mutants
mutants: sabotaged ## Show that the check of "make chaos" fails when safeguards are taken away
	$(SERVICES) -with postgres,redis -- .tools/chaos -mutants -document deploy/docs/RELIABILITY $(ARGS)

.PHONY: fuzz
fuzz: ## Run each fuzz target for a short while (FUZZTIME=20s)
	scripts/fuzz $(PKG)

.PHONY: storybook
storybook: ## Show every page in every state at http://127.0.0.1:8090/
	CGO_ENABLED=0 go test ./producer -count=1 -timeout=0 -run TestStorybook -args -storybook=127.0.0.1:8090

.PHONY: screenshots
screenshots: services ## Take the pictures of deploy/docs, and one of each step of the browser's tests into .tmp/screenshots
	mkdir -p .tmp/screenshots deploy/docs/pictures
	CGO_ENABLED=0 $(SERVICES) -with chromium -- go test ./producer -count=1 -run TestPictures -args -pictures=$(CURDIR)/deploy/docs/pictures
	TEAMSHEET_TEST_SCREENSHOTS=$(CURDIR)/.tmp/screenshots $(MAKE) test PKG=./e2e ARGS='-count=1 -run TestBrowser'
	cp .tmp/screenshots/preview.png deploy/docs/preview.png

.PHONY: clean
clean: ## Remove what was built; data/ stays
	rm -rf bin .tools .tmp
