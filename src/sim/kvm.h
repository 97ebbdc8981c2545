/* KVM of a virtual device: port 5900 for viewers that know nothing of redirection, and what sim ctl shows.
 * Sessions over the redirection ports come by themselves (redir.c). */
#pragma once
#include "sim/dev.h"

bool sim_dev_kvm_listens(const struct sim_dev *d); /* port 5900 is on, has a password, and nobody is there */
void sim_dev_kvm_serve(struct sim_dev *d, struct net_stream *s); /* Takes: s */
void sim_dev_print_kvm(struct sim_dev *d, struct out *o); /* one line */
