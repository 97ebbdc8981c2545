/* The login of RFB (VNC): DES of a challenge under a password of 8 characters. As weak as it sounds; AMT
 * wants it on port 5900. Secrets stay with the caller. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

bool pki_vnc_response(const char password[8], const uint8_t challenge[16], uint8_t out_response[16]);
