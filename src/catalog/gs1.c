/*
 * gs1.c
 *	  GS1 element strings: pairs of an Application Identifier (AI) and a value, as bar codes and
 *	  links carry them.  Three forms are read, and told apart by how they begin:
 *
 *	  (01)09506000134352(10)ABC   bracketed, as printed below a symbol; \( is a bracket in a value
 *	  ^010950600013435210ABC      FNC1 written as ^; or as the GS character (29), with or without
 *	                              a symbology identifier ]C1 ]e0 ]d2 ]Q3 ]J1 before it
 *	  https://id.gs1.org/01/...   GS1 Digital Link
 *
 *	  What an AI is, which parts its value has and which AIs belong together is the table in
 *	  gs1_ai_table.h, generated from GS1's dictionary.
 *
 * The parser never raises and gives elements that are right each by itself.  Whether they belong
 * together (gs1_check) is another question, since one label may spread them over several symbols.
 * A value may be a person's name or address, so no message repeats one.
 */
#include "postgres.h"
#include "compat.h"

#include <ctype.h>

#include "funcapi.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "catalog/catalog.h"

#define GS1_PREDEFINED		1	/* its length is known to every reader: no FNC1 after it */
#define GS1_ATTRIBUTE		2	/* may be a query parameter of a Digital Link */

#define GS1_PART_LINTERS	4
#define GS1_AI_MAX			4	/* digits of an AI */
#define GS1_ELEMENTS_MAX	64
#define GS1_QUALIFIERS_MAX	8

/* GS of ASCII, what a scanner sends for FNC1 */
#define GS					'\x1d'

typedef struct Gs1Part
{
	int			min;
	int			max;
	bool		optional;
	Gs1Linter	linters[GS1_PART_LINTERS];
} Gs1Part;

typedef struct Gs1Ai
{
	const char *first;			/* AIs first .. last, all of one length, share this entry */
	const char *last;
	int			flags;
	int			part;			/* index of the first of nparts */
	int			nparts;
	const char *requires;		/* "01+21,02 37": one group of each list; n is any digit */
	const char *excludes;		/* "255,37" */
	const char *qualifiers;		/* "22,10,21|235": of a Digital Link's primary key */
	const char *title;
} Gs1Ai;

#include "catalog/gs1_ai_table.h"

typedef struct Gs1Element
{
	const Gs1Ai *entry;
	char		ai[GS1_AI_MAX + 1];
	TextSpan	value;
} Gs1Element;

typedef struct Gs1Data
{
	int			count;
	int			in_path;		/* elements of a Digital Link's path, which come first; or 0 */
	Gs1Element	elements[GS1_ELEMENTS_MAX];
} Gs1Data;

/* the names that old Digital Links had in place of AIs */
static const struct
{
	const char *name;
	const char *ai;
}			alphas[] =
{
	{"cpid", "8010"}, {"cpsn", "8011"}, {"cpv", "22"}, {"gcn", "255"}, {"gdti", "253"},
	{"giai", "8004"}, {"ginc", "401"}, {"gln", "414"}, {"glnx", "254"}, {"gmn", "8013"},
	{"grai", "8003"}, {"gsin", "402"}, {"gsrn", "8018"}, {"gsrnp", "8017"}, {"gtin", "01"},
	{"itip", "8006"}, {"lot", "10"}, {"party", "417"}, {"refno", "8020"}, {"ser", "21"},
	{"srin", "8019"}, {"sscc", "00"}
};

/*
 * The table
 */

/* entry of the AI of exactly these digits, or NULL */
static const Gs1Ai *
find_ai(const char *s, int len)
{
	int			lo = 0;
	int			hi = lengthof(gs1_ais);

	if (len < 2 || len > GS1_AI_MAX)
		return NULL;
	while (lo < hi)
	{
		int			mid = (lo + hi) / 2;
		const Gs1Ai *entry = &gs1_ais[mid];
		int			n = Min(len, (int) strlen(entry->first));

		if (memcmp(s, entry->first, n) < 0)
			hi = mid;
		else if (memcmp(s, entry->last, n) > 0)
			lo = mid + 1;
		else
			return strlen(entry->first) == len ? entry : NULL;
	}
	return NULL;
}

/* entry of the AI that s begins with, and its length; no AI is the beginning of another */
static const Gs1Ai *
find_leading_ai(const char *s, int len, int *ailen)
{
	for (*ailen = 2; *ailen <= Min(len, GS1_AI_MAX); (*ailen)++)
	{
		const Gs1Ai *entry = find_ai(s, *ailen);

		if (entry != NULL)
			return entry;
	}
	return NULL;
}

static int
min_length(const Gs1Ai *entry)
{
	int			sum = 0;

	for (int i = 0; i < entry->nparts; i++)
		sum += gs1_parts[entry->part + i].optional ? 0 : gs1_parts[entry->part + i].min;
	return sum;
}

