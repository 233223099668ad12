/* SPDX-License-Identifier: BSD-2-Clause */
/* As logrotate and newsyslog name them. */
#include "logs/rotated.h"

#include "base/buf.h"

#include <glob.h>
#include <sys/stat.h>

static void
add_literally(struct buf *pattern, const char *path)
{
	for (; *path != '\0'; path++) {
		if (strchr("*?[\\", *path) != NULL)
			buf_add_byte(pattern, '\\');
		buf_add_byte(pattern, *path);
	}
}

void
rotated_each(const char *path, void (*visit)(void *, const char *), void *ctx)
{
	static const char *const endings[] = {".[0-9]*", "-[0-9]*"};

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		struct buf pattern = {0};
		glob_t found = {0};
		struct stat st;

		add_literally(&pattern, path);
		buf_puts(&pattern, endings[i]);
		if (buf_ok(&pattern) && glob(pattern.p, 0, NULL, &found) == 0) {
			for (size_t k = 0; k < found.gl_pathc; k++) {
				if (stat(found.gl_pathv[k], &st) == 0 &&
					S_ISREG(st.st_mode))
					visit(ctx, found.gl_pathv[k]);
			}
		}
		globfree(&found);
		buf_fini(&pattern);
	}
}
