/* SPDX-License-Identifier: BSD-2-Clause */
/* Blocks and their signs, by the code charts of Unicode 15. */
#include "base/script.h"

#include <stddef.h>

struct range {
	uint32_t first, last;
	enum script script;
};

/* Sorted; what stands in none is a letter. */
static const struct range ranges[] = {
	{0x0000, 0x002F, SCRIPT_SIGN},
	{0x003A, 0x0040, SCRIPT_SIGN},
	{0x005B, 0x0060, SCRIPT_SIGN},
	{0x007B, 0x00A9, SCRIPT_SIGN},
	{0x00AB, 0x00B4, SCRIPT_SIGN},
	{0x00B6, 0x00B9, SCRIPT_SIGN},
	{0x00BB, 0x00BF, SCRIPT_SIGN},
	{0x00D7, 0x00D7, SCRIPT_SIGN},
	{0x00F7, 0x00F7, SCRIPT_SIGN},
	{0x02C2, 0x02DF, SCRIPT_SIGN},
	{0x037E, 0x037E, SCRIPT_SIGN},
	{0x0387, 0x0387, SCRIPT_SIGN},
	{0x055A, 0x055F, SCRIPT_SIGN},
	{0x0589, 0x058F, SCRIPT_SIGN},
	{0x05BE, 0x05BE, SCRIPT_SIGN},
	{0x05C0, 0x05C0, SCRIPT_SIGN},
	{0x05C3, 0x05C3, SCRIPT_SIGN},
	{0x05C6, 0x05C6, SCRIPT_SIGN},
	{0x05F3, 0x060F, SCRIPT_SIGN},
	{0x061B, 0x061F, SCRIPT_SIGN},
	{0x0640, 0x0640, SCRIPT_SIGN}, /* a stroke that lengthens a word */
	{0x066A, 0x066D, SCRIPT_SIGN},
	{0x06D4, 0x06D4, SCRIPT_SIGN},
	{0x0964, 0x0965, SCRIPT_SIGN},
	{0x0E00, 0x0E3E, SCRIPT_UNSPACED},
	{0x0E3F, 0x0E3F, SCRIPT_SIGN},
	{0x0E40, 0x0EFF, SCRIPT_UNSPACED},
	{0x1000, 0x109F, SCRIPT_UNSPACED},
	{0x1780, 0x17FF, SCRIPT_UNSPACED},
	{0x2000, 0x2070, SCRIPT_SIGN},
	{0x2072, 0x207E, SCRIPT_SIGN},
	{0x208A, 0x208F, SCRIPT_SIGN},
	{0x20A0, 0x20CF, SCRIPT_SIGN},
	{0x2190, 0x2BFF, SCRIPT_SIGN},
	{0x2E00, 0x2E7F, SCRIPT_SIGN},
	{0x2E80, 0x2FDF, SCRIPT_IDEOGRAPH},
	{0x2FF0, 0x3004, SCRIPT_SIGN},
	{0x3005, 0x3007, SCRIPT_IDEOGRAPH},
	{0x3008, 0x3030, SCRIPT_SIGN},
	{0x3040, 0x309F, SCRIPT_UNSPACED},
	{0x30A0, 0x30A0, SCRIPT_SIGN},
	{0x30A1, 0x30FA, SCRIPT_UNSPACED},
	{0x30FB, 0x30FB, SCRIPT_SIGN},
	{0x30FC, 0x312F, SCRIPT_UNSPACED},
	{0x31F0, 0x31FF, SCRIPT_UNSPACED},
	{0x3200, 0x33FF, SCRIPT_SIGN},
	{0x3400, 0x4DBF, SCRIPT_IDEOGRAPH},
	{0x4DC0, 0x4DFF, SCRIPT_SIGN},
	{0x4E00, 0x9FFF, SCRIPT_IDEOGRAPH},
	{0xE000, 0xF8FF, SCRIPT_SIGN},
	{0xF900, 0xFAFF, SCRIPT_IDEOGRAPH},
	{0xFE00, 0xFE6F, SCRIPT_SIGN},
	{0xFEFF, 0xFF0F, SCRIPT_SIGN},
	{0xFF1A, 0xFF20, SCRIPT_SIGN},
	{0xFF3B, 0xFF40, SCRIPT_SIGN},
	{0xFF5B, 0xFF65, SCRIPT_SIGN},
	{0xFF66, 0xFF9F, SCRIPT_UNSPACED},
	{0xFFE0, 0xFFFF, SCRIPT_SIGN},
	{0x1F000, 0x1FBEF, SCRIPT_SIGN},
	{0x20000, 0x3FFFF, SCRIPT_IDEOGRAPH},
	{0xE0000, 0xFFFFFFFF, SCRIPT_SIGN},
};
#define RANGE_COUNT (sizeof(ranges) / sizeof(*ranges))

enum script
script_of(uint32_t code)
{
	size_t low = 0, high = RANGE_COUNT;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (ranges[middle].last < code) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low < RANGE_COUNT && ranges[low].first <= code
		? ranges[low].script
		: SCRIPT_LETTER;
}