static int
max_length(const Gs1Ai *entry)
{
	int			sum = 0;

	for (int i = 0; i < entry->nparts; i++)
		sum += gs1_parts[entry->part + i].max;
	return sum;
}

/* next of the words of a list that stand between separators; false at its end */
static bool
next_word(const char **list, char separator, TextSpan *word)
{
	const char *end;

	if (*list == NULL)
		return false;
	end = strchr(*list, separator);
	word->data = *list;
	word->len = end ? end - *list : strlen(*list);
	*list = end ? end + 1 : NULL;
	return true;
}

static bool
matches_pattern(const char *ai, TextSpan pattern)
{
	if (strlen(ai) != pattern.len)
		return false;
	for (int i = 0; i < pattern.len; i++)
	{
		if (pattern.data[i] != 'n' && pattern.data[i] != ai[i])
			return false;
	}
	return true;
}

/* the first element whose AI matches; an AI is not looked for among itself */
static const Gs1Element *
find_element(const Gs1Data *data, TextSpan pattern, const char *except)
{
	for (int i = 0; i < data->count; i++)
	{
		const Gs1Element *e = &data->elements[i];

		if (matches_pattern(e->ai, pattern) && (except == NULL || strcmp(e->ai, except) != 0))
			return e;
	}
	return NULL;
}

static const Gs1Element *
find_element_of(const Gs1Data *data, const char *ai)
{
	return find_element(data, (TextSpan) {ai, strlen(ai)}, NULL);
}

/*
 * Reading
 */
static bool
refuse(Problem *problem, const char *code, const char *detail, const char *hint)
{
	PROBLEM(problem, code, detail, hint ? hint :
			"Scan the symbol again, or compare the element with its AI in the GS1 specifications.");
	return false;
}

/* a fault in the part of a value that begins at offset */
static bool
refuse_value(Problem *problem, const Gs1Element *e, const Gs1Fault *fault, int offset)
{
	int			at = gs1_characters(e->value.data, offset + fault->at) + 1;
	int			n = gs1_characters(e->value.data + offset + fault->at, fault->len);

	if (n > 1)
		return refuse(problem, fault->code,
					  psprintf("AI (%s), characters %d to %d: %s.", e->ai, at, at + n - 1,
							   fault->message), NULL);
	return refuse(problem, fault->code,
				  psprintf("AI (%s), character %d: %s.", e->ai, at, fault->message), NULL);
}

/* check a value against the parts of its AI */
static bool
check_value(const Gs1Element *e, Problem *problem)
{
	const Gs1Ai *entry = e->entry;
	int			at = 0;

	if (e->value.len < min_length(entry))
		return refuse(problem, "value_too_short",
					  psprintf("AI (%s): the value has %d characters, it needs %d.", e->ai,
							   e->value.len, min_length(entry)), NULL);
	if (e->value.len > max_length(entry))
		return refuse(problem, "value_too_long",
					  psprintf("AI (%s): the value has %d characters, the most is %d.", e->ai,
							   e->value.len, max_length(entry)), NULL);
	for (int i = 0; i < entry->nparts; i++)
	{
		const Gs1Part *part = &gs1_parts[entry->part + i];
		int			len = Min(part->max, e->value.len - at);
		Gs1Fault	fault;

		if (len == 0 && part->optional)
			break;
		if (len < part->min)
			return refuse(problem, "value_too_short",
						  psprintf("AI (%s): the value breaks off after %d characters.", e->ai,
								   e->value.len), NULL);
		for (int l = 0; l < GS1_PART_LINTERS && part->linters[l] != NULL; l++)
		{
			if (!part->linters[l] (e->value.data + at, len, &fault))
				return refuse_value(problem, e, &fault, at);
		}
		at += len;
	}
	return true;
}

static bool
add_element(Gs1Data *data, const Gs1Ai *entry, const char *ai, int ailen, TextSpan value,
			Problem *problem)
{
	Gs1Element *e = &data->elements[data->count];

	if (data->count == GS1_ELEMENTS_MAX)
	{
		PROBLEM(problem, "too_many",
				psprintf("It has more than %d elements.", GS1_ELEMENTS_MAX), NULL);
		problem->sqlerrcode = ERRCODE_PROGRAM_LIMIT_EXCEEDED;
		return false;
	}
	e->entry = entry;
	memcpy(e->ai, ai, ailen);
	e->ai[ailen] = '\0';
	e->value = value;
	if (!check_value(e, problem))
		return false;
	data->count++;
	return true;
}

/* how many of the characters where an AI should be are digits */
static int
shown_ai(const char *s, int len)
{
	int			n = 0;

	while (n < Min(len, GS1_AI_MAX) && isdigit((unsigned char) s[n]))
		n++;
	return n;
}

