/* Sealing: what is changed, moved or sealed with another key does not open; key file handling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "base/str.h"
#include "pki/seal.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char plain[] = "Planted-Secret-1";
static char folder[] = "/tmp/seal_test.XXXXXX";
static char path[64];

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/seal_test.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/key", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static void what_is_sealed_opens(void **state)
{
	(void)state;
	struct arena a;
	struct pki_seal *s = pki_seal_from_key(span_str("0123456789abcdef0123456789abcdef"));
	struct secret got;
	struct err e = { 0 };
	arena_init(&a, 10000);
	struct span sealed = pki_seal_close(s, "key/1", span_str(plain), &a);
	assert_null(memmem(sealed.p, sealed.n, plain, 8));
	assert_true(pki_seal_reveal(s, "key/1", sealed, &got, &e));
	assert_true(span_eq_str(secret_reveal(&got), plain));
	secret_deinit(&got);
	struct span again = pki_seal_close(s, "key/1", span_str(plain), &a);
	assert_false(span_eq(sealed, again)); /* a nonce of its own each time */
	struct span empty = pki_seal_close(s, "key/1", span_str(""), &a);
	assert_true(pki_seal_reveal(s, "key/1", empty, &got, &e));
	assert_true(secret_is_set(&got));
	assert_int_equal(secret_reveal(&got).n, 0);
	secret_deinit(&got);
	arena_deinit(&a);
	arena_init(&a, 20);
	assert_int_equal(pki_seal_close(s, "key/1", span_str(plain), &a).n, 0);
	arena_deinit(&a);
	pki_seal_free(s);
}

static void what_is_changed_does_not(void **state)
{
	(void)state;
	struct arena a;
	struct pki_seal *s = pki_seal_from_key(span_str("0123456789abcdef0123456789abcdef"));
	struct pki_seal *other = pki_seal_from_key(span_str("1123456789abcdef0123456789abcdef"));
	struct secret got;
	arena_init(&a, 10000);
	struct span sealed = pki_seal_close(s, "key/1", span_str(plain), &a);
	uint8_t *bytes = arena_copy(&a, sealed);
	for (size_t i = 0; i < sealed.n; i++) {
		struct err e = { 0 };
		bytes[i] ^= 0x10;
		if (pki_seal_reveal(s, "key/1", span_make(bytes, sealed.n), &got, &e) ||
		    secret_is_set(&got))
			fail_msg("byte %zu is not protected", i);
		if (e.code != ERR_STORE || strstr(e.msg, "Planted"))
			fail_msg("byte %zu: %s", i, e.msg);
		bytes[i] ^= 0x10;
	}
	for (size_t n = 0; n < sealed.n; n++)
		assert_false(pki_seal_reveal(s, "key/1", span_make(bytes, n), &got, NULL));
	assert_false(pki_seal_reveal(s, "key/2", sealed, &got, NULL));
	assert_false(pki_seal_reveal(other, "key/1", sealed, &got, NULL));
	arena_deinit(&a);
	pki_seal_free(other);
	pki_seal_free(s);
}

static void key_file_is_made_once(void **state)
{
	(void)state;
	struct arena a;
	struct stat st;
	struct secret got;
	struct err e = { 0 };
	assert_null(pki_seal_open(path, false, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	struct pki_seal *first = pki_seal_open(path, true, &e);
	struct pki_seal *second = pki_seal_open(path, true, &e);
	assert_true(first && second);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, 32);
	arena_init(&a, 10000);
	struct span sealed = pki_seal_close(first, "x", span_str(plain), &a);
	assert_true(pki_seal_reveal(second, "x", sealed, &got, &e));
	secret_deinit(&got);
	arena_deinit(&a);
	pki_seal_free(first);
	pki_seal_free(second);
}

static void key_file_is_checked(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		mode_t mode;
		size_t size;
		enum err_code want;
	} cases[] = {
		{ "fine", 0600, 32, ERR_NONE },          { "read-only", 0400, 32, ERR_NONE },
		{ "group reads", 0640, 32, ERR_DENIED }, { "others read", 0604, 32, ERR_DENIED },
		{ "short", 0600, 31, ERR_INVALID },      { "long", 0600, 33, ERR_INVALID },
		{ "empty", 0600, 0, ERR_INVALID },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { 0 };
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		assert_int_equal(write(fd, "0123456789abcdef0123456789abcdef!", cases[i].size),
				 cases[i].size);
		fchmod(fd, cases[i].mode);
		close(fd);
		struct pki_seal *s = pki_seal_open(path, true, &e);
		if (e.code != cases[i].want || !s != (cases[i].want != ERR_NONE))
			fail_msg("%s: %s", cases[i].name, e.msg);
		pki_seal_free(s);
		unlink(path);
	}
	struct err e = { 0 };
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_null(pki_seal_open(path, true, &e));
	unlink(path);
	assert_null(pki_seal_open("/nonexistent/key", true, &e));
	assert_null(pki_seal_from_key(span_str("short")));
}

static void fingerprints_tell_keys_apart(void **state)
{
	(void)state;
	static const char *const keys[] = { "0123456789abcdef0123456789abcdef",
					    "0123456789abcdef0123456789abcdeg" };
	char print[3][PKI_SEAL_PRINT_SIZE];
	for (int i = 0; i < 3; i++) {
		struct pki_seal *s = pki_seal_from_key(span_str(keys[i % 2]));
		pki_seal_fingerprint(s, print[i]);
		pki_seal_free(s);
	}
	assert_int_equal(strlen(print[0]), PKI_SEAL_PRINT_SIZE - 1);
	assert_string_equal(print[0], print[2]);
	assert_string_not_equal(print[0], print[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_sealed_opens),
		cmocka_unit_test(fingerprints_tell_keys_apart),
		cmocka_unit_test(what_is_changed_does_not),
		cmocka_unit_test_setup_teardown(key_file_is_made_once, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(key_file_is_checked, make_folder, remove_folder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
