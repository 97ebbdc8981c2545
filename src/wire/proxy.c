/* See proxy.h. Used by the hello ports and by forwarding. */
#include "wire/proxy.h"

static bool next_word(struct span *rest, struct span *out_word)
{
	size_t n = span_find(*rest, ' ');
	*out_word = span_make(rest->p, n);
	if (n == 0)
		return false;
	n += n < rest->n;
	*rest = span_make(rest->p + n, rest->n - n);
	return true;
}

static bool is_address(struct span s, bool v6)
{
	bool ok = s.n > 0 && s.n < 46;
	for (size_t i = 0; ok && i < s.n; i++) {
		uint8_t c = s.p[i];
		bool hex = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':';
		ok = (c >= '0' && c <= '9') || c == '.' || (v6 && hex);
	}
	return ok;
}

static bool parse_words(struct span line, char out_address[64])
{
	struct span word, from, to, port;
	uint16_t v;
	if (!next_word(&line, &word) || !span_eq_str(word, "PROXY") || !next_word(&line, &word))
		return false;
	bool v6 = span_eq_str(word, "TCP6");
	if (!v6 && !span_eq_str(word, "TCP4"))
		return false;
	if (!next_word(&line, &from) || !next_word(&line, &to) || !is_address(from, v6) ||
	    !is_address(to, v6))
		return false;
	for (unsigned i = 0; i < 2; i++)
		if (!next_word(&line, &port) || !str_to_u16(port, 0, UINT16_MAX, &v, NULL))
			return false;
	return line.n == 0 && str_copy(out_address, 64, from);
}

enum wire_got wire_proxy_parse(struct span in, char out_address[64], size_t *out_used)
{
	static const char head[] = "PROXY ";
	size_t n = in.n < sizeof head - 1 ? in.n : sizeof head - 1;
	*out_used = 0;
	if (n && memcmp(in.p, head, n) != 0)
		return WIRE_BAD;
	size_t end = span_find(in, '\n');
	if (end == in.n)
		return in.n < WIRE_PROXY_MAX ? WIRE_MORE : WIRE_BAD;
	if (end == 0 || end >= WIRE_PROXY_MAX || in.p[end - 1] != '\r' ||
	    !parse_words(span_make(in.p, end - 1), out_address))
		return WIRE_BAD;
	*out_used = end + 1;
	return WIRE_DONE;
}

bool wire_proxy_emit(struct out *o, const char *address)
{
	bool v6 = span_find(span_str(address), ':') < strlen(address);
	out_fmt(o, "PROXY TCP%c %s %s 0 0\r\n", v6 ? '6' : '4', address, v6 ? "::" : "0.0.0.0");
	return !o->bad;
}
