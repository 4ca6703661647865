/*
 * pseudonym.c
 *	  Type pseudonym: what stands for an identifier in a domain.
 *
 * On disk: 24 bytes by reference, also the binary form:
 *
 *		0	tag of the domain, 4 bytes, most significant first
 *		4	version of the key, 2 bytes, most significant first; never 0
 *		6	format: 1
 *		7	kind: 0 text, 1 email, 2 phone, 3 identifier of another kind
 *		8	body: the first 16 bytes of HMAC-SHA-256
 *
 * The order is that of the bytes, so the pseudonyms of a domain and a version lie together.  Equal
 * means identical bits.
 *
 * The text form is "ps1:" and 42 characters of base 32 (Crockford's alphabet in lower case): the
 * 24 bytes, their CRC-16 and two zero bits.  The CRC finds any character that is wrong and any two
 * neighbors that changed places.
 *
 * The HMAC's key is that of the domain, the version and the kind (keyring.c).  Its message is the
 * subject's secret with its length in front (4 bytes, most significant first; 0 and nothing where
 * the domain is not erasable), then the value:
 *
 *		email		the canonical address, as the domain's profile spells it
 *		phone		E.164 with its +
 *		identifier	kind:value, canonical; those of kinds email and phone are emails and phones
 *		text		its bytes in UTF-8, as they are
 */
#include "postgres.h"
#include "compat.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/sortsupport.h"
#include "utils/uuid.h"

#include "identity/identity.h"
#include "privacy/pseudonym.h"
#include "privacy/subject_key.h"

#define FORMAT		1
#define AT_VERSION	4
#define AT_FORMAT	6
#define AT_KIND		7
#define AT_BODY		8
#define BODY_BYTES	16

#define PREFIX		"ps1:"
#define PREFIX_LEN	4
#define SYMBOLS		42
#define CODE_BYTES	(PSEUDONYM_BYTES + 2)

#define PG_GETARG_PSEUDONYM(n)	((const Pseudonym *) PG_GETARG_POINTER(n))

/* ---- text form ---- */

static const char symbols[33] = "0123456789abcdefghjkmnpqrstvwxyz";

/* value of a symbol in either case; -1: not one */
static int
symbol_value(char c)
{
	const char *at;

	if (c >= 'A' && c <= 'Z')
		c += 'a' - 'A';
	at = c == '\0' ? NULL : strchr(symbols, c);
	return at == NULL ? -1 : at - symbols;
}

/* CRC-16/CCITT, start FFFF, four bits at a time */
static uint16
crc16(const uint8 *data, int len)
{
	static const uint16 step[16] = {
		0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5, 0x60c6, 0x70e7,
		0x8108, 0x9129, 0xa14a, 0xb16b, 0xc18c, 0xd1ad, 0xe1ce, 0xf1ef
	};
	uint16		crc = 0xffff;

	for (int i = 0; i < len; i++)
	{
		crc = crc << 4 ^ step[crc >> 12 ^ data[i] >> 4];
		crc = crc << 4 ^ step[crc >> 12 ^ (data[i] & 15)];
	}
	return crc;
}

void
pseudonym_format(const Pseudonym *p, char text[PSEUDONYM_TEXT_LEN])
{
	uint16		crc = crc16(p->bytes, PSEUDONYM_BYTES);
	uint8		code[CODE_BYTES + 1];
	char	   *to = text + PREFIX_LEN;

	memcpy(text, PREFIX, PREFIX_LEN);
	memcpy(code, p->bytes, PSEUDONYM_BYTES);
	code[PSEUDONYM_BYTES] = crc >> 8;
	code[PSEUDONYM_BYTES + 1] = crc & 0xff;
	code[CODE_BYTES] = 0;
	for (int i = 0; i < SYMBOLS; i++)
	{
		int			bit = 5 * i;
		uint32		two = (uint32) code[bit / 8] << 8 | code[bit / 8 + 1];

		*to++ = symbols[two >> (11 - bit % 8) & 31];
	}
}

