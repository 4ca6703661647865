/*
 * disclosure.c
 *	  What a permission lets be seen of a value: the value, its pseudonym in a domain, or nothing.
 *
 * Two families of functions, for email, phone, identifier, text and customer_profile:
 *
 *	  disclose(), <~ and <~#	make pseudonyms with the keyring, and so need a verb in the domain;
 *								STABLE, and executed by nobody until it is granted
 *	  mask()					chooses between a value and a pseudonym that is stored beside it;
 *								keyless, for views; raises nothing
 *
 * Nothing is NULL.  A pseudonym is shown only if it is of the permission's own domain: a column of
 * another domain never passes for it.
 *
 * Of a profile, a pseudonym is: each record with its source and its time, under a key that says
 * nothing, without identifiers (mask) or with pseudonyms in their place (disclose), and with those
 * attributes alone that the caller names, for a name or an address identifies as a key does.
 */
#include "postgres.h"
#include "compat.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "identity/identity.h"
#include "identity/profile.h"
#include "privacy/consent.h"
#include "privacy/permission.h"
#include "privacy/pseudonym.h"
#include "privacy/subject_key.h"

/* pseudonyms stand as identifiers of this kind in a profile */
#define PSEUDONYM_PREFIX	"pseudonym:"

/* ---- one value ---- */

/* the canonical text of a value in the server's encoding */
static text *
value_text(Datum value, PseudonymKind kind)
{
	struct varlena *v;
	char		number[PHONE_BUFSIZE];

	if (kind == PSEUDONYM_PHONE)
		return cstring_to_text_with_len(number,
										phone_format((uint64) DatumGetInt64(value), number));
	v = PG_DETOAST_DATUM_PACKED(value);
	if (kind == PSEUDONYM_TEXT || GetDatabaseEncoding() == PG_UTF8)
		return cstring_to_text_with_len(VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v));
	return cstring_to_text(text_to_server(VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v)));
}

static text *
text_of_pseudonym(const Pseudonym *p)
{
	char		text[PSEUDONYM_TEXT_LEN];

	pseudonym_format(p, text);
	return cstring_to_text_with_len(text, PSEUDONYM_TEXT_LEN);
}

static void
pseudonym_of(Datum value, PseudonymKind kind, const DomainKey *domain, const uint8 *subject,
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
	else
	{
		if (!problem_of_text(text_from_server(utf8.data, utf8.len, &utf8), &problem))
			problem_report(NULL, &problem, "pseudonym", NULL);
		pseudonym_of_text(domain, subject, utf8.data, utf8.len, out);
	}
}

/* the pseudonym of a value in the domain of a permission; rights are checked, errors complete */
static text *
pseudonym_in_domain(Datum value, PseudonymKind kind, Permission p, const bytea *subject_key)
{
	const DomainKey *domain;
	Pseudonym	pseudonym;

	if (permission_domain(p) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("permission has no pseudonymization domain"),
				 errhint("Make it by omni.permission(consent, purpose, domain, at).")));
	domain = keyring_domain_tagged(permission_domain(p), VERB_PSEUDONYMIZE, 1);
	if (subject_key == NULL)
		pseudonym_of(value, kind, domain, NULL, &pseudonym);
	else
	{
		uint8	   *secret = pseudonym_subject_room();

		subject_key_open(subject_key, secret);
		pseudonym_of(value, kind, domain, secret, &pseudonym);
		explicit_bzero(secret, SUBJECT_SECRET_BYTES);
	}
	return text_of_pseudonym(&pseudonym);
}

/* ---- SQL: keyed ---- */

PG_FUNCTION_INFO_V1(disclose_email);
PG_FUNCTION_INFO_V1(disclose_phone);
PG_FUNCTION_INFO_V1(disclose_identifier);
PG_FUNCTION_INFO_V1(disclose_text);
PG_FUNCTION_INFO_V1(disclose_email_pseudonym);
PG_FUNCTION_INFO_V1(disclose_phone_pseudonym);
PG_FUNCTION_INFO_V1(disclose_identifier_pseudonym);
PG_FUNCTION_INFO_V1(disclose_text_pseudonym);
PG_FUNCTION_INFO_V1(disclose_email_by_consent);
PG_FUNCTION_INFO_V1(disclose_phone_by_consent);
PG_FUNCTION_INFO_V1(disclose_identifier_by_consent);
PG_FUNCTION_INFO_V1(disclose_text_by_consent);

static Datum
disclose(FunctionCallInfo fcinfo, PseudonymKind kind)
{
	Permission	p = PG_GETARG_PERMISSION(1);

	if (permission_level(p) == PERMISSION_NONE)
		PG_RETURN_NULL();
	if (permission_level(p) == PERMISSION_RAW)
		PG_RETURN_TEXT_P(value_text(PG_GETARG_DATUM(0), kind));
	PG_RETURN_TEXT_P(pseudonym_in_domain(PG_GETARG_DATUM(0), kind, p, NULL));
}

