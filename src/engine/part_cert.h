/* Certificates that parts of a profile refer to, as the device has them. For the files part_*.c only. */
#pragma once
#include "engine/part.h"

/* Trusted roots that the profile names (KEY_CERT) as the device has them. certs: index of the read that
 * enumerates AMT_PublicKeyCertificate. InstanceID; NULL: the device does not have it. */
const char *engine_part_root(const struct engine_part_in *in, unsigned certs, const char *name);
/* The same, with a change (CHANGE_REREAD) that adds it where it is missing: what is planned behind that
 * needs no handle yet. field: for the line. */
const char *engine_part_need_root(const struct engine_part_in *in, unsigned certs, const char *name,
				  const char *field, struct engine_changes *c);
/* InstanceID of the certificate that the device shows on TLS; contexts: index of the read that enumerates
 * CIM_CredentialContext. NULL: none. */
const char *engine_part_own_cert(const struct engine_part_in *in, unsigned contexts);
