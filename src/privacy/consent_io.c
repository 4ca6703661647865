/*
 * consent_io.c
 *	  consent: constructor, JSON text form, binary form, rows.
 *
 *	  {"decisions":[{"source":"shop","record_id":"7","purpose":"email_marketing",
 *					 "decision":"given","at":"2026-01-31T12:00:00Z","basis":"consent",
 *					 "channel":"web","jurisdiction":"DE","expires_at":"2028-01-31T12:00:00Z",
 *					 "proof":"form 12","explicit":true}]}
 *
 * Members after "at" are left out where they say nothing.  It is written without white space, in
 * the order of the canonical bytes; it is read as any JSON (RFC 8259), with members in any order,
 * and entries in any order and twice.  What is no such text is refused: unknown, missing and
 * repeated members, names that are not of the vocabulary, a time without a zone, and \u0000.
 *
 * The reader never raises.  On the wire are the canonical bytes (consent.h), which begin with their
 * version; each invariant of them is checked on receipt.
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "identity/json_text.h"
#include "privacy/consent.h"

/* ---- names ---- */

static const char *const decision_names[] = {
	"default_allowed", "default_refused", "given", "given", "withdrawn", "refused", "objected"
};

static const char *const basis_names[CONSENT_BASES] = {
	NULL, "consent", "contract", "legal_obligation", "vital_interests", "public_task",
	"legitimate_interest", "explicit_consent", "soft_opt_in", "opt_out"
};

#define DECISION_HINT \
	"A decision is given, refused, withdrawn or objected."
#define BASIS_HINT \
	"A legal basis is consent, contract, legal_obligation, vital_interests, public_task, " \
	"legitimate_interest, explicit_consent, soft_opt_in or opt_out."

const char *
consent_decision_name(ConsentDecision decision)
{
	return decision_names[decision];
}

const char *
consent_basis_name(ConsentBasis basis)
{
	return basis_names[basis];
}

static int
find_name(TextSpan s, const char *const *names, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (names[i] && strlen(names[i]) == s.len && memcmp(names[i], s.data, s.len) == 0)
			return i;
	}
	return -1;
}

/* "given" may be explicit, which makes it another decision */
static int
find_decision(TextSpan s, bool is_explicit)
{
	int			d = find_name(s, decision_names, lengthof(decision_names));

	return d == CONSENT_GIVEN_EXPLICIT && !is_explicit ? CONSENT_GIVEN : d;
}

/* ---- what an entry may be ---- */

static bool
refuse(Problem *problem, const char *code, const char *detail, const char *hint)
{
	PROBLEM(problem, code, detail, hint);
	return false;
}

static bool
key_part_fits(TextSpan part)
{
	return part.len > 0 && part.len <= CONSENT_KEY_PART_MAX;
}

static bool
is_default_source(TextSpan source)
{
	return source.len == strlen(CONSENT_DEFAULT_SOURCE) &&
		memcmp(source.data, CONSENT_DEFAULT_SOURCE, source.len) == 0;
}

bool
consent_entry_check(const ConsentEntry *e, Problem *problem)
{
	if (!key_part_fits(e->source) || !key_part_fits(e->record_id))
		return refuse(problem, key_part_fits(e->source) ? "record_id" : "source",
					  "source and record_id have 1 to 512 bytes each.",
					  "Name the system that the decision is from, and the key of the person "
					  "there.");
	if (purpose_name(e->purpose) == NULL)
		return refuse(problem, "purpose", "The purpose is not of the vocabulary.",
					  "omni.consent_purposes() lists the purposes; "
					  "one of your own is local_1 to local_16.");
	if (TIMESTAMP_NOT_FINITE(e->at))
		return refuse(problem, "at", "The time of a decision is infinite.",
					  "Give the time when the person decided.");
	if (e->expires <= e->at)
		return refuse(problem, "expires_at", "A decision expires before it is made.",
					  "Check the two times and their zones.");
	if (e->expires != DT_NOEND && CONSENT_IS_REFUSAL(e->decision))
		return refuse(problem, "expires_at", "What refuses has an expiry.",
					  "Only what is given expires: whoever refused is asked again, or not.");
	if (CONSENT_IS_DEFAULT(e->decision) != is_default_source(e->source))
		return refuse(problem, "decision", "What holds by default has the source \"(default)\", "
					  "and nothing else has.",
					  "omni.consent_default() says what holds by default. " DECISION_HINT);
	if (e->channel.len > CONSENT_CHANNEL_MAX)
		return refuse(problem, "channel", "The channel has more than 64 bytes.",
					  "Name the way on which the person decided: web, app, store, phone.");
	if (e->proof.len > CONSENT_PROOF_MAX)
		return refuse(problem, "proof", "The proof has more than 4096 bytes.",
					  "Keep the proof itself elsewhere, and its address or digest here.");
	if (e->jurisdiction.len > 0 && !jurisdiction_known(e->jurisdiction.data, e->jurisdiction.len))
		return refuse(problem, "jurisdiction", "The jurisdiction is unknown.",
					  "It is a code of ISO 3166 as DE, US-CA or CA-QC, or EU.");
	return true;
}

