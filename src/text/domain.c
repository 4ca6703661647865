/*
 * domain.c
 *	  Domain names: UTS #46 ToASCII of Unicode 15.0 with UseSTD3ASCIIRules, CheckHyphens, CheckBidi,
 *	  CheckJoiners and VerifyDnsLength, non-transitional.
 *
 * The result is the form that DNS is asked for: lower-case letters, digits, hyphens and A-labels
 * ("xn--..."), without the dot of the root.  Two spellings of one name give the same bytes, and
 * the result is a fixed point.
 *
 * An A-label is accepted only if it is what its own decoding encodes to; "xn--abc-", another
 * spelling of "abc", is refused as IDNA2008 does.
 */
#include "postgres.h"
#include "compat.h"

#include "lib/stringinfo.h"

#include "text/unicode.h"

#define LABEL_MAX		63
#define DOMAIN_MAX		253

/* each code point of a mapped domain needs at least one byte of the result */
#define MAPPED_MAX		(DOMAIN_MAX * 4 + 1)

#define ZWNJ			0x200C
#define ZWJ				0x200D

/* parameters of Punycode, RFC 3492 section 5 */
#define PUNY_BASE		36
#define PUNY_TMIN		1
#define PUNY_TMAX		26
#define PUNY_SKEW		38
#define PUNY_DAMP		700
#define PUNY_BIAS		72
#define PUNY_N			0x80

typedef struct Label
{
	const pg_wchar *c;
	int			len;
} Label;

/* the labels of one domain as code points, A-labels decoded */
typedef struct Domain
{
	int			nlabels;
	int			used;
	Label		labels[DOMAIN_MAX + 1];
	pg_wchar	chars[MAPPED_MAX];
} Domain;

static const DomainRule rule_empty_label = {
	"empty_label",
	"A domain name has no empty label: it neither begins with a dot nor has two in a row."
};
static const DomainRule rule_character = {
	"character",
	"A label has only letters, digits, hyphens and other characters that UTS #46 allows."
};
static const DomainRule rule_hyphen = {
	"hyphen",
	"A label neither begins nor ends with a hyphen, nor has hyphens as third and fourth character."
};
static const DomainRule rule_a_label = {
	"a_label",
	"A label that begins with \"xn--\" is not the Punycode form of a valid label."
};
static const DomainRule rule_mark = {
	"mark",
	"A label begins with a combining mark."
};
static const DomainRule rule_joiner = {
	"joiner",
	"A zero-width joiner or non-joiner stands where its script has no use for it."
};
static const DomainRule rule_bidi = {
	"bidi",
	"Right-to-left and left-to-right characters are mixed against RFC 5893."
};
static const DomainRule rule_label_length = {
	"label_length",
	"A label has more than 63 bytes in its ASCII form."
};
static const DomainRule rule_domain_length = {
	"domain_length",
	"The domain name has more than 253 bytes in its ASCII form."
};

/* ---- Punycode, RFC 3492 section 6 ---- */

static int
puny_adapt(int delta, int points, bool first)
{
	int			k = 0;

	delta = first ? delta / PUNY_DAMP : delta / 2;
	delta += delta / points;
	for (; delta > (PUNY_BASE - PUNY_TMIN) * PUNY_TMAX / 2; k += PUNY_BASE)
		delta /= PUNY_BASE - PUNY_TMIN;
	return k + (PUNY_BASE - PUNY_TMIN + 1) * delta / (delta + PUNY_SKEW);
}

static int
puny_threshold(int k, int bias)
{
	return k <= bias ? PUNY_TMIN : k >= bias + PUNY_TMAX ? PUNY_TMAX : k - bias;
}