/* after the leading FNC1; separator is what stands for the others */
static bool
parse_fnc1(const char *s, int len, char separator, Gs1Data *data, Problem *problem)
{
	const char *end = s + len;

	if (len == 0)
		return refuse(problem, "empty", "It has no elements.", NULL);
	while (s < end)
	{
		int			ailen;
		const Gs1Ai *entry = find_leading_ai(s, end - s, &ailen);
		const char *stop;
		const char *value;

		if (entry == NULL)
			return refuse(problem, "unknown_ai",
						  psprintf("No AI is known that begins with \"%.*s\", after %d elements.",
								   shown_ai(s, end - s), s, data->count), NULL);
		value = s + ailen;
		stop = memchr(value, separator, end - value);
		if (stop == NULL)
			stop = end;
		if ((entry->flags & GS1_PREDEFINED) && stop - value > max_length(entry))
			stop = value + max_length(entry);
		if (!add_element(data, entry, s, ailen, (TextSpan) {value, stop - value}, problem))
			return false;
		s = stop;
		if (s < end && *s == separator)
			s++;
	}
	return true;
}

static bool
parse_bracketed(const char *s, int len, Gs1Data *data, Problem *problem)
{
	const char *end = s + len;
	char	   *plain = palloc(len + 1);	/* room for the values without backslashes */

	while (s < end)
	{
		const char *close = memchr(s, ')', end - s);
		const Gs1Ai *entry;
		const char *ai = s + 1;
		TextSpan	value = {plain, 0};

		if (close == NULL || shown_ai(ai, close - ai) != close - ai)
			return refuse(problem, "brackets",
						  psprintf("Element %d does not begin with digits in brackets.",
								   data->count + 1),
						  "A bracket that belongs to a value is written \\(.");
		entry = find_ai(ai, close - ai);
		if (entry == NULL)
			return refuse(problem, "unknown_ai",
						  psprintf("AI (%.*s) is not known.", (int) (close - ai), ai), NULL);
		for (s = close + 1; s < end && *s != '('; s++)
		{
			if (*s == '\\' && s + 1 < end && s[1] == '(')
				s++;
			*plain++ = *s;
			value.len++;
		}
		if (!add_element(data, entry, ai, close - ai, value, problem))
			return false;
	}
	return true;
}

/*
 * Digital Link
 */

/* percent decoding, and + as a space where that is so; a NUL is refused */
static bool
decode_uri(TextSpan in, bool plus_is_space, TextSpan *out)
{
	char	   *p = palloc(in.len + 1);

	out->data = p;
	out->len = 0;
	for (int i = 0; i < in.len; i++)
	{
		char		c = in.data[i];

		if (c == '%' && i + 2 < in.len && isxdigit((unsigned char) in.data[i + 1]) &&
			isxdigit((unsigned char) in.data[i + 2]))
		{
			char		hex[3] = {in.data[i + 1], in.data[i + 2], '\0'};

			c = (char) strtol(hex, NULL, 16);
			i += 2;
			if (c == '\0')
				return false;
		}
		else if (c == '+' && plus_is_space)
			c = ' ';
		p[out->len++] = c;
	}
	return true;
}

/* the entry of a path segment, which is an AI or one of the old names for one */
static const Gs1Ai *
find_path_ai(TextSpan segment, char *ai)
{
	const Gs1Ai *entry = find_ai(segment.data, segment.len);

	if (entry != NULL)
	{
		memcpy(ai, segment.data, segment.len);
		ai[segment.len] = '\0';
		return entry;
	}
	for (int i = 0; i < lengthof(alphas); i++)
	{
		if (strlen(alphas[i].name) == segment.len &&
			memcmp(alphas[i].name, segment.data, segment.len) == 0)
		{
			strcpy(ai, alphas[i].ai);
			return find_ai(ai, strlen(ai));
		}
	}
	return NULL;
}

/*
 * Does the sequence of AIs, of which the first is a primary key, follow the order of one of the
 * key's alternatives?
 */
static bool
is_key_sequence(const char *const *ais, int n)
{
	const Gs1Ai *key = find_ai(ais[0], strlen(ais[0]));
	const char *alternatives = key->qualifiers;
	TextSpan	alternative;

	while (next_word(&alternatives, '|', &alternative))
	{
		char	   *list = pnstrdup(alternative.data, alternative.len);
		const char *rest = list;
		TextSpan	qualifier;
		int			matched = 1;

		while (next_word(&rest, ',', &qualifier))
		{
			if (matched < n && qualifier.len > 0 && matches_pattern(ais[matched], qualifier))
				matched++;
		}
		pfree(list);
		if (matched == n)
			return true;
	}
	return false;
}