/* ---- constructor ---- */

PG_FUNCTION_INFO_V1(consent_from_decision);

static void
raise_problem(const Problem *problem)
{
	ereport(ERROR,
			(errcode(problem->sqlerrcode ? problem->sqlerrcode : ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid %s of a consent", problem->code),
			 problem->detail ? errdetail("%s", problem->detail) : 0,
			 problem->hint ? errhint("%s", problem->hint) : 0));
}

/* a text in UTF-8; 22021 */
static TextSpan
utf8_of(text *t)
{
	TextSpan	utf8;
	Problem		problem;

	if (!problem_of_text(text_from_server(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &utf8), &problem))
		problem_report(NULL, &problem, "consent", NULL);
	return utf8;
}

/* a text argument in UTF-8, of length 0 where it is NULL; 22021 */
static TextSpan
text_argument(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? (TextSpan) {"", 0} : utf8_of(PG_GETARG_TEXT_PP(n));
}

/* put an entry of which two arguments name the record; 22023, 22021 */
void
consent_put_record(StringInfo entries, text *source, text *record_id, ConsentEntry *e)
{
	Problem		problem;

	e->source = utf8_of(source);
	e->record_id = utf8_of(record_id);
	if (!consent_entry_check(e, &problem))
		raise_problem(&problem);
	consent_put(entries, e);
}

/*
 * consent(source text, record_id text, purpose text, decision text, at timestamptz, basis text,
 * channel text, jurisdiction text, expires_at timestamptz, proof text, explicit boolean) ->
 * consent of one decision; 22004 where one of the first five is NULL, 22023 for what an entry may
 * not have
 */
Datum
consent_from_decision(PG_FUNCTION_ARGS)
{
	ConsentEntry e = {.expires = DT_NOEND};
	StringInfoData entries;
	Problem		problem;
	TextSpan	s;
	bool		is_explicit = !PG_ARGISNULL(10) && PG_GETARG_BOOL(10);
	int			found;

	for (int i = 0; i < 5; i++)
	{
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("source, record_id, purpose, decision or time of a consent is NULL"),
					 errhint("A consent says which record of which source decided what, "
							 "and when.")));
	}
	e.source = text_argument(fcinfo, 0);
	e.record_id = text_argument(fcinfo, 1);
	e.purpose = purpose_of(PG_GETARG_TEXT_PP(2));
	found = find_decision(text_argument(fcinfo, 3), is_explicit);
	if (found < 0 || CONSENT_IS_DEFAULT(found))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown decision of a consent"),
				 errhint(DECISION_HINT)));
	e.decision = found;
	if (is_explicit && e.decision != CONSENT_GIVEN_EXPLICIT)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("explicit is of a decision that is not \"given\""),
				 errhint("Only a grant is marked as explicit: it then counts against what other "
						 "records of the customer refused before.")));
	e.at = PG_GETARG_TIMESTAMPTZ(4);
	s = text_argument(fcinfo, 5);
	if (!PG_ARGISNULL(5))
	{
		found = find_name(s, basis_names, CONSENT_BASES);
		if (found < 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("unknown legal basis of a consent"),
					 errhint(BASIS_HINT)));
		e.basis = found;
	}
	e.channel = text_argument(fcinfo, 6);
	e.jurisdiction = text_argument(fcinfo, 7);
	if (!PG_ARGISNULL(8))
		e.expires = PG_GETARG_TIMESTAMPTZ(8);
	e.proof = text_argument(fcinfo, 9);
	if (!consent_entry_check(&e, &problem))
		raise_problem(&problem);
	initStringInfo(&entries);
	consent_put(&entries, &e);
	PG_RETURN_POINTER(consent_make(&entries));
}

/* ---- JSON, read ---- */

