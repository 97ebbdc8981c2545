/* PID and PPS, and the password rule of AMT: checked on import, made for new keys and for MEBx.
 * Secrets pass through here as text: no error names more of them than a group or a position. */
#include "wire/psk.h"
#include "base/mem.h"

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
_Static_assert(sizeof alphabet - 1 == 36, "A-Z and 0-9");

static bool is_alphabet(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

char wire_psk_check_char(struct span before)
{
	unsigned sum = 0;

	for (size_t i = 0; i < before.n; i++)
		sum += before.p[i];
	unsigned r = sum % 36;
	return (char)(r < 10 ? '0' + r : 0x37 + r);
}

/* Upper-case characters without dashes into out_plain (want of them and NUL). A dash may stand
 * only between groups of four. */
static bool plain_form(struct span text, const char *what, size_t want, char *out_plain,
		       struct err *e)
{
	struct span s = span_trim(text);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		if (c == '-' && n > 0 && n < want && n % 4 == 0 && s.p[i - 1] != '-')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (uint8_t)(c - 'a' + 'A');
		if (!is_alphabet(c)) {
			err_set(e, ERR_INVALID, "%s has a wrong character at position %zu", what,
				i + 1);
			err_want(e, "A-Z and 0-9, dashes between groups of four");
			return false;
		}
		if (n == want) {
			n++;
			break;
		}
		out_plain[n++] = (char)c;
	}
	if (n == want) {
		out_plain[n] = '\0';
		return true;
	}
	err_set(e, ERR_INVALID, "%s has a wrong length", what);
	if (n > want)
		err_seen(e, "more than %zu characters", want);
	else
		err_seen(e, "%zu characters", n);
	err_want(e, "%zu characters without dashes", want);
	return false;
}

bool wire_psk_parse_pid(struct span text, char out_pid[WIRE_PSK_PID_LEN + 1], struct err *e)
{
	char pid[WIRE_PSK_PID_LEN + 1];

	memset(out_pid, 0, WIRE_PSK_PID_LEN + 1);
	if (!plain_form(text, "PID", WIRE_PSK_PID_LEN, pid, e))
		return false;
	char want = wire_psk_check_char(span_make(pid, WIRE_PSK_PID_LEN - 1));
	if (pid[WIRE_PSK_PID_LEN - 1] != want) {
		err_set(e, ERR_INVALID, "PID %.4s-%.4s has a wrong check character", pid, pid + 4);
		err_seen(e, "%c", pid[WIRE_PSK_PID_LEN - 1]);
		err_want(e, "%c", want);
		return err_hint(e, "compare the PID with the label or file it was copied from");
	}
	memcpy(out_pid, pid, sizeof pid);
	return true;
}

bool wire_psk_parse_pps(struct span text, char out_pps[WIRE_PSK_PPS_LEN + 1], struct err *e)
{
	char pps[WIRE_PSK_PPS_LEN + 1] = "";
	bool ok = plain_form(text, "PPS", WIRE_PSK_PPS_LEN, pps, e);

	memset(out_pps, 0, WIRE_PSK_PPS_LEN + 1);
	for (size_t at = 0; ok && at < WIRE_PSK_PPS_LEN; at += 4) {
		ok = pps[at + 3] == wire_psk_check_char(span_make(pps + at, 3));
		if (!ok) {
			err_set(e, ERR_INVALID, "PPS has a wrong check character in group %zu of 8",
				at / 4 + 1);
			err_hint(e, "compare that group with the label or file it was copied from");
		}
	}
	if (ok)
		memcpy(out_pps, pps, sizeof pps);
	mem_wipe(pps, sizeof pps);
	return ok;
}

/* Groups of four with dashes between. */
static void print_groups(const char *plain, size_t n, char *out_text)
{
	size_t at = 0;

	for (size_t i = 0; i < n && plain[i]; i++) {
		if (i && i % 4 == 0)
			out_text[at++] = '-';
		out_text[at++] = plain[i];
	}
	out_text[at] = '\0';
}

void wire_psk_print_pid(const char *pid, char out_text[10])
{
	print_groups(pid, WIRE_PSK_PID_LEN, out_text);
}

void wire_psk_print_pps(const char *pps, char out_text[40])
{
	print_groups(pps, WIRE_PSK_PPS_LEN, out_text);
}

static void make_groups(struct rng *r, char *out, size_t groups, size_t group_len)
{
	for (size_t g = 0; g < groups; g++) {
		char *p = out + g * group_len;
		for (size_t i = 0; i + 1 < group_len; i++)
			p[i] = alphabet[rng_below(r, sizeof alphabet - 1)];
		p[group_len - 1] = wire_psk_check_char(span_make(p, group_len - 1));
	}
	out[groups * group_len] = '\0';
}

void wire_psk_make_pid(struct rng *r, char out_pid[WIRE_PSK_PID_LEN + 1])
{
	make_groups(r, out_pid, 1, WIRE_PSK_PID_LEN);
}

void wire_psk_make_pps(struct rng *r, char out_pps[WIRE_PSK_PPS_LEN + 1])
{
	make_groups(r, out_pps, WIRE_PSK_PPS_LEN / 4, 4);
}

static bool weak(struct err *e, const char *why)
{
	err_set(e, ERR_INVALID, "password is not one that AMT takes: %s", why);
	err_want(e, "8-32 characters, lower, upper, digit, special; no : , \"");
	return false;
}

bool wire_psk_check_password(struct span password, struct err *e)
{
	bool lower = false, upper = false, digit = false, special = false;

	if (password.n < 8 || password.n > 32)
		return weak(e,
			    password.n < 8 ? "shorter than 8 characters"
					   : "longer than 32 characters");
	for (size_t i = 0; i < password.n; i++) {
		uint8_t c = password.p[i];
		if (c < 32 || c > 126)
			return weak(e, "it has a character outside ASCII 32-126");
		if (c == ':' || c == ',' || c == '"')
			return weak(e, "it has a colon, a comma or a quote");
		if (c >= 'a' && c <= 'z')
			lower = true;
		else if (c >= 'A' && c <= 'Z')
			upper = true;
		else if (c >= '0' && c <= '9')
			digit = true;
		else if (c != '_' && c != ' ')
			special = true;
	}
	if (!lower)
		return weak(e, "it has no lower-case letter");
	if (!upper)
		return weak(e, "it has no upper-case letter");
	if (!digit)
		return weak(e, "it has no digit");
	if (!special)
		return weak(e, "it has no special character ('_' and blank do not count)");
	return true;
}

void wire_psk_make_password(struct rng *r, char out_password[WIRE_PSK_PASSWORD_LEN + 1])
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				  "!@#$%^*";

	/* whole passwords are drawn until one fits: patching a class in afterwards would bias it */
	do {
		for (size_t i = 0; i < WIRE_PSK_PASSWORD_LEN; i++)
			out_password[i] = set[rng_below(r, sizeof set - 1)];
		out_password[WIRE_PSK_PASSWORD_LEN] = '\0';
	} while (!wire_psk_check_password(span_make(out_password, WIRE_PSK_PASSWORD_LEN), NULL));
}
