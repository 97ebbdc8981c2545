/* Provisioning chains made on the fly: one good one, and one for each rule broken alone, with what
 * each firmware generation makes of it. Used by the pre-flight's test and by tests of the
 * simulator's own check and of TLS, so that both sides are held to the same table. */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "pki/preflight.h"
#include "wire/hello.h"

enum test_key { /* fixed keys; a letter tells keys of one size apart */
	TEST_KEY_DEFAULT,
	TEST_KEY_1024,
	TEST_KEY_1536,
	TEST_KEY_2048_A,
	TEST_KEY_2048_B,
	TEST_KEY_2048_C,
	TEST_KEY_2048_D,
	TEST_KEY_2048_E,
	TEST_KEY_3072_A,
	TEST_KEY_3072_B,
	TEST_KEY_3072_C,
	TEST_KEY_4096,
	TEST_KEY_EC256,
	TEST_KEY_COUNT
};
enum test_sig { TEST_SIG_SHA256, TEST_SIG_SHA1, TEST_SIG_SHA384, TEST_SIG_SHA512, TEST_SIG_MD5 };
enum test_when { TEST_VALID, TEST_EXPIRED, TEST_FUTURE, TEST_ENDS_SOON, TEST_SHORTER, TEST_ODD };
enum test_gen { TEST_GEN_OLD, TEST_GEN_9_5, TEST_GEN_11_8, TEST_GEN_16_1, TEST_GEN_22, TEST_GEN_COUNT };

enum { /* extended key usage; 0 is TEST_EKU_SERVER | TEST_EKU_AMT */
	TEST_EKU_SERVER = 1,
	TEST_EKU_CLIENT = 2,
	TEST_EKU_AMT = 4,
	TEST_EKU_NONE = 8,
};
enum {
	TEST_NO_ROOT = 1 << 0,   /* left out of the file */
	TEST_NO_CA = 1 << 1,     /* intermediate left out of the file */
	TEST_DIRECT = 1 << 2,    /* the root signs the leaf */
	TEST_LEAF_LAST = 1 << 3, /* order in the file */
	TEST_EXTRA = 1 << 4,     /* a certificate in the file that does not belong to it */
	TEST_CROSS = 1 << 5,     /* an older root has signed the root; both ways are in the file */
	TEST_OLD_ROOT = 1 << 6,  /* the PC knows the older root only */
	TEST_WRONG_KEY = 1 << 7,
	TEST_NO_KEY = 1 << 8,
	TEST_FIVE = 1 << 9,      /* two more intermediates */
	TEST_BIG = 1 << 10,      /* more than 4100 bytes */
	TEST_BAD_SIG = 1 << 11,  /* the leaf's signature is damaged */
	TEST_UNLISTED = 1 << 12, /* the PC does not know the root */
	TEST_LIST_SHA1 = 1 << 13, /* the PC lists SHA-1 hashes only */
	TEST_LIST_SHA384 = 1 << 14,
	TEST_LIST_EMPTY = 1 << 15,
};

struct test_cert_want {
	enum test_key key;
	enum test_sig sig;
	enum test_when when;
};
struct test_chain {
	const char *name;
	/* By enum test_gen: + the PC takes it, - it refuses, ~ not certain (the service warns). */
	const char *expect;
	unsigned breaks; /* 1 << enum pki_condition: what 11.8 objects to, or is not sure of */
	const char *cn, *ou, *san, *suffix; /* NULL: setup.example.com, none, none, example.com */
	unsigned eku, flags;
	struct test_cert_want leaf, ca, root;
};
extern const struct test_chain test_chains[];
extern const unsigned test_chain_count;
/* amt_major of that column. */
unsigned test_gen_major(enum test_gen g);
const struct test_chain *test_chain_find(const char *name);

struct test_chain_built {
	struct arena arena;
	struct buf pem;          /* the file: certificates and key */
	struct wire_hello hello; /* what the PC trusts */
	const char *suffix;      /* the PC's DNS suffix */
};
/* Ends the process when it cannot. CA certificates are made once; test_chains_deinit frees them. */
struct test_chain_built *test_chain_build(const struct test_chain *t, int64_t now_unix_ms);
void test_chain_free(struct test_chain_built *b);
struct pki_key *test_chain_key(enum test_key k); /* borrowed */
void test_chains_deinit(void);
