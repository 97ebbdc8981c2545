/* Sheets with key pairs for those who type them into MEBx: text and HTML, one block a key, groups of
 * four as MEBx takes them. Called by `key sheet`. Holds secrets; everything that goes into HTML is
 * escaped, passwords may have any character. */
#include "base/mem.h"
#include "cli/key_pairs.h"
#include "wire/psk.h"

static const char *const steps[] = {
	"Start the PC and press Ctrl+P.",
	"Log in with the factory password admin, and give the MEBx password below as the new one.",
	"Setup and configuration, TLS-PSK, Set PID and PPS: type both with their dashes.",
	"Leave MEBx. The PC says hello to the service; strike the key off this sheet.",
};
#define STEP_COUNT (sizeof steps / sizeof *steps)

static void print_pair(const struct cli_key_pair *k, char pid[10], char pps[40])
{
	wire_psk_print_pid(k->pid, pid);
	wire_psk_print_pps(k->pps, pps);
}

void cli_key_sheet_text(struct out *o, const struct cli_key_pairs *k)
{
	char pid[10], pps[40];

	out_str(o, "Keys for Intel AMT: secret. Destroy this sheet when its keys are used.\n\n");
	for (size_t i = 0; i < STEP_COUNT; i++)
		out_fmt(o, "%zu. %s\n", i + 1, steps[i]);
	for (unsigned i = 0; i < k->count; i++) {
		print_pair(&k->pairs[i], pid, pps);
		out_fmt(o, "\n----------------------------------------------------------------\n");
		out_fmt(o, "%u of %u%s\n\n", i + 1, k->count,
			k->pairs[i].group ? "   for many PCs"
					  : "   for one PC: __________________");
		out_fmt(o, "  MEBx password  %s\n", k->pairs[i].password);
		out_fmt(o, "  PID            %s\n", pid);
		out_fmt(o, "  PPS            %.19s-\n                 %s\n", pps, pps + 20);
	}
	mem_wipe(pps, sizeof pps);
}

static void put_row(struct out *o, const char *name, const char *value)
{
	out_fmt(o, "<tr><th>%s</th><td>", name);
	out_html(o, value);
	out_str(o, "</td></tr>\n");
}

void cli_key_sheet_html(struct out *o, const struct cli_key_pairs *k)
{
	char pid[10], pps[40];

	out_str(o,
		"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
		"<title>Keys for Intel AMT</title>\n<style>\n"
		"body { font-family: sans-serif; margin: 2em; }\n"
		"table { border: 1px solid; margin: 1em 0; padding: .5em; break-inside: avoid; }\n"
		"th { text-align: left; padding-right: 1em; }\n"
		"td { font-family: monospace; font-size: 130%; white-space: pre-wrap; }\n"
		"caption { text-align: left; }\n</style></head><body>\n"
		"<h1>Keys for Intel AMT</h1>\n"
		"<p><b>Secret.</b> Destroy this sheet when its keys are used.</p>\n<ol>\n");
	for (size_t i = 0; i < STEP_COUNT; i++)
		out_fmt(o, "<li>%s</li>\n", steps[i]);
	out_str(o, "</ol>\n");
	for (unsigned i = 0; i < k->count; i++) {
		print_pair(&k->pairs[i], pid, pps);
		out_fmt(o, "<table><caption>%u of %u, %s</caption>\n", i + 1, k->count,
			k->pairs[i].group ? "for many PCs" : "for one PC: __________________");
		put_row(o, "MEBx password", k->pairs[i].password);
		put_row(o, "PID", pid);
		put_row(o, "PPS", pps);
		out_str(o, "</table>\n");
	}
	out_str(o, "</body></html>\n");
	mem_wipe(pps, sizeof pps);
}
