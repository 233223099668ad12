/* SPDX-License-Identifier: BSD-2-Clause */
/* What a process counts in its own memory, and another is to go on with. */
#ifndef STORE_HAND_H
#define STORE_HAND_H

enum store_hand {
	/* Another begins: what is known is written down for it, and what is
	 * told from now on is left for it at the close. */
	STORE_HAND_BEGIN,
	STORE_HAND_CANCEL, /* It does not: this one goes on alone. */
	STORE_HAND_ADOPT, /* What others left is taken over. */
};

#endif
