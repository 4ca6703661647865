/*
 * keyring.c
 *	  The keyring of a backend: when it is loaded, who may use it, and the keys it gives.
 *
 * A backend loads the keyring when it first needs it, and again after each reload of the server's
 * configuration (SIGHUP).  The old one is wiped before the new one is read: where that cannot be
 * used, every function that needs a key raises, until one can be read.  Going on with the old
 * keyring could use a key that was to be destroyed, or a right that was to be taken away.
 *
 * A right is membership: the calling role has to be a member of a role that a line of the keyring
 * names, and to have its privileges.  A superuser is no exception, since there superusers are
 * members of all roles by no one's decision.  Rights that were looked up are kept until any role
 * or membership changes; what other sessions change counts from the next statement on.
 *
 * Keys are derived by HKDF from the master key of a version; its info is a list of fields, each
 * with its length in front (2 bytes, most significant first): a label, the domain's tenant, purpose
 * and recipient, the kind of pseudonym where the label is "omni pseudonym v1", and the epoch in
 * decimal.  Hence ("ab", "c") and ("a", "bc") are not the same domain.
 */
#include "postgres.h"
#include "compat.h"

#include "access/xact.h"
#include "catalog/pg_authid.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "identity/identity.h"
#include "privacy/domain.h"
#include "privacy/keyring.h"
#include "privacy/keyring_file.h"
#include "privacy/limits.h"

const char *const pseudonym_kind_name[PSEUDONYM_KINDS] = {
	"text", "email", "phone", "identifier"
};

/* ---- settings ---- */

static char *keyring_file = NULL;
static char *keyring_command = NULL;

/* grows with every assignment, even of the same value */
static uint32 assigned = 0;

static void
assign(const char *value, void *extra)
{
	assigned++;
}

static bool
check_path(char **value, void **extra, GucSource source)
{
	if (**value == '\0' || **value == '/')
		return true;
	GUC_check_errdetail("The path of the keyring has to begin at the root (\"/\").");
	return false;
}

void
keyring_settings(void)
{
	DefineCustomStringVariable("omni.keyring_file",
							   "Path of the file that holds the keyring.",
							   "It has to lie outside the data directory and to be closed to all "
							   "but the server's user.",
							   &keyring_file, "", PGC_SIGHUP, GUC_SUPERUSER_ONLY,
							   check_path, assign, NULL);
	DefineCustomStringVariable("omni.keyring_command",
							   "Command that writes the keyring to its standard output.",
							   NULL,
							   &keyring_command, "", PGC_SIGHUP, GUC_SUPERUSER_ONLY,
							   NULL, assign, NULL);
}

static bool
is_set(const char *value)
{
	return value != NULL && value[0] != '\0';
}

/* who may know the settings may know what is wrong with the keyring */
static bool
may_know(void)
{
	return superuser() || has_privs_of_role(GetUserId(), ROLE_PG_READ_ALL_SETTINGS);
}

/* ---- loading ---- */

static Keyring *current = NULL;
static MemoryContext current_memory = NULL;
static TimestampTz current_reload = 0;
static uint32 current_assigned = 0;

/* grows with every load */
static uint32 generation = 0;

/* grows when any role or membership changes */
static uint32 roles_since = 1;

static void
roles_changed(Datum argument, int cache, uint32 hash)
{
	roles_since++;
}

static void
watch_roles(void)
{
	static bool watching = false;

	if (watching)
		return;
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, roles_changed, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHOID, roles_changed, (Datum) 0);
	/* the owner of a database is a member of pg_database_owner */
	CacheRegisterSyscacheCallback(DATABASEOID, roles_changed, (Datum) 0);
	watching = true;
}

/* the domain that was asked for last, whose name the next row asks for again */
static const char *last_name = NULL;
static int	last_len = -1;
static KeyringDomain *last_domain = NULL;

