/* See neighbor.h. Reads the table anew each time: entries come with the answers that discover waits for.
 * Called by cli/seen_row.c. */
#include "net/neighbor.h"
#include "base/buf.h"
#include "base/names.h"
#include "base/str.h"
#include <fcntl.h>
#include <unistd.h>

#define TABLE_MAX ((size_t)1 << 20)
#define COMPLETE  2 /* flag: the address is known */
enum { COL_IP, COL_TYPE, COL_FLAGS, COL_MAC, COLS };

static bool next_word(struct span *rest, struct span *out_word)
{
	size_t n = 0;

	*rest = span_trim(*rest);
	while (n < rest->n && rest->p[n] != ' ')
		n++;
	*out_word = span_make(rest->p, n);
	*rest = span_make(rest->p + n, rest->n - n);
	return n > 0;
}

static bool is_mac(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
		if (i % 3 == 2 ? c != ':' : !digit)
			return false;
	}
	return s.n == NET_MAC_SIZE - 1;
}

static bool is_complete(struct span flags)
{
	uint8_t last = flags.n ? flags.p[flags.n - 1] : '0';

	return ((last <= '9' ? last - '0' : last - 'a' + 10) & COMPLETE) != 0;
}

static bool take_line(struct span line, uint32_t ip, char out_mac[NET_MAC_SIZE])
{
	struct span words[COLS];
	uint32_t got;

	for (unsigned i = 0; i < COLS; i++) {
		if (!next_word(&line, &words[i]))
			return false;
	}
	return names_ip_parse(words[COL_IP], &got) && got == ip && is_complete(words[COL_FLAGS]) &&
		is_mac(words[COL_MAC]) && str_copy(out_mac, NET_MAC_SIZE, words[COL_MAC]) &&
		!str_eq(out_mac, "00:00:00:00:00:00");
}

bool net_neighbor_find(struct span table, uint32_t ip, char out_mac[NET_MAC_SIZE])
{
	while (table.n) {
		size_t n = span_find(table, '\n');
		if (take_line(span_make(table.p, n), ip, out_mac))
			return true;
		n += n < table.n;
		table = span_make(table.p + n, table.n - n);
	}
	out_mac[0] = '\0';
	return false;
}

bool net_neighbor_mac(uint32_t ip, char out_mac[NET_MAC_SIZE])
{
	uint8_t piece[16384];
	struct buf b;
	ssize_t n;
	int fd = open("/proc/net/arp", O_RDONLY | O_CLOEXEC);

	out_mac[0] = '\0';
	if (fd < 0)
		return false;
	buf_init(&b, TABLE_MAX);
	while ((n = read(fd, piece, sizeof piece)) > 0 && buf_add(&b, span_make(piece, (size_t)n)))
		;
	(void)close(fd);
	bool found = net_neighbor_find(buf_span(&b), ip, out_mac);
	buf_deinit(&b);
	return found;
}
