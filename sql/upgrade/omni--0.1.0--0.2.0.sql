/* omni 0.1.0 to 0.2.0: orders, inventory, and the store with both */

-- complain if script is sourced in psql, rather than via ALTER EXTENSION
\echo Use "ALTER EXTENSION omni UPDATE TO '0.2.0'" to load this file. \quit

-- @include sql/orders.sql
-- @include sql/inventory.sql
-- @replace sql/store.sql
-- @replace sql/store_source.sql
-- @comments sql/text.sql
-- @comments sql/catalog.sql
-- @comments sql/identity.sql