/* what every stored value satisfies */
static bool
is_valid(const uint8 *bytes)
{
	return (bytes[AT_VERSION] | bytes[AT_VERSION + 1]) != 0 && bytes[AT_FORMAT] == FORMAT &&
		bytes[AT_KIND] < PSEUDONYM_KINDS;
}

bool
pseudonym_parse(const char *s, int len, Pseudonym *out, Problem *problem)
{
	uint8		code[CODE_BYTES + 1] = {0};

	while (len > 0 && (*s == ' ' || (*s >= '\t' && *s <= '\r')))
	{
		s++;
		len--;
	}
	while (len > 0 && (s[len - 1] == ' ' || (s[len - 1] >= '\t' && s[len - 1] <= '\r')))
		len--;
	if (len < PREFIX_LEN || pg_strncasecmp(s, PREFIX, PREFIX_LEN) != 0)
	{
		PROBLEM(problem, "prefix", "A pseudonym begins with \"ps1:\".",
				"Pseudonyms are made by omni.pseudonym(value, domain).");
		return false;
	}
	if (len != PSEUDONYM_TEXT_LEN)
	{
		PROBLEM(problem, "length", "A pseudonym has 42 characters after \"ps1:\".",
				"Check whether it was cut off.");
		return false;
	}
	for (int i = 0; i < SYMBOLS; i++)
	{
		int			bit = 5 * i;
		int			value = symbol_value(s[PREFIX_LEN + i]);
		uint32		two;

		if (value < 0)
		{
			PROBLEM(problem, "character", "A pseudonym has a character that none has.",
					"After \"ps1:\" come digits and the letters a to z without i, l, o and u.");
			return false;
		}
		two = (uint32) value << (11 - bit % 8);
		code[bit / 8] |= two >> 8;
		code[bit / 8 + 1] |= two & 0xff;
	}
	if (code[CODE_BYTES] != 0 ||
		crc16(code, PSEUDONYM_BYTES) != (code[PSEUDONYM_BYTES] << 8 | code[PSEUDONYM_BYTES + 1]))
	{
		PROBLEM(problem, "check", "The check of the pseudonym is wrong.",
				"A character was changed, or two were exchanged.");
		return false;
	}
	if (!is_valid(code))
	{
		PROBLEM(problem, "format", "The pseudonym is of a format that is not known here.",
				"It may be of a later version of omni.");
		return false;
	}
	memcpy(out->bytes, code, PSEUDONYM_BYTES);
	return true;
}

/* ---- making one ---- */

static void
make(const DomainKey *domain, const uint8 *subject, PseudonymKind kind, const char *s, int len,
	 Pseudonym *out)
{
	uint32		prefix = pg_hton32(subject == NULL ? 0 : SUBJECT_SECRET_BYTES);
	CryptoPart	part[3] = {
		{&prefix, sizeof(prefix)},
		{subject, subject == NULL ? 0 : SUBJECT_SECRET_BYTES},
		{s, len}
	};
	uint8		mac[SHA256_BYTES];

	if (domain->erasable != (subject != NULL))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 domain->erasable ?
				 errmsg("pseudonymization domain \"%s\" is erasable", domain->name) :
				 errmsg("pseudonymization domain \"%s\" is not erasable", domain->name),
				 domain->erasable ?
				 errdetail("Its pseudonyms are made with the key of the subject.") :
				 errdetail("Its pseudonyms are made without the key of a subject."),
				 domain->erasable ?
				 errhint("Use omni.pseudonym(value, domain, subject_key).") :
				 errhint("Use omni.pseudonym(value, domain).")));
	hmac(domain_state(domain, kind), part, lengthof(part), mac);
	out->bytes[0] = domain->tag >> 24;
	out->bytes[1] = domain->tag >> 16;
	out->bytes[2] = domain->tag >> 8;
	out->bytes[3] = domain->tag;
	out->bytes[AT_VERSION] = domain->version >> 8;
	out->bytes[AT_VERSION + 1] = domain->version;
	out->bytes[AT_FORMAT] = FORMAT;
	out->bytes[AT_KIND] = kind;
	memcpy(out->bytes + AT_BODY, mac, BODY_BYTES);
}

