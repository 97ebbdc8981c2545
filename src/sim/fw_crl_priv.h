/* Serial numbers of clients that mutual TLS refuses: fw_crl.c, for the handshake and for the service that is
 * asked to keep them. */
#pragma once
#include "sim/fw_priv.h"

extern const struct fw_method sim_fw_crl_methods[]; /* of AMT_PublicKeyManagementService */
/* A client certificate with that serial number (hex) is refused. */
bool sim_fw_crl_has(const struct sim_dev *d, const char *serial);
