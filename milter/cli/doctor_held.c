/* SPDX-License-Identifier: BSD-2-Clause */
/* Does somebody look after held mail, where somebody once did or must? */
#include "base/clock.h"
#include "base/date.h"
#include "cli/doctor.h"
#include "daemon/held_order.h"

#define REMEDY                                                     \
	"systemctl enable --now forwarden-held, and see what its " \
	"journal says"

static const struct json *
own_of(const struct json *answer)
{
	const struct json *hosts = json_find(answer, "hosts");

	for (size_t i = 0; i < json_count(hosts); i++) {
		if (json_bool(json_at(hosts, i), "own"))
			return json_at(hosts, i);
	}
	return NULL;
}

/* When a tender of this host was heard last; 0: never. */
static int64_t
heard_of(const struct json *own)
{
	int64_t looked_ms = 0, signed_ms = 0;

	(void)date_parse_stamp(json_text(own, "tended"), &looked_ms);
	(void)date_parse_stamp(json_text(own, "tender"), &signed_ms);
	return looked_ms > signed_ms ? looked_ms : signed_ms;
}

static void
say_stopped(struct doctor *doctor, int64_t heard_ms)
{
	char at[DATE_TEXT_BYTES];

	date_print(heard_ms, at);
	checkup_add(doctor->checkup,
		&(struct remedy){.level = CHECKUP_WRONG,
			.subject = "held",
			.text = REMEDY},
		"forwarden held --tend looked after held mail, last at %s, and "
		"does not any more: what is asked from elsewhere is not done",
		at);
}

static void
check_tender(struct doctor *doctor, const struct json *own)
{
	int64_t heard_ms = heard_of(own);
	int64_t now_ms = clock_now_ms(clock_real());

	if (heard_ms > 0 && now_ms - heard_ms > HELD_SILENCE_MS) {
		say_stopped(doctor, heard_ms);
	} else if (heard_ms > 0) {
		checkup_add_fine(doctor->checkup, "held",
			"it is looked after, and %lld are held",
			json_number(own, "count"));
	} else if (doctor->generation->config->held_expire > 0) {
		checkup_add(doctor->checkup,
			&(struct remedy){.level = CHECKUP_WRONG,
				.subject = "held",
				.text = REMEDY},
			"held.expire is set, and nobody looks: forwarden held "
			"--tend does not run");
	}
}

void
doctor_held(struct doctor *doctor, struct ask *ask)
{
	struct err err = {0};
	struct json *answer = ask_json(ask, ASK_GET, "/v1/held-list", &err);

	if (answer != NULL)
		check_tender(doctor, own_of(answer));
	json_free(answer);
}
