# SPDX-License-Identifier: BSD-2-Clause
EXTRA_DIST += scripts/deps scripts/test scripts/bench scripts/attach-postfix \
	scripts/attach-sendmail scripts/compile-commands scripts/demo scripts/platforms

# For clangd: what the compiler is called with, in the top of the tree.
.PHONY: compile-commands
compile-commands:
	MAKE=$(MAKE) $(SHELL) $(srcdir)/scripts/compile-commands .
