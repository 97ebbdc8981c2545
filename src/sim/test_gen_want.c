/* For generation_test.c: what a firmware release is expected to do, as rules over its number, written
 * from the published facts and captures and not from the rows of generation.c. Each writes the text
 * that the probe of the same column (test_gen_probe.c) gives for such a device. */
#include "base/out.h"
#include "base/str.h"

struct release {
	unsigned major, minor;
};

static bool since(struct release r, unsigned major, unsigned minor)
{
	return r.major > major || (r.major == major && r.minor >= minor);
}

static void yes_no(bool is, struct out *o)
{
	out_str(o, is ? "yes" : "no");
}

/* Captured releases and, where there is no capture, the number that we play. */
static void want_version(struct release r, struct out *o)
{
	static const struct {
		struct release r;
		const char *text;
	} rows[] = {
		{ { 2, 0 }, "2.0.5" },         { { 2, 1 }, "2.1.3" },
		{ { 2, 2 }, "2.2.10" },        { { 2, 5 }, "2.5.15" },
		{ { 2, 6 }, "2.6.20" },        { { 3, 0 }, "3.0.5" },
		{ { 3, 2 }, "3.2.1" },         { { 4, 0 }, "4.0.7" },
		{ { 5, 0 }, "5.0.3" },         { { 6, 2 }, "6.2.30" },
		{ { 7, 1 }, "7.1.91" },        { { 9, 0 }, "9.0.31" },
		{ { 9, 5 }, "9.5.61" },        { { 10, 0 }, "10.0.55" },
		{ { 11, 8 }, "11.8.50.3425" }, { { 12, 0 }, "12.0.67.1579" },
		{ { 14, 0 }, "14.0.33.1125" }, { { 15, 0 }, "15.0.23.1706" },
		{ { 16, 1 }, "16.1.25.1917" }, { { 18, 0 }, "18.0.5.2098" },
		{ { 19, 0 }, "19.0.0.1753" },  { { 22, 0 }, "22.0.0.1000" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].r.major == r.major && rows[i].r.minor == r.minor)
			out_str(o, rows[i].text);
	}
}

static void want_psk(struct release r, struct out *o)
{
	yes_no(!since(r, 11, 0), o);
}

static void want_yes(struct release r, struct out *o)
{
	(void)r;
	yes_no(true, o);
}

/* Remote configuration came with updates of 2.x and with 3.0. */
static void want_pki(struct release r, struct out *o)
{
	yes_no(since(r, 3, 0) || r.minor == 2 || r.minor == 6, o);
}

/* 3.2.1 is the first that needs no translator. */
static void want_wsman(struct release r, struct out *o)
{
	yes_no(since(r, 3, 2), o);
}

static void want_eoi(struct release r, struct out *o)
{
	yes_no(!since(r, 9, 0), o);
}

static void want_hash_algs(struct release r, struct out *o)
{
	if (!since(r, 11, 0))
		out_str(o, "SHA-1 ");
	if (since(r, 6, 0) && !since(r, 22, 0))
		out_str(o, "SHA-256 ");
	if (since(r, 15, 0))
		out_str(o, "SHA-384 ");
}

static void want_hello_max(struct release r, struct out *o)
{
	out_str(o, since(r, 11, 0) ? "33" : "23");
}

/* 1.0 alone, 1.1 from 6.0, 1.2 from 12; 1.0 ends with 12, 1.1 with 15; 1.3 from 16. */
static void want_tls(struct release r, struct out *o)
{
	if (!since(r, 12, 0))
		out_str(o, "TLS 1.0 ");
	if (since(r, 6, 0) && !since(r, 15, 0))
		out_str(o, "TLS 1.1 ");
	if (since(r, 12, 0))
		out_str(o, "TLS 1.2 ");
	if (since(r, 16, 0))
		out_str(o, "TLS 1.3 ");
}

/* By name, sorted: order means nothing where the client decides. */
static void want_suites(struct release r, struct out *o)
{
	if (since(r, 22, 0)) {
		out_str(o,
			"AES256-GCM-SHA384 ECDHE-RSA-AES256-GCM-SHA384 "
			"ECDHE-RSA-AES256-SHA384 ");
		return;
	}
	if (since(r, 12, 0))
		out_str(o, "AES128-GCM-SHA256 ");
	if (!since(r, 15, 0))
		out_str(o, "AES128-SHA ");
	if (since(r, 12, 0))
		out_str(o, "AES128-SHA256 AES256-GCM-SHA384 ");
	if (!since(r, 15, 0))
		out_str(o, "AES256-SHA ");
	if (since(r, 12, 0))
		out_str(o,
			"ECDHE-RSA-AES128-GCM-SHA256 ECDHE-RSA-AES256-GCM-SHA384 "
			"ECDHE-RSA-AES256-SHA384 ");
	if (!since(r, 11, 0))
		out_str(o, "PSK-AES128-CBC-SHA ");
}

