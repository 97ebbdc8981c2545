/* A KVM session of a virtual device, whatever line it has: the redirection port (redir_kvm.c) or port 5900
 * (kvm_port.c). kvm.c pumps the picture while the line takes it and ends what idles. */
#pragma once
#include "sim/kvm.h"
#include "sim/redir_priv.h"
#include "sim/rfb.h"

#define SIM_KVM_NO_CONSENT "0x80862300" /* reasons as viewers get them (redirection 7.4) */
#define SIM_KVM_IDLE       "0x80862700"
#define SIM_KVM_ENDED      "0x80862100" /* by an administrator (G) */

#define SIM_KVM_ALERT 52 /* discovery 7.3; 0: a session is asked for */

struct sim_kvm_line {
	bool (*send)(void *arg, struct span bytes);
	size_t (*queued)(void *arg);
	void (*end)(void *arg); /* flush, then FIN; soon, never inside the call */
	void *arg;
};
bool sim_kvm_on(const struct sim_dev *d);         /* the SAP is switched on */
bool sim_kvm_is_open(const struct sim_dev *d);
/* A session begins: the server speaks. password: NULL, or what the viewer must prove. refuse: a reason to
 * say no with; NULL. */
void sim_kvm_open(struct sim_dev *d, const struct sim_kvm_line *line, const char *password, const char *refuse);
size_t sim_kvm_take(struct sim_dev *d, struct span in);
void sim_kvm_room(struct sim_dev *d);
void sim_kvm_closed(struct sim_dev *d);           /* its line is gone */
bool sim_kvm_stop(struct sim_dev *d, const char *reason); /* false: none is open */
void sim_kvm_port_reset(struct sim_dev *d);       /* the line of port 5900 dies */
void sim_kvm_free(struct sim_dev *d);
struct sim_kvm_port; /* a line of port 5900 */
struct sim_kvm_port **sim_kvm_port_of(struct sim_dev *d);