static bool
add_link_element(Gs1Data *data, const Gs1Ai *entry, const char *ai, TextSpan raw, bool in_query,
				 Problem *problem)
{
	TextSpan	value;

	if (raw.len == 0)
		return refuse(problem, "empty_value", psprintf("AI (%s) has no value.", ai), NULL);
	if (!decode_uri(raw, in_query, &value))
		return refuse(problem, "uri_characters", psprintf("AI (%s) has a NUL character.", ai),
					  NULL);
	/* links were allowed to leave out the leading zeros of a GTIN */
	if (strcmp(ai, "01") == 0 && (value.len == 8 || value.len == 12 || value.len == 13))
	{
		char	   *padded = palloc(14);

		memset(padded, '0', 14);
		memcpy(padded + 14 - value.len, value.data, value.len);
		value.data = padded;
		value.len = 14;
	}
	return add_element(data, entry, ai, strlen(ai), value, problem);
}

static bool
refuse_link_path(Problem *problem)
{
	return refuse(problem, "no_key", "The path does not end with a primary key and its value.",
				  "A Digital Link is https://domain/AI/value, where the AI is such as 01.");
}

/* the pairs at the end of the path that begin with a primary key */
static bool
parse_link_path(TextSpan path, Gs1Data *data, Problem *problem)
{
	const char *p = path.data + path.len;
	const char *pairs = NULL;
	const char *ais[GS1_QUALIFIERS_MAX + 1];
	int			n = 0;

	while (pairs == NULL)
	{
		const Gs1Ai *entry;
		char		ai[GS1_AI_MAX + 1];
		const char *end;

		for (int slash = 0; slash < 2; slash++)
		{
			end = p;
			do
			{
				if (p == path.data)
					return refuse_link_path(problem);
				p--;
			} while (*p != '/');
		}
		entry = find_path_ai((TextSpan) {p + 1, end - p - 1}, ai);
		if (entry == NULL)
			return refuse_link_path(problem);
		if (entry->qualifiers != NULL)
			pairs = p;
	}

	for (p = pairs; p < path.data + path.len;)
	{
		const char *slash = memchr(p + 1, '/', path.data + path.len - p - 1);
		const char *end = memchr(slash + 1, '/', path.data + path.len - slash - 1);
		char		ai[GS1_AI_MAX + 1];
		const Gs1Ai *entry = find_path_ai((TextSpan) {p + 1, slash - p - 1}, ai);

		if (end == NULL)
			end = path.data + path.len;
		if (n == lengthof(ais))
			return refuse(problem, "key_sequence", "The path has too many qualifiers.", NULL);
		if (!add_link_element(data, entry, ai, (TextSpan) {slash + 1, end - slash - 1}, false,
							  problem))
			return false;
		ais[n] = data->elements[n].ai;
		n++;
		p = end;
	}
	if (!is_key_sequence(ais, n))
		return refuse(problem, "key_sequence",
					  psprintf("The qualifiers in the path do not follow the order for key (%s).",
							   ais[0]), NULL);
	data->in_path = n;
	return true;
}

/* could this AI stand in the path, between the elements that are there? */
static bool
belongs_in_path(const Gs1Data *data, const char *ai)
{
	const char *ais[GS1_QUALIFIERS_MAX + 2];

	for (int at = 1; at <= data->in_path; at++)
	{
		for (int i = 0, j = 0; i <= data->in_path; i++)
			ais[i] = i == at ? ai : data->elements[j++].ai;
		if (is_key_sequence(ais, data->in_path + 1))
			return true;
	}
	return false;
}

/* the query parameters whose names are AIs; others are the link's own business */
static bool
parse_link_query(TextSpan query, Gs1Data *data, Problem *problem)
{
	char	   *copy = pnstrdup(query.data, query.len);
	const char *rest = copy;
	TextSpan	word;

	while (next_word(&rest, '&', &word))
	{
		const char *equals = memchr(word.data, '=', word.len);
		int			namelen = equals ? equals - word.data : 0;
		const Gs1Ai *entry;
		char		ai[GS1_AI_MAX + 1];

		if (namelen == 0 || strspn(word.data, "0123456789") < namelen)
			continue;
		entry = find_ai(word.data, namelen);
		if (entry == NULL)
			return refuse(problem, "unknown_ai",
						  psprintf("The query parameter %.*s is no known AI.", Min(namelen, 8),
								   word.data), NULL);
		memcpy(ai, word.data, namelen);
		ai[namelen] = '\0';
		if (find_element_of(data, ai) != NULL)
			return refuse(problem, "repeated_ai", psprintf("AI (%s) is there twice.", ai), NULL);
		if (!(entry->flags & GS1_ATTRIBUTE))
			return refuse(problem, "not_an_attribute",
						  psprintf("AI (%s) cannot be a query parameter of a Digital Link.", ai),
						  NULL);
		if (belongs_in_path(data, ai))
			return refuse(problem, "belongs_in_path",
						  psprintf("AI (%s) is a qualifier and belongs in the path.", ai), NULL);
		if (!add_link_element(data, entry, ai,
							  (TextSpan) {equals + 1, word.data + word.len - equals - 1}, true,
							  problem))
			return false;
	}
	return true;
}