enum
{
	M_SOURCE, M_RECORD_ID, M_PURPOSE, M_DECISION, M_AT, M_BASIS, M_CHANNEL, M_JURISDICTION,
	M_EXPIRES_AT, M_PROOF, M_EXPLICIT, MEMBERS
};

#define REQUIRED	5			/* the first so many have to be there */

static const char *const members[MEMBERS] = {
	"source", "record_id", "purpose", "decision", "at", "basis", "channel", "jurisdiction",
	"expires_at", "proof", "explicit"
};

#define FORM_HINT \
	"Write a consent as {\"decisions\":[{\"source\":..., \"record_id\":..., \"purpose\":..., " \
	"\"decision\":..., \"at\":...}]}."

/* true or false, which nothing else of a consent is */
static bool
take_boolean(JsonReader *p, bool *value)
{
	char		c = json_peek(p);
	int			len = c == 't' ? 4 : 5;

	if (p->end - p->at < len || memcmp(p->at, c == 't' ? "true" : "false", len) != 0)
		return json_syntax(p, "true or false");
	*value = c == 't';
	p->at += len;
	return true;
}

static bool
take_time(JsonReader *p, int member, TimestampTz *t)
{
	TextSpan	s;

	if (!json_string(p, &s))
		return false;
	return json_time(s, t) ||
		json_fail(p, members[member], "A time is not in ISO 8601 with a zone.",
				  "Write it as 2026-01-31T12:00:00Z.");
}

/* the members of an entry; p is behind its "{" */
static bool
take_members(JsonReader *p, ConsentEntry *e, TextSpan *decision, bool *is_explicit, bool *seen)
{
	bool		failed = false;
	TextSpan	s;
	int			found;

	do
	{
		int			m;

		if (!json_string(p, &s))
			return false;
		m = find_name(s, members, MEMBERS);
		if (m < 0)
			return json_fail(p, "member", "A decision has a member of another name.", FORM_HINT);
		if (seen[m])
			return json_fail(p, "duplicate", "A decision has two members of one name.",
							 "Keep one of them.");
		seen[m] = true;
		if (!json_take(p, ':'))
			return json_syntax(p, "\":\"");
		if (m == M_EXPLICIT)
		{
			if (!take_boolean(p, is_explicit))
				return false;
			continue;
		}
		if (m == M_AT || m == M_EXPIRES_AT)
		{
			if (!take_time(p, m, m == M_AT ? &e->at : &e->expires))
				return false;
			continue;
		}
		if (!json_string(p, &s))
			return false;
		switch (m)
		{
			case M_SOURCE:
				e->source = s;
				break;
			case M_RECORD_ID:
				e->record_id = s;
				break;
			case M_PURPOSE:
				e->purpose = purpose_bit(s.data, s.len);
				break;
			case M_DECISION:
				*decision = s;
				break;
			case M_BASIS:
				found = find_name(s, basis_names, CONSENT_BASES);
				if (found < 0)
					return json_fail(p, "basis", "The legal basis is unknown.", BASIS_HINT);
				e->basis = found;
				break;
			case M_CHANNEL:
				e->channel = s;
				break;
			case M_JURISDICTION:
				e->jurisdiction = s;
				break;
			default:
				e->proof = s;
				break;
		}
	} while (json_another(p, '}', &failed));
	return !failed;
}

static bool
take_entry(JsonReader *p, StringInfo out)
{
	ConsentEntry e = {.expires = DT_NOEND};
	bool		seen[MEMBERS] = {false};
	bool		is_explicit = false;
	TextSpan	decision = {"", 0};
	int			found;

	if (!json_take(p, '{'))
		return json_syntax(p, "\"{\"");
	if (!json_take(p, '}') && !take_members(p, &e, &decision, &is_explicit, seen))
		return false;
	for (int m = 0; m < REQUIRED; m++)
	{
		if (!seen[m])
			return json_fail(p, "missing", psprintf("A decision has no %s.", members[m]),
							 FORM_HINT);
	}
	found = find_decision(decision, is_explicit);
	if (found < 0)
		return json_fail(p, "decision", "The decision is unknown.", DECISION_HINT);
	e.decision = found;
	if (is_explicit && e.decision != CONSENT_GIVEN_EXPLICIT)
		return json_fail(p, "explicit", "explicit is of a decision that is not \"given\".",
						 "Only a grant is marked as explicit.");
	if (!consent_entry_check(&e, p->problem))
		return false;
	consent_put(out, &e);
	return out->len <= CONSENT_MAX - 16 || json_too_large(p);
}

