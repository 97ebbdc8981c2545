/* The tables of classes, each ending with name NULL; fw_class.c goes through them. One a line, so that
 * lines can come and go. Part of fw_priv.h, which has
 * struct fw_class. */
#pragma once

extern const struct fw_class sim_fw_general_classes[],
	sim_fw_setup_classes[],
	sim_fw_admin_classes[],
	sim_fw_time_classes[],
	sim_fw_tls_classes[],
	sim_fw_pki_classes[],
	sim_fw_redir_classes[],
	sim_fw_net_classes[],
	sim_fw_info_classes[],
	sim_fw_power_classes[],
	sim_fw_wifi_classes[],
	sim_fw_8021x_classes[],
	sim_fw_defense_classes[],
	sim_fw_presence_classes[],
	sim_fw_alerts_classes[],
	sim_fw_alarms_classes[],
	sim_fw_log_classes[],
	sim_fw_remote_classes[],
	sim_fw_proxy_classes[],
	sim_fw_kerberos_classes[],
	sim_fw_audit_classes[],
	sim_fw_crl_classes[],
	sim_fw_optin_classes[],
	sim_fw_boot_classes[],
	sim_fw_hw_classes[];
