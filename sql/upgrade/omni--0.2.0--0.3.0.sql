/* omni 0.2.0 to 0.3.0: customer profiles and matching */

-- complain if script is sourced in psql, rather than via ALTER EXTENSION
\echo Use "ALTER EXTENSION omni UPDATE TO '0.3.0'" to load this file. \quit

-- @include sql/identity.sql#identity: how alike texts are
-- @include sql/identity.sql#identity: functions that Splink's models call
-- @include sql/identity.sql#identity: match_model
-- @include sql/identity.sql#identity: matching
-- @include sql/identity.sql#identity: customer_profile
-- @include sql/identity.sql#identity: constrained clustering
-- @replace sql/store.sql
-- @replace sql/store_source.sql
-- @comments sql/text.sql
-- @comments sql/catalog.sql
-- @comments sql/identity.sql
-- @comments sql/orders.sql
-- @comments sql/inventory.sql
