/* Small text helpers: number parsing with a range, hex, base64, UUID text. Nothing guesses:
 * trailing bytes, blanks and signs where none belong are errors. */
#pragma once
#include "base/err.h"
#include "base/span.h"

bool str_to_u64(struct span s, uint64_t min, uint64_t max, uint64_t *out_v, struct err *e);
bool str_to_u32(struct span s, uint32_t min, uint32_t max, uint32_t *out_v, struct err *e);
bool str_to_u16(struct span s, uint16_t min, uint16_t max, uint16_t *out_v, struct err *e);
bool str_to_i64(struct span s, int64_t min, int64_t max, int64_t *out_v, struct err *e);

/* Copies at most cap-1 bytes and terminates; false when it was cut. */
bool str_copy(char *dst, size_t cap, struct span s);
bool str_eq(const char *a, const char *b); /* NULL equals NULL only */
bool str_eq_nocase(const char *a, const char *b);
bool str_ends_nocase(const char *s, const char *suffix);
void str_lower(char *s); /* ASCII only */
/* '*' in the pattern stands for any bytes, nothing else does; any case. */
bool str_fits(struct span pattern, struct span text);
/* The next item of a comma separated list, without blanks around it; false at the end. */
bool str_next_item(struct span *rest, struct span *out_item);

/* Decode into dst (capacity cap). False for bad digits, odd length, or too long.
 * hex_ accepts upper and lower case; b64_ accepts standard base64 with or without padding and
 * ignores blanks and line breaks inside. */
bool hex_decode(struct span text, uint8_t *dst, size_t cap, size_t *out_n);
bool b64_decode(struct span text, uint8_t *dst, size_t cap, size_t *out_n);
static inline size_t b64_max_decoded(size_t text_len)
{
	return text_len / 4 * 3 + 3;
}

/* UUID: 16 bytes in *text order* in memory (RFC 4122 order). Text form is lower case with
 * dashes, 36 characters. SMBIOS ("mixed endian") order is what AMT puts on the wire: the first
 * three groups byte-swapped (setup-and-configuration 1.2). */
struct uuid {
	uint8_t b[16];
};
#define UUID_TEXT_SIZE 37
void uuid_print(const struct uuid *u, char out_text[UUID_TEXT_SIZE]);
bool uuid_parse(struct span text, struct uuid *out_u);
void uuid_from_smbios(const uint8_t wire[16], struct uuid *out_u);
void uuid_to_smbios(const struct uuid *u, uint8_t out_wire[16]);
bool uuid_eq(const struct uuid *a, const struct uuid *b);
/* One byte sixteen times (all zero, all ones), or a known dummy of a vendor (M09). */
bool uuid_is_placeholder(const struct uuid *u);
