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
COMMENT ON TYPE omni.demand IS 'the order lines that wait for one SKU: line_id, quantity, priority, placed_at, minimum and channel if they have them; equal queues are identical bytes';

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
COMMENT ON FUNCTION omni.demand_problem(text) IS 'why a text is not a demand (syntax, range, time, channel, minimum, conflict and others), or NULL';
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
COMMENT ON TYPE omni.supply IS 'the stock that can serve one SKU: stock_id, quantity, available_at, and the channel that it is protected for, if any; equal queues are identical bytes';

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
COMMENT ON FUNCTION omni.supply_problem(text) IS 'why a text is not a supply (syntax, range, time, channel and others), or NULL';
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
    'which line gets how many units of which stock row and why, by policy fifo, priority or fair_share; stock_id is NULL for what a line does not get; a NULL supply has no unit';

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

/* ---- inventory: projection ---- */

CREATE TYPE omni.atp_projection;

CREATE FUNCTION omni.atp_projection_in(cstring) RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'atp_projection_in';
COMMENT ON FUNCTION omni.atp_projection_in(cstring) IS 'input';
CREATE FUNCTION omni.atp_projection_out(omni.atp_projection) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'atp_projection_out';
COMMENT ON FUNCTION omni.atp_projection_out(omni.atp_projection) IS 'output';
CREATE FUNCTION omni.atp_projection_recv(internal) RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'atp_projection_recv';
COMMENT ON FUNCTION omni.atp_projection_recv(internal) IS 'binary input';
CREATE FUNCTION omni.atp_projection_send(omni.atp_projection) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'atp_projection_send';
COMMENT ON FUNCTION omni.atp_projection_send(omni.atp_projection) IS 'binary output';

CREATE TYPE omni.atp_projection (
    INPUT = omni.atp_projection_in,
    OUTPUT = omni.atp_projection_out,
    RECEIVE = omni.atp_projection_recv,
    SEND = omni.atp_projection_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended,
    CATEGORY = 'U'
);
COMMENT ON TYPE omni.atp_projection IS 'dated supply and demand of one SKU: kind, quantity, since when, until when; equal projections are identical bytes';

CREATE FUNCTION omni.atp_projection(text) RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'atp_projection_from_text';
COMMENT ON FUNCTION omni.atp_projection(text) IS 'the projection that a text stands for';
CREATE FUNCTION omni.text(omni.atp_projection) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'atp_projection_to_text';
COMMENT ON FUNCTION omni.text(omni.atp_projection) IS 'a projection as text';
CREATE FUNCTION omni.atp_projection_try(text) RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'atp_projection_try';
COMMENT ON FUNCTION omni.atp_projection_try(text) IS 'the projection that a text stands for, or NULL';
CREATE FUNCTION omni.atp_projection_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'atp_projection_problem';
COMMENT ON FUNCTION omni.atp_projection_problem(text) IS 'why a text is not a projection (syntax, kind, range, time), or NULL';
CREATE CAST (text AS omni.atp_projection) WITH FUNCTION omni.atp_projection(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.atp_projection) IS 'the projection that a text stands for';
CREATE CAST (omni.atp_projection AS text) WITH FUNCTION omni.text(omni.atp_projection) AS ASSIGNMENT;
COMMENT ON CAST (omni.atp_projection AS text) IS 'a projection as text';

CREATE FUNCTION omni.atp_projection_eq(omni.atp_projection, omni.atp_projection) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_eq';
COMMENT ON FUNCTION omni.atp_projection_eq(omni.atp_projection, omni.atp_projection) IS 'equal';
CREATE FUNCTION omni.atp_projection_ne(omni.atp_projection, omni.atp_projection) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ne';
COMMENT ON FUNCTION omni.atp_projection_ne(omni.atp_projection, omni.atp_projection) IS 'not equal';
CREATE FUNCTION omni.atp_projection_lt(omni.atp_projection, omni.atp_projection) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_lt';
COMMENT ON FUNCTION omni.atp_projection_lt(omni.atp_projection, omni.atp_projection) IS 'less, by bytes';
CREATE FUNCTION omni.atp_projection_le(omni.atp_projection, omni.atp_projection) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_le';
COMMENT ON FUNCTION omni.atp_projection_le(omni.atp_projection, omni.atp_projection) IS 'less or equal, by bytes';
CREATE FUNCTION omni.atp_projection_gt(omni.atp_projection, omni.atp_projection) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_gt';
COMMENT ON FUNCTION omni.atp_projection_gt(omni.atp_projection, omni.atp_projection) IS 'greater, by bytes';
CREATE FUNCTION omni.atp_projection_ge(omni.atp_projection, omni.atp_projection) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ge';
COMMENT ON FUNCTION omni.atp_projection_ge(omni.atp_projection, omni.atp_projection) IS 'greater or equal, by bytes';
CREATE FUNCTION omni.atp_projection_eq(omni.atp_projection, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.atp_projection_eq(omni.atp_projection, text) IS 'equal, the text being a projection';
CREATE FUNCTION omni.atp_projection_ne(omni.atp_projection, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.atp_projection_ne(omni.atp_projection, text) IS 'not equal, the text being a projection';
CREATE FUNCTION omni.atp_projection_lt(omni.atp_projection, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.atp_projection_lt(omni.atp_projection, text) IS 'less, by bytes, the text being a projection';
CREATE FUNCTION omni.atp_projection_le(omni.atp_projection, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.atp_projection_le(omni.atp_projection, text) IS 'less or equal, by bytes, the text being a projection';
CREATE FUNCTION omni.atp_projection_gt(omni.atp_projection, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.atp_projection_gt(omni.atp_projection, text) IS 'greater, by bytes, the text being a projection';
CREATE FUNCTION omni.atp_projection_ge(omni.atp_projection, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.atp_projection_ge(omni.atp_projection, text) IS 'greater or equal, by bytes, the text being a projection';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.atp_projection, RIGHTARG = omni.atp_projection, FUNCTION = omni.atp_projection_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pg_catalog.= (omni.atp_projection, omni.atp_projection) IS 'equal';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.atp_projection, RIGHTARG = text, FUNCTION = omni.atp_projection_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel
);
COMMENT ON OPERATOR pg_catalog.= (omni.atp_projection, text) IS 'equal, the text being a projection';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.atp_projection, RIGHTARG = omni.atp_projection, FUNCTION = omni.atp_projection_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.atp_projection, omni.atp_projection) IS 'not equal';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.atp_projection, RIGHTARG = text, FUNCTION = omni.atp_projection_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.atp_projection, text) IS 'not equal, the text being a projection';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.atp_projection, RIGHTARG = omni.atp_projection, FUNCTION = omni.atp_projection_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.atp_projection, omni.atp_projection) IS 'less, by bytes';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.atp_projection, RIGHTARG = text, FUNCTION = omni.atp_projection_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.atp_projection, text) IS 'less, by bytes, the text being a projection';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.atp_projection, RIGHTARG = omni.atp_projection, FUNCTION = omni.atp_projection_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.atp_projection, omni.atp_projection) IS 'less or equal, by bytes';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.atp_projection, RIGHTARG = text, FUNCTION = omni.atp_projection_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.atp_projection, text) IS 'less or equal, by bytes, the text being a projection';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.atp_projection, RIGHTARG = omni.atp_projection, FUNCTION = omni.atp_projection_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.atp_projection, omni.atp_projection) IS 'greater, by bytes';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.atp_projection, RIGHTARG = text, FUNCTION = omni.atp_projection_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.atp_projection, text) IS 'greater, by bytes, the text being a projection';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.atp_projection, RIGHTARG = omni.atp_projection, FUNCTION = omni.atp_projection_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.atp_projection, omni.atp_projection) IS 'greater or equal, by bytes';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.atp_projection, RIGHTARG = text, FUNCTION = omni.atp_projection_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.atp_projection, text) IS 'greater or equal, by bytes, the text being a projection';

