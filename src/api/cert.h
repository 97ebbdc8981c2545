/* A certificate file that was sent, and what was found in it. Shared by the check and the import. */
#pragma once
#include "api/import.h"
#include "pki/preflight.h"
#include "wire/hello.h"

struct api_cert {
	struct secret file, password;
	struct pki_chain *chain;       /* and its alternatives */
	struct err err;                /* of the reading, made on the worker */
	struct pki_preflight_want want;
	struct wire_hello hello;       /* of the device that fqdn names, when it is known */
	api_then_fn *read;             /* what to do with the chain */
	struct pki_key *key;           /* of the request that the file answers; NULL: the key is in the file */
	const char *request;           /* its row, which ends with the import */
	bool force, stored;
	const struct store_cert *former; /* that had the name; NULL: none */
	const char *names[LIMIT_CERT_CHAIN * 2];
	unsigned name_count;
	struct api_requeue requeue;
};
/* Reads the body and the chain in it, on a worker; then read, or an error as the answer. */
void api_cert_read(struct api_req *r, api_then_fn *read);
/* The same for a file that answers a request. Takes: key. */
void api_cert_read_for(struct api_req *r, struct pki_key *key, const char *request, api_then_fn *read);
/* Imports the answer to a request under the name of the path. Takes: key. */
void api_cert_put_for(struct api_req *r, struct pki_key *key, const char *request);
/* Judges the first chain. */
void api_cert_judge(struct api_req *r, struct pki_preflight *out_p);
/* The judgement as the answer; with the names when it was stored. */
void api_cert_answer(struct api_req *r);
/* The sealed private key of a stored row. Caller frees. */
bool api_cert_key(struct api_req *r, const struct store_cert *row, struct pki_key **out_key, struct err *e);