void
pseudonym_of_text(const DomainKey *domain, const uint8 *subject, const char *s, int len,
				  Pseudonym *out)
{
	make(domain, subject, PSEUDONYM_TEXT, s, len, out);
}

void
pseudonym_of_email(const DomainKey *domain, const uint8 *subject, const char *s, int len,
				   Pseudonym *out)
{
	EmailKey	key;
	Problem		problem;

	if (domain->profile == EMAIL_PLAIN)
	{
		make(domain, subject, PSEUDONYM_EMAIL, s, len, out);
		return;
	}
	if (!email_profile_key(domain->profile, s, len, &key, &problem))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("address has no key in the profile of pseudonymization domain \"%s\"",
						domain->name),
				 errdetail("%s", problem.detail),
				 errhint("Leave such addresses out, or use a domain of profile plain.")));
	make(domain, subject, PSEUDONYM_EMAIL, key.data, key.len, out);
}

void
pseudonym_of_phone(const DomainKey *domain, const uint8 *subject, uint64 phone, Pseudonym *out)
{
	char		number[PHONE_BUFSIZE];
	int			len = phone_format(phone, number);

	make(domain, subject, PSEUDONYM_PHONE, number, len, out);
}

void
pseudonym_of_identifier(const DomainKey *domain, const uint8 *subject, const char *s, int len,
						Pseudonym *out)
{
	if (len > 6 && memcmp(s, "email:", 6) == 0)
		pseudonym_of_email(domain, subject, s + 6, len - 6, out);
	else if (len > 6 && memcmp(s, "phone:", 6) == 0)
		make(domain, subject, PSEUDONYM_PHONE, s + 6, len - 6, out);
	else
		make(domain, subject, PSEUDONYM_IDENTIFIER, s, len, out);
}

/* ---- SQL-callable functions: making one ---- */

PG_FUNCTION_INFO_V1(pseudonym_text);
PG_FUNCTION_INFO_V1(pseudonym_text_version);
PG_FUNCTION_INFO_V1(pseudonym_text_subject);
PG_FUNCTION_INFO_V1(pseudonym_text_subject_version);
PG_FUNCTION_INFO_V1(pseudonym_email);
PG_FUNCTION_INFO_V1(pseudonym_email_version);
PG_FUNCTION_INFO_V1(pseudonym_email_subject);
PG_FUNCTION_INFO_V1(pseudonym_email_subject_version);
PG_FUNCTION_INFO_V1(pseudonym_phone);
PG_FUNCTION_INFO_V1(pseudonym_phone_version);
PG_FUNCTION_INFO_V1(pseudonym_phone_subject);
PG_FUNCTION_INFO_V1(pseudonym_phone_subject_version);
PG_FUNCTION_INFO_V1(pseudonym_identifier);
PG_FUNCTION_INFO_V1(pseudonym_identifier_version);
PG_FUNCTION_INFO_V1(pseudonym_identifier_subject);
PG_FUNCTION_INFO_V1(pseudonym_identifier_subject_version);

/* one value of a type in a domain; what is not UTF-8 in this database is brought to it */
static void
of_argument(Datum value, PseudonymKind kind, const DomainKey *domain, const uint8 *subject,
			Pseudonym *out)
{
	struct varlena *v;
	TextSpan	utf8;
	Problem		problem;

	if (kind == PSEUDONYM_PHONE)
	{
		pseudonym_of_phone(domain, subject, (uint64) DatumGetInt64(value), out);
		return;
	}
	v = PG_DETOAST_DATUM_PACKED(value);
	utf8 = (TextSpan) {VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v)};
	if (kind == PSEUDONYM_EMAIL)
		pseudonym_of_email(domain, subject, utf8.data, utf8.len, out);
	else if (kind == PSEUDONYM_IDENTIFIER)
		pseudonym_of_identifier(domain, subject, utf8.data, utf8.len, out);
	else if (GetDatabaseEncoding() == PG_UTF8)
		pseudonym_of_text(domain, subject, utf8.data, utf8.len, out);
	else
	{
		if (!problem_of_text(text_from_server(utf8.data, utf8.len, &utf8), &problem))
			problem_report(NULL, &problem, "pseudonym", NULL);
		pseudonym_of_text(domain, subject, utf8.data, utf8.len, out);
	}
}

