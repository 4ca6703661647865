/*
 * reidentify.c
 *	  The one way from a token back to its value: with a right, a reason, and two records of it.
 *
 * The entry in the store's table is written by the caller's own rights, and a rollback takes it
 * away.  So a line of the server's log comes before the value is given, which nothing takes away;
 * where the log leaves such lines out, nothing is disclosed, and where the entry is not written,
 * neither.  On a standby, which writes no tables, there is the line alone.  Who opens a token may
 * add entries, and must not be able to take them away: so nobody opens tokens with tables of their
 * own either.
 *
 * Neither has the value, or the token, which would be all that a thief of the log lacks: they have
 * the SHA-256 of the token.
 */
#include "postgres.h"
#include "compat.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "access/xlog.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "rewrite/prs2lock.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "privacy/token.h"
#include "store/plan.h"

#define REASON_MAX	1000		/* characters */

/* ---- arguments ---- */

/* what ends a line in some viewer of logs, or shows it in another order */
static bool
disturbs_line(pg_wchar c)
{
	return text_is_control(c) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/* a reason is a line: nobody writes lines of the log with it, or leaves it out with spaces */
static void
check_reason(const text *reason)
{
	const char *s = VARDATA_ANY(reason);
	int			len = VARSIZE_ANY_EXHDR(reason);
	TextSpan	utf8;
	Problem		problem;
	bool		blank = true;
	int			size;

	if (!problem_of_text(text_from_server(s, len, &utf8), &problem))
		problem_report(NULL, &problem, "reasons", NULL);
	for (int i = 0; i < utf8.len; i += size)
	{
		pg_wchar	c = text_next(utf8.data + i, utf8.len - i, &size);

		if (disturbs_line(c))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the reason has a control character"),
					 errhint("Give it in one line.")));
		blank = blank && (text_is_space(c) || text_is_hidden(c));
	}
	if (blank)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a token is opened for a reason only"),
				 errhint("Say why, such as the number of the case that needs it.")));
	if (pg_mbstrlen_with_len(s, len) > REASON_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the reason is too long"),
				 errdetail("It has more than %d characters.", REASON_MAX),
				 errhint("Name the case, and keep its story there.")));
}

/* one line of the log, whatever a role is called, in whatever encoding */
static const char *
role_name(Oid role)
{
	char	   *name = GetUserNameFromId(role, false);
	TextSpan	utf8;
	bool		plain = text_from_server(name, strlen(name), &utf8) == TEXT_OK;
	int			size;

	for (int i = 0; plain && i < utf8.len; i += size)
		plain = !disturbs_line(text_next(utf8.data + i, utf8.len - i, &size));
	for (char *c = name; !plain && *c; c++)
	{
		if (*c < ' ' || *c > '~')
			*c = '?';
	}
	return name;
}

static void
check_name(const char *schema)
{
	bool		fits = *schema != '\0';

	for (const char *c = schema; *c; c++)
		fits = fits && ((*c >= 'a' && *c <= 'z') || *c == '_' ||
						(c > schema && *c >= '0' && *c <= '9'));
	if (!fits || strncmp(schema, "pg_", 3) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid name of a store"),
				 errhint("The name of a store is that of its schema, as create_store() took it.")));
}

static Oid
schema_owner(Oid schema)
{
	HeapTuple	tuple = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(schema));
	Oid			owner = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		owner = ((Form_pg_namespace) GETSTRUCT(tuple))->nspowner;
		ReleaseSysCache(tuple);
	}
	return owner;
}

/* one of a table and its partitions */
static bool
could_change_one(Oid relid)
{
	Oid			user = GetUserId();
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	AclMode		rights = ACL_UPDATE | ACL_DELETE | ACL_TRUNCATE | ACL_TRIGGER;
	bool		could = true;

	if (HeapTupleIsValid(tuple))
	{
		Form_pg_class c = (Form_pg_class) GETSTRUCT(tuple);

		could = has_privs_of_role(user, c->relowner) ||
			has_privs_of_role(user, schema_owner(c->relnamespace)) ||
			pg_class_aclmask(relid, user, rights, ACLMASK_ANY) != 0 ||
			pg_attribute_aclcheck_all(relid, user, ACL_UPDATE, ACLMASK_ANY) == ACLCHECK_OK;
		ReleaseSysCache(tuple);
	}
	return could;
}

