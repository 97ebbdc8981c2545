/* How a virtual device is reached: what joins it to its network, and the tunnel that it opens when it is away
 * from home. Asked by dev.c for each connection, by services for what they show. Sends nothing. */
#include "base/str.h"
#include "sim/dev_reach_priv.h"

void sim_dev_set_links(struct sim_dev *d, unsigned links)
{
	d->links = (uint8_t)(links & (SIM_LINK_CABLE | SIM_LINK_RADIO));
	if (sim_dev_is_away(d))
		sim_conn_reset_all(d, NULL);
}

bool sim_dev_links_parse(struct span text, unsigned *out_links)
{
	static const char *const words[] = { "none", "cable", "radio", "both" };

	for (unsigned i = 0; i < 4; i++) {
		if (span_eq_str(text, words[i])) {
			*out_links = i;
			return true;
		}
	}
	return false;
}

void sim_dev_set_gateway(struct sim_dev *d, bool is_there)
{
	d->gateway = is_there;
	if (sim_dev_is_away(d))
		sim_conn_reset_all(d, NULL);
}

/* Policy 1 of a list: the port has power while the host is on, on mains (setup-and-configuration 5.3). */
static bool has_policy(const struct sim_dev *d)
{
	struct span left = span_str(sim_var_active(d, SIM_VAR_LINK_POLICY));

	if (d->power_off)
		return true;
	while (left.n > 0) {
		size_t n = span_find(left, '\n');
		if (span_eq_str(span_make(left.p, n), "1"))
			return true;
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	return false;
}

bool sim_dev_is_joined(const struct sim_dev *d, enum sim_link by)
{
	if (!(d->links & by))
		return false;
	return by == SIM_LINK_CABLE ? has_policy(d)
				    : d->state == SIM_CONFIGURED && sim_dev_has_networks(d);
}

bool sim_dev_is_tunnelled(const struct sim_dev *d)
{
	return d->gateway && sim_dev_is_outside(d) && sim_dev_opens_tunnel(d);
}

bool sim_dev_is_away(const struct sim_dev *d)
{
	if (d->state != SIM_CONFIGURED)
		return false;
	if (!sim_dev_is_joined(d, SIM_LINK_CABLE) && !sim_dev_is_joined(d, SIM_LINK_RADIO))
		return true;
	return sim_dev_is_outside(d) && !sim_dev_is_tunnelled(d);
}