/* where a subject's secret lies while it is used: an error leaves nothing on the stack */
uint8 *
pseudonym_subject_room(void)
{
	static uint32 generation = 0;
	static uint8 *room = NULL;

	if (generation != keyring_generation())
	{
		room = keyring_memory(SUBJECT_SECRET_BYTES);
		generation = keyring_generation();
	}
	return room;
}

static Datum
pseudonym_call(FunctionCallInfo fcinfo, PseudonymKind kind, int version_at, int subject_at)
{
	text	   *name = PG_GETARG_TEXT_PP(1);
	const char *s = VARDATA_ANY(name);
	int			len = VARSIZE_ANY_EXHDR(name);
	const DomainKey *domain = version_at < 0 ?
		keyring_domain(s, len, VERB_PSEUDONYMIZE, 1) :
		keyring_domain_version(s, len, VERB_MAP, 1, PG_GETARG_INT32(version_at));
	Pseudonym  *out = palloc(sizeof(Pseudonym));

	if (subject_at < 0)
		of_argument(PG_GETARG_DATUM(0), kind, domain, NULL, out);
	else
	{
		uint8	   *secret = pseudonym_subject_room();

		subject_key_open(PG_GETARG_BYTEA_PP(subject_at), secret);
		of_argument(PG_GETARG_DATUM(0), kind, domain, secret, out);
		explicit_bzero(secret, SUBJECT_SECRET_BYTES);
	}
	PG_RETURN_POINTER(out);
}

/*
 * pseudonym(text, domain text) -> pseudonym of the text's bytes in UTF-8, as they are.  Needs the
 * verb pseudonymize; errors as of keyring_domain(); 55000 in an erasable domain
 */
Datum
pseudonym_text(PG_FUNCTION_ARGS)
{
	return pseudonym_call(fcinfo, PSEUDONYM_TEXT, -1, -1);
}

/* pseudonym(text, domain text, key_version integer) -> pseudonym; needs the verb map */
Datum
pseudonym_text_version(PG_FUNCTION_ARGS)
{
	return pseudonym_call(fcinfo, PSEUDONYM_TEXT, 2, -1);
}

/* pseudonym(text, domain text, subject_key bytea) -> pseudonym, in erasable domains alone */
Datum
pseudonym_text_subject(PG_FUNCTION_ARGS)
{
	return pseudonym_call(fcinfo, PSEUDONYM_TEXT, -1, 2);
}

/* pseudonym(text, domain text, subject_key bytea, key_version integer) -> pseudonym */
Datum
pseudonym_text_subject_version(PG_FUNCTION_ARGS)
{
	return pseudonym_call(fcinfo, PSEUDONYM_TEXT, 3, 2);
}

/* pseudonym(email, domain text) -> pseudonym of the address as the domain's profile spells it */
Datum
pseudonym_email(PG_FUNCTION_ARGS)
{
	return pseudonym_call(fcinfo, PSEUDONYM_EMAIL, -1, -1);
}

/* pseudonym(email, domain text, key_version integer) -> pseudonym */
Datum
pseudonym_email_version(PG_FUNCTION_ARGS)
{
	return pseudonym_call(fcinfo, PSEUDONYM_EMAIL, 2, -1);
}

/* pseudonym(email, domain text, subject_key bytea) -> pseudonym */
Datum
pseudonym_email_subject(PG_FUNCTION_ARGS)
{
	return pseudonym_call(fcinfo, PSEUDONYM_EMAIL, -1, 2);
}

/* pseudonym(email, domain text, subject_key bytea, key_version integer) -> pseudonym */
Datum
pseudonym_email_subject_version(PG_FUNCTION_ARGS)
{
	return pseudonym_call(fcinfo, PSEUDONYM_EMAIL, 3, 2);
}

