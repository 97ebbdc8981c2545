/* Documents of the profile language, all from the rows of its keys (engine/key.h): the page, the man
 * page, the schema for editors; and a profile that was read as text again. For cmd_profile.c. */
#pragma once
#include "base/out.h"
#include "engine/key.h"
#include "engine/profile.h"
#include <jansson.h>

void cli_profile_markdown(struct out *o); /* docs/profile.md */
void cli_profile_man(struct out *o);      /* man/outband-profile.5 */
json_t *cli_profile_schema(void);         /* JSON Schema, draft 2020-12 */
/* Values of a key in words: "on, off or leave". What the document, not the error, says. */
void cli_profile_values(const struct engine_key *row, struct out *o);
/* YAML that asks for the same, with every key of what the profile names; secrets by name. */
void cli_profile_effective(const struct engine_profile *p, struct out *o);
/* What the parts ask for: {"users.bob.realms": "a b"} without nesting, in order. */
json_t *cli_profile_flat(const struct engine_profile *p);
/* The same as it is nested, for programs: {"users": [{"name": "bob", "realms": ["a", "b"]}]}. */
json_t *cli_profile_tree(const struct engine_profile *p);
