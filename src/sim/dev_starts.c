/* What a start of the virtual PC writes into the event log: the steps of its BIOS, what it lacks, and what
 * one-click recovery and erasing do (wsman 3.1 for the codes; their order is a guess). Asked by
 * dev_power.c after dev_boot.c has chosen. The screens of the start are machine.c. */
#include "sim/boot.h"
#include "sim/dev_priv.h"
#include "sim/events.h"
#include "sim/hw.h"

#define ERROR_NO_MEMORY     1
#define ERROR_NO_MEDIA      8 /* removable boot media missing */
#define STEP_MEMORY         1
#define STEP_DISKS          2
#define STEP_USER_SETUP     5
#define STEP_OS             19
#define OCR_PARAMETERS      0
#define OCR_OPTION_ADDED    1
#define OCR_ATTEMPT         5
#define OCR_EXIT            6
#define OCR_NO_CONNECTION   3
#define OCR_NO_FILE         8
#define OPTION_HTTPS        2
#define OPTION_PBA          4
#define OPTION_WINRE        8
#define ERASE_BEGIN         3
#define ERASE_DEVICE_BEGINS 1
#define ERASE_DEVICE_ENDS   2
#define ERASE_CLEAR         4
#define ERASE_SSD           2
#define ERASE_ERROR_SSD     1

static bool has_disk(const struct sim_dev *d)
{
	return sim_hw_count(d, SIM_HW_MEDIA) > 0;
}

static void progress(struct sim_dev *d, const uint8_t *steps, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sim_event(d, SIM_EV_FW_PROGRESS, steps[i]);
}

static void erase(struct sim_dev *d)
{
	sim_event(d, SIM_EV_ERASE, ERASE_BEGIN);
	if (has_disk(d)) {
		sim_event_more(d, SIM_EV_ERASE, ERASE_DEVICE_BEGINS, ERASE_SSD);
		sim_event_more(d, SIM_EV_ERASE, ERASE_DEVICE_ENDS, ERASE_SSD);
	} else {
		sim_event(d, SIM_EV_ERASE_ERROR, ERASE_ERROR_SSD);
	}
	sim_event(d, SIM_EV_ERASE, ERASE_CLEAR);
}

/* No server offers HTTPS boot here, and no disk holds a pre-boot application; WinRE is on each. */
static void recover(struct sim_dev *d, const struct sim_boot_choice *c)
{
	unsigned option = c->from == SIM_BOOT_HTTPS ? OPTION_HTTPS
		: c->from == SIM_BOOT_PBA           ? OPTION_PBA
						    : OPTION_WINRE;

	if (c->uri[0])
		sim_event(d, SIM_EV_RECOVERY, OCR_PARAMETERS);
	sim_event_more(d, SIM_EV_RECOVERY, OCR_OPTION_ADDED, option);
	if (option == OPTION_WINRE && has_disk(d)) {
		sim_event(d, SIM_EV_RECOVERY, OCR_ATTEMPT);
		sim_event(d, SIM_EV_RECOVERY, OCR_EXIT);
		return;
	}
	sim_event(d, SIM_EV_RECOVERY_ERROR,
		  option == OPTION_HTTPS ? OCR_NO_CONNECTION : OCR_NO_FILE);
	sim_event(d, SIM_EV_BOOT_FAILURE, 0);
}

/* From where it was told; else from its disk. */
static void boot(struct sim_dev *d, const struct sim_boot_choice *c)
{
	static const uint8_t os[] = { STEP_OS };

	switch (c->from) {
	case SIM_BOOT_BIOS:
		sim_event(d, SIM_EV_FW_PROGRESS, STEP_USER_SETUP);
		return;
	case SIM_BOOT_HALT:
		return;
	case SIM_BOOT_HTTPS:
	case SIM_BOOT_PBA:
	case SIM_BOOT_WINRE:
		recover(d, c);
		break;
	case SIM_BOOT_CD:
		sim_event(d, SIM_EV_FW_ERROR, ERROR_NO_MEDIA);
		break;
	case SIM_BOOT_IDER_CD:
	case SIM_BOOT_IDER_FLOPPY: /* what is on it decides */
		progress(d, os, sizeof os);
		return;
	default:
		break;
	}
	if (has_disk(d))
		progress(d, os, sizeof os);
	else
		sim_event(d, SIM_EV_NO_MEDIA, 0);
}

void sim_event_boot(struct sim_dev *d)
{
	static const uint8_t steps[] = { STEP_MEMORY, STEP_DISKS, 23, 6, 7, 9 };
	const struct sim_boot_choice *c = sim_dev_boot_choice(d);

	sim_event(d, SIM_EV_STARTED, 0);
	if (!sim_hw_count(d, SIM_HW_MEMORY)) { /* it beeps until somebody helps */
		sim_event(d, SIM_EV_FW_ERROR, ERROR_NO_MEMORY);
		sim_event(d, SIM_EV_POST_WATCHDOG, 0);
		return;
	}
	progress(d, steps, sizeof steps);
	if (c->erase || c->platform_erase)
		erase(d);
	boot(d, c);
}
