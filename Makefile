# omni: PostgreSQL extension for omnichannel commerce data.
#
#   make && make install        build and install for PG_CONFIG's server
#   make installcheck           regress and isolation tests on a running server
#   make test / make demo       everything else is set up by these themselves
#
# META.json is the one place of the version.

EXTENSION = omni
OMNI_VERSION := $(shell sed -n 's/^ *"version": *"\([0-9][^"]*\)".*/\1/p' META.json | head -n 1)

MODULE_big = omni
OBJS      = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c src/*/*.c)))
HEADERS   = src/omni.h

# The script of the present version is the rooms one after the other.
ROOMS     = text catalog identity orders inventory store
ROOM_SQL  = sql/header.sql $(wildcard $(ROOMS:%=sql/%.sql)) sql/store_source.sql
STORE_SQL = $(wildcard sql/store/*.sql)
UPGRADES  = $(patsubst sql/upgrade/%,sql/%,$(wildcard sql/upgrade/omni--*.sql))
DATA_built = sql/omni--$(OMNI_VERSION).sql $(UPGRADES)
DATA      = $(filter-out sql/released/omni--$(OMNI_VERSION).sql,$(wildcard sql/released/omni--*.sql))

REGRESS   = $(sort $(notdir $(basename $(wildcard test/sql/*.sql))))
REGRESS_OPTS = --inputdir=test --load-extension=omni
ISOLATION = $(sort $(notdir $(basename $(wildcard test/isolation/specs/*.spec))))
ISOLATION_OPTS = --inputdir=test/isolation --load-extension=omni

PG_CPPFLAGS = -I$(CURDIR)/src -DOMNI_VERSION='"$(OMNI_VERSION)"'
PG_CFLAGS = -fvisibility=hidden -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers
SHLIB_LINK = $(shell pkg-config --libs icu-i18n icu-uc 2>/dev/null || echo -licui18n -licuuc)
EXTRA_CLEAN = omni.control sql/omni--*.sql sql/store_source.sql

# The commands for people set themselves up before there is a pg_config.
SELF_MADE = docs test test-clients test-matrix demo bench lint dist help setup
ifneq ($(filter-out $(SELF_MADE),$(or $(MAKECMDGOALS),all)),)
PG_CONFIG ?= pg_config
PGXS      := $(shell $(PG_CONFIG) --pgxs)
ifeq ($(PGXS),)
$(error $(PG_CONFIG) not found: install the PostgreSQL server development package, or set PG_CONFIG)
endif
include $(PGXS)
endif

omni.control: omni.control.in META.json
	sed 's/@VERSION@/$(OMNI_VERSION)/' $< > $@

sql/omni--$(OMNI_VERSION).sql: $(ROOM_SQL) META.json
	cat $(ROOM_SQL) > $@

# the files of the user-owned store, as one SQL function
sql/store_source.sql: $(STORE_SQL) scripts/bundle_store.sh
	scripts/bundle_store.sh $(STORE_SQL) > $@

# an update script may include the files of what it adds: "-- @include FILE"
sql/omni--%.sql: sql/upgrade/omni--%.sql $(ROOM_SQL)
	scripts/expand_includes.sh $< > $@

all: omni.control
install: omni.control $(DATA_built)
$(OBJS): $(wildcard src/*.h src/*/*.h) META.json

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
	@scripts/docs.sh --update

.PHONY: $(SELF_MADE)
