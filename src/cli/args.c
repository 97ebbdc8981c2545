/* Reads a synopsis of commands.h and checks a command line against it. Called by main.c and, for
 * the lists of options, by help.c. Knows nothing of what the options mean. */
#include "cli/args.h"
#include "base/mem.h"
#include "base/str.h"
#include <limits.h>

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

bool cli_args_next_option(const char *synopsis, size_t *at, struct cli_arg_spec *out_spec)
{
	const char *p = strstr(synopsis + *at, "--");
	size_t n = 0, v = 0;

	if (!p)
		return false;
	bool in_brackets = p > synopsis && p[-1] == '[';
	p += 2;
	while (is_name_char(p[n]))
		n++;
	*out_spec = (struct cli_arg_spec){ .name = span_make(p, n), .needed = !in_brackets };
	p += n;
	if (*p == ' ' && p[1] != '-' && (in_brackets || p[1] != '[')) {
		p++;
		int depth = 0;
		while (p[v] && !(depth == 0 && (p[v] == ']' || p[v] == ' '))) {
			depth += p[v] == '[' ? 1 : p[v] == ']' ? -1 : 0;
			v++;
		}
		out_spec->value = span_make(p, v);
		p += v;
	}
	out_spec->repeats = strncmp(p, "]...", 4) == 0;
	*at = (size_t)(p - synopsis);
	return true;
}

void cli_args_operands(const char *synopsis, unsigned *out_min, unsigned *out_max)
{
	*out_min = *out_max = 0;
	for (const char *p = synopsis; *p;) {
		size_t n = strcspn(p, " ");
		const char *word = *p == '[' ? p + 1 : p;
		if (strncmp(word, "--", 2) == 0)
			return; /* operands stand before options */
		if (n) {
			*out_min += *p != '[';
			if (n > 3 && strncmp(p + n - 3, "...", 3) == 0)
				*out_max = UINT_MAX;
			else if (*out_max != UINT_MAX)
				++*out_max;
		}
		p += n;
		p += *p == ' ';
	}
}

static bool find_option(const struct cli_cmd *cmd, struct span name, struct cli_arg_spec *out_spec)
{
	const char *const synopses[] = { cmd->args, CLI_GLOBAL_ARGS };
	for (size_t i = 0; i < 2; i++) {
		size_t at = 0;
		while (cli_args_next_option(synopses[i], &at, out_spec))
			if (span_eq(out_spec->name, name))
				return true;
	}
	return false;
}

static bool unknown_option(const struct cli_cmd *cmd, struct span name, struct err *e)
{
	const char *const synopses[] = { cmd->args, CLI_GLOBAL_ARGS };
	char typed[32], word[32], best[32] = "";
	unsigned best_d = 99;

	(void)str_copy(typed, sizeof typed, name);
	for (size_t i = 0; i < 2; i++) {
		struct cli_arg_spec spec;
		size_t at = 0;
		while (cli_args_next_option(synopses[i], &at, &spec)) {
			(void)str_copy(word, sizeof word, spec.name);
			unsigned d = cli_commands_distance(typed, word);
			if (name.n > 1 && (span_starts(spec.name, typed) || strstr(typed, word)))
				d = 1;
			if (d < best_d && d <= 1 + strlen(typed) / 3) {
				best_d = d;
				(void)str_copy(best, sizeof best, span_str(word));
			}
		}
	}
	err_set(e, ERR_USAGE, "'outband %s%s%s' has no option --%s", cmd->name,
		*cmd->sub ? " " : "", cmd->sub, typed);
	if (*best)
		return err_hint(e, "did you mean --%s?", best);
	return false;
}

static const struct {
	char letter;
	const char *name;
} shorts[] = {
	{ 'h', "help" }, { 'v', "verbose" }, { 'j', "json" }, { 'y', "yes" }, { 'f', "follow" }
};

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1];
}

/* The name and, behind "=", the value. */
static struct span option_name(const char *word, const char **out_value)
{
	*out_value = NULL;
	if (word[1] != '-') {
		for (size_t i = 0; i < sizeof shorts / sizeof *shorts; i++)
			if (word[1] == shorts[i].letter && !word[2])
				return span_str(shorts[i].name);
		return span_str(word + 1);
	}
	struct span name = span_str(word + 2);
	size_t n = span_find(name, '=');
	if (n < name.n)
		*out_value = word + 2 + n + 1;
	name.n = n;
	return name;
}

