/* What a PC tells of its hardware and software (wsman 3.15), normalised: tables that say which class
 * gives rows of which table, and which member becomes which field in which unit. Pure. Read by
 * op_inventory.c; a new class or field is a row in hw.c. */
#pragma once
#include "amt/op.h"
#include "wsman/obj.h"

enum amt_hw_form {
	AMT_HW_TEXT,     /* without blanks around */
	AMT_HW_NUMBER,
	AMT_HW_NONZERO,  /* a number; 0 says that it is not known */
	AMT_HW_MEANING,  /* name of the value; the number when it has none */
	AMT_HW_BOOL,
	AMT_HW_DATE,     /* the day of a time */
	AMT_HW_HEX4,     /* "8086" */
	AMT_HW_HEX2,
	AMT_HW_LAST,     /* the last word: "Wired 0" gives "0" */
	AMT_HW_LIST,     /* values of an array with blanks between */
	AMT_HW_MAC,      /* with colons, lower case */
	AMT_HW_UUID,     /* from the 32 digits of SMBIOS */
	AMT_HW_MB,       /* bytes to MiB */
	AMT_HW_KB_MB,    /* thousands of bytes to millions */
	AMT_HW_MBPS,     /* bit/s to Mbit/s */
	AMT_HW_WATTS,    /* milliwatts to watts */
	AMT_HW_MODULE,   /* form factor of a memory module */
};
struct amt_hw_col {
	const char *key, *prop;
	enum amt_hw_form form;
};
struct amt_hw_class {
	const char *class_name, *table;
	bool get;                       /* has one instance: Get, one round trip instead of two */
	const char *item, *item_else;   /* members that tell the parts apart; NULL: there is one */
	enum amt_hw_form item_form;
	const struct amt_hw_col *cols;  /* ends with key NULL */
};
const struct amt_hw_class *amt_hw_class_at(unsigned i);           /* in the order of asking; NULL past the end */
const struct amt_hw_class *amt_hw_class_find(const char *class_name); /* NULL */
/* Texts in the arena; NULL: the instance does not say. */
const char *amt_hw_text(const struct wsman_obj *o, const struct amt_hw_col *c, struct arena *a);
enum amt_op_type amt_hw_type(const struct amt_hw_col *c, const char *text);
const char *amt_hw_item(const struct wsman_obj *o, const struct amt_hw_class *c, struct arena *a); /* "" one only */
