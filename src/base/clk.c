/* The clock, real or fake. The only file that asks the system for the time, so that the
 * in-process world (scenarios, soak) can run days in milliseconds. The fake state is atomic
 * because worker threads read the time too. Never sleeps. */
#include "base/clk.h"
#include <stdatomic.h>
#include <time.h>

/* Where the fake monotonic clock starts: not 0, so that "never" can be told from "at the start". */
#define FAKE_START_MONO_MS INT64_C(1000000)
#define OLDEST_UNIX_MS     INT64_C(-62135596800000)
#define NEWEST_UNIX_MS     INT64_C(253402300799999)

static atomic_bool fake_on;
static _Atomic int64_t fake_unix_ms, fake_mono_ms;

static int64_t read_us(clockid_t id)
{
	struct timespec ts = { 0 };
	(void)clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t clk_real_mono_ms(void)
{
	return read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t clk_mono_us(void)
{
	if (atomic_load(&fake_on))
		return atomic_load(&fake_mono_ms) * 1000;
	return read_us(CLOCK_MONOTONIC);
}

int64_t clk_mono_ms(void)
{
	return clk_mono_us() / 1000;
}

int64_t clk_unix_ms(void)
{
	if (atomic_load(&fake_on))
		return atomic_load(&fake_unix_ms);
	return read_us(CLOCK_REALTIME) / 1000;
}

void clk_fake_start(int64_t unix_ms)
{
	atomic_store(&fake_unix_ms, unix_ms);
	atomic_store(&fake_mono_ms, FAKE_START_MONO_MS);
	atomic_store(&fake_on, true);
}

void clk_fake_advance_ms(int64_t ms)
{
	if (!atomic_load(&fake_on) || ms <= 0)
		return;
	atomic_fetch_add(&fake_unix_ms, ms);
	atomic_fetch_add(&fake_mono_ms, ms);
}

void clk_fake_step_unix_ms(int64_t ms)
{
	if (atomic_load(&fake_on))
		atomic_fetch_add(&fake_unix_ms, ms);
}

void clk_fake_stop(void)
{
	atomic_store(&fake_on, false);
}

bool clk_is_fake(void)
{
	return atomic_load(&fake_on);
}

int64_t clk_cpu_us(void)
{
	return read_us(CLOCK_PROCESS_CPUTIME_ID);
}

static char *put_number(char *at, int v, int digits, char behind)
{
	for (int i = digits - 1; i >= 0; i--) {
		at[i] = (char)('0' + v % 10);
		v /= 10;
	}
	at[digits] = behind;
	return at + digits + 1;
}

void clk_print_unix_ms(int64_t unix_ms, char out_text[CLK_TEXT_SIZE])
{
	if (unix_ms < OLDEST_UNIX_MS)
		unix_ms = OLDEST_UNIX_MS;
	if (unix_ms > NEWEST_UNIX_MS)
		unix_ms = NEWEST_UNIX_MS;
	int ms = (int)(unix_ms % 1000);
	time_t sec = (time_t)(unix_ms / 1000);
	if (ms < 0) { /* before 1970 the remainder is negative */
		ms += 1000;
		sec--;
	}
	struct tm tm = { 0 };
	(void)gmtime_r(&sec, &tm);
	char *at = put_number(out_text, tm.tm_year + 1900, 4, '-');
	at = put_number(at, tm.tm_mon + 1, 2, '-');
	at = put_number(at, tm.tm_mday, 2, 'T');
	at = put_number(at, tm.tm_hour, 2, ':');
	at = put_number(at, tm.tm_min, 2, ':');
	at = put_number(at, tm.tm_sec, 2, '.');
	at = put_number(at, ms, 3, 'Z');
	*at = 0;
}
