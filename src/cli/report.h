/* The report about an environment (F127): what the PCs that the service knows have in common and where
 * they differ. Rows go in one by one, counts come out as charts in one HTML file without anything from
 * outside. Pure: cmd_report.c asks the service and writes the file. */
#pragma once
#include "base/out.h"
#include <jansson.h>

/* X(constant, name for programs, heading, what it is for, of what it counts, order of rows) */
#define CLI_REPORT_SECTIONS(X)                                                                      \
	X(REPORT_STATE, "state", "State", "How far the service is with each PC.", OF_PCS, BY_COUNT)  \
	X(REPORT_SEEN, "seen", "Seen on the network", "What discoveries saw last at each address, and " \
	  "whether the service knows the PC.", OF_ADDRESSES, BY_COUNT)                               \
	X(REPORT_GENERATION, "generation", "AMT generations", "First number of the firmware's version.", \
	  OF_PCS, BY_NUMBER)                                                                         \
	X(REPORT_RISK, "risk", "Firmware against advisories", "The worst security advisory that is about "  \
	  "the firmware of each PC.", OF_PCS, BY_RANK)                                               \
	X(REPORT_VULNERABLE, "advisory", "Advisories", "PCs that each security advisory is about.", OF_PCS, BY_COUNT) \
	X(REPORT_FIRMWARE, "firmware", "AMT firmware", "Versions, with the build where a PC was asked for it.", \
	  OF_PCS, BY_COUNT)                                                                          \
	X(REPORT_RULE, "rule", "What hinders configuration", "Diagnosis rule of the last refusal of PCs that " \
	  "are not configured.", OF_PCS, BY_COUNT)                                                   \
	X(REPORT_SUFFIX, "suffix", "DHCP option 15 and certificates", "DNS suffix that PCs get, and whether a " \
	  "provisioning certificate fits it.", OF_ASKED, BY_COUNT)                                   \
	X(REPORT_ADDRESS, "address", "Addresses of AMT and of the system", "A PC whose system has another " \
	  "address than its AMT is found under two.", OF_ASKED, BY_COUNT)                            \
	X(REPORT_MODE, "mode", "Control mode", "Admin control does all without consent; client control asks " \
	  "the user at the PC.", OF_ASKED, BY_COUNT)                                                 \
	X(REPORT_BIOS, "bios", "BIOS versions", "By maker and version.", OF_ASKED, BY_COUNT)        \
	X(REPORT_MODEL, "model", "Models", "By maker and model.", OF_ASKED, BY_COUNT)               \
	X(REPORT_MEMORY, "memory", "Memory", "In each PC.", OF_ASKED, BY_NUMBER)                    \
	X(REPORT_CERT, "certificate", "Certificates", "When those end that the service uses or gave to PCs.", \
	  OF_CERTS, BY_RANK)
enum cli_report_section {
#define X(id, name, head, text, of, order) id,
	CLI_REPORT_SECTIONS(X)
#undef X
	REPORT_SECTION_COUNT
};
#define CLI_REPORT_LISTED 200 /* PCs that are named one by one, of each list */

struct cli_report;
/* now: to say how long certificates have. */
struct cli_report *cli_report_new(int64_t now_unix_ms);
void cli_report_free(struct cli_report *r);
/* Common names of provisioning certificates; before the PCs. */
void cli_report_cert_name(struct cli_report *r, const char *subject);
void cli_report_pc(struct cli_report *r, const json_t *row);   /* of /v1/assets */
void cli_report_cert(struct cli_report *r, const json_t *row); /* of /v1/certs-expiry */
void cli_report_seen(struct cli_report *r, const json_t *row); /* of /v1/sightings */
/* {"pcs":n,"asked":n,"sections":[{"name","title","unit","of","rows":[{"what","count","note","weight"}]}],
 * "shared":[..],"differ":[..]}. of: all that the rows are parts of. weight: bad, poor or "". */
json_t *cli_report_json(struct cli_report *r);
void cli_report_html(struct out *o, const json_t *report, const char *made_at);

void cli_report_escape(struct out *o, const char *text); /* for HTML and SVG */
