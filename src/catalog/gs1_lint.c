/*
 * gs1_lint.c
 *	  The checks of GS1 element values, under the names that the GS1 Barcode Syntax Dictionary gives
 *	  them ("linters").  Each takes one part of a value and tells what is wrong where; none raises.
 *
 * The rules are those of the GS1 General Specifications and of the code lists named below; the
 * codes of the faults are the dictionary's, in lower case.
 */
#include "postgres.h"
#include "compat.h"

#include <ctype.h>

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "catalog/catalog.h"

/*
 * Code lists: sorted, each entry padded to the width of the list and followed by a space.
 */

/* ISO 3166-1 numeric codes */
static const char iso3166_numeric[] =
"004 008 010 012 016 020 024 028 031 032 036 040 044 048 050 051 052 056 060 064 068 "
"070 072 074 076 084 086 090 092 096 100 104 108 112 116 120 124 132 136 140 144 148 "
"152 156 158 162 166 170 174 175 178 180 184 188 191 192 196 203 204 208 212 214 218 "
"222 226 231 232 233 234 238 239 242 246 248 250 254 258 260 262 266 268 270 275 276 "
"288 292 296 300 304 308 312 316 320 324 328 332 334 336 340 344 348 352 356 360 364 "
"368 372 376 380 384 388 392 398 400 404 408 410 414 417 418 422 426 428 430 434 438 "
"440 442 446 450 454 458 462 466 470 474 478 480 484 492 496 498 499 500 504 508 512 "
"516 520 524 528 531 533 534 535 540 548 554 558 562 566 570 574 578 580 581 583 584 "
"585 586 591 598 600 604 608 612 616 620 624 626 630 634 638 642 643 646 652 654 659 "
"660 662 663 666 670 674 678 682 686 688 690 694 702 703 704 705 706 710 716 724 728 "
"729 732 740 744 748 752 756 760 762 764 768 772 776 780 784 788 792 795 796 798 800 "
"804 807 818 826 831 832 833 834 840 850 854 858 860 862 876 882 887 894 ";

/* ISO 3166-1 alpha-2 codes */
static const char iso3166_alpha2[] =
"AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN "
"BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ "
"DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL "
"GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM "
"JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME "
"MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP "
"NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD "
"SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO "
"TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW ";

/* ISO 4217 numeric codes */
static const char iso4217_numeric[] =
"008 012 032 036 044 048 050 051 052 060 064 068 072 084 090 096 104 108 116 124 132 "
"136 144 152 156 170 174 188 192 203 208 214 222 230 232 238 242 262 270 292 320 324 "
"328 332 340 344 348 352 356 360 364 368 376 388 392 396 398 400 404 408 410 414 417 "
"418 422 426 430 434 446 454 458 462 480 484 496 498 504 512 516 524 532 533 548 554 "
"558 566 578 586 590 598 600 604 608 634 643 646 654 682 690 702 704 706 710 728 748 "
"752 756 760 764 776 780 784 788 800 807 818 826 834 840 858 860 882 886 901 924 925 "
"926 927 928 929 930 933 934 936 938 940 941 943 944 946 947 948 949 950 951 952 953 "
"955 956 957 958 959 960 961 962 963 964 965 967 968 969 970 971 972 973 975 976 977 "
"978 979 980 981 984 985 986 990 994 997 999 ";

