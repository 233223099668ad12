# SPDX-License-Identifier: BSD-2-Clause
dist_doc_DATA += docs/alerts.md docs/architecture.md docs/attach.md docs/audit.md docs/contain.md docs/forwarding.md docs/install.md \
	docs/investigate.md docs/monitoring.md docs/performance.md docs/policies.md docs/redis.md docs/rollout.md docs/scan.md \
	docs/siem.md docs/upgrade.md
dist_doc_DATA += docs/page.md
EXTRA_DIST += docs/policies-table

# Pages name the paths of a usual system, and *.in files name them by their
# @variable@; what is installed has those of this build.
WITH_PATHS = $(AM_V_GEN)$(MKDIR_P) $(@D) && sed \
	-e 's,/etc/forwarden,$(sysconfdir)/forwarden,g' \
	-e 's,/usr/share/forwarden,$(pkgdatadir),g' \
	-e 's,/var/lib/forwarden,$(localstatedir)/lib/forwarden,g' \
	-e 's,/var/log/forwarden,$(localstatedir)/log/forwarden,g' \
	-e 's,/run/forwarden,$(runstatedir)/forwarden,g' \
	-e 's,[@]sbindir@,$(sbindir),g' \
	-e 's,[@]sysconfdir@,$(sysconfdir),g' \
	-e 's,[@]localstatedir@,$(localstatedir),g' \
	-e 's,[@]runstatedir@,$(runstatedir),g'

# The keys of the configuration stand in their page and in the configuration
# that is installed as the program prints them. docs/update-keys puts them
# there and docs/manual.sh holds them against it, so that a build for another
# machine need not run what it built.
man_MANS += docs/made/forwarden-policies.7 docs/made/forwarden.8 \
	docs/made/forwarden.yaml.5
PAGES = docs/forwarden-policies.7 docs/forwarden.8 docs/forwarden.yaml \
	docs/forwarden.yaml.5
exampledir = $(docdir)/examples
nodist_example_DATA = docs/made/forwarden.yaml
dist_example_DATA = docs/grafana.json docs/prometheus-rules.yaml
# For those who keep events: two of them are made of the table of fields.
siemdir = $(docdir)/siem
dist_siem_DATA = docs/siem/elastic-pipeline.json docs/siem/elastic-template.json \
	docs/siem/flows.jq docs/siem/props.conf docs/siem/transforms.conf
$(man_MANS) docs/made/forwarden.yaml: $(PAGES) Makefile
	$(WITH_PATHS) $(srcdir)/docs/$(@F) >$@.tmp && mv $@.tmp $@

MADE = docs/made/forwarden-audit.service docs/made/forwarden-audit.timer \
	docs/made/forwarden-held.service docs/made/forwarden-scan.service \
	docs/made/forwarden.logrotate docs/made/forwarden.service \
	docs/made/forwarden.sysusers docs/made/forwarden.tmpfiles
MADE_FROM = docs/forwarden-audit.service.in docs/forwarden-audit.timer.in \
	docs/forwarden-held.service.in docs/forwarden-scan.service.in \
	docs/forwarden.logrotate.in docs/forwarden.service.in \
	docs/forwarden.sysusers.in docs/forwarden.tmpfiles.in
noinst_DATA = $(MADE)
$(MADE): $(MADE_FROM) Makefile
	$(WITH_PATHS) $(srcdir)/docs/$(@F).in >$@.tmp && mv $@.tmp $@

EXTRA_DIST += $(PAGES) $(MADE_FROM) docs/forwarden.bash docs/update-keys
CLEANFILES += $(man_MANS) docs/made/forwarden.yaml $(MADE)
# What a variable is in the end, for the test.
.PHONY: place
place:
	@echo $($(NAME))
TESTS += docs/install.sh docs/manual.sh
EXTRA_DIST += docs/install.sh docs/manual.sh

# from and to, a line: what belongs to the system, if it has systemd, and what
# an administrator edits, which is put in place once and never overwritten.
completiondir = $(datadir)/bash-completion/completions
SYSTEM_FILES = $(srcdir)/docs/forwarden.bash $(completiondir)/forwarden
SETTINGS = docs/made/forwarden.yaml $(sysconfdir)/forwarden/forwarden.yaml \
	docs/made/forwarden.logrotate $(sysconfdir)/logrotate.d/forwarden
if SYSTEMD
SYSTEM_FILES += \
	docs/made/forwarden.service $(systemdsystemunitdir)/forwarden.service \
	docs/made/forwarden-audit.service $(systemdsystemunitdir)/forwarden-audit.service \
	docs/made/forwarden-audit.timer $(systemdsystemunitdir)/forwarden-audit.timer \
	docs/made/forwarden-held.service $(systemdsystemunitdir)/forwarden-held.service \
	docs/made/forwarden-scan.service $(systemdsystemunitdir)/forwarden-scan.service \
	docs/made/forwarden.sysusers $(prefix)/lib/sysusers.d/forwarden.conf \
	docs/made/forwarden.tmpfiles $(prefix)/lib/tmpfiles.d/forwarden.conf
endif

install-data-local: $(MADE) docs/made/forwarden.yaml
	@set -e; put() { \
		echo " $(INSTALL_DATA) $$1 '$(DESTDIR)$$2'"; \
		$(MKDIR_P) "$(DESTDIR)$${2%/*}"; \
		$(INSTALL_DATA) "$$1" "$(DESTDIR)$$2"; \
	}; \
	set -- $(SYSTEM_FILES); \
	while [ $$# -gt 0 ]; do put "$$1" "$$2"; shift 2; done; \
	set -- $(SETTINGS); \
	while [ $$# -gt 0 ]; do \
		if [ -e "$(DESTDIR)$$2" ]; then \
			echo " $(DESTDIR)$$2 is there already, and is left as it is"; \
		else put "$$1" "$$2"; fi; shift 2; \
	done

# Settings that were edited stay.
uninstall-local: docs/made/forwarden.yaml docs/made/forwarden.logrotate
	@set -- $(SYSTEM_FILES); \
	while [ $$# -gt 0 ]; do rm -f "$(DESTDIR)$$2"; shift 2; done; \
	set -- $(SETTINGS); \
	while [ $$# -gt 0 ]; do \
		if cmp -s "$$1" "$(DESTDIR)$$2"; then rm -f "$(DESTDIR)$$2"; \
		elif [ -e "$(DESTDIR)$$2" ]; then \
			echo " $(DESTDIR)$$2 was edited, and is left as it is"; \
		fi; shift 2; \
	done
	@rmdir "$(DESTDIR)$(sysconfdir)/forwarden" 2>/dev/null || :
