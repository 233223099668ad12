# SPDX-License-Identifier: BSD-2-Clause
# Memory, descriptors and disks that run out, signals, peers that stop.
TESTS += tests/faults/faults.py
EXTRA_DIST += tests/faults/faults.py tests/faults/scarce.c
