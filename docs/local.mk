# SPDX-License-Identifier: BSD-2-Clause
EXTRA_DIST += docs/forwarding.md
EXTRA_DIST += docs/attach.md
dist_man_MANS += docs/forwarden-policies.7
EXTRA_DIST += docs/policies.md docs/policies-table

# The keys of the configuration stand in their page as the program prints
# them; docs/update-keys puts them there.
dist_man_MANS += docs/forwarden.8 docs/forwarden.yaml.5
TESTS += docs/manual.sh
EXTRA_DIST += docs/manual.sh docs/update-keys

# Examples that know where things were installed.
EXTRA_DIST += docs/forwarden.service.in
nodist_doc_DATA = docs/forwarden.yaml.example docs/forwarden.service
CLEANFILES += docs/forwarden.yaml.example docs/forwarden.service
docs/forwarden.yaml.example: forwarden$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) docs && ./forwarden$(EXEEXT) keys --example >$@.tmp && \
		mv $@.tmp $@
docs/forwarden.service: $(srcdir)/docs/forwarden.service.in
	$(AM_V_GEN)$(MKDIR_P) docs && sed -e 's,[@]sbindir@,$(sbindir),' \
		-e 's,[@]sysconfdir@,$(sysconfdir),' \
		$(srcdir)/docs/forwarden.service.in >$@.tmp && mv $@.tmp $@
