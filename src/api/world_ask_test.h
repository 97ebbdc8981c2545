/* For the tests of api: how a request is made and its answer looked at. Used through world_test.h. */
#pragma once
#include "api/world_engine_test.h"

static inline void world_work(void *ctx, void (*work)(void *), void (*done)(void *), void *arg)
{
	struct world *w = ctx;
	work(arg);
	(void)sched_after(w->sched, 5, done, arg);
}

static inline void world_log(void *arg, enum log_event ev, struct span line)
{
	struct world *w = arg;
	(void)ev;
	if (w->log_n + line.n + 2 > w->log_cap) {
		w->log_cap = 2 * (w->log_cap + line.n + 2);
		w->log = mem_grow(w->log, w->log_cap);
	}
	memcpy(w->log + w->log_n, line.p, line.n);
	w->log_n += line.n;
	w->log[w->log_n++] = '\n';
	w->log[w->log_n] = '\0';
}

static inline void world_answer(void *arg, int status, const char *content_type, struct span body)
{
	struct world *w = arg;
	assert_false(w->starting);
	w->calls++;
	w->status = status;
	(void)str_copy(w->type, sizeof w->type, span_str(content_type));
	mem_free(w->body);
	w->body = mem_new(body.n + 1);
	if (body.n)
		memcpy(w->body, body.p, body.n);
	json_decref(w->json);
	w->json = NULL;
	if (str_eq(w->type, "application/json")) {
		json_error_t at;
		w->json = json_loadb(w->body, body.n, 0, &at);
		if (!w->json)
			fail_msg("the answer is not JSON: %s: %.200s", at.text, w->body);
	}
}

static inline void world_start(struct world *w, const char *method, const char *path, const char *query,
			       struct span body)
{
	struct api_call c = { method, path, query, body, 1000 };
	w->starting = true;
	api_handle(w->api, &c, world_answer, w);
	w->starting = false;
}

/* Runs one request to its end; the status. */
static inline int ask_bytes(struct world *w, const char *method, const char *path, const char *query,
			    struct span body)
{
	unsigned before = w->calls;
	int64_t until = clk_mono_ms() + 1000;
	world_start(w, method, path, query, body);
	while (w->calls == before)
		if (!sched_fake_step(w->sched, until))
			fail_msg("%s %s is never answered", method, path);
	assert_int_equal(w->calls, before + 1);
	return w->status;
}

static inline int ask(struct world *w, const char *method, const char *path, const char *query,
		      const char *body)
{
	return ask_bytes(w, method, path, query, span_str(body));
}

/* Fails the test with the answer when the status is another. */
#define ASK(w, status_, ...)                                                              \
	do {                                                                              \
		int got_ = ask((w), __VA_ARGS__);                                         \
		if (got_ != (status_))                                                    \
			fail_msg("line %d: status %d: %.400s", __LINE__, got_, (w)->body); \
	} while (0)

/* Text at "a.b.0.c" of the last answer; "" when it is absent or null; numbers as text. */
static inline const char *at(struct world *w, const char *path)
{
	json_t *v = w->json;
	struct span rest = span_str(path);
	while (v && rest.n) {
		size_t n = span_find(rest, '.');
		char key[64];
		uint32_t i;
		(void)str_copy(key, sizeof key, span_make(rest.p, n));
		v = json_is_array(v) && str_to_u32(span_str(key), 0, 100000, &i, NULL) ? json_array_get(v, i)
										       : json_object_get(v, key);
		n += n < rest.n;
		rest = span_make(rest.p + n, rest.n - n);
	}
	if (json_is_string(v))
		return json_string_value(v);
	if (json_is_integer(v))
		return arena_fmt(&w->a, "%lld", (long long)json_integer_value(v));
	if (json_is_boolean(v))
		return json_is_true(v) ? "true" : "false";
	return "";
}

static inline unsigned count_at(struct world *w, const char *key)
{
	return (unsigned)json_array_size(json_object_get(w->json, key));
}

#define HAS(text, part)                                                                        \
	do {                                                                                   \
		const char *t_ = (text);                                                       \
		if (!strstr(t_, (part)))                                                       \
			fail_msg("line %d: '%s' is not in: %.600s", __LINE__, (part), t_);     \
	} while (0)
#define EQ(w, path, want)                                                                      \
	do {                                                                                   \
		if (!str_eq(at((w), (path)), (want)))                                          \
			fail_msg("line %d: %s is '%s', not '%s': %.600s", __LINE__, (path),    \
				 at((w), (path)), (want), (w)->body);                          \
	} while (0)
