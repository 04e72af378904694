# What C people and packagers type; cargo does the work.

PREFIX  ?= /usr/local
LIBDIR  ?= $(PREFIX)/lib
INCDIR  ?= $(PREFIX)/include
BINDIR  ?= $(PREFIX)/bin
DESTDIR ?=
DIR     ?= ./store
CARGO   ?= cargo
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
TARGET  := $(if $(CARGO_TARGET_DIR),$(CARGO_TARGET_DIR),target)
# Where the two libraries stand under the names the loader asks for.
LIB     := $(TARGET)/lib

.PHONY: all lib lint check compare demo store install bench bench-cluster soak cluster-check cluster-faults broken-builds interleavings load tsan fuzz placements clean

all: lib

lib:
	$(CARGO) build --release --package sepiola --package sepiola-bin
	$(CARGO) build --release --package sepiola-librbd
	ctests/stage-libs $(TARGET)/release $(LIB)

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	$(CARGO) run -q --package sepiola-tools -- headers --check
	$(CARGO) run -q --package sepiola-tools -- matrix --check

# Every test: the rooms' own, the C programs, and real programs of three Debian releases.
check: lib
	ctests/setup
	$(CARGO) test --workspace --no-fail-fast
	ctests/run --lib $(LIB) --bin $(TARGET)/release

# Ceph's librados on clusters of its own, recorded; and ours on the same clusters and on embedded stores, compared with
# that. CEPH_CLUSTER names the tool that starts a cluster; see ctests/compare/run.
compare: lib
	ctests/compare/run --lib $(LIB) --bin $(TARGET)/release --update --ours stock
	ctests/compare/run --lib $(LIB) --bin $(TARGET)/release covered
	ctests/compare/run --lib $(LIB) --bin $(TARGET)/release releases
	ctests/compare/run --lib $(LIB) --bin $(TARGET)/release embedded

# The main job: an image made, filled, snapshotted and verified by stock qemu-img on an embedded store.
demo: lib
	ctests/setup qemu
	ctests/demo $(LIB) $(TARGET)/release

# An empty directory becomes a store with a pool `rbd`, and $(DIR).conf selects it.
store: lib
	$(TARGET)/release/sepiola-store init $(DIR) --pool rbd --conf $(DIR).conf

install: lib
	install -d $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(INCDIR)/rados $(DESTDIR)$(INCDIR)/rbd $(DESTDIR)$(BINDIR)
	install -m 644 $(LIB)/librados.so.2 $(LIB)/librbd.so.1 $(DESTDIR)$(LIBDIR)/
	ln -sf librados.so.2 $(DESTDIR)$(LIBDIR)/librados.so
	ln -sf librbd.so.1 $(DESTDIR)$(LIBDIR)/librbd.so
	install -m 644 include/rados/*.h $(DESTDIR)$(INCDIR)/rados/
	install -m 644 include/rbd/*.h $(DESTDIR)$(INCDIR)/rbd/
	for pc in rados rbd; do sed -e 's,@PREFIX@,$(PREFIX),;s,@LIBDIR@,$(LIBDIR),;s,@INCDIR@,$(INCDIR),;s,@VERSION@,$(VERSION),' \
		pkgconfig/$$pc.pc.in > $(DESTDIR)$(LIBDIR)/pkgconfig/$$pc.pc; done
	install -m 755 $(TARGET)/release/sepiola-store $(DESTDIR)$(BINDIR)/

# Ratios beside the raw file and, with a stock cluster, beside stock librbd.
bench: lib
	ctests/setup bench
	benches/compare --lib $(LIB) --bin $(TARGET)/release

# Beside stock librbd and librados on a stock cluster, with BlueStore and in memory. CEPH_CLUSTER starts it.
ROUNDS ?= 5
bench-cluster: lib
	ctests/setup bench
	benches/cluster --lib $(LIB) --rounds $(ROUNDS)

# On stock clusters of three releases: real programs, images in ours and in stock's hands at once, Ceph's own librados tests,
# and whom the client asks.
cluster-check: lib
	ctests/cluster/consumers --lib $(LIB)
	ctests/cluster/interop --lib $(LIB)
	ctests/cluster/rados-api --lib $(LIB)
	for suite in host trixie forky; do ctests/cluster/targets --lib $(LIB) --suite $$suite || exit 1; done

# What breaks in a cluster, one line each: daemons killed and paused, the network cut, the cluster full, and more.
cluster-faults: lib
	ctests/cluster/faults --lib $(LIB)

# The long versions of the crash tests: SCHEDULES of the crash model in JOBS processes, and KILLS of a writer.
SCHEDULES ?= 100000
KILLS     ?= 500
JOBS      ?= $(shell nproc)
soak: lib
	ctests/setup
	ctests/schedules $(SCHEDULES) $(JOBS)
	SEPIOLA_ROUNDS=2000 $(CARGO) test --release --package sepiola-store --test corruption -- --nocapture
	ctests/run --lib $(LIB) --bin $(TARGET)/release --kills $(KILLS) kill9

# The models of crashes and of interleavings must catch a build that leaves out any one sync, checksum or hand-over.
broken-builds:
	ctests/broken-builds

# What threads hand over to each other (the engine's, those of callbacks) in ORDERS orders that shuttle chooses, of each of
# a few situations.
ORDERS ?= 1000
interleavings:
	SEPIOLA_ROUNDS=$(ORDERS) RUSTFLAGS="--cfg sepiola_shuttle" CARGO_TARGET_DIR=$(TARGET)/shuttle $(CARGO) test \
		--profile soak --package sepiola-disk --package sepiola-ops --package sepiola-rados --test interleavings

# Many threads, callbacks and clients that come and go: 10^5 requests, then fewer under valgrind.
load: lib
	ctests/load $(LIB) $(TARGET)/release

# The same and others with ThreadSanitizer in the library and in Rust's standard library.
tsan: lib
	ctests/tsan

# Every decoder of bytes on disk, so many seconds each.
FUZZ_SECONDS ?= 3600
fuzz:
	JOBS=$(JOBS) fuzz/run $(FUZZ_SECONDS)

# Placements of objects beside stock's osdmaptool, with the releases of Ceph that are installed in the directories CEPH_ROOTS.
PLACEMENTS ?= 1000000
CEPH_ROOTS ?= /
placements:
	PLACEMENTS=$(PLACEMENTS) CEPH_ROOTS=$(CEPH_ROOTS) $(CARGO) test -p sepiola-osdmap --test placement -- --nocapture

clean:
	$(CARGO) clean
