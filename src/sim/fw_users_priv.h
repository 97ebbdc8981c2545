/* Users beside the admin: the access control list (setup-and-configuration 5.7). fw_admin.c has the class
 * AMT_AuthorizationService, fw_auth.c asks for logins, fw_dispatch.c what a user may do. */
#pragma once
#include "sim/fw_priv.h"

extern const struct fw_method sim_fw_users_methods[]; /* ends with name NULL */
/* 1-16 characters of ASCII 33-126 without : , < > & "; "$$..." and two names are taken (5.2). */
bool sim_fw_users_name_ok(const struct sim_dev *d, const char *name);
bool sim_fw_users_digest(const struct sim_dev *d, const char *text, uint8_t out_ha1[16]);
/* Handle of the enabled user who may come over the network, with its digest; 0: none. */
uint32_t sim_fw_users_login(const struct sim_dev *d, const char *name, uint8_t out_ha1[16]);
/* Whether that user has the realm; the admin (0) and administrators have all. */
bool sim_fw_users_has(const struct sim_dev *d, uint32_t user, unsigned realm);
/* Whether x->user has a realm for x->cls. */
bool sim_fw_users_may(const struct fw_ctx *x);
