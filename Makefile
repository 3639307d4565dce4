# Two commands do everything: "make demo" and "make test". See README.md.

BIN       := bin/campanile
ENGINE    := bin/campanile-nuclei
PACKAGES  := gcc libc6-dev nginx-light unbound nsd postfix ldnsutils iproute2 openssl chromium python3 python3-spf bind9 bind9-dnsutils bind9-utils dnsviz zonemaster-cli gnutls-bin nmap sslscan strace testssl.sh \
             nftables openssh-server openssh-client vsftpd inetutils-telnetd inetutils-inetd samba xrdp tigervnc-standalone-server postgresql mariadb-server \
             redis-server memcached slapd rsync snmpd ntpsec mosquitto cups-daemon rpcbind dovecot-imapd dovecot-pop3d php-cgi adminer apache2-bin \
             poppler-utils qpdf libreoffice-writer
GOTESTSUM := go run gotest.tools/gotestsum@v1.13.0
LINT      := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
LANGUAGES := it fr en

.PHONY: build campanile engine demo test fuzz lint generate bench prepare clean

# Both programs of a release. The engine takes minutes the first time.
build: campanile engine

campanile:
	CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o $(BIN) ./cmd/campanile

# The engine of --profile full is a Go module of its own.
engine:
	cd cmd/campanile-nuclei && CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o ../../$(ENGINE) .

# Raises the fictional territory on loopback and scans it: no root, no Internet.
# With Chromium, Chrome or Edge installed it leaves the pages as PDF too.
demo: campanile
	$(BIN) demo --out campanile-demo

# Everything: unit tests of both programs, sessions with the command, the page in
# a browser, the engine on real servers under strace, and real servers in network
# namespaces. Ends with the runner's own counts. The race detector needs a C
# compiler; without one it is left out, and that is said.
test: prepare engine
	cd cmd/campanile-nuclei && $(GOTESTSUM) --format pkgname-and-test-fails -- -shuffle=on ./message ./guard
	$(GOTESTSUM) --format pkgname-and-test-fails $(if $(TESTLOG),--jsonfile $(TESTLOG)) -- $$(command -v gcc >/dev/null && echo -race || echo "no gcc: without the race detector" >&2) -shuffle=on -timeout 20m ./...

# Every Fuzz function for FUZZTIME (60s), two at a time. FUZZ narrows it down to
# packages: make fuzz FUZZ=./collectors/records/... FUZZTIME=5m
fuzz:
	@sh .ci/fuzz $(FUZZ)

# Installs what the tests need when root; says what is missing otherwise.
prepare:
	@PACKAGES="$(PACKAGES)" sh .ci/prepare

# Both modules. With the flags of the build, what it compiled is not compiled again.
lint:
	CGO_ENABLED=0 GOFLAGS=-trimpath $(LINT) run ./...
	cd cmd/campanile-nuclei && CGO_ENABLED=0 GOFLAGS=-trimpath $(LINT) run ./...

# Writes what is generated; CI fails when that leaves a difference.
generate:
	@for l in $(LANGUAGES); do go run ./cmd/campanile rules catalogue --lang $$l > rules/CATALOGUE.$$l.md || exit 1; done

# How quick the command is, what a municipality costs in a run of two hundred, and
# how quick the pages of 7,900 municipalities with twelve looks each are.
bench:
	go test -run '^$$' -bench . -benchtime 20x ./cmd/campanile
	go test -run '^$$' -bench . -benchtime 1x ./cmd/internal/scan
	go test -run '^$$' -bench . -benchtime 1x ./cmd/internal/namespaces
	CAMPANILE_BENCH_BODIES=7900 go test -run '^$$' -bench Pages -benchtime 40x -timeout 20m ./cmd/internal/chronicle

clean:
	rm -rf bin campanile-demo
