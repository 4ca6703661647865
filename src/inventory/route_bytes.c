/*
 * route_bytes.c
 *	  Numbers, ids and texts of an order that is routed, as bytes.
 *
 * A number takes 7 bits a byte, the lowest first; the high bit says that more follow.  An id is its
 * length and its UTF-8, or 0 and a zigzag number: a text that is written as a bigint is the
 * number, so that 7 and '7' are one id, and '07' is another.  What is read is checked: whatever is
 * no such encoding sets "failed", and so does one that is longer than it need be.
 */
#include "postgres.h"
#include "compat.h"

#include "port/pg_bitutils.h"
#include "utils/builtins.h"

#include "inventory/route.h"

uint8 *
route_put_number(uint8 *p, uint64 n)
{
	while (n >= 0x80)
	{
		*p++ = (uint8) n | 0x80;
		n >>= 7;
	}
	*p++ = (uint8) n;
	return p;
}

uint64
route_get_number(RouteReader *r)
{
	uint64		n = 0;

	for (int shift = 0; shift < 64 && r->p < r->end; shift += 7)
	{
		uint8		b = *r->p++;

		n |= (uint64) (b & 0x7f) << shift;
		if (b < 0x80)
		{
			/* no leading zero, nothing beyond 64 bits */
			if ((b == 0 && shift > 0) || (shift == 63 && b > 1))
				break;
			return n;
		}
	}
	r->failed = true;
	return 0;
}

uint8 *
route_put_span(uint8 *p, TextSpan s)
{
	p = route_put_number(p, s.len);
	memcpy(p, s.data, s.len);
	return p + s.len;
}

/* a text of 1 to ROUTE_ID_MAX bytes */
static TextSpan
get_text(RouteReader *r, uint64 len)
{
	TextSpan	s = {"", 0};

	if (r->failed || len == 0 || len > ROUTE_ID_MAX || len > (uint64) (r->end - r->p))
	{
		r->failed = true;
		return s;
	}
	s.data = (const char *) r->p;
	s.len = (int) len;
	r->p += len;
	return s;
}

TextSpan
route_get_span(RouteReader *r)
{
	return get_text(r, route_get_number(r));
}

uint8 *
route_put_id(uint8 *p, const RouteId *id)
{
	if (id->len >= 0)
		return route_put_span(p, (TextSpan) {id->u.text, id->len});
	*p++ = 0;
	return route_put_number(p, ((uint64) id->u.number << 1) ^ (0 - ((uint64) id->u.number >> 63)));
}

RouteId
route_get_id(RouteReader *r)
{
	uint64		len = route_get_number(r);
	RouteId		id;

	if (len == 0 && !r->failed)
	{
		uint64		n = route_get_number(r);

		id.u.number = (int64) ((n >> 1) ^ (0 - (n & 1)));
		id.len = -1;
	}
	else
	{
		TextSpan	s = get_text(r, len);

		id.u.text = s.data;
		id.len = s.len;
	}
	return id;
}

/* a bigint as it is written: no sign but a minus, no leading zero, no -0 */
static bool
is_number(const char *s, int len, int64 *number)
{
	bool		negative = len > 0 && *s == '-';
	uint64		n = 0;

	s += negative;
	len -= negative;
	if (len < 1 || len > 19 || (*s == '0' && (len > 1 || negative)))
		return false;
	for (int i = 0; i < len; i++)
	{
		if (s[i] < '0' || s[i] > '9')
			return false;
		n = n * 10 + (s[i] - '0');
	}
	if (n > (uint64) PG_INT64_MAX + negative)
		return false;
	*number = (int64) (negative ? 0 - n : n);
	return true;
}

/* the id of a text in the server encoding; the text lives as long as the result */
bool
route_id_from_text(const char *s, int len, RouteId *id, Problem *problem)
{
	TextSpan	utf8 = {s, len};

	if (is_number(s, len, &id->u.number))
	{
		id->len = -1;
		return true;
	}
	if (!text_is_ascii(s, len) && !problem_of_text(text_from_server(s, len, &utf8), problem))
		return false;
	if (utf8.len < 1 || utf8.len > ROUTE_ID_MAX)
		return route_problem(problem, ERRCODE_INVALID_PARAMETER_VALUE, "id",
							 "Name a line, an SKU or a node by its key.",
							 "An id has 1 to %d bytes.", ROUTE_ID_MAX);
	id->u.text = utf8.data;
	id->len = utf8.len;
	return true;
}

char *
route_span_text(TextSpan s)
{
	return text_to_server(s.data, s.len);
}

char *
route_id_text(const RouteId *id)
{
	if (id->len < 0)
		return psprintf(INT64_FORMAT, id->u.number);
	return text_to_server(id->u.text, id->len);
}

int
route_span_compare(TextSpan a, TextSpan b)
{
	int			c = memcmp(a.data, b.data, Min(a.len, b.len));

	return c != 0 ? c : (a.len > b.len) - (a.len < b.len);
}

static int
compare_ids(const void *a, const void *b)
{
	return route_id_compare(a, b);
}

void
route_sort_ids(RouteId *ids, int n)
{
	if (n > 1)
		qsort(ids, n, sizeof(RouteId), compare_ids);
}

/* among ids that are sorted */
const RouteId *
route_find_id(const RouteId *ids, int n, const RouteId *id)
{
	return bsearch(id, ids, n, sizeof(RouteId), compare_ids);
}
