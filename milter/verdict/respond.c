/* SPDX-License-Identifier: BSD-2-Clause */
/* From a policy's level to an action. */
#include "verdict/respond.h"

#define EXPERIMENTAL_CAP ACTION_TAG

const char *
respond_mode_name(enum mode mode)
{
	return mode == MODE_ENFORCE ? "enforce" : "observe";
}

const char *
respond_tag_form_name(enum tag_form form)
{
	static const char *const names[] = {[TAG_FORM_ID] = "id",
		[TAG_FORM_FULL] = "full",
		[TAG_FORM_NONE] = "none"};

	return names[form];
}

static enum action
weaker(enum action a, enum action b)
{
	return a < b ? a : b;
}

/* deprecated and unsupported rules are never loaded; were one handed in, it
 * could do no more than be seen. */
static enum action
cap_of_status(const struct respond *respond, enum sigma_status status)
{
	switch (status) {
	case SIGMA_STABLE:
		return ACTION_DISCARD;
	case SIGMA_EXPERIMENTAL:
		return EXPERIMENTAL_CAP;
	case SIGMA_TEST:
		return respond->test_cap;
	case SIGMA_DEPRECATED:
	case SIGMA_UNSUPPORTED:
		break;
	}
	return ACTION_LOG;
}

enum action
respond_to_unseen(const struct respond *respond)
{
	return weaker(respond->unseen, respond->ceiling);
}

enum action
respond_to(const struct respond *respond, const struct sigma_rule *rule)
{
	enum action action = respond->level[rule->level];

	if (!slice_is_absent(rule->action))
		(void)action_parse(rule->action, &action);
	action = weaker(action, cap_of_status(respond, rule->status));
	return weaker(action, respond->ceiling);
}

enum action
respond_to_unknown(const struct respond *respond, const struct sigma_rule *rule)
{
	return weaker(respond_to(respond, rule), respond->gave_up);
}
