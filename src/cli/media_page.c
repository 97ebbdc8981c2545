/* The page of cli/media_share.h: what to download, how to check it, and how it starts a PC from a stick
 * or a disc, for somebody who sits at the PC and is no administrator. No script, nothing from elsewhere. */
#include "cli/media_share.h"

static void put_size(struct out *o, uint64_t bytes)
{
	if (bytes >= 1000000000)
		out_fmt(o, "%.2f GB", (double)bytes / 1e9);
	else
		out_fmt(o, "%.1f MB", (double)bytes / 1e6);
	out_fmt(o, " (%llu bytes)", (unsigned long long)bytes);
}

static void put_check(struct out *o, const struct cli_share_page *p)
{
	static const char *const rows[][3] = {
		{ "Windows", "certutil -hashfile ", " SHA256" },
		{ "macOS", "shasum -a 256 ", "" },
		{ "Linux", "sha256sum ", "" },
	};

	out_str(o, "<h2>2. Check it</h2>\n");
	if (!*p->sha256) {
		out_str(o,
			"<p>Its SHA-256 is being computed: load this page again in a moment.</p>\n");
		return;
	}
	out_fmt(o,
		"<p>Its SHA-256 must be</p>\n<pre>%s</pre>\n<p>On the command line:</p>\n<table>\n",
		p->sha256);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		out_fmt(o, "<tr><th>%s</th><td><code>%s", rows[i][0], rows[i][1]);
		out_html(o, p->name);
		out_fmt(o, "%s</code></td></tr>\n", rows[i][2]);
	}
	out_str(o,
		"</table>\n<p>Have who sent you here tell you the number another way, such as by phone."
		"</p>\n");
}

static void put_stick(struct out *o, const struct cli_share_page *p)
{
	out_str(o,
		"<h2>3. Put it on a USB stick</h2>\n<p><strong>All that is on the stick is lost.</strong></p>\n");
	if (!p->sticks) {
		out_str(o,
			"<p>This image is made for discs. On Windows a program such as Rufus makes a "
			"stick of it; copying it as it is does not do.</p>\n");
		return;
	}
	out_str(o,
		"<table>\n<tr><th>Windows</th><td>a program such as Rufus, in its mode &quot;DD image&quot;"
		"</td></tr>\n<tr><th>macOS</th><td><code>diskutil list</code> shows which disk it is, "
		"<code>diskutil unmountDisk diskN</code>, then<br><code>sudo dd if=");
	out_html(o, p->name);
	out_str(o,
		" of=/dev/rdiskN bs=4m</code></td></tr>\n<tr><th>Linux</th><td><code>lsblk</code> shows "
		"which disk it is, then<br><code>sudo dd if=");
	out_html(o, p->name);
	out_str(o, " of=/dev/sdX bs=4M conv=fsync</code></td></tr>\n</table>\n");
}

void cli_share_print_page(struct out *o, const struct cli_share_page *p)
{
	out_str(o,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width\">\n<title>Rescue disc: ");
	out_html(o, p->name);
	out_str(o,
		"</title>\n<style>body{font:16px/1.5 sans-serif;max-width:46em;margin:2em auto;"
		"padding:0 1em}pre,code{font-family:monospace;background:#eee;overflow-wrap:anywhere;"
		"white-space:pre-wrap}th{text-align:left;vertical-align:top;padding-right:1em}"
		"a.get{display:inline-block;padding:.6em 1.2em;background:#063;color:#fff;"
		"text-decoration:none}</style>\n</head>\n<body>\n<h1>Rescue disc</h1>\n"
		"<p>This starts a PC from a USB stick or a disc, without what is installed on it.</p>\n"
		"<h2>1. Download it</h2>\n<p><a class=\"get\" href=\"/");
	out_html(o, p->name);
	out_str(o, "\" download>");
	out_html(o, p->name);
	out_str(o, "</a></p>\n<p>");
	put_size(o, p->bytes);
	out_str(o, ". A download that broke may go on where it was.</p>\n");
	put_check(o, p);
	put_stick(o, p);
	out_str(o,
		"<p>Or burn it to a CD or DVD: on Windows by &quot;Burn disc image&quot; in the menu of the "
		"file.</p>\n<h2>4. Start the PC from it</h2>\n<p>Switch the PC on with the stick in it, and "
		"press the key for the boot menu at once, again and again: mostly F12, F9 or Esc; the screen "
		"names it. Choose the stick or the disc.</p>\n</body>\n</html>\n");
}
