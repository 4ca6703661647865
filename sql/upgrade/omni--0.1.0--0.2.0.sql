/* omni 0.1.0 to 0.2.0: orders, inventory, and the store with both */

-- complain if script is sourced in psql, rather than via ALTER EXTENSION
\echo Use "ALTER EXTENSION omni UPDATE TO '0.2.0'" to load this file. \quit

/* ---- orders: order_state, order_quantities, payment status, platform states ---- */

CREATE TYPE omni.order_state;

CREATE FUNCTION omni.order_state_in(cstring) RETURNS omni.order_state
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_state_in';
COMMENT ON FUNCTION omni.order_state_in(cstring) IS 'input of order_state';
CREATE FUNCTION omni.order_state_out(omni.order_state) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_state_out';
COMMENT ON FUNCTION omni.order_state_out(omni.order_state) IS 'output of order_state';
CREATE FUNCTION omni.order_state_recv(internal) RETURNS omni.order_state
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_state_recv';
COMMENT ON FUNCTION omni.order_state_recv(internal) IS 'binary input of order_state, every invariant checked';
CREATE FUNCTION omni.order_state_send(omni.order_state) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_state_send';
COMMENT ON FUNCTION omni.order_state_send(omni.order_state) IS 'binary output of order_state';
CREATE TYPE omni.order_state (
    INPUT = omni.order_state_in, OUTPUT = omni.order_state_out,
    RECEIVE = omni.order_state_recv, SEND = omni.order_state_send,
    LIKE = pg_catalog.int8, CATEGORY = 'U'
);
COMMENT ON TYPE omni.order_state IS 'where the units of a line or an order are: an interval of fulfillment and return states, with flags';

-- order_state: text, comparison

CREATE FUNCTION omni.order_state(text) RETURNS omni.order_state
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_state_from_text';
COMMENT ON FUNCTION omni.order_state(text) IS 'order_state of a text; an error says what is wrong';
CREATE FUNCTION omni.text(omni.order_state) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_state_to_text';
COMMENT ON FUNCTION omni.text(omni.order_state) IS 'text of an order_state';
CREATE CAST (text AS omni.order_state) WITH FUNCTION omni.order_state(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.order_state) IS 'as the input of order_state';
CREATE CAST (varchar AS omni.order_state) WITH FUNCTION omni.order_state(text) AS ASSIGNMENT;
COMMENT ON CAST (varchar AS omni.order_state) IS 'as the input of order_state, for drivers that bind strings as varchar';
CREATE CAST (omni.order_state AS text) WITH FUNCTION omni.text(omni.order_state) AS ASSIGNMENT;
COMMENT ON CAST (omni.order_state AS text) IS 'as the output of order_state';
CREATE FUNCTION omni.order_state_try(text) RETURNS omni.order_state
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_state_try';
COMMENT ON FUNCTION omni.order_state_try(text) IS 'order_state of a text, or NULL if it is none';
CREATE FUNCTION omni.order_state_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_state_problem';
COMMENT ON FUNCTION omni.order_state_problem(text) IS 'reason code why a text is no order_state, or NULL if it is one';

CREATE FUNCTION omni.order_state_eq(omni.order_state, omni.order_state) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8eq';
COMMENT ON FUNCTION omni.order_state_eq(omni.order_state, omni.order_state) IS 'equal';
CREATE FUNCTION omni.order_state_ne(omni.order_state, omni.order_state) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8ne';
COMMENT ON FUNCTION omni.order_state_ne(omni.order_state, omni.order_state) IS 'not equal';
CREATE FUNCTION omni.order_state_lt(omni.order_state, omni.order_state) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8lt';
COMMENT ON FUNCTION omni.order_state_lt(omni.order_state, omni.order_state) IS 'less';
CREATE FUNCTION omni.order_state_le(omni.order_state, omni.order_state) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8le';
COMMENT ON FUNCTION omni.order_state_le(omni.order_state, omni.order_state) IS 'less or equal';
CREATE FUNCTION omni.order_state_gt(omni.order_state, omni.order_state) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8gt';
COMMENT ON FUNCTION omni.order_state_gt(omni.order_state, omni.order_state) IS 'greater';
CREATE FUNCTION omni.order_state_ge(omni.order_state, omni.order_state) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8ge';
COMMENT ON FUNCTION omni.order_state_ge(omni.order_state, omni.order_state) IS 'greater or equal';
CREATE FUNCTION omni.order_state_cmp(omni.order_state, omni.order_state) RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'btint8cmp';
COMMENT ON FUNCTION omni.order_state_cmp(omni.order_state, omni.order_state) IS 'btree support 1: order';
CREATE FUNCTION omni.order_state_sortsupport(internal) RETURNS void
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'btint8sortsupport';
COMMENT ON FUNCTION omni.order_state_sortsupport(internal) IS 'btree support 2: sort support';
CREATE FUNCTION omni.order_state_hash(omni.order_state) RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'hashint8';
COMMENT ON FUNCTION omni.order_state_hash(omni.order_state) IS 'hash support 1';
CREATE FUNCTION omni.order_state_hash_extended(omni.order_state, bigint) RETURNS bigint
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'hashint8extended';
COMMENT ON FUNCTION omni.order_state_hash_extended(omni.order_state, bigint) IS 'hash support 2';
CREATE FUNCTION omni.order_state_larger(omni.order_state, omni.order_state) RETURNS omni.order_state
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8larger';
COMMENT ON FUNCTION omni.order_state_larger(omni.order_state, omni.order_state) IS 'the greater of two';
CREATE FUNCTION omni.order_state_smaller(omni.order_state, omni.order_state) RETURNS omni.order_state
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'int8smaller';
COMMENT ON FUNCTION omni.order_state_smaller(omni.order_state, omni.order_state) IS 'the lesser of two';

