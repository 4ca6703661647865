/* omni 0.3.0 to 0.4.0: inventory */

-- complain if script is sourced in psql, rather than via ALTER EXTENSION
\echo Use "ALTER EXTENSION omni UPDATE TO '0.4.0'" to load this file. \quit

-- @include sql/inventory.sql#inventory: projection
-- @include sql/inventory.sql#inventory: planning
-- @include sql/inventory.sql#inventory: allocation policies
-- @include sql/inventory.sql#inventory: routing
-- @include sql/inventory.sql#inventory: route_batch
-- @replace sql/store.sql
-- @replace sql/store_source.sql
-- @comments sql/text.sql
-- @comments sql/catalog.sql
-- @comments sql/identity.sql
-- @comments sql/orders.sql
-- @comments sql/inventory.sql