static void
forget(void)
{
	last_len = -1;
	if (current != NULL)
		secret_wipe(&current->secrets);
	current = NULL;
	if (current_memory != NULL)
		MemoryContextDelete(current_memory);
	current_memory = NULL;
}

/*
 * The signal that cancels a statement goes to its command, too: that is no failure of the command,
 * for which other sessions would have to wait.
 */
static void
command_failed(void)
{
	CHECK_FOR_INTERRUPTS();
	limits_command_failed();
}

static bool
read_text(SecretPool *pool, KeyringText *text, KeyringProblem *problem)
{
	int			wait;
	bool		good;

	if (is_set(keyring_file) && is_set(keyring_command))
		return keyring_refuse(problem, 0, "Both omni.keyring_file and omni.keyring_command are "
							  "set: one of them has to be empty.");
	if (is_set(keyring_file))
		return keyring_read_file(keyring_file, pool, text, problem);
	wait = limits_command_wait();
	if (wait > 0)
		return keyring_refuse(problem, 0, "The command failed in some session, and is not run "
							  "again for %d seconds.", wait);
	good = keyring_read_command(keyring_command, pool, text, problem);
	if (!good)
		command_failed();
	return good;
}

/* false with the problem filled; whether true, false or an error, no secret stays in between */
static bool
load(KeyringProblem *problem)
{
	static SecretPool pool = {NULL};
	KeyringText text = {NULL, 0};
	MemoryContext memory = AllocSetContextCreate(CacheMemoryContext, "omni keyring",
												 ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(memory);
	Keyring    *volatile keyring = palloc0(sizeof(Keyring));
	volatile bool good = false;

	keyring->active = -1;
	PG_TRY();
	{
		good = read_text(&pool, &text, problem) && keyring_parse(text, keyring, problem);
		if (!good && text.data != NULL && is_set(keyring_command))
			command_failed();
	}
	PG_FINALLY();
	{
		MemoryContextSwitchTo(old);
		secret_wipe(&pool);
		if (!good)
		{
			secret_wipe(&keyring->secrets);
			MemoryContextDelete(memory);
		}
	}
	PG_END_TRY();
	if (!good)
		return false;
	current = keyring;
	current_memory = memory;
	if (++generation == 0)
		generation = 1;
	return true;
}

static bool
is_present(void)
{
	return current != NULL && current_reload == PgReloadTime && current_assigned == assigned;
}

/* the keyring as the configuration has it; false: there is none, or it cannot be used */
static bool
refresh(KeyringProblem *problem)
{
	forget();
	watch_roles();
	current_reload = PgReloadTime;
	current_assigned = assigned;
	return load(problem);
}

static bool
is_configured(void)
{
	return is_set(keyring_file) || is_set(keyring_command);
}

static const char *
problem_sentence(const KeyringProblem *problem)
{
	return problem->line > 0 ? psprintf("Line %d: %s", problem->line, problem->detail) :
		pstrdup(problem->detail);
}

static void
need_keyring(void)
{
	KeyringProblem problem = {0};

	if (is_present())
		return;
	if (!is_configured())
	{
		forget();
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("there is no keyring"),
				 errhint("The administrator of the server names one in omni.keyring_file or "
						 "omni.keyring_command.")));
	}
	if (!refresh(&problem))
		ereport(ERROR,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("the keyring cannot be used"),
				 may_know() ? errdetail("%s", problem_sentence(&problem)) :
				 errdetail_log("%s", problem_sentence(&problem)),
				 errhint("The administrator of the server finds the reason in its log. Until it "
						 "is mended, no key is used.")));
}

/* ---- rights ---- */

static int
look_up_rights(const Keyring *keyring, const KeyringDomain *domain, Oid user)
{
	int			rights = 0;

	for (int i = domain->role; i >= 0; i = keyring->role[i].next)
	{
		Oid			role = get_role_oid(keyring->role[i].name, true);

		/* the latter holds for every superuser, the former for a role that does not inherit */
		if (OidIsValid(role) && is_member_of_role_nosuper(user, role) &&
			has_privs_of_role(user, role))
			rights |= keyring->role[i].verbs;
	}
	return rights;
}

