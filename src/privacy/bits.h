/*
 * bits.h
 *	  Bit strings in web-safe base64, the form of TCF and GPP strings: six bits a character, the
 *	  highest first, no padding characters.
 *
 * They are read from the text where it is, and never past its end: what is asked for beyond it is
 * 0 and remembered as "over".  The characters have to have been checked by bits_alphabet.
 */
#ifndef OMNI_PRIVACY_BITS_H
#define OMNI_PRIVACY_BITS_H

#include "postgres.h"

#include "lib/stringinfo.h"

typedef struct Bits
{
	const char *s;
	int			len;			/* bits */
	int			at;				/* the next one */
	bool		over;			/* more was asked for than there is */
} Bits;

typedef struct BitsOut
{
	StringInfo	text;
	uint32		pending;		/* bits that do not fill a character yet */
	int			pending_bits;
	int			len;			/* all bits put */
} BitsOut;

/* value of each character of the alphabet; 0x40 for the others */
extern const uint8 bits_value[256];

/* numbers of more bits than this are not read or put at once */
#define BITS_AT_ONCE	36

extern bool bits_alphabet(const char *s, int len);
extern uint64 bits_get_slow(Bits *in, int n);
extern int	bits_get_fibonacci(Bits *in);
extern bool bits_rest_is_zero(const Bits *in);

extern void bits_put(BitsOut *out, uint64 value, int n);
extern void bits_put_fibonacci(BitsOut *out, int value);
extern int	bits_fibonacci_length(int value);
extern void bits_pad(BitsOut *out, int multiple);

static inline Bits
bits_of(const char *s, int chars)
{
	Bits		in = {s, chars * 6, 0, false};

	return in;
}

/* bit "at", which has to be in it */
static inline bool
bits_test(const Bits *in, int at)
{
	return (bits_value[(unsigned char) in->s[at / 6]] >> (5 - at % 6)) & 1;
}

/* the next n bits, at most BITS_AT_ONCE, as a number */
static inline uint64
bits_get(Bits *in, int n)
{
	int			skip = in->at % 6;

	if (skip + n <= 6 && in->at + n <= in->len)
	{
		uint8		c = bits_value[(unsigned char) in->s[in->at / 6]];

		in->at += n;
		return (c >> (6 - skip - n)) & ((1 << n) - 1);
	}
	return bits_get_slow(in, n);
}

static inline void
bits_skip(Bits *in, int n)
{
	if (n > in->len - in->at)
	{
		in->over = true;
		in->at = in->len;
	}
	else
		in->at += n;
}

#endif							/* OMNI_PRIVACY_BITS_H */
