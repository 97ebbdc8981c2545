/* See seen_row.h. */
#include "cli/seen_row.h"
#include "base/clk.h"
#include "base/str.h"
#include "base/names.h"
#include "cli/rpc.h"
#include "net/neighbor.h"
#include "pki/chain.h"
#include <sys/stat.h>

#define CAS_MAX    64
#define BASE_MAX   65532
#define FIRST_PORT 16992

const struct cli_col cli_seen_cols[] = {
	{ "address", "address", CLI_FORM_TEXT },
	{ "name", "name", CLI_FORM_TEXT },
	{ "state", "state", CLI_FORM_TEXT },
	{ "version", "version", CLI_FORM_TEXT },
	{ "product", "product", CLI_FORM_TEXT },
	{ "realm", "realm", CLI_FORM_TEXT },
	{ "identify", "Identify", CLI_FORM_TEXT },
	{ "server", "Server", CLI_FORM_TEXT },
	{ "ports.16992", NULL, CLI_FORM_TEXT },
	{ "ports.16993", NULL, CLI_FORM_TEXT },
	{ "ports.16994", NULL, CLI_FORM_TEXT },
	{ "ports.16995", NULL, CLI_FORM_TEXT },
	{ "pong.state", NULL, CLI_FORM_TEXT },
	{ "pong.port", NULL, CLI_FORM_TEXT },
	{ "tls.version", "TLS", CLI_FORM_TEXT },
	{ "tls.suite", NULL, CLI_FORM_TEXT },
	{ "certificate.owner", "certificate of", CLI_FORM_TEXT },
	{ "certificate.maker", "made by", CLI_FORM_TEXT },
	{ "certificate.cn", "its name", CLI_FORM_TEXT },
	{ "certificate.not_after", "valid until", CLI_FORM_TIME },
	{ "certificate.sha256", NULL, CLI_FORM_TEXT },
	{ "mac", NULL, CLI_FORM_TEXT },
	{ "at", NULL, CLI_FORM_TEXT },
};
const unsigned cli_seen_col_count = sizeof cli_seen_cols / sizeof *cli_seen_cols;

/* What a peer wrote may be no UTF-8. */
static json_t *text(const char *s)
{
	char safe[1600];
	struct out o;
	json_t *v = json_string(s);

	if (v)
		return v;
	out_init(&o, safe, sizeof safe);
	out_safe(&o, span_str(s));
	return json_string(safe);
}

static json_t *time_text(int64_t unix_ms)
{
	char at[CLK_TEXT_SIZE];

	clk_print_unix_ms(unix_ms, at);
	return json_string(at);
}

/* Only of machines on our own networks. */
static void put_mac(json_t *row, const char *address)
{
	char mac[NET_MAC_SIZE];
	uint32_t ip;

	if (names_ip_parse(span_str(address), &ip) && net_neighbor_mac(ip, mac))
		json_object_set_new(row, "mac", json_string(mac));
}

static void put_pong(json_t *row, const struct amt_seen *s)
{
	char version[16] = "";
	struct out o;

	if (!s->ponged)
		return;
	out_init(&o, version, sizeof version);
	if (s->pong.major || s->pong.minor)
		out_fmt(&o, "%u.%u", s->pong.major, s->pong.minor);
	json_object_set_new(row, "pong",
			    json_pack("{s:s, s:i, s:b, s:s, s:I}", "state",
				      wire_rmcp_state_name(s->pong.state), "port", s->pong.port,
				      "both_ports", s->pong.both_ports, "version", version, "maker",
				      (json_int_t)s->pong.maker));
}

static void put_ports(json_t *row, const struct amt_seen *s)
{
	json_t *ports = json_object();
	char number[8];

	for (unsigned i = 0; i < AMT_SEEN_PORT_COUNT; i++) {
		struct out o;
		if (i >= AMT_SEEN_USUAL && s->ports[i] == AMT_SEEN_NOT_ASKED)
			continue;
		out_init(&o, number, sizeof number);
		out_fmt(&o, "%u", amt_seen_port_number((enum amt_seen_port)i));
		json_object_set_new(ports, number, json_string(amt_seen_says_name(s->ports[i])));
	}
	json_object_set_new(row, "ports", ports);
}

static void put_tls(json_t *row, const struct amt_seen *s)
{
	json_t *tls;

	if (s->ports[AMT_SEEN_16993] != AMT_SEEN_OPEN)
		return;
	tls = json_pack("{s:b, s:b, s:b}", "works", s->tls, "old", s->old_tls, "wants_psk",
			s->wants_psk);
	if (s->tls) {
		json_object_set_new(tls, "version",
				    json_string(pki_tls_version_name(s->tls_version)));
		json_object_set_new(tls, "suite", text(s->suite));
	}
	if (s->tls_error[0])
		json_object_set_new(tls, "error", text(s->tls_error));
	if (s->versions) {
		json_t *list = json_array();
		for (unsigned i = 0; i < 4; i++) {
			if (s->versions & 1u << i)
				json_array_append_new(
					list, json_string(pki_tls_version_name(PKI_TLS_1_0 + i)));
		}
		json_object_set_new(tls, "versions", list);
	}
	json_object_set_new(row, "tls", tls);
}