#define URI_UNRESERVED \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
#define URI_DOMAIN		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.:[]"
#define URI_CHARACTERS	URI_UNRESERVED ":/?#[]@!$&'()*+,;=%"

static bool
all_of(const char *s, int len, const char *set)
{
	for (int i = 0; i < len; i++)
	{
		if (s[i] == '\0' || strchr(set, s[i]) == NULL)
			return false;
	}
	return true;
}

/* length of "http://" or "https://" that s begins with, in any case, or 0 */
static int
scheme_length(const char *s, int len)
{
	if (len >= 7 && pg_strncasecmp(s, "http://", 7) == 0)
		return 7;
	if (len >= 8 && pg_strncasecmp(s, "https://", 8) == 0)
		return 8;
	return 0;
}

/* scheme and domain; *path is what follows */
static bool
check_link_head(const char *s, int len, TextSpan *path, Problem *problem)
{
	const char *domain = s + scheme_length(s, len);
	const char *slash = memchr(domain, '/', s + len - domain);

	if (!all_of(s, len, URI_CHARACTERS))
		return refuse(problem, "uri_characters", "It has a character that no URI has.",
					  "Such characters are percent-encoded in a URI.");
	path->data = slash ? slash : s + len;
	path->len = s + len - path->data;
	if (path->data == domain || !all_of(domain, path->data - domain, URI_DOMAIN))
		return refuse(problem, "uri_domain", "The link has no proper domain name.", NULL);
	return true;
}

static bool
parse_link(const char *s, int len, Gs1Data *data, Problem *problem)
{
	TextSpan	path;
	const char *mark;
	TextSpan	query = {NULL, 0};

	if (!check_link_head(s, len, &path, problem))
		return false;
	mark = memchr(path.data, '#', path.len);
	if (mark != NULL)
		path.len = mark - path.data;
	mark = memchr(path.data, '?', path.len);
	if (mark != NULL)
	{
		query.data = mark + 1;
		query.len = path.data + path.len - query.data;
		path.len = mark - path.data;
	}
	return parse_link_path(path, data, problem) &&
		(query.len == 0 || parse_link_query(query, data, problem));
}

/*
 * The parser: element string of any form.  Never raises.
 */
static bool
gs1_parse(text *t, Gs1Data *data, Problem *problem)
{
	TextSpan	span;
	TextStatus	status = text_from_server(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &span);
	const char *s = span.data;
	int			len = span.len;

	data->count = 0;
	data->in_path = 0;
	if (status != TEXT_OK)
		return problem_of_text(status, problem);
	if (len > GS1_BYTES_MAX)
	{
		PROBLEM(problem, "too_long",
				psprintf("It has %d bytes, the most is %d.", len, GS1_BYTES_MAX),
				"Give the content of one barcode at a time.");
		problem->sqlerrcode = ERRCODE_PROGRAM_LIMIT_EXCEEDED;
		return false;
	}
	if (len == 0)
		return refuse(problem, "empty", "It has no elements.", NULL);
	if (s[0] == '(')
		return parse_bracketed(s, len, data, problem);
	if (s[0] == '^' || s[0] == GS)
		return parse_fnc1(s + 1, len - 1, s[0], data, problem);
	if (s[0] == ']' && len >= 3)
	{
		if (strncmp(s, "]C1", 3) == 0 || strncmp(s, "]e0", 3) == 0 || strncmp(s, "]d2", 3) == 0 ||
			strncmp(s, "]Q3", 3) == 0 || strncmp(s, "]J1", 3) == 0)
			return parse_fnc1(s + 3, len - 3, GS, data, problem);
		return refuse(problem, "symbology",
					  "The symbology identifier is not that of a GS1 symbol.",
					  "GS1 symbols have ]C1, ]e0, ]d2, ]Q3 or ]J1.");
	}
	if (scheme_length(s, len) > 0)
		return parse_link(s, len, data, problem);
	if (memchr(s, GS, len) != NULL)
		return parse_fnc1(s, len, GS, data, problem);
	return refuse(problem, "no_fnc1",
				  "Nothing tells that these are GS1 elements: "
				  "neither brackets nor FNC1, symbology identifier or link.",
				  "If they are, put ^ before them.");
}

