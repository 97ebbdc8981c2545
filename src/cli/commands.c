/* The table of commands and what can be looked up in it. Called by main.c, help.c and args.c. Runs
 * no command itself. */
#include "cli/commands.h"
#include "cli/options.h"
#include "base/out.h"
#include "base/str.h"

static const struct cli_cmd table[] = {
#define X(name, sub, args, help, flags, fn) { name, sub, args, help, flags, fn },
	CLI_COMMANDS(X)
#undef X
};
#define COUNT (sizeof table / sizeof *table)

static const struct cli_option_row options[] = {
#define X(name, where, text) { name, where, text },
	CLI_OPTIONS(X)
#undef X
};
#define OPTION_COUNT (sizeof options / sizeof *options)

const struct cli_cmd *cli_commands_at(unsigned i)
{
	return i < COUNT ? &table[i] : NULL;
}

const struct cli_option_row *cli_commands_option_at(unsigned i)
{
	return i < OPTION_COUNT ? &options[i] : NULL;
}

bool cli_commands_is_group(const char *name)
{
	bool found = false;
	for (size_t i = 0; i < COUNT; i++) {
		if (strcmp(table[i].name, name) != 0)
			continue;
		if (!*table[i].sub)
			return false;
		found = true;
	}
	return found;
}

const char *cli_commands_option(const struct cli_cmd *cmd, struct span name)
{
	const char *of_all = NULL;

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (!span_eq_str(name, options[i].name))
			continue;
		if (strcmp(options[i].where, cmd->name) == 0)
			return options[i].text;
		if (!*options[i].where && !of_all)
			of_all = options[i].text;
	}
	return of_all;
}

#define WORD_MAX 32
unsigned cli_commands_distance(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b);
	unsigned row[WORD_MAX + 1];

	if (na > WORD_MAX || nb > WORD_MAX)
		return 99;
	for (unsigned j = 0; j <= nb; j++)
		row[j] = j;
	for (unsigned i = 1; i <= na; i++) {
		unsigned diagonal = row[0];
		row[0] = i;
		for (unsigned j = 1; j <= nb; j++) {
			unsigned above = row[j], best = diagonal + (a[i - 1] != b[j - 1]);
			if (above + 1 < best)
				best = above + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
			diagonal = above;
		}
	}
	return row[nb];
}

/* Near enough to be what was meant: few letters differ, or it is a beginning. */
static unsigned miss(const char *typed, const char *word)
{
	size_t n = strlen(typed);
	unsigned d = cli_commands_distance(typed, word);

	if (n >= 2 && strncmp(typed, word, n) == 0)
		return 1;
	return d <= 1 + n / 4 ? d : 99;
}

static const char *nearest(const char *typed, const char *name)
{
	const char *best = NULL;
	unsigned best_miss = 99;
	for (size_t i = 0; i < COUNT; i++) {
		const char *word = name ? table[i].sub : table[i].name;
		if ((name && strcmp(table[i].name, name) != 0) || !*word)
			continue;
		unsigned d = miss(typed, word);
		if (d < best_miss) {
			best_miss = d;
			best = word;
		}
	}
	return best;
}

static void list_subs(const char *name, char *text, size_t cap)
{
	struct out o;
	text[cap - 1] = '\0'; /* a full area has no end of its own */
	out_init(&o, text, cap - 1);
	const char *sep = "";
	for (size_t i = 0; i < COUNT; i++) {
		if (strcmp(table[i].name, name) != 0 || !*table[i].sub)
			continue;
		out_fmt(&o, "%s%s", sep, table[i].sub);
		sep = ", ";
	}
}

static bool unknown_command(const char *word, struct err *e)
{
	const char *near = nearest(word, NULL);

	err_set(e, ERR_USAGE, "there is no command '%s'", word);
	if (near)
		return err_hint(e, "did you mean 'outband %s'? 'outband help' lists all", near);
	for (size_t i = 0; i < COUNT; i++)
		if (strcmp(table[i].sub, word) == 0)
			return err_hint(e, "did you mean 'outband %s %s'? 'outband help' lists all",
					table[i].name, word);
	return err_hint(e, "'outband help' lists all commands");
}

static bool unknown_sub(const char *name, const char *word, struct err *e)
{
	char subs[512];

	list_subs(name, subs, sizeof subs);
	if (!word)
		err_set(e, ERR_USAGE, "'outband %s' needs to know what to do", name);
	else
		err_set(e, ERR_USAGE, "'outband %s' has no '%s'", name, word);
	err_want(e, "%s", subs);
	const char *near = word ? nearest(word, name) : NULL;
	if (near)
		return err_hint(e, "did you mean 'outband %s %s'?", name, near);
	return err_hint(e, "see 'outband help %s'", name);
}

const struct cli_cmd *cli_commands_find(int count, const char *const *words, int *out_used,
					struct err *e)
{
	const struct cli_cmd *plain = NULL;
	bool name_known = false;

	*out_used = 0;
	if (count < 1)
		return NULL;
	const char *sub = count > 1 && words[1][0] != '-' ? words[1] : NULL;
	for (size_t i = 0; i < COUNT; i++) {
		if (strcmp(table[i].name, words[0]) != 0)
			continue;
		name_known = true;
		if (!*table[i].sub)
			plain = &table[i];
		else if (sub && strcmp(table[i].sub, sub) == 0) {
			*out_used = 2;
			return &table[i];
		}
	}
	if (plain) {
		*out_used = 1;
		return plain;
	}
	if (name_known)
		(void)unknown_sub(words[0], sub, e);
	else
		(void)unknown_command(words[0], e);
	return NULL;
}
