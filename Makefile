# omni: PostgreSQL extension for omnichannel commerce data. "make help" lists the commands.
# The version is written in META.json and nowhere else.

EXTENSION    = omni
OMNI_VERSION := $(shell sed -n 's/^ *"version": *"\([0-9][^"]*\)".*/\1/p' META.json | head -n 1)

# the library
MODULE_big  = omni
OBJS        = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c src/*/*.c)))
HEADERS     = src/omni.h
PG_CPPFLAGS = -Isrc -DOMNI_VERSION='"$(OMNI_VERSION)"'
PG_CFLAGS   = -fvisibility=hidden -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers
SHLIB_LINK  = $(shell pkg-config --libs icu-uc 2>/dev/null || echo -licuuc)

# the scripts: this version's is the rooms one after the other, older ones are kept as released
ROOMS      = text catalog identity orders inventory privacy store
ROOM_SQL   = sql/header.sql $(wildcard $(ROOMS:%=sql/%.sql)) sql/store_source.sql
STORE_SQL  = $(wildcard sql/store/*.sql)
UPGRADES   = $(patsubst sql/upgrade/%,sql/%,$(wildcard sql/upgrade/omni--*.sql))
DATA_built = sql/omni--$(OMNI_VERSION).sql $(UPGRADES)
DATA       = $(filter-out sql/released/omni--$(OMNI_VERSION).sql,$(wildcard sql/released/omni--*.sql))

# make installcheck; its output has a folder of its own, since pg_regress prefers a sql/ beside its output to that of its input
REGRESS        := $(sort $(notdir $(basename $(wildcard test/sql/*.sql))))
REGRESS_OPTS    = --inputdir=test --outputdir=output_regress --load-extension=omni --encoding=UTF8 --no-locale
ISOLATION      := $(sort $(notdir $(basename $(wildcard test/isolation/specs/*.spec))))
ISOLATION_OPTS  = --inputdir=test/isolation --load-extension=omni --encoding=UTF8 --no-locale

EXTRA_CLEAN = .built_for omni.control sql/omni--*.sql sql/store_source.sql output_regress dist

# These find a server by themselves, or need none.
SELF_MADE = help test test-clients test-matrix demo bench lint docs dist
ifneq ($(filter-out $(SELF_MADE),$(or $(MAKECMDGOALS),all)),)
PG_CONFIG ?= pg_config
PGXS      := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifeq ($(wildcard $(PGXS)),)
$(error "$(PG_CONFIG) --pgxs" finds no server to build for: install its development package \
	(Debian: postgresql-server-dev-NN), or set PG_CONFIG=/path/to/pg_config)
endif
include $(PGXS)
# the server that the objects are for: another one builds them anew
BUILD_FOR := $(shell $(PG_CONFIG) --version --includedir-server)
ifneq ($(BUILD_FOR),$(shell cat .built_for 2>/dev/null))
.PHONY: .built_for
endif
endif

all: omni.control
install: omni.control $(DATA_built)
$(OBJS) $(OBJS:.o=.bc): $(wildcard src/*.h src/*/*.h) META.json .built_for
.built_for:
	@echo '$(BUILD_FOR)' > $@

omni.control: omni.control.in META.json
	sed 's/@VERSION@/$(OMNI_VERSION)/' $< > $@

sql/omni--$(OMNI_VERSION).sql: $(ROOM_SQL) META.json
	cat $(ROOM_SQL) > $@

# the files of the user-owned store, as one SQL function
sql/store_source.sql: $(STORE_SQL) scripts/bundle_store.sh
	scripts/bundle_store.sh $(STORE_SQL) > $@

# an update script may include the files of what it adds: "-- @include FILE"
sql/omni--%.sql: sql/upgrade/omni--%.sql $(ROOM_SQL) scripts/expand_includes.sh
	scripts/expand_includes.sh $< > $@

help:
	@echo 'make && make install     build for the server of PG_CONFIG, and install there'
	@echo 'make installcheck        regress and isolation tests on that server, which is running'
	@echo 'make clean               remove what was built'
	@echo
	@echo 'These install what they need and run on a private throw-away cluster:'
	@echo 'make demo                the story of omni in six scenes'
	@echo 'make test                all tests; KIND="regress lint" some kinds, ONLY=gtin some files'
	@echo 'make test KIND=leak      memory that calls by the million leave behind; an hour, not a part of the others'
	@echo 'make lint                catalog and source lint alone'
	@echo 'make test-clients        JDBC, psycopg, SQLAlchemy, ODBC, node, Cube, dbt'
	@echo 'make test-matrix         PostgreSQL 15, 17 and 18 in chroots; needs root'
	@echo 'make bench               benchmarks beside their peers; NAME=catalog_gtin one of them'
	@echo 'make docs                the reference and the output of all examples, written anew'
	@echo
	@echo 'make dist                dist/omni-$(OMNI_VERSION).zip of the last commit, for PGXN'

test:
	@scripts/test.sh $(KIND)
lint:
	@scripts/test.sh lint
test-clients:
	@scripts/clients.sh
test-matrix:
	@scripts/matrix.sh
demo:
	@scripts/demo.sh
bench:
	@scripts/bench.sh $(NAME)
docs:
	@scripts/reference.sh
	@scripts/docs.sh --update
dist:
	@mkdir -p dist
	git archive --format=zip --prefix=omni-$(OMNI_VERSION)/ -o dist/omni-$(OMNI_VERSION).zip HEAD

.PHONY: $(SELF_MADE)