/*
 * What other sessions changed is heard of with the next lock on a table, which a transaction that
 * was begun before may never need: so ask once a statement.
 */
static inline void
hear_of_changes(void)
{
	static TimestampTz heard = 0;

	if (heard != GetCurrentStatementStartTimestamp())
	{
		heard = GetCurrentStatementStartTimestamp();
		AcceptInvalidationMessages();
	}
}

static inline int
rights_in(KeyringDomain *domain)
{
	Oid			user = GetUserId();

	hear_of_changes();
	if (domain->rights_of != user || domain->rights_since != roles_since)
	{
		uint32		since = roles_since;

		domain->rights = look_up_rights(current, domain, user);
		domain->rights_of = user;
		domain->rights_since = since;
	}
	return domain->rights;
}

static void
refuse_role(const KeyringDomain *domain, KeyringVerb verb)
{
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied for pseudonymization domain \"%s\"", domain->key.name),
			 errdetail("Role \"%s\" does not have the verb %s there.",
					   GetUserNameFromId(GetUserId(), false), keyring_verb_name[verb]),
			 errhint("A line \"role\" of the keyring gives a verb to a role and its members; "
					 "being a superuser is not enough.")));
}

/* ---- domains ---- */

static void
unknown_domain(const char *shown)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("pseudonymization domain %s is not in the keyring", shown),
			 errhint("omni.keyring_domains() lists the domains in which you have a verb.")));
}

static KeyringDomain *
find_domain(const char *name, int len)
{
	KeyringDomain *domain;

	if (last_len == len && memcmp(last_name, name, len) == 0)
		return last_domain;
	domain = keyring_find(current, domain_tag(name, len));
	if (domain == NULL || strlen(domain->key.name) != len ||
		memcmp(domain->key.name, name, len) != 0)
		unknown_domain(psprintf("\"%.*s\"", len, name));
	last_name = domain->key.name;
	last_len = len;
	last_domain = domain;
	return domain;
}

/* the right and the limit */
static inline void
check_use(KeyringDomain *domain, KeyringVerb verb, int64 uses)
{
	if (!(rights_in(domain) & (1 << verb)))
		refuse_role(domain, verb);
	if (domain->limit > 0)
		limits_take(domain->key.tag, domain->key.name, domain->limit, domain->seconds, uses);
}

const DomainKey *
keyring_domain(const char *name, int len, KeyringVerb verb, int64 uses)
{
	KeyringDomain *domain;

	if (!is_present())
		need_keyring();
	domain = find_domain(name, len);
	check_use(domain, verb, uses);
	return &domain->key;
}

const DomainKey *
keyring_domain_tagged(uint32 tag, KeyringVerb verb, int64 uses)
{
	KeyringDomain *domain;

	need_keyring();
	domain = keyring_find(current, tag);
	if (domain == NULL)
		unknown_domain(psprintf("with the tag %08x", tag));
	check_use(domain, verb, uses);
	return &domain->key;
}

/* the key of a version, which is neither unknown nor destroyed */
static const KeyringKey *
find_key(int version)
{
	for (int i = 0; i < current->keys; i++)
	{
		if (current->key[i].version != version)
			continue;
		if (current->key[i].state == KEY_DESTROYED)
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("version %d of the key has been destroyed", version),
					 errdetail("What was made with it can be neither made again nor read."),
					 errhint("Use a version that omni.keyring_status() shows as active or "
							 "decrypt.")));
		return &current->key[i];
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("version %d of the key is not in the keyring", version),
			 errhint("omni.keyring_domains() shows the active version, omni.keyring_status() all "
					 "of them to those who may read all settings.")));
}