/*
 * Whether who calls could change, falsify or take away rows of a table: all of a row or one column
 * of it, by a trigger that writes something else, or with the whole table, which the owner of its
 * schema may drop.
 */
static bool
could_change(Relation relation)
{
	Oid			relid = RelationGetRelid(relation);
	List	   *all = relation->rd_rel->relkind == RELKIND_PARTITIONED_TABLE ?
		find_all_inheritors(relid, AccessShareLock, NULL) : list_make1_oid(relid);
	ListCell   *lc;

	foreach(lc, all)
	{
		if (could_change_one(lfirst_oid(lc)))
			return true;
	}
	return false;
}

/*
 * A table of the store.  It has to be one: a view would run what its owner wrote into it, and a
 * rule would write the entry elsewhere.  Where "kept", who calls must not be able to change its
 * rows; a superuser can change everything.  Its lock keeps it what it is.
 */
static void
check_table(const char *schema, Oid id, const char *name, bool kept)
{
	Oid			relid = get_relname_relid(name, id);
	Relation	relation = OidIsValid(relid) ? try_relation_open(relid, AccessShareLock) : NULL;

	if (relation == NULL ||
		(relation->rd_rel->relkind != RELKIND_RELATION &&
		 relation->rd_rel->relkind != RELKIND_PARTITIONED_TABLE) ||
		relation->rd_rel->relpersistence != RELPERSISTENCE_PERMANENT)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("schema \"%s\" has no table \"%s\" of a store", schema, name),
				 errhint("Name the schema of a store, and bring one of an older version up to date "
						 "with omni.migrate_store().")));
	if (relation->rd_rules != NULL && relation->rd_rules->numLocks > 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s.%s\" has a rule", schema, name),
				 errhint("Remove the rule: entries about opened tokens go to that table alone.")));
	if (kept && !superuser() && could_change(relation))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("role \"%s\" could change the entries about opened tokens",
						role_name(GetUserId())),
				 errdetail("It owns \"%s.%s\" or its schema, or may update or delete rows or "
						   "create triggers there.", schema, name),
				 errhint("Open tokens by a role of its own, which may insert into that table and "
						 "nothing else.")));
	relation_close(relation, NoLock);
}

/* ---- the store ---- */

/* a statement in which %s stands for the schema, run once, with the rights of who calls */
static int
run(const char *schema, const char *query, int n, Oid *types, Datum *values)
{
	char	   *statement = psprintf(query, quote_identifier(schema));
	int			code = SPI_execute_with_args(statement, n, types, values, NULL, false, 0);

	if (code < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("a statement on the store failed: %s",
								 SPI_result_code_string(code))));
	return code;
}

/* the secret of a subject, which the caller wipes */
static void
read_secret(const char *schema, int64 subject, uint8 secret[SUBJECT_SECRET_BYTES])
{
	Oid			type = INT8OID;
	Datum		value = Int64GetDatum(subject);
	bool		isnull = true;

	SPI_connect();
	(void) run(schema, "SELECT s.subject_key FROM %s.subject_secrets s WHERE s.customer_id" EQ "$1",
			   1, &type, &value);
	if (SPI_processed == 1)
	{
		if (SPI_gettypeid(SPI_tuptable->tupdesc, 1) != BYTEAOID)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("the tables of store \"%s\" are not as omni makes them", schema),
					 errhint("check_store() tells what differs.")));
		value = store_value(0, 1, &isnull);
	}
	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("store \"%s\" has no key for the token's subject", schema),
				 errdetail("If the subject was erased, nobody can read the token any more."),
				 errhint("A token that was made for another store is opened with that store's "
						 "name.")));
	subject_key_open(DatumGetByteaPP(value), secret);
	SPI_finish();
}

/*
 * The entry.  Whoever writes entries need not be allowed to read them, so that none is asked for;
 * but a rule, a trigger or a policy that lets nothing in is noticed.
 */
