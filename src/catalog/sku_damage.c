/*
 * sku_damage.c
 *	  What the way to the database does to product codes, and how to tell.
 *
 * Two kinds, strictly apart:
 *
 * - a problem is a reason to refuse the value: a character that no SKU has, or a form that only
 *	 damage produces (1.23457E+11, 123.0, 5-Mar, ="0017", #N/A);
 * - a warning is about a value that is a good SKU and may yet be damage: 5-MAR could be a code,
 *	 a number of 11 digits could be a bar code that lost its first zero.
 *
 * Nothing is repaired: the hint says what the code could have been.
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/catalog.h"
#include "catalog/sku_look_alikes.h"

#define IS_DIGIT(c)	((c) >= '0' && (c) <= '9')
#define IS_ALPHA(c)	(((c) >= 'A' && (c) <= 'Z') || ((c) >= 'a' && (c) <= 'z'))
#define IS_LOWER(c)	((c) >= 'a' && (c) <= 'z')

/* the hint for what a spreadsheet spoiled */
static const char from_source[] = "Take the code from its source and import the column as text.";

/* digits that a spreadsheet keeps of a number */
#define SPREADSHEET_DIGITS	15

/* ---- characters ---- */

/* what the eye takes for something else, or for nothing; NULL for every other character */
static const LookAlike *
find_look_alike(pg_wchar c)
{
	int			low = 0;
	int			high = lengthof(look_alikes);

	while (low < high)
	{
		int			mid = (low + high) / 2;

		if (look_alikes[mid].c < c)
			low = mid + 1;
		else
			high = mid;
	}
	return low < lengthof(look_alikes) && look_alikes[low].c == c ? &look_alikes[low] : NULL;
}

/* the ASCII character that c, or its capital, looks like; 0 if none */
static char
look_alike(pg_wchar c)
{
	const LookAlike *found = find_look_alike(c);

	return found ? found->looks_like : 0;
}

static bool
is_emoji(pg_wchar c)
{
	/* the variation selector and the keycap make emoji of digits */
	return c == 0xFE0F || c == 0x20E3 || (c >= 0x2190 && text_is_emoji(c));
}

/* the first two characters of UTF-8 that was read as Latin-1 or Windows-1252 */
static bool
is_mojibake(pg_wchar c, pg_wchar next)
{
	if (c == 0xC2 || c == 0xC3)
		return (next >= 0x80 && next <= 0xBF) || (next >= 0x2013 && next <= 0x2122) ||
			next == 0x0152 || next == 0x0153 || next == 0x0160 || next == 0x0161 ||
			next == 0x0178 || next == 0x017D || next == 0x017E || next == 0x0192;
	return c == 0xE2 && (next == 0x20AC || next == 0x80);
}

/*
 * U+0410 (CYRILLIC CAPITAL LETTER A) where showing the character would not help, else U+4E2D and
 * the character
 */
static char *
name_character(pg_wchar c)
{
	const LookAlike *found = find_look_alike(c);
	char		utf8[4];

	if (found != NULL)
		return psprintf("U+%04X (%s)", c, found->name);
	if (text_is_control(c) || text_is_hidden(c) || text_is_space(c) || text_is_mark(c))
		return psprintf("U+%04X", c);
	unicode_to_utf8(c, (unsigned char *) utf8);
	return psprintf("U+%04X (%s)", c,
					text_to_server(utf8, pg_utf_mblen((unsigned char *) utf8)));
}

/*
 * The SKU that is left of the value without invisible characters and with ASCII for look-alikes,
 * to be named in a hint; NULL if that is no SKU either.
 */
static char *
likely_code(const char *s, int len)
{
	char		ascii[SKU_MAX];
	int			n = 0;
	int			size;
	Sku			sku;
	Problem		problem;

	for (int at = 0; at < len; at += size)
	{
		pg_wchar	c = text_next(s + at, len - at, &size);

		if (n == SKU_MAX)
			return NULL;
		if (c < 0x80)
			ascii[n++] = c;
		else if (text_is_space(c))
			ascii[n++] = ' ';
		else if (!text_is_hidden(c))
		{
			int			width = sku_to_ascii(s + at, size, ascii + n, SKU_MAX - n);

			if (width == 0 && (ascii[n] = look_alike(c)) != 0)
				width = 1;
			if (width == 0 || n + width > SKU_MAX)
				return NULL;
			n += width;
		}
	}
	if (!sku_parse(ascii, n, &sku, &problem))
		return NULL;
	return pnstrdup(sku.data, sku.len);
}

