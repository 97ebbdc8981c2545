/* Logins and the entry of the firmware: one HTTP request in, the bytes of the reply out. */
#pragma once
#include "sim/dev_priv.h"
#include "wire/http1.h"

/* ---- fw_auth.c ---- */
enum fw_login { FW_LOGIN_OK, FW_LOGIN_CHALLENGE, FW_LOGIN_FAILED, FW_LOGIN_LOCKED };
struct fw_login_in {
	enum sim_session session;
	bool unlocked; /* this TLS connection logged in before and the ACL has not changed since */
	uint32_t user; /* who did: handle of fw_users.c, 0 the admin */
	struct span authorization, method, target, body;
	int64_t now_mono_ms;
};
/* out_user is set with FW_LOGIN_OK. */
enum fw_login sim_fw_login(struct sim_dev *d, const struct fw_login_in *in, uint32_t *out_user);
void sim_fw_challenge(struct sim_dev *d, int64_t now_mono_ms, struct out *o); /* value of WWW-Authenticate */

#define SIM_NONCE_TEXT 32
void sim_fw_nonce_make(struct sim_dev *d, char out_text[SIM_NONCE_TEXT + 1]);
bool sim_fw_nonce_known(const struct sim_dev *d, const char *text);
void sim_fw_count_fail(struct sim_dev *d, int64_t now); /* one wrong login more; may lock */

/* ---- fw_redir_auth.c ---- */
struct wire_redir_auth;
/* A login of method 1, 3 or 4. FW_LOGIN_CHALLENGE: it wants a nonce. */
enum fw_login sim_fw_redir_login(struct sim_dev *d, const struct wire_redir_auth *a,
				 int64_t now_mono_ms, uint32_t *out_user);

/* ---- fw_http.c ---- */
struct fw_http_in {
	const struct wire_http1_msg *msg;
	struct span body;
	enum sim_session session;
	bool unlocked;
	uint32_t user; /* who unlocked it */
	const char *peer; /* its address */
	int64_t now_mono_ms, now_unix_ms;
};
struct fw_http_out {
	unsigned status;
	bool close, unlocked, committed;
	uint32_t user; /* who asked */
	int64_t delay_ms;
	unsigned effects;
	enum sim_state to_state;
	char cls[64], method[48]; /* for the log */
};
void sim_fw_http(struct sim_dev *d, const struct fw_http_in *in, struct fw_http_out *out_h,
		 struct out *reply);
