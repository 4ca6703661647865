/* omni 0.2.0 to 0.3.0: customer profiles and matching */

-- complain if script is sourced in psql, rather than via ALTER EXTENSION
\echo Use "ALTER EXTENSION omni UPDATE TO '0.3.0'" to load this file. \quit

-- @include sql/released/omni--0.3.0.sql#identity: how alike texts are
-- @include sql/released/omni--0.3.0.sql#identity: functions that Splink's models call
-- @include sql/released/omni--0.3.0.sql#identity: match_model
-- @include sql/released/omni--0.3.0.sql#identity: matching
-- @include sql/released/omni--0.3.0.sql#identity: customer_profile
-- @include sql/released/omni--0.3.0.sql#identity: constrained clustering
-- @replace sql/released/omni--0.3.0.sql#store
-- @comments sql/released/omni--0.3.0.sql#text
-- @comments sql/released/omni--0.3.0.sql#catalog
-- @comments sql/released/omni--0.3.0.sql#identity
-- @comments sql/released/omni--0.3.0.sql#orders
-- @comments sql/released/omni--0.3.0.sql#inventory
