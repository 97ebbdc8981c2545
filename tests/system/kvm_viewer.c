/* A VNC viewer that we did not write (libvncclient): connects, gets the whole test pattern of the virtual
 * PC and compares it with the picture as told in sim/rfb.c, types a key, moves the pointer, and sees
 * both on the screen. Called by 0340-kvm.t: kvm_viewer HOST PORT [PASSWORD-FILE]. */
#include <rfb/rfbclient.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH   640
#define HEIGHT  480
#define ROUNDS  2000
#define WAIT_US 20000
#define BOX     40 /* one of 16 in the last lines */
#define LINE_Y  (HEIGHT - 10)

static const char *password_file;
static unsigned updates;

static void on_update(rfbClient *c, int x, int y, int w, int h)
{
	(void)c;
	(void)x;
	(void)y;
	updates += (unsigned)(w > 0 && h > 0);
}

static char *on_password(rfbClient *c)
{
	char line[64] = "";
	FILE *f = password_file ? fopen(password_file, "r") : NULL;

	(void)c;
	if (f) {
		if (!fgets(line, sizeof line, f))
			line[0] = '\0';
		fclose(f);
	}
	line[strcspn(line, "\n")] = '\0';
	return strdup(line);
}

static unsigned pixel(const rfbClient *c, unsigned x, unsigned y)
{
	const uint8_t *p = c->frameBuffer + ((size_t)y * WIDTH + x) * 2;

	return p[0] | (unsigned)p[1] << 8;
}

/* In the middle of each bar, and along the ramp. */
static bool shows_pattern(const rfbClient *c)
{
	static const unsigned bars[] = { 0xFFFF, 0xFFE0, 0x07FF, 0x07E0,
					 0xF81F, 0xF800, 0x001F, 0x0000 };

	for (unsigned i = 0; i < 8; i++) {
		for (unsigned y = 0; y < HEIGHT / 2 - 16; y++) {
			if (pixel(c, i * 80 + 40, y) != bars[i])
				return false;
		}
	}
	for (unsigned x = 0; x < WIDTH; x++) {
		unsigned grey = x * 255 / (WIDTH - 1);
		if (pixel(c, x, 300) != ((grey >> 3) << 11 | (grey >> 2) << 5 | grey >> 3))
			return false;
	}
	return true;
}

static bool shows_key(const rfbClient *c, unsigned key)
{
	for (unsigned i = 0; i < 16; i++) {
		if ((pixel(c, i * BOX + BOX / 2, LINE_Y) != 0) != (key >> (15 - i) & 1))
			return false;
	}
	return true;
}

static bool wait_until(rfbClient *c, bool (*seen)(const rfbClient *c))
{
	for (int i = 0; i < ROUNDS && !seen(c); i++) {
		int n = WaitForMessage(c, WAIT_US);
		if (n < 0 || (n > 0 && !HandleRFBServerMessage(c)))
			return false;
	}
	return seen(c);
}

static bool key_is_there(const rfbClient *c)
{
	return shows_key(c, 'q') &&
		pixel(c, 100, 150) == 0xF800; /* the pointer's square, its button down */
}

static int fail(const char *what)
{
	fprintf(stderr, "kvm_viewer: %s\n", what);
	return 1;
}

int main(int argc, char **argv)
{
	rfbClient *c = rfbGetClient(5, 3, 2);

	if (argc < 3)
		return fail("usage: kvm_viewer HOST PORT [PASSWORD-FILE]");
	password_file = argc > 3 ? argv[3] : NULL;
	c->GotFrameBufferUpdate = on_update;
	c->GetPassword = on_password;
	c->canHandleNewFBSize = FALSE;
	free(c->serverHost);
	c->serverHost = strdup(argv[1]);
	c->serverPort = (int)strtol(argv[2], NULL, 10);
	c->appData.encodingsString = "raw";
	c->appData.useRemoteCursor = FALSE;
	c->format.redShift = 11;
	c->format.greenShift = 5;
	c->format.blueShift = 0;
	c->format.greenMax = 63;
	if (!rfbInitClient(c, NULL, NULL))
		return 2; /* frees it */
	if (c->width != WIDTH || c->height != HEIGHT)
		return fail("another size");
	if (!wait_until(c, shows_pattern))
		return fail("the pattern did not come");
	(void)SendPointerEvent(c, 100, 150, 1);
	(void)SendKeyEvent(c, 'q', TRUE);
	(void)SendKeyEvent(c, 'q', FALSE);
	if (!wait_until(c, key_is_there))
		return fail("key and pointer do not show");
	printf("%s: pattern, key and pointer in %u pieces\n", c->desktopName, updates);
	free(c->frameBuffer); /* ours, as the library sees it */
	rfbClientCleanup(c);
	return 0;
}