/* pseudonym(phone, domain text) -> pseudonym */
Datum
pseudonym_phone(PG_FUNCTION_ARGS)
{
	return pseudonym_call(fcinfo, PSEUDONYM_PHONE, -1, -1);
}

/* pseudonym(phone, domain text, key_version integer) -> pseudonym */
Datum
pseudonym_phone_version(PG_FUNCTION_ARGS)
{
	return pseudonym_call(fcinfo, PSEUDONYM_PHONE, 2, -1);
}

/* pseudonym(phone, domain text, subject_key bytea) -> pseudonym */
Datum
pseudonym_phone_subject(PG_FUNCTION_ARGS)
{
	return pseudonym_call(fcinfo, PSEUDONYM_PHONE, -1, 2);
}

/* pseudonym(phone, domain text, subject_key bytea, key_version integer) -> pseudonym */
Datum
pseudonym_phone_subject_version(PG_FUNCTION_ARGS)
{
	return pseudonym_call(fcinfo, PSEUDONYM_PHONE, 3, 2);
}

/* pseudonym(identifier, domain text) -> pseudonym; that of an e-mail or a phone is its value's */
Datum
pseudonym_identifier(PG_FUNCTION_ARGS)
{
	return pseudonym_call(fcinfo, PSEUDONYM_IDENTIFIER, -1, -1);
}

/* pseudonym(identifier, domain text, key_version integer) -> pseudonym */
Datum
pseudonym_identifier_version(PG_FUNCTION_ARGS)
{
	return pseudonym_call(fcinfo, PSEUDONYM_IDENTIFIER, 2, -1);
}

/* pseudonym(identifier, domain text, subject_key bytea) -> pseudonym */
Datum
pseudonym_identifier_subject(PG_FUNCTION_ARGS)
{
	return pseudonym_call(fcinfo, PSEUDONYM_IDENTIFIER, -1, 2);
}

/* pseudonym(identifier, domain text, subject_key bytea, key_version integer) -> pseudonym */
Datum
pseudonym_identifier_subject_version(PG_FUNCTION_ARGS)
{
	return pseudonym_call(fcinfo, PSEUDONYM_IDENTIFIER, 3, 2);
}

/* ---- SQL-callable functions: the type ---- */

PG_FUNCTION_INFO_V1(pseudonym_in);
PG_FUNCTION_INFO_V1(pseudonym_out);
PG_FUNCTION_INFO_V1(pseudonym_recv);
PG_FUNCTION_INFO_V1(pseudonym_send);
PG_FUNCTION_INFO_V1(pseudonym_from_text);
PG_FUNCTION_INFO_V1(pseudonym_to_text);
PG_FUNCTION_INFO_V1(pseudonym_to_uuid);
PG_FUNCTION_INFO_V1(pseudonym_try);
PG_FUNCTION_INFO_V1(pseudonym_problem);
PG_FUNCTION_INFO_V1(pseudonym_domain);
PG_FUNCTION_INFO_V1(pseudonym_version);
PG_FUNCTION_INFO_V1(pseudonym_kind);

static Datum
pseudonym_copy(const Pseudonym *value)
{
	Pseudonym  *copy = palloc(sizeof(Pseudonym));

	*copy = *value;
	return PointerGetDatum(copy);
}

/* pseudonym_in(cstring) -> pseudonym; 22P02 */
Datum
pseudonym_in(PG_FUNCTION_ARGS)
{
	char	   *s = PG_GETARG_CSTRING(0);
	Pseudonym	value;
	Problem		problem;

	if (!pseudonym_parse(s, strlen(s), &value, &problem))
	{
		problem_report(FC_ESCONTEXT(fcinfo), &problem, "pseudonym", NULL);
		PG_RETURN_NULL();
	}
	return pseudonym_copy(&value);
}

/* pseudonym_out(pseudonym) -> cstring */
Datum
pseudonym_out(PG_FUNCTION_ARGS)
{
	char	   *text = palloc(PSEUDONYM_TEXT_LEN + 1);

	pseudonym_format(PG_GETARG_PSEUDONYM(0), text);
	text[PSEUDONYM_TEXT_LEN] = '\0';
	PG_RETURN_CSTRING(text);
}

