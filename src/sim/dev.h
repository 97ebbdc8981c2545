/* One virtual AMT device: its configuration, persistent state and what it does with connections.
 * No sockets here: sim/serve puts real ones in front, the in-process world memory streams.
 * Strict like firmware: what real firmware refuses is refused in the same form.
 * All of the device's time comes from env.sched and base/clk, all chance from its own seed. */
#pragma once
#include "base/rng.h"
#include "base/sched.h"
#include "base/str.h"
#include "net/stream.h"
#include "sim/generation.h"

#define SIM_STATES(X)                                                                              \
	X(SIM_DISABLED, "disabled")     /* AMT off in BIOS: ports closed, no hello */              \
	X(SIM_FACTORY, "factory")       /* factory default: MEBx password admin, no hello */       \
	X(SIM_CHANGED, "changed")       /* MEBx password changed, nothing else */                  \
	X(SIM_SETUP_PSK, "setup-psk")   /* says PSK hellos */                                      \
	X(SIM_SETUP_PKI, "setup-pki")   /* says PKI hellos */                                      \
	X(SIM_SILENT, "silent")         /* hello window over: still in setup, says nothing */      \
	X(SIM_CONFIGURED, "configured")
enum sim_state {
#define X(name, text) name,
	SIM_STATES(X)
#undef X
	SIM_STATE_COUNT
};
const char *sim_dev_state_name(enum sim_state s);
bool sim_dev_state_parse(struct span text, enum sim_state *out_s);

struct sim_dev;
struct sim_alert;
enum sim_tls_mode { SIM_TLS_OFF, SIM_TLS_SERVER, SIM_TLS_MUTUAL };
struct sim_root { /* a trusted root hash of the device */
	uint8_t alg;  /* enum wire_hello_alg */
	uint8_t digest[48];
	bool active;
	char name[64];
};
/* What is the same for many devices: borrowed, must outlive them. */
struct sim_env {
	struct sched *sched;
	uint64_t seed;
	bool waits;               /* firmware's own waits (key 3-30 s, commit outage 5-10 s, busy 1 in 5) */
	double speed;             /* divides every wait and the hello schedule; 1 = real */
	int64_t latency_ms;       /* added to every reply */
	const struct sim_root *roots;
	unsigned root_count;
	const char *suffix;       /* DHCP option 15 as the device sees it */
	/* The device wants a listener state change or a hello sent; NULL in tests that poll. */
	void (*on_hello)(void *arg, struct sim_dev *d);
	void (*on_state)(void *arg, struct sim_dev *d, enum sim_state from);
	void (*on_alert)(void *arg, struct sim_dev *d, const struct sim_alert *a); /* sim/alerts.h; NULL */
	void *arg;
};
struct sim_dev_conf {
	struct uuid uuid;                 /* all zero: made from seed and index */
	unsigned index;
	unsigned board;                   /* its MAC address comes from this; 0: from the UUID */
	const struct sim_generation *generation;
	enum sim_state state;
	const char *pid, *pps;            /* setup-psk */
	const char *mebx_password;        /* NULL: "admin" (default) */
	const char *admin_password;       /* configured: required */
	enum sim_tls_mode tls;            /* configured */
	const char *suffix;               /* NULL: env's */
	const char *otp;                  /* that an agent wrote into the firmware; NULL: none */
	const char *fault;                /* "name[=arg][,name...]"; NULL */
	const char *host_name, *domain;   /* configured; NULL: none */
	const char *redirection;          /* configured: off, sol, ider or on; NULL: off */
	const char *model;                /* of hardware (sim/hw.h); NULL: by chance, as the release had */
	const char *host_ip;              /* of the PC's system; NULL: it tells none */
	const char *switches;             /* "name=value[,...]" (sim/switches.h); NULL: defaults */
	bool client_control;              /* configured in client control mode */
};
struct sim_dev *sim_dev_new(const struct sim_env *env, const struct sim_dev_conf *c, struct err *e);
void sim_dev_free(struct sim_dev *d);
const struct uuid *sim_dev_uuid(const struct sim_dev *d);
enum sim_state sim_dev_state(const struct sim_dev *d);
/* Configured with an address of its own, it is at no other one. */
bool sim_dev_is_at(const struct sim_dev *d, const char *address);
/* Its network cable goes into another network: DHCP option 15 there. */
void sim_dev_move(struct sim_dev *d, const char *suffix);
/* What joins the configured PC to its network: a cable, radio, both or nothing (bits). By radio it is there only with
 * a card, its port on and a network to join. At first: a cable. */
enum sim_link { SIM_LINK_CABLE = 1, SIM_LINK_RADIO = 2 };
void sim_dev_set_links(struct sim_dev *d, unsigned links);
bool sim_dev_links_parse(struct span text, unsigned *out_links); /* "cable", "radio", "both", "none" */
/* A gateway stands before it: away from home, connections come through the tunnel, while a rule opens one. */
void sim_dev_set_gateway(struct sim_dev *d, bool is_there);
const struct sim_generation *sim_dev_generation(const struct sim_dev *d);
unsigned sim_dev_index(const struct sim_dev *d);

