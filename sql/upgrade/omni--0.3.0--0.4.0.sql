/* omni 0.3.0 to 0.4.0: inventory */

-- complain if script is sourced in psql, rather than via ALTER EXTENSION
\echo Use "ALTER EXTENSION omni UPDATE TO '0.4.0'" to load this file. \quit

-- @include sql/released/omni--0.4.0.sql#inventory: projection
-- @include sql/released/omni--0.4.0.sql#inventory: planning
-- @include sql/released/omni--0.4.0.sql#inventory: allocation policies
-- @include sql/released/omni--0.4.0.sql#inventory: routing
-- @include sql/released/omni--0.4.0.sql#inventory: route_batch
-- @replace sql/released/omni--0.4.0.sql#store
-- @comments sql/released/omni--0.4.0.sql#text
-- @comments sql/released/omni--0.4.0.sql#catalog
-- @comments sql/released/omni--0.4.0.sql#identity
-- @comments sql/released/omni--0.4.0.sql#orders
-- @comments sql/released/omni--0.4.0.sql#inventory
