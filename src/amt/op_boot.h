/* Rows of AMT_OPS (amt/op.h) about the next boot, user consent and KVM. */
#pragma once

/* options: words divided by commas, those of amt_boot_options (op_boot_priv.h). */
#define AMT_OPS_BOOT(X)                                                                             \
	X(AMT_OP_BOOT, "boot", "target power options verbosity media code* uri erase wait",          \
	  AMT_OP_CHANGES | AMT_OP_TAKES_WORK, amt_op_boot, "what the next start of the PC boots from") \
	X(AMT_OP_BOOT_CAN, "boot.can", "", 0, amt_op_boot_can, "boot targets and options that the PC has") \
	X(AMT_OP_BOOT_CLEAR, "boot.clear", "", AMT_OP_CHANGES, amt_op_boot_clear,                   \
	  "take back boot options that no start has used")                                          \
	X(AMT_OP_CONSENT_STATE, "consent.state", "", 0, amt_op_consent_state,                       \
	  "whether the PC wants its user's consent, and whether it is given")                       \
	X(AMT_OP_CONSENT_REQUEST, "consent.request", "", AMT_OP_CHANGES, amt_op_consent_request,    \
	  "show a consent code on the PC's screen")                                                 \
	X(AMT_OP_CONSENT_SEND, "consent.send", "code*", AMT_OP_CHANGES, amt_op_consent_send,         \
	  "give the PC the code that its user has read")                                            \
	X(AMT_OP_CONSENT_CANCEL, "consent.cancel", "", AMT_OP_CHANGES, amt_op_consent_cancel,       \
	  "take a consent back, or its request")                                                    \
	X(AMT_OP_KVM_STATE, "kvm.state", "", 0, amt_op_kvm_state, "KVM of the PC: switched on, in use, consent") \
	X(AMT_OP_KVM_ENABLE, "kvm.enable", "", AMT_OP_CHANGES, amt_op_kvm_enable, "switch KVM on")  \
	X(AMT_OP_KVM_DISABLE, "kvm.disable", "", AMT_OP_CHANGES, amt_op_kvm_disable, "switch KVM off")
