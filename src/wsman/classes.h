/* Table of WS-MAN classes: properties, types, methods. One table for client and simulator, for
 * building and reading. A class that is not in the table is handled as a tree (wsman/xml.h).
 * Adding a class = rows in the classes_*.c of its subject and its name in classes_index.h. Property
 * order in the table is the order that firmware sends (byte order of the names, with two
 * exceptions; wsman 2.4), which is also the order that we send. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wsman_type {
	WSMAN_STR, WSMAN_BOOL,
	WSMAN_U8, WSMAN_U16, WSMAN_U32, WSMAN_U64, WSMAN_I16, WSMAN_I32, WSMAN_I64,
	WSMAN_REAL,     /* decimal number */
	WSMAN_B64,      /* base64 */
	WSMAN_HEX,      /* hex digits */
	WSMAN_DATETIME, /* child common:Datetime or Interval; kept as its text */
	WSMAN_EPR,      /* endpoint reference */
	WSMAN_OBJ,      /* instance of another class within; its members are in that class's namespace */
	WSMAN_TYPE_COUNT
};
enum wsman_prop_flags {
	WSMAN_KEY = 1,       /* selector */
	WSMAN_ARRAY = 2,     /* repeated elements */
	WSMAN_REQUIRED = 4,  /* must be there in a Put or Create, or as method parameter */
	WSMAN_READONLY = 8,
	WSMAN_SECRET = 16,   /* never printed */
};
#define WSMAN_UNITS(X)                                                                          \
	X(SECONDS, "s") X(MINUTES, "min") X(MILLISECONDS, "ms") X(NANOSECONDS, "ns")            \
	X(BYTES, "bytes") X(BITS_PER_SECOND, "bit/s") X(MHZ, "MHz") X(MILLIVOLTS, "mV")         \
	X(MILLIWATTS, "mW")
enum wsman_unit { /* of a number; in the flags from bit WSMAN_UNIT_SHIFT up */
	WSMAN_NO_UNIT,
#define X(name, text) WSMAN_##name,
	WSMAN_UNITS(X)
#undef X
	WSMAN_UNIT_COUNT
};
#define WSMAN_UNIT_SHIFT 8
struct wsman_name { /* number -> text of an enumeration; ends with text NULL */
	uint32_t value;
	const char *text;
};
struct wsman_prop {
	const char *name;
	enum wsman_type type;
	unsigned flags;
	union {
		const struct wsman_name *names; /* of a number; NULL when it is no enumeration */
		const char *of;                 /* WSMAN_OBJ: name of the class */
	};
};
/* A list of members with one element around it: an instance, a method's input or output. */
struct wsman_shape {
	const char *name; /* element name: class, Method_INPUT, Method_OUTPUT */
	const struct wsman_prop *props;
	unsigned prop_count;
};
struct wsman_method {
	const char *name;
	struct wsman_shape in, out; /* out without ReturnValue, which every method has */
	const struct wsman_name *returns; /* meanings of ReturnValue; NULL: PT_STATUS */
};
enum wsman_base { WSMAN_AMT, WSMAN_CIM, WSMAN_IPS };
struct wsman_class {
	const char *name;
	enum wsman_base base;
	const char *uri; /* resource URI = namespace of the members */
	struct wsman_shape shape;
	const struct wsman_method *methods;
	unsigned method_count;
	bool common_ns; /* inherits a Datetime: firmware declares that namespace with instances */
};
const struct wsman_class *wsman_classes_find(const char *name);         /* NULL */
const struct wsman_class *wsman_classes_find_uri(const char *uri);      /* NULL */
const struct wsman_class *wsman_classes_at(unsigned i); /* by name; NULL past the end */
/* Any case, and the peers' other spelling: SetMEBXPassword, SetAdminACLEntryEx. */
const struct wsman_method *wsman_classes_method(const struct wsman_class *c, const char *name);
int wsman_classes_prop(const struct wsman_shape *s, const char *name);  /* index or -1 */
const char *wsman_classes_unit(const struct wsman_prop *p);             /* "s"; NULL */
const char *wsman_classes_type_name(enum wsman_type t);                 /* "number 8 bit" */
/* Meaning of a number; NULL when the list (may be NULL) has none. */
const char *wsman_classes_name(const struct wsman_name *names, uint32_t value);
/* Resource URI for any class name by its prefix AMT_, CIM_, IPS_ (also unknown classes), in buf. */
bool wsman_classes_uri_of(const char *class_name, char *buf, size_t cap);
