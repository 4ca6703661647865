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