/* GS1 code list PackageTypeCode, from UN/ECE Recommendation 21 */
static const char package_types[] =
"1A  1B  1D  1F  1G  1W  200 201 202 203 204 205 206 210 211 212 2C  3A  3H  43  44  "
"4A  4B  4C  4D  4F  4G  4H  5H  5L  5M  6H  6P  7A  7B  8   8A  8B  8C  9   AA  AB  "
"AC  AD  AF  AG  AH  AI  AJ  AL  AM  AP  APE AT  AV  B4  BB  BC  BD  BE  BF  BG  BGE "
"BH  BI  BJ  BK  BL  BM  BME BN  BO  BP  BQ  BR  BRI BS  BT  BU  BV  BW  BX  BY  BZ  "
"CA  CB  CBL CC  CCE CD  CE  CF  CG  CH  CI  CJ  CK  CL  CM  CN  CO  CP  CQ  CR  CS  "
"CT  CU  CV  CW  CX  CY  CZ  DA  DB  DC  DG  DH  DI  DJ  DK  DL  DM  DN  DP  DPE DR  "
"DS  DT  DU  DV  DW  DX  DY  E1  E2  E3  EC  ED  EE  EF  EG  EH  EI  EN  FB  FC  FD  "
"FE  FI  FL  FO  FOB FP  FPE FR  FT  FW  FX  GB  GI  GL  GR  GU  GY  GZ  HA  HB  HC  "
"HG  HN  HR  IA  IB  IC  ID  IE  IF  IG  IH  IK  IL  IN  IZ  JB  JC  JG  JR  JT  JY  "
"KG  KI  LAB LE  LG  LT  LU  LV  LZ  MA  MB  MC  ME  MPE MR  MS  MT  MW  MX  NA  NE  "
"NF  NG  NS  NT  NU  NV  OA  OB  OC  OD  OE  OF  OK  OPE OT  OU  P2  PA  PAE PB  PC  "
"PD  PE  PF  PG  PH  PI  PJ  PK  PL  PLP PN  PO  POP PP  PPE PR  PT  PU  PUE PV  PX  "
"PY  PZ  QA  QB  QC  QD  QF  QG  QH  QJ  QK  QL  QM  QN  QP  QQ  QR  QS  RB1 RB2 RB3 "
"RCB RD  RG  RJ  RK  RL  RO  RT  RZ  S1  SA  SB  SC  SD  SE  SEC SH  SI  SK  SL  SM  "
"SO  SP  SS  ST  STL SU  SV  SW  SX  SY  SZ  T1  TB  TC  TD  TE  TEV TG  THE TI  TK  "
"TL  TN  TO  TR  TRE TS  TT  TTE TU  TV  TW  TWE TY  TZ  UC  UN  UUE VA  VG  VI  VK  "
"VL  VN  VO  VP  VQ  VR  VS  VY  WA  WB  WC  WD  WF  WG  WH  WJ  WK  WL  WM  WN  WP  "
"WQ  WR  WRP WS  WT  WU  WV  WW  WX  WY  WZ  X11 X12 X15 X16 X17 X18 X19 X20 X3  XA  "
"XB  XC  XD  XF  XG  XH  XJ  XK  YA  YB  YC  YD  YF  YG  YH  YJ  YK  YL  YM  YN  YP  "
"YQ  YR  YS  YT  YV  YW  YX  YY  YZ  ZA  ZB  ZC  ZD  ZF  ZG  ZH  ZJ  ZK  ZL  ZM  ZN  "
"ZP  ZQ  ZR  ZS  ZT  ZU  ZV  ZW  ZX  ZY  ZZ  ";