/*
 * The first of the next SKU_MAX characters that is not ASCII, a look-alike or hidden; len if there
 * is none.
 */
static int
first_foreign(const char *s, int len, int at)
{
	char		ascii[SKU_MAX];
	int			size;

	for (int n = 0; at < len && n < SKU_MAX; at += size, n++)
	{
		pg_wchar	c = text_next(s + at, len - at, &size);

		if (c >= 0x80 && !text_is_space(c) && !text_is_hidden(c) && look_alike(c) == 0 &&
			sku_to_ascii(s + at, size, ascii, SKU_MAX) == 0)
			return at;
	}
	return len;
}

static void
look_alike_problem(const char *s, int len, char *where, char ascii, Problem *p)
{
	char	   *code = likely_code(s, len);

	PROBLEM(p, "look_alike",
			psprintf("%s looks like %s %c.", where,
					 IS_DIGIT(ascii) ? "the digit" : IS_ALPHA(ascii) ? "the Latin letter" :
					 "the character", ascii),
			code ? psprintf("If the code is %s, type it in ASCII.", code) :
			"Type the code in ASCII.");
}

void
sku_bad_character(const char *s, int len, int at, Problem *p)
{
	static const char *const ascii_only = "An SKU has printable ASCII characters only; "
		"agree on an ASCII code and keep the other spelling as an alias.";
	int			position = 1;
	int			size;
	int			next_size;
	pg_wchar	c = text_next(s + at, len - at, &size);
	pg_wchar	next;
	char	   *where;
	char		ascii = 0;

	/* one foreign character makes it foreign writing, not a slip of the keyboard */
	if (c >= 0x80 && !text_is_hidden(c) && (ascii = look_alike(c)) != 0)
	{
		int			foreign = first_foreign(s, len, at);

		if (foreign < len)
		{
			at = foreign;
			c = text_next(s + at, len - at, &size);
			ascii = 0;
		}
	}
	/* of a run of blanks, the one that is not a space */
	while (text_is_space(c) && !SKU_IS_BREAK(c))
	{
		at += size;
		c = text_next(s + at, len - at, &size);
	}
	for (int i = 0; i < at; i += pg_utf_mblen((const unsigned char *) s + i))
		position++;
	next = at + size < len ? text_next(s + at + size, len - at - size, &next_size) : 0;
	where = psprintf("%s at character %d", name_character(c), position);

	if (text_check_assigned(s + at, size) != TEXT_OK)
		problem_of_text(TEXT_UNASSIGNED, p);
	else if (text_is_control(c))
		PROBLEM(p, "control",
				psprintf("%s is a control character, such as a tab or a line break.", where),
				"Check that the value is one field of the file, "
				"with the right separator and quoting.");
	else if (is_emoji(c))
		PROBLEM(p, "emoji", psprintf("%s is an emoji or a symbol.", where), ascii_only);
	else if (text_is_hidden(c))
	{
		char	   *code = likely_code(s, len);

		PROBLEM(p, "invisible", psprintf("%s is invisible.", where),
				code ? psprintf("If the code is %s, remove the character.", code) :
				"Remove the character.");
	}
	else if (ascii != 0)
		look_alike_problem(s, len, where, ascii, p);
	else if (is_mojibake(c, next))
		PROBLEM(p, "mojibake",
				psprintf("%s begins what looks like UTF-8 read in another encoding.", where),
				"Load the file with its own encoding, for example COPY ... ENCODING 'UTF8'.");
	else
		PROBLEM(p, "not_ascii", psprintf("%s is not an ASCII character.", where), ascii_only);
}

/* ---- forms ---- */

/*
 * Does the text have this form?  9 is a digit, # one or two digits, M a month's English
 * abbreviation in the case that spreadsheets show (Mar), m the same in any case, a final * digits
 * and the signs of a time of day; anything else is itself.
 */
