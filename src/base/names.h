/* Lists of names and addresses as people write them: "lab[01-40].example.com,10.0.0.0/16,
 * 10.1.0.5-10.1.0.90,10.2.0.1-40,pc7,2001:db8::7". A list is kept as it was written and its members
 * are made one at a time, by number, so that 16 million of them cost as little as one. Targets of
 * commands and discovery use it. Opens nothing and asks no name server. */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "base/out.h"

#define NAMES_TEXT_SIZE  256
#define NAMES_MAX_ITEMS  65536 /* of one list, as written */
#define NAMES_MAX_GROUPS 4     /* brackets of one name */

struct names_item; /* in names.c */
struct names {
	struct names_item *items;
	size_t item_count, item_cap;
	uint64_t count, max; /* members; more than max is an error */
	struct buf text;     /* the patterns */
};

void names_init(struct names *n, uint64_t max_members);
void names_deinit(struct names *n);
/* Adds a list with commas. Of a network with more than two addresses the first and the last are left
 * out: they are the network itself and its broadcast address. On an error nothing was added. */
bool names_add(struct names *n, struct span list, struct err *e);
/* Member i in the order as written; false past the end. */
bool names_at(const struct names *n, uint64_t i, char out_text[NAMES_TEXT_SIZE]);
/* The same as an IPv4 address in host order; false when it is a name, or past the end. */
bool names_ip_at(const struct names *n, uint64_t i, uint32_t *out_ip);

/* Back to one text: sorted, without duplicates, runs of numbers as ranges. What it prints, names_add
 * reads. The array is sorted in place; the texts are borrowed. */
void names_print(struct out *o, const char **texts, size_t count);

bool names_ip_parse(struct span text, uint32_t *out_ip); /* dotted quad, to host order */
#define NAMES_IP_SIZE 16
void names_ip_print(uint32_t ip, char out_text[NAMES_IP_SIZE]);
