/* SPDX-License-Identifier: BSD-2-Clause */
/* Which addresses may be a webhook's, and what is shown of one. */
#include "rows.h"

#include "daemon/webhook.h"

static const struct row {
	const char *name, *shown; /* NULL: refused */
} rows[] = {
	{"https://hooks.example.net/a/b?token=x", "https://hooks.example.net"},
	{"https://hooks.example.net", "https://hooks.example.net"},
	{"https://user:pass@hooks.example.net:8443/x",
		"https://hooks.example.net:8443"},
	{"https://a@b@hooks.example.net/", "https://hooks.example.net"},
	{"https://hooks.example.net?key=a@b", "https://hooks.example.net"},
	{"HTTPS://hooks.example.net/#x", "HTTPS://hooks.example.net"},
	{"http://127.0.0.1/x", "http://127.0.0.1"},
	{"http://127.0.0.1:8080/x", "http://127.0.0.1:8080"},
	{"http://LOCALHOST/x", "http://LOCALHOST"},
	{"http://[::1]:80/x", "http://[::1]:80"},
	{"http://[::1]/x", "http://[::1]"},
	{"http://127.0.0.1@example.net/", NULL},
	{"http://example.net/127.0.0.1", NULL},
	{"http://localhost.example.net/", NULL},
	{"http://127.0.0.10/", NULL},
	{"http://example.net#@127.0.0.1/", NULL},
	{"http://example.net\\@127.0.0.1/", NULL},
	{"ftp://127.0.0.1/x", NULL},
	{"file:///etc/passwd", NULL},
	{"https:///x", NULL},
	{"https://user@/x", NULL},
	{"https://a b/", NULL},
	{"hooks.example.net", NULL},
	{"", NULL},
};

static void
check(void **state)
{
	const struct row *row = *state;
	struct buf shown = {0};
	struct err err;

	assert_int_equal(webhook_check(row->name, &err), row->shown != NULL);
	if (row->shown != NULL) {
		webhook_mask(row->name, &shown);
		assert_string_equal(shown.p, row->shown);
	}
	buf_fini(&shown);
}

int
main(void)
{
	struct rows all = {0};

	ROWS_ADD(&all, rows, check);
	return rows_run(&all, "webhook");
}
