/* What each firmware generation takes of a provisioning chain, as one table with its sources.
 * Used by preflight.c; nobody else includes it. */
#pragma once
#include "pki/preflight.h"

enum pki_fact { PKI_FACT_LEAF_RSA, PKI_FACT_CA_RSA, PKI_FACT_CA_EC, PKI_FACT_SIG, PKI_FACT_COUNT, PKI_FACT_BYTES };

/* Verdict of that generation (amt_major 0: unknown) about one value (bits, enum pki_sig_hash,
 * certificates, bytes). With the generation unknown: the common verdict when all agree, else
 * PKI_WARN when a current one (7 to 21) objects, else PKI_UNKNOWN. want is filled in unless it is PKI_OK. */
enum pki_verdict pki_limits_judge_priv(enum pki_fact fact, unsigned value, unsigned amt_major, char *want,
				       size_t cap);