static bool
has_form(const char *s, int len, const char *form)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *end = s + len;

	for (; *form != '\0'; form++)
	{
		if (*form == '*')
		{
			while (s < end && (IS_DIGIT(*s) || strchr(":.+-ZzAaPpMm ", *s) != NULL))
				s++;
			break;
		}
		if (s == end)
			return false;
		if (*form == '9' || *form == '#')
		{
			if (!IS_DIGIT(*s))
				return false;
			s++;
			if (*form == '#' && s < end && IS_DIGIT(*s))
				s++;
		}
		else if (*form == 'M' || *form == 'm')
		{
			int			month;

			if (end - s < 3)
				return false;
			for (month = 0; month < 36; month += 3)
			{
				if (*form == 'M' ? memcmp(s, months + month, 3) == 0 :
					pg_strncasecmp(s, months + month, 3) == 0)
					break;
			}
			if (month == 36)
				return false;
			s += 3;
		}
		else if (*s++ != *form)
			return false;
	}
	return s == end;
}

static bool
has_some_form(const char *s, int len, const char *const *forms)
{
	for (; *forms != NULL; forms++)
	{
		if (has_form(s, len, *forms))
			return true;
	}
	return false;
}

/* what a spreadsheet shows for a date, in its own case, and what export adds a time to */
static const char *const sure_dates[] = {
	"#-M", "M-99", "#-M-99", "#-M-9999",
	"9999-99-99 #:99*", "9999-99-99T99:99*", "9999-99-99t99:99*",
	"#/#/9999 #:99*", "#.#.9999 #:99*",
	NULL
};

/* false for nearly every text that has none of these forms, told by its length and a few bytes */
static inline bool
may_be_date(const char *s, int len, int digits)
{
	switch (digits)
	{
		case 0:
			return len == 6 && s[3] == '-';
		case 1:
		case 2:
			if (len < digits + 4)
				return false;
			if (s[digits] == '-')
				return IS_LOWER(s[digits + 2]);
			return (s[digits] == '/' || s[digits] == '.') && IS_DIGIT(s[digits + 1]);
		case 4:
			return len > 10 && s[4] == '-' && s[7] == '-';
		default:
			return false;
	}
}

/* what may be a date or a code */
static const char *const possible_dates[] = {
	"#-m", "m-99", "m-9999", "#-m-99", "#-m-9999",
	"9999-99-99", "9999/99/99", "#/#/9999", "#-#-9999", "#.#.9999", "#.#.99",
	NULL
};

/* what a spreadsheet shows in place of a value */
static const char *const cell_errors[] = {
	"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!",
	"#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#GETTING_DATA", "#ERROR!",
	NULL
};

/* what software writes where there is no value */
static const char *const placeholders[] = {
	"NULL", "NONE", "NIL", "NAN", "N/A", "NA", "UNDEFINED", "UNKNOWN", "TBD", "TBA", "TRUE",
	"FALSE", "?", "-", "--", ".", "[OBJECT OBJECT]", "\\N",
	NULL
};

static bool
is_listed(const char *s, int len, const char *const *list)
{
	for (; *list != NULL; list++)
	{
		if (strlen(*list) == len && pg_strncasecmp(s, *list, len) == 0)
			return true;
	}
	return false;
}

static int
count_digits(const char *s, const char *end)
{
	const char *p = s;

	while (p < end && IS_DIGIT(*p))
		p++;
	return p - s;
}

/* a number in scientific notation */
typedef struct Scientific
{
	bool		fraction;		/* 1.5E11, not 1E11 */
	char		sign;			/* of the exponent, 0 if none */
	int			exponent;
	int			digits;			/* of the mantissa */
	char		mantissa[SKU_MAX + 1];
} Scientific;

static bool
is_scientific(const char *s, int len, Scientific *number)
{
	const char *end = s + len;
	int			whole;
	int			n;

	memset(number, 0, offsetof(Scientific, mantissa));
	if (s < end && (*s == '-' || *s == '+'))
		s++;
	whole = count_digits(s, end);
	if (whole == 0)
		return false;
	memcpy(number->mantissa, s, whole);
	number->digits = whole;
	s += whole;
	if (s < end && (*s == '.' || *s == ','))
	{
		n = count_digits(++s, end);
		if (n == 0)
			return false;
		memcpy(number->mantissa + whole, s, n);
		number->digits += n;
		number->fraction = true;
		s += n;
	}
	number->mantissa[number->digits] = '\0';
	if (s == end || (*s != 'E' && *s != 'e'))
		return false;
	s++;
	if (s < end && (*s == '-' || *s == '+'))
		number->sign = *s++;
	n = count_digits(s, end);
	if (n == 0 || n > 3 || s + n != end)
		return false;
	for (; s < end; s++)
		number->exponent = number->exponent * 10 + (*s - '0');
	number->exponent += whole - 1;
	return true;
}