CREATE OPERATOR pg_catalog.= (LEFTARG = omni.order_state, RIGHTARG = omni.order_state, FUNCTION = omni.order_state_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR pg_catalog.= (omni.order_state, omni.order_state) IS 'equal';
CREATE OPERATOR pg_catalog.<> (LEFTARG = omni.order_state, RIGHTARG = omni.order_state, FUNCTION = omni.order_state_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.order_state, omni.order_state) IS 'not equal';
CREATE OPERATOR pg_catalog.< (LEFTARG = omni.order_state, RIGHTARG = omni.order_state, FUNCTION = omni.order_state_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.order_state, omni.order_state) IS 'less';
CREATE OPERATOR pg_catalog.<= (LEFTARG = omni.order_state, RIGHTARG = omni.order_state, FUNCTION = omni.order_state_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.order_state, omni.order_state) IS 'less or equal';
CREATE OPERATOR pg_catalog.> (LEFTARG = omni.order_state, RIGHTARG = omni.order_state, FUNCTION = omni.order_state_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.order_state, omni.order_state) IS 'greater';
CREATE OPERATOR pg_catalog.>= (LEFTARG = omni.order_state, RIGHTARG = omni.order_state, FUNCTION = omni.order_state_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.order_state, omni.order_state) IS 'greater or equal';

CREATE FUNCTION omni.order_state_eq(omni.order_state, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.order_state_eq(omni.order_state, text) IS 'equal, the text being read as order_state';
CREATE OPERATOR pg_catalog.= (LEFTARG = omni.order_state, RIGHTARG = text, FUNCTION = omni.order_state_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel);
COMMENT ON OPERATOR pg_catalog.= (omni.order_state, text) IS 'equal, the text being read as order_state';
CREATE FUNCTION omni.order_state_ne(omni.order_state, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.order_state_ne(omni.order_state, text) IS 'not equal, the text being read as order_state';
CREATE OPERATOR pg_catalog.<> (LEFTARG = omni.order_state, RIGHTARG = text, FUNCTION = omni.order_state_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.order_state, text) IS 'not equal, the text being read as order_state';
CREATE FUNCTION omni.order_state_lt(omni.order_state, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.order_state_lt(omni.order_state, text) IS 'less, the text being read as order_state';
CREATE OPERATOR pg_catalog.< (LEFTARG = omni.order_state, RIGHTARG = text, FUNCTION = omni.order_state_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.order_state, text) IS 'less, the text being read as order_state';
CREATE FUNCTION omni.order_state_le(omni.order_state, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.order_state_le(omni.order_state, text) IS 'less or equal, the text being read as order_state';
CREATE OPERATOR pg_catalog.<= (LEFTARG = omni.order_state, RIGHTARG = text, FUNCTION = omni.order_state_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.order_state, text) IS 'less or equal, the text being read as order_state';
CREATE FUNCTION omni.order_state_gt(omni.order_state, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.order_state_gt(omni.order_state, text) IS 'greater, the text being read as order_state';
CREATE OPERATOR pg_catalog.> (LEFTARG = omni.order_state, RIGHTARG = text, FUNCTION = omni.order_state_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.order_state, text) IS 'greater, the text being read as order_state';
CREATE FUNCTION omni.order_state_ge(omni.order_state, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.order_state_ge(omni.order_state, text) IS 'greater or equal, the text being read as order_state';
CREATE OPERATOR pg_catalog.>= (LEFTARG = omni.order_state, RIGHTARG = text, FUNCTION = omni.order_state_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.order_state, text) IS 'greater or equal, the text being read as order_state';

CREATE OPERATOR FAMILY omni.order_state_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.order_state_ops USING btree IS 'order of order_state';
CREATE OPERATOR CLASS omni.order_state_ops DEFAULT FOR TYPE omni.order_state USING btree FAMILY omni.order_state_ops AS
    OPERATOR 1 pg_catalog.< , OPERATOR 2 pg_catalog.<= , OPERATOR 3 pg_catalog.= , OPERATOR 4 pg_catalog.>= , OPERATOR 5 pg_catalog.> ,
    FUNCTION 1 omni.order_state_cmp(omni.order_state, omni.order_state),
    FUNCTION 2 omni.order_state_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.order_state_ops USING btree IS 'order of order_state; equal means identical bits';
CREATE OPERATOR FAMILY omni.order_state_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.order_state_ops USING hash IS 'equality of order_state';
CREATE OPERATOR CLASS omni.order_state_ops DEFAULT FOR TYPE omni.order_state USING hash FAMILY omni.order_state_ops AS
    OPERATOR 1 pg_catalog.= ,
    FUNCTION 1 omni.order_state_hash(omni.order_state),
    FUNCTION 2 omni.order_state_hash_extended(omni.order_state, bigint);
COMMENT ON OPERATOR CLASS omni.order_state_ops USING hash IS 'equality of order_state';

CREATE AGGREGATE omni.min(omni.order_state) (SFUNC = omni.order_state_smaller, STYPE = omni.order_state, COMBINEFUNC = omni.order_state_smaller,
    SORTOP = OPERATOR(pg_catalog.<), PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.min(omni.order_state) IS 'the least value, in the order of the type';
CREATE AGGREGATE omni.max(omni.order_state) (SFUNC = omni.order_state_larger, STYPE = omni.order_state, COMBINEFUNC = omni.order_state_larger,
    SORTOP = OPERATOR(pg_catalog.>), PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.max(omni.order_state) IS 'the greatest value, in the order of the type';

-- PostgreSQL 18 can skip over a leading column of an index
DO $$ BEGIN
    IF pg_catalog.current_setting('server_version_num')::pg_catalog.int4 OPERATOR(pg_catalog.>=) 180000 THEN
        ALTER OPERATOR FAMILY omni.order_state_ops USING btree ADD FUNCTION 6 (omni.order_state) pg_catalog.btint8skipsupport(internal);
    END IF;
END $$;

-- order_state: what it says

CREATE FUNCTION omni.order_state_join(omni.order_state, omni.order_state) RETURNS omni.order_state
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'order_state_or';
COMMENT ON FUNCTION omni.order_state_join(omni.order_state, omni.order_state) IS 'the interval over the units of both, with the flags of both';
CREATE OPERATOR omni.|| (LEFTARG = omni.order_state, RIGHTARG = omni.order_state, FUNCTION = omni.order_state_join, COMMUTATOR = OPERATOR(omni.||));
COMMENT ON OPERATOR omni.|| (omni.order_state, omni.order_state) IS 'the interval over the units of both, with the flags of both';
CREATE AGGREGATE omni.order_state_agg(omni.order_state) (SFUNC = omni.order_state_join, STYPE = omni.order_state, COMBINEFUNC = omni.order_state_join, PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.order_state_agg(omni.order_state) IS 'the state of a header: the interval over the states of its lines; also rolls up headers';
CREATE FUNCTION omni.order_state_min(omni.order_state) RETURNS omni.order_state
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_state_least';
COMMENT ON FUNCTION omni.order_state_min(omni.order_state) IS 'the state of the least advanced units';
CREATE FUNCTION omni.order_state_max(omni.order_state) RETURNS omni.order_state
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_state_greatest';
COMMENT ON FUNCTION omni.order_state_max(omni.order_state) IS 'the state of the most advanced units';
CREATE FUNCTION omni.label(omni.order_state) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_state_label';
COMMENT ON FUNCTION omni.label(omni.order_state) IS 'one name for the state: shipped, partially_shipped, canceled ...';
CREATE FUNCTION omni.return_label(omni.order_state) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_state_return_label';
COMMENT ON FUNCTION omni.return_label(omni.order_state) IS 'one name for the returns: none, return_requested, partially_returned, returned ...';
CREATE FUNCTION omni.has_flag(omni.order_state, flag text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_state_has_flag';
COMMENT ON FUNCTION omni.has_flag(omni.order_state, text) IS 'whether a flag is set: on_hold, backordered, rejected, short, or an exit that some units took';
CREATE FUNCTION omni.reached_support(internal) RETURNS internal
    LANGUAGE c STRICT PARALLEL SAFE IMMUTABLE AS 'MODULE_PATHNAME', 'order_state_reached_support';
COMMENT ON FUNCTION omni.reached_support(internal) IS 'planner support: reached(column, milestone) uses a btree index';
CREATE FUNCTION omni.reached(omni.order_state, milestone text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.reached_support AS 'MODULE_PATHNAME', 'order_state_reached';
COMMENT ON FUNCTION omni.reached(omni.order_state, text) IS 'whether all units got at least as far as the milestone';
CREATE FUNCTION omni.any_reached(omni.order_state, milestone text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_state_any_reached';
COMMENT ON FUNCTION omni.any_reached(omni.order_state, text) IS 'whether at least one unit got as far as the milestone';
CREATE FUNCTION omni.single_state(omni.order_state) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_state_is_single';
COMMENT ON FUNCTION omni.single_state(omni.order_state) IS 'whether it is the state of a single unit, as a move has to name, and no interval';

-- transitions

CREATE FUNCTION omni.order_transition(from_state omni.order_state, to_state omni.order_state, method text DEFAULT 'ship', OUT legal boolean, OUT reason text)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'order_transition';
COMMENT ON FUNCTION omni.order_transition(omni.order_state, omni.order_state, text) IS 'whether units fulfilled by the method may go from one state to another; the reason if not';
CREATE FUNCTION omni.next_states(state omni.order_state, method text DEFAULT 'ship') RETURNS SETOF omni.order_state
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 12 AS 'MODULE_PATHNAME', 'order_next_states';
COMMENT ON FUNCTION omni.next_states(omni.order_state, text) IS 'the single states that units may move to next, by rank';

-- order_quantities

CREATE TYPE omni.order_quantities;

CREATE FUNCTION omni.order_quantities_in(cstring) RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_quantities_in';
COMMENT ON FUNCTION omni.order_quantities_in(cstring) IS 'input of order_quantities';
CREATE FUNCTION omni.order_quantities_out(omni.order_quantities) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_quantities_out';
COMMENT ON FUNCTION omni.order_quantities_out(omni.order_quantities) IS 'output of order_quantities';
CREATE FUNCTION omni.order_quantities_recv(internal) RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_quantities_recv';
COMMENT ON FUNCTION omni.order_quantities_recv(internal) IS 'binary input of order_quantities, every invariant checked';
CREATE FUNCTION omni.order_quantities_send(omni.order_quantities) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_quantities_send';
COMMENT ON FUNCTION omni.order_quantities_send(omni.order_quantities) IS 'binary output of order_quantities';
CREATE TYPE omni.order_quantities (
    INPUT = omni.order_quantities_in, OUTPUT = omni.order_quantities_out,
    RECEIVE = omni.order_quantities_recv, SEND = omni.order_quantities_send,
    INTERNALLENGTH = VARIABLE, STORAGE = extended, CATEGORY = 'U'
);
COMMENT ON TYPE omni.order_quantities IS 'how many units of an order line are in which state';

CREATE FUNCTION omni.order_quantities(text) RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_quantities_from_text';
COMMENT ON FUNCTION omni.order_quantities(text) IS 'order_quantities of a text; an error says what is wrong';
CREATE FUNCTION omni.text(omni.order_quantities) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_quantities_to_text';
COMMENT ON FUNCTION omni.text(omni.order_quantities) IS 'text of an order_quantities';
CREATE CAST (text AS omni.order_quantities) WITH FUNCTION omni.order_quantities(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.order_quantities) IS 'as the input of order_quantities';
CREATE CAST (varchar AS omni.order_quantities) WITH FUNCTION omni.order_quantities(text) AS ASSIGNMENT;
COMMENT ON CAST (varchar AS omni.order_quantities) IS 'as the input of order_quantities, for drivers that bind strings as varchar';
CREATE CAST (omni.order_quantities AS text) WITH FUNCTION omni.text(omni.order_quantities) AS ASSIGNMENT;
COMMENT ON CAST (omni.order_quantities AS text) IS 'as the output of order_quantities';
CREATE FUNCTION omni.order_quantities_try(text) RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_quantities_try';
COMMENT ON FUNCTION omni.order_quantities_try(text) IS 'order_quantities of a text, or NULL if it is none';
CREATE FUNCTION omni.order_quantities_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_quantities_problem';
COMMENT ON FUNCTION omni.order_quantities_problem(text) IS 'reason code why a text is no order_quantities, or NULL if it is one';

CREATE FUNCTION omni.order_quantities_eq(omni.order_quantities, omni.order_quantities) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_eq';
COMMENT ON FUNCTION omni.order_quantities_eq(omni.order_quantities, omni.order_quantities) IS 'equal';
CREATE FUNCTION omni.order_quantities_ne(omni.order_quantities, omni.order_quantities) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_ne';
COMMENT ON FUNCTION omni.order_quantities_ne(omni.order_quantities, omni.order_quantities) IS 'not equal';
CREATE FUNCTION omni.order_quantities_lt(omni.order_quantities, omni.order_quantities) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_lt';
COMMENT ON FUNCTION omni.order_quantities_lt(omni.order_quantities, omni.order_quantities) IS 'less';
CREATE FUNCTION omni.order_quantities_le(omni.order_quantities, omni.order_quantities) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_le';
COMMENT ON FUNCTION omni.order_quantities_le(omni.order_quantities, omni.order_quantities) IS 'less or equal';
CREATE FUNCTION omni.order_quantities_gt(omni.order_quantities, omni.order_quantities) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_gt';
COMMENT ON FUNCTION omni.order_quantities_gt(omni.order_quantities, omni.order_quantities) IS 'greater';
CREATE FUNCTION omni.order_quantities_ge(omni.order_quantities, omni.order_quantities) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_ge';
COMMENT ON FUNCTION omni.order_quantities_ge(omni.order_quantities, omni.order_quantities) IS 'greater or equal';
CREATE FUNCTION omni.order_quantities_cmp(omni.order_quantities, omni.order_quantities) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_cmp';
COMMENT ON FUNCTION omni.order_quantities_cmp(omni.order_quantities, omni.order_quantities) IS 'btree support 1: order';
CREATE FUNCTION omni.order_quantities_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_value_sortsupport';
COMMENT ON FUNCTION omni.order_quantities_sortsupport(internal) IS 'btree support 2: sort support';
CREATE FUNCTION omni.order_quantities_hash(omni.order_quantities) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_hash';
COMMENT ON FUNCTION omni.order_quantities_hash(omni.order_quantities) IS 'hash support 1';
CREATE FUNCTION omni.order_quantities_hash_extended(omni.order_quantities, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_hash_extended';
COMMENT ON FUNCTION omni.order_quantities_hash_extended(omni.order_quantities, bigint) IS 'hash support 2';
CREATE FUNCTION omni.order_quantities_larger(omni.order_quantities, omni.order_quantities) RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_larger';
COMMENT ON FUNCTION omni.order_quantities_larger(omni.order_quantities, omni.order_quantities) IS 'the greater of two';
CREATE FUNCTION omni.order_quantities_smaller(omni.order_quantities, omni.order_quantities) RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'text_value_smaller';
COMMENT ON FUNCTION omni.order_quantities_smaller(omni.order_quantities, omni.order_quantities) IS 'the lesser of two';

CREATE OPERATOR pg_catalog.= (LEFTARG = omni.order_quantities, RIGHTARG = omni.order_quantities, FUNCTION = omni.order_quantities_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR pg_catalog.= (omni.order_quantities, omni.order_quantities) IS 'equal';
CREATE OPERATOR pg_catalog.<> (LEFTARG = omni.order_quantities, RIGHTARG = omni.order_quantities, FUNCTION = omni.order_quantities_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.order_quantities, omni.order_quantities) IS 'not equal';
CREATE OPERATOR pg_catalog.< (LEFTARG = omni.order_quantities, RIGHTARG = omni.order_quantities, FUNCTION = omni.order_quantities_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.order_quantities, omni.order_quantities) IS 'less';
CREATE OPERATOR pg_catalog.<= (LEFTARG = omni.order_quantities, RIGHTARG = omni.order_quantities, FUNCTION = omni.order_quantities_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.order_quantities, omni.order_quantities) IS 'less or equal';
CREATE OPERATOR pg_catalog.> (LEFTARG = omni.order_quantities, RIGHTARG = omni.order_quantities, FUNCTION = omni.order_quantities_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.order_quantities, omni.order_quantities) IS 'greater';
CREATE OPERATOR pg_catalog.>= (LEFTARG = omni.order_quantities, RIGHTARG = omni.order_quantities, FUNCTION = omni.order_quantities_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.order_quantities, omni.order_quantities) IS 'greater or equal';

CREATE FUNCTION omni.order_quantities_eq(omni.order_quantities, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.order_quantities_eq(omni.order_quantities, text) IS 'equal, the text being read as order_quantities';
CREATE OPERATOR pg_catalog.= (LEFTARG = omni.order_quantities, RIGHTARG = text, FUNCTION = omni.order_quantities_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel);
COMMENT ON OPERATOR pg_catalog.= (omni.order_quantities, text) IS 'equal, the text being read as order_quantities';
CREATE FUNCTION omni.order_quantities_ne(omni.order_quantities, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.order_quantities_ne(omni.order_quantities, text) IS 'not equal, the text being read as order_quantities';
CREATE OPERATOR pg_catalog.<> (LEFTARG = omni.order_quantities, RIGHTARG = text, FUNCTION = omni.order_quantities_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (omni.order_quantities, text) IS 'not equal, the text being read as order_quantities';
CREATE FUNCTION omni.order_quantities_lt(omni.order_quantities, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.order_quantities_lt(omni.order_quantities, text) IS 'less, the text being read as order_quantities';
CREATE OPERATOR pg_catalog.< (LEFTARG = omni.order_quantities, RIGHTARG = text, FUNCTION = omni.order_quantities_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (omni.order_quantities, text) IS 'less, the text being read as order_quantities';
CREATE FUNCTION omni.order_quantities_le(omni.order_quantities, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.order_quantities_le(omni.order_quantities, text) IS 'less or equal, the text being read as order_quantities';
CREATE OPERATOR pg_catalog.<= (LEFTARG = omni.order_quantities, RIGHTARG = text, FUNCTION = omni.order_quantities_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (omni.order_quantities, text) IS 'less or equal, the text being read as order_quantities';
CREATE FUNCTION omni.order_quantities_gt(omni.order_quantities, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.order_quantities_gt(omni.order_quantities, text) IS 'greater, the text being read as order_quantities';
CREATE OPERATOR pg_catalog.> (LEFTARG = omni.order_quantities, RIGHTARG = text, FUNCTION = omni.order_quantities_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (omni.order_quantities, text) IS 'greater, the text being read as order_quantities';
CREATE FUNCTION omni.order_quantities_ge(omni.order_quantities, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
    SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.order_quantities_ge(omni.order_quantities, text) IS 'greater or equal, the text being read as order_quantities';
CREATE OPERATOR pg_catalog.>= (LEFTARG = omni.order_quantities, RIGHTARG = text, FUNCTION = omni.order_quantities_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (omni.order_quantities, text) IS 'greater or equal, the text being read as order_quantities';

CREATE OPERATOR FAMILY omni.order_quantities_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.order_quantities_ops USING btree IS 'order of order_quantities';
CREATE OPERATOR CLASS omni.order_quantities_ops DEFAULT FOR TYPE omni.order_quantities USING btree FAMILY omni.order_quantities_ops AS
    OPERATOR 1 pg_catalog.< , OPERATOR 2 pg_catalog.<= , OPERATOR 3 pg_catalog.= , OPERATOR 4 pg_catalog.>= , OPERATOR 5 pg_catalog.> ,
    FUNCTION 1 omni.order_quantities_cmp(omni.order_quantities, omni.order_quantities),
    FUNCTION 2 omni.order_quantities_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.order_quantities_ops USING btree IS 'order of order_quantities; equal means identical bits';
CREATE OPERATOR FAMILY omni.order_quantities_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.order_quantities_ops USING hash IS 'equality of order_quantities';
CREATE OPERATOR CLASS omni.order_quantities_ops DEFAULT FOR TYPE omni.order_quantities USING hash FAMILY omni.order_quantities_ops AS
    OPERATOR 1 pg_catalog.= ,
    FUNCTION 1 omni.order_quantities_hash(omni.order_quantities),
    FUNCTION 2 omni.order_quantities_hash_extended(omni.order_quantities, bigint);
COMMENT ON OPERATOR CLASS omni.order_quantities_ops USING hash IS 'equality of order_quantities';

CREATE AGGREGATE omni.min(omni.order_quantities) (SFUNC = omni.order_quantities_smaller, STYPE = omni.order_quantities, COMBINEFUNC = omni.order_quantities_smaller,
    SORTOP = OPERATOR(pg_catalog.<), PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.min(omni.order_quantities) IS 'the least value, in the order of the type';
CREATE AGGREGATE omni.max(omni.order_quantities) (SFUNC = omni.order_quantities_larger, STYPE = omni.order_quantities, COMBINEFUNC = omni.order_quantities_larger,
    SORTOP = OPERATOR(pg_catalog.>), PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.max(omni.order_quantities) IS 'the greatest value, in the order of the type';

-- order_quantities: making and changing

CREATE FUNCTION omni.order_quantities(ordered bigint, state omni.order_state DEFAULT 'open') RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_quantities_of';
COMMENT ON FUNCTION omni.order_quantities(bigint, omni.order_state) IS 'an ordered quantity, all of it in one state';
CREATE FUNCTION omni.move(omni.order_quantities, qty bigint, from_state omni.order_state, to_state omni.order_state, method text DEFAULT 'ship') RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'order_quantities_move';
COMMENT ON FUNCTION omni.move(omni.order_quantities, bigint, omni.order_state, omni.order_state, text) IS 'moves units from one state to another; an error if the move is illegal or there are not so many';
CREATE FUNCTION omni.order_quantities_add(omni.order_quantities, omni.order_quantities) RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_quantities_plus';
COMMENT ON FUNCTION omni.order_quantities_add(omni.order_quantities, omni.order_quantities) IS 'the sum, state by state';
CREATE OPERATOR omni.+ (LEFTARG = omni.order_quantities, RIGHTARG = omni.order_quantities, FUNCTION = omni.order_quantities_add, COMMUTATOR = OPERATOR(omni.+));
COMMENT ON OPERATOR omni.+ (omni.order_quantities, omni.order_quantities) IS 'the sum, state by state';
CREATE FUNCTION omni.quantity(omni.order_quantities, state omni.order_state) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_quantities_quantity';
COMMENT ON FUNCTION omni.quantity(omni.order_quantities, omni.order_state) IS 'units in one state';
CREATE FUNCTION omni.ordered(omni.order_quantities) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_quantities_ordered';
COMMENT ON FUNCTION omni.ordered(omni.order_quantities) IS 'all units, in whatever state';
CREATE FUNCTION omni.quantity_reached(omni.order_quantities, milestone text) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_quantities_reached';
COMMENT ON FUNCTION omni.quantity_reached(omni.order_quantities, text) IS 'units that got at least as far as the milestone';
CREATE FUNCTION omni.order_state(omni.order_quantities) RETURNS omni.order_state
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_quantities_state';
COMMENT ON FUNCTION omni.order_state(omni.order_quantities) IS 'the interval over all units; NULL without units';
CREATE FUNCTION omni.units(omni.order_quantities) RETURNS TABLE (state omni.order_state, quantity bigint)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 3 AS 'MODULE_PATHNAME', 'order_quantities_units';
COMMENT ON FUNCTION omni.units(omni.order_quantities) IS 'units by state, by rank';

-- order_moves: the state of the aggregates

CREATE TYPE omni.order_moves;

CREATE FUNCTION omni.order_moves_in(cstring) RETURNS omni.order_moves
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_moves_in';
COMMENT ON FUNCTION omni.order_moves_in(cstring) IS 'input of order_moves';
CREATE FUNCTION omni.order_moves_out(omni.order_moves) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_moves_out';
COMMENT ON FUNCTION omni.order_moves_out(omni.order_moves) IS 'output of order_moves';
CREATE FUNCTION omni.order_moves_recv(internal) RETURNS omni.order_moves
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_moves_recv';
COMMENT ON FUNCTION omni.order_moves_recv(internal) IS 'binary input of order_moves, every invariant checked';
CREATE FUNCTION omni.order_moves_send(omni.order_moves) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_moves_send';
COMMENT ON FUNCTION omni.order_moves_send(omni.order_moves) IS 'binary output of order_moves';
CREATE TYPE omni.order_moves (
    INPUT = omni.order_moves_in, OUTPUT = omni.order_moves_out,
    RECEIVE = omni.order_moves_recv, SEND = omni.order_moves_send,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended, CATEGORY = 'U'
);
COMMENT ON TYPE omni.order_moves IS 'the net of moves of units: a signed count for each state; a stored aggregate state';
CREATE FUNCTION omni.order_moves_add(omni.order_moves, bigint, omni.order_state, omni.order_state) RETURNS omni.order_moves
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_moves_add_nullable';
COMMENT ON FUNCTION omni.order_moves_add(omni.order_moves, bigint, omni.order_state, omni.order_state) IS 'adds a move; a NULL from state lets units enter, a row of NULLs is no move';
CREATE FUNCTION omni.order_moves_add(omni.order_moves, bigint, text, text) RETURNS omni.order_moves
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 4 AS 'MODULE_PATHNAME', 'order_moves_add_text_nullable';
COMMENT ON FUNCTION omni.order_moves_add(omni.order_moves, bigint, text, text) IS 'adds a move; a NULL from state lets units enter, a row of NULLs is no move';
CREATE FUNCTION omni.order_moves_add(omni.order_moves, omni.order_quantities) RETURNS omni.order_moves
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_moves_add_quantities_nullable';
COMMENT ON FUNCTION omni.order_moves_add(omni.order_moves, omni.order_quantities) IS 'adds quantities; NULL adds nothing';
CREATE FUNCTION omni.order_moves_combine(omni.order_moves, omni.order_moves) RETURNS omni.order_moves
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_moves_combine_nullable';
COMMENT ON FUNCTION omni.order_moves_combine(omni.order_moves, omni.order_moves) IS 'adds the moves of another state; NULL adds nothing';
CREATE FUNCTION omni.order_moves_trim(omni.order_moves) RETURNS omni.order_moves
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_moves_state';
COMMENT ON FUNCTION omni.order_moves_trim(omni.order_moves) IS 'the state in the form in which it is stored';
CREATE FUNCTION omni.order_quantities(omni.order_moves) RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_quantities_from_moves';
COMMENT ON FUNCTION omni.order_quantities(omni.order_moves) IS 'the quantities that moves come to; an error if one would be negative';

CREATE FUNCTION omni.order_quantities_try(omni.order_moves) RETURNS omni.order_quantities
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'order_quantities_try_moves';
COMMENT ON FUNCTION omni.order_quantities_try(omni.order_moves) IS 'the quantities that moves come to, or NULL if one would be negative';

CREATE AGGREGATE omni.order_line_agg(qty bigint, from_state omni.order_state, to_state omni.order_state) (SFUNC = omni.order_moves_add, STYPE = omni.order_moves, SSPACE = 128, FINALFUNC = omni.order_quantities,
    COMBINEFUNC = omni.order_moves_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.order_line_agg(bigint, omni.order_state, omni.order_state) IS 'the quantities of a line from its log of moves, in any order; NULL from_state: units enter';
CREATE AGGREGATE omni.order_line_state(qty bigint, from_state omni.order_state, to_state omni.order_state) (SFUNC = omni.order_moves_add, STYPE = omni.order_moves, SSPACE = 128, FINALFUNC = omni.order_moves_trim,
    COMBINEFUNC = omni.order_moves_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.order_line_state(bigint, omni.order_state, omni.order_state) IS 'the net of a log of moves, to be stored and rolled up; NULL from_state: units enter';
CREATE AGGREGATE omni.order_line_agg(qty bigint, from_state text, to_state text) (SFUNC = omni.order_moves_add, STYPE = omni.order_moves, SSPACE = 128, FINALFUNC = omni.order_quantities,
    COMBINEFUNC = omni.order_moves_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.order_line_agg(bigint, text, text) IS 'the quantities of a line from its log of moves, in any order; NULL from_state: units enter';
CREATE AGGREGATE omni.order_line_state(qty bigint, from_state text, to_state text) (SFUNC = omni.order_moves_add, STYPE = omni.order_moves, SSPACE = 128, FINALFUNC = omni.order_moves_trim,
    COMBINEFUNC = omni.order_moves_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.order_line_state(bigint, text, text) IS 'the net of a log of moves, to be stored and rolled up; NULL from_state: units enter';
CREATE AGGREGATE omni.order_quantities_agg(omni.order_quantities) (SFUNC = omni.order_moves_add, STYPE = omni.order_moves, SSPACE = 128, FINALFUNC = omni.order_quantities,
    COMBINEFUNC = omni.order_moves_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.order_quantities_agg(omni.order_quantities) IS 'the sum, state by state';
CREATE AGGREGATE omni.order_quantities_state(omni.order_quantities) (SFUNC = omni.order_moves_add, STYPE = omni.order_moves, SSPACE = 128, FINALFUNC = omni.order_moves_trim,
    COMBINEFUNC = omni.order_moves_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.order_quantities_state(omni.order_quantities) IS 'the sum, to be stored and rolled up';
CREATE AGGREGATE omni.rollup(omni.order_moves) (SFUNC = omni.order_moves_combine, STYPE = omni.order_moves, SSPACE = 128, FINALFUNC = omni.order_moves_trim,
    COMBINEFUNC = omni.order_moves_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE omni.rollup(omni.order_moves) IS 'the net of several stored states';

-- payment

CREATE FUNCTION omni.payment_status(due numeric, authorized numeric DEFAULT 0, captured numeric DEFAULT 0, refunded numeric DEFAULT 0,
                                    voided numeric DEFAULT 0, charged_back numeric DEFAULT 0) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'payment_status_nullable';
COMMENT ON FUNCTION omni.payment_status(numeric, numeric, numeric, numeric, numeric, numeric) IS
    'name of a payment, derived from its sums; NULL if due is NULL, another NULL is 0';

-- platforms

CREATE FUNCTION omni.order_state_from(platform text, status text, detail text DEFAULT NULL) RETURNS omni.order_state
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'order_state_from_nullable';
COMMENT ON FUNCTION omni.order_state_from(text, text, text) IS 'order state of a status word of a commerce platform; NULL for NULL, no detail: the order''s own status';
CREATE FUNCTION omni.order_state_from_try(platform text, status text, detail text DEFAULT NULL) RETURNS omni.order_state
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'order_state_from_try_nullable';
COMMENT ON FUNCTION omni.order_state_from_try(text, text, text) IS 'the same, with NULL where order_state_from raises';
CREATE FUNCTION omni.payment_status_from(platform text, status text, detail text DEFAULT NULL) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'payment_status_from_nullable';
COMMENT ON FUNCTION omni.payment_status_from(text, text, text) IS 'payment status of a status word of a commerce platform; NULL for NULL, no detail: the order''s own status';
CREATE FUNCTION omni.payment_status_from_try(platform text, status text, detail text DEFAULT NULL) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'payment_status_from_try_nullable';
COMMENT ON FUNCTION omni.payment_status_from_try(text, text, text) IS 'the same, with NULL where payment_status_from raises';
CREATE FUNCTION omni.order_state_map() RETURNS TABLE (platform text, detail text, status text, state omni.order_state, payment text)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 400 AS 'MODULE_PATHNAME', 'order_state_map';
COMMENT ON FUNCTION omni.order_state_map() IS 'every status word of every platform that is known, and what it says';
/* ---- inventory: demand, supply, allocation, available to promise ---- */

CREATE TYPE omni.demand;

CREATE FUNCTION omni.demand_in(cstring) RETURNS omni.demand
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_in';
COMMENT ON FUNCTION omni.demand_in(cstring) IS 'input';
CREATE FUNCTION omni.demand_out(omni.demand) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_out';
COMMENT ON FUNCTION omni.demand_out(omni.demand) IS 'output';
CREATE FUNCTION omni.demand_recv(internal) RETURNS omni.demand
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_recv';
COMMENT ON FUNCTION omni.demand_recv(internal) IS 'binary input';
CREATE FUNCTION omni.demand_send(omni.demand) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_send';
COMMENT ON FUNCTION omni.demand_send(omni.demand) IS 'binary output';

CREATE TYPE omni.demand (
    INPUT = omni.demand_in,
    OUTPUT = omni.demand_out,
    RECEIVE = omni.demand_recv,
    SEND = omni.demand_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended,
    CATEGORY = 'U'
);
COMMENT ON TYPE omni.demand IS 'the order lines that wait for one SKU: line_id, quantity, priority, placed_at; equal queues are identical bytes';

CREATE FUNCTION omni.demand(text) RETURNS omni.demand
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_from_text';
COMMENT ON FUNCTION omni.demand(text) IS 'the demand that a text stands for';
CREATE FUNCTION omni.text(omni.demand) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_to_text';
COMMENT ON FUNCTION omni.text(omni.demand) IS 'a demand as text';
CREATE FUNCTION omni.demand_try(text) RETURNS omni.demand
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_try';
COMMENT ON FUNCTION omni.demand_try(text) IS 'the demand that a text stands for, or NULL';
CREATE FUNCTION omni.demand_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_problem';
COMMENT ON FUNCTION omni.demand_problem(text) IS 'why a text is not a demand (syntax, range, time), or NULL';
CREATE CAST (text AS omni.demand) WITH FUNCTION omni.demand(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.demand) IS 'the demand that a text stands for';
CREATE CAST (omni.demand AS text) WITH FUNCTION omni.text(omni.demand) AS ASSIGNMENT;
COMMENT ON CAST (omni.demand AS text) IS 'a demand as text';

CREATE FUNCTION omni.demand_eq(omni.demand, omni.demand) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_eq';
COMMENT ON FUNCTION omni.demand_eq(omni.demand, omni.demand) IS 'equal';
CREATE FUNCTION omni.demand_ne(omni.demand, omni.demand) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ne';
COMMENT ON FUNCTION omni.demand_ne(omni.demand, omni.demand) IS 'not equal';
CREATE FUNCTION omni.demand_lt(omni.demand, omni.demand) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_lt';
COMMENT ON FUNCTION omni.demand_lt(omni.demand, omni.demand) IS 'less, by bytes';
CREATE FUNCTION omni.demand_le(omni.demand, omni.demand) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_le';
COMMENT ON FUNCTION omni.demand_le(omni.demand, omni.demand) IS 'less or equal, by bytes';
CREATE FUNCTION omni.demand_gt(omni.demand, omni.demand) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_gt';
COMMENT ON FUNCTION omni.demand_gt(omni.demand, omni.demand) IS 'greater, by bytes';
CREATE FUNCTION omni.demand_ge(omni.demand, omni.demand) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ge';
COMMENT ON FUNCTION omni.demand_ge(omni.demand, omni.demand) IS 'greater or equal, by bytes';
CREATE FUNCTION omni.demand_eq(omni.demand, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.demand_eq(omni.demand, text) IS 'equal, the text being a demand';
CREATE FUNCTION omni.demand_ne(omni.demand, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.demand_ne(omni.demand, text) IS 'not equal, the text being a demand';
CREATE FUNCTION omni.demand_lt(omni.demand, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.demand_lt(omni.demand, text) IS 'less, by bytes, the text being a demand';
CREATE FUNCTION omni.demand_le(omni.demand, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.demand_le(omni.demand, text) IS 'less or equal, by bytes, the text being a demand';
CREATE FUNCTION omni.demand_gt(omni.demand, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.demand_gt(omni.demand, text) IS 'greater, by bytes, the text being a demand';
CREATE FUNCTION omni.demand_ge(omni.demand, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.demand_ge(omni.demand, text) IS 'greater or equal, by bytes, the text being a demand';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.demand, RIGHTARG = omni.demand, FUNCTION = omni.demand_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pg_catalog.= (omni.demand, omni.demand) IS 'equal';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.demand, RIGHTARG = text, FUNCTION = omni.demand_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel
);
COMMENT ON OPERATOR pg_catalog.= (omni.demand, text) IS 'equal, the text being a demand';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.demand, RIGHTARG = omni.demand, FUNCTION = omni.demand_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.demand, omni.demand) IS 'not equal';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.demand, RIGHTARG = text, FUNCTION = omni.demand_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.demand, text) IS 'not equal, the text being a demand';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.demand, RIGHTARG = omni.demand, FUNCTION = omni.demand_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.demand, omni.demand) IS 'less, by bytes';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.demand, RIGHTARG = text, FUNCTION = omni.demand_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.demand, text) IS 'less, by bytes, the text being a demand';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.demand, RIGHTARG = omni.demand, FUNCTION = omni.demand_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.demand, omni.demand) IS 'less or equal, by bytes';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.demand, RIGHTARG = text, FUNCTION = omni.demand_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.demand, text) IS 'less or equal, by bytes, the text being a demand';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.demand, RIGHTARG = omni.demand, FUNCTION = omni.demand_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.demand, omni.demand) IS 'greater, by bytes';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.demand, RIGHTARG = text, FUNCTION = omni.demand_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.demand, text) IS 'greater, by bytes, the text being a demand';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.demand, RIGHTARG = omni.demand, FUNCTION = omni.demand_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.demand, omni.demand) IS 'greater or equal, by bytes';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.demand, RIGHTARG = text, FUNCTION = omni.demand_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.demand, text) IS 'greater or equal, by bytes, the text being a demand';

CREATE FUNCTION omni.demand_cmp(omni.demand, omni.demand) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_cmp';
COMMENT ON FUNCTION omni.demand_cmp(omni.demand, omni.demand) IS 'btree comparison, by bytes';
CREATE FUNCTION omni.demand_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_value_sortsupport';
COMMENT ON FUNCTION omni.demand_sortsupport(internal) IS 'btree sort support';
CREATE FUNCTION omni.demand_hash(omni.demand) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash';
COMMENT ON FUNCTION omni.demand_hash(omni.demand) IS 'hash';
CREATE FUNCTION omni.demand_hash_extended(omni.demand, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash_extended';
COMMENT ON FUNCTION omni.demand_hash_extended(omni.demand, bigint) IS 'hash with a seed';

CREATE OPERATOR FAMILY omni.demand_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.demand_ops USING btree IS 'order of demand by bytes';
CREATE OPERATOR CLASS omni.demand_ops DEFAULT FOR TYPE omni.demand USING btree FAMILY omni.demand_ops AS
    OPERATOR 1 pg_catalog.< (omni.demand, omni.demand),
    OPERATOR 2 pg_catalog.<= (omni.demand, omni.demand),
    OPERATOR 3 pg_catalog.= (omni.demand, omni.demand),
    OPERATOR 4 pg_catalog.>= (omni.demand, omni.demand),
    OPERATOR 5 pg_catalog.> (omni.demand, omni.demand),
    FUNCTION 1 omni.demand_cmp(omni.demand, omni.demand),
    FUNCTION 2 (omni.demand, omni.demand) omni.demand_sortsupport(internal),
    FUNCTION 4 (omni.demand, omni.demand) pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.demand_ops USING btree IS 'order of demand by bytes';
CREATE OPERATOR FAMILY omni.demand_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.demand_ops USING hash IS 'equality of demand';
CREATE OPERATOR CLASS omni.demand_ops DEFAULT FOR TYPE omni.demand USING hash FAMILY omni.demand_ops AS
    OPERATOR 1 pg_catalog.= (omni.demand, omni.demand),
    FUNCTION 1 omni.demand_hash(omni.demand),
    FUNCTION 2 (omni.demand, omni.demand) omni.demand_hash_extended(omni.demand, bigint);
COMMENT ON OPERATOR CLASS omni.demand_ops USING hash IS 'equality of demand';

CREATE FUNCTION omni.demand_accum(omni.demand, bigint, bigint, integer, timestamp with time zone) RETURNS omni.demand
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'demand_accum';
COMMENT ON FUNCTION omni.demand_accum(omni.demand, bigint, bigint, integer, timestamp with time zone) IS 'transition function of demand_agg';
CREATE FUNCTION omni.demand_combine(omni.demand, omni.demand) RETURNS omni.demand
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'queue_combine';
COMMENT ON FUNCTION omni.demand_combine(omni.demand, omni.demand) IS 'combine function of demand_agg and demand_rollup';
CREATE FUNCTION omni.demand_final(omni.demand) RETURNS omni.demand
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'queue_final';
COMMENT ON FUNCTION omni.demand_final(omni.demand) IS 'final function of demand_agg and demand_rollup';
CREATE FUNCTION omni.demand_concat(omni.demand, omni.demand) RETURNS omni.demand
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'queue_concat';
COMMENT ON FUNCTION omni.demand_concat(omni.demand, omni.demand) IS 'both together; entries that differ only in quantity are added up';

CREATE OPERATOR omni.|| (
    LEFTARG = omni.demand, RIGHTARG = omni.demand, FUNCTION = omni.demand_concat, COMMUTATOR = OPERATOR(omni.||)
);
COMMENT ON OPERATOR omni.|| (omni.demand, omni.demand) IS 'both together; entries that differ only in quantity are added up';

CREATE AGGREGATE omni.demand_agg(line_id bigint, qty bigint, priority integer, placed_at timestamp with time zone) (
    SFUNC = omni.demand_accum, STYPE = omni.demand, SSPACE = 256,
    FINALFUNC = omni.demand_final, COMBINEFUNC = omni.demand_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.demand_agg(bigint, bigint, integer, timestamp with time zone) IS 'the order lines that wait for one SKU, as one value; mergeable';

CREATE AGGREGATE omni.demand_rollup(omni.demand) (
    SFUNC = omni.demand_combine, STYPE = omni.demand, SSPACE = 256,
    FINALFUNC = omni.demand_final, COMBINEFUNC = omni.demand_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.demand_rollup(omni.demand) IS 'stored results of demand_agg as one';

CREATE TYPE omni.supply;

CREATE FUNCTION omni.supply_in(cstring) RETURNS omni.supply
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'supply_in';
COMMENT ON FUNCTION omni.supply_in(cstring) IS 'input';
CREATE FUNCTION omni.supply_out(omni.supply) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'supply_out';
COMMENT ON FUNCTION omni.supply_out(omni.supply) IS 'output';
CREATE FUNCTION omni.supply_recv(internal) RETURNS omni.supply
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'supply_recv';
COMMENT ON FUNCTION omni.supply_recv(internal) IS 'binary input';
CREATE FUNCTION omni.supply_send(omni.supply) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'supply_send';
COMMENT ON FUNCTION omni.supply_send(omni.supply) IS 'binary output';

CREATE TYPE omni.supply (
    INPUT = omni.supply_in,
    OUTPUT = omni.supply_out,
    RECEIVE = omni.supply_recv,
    SEND = omni.supply_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended,
    CATEGORY = 'U'
);
COMMENT ON TYPE omni.supply IS 'the stock that can serve one SKU: stock_id, quantity, available_at; equal queues are identical bytes';

CREATE FUNCTION omni.supply(text) RETURNS omni.supply
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'supply_from_text';
COMMENT ON FUNCTION omni.supply(text) IS 'the supply that a text stands for';
CREATE FUNCTION omni.text(omni.supply) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'supply_to_text';
COMMENT ON FUNCTION omni.text(omni.supply) IS 'a supply as text';
CREATE FUNCTION omni.supply_try(text) RETURNS omni.supply
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'supply_try';
COMMENT ON FUNCTION omni.supply_try(text) IS 'the supply that a text stands for, or NULL';
CREATE FUNCTION omni.supply_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'supply_problem';
COMMENT ON FUNCTION omni.supply_problem(text) IS 'why a text is not a supply (syntax, range, time), or NULL';
CREATE CAST (text AS omni.supply) WITH FUNCTION omni.supply(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.supply) IS 'the supply that a text stands for';
CREATE CAST (omni.supply AS text) WITH FUNCTION omni.text(omni.supply) AS ASSIGNMENT;
COMMENT ON CAST (omni.supply AS text) IS 'a supply as text';

CREATE FUNCTION omni.supply_eq(omni.supply, omni.supply) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_eq';
COMMENT ON FUNCTION omni.supply_eq(omni.supply, omni.supply) IS 'equal';
CREATE FUNCTION omni.supply_ne(omni.supply, omni.supply) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ne';
COMMENT ON FUNCTION omni.supply_ne(omni.supply, omni.supply) IS 'not equal';
CREATE FUNCTION omni.supply_lt(omni.supply, omni.supply) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_lt';
COMMENT ON FUNCTION omni.supply_lt(omni.supply, omni.supply) IS 'less, by bytes';
CREATE FUNCTION omni.supply_le(omni.supply, omni.supply) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_le';
COMMENT ON FUNCTION omni.supply_le(omni.supply, omni.supply) IS 'less or equal, by bytes';
CREATE FUNCTION omni.supply_gt(omni.supply, omni.supply) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_gt';
COMMENT ON FUNCTION omni.supply_gt(omni.supply, omni.supply) IS 'greater, by bytes';
CREATE FUNCTION omni.supply_ge(omni.supply, omni.supply) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ge';
COMMENT ON FUNCTION omni.supply_ge(omni.supply, omni.supply) IS 'greater or equal, by bytes';
CREATE FUNCTION omni.supply_eq(omni.supply, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.supply_eq(omni.supply, text) IS 'equal, the text being a supply';
CREATE FUNCTION omni.supply_ne(omni.supply, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.supply_ne(omni.supply, text) IS 'not equal, the text being a supply';
CREATE FUNCTION omni.supply_lt(omni.supply, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.supply_lt(omni.supply, text) IS 'less, by bytes, the text being a supply';
CREATE FUNCTION omni.supply_le(omni.supply, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.supply_le(omni.supply, text) IS 'less or equal, by bytes, the text being a supply';
CREATE FUNCTION omni.supply_gt(omni.supply, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.supply_gt(omni.supply, text) IS 'greater, by bytes, the text being a supply';
CREATE FUNCTION omni.supply_ge(omni.supply, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.supply_ge(omni.supply, text) IS 'greater or equal, by bytes, the text being a supply';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.supply, RIGHTARG = omni.supply, FUNCTION = omni.supply_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pg_catalog.= (omni.supply, omni.supply) IS 'equal';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.supply, RIGHTARG = text, FUNCTION = omni.supply_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel
);
COMMENT ON OPERATOR pg_catalog.= (omni.supply, text) IS 'equal, the text being a supply';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.supply, RIGHTARG = omni.supply, FUNCTION = omni.supply_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.supply, omni.supply) IS 'not equal';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.supply, RIGHTARG = text, FUNCTION = omni.supply_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.supply, text) IS 'not equal, the text being a supply';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.supply, RIGHTARG = omni.supply, FUNCTION = omni.supply_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.supply, omni.supply) IS 'less, by bytes';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.supply, RIGHTARG = text, FUNCTION = omni.supply_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.supply, text) IS 'less, by bytes, the text being a supply';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.supply, RIGHTARG = omni.supply, FUNCTION = omni.supply_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.supply, omni.supply) IS 'less or equal, by bytes';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.supply, RIGHTARG = text, FUNCTION = omni.supply_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.supply, text) IS 'less or equal, by bytes, the text being a supply';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.supply, RIGHTARG = omni.supply, FUNCTION = omni.supply_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.supply, omni.supply) IS 'greater, by bytes';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.supply, RIGHTARG = text, FUNCTION = omni.supply_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.supply, text) IS 'greater, by bytes, the text being a supply';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.supply, RIGHTARG = omni.supply, FUNCTION = omni.supply_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.supply, omni.supply) IS 'greater or equal, by bytes';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.supply, RIGHTARG = text, FUNCTION = omni.supply_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.supply, text) IS 'greater or equal, by bytes, the text being a supply';

CREATE FUNCTION omni.supply_cmp(omni.supply, omni.supply) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_cmp';
COMMENT ON FUNCTION omni.supply_cmp(omni.supply, omni.supply) IS 'btree comparison, by bytes';
CREATE FUNCTION omni.supply_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_value_sortsupport';
COMMENT ON FUNCTION omni.supply_sortsupport(internal) IS 'btree sort support';
CREATE FUNCTION omni.supply_hash(omni.supply) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash';
COMMENT ON FUNCTION omni.supply_hash(omni.supply) IS 'hash';
CREATE FUNCTION omni.supply_hash_extended(omni.supply, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash_extended';
COMMENT ON FUNCTION omni.supply_hash_extended(omni.supply, bigint) IS 'hash with a seed';

CREATE OPERATOR FAMILY omni.supply_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.supply_ops USING btree IS 'order of supply by bytes';
CREATE OPERATOR CLASS omni.supply_ops DEFAULT FOR TYPE omni.supply USING btree FAMILY omni.supply_ops AS
    OPERATOR 1 pg_catalog.< (omni.supply, omni.supply),
    OPERATOR 2 pg_catalog.<= (omni.supply, omni.supply),
    OPERATOR 3 pg_catalog.= (omni.supply, omni.supply),
    OPERATOR 4 pg_catalog.>= (omni.supply, omni.supply),
    OPERATOR 5 pg_catalog.> (omni.supply, omni.supply),
    FUNCTION 1 omni.supply_cmp(omni.supply, omni.supply),
    FUNCTION 2 (omni.supply, omni.supply) omni.supply_sortsupport(internal),
    FUNCTION 4 (omni.supply, omni.supply) pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.supply_ops USING btree IS 'order of supply by bytes';
CREATE OPERATOR FAMILY omni.supply_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.supply_ops USING hash IS 'equality of supply';
CREATE OPERATOR CLASS omni.supply_ops DEFAULT FOR TYPE omni.supply USING hash FAMILY omni.supply_ops AS
    OPERATOR 1 pg_catalog.= (omni.supply, omni.supply),
    FUNCTION 1 omni.supply_hash(omni.supply),
    FUNCTION 2 (omni.supply, omni.supply) omni.supply_hash_extended(omni.supply, bigint);
COMMENT ON OPERATOR CLASS omni.supply_ops USING hash IS 'equality of supply';

CREATE FUNCTION omni.supply_accum(omni.supply, bigint, bigint, timestamp with time zone) RETURNS omni.supply
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'supply_accum';
COMMENT ON FUNCTION omni.supply_accum(omni.supply, bigint, bigint, timestamp with time zone) IS 'transition function of supply_agg';
CREATE FUNCTION omni.supply_combine(omni.supply, omni.supply) RETURNS omni.supply
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'queue_combine';
COMMENT ON FUNCTION omni.supply_combine(omni.supply, omni.supply) IS 'combine function of supply_agg and supply_rollup';
CREATE FUNCTION omni.supply_final(omni.supply) RETURNS omni.supply
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'queue_final';
COMMENT ON FUNCTION omni.supply_final(omni.supply) IS 'final function of supply_agg and supply_rollup';
CREATE FUNCTION omni.supply_concat(omni.supply, omni.supply) RETURNS omni.supply
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'queue_concat';
COMMENT ON FUNCTION omni.supply_concat(omni.supply, omni.supply) IS 'both together; entries that differ only in quantity are added up';

CREATE OPERATOR omni.|| (
    LEFTARG = omni.supply, RIGHTARG = omni.supply, FUNCTION = omni.supply_concat, COMMUTATOR = OPERATOR(omni.||)
);
COMMENT ON OPERATOR omni.|| (omni.supply, omni.supply) IS 'both together; entries that differ only in quantity are added up';

CREATE AGGREGATE omni.supply_agg(stock_id bigint, qty bigint, available_at timestamp with time zone) (
    SFUNC = omni.supply_accum, STYPE = omni.supply, SSPACE = 256,
    FINALFUNC = omni.supply_final, COMBINEFUNC = omni.supply_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.supply_agg(bigint, bigint, timestamp with time zone) IS 'the stock that can serve one SKU, as one value; mergeable';

CREATE AGGREGATE omni.supply_rollup(omni.supply) (
    SFUNC = omni.supply_combine, STYPE = omni.supply, SSPACE = 256,
    FINALFUNC = omni.supply_final, COMBINEFUNC = omni.supply_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.supply_rollup(omni.supply) IS 'stored results of supply_agg as one';

CREATE FUNCTION omni.allocate(demand omni.demand, supply omni.supply, policy text DEFAULT 'fifo')
    RETURNS TABLE (line_id bigint, stock_id bigint, qty bigint, reason text)
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100 ROWS 100 AS 'MODULE_PATHNAME', 'allocate';
COMMENT ON FUNCTION omni.allocate(omni.demand, omni.supply, text) IS
    'which line gets how many units of which stock row, by policy fifo or priority; stock_id is NULL for what is short; a NULL supply has no unit';

CREATE FUNCTION omni.allocate_fifo(qty bigint, available bigint) RETURNS bigint
    LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'allocate_fifo';
COMMENT ON FUNCTION omni.allocate_fifo(bigint, bigint) IS
    'units that a waiting line gets of those available to its partition, in the order of the window; NULL if either is NULL';

CREATE FUNCTION omni.atp(on_hand bigint, reserved bigint, safety_stock bigint DEFAULT 0,
                         incoming bigint DEFAULT 0, channel_buffer bigint DEFAULT 0) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'atp';
COMMENT ON FUNCTION omni.atp(bigint, bigint, bigint, bigint, bigint) IS
    'available to promise: on hand + incoming - reserved - safety stock - channel buffer, at least 0';

CREATE FUNCTION omni.atp_signed(on_hand bigint, reserved bigint, safety_stock bigint DEFAULT 0,
                                incoming bigint DEFAULT 0, channel_buffer bigint DEFAULT 0) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'atp_signed';
COMMENT ON FUNCTION omni.atp_signed(bigint, bigint, bigint, bigint, bigint) IS
    'as atp, without the floor: below 0, units promised that there are not';
/*
 * ---- store: the ready-made model, made in the user's schema and owned by the user ----
 *
 * store_contract() is the one description of the store's tables: create_store() makes them from
 * it, check_store() compares with it, migrate_store() adds what is missing, adopted relations are
 * read through it. store_keys() has their keys. Functions and views of a store are the plain SQL files
 * of sql/store/, which make bundles into store_source(); in them @store@ stands for the
 * store's schema, @bi@ for <schema>_bi and @pii@ for <schema>_pii.
 *
 * Nothing that a user gives is ever executed: a schema name has to be a plain identifier, an adopted
 * relation and its columns are looked up in the catalog and quoted.
 */

CREATE OR REPLACE FUNCTION omni.store_contract(OUT relation text, OUT ordinal integer, OUT column_name text, OUT type text,
                                    OUT modifier text, OUT required boolean, OUT description text)
    RETURNS SETOF record LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 120
BEGIN ATOMIC
SELECT v.relation, (row_number() OVER (PARTITION BY v.relation ORDER BY v.n))::integer, v.column_name, v.type, v.modifier, v.required, v.description
FROM (VALUES
    -- relation, n, column, type, modifier, required of an adopted relation, description
    ('markets', 1, 'market_code', 'text', 'NOT NULL', true, 'code of the market, e.g. DE'),
    ('markets', 2, 'name', 'text', 'NOT NULL', false, 'name of the market'),
    ('markets', 3, 'country', 'text', '', false, 'ISO 3166 alpha-2 code of the country'),
    ('markets', 4, 'currency', 'text', 'NOT NULL', true, 'ISO 4217 code of the currency in which the market is reported'),
    ('markets', 5, 'time_zone', 'text', 'NOT NULL DEFAULT ''UTC''', false, 'time zone in which the market''s days begin'),

    ('channels', 1, 'channel_code', 'text', 'NOT NULL', true, 'code of the channel: a-z, 0-9 and -, as in a qualified SKU'),
    ('channels', 2, 'name', 'text', 'NOT NULL', false, 'name of the channel'),
    ('channels', 3, 'kind', 'text', 'NOT NULL DEFAULT ''web''', false, 'web, app, pos, marketplace, call_center, social or b2b'),
    ('channels', 4, 'market_code', 'text', '', false, 'market that the channel sells in, where it is one'),

    ('locations', 1, 'location_code', 'text', 'NOT NULL', true, 'code of the place that holds stock'),
    ('locations', 2, 'name', 'text', 'NOT NULL', false, 'name of the location'),
    ('locations', 3, 'kind', 'text', 'NOT NULL DEFAULT ''warehouse''', false, 'warehouse, store, supplier, third_party or in_transit'),
    ('locations', 4, 'market_code', 'text', '', false, 'market that the location is in'),
    ('locations', 5, 'latitude', 'double precision', '', false, 'degrees north'),
    ('locations', 6, 'longitude', 'double precision', '', false, 'degrees east'),
    ('locations', 7, 'pickup', 'boolean', 'NOT NULL DEFAULT false', false, 'customers can pick up here'),
    ('locations', 8, 'active', 'boolean', 'NOT NULL DEFAULT true', false, 'stock here can be promised'),

    ('products', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'stock keeping unit, the key'),
    ('products', 2, 'gtin', 'omni.gtin', '', false, 'trade item number on the package'),
    ('products', 3, 'title', 'text', 'NOT NULL DEFAULT ''''', false, 'name of the product'),
    ('products', 4, 'brand', 'text', '', false, 'brand'),
    ('products', 5, 'category', 'text', '', false, 'category'),
    ('products', 6, 'active', 'boolean', 'NOT NULL DEFAULT true', false, 'sold at present'),

    ('sku_aliases', 1, 'channel_code', 'text', 'NOT NULL', true, 'channel that uses the alias'),
    ('sku_aliases', 2, 'raw', 'text', 'NOT NULL', true, 'the code exactly as the channel writes it'),
    ('sku_aliases', 3, 'sku', 'omni.sku', '', true, 'what it means from valid_from on; NULL ends the alias'),
    ('sku_aliases', 4, 'valid_from', 'timestamp with time zone', 'NOT NULL DEFAULT ''-infinity''', false, 'since when; an alias means one SKU at any time'),

    ('customers', 1, 'customer_id', 'bigint', 'GENERATED BY DEFAULT AS IDENTITY', true, 'stable number of the customer, never reused'),
    ('customers', 2, 'source', 'text', 'NOT NULL', false, 'source of the record that the customer is known by first'),
    ('customers', 3, 'record_id', 'text', 'NOT NULL', false, 'number of that record in its source'),
    ('customers', 4, 'first_seen_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'time of the earliest record'),
    ('customers', 5, 'merged_into', 'bigint', '', false, 'customer that this one was found to be, NULL for a present customer'),

    ('identities', 1, 'identifier', 'omni.identifier', 'NOT NULL', true, 'e-mail, phone or other identifier'),
    ('identities', 2, 'customer_id', 'bigint', 'NOT NULL', true, 'whose it is'),
    ('identities', 3, 'first_seen_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'time of the earliest record with it'),
    ('identities', 4, 'last_seen_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'time of the latest record with it'),

    ('evidence', 1, 'identifier', 'omni.identifier', 'NOT NULL', true, 'an identifier that a record carried'),
    ('evidence', 2, 'source', 'text', 'NOT NULL', true, 'source of the record'),
    ('evidence', 3, 'record_id', 'text', 'NOT NULL', true, 'number of the record in its source'),
    ('evidence', 4, 'observed_at', 'timestamp with time zone', 'NOT NULL', true, 'when the record said so'),

    ('orders', 1, 'order_ref', 'text', 'NOT NULL', true, 'number of the order, unique over all channels'),
    ('orders', 2, 'channel_code', 'text', 'NOT NULL', true, 'channel that took the order'),
    ('orders', 3, 'market_code', 'text', '', false, 'market, where not the channel''s'),
    ('orders', 4, 'customer_id', 'bigint', '', false, 'customer as known when the order came in; merges are followed when read'),
    ('orders', 5, 'placed_at', 'timestamp with time zone', 'NOT NULL', true, 'when the customer placed it'),
    ('orders', 6, 'currency', 'text', 'NOT NULL', true, 'ISO 4217 code of all amounts of the order'),
    ('orders', 7, 'promised_at', 'timestamp with time zone', '', false, 'when delivery was promised'),
    ('orders', 8, 'method', 'text', '', false, 'fulfillment method: ship, pickup, pos, ...'),
    ('orders', 9, 'state', 'omni.order_state', '', false, 'state as the source says it, where lines have none'),

    ('order_lines', 1, 'order_ref', 'text', 'NOT NULL', true, 'the order'),
    ('order_lines', 2, 'line_no', 'integer', 'NOT NULL', true, 'number of the line in the order'),
    ('order_lines', 3, 'sku', 'omni.sku', 'NOT NULL', true, 'what was ordered'),
    ('order_lines', 4, 'qty', 'bigint', 'NOT NULL CHECK (qty > 0)', true, 'units ordered'),
    ('order_lines', 5, 'unit_price', 'numeric', 'NOT NULL', true, 'price of a unit before discount, in the order''s currency'),
    ('order_lines', 6, 'discount_amount', 'numeric', 'NOT NULL DEFAULT 0', false, 'discount on the whole line'),
    ('order_lines', 7, 'tax_amount', 'numeric', 'NOT NULL DEFAULT 0', false, 'tax on the whole line, where not in the price'),
    ('order_lines', 8, 'state', 'omni.order_state', '', false, 'state as the source says it, where there are no events'),

    ('order_line_events', 1, 'order_ref', 'text', 'NOT NULL', true, 'the order'),
    ('order_line_events', 2, 'line_no', 'integer', 'NOT NULL', true, 'the line'),
    ('order_line_events', 3, 'event_key', 'text', 'NOT NULL', true, 'key of the event: a repeated event changes nothing'),
    ('order_line_events', 4, 'qty', 'bigint', 'NOT NULL CHECK (qty > 0)', true, 'units that moved'),
    ('order_line_events', 5, 'from_state', 'omni.order_state', 'NOT NULL', true, 'state they were in'),
    ('order_line_events', 6, 'to_state', 'omni.order_state', 'NOT NULL', true, 'state they are in since'),
    ('order_line_events', 7, 'location_code', 'text', '', false, 'where it happened'),
    ('order_line_events', 8, 'occurred_at', 'timestamp with time zone', 'NOT NULL', true, 'when it happened'),
    ('order_line_events', 9, 'recorded_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when it became known here'),

    ('payments', 1, 'order_ref', 'text', 'NOT NULL', true, 'the order'),
    ('payments', 2, 'payment_key', 'text', 'NOT NULL', true, 'key of the payment event: a repeated one changes nothing'),
    ('payments', 3, 'kind', 'text', 'NOT NULL CHECK (kind IN (''authorized'', ''captured'', ''refunded'', ''voided'', ''charged_back''))', true, 'authorized, captured, refunded, voided or charged_back'),
    ('payments', 4, 'amount', 'numeric', 'NOT NULL CHECK (amount >= 0)', true, 'amount in the order''s currency'),
    ('payments', 5, 'occurred_at', 'timestamp with time zone', 'NOT NULL', true, 'when it happened'),

    ('stock', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'what'),
    ('stock', 2, 'location_code', 'text', 'NOT NULL', true, 'where'),
    ('stock', 3, 'on_hand', 'bigint', 'NOT NULL DEFAULT 0', true, 'units that are there'),
    ('stock', 4, 'reserved', 'bigint', 'NOT NULL DEFAULT 0 CHECK (reserved >= 0)', false, 'units promised and still there'),
    ('stock', 5, 'safety_stock', 'bigint', 'NOT NULL DEFAULT 0 CHECK (safety_stock >= 0)', false, 'units never promised'),
    ('stock', 6, 'incoming', 'bigint', 'NOT NULL DEFAULT 0 CHECK (incoming >= 0)', false, 'units on their way'),

    ('stock_movements', 1, 'sku', 'omni.sku', 'NOT NULL', true, 'what'),
    ('stock_movements', 2, 'location_code', 'text', 'NOT NULL', true, 'where'),
    ('stock_movements', 3, 'movement_key', 'text', 'NOT NULL', true, 'key of the movement: a repeated one changes nothing'),
    ('stock_movements', 4, 'qty', 'bigint', 'NOT NULL CHECK (qty <> 0)', true, 'units, negative when they leave'),
    ('stock_movements', 5, 'kind', 'text', 'NOT NULL', true, 'receive, ship, return, adjust, transfer or count'),
    ('stock_movements', 6, 'order_ref', 'text', '', false, 'order that caused it'),
    ('stock_movements', 7, 'occurred_at', 'timestamp with time zone', 'NOT NULL', true, 'when it happened'),
    ('stock_movements', 8, 'recorded_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when it became known here'),

    ('rejects', 1, 'feed', 'text', 'NOT NULL', true, 'feed that the row came with'),
    ('rejects', 2, 'record_id', 'text', 'NOT NULL', true, 'number of the row in its feed'),
    ('rejects', 3, 'column_name', 'text', 'NOT NULL', true, 'column that was refused'),
    ('rejects', 4, 'reason', 'text', 'NOT NULL', true, 'reason code, as T_problem() gives it'),
    ('rejects', 5, 'raw', 'jsonb', 'NOT NULL', true, 'the row as it came'),
    ('rejects', 6, 'rejected_at', 'timestamp with time zone', 'NOT NULL DEFAULT now()', false, 'when it was refused first'),
    ('rejects', 7, 'settled_at', 'timestamp with time zone', '', false, 'when a corrected row took its place')
) v(relation, n, column_name, type, modifier, required, description);
END;
COMMENT ON FUNCTION omni.store_contract() IS 'the columns of a store''s tables: what create_store() makes, what check_store() expects of an adopted relation';

CREATE OR REPLACE FUNCTION omni.store_keys(OUT relation text, OUT key_columns text[], OUT description text)
    RETURNS SETOF record LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20
BEGIN ATOMIC
SELECT * FROM (VALUES
    ('markets', '{market_code}'::text[], 'where the business sells: currency, time zone'),
    ('channels', '{channel_code}', 'ways in which customers buy'),
    ('locations', '{location_code}', 'places that hold stock'),
    ('products', '{sku}', 'what is sold'),
    ('sku_aliases', '{channel_code,raw,valid_from}', 'how each channel writes a SKU'),
    ('customers', '{customer_id}', 'customers; a merged one points to the one it was found to be'),
    ('identities', '{identifier}', 'whose an identifier is at present, made from evidence'),
    ('evidence', '{identifier,source,record_id}', 'which record carried which identifier; append-only'),
    ('orders', '{order_ref}', 'orders'),
    ('order_lines', '{order_ref,line_no}', 'lines of the orders'),
    ('order_line_events', '{order_ref,line_no,event_key}', 'moves of units from state to state; append-only'),
    ('payments', '{order_ref,payment_key}', 'what was authorized, captured, refunded, voided and charged back; append-only'),
    ('stock', '{sku,location_code}', 'stock by SKU and location'),
    ('stock_movements', '{sku,location_code,movement_key}', 'every change of stock; append-only'),
    ('rejects', '{feed,record_id,column_name}', 'rows that were refused, with the reason')
) v(relation, key_columns, description);
END;
COMMENT ON FUNCTION omni.store_keys() IS 'the tables of a store and their primary keys';

CREATE OR REPLACE FUNCTION omni.store_names(store text, OUT store_schema text, OUT bi_schema text, OUT pii_schema text)
    RETURNS record LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF store IS NULL OR store !~ '^[a-z_][a-z0-9_]{0,58}$' OR store ~ '^pg_|_(bi|pii)$' OR store IN ('omni', 'information_schema') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('invalid name of a store: %L', left(store, 64)),
            DETAIL = 'A store''s name is the name of its schema; <name>_bi and <name>_pii are made beside it.',
            HINT = 'Use lower-case letters, digits and _, at most 59 of them, and no name that PostgreSQL or omni uses itself.';
    END IF;
    store_schema := store;
    bi_schema := store || '_bi';
    pii_schema := store || '_pii';
END $$;
COMMENT ON FUNCTION omni.store_names(text) IS 'the three schemas of a store, after checking its name';

CREATE OR REPLACE FUNCTION omni.store_run(store text, part text)
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n record;
BEGIN
    SELECT * INTO n FROM omni.store_names(store);
    IF omni.store_source(part) IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('a store has no part %L', part), HINT = 'Its parts are functions, bi and pii.';
    END IF;
    EXECUTE replace(replace(replace(omni.store_source(part),
        '@store@', quote_ident(n.store_schema)), '@bi@', quote_ident(n.bi_schema)), '@pii@', quote_ident(n.pii_schema));
END $$;
COMMENT ON FUNCTION omni.store_run(text, text) IS 'run one of omni''s own store files on a store';

/*
 * Whether a schema holds a store: its store_info is a plain table of our columns. Anybody may make a schema
 * with a table of that name; reading it must never run code of theirs, as a view, a row
 * level policy, a generated column, a child that is a foreign table or a type with a cast of its own would. A schema
 * of a name that no store has is none either: it must not get in the way of those that are.
 */
CREATE OR REPLACE FUNCTION omni.store_is(store text)
    RETURNS boolean LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
SELECT count(*) = 3 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname = store AND store ~ '^[a-z_][a-z0-9_]{0,58}$' AND store !~ '^pg_|_(bi|pii)$' AND c.relname = 'store_info' AND c.relkind = 'r' AND NOT c.relrowsecurity
    AND (a.attname, a.atttypid) IN (('version', 'text'::regtype), ('adopted', 'jsonb'::regtype), ('detached', 'jsonb'::regtype)) AND a.attgenerated = '' AND NOT a.attisdropped;
END;
COMMENT ON FUNCTION omni.store_is(text) IS 'whether a schema is a store';

CREATE OR REPLACE FUNCTION omni.store_info(store text, OUT version text, OUT adopted jsonb, OUT detached jsonb)
    RETURNS record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n record;
BEGIN
    SELECT * INTO n FROM omni.store_names(store);
    IF NOT omni.store_is(store) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('schema %I is not a store', store),
            HINT = format('SELECT omni.create_store(%L) makes one.', store);
    END IF;
    EXECUTE format('SELECT i.version, i.adopted, i.detached FROM ONLY %I.store_info i', n.store_schema) INTO version, adopted, detached;
END $$;
COMMENT ON FUNCTION omni.store_info(text) IS 'what a store knows of itself: the version of omni that it was made by or migrated to, what it adopted, what detach_store() has to be undone';

CREATE OR REPLACE FUNCTION omni.store_version(store text)
    RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT i.version FROM omni.store_info(store) i);
END $$;
COMMENT ON FUNCTION omni.store_version(text) IS 'version of omni that a store was made by or migrated to';

/*
 * For what changes a store: one session at a time, and only its owner. What it makes
 * would otherwise belong to two roles, and a superuser would run what another role put in its store. For the same
 * reason nobody else may write store_info: a default that detach_store() took off is run again by attach_store().
 */
CREATE OR REPLACE FUNCTION omni.store_lock(store text)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    owner name;
    others text;
BEGIN
    PERFORM omni.store_version(store);
    PERFORM pg_advisory_xact_lock(hashtextextended('omni.store ' || store, 0));
    owner := (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = to_regclass(format('%I.store_info', store)));
    IF owner <> current_user THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('store %I belongs to %I', store, owner),
            HINT = format('SET ROLE %I first.', owner);
    END IF;
    SELECT string_agg(DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, ', ') INTO others
    FROM pg_class c CROSS JOIN LATERAL (SELECT x.* FROM aclexplode(c.relacl) x
        UNION ALL SELECT x.* FROM pg_attribute t, aclexplode(t.attacl) x WHERE t.attrelid = c.oid) a
    WHERE c.oid = to_regclass(format('%I.store_info', store)) AND a.grantee <> c.relowner AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRIGGER');
    IF others IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('others than its owner may write %I.store_info', store),
            DETAIL = format('What %s wrote there would run with the rights of the owner.', others),
            HINT = format('See that its row is as it should be, then REVOKE INSERT, UPDATE, DELETE, TRIGGER ON %I.store_info FROM %s.', store, others);
    END IF;
END $$;
COMMENT ON FUNCTION omni.store_lock(text) IS 'let one session at a time change a store, and only as the role that owns it';

CREATE OR REPLACE FUNCTION omni.store_parts(store text, OUT part text, OUT kind text, OUT schema_name text, OUT name text, OUT view oid)
    RETURNS SETOF record LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n record;
BEGIN
    SELECT * INTO n FROM omni.store_names(store);
    RETURN QUERY
    SELECT p.part, lower(m[1]), s.name, m[3], (SELECT c.oid FROM pg_class c JOIN pg_namespace ns ON ns.oid = c.relnamespace WHERE ns.nspname = s.name AND c.relname = m[3] AND c.relkind = 'v')
    FROM unnest('{functions,bi,pii}'::text[]) p(part), regexp_matches(omni.store_source(p.part), '^CREATE OR REPLACE (FUNCTION|VIEW) @(store|bi|pii)@\.(\w+)', 'gn') m
    CROSS JOIN LATERAL (SELECT CASE m[2] WHEN 'store' THEN n.store_schema WHEN 'bi' THEN n.bi_schema ELSE n.pii_schema END AS name) s;
END $$;
COMMENT ON FUNCTION omni.store_parts(text) IS 'the functions and views that omni makes in a store, and which of the views are there';

CREATE OR REPLACE FUNCTION omni.store_views(store text)
    RETURNS SETOF regclass LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT p.view::regclass FROM omni.store_parts(store) p WHERE p.view IS NOT NULL;
    RETURN QUERY SELECT c.oid::regclass FROM omni.store_info(store) i, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname = store AND c.relkind = 'v' AND c.relname IN (SELECT k.relation FROM omni.store_keys() k) AND i.adopted ? c.relname;
END $$;
COMMENT ON FUNCTION omni.store_views(text) IS 'the views of a store that omni made; those that others put beside them are not among them';

/*
 * The tables that are missing, and the columns that are missing in those that are there: the
 * same code makes a new store and migrates an old one, so that both end alike.
 */
CREATE OR REPLACE FUNCTION omni.store_make_tables(store text, adopt jsonb)
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    k record;
    c record;
    target regclass;
    columns text;
BEGIN
    PERFORM omni.store_names(store);
    FOR k IN SELECT * FROM omni.store_keys() LOOP
        IF adopt ? k.relation THEN
            PERFORM omni.store_adopt(store, k.relation, (adopt ->> k.relation)::regclass);
            CONTINUE;
        END IF;
        target := to_regclass(format('%I.%I', store, k.relation));
        IF target IS NULL THEN
            SELECT string_agg(format('%I %s %s', s.column_name, s.type, s.modifier), ', ' ORDER BY s.ordinal) INTO columns
            FROM omni.store_contract() s WHERE s.relation = k.relation;
            EXECUTE format('CREATE TABLE %I.%I (%s, PRIMARY KEY (%s))', store, k.relation, columns,
                (SELECT string_agg(quote_ident(u.a), ', ' ORDER BY u.i) FROM unnest(k.key_columns) WITH ORDINALITY u(a, i)));
        ELSE
            IF (SELECT t.relkind NOT IN ('r', 'p') OR pg_get_userbyid(t.relowner) <> current_user FROM pg_class t WHERE t.oid = target)
                OR EXISTS (SELECT FROM unnest(k.key_columns) u WHERE NOT EXISTS
                    (SELECT FROM pg_attribute a JOIN omni.store_contract() s ON s.relation = k.relation AND s.column_name = u
                     WHERE a.attrelid = target AND a.attname = u AND a.atttypid = s.type::regtype)) THEN
                RAISE EXCEPTION USING ERRCODE = 'duplicate_table', MESSAGE = format('relation %s is in the way of the store''s table', target),
                    HINT = 'Rename it, then run migrate_store() again.';
            END IF;
            FOR c IN SELECT s.* FROM omni.store_contract() s WHERE s.relation = k.relation AND NOT EXISTS
                (SELECT FROM pg_attribute a WHERE a.attrelid = target AND a.attname = s.column_name AND NOT a.attisdropped) ORDER BY s.ordinal LOOP
                EXECUTE format('ALTER TABLE %I.%I ADD COLUMN %I %s %s', store, k.relation, c.column_name, c.type, c.modifier);
            END LOOP;
        END IF;
        EXECUTE format('COMMENT ON TABLE %I.%I IS %L', store, k.relation, k.description);
        FOR c IN SELECT s.* FROM omni.store_contract() s WHERE s.relation = k.relation LOOP
            EXECUTE format('COMMENT ON COLUMN %I.%I.%I IS %L', store, k.relation, c.column_name, c.description);
        END LOOP;
    END LOOP;
END $$;
COMMENT ON FUNCTION omni.store_make_tables(text, jsonb) IS 'make what a store lacks of the tables and columns of store_contract()';

/*
 * How a column of an adopted relation becomes one of the contract's: as it is where the types agree, by
 * T_try() where text has to become a type of omni, by a cast where that loses nothing and depends on
 * no setting. A timestamp without time zone, a float for money, a bigint for an integer: NULL, not a guess.
 */
CREATE OR REPLACE FUNCTION omni.store_column(source regtype, column_name text, target text)
    RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
SELECT CASE
    WHEN t.oid = target::regtype THEN format('%I', column_name)
    WHEN b.base = target::regtype THEN format('%I::%s', column_name, target)
    WHEN target LIKE 'omni.%' THEN
        CASE WHEN t.typcategory IN ('S', 'E') OR t.typnamespace = to_regnamespace('omni') OR b.base IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'uuid'::regtype)
            THEN format('%s_try(%I::pg_catalog.text)', target, column_name) END
    WHEN CASE target
        WHEN 'text' THEN t.typcategory IN ('S', 'E') OR t.typnamespace = to_regnamespace('omni')
            OR b.base IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype, 'uuid'::regtype)
        WHEN 'integer' THEN b.base = 'int2'::regtype
        WHEN 'bigint' THEN b.base IN ('int2'::regtype, 'int4'::regtype)
        WHEN 'numeric' THEN b.base IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
        WHEN 'double precision' THEN b.base IN ('int2'::regtype, 'int4'::regtype, 'float4'::regtype, 'numeric'::regtype)
        WHEN 'jsonb' THEN b.base = 'json'::regtype
        END THEN format('%I::%s', column_name, target)
    END
FROM pg_type t CROSS JOIN LATERAL (SELECT CASE t.typbasetype WHEN 0 THEN t.oid ELSE t.typbasetype END AS base) b
WHERE t.oid = source;
END;
COMMENT ON FUNCTION omni.store_column(regtype, text, text) IS 'the expression that shows a column of an adopted relation under the contract''s type; NULL if that would have to guess';

/* An adopted relation is read through a view under the canonical name. A damaged value is NULL there, and check_store() counts it. */
CREATE OR REPLACE FUNCTION omni.store_adopt(store text, relation text, adopted regclass)
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    columns text;
    missing text;
    wrong text;
    source record;
BEGIN
    PERFORM omni.store_names(store);
    IF NOT EXISTS (SELECT FROM omni.store_keys() k WHERE k.relation = store_adopt.relation) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('a store has no table %I', relation),
            HINT = 'omni.store_keys() lists the tables that can be adopted.';
    END IF;
    SELECT c.relkind, c.relpersistence INTO source FROM pg_class c WHERE c.oid = adopted;
    IF source.relkind IS NULL OR source.relkind NOT IN ('r', 'v', 'm', 'p', 'f') OR source.relpersistence = 't' THEN
        RAISE EXCEPTION USING ERRCODE = 'wrong_object_type', MESSAGE = format('%s cannot be adopted as %s', adopted, relation),
            DETAIL = 'It is not a lasting table or view.';
    END IF;
    IF NOT has_table_privilege(adopted, 'SELECT') THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('%s cannot be adopted as %s', adopted, relation),
            DETAIL = format('%I may not read it.', current_user), HINT = 'GRANT SELECT on it to the owner of the store.';
    END IF;
    SELECT string_agg(
               CASE WHEN a.attname IS NULL THEN coalesce(nullif(substring(s.modifier FROM '\mDEFAULT ([^ ]+)'), 'now()'), 'NULL') || '::' || s.type
                    ELSE omni.store_column(a.atttypid, a.attname, s.type) END || format(' AS %I', s.column_name), ', ' ORDER BY s.ordinal),
           string_agg(s.column_name, ', ' ORDER BY s.ordinal) FILTER (WHERE s.required AND a.attname IS NULL),
           string_agg(format('%s is %s, expected %s', s.column_name, format_type(a.atttypid, NULL), s.type), ', ' ORDER BY s.ordinal)
               FILTER (WHERE a.attname IS NOT NULL AND omni.store_column(a.atttypid, a.attname, s.type) IS NULL)
    INTO columns, missing, wrong
    FROM omni.store_contract() s
    LEFT JOIN pg_attribute a ON a.attrelid = adopted AND a.attname = s.column_name AND a.attnum > 0 AND NOT a.attisdropped
    WHERE s.relation = store_adopt.relation;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'undefined_column', MESSAGE = format('%s cannot be adopted as %s', adopted, relation),
            DETAIL = format('These columns are missing: %s.', missing),
            HINT = 'Make a view that has them under these names, and adopt the view. omni.store_contract() lists all columns.';
    END IF;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'datatype_mismatch', MESSAGE = format('%s cannot be adopted as %s', adopted, relation),
            DETAIL = format('These columns are of another type: %s.', wrong),
            HINT = 'Make a view that converts them (AT TIME ZONE for a timestamp), and adopt the view.';
    END IF;
    EXECUTE format('CREATE OR REPLACE VIEW %I.%I AS SELECT %s FROM %s', store, relation, columns, adopted);
    EXECUTE format('COMMENT ON VIEW %I.%I IS %L', store, relation, format('adopted from %s', adopted));
END $$;
COMMENT ON FUNCTION omni.store_adopt(text, text, regclass) IS 'show a relation of the user''s under a canonical name of the store';

/* what default privileges granted on a relation that has just been made is taken back */
CREATE OR REPLACE FUNCTION omni.store_keep(relation regclass, privileges text[])
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    g record;
BEGIN
    FOR g IN SELECT a.privilege_type, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
             FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = relation AND a.grantee <> c.relowner AND a.privilege_type = ANY (privileges) LOOP
        EXECUTE format('REVOKE %s ON %s FROM %s', g.privilege_type, relation, g.grantee);
    END LOOP;
END $$;
COMMENT ON FUNCTION omni.store_keep(regclass, text[]) IS 'take privileges on a relation from everybody but its owner';

/* a schema of a store: made if it is missing; what is made in one of somebody else's would be at its owner's mercy */
CREATE OR REPLACE FUNCTION omni.store_make_schema(name text, private boolean)
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    g record;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_namespace ns WHERE ns.nspname = name) THEN
        EXECUTE format('CREATE SCHEMA %I', name);
    ELSIF (SELECT CASE pg_get_userbyid(ns.nspowner) WHEN 'pg_database_owner' THEN (SELECT d.datdba FROM pg_database d WHERE d.datname = current_database()) ELSE ns.nspowner END
           FROM pg_namespace ns WHERE ns.nspname = name) <> (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user) THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format('schema %I belongs to somebody else', name),
            HINT = 'Choose another name for the store, or SET ROLE to the schema''s owner first.';
    END IF;
    IF private THEN
        FOR g IN SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
                 FROM pg_namespace ns, aclexplode(ns.nspacl) a WHERE ns.nspname = name AND a.grantee <> ns.nspowner LOOP
            EXECUTE format('REVOKE ALL ON SCHEMA %I FROM %s', name, g.grantee);
        END LOOP;
    END IF;
END $$;
COMMENT ON FUNCTION omni.store_make_schema(text, boolean) IS 'make a schema of a store; a private one is granted to nobody, not by default privileges either';

CREATE OR REPLACE FUNCTION omni.create_store(store text, options jsonb DEFAULT '{}')
    RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n record;
    s text;
    unknown text;
    adopt jsonb;
    named record;
    target regclass;
    taken text;
BEGIN
    SELECT * INTO n FROM omni.store_names(store);
    options := coalesce(options, '{}');
    IF jsonb_typeof(options) <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the options of a store have to be an object',
            HINT = '{"adopt": {"orders": "public.shop_orders"}}';
    END IF;
    SELECT string_agg(k, ', ') INTO unknown FROM jsonb_object_keys(options) k WHERE k <> 'adopt';
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('unknown option of a store: %s', left(unknown, 64)),
            HINT = 'The option is "adopt": an object of canonical table names and your relations.';
    END IF;
    adopt := coalesce(options -> 'adopt', '{}');
    IF jsonb_typeof(adopt) <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'option "adopt" has to be an object',
            HINT = '{"adopt": {"orders": "public.shop_orders"}}';
    END IF;
    FOR named IN SELECT key, value FROM jsonb_each(adopt) LOOP
        IF NOT EXISTS (SELECT FROM omni.store_keys() k WHERE k.relation = named.key) THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('a store has no table %I', left(named.key, 64)),
                HINT = 'omni.store_keys() lists the tables that can be adopted.';
        END IF;
        IF jsonb_typeof(named.value) <> 'string' THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('the relation to adopt as %I has to be a string', named.key),
                HINT = 'Name it with its schema: "public.shop_orders".';
        END IF;
        BEGIN
            target := to_regclass(named.value #>> '{}');
        EXCEPTION WHEN syntax_error OR invalid_name OR feature_not_supported THEN
            target := NULL;
        END;
        IF target IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'undefined_table', MESSAGE = format('relation %L does not exist', left(named.value #>> '{}', 64)),
                HINT = 'Name it with its schema: "public.shop_orders".';
        END IF;
        -- keep the name with its schema, whatever the caller's search_path was
        adopt := jsonb_set(adopt, ARRAY[named.key], to_jsonb((SELECT format('%I.%I', ns.nspname, c.relname)
            FROM pg_class c JOIN pg_namespace ns ON ns.oid = c.relnamespace WHERE c.oid = target)));
    END LOOP;

    PERFORM pg_advisory_xact_lock(hashtextextended('omni.store ' || store, 0));
    FOREACH s IN ARRAY ARRAY[n.store_schema, n.bi_schema, n.pii_schema] LOOP
        PERFORM omni.store_make_schema(s, s = n.pii_schema);
        IF EXISTS (SELECT FROM pg_class c JOIN pg_namespace ns ON ns.oid = c.relnamespace WHERE ns.nspname = s AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
                      AND (s <> n.store_schema OR c.relname IN (SELECT k.relation FROM omni.store_keys() k) OR c.relname = 'store_info')) THEN
            RAISE EXCEPTION USING ERRCODE = 'duplicate_table', MESSAGE = format('schema %I already has tables or views that a store makes', s),
                HINT = 'Choose another name for the store; your own tables can be adopted under it.';
        END IF;
    END LOOP;
    SELECT string_agg(f.oid::regprocedure::text, ', ') INTO taken FROM pg_proc f
    WHERE f.pronamespace = to_regnamespace(quote_ident(n.store_schema)) AND f.proname IN (SELECT p.name FROM omni.store_parts(store) p WHERE p.kind = 'function');
    IF taken IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'duplicate_function', MESSAGE = format('schema %I already has functions that a store makes', store),
            DETAIL = taken, HINT = 'Choose another name for the store, or rename these functions.';
    END IF;

    EXECUTE format('CREATE TABLE %I.store_info (version text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), '
        'adopted jsonb NOT NULL, detached jsonb, one boolean PRIMARY KEY DEFAULT true CHECK (one))', n.store_schema);
    EXECUTE format('COMMENT ON TABLE %I.store_info IS %L', n.store_schema, 'version and state of this omni store; kept by omni');
    PERFORM omni.store_keep(format('%I.store_info', n.store_schema), '{INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}');
    EXECUTE format('INSERT INTO %I.store_info (version, adopted) VALUES ($1, $2)', n.store_schema)
        USING (SELECT extversion FROM pg_extension WHERE extname = 'omni'), adopt;
    PERFORM omni.store_make_tables(store, adopt);
    PERFORM omni.store_make_views(store);
    RETURN format('store %I: %s tables, %s adopted, %s views in %I', store, (SELECT count(*) FROM omni.store_keys()) - (SELECT count(*) FROM jsonb_object_keys(adopt)),
        (SELECT count(*) FROM jsonb_object_keys(adopt)), (SELECT count(*) FROM pg_class WHERE relkind = 'v' AND relnamespace = to_regnamespace(quote_ident(n.bi_schema))), n.bi_schema);
END $$;
COMMENT ON FUNCTION omni.create_store(text, jsonb) IS 'make a store in a schema of the caller''s: tables, functions, and views for BI in <schema>_bi; option adopt reads the caller''s own relations under the canonical names';

/* secondary indexes, functions and views: all that can be made again at any time */
CREATE OR REPLACE FUNCTION omni.store_make_views(store text)
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    i record;
    n record;
    before oid[];
BEGIN
    SELECT * INTO n FROM omni.store_names(store);
    FOR i IN SELECT * FROM (VALUES ('orders', 'customer_id'), ('orders', 'placed_at'), ('order_lines', 'sku'), ('identities', 'customer_id'),
                                   ('evidence', 'source, record_id'), ('customers', 'merged_into'), ('products', 'gtin'), ('stock', 'location_code')) v(relation, columns) LOOP
        IF (SELECT relkind FROM pg_class WHERE oid = to_regclass(format('%I.%I', store, i.relation))) IN ('r', 'p') THEN
            IF to_regclass(format('%I.%I', store, i.relation || '_' || replace(i.columns, ', ', '_'))) IS NULL THEN
                EXECUTE format('CREATE INDEX %I ON %I.%I (%s)', i.relation || '_' || replace(i.columns, ', ', '_'), store, i.relation, i.columns);
            END IF;
        END IF;
    END LOOP;
    PERFORM omni.store_make_schema(n.bi_schema, false);
    PERFORM omni.store_make_schema(n.pii_schema, NOT EXISTS (SELECT FROM pg_namespace ns WHERE ns.nspname = n.pii_schema));
    before := array(SELECT p.view FROM omni.store_parts(store) p WHERE p.view IS NOT NULL);
    PERFORM omni.store_run(store, 'functions');
    PERFORM omni.store_run(store, 'bi');
    PERFORM omni.store_run(store, 'pii');
    -- personal data is granted to nobody, not by default privileges either
    PERFORM omni.store_keep(p.view, '{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER,MAINTAIN}') FROM omni.store_parts(store) p WHERE p.part = 'pii' AND p.view <> ALL (before);
END $$;
COMMENT ON FUNCTION omni.store_make_views(text) IS 'make the indexes, functions and views of a store, again if need be; grants stay';

CREATE OR REPLACE FUNCTION omni.migrate_store(store text)
    RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    now_is text := (SELECT extversion FROM pg_extension WHERE extname = 'omni');
    info record;
BEGIN
    PERFORM omni.store_lock(store);
    SELECT * INTO info FROM omni.store_info(store);
    IF info.detached IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('store %I is detached', store),
            HINT = format('SELECT omni.attach_store(%L) first.', store);
    END IF;
    IF string_to_array(info.version, '.')::int[] > string_to_array(now_is, '.')::int[] THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('store %I is of version %s, omni is %s', store, info.version, now_is),
            HINT = 'ALTER EXTENSION omni UPDATE first.';
    END IF;
    PERFORM omni.store_make_tables(store, info.adopted);
    PERFORM omni.store_make_views(store);
    EXECUTE format('UPDATE %I.store_info SET version = $1 WHERE version <> $1', store) USING now_is;
    RETURN format('store %I: %s', store, CASE WHEN info.version = now_is THEN 'is at ' || now_is ELSE info.version || ' to ' || now_is END);
END $$;
COMMENT ON FUNCTION omni.migrate_store(text) IS 'bring a store to the version of the extension: new tables, columns, functions and views; data and grants stay';

/*
 * Change types of columns, [{relation, column_name, type, modifier, default_expression}]; a default that is named gives way to
 * that, or to none where new_defaults is false. Foreign keys within the store that the user added are
 * taken off while the types of their two ends differ.
 */
CREATE OR REPLACE FUNCTION omni.store_retype(store text, columns jsonb, new_defaults boolean)
    RETURNS void LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    a record;
    k record;
    keys jsonb;
    why text;
    whereabouts text;
BEGIN
    PERFORM omni.store_names(store);
    IF jsonb_typeof(columns) <> 'array' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the columns to change have to be an array', HINT = 'detach_store() and attach_store() change columns of a store.';
    END IF;
    SELECT coalesce(jsonb_agg(jsonb_build_array(c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid))), '[]') INTO keys
    FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid
    WHERE c.contype = 'f' AND c.conparentid = 0 AND r.relnamespace = to_regnamespace(quote_ident(store)) AND f.relnamespace = r.relnamespace
        AND (r.relname IN (SELECT x ->> 'relation' FROM jsonb_array_elements(columns) x) OR f.relname IN (SELECT x ->> 'relation' FROM jsonb_array_elements(columns) x));
    FOR k IN SELECT x ->> 0 AS relation, x ->> 1 AS name FROM jsonb_array_elements(keys) x LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', k.relation::regclass, k.name);
    END LOOP;
    FOR a IN SELECT c.relation, string_agg(CASE WHEN c.default_expression IS NOT NULL THEN format('ALTER COLUMN %I DROP DEFAULT, ', c.column_name) ELSE '' END ||
                        format('ALTER COLUMN %1$I TYPE %2$s USING %1$I::%2$s', c.column_name, format_type(c.type::regtype, c.modifier)) ||
                        CASE WHEN new_defaults AND c.default_expression IS NOT NULL THEN format(', ALTER COLUMN %I SET DEFAULT (%s)', c.column_name, c.default_expression) ELSE '' END, ', ') AS actions
             FROM jsonb_to_recordset(columns) c(relation text, column_name text, type text, modifier integer, default_expression text) GROUP BY c.relation ORDER BY c.relation LOOP
        BEGIN
            EXECUTE format('ALTER TABLE %I.%I %s', store, a.relation, a.actions);
        EXCEPTION WHEN feature_not_supported OR dependent_objects_still_exist OR datatype_mismatch OR undefined_function OR invalid_table_definition OR invalid_object_definition THEN
            GET STACKED DIAGNOSTICS why = MESSAGE_TEXT, whereabouts = PG_EXCEPTION_DETAIL;
            RAISE EXCEPTION USING ERRCODE = 'dependent_objects_still_exist', MESSAGE = format('the types of %I.%I cannot be changed', store, a.relation),
                DETAIL = concat_ws('. ', why, nullif(whereabouts, '')), HINT = 'Drop what depends on these columns, and make it again afterwards. Nothing has been changed.';
        WHEN data_exception THEN
            GET STACKED DIAGNOSTICS why = MESSAGE_TEXT;
            RAISE EXCEPTION USING ERRCODE = SQLSTATE, MESSAGE = format('%I.%I holds a value that does not fit its type: %s', store, a.relation, why),
                HINT = 'Find it with T_problem(column), mend it, and try again. Nothing has been changed.';
        END;
    END LOOP;
    FOR k IN SELECT x ->> 0 AS relation, x ->> 1 AS name, x ->> 2 AS definition FROM jsonb_array_elements(keys) x LOOP
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.relation::regclass, k.name, k.definition);
    END LOOP;
END $$;
COMMENT ON FUNCTION omni.store_retype(text, jsonb, boolean) IS 'change types of columns of a store, all or none';

/* objects in the schemas of a store that the extension could not be dropped without */
CREATE OR REPLACE FUNCTION omni.store_dependents(store text)
    RETURNS SETOF text LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    schemas oid[];
BEGIN
    SELECT array_agg(ns.oid) INTO schemas FROM omni.store_names(store) n, pg_namespace ns WHERE ns.nspname IN (n.store_schema, n.bi_schema, n.pii_schema);
    RETURN QUERY
    -- each list is made once: the planner cannot know how long they are
    WITH RECURSIVE mine AS MATERIALIZED (SELECT c.oid FROM pg_class c WHERE c.relnamespace = ANY (schemas)),
    here(classid, objid) AS MATERIALIZED (
        SELECT 'pg_class'::regclass::oid, oid FROM mine
        UNION ALL SELECT 'pg_attrdef'::regclass, d.oid FROM pg_attrdef d JOIN mine ON mine.oid = d.adrelid
        UNION ALL SELECT 'pg_constraint'::regclass, c.oid FROM pg_constraint c JOIN mine ON mine.oid = c.conrelid
        UNION ALL SELECT 'pg_rewrite'::regclass, r.oid FROM pg_rewrite r JOIN mine ON mine.oid = r.ev_class
        UNION ALL SELECT 'pg_policy'::regclass, p.oid FROM pg_policy p JOIN mine ON mine.oid = p.polrelid
        UNION ALL SELECT 'pg_trigger'::regclass, t.oid FROM pg_trigger t JOIN mine ON mine.oid = t.tgrelid
        UNION ALL SELECT 'pg_statistic_ext'::regclass, x.oid FROM pg_statistic_ext x JOIN mine ON mine.oid = x.stxrelid
        UNION ALL SELECT 'pg_proc'::regclass, p.oid FROM pg_proc p
            WHERE p.pronamespace = ANY (schemas)
        UNION ALL SELECT 'pg_type'::regclass, t.oid FROM pg_type t WHERE t.typnamespace = ANY (schemas) AND t.typtype IN ('d', 'r')),
    member AS MATERIALIZED (SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
               WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'omni'),
    -- a domain over a type of ours, a range of it, a row type with a column of it need omni as well, and what is made of these
    needed AS (SELECT * FROM member UNION
               SELECT x.classid, x.objid FROM needed m CROSS JOIN LATERAL (
                   SELECT d.classid, d.objid FROM pg_depend d WHERE d.refclassid = m.classid AND d.refobjid = m.objid AND d.classid = 'pg_type'::regclass
                   UNION ALL SELECT 'pg_type'::regclass, c.reltype FROM pg_depend d JOIN pg_class c ON c.oid = d.objid
                   WHERE d.refclassid = m.classid AND d.refobjid = m.objid AND d.classid = 'pg_class'::regclass AND d.objsubid > 0 AND c.reltype <> 0) x)
    SELECT DISTINCT pg_describe_object(d.classid, d.objid, d.objsubid)
    FROM here h JOIN pg_depend d ON d.classid = h.classid AND d.objid = h.objid
    JOIN needed m ON m.classid = d.refclassid AND m.objid = d.refobjid WHERE d.deptype <> 'i' ORDER BY 1;
END $$;
COMMENT ON FUNCTION omni.store_dependents(text) IS 'what in a store could not stay if omni were dropped';

CREATE OR REPLACE FUNCTION omni.detach_store(store text)
    RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    info record;
    views jsonb;
    columns jsonb;
    defaults jsonb;
    own record;
    blocker text;
BEGIN
    PERFORM omni.store_lock(store);
    SELECT * INTO info FROM omni.store_info(store);
    IF info.detached IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('store %I is detached already', store),
            HINT = format('SELECT omni.attach_store(%L) puts its types back.', store);
    END IF;

    -- omni's own views go; their options and who may read them are kept
    SELECT coalesce(jsonb_agg(jsonb_build_object('view', v::text, 'options', to_jsonb(c.reloptions), 'grants',
               (SELECT coalesce(jsonb_agg(jsonb_build_array(g.column_name, CASE g.grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(g.grantee) END, g.privilege_type, g.is_grantable)), '[]')
                FROM (SELECT NULL::name AS column_name, a.* FROM aclexplode(c.relacl) a
                      UNION ALL SELECT t.attname, a.* FROM pg_attribute t, aclexplode(t.attacl) a WHERE t.attrelid = c.oid AND t.attnum > 0) g
                WHERE g.grantee <> c.relowner))), '[]') INTO views
    FROM omni.store_views(store) v JOIN pg_class c ON c.oid = v;
    BEGIN
        IF jsonb_array_length(views) > 0 THEN
            EXECUTE (SELECT 'DROP VIEW ' || string_agg(v::text, ', ') FROM omni.store_views(store) v);
        END IF;
    EXCEPTION WHEN dependent_objects_still_exist THEN
        GET STACKED DIAGNOSTICS blocker = PG_EXCEPTION_DETAIL;
        RAISE EXCEPTION USING ERRCODE = 'dependent_objects_still_exist', MESSAGE = format('store %I cannot be detached: other objects depend on its views', store),
            DETAIL = blocker, HINT = 'Drop these objects, or keep their definitions and make them again after attach_store().';
    END;

    SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.relation, t.attnum), '[]') INTO columns
    FROM (SELECT c.relname AS relation, a.attnum, a.attname AS column_name, a.atttypid::regtype::text AS type, a.atttypmod AS modifier, pg_get_expr(d.adbin, d.adrelid) AS default_expression
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attinhcount = 0 AND a.attgenerated = ''
          JOIN pg_type y ON y.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
          WHERE c.relnamespace = to_regnamespace(quote_ident(store)) AND c.relkind IN ('r', 'p') AND y.typnamespace = to_regnamespace('omni')) t;
    -- partitions and children change with their parents; a default that one has of its own would become the parent's
    WITH RECURSIVE tree AS (SELECT i.inhrelid, i.inhparent, 1 AS depth FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent WHERE c.relnamespace = to_regnamespace(quote_ident(store)) AND c.relkind IN ('r', 'p')
                            UNION SELECT i.inhrelid, i.inhparent, t.depth + 1 FROM tree t JOIN pg_inherits i ON i.inhparent = t.inhrelid)
    SELECT coalesce(jsonb_agg(jsonb_build_object('relation', format('%I.%I', ns.nspname, c.relname), 'column_name', a.attname, 'default_expression', e.is_now) ORDER BY t.depth, 1), '[]') INTO defaults
    FROM (SELECT inhrelid, inhparent, max(depth) AS depth FROM tree GROUP BY inhrelid, inhparent) t JOIN pg_class c ON c.oid = t.inhrelid JOIN pg_namespace ns ON ns.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = t.inhrelid AND a.attinhcount > 0 AND a.attgenerated = '' AND NOT a.attisdropped JOIN pg_type y ON y.oid = a.atttypid AND y.typnamespace = to_regnamespace('omni')
    JOIN pg_attribute p ON p.attrelid = t.inhparent AND p.attname = a.attname AND NOT p.attisdropped
    CROSS JOIN LATERAL (SELECT (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) AS is_now,
                               (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.adrelid = p.attrelid AND d.adnum = p.attnum) AS of_parent) e
    WHERE e.is_now IS DISTINCT FROM e.of_parent;
    FOR own IN SELECT d.* FROM jsonb_to_recordset(defaults) d(relation text, column_name text) LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', own.relation::regclass, own.column_name);
    END LOOP;
    PERFORM omni.store_retype(store, (SELECT coalesce(jsonb_agg(x || jsonb_build_object('type', CASE WHEN x ->> 'type' LIKE '%[]' THEN 'text[]' ELSE 'text' END, 'modifier', NULL)), '[]')
                                      FROM jsonb_array_elements(columns) x), false);

    SELECT string_agg(d, E'\n') INTO blocker FROM omni.store_dependents(store) d;
    IF blocker IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'dependent_objects_still_exist', MESSAGE = format('store %I cannot be detached: objects in it need omni', store),
            DETAIL = blocker, HINT = 'Drop these objects, or keep their definitions and make them again after attach_store().';
    END IF;
    EXECUTE format('UPDATE %I.store_info SET detached = $1', store) USING
        jsonb_build_object('columns', (SELECT coalesce(jsonb_agg(x - 'attnum'), '[]') FROM jsonb_array_elements(columns) x), 'defaults', defaults, 'views', views);
    RETURN format('store %I: %s columns are text now, and no object of it needs omni', store, jsonb_array_length(columns));
END $$;
COMMENT ON FUNCTION omni.detach_store(text) IS 'turn every column of a store that has a type of omni into text and drop its views, so that DROP EXTENSION loses nothing; attach_store() puts all back';

CREATE OR REPLACE FUNCTION omni.attach_store(store text)
    RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    info record;
    columns jsonb;
    gone text;
    v record;
    g record;
BEGIN
    PERFORM omni.store_lock(store);
    SELECT * INTO info FROM omni.store_info(store);
    IF info.detached IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = format('store %I is attached', store),
            HINT = format('SELECT omni.detach_store(%L) detaches it.', store);
    END IF;
    -- a store that omni 0.1.0 detached
    IF jsonb_typeof(info.detached -> 'columns' -> 0) = 'array' THEN
        info.detached := jsonb_build_object(
            'columns', (SELECT jsonb_agg(jsonb_build_object('relation', x ->> 0, 'column_name', x ->> 1, 'type', x ->> 2)) FROM jsonb_array_elements(info.detached -> 'columns') x),
            'views', (SELECT coalesce(jsonb_agg(jsonb_build_object('view', w.view, 'grants', w.grants)), '[]')
                      FROM (SELECT x ->> 0 AS view, jsonb_agg(jsonb_build_array(NULL, CASE WHEN x ->> 1 <> 'PUBLIC' THEN (parse_ident(x ->> 1))[1] END, x ->> 2, x -> 3)) AS grants
                            FROM jsonb_array_elements(info.detached -> 'grants') x GROUP BY 1) w));
    END IF;
    SELECT coalesce(jsonb_agg(to_jsonb(s) || jsonb_build_object('modifier', coalesce(s.modifier, substring(s.type FROM '\((\d+)\)$')::integer)) ORDER BY s.relation, s.column_name) FILTER (WHERE a.attname IS NOT NULL), '[]'),
           string_agg(format('%I.%I.%I', store, s.relation, s.column_name), ', ' ORDER BY s.relation, s.column_name) FILTER (WHERE a.attname IS NULL) INTO columns, gone
    FROM jsonb_to_recordset(info.detached -> 'columns') s(relation text, column_name text, type text, modifier integer, default_expression text)
    LEFT JOIN pg_attribute a ON a.attrelid = to_regclass(format('%I.%I', store, s.relation)) AND a.attname = s.column_name AND NOT a.attisdropped;
    IF gone IS NOT NULL THEN
        RAISE WARNING USING MESSAGE = format('columns that are no longer there stay as they are: %s', gone);
    END IF;
    PERFORM omni.store_retype(store, columns, true);
    FOR g IN SELECT a.attrelid::regclass AS relation, d.column_name, d.default_expression
             FROM jsonb_array_elements(info.detached -> 'defaults') WITH ORDINALITY x(value, n), jsonb_to_record(x.value) d(relation text, column_name text, default_expression text)
             JOIN pg_attribute a ON a.attrelid = to_regclass(d.relation) AND a.attname = d.column_name AND NOT a.attisdropped ORDER BY x.n LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I ', g.relation, g.column_name) || coalesce('SET DEFAULT (' || g.default_expression || ')', 'DROP DEFAULT');
    END LOOP;
    EXECUTE format('UPDATE %I.store_info SET detached = NULL', store);
    PERFORM omni.migrate_store(store);

    -- the views are granted as they were, to roles that are still there
    FOR v IN SELECT to_regclass(x ->> 'view') AS view, x -> 'options' AS options, x -> 'grants' AS grants FROM jsonb_array_elements(info.detached -> 'views') x
             WHERE to_regclass(x ->> 'view') IS NOT NULL LOOP
        FOR g IN SELECT DISTINCT a.grantee FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = v.view AND a.grantee <> c.relowner LOOP
            EXECUTE format('REVOKE ALL ON %s FROM %s', v.view, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END);
        END LOOP;
        FOR g IN SELECT x ->> 0 AS column_name, x ->> 1 AS grantee, x ->> 2 AS privilege, (x ->> 3)::boolean AS grantable FROM jsonb_array_elements(v.grants) x
                 WHERE x ->> 2 ~ '^[A-Z]+$' AND (x ->> 1 IS NULL OR EXISTS (SELECT FROM pg_roles r WHERE r.rolname = x ->> 1)) LOOP
            EXECUTE format('GRANT %s%s ON %s TO %s%s', g.privilege, ' (' || quote_ident(g.column_name) || ')', v.view, coalesce(quote_ident(g.grantee), 'PUBLIC'),
                CASE WHEN g.grantable THEN ' WITH GRANT OPTION' ELSE '' END);
        END LOOP;
        IF jsonb_typeof(v.options) = 'array' THEN
            EXECUTE format('ALTER VIEW %s SET (%s)', v.view, (SELECT string_agg(format('%I = %L', split_part(o, '=', 1), substring(o FROM '=(.*)$')), ', ') FROM jsonb_array_elements_text(v.options) o));
        END IF;
    END LOOP;
    RETURN format('store %I: %s columns have their types again', store, jsonb_array_length(columns));
END $$;
COMMENT ON FUNCTION omni.attach_store(text) IS 'undo detach_store(): the columns get their types back, the views are made again with their grants';

CREATE OR REPLACE FUNCTION omni.check_store(store text, OUT relation text, OUT column_name text, OUT problem text, OUT hint text)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c record;
    k record;
    info record;
    found bigint;
    reason text;
    unfit text[] := '{}';   -- relation.column that is missing or of another type: what needs it is not looked at
    is_version text := (SELECT extversion FROM pg_extension WHERE extname = 'omni');
BEGIN
    SELECT * INTO info FROM omni.store_info(store);
    IF info.version <> is_version THEN
        RETURN QUERY SELECT 'store_info', 'version', format('the store is of version %s, omni of %s', info.version, is_version), format('SELECT omni.migrate_store(%L)', store);
    END IF;
    IF info.detached IS NOT NULL THEN
        RETURN QUERY SELECT 'store_info', 'detached', 'the store is detached', format('SELECT omni.attach_store(%L)', store);
        RETURN;
    END IF;
    RETURN QUERY SELECT a.key, NULL::text, format('the adopted relation %s is not there', a.value), 'Give it its name back, or make a view of that name.'
                 FROM jsonb_each_text(info.adopted) a WHERE to_regclass(a.value) IS NULL ORDER BY 1;
    FOR c IN SELECT s.*, a.atttypid, to_regclass(format('%I.%I', store, s.relation)) AS rel, to_regclass(info.adopted ->> s.relation) AS source
             FROM omni.store_contract() s
             LEFT JOIN pg_attribute a ON a.attrelid = to_regclass(format('%I.%I', store, s.relation)) AND a.attname = s.column_name AND NOT a.attisdropped
             ORDER BY s.relation, s.ordinal LOOP
        IF c.rel IS NULL OR c.atttypid IS NULL OR c.atttypid <> c.type::regtype THEN
            unfit := unfit || (c.relation || '.' || c.column_name);
        END IF;
        IF c.rel IS NULL THEN
            IF c.ordinal = 1 THEN
                RETURN QUERY SELECT c.relation, NULL::text, 'the table is missing', format('SELECT omni.migrate_store(%L)', store);
            END IF;
        ELSIF c.atttypid IS NULL THEN
            RETURN QUERY SELECT c.relation, c.column_name, 'the column is missing', format('SELECT omni.migrate_store(%L)', store);
        ELSIF c.atttypid <> c.type::regtype THEN
            RETURN QUERY SELECT c.relation, c.column_name, format('the type is %s, expected %s', c.atttypid::regtype, c.type), 'Change the column''s type.';
        ELSIF info.adopted ? c.relation THEN
            -- what the view shows as NULL although the source has a value, and required values that are missing
            IF c.type LIKE 'omni.%' AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.source AND a.attname = c.column_name
                                                AND a.atttypid <> c.type::regtype AND NOT a.attisdropped) THEN
                FOR reason, found IN EXECUTE format('SELECT %s_problem(%I::text), count(*) FROM %s GROUP BY 1 HAVING %1$s_problem(%2$I::text) IS NOT NULL ORDER BY 1',
                                                    c.type, c.column_name, c.source) LOOP
                    RETURN QUERY SELECT c.relation, c.column_name, format('%s values are no %s: %s', found, c.type, reason), format('The views show NULL for them. %s_problem() tells the reason of each.', c.type);
                END LOOP;
            END IF;
            IF c.required AND c.modifier LIKE 'NOT NULL%' THEN
                EXECUTE format('SELECT count(*) FROM %s WHERE %I IS NULL', c.rel, c.column_name) INTO found;
                IF found > 0 THEN
                    RETURN QUERY SELECT c.relation, c.column_name, format('%s rows have no value', found), 'The column is required.';
                END IF;
            END IF;
        END IF;
    END LOOP;
    RETURN QUERY SELECT format('%I.%I', p.schema_name, p.name), NULL::text, 'the view is missing', format('SELECT omni.migrate_store(%L)', store)
                 FROM omni.store_parts(store) p WHERE p.kind = 'view' AND p.view IS NULL ORDER BY 1;
    FOR k IN SELECT * FROM omni.store_keys() s WHERE info.adopted ? s.relation AND NOT unfit && array(SELECT s.relation || '.' || u FROM unnest(s.key_columns) u) LOOP
        EXECUTE format('SELECT count(*) FROM (SELECT FROM %I.%I GROUP BY %s HAVING count(*) > 1) d', store, k.relation,
                       (SELECT string_agg(quote_ident(u), ', ') FROM unnest(k.key_columns) u)) INTO found;
        IF found > 0 THEN
            RETURN QUERY SELECT k.relation, array_to_string(k.key_columns, ', '), format('%s keys are there more than once', found), 'Adopt a view that has one row a key.';
        END IF;
    END LOOP;
    -- references: nothing forces them, feeds may arrive in any order
    FOR c IN SELECT * FROM (VALUES ('channels', 'market_code', 'markets', 'market_code'), ('locations', 'market_code', 'markets', 'market_code'), ('orders', 'market_code', 'markets', 'market_code'),
                 ('orders', 'channel_code', 'channels', 'channel_code'), ('orders', 'customer_id', 'customers', 'customer_id'),
                 ('order_lines', 'order_ref', 'orders', 'order_ref'), ('order_lines', 'sku', 'products', 'sku'), ('order_line_events', 'order_ref', 'orders', 'order_ref'),
                 ('payments', 'order_ref', 'orders', 'order_ref'), ('sku_aliases', 'sku', 'products', 'sku'), ('stock', 'sku', 'products', 'sku'),
                 ('stock', 'location_code', 'locations', 'location_code')) v(relation, column_name, target, target_column)
             WHERE NOT unfit && ARRAY[v.relation || '.' || v.column_name, v.target || '.' || v.target_column] LOOP
        EXECUTE format('SELECT count(*) FROM %1$I.%2$I a WHERE a.%3$I IS NOT NULL AND NOT EXISTS (SELECT FROM %1$I.%4$I b WHERE b.%5$I = a.%3$I)',
                       store, c.relation, c.column_name, c.target, c.target_column) INTO found;
        IF found > 0 THEN
            RETURN QUERY SELECT c.relation, c.column_name, format('%s rows refer to nothing in %s', found, c.target), format('Load the missing rows of %s.', c.target);
        END IF;
    END LOOP;
    FOR c IN SELECT * FROM (VALUES
                 ('markets', 'time_zone', 'lower(time_zone) NOT IN (SELECT lower(z.name) FROM pg_timezone_names z)', 'time zones are unknown', 'Use a name of pg_timezone_names, such as Europe/Berlin: no view can show a day without.'),
                 ('markets', 'currency', 'currency !~ ''^[A-Z]{3}$''', 'values are unknown', 'Use ISO 4217 codes, such as EUR.'),
                 ('orders', 'currency', 'currency !~ ''^[A-Z]{3}$''', 'values are unknown', 'Use ISO 4217 codes, such as EUR.'),
                 ('order_lines', 'qty', 'qty <= 0', 'values are not positive', 'A line has one unit or more; what comes back is an event of its line.'),
                 ('order_lines', 'unit_price', 'unit_price IN (''NaN'', ''Infinity'', ''-Infinity'')', 'values are no amount', 'Every sum over them is none either.'),
                 ('order_lines', 'discount_amount', 'discount_amount IN (''NaN'', ''Infinity'', ''-Infinity'')', 'values are no amount', 'Every sum over them is none either.'),
                 ('order_lines', 'tax_amount', 'tax_amount IN (''NaN'', ''Infinity'', ''-Infinity'')', 'values are no amount', 'Every sum over them is none either.'),
                 ('payments', 'amount', 'amount IN (''NaN'', ''Infinity'')', 'values are no amount', 'Every sum over them is none either.'),
                 ('stock', 'reserved', 'reserved < 0', 'values are negative', 'The views show no atp for them.'),
                 ('stock', 'safety_stock', 'safety_stock < 0', 'values are negative', 'The views show no atp for them.')) v(relation, column_name, test, what, advice)
             WHERE v.relation || '.' || v.column_name <> ALL (unfit) LOOP
        EXECUTE format('SELECT count(*) FROM %I.%I WHERE %s', store, c.relation, c.test) INTO found;
        IF found > 0 THEN
            RETURN QUERY SELECT c.relation, c.column_name, format('%s %s', found, c.what), c.advice;
        END IF;
    END LOOP;
    -- lines with an event that is no move, or whose events take more units out of a state than came into it
    IF NOT unfit && '{order_lines.order_ref,order_lines.line_no,order_lines.qty,order_line_events.order_ref,order_line_events.line_no,order_line_events.qty,order_line_events.from_state,order_line_events.to_state}' THEN
        EXECUTE replace('SELECT count(*) FROM (SELECT e.order_ref, e.line_no, bool_and(e.sound) AS sound, omni.order_line_state(e.qty, e.from_state, e.to_state) FILTER (WHERE e.sound) AS moves '
            'FROM (SELECT x.*, coalesce(x.qty > 0 AND omni.single_state(x.from_state) AND omni.single_state(x.to_state), false) AS sound FROM @.order_line_events x) e GROUP BY e.order_ref, e.line_no) g '
            'LEFT JOIN @.order_lines l ON l.order_ref = g.order_ref AND l.line_no = g.line_no '
            'WHERE NOT g.sound OR omni.order_quantities_try(omni.order_moves_add(g.moves, coalesce(l.qty, 0), NULL, ''open''::omni.order_state)) IS NULL', '@', quote_ident(store)) INTO found;
        IF found > 0 THEN
            RETURN QUERY SELECT 'order_line_events', 'qty', format('the events of %s lines do not add up', found), 'Events are missing or wrong; the views show these lines as the source says, or as open.';
        END IF;
    END IF;
END $$;
COMMENT ON FUNCTION omni.check_store(text) IS 'what is wrong with a store: missing tables and columns, values of adopted relations that do not parse, rows that refer to nothing, events that do not add up; no row means that all is well';

CREATE OR REPLACE FUNCTION omni.status(OUT item text, OUT value text, OUT hint text)
    RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    sql_version text := (SELECT extversion FROM pg_extension WHERE extname = 'omni');
    offered text := (SELECT default_version FROM pg_available_extensions WHERE name = 'omni');
    s record;
    info record;
BEGIN
    RETURN QUERY SELECT 'library', omni.library_version(),
        CASE WHEN omni.library_version() <> coalesce(offered, omni.library_version()) THEN format('The files on disk are of %s: start a new session, or restart the server if omni is preloaded.', offered) END;
    RETURN QUERY SELECT 'extension', sql_version, CASE WHEN sql_version <> omni.library_version() THEN 'ALTER EXTENSION omni UPDATE;' END;
    RETURN QUERY SELECT 'canonical rules', omni.canon_version(), NULL::text;
    RETURN QUERY SELECT 'ICU', omni.icu_version(), NULL::text;
    RETURN QUERY SELECT 'server', current_setting('server_version'),
        CASE WHEN current_setting('server_version_num')::int BETWEEN 150000 AND 150019 THEN 'Update to the latest minor release of PostgreSQL 15.' END;
    RETURN QUERY SELECT 'keyring', 'none', NULL::text;
    FOR s IN SELECT ns.nspname, has_schema_privilege(ns.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable FROM pg_class c JOIN pg_namespace ns ON ns.oid = c.relnamespace
             WHERE c.relname = 'store_info' AND omni.store_is(ns.nspname) ORDER BY 1 LOOP
        IF s.readable THEN
            SELECT * INTO info FROM omni.store_info(s.nspname);
            RETURN QUERY SELECT 'store ' || s.nspname, info.version || CASE WHEN info.detached IS NOT NULL THEN ', detached' ELSE '' END,
                CASE WHEN info.detached IS NOT NULL THEN format('SELECT omni.attach_store(%L);', s.nspname)
                     WHEN info.version <> sql_version THEN format('SELECT omni.migrate_store(%L);', s.nspname) END;
        ELSE
            RETURN QUERY SELECT 'store ' || s.nspname, NULL::text, 'You may not read this store.';
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION omni.status() IS 'versions of library, SQL, canonical rules, ICU and every store, with a hint on each mismatch';

CREATE OR REPLACE FUNCTION omni.store_source(part text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE part
WHEN 'bi' THEN $omni_store$-- bi.sql: the views for BI tools, a public contract: core types only, columns are only ever appended,
-- no raw identifier, each ratio beside its numerator and denominator, currency and time zone explicit.

CREATE OR REPLACE VIEW @bi@.dim_market AS
SELECT m.market_code, m.name, m.country, m.currency, coalesce(m.time_zone, 'UTC') AS time_zone
FROM @store@.markets m;
COMMENT ON VIEW @bi@.dim_market IS 'markets';
COMMENT ON COLUMN @bi@.dim_market.market_code IS 'key';
COMMENT ON COLUMN @bi@.dim_market.name IS 'name of the market';
COMMENT ON COLUMN @bi@.dim_market.country IS 'ISO 3166 alpha-2 code';
COMMENT ON COLUMN @bi@.dim_market.currency IS 'ISO 4217 code of the reporting currency';
COMMENT ON COLUMN @bi@.dim_market.time_zone IS 'time zone in which the days of the market begin';

CREATE OR REPLACE VIEW @bi@.dim_channel AS
SELECT c.channel_code, c.name, c.kind, c.market_code
FROM @store@.channels c;
COMMENT ON VIEW @bi@.dim_channel IS 'sales channels';
COMMENT ON COLUMN @bi@.dim_channel.channel_code IS 'key';
COMMENT ON COLUMN @bi@.dim_channel.name IS 'name of the channel';
COMMENT ON COLUMN @bi@.dim_channel.kind IS 'web, app, pos, marketplace, call_center, social or b2b';
COMMENT ON COLUMN @bi@.dim_channel.market_code IS 'market that the channel sells in';

CREATE OR REPLACE VIEW @bi@.dim_location AS
SELECT l.location_code, l.name, l.kind, l.market_code, l.pickup, l.active
FROM @store@.locations l;
COMMENT ON VIEW @bi@.dim_location IS 'places that hold stock';
COMMENT ON COLUMN @bi@.dim_location.location_code IS 'key';
COMMENT ON COLUMN @bi@.dim_location.name IS 'name of the location';
COMMENT ON COLUMN @bi@.dim_location.kind IS 'warehouse, store, supplier, third_party or in_transit';
COMMENT ON COLUMN @bi@.dim_location.market_code IS 'market that it is in';
COMMENT ON COLUMN @bi@.dim_location.pickup IS 'customers can pick up here';
COMMENT ON COLUMN @bi@.dim_location.active IS 'stock here can be promised';

CREATE OR REPLACE VIEW @bi@.dim_product AS
SELECT p.sku::text AS sku, p.gtin::text AS gtin, p.title, p.brand, p.category, omni.sku_style(p.sku)::text AS style, p.active
FROM @store@.products p;
COMMENT ON VIEW @bi@.dim_product IS 'products, one row a SKU';
COMMENT ON COLUMN @bi@.dim_product.sku IS 'key';
COMMENT ON COLUMN @bi@.dim_product.gtin IS 'trade item number, 14 digits';
COMMENT ON COLUMN @bi@.dim_product.title IS 'name of the product';
COMMENT ON COLUMN @bi@.dim_product.brand IS 'brand';
COMMENT ON COLUMN @bi@.dim_product.category IS 'category';
COMMENT ON COLUMN @bi@.dim_product.style IS 'first segment of the SKU: what its variants share';
COMMENT ON COLUMN @bi@.dim_product.active IS 'sold at present';

CREATE OR REPLACE VIEW @bi@.dim_customer AS
SELECT c.customer_id::text AS customer_key, c.first_seen_at,
       coalesce(i.emails, 0) AS emails, coalesce(i.phones, 0) AS phones, coalesce(i.identifiers, 0) AS identifiers
FROM @store@.customers c
LEFT JOIN (SELECT coalesce(k.merged_into, k.customer_id) AS customer_id,
                  count(*) FILTER (WHERE omni.identifier_kind(x.identifier) = 'email') AS emails,
                  count(*) FILTER (WHERE omni.identifier_kind(x.identifier) = 'phone') AS phones,
                  count(*) AS identifiers
           FROM @store@.identities x JOIN @store@.customers k USING (customer_id) GROUP BY 1) i USING (customer_id)
WHERE c.merged_into IS NULL;
COMMENT ON VIEW @bi@.dim_customer IS 'customers after all merges, one row a person, no personal data';
COMMENT ON COLUMN @bi@.dim_customer.customer_key IS 'key: opaque and stable; it says nothing about the person';
COMMENT ON COLUMN @bi@.dim_customer.first_seen_at IS 'time of the earliest record of the customer';
COMMENT ON COLUMN @bi@.dim_customer.emails IS 'how many e-mail addresses are known';
COMMENT ON COLUMN @bi@.dim_customer.phones IS 'how many phone numbers are known';
COMMENT ON COLUMN @bi@.dim_customer.identifiers IS 'how many identifiers of any kind are known';

CREATE OR REPLACE VIEW @bi@.dim_date AS
SELECT d.date, extract(year FROM d.date)::bigint AS year, extract(quarter FROM d.date)::bigint AS quarter,
       date_trunc('month', d.date::timestamp)::date AS month, to_char(d.date, 'IYYY-"W"IW') AS iso_week,
       extract(isodow FROM d.date)::bigint AS iso_weekday, extract(isodow FROM d.date) IN (6, 7) AS weekend
FROM (SELECT '1990-01-01'::date + n AS date FROM generate_series(0, '2049-12-31'::date - '1990-01-01'::date) n) d;
COMMENT ON VIEW @bi@.dim_date IS 'days of 1990 to 2049';
COMMENT ON COLUMN @bi@.dim_date.date IS 'key';
COMMENT ON COLUMN @bi@.dim_date.year IS 'year';
COMMENT ON COLUMN @bi@.dim_date.quarter IS 'quarter, 1 to 4';
COMMENT ON COLUMN @bi@.dim_date.month IS 'first day of the month';
COMMENT ON COLUMN @bi@.dim_date.iso_week IS 'ISO 8601 week, e.g. 2026-W07';
COMMENT ON COLUMN @bi@.dim_date.iso_weekday IS '1 is Monday, 7 is Sunday';
COMMENT ON COLUMN @bi@.dim_date.weekend IS 'Saturday or Sunday';

CREATE OR REPLACE VIEW @bi@.fact_order_line AS
SELECT l.order_ref AS order_key, l.line_no::bigint AS line_no,
       coalesce(k.merged_into, o.customer_id)::text AS customer_key,
       l.sku::text AS sku, o.channel_code, coalesce(o.market_code, c.market_code) AS market_code, o.placed_at,
       (o.placed_at AT TIME ZONE coalesce(m.time_zone, 'UTC'))::date AS order_date, coalesce(m.time_zone, 'UTC') AS time_zone,
       omni.label(coalesce(omni.order_state(e.units), e.said)) AS state, l.qty,
       coalesce(omni.quantity_reached(e.units, 'shipped'), CASE WHEN omni.reached(e.said, 'shipped') THEN l.qty WHEN NOT omni.any_reached(e.said, 'shipped') THEN 0 END) AS qty_shipped,
       coalesce(omni.quantity_reached(e.units, 'delivered'), CASE WHEN omni.reached(e.said, 'delivered') THEN l.qty WHEN NOT omni.any_reached(e.said, 'delivered') THEN 0 END) AS qty_delivered,
       coalesce(omni.quantity_reached(e.units, 'canceled'), CASE WHEN omni.reached(e.said, 'canceled') THEN l.qty WHEN NOT omni.any_reached(e.said, 'canceled') THEN 0 END) AS qty_canceled,
       coalesce(omni.quantity_reached(e.units, 'return_received'), CASE WHEN omni.reached(e.said, 'return_received') THEN l.qty WHEN NOT omni.any_reached(e.said, 'return_received') THEN 0 END) AS qty_returned,
       o.currency, l.unit_price, l.qty * l.unit_price AS gross_amount, coalesce(l.discount_amount, 0) AS discount_amount,
       l.qty * l.unit_price - coalesce(l.discount_amount, 0) AS net_amount, coalesce(l.tax_amount, 0) AS tax_amount,
       coalesce(omni.order_state(e.units), e.said)::text AS exact_state
FROM @store@.order_lines l
JOIN @store@.orders o USING (order_ref)
LEFT JOIN @store@.channels c ON c.channel_code = o.channel_code
LEFT JOIN @store@.markets m ON m.market_code = coalesce(o.market_code, c.market_code)
LEFT JOIN @store@.customers k ON k.customer_id = o.customer_id
LEFT JOIN (SELECT v.order_ref, v.line_no, omni.order_line_state(v.qty, v.from_state, v.to_state) FILTER (WHERE v.sound) AS moves
           FROM (SELECT x.*, coalesce(x.qty > 0 AND omni.single_state(x.from_state) AND omni.single_state(x.to_state), false) AS sound FROM @store@.order_line_events x) v
           GROUP BY v.order_ref, v.line_no HAVING bool_and(v.sound)) g
    ON g.order_ref = l.order_ref AND g.line_no = l.line_no
CROSS JOIN LATERAL (SELECT coalesce(l.state, o.state, 'open') AS said,
                           CASE WHEN g.moves IS NOT NULL AND l.qty > 0 THEN omni.order_quantities_try(omni.order_moves_add(g.moves, l.qty, NULL, 'open'::omni.order_state)) END AS units) e;
COMMENT ON VIEW @bi@.fact_order_line IS 'order lines, one row a line; amounts in the currency of the row';
COMMENT ON COLUMN @bi@.fact_order_line.order_key IS 'number of the order';
COMMENT ON COLUMN @bi@.fact_order_line.line_no IS 'number of the line in the order';
COMMENT ON COLUMN @bi@.fact_order_line.customer_key IS 'customer after all merges; NULL if unknown';
COMMENT ON COLUMN @bi@.fact_order_line.sku IS 'product';
COMMENT ON COLUMN @bi@.fact_order_line.channel_code IS 'channel that took the order';
COMMENT ON COLUMN @bi@.fact_order_line.market_code IS 'market';
COMMENT ON COLUMN @bi@.fact_order_line.placed_at IS 'when the order was placed';
COMMENT ON COLUMN @bi@.fact_order_line.order_date IS 'day of the order in the time zone of its market; in UTC where the market is unknown';
COMMENT ON COLUMN @bi@.fact_order_line.time_zone IS 'that time zone';
COMMENT ON COLUMN @bi@.fact_order_line.state IS 'state of the line: label of the states that its units are in, from its events, or as the source says it where events are missing';
COMMENT ON COLUMN @bi@.fact_order_line.qty IS 'units ordered';
COMMENT ON COLUMN @bi@.fact_order_line.qty_shipped IS 'units that have left, or were ready for pickup, or further; NULL where the source tells only that some have';
COMMENT ON COLUMN @bi@.fact_order_line.qty_delivered IS 'units that the customer has got';
COMMENT ON COLUMN @bi@.fact_order_line.qty_canceled IS 'units canceled before they left';
COMMENT ON COLUMN @bi@.fact_order_line.qty_returned IS 'units that came back';
COMMENT ON COLUMN @bi@.fact_order_line.currency IS 'ISO 4217 code of all amounts';
COMMENT ON COLUMN @bi@.fact_order_line.unit_price IS 'price of a unit before discount';
COMMENT ON COLUMN @bi@.fact_order_line.gross_amount IS 'qty * unit_price';
COMMENT ON COLUMN @bi@.fact_order_line.discount_amount IS 'discount on the line';
COMMENT ON COLUMN @bi@.fact_order_line.net_amount IS 'gross_amount - discount_amount';
COMMENT ON COLUMN @bi@.fact_order_line.tax_amount IS 'tax on the line, where not in the price';
COMMENT ON COLUMN @bi@.fact_order_line.exact_state IS 'the same state with its exact ends, as text of omni.order_state';

CREATE OR REPLACE VIEW @bi@.kpi_daily AS
SELECT d.order_date, d.channel_code, d.market_code, d.currency,
       count(*) AS orders, sum(d.order_lines)::bigint AS order_lines, sum(d.units)::bigint AS units,
       sum(d.gross_amount) AS gross_amount, sum(d.discount_amount) AS discount_amount, sum(d.net_amount) AS net_amount, sum(d.tax_amount) AS tax_amount,
       sum(d.canceled_units)::bigint AS canceled_units, sum(d.returned_units)::bigint AS returned_units,
       count(DISTINCT d.customer_key) AS customers,
       round(sum(d.net_amount) / count(*), 4) AS aov
FROM (SELECT f.order_key, f.order_date, f.channel_code, f.market_code, f.currency, f.customer_key, count(*) AS order_lines, sum(f.qty) AS units,
             sum(f.gross_amount) AS gross_amount, sum(f.discount_amount) AS discount_amount, sum(f.net_amount) AS net_amount, sum(f.tax_amount) AS tax_amount,
             sum(f.qty_canceled) AS canceled_units, sum(f.qty_returned) AS returned_units
      FROM @bi@.fact_order_line f GROUP BY f.order_key, f.order_date, f.channel_code, f.market_code, f.currency, f.customer_key) d
GROUP BY d.order_date, d.channel_code, d.market_code, d.currency;
COMMENT ON VIEW @bi@.kpi_daily IS 'key figures by day, channel, market and currency; every figure but customers and aov adds up over rows, so a month is a sum of its days';
COMMENT ON COLUMN @bi@.kpi_daily.order_date IS 'day in the time zone of the market';
COMMENT ON COLUMN @bi@.kpi_daily.channel_code IS 'channel';
COMMENT ON COLUMN @bi@.kpi_daily.market_code IS 'market';
COMMENT ON COLUMN @bi@.kpi_daily.currency IS 'ISO 4217 code of the amounts';
COMMENT ON COLUMN @bi@.kpi_daily.orders IS 'orders placed: denominator of aov';
COMMENT ON COLUMN @bi@.kpi_daily.order_lines IS 'their lines';
COMMENT ON COLUMN @bi@.kpi_daily.units IS 'units ordered';
COMMENT ON COLUMN @bi@.kpi_daily.gross_amount IS 'before discount';
COMMENT ON COLUMN @bi@.kpi_daily.discount_amount IS 'discount';
COMMENT ON COLUMN @bi@.kpi_daily.net_amount IS 'after discount, canceled lines included: numerator of aov';
COMMENT ON COLUMN @bi@.kpi_daily.tax_amount IS 'tax, where not in the price';
COMMENT ON COLUMN @bi@.kpi_daily.canceled_units IS 'units known to be canceled since';
COMMENT ON COLUMN @bi@.kpi_daily.returned_units IS 'units known to have come back since';
COMMENT ON COLUMN @bi@.kpi_daily.customers IS 'distinct customers of the day; does not add up over rows';
COMMENT ON COLUMN @bi@.kpi_daily.aov IS 'average order value: net_amount / orders. Over several rows: sum(net_amount) / sum(orders)';

CREATE OR REPLACE VIEW @bi@.customer_360 AS
SELECT c.customer_key, f.currency, coalesce(f.orders, 0) AS orders, coalesce(f.channels, 0) AS channels, f.channel_codes,
       coalesce(f.units, 0) AS units, f.net_amount, round(f.net_amount / nullif(f.orders, 0), 4) AS aov,
       f.first_order_at, f.last_order_at, coalesce(f.returned_units, 0) AS returned_units, c.emails, c.phones, c.first_seen_at
FROM @bi@.dim_customer c
LEFT JOIN (SELECT l.customer_key, l.currency, count(*) AS orders, count(DISTINCT l.channel_code) AS channels,
                  string_agg(DISTINCT l.channel_code, ', ' ORDER BY l.channel_code) AS channel_codes,
                  sum(l.units)::bigint AS units, sum(l.net_amount) AS net_amount, min(l.placed_at) AS first_order_at, max(l.placed_at) AS last_order_at,
                  sum(l.returned_units)::bigint AS returned_units
           FROM (SELECT x.customer_key, x.currency, x.channel_code, x.order_key, x.placed_at, sum(x.qty) AS units, sum(x.net_amount) AS net_amount, sum(x.qty_returned) AS returned_units
                 FROM @bi@.fact_order_line x WHERE x.customer_key IS NOT NULL GROUP BY x.customer_key, x.currency, x.channel_code, x.order_key, x.placed_at) l
           GROUP BY l.customer_key, l.currency) f USING (customer_key);
COMMENT ON VIEW @bi@.customer_360 IS 'what each customer bought, over all channels: one row a customer and currency; no personal data';
COMMENT ON COLUMN @bi@.customer_360.customer_key IS 'customer after all merges';
COMMENT ON COLUMN @bi@.customer_360.currency IS 'ISO 4217 code of the amounts; NULL without orders';
COMMENT ON COLUMN @bi@.customer_360.orders IS 'orders in all channels: denominator of aov';
COMMENT ON COLUMN @bi@.customer_360.channels IS 'how many channels the customer used';
COMMENT ON COLUMN @bi@.customer_360.channel_codes IS 'which, in alphabetical order';
COMMENT ON COLUMN @bi@.customer_360.units IS 'units ordered';
COMMENT ON COLUMN @bi@.customer_360.net_amount IS 'after discount: numerator of aov';
COMMENT ON COLUMN @bi@.customer_360.aov IS 'average order value: net_amount / orders';
COMMENT ON COLUMN @bi@.customer_360.first_order_at IS 'first order';
COMMENT ON COLUMN @bi@.customer_360.last_order_at IS 'last order';
COMMENT ON COLUMN @bi@.customer_360.returned_units IS 'units known to have come back';
COMMENT ON COLUMN @bi@.customer_360.emails IS 'how many e-mail addresses are known';
COMMENT ON COLUMN @bi@.customer_360.phones IS 'how many phone numbers are known';
COMMENT ON COLUMN @bi@.customer_360.first_seen_at IS 'time of the earliest record';

CREATE OR REPLACE VIEW @bi@.orders_by_state AS
SELECT omni.label(o.state) AS state, o.channel_code, o.market_code, count(*) AS orders, sum(o.order_lines)::bigint AS order_lines, sum(o.units)::bigint AS units,
       min(o.placed_at) AS oldest_placed_at, max(o.placed_at) AS newest_placed_at
FROM (SELECT f.order_key, f.channel_code, f.market_code, omni.order_state_agg(f.exact_state::omni.order_state) AS state, count(*) AS order_lines, sum(f.qty) AS units, min(f.placed_at) AS placed_at
      FROM @bi@.fact_order_line f GROUP BY f.order_key, f.channel_code, f.market_code) o
GROUP BY omni.label(o.state), o.channel_code, o.market_code;
COMMENT ON VIEW @bi@.orders_by_state IS 'how many orders are in which state, by channel and market';
COMMENT ON COLUMN @bi@.orders_by_state.state IS 'state of the order, from the states of all its units';
COMMENT ON COLUMN @bi@.orders_by_state.channel_code IS 'channel';
COMMENT ON COLUMN @bi@.orders_by_state.market_code IS 'market';
COMMENT ON COLUMN @bi@.orders_by_state.orders IS 'orders';
COMMENT ON COLUMN @bi@.orders_by_state.order_lines IS 'their lines';
COMMENT ON COLUMN @bi@.orders_by_state.units IS 'their units';
COMMENT ON COLUMN @bi@.orders_by_state.oldest_placed_at IS 'when the oldest of them was placed';
COMMENT ON COLUMN @bi@.orders_by_state.newest_placed_at IS 'when the newest of them was placed';

CREATE OR REPLACE VIEW @bi@.atp AS
SELECT s.sku::text AS sku, s.location_code, s.on_hand, coalesce(s.reserved, 0) AS reserved, coalesce(s.safety_stock, 0) AS safety_stock, coalesce(s.incoming, 0) AS incoming,
       CASE WHEN NOT coalesce(l.active, true) THEN 0
            WHEN coalesce(s.reserved, 0) >= 0 AND coalesce(s.safety_stock, 0) >= 0 THEN omni.atp(s.on_hand, coalesce(s.reserved, 0), coalesce(s.safety_stock, 0)) END AS atp
FROM @store@.stock s LEFT JOIN @store@.locations l USING (location_code);
COMMENT ON VIEW @bi@.atp IS 'available to promise by SKU and location, as of now';
COMMENT ON COLUMN @bi@.atp.sku IS 'product';
COMMENT ON COLUMN @bi@.atp.location_code IS 'where';
COMMENT ON COLUMN @bi@.atp.on_hand IS 'units that are there';
COMMENT ON COLUMN @bi@.atp.reserved IS 'units promised and still there';
COMMENT ON COLUMN @bi@.atp.safety_stock IS 'units never promised';
COMMENT ON COLUMN @bi@.atp.incoming IS 'units on their way, not counted';
COMMENT ON COLUMN @bi@.atp.atp IS 'units that can be promised now; NULL where the figures of the stock make no sense';
$omni_store$
WHEN 'functions' THEN $omni_store$-- functions.sql: the functions of a store. They take and give text, bigint and jsonb, so that no driver
-- needs to know a type of omni. A variable wins over a column of the same name that a user added.

CREATE OR REPLACE FUNCTION @store@.resolve_sku(raw text, channel text DEFAULT NULL, at timestamptz DEFAULT now())
    RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    code omni.sku := omni.sku_try(raw);
    item omni.gtin;
    sku text;
BEGIN
    -- what the channel itself calls it
    SELECT a.sku::text INTO sku FROM @store@.sku_aliases a
    WHERE a.channel_code = channel AND a.raw = resolve_sku.raw AND a.valid_from <= at
    ORDER BY a.valid_from DESC LIMIT 1;
    IF sku IS NOT NULL THEN
        RETURN sku;
    END IF;
    -- the house SKU, or the channel's qualified one
    SELECT p.sku::text INTO sku FROM @store@.products p WHERE p.sku = code;
    IF FOUND THEN
        RETURN sku;
    END IF;
    IF code IS NOT NULL AND channel ~ '^[a-z0-9-]{1,16}$' AND position('|' IN code::text) = 0 THEN
        SELECT p.sku::text INTO sku FROM @store@.products p WHERE p.sku = omni.sku_try(channel || '|' || code::text);
        IF FOUND THEN
            RETURN sku;
        END IF;
    END IF;
    -- a trade item number that one product has
    item := omni.gtin_try(raw);
    IF item IS NOT NULL THEN
        SELECT min(p.sku::text) INTO sku FROM @store@.products p WHERE p.gtin = item HAVING count(*) = 1;
        RETURN sku;
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION @store@.resolve_sku(text, text, timestamptz) IS 'the SKU that a channel''s code, a house SKU or a GTIN stands for; NULL if it stands for none or for more than one';

/*
 * A pure function of evidence, up to the numbers: records that share an identifier, directly or through
 * others, are a component; a customer belongs to the component of the record that it is known by. The customer
 * whose record is the least keeps its number and is known by the least record of the component from
 * then on, the others point to it. So the result does not depend on the order of arrival or on how often this ran.
 */
CREATE OR REPLACE FUNCTION @store@.rebuild_identities(OUT records bigint, OUT customers bigint, OUT merged bigint)
    RETURNS record LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF EXISTS (SELECT FROM pg_class c WHERE c.oid IN ('@store@.customers'::regclass, '@store@.identities'::regclass) AND c.relkind = 'v') THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = 'the store has adopted its customers or identities: it does not write them',
            HINT = 'Make a store that adopts neither, and load evidence into it.';
    END IF;
    -- one session at a time; writers of evidence go on, the next run sees what they add
    PERFORM pg_advisory_xact_lock(hashtextextended('omni.rebuild_identities @store@', 0));

    -- who belongs together: identifiers and records are the nodes, evidence the edges
    CREATE TEMP TABLE omni_component ON COMMIT DROP AS
    WITH edge AS MATERIALIZED (
        SELECT e.identifier, e.source, e.record_id, e.observed_at, 'i' || e.identifier::text AS a, 'r' || length(e.source) || ':' || e.source || e.record_id AS b FROM @store@.evidence e)
    SELECT e.identifier, e.source, e.record_id, e.observed_at, n.component
    FROM edge e JOIN (SELECT c.node, c.component FROM (SELECT omni.disjoint_set_agg(x.a, x.b) AS sets FROM edge x) s,
                             omni.connected_components(s.sets, NULL::text) c) n ON n.node = e.a;
    CREATE TEMP TABLE omni_record ON COMMIT DROP AS
    SELECT source, record_id, component, min(observed_at) AS observed_at FROM pg_temp.omni_component GROUP BY source, record_id, component;
    ANALYZE pg_temp.omni_component;
    ANALYZE pg_temp.omni_record;

    -- a customer whose record was taken out is known by the least one that is left of its identifiers
    UPDATE @store@.customers c SET source = l.source, record_id = l.record_id
    FROM (SELECT DISTINCT ON (i.customer_id) i.customer_id, o.source, o.record_id FROM @store@.identities i
          JOIN pg_temp.omni_component o ON o.identifier = i.identifier
          WHERE EXISTS (SELECT FROM @store@.customers g WHERE g.customer_id = i.customer_id
                        AND NOT EXISTS (SELECT FROM pg_temp.omni_record r WHERE r.source = g.source AND r.record_id = g.record_id))
          ORDER BY i.customer_id, o.observed_at, o.source COLLATE "C", o.record_id COLLATE "C") l
    WHERE l.customer_id = c.customer_id;

    CREATE TEMP TABLE omni_person ON COMMIT DROP AS
    SELECT a.component, a.observed_at, a.source, a.record_id, k.customer_id, k.customer_id IS NULL AS is_new
    FROM (SELECT DISTINCT ON (r.component) r.* FROM pg_temp.omni_record r
          ORDER BY r.component, r.observed_at, r.source COLLATE "C", r.record_id COLLATE "C") a
    LEFT JOIN (SELECT DISTINCT ON (r.component) r.component, c.customer_id
               FROM pg_temp.omni_record r JOIN @store@.customers c ON c.source = r.source AND c.record_id = r.record_id
               ORDER BY r.component, r.observed_at, r.source COLLATE "C", r.record_id COLLATE "C", c.customer_id) k ON k.component = a.component;
    ANALYZE pg_temp.omni_person;

    -- those that turn out to be somebody else, or not to be after all
    UPDATE @store@.customers c SET merged_into = nullif(p.customer_id, c.customer_id)
    FROM pg_temp.omni_record r JOIN pg_temp.omni_person p ON p.component = r.component
    WHERE r.source = c.source AND r.record_id = c.record_id AND c.merged_into IS DISTINCT FROM nullif(p.customer_id, c.customer_id);
    GET DIAGNOSTICS merged = ROW_COUNT;

    UPDATE @store@.customers c SET first_seen_at = p.observed_at, source = p.source, record_id = p.record_id
    FROM pg_temp.omni_person p
    WHERE p.customer_id = c.customer_id AND (c.first_seen_at, c.source, c.record_id) IS DISTINCT FROM (p.observed_at, p.source, p.record_id);

    -- new customers are numbered by their first record
    UPDATE pg_temp.omni_person p SET customer_id = n.customer_id
    FROM (SELECT f.component, nextval(pg_get_serial_sequence('@store@.customers', 'customer_id')) AS customer_id
          FROM (SELECT x.component FROM pg_temp.omni_person x WHERE x.is_new ORDER BY x.observed_at, x.source COLLATE "C", x.record_id COLLATE "C") f) n
    WHERE n.component = p.component;
    INSERT INTO @store@.customers (customer_id, source, record_id, first_seen_at)
    SELECT p.customer_id, p.source, p.record_id, p.observed_at FROM pg_temp.omni_person p WHERE p.is_new;

    -- customers without evidence that pointed to one of those; each round halves what is left of a chain
    FOR round IN 1 .. 32 LOOP
        UPDATE @store@.customers c SET merged_into = m.merged_into FROM @store@.customers m
        WHERE c.merged_into = m.customer_id AND m.merged_into IS NOT NULL AND m.merged_into <> c.customer_id;
        EXIT WHEN NOT FOUND;
    END LOOP;

    INSERT INTO @store@.identities AS i (identifier, customer_id, first_seen_at, last_seen_at)
    SELECT o.identifier, min(p.customer_id), min(o.observed_at), max(o.observed_at)
    FROM pg_temp.omni_component o JOIN pg_temp.omni_person p ON p.component = o.component GROUP BY o.identifier
    ON CONFLICT (identifier) DO UPDATE SET customer_id = excluded.customer_id, first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at
    WHERE (i.customer_id, i.first_seen_at, i.last_seen_at) IS DISTINCT FROM (excluded.customer_id, excluded.first_seen_at, excluded.last_seen_at);
    DELETE FROM @store@.identities i WHERE NOT EXISTS (SELECT FROM pg_temp.omni_component o WHERE o.identifier = i.identifier);

    -- an order's own record: source = its channel, record = its number
    IF (SELECT c.relkind <> 'v' FROM pg_class c WHERE c.oid = '@store@.orders'::regclass) THEN
        UPDATE @store@.orders o SET customer_id = p.customer_id
        FROM pg_temp.omni_record r JOIN pg_temp.omni_person p ON p.component = r.component
        WHERE o.customer_id IS NULL AND r.source = o.channel_code AND r.record_id = o.order_ref;
    END IF;

    SELECT count(*), count(DISTINCT o.component) INTO records, customers FROM pg_temp.omni_record o;
    DROP TABLE pg_temp.omni_component, pg_temp.omni_record, pg_temp.omni_person;
END $$;
COMMENT ON FUNCTION @store@.rebuild_identities() IS 'unify customers from all evidence: records that share an identifier, directly or through others, are one customer. The same for any order of arrival; ids stay, a merged customer points to the one it was found to be. records and customers are totals, merged is how many customers this run redirected';
$omni_store$
WHEN 'pii' THEN $omni_store$-- pii.sql: views with raw identifiers, for the few who may; granted to nobody

CREATE OR REPLACE VIEW @pii@.customer_identifier AS
SELECT coalesce(c.merged_into, c.customer_id)::text AS customer_key, omni.identifier_kind(i.identifier) AS kind, omni.identifier_value(i.identifier) AS value, i.first_seen_at, i.last_seen_at
FROM @store@.identities i JOIN @store@.customers c USING (customer_id);
COMMENT ON VIEW @pii@.customer_identifier IS 'every identifier of every customer, as it is: personal data';
COMMENT ON COLUMN @pii@.customer_identifier.customer_key IS 'customer after all merges, as in the BI views';
COMMENT ON COLUMN @pii@.customer_identifier.kind IS 'email, phone or another kind';
COMMENT ON COLUMN @pii@.customer_identifier.value IS 'the identifier, raw';
COMMENT ON COLUMN @pii@.customer_identifier.first_seen_at IS 'time of the earliest record with it';
COMMENT ON COLUMN @pii@.customer_identifier.last_seen_at IS 'time of the latest record with it';
$omni_store$
END;
COMMENT ON FUNCTION omni.store_source(text) IS 'one of the SQL files that a store is made of; @store@, @bi@ and @pii@ stand for its schemas';
COMMENT ON FUNCTION omni.library_version() IS 'version of the loaded omni library';
COMMENT ON FUNCTION omni.canon_version() IS 'version of the canonicalisation rules: equal versions give equal bytes to equal input';
COMMENT ON FUNCTION omni.icu_version() IS 'version of the ICU library in use; canonical forms do not depend on it';
COMMENT ON FUNCTION omni.text_operand_eq_support(internal) IS 'planner support: T = text becomes T = text::T';
COMMENT ON FUNCTION omni.text_operand_ne_support(internal) IS 'planner support: T <> text becomes T <> text::T';
COMMENT ON FUNCTION omni.text_operand_lt_support(internal) IS 'planner support: T < text becomes T < text::T';
COMMENT ON FUNCTION omni.text_operand_le_support(internal) IS 'planner support: T <= text becomes T <= text::T';
COMMENT ON FUNCTION omni.text_operand_gt_support(internal) IS 'planner support: T > text becomes T > text::T';
COMMENT ON FUNCTION omni.text_operand_ge_support(internal) IS 'planner support: T >= text becomes T >= text::T';
COMMENT ON FUNCTION omni.nfc(text) IS 'Normalization Form C of Unicode 15.0';
COMMENT ON FUNCTION omni.nfkc(text) IS 'Normalization Form KC of Unicode 15.0: compatibility characters such as full-width letters unified';
COMMENT ON FUNCTION omni.nfkc_casefold(text) IS 'NFKC with case folded and invisible characters removed (Unicode 15.0): equal results mean the same text whatever its case';
COMMENT ON FUNCTION omni.name_key(text) IS 'match key of a person''s name: case folded, accents off, punctuation dropped, single spaces';
COMMENT ON FUNCTION omni.domain_to_ascii(text) IS 'domain name as DNS knows it: UTS #46 of Unicode 15.0, lower case, A-labels, no trailing dot';
COMMENT ON FUNCTION omni.text_problem(text) IS 'why nfc, nfkc, nfkc_casefold and name_key refuse this text: encoding, unassigned, or NULL';
COMMENT ON FUNCTION omni.domain_problem(text) IS 'the rule by which domain_to_ascii refuses this name, as a code, or NULL';
COMMENT ON FUNCTION omni.canon_digest() IS 'SHA-256 over the canonical forms of every code point: equal on every build with the same canon_version()';
COMMENT ON TYPE omni.gtin IS 'GS1 Global Trade Item Number: 8, 12, 13 or 14 digits with their check digit';
COMMENT ON FUNCTION omni.gtin_in(cstring) IS 'input of gtin';
COMMENT ON FUNCTION omni.gtin_out(omni.gtin) IS 'output of gtin: always 14 digits';
COMMENT ON FUNCTION omni.gtin_recv(internal) IS 'binary input of gtin';
COMMENT ON FUNCTION omni.gtin_send(omni.gtin) IS 'binary output of gtin';
COMMENT ON FUNCTION omni.gtin(text) IS 'the GTIN that these 8, 12, 13 or 14 digits are';
COMMENT ON FUNCTION omni.text(omni.gtin) IS 'the 14 digits of a GTIN';
COMMENT ON FUNCTION omni.gtin(bigint) IS 'the GTIN whose digits are this number, leading zeros added';
COMMENT ON FUNCTION omni.int8(omni.gtin) IS 'the 14 digits of a GTIN as a number';
COMMENT ON CAST (text AS omni.gtin) IS 'digits to GTIN';
COMMENT ON CAST (varchar AS omni.gtin) IS 'digits to GTIN';
COMMENT ON CAST (omni.gtin AS text) IS 'GTIN to its 14 digits';
COMMENT ON CAST (bigint AS omni.gtin) IS 'number to GTIN';
COMMENT ON CAST (omni.gtin AS bigint) IS 'GTIN to the number of its 14 digits';
COMMENT ON FUNCTION omni.gtin_try(text) IS 'the GTIN that a text is, or NULL where it is none';
COMMENT ON FUNCTION omni.gtin_problem(text) IS 'why a text is no GTIN: empty, characters, scientific, decimal, length, check_digit, upc_e; or NULL';
COMMENT ON FUNCTION omni.gtin_eq(omni.gtin, omni.gtin) IS 'gtin = gtin';
COMMENT ON FUNCTION omni.gtin_ne(omni.gtin, omni.gtin) IS 'gtin <> gtin';
COMMENT ON FUNCTION omni.gtin_lt(omni.gtin, omni.gtin) IS 'gtin < gtin';
COMMENT ON FUNCTION omni.gtin_le(omni.gtin, omni.gtin) IS 'gtin <= gtin';
COMMENT ON FUNCTION omni.gtin_gt(omni.gtin, omni.gtin) IS 'gtin > gtin';
COMMENT ON FUNCTION omni.gtin_ge(omni.gtin, omni.gtin) IS 'gtin >= gtin';
COMMENT ON FUNCTION omni.gtin_cmp(omni.gtin, omni.gtin) IS 'btree comparison of gtin';
COMMENT ON FUNCTION omni.gtin_sortsupport(internal) IS 'sort support of gtin';
COMMENT ON FUNCTION omni.gtin_skipsupport(internal) IS 'skip support of gtin, used from PostgreSQL 18 on';
COMMENT ON FUNCTION omni.gtin_hash(omni.gtin) IS 'hash of gtin';
COMMENT ON FUNCTION omni.gtin_hash_extended(omni.gtin, bigint) IS '64-bit hash of gtin with a seed';
COMMENT ON FUNCTION omni.gtin_larger(omni.gtin, omni.gtin) IS 'the greater of two GTINs';
COMMENT ON FUNCTION omni.gtin_smaller(omni.gtin, omni.gtin) IS 'the lesser of two GTINs';
COMMENT ON OPERATOR pg_catalog.= (omni.gtin, omni.gtin) IS 'equal';
COMMENT ON OPERATOR pg_catalog.<> (omni.gtin, omni.gtin) IS 'not equal';
COMMENT ON OPERATOR pg_catalog.< (omni.gtin, omni.gtin) IS 'less';
COMMENT ON OPERATOR pg_catalog.<= (omni.gtin, omni.gtin) IS 'less or equal';
COMMENT ON OPERATOR pg_catalog.> (omni.gtin, omni.gtin) IS 'greater';
COMMENT ON OPERATOR pg_catalog.>= (omni.gtin, omni.gtin) IS 'greater or equal';
COMMENT ON OPERATOR FAMILY omni.gtin_ops USING btree IS 'order of gtin: company prefix, item, pack level';
COMMENT ON OPERATOR CLASS omni.gtin_ops USING btree IS 'order of gtin: company prefix, item, pack level';
COMMENT ON OPERATOR FAMILY omni.gtin_ops USING hash IS 'equality of gtin';
COMMENT ON OPERATOR CLASS omni.gtin_ops USING hash IS 'equality of gtin';
COMMENT ON OPERATOR FAMILY omni.gtin_minmax_ops USING brin IS 'least and greatest gtin of a block range';
COMMENT ON OPERATOR CLASS omni.gtin_minmax_ops USING brin IS 'least and greatest gtin of a block range';
COMMENT ON AGGREGATE omni.min(omni.gtin) IS 'least GTIN';
COMMENT ON AGGREGATE omni.max(omni.gtin) IS 'greatest GTIN';
COMMENT ON FUNCTION omni.gtin_eq(omni.gtin, text) IS 'gtin = text::gtin';
COMMENT ON FUNCTION omni.gtin_ne(omni.gtin, text) IS 'gtin <> text::gtin';
COMMENT ON FUNCTION omni.gtin_lt(omni.gtin, text) IS 'gtin < text::gtin';
COMMENT ON FUNCTION omni.gtin_le(omni.gtin, text) IS 'gtin <= text::gtin';
COMMENT ON FUNCTION omni.gtin_gt(omni.gtin, text) IS 'gtin > text::gtin';
COMMENT ON FUNCTION omni.gtin_ge(omni.gtin, text) IS 'gtin >= text::gtin';
COMMENT ON OPERATOR pg_catalog.= (omni.gtin, text) IS 'equal, the text taken as a gtin';
COMMENT ON OPERATOR pg_catalog.<> (omni.gtin, text) IS 'not equal, the text taken as a gtin';
COMMENT ON OPERATOR pg_catalog.< (omni.gtin, text) IS 'less, the text taken as a gtin';
COMMENT ON OPERATOR pg_catalog.<= (omni.gtin, text) IS 'less or equal, the text taken as a gtin';
COMMENT ON OPERATOR pg_catalog.> (omni.gtin, text) IS 'greater, the text taken as a gtin';
COMMENT ON OPERATOR pg_catalog.>= (omni.gtin, text) IS 'greater or equal, the text taken as a gtin';
COMMENT ON FUNCTION omni.gtin_range_support(internal) IS 'planner support: a prefix or an item is one range of an index';
COMMENT ON FUNCTION omni.gtin_range_sel(internal, oid, internal, integer) IS 'share of rows that a prefix or an item selects';
COMMENT ON FUNCTION omni.gtin_starts_with(omni.gtin, text) IS 'do the digits after the indicator begin with these (at most 12)?';
COMMENT ON FUNCTION omni.gtin_prefix_first(text) IS 'the least GTIN with this prefix';
COMMENT ON FUNCTION omni.gtin_prefix_last(text) IS 'the greatest GTIN with this prefix';
COMMENT ON FUNCTION omni.same_item(omni.gtin, omni.gtin) IS 'are these packs of one item, that is equal but for indicator and check digit?';
COMMENT ON OPERATOR omni.^@ (omni.gtin, text) IS 'begins with these digits, the indicator left out';
COMMENT ON OPERATOR omni.=~ (omni.gtin, omni.gtin) IS 'a pack of the same item';
COMMENT ON FUNCTION omni.gtin_format(omni.gtin, integer) IS 'a GTIN in 8, 12, 13 or 14 digits; an error where it has more';
COMMENT ON FUNCTION omni.gtin_indicator(omni.gtin) IS 'pack level: 0 the item, 1 to 8 its packs, 9 variable measure';
COMMENT ON FUNCTION omni.gtin_base(omni.gtin) IS 'the same item with indicator 0';
COMMENT ON FUNCTION omni.gtin_pack(omni.gtin, integer) IS 'the same item with this indicator';
COMMENT ON FUNCTION omni.gtin_class(omni.gtin) IS 'what the number is for by its GS1 prefix: trade_item, restricted, coupon, refund_receipt, isbn, issn, ismn, variable_measure, example';
COMMENT ON FUNCTION omni.gtin_from_upce(text) IS 'the GTIN of a UPC-E, 8 digits';
COMMENT ON FUNCTION omni.gtin_repair(text) IS 'what a damaged value may have been: lost leading zeros, a number as spreadsheets write it, UPC-E, ISBN-10, ISSN, ISMN';
COMMENT ON FUNCTION omni.gs1_elements(text) IS 'the elements of bracketed, FNC1 or Digital Link data, each checked';
COMMENT ON FUNCTION omni.gs1_value(text, text) IS 'value of an AI in GS1 data, or NULL where it has none';
COMMENT ON FUNCTION omni.gs1_gtin(text) IS 'the GTIN that GS1 data identifies, AI (01) or (8006), or NULL where it has none';
COMMENT ON FUNCTION omni.gs1_problem(text) IS 'why gs1_elements would refuse GS1 data, or NULL where it would not';
COMMENT ON FUNCTION omni.gs1_check(text) IS 'what is wrong with GS1 data as a whole: unreadable, or AIs that do not belong together';
COMMENT ON FUNCTION omni.gs1_lint(text, text) IS 'what one linter of the GS1 Barcode Syntax Dictionary finds in a value and where, or NULL where nothing is wrong';
COMMENT ON FUNCTION omni.gs1_bracketed(text) IS 'GS1 data in the form with brackets: (01)09506000134352(10)ABC';
COMMENT ON FUNCTION omni.gs1_fnc1(text, text) IS 'GS1 data as a symbol carries it, FNC1 written as ^ or as chr(29)';
COMMENT ON FUNCTION omni.gs1_digital_link(text, text) IS 'GS1 data as a GS1 Digital Link';
COMMENT ON FUNCTION omni.gs1_title(text) IS 'data title of a GS1 Application Identifier, or NULL where it is not known';
COMMENT ON FUNCTION omni.sgtin96_decode(bytea) IS 'GTIN, length of its company prefix, filter and serial of an SGTIN-96';
COMMENT ON FUNCTION omni.sgtin96_encode(omni.gtin, integer, integer, bigint) IS 'the SGTIN-96 of an item: GTIN, length of its company prefix (6 to 12), filter, serial';
COMMENT ON FUNCTION omni.sku_in(cstring, oid, integer) IS 'text to sku';
COMMENT ON FUNCTION omni.sku_out(omni.sku) IS 'sku to text';
COMMENT ON FUNCTION omni.sku_recv(internal, oid, integer) IS 'binary form to sku';
COMMENT ON FUNCTION omni.sku_send(omni.sku) IS 'sku to its binary form';
COMMENT ON FUNCTION omni.sku_typmod_in(cstring[]) IS 'the limit n of sku(n)';
COMMENT ON FUNCTION omni.sku_typmod_out(integer) IS 'how the limit of sku(n) is shown';
COMMENT ON TYPE omni.sku IS 'stock keeping unit: [channel|]CODE in canonical form, 1 to 255 ASCII bytes';
COMMENT ON FUNCTION omni.sku_limit_support(internal) IS 'planner support: no call where the limit of sku(n) only grows';
COMMENT ON FUNCTION omni.sku(omni.sku, integer, boolean) IS 'length cast to sku(n): an error if the SKU is longer, never a shorter SKU';
COMMENT ON CAST (omni.sku AS omni.sku) IS 'checks the limit of sku(n)';
COMMENT ON FUNCTION omni.sku(text) IS 'the SKU of a text; an error with detail and hint if it is none';
COMMENT ON CAST (text AS omni.sku) IS 'canonical form, or an error';
COMMENT ON CAST (varchar AS omni.sku) IS 'canonical form, or an error';
COMMENT ON FUNCTION omni.sku(character) IS 'the SKU of a padded text; an error with detail and hint if it is none';
COMMENT ON CAST (character AS omni.sku) IS 'canonical form, or an error';
COMMENT ON FUNCTION omni.text(omni.sku) IS 'the canonical text of an SKU';
COMMENT ON CAST (omni.sku AS text) IS 'canonical text';
COMMENT ON FUNCTION omni.sku(channel text, code text) IS 'the SKU channel|CODE';
COMMENT ON FUNCTION omni.sku_try(text) IS 'the SKU of a text, or NULL where sku(text) is an error';
COMMENT ON FUNCTION omni.sku_problem(text) IS 'why a text is no SKU: a reason code; NULL exactly where sku_try has a value';
COMMENT ON FUNCTION omni.sku_warning(text) IS 'why a text that is an SKU may be damaged all the same: a reason code, or NULL';
COMMENT ON FUNCTION omni.sku_check(text) IS 'all there is to say of a text in one row: its SKU, the problem or warning, detail and hint; never an error';
COMMENT ON FUNCTION omni.sku_rule_version() IS 'version of the canonical form of sku';
COMMENT ON FUNCTION omni.sku_eq(omni.sku, omni.sku) IS 'equal: identical canonical bytes';
COMMENT ON FUNCTION omni.sku_ne(omni.sku, omni.sku) IS 'not equal';
COMMENT ON FUNCTION omni.sku_lt(omni.sku, omni.sku) IS 'less, by canonical bytes';
COMMENT ON FUNCTION omni.sku_le(omni.sku, omni.sku) IS 'less or equal, by canonical bytes';
COMMENT ON FUNCTION omni.sku_gt(omni.sku, omni.sku) IS 'greater, by canonical bytes';
COMMENT ON FUNCTION omni.sku_ge(omni.sku, omni.sku) IS 'greater or equal, by canonical bytes';
COMMENT ON OPERATOR pg_catalog.= (omni.sku, omni.sku) IS 'equal: identical canonical bytes';
COMMENT ON OPERATOR pg_catalog.<> (omni.sku, omni.sku) IS 'not equal';
COMMENT ON OPERATOR pg_catalog.< (omni.sku, omni.sku) IS 'less, by canonical bytes';
COMMENT ON OPERATOR pg_catalog.<= (omni.sku, omni.sku) IS 'less or equal, by canonical bytes';
COMMENT ON OPERATOR pg_catalog.> (omni.sku, omni.sku) IS 'greater, by canonical bytes';
COMMENT ON OPERATOR pg_catalog.>= (omni.sku, omni.sku) IS 'greater or equal, by canonical bytes';
COMMENT ON FUNCTION omni.sku_eq(omni.sku, text) IS 'equal: identical canonical bytes; the text is read as an SKU';
COMMENT ON FUNCTION omni.sku_ne(omni.sku, text) IS 'not equal; the text is read as an SKU';
COMMENT ON FUNCTION omni.sku_lt(omni.sku, text) IS 'less, by canonical bytes; the text is read as an SKU';
COMMENT ON FUNCTION omni.sku_le(omni.sku, text) IS 'less or equal, by canonical bytes; the text is read as an SKU';
COMMENT ON FUNCTION omni.sku_gt(omni.sku, text) IS 'greater, by canonical bytes; the text is read as an SKU';
COMMENT ON FUNCTION omni.sku_ge(omni.sku, text) IS 'greater or equal, by canonical bytes; the text is read as an SKU';
COMMENT ON OPERATOR pg_catalog.= (omni.sku, text) IS 'equal: identical canonical bytes; the text is read as an SKU';
COMMENT ON OPERATOR pg_catalog.<> (omni.sku, text) IS 'not equal; the text is read as an SKU';
COMMENT ON OPERATOR pg_catalog.< (omni.sku, text) IS 'less, by canonical bytes; the text is read as an SKU';
COMMENT ON OPERATOR pg_catalog.<= (omni.sku, text) IS 'less or equal, by canonical bytes; the text is read as an SKU';
COMMENT ON OPERATOR pg_catalog.> (omni.sku, text) IS 'greater, by canonical bytes; the text is read as an SKU';
COMMENT ON OPERATOR pg_catalog.>= (omni.sku, text) IS 'greater or equal, by canonical bytes; the text is read as an SKU';
COMMENT ON FUNCTION omni.sku_cmp(omni.sku, omni.sku) IS 'btree comparison';
COMMENT ON FUNCTION omni.sku_sortsupport(internal) IS 'btree sort support with abbreviated keys';
COMMENT ON FUNCTION omni.sku_hash(omni.sku) IS 'hash';
COMMENT ON FUNCTION omni.sku_hash_extended(omni.sku, bigint) IS 'hash with a seed';
COMMENT ON OPERATOR FAMILY omni.sku_ops USING btree IS 'order of canonical bytes';
COMMENT ON OPERATOR CLASS omni.sku_ops USING btree IS 'order of canonical bytes';
COMMENT ON OPERATOR FAMILY omni.sku_ops USING hash IS 'hash of canonical bytes';
COMMENT ON OPERATOR CLASS omni.sku_ops USING hash IS 'hash of canonical bytes';
COMMENT ON FUNCTION omni.sku_larger(omni.sku, omni.sku) IS 'the greater of two SKUs';
COMMENT ON AGGREGATE omni.max(omni.sku) IS 'greatest SKU';
COMMENT ON FUNCTION omni.sku_smaller(omni.sku, omni.sku) IS 'the lesser of two SKUs';
COMMENT ON AGGREGATE omni.min(omni.sku) IS 'least SKU';
COMMENT ON FUNCTION omni.sku_prefix_support(internal) IS 'planner support: a prefix is an index range';
COMMENT ON FUNCTION omni.sku_is_variant_support(internal) IS 'planner support: the variants of a style are an index range';
COMMENT ON FUNCTION omni.sku_has_variant_support(internal) IS 'planner support: the variants of a style are an index range';
COMMENT ON FUNCTION omni.sku_prefix_sel(internal, oid, internal, integer) IS 'selectivity of a prefix';
COMMENT ON FUNCTION omni.sku_is_variant_sel(internal, oid, internal, integer) IS 'selectivity of being a variant';
COMMENT ON FUNCTION omni.sku_has_variant_sel(internal, oid, internal, integer) IS 'selectivity of having a variant';
COMMENT ON FUNCTION omni.sku_prefix_first(text) IS 'a lower bound of all SKUs with a prefix; NULL if there is none';
COMMENT ON FUNCTION omni.sku_prefix_last(text) IS 'an upper bound of all SKUs with a prefix; NULL if there is none';
COMMENT ON FUNCTION omni.sku_variant_last(omni.sku) IS 'an upper bound of all variants of a style';
COMMENT ON FUNCTION omni.sku_ancestors(omni.sku) IS 'every SKU that this one is a variant of, itself last';
COMMENT ON FUNCTION omni.sku_starts_with(omni.sku, text) IS 'does the SKU begin with this text, in canonical form?';
COMMENT ON FUNCTION omni.sku_is_variant(sku omni.sku, style omni.sku) IS 'is the SKU the style itself, or the style, a separator and more?';
COMMENT ON FUNCTION omni.sku_has_variant(style omni.sku, sku omni.sku) IS 'is the second SKU a variant of the first?';
COMMENT ON OPERATOR omni.^@ (omni.sku, text) IS 'begins with';
COMMENT ON OPERATOR omni.<@ (omni.sku, omni.sku) IS 'is a variant of';
COMMENT ON OPERATOR omni.@> (omni.sku, omni.sku) IS 'has as a variant';
COMMENT ON FUNCTION omni.sku_channel(omni.sku) IS 'the channel of an SKU, NULL for a house SKU';
COMMENT ON FUNCTION omni.sku_code(omni.sku) IS 'an SKU without its channel';
COMMENT ON FUNCTION omni.sku_segments(omni.sku) IS 'the segments of the code: STYLE, COLOR, SIZE';
COMMENT ON FUNCTION omni.sku_style(omni.sku, segments integer) IS 'the SKU up to its n-th segment; NULL where that is no SKU';
COMMENT ON FUNCTION omni.sku_variant(style omni.sku, VARIADIC text[]) IS 'a style with more segments, joined by hyphens';
COMMENT ON FUNCTION omni.sku_natural_key(omni.sku) IS 'sort key with numbers in order: A2 before A10';
COMMENT ON FUNCTION omni.sku_fits(omni.sku, platform text) IS 'would the platform take the code? by its length and characters';
COMMENT ON TYPE omni.email IS 'e-mail address in canonical form';
COMMENT ON FUNCTION omni.email_in(cstring) IS 'input';
COMMENT ON FUNCTION omni.email_out(omni.email) IS 'output';
COMMENT ON FUNCTION omni.email_recv(internal) IS 'binary input';
COMMENT ON FUNCTION omni.email_send(omni.email) IS 'binary output';
COMMENT ON FUNCTION omni.email(text) IS 'the address in canonical form; an error where the text is none';
COMMENT ON FUNCTION omni.text(omni.email) IS 'the canonical form as text';
COMMENT ON CAST (text AS omni.email) IS 'parse and canonicalize';
COMMENT ON CAST (varchar AS omni.email) IS 'parse and canonicalize, for drivers that bind strings as varchar';
COMMENT ON CAST (omni.email AS text) IS 'the canonical form';
COMMENT ON FUNCTION omni.email_try(text) IS 'the address in canonical form, or NULL where the text is none';
COMMENT ON FUNCTION omni.email_problem(text) IS 'code of the reason why the text is no e-mail address, NULL where it is one';
COMMENT ON FUNCTION omni.email_local(omni.email) IS 'what stands before the @';
COMMENT ON FUNCTION omni.email_domain(omni.email) IS 'domain in lower-case A-labels';
COMMENT ON FUNCTION omni.email_eq(omni.email, omni.email) IS 'implementation of = operator';
COMMENT ON FUNCTION omni.email_ne(omni.email, omni.email) IS 'implementation of <> operator';
COMMENT ON FUNCTION omni.email_lt(omni.email, omni.email) IS 'implementation of < operator';
COMMENT ON FUNCTION omni.email_le(omni.email, omni.email) IS 'implementation of <= operator';
COMMENT ON FUNCTION omni.email_gt(omni.email, omni.email) IS 'implementation of > operator';
COMMENT ON FUNCTION omni.email_ge(omni.email, omni.email) IS 'implementation of >= operator';
COMMENT ON FUNCTION omni.email_cmp(omni.email, omni.email) IS 'less-equal-greater by bytes';
COMMENT ON FUNCTION omni.email_sortsupport(internal) IS 'sort support: abbreviated keys';
COMMENT ON FUNCTION omni.email_hash(omni.email) IS 'hash';
COMMENT ON FUNCTION omni.email_hash_extended(omni.email, bigint) IS 'hash with a seed';
COMMENT ON FUNCTION omni.email_larger(omni.email, omni.email) IS 'larger of two';
COMMENT ON FUNCTION omni.email_smaller(omni.email, omni.email) IS 'smaller of two';
COMMENT ON OPERATOR pg_catalog.= (omni.email, omni.email) IS 'equal';
COMMENT ON OPERATOR pg_catalog.<> (omni.email, omni.email) IS 'not equal';
COMMENT ON OPERATOR pg_catalog.< (omni.email, omni.email) IS 'less than';
COMMENT ON OPERATOR pg_catalog.<= (omni.email, omni.email) IS 'less than or equal';
COMMENT ON OPERATOR pg_catalog.> (omni.email, omni.email) IS 'greater than';
COMMENT ON OPERATOR pg_catalog.>= (omni.email, omni.email) IS 'greater than or equal';
COMMENT ON FUNCTION omni.email_eq(omni.email, text) IS 'implementation of = operator with a string';
COMMENT ON FUNCTION omni.email_ne(omni.email, text) IS 'implementation of <> operator with a string';
COMMENT ON FUNCTION omni.email_lt(omni.email, text) IS 'implementation of < operator with a string';
COMMENT ON FUNCTION omni.email_le(omni.email, text) IS 'implementation of <= operator with a string';
COMMENT ON FUNCTION omni.email_gt(omni.email, text) IS 'implementation of > operator with a string';
COMMENT ON FUNCTION omni.email_ge(omni.email, text) IS 'implementation of >= operator with a string';
COMMENT ON OPERATOR pg_catalog.= (omni.email, text) IS 'equal address given as a string';
COMMENT ON OPERATOR pg_catalog.<> (omni.email, text) IS 'not equal address given as a string';
COMMENT ON OPERATOR pg_catalog.< (omni.email, text) IS 'less than address given as a string';
COMMENT ON OPERATOR pg_catalog.<= (omni.email, text) IS 'less than or equal address given as a string';
COMMENT ON OPERATOR pg_catalog.> (omni.email, text) IS 'greater than address given as a string';
COMMENT ON OPERATOR pg_catalog.>= (omni.email, text) IS 'greater than or equal address given as a string';
COMMENT ON OPERATOR FAMILY omni.email_ops USING btree IS 'order of email by canonical bytes';
COMMENT ON OPERATOR CLASS omni.email_ops USING btree IS 'order of email by canonical bytes';
COMMENT ON OPERATOR FAMILY omni.email_ops USING hash IS 'equality of email';
COMMENT ON OPERATOR CLASS omni.email_ops USING hash IS 'equality of email';
COMMENT ON AGGREGATE omni.max(omni.email) IS 'largest address by bytes';
COMMENT ON AGGREGATE omni.min(omni.email) IS 'smallest address by bytes';
COMMENT ON TYPE omni.phone IS 'telephone number by E.164, without extension';
COMMENT ON FUNCTION omni.phone_in(cstring) IS 'input of phone: + and country calling code required';
COMMENT ON FUNCTION omni.phone_out(omni.phone) IS 'output of phone: + and digits';
COMMENT ON FUNCTION omni.phone_recv(internal) IS 'binary input of phone, fully checked';
COMMENT ON FUNCTION omni.phone_send(omni.phone) IS 'binary output of phone';
COMMENT ON FUNCTION omni.phone(text) IS 'international number (+...) as phone';
COMMENT ON FUNCTION omni.phone(text, text) IS 'number as dialed in a region (ISO 3166: DE, US, ...); the region does not matter to a number with +, and may be NULL for it';
COMMENT ON FUNCTION omni.phone_try(text) IS 'phone(text), or NULL where that would raise';
COMMENT ON FUNCTION omni.phone_try(text, text) IS 'phone(text, region), or NULL where that would raise';
COMMENT ON FUNCTION omni.phone_problem(text) IS 'why phone(text) would raise (a reason code), or NULL';
COMMENT ON FUNCTION omni.phone_problem(text, text) IS 'why phone(text, region) would raise (a reason code), or NULL';
COMMENT ON FUNCTION omni.phone_from_vanity(text, text) IS 'phone(text, region) with letters read as the digits of a keypad (E.161)';
COMMENT ON FUNCTION omni.phone_split_extension(text) IS 'a written number and its extension (ext. 12, x12, #12, ;ext=12, ...) apart; extension is NULL where there is none';
COMMENT ON FUNCTION omni.text(omni.phone) IS '+ and digits';
COMMENT ON CAST (text AS omni.phone) IS 'international number as phone';
COMMENT ON CAST (varchar AS omni.phone) IS 'international number as phone, for drivers that bind strings as varchar';
COMMENT ON CAST (omni.phone AS text) IS '+ and digits';
COMMENT ON FUNCTION omni.phone_country_code(omni.phone) IS 'country calling code';
COMMENT ON FUNCTION omni.phone_national(omni.phone) IS 'digits after the country calling code';
COMMENT ON FUNCTION omni.phone_region(omni.phone) IS 'region (ISO 3166) that has the number, 001 for the whole world, NULL where none of those that share the calling code has it; stable because numbering plans change with releases';
COMMENT ON FUNCTION omni.phone_metadata_version() IS 'source and version of the numbering plans';
COMMENT ON FUNCTION omni.phone_eq(omni.phone, omni.phone) IS 'equal';
COMMENT ON FUNCTION omni.phone_ne(omni.phone, omni.phone) IS 'not equal';
COMMENT ON FUNCTION omni.phone_lt(omni.phone, omni.phone) IS 'less';
COMMENT ON FUNCTION omni.phone_le(omni.phone, omni.phone) IS 'less or equal';
COMMENT ON FUNCTION omni.phone_gt(omni.phone, omni.phone) IS 'greater';
COMMENT ON FUNCTION omni.phone_ge(omni.phone, omni.phone) IS 'greater or equal';
COMMENT ON OPERATOR pg_catalog.= (omni.phone, omni.phone) IS 'equal';
COMMENT ON OPERATOR pg_catalog.<> (omni.phone, omni.phone) IS 'not equal';
COMMENT ON OPERATOR pg_catalog.< (omni.phone, omni.phone) IS 'less';
COMMENT ON OPERATOR pg_catalog.> (omni.phone, omni.phone) IS 'greater';
COMMENT ON OPERATOR pg_catalog.<= (omni.phone, omni.phone) IS 'less or equal';
COMMENT ON OPERATOR pg_catalog.>= (omni.phone, omni.phone) IS 'greater or equal';
COMMENT ON FUNCTION omni.phone_eq(omni.phone, text) IS 'equal: the text is read as phone';
COMMENT ON FUNCTION omni.phone_ne(omni.phone, text) IS 'not equal: the text is read as phone';
COMMENT ON FUNCTION omni.phone_lt(omni.phone, text) IS 'less: the text is read as phone';
COMMENT ON FUNCTION omni.phone_le(omni.phone, text) IS 'less or equal: the text is read as phone';
COMMENT ON FUNCTION omni.phone_gt(omni.phone, text) IS 'greater: the text is read as phone';
COMMENT ON FUNCTION omni.phone_ge(omni.phone, text) IS 'greater or equal: the text is read as phone';
COMMENT ON OPERATOR pg_catalog.= (omni.phone, text) IS 'equal: the text is read as phone';
COMMENT ON OPERATOR pg_catalog.<> (omni.phone, text) IS 'not equal: the text is read as phone';
COMMENT ON OPERATOR pg_catalog.< (omni.phone, text) IS 'less: the text is read as phone';
COMMENT ON OPERATOR pg_catalog.> (omni.phone, text) IS 'greater: the text is read as phone';
COMMENT ON OPERATOR pg_catalog.<= (omni.phone, text) IS 'less or equal: the text is read as phone';
COMMENT ON OPERATOR pg_catalog.>= (omni.phone, text) IS 'greater or equal: the text is read as phone';
COMMENT ON FUNCTION omni.phone_cmp(omni.phone, omni.phone) IS 'btree comparison: order of the digits';
COMMENT ON FUNCTION omni.phone_hash(omni.phone) IS 'hash';
COMMENT ON FUNCTION omni.phone_hash_extended(omni.phone, bigint) IS 'hash with seed';
COMMENT ON OPERATOR FAMILY omni.phone_ops USING btree IS 'order of phones';
COMMENT ON OPERATOR CLASS omni.phone_ops USING btree IS 'order of phones';
COMMENT ON OPERATOR FAMILY omni.phone_ops USING hash IS 'hash of phones';
COMMENT ON OPERATOR CLASS omni.phone_ops USING hash IS 'hash of phones';
COMMENT ON FUNCTION omni.phone_larger(omni.phone, omni.phone) IS 'the greater one';
COMMENT ON FUNCTION omni.phone_smaller(omni.phone, omni.phone) IS 'the lesser one';
COMMENT ON AGGREGATE omni.max(omni.phone) IS 'greatest phone';
COMMENT ON AGGREGATE omni.min(omni.phone) IS 'least phone';
COMMENT ON FUNCTION omni.phone_starts_with_support(internal) IS 'planner support: a prefix is one range of a btree index';
COMMENT ON FUNCTION omni.phone_prefix_sel(internal, oid, internal, integer) IS 'selectivity of phone ^@ text';
COMMENT ON FUNCTION omni.phone_starts_with(omni.phone, text) IS 'does the number start with the prefix, + and digits?';
COMMENT ON OPERATOR omni.^@ (omni.phone, text) IS 'starts with the prefix, + and digits';
COMMENT ON TYPE omni.identifier IS 'kind:value, one name under which a customer is known';
COMMENT ON FUNCTION omni.identifier_in(cstring) IS 'input';
COMMENT ON FUNCTION omni.identifier_out(omni.identifier) IS 'output';
COMMENT ON FUNCTION omni.identifier_recv(internal) IS 'binary input';
COMMENT ON FUNCTION omni.identifier_send(omni.identifier) IS 'binary output';
COMMENT ON FUNCTION omni.identifier(text) IS 'the identifier kind:value in canonical form; an error where the text is none';
COMMENT ON FUNCTION omni.text(omni.identifier) IS 'the canonical form as text';
COMMENT ON FUNCTION omni.identifier(omni.email) IS 'identifier of kind email';
COMMENT ON FUNCTION omni.identifier(omni.phone) IS 'identifier of kind phone';
COMMENT ON CAST (text AS omni.identifier) IS 'parse and canonicalize';
COMMENT ON CAST (varchar AS omni.identifier) IS 'parse and canonicalize, for drivers that bind strings as varchar';
COMMENT ON CAST (omni.identifier AS text) IS 'the canonical form';
COMMENT ON CAST (omni.email AS omni.identifier) IS 'identifier of kind email';
COMMENT ON CAST (omni.phone AS omni.identifier) IS 'identifier of kind phone';
COMMENT ON FUNCTION omni.identifier(text, text, text) IS 'the identifier of a kind and a value, NULL where either is NULL; region is the country of phone numbers without +, NULL for none';
COMMENT ON FUNCTION omni.identifier_try(text) IS 'the identifier in canonical form, or NULL where the text is none';
COMMENT ON FUNCTION omni.identifier_try(text, text, text) IS 'the identifier of a kind and a value, or NULL where they make none or either is NULL';
COMMENT ON FUNCTION omni.identifier_problem(text) IS 'code of the reason why the text is no identifier, NULL where it is one';
COMMENT ON FUNCTION omni.identifier_problem(text, text, text) IS 'code of the reason why a kind and a value make no identifier, NULL where they make one or either is NULL';
COMMENT ON FUNCTION omni.identifier_kind(omni.identifier) IS 'what stands before the first :';
COMMENT ON FUNCTION omni.identifier_value(omni.identifier) IS 'what stands after the first :';
COMMENT ON FUNCTION omni.email_key(omni.email, text) IS 'the spelling under which a profile compares addresses: provider (or omni), uid2 (or euid), google, meta, tiktok';
COMMENT ON FUNCTION omni.hashed_identifier(omni.identifier, text) IS 'SHA-256 as the platform wants it: uid2 and euid in base64, google, meta and tiktok in hex';
COMMENT ON FUNCTION omni.hashed_identifier_problem(omni.identifier, text) IS 'code of the reason why the platform takes no such identifier, NULL where it does';
COMMENT ON FUNCTION omni.uid2_eligible(omni.identifier) IS 'whether UID2 takes the identifier: an address, or a phone number of 10 to 15 digits';
COMMENT ON FUNCTION omni.identifier_eq(omni.identifier, omni.identifier) IS 'implementation of = operator';
COMMENT ON FUNCTION omni.identifier_ne(omni.identifier, omni.identifier) IS 'implementation of <> operator';
COMMENT ON FUNCTION omni.identifier_lt(omni.identifier, omni.identifier) IS 'implementation of < operator';
COMMENT ON FUNCTION omni.identifier_le(omni.identifier, omni.identifier) IS 'implementation of <= operator';
COMMENT ON FUNCTION omni.identifier_gt(omni.identifier, omni.identifier) IS 'implementation of > operator';
COMMENT ON FUNCTION omni.identifier_ge(omni.identifier, omni.identifier) IS 'implementation of >= operator';
COMMENT ON FUNCTION omni.identifier_cmp(omni.identifier, omni.identifier) IS 'less-equal-greater by bytes';
COMMENT ON FUNCTION omni.identifier_sortsupport(internal) IS 'sort support: abbreviated keys';
COMMENT ON FUNCTION omni.identifier_hash(omni.identifier) IS 'hash';
COMMENT ON FUNCTION omni.identifier_hash_extended(omni.identifier, bigint) IS 'hash with a seed';
COMMENT ON FUNCTION omni.identifier_larger(omni.identifier, omni.identifier) IS 'larger of two';
COMMENT ON FUNCTION omni.identifier_smaller(omni.identifier, omni.identifier) IS 'smaller of two';
COMMENT ON OPERATOR pg_catalog.= (omni.identifier, omni.identifier) IS 'equal';
COMMENT ON OPERATOR pg_catalog.<> (omni.identifier, omni.identifier) IS 'not equal';
COMMENT ON OPERATOR pg_catalog.< (omni.identifier, omni.identifier) IS 'less than';
COMMENT ON OPERATOR pg_catalog.<= (omni.identifier, omni.identifier) IS 'less than or equal';
COMMENT ON OPERATOR pg_catalog.> (omni.identifier, omni.identifier) IS 'greater than';
COMMENT ON OPERATOR pg_catalog.>= (omni.identifier, omni.identifier) IS 'greater than or equal';
COMMENT ON FUNCTION omni.identifier_eq(omni.identifier, text) IS 'implementation of = operator with a string';
COMMENT ON FUNCTION omni.identifier_ne(omni.identifier, text) IS 'implementation of <> operator with a string';
COMMENT ON FUNCTION omni.identifier_lt(omni.identifier, text) IS 'implementation of < operator with a string';
COMMENT ON FUNCTION omni.identifier_le(omni.identifier, text) IS 'implementation of <= operator with a string';
COMMENT ON FUNCTION omni.identifier_gt(omni.identifier, text) IS 'implementation of > operator with a string';
COMMENT ON FUNCTION omni.identifier_ge(omni.identifier, text) IS 'implementation of >= operator with a string';
COMMENT ON OPERATOR pg_catalog.= (omni.identifier, text) IS 'equal identifier given as a string';
COMMENT ON OPERATOR pg_catalog.<> (omni.identifier, text) IS 'not equal identifier given as a string';
COMMENT ON OPERATOR pg_catalog.< (omni.identifier, text) IS 'less than identifier given as a string';
COMMENT ON OPERATOR pg_catalog.<= (omni.identifier, text) IS 'less than or equal identifier given as a string';
COMMENT ON OPERATOR pg_catalog.> (omni.identifier, text) IS 'greater than identifier given as a string';
COMMENT ON OPERATOR pg_catalog.>= (omni.identifier, text) IS 'greater than or equal identifier given as a string';
COMMENT ON OPERATOR FAMILY omni.identifier_ops USING btree IS 'order of identifier by canonical bytes';
COMMENT ON OPERATOR CLASS omni.identifier_ops USING btree IS 'order of identifier by canonical bytes';
COMMENT ON OPERATOR FAMILY omni.identifier_ops USING hash IS 'equality of identifier';
COMMENT ON OPERATOR CLASS omni.identifier_ops USING hash IS 'equality of identifier';
COMMENT ON AGGREGATE omni.max(omni.identifier) IS 'largest identifier by bytes';
COMMENT ON AGGREGATE omni.min(omni.identifier) IS 'smallest identifier by bytes';
COMMENT ON TYPE omni.disjoint_set IS 'partition of nodes into components: union-find as a value';
COMMENT ON FUNCTION omni.disjoint_set_in(cstring) IS 'input function of disjoint_set';
COMMENT ON FUNCTION omni.disjoint_set_out(omni.disjoint_set) IS 'output function of disjoint_set';
COMMENT ON FUNCTION omni.disjoint_set_recv(internal) IS 'binary input function of disjoint_set';
COMMENT ON FUNCTION omni.disjoint_set_send(omni.disjoint_set) IS 'binary output function of disjoint_set';
COMMENT ON FUNCTION omni.disjoint_set(text) IS 'disjoint_set of a text form such as bigint:{1,5},{2,3,7}';
COMMENT ON CAST (text AS omni.disjoint_set) IS 'disjoint_set of a text form';
COMMENT ON FUNCTION omni.text(omni.disjoint_set) IS 'text form of a disjoint_set';
COMMENT ON CAST (omni.disjoint_set AS text) IS 'text form of a disjoint_set';
COMMENT ON FUNCTION omni.disjoint_set_try(text) IS 'disjoint_set of a text form, NULL where it is not one';
COMMENT ON FUNCTION omni.disjoint_set_problem(text) IS 'why a text is not a disjoint_set: kind, syntax, node, range, duplicate, encoding; NULL where it is one';
COMMENT ON FUNCTION omni.disjoint_set_eq(omni.disjoint_set, omni.disjoint_set) IS 'equal';
COMMENT ON OPERATOR pg_catalog.= (omni.disjoint_set, omni.disjoint_set) IS 'equal';
COMMENT ON FUNCTION omni.disjoint_set_ne(omni.disjoint_set, omni.disjoint_set) IS 'not equal';
COMMENT ON OPERATOR pg_catalog.<> (omni.disjoint_set, omni.disjoint_set) IS 'not equal';
COMMENT ON FUNCTION omni.disjoint_set_lt(omni.disjoint_set, omni.disjoint_set) IS 'less by canonical bytes';
COMMENT ON OPERATOR pg_catalog.< (omni.disjoint_set, omni.disjoint_set) IS 'less by canonical bytes';
COMMENT ON FUNCTION omni.disjoint_set_le(omni.disjoint_set, omni.disjoint_set) IS 'less or equal by canonical bytes';
COMMENT ON OPERATOR pg_catalog.<= (omni.disjoint_set, omni.disjoint_set) IS 'less or equal by canonical bytes';
COMMENT ON FUNCTION omni.disjoint_set_gt(omni.disjoint_set, omni.disjoint_set) IS 'greater by canonical bytes';
COMMENT ON OPERATOR pg_catalog.> (omni.disjoint_set, omni.disjoint_set) IS 'greater by canonical bytes';
COMMENT ON FUNCTION omni.disjoint_set_ge(omni.disjoint_set, omni.disjoint_set) IS 'greater or equal by canonical bytes';
COMMENT ON OPERATOR pg_catalog.>= (omni.disjoint_set, omni.disjoint_set) IS 'greater or equal by canonical bytes';
COMMENT ON FUNCTION omni.disjoint_set_eq(omni.disjoint_set, text) IS 'equal, with a text form';
COMMENT ON OPERATOR pg_catalog.= (omni.disjoint_set, text) IS 'equal, with a text form';
COMMENT ON FUNCTION omni.disjoint_set_ne(omni.disjoint_set, text) IS 'not equal, with a text form';
COMMENT ON OPERATOR pg_catalog.<> (omni.disjoint_set, text) IS 'not equal, with a text form';
COMMENT ON FUNCTION omni.disjoint_set_lt(omni.disjoint_set, text) IS 'less by canonical bytes, with a text form';
COMMENT ON OPERATOR pg_catalog.< (omni.disjoint_set, text) IS 'less by canonical bytes, with a text form';
COMMENT ON FUNCTION omni.disjoint_set_le(omni.disjoint_set, text) IS 'less or equal by canonical bytes, with a text form';
COMMENT ON OPERATOR pg_catalog.<= (omni.disjoint_set, text) IS 'less or equal by canonical bytes, with a text form';
COMMENT ON FUNCTION omni.disjoint_set_gt(omni.disjoint_set, text) IS 'greater by canonical bytes, with a text form';
COMMENT ON OPERATOR pg_catalog.> (omni.disjoint_set, text) IS 'greater by canonical bytes, with a text form';
COMMENT ON FUNCTION omni.disjoint_set_ge(omni.disjoint_set, text) IS 'greater or equal by canonical bytes, with a text form';
COMMENT ON OPERATOR pg_catalog.>= (omni.disjoint_set, text) IS 'greater or equal by canonical bytes, with a text form';
COMMENT ON FUNCTION omni.disjoint_set_cmp(omni.disjoint_set, omni.disjoint_set) IS 'btree comparison by canonical bytes';
COMMENT ON FUNCTION omni.disjoint_set_sortsupport(internal) IS 'btree sort support';
COMMENT ON FUNCTION omni.disjoint_set_hash(omni.disjoint_set) IS 'hash of the canonical bytes';
COMMENT ON FUNCTION omni.disjoint_set_hash_extended(omni.disjoint_set, bigint) IS 'seeded hash of the canonical bytes';
COMMENT ON OPERATOR FAMILY omni.disjoint_set_ops USING btree IS 'order of disjoint_set by canonical bytes';
COMMENT ON OPERATOR CLASS omni.disjoint_set_ops USING btree IS 'order of disjoint_set by canonical bytes';
COMMENT ON OPERATOR FAMILY omni.disjoint_set_ops USING hash IS 'hash of disjoint_set';
COMMENT ON OPERATOR CLASS omni.disjoint_set_ops USING hash IS 'hash of disjoint_set';
COMMENT ON FUNCTION omni.disjoint_set_union(omni.disjoint_set, omni.disjoint_set) IS 'join of two partitions: what either connects is connected';
COMMENT ON OPERATOR omni.|| (omni.disjoint_set, omni.disjoint_set) IS 'join of two partitions';
COMMENT ON FUNCTION omni.disjoint_set_combine(omni.disjoint_set, omni.disjoint_set) IS 'combine function of disjoint_set_agg; NULL is nothing seen';
COMMENT ON FUNCTION omni.disjoint_set_final(omni.disjoint_set) IS 'final function of disjoint_set_agg: the state in canonical form';
COMMENT ON AGGREGATE omni.disjoint_set_rollup(omni.disjoint_set) IS 'join of stored partitions';
COMMENT ON FUNCTION omni.disjoint_set_nodes(omni.disjoint_set) IS 'number of nodes';
COMMENT ON FUNCTION omni.disjoint_set_components(omni.disjoint_set) IS 'number of components';
COMMENT ON FUNCTION omni.connected_components(omni.disjoint_set, anyelement) IS 'each node with the smallest node of its component; the type of the second argument, a NULL, is the type of the nodes';
COMMENT ON FUNCTION omni.disjoint_set(bigint, bigint) IS 'disjoint_set of one edge, or of one node where the other is NULL; NULL where both are';
COMMENT ON FUNCTION omni.disjoint_set_accum(omni.disjoint_set, bigint, bigint) IS 'transition function of disjoint_set_agg';
COMMENT ON AGGREGATE omni.disjoint_set_agg(bigint, bigint) IS 'partition that edges make: nodes are connected where a path of edges joins them; a NULL partner adds a single node';
COMMENT ON FUNCTION omni.same_component(omni.disjoint_set, bigint, bigint) IS 'whether two nodes are connected; NULL unless both are in the set';
COMMENT ON FUNCTION omni.disjoint_set(uuid, uuid) IS 'disjoint_set of one edge, or of one node where the other is NULL; NULL where both are';
COMMENT ON FUNCTION omni.disjoint_set_accum(omni.disjoint_set, uuid, uuid) IS 'transition function of disjoint_set_agg';
COMMENT ON AGGREGATE omni.disjoint_set_agg(uuid, uuid) IS 'partition that edges make: nodes are connected where a path of edges joins them; a NULL partner adds a single node';
COMMENT ON FUNCTION omni.same_component(omni.disjoint_set, uuid, uuid) IS 'whether two nodes are connected; NULL unless both are in the set';
COMMENT ON FUNCTION omni.disjoint_set(text, text) IS 'disjoint_set of one edge, or of one node where the other is NULL; NULL where both are';
COMMENT ON FUNCTION omni.disjoint_set_accum(omni.disjoint_set, text, text) IS 'transition function of disjoint_set_agg';
COMMENT ON AGGREGATE omni.disjoint_set_agg(text, text) IS 'partition that edges make: nodes are connected where a path of edges joins them; a NULL partner adds a single node';
COMMENT ON FUNCTION omni.same_component(omni.disjoint_set, text, text) IS 'whether two nodes are connected; NULL unless both are in the set';
COMMENT ON FUNCTION omni.disjoint_set(omni.identifier, omni.identifier) IS 'disjoint_set of one edge, or of one node where the other is NULL; NULL where both are';
COMMENT ON FUNCTION omni.disjoint_set_accum(omni.disjoint_set, omni.identifier, omni.identifier) IS 'transition function of disjoint_set_agg';
COMMENT ON AGGREGATE omni.disjoint_set_agg(omni.identifier, omni.identifier) IS 'partition that edges make: nodes are connected where a path of edges joins them; a NULL partner adds a single node';
COMMENT ON FUNCTION omni.same_component(omni.disjoint_set, omni.identifier, omni.identifier) IS 'whether two nodes are connected; NULL unless both are in the set';
