/* HTTP heads and HTML pages as firmware writes them: header order, dates, the log-on failure page.
 * Called by fw_http.c. Bytes only: decides nothing. */
#include "sim/fw_page_priv.h"
#include "base/str.h"

static const char *phrase(unsigned status)
{
	static const struct {
		unsigned status;
		const char *text;
	} rows[] = {
		{ 200, "OK" },
		{ 303, "See Other" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 404, "Not Found" },
		{ 500, "Internal Server Error" },
		{ 503, "Service Unavailable" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].status == status)
			return rows[i].text;
	}
	return "Unknown";
}

static void server_line(const struct sim_dev *d, struct out *o)
{
	out_fmt(o, "Server: Intel(R) Active Management Technology %s\r\n", d->gen->version.text);
}

/* "Mon, 31 Jan 2022 10:23:04 GMT". Civil date of a day number by the usual era arithmetic. */
static void date_line(int64_t unix_ms, struct out *o)
{
	static const char *const day_names[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
	static const char *const months[] = { "Mar", "Apr", "May", "Jun", "Jul", "Aug",
					      "Sep", "Oct", "Nov", "Dec", "Jan", "Feb" };
	int64_t s = unix_ms > 0 ? unix_ms / 1000 : 0;
	int64_t days = s / 86400, sec = s % 86400;
	int64_t z = days + 719468; /* days since 1 March of year 0 */
	int64_t era = z / 146097, doe = z % 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	out_fmt(o, "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n", day_names[days % 7],
		(int)(doy - (153 * mp + 2) / 5 + 1), months[mp],
		(int)(yoe + era * 400 + (mp >= 10)), (int)(sec / 3600), (int)(sec / 60 % 60),
		(int)(sec % 60));
}

void sim_fw_page_soap_head(const struct sim_dev *d, unsigned status, int64_t unix_ms, bool close,
			   size_t length, struct out *o)
{
	out_fmt(o, "HTTP/1.1 %u %s\r\n", status, phrase(status));
	date_line(unix_ms, o);
	server_line(d, o);
	if (sim_gen_frame_deny(d))
		out_str(o, "X-Frame-Options: DENY\r\n");
	out_fmt(o, "Content-Type: %s\r\n", sim_gen_content_type(d));
	if (sim_gen_chunked(d))
		out_str(o, "Transfer-Encoding: chunked\r\n");
	else
		out_fmt(o, "Content-Length: %zu\r\n", length);
	out_str(o, close ? "Connection: close\r\n\r\n" : "\r\n");
}

void sim_fw_page_eoi_head(const struct sim_dev *d, unsigned status, int64_t unix_ms, bool close,
			  size_t length, struct out *o)
{
	out_fmt(o, "HTTP/1.1 %u %s\r\nContent-Type: text/xml; charset=UTF-8\r\n", status,
		phrase(status));
	date_line(unix_ms, o);
	out_str(o, "Cache-Control: no-cache\r\nExpires: Thu, 26 Oct 1995 00:00:00 GMT\r\n");
	if (sim_gen_chunked(d))
		out_str(o, "Transfer-Encoding: chunked\r\n");
	else
		out_fmt(o, "Content-Length: %zu\r\n", length);
	server_line(d, o);
	out_str(o, close ? "Connection: close\r\n\r\n" : "\r\n");
}

static void html(const struct sim_dev *d, unsigned status, const char *login, const char *page,
		 struct out *o)
{
	out_fmt(o, "HTTP/1.1 %u %s\r\n", status, phrase(status));
	if (login)
		out_fmt(o, "WWW-Authenticate: %s\r\n", login);
	out_str(o, "Content-Type: text/html\r\n");
	server_line(d, o);
	out_fmt(o, "Content-Length: %zu\r\nConnection: close\r\n\r\n%s", strlen(page), page);
}

/* Wire bytes of the log-on failure page; the place of the logo differs by release. */
#define PAGE_TOP                                                                                  \
	"<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\" >\n"                    \
	"<html><head><link rel=stylesheet href=/styles.css>\n"                                    \
	"<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">\n"               \
	"<title>Intel&reg; Active Management Technology</title></head>\n<body>\n"                 \
	"<table class=header>\n<tr><td valign=top nowrap>\n"                                      \
	"<p class=top1>Intel<font class=r><sup>&reg;</sup></font> Active Management Technology\n" \
	"<td valign=\"%s\"><img src=\"logo.gif\" align=\"right\" alt=\"Intel\">\n</table>\n"      \
	"<br />\n"
#define PAGE_401                                                                                  \
	PAGE_TOP                                                                                  \
	"<h2 class=warn>Log on failed. Incorrect user name or password, or user account "         \
	"temporarily locked.</h2>\n\n<p>\n"                                                       \
	"<form METHOD=\"GET\" action=\"index.htm\"><h2><input type=submit value=\"Try again\">\n" \
	"</h2></form>\n<p>\n\n</body>\n</html>\n"
#define PAGE_OTHER PAGE_TOP "<h2 class=warn>%s</h2>\n</body>\n</html>\n"

void sim_fw_page_401(const struct sim_dev *d, const char *challenge, struct out *o)
{
	char page[1024];
	struct out p;

	out_init(&p, page, sizeof page);
	out_fmt(&p, PAGE_401, sim_gen_logo(d));
	html(d, 401, challenge, page, o);
}

void sim_fw_page_html(const struct sim_dev *d, unsigned status, const char *text, struct out *o)
{
	char page[1024];
	struct out p;

	out_init(&p, page, sizeof page);
	out_fmt(&p, PAGE_OTHER, sim_gen_logo(d), text);
	html(d, status, NULL, page, o);
}

void sim_fw_page_303(const struct sim_dev *d, const char *location, struct out *o)
{
	out_fmt(o, "HTTP/1.1 303 See Other\r\nLocation: %s\r\nContent-Length: 0\r\n", location);
	server_line(d, o);
	out_str(o, "\r\n");
}