/*
 * Only a number is written with a fraction or with a plus sign before its exponent.  1E5 and
 * 1E-05 could be codes.
 */
static bool
scientific_damage(const char *s, int len, Problem *p)
{
	Scientific	number;

	if (!is_scientific(s, len, &number) || !(number.fraction || number.sign == '+'))
		return false;
	PROBLEM(p, "scientific",
			"The value is a number in scientific notation, as a spreadsheet shows a long code; "
			"the last digits of the code are lost.",
			number.sign != '-' && number.exponent < 100 && number.exponent >= number.digits ?
			psprintf("The code had %d digits and began with about %s. %s",
					 number.exponent + 1, number.mantissa, from_source) : from_source);
	return true;
}

/* digits, a point and zeros: a code that was read as a floating-point number */
static bool
decimal_damage(const char *s, int len, Problem *p)
{
	int			whole = count_digits(s, s + len);
	int			i = whole + 1;

	if (whole == 0 || len < whole + 2 || s[whole] != '.')
		return false;
	while (i < len && s[i] == '0')
		i++;
	if (i < len)
		return false;
	PROBLEM(p, "decimal",
			"The value is a whole number with decimals, "
			"as software writes a digit code that it took for a number.",
			psprintf("The code could be %.*s, and may have lost leading zeros. %s",
					 whole, s, from_source));
	return true;
}

static bool
formula_damage(const char *s, int len, Problem *p)
{
	if (s[0] == '\'')
	{
		PROBLEM(p, "apostrophe",
				"The value begins with an apostrophe, the mark of a text cell in a spreadsheet.",
				len > 1 ? psprintf("If the code is %.*s, remove the apostrophe.", len - 1, s + 1) :
				"Remove the apostrophe.");
		return true;
	}
	if (s[0] == '=')
	{
		PROBLEM(p, "formula",
				"The value begins with an equals sign: it is a spreadsheet formula.",
				len > 4 && s[1] == '"' && s[len - 1] == '"' ?
				psprintf("If the code is %.*s, remove the equals sign and the quotes.",
						 len - 3, s + 2) :
				"Export the values of the column, not its formulas.");
		return true;
	}
	return false;
}

bool
sku_damaged(const char *s, int len, Problem *p)
{
	int			digits;

	if (s[0] == '\'' || s[0] == '=')
		return formula_damage(s, len, p);
	if (s[0] == '#')
	{
		int			hashes = 1;

		while (hashes < len && s[hashes] == '#')
			hashes++;
		if ((hashes < len || len < 3) && !is_listed(s, len, cell_errors))
			return false;
		PROBLEM(p, "cell_error",
				"The value is what a spreadsheet shows for an error "
				"or in a column that is too narrow.",
				"Correct the cell in the spreadsheet and export again.");
		return true;
	}
	if (s[0] == '-' || s[0] == '+')
		return scientific_damage(s, len, p);
	/* what follows the digits at the front tells nearly every code from a number or a date */
	digits = count_digits(s, s + len);
	if (digits == len)
		return false;
	if (digits > 0 &&
		(s[digits] == '.' || s[digits] == ',' || s[digits] == 'E' || s[digits] == 'e') &&
		(scientific_damage(s, len, p) || decimal_damage(s, len, p)))
		return true;
	if (!may_be_date(s, len, digits) || !has_some_form(s, len, sure_dates))
		return false;
	PROBLEM(p, "date",
			"The value is a date, as a spreadsheet makes it of a code such as 3-5 or MAR5.",
			memchr(s, ':', len) ? from_source :
			psprintf("%s If this is the code, write it in upper case.", from_source));
	return true;
}

/* ---- warnings ---- */

/* would these 11 digits, after a zero, pass as a UPC? */
static bool
lost_upc_zero(const char *s, int len)
{
	int			sum = 0;

	if (len != 11 || count_digits(s, s + len) != len)
		return false;
	for (int i = 0; i < len; i++)
		sum += (s[i] - '0') * (i % 2 ? 3 : 1);
	return sum % 10 == 0;
}