CREATE FUNCTION omni.atp_projection_cmp(omni.atp_projection, omni.atp_projection) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_cmp';
COMMENT ON FUNCTION omni.atp_projection_cmp(omni.atp_projection, omni.atp_projection) IS 'btree comparison, by bytes';
CREATE FUNCTION omni.atp_projection_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_value_sortsupport';
COMMENT ON FUNCTION omni.atp_projection_sortsupport(internal) IS 'btree sort support';
CREATE FUNCTION omni.atp_projection_hash(omni.atp_projection) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash';
COMMENT ON FUNCTION omni.atp_projection_hash(omni.atp_projection) IS 'hash';
CREATE FUNCTION omni.atp_projection_hash_extended(omni.atp_projection, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash_extended';
COMMENT ON FUNCTION omni.atp_projection_hash_extended(omni.atp_projection, bigint) IS 'hash with a seed';

CREATE OPERATOR FAMILY omni.atp_projection_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.atp_projection_ops USING btree IS 'order of atp_projection by bytes';
CREATE OPERATOR CLASS omni.atp_projection_ops DEFAULT FOR TYPE omni.atp_projection USING btree FAMILY omni.atp_projection_ops AS
    OPERATOR 1 pg_catalog.< (omni.atp_projection, omni.atp_projection),
    OPERATOR 2 pg_catalog.<= (omni.atp_projection, omni.atp_projection),
    OPERATOR 3 pg_catalog.= (omni.atp_projection, omni.atp_projection),
    OPERATOR 4 pg_catalog.>= (omni.atp_projection, omni.atp_projection),
    OPERATOR 5 pg_catalog.> (omni.atp_projection, omni.atp_projection),
    FUNCTION 1 omni.atp_projection_cmp(omni.atp_projection, omni.atp_projection),
    FUNCTION 2 (omni.atp_projection, omni.atp_projection) omni.atp_projection_sortsupport(internal),
    FUNCTION 4 (omni.atp_projection, omni.atp_projection) pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.atp_projection_ops USING btree IS 'order of atp_projection by bytes';
CREATE OPERATOR FAMILY omni.atp_projection_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.atp_projection_ops USING hash IS 'equality of atp_projection';
CREATE OPERATOR CLASS omni.atp_projection_ops DEFAULT FOR TYPE omni.atp_projection USING hash FAMILY omni.atp_projection_ops AS
    OPERATOR 1 pg_catalog.= (omni.atp_projection, omni.atp_projection),
    FUNCTION 1 omni.atp_projection_hash(omni.atp_projection),
    FUNCTION 2 (omni.atp_projection, omni.atp_projection) omni.atp_projection_hash_extended(omni.atp_projection, bigint);
COMMENT ON OPERATOR CLASS omni.atp_projection_ops USING hash IS 'equality of atp_projection';

CREATE FUNCTION omni.atp_projection(kind text, qty bigint, at timestamp with time zone DEFAULT NULL, expires_at timestamp with time zone DEFAULT NULL)
    RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'projection_from_row';
COMMENT ON FUNCTION omni.atp_projection(text, bigint, timestamp with time zone, timestamp with time zone) IS
    'one row as a projection; kinds: on_hand, incoming, reserved, demand, safety, buffer, backorder; a NULL at is the begin of time, a NULL expires_at never';

CREATE FUNCTION omni.atp_projection_accum(omni.atp_projection, text, bigint, timestamp with time zone) RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'projection_accum';
COMMENT ON FUNCTION omni.atp_projection_accum(omni.atp_projection, text, bigint, timestamp with time zone) IS 'transition function of atp_projection_agg';
CREATE FUNCTION omni.atp_projection_accum(omni.atp_projection, text, bigint, timestamp with time zone, timestamp with time zone) RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'projection_accum_expiry';
COMMENT ON FUNCTION omni.atp_projection_accum(omni.atp_projection, text, bigint, timestamp with time zone, timestamp with time zone) IS
    'transition function of atp_projection_agg';
CREATE FUNCTION omni.atp_projection_combine(omni.atp_projection, omni.atp_projection) RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'queue_combine';
COMMENT ON FUNCTION omni.atp_projection_combine(omni.atp_projection, omni.atp_projection) IS
    'combine function of atp_projection_agg and atp_projection_rollup';
CREATE FUNCTION omni.atp_projection_final(omni.atp_projection) RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'queue_final';
COMMENT ON FUNCTION omni.atp_projection_final(omni.atp_projection) IS 'final function of atp_projection_agg and atp_projection_rollup';
CREATE FUNCTION omni.atp_projection_concat(omni.atp_projection, omni.atp_projection) RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'queue_concat';
COMMENT ON FUNCTION omni.atp_projection_concat(omni.atp_projection, omni.atp_projection) IS 'both together; entries that differ only in quantity are added up';

CREATE OPERATOR omni.|| (
    LEFTARG = omni.atp_projection, RIGHTARG = omni.atp_projection, FUNCTION = omni.atp_projection_concat, COMMUTATOR = OPERATOR(omni.||)
);
COMMENT ON OPERATOR omni.|| (omni.atp_projection, omni.atp_projection) IS 'both together; entries that differ only in quantity are added up';

CREATE AGGREGATE omni.atp_projection_agg(kind text, qty bigint, at timestamp with time zone) (
    SFUNC = omni.atp_projection_accum, STYPE = omni.atp_projection, SSPACE = 256,
    FINALFUNC = omni.atp_projection_final, COMBINEFUNC = omni.atp_projection_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.atp_projection_agg(text, bigint, timestamp with time zone) IS
    'dated supply and demand of one SKU, as one value; mergeable; kinds: on_hand, incoming, reserved, demand, safety, buffer, backorder';

CREATE AGGREGATE omni.atp_projection_agg(kind text, qty bigint, at timestamp with time zone, expires_at timestamp with time zone) (
    SFUNC = omni.atp_projection_accum, STYPE = omni.atp_projection, SSPACE = 256,
    FINALFUNC = omni.atp_projection_final, COMBINEFUNC = omni.atp_projection_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.atp_projection_agg(text, bigint, timestamp with time zone, timestamp with time zone) IS
    'the same, of lots that expire and safety stock, buffers and allowances that end';

CREATE AGGREGATE omni.atp_projection_rollup(omni.atp_projection) (
    SFUNC = omni.atp_projection_combine, STYPE = omni.atp_projection, SSPACE = 256,
    FINALFUNC = omni.atp_projection_final, COMBINEFUNC = omni.atp_projection_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.atp_projection_rollup(omni.atp_projection) IS 'stored results of atp_projection_agg as one';

CREATE FUNCTION omni.atp_at(projection omni.atp_projection, at timestamp with time zone) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'atp_at';
COMMENT ON FUNCTION omni.atp_at(omni.atp_projection, timestamp with time zone) IS
    'available to promise at a time: the most units whose promise makes no accepted demand short, be it earlier or later';

CREATE FUNCTION omni.atp_schedule(projection omni.atp_projection)
    RETURNS TABLE (at timestamp with time zone, supply bigint, demand bigint, expired bigint, on_hand bigint, protected bigint, atp bigint, atp_change bigint)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 10 AS 'MODULE_PATHNAME', 'atp_schedule';
COMMENT ON FUNCTION omni.atp_schedule(omni.atp_projection) IS
    'a row for each time at which something changes: units that arrive, are taken and expire unused; what is left, what promises have to leave, and what can be promised from then until the next row';

CREATE FUNCTION omni.promise_at(projection omni.atp_projection, qty bigint, not_before timestamp with time zone DEFAULT '-infinity') RETURNS timestamp with time zone
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'promise_at';
COMMENT ON FUNCTION omni.promise_at(omni.atp_projection, bigint, timestamp with time zone) IS
    'the earliest time, not before the one given, at which so many units can be promised; NULL if there is none';

CREATE FUNCTION omni.atp_take(projection omni.atp_projection, qty bigint, at timestamp with time zone) RETURNS omni.atp_projection
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'atp_take';
COMMENT ON FUNCTION omni.atp_take(omni.atp_projection, bigint, timestamp with time zone) IS
    'the projection after a promise of so many units at that time; an error if they cannot be promised';

CREATE FUNCTION omni.bundle_atp_accum(bigint, bigint, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'bundle_atp_accum';
COMMENT ON FUNCTION omni.bundle_atp_accum(bigint, bigint, bigint) IS 'transition function of bundle_atp';

CREATE AGGREGATE omni.bundle_atp(atp bigint, units_per_bundle bigint) (
    SFUNC = omni.bundle_atp_accum, STYPE = bigint, COMBINEFUNC = pg_catalog.int8smaller, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.bundle_atp(bigint, bigint) IS
    'how many bundles can be promised: the least of atp / units_per_bundle over the components, rounded down; results of parts are put together by min()';

/* ---- inventory: planning ---- */

CREATE TYPE omni.demand_history;

CREATE FUNCTION omni.demand_history_in(cstring) RETURNS omni.demand_history
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_history_in';
COMMENT ON FUNCTION omni.demand_history_in(cstring) IS 'input';
CREATE FUNCTION omni.demand_history_out(omni.demand_history) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_history_out';
COMMENT ON FUNCTION omni.demand_history_out(omni.demand_history) IS 'output';
CREATE FUNCTION omni.demand_history_recv(internal) RETURNS omni.demand_history
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_history_recv';
COMMENT ON FUNCTION omni.demand_history_recv(internal) IS 'binary input';
CREATE FUNCTION omni.demand_history_send(omni.demand_history) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_history_send';
COMMENT ON FUNCTION omni.demand_history_send(omni.demand_history) IS 'binary output';

CREATE TYPE omni.demand_history (
    INPUT = omni.demand_history_in,
    OUTPUT = omni.demand_history_out,
    RECEIVE = omni.demand_history_recv,
    SEND = omni.demand_history_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended,
    CATEGORY = 'U'
);
COMMENT ON TYPE omni.demand_history IS 'units asked for per day; equal histories are identical bytes';

CREATE FUNCTION omni.demand_history(text) RETURNS omni.demand_history
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_history_from_text';
COMMENT ON FUNCTION omni.demand_history(text) IS 'the history that a text stands for';
CREATE FUNCTION omni.text(omni.demand_history) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_history_to_text';
COMMENT ON FUNCTION omni.text(omni.demand_history) IS 'a history as text';
CREATE FUNCTION omni.demand_history_try(text) RETURNS omni.demand_history
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_history_try';
COMMENT ON FUNCTION omni.demand_history_try(text) IS 'the history that a text stands for, or NULL';
CREATE FUNCTION omni.demand_history_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'demand_history_problem';
COMMENT ON FUNCTION omni.demand_history_problem(text) IS 'why a text is not a history (syntax, range, time), or NULL';
CREATE CAST (text AS omni.demand_history) WITH FUNCTION omni.demand_history(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.demand_history) IS 'the history that a text stands for';
CREATE CAST (omni.demand_history AS text) WITH FUNCTION omni.text(omni.demand_history) AS ASSIGNMENT;
COMMENT ON CAST (omni.demand_history AS text) IS 'a history as text';

CREATE FUNCTION omni.demand_history_eq(omni.demand_history, omni.demand_history) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_eq';
COMMENT ON FUNCTION omni.demand_history_eq(omni.demand_history, omni.demand_history) IS 'equal';
CREATE FUNCTION omni.demand_history_ne(omni.demand_history, omni.demand_history) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ne';
COMMENT ON FUNCTION omni.demand_history_ne(omni.demand_history, omni.demand_history) IS 'not equal';
CREATE FUNCTION omni.demand_history_lt(omni.demand_history, omni.demand_history) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_lt';
COMMENT ON FUNCTION omni.demand_history_lt(omni.demand_history, omni.demand_history) IS 'less, by bytes';
CREATE FUNCTION omni.demand_history_le(omni.demand_history, omni.demand_history) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_le';
COMMENT ON FUNCTION omni.demand_history_le(omni.demand_history, omni.demand_history) IS 'less or equal, by bytes';
CREATE FUNCTION omni.demand_history_gt(omni.demand_history, omni.demand_history) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_gt';
COMMENT ON FUNCTION omni.demand_history_gt(omni.demand_history, omni.demand_history) IS 'greater, by bytes';
CREATE FUNCTION omni.demand_history_ge(omni.demand_history, omni.demand_history) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ge';
COMMENT ON FUNCTION omni.demand_history_ge(omni.demand_history, omni.demand_history) IS 'greater or equal, by bytes';
CREATE FUNCTION omni.demand_history_eq(omni.demand_history, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.demand_history_eq(omni.demand_history, text) IS 'equal, the text being a history';
CREATE FUNCTION omni.demand_history_ne(omni.demand_history, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.demand_history_ne(omni.demand_history, text) IS 'not equal, the text being a history';
CREATE FUNCTION omni.demand_history_lt(omni.demand_history, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.demand_history_lt(omni.demand_history, text) IS 'less, by bytes, the text being a history';
CREATE FUNCTION omni.demand_history_le(omni.demand_history, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.demand_history_le(omni.demand_history, text) IS 'less or equal, by bytes, the text being a history';
CREATE FUNCTION omni.demand_history_gt(omni.demand_history, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.demand_history_gt(omni.demand_history, text) IS 'greater, by bytes, the text being a history';
CREATE FUNCTION omni.demand_history_ge(omni.demand_history, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.demand_history_ge(omni.demand_history, text) IS 'greater or equal, by bytes, the text being a history';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.demand_history, RIGHTARG = omni.demand_history, FUNCTION = omni.demand_history_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pg_catalog.= (omni.demand_history, omni.demand_history) IS 'equal';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.demand_history, RIGHTARG = text, FUNCTION = omni.demand_history_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel
);
COMMENT ON OPERATOR pg_catalog.= (omni.demand_history, text) IS 'equal, the text being a history';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.demand_history, RIGHTARG = omni.demand_history, FUNCTION = omni.demand_history_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.demand_history, omni.demand_history) IS 'not equal';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.demand_history, RIGHTARG = text, FUNCTION = omni.demand_history_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.demand_history, text) IS 'not equal, the text being a history';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.demand_history, RIGHTARG = omni.demand_history, FUNCTION = omni.demand_history_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.demand_history, omni.demand_history) IS 'less, by bytes';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.demand_history, RIGHTARG = text, FUNCTION = omni.demand_history_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.demand_history, text) IS 'less, by bytes, the text being a history';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.demand_history, RIGHTARG = omni.demand_history, FUNCTION = omni.demand_history_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.demand_history, omni.demand_history) IS 'less or equal, by bytes';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.demand_history, RIGHTARG = text, FUNCTION = omni.demand_history_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.demand_history, text) IS 'less or equal, by bytes, the text being a history';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.demand_history, RIGHTARG = omni.demand_history, FUNCTION = omni.demand_history_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.demand_history, omni.demand_history) IS 'greater, by bytes';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.demand_history, RIGHTARG = text, FUNCTION = omni.demand_history_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.demand_history, text) IS 'greater, by bytes, the text being a history';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.demand_history, RIGHTARG = omni.demand_history, FUNCTION = omni.demand_history_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.demand_history, omni.demand_history) IS 'greater or equal, by bytes';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.demand_history, RIGHTARG = text, FUNCTION = omni.demand_history_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.demand_history, text) IS 'greater or equal, by bytes, the text being a history';

CREATE FUNCTION omni.demand_history_cmp(omni.demand_history, omni.demand_history) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_cmp';
COMMENT ON FUNCTION omni.demand_history_cmp(omni.demand_history, omni.demand_history) IS 'btree comparison, by bytes';
CREATE FUNCTION omni.demand_history_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_value_sortsupport';
COMMENT ON FUNCTION omni.demand_history_sortsupport(internal) IS 'btree sort support';
CREATE FUNCTION omni.demand_history_hash(omni.demand_history) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash';
COMMENT ON FUNCTION omni.demand_history_hash(omni.demand_history) IS 'hash';
CREATE FUNCTION omni.demand_history_hash_extended(omni.demand_history, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash_extended';
COMMENT ON FUNCTION omni.demand_history_hash_extended(omni.demand_history, bigint) IS 'hash with a seed';

CREATE OPERATOR FAMILY omni.demand_history_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.demand_history_ops USING btree IS 'order of demand_history by bytes';
CREATE OPERATOR CLASS omni.demand_history_ops DEFAULT FOR TYPE omni.demand_history USING btree FAMILY omni.demand_history_ops AS
    OPERATOR 1 pg_catalog.< (omni.demand_history, omni.demand_history),
    OPERATOR 2 pg_catalog.<= (omni.demand_history, omni.demand_history),
    OPERATOR 3 pg_catalog.= (omni.demand_history, omni.demand_history),
    OPERATOR 4 pg_catalog.>= (omni.demand_history, omni.demand_history),
    OPERATOR 5 pg_catalog.> (omni.demand_history, omni.demand_history),
    FUNCTION 1 omni.demand_history_cmp(omni.demand_history, omni.demand_history),
    FUNCTION 2 (omni.demand_history, omni.demand_history) omni.demand_history_sortsupport(internal),
    FUNCTION 4 (omni.demand_history, omni.demand_history) pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.demand_history_ops USING btree IS 'order of demand_history by bytes';
CREATE OPERATOR FAMILY omni.demand_history_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.demand_history_ops USING hash IS 'equality of demand_history';
CREATE OPERATOR CLASS omni.demand_history_ops DEFAULT FOR TYPE omni.demand_history USING hash FAMILY omni.demand_history_ops AS
    OPERATOR 1 pg_catalog.= (omni.demand_history, omni.demand_history),
    FUNCTION 1 omni.demand_history_hash(omni.demand_history),
    FUNCTION 2 (omni.demand_history, omni.demand_history) omni.demand_history_hash_extended(omni.demand_history, bigint);
COMMENT ON OPERATOR CLASS omni.demand_history_ops USING hash IS 'equality of demand_history';

CREATE FUNCTION omni.demand_history_accum(omni.demand_history, date, bigint) RETURNS omni.demand_history
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'demand_history_accum';
COMMENT ON FUNCTION omni.demand_history_accum(omni.demand_history, date, bigint) IS 'transition function of demand_history_agg';
CREATE FUNCTION omni.demand_history_combine(omni.demand_history, omni.demand_history) RETURNS omni.demand_history
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'queue_combine';
COMMENT ON FUNCTION omni.demand_history_combine(omni.demand_history, omni.demand_history) IS 'combine function of demand_history_agg and demand_history_rollup';
CREATE FUNCTION omni.demand_history_final(omni.demand_history) RETURNS omni.demand_history
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'queue_final';
COMMENT ON FUNCTION omni.demand_history_final(omni.demand_history) IS 'final function of demand_history_agg and demand_history_rollup';
CREATE FUNCTION omni.demand_history_concat(omni.demand_history, omni.demand_history) RETURNS omni.demand_history
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'queue_concat';
COMMENT ON FUNCTION omni.demand_history_concat(omni.demand_history, omni.demand_history) IS 'both together; units of the same day are added up';

CREATE OPERATOR omni.|| (
    LEFTARG = omni.demand_history, RIGHTARG = omni.demand_history, FUNCTION = omni.demand_history_concat, COMMUTATOR = OPERATOR(omni.||)
);
COMMENT ON OPERATOR omni.|| (omni.demand_history, omni.demand_history) IS 'both together; units of the same day are added up';

CREATE AGGREGATE omni.demand_history_agg(day date, qty bigint) (
    SFUNC = omni.demand_history_accum, STYPE = omni.demand_history, SSPACE = 256,
    FINALFUNC = omni.demand_history_final, COMBINEFUNC = omni.demand_history_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.demand_history_agg(date, bigint) IS 'units asked for per day, as one value; mergeable';

CREATE AGGREGATE omni.demand_history_rollup(omni.demand_history) (
    SFUNC = omni.demand_history_combine, STYPE = omni.demand_history, SSPACE = 256,
    FINALFUNC = omni.demand_history_final, COMBINEFUNC = omni.demand_history_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.demand_history_rollup(omni.demand_history) IS 'stored results of demand_history_agg as one';

CREATE FUNCTION omni.demand_forecast(IN history omni.demand_history, INOUT alpha double precision DEFAULT NULL, IN period text DEFAULT 'day', IN until date DEFAULT NULL,
                                     OUT level double precision, OUT error_sd double precision, OUT periods bigint, OUT first_period date, OUT last_period date)
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 200 AS 'MODULE_PATHNAME', 'demand_forecast';
COMMENT ON FUNCTION omni.demand_forecast(omni.demand_history, double precision, text, date) IS
    'simple exponential smoothing of the units per day, week or month: the level that is forecast and the standard deviation of the errors one period ahead; a NULL alpha is chosen, a NULL until is the last day';

CREATE FUNCTION omni.service_factor(service_level double precision) RETURNS double precision
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'service_factor';
COMMENT ON FUNCTION omni.service_factor(double precision) IS 'z of a service level: the quantile of the standard normal distribution';

CREATE FUNCTION omni.safety_stock(service_level double precision, demand_sd double precision, lead_time double precision,
                                  demand_mean double precision DEFAULT 0, lead_time_sd double precision DEFAULT 0) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'safety_stock';
COMMENT ON FUNCTION omni.safety_stock(double precision, double precision, double precision, double precision, double precision) IS
    'units to keep for a service level: z * sqrt(lead_time * demand_sd^2 + demand_mean^2 * lead_time_sd^2), rounded up';

CREATE FUNCTION omni.reorder_point(demand_mean double precision, lead_time double precision, safety_stock bigint DEFAULT 0) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'reorder_point';
COMMENT ON FUNCTION omni.reorder_point(double precision, double precision, bigint) IS
    'order when no more than this is left or on order: demand_mean * lead_time, rounded up, + safety_stock';

CREATE FUNCTION omni.order_up_to_level(demand_mean double precision, lead_time double precision, review_period double precision, safety_stock bigint DEFAULT 0) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'order_up_to_level';
COMMENT ON FUNCTION omni.order_up_to_level(double precision, double precision, double precision, bigint) IS
    'what is to be left and on order after an order once a review period: demand_mean * (lead_time + review_period), rounded up, + safety_stock';

CREATE FUNCTION omni.economic_order_quantity(demand double precision, order_cost double precision, holding_cost double precision) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'economic_order_quantity';
COMMENT ON FUNCTION omni.economic_order_quantity(double precision, double precision, double precision) IS
    'the units of an order that make the cost of ordering and of holding least: sqrt(2 * demand * order_cost / holding_cost) as whole units';

/* ---- inventory: allocation policies ---- */

CREATE FUNCTION omni.demand_accum(omni.demand, bigint, bigint, integer, timestamp with time zone, text, bigint) RETURNS omni.demand
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'demand_accum_terms';
COMMENT ON FUNCTION omni.demand_accum(omni.demand, bigint, bigint, integer, timestamp with time zone, text, bigint) IS
    'transition function of demand_agg with channel and minimum';
CREATE AGGREGATE omni.demand_agg(line_id bigint, qty bigint, priority integer, placed_at timestamp with time zone, channel text, min_qty bigint) (
    SFUNC = omni.demand_accum, STYPE = omni.demand, SSPACE = 256,
    FINALFUNC = omni.demand_final, COMBINEFUNC = omni.demand_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.demand_agg(bigint, bigint, integer, timestamp with time zone, text, bigint) IS
    'the order lines that wait for one SKU, each with its channel (NULL: none) and the fewest units that it takes (NULL: any), as one value; mergeable';

CREATE FUNCTION omni.supply_accum(omni.supply, bigint, bigint, timestamp with time zone, text) RETURNS omni.supply
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'supply_accum_terms';
COMMENT ON FUNCTION omni.supply_accum(omni.supply, bigint, bigint, timestamp with time zone, text) IS
    'transition function of supply_agg with a channel';
CREATE AGGREGATE omni.supply_agg(stock_id bigint, qty bigint, available_at timestamp with time zone, channel text) (
    SFUNC = omni.supply_accum, STYPE = omni.supply, SSPACE = 256,
    FINALFUNC = omni.supply_final, COMBINEFUNC = omni.supply_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.supply_agg(bigint, bigint, timestamp with time zone, text) IS
    'the stock that can serve one SKU, each row with the channel that it is protected for (NULL: common stock), as one value; mergeable';

/* ---- inventory: routing ---- */

CREATE TYPE omni.route_candidates;

CREATE FUNCTION omni.route_candidates_in(cstring) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_candidates_in';
COMMENT ON FUNCTION omni.route_candidates_in(cstring) IS 'input';
CREATE FUNCTION omni.route_candidates_out(omni.route_candidates) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_candidates_out';
COMMENT ON FUNCTION omni.route_candidates_out(omni.route_candidates) IS 'output';
CREATE FUNCTION omni.route_candidates_recv(internal) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_candidates_recv';
COMMENT ON FUNCTION omni.route_candidates_recv(internal) IS 'binary input';
CREATE FUNCTION omni.route_candidates_send(omni.route_candidates) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_candidates_send';
COMMENT ON FUNCTION omni.route_candidates_send(omni.route_candidates) IS 'binary output';

CREATE TYPE omni.route_candidates (
    INPUT = omni.route_candidates_in,
    OUTPUT = omni.route_candidates_out,
    RECEIVE = omni.route_candidates_recv,
    SEND = omni.route_candidates_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended,
    CATEGORY = 'U'
);
COMMENT ON TYPE omni.route_candidates IS 'what is known of an order that is routed: its lines, and what each node can do for them; equal ones are identical bytes';

CREATE FUNCTION omni.route_candidates(text) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_candidates_from_text';
COMMENT ON FUNCTION omni.route_candidates(text) IS 'the candidates that a text stands for';
CREATE FUNCTION omni.text(omni.route_candidates) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_candidates_to_text';
COMMENT ON FUNCTION omni.text(omni.route_candidates) IS 'candidates as text';
CREATE FUNCTION omni.route_candidates_try(text) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_candidates_try';
COMMENT ON FUNCTION omni.route_candidates_try(text) IS 'the candidates that a text stands for, or NULL';
CREATE FUNCTION omni.route_candidates_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_candidates_problem';
COMMENT ON FUNCTION omni.route_candidates_problem(text) IS 'why a text is not such candidates (json, member, missing, id, range, contradiction, sku, options, objective, limit), or NULL';
CREATE CAST (text AS omni.route_candidates) WITH FUNCTION omni.route_candidates(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.route_candidates) IS 'the candidates that a text stands for';
CREATE CAST (omni.route_candidates AS text) WITH FUNCTION omni.text(omni.route_candidates) AS ASSIGNMENT;
COMMENT ON CAST (omni.route_candidates AS text) IS 'candidates as text';

CREATE FUNCTION omni.route_candidates_eq(omni.route_candidates, omni.route_candidates) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_eq';
COMMENT ON FUNCTION omni.route_candidates_eq(omni.route_candidates, omni.route_candidates) IS 'equal';
CREATE FUNCTION omni.route_candidates_ne(omni.route_candidates, omni.route_candidates) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ne';
COMMENT ON FUNCTION omni.route_candidates_ne(omni.route_candidates, omni.route_candidates) IS 'not equal';
CREATE FUNCTION omni.route_candidates_lt(omni.route_candidates, omni.route_candidates) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_lt';
COMMENT ON FUNCTION omni.route_candidates_lt(omni.route_candidates, omni.route_candidates) IS 'less, by bytes';
CREATE FUNCTION omni.route_candidates_le(omni.route_candidates, omni.route_candidates) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_le';
COMMENT ON FUNCTION omni.route_candidates_le(omni.route_candidates, omni.route_candidates) IS 'less or equal, by bytes';
CREATE FUNCTION omni.route_candidates_gt(omni.route_candidates, omni.route_candidates) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_gt';
COMMENT ON FUNCTION omni.route_candidates_gt(omni.route_candidates, omni.route_candidates) IS 'greater, by bytes';
CREATE FUNCTION omni.route_candidates_ge(omni.route_candidates, omni.route_candidates) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ge';
COMMENT ON FUNCTION omni.route_candidates_ge(omni.route_candidates, omni.route_candidates) IS 'greater or equal, by bytes';
CREATE FUNCTION omni.route_candidates_eq(omni.route_candidates, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.route_candidates_eq(omni.route_candidates, text) IS 'equal, the text being candidates';
CREATE FUNCTION omni.route_candidates_ne(omni.route_candidates, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.route_candidates_ne(omni.route_candidates, text) IS 'not equal, the text being candidates';
CREATE FUNCTION omni.route_candidates_lt(omni.route_candidates, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.route_candidates_lt(omni.route_candidates, text) IS 'less, by bytes, the text being candidates';
CREATE FUNCTION omni.route_candidates_le(omni.route_candidates, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.route_candidates_le(omni.route_candidates, text) IS 'less or equal, by bytes, the text being candidates';
CREATE FUNCTION omni.route_candidates_gt(omni.route_candidates, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.route_candidates_gt(omni.route_candidates, text) IS 'greater, by bytes, the text being candidates';
CREATE FUNCTION omni.route_candidates_ge(omni.route_candidates, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.route_candidates_ge(omni.route_candidates, text) IS 'greater or equal, by bytes, the text being candidates';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.route_candidates, RIGHTARG = omni.route_candidates, FUNCTION = omni.route_candidates_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pg_catalog.= (omni.route_candidates, omni.route_candidates) IS 'equal';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.route_candidates, RIGHTARG = text, FUNCTION = omni.route_candidates_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel
);
COMMENT ON OPERATOR pg_catalog.= (omni.route_candidates, text) IS 'equal, the text being candidates';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.route_candidates, RIGHTARG = omni.route_candidates, FUNCTION = omni.route_candidates_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.route_candidates, omni.route_candidates) IS 'not equal';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.route_candidates, RIGHTARG = text, FUNCTION = omni.route_candidates_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.route_candidates, text) IS 'not equal, the text being candidates';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.route_candidates, RIGHTARG = omni.route_candidates, FUNCTION = omni.route_candidates_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.route_candidates, omni.route_candidates) IS 'less, by bytes';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.route_candidates, RIGHTARG = text, FUNCTION = omni.route_candidates_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.route_candidates, text) IS 'less, by bytes, the text being candidates';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.route_candidates, RIGHTARG = omni.route_candidates, FUNCTION = omni.route_candidates_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.route_candidates, omni.route_candidates) IS 'less or equal, by bytes';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.route_candidates, RIGHTARG = text, FUNCTION = omni.route_candidates_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.route_candidates, text) IS 'less or equal, by bytes, the text being candidates';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.route_candidates, RIGHTARG = omni.route_candidates, FUNCTION = omni.route_candidates_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.route_candidates, omni.route_candidates) IS 'greater, by bytes';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.route_candidates, RIGHTARG = text, FUNCTION = omni.route_candidates_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.route_candidates, text) IS 'greater, by bytes, the text being candidates';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.route_candidates, RIGHTARG = omni.route_candidates, FUNCTION = omni.route_candidates_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.route_candidates, omni.route_candidates) IS 'greater or equal, by bytes';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.route_candidates, RIGHTARG = text, FUNCTION = omni.route_candidates_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.route_candidates, text) IS 'greater or equal, by bytes, the text being candidates';

CREATE FUNCTION omni.route_candidates_cmp(omni.route_candidates, omni.route_candidates) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_cmp';
COMMENT ON FUNCTION omni.route_candidates_cmp(omni.route_candidates, omni.route_candidates) IS 'btree comparison, by bytes';
CREATE FUNCTION omni.route_candidates_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_value_sortsupport';
COMMENT ON FUNCTION omni.route_candidates_sortsupport(internal) IS 'btree sort support';
CREATE FUNCTION omni.route_candidates_hash(omni.route_candidates) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash';
COMMENT ON FUNCTION omni.route_candidates_hash(omni.route_candidates) IS 'hash';
CREATE FUNCTION omni.route_candidates_hash_extended(omni.route_candidates, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash_extended';
COMMENT ON FUNCTION omni.route_candidates_hash_extended(omni.route_candidates, bigint) IS 'hash with a seed';

CREATE OPERATOR FAMILY omni.route_candidates_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.route_candidates_ops USING btree IS 'order of route_candidates by bytes';
CREATE OPERATOR CLASS omni.route_candidates_ops DEFAULT FOR TYPE omni.route_candidates USING btree FAMILY omni.route_candidates_ops AS
    OPERATOR 1 pg_catalog.< (omni.route_candidates, omni.route_candidates),
    OPERATOR 2 pg_catalog.<= (omni.route_candidates, omni.route_candidates),
    OPERATOR 3 pg_catalog.= (omni.route_candidates, omni.route_candidates),
    OPERATOR 4 pg_catalog.>= (omni.route_candidates, omni.route_candidates),
    OPERATOR 5 pg_catalog.> (omni.route_candidates, omni.route_candidates),
    FUNCTION 1 omni.route_candidates_cmp(omni.route_candidates, omni.route_candidates),
    FUNCTION 2 (omni.route_candidates, omni.route_candidates) omni.route_candidates_sortsupport(internal),
    FUNCTION 4 (omni.route_candidates, omni.route_candidates) pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.route_candidates_ops USING btree IS 'order of route_candidates by bytes';
CREATE OPERATOR FAMILY omni.route_candidates_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.route_candidates_ops USING hash IS 'equality of route_candidates';
CREATE OPERATOR CLASS omni.route_candidates_ops DEFAULT FOR TYPE omni.route_candidates USING hash FAMILY omni.route_candidates_ops AS
    OPERATOR 1 pg_catalog.= (omni.route_candidates, omni.route_candidates),
    FUNCTION 1 omni.route_candidates_hash(omni.route_candidates),
    FUNCTION 2 (omni.route_candidates, omni.route_candidates) omni.route_candidates_hash_extended(omni.route_candidates, bigint);
COMMENT ON OPERATOR CLASS omni.route_candidates_ops USING hash IS 'equality of route_candidates';

CREATE TYPE omni.route_plan;

CREATE FUNCTION omni.route_plan_in(cstring) RETURNS omni.route_plan
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_plan_in';
COMMENT ON FUNCTION omni.route_plan_in(cstring) IS 'input';
CREATE FUNCTION omni.route_plan_out(omni.route_plan) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_plan_out';
COMMENT ON FUNCTION omni.route_plan_out(omni.route_plan) IS 'output';
CREATE FUNCTION omni.route_plan_recv(internal) RETURNS omni.route_plan
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_plan_recv';
COMMENT ON FUNCTION omni.route_plan_recv(internal) IS 'binary input';
CREATE FUNCTION omni.route_plan_send(omni.route_plan) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_plan_send';
COMMENT ON FUNCTION omni.route_plan_send(omni.route_plan) IS 'binary output';

CREATE TYPE omni.route_plan (
    INPUT = omni.route_plan_in,
    OUTPUT = omni.route_plan_out,
    RECEIVE = omni.route_plan_recv,
    SEND = omni.route_plan_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended,
    CATEGORY = 'U'
);
COMMENT ON TYPE omni.route_plan IS 'from which nodes an order is filled, with all that it was decided from; equal plans are identical bytes';

CREATE FUNCTION omni.route_plan(text) RETURNS omni.route_plan
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_plan_from_text';
COMMENT ON FUNCTION omni.route_plan(text) IS 'the plan that a text stands for';
CREATE FUNCTION omni.text(omni.route_plan) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_plan_to_text';
COMMENT ON FUNCTION omni.text(omni.route_plan) IS 'a plan as text';
CREATE FUNCTION omni.route_plan_try(text) RETURNS omni.route_plan
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_plan_try';
COMMENT ON FUNCTION omni.route_plan_try(text) IS 'the plan that a text stands for, or NULL';
CREATE FUNCTION omni.route_plan_problem(text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_plan_problem';
COMMENT ON FUNCTION omni.route_plan_problem(text) IS 'why a text is not a plan (json, member, missing, id, range, contradiction, sku, options, picks, bounds, status, exact), or NULL';
CREATE CAST (text AS omni.route_plan) WITH FUNCTION omni.route_plan(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS omni.route_plan) IS 'the plan that a text stands for';
CREATE CAST (omni.route_plan AS text) WITH FUNCTION omni.text(omni.route_plan) AS ASSIGNMENT;
COMMENT ON CAST (omni.route_plan AS text) IS 'a plan as text';

CREATE FUNCTION omni.route_plan_eq(omni.route_plan, omni.route_plan) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_eq';
COMMENT ON FUNCTION omni.route_plan_eq(omni.route_plan, omni.route_plan) IS 'equal';
CREATE FUNCTION omni.route_plan_ne(omni.route_plan, omni.route_plan) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ne';
COMMENT ON FUNCTION omni.route_plan_ne(omni.route_plan, omni.route_plan) IS 'not equal';
CREATE FUNCTION omni.route_plan_lt(omni.route_plan, omni.route_plan) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_lt';
COMMENT ON FUNCTION omni.route_plan_lt(omni.route_plan, omni.route_plan) IS 'less, by bytes';
CREATE FUNCTION omni.route_plan_le(omni.route_plan, omni.route_plan) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_le';
COMMENT ON FUNCTION omni.route_plan_le(omni.route_plan, omni.route_plan) IS 'less or equal, by bytes';
CREATE FUNCTION omni.route_plan_gt(omni.route_plan, omni.route_plan) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_gt';
COMMENT ON FUNCTION omni.route_plan_gt(omni.route_plan, omni.route_plan) IS 'greater, by bytes';
CREATE FUNCTION omni.route_plan_ge(omni.route_plan, omni.route_plan) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_ge';
COMMENT ON FUNCTION omni.route_plan_ge(omni.route_plan, omni.route_plan) IS 'greater or equal, by bytes';
CREATE FUNCTION omni.route_plan_eq(omni.route_plan, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_eq_support AS 'MODULE_PATHNAME', 'text_operand_eq';
COMMENT ON FUNCTION omni.route_plan_eq(omni.route_plan, text) IS 'equal, the text being a plan';
CREATE FUNCTION omni.route_plan_ne(omni.route_plan, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ne_support AS 'MODULE_PATHNAME', 'text_operand_ne';
COMMENT ON FUNCTION omni.route_plan_ne(omni.route_plan, text) IS 'not equal, the text being a plan';
CREATE FUNCTION omni.route_plan_lt(omni.route_plan, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_lt_support AS 'MODULE_PATHNAME', 'text_operand_lt';
COMMENT ON FUNCTION omni.route_plan_lt(omni.route_plan, text) IS 'less, by bytes, the text being a plan';
CREATE FUNCTION omni.route_plan_le(omni.route_plan, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_le_support AS 'MODULE_PATHNAME', 'text_operand_le';
COMMENT ON FUNCTION omni.route_plan_le(omni.route_plan, text) IS 'less or equal, by bytes, the text being a plan';
CREATE FUNCTION omni.route_plan_gt(omni.route_plan, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_gt_support AS 'MODULE_PATHNAME', 'text_operand_gt';
COMMENT ON FUNCTION omni.route_plan_gt(omni.route_plan, text) IS 'greater, by bytes, the text being a plan';
CREATE FUNCTION omni.route_plan_ge(omni.route_plan, text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 SUPPORT omni.text_operand_ge_support AS 'MODULE_PATHNAME', 'text_operand_ge';
COMMENT ON FUNCTION omni.route_plan_ge(omni.route_plan, text) IS 'greater or equal, by bytes, the text being a plan';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.route_plan, RIGHTARG = omni.route_plan, FUNCTION = omni.route_plan_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pg_catalog.= (omni.route_plan, omni.route_plan) IS 'equal';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = omni.route_plan, RIGHTARG = text, FUNCTION = omni.route_plan_eq,
    NEGATOR = OPERATOR(pg_catalog.<>), RESTRICT = eqsel, JOIN = eqjoinsel
);
COMMENT ON OPERATOR pg_catalog.= (omni.route_plan, text) IS 'equal, the text being a plan';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.route_plan, RIGHTARG = omni.route_plan, FUNCTION = omni.route_plan_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.route_plan, omni.route_plan) IS 'not equal';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = omni.route_plan, RIGHTARG = text, FUNCTION = omni.route_plan_ne,
    NEGATOR = OPERATOR(pg_catalog.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (omni.route_plan, text) IS 'not equal, the text being a plan';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.route_plan, RIGHTARG = omni.route_plan, FUNCTION = omni.route_plan_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.route_plan, omni.route_plan) IS 'less, by bytes';
CREATE OPERATOR pg_catalog.< (
    LEFTARG = omni.route_plan, RIGHTARG = text, FUNCTION = omni.route_plan_lt,
    NEGATOR = OPERATOR(pg_catalog.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (omni.route_plan, text) IS 'less, by bytes, the text being a plan';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.route_plan, RIGHTARG = omni.route_plan, FUNCTION = omni.route_plan_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.route_plan, omni.route_plan) IS 'less or equal, by bytes';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = omni.route_plan, RIGHTARG = text, FUNCTION = omni.route_plan_le,
    NEGATOR = OPERATOR(pg_catalog.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (omni.route_plan, text) IS 'less or equal, by bytes, the text being a plan';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.route_plan, RIGHTARG = omni.route_plan, FUNCTION = omni.route_plan_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.route_plan, omni.route_plan) IS 'greater, by bytes';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = omni.route_plan, RIGHTARG = text, FUNCTION = omni.route_plan_gt,
    NEGATOR = OPERATOR(pg_catalog.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (omni.route_plan, text) IS 'greater, by bytes, the text being a plan';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.route_plan, RIGHTARG = omni.route_plan, FUNCTION = omni.route_plan_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.route_plan, omni.route_plan) IS 'greater or equal, by bytes';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = omni.route_plan, RIGHTARG = text, FUNCTION = omni.route_plan_ge,
    NEGATOR = OPERATOR(pg_catalog.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (omni.route_plan, text) IS 'greater or equal, by bytes, the text being a plan';

CREATE FUNCTION omni.route_plan_cmp(omni.route_plan, omni.route_plan) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_cmp';
COMMENT ON FUNCTION omni.route_plan_cmp(omni.route_plan, omni.route_plan) IS 'btree comparison, by bytes';
CREATE FUNCTION omni.route_plan_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_value_sortsupport';
COMMENT ON FUNCTION omni.route_plan_sortsupport(internal) IS 'btree sort support';
CREATE FUNCTION omni.route_plan_hash(omni.route_plan) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash';
COMMENT ON FUNCTION omni.route_plan_hash(omni.route_plan) IS 'hash';
CREATE FUNCTION omni.route_plan_hash_extended(omni.route_plan, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 2 AS 'MODULE_PATHNAME', 'text_value_hash_extended';
COMMENT ON FUNCTION omni.route_plan_hash_extended(omni.route_plan, bigint) IS 'hash with a seed';

CREATE OPERATOR FAMILY omni.route_plan_ops USING btree;
COMMENT ON OPERATOR FAMILY omni.route_plan_ops USING btree IS 'order of route_plan by bytes';
CREATE OPERATOR CLASS omni.route_plan_ops DEFAULT FOR TYPE omni.route_plan USING btree FAMILY omni.route_plan_ops AS
    OPERATOR 1 pg_catalog.< (omni.route_plan, omni.route_plan),
    OPERATOR 2 pg_catalog.<= (omni.route_plan, omni.route_plan),
    OPERATOR 3 pg_catalog.= (omni.route_plan, omni.route_plan),
    OPERATOR 4 pg_catalog.>= (omni.route_plan, omni.route_plan),
    OPERATOR 5 pg_catalog.> (omni.route_plan, omni.route_plan),
    FUNCTION 1 omni.route_plan_cmp(omni.route_plan, omni.route_plan),
    FUNCTION 2 (omni.route_plan, omni.route_plan) omni.route_plan_sortsupport(internal),
    FUNCTION 4 (omni.route_plan, omni.route_plan) pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS omni.route_plan_ops USING btree IS 'order of route_plan by bytes';
CREATE OPERATOR FAMILY omni.route_plan_ops USING hash;
COMMENT ON OPERATOR FAMILY omni.route_plan_ops USING hash IS 'equality of route_plan';
CREATE OPERATOR CLASS omni.route_plan_ops DEFAULT FOR TYPE omni.route_plan USING hash FAMILY omni.route_plan_ops AS
    OPERATOR 1 pg_catalog.= (omni.route_plan, omni.route_plan),
    FUNCTION 1 omni.route_plan_hash(omni.route_plan),
    FUNCTION 2 (omni.route_plan, omni.route_plan) omni.route_plan_hash_extended(omni.route_plan, bigint);
COMMENT ON OPERATOR CLASS omni.route_plan_ops USING hash IS 'equality of route_plan';

CREATE FUNCTION omni.route_accum(omni.route_candidates, bigint, bigint, bigint, bigint, bigint, numeric) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'route_accum_numbers';
COMMENT ON FUNCTION omni.route_accum(omni.route_candidates, bigint, bigint, bigint, bigint, bigint, numeric) IS 'transition function of route_order and route_candidates_agg';
CREATE FUNCTION omni.route_accum(omni.route_candidates, text, text, bigint, text, bigint, numeric) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'route_accum_texts';
COMMENT ON FUNCTION omni.route_accum(omni.route_candidates, text, text, bigint, text, bigint, numeric) IS 'transition function of route_order and route_candidates_agg';
CREATE FUNCTION omni.route_accum(omni.route_candidates, bigint, text, bigint, text, bigint, numeric) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'route_accum_codes';
COMMENT ON FUNCTION omni.route_accum(omni.route_candidates, bigint, text, bigint, text, bigint, numeric) IS 'transition function of route_order and route_candidates_agg';
CREATE FUNCTION omni.route_accum(omni.route_candidates, bigint, bigint, bigint, bigint, bigint, jsonb, jsonb) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'route_accum_number_facts';
COMMENT ON FUNCTION omni.route_accum(omni.route_candidates, bigint, bigint, bigint, bigint, bigint, jsonb, jsonb) IS 'transition function of route_order and route_candidates_agg';
CREATE FUNCTION omni.route_accum(omni.route_candidates, text, text, bigint, text, bigint, jsonb, jsonb) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'route_accum_text_facts';
COMMENT ON FUNCTION omni.route_accum(omni.route_candidates, text, text, bigint, text, bigint, jsonb, jsonb) IS 'transition function of route_order and route_candidates_agg';
CREATE FUNCTION omni.route_accum(omni.route_candidates, bigint, text, bigint, text, bigint, jsonb, jsonb) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'route_accum_code_facts';
COMMENT ON FUNCTION omni.route_accum(omni.route_candidates, bigint, text, bigint, text, bigint, jsonb, jsonb) IS 'transition function of route_order and route_candidates_agg';
CREATE FUNCTION omni.route_accum(omni.route_candidates, omni.route_plan) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'route_accum_plan';
COMMENT ON FUNCTION omni.route_accum(omni.route_candidates, omni.route_plan) IS 'transition function of route_order_rollup over plans';
CREATE FUNCTION omni.route_combine(omni.route_candidates, omni.route_candidates) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'route_combine';
COMMENT ON FUNCTION omni.route_combine(omni.route_candidates, omni.route_candidates) IS 'combine function of the aggregates of routing';
CREATE FUNCTION omni.route_candidates_final(omni.route_candidates) RETURNS omni.route_candidates
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'route_candidates_final';
COMMENT ON FUNCTION omni.route_candidates_final(omni.route_candidates) IS 'final function of route_candidates_agg and route_candidates_rollup';
CREATE FUNCTION omni.route_order_final(omni.route_candidates) RETURNS omni.route_plan
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'route_order_final';
COMMENT ON FUNCTION omni.route_order_final(omni.route_candidates) IS 'final function of route_order and route_order_rollup';

CREATE AGGREGATE omni.route_candidates_agg(line bigint, sku bigint, qty bigint, node bigint, available bigint, cost numeric) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_candidates_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_candidates_agg(bigint, bigint, bigint, bigint, bigint, numeric) IS 'what is known of an order, as one value; mergeable; route() makes the plan of it';
CREATE AGGREGATE omni.route_candidates_agg(line bigint, sku bigint, qty bigint, node bigint, available bigint, facts jsonb, options jsonb) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_candidates_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_candidates_agg(bigint, bigint, bigint, bigint, bigint, jsonb, jsonb) IS 'what is known of an order, as one value; mergeable; route() makes the plan of it';
CREATE AGGREGATE omni.route_candidates_agg(line text, sku text, qty bigint, node text, available bigint, cost numeric) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_candidates_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_candidates_agg(text, text, bigint, text, bigint, numeric) IS 'what is known of an order, as one value; mergeable; route() makes the plan of it';
CREATE AGGREGATE omni.route_candidates_agg(line bigint, sku text, qty bigint, node text, available bigint, cost numeric) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_candidates_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_candidates_agg(bigint, text, bigint, text, bigint, numeric) IS 'what is known of an order, as one value; mergeable; route() makes the plan of it';
CREATE AGGREGATE omni.route_candidates_agg(line text, sku text, qty bigint, node text, available bigint, facts jsonb, options jsonb) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_candidates_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_candidates_agg(text, text, bigint, text, bigint, jsonb, jsonb) IS 'what is known of an order, as one value; mergeable; route() makes the plan of it';
CREATE AGGREGATE omni.route_candidates_agg(line bigint, sku text, qty bigint, node text, available bigint, facts jsonb, options jsonb) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_candidates_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_candidates_agg(bigint, text, bigint, text, bigint, jsonb, jsonb) IS 'what is known of an order, as one value; mergeable; route() makes the plan of it';
CREATE AGGREGATE omni.route_order(line bigint, sku bigint, qty bigint, node bigint, available bigint, cost numeric) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_order_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_order(bigint, bigint, bigint, bigint, bigint, numeric) IS 'from which nodes an order is filled: a row for each line and node, with the cost of a shipment';
CREATE AGGREGATE omni.route_order(line bigint, sku bigint, qty bigint, node bigint, available bigint, facts jsonb, options jsonb) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_order_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_order(bigint, bigint, bigint, bigint, bigint, jsonb, jsonb) IS 'from which nodes an order is filled, by all facts of each node and by options; mergeable';
CREATE AGGREGATE omni.route_order(line text, sku text, qty bigint, node text, available bigint, cost numeric) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_order_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_order(text, text, bigint, text, bigint, numeric) IS 'from which nodes an order is filled: a row for each line and node, with the cost of a shipment';
CREATE AGGREGATE omni.route_order(line bigint, sku text, qty bigint, node text, available bigint, cost numeric) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_order_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_order(bigint, text, bigint, text, bigint, numeric) IS 'from which nodes an order is filled: a row for each line and node, with the cost of a shipment';
CREATE AGGREGATE omni.route_order(line text, sku text, qty bigint, node text, available bigint, facts jsonb, options jsonb) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_order_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_order(text, text, bigint, text, bigint, jsonb, jsonb) IS 'from which nodes an order is filled, by all facts of each node and by options; mergeable';
CREATE AGGREGATE omni.route_order(line bigint, sku text, qty bigint, node text, available bigint, facts jsonb, options jsonb) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_order_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_order(bigint, text, bigint, text, bigint, jsonb, jsonb) IS 'from which nodes an order is filled, by all facts of each node and by options; mergeable';
CREATE AGGREGATE omni.route_candidates_rollup(omni.route_candidates) (
    SFUNC = omni.route_combine, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_candidates_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_candidates_rollup(omni.route_candidates) IS 'stored results of route_candidates_agg as one';
CREATE AGGREGATE omni.route_order_rollup(omni.route_candidates) (
    SFUNC = omni.route_combine, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_order_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_order_rollup(omni.route_candidates) IS 'the plan of stored results of route_candidates_agg as one';
CREATE AGGREGATE omni.route_order_rollup(omni.route_plan) (
    SFUNC = omni.route_accum, STYPE = omni.route_candidates, SSPACE = 512,
    FINALFUNC = omni.route_order_final, COMBINEFUNC = omni.route_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE omni.route_order_rollup(omni.route_plan) IS 'the orders of several plans as one order, routed anew';

CREATE FUNCTION omni.route(candidates omni.route_candidates, options jsonb DEFAULT NULL) RETURNS omni.route_plan
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'route';
COMMENT ON FUNCTION omni.route(omni.route_candidates, jsonb) IS 'the plan of an order by options; NULL options are those that its rows told, or the defaults; NULL candidates have no plan';
CREATE FUNCTION omni.route_lines(plan omni.route_plan, OUT line text, OUT sku text, OUT node text, OUT qty bigint, OUT method text, OUT reason text) RETURNS SETOF record
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 4 AS 'MODULE_PATHNAME', 'route_lines';
COMMENT ON FUNCTION omni.route_lines(omni.route_plan) IS 'who serves each line of a plan, and what each does not get';
CREATE FUNCTION omni.route_lines(plan omni.route_plan, bigint, OUT line bigint, OUT sku bigint, OUT node bigint, OUT qty bigint, OUT method text, OUT reason text) RETURNS SETOF record
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 20 ROWS 4 AS 'MODULE_PATHNAME', 'route_lines_bigint';
COMMENT ON FUNCTION omni.route_lines(omni.route_plan, bigint) IS 'route_lines with ids as bigint: route_lines(plan, NULL::bigint); a NULL plan has no line';
CREATE FUNCTION omni.route_status(omni.route_plan) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_status';
COMMENT ON FUNCTION omni.route_status(omni.route_plan) IS 'whether a plan serves all units (routed), some (partial) or none (refused)';
CREATE FUNCTION omni.route_shipments(omni.route_plan) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_shipments';
COMMENT ON FUNCTION omni.route_shipments(omni.route_plan) IS 'how many shipments a plan has';
CREATE FUNCTION omni.route_cost(omni.route_plan) RETURNS numeric
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_cost';
COMMENT ON FUNCTION omni.route_cost(omni.route_plan) IS 'what the shipments and units of a plan cost, exactly';
CREATE FUNCTION omni.route_missing(omni.route_plan) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_missing';
COMMENT ON FUNCTION omni.route_missing(omni.route_plan) IS 'units that a plan does not serve';
CREATE FUNCTION omni.route_is_optimal(omni.route_plan) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'route_is_optimal';
COMMENT ON FUNCTION omni.route_is_optimal(omni.route_plan) IS 'whether it is proven that no plan is better';
CREATE FUNCTION omni.route_explain(plan omni.route_plan, OUT aspect text, OUT name text, OUT sku text, OUT node text, OUT method text, OUT value numeric, OUT at_least numeric, OUT note text) RETURNS SETOF record
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 20 AS 'MODULE_PATHNAME', 'route_explain';
COMMENT ON FUNCTION omni.route_explain(omni.route_plan) IS 'why a plan is as it is: its terms beside what no plan can go below, and for each candidate whether it is used or which filter removed it';

/* ---- inventory: route_batch ---- */

CREATE FUNCTION omni.route_batch(lines regclass, stock regclass, facts regclass DEFAULT NULL, options jsonb DEFAULT '{}', rounds integer DEFAULT 3,
    OUT order_ref text, OUT sku text, OUT node text, OUT qty bigint, OUT method text, OUT reason text) RETURNS SETOF record
    LANGUAGE c STABLE PARALLEL RESTRICTED COST 1000000 ROWS 10000 AS 'MODULE_PATHNAME', 'route_batch';
COMMENT ON FUNCTION omni.route_batch(regclass, regclass, regclass, jsonb, integer) IS 'from which nodes the orders of a queue are filled that share the stock: one after the other, then better in rounds, so that no order gets fewer units and all together need fewer shipments; NULL facts: nothing is told of the nodes, NULL options: the defaults';