/* elements of a text argument; 22P02 if they are wrong */
static void
parse_or_raise(text *t, Gs1Data *data)
{
	Problem		problem = {0};

	if (!gs1_parse(t, data, &problem))
		ereport(ERROR,
				(errcode(problem.sqlerrcode ? problem.sqlerrcode :
						 ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid GS1 element string"),
				 problem.detail ? errdetail("%s", problem.detail) : 0,
				 problem.hint ? errhint("%s", problem.hint) : 0));
}

/*
 * Which elements belong together
 */

/* give a row of gs1_check */
static void
report(ReturnSetInfo *rsinfo, const char *ai, const char *problem, const char *detail)
{
	Datum		values[3];
	bool		nulls[3] = {ai == NULL, false, detail == NULL};

	values[0] = ai ? CStringGetTextDatum(ai) : (Datum) 0;
	values[1] = CStringGetTextDatum(problem);
	values[2] = detail ? CStringGetTextDatum(detail) : (Datum) 0;
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

static void
check_repeats(ReturnSetInfo *rsinfo, const Gs1Data *data)
{
	for (int i = 0; i < data->count; i++)
	{
		const Gs1Element *e = &data->elements[i];
		const Gs1Element *first = find_element_of(data, e->ai);

		if (first->value.len != e->value.len ||
			memcmp(first->value.data, e->value.data, e->value.len) != 0)
			report(rsinfo, e->ai, "repeated_ai",
				   psprintf("AI (%s) is there with different values.", e->ai));
	}
}

static void
check_exclusions(ReturnSetInfo *rsinfo, const Gs1Data *data, const Gs1Element *e)
{
	const char *lists = e->entry->excludes;
	TextSpan	list;

	while (next_word(&lists, ' ', &list))
	{
		const char *rest = pnstrdup(list.data, list.len);
		TextSpan	pattern;

		while (next_word(&rest, ',', &pattern))
		{
			const Gs1Element *other = find_element(data, pattern, e->ai);

			if (other != NULL)
				report(rsinfo, e->ai, "excluded_ai",
					   psprintf("AI (%s) cannot stand with AI (%s).", e->ai, other->ai));
		}
	}
}

static bool
has_group(const Gs1Data *data, TextSpan group, const char *except)
{
	const char *rest = pnstrdup(group.data, group.len);
	TextSpan	pattern;

	while (next_word(&rest, '+', &pattern))
	{
		if (find_element(data, pattern, except) == NULL)
			return false;
	}
	return true;
}

static void
check_requirements(ReturnSetInfo *rsinfo, const Gs1Data *data, const Gs1Element *e)
{
	const char *lists = e->entry->requires;
	TextSpan	list;

	while (next_word(&lists, ' ', &list))
	{
		const char *rest = pnstrdup(list.data, list.len);
		TextSpan	group;
		bool		met = false;

		while (!met && next_word(&rest, ',', &group))
			met = has_group(data, group, e->ai);
		if (!met)
			report(rsinfo, e->ai, "missing_ai",
				   psprintf("AI (%s) needs one of: %.*s.", e->ai, list.len, list.data));
	}
}

/* a digital signature signs one thing, so its key must have a serial component */
static void
check_signature(ReturnSetInfo *rsinfo, const Gs1Data *data)
{
	static const char *const keys[] = {"253", "255", "8003"};

	if (find_element_of(data, "8030") == NULL)
		return;
	for (int i = 0; i < lengthof(keys); i++)
	{
		const Gs1Element *e = find_element_of(data, keys[i]);

		if (e != NULL && e->value.len == min_length(e->entry))
			report(rsinfo, e->ai, "missing_serial",
				   psprintf("AI (%s) has no serial component, which a digital signature needs.",
							e->ai));
	}
}

/*
 * Writing
 */
static void
append_bracketed(StringInfo buf, const Gs1Data *data)
{
	for (int i = 0; i < data->count; i++)
	{
		const Gs1Element *e = &data->elements[i];

		appendStringInfo(buf, "(%s)", e->ai);
		for (int k = 0; k < e->value.len; k++)
		{
			if (e->value.data[k] == '(')
				appendStringInfoChar(buf, '\\');
			appendStringInfoChar(buf, e->value.data[k]);
		}
	}
}

static void
append_fnc1(StringInfo buf, const Gs1Data *data, char fnc1)
{
	for (int i = 0; i < data->count; i++)
	{
		const Gs1Element *e = &data->elements[i];

		if (i == 0 || !(data->elements[i - 1].entry->flags & GS1_PREDEFINED))
			appendStringInfoChar(buf, fnc1);
		appendStringInfoString(buf, e->ai);
		appendBinaryStringInfo(buf, e->value.data, e->value.len);
	}
}

static void
append_uri(StringInfo buf, TextSpan value)
{
	for (int i = 0; i < value.len; i++)
	{
		if (strchr(URI_UNRESERVED, value.data[i]) != NULL)
			appendStringInfoChar(buf, value.data[i]);
		else
			appendStringInfo(buf, "%%%02X", (unsigned char) value.data[i]);
	}
}

static void
cannot_link(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("GS1 elements cannot be a Digital Link"),
			 errdetail("%s", detail)));
}