static bool
take_entries(JsonReader *p, StringInfo out)
{
	TextSpan	name;
	bool		failed;
	uint32		n = 0;

	if (!json_take(p, '{'))
		return json_syntax(p, "\"{\"");
	if (!json_string(p, &name))
		return false;
	if (name.len != 9 || memcmp(name.data, "decisions", 9) != 0)
		return json_fail(p, "member", "The only member of a consent is decisions.", FORM_HINT);
	if (!json_take(p, ':'))
		return json_syntax(p, "\":\"");
	if (!json_take(p, '['))
		return json_syntax(p, "\"[\"");
	if (!json_take(p, ']'))
	{
		do
		{
			CHECK_FOR_INTERRUPTS();
			if (n++ == CONSENT_ENTRIES_MAX)
				return json_too_large(p);
			if (!take_entry(p, out))
				return false;
		} while (json_another(p, ']', &failed));
		if (failed)
			return false;
	}
	if (!json_take(p, '}'))
		return json_syntax(p, "\"}\"");
	json_skip_space(p);
	return p->at == p->end || json_syntax(p, "the end");
}

/* the consent of a JSON text in the server encoding; NULL with the problem filled; never raises */
static struct varlena *
parse(const char *s, int len, Problem *problem)
{
	JsonReader	p = {
		.problem = problem,
		.form = FORM_HINT,
		.limit = "A consent has at most 65536 entries of 16 MB.",
		.limit_hint = "Keep the decisions of one customer in one consent.",
		.string_max = CONSENT_PROOF_MAX,
	};
	StringInfoData entries;
	TextSpan	utf8;

	if (!problem_of_text(text_from_server(s, len, &utf8), problem))
		return NULL;
	p.start = p.at = utf8.data;
	p.end = utf8.data + utf8.len;
	initStringInfo(&entries);
	if (!take_entries(&p, &entries))
		return NULL;
	return consent_make(&entries);
}

/* ---- JSON, written ---- */

static void
put_member(StringInfo out, const char *name, TextSpan s)
{
	if (s.len == 0)
		return;
	appendStringInfo(out, ",\"%s\":", name);
	json_put_string(out, s);
}

static char *
json_text(Datum value)
{
	StringInfoData out;
	ConsentView view;
	ConsentEntry e;
	bool		first = true;

	consent_open(PointerGetDatum(consent_canonical(value)), &view);
	initStringInfo(&out);
	appendStringInfoString(&out, "{\"decisions\":[");
	while (consent_next(&view, &e))
	{
		CHECK_FOR_INTERRUPTS();
		appendStringInfoString(&out, first ? "{\"source\":" : ",{\"source\":");
		first = false;
		json_put_string(&out, e.source);
		put_member(&out, "record_id", e.record_id);
		appendStringInfo(&out, ",\"purpose\":\"%s\",\"decision\":\"%s\",\"at\":",
						 purpose_name(e.purpose), consent_decision_name(e.decision));
		json_put_time(&out, e.at);
		if (e.basis != CONSENT_BASIS_NONE)
			appendStringInfo(&out, ",\"basis\":\"%s\"", consent_basis_name(e.basis));
		put_member(&out, "channel", e.channel);
		put_member(&out, "jurisdiction", e.jurisdiction);
		if (e.expires != DT_NOEND)
		{
			appendStringInfoString(&out, ",\"expires_at\":");
			json_put_time(&out, e.expires);
		}
		put_member(&out, "proof", e.proof);
		if (e.decision == CONSENT_GIVEN_EXPLICIT)
			appendStringInfoString(&out, ",\"explicit\":true");
		appendStringInfoChar(&out, '}');
	}
	appendStringInfoString(&out, "]}");
	return text_to_server(out.data, out.len);
}

/* ---- SQL: text ---- */

PG_FUNCTION_INFO_V1(consent_in);
PG_FUNCTION_INFO_V1(consent_out);
PG_FUNCTION_INFO_V1(consent_from_text);
PG_FUNCTION_INFO_V1(consent_to_text);
PG_FUNCTION_INFO_V1(consent_try);
PG_FUNCTION_INFO_V1(consent_problem);

/* consent_in(cstring) -> consent; 22P02, 54000 */
Datum
consent_in(PG_FUNCTION_ARGS)
{
	char	   *s = PG_GETARG_CSTRING(0);
	Problem		problem = {0};
	struct varlena *v = parse(s, strlen(s), &problem);

	if (v == NULL)
	{
		problem_report(FC_ESCONTEXT(fcinfo), &problem, "consent", NULL);
		PG_RETURN_NULL();
	}
	PG_RETURN_POINTER(v);
}

