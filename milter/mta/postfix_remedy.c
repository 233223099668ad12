/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands for people to type. */
#include "mta/postfix_remedy.h"

#include "mta/cf_text.h"
#include "mta/postfix_milters.h"
#include "mta/recipe.h"

void
postfix_remedy_program(
	const struct postfix_check *check, const char *program, struct buf *out)
{
	buf_puts(out, program);
	if (check->directory != NULL) {
		buf_puts(out, " -c ");
		checkup_add_word(out, slice_of(check->directory));
	}
}

void
postfix_remedy_reload(const struct postfix_check *check, struct buf *out)
{
	buf_puts(out, " && ");
	postfix_remedy_program(check, "postfix", out);
	buf_puts(out, " reload");
}

void
postfix_remedy_argument(const struct postfix_check *check,
	const struct postfix_remedy_argument *change, struct buf *out)
{
	bool gone = slice_is_absent(change->value);
	struct buf word = {0};

	postfix_remedy_program(check, "postconf", out);
	buf_puts(out, gone ? " -PX " : " -P ");
	buf_printf(&word, "%.*s/%.*s/%s", SLICE_ARG(change->service->name),
		SLICE_ARG(change->service->type), change->name);
	if (!gone) {
		buf_add_byte(&word, '=');
		buf_add(&word, change->value);
	}
	checkup_add_word(out, buf_slice(&word));
	buf_fini(&word);
	postfix_remedy_reload(check, out);
}

void
postfix_remedy_parameter(const struct postfix_check *check, const char *name,
	const char *value, struct buf *out)
{
	struct buf word = {0};

	postfix_remedy_program(check, "postconf", out);
	buf_puts(out, value != NULL ? " -e " : " -X ");
	buf_puts(&word, name);
	if (value != NULL)
		buf_printf(&word, "=%s", value);
	checkup_add_word(out, buf_slice(&word));
	buf_fini(&word);
	postfix_remedy_reload(check, out);
}

void
postfix_remedy_forwarden(const struct postfix_check *check,
	const char *arguments, struct buf *out)
{
	buf_printf(out, "forwarden %s", arguments);
	if (check->file != NULL) {
		buf_puts(out, " -c ");
		checkup_add_word(out, slice_of(check->file));
	}
	if (check->directory != NULL) {
		buf_puts(out, " --postfix ");
		checkup_add_word(out, slice_of(check->directory));
	}
}

/* What main.cf shows to us today. */
static unsigned
parts_in_force(const struct postfix_check *check)
{
	const struct postfix *postfix = check->postfix;
	unsigned parts = 0;

	if (postfix_milters_has(check, postfix_value(postfix, "smtpd_milters")))
		parts |= RECIPE_INTAKE;
	if (postfix_milters_has(
		    check, postfix_value(postfix, "non_smtpd_milters")))
		parts |= RECIPE_NON_SMTPD;
	if (!slice_is_absent(postfix_given(postfix, "forwarden_way_out")))
		parts |= RECIPE_EGRESS;
	return parts;
}

void
postfix_remedy_attach(
	const struct postfix_check *check, unsigned part, struct buf *out)
{
	bool whole = !slice_is_absent(
		postfix_given(check->postfix, "forwarden_milter"));
	/* Where main.cf was made anew, master.cf knows what was there. */
	bool remembered = whole || recipe_find_listener(check->postfix) != NULL;
	struct buf arguments = {0};

	buf_puts(&arguments, remembered ? "attach --update" : "attach");
	if (whole && part != 0) {
		recipe_add_parts(parts_in_force(check) | part, &arguments);
	} else if (!remembered) {
		recipe_add_parts(part, &arguments);
	}
	postfix_remedy_forwarden(
		check, buf_ok(&arguments) ? arguments.p : "attach", out);
	buf_fini(&arguments);
}