const DomainKey *
keyring_domain_version(const char *name, int len, KeyringVerb verb, int64 uses, int version)
{
	KeyringDomain *domain;
	DomainKey  *older;
	MemoryContext old;
	ListCell   *lc;

	need_keyring();
	domain = find_domain(name, len);
	check_use(domain, verb, uses);
	if (domain->key.version == version)
		return &domain->key;
	foreach(lc, domain->older)
	{
		older = lfirst(lc);
		if (older->version == version)
			return older;
	}
	/* before anything is allocated where an error does not free it */
	(void) find_key(version);
	old = MemoryContextSwitchTo(current_memory);
	older = palloc(sizeof(DomainKey));
	*older = domain->key;
	older->version = version;
	memset(older->state, 0, sizeof(older->state));
	domain->older = lappend(domain->older, older);
	MemoryContextSwitchTo(old);
	return older;
}

bool
keyring_any_domain(KeyringVerb verb)
{
	need_keyring();
	for (int i = 0; i < current->domains; i++)
	{
		if (rights_in(&current->domain[i]) & (1 << verb))
			return true;
	}
	return false;
}

/* ---- keys ---- */

uint32
keyring_generation(void)
{
	need_keyring();
	return generation;
}

void *
keyring_memory(size_t size)
{
	need_keyring();
	return secret_alloc(&current->secrets, size);
}

/* the fields of a key's info, each with its length in front */
typedef struct Info
{
	int			len;
	char		data[8 * (2 + DOMAIN_NAME_MAX)];
} Info;

static void
add_field(Info *info, const char *field)
{
	int			len = strlen(field);

	Assert(len <= DOMAIN_NAME_MAX && info->len + 2 + len <= sizeof(info->data));
	info->data[info->len++] = len >> 8;
	info->data[info->len++] = len & 0xff;
	memcpy(info->data + info->len, field, len);
	info->len += len;
}

static void
expand(int version, const Info *info, uint8 *out, size_t len)
{
	CryptoPart	part = {info->data, info->len};

	hkdf(NULL, 0, find_key(version)->master, MASTER_BYTES, &part, 1, out, len);
}

uint32
domain_epoch(const DomainKey *domain)
{
	return current->domain[domain->number].epoch;
}

static Info
domain_info(const DomainKey *domain, const char *label, const char *kind, uint32 of_epoch)
{
	const KeyringDomain *d = &current->domain[domain->number];
	Info		info = {0};
	char		epoch[16];

	snprintf(epoch, sizeof(epoch), "%u", of_epoch);
	add_field(&info, label);
	add_field(&info, d->tenant);
	add_field(&info, d->purpose);
	add_field(&info, d->recipient);
	if (kind != NULL)
		add_field(&info, kind);
	add_field(&info, epoch);
	return info;
}

static void
derive_state(DomainKey *domain, PseudonymKind kind)
{
	Info		info = domain_info(domain, "omni pseudonym v1", pseudonym_kind_name[kind],
									   domain_epoch(domain));
	HmacKey    *state = secret_alloc(&current->secrets, sizeof(HmacKey));
	uint8		key[SHA256_BYTES];

	expand(domain->version, &info, key, sizeof(key));
	hmac_key(state, key, sizeof(key));
	explicit_bzero(key, sizeof(key));
	domain->state[kind] = state;
}

const HmacKey *
domain_state(const DomainKey *domain, PseudonymKind kind)
{
	if (unlikely(domain->state[kind] == NULL))
		derive_state((DomainKey *) domain, kind);
	return domain->state[kind];
}

void
domain_secret(const DomainKey *domain, const char *label, uint32 epoch, uint8 *out, size_t len)
{
	Info		info = domain_info(domain, label, NULL, epoch);

	expand(domain->version, &info, out, len);
}

void
keyring_secret(int version, int *used, const char *label, uint8 *out, size_t len)
{
	Info		info = {0};

	need_keyring();
	if (version == 0)
		version = current->key[current->active].version;
	add_field(&info, label);
	expand(version, &info, out, len);
	*used = version;
}