/* consent_out(consent) -> cstring */
Datum
consent_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(json_text(PG_GETARG_DATUM(0)));
}

/* consent(text) -> consent, the cast; as consent_in */
Datum
consent_from_text(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Problem		problem = {0};
	struct varlena *v = parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &problem);

	if (v == NULL)
		problem_report(NULL, &problem, "consent", NULL);
	PG_RETURN_POINTER(v);
}

/* text(consent) -> text, the cast */
Datum
consent_to_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(json_text(PG_GETARG_DATUM(0))));
}

/* consent_try(text) -> consent, NULL where it is none */
Datum
consent_try(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Problem		problem = {0};
	struct varlena *v = parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &problem);

	if (v == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(v);
}

/* consent_problem(text) -> text, why it is no consent; NULL where it is one */
Datum
consent_problem(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	Problem		problem = {0};

	if (parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &problem) != NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem.code));
}

/* ---- SQL: binary ---- */

PG_FUNCTION_INFO_V1(consent_recv);
PG_FUNCTION_INFO_V1(consent_send);

static bool
utf8_valid(TextSpan s)
{
	return pg_verify_mbstr(PG_UTF8, s.data, s.len, true) && text_fits_server(s.data, s.len);
}

static bool
get_received(const char **at, const char *end, TextSpan *span)
{
	uint32		len;

	if (!consent_get_varint(at, end, &len) || len > end - *at)
		return false;
	*span = (TextSpan) {*at, (int) len};
	*at += len;
	return true;
}

/* does a key have the shape that readers rely on: two texts with a NUL behind each, and a byte */
static bool
key_valid(TextSpan key)
{
	const char *end = key.data + key.len - 2;
	const char *nul;

	if (key.len < 5 || *end != '\0' || (uint8) end[1] >= PURPOSE_COUNT)
		return false;
	nul = memchr(key.data, '\0', end - key.data);
	return nul != NULL && memchr(nul + 1, '\0', end - nul - 1) == NULL;
}

/* is this an entry whose bytes are those that consent_put() writes of what they mean */
static bool
entry_valid(const char *start, const char *end, TextSpan body)
{
	ConsentView view = {.at = start, .end = end, .count = 1};
	StringInfoData again;
	ConsentEntry e;
	Problem		problem;
	TextSpan	part;
	const char *at = body.data;
	const char *body_end = body.data + body.len;
	bool		same;

	if (!get_received(&at, body_end, &part) || !key_valid(part) || body_end - at < 19 + 3 ||
		(uint8) at[9] > CONSENT_OBJECTED || (uint8) at[18] >= CONSENT_BASES)
		return false;
	at += 19;
	for (int i = 0; i < 3; i++)
	{
		if (!get_received(&at, body_end, &part) || !utf8_valid(part))
			return false;
	}
	if (at != body_end || !consent_next(&view, &e) || !utf8_valid(e.source) ||
		!utf8_valid(e.record_id) || !consent_entry_check(&e, &problem) ||
		!IS_VALID_TIMESTAMP(e.at) || (e.expires != DT_NOEND && !IS_VALID_TIMESTAMP(e.expires)))
		return false;
	initStringInfo(&again);
	consent_put(&again, &e);
	same = again.len == end - start && memcmp(again.data, start, again.len) == 0;
	pfree(again.data);
	return same;
}

static bool
consent_valid(const char *at, int len)
{
	const char *end = at + len;
	TextSpan	last = {NULL, -1};
	TextSpan	body,
				key;
	uint32		count;

	if (len < 2 || *at++ != CONSENT_VERSION || !consent_get_varint(&at, end, &count) ||
		count > CONSENT_ENTRIES_MAX)
		return false;
	for (; at < end; count--)
	{
		const char *start = at;

		CHECK_FOR_INTERRUPTS();
		if (count == 0 || !get_received(&at, end, &body) || !entry_valid(start, at, body) ||
			!get_received(&body.data, at, &key))
			return false;
		if (last.len >= 0)
		{
			int			c = memcmp(last.data, key.data, Min(last.len, key.len));

			if (c > 0 || (c == 0 && last.len >= key.len))
				return false;
		}
		last = key;
	}
	return count == 0;
}

/* consent_recv(internal) -> consent; 22P03 unless canonical */
Datum
consent_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			len = buf->len - buf->cursor;
	const char *s = pq_getmsgbytes(buf, len);

	if (len > CONSENT_MAX || !consent_valid(s, len))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value of type consent"),
				 errdetail("The bytes are not version %d of a consent in canonical form.",
						   CONSENT_VERSION)));
	PG_RETURN_DATUM(PointerGetDatum(cstring_to_text_with_len(s, len)));
}

