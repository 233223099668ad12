# SPDX-License-Identifier: BSD-2-Clause
# The rule pack, installed as an example to copy from or to use as it is.
policiesdir = $(pkgdatadir)/policies
dist_policies_DATA = \
	policies/burst-against-own-past.test.yaml \
	policies/burst-against-own-past.yaml \
	policies/campaign-one-destination.test.yaml \
	policies/campaign-one-destination.yaml \
	policies/campaign-one-domain.test.yaml \
	policies/campaign-one-domain.yaml \
	policies/carried-on-again.test.yaml \
	policies/carried-on-again.yaml \
	policies/carried-on-at-once.test.yaml \
	policies/carried-on-at-once.yaml \
	policies/carried-on-daily.test.yaml \
	policies/carried-on-daily.yaml \
	policies/carried-on-slowly.test.yaml \
	policies/carried-on-slowly.yaml \
	policies/carried-on-soon.test.yaml \
	policies/carried-on-soon.yaml \
	policies/carried-to-many.test.yaml \
	policies/carried-to-many.yaml \
	policies/client-rule-forward.test.yaml \
	policies/client-rule-forward.yaml \
	policies/client-rule-repeated.test.yaml \
	policies/client-rule-repeated.yaml \
	policies/contained-mailbox-forwards.test.yaml \
	policies/contained-mailbox-forwards.yaml \
	policies/copy-to-new-destination.test.yaml \
	policies/copy-to-new-destination.yaml \
	policies/disposable-destination.test.yaml \
	policies/disposable-destination.yaml \
	policies/encrypted-mail-forwarded.test.yaml \
	policies/encrypted-mail-forwarded.yaml \
	policies/exchange-inbox-rule.test.yaml \
	policies/exchange-inbox-rule.yaml \
	policies/exchange-mailbox-forwarding.test.yaml \
	policies/exchange-mailbox-forwarding.yaml \
	policies/exchange-transport-rule.test.yaml \
	policies/exchange-transport-rule.yaml \
	policies/external-forward.yaml \
	policies/finance-mail-new-destination.test.yaml \
	policies/finance-mail-new-destination.yaml \
	policies/follows-arrivals-new.test.yaml \
	policies/follows-arrivals.test.yaml \
	policies/follows-arrivals.yaml \
	policies/forward-burst-mailbox.test.yaml \
	policies/forward-burst-mailbox.yaml \
	policies/forward-burst-volume.test.yaml \
	policies/forward-burst-volume.yaml \
	policies/forward-everything.test.yaml \
	policies/forward-everything.yaml \
	policies/google-forwarding.test.yaml \
	policies/google-forwarding.yaml \
	policies/idn-destination.test.yaml \
	policies/idn-destination.yaml \
	policies/keeps-pace.test.yaml \
	policies/keeps-pace.yaml \
	policies/keyword-picking.test.yaml \
	policies/keyword-picking.yaml \
	policies/keyword-rule-drip.test.yaml \
	policies/keyword-rule-drip.yaml \
	policies/long-lived-route.test.yaml \
	policies/long-lived-route.yaml \
	policies/lookalike-destination.test.yaml \
	policies/lookalike-destination.yaml \
	policies/many-destinations.test.yaml \
	policies/many-destinations.yaml \
	policies/new-destination-off-hours.test.yaml \
	policies/new-destination-off-hours.yaml \
	policies/new-destination.test.yaml \
	policies/new-destination.yaml \
	policies/one-time-code-forwarded.test.yaml \
	policies/one-time-code-forwarded.yaml \
	policies/payroll-mail-forwarded.test.yaml \
	policies/payroll-mail-forwarded.yaml \
	policies/redirect-external.test.yaml \
	policies/redirect-external.yaml \
	policies/redirect-to-freemail.test.yaml \
	policies/redirect-to-freemail.yaml \
	policies/redirect-to-intake.test.yaml \
	policies/redirect-to-intake.yaml \
	policies/security-notice-forwarded.test.yaml \
	policies/security-notice-forwarded.yaml \
	policies/sensitive-mailbox-redirect.test.yaml \
	policies/sensitive-mailbox-redirect.yaml \
	policies/sieve-notify-external.test.yaml \
	policies/sieve-notify-external.yaml \
	policies/sieve-redirect.test.yaml \
	policies/sieve-redirect.yaml \
	policies/takeover-sequence.test.yaml \
	policies/takeover-sequence.yaml \
	policies/transport-rule-campaign.test.yaml \
	policies/transport-rule-campaign.yaml \
	policies/unmarked-redirect.test.yaml \
	policies/unmarked-redirect.yaml \
	policies/vendor-auto-forward.test.yaml \
	policies/vendor-auto-forward.yaml \
	policies/zimbra-forward.test.yaml \
	policies/zimbra-forward.yaml
policylistsdir = $(policiesdir)/lists
dist_policylists_DATA = \
	policies/lists/disposable.txt \
	policies/lists/freemail.txt \
	policies/lists/keyword-credentials.txt \
	policies/lists/keyword-incident.txt \
	policies/lists/keyword-legal.txt \
	policies/lists/keyword-money.txt \
	policies/lists/keyword-payroll.txt \
	policies/lists/saas-intake.txt \
	policies/lists/sensitive-mailboxes.txt
policyfiltersdir = $(policiesdir)/filters
dist_policyfilters_DATA = \
	policies/filters/journal-archive.yaml \
	policies/filters/role-alias-to-agency.test.yaml \
	policies/filters/role-alias-to-agency.yaml
