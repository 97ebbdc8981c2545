/* TLS settings, certificates, keys: classes of wsman 3.11.
 * Order and remarks as told in classes_rows.h. */
#include "wsman/classes_rows.h"

/* clang-format off */
static const struct wsman_prop tls_setting_data[] = {
	P("AcceptNonSecureConnections", BOOL, 0),
	P("ElementName", STR, 0),
	P("Enabled", BOOL, REQ),
	P("InstanceID", STR, KEY),
	P("MutualAuthentication", BOOL, 0),
	P("NonSecureConnectionsSupported", BOOL, RO),
	P("TrustedCN", STR, ARR),
	P("X509IssuerName", STR, RO),
	P("X509SerialNumber", B64, RO),
};
CLASS(AMT, AMT_TLSSettingData, tls_setting_data, false);

static const struct wsman_prop tls_credential_context[] = {
	P("ElementInContext", EPR, KEY | REQ),
	P("ElementProvidingContext", EPR, KEY | REQ),
};
CLASS(AMT, AMT_TLSCredentialContext, tls_credential_context, false);

static const struct wsman_prop tls_endpoint_collection[] = {
	P("ElementName", STR, KEY),
};
CLASS(AMT, AMT_TLSProtocolEndpointCollection, tls_endpoint_collection, false);

static const struct wsman_prop tls_protocol_endpoint[] = {
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0), /* inherited */
	E("EnabledState", U16, 0, wsman_names_enabled_state), /* inherited */
	E("HealthState", U16, 0, wsman_names_health_state), /* inherited */
	P("Name", STR, KEY),
	P("NameFormat", STR, 0),
	E("OperationalStatus", U16, ARR, wsman_names_operational_status), /* inherited */
	P("OtherTypeDescription", STR, 0),
	P("ProtocolIFType", U16, 0),
	P("ProtocolType", U16, 0),
	E("RequestedState", U16, 0, wsman_names_requested_state), /* inherited */
	P("Role", U8, 0),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method tls_protocol_endpoint_methods[] = {
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(AMT, AMT_TLSProtocolEndpoint, tls_protocol_endpoint, true);

static const struct wsman_name signing_algorithm[] = {
	{ 0, "SHA1" }, { 1, "SHA256" }, { 2, "SHA384" }, { 0, NULL },
};
static const struct wsman_name key_algorithm[] = { { 0, "RSA" }, { 0, NULL } };
static const struct wsman_prop key_service[] = {
	P("CreationClassName", STR, KEY),
	P("ElementName", STR, 0),
	E("EnabledDefault", U16, RO, wsman_names_enabled_default),
	E("EnabledState", U16, RO, wsman_names_enabled_state),
	P("Name", STR, KEY),
	E("OperationalStatus", U16, RO | ARR, wsman_names_operational_status),
	E("RequestedState", U16, RO, wsman_names_requested_state),
	P("SystemCreationClassName", STR, KEY),
	P("SystemName", STR, KEY),
};
static const struct wsman_method key_service_methods[] = {
	M(AddCRL, MEMBERS(P("Url", STR, 0), P("SerialNumbers", STR, REQ | ARR)),
	  MEMBERS(P("CRL", EPR, 0))),
	M(ResetCRLList, NONE, NONE),
	M(AddCertificate, MEMBERS(P("CertificateBlob", B64, REQ)),
	  MEMBERS(P("CreatedCertificate", EPR, 0))),
	M(AddTrustedRootCertificate, MEMBERS(P("CertificateBlob", B64, REQ)),
	  MEMBERS(P("CreatedCertificate", EPR, 0))),
	M(AddKey, MEMBERS(P("KeyBlob", B64, REQ | SEC)), MEMBERS(P("CreatedKey", EPR, 0))),
	M(GeneratePKCS10RequestEx,
	  MEMBERS(P("KeyPair", EPR, REQ), E("SigningAlgorithm", U32, REQ, signing_algorithm),
		  P("NullSignedCertificateRequest", B64, REQ)),
	  MEMBERS(P("SignedCertificateRequest", B64, 0))),
	M(GenerateKeyPair,
	  MEMBERS(E("KeyAlgorithm", U32, REQ, key_algorithm), P("KeyLength", U32, REQ)),
	  MEMBERS(P("KeyPair", EPR, 0))),
	REQUEST_STATE_CHANGE(wsman_names_state_change),
};
CLASS_M(AMT, AMT_PublicKeyManagementService, key_service, true);

static const struct wsman_prop certificate[] = {
	P("ElementName", STR, 0),
	P("Expires", DATETIME, RO), /* inherited */
	P("InstanceID", STR, KEY),
	P("Issued", DATETIME, RO),  /* inherited */
	P("Issuer", STR, RO),
	P("ReadOnlyCertificate", BOOL, RO),
	P("Subject", STR, RO),
	P("TrustedRootCertficate", BOOL, 0),  /* firmware's own spelling */
	P("TrustedRootCertificate", BOOL, 0), /* another reader's spelling */
	P("X509Certificate", B64, 0),
};
CLASS(AMT, AMT_PublicKeyCertificate, certificate, true);

static const struct wsman_prop key_pair[] = {
	P("DERKey", B64, RO), /* the public part only */
	P("ElementName", STR, 0),
	P("Expires", DATETIME, RO), /* inherited */
	P("InstanceID", STR, KEY),
	P("Issued", DATETIME, RO),  /* inherited */
};
CLASS(AMT, AMT_PublicPrivateKeyPair, key_pair, true);

static const struct wsman_prop key_capabilities[] = {
	P("CertChainMaxSize", U32, RO),
	P("CommonNameMaxCount", U32, RO),
	P("CommonNameMaxSize", U32, RO),
	P("ElementName", STR, 0), /* inherited */
	P("InstanceID", STR, KEY),
	P("MaximumCRLSize", U32, RO),
	P("RootCertMaxCount", U32, RO),
	P("RootCertMaxSize", U32, RO),
	P("SupportedKeyLengths", U32, RO | ARR),
};
CLASS(AMT, AMT_PublicKeyManagementCapabilities, key_capabilities, false);

static const struct wsman_prop crl[] = {
	P("ElementName", STR, 0), /* inherited */
	P("InstanceID", STR, KEY),
	P("SerialNumbers", STR, ARR),
	P("Url", STR, 0),
};
CLASS(AMT, AMT_CRL, crl, false);
