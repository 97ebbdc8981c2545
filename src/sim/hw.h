/* The hardware of a virtual PC as data: six models (what is in which place) and eras (which chips and
 * memory the time of a firmware release had). All names and numbers are invented or are those of
 * common parts; nothing says how firmware behaves. Served by fw_hw.c; parts come and go while the
 * device runs (sim_hw_change). */
#pragma once
#include "sim/dev.h"

#define SIM_HW_SLOTS 8 /* places of one kind */

enum sim_hw_kind { SIM_HW_MEMORY, SIM_HW_MEDIA, SIM_HW_FAN, SIM_HW_BATTERY, SIM_HW_KIND_COUNT };
struct sim_hw_slot {
	const char *name; /* BankLabel of memory; NULL: no such place */
	unsigned size;    /* memory: times the era's usual module; media: GB; 0: empty */
};
struct sim_hw_pci { uint16_t vendor, subsystem; uint8_t class_code, subclass, revision; };
struct sim_hw_sensor { const char *state; unsigned type; };
struct sim_hw_model {
	const char *name, *text;     /* name: of fleet files, never changed */
	bool mobile, server;         /* which chips of the era */
	const char *maker, *product, *board_maker, *board, *bios_maker, *bios;
	unsigned package_type;       /* ChassisPackageType */
	unsigned processors, fans, batteries, supply_watts; /* supply_watts 0: tells none */
	struct sim_hw_slot memory[SIM_HW_SLOTS], media[SIM_HW_SLOTS];
	struct sim_hw_pci pci[SIM_HW_SLOTS];      /* ends with vendor 0 */
	struct sim_hw_sensor sensors[SIM_HW_SLOTS]; /* ends with state NULL */
};
struct sim_hw_era {
	unsigned major;              /* up to this release */
	unsigned year;
	const char *desktop, *mobile, *server; /* name of the processor */
	unsigned family, mhz, max_mhz, socket; /* as SMBIOS and CIM number them */
	unsigned memory_type, memory_mhz, memory_mb; /* usual module */
	uint64_t port_bps;
};
const struct sim_hw_model *sim_hw_model_at(unsigned i); /* NULL past the end */
const struct sim_hw_model *sim_hw_model_find(struct span name); /* NULL */
/* One that the time of this release had; which one, number decides. */
const struct sim_hw_model *sim_hw_model_for(const struct sim_generation *g, uint64_t number);
const struct sim_hw_era *sim_hw_era_of(const struct sim_generation *g);

const struct sim_hw_model *sim_hw_of(const struct sim_dev *d);
unsigned sim_hw_count(const struct sim_dev *d, enum sim_hw_kind k); /* that are there now */
/* Place of the i-th one that is there, from 0. */
unsigned sim_hw_place(const struct sim_dev *d, enum sim_hw_kind k, unsigned i);
/* How often the part in this place was exchanged for another of its kind. */
unsigned sim_hw_exchanged(const struct sim_dev *d, enum sim_hw_kind k, unsigned place);
/* Somebody opens the PC: "out memory:1", "in memory:1", "swap memory:1"; "whole": all is as it came.
 * False: there is no such part, or it is out (or in) already. */
bool sim_hw_change(struct sim_dev *d, struct span what, struct err *e);
void sim_hw_print(const struct sim_dev *d, struct out *o); /* model and changes, one line */