/*
 * The elements of the path: the first primary key and those of its qualifiers that are there, by
 * the alternative of which most are there.  Gives their number.
 */
static int
choose_path(const Gs1Data *data, const Gs1Element **path)
{
	const char *alternatives;
	TextSpan	alternative;
	int			best = 1;

	path[0] = NULL;
	for (int i = 0; i < data->count && path[0] == NULL; i++)
	{
		if (data->elements[i].entry->qualifiers != NULL)
			path[0] = &data->elements[i];
	}
	if (path[0] == NULL)
		cannot_link("None of them is a primary key.");
	alternatives = path[0]->entry->qualifiers;
	while (next_word(&alternatives, '|', &alternative))
	{
		const Gs1Element *found[GS1_QUALIFIERS_MAX];
		const char *rest = pnstrdup(alternative.data, alternative.len);
		TextSpan	qualifier;
		int			n = 0;

		while (next_word(&rest, ',', &qualifier))
		{
			const Gs1Element *e = find_element(data, qualifier, NULL);

			if (e != NULL && n < lengthof(found))
				found[n++] = e;
		}
		if (n + 1 > best)
		{
			memcpy(path + 1, found, n * sizeof(Gs1Element *));
			best = n + 1;
		}
	}
	return best;
}

static void
append_link(StringInfo buf, const Gs1Data *data)
{
	const Gs1Element *path[GS1_QUALIFIERS_MAX + 1];
	char		separator = '?';
	int			n = data->in_path;

	for (int i = 0; i < n; i++)
		path[i] = &data->elements[i];
	if (n == 0)
		n = choose_path(data, path);
	for (int i = 0; i < n; i++)
	{
		appendStringInfo(buf, "/%s/", path[i]->ai);
		append_uri(buf, path[i]->value);
	}
	/* attributes: those of predefined length first, each once */
	for (int pass = 0; pass < 2; pass++)
	{
		for (int i = 0; i < data->count; i++)
		{
			const Gs1Element *e = &data->elements[i];
			bool		in_path = false;

			for (int k = 0; k < n; k++)
				in_path |= strcmp(path[k]->ai, e->ai) == 0;
			if (in_path || find_element_of(data, e->ai) != e ||
				((e->entry->flags & GS1_PREDEFINED) == 0) != (pass == 1))
				continue;
			if (!(e->entry->flags & GS1_ATTRIBUTE))
				cannot_link(psprintf("AI (%s) can be neither a qualifier of key (%s) here "
									 "nor a query parameter.", e->ai, path[0]->ai));
			appendStringInfo(buf, "%c%s=", separator, e->ai);
			append_uri(buf, e->value);
			separator = '&';
		}
	}
}

static Datum
text_result(StringInfo buf)
{
	return PointerGetDatum(cstring_to_text_with_len(buf->data, buf->len));
}

static Datum
span_result(TextSpan s)
{
	return PointerGetDatum(cstring_to_text_with_len(s.data, s.len));
}

/*
 * SQL functions
 */
PG_FUNCTION_INFO_V1(gs1_elements);
PG_FUNCTION_INFO_V1(gs1_value);
PG_FUNCTION_INFO_V1(gs1_gtin);
PG_FUNCTION_INFO_V1(gs1_problem);
PG_FUNCTION_INFO_V1(gs1_check);
PG_FUNCTION_INFO_V1(gs1_bracketed);
PG_FUNCTION_INFO_V1(gs1_fnc1);
PG_FUNCTION_INFO_V1(gs1_digital_link);
PG_FUNCTION_INFO_V1(gs1_title);

/* gs1_elements(text) -> setof (ai text, value text), in the order of the data; 22P02 */
Datum
gs1_elements(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Gs1Data		data;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	parse_or_raise(PG_GETARG_TEXT_PP(0), &data);
	for (int i = 0; i < data.count; i++)
	{
		Datum		values[2];
		bool		nulls[2] = {false, false};

		values[0] = CStringGetTextDatum(data.elements[i].ai);
		values[1] = span_result(data.elements[i].value);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/*
 * gs1_value(data text, ai text) -> text: value of the first element with this AI, in which n is any
 * digit, or NULL; 22P02.
 */
Datum
gs1_value(PG_FUNCTION_ARGS)
{
	text	   *ai = PG_GETARG_TEXT_PP(1);
	Gs1Data		data;
	const Gs1Element *e;

	parse_or_raise(PG_GETARG_TEXT_PP(0), &data);
	e = find_element(&data, (TextSpan) {VARDATA_ANY(ai), VARSIZE_ANY_EXHDR(ai)}, NULL);
	if (e == NULL)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(span_result(e->value));
}

/* gs1_gtin(text) -> gtin: of the item that is identified, AI (01) or (8006), or NULL; 22P02 */
Datum
gs1_gtin(PG_FUNCTION_ARGS)
{
	Gs1Data		data;
	const Gs1Element *e;
	Gtin		gtin;
	Problem		problem;

	parse_or_raise(PG_GETARG_TEXT_PP(0), &data);
	e = find_element_of(&data, "01");
	if (e == NULL)
		e = find_element_of(&data, "8006");
	if (e == NULL || !gtin_parse(e->value.data, 14, &gtin, &problem))
		PG_RETURN_NULL();
	PG_RETURN_GTIN(gtin);
}

/* gs1_problem(text) -> text: the reason why gs1_elements would raise, or NULL */
Datum
gs1_problem(PG_FUNCTION_ARGS)
{
	Gs1Data		data;
	Problem		problem = {0};

	if (gs1_parse(PG_GETARG_TEXT_PP(0), &data, &problem))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem.code));
}