/* pseudonym_recv(internal) -> pseudonym; 22P03 */
Datum
pseudonym_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	Pseudonym	value;

	memcpy(value.bytes, pq_getmsgbytes(buf, PSEUDONYM_BYTES), PSEUDONYM_BYTES);
	if (!is_valid(value.bytes))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value of type pseudonym"),
				 errdetail("Version of the key, format or kind are none that exist.")));
	return pseudonym_copy(&value);
}

/* pseudonym_send(pseudonym) -> bytea */
Datum
pseudonym_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbytes(&buf, (const char *) PG_GETARG_PSEUDONYM(0)->bytes, PSEUDONYM_BYTES);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* pseudonym(text) -> pseudonym: what is written so, the cast; not a way to make one.  22P02 */
Datum
pseudonym_from_text(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Pseudonym	value;
	Problem		problem;

	if (!pseudonym_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &value, &problem))
		problem_report(NULL, &problem, "pseudonym", NULL);
	return pseudonym_copy(&value);
}

/* text(pseudonym) -> text, the cast */
Datum
pseudonym_to_text(PG_FUNCTION_ARGS)
{
	text	   *t = palloc(VARHDRSZ + PSEUDONYM_TEXT_LEN);

	SET_VARSIZE(t, VARHDRSZ + PSEUDONYM_TEXT_LEN);
	pseudonym_format(PG_GETARG_PSEUDONYM(0), VARDATA(t));
	PG_RETURN_TEXT_P(t);
}

/*
 * uuid(pseudonym) -> uuid of version 8 (RFC 9562), the cast: the body with version and variant in
 * their places, so that 122 of its bits are left and domain, key version and kind are not shown
 */
Datum
pseudonym_to_uuid(PG_FUNCTION_ARGS)
{
	pg_uuid_t  *uuid = palloc(sizeof(pg_uuid_t));

	memcpy(uuid->data, PG_GETARG_PSEUDONYM(0)->bytes + AT_BODY, BODY_BYTES);
	uuid->data[6] = (uuid->data[6] & 0x0f) | 0x80;
	uuid->data[8] = (uuid->data[8] & 0x3f) | 0x80;
	PG_RETURN_UUID_P(uuid);
}

/* pseudonym_try(text) -> pseudonym, NULL where it is none */
Datum
pseudonym_try(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Pseudonym	value;
	Problem		problem;

	if (!pseudonym_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &value, &problem))
		PG_RETURN_NULL();
	return pseudonym_copy(&value);
}

/* pseudonym_problem(text) -> text: why it is none, NULL where it is one */
Datum
pseudonym_problem(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Pseudonym	value;
	Problem		problem;

	if (pseudonym_parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &value, &problem))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem.code));
}

/* pseudonym_domain(pseudonym) -> text: tag of its domain, as domain_tag(name) gives it */
Datum
pseudonym_domain(PG_FUNCTION_ARGS)
{
	const uint8 *b = PG_GETARG_PSEUDONYM(0)->bytes;

	PG_RETURN_TEXT_P(cstring_to_text(psprintf("%02x%02x%02x%02x", b[0], b[1], b[2], b[3])));
}

/* pseudonym_version(pseudonym) -> integer: version of the key that it was made with */
Datum
pseudonym_version(PG_FUNCTION_ARGS)
{
	const uint8 *b = PG_GETARG_PSEUDONYM(0)->bytes;

	PG_RETURN_INT32(b[AT_VERSION] << 8 | b[AT_VERSION + 1]);
}

/* pseudonym_kind(pseudonym) -> text: text, email, phone or identifier */
Datum
pseudonym_kind(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(pseudonym_kind_name[PG_GETARG_PSEUDONYM(0)->bytes[AT_KIND]]));
}

/* ---- SQL-callable functions: order and hash ---- */

