/* The PC behind the firmware: on or off, and what a power command makes of it. The firmware itself
 * runs in both states. Asked by fw_power.c (WS-MAN) and fw_eoi_power.c (legacy SOAP). */
#include "base/clk.h"
#include "sim/dev_boot_priv.h"
#include "sim/dev_priv.h"
#include "sim/alerts.h"
#include "sim/events.h"
#include "sim/presence_priv.h"
#include "sim/fw_defense_priv.h"
#include "sim/ider_priv.h"
#include "sim/machine_priv.h"
#include "sim/kvm_priv.h"
#include "sim/redir_priv.h"

#define OS_WAKE_VECTOR 18 /* progress code of wsman 3.1 */
#define ALERT_SYSTEM   67

bool sim_dev_is_on(const struct sim_dev *d)
{
	return !d->power_off;
}

bool sim_dev_power_can(const struct sim_dev *d, enum sim_power_act act)
{
	bool agent =
		act < SIM_POWER_SOFT_DOWN || sim_switches_is(&d->sw, SIM_SW_HOST_AGENT, "runs");

	if (d->asleep && act != SIM_POWER_ON) /* nothing runs that could do more than end */
		return act == SIM_POWER_DOWN;
	return agent && (act == SIM_POWER_ON) == d->power_off;
}

unsigned sim_dev_s_state(const struct sim_dev *d)
{
	if (!d->power_off)
		return 0;
	return d->asleep ? d->asleep : 5;
}

/* What the system of the PC is asked to do itself. */
static void tell(struct sim_dev *d, enum sim_power_act act)
{
	int what = act == SIM_POWER_SOFT_DOWN ? 0
		: act == SIM_POWER_SOFT_RESET ? 1
		: act == SIM_POWER_SLEEP      ? 2
		: act == SIM_POWER_HIBERNATE  ? 3
					      : -1;

	if (what >= 0)
		sim_alerts_message(d, ALERT_SYSTEM, what, 2);
}

bool sim_dev_power(struct sim_dev *d, enum sim_power_act act)
{
	bool ends = act == SIM_POWER_DOWN || act == SIM_POWER_CYCLE || act == SIM_POWER_SOFT_DOWN;
	bool wakes = act == SIM_POWER_ON && d->asleep == 3; /* its memory is as it was */

	/* Refused while somebody looks on or serves a drive (D). */
	if (!sim_dev_power_can(d, act) ||
	    (ends && (sim_redir_is_open(d, WIRE_REDIR_NONE) || sim_kvm_is_open(d))))
		return false;
	sim_defense_catch_up(d, clk_unix_ms());
	tell(d, act);
	sim_presence_power(d, act);
	act = act == SIM_POWER_SOFT_DOWN      ? SIM_POWER_DOWN
		: act == SIM_POWER_SOFT_RESET ? SIM_POWER_RESET
					      : act;
	d->asleep = act == SIM_POWER_SLEEP ? 3 : act == SIM_POWER_HIBERNATE ? 4 : 0;
	if ((act == SIM_POWER_ON && !wakes) || act == SIM_POWER_CYCLE || act == SIM_POWER_RESET)
		sim_boot_start(d);
	switch (act) {
	case SIM_POWER_ON:
		d->power_off = false;
		d->stats.power_ons++;
		if (wakes)
			sim_event(d, SIM_EV_FW_PROGRESS, OS_WAKE_VECTOR);
		else
			sim_event_boot(d);
		break;
	case SIM_POWER_DOWN:
		d->power_off = true;
		d->stats.power_offs++;
		break;
	case SIM_POWER_CYCLE:
		d->stats.power_cycles++;
		sim_event_boot(d);
		break;
	case SIM_POWER_RESET:
		d->stats.resets++;
		sim_event_boot(d);
		break;
	case SIM_POWER_INTERRUPT: /* up to its system, which is not played */
		break;
	case SIM_POWER_SLEEP:
	case SIM_POWER_HIBERNATE:
		d->power_off = true;
		act = SIM_POWER_DOWN; /* to who looks on */
		break;
	case SIM_POWER_SOFT_DOWN:
	case SIM_POWER_SOFT_RESET:
		break;
	}
	if (act == SIM_POWER_ON || act == SIM_POWER_CYCLE || act == SIM_POWER_RESET)
		sim_media_host_starts(d, sim_dev_boot_choice(d)->from == SIM_BOOT_IDER_CD);
	sim_machine_power(d, act);
	return true;
}
