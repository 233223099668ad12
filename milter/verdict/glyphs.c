/* SPDX-License-Identifier: BSD-2-Clause */
/* Which glyphs look like which: after Unicode's charts, for small letters,
 * as domains have no others. */
#include "verdict/glyphs.h"

#include "mail/address.h"

#include <stdint.h>

/* Of a label, 59 letters of 4 bytes at most. */
#define UNICODE_MAX 256
#define ACE_PREFIX SLICE("xn--")

/* Code points from..to look like the letter; in order. */
static const struct {
	uint16_t from, to;
	char letter;
} ranges[] = {
	/* Latin letters with marks: Latin-1, Extended-A. */
	{0xE0, 0xE5, 'a'},
	{0xE7, 0xE7, 'c'},
	{0xE8, 0xEB, 'e'},
	{0xEC, 0xEF, 'i'},
	{0xF1, 0xF1, 'n'},
	{0xF2, 0xF6, 'o'},
	{0xF8, 0xF8, 'o'},
	{0xF9, 0xFC, 'u'},
	{0xFD, 0xFD, 'y'},
	{0xFF, 0xFF, 'y'},
	{0x100, 0x105, 'a'},
	{0x106, 0x10D, 'c'},
	{0x10E, 0x111, 'd'},
	{0x112, 0x11B, 'e'},
	{0x11C, 0x123, 'g'},
	{0x124, 0x127, 'h'},
	{0x128, 0x131, 'i'},
	{0x134, 0x135, 'j'},
	{0x136, 0x138, 'k'},
	{0x139, 0x142, 'l'},
	{0x143, 0x14B, 'n'},
	{0x14C, 0x151, 'o'},
	{0x154, 0x159, 'r'},
	{0x15A, 0x161, 's'},
	{0x162, 0x167, 't'},
	{0x168, 0x173, 'u'},
	{0x174, 0x175, 'w'},
	{0x176, 0x178, 'y'},
	{0x179, 0x17E, 'z'},
	{0x1A1, 0x1A1, 'o'},
	{0x1B0, 0x1B0, 'u'},
	{0x218, 0x219, 's'},
	{0x21A, 0x21B, 't'},
	{0x251, 0x251, 'a'},
	{0x261, 0x261, 'g'},
	{0x269, 0x269, 'i'},
	/* Greek. */
	{0x3AC, 0x3AC, 'a'},
	{0x3AF, 0x3AF, 'i'},
	{0x3B1, 0x3B1, 'a'},
	{0x3B9, 0x3B9, 'i'},
	{0x3BA, 0x3BA, 'k'},
	{0x3BD, 0x3BD, 'v'},
	{0x3BF, 0x3BF, 'o'},
	{0x3C1, 0x3C1, 'p'},
	{0x3C4, 0x3C4, 't'},
	{0x3C5, 0x3C5, 'u'},
	{0x3C7, 0x3C7, 'x'},
	{0x3C9, 0x3C9, 'w'},
	{0x3CC, 0x3CC, 'o'},
	{0x3CD, 0x3CD, 'u'},
	{0x3F2, 0x3F2, 'c'},
	{0x3F3, 0x3F3, 'j'},
	/* Cyrillic. */
	{0x430, 0x430, 'a'},
	{0x435, 0x435, 'e'},
	{0x43A, 0x43A, 'k'},
	{0x43C, 0x43C, 'm'},
	{0x43E, 0x43E, 'o'},
	{0x440, 0x440, 'p'},
	{0x441, 0x441, 'c'},
	{0x442, 0x442, 't'},
	{0x443, 0x443, 'y'},
	{0x445, 0x445, 'x'},
	{0x450, 0x451, 'e'},
	{0x455, 0x455, 's'},
	{0x456, 0x457, 'i'},
	{0x458, 0x458, 'j'},
	{0x4BB, 0x4BB, 'h'},
	{0x4CF, 0x4CF, 'l'},
	{0x501, 0x501, 'd'},
	{0x51B, 0x51B, 'q'},
	{0x51D, 0x51D, 'w'},
	/* Armenian. */
	{0x570, 0x570, 'h'},
	{0x578, 0x578, 'n'},
	{0x57D, 0x57D, 'u'},
	{0x585, 0x585, 'o'},
	/* Latin Extended Additional. */
	{0x1E00, 0x1E01, 'a'},
	{0x1E02, 0x1E07, 'b'},
	{0x1E08, 0x1E09, 'c'},
	{0x1E0A, 0x1E13, 'd'},
	{0x1E14, 0x1E1D, 'e'},
	{0x1E1E, 0x1E1F, 'f'},
	{0x1E20, 0x1E21, 'g'},
	{0x1E22, 0x1E2B, 'h'},
	{0x1E2C, 0x1E2F, 'i'},
	{0x1E30, 0x1E35, 'k'},
	{0x1E36, 0x1E3D, 'l'},
	{0x1E3E, 0x1E43, 'm'},
	{0x1E44, 0x1E4B, 'n'},
	{0x1E4C, 0x1E53, 'o'},
	{0x1E54, 0x1E57, 'p'},
	{0x1E58, 0x1E5F, 'r'},
	{0x1E60, 0x1E69, 's'},
	{0x1E6A, 0x1E71, 't'},
	{0x1E72, 0x1E7B, 'u'},
	{0x1E7C, 0x1E7F, 'v'},
	{0x1E80, 0x1E89, 'w'},
	{0x1E8A, 0x1E8D, 'x'},
	{0x1E8E, 0x1E8F, 'y'},
	{0x1E90, 0x1E95, 'z'},
	{0x1EA0, 0x1EB7, 'a'},
	{0x1EB8, 0x1EC7, 'e'},
	{0x1EC8, 0x1ECB, 'i'},
	{0x1ECC, 0x1EE3, 'o'},
	{0x1EE4, 0x1EF1, 'u'},
	{0x1EF2, 0x1EF9, 'y'},
};

