/* The firmware's own judgement of chains. */
#pragma once
#include "sim/dev_priv.h"

struct fw_chain_want {
	const struct sim_generation *gen;
	const struct sim_root *roots; /* hash list of the device */
	unsigned root_count;
	unsigned algs;                /* only entries of these kinds count: bit n = wire_hello_alg n */
	const char *suffix;           /* DNS suffix that the device sees; "" : none */
	bool check_dates;
	bool any_key;                 /* no limits of key sizes (switch key_limits) */
	bool sha1_only;               /* SHA-2 signatures are not known (switch chain_hash) */
	int64_t now_unix_ms;
};
/* Judges a provisioning chain as the peer sent it. False with the reason: rule, seen, want. */
bool sim_fw_chain_check(const struct fw_chain_want *want, const struct span *ders, unsigned count,
			struct err *e);
/* 3.4 on the device's side. */
bool sim_fw_chain_suffix(const struct sim_generation *gen, const char *cn, const char *suffix);
/* Mutual TLS of a configured device: the chain ends in a trusted root of the store. */
bool sim_fw_chain_client(const struct sim_dev *d, const struct span *ders, unsigned count,
			 struct err *e);