static void
write_entry(const char *schema, const char *digest, const char *domain, int64 subject,
			text *reason)
{
	Oid			types[4] = {TEXTOID, TEXTOID, INT8OID, TEXTOID};
	Datum		values[4] = {CStringGetTextDatum(digest), CStringGetTextDatum(domain),
		Int64GetDatum(subject), PointerGetDatum(reason)
	};
	int			code;

	SPI_connect();
	code = run(schema, "INSERT INTO %s.reidentifications "
			   "(token_digest, domain, customer_id, reason) VALUES ($1, $2, $3, $4)",
			   4, types, values);
	if (code != SPI_OK_INSERT || SPI_processed != 1)
		ereport(ERROR,
				(errcode(ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION),
				 errmsg("the entry about the opened token was not written"),
				 errdetail("A rule or a trigger of \"%s.reidentifications\" left it out, so the "
						   "token stays closed.", schema),
				 errhint("Remove what hinders entries in the table.")));
	SPI_finish();
}

/* ---- the log ---- */

/* lines of level LOG are below FATAL, and above all others */
static void
check_log(void)
{
	if (log_min_messages != LOG && log_min_messages > ERROR)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("no token is opened while the server's log leaves out lines of level LOG"),
				 errhint("Set log_min_messages to \"log\" or to a level below it.")));
}

/* all in the message: a detail is left out where log_error_verbosity is terse */
static void
write_log(const char *schema, const char *digest, const char *domain, text *reason)
{
	ereport(LOG_SERVER_ONLY,
			(errmsg("omni: token opened by role \"%s\" (session of \"%s\") in domain \"%s\", "
					"store \"%s\"; SHA-256 of the token: %s; reason: %s",
					role_name(GetUserId()), role_name(GetSessionUserId()), domain, schema, digest,
					text_to_cstring(reason)),
			 errhidestmt(true), errhidecontext(true)));
}

static char *
digest_of(const text *token)
{
	CryptoPart	part = {VARDATA_ANY(token), VARSIZE_ANY_EXHDR(token)};
	uint8		digest[SHA256_BYTES];
	char	   *hex = palloc(2 * SHA256_BYTES + 1);

	sha256(&part, 1, digest);
	for (int i = 0; i < SHA256_BYTES; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	return hex;
}

PG_FUNCTION_INFO_V1(store_reidentify);

/*
 * store_reidentify(store name, token text, reason text) -> text: the value of a token.  Needs the
 * verb reidentify in its domain, and to read subject_secrets and to write reidentifications of the
 * store.  22P02 for what is no token, 22023 for one that was changed or is of another keyring or
 * store, 55000 for a destroyed version of the key or an erased subject, and as of keyring_domain();
 * no message has the value
 */
Datum
store_reidentify(PG_FUNCTION_ARGS)
{
	const char *schema;
	text	   *token_text;
	text	   *reason;
	Token		token;
	const DomainKey *domain;
	Oid			id;
	uint8		secret[SUBJECT_SECRET_BYTES];
	char	   *digest;
	text	   *value;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the %s is NULL", PG_ARGISNULL(0) ? "store" : "reason"),
				 errhint("A token is opened by the key that a store has of its subject, and for a "
						 "reason.")));
	schema = NameStr(*PG_GETARG_NAME(0));
	check_name(schema);
	reason = PG_GETARG_TEXT_PP(2);
	check_reason(reason);
	if (PG_ARGISNULL(1))
		PG_RETURN_NULL();
	token_text = PG_GETARG_TEXT_PP(1);
	token_parse(token_text, &token);
	domain = keyring_domain_tagged(token.tag, VERB_REIDENTIFY, 1);
	token_check_domain(domain);
	domain = keyring_domain_version(domain->name, strlen(domain->name), VERB_REIDENTIFY, 0,
									token.version);
	check_log();
	id = LookupExplicitNamespace(schema, false);
	check_table(schema, id, "subject_secrets", false);
	check_table(schema, id, "reidentifications", true);
	token_open_envelope(domain, &token);
	digest = digest_of(token_text);

	read_secret(schema, token.subject, secret);
	value = token_open_value(domain, &token, secret);
	explicit_bzero(secret, sizeof(secret));
	if (!RecoveryInProgress())
		write_entry(schema, digest, domain->name, token.subject, reason);
	write_log(schema, digest, domain->name, reason);
	PG_RETURN_TEXT_P(value);
}