/* consent_send(consent) -> bytea */
Datum
consent_send(PG_FUNCTION_ARGS)
{
	struct varlena *v = consent_canonical(PG_GETARG_DATUM(0));
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbytes(&buf, VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* ---- SQL: rows ---- */

PG_FUNCTION_INFO_V1(consent_entries);
PG_FUNCTION_INFO_V1(consent_records);

/* a string of the consent as a text of the server's */
static Datum
server_text(TextSpan s)
{
	if (GetDatabaseEncoding() == PG_UTF8)
		return PointerGetDatum(cstring_to_text_with_len(s.data, s.len));
	return PointerGetDatum(cstring_to_text(text_to_server(s.data, s.len)));
}

static void
set_text(Datum *values, bool *nulls, int i, TextSpan s)
{
	nulls[i] = s.len == 0;
	values[i] = s.len > 0 ? server_text(s) : (Datum) 0;
}

/*
 * consent_entries(consent) -> setof (source text, record_id text, purpose text, decision text,
 * at timestamptz, basis text, channel text, jurisdiction text, expires_at timestamptz, proof text,
 * explicit boolean), ascending by (source, record_id) in bytes and the purpose's bit
 */
Datum
consent_entries(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext scratch;
	ConsentView view;
	ConsentEntry e;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	consent_open(PointerGetDatum(consent_canonical(PG_GETARG_DATUM(0))), &view);
	scratch = AllocSetContextCreate(CurrentMemoryContext, "consent_entries row",
									ALLOCSET_DEFAULT_SIZES);
	while (consent_next(&view, &e))
	{
		MemoryContext old = MemoryContextSwitchTo(scratch);
		Datum		values[MEMBERS];
		bool		nulls[MEMBERS] = {false};

		CHECK_FOR_INTERRUPTS();
		set_text(values, nulls, M_SOURCE, e.source);
		set_text(values, nulls, M_RECORD_ID, e.record_id);
		values[M_PURPOSE] = CStringGetTextDatum(purpose_name(e.purpose));
		values[M_DECISION] = CStringGetTextDatum(consent_decision_name(e.decision));
		values[M_AT] = TimestampTzGetDatum(e.at);
		nulls[M_BASIS] = e.basis == CONSENT_BASIS_NONE;
		values[M_BASIS] = nulls[M_BASIS] ? (Datum) 0 :
			CStringGetTextDatum(consent_basis_name(e.basis));
		set_text(values, nulls, M_CHANNEL, e.channel);
		set_text(values, nulls, M_JURISDICTION, e.jurisdiction);
		nulls[M_EXPIRES_AT] = e.expires == DT_NOEND;
		values[M_EXPIRES_AT] = TimestampTzGetDatum(e.expires);
		set_text(values, nulls, M_PROOF, e.proof);
		values[M_EXPLICIT] = BoolGetDatum(e.decision == CONSENT_GIVEN_EXPLICIT);
		MemoryContextSwitchTo(old);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		MemoryContextReset(scratch);
	}
	MemoryContextDelete(scratch);
	return (Datum) 0;
}

static bool
same_text(TextSpan a, TextSpan b)
{
	return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

/* records(consent) -> text[]: a row {source, record_id} a record, as "-" takes them */
Datum
consent_records(PG_FUNCTION_ARGS)
{
	ConsentView view;
	ConsentEntry e,
				last = {.source = {"", 0}, .record_id = {"", 0}};
	Datum	   *datums;
	int			dims[2];
	int			lower[2] = {1, 1};
	uint32		n = 0;

	consent_open(PointerGetDatum(consent_canonical(PG_GETARG_DATUM(0))), &view);
	datums = palloc(2 * (Size) Max(view.count, 1) * sizeof(Datum));
	while (consent_next(&view, &e))
	{
		if (same_text(e.source, last.source) && same_text(e.record_id, last.record_id))
			continue;
		datums[2 * n] = server_text(e.source);
		datums[2 * n + 1] = server_text(e.record_id);
		last = e;
		n++;
	}
	if (n == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(TEXTOID));
	dims[0] = n;
	dims[1] = 2;
	PG_RETURN_ARRAYTYPE_P(construct_md_array(datums, NULL, 2, dims, lower, TEXTOID, -1, false,
											 TYPALIGN_INT));
}
