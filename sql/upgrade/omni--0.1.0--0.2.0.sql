/* omni 0.1.0 to 0.2.0: orders, inventory, and the store with both */

-- complain if script is sourced in psql, rather than via ALTER EXTENSION
\echo Use "ALTER EXTENSION omni UPDATE TO '0.2.0'" to load this file. \quit

-- @include sql/released/omni--0.2.0.sql#orders
-- @include sql/released/omni--0.2.0.sql#inventory
-- @replace sql/released/omni--0.2.0.sql#store
-- @comments sql/released/omni--0.2.0.sql#text
-- @comments sql/released/omni--0.2.0.sql#catalog
-- @comments sql/released/omni--0.2.0.sql#identity
