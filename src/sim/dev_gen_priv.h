/* Cells of the row of a release as a device has them: a switch can overrule some. */
#pragma once
#include "sim/dev.h"

struct sim_dev;
unsigned sim_gen_number(const struct sim_generation *g); /* 161 for 16.1; the third number does not count */
bool sim_gen_pki(const struct sim_dev *d);
bool sim_gen_default_cert(const struct sim_dev *d);
unsigned sim_gen_hash_algs(const struct sim_dev *d);
bool sim_gen_eoi(const struct sim_dev *d);
bool sim_gen_consent(const struct sim_dev *d);
enum sim_realm sim_gen_realm(const struct sim_dev *d);
bool sim_gen_auth_int(const struct sim_dev *d);
bool sim_gen_redir_basic(const struct sim_dev *d); /* a password in clear opens a session */
bool sim_gen_chunked(const struct sim_dev *d);
const char *sim_gen_content_type(const struct sim_dev *d);
bool sim_gen_frame_deny(const struct sim_dev *d);
const char *sim_gen_logo(const struct sim_dev *d);
bool sim_gen_staged(const struct sim_dev *d);
bool sim_gen_key_spki(const struct sim_dev *d);
bool sim_gen_sha1_only(const struct sim_dev *d);
bool sim_gen_setup_is_chain(const struct sim_dev *d);
enum pki_sig_hash sim_gen_setup_sig(const struct sim_dev *d);
const char *sim_gen_tls_groups(const struct sim_dev *d); /* "": the library's */
const char *sim_gen_tls_sigs(const struct sim_dev *d);
const char *sim_gen_suites(const struct sim_dev *d);
/* A certificate with such a signature is taken; no switch changes it. */
bool sim_gen_sig_ok(const struct sim_generation *g, enum pki_sig_hash h);