static void put_certificate(json_t *row, const struct amt_seen *s)
{
	char hex[65];
	struct out o;

	if (!s->with_cert)
		return;
	out_init(&o, hex, sizeof hex);
	out_hex(&o, span_make(s->leaf_sha256, sizeof s->leaf_sha256));
	json_t *c =
		json_pack("{s:s, s:s, s:b, s:i}", "owner", amt_seen_owner_name(s->owner), "sha256",
			  hex, "of_setup", s->setup_cert, "key_bits", (int)s->key_bits);
	json_object_set_new(c, "cn", text(s->cn));
	json_object_set_new(c, "issuer", text(s->issuer));
	json_object_set_new(c, "maker", text(amt_seen_maker(s)));
	json_object_set_new(c, "not_after", time_text(s->not_after_unix_ms));
	json_object_set_new(row, "certificate", c);
}

json_t *cli_seen_row(const char *address, const char *name, const struct amt_seen *s,
		     int64_t at_unix_ms)
{
	enum amt_seen_state state = amt_seen_state(s);
	char version[32];
	json_t *row;

	amt_seen_version(s, version);
	row = json_pack("{s:s, s:s, s:s, s:s}", "address", address, "state",
			amt_seen_state_name(state), "version", version, "product",
			amt_seen_product(s));
	json_object_set_new(row, "name", text(name));
	json_object_set_new(row, "server", text(s->server));
	json_object_set_new(row, "identify", text(s->identify));
	json_object_set_new(row, "realm", text(s->realm));
	json_object_set_new(row, "at", time_text(at_unix_ms));
	put_mac(row, address);
	put_pong(row, s);
	put_ports(row, s);
	if (s->rfb[0])
		json_object_set_new(row, "rfb", text(s->rfb));
	put_tls(row, s);
	put_certificate(row, s);
	return row;
}

/* ---- our CAs ---- */

static void add_chain(struct cli_seen_cas *k, const struct pki_chain *c)
{
	for (unsigned i = 0; i < c->count && k->count < CAS_MAX; i++) {
		const uint8_t *p = arena_copy(&k->arena, c->certs[i].der);
		if (p)
			k->ders[k->count++] = span_make(p, c->certs[i].der.n);
	}
}

static bool add_file(struct cli_seen_cas *k, const char *path, struct err *e)
{
	struct buf file, pem;
	struct out o;

	if (!cli_input_read(path, LIMIT_PFX_BYTES, &file, e))
		return false;
	buf_init(&pem, (size_t)2 * LIMIT_PFX_BYTES);
	out_init_buf(&o, &pem);
	struct pki_chain *c = pki_chain_file_to_pem(buf_span(&file), &o, e)
		? pki_chain_from_pem(buf_span(&pem), e)
		: NULL;
	buf_deinit(&file);
	buf_deinit(&pem);
	if (!c)
		return err_wrap(e, "--ca %s", path);
	add_chain(k, c);
	pki_chain_free(c);
	return true;
}

/* Without a service there are none; that is no error. */
static void add_service(struct cli_seen_cas *k, const struct cli *c)
{
	const char *socket = cli_rpc_socket_path(c, &k->arena);
	json_t *doc = NULL, *row;
	struct err none = { 0 };
	struct stat st;
	size_t i;

	if (!socket || stat(socket, &st) != 0 || !cli_rpc_get(c, "/v1/ca", &doc, &none))
		return;
	json_array_foreach(json_object_get(doc, "items"), i, row)
	{
		const char *pem = json_string_value(json_object_get(row, "pem"));
		struct pki_chain *chain = pem ? pki_chain_from_pem(span_str(pem), NULL) : NULL;
		if (chain)
			add_chain(k, chain);
		pki_chain_free(chain);
	}
	json_decref(doc);
}

bool cli_seen_cas_init(struct cli_seen_cas *k, const struct cli *c, struct err *e)
{
	const char *path;

	*k = (struct cli_seen_cas){ 0 };
	arena_init(&k->arena, 4u << 20);
	k->ders = ARENA_ARRAY(&k->arena, struct span, CAS_MAX);
	for (unsigned i = 0; (path = cli_args_nth(&c->args, "ca", i)); i++) {
		if (!add_file(k, path, e)) {
			arena_deinit(&k->arena);
			return false;
		}
	}
	add_service(k, c);
	return true;
}

void cli_seen_cas_deinit(struct cli_seen_cas *k)
{
	arena_deinit(&k->arena);
}

bool cli_seen_ports(const struct cli *c, uint16_t *out_base, uint16_t *out_rmcp, struct err *e)
{
	const char *base = cli_args_value(&c->args, "port-base");
	const char *rmcp = cli_args_value(&c->args, "rmcp-port");

	*out_base = FIRST_PORT;
	*out_rmcp = WIRE_RMCP_PORT;
	if (base && !str_to_u16(span_str(base), 1, BASE_MAX, out_base, e))
		return err_wrap(e, "--port-base");
	return !rmcp || str_to_u16(span_str(rmcp), 1, UINT16_MAX, out_rmcp, e) ||
		err_wrap(e, "--rmcp-port");
}