/*
 * gs1_check(text) -> setof (ai text, problem text, detail text): what is wrong with the data as a
 * whole: the problem that stops its reading, or else the AIs that do not belong together.
 */
Datum
gs1_check(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Gs1Data		data;
	Problem		problem = {0};

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (!gs1_parse(PG_GETARG_TEXT_PP(0), &data, &problem))
	{
		report(rsinfo, NULL, problem.code, problem.detail);
		return (Datum) 0;
	}
	check_repeats(rsinfo, &data);
	for (int i = 0; i < data.count; i++)
	{
		const Gs1Element *e = &data.elements[i];

		if (find_element_of(&data, e->ai) != e)
			continue;
		check_exclusions(rsinfo, &data, e);
		check_requirements(rsinfo, &data, e);
	}
	check_signature(rsinfo, &data);
	return (Datum) 0;
}

/* gs1_bracketed(text) -> text: the same elements in the form with brackets; 22P02 */
Datum
gs1_bracketed(PG_FUNCTION_ARGS)
{
	Gs1Data		data;
	StringInfoData buf;

	parse_or_raise(PG_GETARG_TEXT_PP(0), &data);
	initStringInfo(&buf);
	append_bracketed(&buf, &data);
	PG_RETURN_DATUM(text_result(&buf));
}

/*
 * gs1_fnc1(data text, fnc1 text) -> text: the same elements as a symbol carries them, FNC1 written
 * as ^ or as the GS character; 22P02, 22023 for another fnc1.
 */
Datum
gs1_fnc1(PG_FUNCTION_ARGS)
{
	text	   *fnc1 = PG_GETARG_TEXT_PP(1);
	Gs1Data		data;
	StringInfoData buf;
	char		c = VARSIZE_ANY_EXHDR(fnc1) == 1 ? *VARDATA_ANY(fnc1) : '\0';

	if (c != '^' && c != GS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid notation of FNC1"),
				 errdetail("It is \"^\" or the GS character, chr(29)."),
				 errhint("Use ^ to read it, chr(29) to send it to a printer.")));
	parse_or_raise(PG_GETARG_TEXT_PP(0), &data);
	initStringInfo(&buf);
	append_fnc1(&buf, &data, c);
	PG_RETURN_DATUM(text_result(&buf));
}

/*
 * gs1_digital_link(data text, stem text) -> text: the same elements as a link below stem.  22P02;
 * 22023 where they have no primary key or an AI that no link may have, and for a wrong stem.
 */
Datum
gs1_digital_link(PG_FUNCTION_ARGS)
{
	char	   *stem = text_to_cstring(PG_GETARG_TEXT_PP(1));
	int			len = strlen(stem);
	Gs1Data		data;
	StringInfoData buf;
	TextSpan	path;
	Problem		problem;

	/* not repeated in the message: the arguments may have been given the wrong way round */
	if (scheme_length(stem, len) == 0 || strpbrk(stem, "?#") != NULL ||
		!check_link_head(stem, len, &path, &problem))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid stem of a Digital Link"),
				 errhint("A stem is such as https://id.gs1.org or https://example.com/p.")));
	parse_or_raise(PG_GETARG_TEXT_PP(0), &data);
	if (stem[len - 1] == '/')
		len--;
	initStringInfo(&buf);
	appendBinaryStringInfo(&buf, stem, len);
	append_link(&buf, &data);
	PG_RETURN_DATUM(text_result(&buf));
}

/* gs1_title(ai text) -> text: GS1's data title of an AI, or NULL for an unknown one */
Datum
gs1_title(PG_FUNCTION_ARGS)
{
	text	   *ai = PG_GETARG_TEXT_PP(0);
	const Gs1Ai *entry = find_ai(VARDATA_ANY(ai), VARSIZE_ANY_EXHDR(ai));

	if (entry == NULL || entry->title == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(entry->title));
}
