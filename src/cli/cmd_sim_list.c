/* `outband sim --list-generations`: the table of firmware generations with the source letter of each
 * cell. As text what tells one release from another, as JSON and CSV every cell as a row. */
#include "cli/cmd_sim.h"
#include "sim/generation.h"

#include <stdio.h>
#include <unistd.h>

#define CELL_TEXT 160

static void cell(const struct sim_generation *g, const struct sim_generation_column *c,
		 char out_text[CELL_TEXT])
{
	struct out o;

	out_init(&o, out_text, CELL_TEXT);
	out_text[0] = '\0';
	sim_generation_print(g, c, &o);
}

static void every_cell(struct cli_writer *w)
{
	static const struct cli_col cols[] = {
		{ "generation", "generation", CLI_FORM_TEXT },
		{ "cell", "cell", CLI_FORM_TEXT },
		{ "value", "value", CLI_FORM_TEXT },
		{ "source", "source", CLI_FORM_TEXT },
		{ "meaning", "meaning", CLI_FORM_TEXT },
	};
	const struct sim_generation *g;
	const struct sim_generation_column *c;
	char text[CELL_TEXT];

	cli_writer_list_begin(w, cols, sizeof cols / sizeof *cols);
	for (unsigned i = 0; (g = sim_generation_at(i)); i++) {
		for (unsigned k = 0; (c = sim_generation_column(k)); k++) {
			char source[2] = { sim_generation_source(g, c), '\0' };
			cell(g, c, text);
			json_t *row = json_pack("{s:s,s:s,s:s,s:s,s:s}", "generation", g->name,
						"cell", c->name, "value", text, "source", source,
						"meaning", c->sentence);
			cli_writer_list_row(w, row);
			json_decref(row);
		}
	}
	cli_writer_list_end(w, "");
}

/* What tells one release from another at a glance; value and source letter. */
static void summary(struct cli_writer *w)
{
	static const struct cli_col cols[] = {
		{ "name", "NAME", CLI_FORM_TEXT },
		{ "version", "VERSION", CLI_FORM_TEXT },
		{ "psk", "PSK", CLI_FORM_TEXT },
		{ "pki", "PKI", CLI_FORM_TEXT },
		{ "hash_algs", "ROOT HASHES", CLI_FORM_TEXT },
		{ "tls_min", "TLS FROM", CLI_FORM_TEXT },
		{ "tls_max", "TO", CLI_FORM_TEXT },
		{ "makes_keys", "MAKES KEYS", CLI_FORM_TEXT },
		{ "key_bits", "RSA", CLI_FORM_TEXT },
		{ "chain_sig", "CHAIN", CLI_FORM_TEXT },
		{ "clear", "CLEAR PORTS", CLI_FORM_TEXT },
		{ "default_cert", "OWN CERT", CLI_FORM_TEXT },
		{ "setup_chain", "SHOWS", CLI_FORM_TEXT },
		{ "realm", "REALM", CLI_FORM_TEXT },
		{ "auth_int", "AUTH-INT", CLI_FORM_TEXT },
		{ "kvm", "KVM", CLI_FORM_TEXT },
	};
	const struct sim_generation *g;
	const struct sim_generation_column *c;
	char text[CELL_TEXT], both[CELL_TEXT + 4];

	cli_writer_list_begin(w, cols, sizeof cols / sizeof *cols);
	for (unsigned i = 0; (g = sim_generation_at(i)); i++) {
		json_t *row = json_pack("{s:s}", "name", g->name);
		for (unsigned k = 0; (c = sim_generation_column(k)); k++) {
			cell(g, c, text);
			(void)snprintf(both, sizeof both, "%s %c", text,
				       sim_generation_source(g, c));
			(void)json_object_set_new(row, c->name, json_string(both));
		}
		cli_writer_list_row(w, row);
		json_decref(row);
	}
	cli_writer_list_end(w, "");
	cli_writer_say(
		w,
		"C captured, D documented, P read in a peer's code, G guessed (a switch gives "
		"the other behaviour); every cell: --json or --csv");
}

void cli_cmd_sim_generations(enum cli_writer_kind kind)
{
	struct cli_writer *w;

	(void)fflush(stdout);
	w = cli_writer_new(kind, STDOUT_FILENO, 0);
	if (kind == CLI_WRITER_TEXT)
		summary(w);
	else
		every_cell(w);
	(void)cli_writer_end(w, NULL);
}