/* ---- connections ---- */
enum sim_accept { SIM_ACCEPT_CLEAR, SIM_ACCEPT_TLS, SIM_ACCEPT_REFUSE /* RST */, SIM_ACCEPT_SILENT /* never answers */ };
/* What the device does with a new connection on that service port (16992..16995 before any port
 * base is applied). For TLS, out_conf is filled; it points into the device and stays valid until
 * the stream is closed. A network outage after a commit gives SIM_ACCEPT_REFUSE. */
enum sim_accept sim_dev_accept(struct sim_dev *d, unsigned port, struct pki_tls_server *out_conf);
/* Serves HTTP on the stream: takes it and starts it. */
void sim_dev_serve(struct sim_dev *d, unsigned port, struct net_stream *s);

/* ---- presence ---- */
/* What the device answers to a datagram at UDP 623: writes that many messages; 0: it says nothing. */
unsigned sim_dev_ping(struct sim_dev *d, int64_t now_mono_ms, struct span in, struct out out[2]);

/* ---- hello ---- */
/* Bytes of the next hello, faults included; counts it. False when the device says none in its state. */
bool sim_dev_hello(struct sim_dev *d, struct out *o);
/* How the next hello has to be sent (faults hello_split, hello_bytewise, ip_changed). */
struct sim_hello_plan {
	size_t first_bytes;    /* 0: all in one piece */
	size_t next_bytes;     /* pieces after the first; 0: the rest */
	int64_t gap_ms;        /* between pieces */
	bool other_address;    /* from an address that is not the device's */
};
void sim_dev_hello_plan(const struct sim_dev *d, struct sim_hello_plan *out_plan);
void sim_dev_start(struct sim_dev *d);      /* begins the hello schedule (and calls on_hello in time) */
void sim_dev_g3(struct sim_dev *d);         /* power drain: volatile state lost, schedule restarts */
/* Software on the PC updates its firmware, which ends "done", "partial" or "failed". */
bool sim_dev_update(struct sim_dev *d, struct span how, struct err *e);
void sim_dev_power_loss(struct sim_dev *d); /* now: connections die, staged changes that firmware keeps in RAM are lost */
void sim_dev_unplug(struct sim_dev *d); /* its connections die, nothing else is lost */

/* ---- faults and inspection ---- */
bool sim_dev_fault(struct sim_dev *d, struct span spec, struct err *e); /* "none" clears */
/* The faults and switches that are set, as text that sim_dev_fault and sim_dev_switch read. */
void sim_dev_faults(const struct sim_dev *d, struct out *o);
bool sim_dev_switch(struct sim_dev *d, struct span spec, struct err *e);
void sim_dev_switches(const struct sim_dev *d, struct out *o);
/* Somebody at the PC: to "factory" (CMOS cleared, all is lost), to "disabled", or to "setup-psk",
 * "setup-pki" (MEBx or a local agent: the hello window opens; setup-psk needs a PID in the device). */
bool sim_dev_to_state(struct sim_dev *d, enum sim_state to, struct err *e);
/* The PC starts with a stick in it that holds this file setup.bin. What is used up is given to
 * write_back (not called when records stay) before anything changes. False: ignored, as firmware
 * would, or not written; nothing has changed then. */
struct sim_usb { bool (*write_back)(void *arg, struct span file, struct err *e); void *arg; };
struct sim_usb_took { uint32_t record, left; bool keep; }; /* record: from 1 */
bool sim_dev_usb(struct sim_dev *d, struct span file, const struct sim_usb *io, struct sim_usb_took *out_took,
		 struct err *e);
/* Software of the host gives the firmware a wireless profile of its user. False: there is no card, it is
 * not synchronised, or the slots are full. */
bool sim_dev_sync_wifi(struct sim_dev *d, const char *name, const char *ssid);
/* Text of the persistent state (YAML document) and back: the state file. */
void sim_dev_save(const struct sim_dev *d, struct out *o);
bool sim_dev_load(struct sim_dev *d, struct span yaml, struct err *e);
struct sim_dev_stats {
	unsigned requests, challenges, failed_logins, max_failed_in_window, handshakes, refused_chains;
	unsigned commits, configured_count; /* times it went from setup to configured */
	unsigned admin_sets, mebx_sets, keys_made, certs_added, parallel_requests; /* parallel: two at once */
	unsigned power_ons, power_offs, power_cycles, resets; /* commands that did something */
	int64_t imposed_wait_ms;
};
const struct sim_dev_stats *sim_dev_get_stats(const struct sim_dev *d);
bool sim_dev_is_on(const struct sim_dev *d); /* the PC; its firmware always is */
/* For invariants: does this admin password open the device (digest over HA1)? */
bool sim_dev_admin_is(const struct sim_dev *d, struct span password);
bool sim_dev_mebx_is(const struct sim_dev *d, struct span password);
bool sim_dev_leaf(const struct sim_dev *d, struct span *out_der); /* certificate shown on TLS now */
/* A property of the active configuration as text: "AMT_GeneralSettings.HostName". */
bool sim_dev_value(const struct sim_dev *d, const char *class_prop, struct out *o);
