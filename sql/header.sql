/* omni: full script of the version that META.json names, put together by make from sql/. */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION omni" to load this file. \quit

GRANT USAGE ON SCHEMA omni TO PUBLIC;