/* code points out of s, or -1; room for len code points is enough */
static int
puny_decode(const char *s, int len, pg_wchar *out)
{
	int			n = 0;
	int			pos = 0;
	int			bias = PUNY_BIAS;
	int64		c = PUNY_N;
	int64		i = 0;

	for (int b = len - 1; b > 0 && n == 0; b--)
	{
		if (s[b] == '-')
		{
			for (; n < b; n++)
				out[n] = (unsigned char) s[n];
			pos = b + 1;
		}
	}
	while (pos < len)
	{
		int64		old = i;
		int64		weight = 1;

		for (int k = PUNY_BASE;; k += PUNY_BASE)
		{
			int			t = puny_threshold(k, bias);
			int			digit;

			if (pos >= len)
				return -1;
			if (s[pos] >= 'a' && s[pos] <= 'z')
				digit = s[pos++] - 'a';
			else if (s[pos] >= '0' && s[pos] <= '9')
				digit = s[pos++] - '0' + 26;
			else
				return -1;
			i += digit * weight;
			if (i > PG_INT32_MAX)
				return -1;
			if (digit < t)
				break;
			weight *= PUNY_BASE - t;
			if (weight > PG_INT32_MAX)
				return -1;
		}
		bias = puny_adapt(i - old, n + 1, old == 0);
		c += i / (n + 1);
		i %= n + 1;
		if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
			return -1;
		memmove(out + i + 1, out + i, (n - i) * sizeof(pg_wchar));
		out[i++] = c;
		n++;
	}
	return n;
}

/* Punycode of a label into out, which has room for max bytes: its length, or -1 for too long */
static int
puny_encode(Label label, char *out, int max)
{
	int			n = 0;
	int			done = 0;
	int			basic;
	int			bias = PUNY_BIAS;
	int			delta = 0;
	pg_wchar	c = PUNY_N;

	for (int i = 0; i < label.len; i++)
	{
		if (label.c[i] >= 0x80)
			continue;
		if (n >= max)
			return -1;
		out[n++] = label.c[i];
	}
	basic = done = n;
	if (basic > 0)
	{
		if (n >= max)
			return -1;
		out[n++] = '-';
	}
	for (; done < label.len; delta++, c++)
	{
		pg_wchar	next = 0x110000;

		for (int i = 0; i < label.len; i++)
		{
			if (label.c[i] >= c)
				next = Min(next, label.c[i]);
		}
		delta += (next - c) * (done + 1);
		c = next;
		for (int i = 0; i < label.len; i++)
		{
			int			q = delta;

			if (label.c[i] < c)
				delta++;
			if (label.c[i] != c)
				continue;
			for (int k = PUNY_BASE;; k += PUNY_BASE)
			{
				int			t = puny_threshold(k, bias);
				int			digit = q < t ? q : t + (q - t) % (PUNY_BASE - t);

				if (n >= max)
					return -1;
				out[n++] = digit < 26 ? 'a' + digit : '0' + digit - 26;
				if (q < t)
					break;
				q = (q - t) / (PUNY_BASE - t);
			}
			bias = puny_adapt(delta, done + 1, done == basic);
			delta = 0;
			done++;
		}
	}
	return n;
}

/* ---- validity, UTS #46 section 4.1 ---- */

/* RFC 5892 appendix A.1 and A.2 for the joiner at i */
static bool
joiner_allowed(Label label, int i)
{
	int			before = i - 1;
	int			after = i + 1;
	UnicodeJoining type;

	if (i > 0 && unicode_record(label.c[i - 1])->ccc == UNICODE_CCC_VIRAMA)
		return true;
	if (label.c[i] == ZWJ)
		return false;
	while (before >= 0 && unicode_joining(unicode_record(label.c[before])) == JOINING_T)
		before--;
	while (after < label.len && unicode_joining(unicode_record(label.c[after])) == JOINING_T)
		after++;
	if (before < 0 || after >= label.len)
		return false;
	type = unicode_joining(unicode_record(label.c[before]));
	if (type != JOINING_L && type != JOINING_D)
		return false;
	type = unicode_joining(unicode_record(label.c[after]));
	return type == JOINING_R || type == JOINING_D;
}

static const DomainRule *
hyphens_refused(Label label)
{
	if (label.c[0] == '-' || label.c[label.len - 1] == '-' ||
		(label.len >= 4 && label.c[2] == '-' && label.c[3] == '-'))
		return &rule_hyphen;
	return NULL;
}

static const DomainRule *
label_refused(Label label)
{
	const DomainRule *why = hyphens_refused(label);

	if (why != NULL)
		return why;
	if (unicode_record(label.c[0])->flags & UNICODE_MARK)
		return &rule_mark;
	for (int i = 0; i < label.len; i++)
	{
		if (label.c[i] == '.' || !(unicode_record(label.c[i])->flags & UNICODE_IDNA_VALID))
			return &rule_character;
		if ((label.c[i] == ZWNJ || label.c[i] == ZWJ) && !joiner_allowed(label, i))
			return &rule_joiner;
	}
	return NULL;
}