static Datum
disclose_pseudonym(FunctionCallInfo fcinfo, PseudonymKind kind)
{
	Permission	p = PG_GETARG_PERMISSION(1);

	if (permission_level(p) == PERMISSION_NONE)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(pseudonym_in_domain(PG_GETARG_DATUM(0), kind, p, NULL));
}

/*
 * By a consent at statement_timestamp(); the domain and the key of the subject may be NULL.  The
 * consent of NULL discloses nothing.
 */
static Datum
disclose_by_consent(FunctionCallInfo fcinfo, PseudonymKind kind)
{
	Permission	p;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	p = permission_of(PG_GETARG_DATUM(1), PG_GETARG_TEXT_PP(2),
					  PG_ARGISNULL(3) ? NULL : PG_GETARG_TEXT_PP(3),
					  GetCurrentStatementStartTimestamp());
	if (permission_level(p) == PERMISSION_NONE)
		PG_RETURN_NULL();
	if (permission_level(p) == PERMISSION_RAW)
		PG_RETURN_TEXT_P(value_text(PG_GETARG_DATUM(0), kind));
	PG_RETURN_TEXT_P(pseudonym_in_domain(PG_GETARG_DATUM(0), kind, p,
										 PG_ARGISNULL(4) ? NULL : PG_GETARG_BYTEA_PP(4)));
}

/*
 * disclose(email, permission) -> text, <~: the address, its pseudonym, or NULL; errors as of
 * keyring_domain(), 55000 in an erasable domain
 */
Datum
disclose_email(PG_FUNCTION_ARGS)
{
	return disclose(fcinfo, PSEUDONYM_EMAIL);
}

/* disclose(phone, permission) -> text, <~ */
Datum
disclose_phone(PG_FUNCTION_ARGS)
{
	return disclose(fcinfo, PSEUDONYM_PHONE);
}

/* disclose(identifier, permission) -> text, <~ */
Datum
disclose_identifier(PG_FUNCTION_ARGS)
{
	return disclose(fcinfo, PSEUDONYM_IDENTIFIER);
}

/* disclose(text, permission) -> text, <~ */
Datum
disclose_text(PG_FUNCTION_ARGS)
{
	return disclose(fcinfo, PSEUDONYM_TEXT);
}

/*
 * disclose_pseudonym(email, permission) -> text, <~#: the pseudonym also where the value may be
 * seen, or NULL; as disclose(), 22023 for a permission without a domain
 */
Datum
disclose_email_pseudonym(PG_FUNCTION_ARGS)
{
	return disclose_pseudonym(fcinfo, PSEUDONYM_EMAIL);
}

/* disclose_pseudonym(phone, permission) -> text, <~# */
Datum
disclose_phone_pseudonym(PG_FUNCTION_ARGS)
{
	return disclose_pseudonym(fcinfo, PSEUDONYM_PHONE);
}

/* disclose_pseudonym(identifier, permission) -> text, <~# */
Datum
disclose_identifier_pseudonym(PG_FUNCTION_ARGS)
{
	return disclose_pseudonym(fcinfo, PSEUDONYM_IDENTIFIER);
}

/* disclose_pseudonym(text, permission) -> text, <~# */
Datum
disclose_text_pseudonym(PG_FUNCTION_ARGS)
{
	return disclose_pseudonym(fcinfo, PSEUDONYM_TEXT);
}

/*
 * disclose(email, consent, purpose text, domain text, subject_key bytea) -> text: by what the
 * consent allows at statement_timestamp(); as disclose(), 22023 for an unknown purpose
 */
Datum
disclose_email_by_consent(PG_FUNCTION_ARGS)
{
	return disclose_by_consent(fcinfo, PSEUDONYM_EMAIL);
}

/* disclose(phone, consent, purpose text, domain text, subject_key bytea) -> text */
Datum
disclose_phone_by_consent(PG_FUNCTION_ARGS)
{
	return disclose_by_consent(fcinfo, PSEUDONYM_PHONE);
}

/* disclose(identifier, consent, purpose text, domain text, subject_key bytea) -> text */
Datum
disclose_identifier_by_consent(PG_FUNCTION_ARGS)
{
	return disclose_by_consent(fcinfo, PSEUDONYM_IDENTIFIER);
}

/* disclose(text, consent, purpose text, domain text, subject_key bytea) -> text */
Datum
disclose_text_by_consent(PG_FUNCTION_ARGS)
{
	return disclose_by_consent(fcinfo, PSEUDONYM_TEXT);
}