static void want_suites13(struct release r, struct out *o)
{
	if (since(r, 16, 0) && !since(r, 22, 0))
		out_str(o, "TLS_AES_128_GCM_SHA256 ");
	if (since(r, 16, 0))
		out_str(o, "TLS_AES_256_GCM_SHA384 ");
}

/* AMT 22 takes neither SHA-256 nor the smaller curves; before, nothing is known. */
static void want_groups(struct release r, struct out *o)
{
	if (since(r, 22, 0))
		out_str(o, "P-384 ");
}

static void want_sigs(struct release r, struct out *o)
{
	if (since(r, 22, 0))
		out_str(o, "ECDSA+SHA384 RSA+SHA384 RSA-PSS+SHA384 ");
}

static void want_clear(struct release r, struct out *o)
{
	yes_no(!since(r, 16, 1), o);
}

static void want_tls_only(struct release r, struct out *o)
{
	yes_no(since(r, 16, 1), o);
}

static void want_local_clear(struct release r, struct out *o)
{
	yes_no(!since(r, 19, 0), o);
}

/* An On-Die CA from 15 on. */
static void want_setup_chain(struct release r, struct out *o)
{
	out_str(o, since(r, 15, 0) ? "3" : "1");
}

static void want_setup_sig(struct release r, struct out *o)
{
	out_str(o, since(r, 22, 0) ? "SHA-384" : since(r, 6, 0) ? "SHA-256" : "SHA-1");
}

static void want_from_6(struct release r, struct out *o)
{
	yes_no(since(r, 6, 0), o);
}

static void want_key_bits(struct release r, struct out *o)
{
	const char *bits = since(r, 22, 0) ? "3072" : "2048";

	out_fmt(o, "own %s", bits);
	if (since(r, 6, 0))
		out_fmt(o, ", makes %s", bits);
}

/* Sizes of RSA keys among 1024, 1536, 2048, 3072, 4096. */
static void sizes(unsigned min, unsigned max, struct out *o)
{
	static const unsigned all[] = { 1024, 1536, 2048, 3072, 4096 };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		if (all[i] >= min && all[i] <= max)
			out_fmt(o, "%u ", all[i]);
	}
}

static void want_rsa(struct release r, struct out *o)
{
	unsigned min = since(r, 22, 0) ? 3072 : since(r, 15, 0) ? 2048 : 1024;

	sizes(min, since(r, 11, 0) ? 4096 : 2048, o);
}

static void want_ec(struct release r, struct out *o)
{
	if (since(r, 11, 0) && !since(r, 22, 0))
		out_str(o, "256 ");
	if (since(r, 11, 0))
		out_str(o, "384 521 ");
}

static void want_chain_sig(struct release r, struct out *o)
{
	if (!since(r, 15, 0))
		out_str(o, "SHA-1 ");
	if (!since(r, 22, 0))
		out_str(o, "SHA-256 ");
	out_str(o, "SHA-384 SHA-512 ");
}

/* Before 7.0: 4100 bytes of chain, 1500 of a root. */
static void want_chain_bytes(struct release r, struct out *o)
{
	out_str(o, since(r, 7, 0) ? "any" : "4100");
}

static void want_root_bytes(struct release r, struct out *o)
{
	out_str(o, since(r, 7, 0) ? "4100" : "1500");
}

static void want_suffix_rule(struct release r, struct out *o)
{
	out_str(o, "com net ");
	if (since(r, 6, 0))
		out_str(o, "de co.uk ");
}

static void want_realm(struct release r, struct out *o)
{
	out_str(o, since(r, 12, 0) ? "Digest: 16" : since(r, 6, 0) ? "Digest: 2" : "ID");
}

/* Captured: 16.1 has it, 15.0 and 11.8 do not; published for 14. */
static void want_auth_int(struct release r, struct out *o)
{
	yes_no(since(r, 14, 0) && r.major != 15, o);
}

static void want_admin_taken(struct release r, struct out *o)
{
	yes_no(since(r, 4, 0), o);
}

static void want_content_type(struct release r, struct out *o)
{
	out_str(o,
		since(r, 16, 0)           ? "application/soap+xml;charset=UTF-8"
			: since(r, 15, 0) ? "application/soap+xml; charset=UTF-8"
					  : "application/octet-stream");
}

static void want_frame_deny(struct release r, struct out *o)
{
	yes_no(since(r, 11, 0), o);
}

static void want_logo(struct release r, struct out *o)
{
	out_str(o, since(r, 15, 0) ? "middle" : "top");
}

static void want_seed(struct release r, struct out *o)
{
	yes_no(!since(r, 6, 0), o);
}

static void want_consent(struct release r, struct out *o)
{
	yes_no(since(r, 7, 0), o);
}