#define BIDI(c)		(1 << unicode_bidi(unicode_record(c)))
#define IS(class)	(1 << BIDI_##class)

/* RFC 5893 section 2 */
static bool
bidi_refused(Label label)
{
	const int	neutral = IS(EN) | IS(ES) | IS(CS) | IS(ET) | IS(ON) | IS(BN) | IS(NSM);
	int			first = BIDI(label.c[0]);
	int			seen = 0;
	int			last = label.len - 1;

	for (int i = 0; i < label.len; i++)
		seen |= BIDI(label.c[i]);
	while (last > 0 && BIDI(label.c[last]) == IS(NSM))
		last--;
	if (first == IS(L))
		return (seen & ~(neutral | IS(L))) != 0 || !(BIDI(label.c[last]) & (IS(L) | IS(EN)));
	if (first != IS(R) && first != IS(AL))
		return true;
	return (seen & ~(neutral | IS(R) | IS(AL) | IS(AN))) != 0 ||
		!(BIDI(label.c[last]) & (IS(R) | IS(AL) | IS(EN) | IS(AN))) ||
		((seen & IS(EN)) && (seen & IS(AN)));
}

static bool
is_bidi_domain(const Domain *d)
{
	for (int i = 0; i < d->used; i++)
	{
		if (BIDI(d->chars[i]) & (IS(R) | IS(AL) | IS(AN)))
			return true;
	}
	return false;
}

static bool
label_is_ascii(Label label)
{
	for (int i = 0; i < label.len; i++)
	{
		if (label.c[i] >= 0x80)
			return false;
	}
	return true;
}

/* is the label in NFC? */
static bool
label_is_normal(Label label)
{
	char		utf8[LABEL_MAX * 4];
	TextSink	sink;
	int			len = 0;
	bool		normal;

	for (int i = 0; i < label.len; i++)
		len += utf8_put(label.c[i], utf8 + len);
	sink_init(&sink);
	normal = text_transform(FORM_NFC, utf8, len, &sink) == TEXT_OK &&
		(!sink.used || (sink.len == len && memcmp(sink.data, utf8, len) == 0));
	sink_free(&sink);
	return normal;
}

/* add the label s of a mapped domain, decoded if it is an A-label; NULL or the rule it breaks */
static const DomainRule *
add_label(Domain *d, const char *s, int len)
{
	pg_wchar   *out = d->chars + d->used;
	Label		label = {out, 0};
	const DomainRule *why;

	if (len == 0)
		return &rule_empty_label;
	if (len >= 4 && memcmp(s, "xn--", 4) == 0)
	{
		char		again[LABEL_MAX];
		int			n;

		if (len > LABEL_MAX)
			return &rule_label_length;
		if (!text_is_ascii(s, len))
			return &rule_a_label;
		label.len = puny_decode(s + 4, len - 4, out);
		if (label.len <= 0 || label_is_ascii(label) || label_refused(label) != NULL ||
			!label_is_normal(label))
			return &rule_a_label;
		n = puny_encode(label, again, sizeof(again));
		if (n != len - 4 || memcmp(again, s + 4, n) != 0)
			return &rule_a_label;
	}
	else
	{
		int			size;

		for (; len > 0; s += size, len -= size)
			out[label.len++] = utf8_next((const unsigned char *) s, &size);
		why = label_refused(label);
		if (why != NULL)
			return why;
	}
	d->used += label.len;
	d->labels[d->nlabels++] = label;
	return NULL;
}

static TextStatus
refuse(const DomainRule *why, const DomainRule **reason)
{
	*reason = why;
	return TEXT_NOT_ALLOWED;
}

/* labels, A-labels among them or not, to the ASCII form of the domain */
static const DomainRule *
encode_domain(const Domain *d, TextSink *sink)
{
	sink->len = 0;
	sink->used = true;
	for (int i = 0; i < d->nlabels; i++)
	{
		Label		label = d->labels[i];
		char		puny[LABEL_MAX] = "xn--";
		int			n;

		if (label_is_ascii(label))
		{
			if (label.len > LABEL_MAX)
				return &rule_label_length;
			for (n = 0; n < label.len; n++)
				puny[n] = label.c[n];
		}
		else
		{
			n = puny_encode(label, puny + 4, LABEL_MAX - 4);
			if (n < 0)
				return &rule_label_length;
			n += 4;
		}
		if (sink->len + (i > 0) + n > DOMAIN_MAX)
			return &rule_domain_length;
		if (i > 0)
			sink->data[sink->len++] = '.';
		memcpy(sink->data + sink->len, puny, n);
		sink->len += n;
	}
	return NULL;
}

