/* The commands about certificates and the built-in CA: a part of the table in commands.h, which is the
 * one to include. */
#pragma once

#define CLI_CHECK_ARGS "[--password-file FILE] [--fqdn NAME] [--suffix SUFFIX] [--firmware VERSION] [--hello FILE]"

#define CLI_COMMANDS_CERT(X)                                                                        \
	X("cert", "import", "NAME FILE " CLI_CHECK_ARGS " [--force]", "check a provisioning certificate and store it when it is usable", \
	  CMD_NEEDS_SERVER, cli_cmd_cert_import)                                                    \
	X("cert", "check", "FILE " CLI_CHECK_ARGS, "judge a provisioning certificate, without the service", \
	  CMD_LOCAL, cli_cmd_cert_check)                                                            \
	X("cert", "trust", "NAME FILE", "store a certificate that profiles name, such as the root of a gateway", \
	  CMD_NEEDS_SERVER, cli_cmd_cert_trust)                                                     \
	X("cert", "trusted", "", "list the certificates that profiles can name", CMD_NEEDS_SERVER, cli_cmd_cert_trusted) \
	X("cert", "distrust", "NAME...", "remove certificates that profiles name; PCs keep them", \
	  CMD_NEEDS_SERVER, cli_cmd_cert_distrust)                                                  \
	X("cert", "list", "", "list the provisioning certificates", CMD_NEEDS_SERVER, cli_cmd_cert_list) \
	X("cert", "export", "NAME", "print a chain as PEM, without its key; ca: that of the service, to trust its PCs", \
	  CMD_NEEDS_SERVER, cli_cmd_cert_export)                                                    \
	X("cert", "delete", "NAME... [--yes]", "remove provisioning certificates", CMD_NEEDS_SERVER, cli_cmd_cert_delete) \
	X("cert", "request", "NAME [--fqdn NAME] [--suffix SUFFIX] [--key-bits BITS] [--country CC] [--province NAME] [--city NAME] [--organization NAME] [--replace] [--output FILE]", \
	  "order a provisioning certificate: make a key and print a request for a CA", CMD_NEEDS_SERVER | CMD_NO_CSV, cli_cmd_cert_request) \
	X("cert", "install", "NAME FILE... [--fqdn NAME] [--firmware VERSION] [--force]",             \
	  "store what a CA answered to a request; more files may complete the chain", CMD_NEEDS_SERVER, cli_cmd_cert_install) \
	X("cert", "backup", "NAME FILE [--password-file FILE]", "write a certificate and its key as encrypted PKCS#12, for 'cert import'", \
	  CMD_NEEDS_SERVER, cli_cmd_cert_backup)                                                    \
	X("cert", "match", "[DEVICE]...", "show which provisioning certificate each PC would take, or why not", \
	  CMD_NEEDS_SERVER, cli_cmd_cert_match)                                                     \
	X("cert", "expiry", "[--days N]", "list certificates in use that end soon: for setup, of the CA, of PCs", \
	  CMD_NEEDS_SERVER, cli_cmd_cert_expiry)                                                    \
	X("cert", "ca", "", "show the CAs of the service, which sign the certificates of PCs", CMD_NEEDS_SERVER, cli_cmd_cert_ca) \
	X("cert", "crl", "[NAME] [--der] [--output FILE]", "print the revocation list of a CA (default ca) as PEM", \
	  CMD_NEEDS_SERVER | CMD_NO_CSV, cli_cmd_cert_crl)                                          \
	X("cert", "revoke", "NAME [--reason REASON] [--yes]", "take back a certificate of a PC by its serial number, or all of a PC", \
	  CMD_NEEDS_SERVER, cli_cmd_cert_revoke)                                                    \
	X("cert", "renew-ca", "[--root] [--yes]", "make a new issuing CA; PCs keep what the former one signed", \
	  CMD_NEEDS_SERVER, cli_cmd_cert_renew_ca)