/* ---- SQL: keyless ---- */

PG_FUNCTION_INFO_V1(mask_email);
PG_FUNCTION_INFO_V1(mask_phone);
PG_FUNCTION_INFO_V1(mask_identifier);
PG_FUNCTION_INFO_V1(mask_text);

static Datum
mask(FunctionCallInfo fcinfo, PseudonymKind kind)
{
	const Pseudonym *pseudonym;
	Permission	p;
	uint32		tag;

	if (PG_ARGISNULL(2))
		PG_RETURN_NULL();
	p = PG_GETARG_PERMISSION(2);
	if (permission_level(p) == PERMISSION_RAW && !PG_ARGISNULL(0))
		PG_RETURN_TEXT_P(value_text(PG_GETARG_DATUM(0), kind));
	if (permission_level(p) != PERMISSION_PSEUDONYM || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	pseudonym = (const Pseudonym *) PG_GETARG_POINTER(1);
	memcpy(&tag, pseudonym->bytes, sizeof(tag));
	if (pg_ntoh32(tag) != permission_domain(p))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(text_of_pseudonym(pseudonym));
}

/*
 * mask(email, pseudonym, permission) -> text: the value, its pseudonym of the permission's domain,
 * or NULL; raises nothing
 */
Datum
mask_email(PG_FUNCTION_ARGS)
{
	return mask(fcinfo, PSEUDONYM_EMAIL);
}

/* mask(phone, pseudonym, permission) -> text */
Datum
mask_phone(PG_FUNCTION_ARGS)
{
	return mask(fcinfo, PSEUDONYM_PHONE);
}

/* mask(identifier, pseudonym, permission) -> text */
Datum
mask_identifier(PG_FUNCTION_ARGS)
{
	return mask(fcinfo, PSEUDONYM_IDENTIFIER);
}

/* mask(text, pseudonym, permission) -> text */
Datum
mask_text(PG_FUNCTION_ARGS)
{
	return mask(fcinfo, PSEUDONYM_TEXT);
}

/* ---- profiles ---- */

PG_FUNCTION_INFO_V1(mask_profile);
PG_FUNCTION_INFO_V1(disclose_profile);

/* names of attributes, in UTF-8 */
typedef struct Names
{
	TextSpan   *name;
	int			n;
} Names;

static Names
names_of(ArrayType *array)
{
	Datum	   *elements;
	bool	   *nulls;
	int			count;
	Names		names;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
	names = (Names) {palloc(Max(count, 1) * sizeof(TextSpan)), 0};
	for (int i = 0; i < count; i++)
	{
		if (!nulls[i])
			names.name[names.n++] = profile_text_utf8(DatumGetTextPP(elements[i]));
	}
	return names;
}

static void
put_attributes(StringInfo out, const ProfileRecord *record, Names keep)
{
	const char *at = record->attributes;

	while (at < record->end)
	{
		TextSpan	name = profile_span(&at, record->end);
		ProfileValue value = profile_value(&at, record->end);

		for (int i = 0; i < keep.n; i++)
		{
			if (keep.name[i].len != name.len ||
				memcmp(keep.name[i].data, name.data, name.len) != 0)
				continue;
			profile_put_span(out, name.data, name.len);
			appendBinaryStringInfo(out, value.bytes.data, value.bytes.len);
			break;
		}
	}
}

/* the pseudonyms of a record's identifiers, as identifiers */
static void
put_pseudonyms(StringInfo out, const ProfileRecord *record, const DomainKey *domain)
{
	ProfileItem *items = palloc(sizeof(ProfileItem));
	StringInfoData bytes;
	const char *at = record->identifiers;
	uint32		n = 0;

	initStringInfo(&bytes);
	while (at < record->identifiers_end)
	{
		TextSpan	identifier = profile_span(&at, record->identifiers_end);
		char		text[PSEUDONYM_TEXT_LEN];
		Pseudonym	pseudonym;

		pseudonym_of_identifier(domain, NULL, identifier.data, identifier.len, &pseudonym);
		pseudonym_format(&pseudonym, text);
		appendStringInfoString(&bytes, PSEUDONYM_PREFIX);
		appendBinaryStringInfo(&bytes, text, PSEUDONYM_TEXT_LEN);
		n++;
	}
	items = repalloc_huge(items, Max(n, 1) * sizeof(ProfileItem));
	for (uint32 i = 0; i < n; i++)
	{
		items[i] = (ProfileItem) {.keylen = strlen(PSEUDONYM_PREFIX) + PSEUDONYM_TEXT_LEN};
		items[i].key = bytes.data + i * items[i].keylen;
	}
	profile_sort(items, n);
	n = profile_distinct(items, n);
	for (uint32 i = 0; i < n; i++)
		profile_put_span(out, items[i].key, items[i].keylen);
	pfree(items);
	pfree(bytes.data);
}

/*
 * A profile as a pseudonym: records under their source and a number in the order of their keys, or
 * with a domain, the pseudonym of their key.
 */
static struct varlena *
pseudonymous(Datum value, const DomainKey *domain, Names keep)
{
	ProfileView view;
	ProfileRecord record;
	StringInfoData all,
				body,
				identifiers;
	ProfileItem *items;
	int		   *starts;
	uint32		n = 0;

	profile_open(PointerGetDatum(profile_canonical(value)), &view);
	items = palloc(Max(view.count, 1) * sizeof(ProfileItem));
	starts = palloc(Max(view.count, 1) * sizeof(int));
	initStringInfo(&all);
	initStringInfo(&body);
	initStringInfo(&identifiers);
	while (n < view.count && profile_next(&view, &record))
	{
		char		key[PSEUDONYM_TEXT_LEN + 1];
		int			keylen = PSEUDONYM_TEXT_LEN;

		CHECK_FOR_INTERRUPTS();
		resetStringInfo(&body);
		resetStringInfo(&identifiers);
		if (domain == NULL)
			keylen = snprintf(key, sizeof(key), "%u", n + 1);
		else
		{
			Pseudonym	pseudonym;

			pseudonym_of_text(domain, NULL, record.source.data,
							  record.source.len + 1 + record.record_id.len, &pseudonym);
			pseudonym_format(&pseudonym, key);
			put_pseudonyms(&identifiers, &record, domain);
		}
		profile_put_varint(&body, record.source.len + 1 + keylen);
		appendBinaryStringInfo(&body, record.source.data, record.source.len);
		appendStringInfoCharMacro(&body, '\0');
		appendBinaryStringInfo(&body, key, keylen);
		profile_put_time(&body, record.observed_at);
		profile_put_span(&body, identifiers.data, identifiers.len);
		put_attributes(&body, &record, keep);
		starts[n++] = all.len;
		profile_put_span(&all, body.data, body.len);
		profile_check_size(all.len);
	}
	for (uint32 i = 0; i < n; i++)
	{
		const char *at = all.data + starts[i];
		const char *end = all.data + (i + 1 < n ? starts[i + 1] : all.len);

		items[i] = (ProfileItem) {.at = at, .size = end - at};
		(void) profile_varint(&at, end);
		items[i].keylen = profile_varint(&at, end);
		items[i].key = at;
	}
	return profile_encode(items, n);
}

/*
 * mask(customer_profile, permission, attributes text[]) -> customer_profile: as it is, without
 * identifiers and keys and with the named attributes alone, or NULL
 */
Datum
mask_profile(PG_FUNCTION_ARGS)
{
	switch (permission_level(PG_GETARG_PERMISSION(1)))
	{
		case PERMISSION_RAW:
			PG_RETURN_DATUM(PG_GETARG_DATUM(0));
		case PERMISSION_PSEUDONYM:
			PG_RETURN_POINTER(pseudonymous(PG_GETARG_DATUM(0), NULL,
										   names_of(PG_GETARG_ARRAYTYPE_P(2))));
		default:
			PG_RETURN_NULL();
	}
}

/* how many pseudonyms a profile takes: one a record, and one an identifier */
static int64
pseudonyms_in(Datum value)
{
	ProfileView view;
	ProfileRecord record;
	int64		n = 0;

	profile_open(PointerGetDatum(profile_canonical(value)), &view);
	while (profile_next(&view, &record))
	{
		const char *at = record.identifiers;

		for (n++; at < record.identifiers_end; n++)
			(void) profile_span(&at, record.identifiers_end);
	}
	return n;
}

/*
 * disclose(customer_profile, permission, attributes text[]) -> customer_profile, <~ without the
 * last: as mask(), with pseudonyms in the place of identifiers and keys; as disclose() otherwise
 */
Datum
disclose_profile(PG_FUNCTION_ARGS)
{
	Permission	p = PG_GETARG_PERMISSION(1);
	Names		keep = {NULL, 0};

	if (permission_level(p) == PERMISSION_NONE)
		PG_RETURN_NULL();
	if (permission_level(p) == PERMISSION_RAW)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	if (PG_NARGS() > 2)
		keep = names_of(PG_GETARG_ARRAYTYPE_P(2));
	PG_RETURN_POINTER(pseudonymous(PG_GETARG_DATUM(0),
								   keyring_domain_tagged(permission_domain(p), VERB_PSEUDONYMIZE,
														 pseudonyms_in(PG_GETARG_DATUM(0))),
								   keep));
}
