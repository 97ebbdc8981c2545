/* Fetching parts of files from web servers: images of virtual media by URL. The only file that knows
 * libcurl. Redirections are followed within http and https; a server that ignores ranges, or whose
 * file changes its size while it is read, is an error that says so. Never called on the loop. */
#include "net/fetch.h"
#include "base/mem.h"
#include "base/str.h"
#include <assert.h>
#include <curl/curl.h>
#include <stdatomic.h>
#include <stdio.h>

#define CONNECT_MS   10000L
#define STALL_S      30L /* less than a byte a second for so long */
#define REDIRECTIONS 5L

struct net_fetch {
	CURL *curl;
	char *shown; /* of the URL */
	atomic_bool stop;
	char problem[CURL_ERROR_SIZE];
	uint8_t *to;
	size_t n, got;
	bool has_total, too_much;
	uint64_t from; /* of Content-Range */
	struct net_fetch_id id;
};

/* "Content-Range: bytes 0-0/1234" */
static void read_range(struct net_fetch *f, struct span value)
{
	struct span total, from;
	size_t slash, dash;

	value = span_trim(value);
	slash = span_find(value, '/');
	dash = span_find(value, '-');
	if (!span_starts(value, "bytes ") || slash >= value.n || dash >= slash)
		return;
	total = span_make(value.p + slash + 1, value.n - slash - 1);
	from = span_make(value.p + 6, dash - 6);
	f->has_total = str_to_u64(total, 0, INT64_MAX, &f->id.bytes, NULL) &&
		str_to_u64(from, 0, INT64_MAX, &f->from, NULL);
}

/* The value of that header, when this line is it. */
static bool is_header(struct span line, const char *name, struct span *out_value)
{
	size_t n = strlen(name);

	if (line.n <= n || line.p[n] != ':' ||
	    !span_eq_nocase(span_make(line.p, n), span_str(name)))
		return false;
	*out_value = span_trim(span_make(line.p + n + 1, line.n - n - 1));
	return true;
}

/* Too long to be kept is as if the server had said nothing. */
static void keep(char *out, size_t size, struct span value)
{
	if (!str_copy(out, size, value))
		out[0] = '\0';
}

static size_t on_header(char *p, size_t size, size_t n, void *arg)
{
	struct span line = span_make(p, size * n), value;
	struct net_fetch *f = arg;

	if (span_starts(line, "HTTP/")) /* what led here was another thing */
		f->id = (struct net_fetch_id){ 0 };
	else if (is_header(line, "content-range", &value))
		read_range(f, value);
	else if (is_header(line, "etag", &value))
		keep(f->id.etag, sizeof f->id.etag, value);
	else if (is_header(line, "last-modified", &value))
		keep(f->id.modified, sizeof f->id.modified, value);
	return size * n;
}

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
	struct net_fetch *f = arg;
	size_t all = size * n;

	if (all > f->n - f->got) {
		f->too_much = true;
		return 0; /* ends the transfer */
	}
	memcpy(f->to + f->got, p, all);
	f->got += all;
	return all;
}

/* Called about once a second, also while nothing comes. */
static int on_progress(void *arg, curl_off_t dl_total, curl_off_t dl, curl_off_t ul_total,
		       curl_off_t ul)
{
	struct net_fetch *f = arg;

	(void)dl_total;
	(void)dl;
	(void)ul_total;
	(void)ul;
	return atomic_load(&f->stop);
}

void net_fetch_stop(struct net_fetch *f)
{
	atomic_store(&f->stop, true);
}

/* "user:pass" before a '/' or '?' of a password that was not escaped: no port has letters. */
static bool is_cut_login(struct span host)
{
	size_t colon = span_find(host, ':');

	if (host.n && host.p[0] == '[')
		return false;
	for (size_t i = colon + 1; i < host.n; i++) {
		if (host.p[i] < '0' || host.p[i] > '9')
			return true;
	}
	return false;
}