/* the general way: map, cut at dots, check, encode */
static TextStatus
unicode_domain(const char *s, int len, TextSink *sink, const DomainRule **reason)
{
	TextStatus	status = text_transform(FORM_IDNA, s, len, sink);
	Domain		d;
	const DomainRule *why;
	int			begin = 0;

	if (status == TEXT_NOT_ALLOWED)
		*reason = &rule_character;
	if (status != TEXT_OK)
		return status;
	if (sink->used)
	{
		s = sink->data;
		len = sink->len;
	}
	if (len > 1 && s[len - 1] == '.')
		len--;
	if (len > MAPPED_MAX)
		return refuse(&rule_domain_length, reason);

	d.nlabels = d.used = 0;
	for (int i = 0; i <= len; i++)
	{
		if (i < len && s[i] != '.')
			continue;
		if (d.nlabels == DOMAIN_MAX)
			return refuse(&rule_domain_length, reason);
		why = add_label(&d, s + begin, i - begin);
		if (why != NULL)
			return refuse(why, reason);
		begin = i + 1;
	}
	if (is_bidi_domain(&d))
	{
		for (int i = 0; i < d.nlabels; i++)
		{
			if (bidi_refused(d.labels[i]))
				return refuse(&rule_bidi, reason);
		}
	}
	why = encode_domain(&d, sink);
	return why == NULL ? TEXT_OK : refuse(why, reason);
}

/*
 * The way of an ASCII name without A-labels, in one pass.  False: not such a name, or not a valid
 * one, which the general way will say.
 */
static bool
ascii_domain(const char *s, int len, TextSink *sink)
{
	char	   *out = sink->data;
	int			begin = 0;

	if (len > 1 && s[len - 1] == '.')
		len--;
	if (len == 0 || len > DOMAIN_MAX)
		return false;
	for (int i = 0; i <= len; i++)
	{
		unsigned char c = i < len ? s[i] : '.';

		c = c < 0x80 ? unicode_domain_ascii[c] : 0;
		if (c == 0)
			return false;
		if (c == '.')
		{
			const char *label = out + begin;
			int			n = i - begin;

			if (n == 0 || n > LABEL_MAX || label[0] == '-' || label[n - 1] == '-' ||
				(n >= 4 && label[2] == '-' && label[3] == '-'))
				return false;
			begin = i + 1;
		}
		out[i] = c;
	}
	sink->len = len;
	sink->used = true;
	return true;
}

StaticAssertDecl(SINK_LOCAL > DOMAIN_MAX, "a domain fits into a sink without memory");

/*
 * The ASCII form of the domain in s, valid UTF-8, into an initialised sink; on refusal *why is the
 * rule that it breaks, or NULL where the status says it all.
 */
TextStatus
domain_to_ascii(const char *s, int len, TextSink *sink, const DomainRule **why)
{
	*why = NULL;
	if (ascii_domain(s, len, sink))
		return TEXT_OK;
	return unicode_domain(s, len, sink, why);
}

/* for domains that domain_to_ascii gave: their A-labels are valid, so nothing is checked again */
TextSpan
text_domain_to_unicode(const char *s, int len)
{
	StringInfoData out;
	pg_wchar	decoded[LABEL_MAX];
	int			n;

	if (len < 4 || memmem(s, len, "xn--", 4) == NULL)
		return (TextSpan) {s, len};
	initStringInfo(&out);
	for (int begin = 0, end; begin < len; begin = end + 1)
	{
		const char *dot = memchr(s + begin, '.', len - begin);

		end = dot == NULL ? len : dot - s;
		if (begin > 0)
			appendStringInfoChar(&out, '.');
		n = -1;
		if (end - begin > 4 && end - begin <= LABEL_MAX && memcmp(s + begin, "xn--", 4) == 0)
			n = puny_decode(s + begin + 4, end - begin - 4, decoded);
		if (n < 0)
			appendBinaryStringInfo(&out, s + begin, end - begin);
		for (int i = 0; i < n; i++)
		{
			char		utf8[4];

			appendBinaryStringInfo(&out, utf8, utf8_put(decoded[i], utf8));
		}
	}
	return (TextSpan) {out.data, out.len};
}