static const struct {
	struct slice looks;
	char reads;
} confusables[] = {
	{SLICE("rn"), 'm'},
	{SLICE("vv"), 'w'},
	{SLICE("cl"), 'd'},
	{SLICE("0"), 'o'},
	{SLICE("1"), 'l'},
	{SLICE("i"), 'l'},
	{SLICE("5"), 's'},
	{SLICE("3"), 'e'},
};

bool
glyphs_is_foreign(struct slice label)
{
	return slice_starts_fold(label, ACE_PREFIX);
}

static char
letter_of(uint32_t point)
{
	size_t low = 0, high = sizeof(ranges) / sizeof(ranges[0]);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (point > ranges[middle].to) {
			low = middle + 1;
		} else if (point < ranges[middle].from) {
			high = middle;
		} else {
			return ranges[middle].letter;
		}
	}
	return '\0';
}

/* The code point of two or three bytes of UTF-8 and how many those are; any
 * other byte is itself. */
static uint32_t
read_point(struct slice text, size_t *len)
{
	const unsigned char *p = (const unsigned char *)text.p;

	if (text.len >= 2 && (p[0] & 0xE0) == 0xC0) {
		*len = 2;
		return (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
	}
	if (text.len >= 3 && (p[0] & 0xF0) == 0xE0) {
		*len = 3;
		return (uint32_t)(p[0] & 0x0F) << 12 |
			(uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F);
	}
	*len = 1;
	return p[0] < 0x80 ? p[0] : 0;
}

/* What looks like a plain letter becomes it, in place: never longer. */
static struct slice
write_plain(char *text, size_t text_len)
{
	size_t len = 0, step;

	for (size_t i = 0; i < text_len; i += step) {
		char letter = letter_of(read_point(
			(struct slice){text + i, text_len - i}, &step));

		if (letter != '\0') {
			text[len++] = letter;
			continue;
		}
		for (size_t k = 0; k < step; k++)
			text[len++] = text[i + k];
	}
	return (struct slice){text, len};
}

static size_t
skeleton_step(struct slice rest, char *out)
{
	for (size_t i = 0; i < sizeof(confusables) / sizeof(confusables[0]);
		i++) {
		struct slice looks = confusables[i].looks;

		if (slice_starts_fold(rest, looks)) {
			*out = confusables[i].reads;
			return looks.len;
		}
	}
	*out = rest.p[0];
	return 1;
}

struct slice
glyphs_skeleton(struct slice label, char out[GLYPHS_MAX])
{
	char text[UNICODE_MAX];
	size_t len = 0;

	if (glyphs_is_foreign(label)) {
		label = address_domain_shown(label, text, sizeof(text));
		if (label.p == text)
			label = write_plain(text, label.len);
	}
	for (size_t i = 0; i < label.len && len < GLYPHS_MAX; len++) {
		i += skeleton_step(slice_sub(label, i, label.len), &out[len]);
	}
	return (struct slice){out, len};
}