char *net_fetch_show_url(const char *url)
{
	assert(url);
	struct span all = span_str(url);
	size_t scheme = span_find(all, ':'), host = scheme + 3 < all.n ? scheme + 3 : all.n;
	struct span rest = span_make(all.p + host, all.n - host);
	struct span seen = span_make(rest.p, span_find(rest, '?'));
	struct span login = span_make(seen.p, span_find(seen, '/'));
	const uint8_t *last = login.n ? memrchr(login.p, '@', login.n) : NULL;
	size_t at = last ? (size_t)(last + 1 - login.p) : 0;
	char *text = mem_new(all.n + sizeof "...");

	memcpy(text, all.p, host);
	if (!last && is_cut_login(login))
		memcpy(text + host, "...", 3);
	else
		memcpy(text + host, seen.p + at, seen.n - at);
	return text;
}

struct net_fetch *net_fetch_new(const char *url, const char *ca_file)
{
	struct net_fetch *f = MEM_NEW(struct net_fetch);

	f->shown = net_fetch_show_url(url);
	f->curl = curl_easy_init();
	if (!f->curl)
		return f;
	curl_easy_setopt(f->curl, CURLOPT_URL, url);
	curl_easy_setopt(f->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(f->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(f->curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(f->curl, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(f->curl, CURLOPT_MAXREDIRS, REDIRECTIONS);
	curl_easy_setopt(f->curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(f->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(f->curl, CURLOPT_LOW_SPEED_TIME, STALL_S);
	curl_easy_setopt(f->curl, CURLOPT_USERAGENT, "outband");
	curl_easy_setopt(f->curl, CURLOPT_ERRORBUFFER, f->problem);
	curl_easy_setopt(f->curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(f->curl, CURLOPT_HEADERDATA, f);
	curl_easy_setopt(f->curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(f->curl, CURLOPT_WRITEDATA, f);
	curl_easy_setopt(f->curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(f->curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(f->curl, CURLOPT_XFERINFODATA, f);
	if (ca_file)
		curl_easy_setopt(f->curl, CURLOPT_CAINFO, ca_file);
	return f;
}

void net_fetch_free(struct net_fetch *f)
{
	if (!f)
		return;
	curl_easy_cleanup(f->curl);
	mem_free(f->shown);
	mem_free(f);
}

static enum err_code code_of(CURLcode r)
{
	switch (r) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return ERR_NOT_FOUND;
	case CURLE_COULDNT_CONNECT:
		return ERR_UNREACHABLE;
	case CURLE_OPERATION_TIMEDOUT:
		return ERR_TIMEOUT;
	case CURLE_ABORTED_BY_CALLBACK:
		return ERR_CANCELLED;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CACERT_BADFILE:
		return ERR_TLS;
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return ERR_INVALID;
	default:
		return ERR_IO;
	}
}

static bool no_ranges(const struct net_fetch *f, struct err *e)
{
	err_set(e, ERR_UNSUPPORTED, "%s is on a web server that gives no parts of files", f->shown);
	err_want(e, "206 with Content-Range");
	return err_hint(e, "download the file and give its path");
}

static bool run(struct net_fetch *f, uint64_t at, uint8_t *to, size_t n, struct err *e)
{
	char range[48];
	long status = 0;

	if (!f->curl)
		return err_set(e, ERR_INTERNAL, "libcurl could not be started");
	if (atomic_load(&f->stop))
		return err_set(e, ERR_CANCELLED, "fetching %s was stopped", f->shown);
	f->to = to;
	f->n = n;
	f->got = 0;
	f->has_total = f->too_much = false;
	f->problem[0] = '\0';
	(void)snprintf(range, sizeof range, "%llu-%llu", (unsigned long long)at,
		       (unsigned long long)(at + n - 1));
	curl_easy_setopt(f->curl, CURLOPT_RANGE, range);
	CURLcode r = curl_easy_perform(f->curl);
	curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &status);
	if (r != CURLE_OK && !f->too_much) {
		err_set(e, code_of(r), "fetching %s failed", f->shown);
		if (e->code == ERR_TLS)
			err_hint(e, "--ca-file FILE names the certificates to trust for it");
		return err_seen(e, "%s", f->problem[0] ? f->problem : curl_easy_strerror(r));
	}
	if (status == 404 || status == 410)
		return err_set(e, ERR_NOT_FOUND, "%s is not there", f->shown);
	if (status == 200)
		return no_ranges(f, e);
	if (status != 206) {
		err_set(e, status == 401 || status == 403 ? ERR_DENIED : ERR_IO,
			"the web server does not give %s", f->shown);
		return err_seen(e, "HTTP status %ld", status);
	}
	if (!f->has_total || f->too_much || f->from != at)
		return no_ranges(f, e);
	return true;
}

bool net_fetch_look(struct net_fetch *f, struct net_fetch_id *out_id, struct err *e)
{
	uint8_t first;

	if (!run(f, 0, &first, 1, e))
		return false;
	*out_id = f->id;
	return true;
}

static bool differ(const char *a, const char *b)
{
	return *a && *b && !str_eq(a, b);
}

static bool is_same(const struct net_fetch *f, const struct net_fetch_id *id, struct err *e)
{
	const struct net_fetch_id *now = &f->id;

	if (now->bytes == id->bytes && !differ(now->etag, id->etag) &&
	    !differ(now->modified, id->modified))
		return true;
	err_set(e, ERR_CONFLICT, "%s became another file while it was read", f->shown);
	if (now->bytes != id->bytes) {
		err_seen(e, "%llu bytes", (unsigned long long)now->bytes);
		err_want(e, "%llu bytes", (unsigned long long)id->bytes);
	} else if (differ(now->modified, id->modified)) {
		err_seen(e, "changed %s", now->modified);
		err_want(e, "changed %s", id->modified);
	} else {
		err_seen(e, "ETag %.60s", now->etag);
		err_want(e, "ETag %.60s", id->etag);
	}
	return err_hint(e, "begin again: what was read so far is of the former file");
}

bool net_fetch_range(struct net_fetch *f, uint64_t at, uint8_t *to, size_t n,
		     const struct net_fetch_id *id, struct err *e)
{
	if (!run(f, at, to, n, e) || !is_same(f, id, e))
		return false;
	if (f->got != n) {
		err_set(e, ERR_CLOSED, "%s ended in the middle of a part", f->shown);
		err_seen(e, "%zu bytes", f->got);
		return err_want(e, "%zu bytes", n);
	}
	return true;
}

static size_t drop_body(char *p, size_t size, size_t n, void *arg)
{
	(void)p;
	(void)arg;
	return size * n;
}

bool net_fetch_post(const char *url, struct span json, int64_t timeout_ms, struct err *e)
{
	struct net_fetch *f = net_fetch_new(url, NULL);
	struct curl_slist *head = curl_slist_append(NULL, "Content-Type: application/json");
	long status = 0;
	CURLcode c = CURLE_FAILED_INIT;

	if (f->curl) {
		curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, head);
		curl_easy_setopt(f->curl, CURLOPT_POSTFIELDS, (const char *)json.p);
		curl_easy_setopt(f->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)json.n);
		curl_easy_setopt(f->curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
		curl_easy_setopt(f->curl, CURLOPT_FOLLOWLOCATION, 0L); /* it would become a GET */
		curl_easy_setopt(f->curl, CURLOPT_WRITEFUNCTION, drop_body);
		c = curl_easy_perform(f->curl);
		curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &status);
	}
	if (c != CURLE_OK) {
		err_set(e, c == CURLE_OPERATION_TIMEDOUT ? ERR_TIMEOUT : ERR_UNREACHABLE,
			"cannot post to %.80s", f->shown);
		err_seen(e, "%s", f->problem[0] ? f->problem : curl_easy_strerror(c));
	} else if (status < 200 || status > 299) {
		bool its_own = status >= 400 && status < 500 && status != 408 && status != 429;
		err_set(e, its_own ? ERR_INVALID : ERR_HTTP, "%.80s did not take what was posted",
			f->shown);
		err_seen(e, "HTTP %ld", status);
	}
	curl_slist_free_all(head);
	net_fetch_free(f);
	return c == CURLE_OK && status >= 200 && status <= 299;
}
