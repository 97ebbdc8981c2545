/* Many virtual devices: what the user wants (flags of `outband sim` or a fleet file) and the
 * devices made of it. One table of options serves flags, help and fleet file. A group of devices
 * shares its options; the devices of all groups are numbered through. Opens no socket. */
#pragma once
#include "base/arena.h"
#include "base/out.h"
#include "sim/dev.h"

#define SIM_FLEET_MAX    100000 /* devices */
#define SIM_FLEET_GROUPS 64
#define SIM_FLEET_EACH   4096   /* devices of one group that are described one by one */
#define SIM_FLEET_MIX    16     /* generations of a group, repeated ones included */
#define SIM_FLEET_PORTS  4      /* 16992 to 16995 */

struct sim_fleet_opts { /* of a group, or of one device in it; NULL or 0: not given */
	unsigned count;
	uint32_t base; /* IPv4 in host order; 0: behind the group before */
	const struct sim_generation *generations[SIM_FLEET_MIX]; /* device i has i modulo count */
	unsigned generation_count;
	bool has_state, has_tls, has_control, client_control;
	enum sim_state state;
	enum sim_tls_mode tls;
	int64_t latency_ms;
	const char *psk, *roots, *suffix, *otp, *admin_password_file, *mebx_password_file;
	const char *usb; /* setup.bin of the stick that it starts with */
	const char *fault, *switches, *redirection;
	const char *model, *host_ip;
	const char *host_name, *domain; /* configured devices; {n} in the name is the device's number */
	struct uuid uuid;
};
struct sim_fleet_each {
	unsigned index; /* in its group */
	struct sim_fleet_opts opts;
};
struct sim_fleet_group {
	struct sim_fleet_opts opts;
	struct sim_fleet_each *each; /* by rising index */
	unsigned each_count;
};
struct sim_fleet_conf {
	struct arena arena; /* owns the texts and lists */
	const char *folder; /* fleet file: what its paths are relative to; NULL: as they stand */
	unsigned group_count;
	struct sim_fleet_group groups[SIM_FLEET_GROUPS];
	uint64_t seed;
	double speed;
	bool waits, expose;
	uint16_t port_base, kvm_port, dash_port; /* 0: none; dash_port: clear, and TLS behind it */
	bool has_rmcp_port;
	uint16_t rmcp_port; /* 0: presence pings are not answered */
	const char *hello, *state_file, *ctl; /* NULL: none */
};
void sim_fleet_conf_init(struct sim_fleet_conf *c);
void sim_fleet_conf_deinit(struct sim_fleet_conf *c);
uint16_t sim_fleet_presence_port(const struct sim_fleet_conf *c);

#define SIM_FLEET_KEY_GROUP 1u
#define SIM_FLEET_KEY_EACH  2u
#define SIM_FLEET_KEY_FLEET 4u
struct sim_fleet_key {
	const char *flag; /* "port-base" */
	const char *arg;  /* "P"; NULL: the flag takes none (in a fleet file: on, off) */
	const char *key;  /* in a fleet file: "port_base" */
	unsigned scope;
	const char *sentence;
};
const struct sim_fleet_key *sim_fleet_key_at(unsigned i); /* NULL past the end */
const struct sim_fleet_key *sim_fleet_key_by_flag(struct span flag);
/* Reads one value. o may be NULL for keys of the fleet. */
bool sim_fleet_key_set(struct sim_fleet_conf *c, struct sim_fleet_opts *o, const struct sim_fleet_key *k,
		       struct span value, struct err *e);
/* Reads a fleet file; strict, errors name file and line. */
bool sim_fleet_yaml_read(struct sim_fleet_conf *c, const char *path, struct err *e);
bool sim_fleet_yaml_parse(struct sim_fleet_conf *c, const char *name, struct span text, struct err *e);

/* The devices. on_hello and on_state as in struct sim_env. The texts of c are not kept. */
struct sim_fleet;
struct sim_fleet_events {
	void (*on_hello)(void *arg, struct sim_dev *d);
	void (*on_state)(void *arg, struct sim_dev *d, enum sim_state from);
	void (*on_alert)(void *arg, struct sim_dev *d, const struct sim_alert *a);
	void *arg;
};
struct sim_fleet *sim_fleet_new(const struct sim_fleet_conf *c, struct sched *sched,
				const struct sim_fleet_events *ev, struct err *e);
/* The path of the stick that this device starts with, as c says; NULL: none. */
const char *sim_fleet_stick(const struct sim_fleet *f, const struct sim_fleet_conf *c, unsigned index);
void sim_fleet_free(struct sim_fleet *f);
unsigned sim_fleet_count(const struct sim_fleet *f);
struct sim_dev *sim_fleet_at(const struct sim_fleet *f, unsigned index); /* NULL past the end */
#define SIM_FLEET_ADDRESS_SIZE 16
void sim_fleet_address(const struct sim_fleet *f, unsigned index, char out_text[SIM_FLEET_ADDRESS_SIZE]);
/* An address that no device has, for hellos that come from elsewhere. */
void sim_fleet_other_address(const struct sim_fleet *f, unsigned index,
			     char out_text[SIM_FLEET_ADDRESS_SIZE]);
bool sim_fleet_by_address(const struct sim_fleet *f, struct span address, unsigned *out_index);
/* The device gets that address (127.x.y.z). One that had it before gets the former address of this
 * one, and *out_other is its number; else *out_other is index. */
bool sim_fleet_move(struct sim_fleet *f, unsigned index, struct span address, unsigned *out_other,
		    struct err *e);
/* By number, address or UUID. */
bool sim_fleet_find(const struct sim_fleet *f, struct span text, unsigned *out_index, struct err *e);

bool sim_fleet_parse_ip(struct span text, uint32_t *out_ip); /* dotted quad, host order */
void sim_fleet_print_ip(uint32_t ip, char out_text[SIM_FLEET_ADDRESS_SIZE]);