/* ---- SQL-callable functions ---- */

PG_FUNCTION_INFO_V1(keyring_status);
PG_FUNCTION_INFO_V1(keyring_domains);

static const char *
key_states(const Keyring *keyring)
{
	static const char *const name[] = {"active", "decrypt", "destroyed"};
	StringInfoData s;

	initStringInfo(&s);
	for (int i = 0; i < keyring->keys; i++)
		appendStringInfo(&s, "%s%d %s", i > 0 ? ", " : "", keyring->key[i].version,
						 name[keyring->key[i].state]);
	return s.data;
}

static bool
any_limit(const Keyring *keyring)
{
	for (int i = 0; i < keyring->domains; i++)
	{
		if (keyring->domain[i].limit > 0)
			return true;
	}
	return false;
}

/*
 * keyring_status(OUT value text, OUT hint text): whether there is a keyring; to those who may read
 * all settings also whether it can be used, which versions of the key and how many domains it has,
 * and what is wrong with it.  Never a part of a key.
 */
Datum
keyring_status(PG_FUNCTION_ARGS)
{
	const char *value;
	const char *hint = NULL;
	KeyringProblem problem = {0};
	TupleDesc	desc;
	Datum		values[2];
	bool		nulls[2] = {false, false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("function returning record called in context "
						"that cannot accept type record")));
	if (!is_configured())
		value = "none";
	else if (!may_know())
		value = "configured";
	else if (is_set(keyring_command) && !limits_available())
	{
		value = "cannot be used";
		hint = "A keyring from a command needs omni in shared_preload_libraries.";
	}
	else if (!is_present() && !refresh(&problem))
	{
		value = "cannot be used";
		hint = problem_sentence(&problem);
	}
	else
	{
		value = psprintf("key %s; %d domains", key_states(current), current->domains);
		if (any_limit(current) && !limits_available())
			hint = "Domains with a limit need omni in shared_preload_libraries.";
	}
	values[0] = CStringGetTextDatum(value);
	nulls[1] = hint == NULL;
	if (hint != NULL)
		values[1] = CStringGetTextDatum(hint);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}

static Datum
verbs_array(int verbs)
{
	Datum		name[KEYRING_VERBS];
	int			n = 0;

	for (int i = 0; i < KEYRING_VERBS; i++)
	{
		if (verbs & (1 << i))
			name[n++] = CStringGetTextDatum(keyring_verb_name[i]);
	}
	return PointerGetDatum(construct_array(name, n, TEXTOID, -1, false, TYPALIGN_INT));
}

/*
 * keyring_domains() -> setof (domain text, tag text, key_version integer, profile text,
 * erasable boolean, reversible boolean, limit_uses bigint, limit_seconds integer, verbs text[]):
 * the domains in which the calling role has a verb, and which; all of them for those who may read
 * all settings.  Errors as of a function that needs the keyring.
 */
Datum
keyring_domains(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	bool		all = may_know();

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	need_keyring();
	for (int i = 0; i < current->domains; i++)
	{
		KeyringDomain *domain = &current->domain[i];
		int			rights = rights_in(domain);
		Datum		values[9];
		bool		nulls[9] = {false};

		if (!all && rights == 0)
			continue;
		values[0] = CStringGetTextDatum(domain->key.name);
		values[1] = CStringGetTextDatum(psprintf("%08x", domain->key.tag));
		values[2] = Int32GetDatum(domain->key.version);
		values[3] = CStringGetTextDatum(email_profile_name(domain->key.profile));
		values[4] = BoolGetDatum(domain->key.erasable);
		values[5] = BoolGetDatum(domain->key.reversible);
		values[6] = Int64GetDatum(domain->limit);
		values[7] = Int32GetDatum(domain->seconds);
		nulls[6] = nulls[7] = domain->limit == 0;
		values[8] = verbs_array(rights);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