/* a number whose digits end where a spreadsheet's precision does */
static bool
lost_precision(const char *s, int len)
{
	if (len <= SPREADSHEET_DIGITS || count_digits(s, s + len) != len)
		return false;
	for (int i = SPREADSHEET_DIGITS; i < len; i++)
	{
		if (s[i] != '0')
			return false;
	}
	return true;
}

/* &AMP; &QUOT; &#39; */
static bool
has_html_entity(const char *s, int len)
{
	const char *amp = memchr(s, '&', len);
	const char *semicolon;

	if (amp == NULL)
		return false;
	semicolon = memchr(amp, ';', s + len - amp);
	if (semicolon == NULL || semicolon - amp < 3 || semicolon - amp > 7)
		return false;
	for (amp++; amp < semicolon; amp++)
	{
		if (!IS_ALPHA(*amp) && !IS_DIGIT(*amp) && *amp != '#')
			return false;
	}
	return true;
}

/* the first character that NFKC gave another meaning, such as a superscript; 0 if none */
static pg_wchar
rewritten_character(const char *s, int len)
{
	TextSpan	utf8;
	int			size;

	if (text_is_ascii(s, len) || text_from_server(s, len, &utf8) != TEXT_OK)
		return 0;
	utf8 = text_trim(utf8.data, utf8.len);
	for (int at = 0; at < utf8.len; at += size)
	{
		pg_wchar	c = text_next(utf8.data + at, utf8.len - at, &size);
		char		ascii[SKU_MAX];

		/* full-width forms, spaces and dashes are only another way to write the same */
		if (c >= 0x80 && !(c >= 0xFF01 && c <= 0xFF5E) && !text_is_space(c) &&
			!(sku_to_ascii(utf8.data + at, size, ascii, SKU_MAX) == 1 && ascii[0] == '-'))
			return c;
	}
	return 0;
}

bool
sku_suspicious(const char *raw, int rawlen, const Sku *sku, Problem *p)
{
	const char *s = sku->data + sku->code;
	int			len = sku->len - sku->code;
	Scientific	number;
	pg_wchar	rewritten;

	if (is_scientific(s, len, &number))
		PROBLEM(p, "scientific",
				"A spreadsheet takes this code for a number in scientific notation.",
				"Exchange it in files whose columns are read as text.");
	else if (has_some_form(s, len, possible_dates))
		PROBLEM(p, "date", "The value may be a date that a spreadsheet made of a code.",
				"Compare it with the source.");
	else if (lost_precision(s, len))
		PROBLEM(p, "precision",
				psprintf("Of this number of %d digits, all after the %dth are zero, "
						 "as when a spreadsheet rounds it.", len, SPREADSHEET_DIGITS),
				"Compare it with the source.");
	else if (lost_upc_zero(s, len))
		PROBLEM(p, "lost_zero", "The value may be a UPC that lost its leading zero.",
				psprintf("With the zero it is 0%.*s, whose check digit is right.", len, s));
	else if (s[0] == '+' || s[0] == '-' || s[0] == '@')
		PROBLEM(p, "formula",
				"A spreadsheet takes a value that begins with this character for a formula.",
				"Quote it when it is exported for a spreadsheet.");
	else if (len > 1 && (s[0] == '"' || s[0] == '`') && s[len - 1] == s[0])
		PROBLEM(p, "quoted",
				"The value is in quotes, which may come from a file and not be part of the code.",
				psprintf("Without them it is %.*s.", len - 2, s + 1));
	else if (is_listed(s, len, placeholders))
		PROBLEM(p, "placeholder", "Software writes this where there is no value.",
				"Use NULL where there is no SKU.");
	else if (has_html_entity(s, len))
		PROBLEM(p, "html", "The value has an HTML entity, such as &AMP; for &.",
				"Decode the feed's HTML before loading it.");
	else if ((rewritten = rewritten_character(raw, rawlen)) != 0)
		PROBLEM(p, "rewritten",
				psprintf("%s was written in ASCII.", name_character(rewritten)),
				psprintf("The SKU is %.*s.", sku->len, sku->data));
	else
		return false;
	return true;
}