static bool take_option(const struct cli_cmd *cmd, int count, const char *const *words, int *i,
			struct cli_args *a, struct err *e)
{
	struct cli_arg_spec spec;
	const char *value;
	struct span name = option_name(words[*i], &value);
	char text[32];

	if (!find_option(cmd, name, &spec))
		return unknown_option(cmd, name, e);
	(void)str_copy(text, sizeof text, name);
	if (!spec.value.n && value)
		return err_set(e, ERR_USAGE, "option --%s takes no value", text);
	if (spec.value.n && !value) {
		if (*i + 1 >= count) {
			err_set(e, ERR_USAGE, "option --%s needs a value", text);
			return err_want(e, "--%s %.*s", text, (int)spec.value.n,
					(const char *)spec.value.p);
		}
		value = words[++*i];
	}
	for (unsigned k = 0; k < a->opt_count; k++)
		if (spec.value.n && !spec.repeats && strcmp(a->opts[k].name, text) == 0)
			return err_set(e, ERR_USAGE, "option --%s is given twice", text);
	if (a->opt_count >= CLI_ARGS_MAX_OPTS)
		return err_set(e, ERR_USAGE, "more than %d options", CLI_ARGS_MAX_OPTS);
	/* The name outlives the word: it points into the synopsis' row of the option table. */
	for (unsigned k = 0; cli_commands_option_at(k); k++)
		if (span_eq_str(name, cli_commands_option_at(k)->name))
			a->opts[a->opt_count].name = cli_commands_option_at(k)->name;
	a->opts[a->opt_count++].value = value;
	return true;
}

/* The n-th operand's capitals, for the message about a missing one. */
static void operand_name(const char *synopsis, unsigned n, char *text, size_t cap)
{
	const char *p = synopsis;
	while (n--) {
		p += strcspn(p, " ");
		p += *p == ' ';
	}
	(void)str_copy(text, cap, span_make(p, strcspn(p, " .")));
}

static bool check_operands(const struct cli_cmd *cmd, const struct cli_args *a, struct err *e)
{
	unsigned min, max;

	cli_args_operands(cmd->args, &min, &max);
	if (a->count > max)
		return err_set(e, ERR_USAGE, "one argument too many: '%s'", a->operands[max]);
	if (a->count < min) {
		char name[32];
		operand_name(cmd->args, a->count, name, sizeof name);
		return err_set(e, ERR_USAGE, "%s is missing", name);
	}
	/* An option outside of brackets has to be there. */
	struct cli_arg_spec spec;
	size_t at = 0;
	while (cli_args_next_option(cmd->args, &at, &spec)) {
		char name[32];
		(void)str_copy(name, sizeof name, spec.name);
		if (!spec.needed || cli_args_has(a, name))
			continue;
		return err_set(e, ERR_USAGE, "option --%s %.*s is missing", name, (int)spec.value.n,
			       (const char *)spec.value.p);
	}
	return true;
}

bool cli_args_parse(const struct cli_cmd *cmd, int count, const char *const *words,
		    struct cli_args *out_a, struct err *e)
{
	bool only_operands = false;

	*out_a = (struct cli_args){ 0 };
	out_a->operands = mem_new(sizeof(char *) * (size_t)(count + 1));
	for (int i = 0; i < count; i++) {
		if (!only_operands && strcmp(words[i], "--") == 0)
			only_operands = true;
		else if (only_operands || !is_option(words[i]))
			out_a->operands[out_a->count++] = words[i];
		else if (!take_option(cmd, count, words, &i, out_a, e))
			return false;
	}
	return cli_args_has(out_a, "help") || check_operands(cmd, out_a, e);
}

void cli_args_deinit(struct cli_args *a)
{
	mem_free(a->operands);
	a->operands = NULL;
}

bool cli_args_has(const struct cli_args *a, const char *name)
{
	for (unsigned i = 0; i < a->opt_count; i++)
		if (strcmp(a->opts[i].name, name) == 0)
			return true;
	return false;
}

const char *cli_args_value(const struct cli_args *a, const char *name)
{
	const char *value = NULL;
	for (unsigned i = 0; i < a->opt_count; i++)
		if (strcmp(a->opts[i].name, name) == 0)
			value = a->opts[i].value;
	return value;
}

const char *cli_args_nth(const struct cli_args *a, const char *name, unsigned n)
{
	for (unsigned i = 0; i < a->opt_count; i++)
		if (strcmp(a->opts[i].name, name) == 0 && n-- == 0)
			return a->opts[i].value;
	return NULL;
}
