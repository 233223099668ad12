# SPDX-License-Identifier: BSD-2-Clause
EXTRA_DIST += scripts/deps scripts/test scripts/bench \
	scripts/compile-commands scripts/demo \
	scripts/on-debian scripts/platforms \
	scripts/coverage scripts/lint scripts/lint-exceptions scripts/noise \
	scripts/on-others scripts/on-redis

# For operators: renews the list of addresses for a day; makes queries of
# policies.
dist_pkgdata_SCRIPTS = scripts/renew-disposable scripts/siem-pipeline

# A package of Debian can be made of a tarball, too.
EXTRA_DIST += debian/changelog debian/control debian/copyright debian/postrm \
	debian/prerm debian/rules debian/source/format debian/tests/control \
	debian/tests/postfix

# For clangd: what the compiler is called with, in the top of the tree.
.PHONY: compile-commands
compile-commands:
	MAKE=$(MAKE) $(SHELL) $(srcdir)/scripts/compile-commands .