PG_FUNCTION_INFO_V1(pseudonym_eq);
PG_FUNCTION_INFO_V1(pseudonym_ne);
PG_FUNCTION_INFO_V1(pseudonym_lt);
PG_FUNCTION_INFO_V1(pseudonym_le);
PG_FUNCTION_INFO_V1(pseudonym_gt);
PG_FUNCTION_INFO_V1(pseudonym_ge);
PG_FUNCTION_INFO_V1(pseudonym_cmp);
PG_FUNCTION_INFO_V1(pseudonym_larger);
PG_FUNCTION_INFO_V1(pseudonym_smaller);
PG_FUNCTION_INFO_V1(pseudonym_sortsupport);
PG_FUNCTION_INFO_V1(pseudonym_hash);
PG_FUNCTION_INFO_V1(pseudonym_hash_extended);

static inline uint64
word_at(const uint8 *bytes)
{
	uint64		w;

	memcpy(&w, bytes, sizeof(w));
	return pg_ntoh64(w);
}

/* as memcmp has it, eight bytes at a time: those of one domain begin with the same eight */
static inline int
compare(const Pseudonym *a, const Pseudonym *b)
{
	for (int i = 0; i < PSEUDONYM_BYTES; i += 8)
	{
		uint64		x = word_at(a->bytes + i);
		uint64		y = word_at(b->bytes + i);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

#define COMPARE_ARGS()	compare(PG_GETARG_PSEUDONYM(0), PG_GETARG_PSEUDONYM(1))

/* pseudonym_eq(pseudonym, pseudonym) -> boolean */
Datum
pseudonym_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(COMPARE_ARGS() == 0);
}

/* pseudonym_ne(pseudonym, pseudonym) -> boolean */
Datum
pseudonym_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(COMPARE_ARGS() != 0);
}

/* pseudonym_lt(pseudonym, pseudonym) -> boolean */
Datum
pseudonym_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(COMPARE_ARGS() < 0);
}

/* pseudonym_le(pseudonym, pseudonym) -> boolean */
Datum
pseudonym_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(COMPARE_ARGS() <= 0);
}

/* pseudonym_gt(pseudonym, pseudonym) -> boolean */
Datum
pseudonym_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(COMPARE_ARGS() > 0);
}

/* pseudonym_ge(pseudonym, pseudonym) -> boolean */
Datum
pseudonym_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(COMPARE_ARGS() >= 0);
}

/* pseudonym_cmp(pseudonym, pseudonym) -> integer: btree support function 1 */
Datum
pseudonym_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(COMPARE_ARGS());
}

/* pseudonym_larger(pseudonym, pseudonym) -> pseudonym: for max(pseudonym) */
Datum
pseudonym_larger(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(COMPARE_ARGS() >= 0 ? PG_GETARG_DATUM(0) : PG_GETARG_DATUM(1));
}

/* pseudonym_smaller(pseudonym, pseudonym) -> pseudonym: for min(pseudonym) */
Datum
pseudonym_smaller(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(COMPARE_ARGS() <= 0 ? PG_GETARG_DATUM(0) : PG_GETARG_DATUM(1));
}

static int
compare_sorted(Datum a, Datum b, SortSupport ssup)
{
	return compare((const Pseudonym *) DatumGetPointer(a),
				   (const Pseudonym *) DatumGetPointer(b));
}

/*
 * pseudonym_sortsupport(internal): btree support function 2.  No abbreviated keys: the first eight
 * bytes are the same in a whole domain.
 */
Datum
pseudonym_sortsupport(PG_FUNCTION_ARGS)
{
	((SortSupport) PG_GETARG_POINTER(0))->comparator = compare_sorted;
	PG_RETURN_VOID();
}

/* pseudonym_hash(pseudonym) -> integer: hash support function 1 */
Datum
pseudonym_hash(PG_FUNCTION_ARGS)
{
	return hash_any(PG_GETARG_PSEUDONYM(0)->bytes, PSEUDONYM_BYTES);
}

/* pseudonym_hash_extended(pseudonym, bigint) -> bigint: hash support function 2 */
Datum
pseudonym_hash_extended(PG_FUNCTION_ARGS)
{
	return hash_any_extended(PG_GETARG_PSEUDONYM(0)->bytes, PSEUDONYM_BYTES, PG_GETARG_INT64(1));
}
