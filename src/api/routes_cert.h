/* Routes about certificates and the CAs of the service: a part of the table in routes.h, which explains the
 * columns. */
#pragma once

#define API_ROUTES_CERT(X)                                                                                \
	X("GET", "/v1/certs", API_ROLE_VIEWER, "state after limit", "", api_cert_list,                    \
	  "Provisioning certificate chains; deleted ones only with state=disabled.")                      \
	X("GET", "/v1/certs/{}", API_ROLE_VIEWER, "", "", api_cert_get,                                   \
	  "One chain as PEM, without its key; ca gives the CAs of the service, for those who trust its PCs.") \
	X("POST", "/v1/certs/{}", API_ROLE_SECURITY, "force",                                             \
	  "application/json: data (base64 of PKCS#12 or PEM), password, fqdn, version", api_cert_put,     \
	  "Judges a provisioning chain and stores it when it is usable or with force=true.")              \
	X("DELETE", "/v1/certs/{}", API_ROLE_SECURITY, "", "", api_cert_delete,                           \
	  "Disables a provisioning chain and erases its private key.")                                    \
	X("POST", "/v1/certs/{}/request", API_ROLE_SECURITY, "replace",                                   \
	  "application/json: fqdn, suffix, key_bits, country, state, city, organization", api_cert_request, \
	  "Makes a key and a request (PKCS#10) for a provisioning certificate; the key stays here.")      \
	X("GET", "/v1/certs/{}/request", API_ROLE_SECURITY, "", "", api_cert_request_get,                 \
	  "The request that waits for its answer, again.")                                                \
	X("POST", "/v1/certs/{}/install", API_ROLE_SECURITY, "force",                                     \
	  "application/json: data (base64 of PEM, DER or PKCS#7), fqdn, version", api_cert_install,       \
	  "Stores the answer to a request as the provisioning certificate of that name, at once in use.") \
	X("POST", "/v1/certs/{}/backup", API_ROLE_SECURITY, "", "application/json: password", api_cert_backup, \
	  "A provisioning certificate with its key as PKCS#12 under that password; audited before.")      \
	X("GET", "/v1/certs-trusted", API_ROLE_VIEWER, "after limit", "", api_cert_trusted,              \
	  "Certificates that profiles can name.")                                                         \
	X("PUT", "/v1/certs-trusted/{}", API_ROLE_SECURITY, "", "application/octet-stream: PEM, DER or PKCS#7", api_cert_trust, \
	  "Stores a certificate under a name for profiles: the last one of the file.")                    \
	X("DELETE", "/v1/certs-trusted/{}", API_ROLE_SECURITY, "", "", api_cert_distrust,                 \
	  "Removes it; PCs that have it keep it.")                                                        \
	X("GET", "/v1/certs-expiry", API_ROLE_VIEWER, "days after limit", "", api_cert_expiry,            \
	  "Certificates in use that end within so many days (90): provisioning, CAs, those that devices show.") \
	X("GET", "/v1/certs-match", API_ROLE_VIEWER, "device after limit", "", api_cert_match,            \
	  "Each provisioning certificate against each device set up by certificate: accepted, or what fails.") \
	X("GET", "/v1/ca", API_ROLE_VIEWER, "after limit", "", api_ca_list,                               \
	  "The CAs of the service, present and former: tier, validity, key, how many of theirs are revoked.") \
	X("GET", "/v1/ca/{}/crl", API_ROLE_VIEWER, "", "", api_ca_crl,                                    \
	  "The revocation list of one of them, signed now, as DER.")                                      \
	X("POST", "/v1/ca/{}/revoke", API_ROLE_SECURITY, "", "application/json: reason", api_ca_revoke,   \
	  "Takes back one certificate by its serial number, or all of a device.")                         \
	X("POST", "/v1/ca/renew", API_ROLE_SECURITY, "root", "", api_ca_renew,                            \
	  "Makes new issuing CAs, with root=true new roots too; the former ones keep their lists.")       \
	X("POST", "/v1/certs-check", API_ROLE_VIEWER, "",                                                 \
	  "application/json: data (base64 of PKCS#12 or PEM), password, fqdn, version", api_cert_check,   \
	  "Judges a provisioning chain, for one device or for any, and stores nothing.")
