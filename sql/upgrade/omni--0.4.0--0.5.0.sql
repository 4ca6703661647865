/* omni 0.4.0 to 0.5.0: privacy */

-- complain if script is sourced in psql, rather than via ALTER EXTENSION
\echo Use "ALTER EXTENSION omni UPDATE TO '0.5.0'" to load this file. \quit

-- @include sql/privacy.sql
-- @replace sql/store.sql
-- @replace sql/store_source.sql
-- @comments sql/text.sql
-- @comments sql/catalog.sql
-- @comments sql/identity.sql
-- @comments sql/orders.sql
-- @comments sql/inventory.sql