static bool
in_list(const char *list, int width, const char *s, int len)
{
	int			lo = 0;
	int			hi = strlen(list) / (width + 1);

	if (len < 1 || len > width || memchr(s, ' ', len) != NULL)
		return false;
	while (lo < hi)
	{
		int			mid = (lo + hi) / 2;
		const char *entry = list + mid * (width + 1);
		int			c = memcmp(entry, s, len);

		if (c == 0 && entry[len] != ' ')
			c = 1;
		if (c == 0)
			return true;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

static bool
fail(Gs1Fault *fault, const char *code, const char *message, int at, int len)
{
	fault->code = code;
	fault->message = message;
	fault->at = at;
	fault->len = len;
	return false;
}

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline int
two_digits(const char *s)
{
	return (s[0] - '0') * 10 + (s[1] - '0');
}

/* bytes of the character at s: percent signs of a link can make any bytes, and half a character */
static inline int
character_size(const char *s, int len)
{
	unsigned char c = *s;

	return Min(c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4, len);
}

/*
 * Character sets.  A fault is the first character outside; a multi-byte one is told whole.
 */
static bool
all_in_set(const char *s, int len, const char *set, const char *code, const char *message,
		   Gs1Fault *fault)
{
	for (int i = 0; i < len; i++)
	{
		if (s[i] != '\0' && strchr(set, s[i]) != NULL)
			continue;
		return fail(fault, code, message, i, character_size(s + i, len - i));
	}
	return true;
}

#define DIGITS		"0123456789"
#define UPPER		"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWER		"abcdefghijklmnopqrstuvwxyz"

bool
lint_csetnumeric(const char *s, int len, Gs1Fault *fault)
{
	return all_in_set(s, len, DIGITS, "non_digit_character", "it has a character that is no digit",
					  fault);
}

/* in the order of the weights that csumalpha gives */
static const char cset82[] = "!\"%&'()*+,-./" DIGITS ":;<=>?" UPPER "_" LOWER;

bool
lint_cset82(const char *s, int len, Gs1Fault *fault)
{
	return all_in_set(s, len, cset82, "invalid_cset82_character",
					  "it has a character that GS1 element strings cannot carry", fault);
}

bool
lint_cset39(const char *s, int len, Gs1Fault *fault)
{
	return all_in_set(s, len, "#-/" DIGITS UPPER, "invalid_cset39_character",
					  "it has a character other than digits, A to Z, #, - and /", fault);
}

/* base64url; one or two = may fill it up to a multiple of three */
bool
lint_cset64(const char *s, int len, Gs1Fault *fault)
{
	int			body = len;

	while (body > 0 && s[body - 1] == '=')
		body--;
	if (len - body > 2 || (len > body && len % 3 != 0))
		return fail(fault, "invalid_cset64_padding", "its padding with = is wrong",
					body, len - body);
	return all_in_set(s, body, DIGITS UPPER LOWER "-_", "invalid_cset64_character",
					  "it has a character outside the file-safe base 64 alphabet", fault);
}

/*
 * Check characters and keys
 */
bool
lint_csum(const char *s, int len, Gs1Fault *fault)
{
	if (!lint_csetnumeric(s, len, fault))
		return false;
	if (len < 1)
		return fail(fault, "too_short_for_check_digit", "it is empty", 0, 0);
	if (s[len - 1] - '0' == gs1_check_digit(s, len - 1))
		return true;
	return fail(fault, "incorrect_check_digit",
				psprintf("the check digit is not %d", gs1_check_digit(s, len - 1)), len - 1, 1);
}

static bool
is_prime(int n)
{
	for (int d = 2; d * d <= n; d++)
	{
		if (n % d == 0)
			return false;
	}
	return true;
}

/*
 * Check character pair of a GMN: positions in CSET 82, weighted with the primes from the right, mod
 * 1021, written as two base 32 digits.
 */
bool
lint_csumalpha(const char *s, int len, Gs1Fault *fault)
{
	static const char cset32[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
	uint32		sum = 0;
	int			prime = 2;

	if (len < 2)
		return fail(fault, "too_short_for_check_pair", "it is too short for a check character pair",
					0, len);
	if (len > 99)
		return fail(fault, "too_long_for_check_pair", "it is too long for a check character pair",
					0, len);
	if (!lint_cset82(s, len - 2, fault))
		return false;
	for (int i = len - 3; i >= 0; i--)
	{
		sum += (strchr(cset82, s[i]) - cset82) * prime;
		do
			prime++;
		while (!is_prime(prime));
	}
	sum %= 1021;
	if (s[len - 2] == cset32[sum >> 5] && s[len - 1] == cset32[sum & 31])
		return true;
	return fail(fault, "incorrect_check_pair",
				psprintf("the check characters are not %c%c", cset32[sum >> 5], cset32[sum & 31]),
				len - 2, 2);
}

/* a GS1 Company Prefix has at least four digits; which ones are allocated is not known here */
#define GCP_MIN		4

static bool
company_prefix(const char *s, int len, int skip, Gs1Fault *fault)
{
	if (len - skip < GCP_MIN)
		return fail(fault, "too_short_for_gcp", "it is too short for a company prefix", 0, len);
	for (int i = skip; i < skip + GCP_MIN; i++)
	{
		if (!is_digit(s[i]))
			return fail(fault, "invalid_gcp_prefix", "the company prefix is not made of digits",
						i, 1);
	}
	return true;
}

bool
lint_gcppos1(const char *s, int len, Gs1Fault *fault)
{
	return company_prefix(s, len, 0, fault);
}

bool
lint_gcppos2(const char *s, int len, Gs1Fault *fault)
{
	return company_prefix(s, len, 1, fault);
}

/* ISO 13616: country, check digits, account; mod 97 of the number that the characters spell is 1 */
bool
lint_iban(const char *s, int len, Gs1Fault *fault)
{
	unsigned int rest = 0;

	if (len < 4)
		return fail(fault, "iban_too_short", "it is too short for an IBAN", 0, len);
	if (!lint_iso3166alpha2(s, 2, fault))
		return fail(fault, "illegal_iban_country_code", "the country of the IBAN does not exist",
					0, 2);
	if (len > 34)
		return fail(fault, "iban_too_long", "it is too long for an IBAN", 0, len);
	if (len <= 10)
		return fail(fault, "iban_too_short", "it is too short for an IBAN", 0, len);
	if (!all_in_set(s, len, DIGITS UPPER, "invalid_iban_character",
					"an IBAN has digits and upper-case letters only", fault))
		return false;
	for (int i = 4; i < len + 4; i++)
	{
		char		c = s[i % len];

		rest = (is_digit(c) ? rest * 10 + (c - '0') : rest * 100 + (c - 'A' + 10)) % 97;
	}
	if (rest != 1)
		return fail(fault, "incorrect_iban_checksum", "the check digits of the IBAN are wrong",
					2, 2);
	return true;
}

/*
 * Code lists
 */
bool
lint_iso3166(const char *s, int len, Gs1Fault *fault)
{
	if (len == 3 && in_list(iso3166_numeric, 3, s, len))
		return true;
	return fail(fault, "not_iso3166", "it is no numeric country code of ISO 3166", 0, len);
}

bool
lint_iso3166999(const char *s, int len, Gs1Fault *fault)
{
	if (len == 3 && (in_list(iso3166_numeric, 3, s, len) || memcmp(s, "999", 3) == 0))
		return true;
	return fail(fault, "not_iso3166_or_999",
				"it is neither a numeric country code of ISO 3166 nor 999", 0, len);
}

bool
lint_iso3166alpha2(const char *s, int len, Gs1Fault *fault)
{
	if (len == 2 && in_list(iso3166_alpha2, 2, s, len))
		return true;
	return fail(fault, "not_iso3166_alpha2", "it is no two-letter country code of ISO 3166",
				0, len);
}

bool
lint_iso4217(const char *s, int len, Gs1Fault *fault)
{
	if (len == 3 && in_list(iso4217_numeric, 3, s, len))
		return true;
	return fail(fault, "not_iso4217", "it is no numeric currency code of ISO 4217", 0, len);
}

/* ISO/IEC 5218: 0 not known, 1 male, 2 female, 9 not applicable */
bool
lint_iso5218(const char *s, int len, Gs1Fault *fault)
{
	if (len == 1 && strchr("0129", s[0]) != NULL)
		return true;
	return fail(fault, "invalid_biological_sex_code", "it is no code of ISO/IEC 5218", 0, len);
}

bool
lint_packagetype(const char *s, int len, Gs1Fault *fault)
{
	if (in_list(package_types, 3, s, len))
		return true;
	return fail(fault, "invalid_package_type", "it is no package type code", 0, len);
}

/* AIDC media types: 01 to 10 are assigned by ICCBBA, 80 to 99 are for local use */
bool
lint_mediatype(const char *s, int len, Gs1Fault *fault)
{
	if (len == 2 && is_digit(s[0]) && is_digit(s[1]))
	{
		int			n = two_digits(s);

		if ((n >= 1 && n <= 10) || n >= 80)
			return true;
	}
	return fail(fault, "invalid_media_type", "it is no AIDC media type", 0, len);
}

bool
lint_importeridx(const char *s, int len, Gs1Fault *fault)
{
	if (len == 0 || character_size(s, len) != len)
		return fail(fault, "importer_idx_must_be_one_character", "it is not one character", 0, len);
	if (len != 1 || s[0] == '\0' || strchr("-_" DIGITS UPPER LOWER, s[0]) == NULL)
		return fail(fault, "invalid_import_idx_character",
					"it is no digit, letter, hyphen or underscore", 0, len);
	return true;
}

bool
lint_winding(const char *s, int len, Gs1Fault *fault)
{
	if (len == 1 && strchr("019", s[0]) != NULL)
		return true;
	return fail(fault, "invalid_winding_direction", "a winding direction is 0, 1 or 9", 0, len);
}

bool
lint_yesno(const char *s, int len, Gs1Fault *fault)
{
	if (len == 1 && (s[0] == '0' || s[0] == '1'))
		return true;
	return fail(fault, "not_zero_or_one", "it is neither 0 nor 1", 0, len);
}

/*
 * Numbers and marks
 */
static bool
is_zero(const char *s, int len)
{
	for (int i = 0; i < len; i++)
	{
		if (s[i] != '0')
			return false;
	}
	return true;
}

bool
lint_zero(const char *s, int len, Gs1Fault *fault)
{
	if (len > 0 && is_zero(s, len))
		return true;
	return fail(fault, "not_zero", "it is not zero", 0, len);
}

bool
lint_nonzero(const char *s, int len, Gs1Fault *fault)
{
	if (!lint_csetnumeric(s, len, fault))
		return false;
	if (!is_zero(s, len))
		return true;
	return fail(fault, "illegal_zero_value", "it must not be zero", 0, len);
}

bool
lint_nozeroprefix(const char *s, int len, Gs1Fault *fault)
{
	if (!lint_csetnumeric(s, len, fault))
		return false;
	if (len == 0 || s[0] != '0')
		return true;
	return fail(fault, "illegal_zero_prefix", "it must not begin with 0", 0, 1);
}

bool
lint_hyphen(const char *s, int len, Gs1Fault *fault)
{
	int			i = 0;

	while (i < len && s[i] == '-')
		i++;
	if (len > 0 && i == len)
		return true;
	return fail(fault, "not_hyphen", "it is not a hyphen", 0, len);
}

bool
lint_hasnondigit(const char *s, int len, Gs1Fault *fault)
{
	for (int i = 0; i < len; i++)
	{
		if (!is_digit(s[i]))
			return true;
	}
	return fail(fault, "requires_non_digit_character",
				"it needs a character that is no digit", 0, len);
}

/* percent encoding: % and two hexadecimal digits */
bool
lint_pcenc(const char *s, int len, Gs1Fault *fault)
{
	for (int i = 0; i < len; i++)
	{
		if (s[i] != '%')
			continue;
		if (i + 2 >= len || !isxdigit((unsigned char) s[i + 1]) ||
			!isxdigit((unsigned char) s[i + 2]))
			return fail(fault, "invalid_percent_sequence",
						"a % is not followed by two hexadecimal digits", i, Min(3, len - i));
		i += 2;
	}
	return true;
}

/* two numbers of equal width, the piece and how many there are */
bool
lint_pieceoftotal(const char *s, int len, Gs1Fault *fault)
{
	int			half = len / 2;

	if (!lint_csetnumeric(s, len, fault))
		return false;
	if (len == 0 || len % 2 != 0)
		return fail(fault, "invalid_length_for_piece_of_total",
					"piece and total are not of one length", 0, len);
	if (is_zero(s, half))
		return fail(fault, "zero_piece_number", "the piece number is zero", 0, half);
	if (is_zero(s + half, half))
		return fail(fault, "zero_total_pieces", "the number of pieces is zero", half, half);
	if (memcmp(s, s + half, half) > 0)
		return fail(fault, "piece_number_exceeds_total",
					"the piece number exceeds the number of pieces", 0, len);
	return true;
}

/* position/end, neither with leading zeros */
bool
lint_posinseqslash(const char *s, int len, Gs1Fault *fault)
{
	const char *slash = memchr(s, '/', len);
	int			width = slash ? slash - s : 0;
	int			rest = len - width - 1;

	for (int i = 0; slash != NULL && i < len; i++)
	{
		if (i != width && !is_digit(s[i]))
			slash = NULL;
	}
	if (slash == NULL || width == 0 || rest == 0)
		return fail(fault, "position_in_sequence_malformed", "it is not position/end", 0, len);
	if (s[0] == '0')
		return fail(fault, "illegal_zero_prefix", "the position begins with 0", 0, width);
	if (slash[1] == '0')
		return fail(fault, "illegal_zero_prefix", "the end begins with 0", width + 1, rest);
	if (width > rest || (width == rest && memcmp(s, slash + 1, width) > 0))
		return fail(fault, "position_exceeds_end", "the position exceeds the end", 0, len);
	return true;
}

/* tenths of microdegrees above the south pole, and east of 180 degrees west */
static bool
coordinate(const char *s, int len, const char *name, int64 max, Gs1Fault *fault)
{
	int64		value = 0;

	if (len != 10)
		return fail(fault, psprintf("%s_invalid_length", name),
					psprintf("a %s has 10 digits", name), 0, len);
	if (!lint_csetnumeric(s, len, fault))
		return false;
	for (int i = 0; i < len; i++)
		value = value * 10 + (s[i] - '0');
	if (value > max)
		return fail(fault, psprintf("invalid_%s", name),
					psprintf("the %s is out of range", name), 0, len);
	return true;
}

bool
lint_latitude(const char *s, int len, Gs1Fault *fault)
{
	return coordinate(s, len, "latitude", INT64CONST(1800000000), fault);
}

bool
lint_longitude(const char *s, int len, Gs1Fault *fault)
{
	return coordinate(s, len, "longitude", INT64CONST(3600000000), fault);
}

/*
 * Dates and times
 */

/* day 00 stands for the whole month */
bool
lint_yyyymmd0(const char *s, int len, Gs1Fault *fault)
{
	static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int			year;
	int			month;
	int			last;

	if (len != 8)
		return fail(fault, len < 8 ? "date_too_short" : "date_too_long",
					"a date has 8 digits here, yyyymmdd", 0, len);
	if (!lint_csetnumeric(s, len, fault))
		return false;
	year = two_digits(s) * 100 + two_digits(s + 2);
	month = two_digits(s + 4);
	if (month < 1 || month > 12)
		return fail(fault, "illegal_month", "the month is not 01 to 12", 4, 2);
	last = days[month - 1];
	if (month == 2 && (year % 4 != 0 || (year % 100 == 0 && year % 400 != 0)))
		last = 28;
	if (two_digits(s + 6) > last)
		return fail(fault, "illegal_day", psprintf("the month has no day after %d", last), 6, 2);
	return true;
}

bool
lint_yyyymmdd(const char *s, int len, Gs1Fault *fault)
{
	if (!lint_yyyymmd0(s, len, fault))
		return false;
	if (two_digits(s + 6) == 0)
		return fail(fault, "illegal_day", "the day is 00", 6, 2);
	return true;
}

/*
 * A year of two digits is one within 50 years of now.  Only the year 00 is a leap year in one
 * century and not in another; it is taken as 2000, so that the answer stays the same for ever.
 */
static bool
short_date(const char *s, int len, Gs1Linter check, Gs1Fault *fault)
{
	char		full[8] = "20";

	if (len != 6)
		return fail(fault, len < 6 ? "date_too_short" : "date_too_long",
					"a date has 6 digits here, yymmdd", 0, len);
	memcpy(full + 2, s, 6);
	if (check(full, 8, fault))
		return true;
	fault->at -= 2;
	return false;
}

bool
lint_yymmd0(const char *s, int len, Gs1Fault *fault)
{
	return short_date(s, len, lint_yyyymmd0, fault);
}

bool
lint_yymmdd(const char *s, int len, Gs1Fault *fault)
{
	return short_date(s, len, lint_yyyymmdd, fault);
}

static bool
clock_part(const char *s, int len, const char *name, int limit, Gs1Fault *fault)
{
	if (len != 2)
		return fail(fault, psprintf("%s_too_%s", name, len < 2 ? "short" : "long"),
					psprintf("the %s is not of two digits", name), 0, len);
	if (!lint_csetnumeric(s, len, fault))
		return false;
	if (two_digits(s) >= limit)
		return fail(fault, psprintf("illegal_%s", name),
					psprintf("the %s is not below %d", name, limit), 0, 2);
	return true;
}

bool
lint_hh(const char *s, int len, Gs1Fault *fault)
{
	return clock_part(s, len, "hour", 24, fault);
}

bool
lint_mi(const char *s, int len, Gs1Fault *fault)
{
	return clock_part(s, len, "minute", 60, fault);
}

bool
lint_ss(const char *s, int len, Gs1Fault *fault)
{
	return clock_part(s, len, "second", 60, fault);
}

bool
lint_hhmi(const char *s, int len, Gs1Fault *fault)
{
	if (len != 4)
		return fail(fault, len < 4 ? "hour_with_minute_too_short" : "hour_with_minute_too_long",
					"a time has 4 digits here, hhmm", 0, len);
	if (!lint_hh(s, 2, fault))
		return false;
	if (lint_mi(s + 2, 2, fault))
		return true;
	fault->at += 2;
	return false;
}

/*
 * Coupons: fields one after the other, most with their length before them.
 */
typedef struct Coupon
{
	const char *s;
	int			len;
	int			at;
	Gs1Fault   *fault;
} Coupon;

/* the fault that a coupon breaks off where a field should be: the rest is shown, or all of it */
static bool
coupon_short(Coupon *c, const char *format, const char *field)
{
	int			at = c->at < c->len ? c->at : 0;

	return fail(c->fault, psprintf(format, field),
				psprintf("the coupon breaks off at its %s", field), at, c->len - at);
}

/* one digit of those allowed; missing and invalid are the names of the two faults */
static bool
coupon_digit(Coupon *c, const char *allowed, const char *missing, const char *invalid, int *digit)
{
	if (c->at == c->len)
		return coupon_short(c, "coupon_missing_%s", missing);
	if (strchr(allowed, c->s[c->at]) == NULL)
		return fail(c->fault, psprintf("coupon_invalid_%s", invalid),
					psprintf("the coupon has a wrong %s", invalid), c->at, 1);
	*digit = c->s[c->at++] - '0';
	return true;
}

static bool
coupon_field(Coupon *c, const char *name, int width)
{
	if (c->len - c->at < width)
		return coupon_short(c, "coupon_truncated_%s", name);
	c->at += width;
	return true;
}

/* a length digit of those allowed, and as many digits plus extra; 9 without 8 stands for none */
static bool
coupon_sized(Coupon *c, const char *name, const char *allowed, int extra)
{
	int			digit;

	if (!coupon_digit(c, allowed, psprintf("%s_vli", name), psprintf("%s_length", name), &digit))
		return false;
	if (digit == 9 && strchr(allowed, '8') == NULL)
		return true;
	return coupon_field(c, name, digit + extra);
}

#define COUPON_GCP_LENGTHS	"0123456"

/* what has to be bought: amount, the unit that it counts, and the family of products */
static bool
coupon_requirement(Coupon *c, const char *nth)
{
	char	   *requirement = psprintf("%s_purchase_requirement", nth);
	char	   *code = psprintf("%s_code", requirement);
	int			digit;

	return coupon_sized(c, requirement, "12345", 0) &&
		coupon_digit(c, "012349", code, code, &digit) &&
		coupon_field(c, psprintf("%s_purchase_family_code", nth), 3);
}

static bool
coupon_date(Coupon *c, const char *name, const char **date)
{
	Gs1Fault	ignored;

	if (c->len - c->at < 6)
		return coupon_short(c, "coupon_too_short_for_%s_date", name);
	*date = c->s + c->at;
	if (!lint_yymmdd(*date, 6, &ignored))
		return fail(c->fault, psprintf("coupon_invalid_%s_date", name),
					psprintf("the coupon has a wrong %s date", name), c->at, 6);
	c->at += 6;
	return true;
}

/* does the optional field that begins with this digit follow?  If so, go past the digit. */
static bool
coupon_has(Coupon *c, char field)
{
	if (c->at == c->len || c->s[c->at] != field)
		return false;
	c->at++;
	return true;
}

static bool
coupon_end(Coupon *c)
{
	if (c->at == c->len)
		return true;
	return fail(c->fault, "coupon_excess_data", "the coupon goes on after its end",
				c->at, c->len - c->at);
}

/* AI (8110): GS1 North American coupon code */
bool
lint_couponcode(const char *s, int len, Gs1Fault *fault)
{
	Coupon		c = {s, len, 0, fault};
	const char *expiration = NULL;
	const char *start;
	int			digit;

	if (!lint_csetnumeric(s, len, fault) ||
		!coupon_sized(&c, "gcp", COUPON_GCP_LENGTHS, 6) ||
		!coupon_field(&c, "offer_code", 6) ||
		!coupon_sized(&c, "save_value", "12345", 0) ||
		!coupon_requirement(&c, "1st"))
		return false;
	if (coupon_has(&c, '1') &&
		(!coupon_digit(&c, "0123", "additional_purchase_rules_code",
					   "additional_purchase_rules_code", &digit) ||
		 !coupon_requirement(&c, "2nd") ||
		 !coupon_sized(&c, "2nd_purchase_gcp", COUPON_GCP_LENGTHS "9", 6)))
		return false;
	if (coupon_has(&c, '2') &&
		(!coupon_requirement(&c, "3rd") ||
		 !coupon_sized(&c, "3rd_purchase_gcp", COUPON_GCP_LENGTHS "9", 6)))
		return false;
	if (coupon_has(&c, '3') && !coupon_date(&c, "expiration", &expiration))
		return false;
	if (coupon_has(&c, '4'))
	{
		if (!coupon_date(&c, "start", &start))
			return false;
		if (expiration != NULL && memcmp(start, expiration, 6) > 0)
			return fail(fault, "coupon_expiration_before_start",
						"the coupon expires before it starts", c.at - 14, 14);
	}
	if (coupon_has(&c, '5') && !coupon_sized(&c, "serial_number", DIGITS, 6))
		return false;
	if (coupon_has(&c, '6') && !coupon_sized(&c, "retailer_gcp_or_gln", "1234567", 6))
		return false;
	if (coupon_has(&c, '9') &&
		(!coupon_digit(&c, "01256", "save_value_code", "save_value_code", &digit) ||
		 !coupon_digit(&c, "012", "save_value_applies_to_item", "save_value_applies_to_item",
					   &digit) ||
		 !coupon_digit(&c, DIGITS, "store_coupon_flag", "store_coupon_flag", &digit) ||
		 !coupon_digit(&c, "01", "dont_multiply_flag", "dont_multiply_flag", &digit)))
		return false;
	return coupon_end(&c);
}

/* AI (8112): positive offer file coupon */
bool
lint_couponposoffer(const char *s, int len, Gs1Fault *fault)
{
	Coupon		c = {s, len, 0, fault};
	int			digit;

	return lint_csetnumeric(s, len, fault) &&
		coupon_digit(&c, "01", "format_code", "format_code", &digit) &&
		coupon_sized(&c, "funder", COUPON_GCP_LENGTHS, 6) &&
		coupon_field(&c, "offer_code", 6) &&
		coupon_sized(&c, "serial_number", DIGITS, 6) &&
		coupon_end(&c);
}

/*
 * The linters by name
 */
static const struct
{
	const char *name;
	Gs1Linter	linter;
}			linters[] =
{
	{"couponcode", lint_couponcode},
	{"couponposoffer", lint_couponposoffer},
	{"cset39", lint_cset39},
	{"cset64", lint_cset64},
	{"cset82", lint_cset82},
	{"csetnumeric", lint_csetnumeric},
	{"csum", lint_csum},
	{"csumalpha", lint_csumalpha},
	{"gcppos1", lint_gcppos1},
	{"gcppos2", lint_gcppos2},
	{"hasnondigit", lint_hasnondigit},
	{"hh", lint_hh},
	{"hhmi", lint_hhmi},
	{"hyphen", lint_hyphen},
	{"iban", lint_iban},
	{"importeridx", lint_importeridx},
	{"iso3166", lint_iso3166},
	{"iso3166999", lint_iso3166999},
	{"iso3166alpha2", lint_iso3166alpha2},
	{"iso4217", lint_iso4217},
	{"iso5218", lint_iso5218},
	{"latitude", lint_latitude},
	{"longitude", lint_longitude},
	{"mediatype", lint_mediatype},
	{"mi", lint_mi},
	{"nonzero", lint_nonzero},
	{"nozeroprefix", lint_nozeroprefix},
	{"packagetype", lint_packagetype},
	{"pcenc", lint_pcenc},
	{"pieceoftotal", lint_pieceoftotal},
	{"posinseqslash", lint_posinseqslash},
	{"ss", lint_ss},
	{"winding", lint_winding},
	{"yesno", lint_yesno},
	{"yymmd0", lint_yymmd0},
	{"yymmdd", lint_yymmdd},
	{"yyyymmd0", lint_yyyymmd0},
	{"yyyymmdd", lint_yyyymmdd},
	{"zero", lint_zero}
};

/* number of characters in len bytes of UTF-8, or of anything */
int
gs1_characters(const char *s, int len)
{
	int			n = 0;
	int			size;

	for (; len > 0; s += size, len -= size, n++)
		size = character_size(s, len);
	return n;
}

/* the row, without NULLs, that a function with OUT parameters returns */
Datum
gs1_row(FunctionCallInfo fcinfo, Datum *values)
{
	bool		nulls[GS1_ROW_MAX] = {false};
	TupleDesc	desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE ||
		desc->natts > GS1_ROW_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("function called in a context that cannot accept its row")));
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}

PG_FUNCTION_INFO_V1(gs1_lint);

/*
 * gs1_lint(linter text, value text, OUT problem text, OUT at integer, OUT length integer): what the
 * named linter finds in a value, and where (characters, the first is 1); NULL where nothing is
 * wrong.  22023 for an unknown linter, 54000 for a value of more than GS1_BYTES_MAX bytes.
 */
Datum
gs1_lint(PG_FUNCTION_ARGS)
{
	text	   *name = PG_GETARG_TEXT_PP(0);
	text	   *value = PG_GETARG_TEXT_PP(1);
	Gs1Fault	fault;
	TextSpan	s;
	Datum		values[3];
	Gs1Linter	linter = NULL;

	for (int i = 0; i < lengthof(linters) && linter == NULL; i++)
	{
		if (strlen(linters[i].name) == VARSIZE_ANY_EXHDR(name) &&
			memcmp(linters[i].name, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)) == 0)
			linter = linters[i].linter;
	}
	if (linter == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown GS1 linter: \"%s\"", text_shown(name)),
				 errhint("Linters have the names of GS1's syntax dictionary, such as csum.")));
	if (VARSIZE_ANY_EXHDR(value) > GS1_BYTES_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("value too long for a GS1 linter"),
				 errdetail("It has %d bytes, the most is %d.",
						   (int) VARSIZE_ANY_EXHDR(value), GS1_BYTES_MAX)));
	if (text_from_server(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), &s) != TEXT_OK)
		fail(&fault, "encoding", NULL, 0, 0);
	else if (linter(s.data, s.len, &fault))
		PG_RETURN_NULL();

	values[0] = CStringGetTextDatum(fault.code);
	values[1] = Int32GetDatum(gs1_characters(s.data, fault.at) + 1);
	values[2] = Int32GetDatum(gs1_characters(s.data + fault.at, fault.len));
	PG_RETURN_DATUM(gs1_row(fcinfo, values));
}
