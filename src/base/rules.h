/* Texts of the diagnosis rules that engine, pki and doctor speak of: id, short name (also the
 * simulator's fault name where there is one), what is wrong, what to do. One place, so that all
 * of them say the same. Ids are those of the product's diagnosis catalogue and never change. */
#pragma once
#define RULES(X)                                                                                    \
	X("D014", "fw_drop_1699x", "a firewall between drops or resets connections",                \
	  "open ports 16992-16995 from this service to the PCs, and 9971 from the PCs to it")       \
	X("D015", "legacy_soap", "the PC's firmware is older than 3.2.1 and has no WS-MAN",         \
	  "'outband pc' reads and switches it; update its firmware to configure it: over the old "  \
	  "SOAP interface that is not built")                                                       \
	X("D016", "psk_mismatch", "the PPS in the PC differs from the stored one",                  \
	  "compare PID and PPS with those in MEBx, and enter the pair again")                       \
	X("D040", "otc_pw_changed", "the PC is not in factory default: a key on USB is ignored",    \
	  "type the key in MEBx ('outband key sheet'), use remote configuration, or clear its CMOS") \
	X("D020", "amt_bios_off", "a host answers there, and AMT does not",                         \
	  "enable AMT in the BIOS; firmware up to 6.1 also shows nothing until it is set up")       \
	X("D023", "already_provisioned", "another product configured the PC",                       \
	  "take it over with 'outband device adopt', or unconfigure it there")                      \
	X("D091", "sol_disabled", "redirection is off in the PC: no serial console, no media",         \
	  "when consoles and media are wanted: redirection in the profile, or SOL and storage in its MEBx") \
	X("D105", "webui_off", "the port is open, and no pages are served",                         \
	  "when they are wanted: webui in the profile; all else works without them")                \
	X("D120", "fqdn_ip_wrong", "the name of the PC leads to another address than its own",      \
	  "mend DNS, or have the lease renewed; until then name the PC by its UUID or address")     \
	X("D121", "not_listening", "AMT does not listen where it should",                           \
	  "check that this address is that of AMT (DNS, its own lease), and its home domains")      \
	X("M17", "tls_old_only", "the PC speaks only TLS versions that today's programs refuse",    \
	  "outband speaks them with it; browsers and other consoles may not")                       \
	X("D026", "hello_expired", "the PC has stopped saying hello and is not configured",         \
	  "make it say hello again: all power off for half a minute, or the local agent, or MEBx")  \
	X("D043", "pid_unknown", "the PID in the hello is not in the key store",                    \
	  "import the OEM key file or enter the PID and PPS with 'outband key import'")             \
	X("D044", "pid_used", "the key pair was already used by another PC",                        \
	  "check which UUID used it with 'outband key list --used'; give this PC a key of its own") \
	X("D045", "ip_changed", "the address changed between hello and connection",                 \
	  "wait for the next hello; the newest address is used")                                    \
	X("D046", "no_fqdn_yet", "the PC has no stable name yet",                                   \
	  "wait until it is installed; patterns of such names are in the setting name.not_yet")     \
	X("D049", "hostname_mismatch", "the PC is configured under another name than its system has", \
	  "'outband device why-name' shows both; 'outband device apply' gives the PC the one that wins") \
	X("D122", "envdet_wrong", "the PC takes itself for outside of its home domains",           \
	  "at the PC: unconfigure it in its MEBx or BIOS; mend the home domains of the profile first") \
	X("D125", "envdet_ad_root", "the profile's home domains lack the DNS suffix that the PC sees", \
	  "put the suffix of its network (DHCP option 15) into home_domains, not that of the directory") \
	X("D050", "fqdn_illegal", "the FQDN has characters outside A-Z a-z 0-9 - .",                \
	  "rename the PC, then set the mapping again with 'outband device import'")                 \
	X("D051", "bad_admin_pw", "the admin credential is not known",                              \
	  "enter the PC's MEBx or admin password with its key ('outband key import')")              \
	X("D053", "cert_no_serverauth", "the provisioning certificate lacks Server Authentication", \
	  "order the certificate again with the serverAuth extended key usage")                     \
	X("D054", "cert_no_ou_oid",                                                                 \
	  "the certificate has neither the Intel setup OU nor the AMT provisioning OID",            \
	  "order the certificate again with OU 'Intel(R) Client Setup Certificate' or EKU "         \
	  "2.16.840.1.113741.1.2.3")                                                                \
	X("D056", "root_not_in_list", "no certificate chain ends in a root that the PC trusts",     \
	  "use a certificate of a CA in the PC's hash list, or add your root hash (MEBx or USB)")   \
	X("D057", "suffix_untrusted", "the certificate's name does not fit the PC's DNS suffix",    \
	  "fix DHCP option 15 for that subnet or set the PKI DNS suffix in MEBx")                   \
	X("D058", "chain_incomplete", "the intermediate or root certificate of the chain is missing", \
	  "import the certificate again together with its intermediate and root certificates")      \
	X("D059", "cert_expired", "a certificate of the provisioning chain is expired or not yet valid", \
	  "renew it; import the new one with 'outband cert import'")                                \
	X("D060", "cert_key_size", "a key of the chain has a size that this firmware does not take", \
	  "order the certificate again with a supported key size")                                  \
	X("D061", "deep_cctld", "the PC's domain lies deeper under a country domain than the "      \
	  "certificate's name reaches",                                                             \
	  "order a certificate for that child domain, or set the PKI DNS suffix in MEBx")           \
	X("D062", "fw_321_selfsigned",                                                              \
	  "the PC shows the odd self-signed certificate of AMT 3.2.1, which strict TLS stacks refuse", \
	  "update it to 3.2.2, or set it up and unprovision it once: it makes another certificate") \
	X("D066", "no_private_key", "the private key of the certificate is missing",                \
	  "export it with its key on the machine that made the request, or re-key with the vendor") \
	X("D070", "rc_disabled", "remote configuration (PKI) is switched off",                      \
	  "switch it on with 'outband setting set pki.enabled true'")                               \
	X("D075", "props_fail", "the hook program did not answer as it should",                     \
	  "see 'outband log DEVICE' for its output; run it by hand with the same input")            \
	X("D076", "fqdn_unknown", "no FQDN is known for this UUID",                                 \
	  "import a mapping with 'outband device import FILE' (uuid,fqdn[,group])")                 \
	X("D077", "timeout_zero", "the hook program gets no or too little time",                    \
	  "set hook.timeout_s above what the program needs (180 is usual); 0 would kill each run "  \
	  "at once, and nothing would ever be configured")                                          \
	X("D078", "dns_wrong_pc", "the name is that of another PC",                                 \
	  "correct the DNS records of address and name, or map it: 'outband device name'")          \
	X("D079", "no_default_profile", "there is no profile for the PC",                           \
	  "store one with 'outband profile set', or name another with profile.default")             \
	X("M01", "cert_sha1", "the chain is signed with SHA-1, which this firmware refuses",        \
	  "order the certificate again under a SHA-2 chain")                                        \
	X("M02", "amt22_sizes",                                                                     \
	  "AMT 22 and later refuse RSA-2048, ECC-256, SHA-256 and AES-128",                         \
	  "order the chain again with RSA 3072 or ECC 384 keys and SHA-384 signatures")             \
	X("M03", "cert_ca_market", "few public CAs still issue certificates for AMT setup",         \
	  "order in time, or use a CA of your own: its root hash in the PCs (MEBx or USB) and the " \
	  "PKI DNS suffix")                                                                         \
	X("M09", "uuid_placeholder", "the UUID is a placeholder that several PCs share",            \
	  "write a real UUID with the vendor's tool")                                               \
	X("M16", "kvm_black", "KVM connects, and the screen stays black or the session ends",       \
	  "a monitor or a dummy plug at the PC, a smaller resolution or 8 bit colours, port 16995 "  \
	  "where it speaks TLS")                                                                     \
	X("M19", "lockout", "too many wrong logins would lock the account",                         \
	  "wait; the next try is made when the budget allows it")                                   \
	X("M24", "no_consent", "the PC wants the consent of its user for this, and has none yet",      \
	  "'outband consent request', have its user read the code from the screen, 'outband consent " \
	  "send', then this again")                                                                 \
	X("M23", "tls_no_common", "the PC and this service have no TLS version or cipher in common", \
	  "update the PC's firmware")

struct rules_row {
	const char *id, *name, *text, *fix;
};
const struct rules_row *rules_find(const char *id); /* NULL when unknown */
const struct rules_row *rules_at(unsigned i);       /* NULL past the end */
