/* PID and PPS: the pre-shared key pair of AMT 2-10 (setup-and-configuration 2.1).
 * PID: 8 characters, printed XXXX-XXXC. PPS: 32 characters, printed as 8 groups of XXXC.
 * Alphabet A-Z 0-9; C is a check character: r = sum of the ASCII codes before it mod 36,
 * '0'+r below 10, else 0x37+r. PID: over the 7 before it; PPS: each group over its 3 (D).
 * The TLS key is the 32 ASCII bytes of the PPS as they are; the identity the 8 of the PID. */
#pragma once
#include "base/err.h"
#include "base/rng.h"
#include "base/span.h"

#define WIRE_PSK_PID_LEN 8
#define WIRE_PSK_PPS_LEN 32

char wire_psk_check_char(struct span before);
/* Accept with or without dashes and lower case; give the plain upper-case form. Errors say which
 * group or character is wrong; the PPS itself never enters the error. */
bool wire_psk_parse_pid(struct span text, char out_pid[WIRE_PSK_PID_LEN + 1], struct err *e);
bool wire_psk_parse_pps(struct span text, char out_pps[WIRE_PSK_PPS_LEN + 1], struct err *e);
void wire_psk_print_pid(const char *pid, char out_text[10]); /* with dash */
void wire_psk_print_pps(const char *pps, char out_text[40]); /* with dashes */
void wire_psk_make_pid(struct rng *r, char out_pid[WIRE_PSK_PID_LEN + 1]);
void wire_psk_make_pps(struct rng *r, char out_pps[WIRE_PSK_PPS_LEN + 1]);
/* The strong password rule of AMT and MEBx (setup-and-configuration 5.2): 8-32 characters of
 * ASCII 32-126, a lower, an upper, a digit and a special one ('_' and blank do not count), never
 * ':' ',' '"'. The password never enters the error. */
bool wire_psk_check_password(struct span password, struct err *e);
/* 16 characters from letters, digits and ! @ # $ % ^ * that satisfy the rule (US keyboard). */
#define WIRE_PSK_PASSWORD_LEN 16
void wire_psk_make_password(struct rng *r, char out_password[WIRE_PSK_PASSWORD_LEN + 1]);
