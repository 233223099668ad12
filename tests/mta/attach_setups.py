#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
forwarden attach on set-ups like those that well-known products make, by what
their documents say of them: a signer before Forwarden, scanners behind the
intake, tables for everything. As in attach_postfix.py, the ways that mail takes
are the same with Forwarden and without; and signatures made at the intake are
good outside.
"""
import os
import shutil
import socket
import subprocess
import sys

import rig.postfix
from attach_postfix import ContentFilter, Site, exercise
from rig import Forwarden, Rig, Tap, free_port
from rig.core import Failure, can_connect, run, wait_until
from rig.forwarden import program
from rig.postfix import PYTHON

SIGNER = """\
Mode s
Domain example.com, branch.example
Selector test
KeyFile {key}
Socket inet:{port}@127.0.0.1
InternalHosts 127.0.0.0/8
Canonicalization relaxed/simple
UserID nobody
RequireSafeKeys no
PidFile {key}.pid
Syslog no
"""
# Reads mail, answers with "good" or "bad" where the public key is the argument.
VERIFY = """\
import sys, dkim
record = b"v=DKIM1; k=rsa; p=" + sys.argv[1].encode()
data = sys.stdin.buffer.read().replace(b"\\n", b"\\r\\n")
print("good" if dkim.verify(data, dnsfunc=lambda *_, **__: record) else "bad")
"""


class Signer:
    """OpenDKIM with a key of its own."""

    def __init__(self, rig):
        key = rig.path("dkim.pem")
        run(["openssl", "genrsa", "-out", key, "2048"])
        os.chmod(key, 0o600)
        os.chown(key, 65534, -1)
        pem = run(["openssl", "rsa", "-in", key, "-pubout"])
        self.public = "".join(pem.splitlines()[1:-1])
        self.port = free_port()
        with open(rig.path("dkim.conf"), "w") as f:
            f.write(SIGNER.format(key=key, port=self.port))
        rig.spawn(["opendkim", "-f", "-x", rig.path("dkim.conf")], rig.path("dkim.log"))
        wait_until("the signer", self.answers)
        self.milter = f"inet:127.0.0.1:{self.port}"

    def answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 5).close()
            return True
        except OSError:
            return False

    def verdict(self, message):
        return run([PYTHON, "-c", VERIFY, self.public], stdin=message.data).strip()


def daemon(site):
    """Debian's own: chrooted, mail by the provider's server with a password."""
    site.sink("secure", secure=True)
    relay = f"[127.0.0.1]:{site.port('secure')}"
    passwords = site.table("passwords", {relay: "site:secret"})
    return site.make(
        leave=f"relayhost = {relay}\nsmtp_sasl_auth_enable = yes\n"
              f"smtp_sasl_password_maps = {passwords}\nsmtp_sasl_security_options = noanonymous\n"
              "smtp_tls_security_level = encrypt\n",
        main=f"smtpd_milters = {site.signer.milter}\nnon_smtpd_milters = $smtpd_milters\n"
             "mailbox_size_limit = 0\nreadme_directory = no\n"
             "smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated "
             "defer_unauth_destination\n")


def containers(site):
    """As mailcow has it: all tables through proxymap, ways by sender, a signer
    that must answer, postscreen before two doors, listeners of its own for web
    mail, quarantine and a watchdog with routes of its own; and main.cf is made
    anew from another file at each start."""
    for name in ("branch", "routed"):
        site.sink(name)
    senders = site.table("senders", {
        "@branch.example": f"smtp_enforced:[127.0.0.1]:{site.port('branch')}",
        "@example.com": "smtp:"})
    routes = site.table("routes", {
        "routed.example": f"smtp_via_maps:[127.0.0.1]:{site.port('routed')}"})
    none = site.table("none", {"nobody@nowhere.example": "x"})
    site.options = ["--transports", "smtp,smtp_via_maps"]
    site.others = ["x@routed.example", "x@elsewhere.test"]
    strict = "-o smtpd_client_restrictions=permit_mynetworks,permit_sasl_authenticated,reject"
    return site.make(
        main=f"smtpd_milters = {site.signer.milter}\nnon_smtpd_milters = $smtpd_milters\n"
             "milter_default_action = tempfail\nmilter_protocol = 6\n"
             "milter_mail_macros = i {mail_addr} {client_addr} {client_name} {auth_authen}\n"
             f"sender_dependent_default_transport_maps = proxy:{senders}\n"
             "transport_maps = regexp:{{/watchdog@localhost$$/ watchdog_discard:}},\n"
             f"  regexp:{{{{/localhost$$/ local:}}}}, proxy:{none}, proxy:{routes}\n"
             "relay_domains = proxy:" + none + f"\nrelay_recipient_maps = proxy:{none}\n"
             "parent_domain_matches_subdomains = debug_peer_list,fast_flush_domains,mynetworks\n"
             f"smtp_tls_policy_maps = proxy:{none}\nsmtp_sender_dependent_authentication = yes\n"
             f"recipient_canonical_maps = proxy:{none}\nsmtpd_sender_login_maps = proxy:{none}\n"
             "virtual_transport = discard\nvirtual_mailbox_domains = example.net\n"
             "smtpd_delay_reject = yes\n"
             "smtpd_discard_ehlo_keywords = chunking, silent-discard, smtputf8\n"
             "smtp_header_checks = regexp:{{/^X-Inside:/ IGNORE}}\n"
             "lmtp_destination_recipient_limit = 1\npostscreen_cache_map =\n"
             "\n# Overrides #\n",
        master=f"127.0.0.1:{free_port()} inet n - n - 1 postscreen\n"
               "  -o postscreen_upstream_proxy_protocol=haproxy\n"
               f"127.0.0.1:{free_port()} inet n - n - - smtpd\n  {strict}\n"
               "  -o smtpd_upstream_proxy_protocol=haproxy\n"
               "  -o cleanup_service_name=sender_cleanup\n"
               f"127.0.0.1:{free_port()} inet n - n - - smtpd\n  {strict}\n"
               "  -o cleanup_service_name=sender_cleanup\n"
               f"127.0.0.1:{free_port()} inet n - n - - smtpd\n"
               "  -o smtpd_milters=\n  -o non_smtpd_milters=\n  -o syslog_name=postfix/back\n"
               "smtpd pass - - n - - smtpd\n  -o smtpd_sasl_auth_enable=no\n"
               "sender_cleanup unix n - n - 0 cleanup\n"
               "  -o header_checks=$smtp_header_checks\n"
               "smtp_enforced unix - - n - - smtp\n  -o syslog_name=postfix/enforced\n"
               "smtp_via_maps unix - - n - - smtp\n"
               "dnsblog unix - - n - 0 dnsblog\ntlsproxy unix - - n - 0 tlsproxy\n"
               f"127.0.0.1:{free_port()} inet n - n - - smtpd\n  -o smtpd_milters=\n"
               "  -o cleanup_service_name=watchdog_cleanup\n"
               "watchdog_cleanup unix n - n - 0 cleanup\n"
               "  -o queue_service_name=watchdog_qmgr\n"
               "watchdog_qmgr unix n - n 300 1 qmgr\n"
               "  -o rewrite_service_name=watchdog_rewrite\n"
               "watchdog_rewrite unix - - n - - trivial-rewrite\n"
               "  -o local_transport=watchdog_discard\n"
               "watchdog_discard unix - - n - - discard\n")


REINJECT = """\
  -o content_filter=
  -o smtpd_milters=
  -o mynetworks_style=host
  -o mynetworks=127.0.0.0/8
  -o local_header_rewrite_clients=
  -o local_recipient_maps=
  -o relay_recipient_maps=
  -o strict_rfc821_envelopes=yes
  -o smtp_tls_security_level=none
  -o smtpd_tls_security_level=none
  -o smtpd_restriction_classes=
  -o smtpd_delay_reject=no
  -o smtpd_client_restrictions=permit_mynetworks,reject
  -o smtpd_helo_restrictions=
  -o smtpd_sender_restrictions=
  -o smtpd_recipient_restrictions=permit_mynetworks,reject
  -o smtpd_end_of_data_restrictions=
  -o smtpd_error_sleep_time=0
  -o smtpd_client_connection_count_limit=0
  -o receive_override_options=no_header_body_checks,no_unknown_recipient_checks,no_address_mappings
"""


def scanned(site):
    """As iRedMail has it: a scanner for mail that comes in, another one at
    10026 for that of the users, which come back at listeners without milters;
    lists by a pipe; tables for everything; no original recipients."""
    scanner = ContentFilter(site.rig)
    scanner.back = free_port()
    site.sink("sales")
    copies = site.table("archive", {"bob@example.com": "archive@freemail.example"})
    none = site.table("none", {"nobody@nowhere.example": "x"})
    hosts = site.table("hosts", {"sales@example.com": f"[127.0.0.1]:{site.port('sales')}"})
    own = site.table("own", {"example.net": "dovecot", "lists.example.net": "mlmmj:x"})
    scan = f"scan:[127.0.0.1]:{scanner.port}"
    return site.make(
        main=f"content_filter = {scan}\n"
             f"smtpd_milters = {site.signer.milter}\nnon_smtpd_milters = $smtpd_milters\n"
             "milter_default_action = accept\n"
             f"transport_maps = proxy:{none} proxy:{own}\n"
             f"sender_dependent_relayhost_maps = proxy:{none} proxy:{hosts}\n"
             "virtual_mailbox_domains = example.net\nvirtual_transport = dovecot\n"
             f"virtual_mailbox_maps = proxy:{none}\nvirtual_alias_domains =\n"
             f"relay_domains = $mydestination proxy:{none}\n"
             f"sender_bcc_maps = proxy:{none} proxy:{copies}\nrecipient_bcc_maps = proxy:{none}\n"
             "header_checks = regexp:{{/^X-Inside:/ IGNORE}}\nbody_checks = $header_checks\n"
             "smtpd_command_filter = regexp:{{/^NOOP .*/ NOOP}}\n"
             "smtpd_helo_required = yes\nenable_original_recipient = no\n"
             "smtpd_discard_ehlo_keywords = chunking\nswap_bangpath = no\nsmtputf8_enable = no\n"
             "scan_destination_recipient_limit = 1\ndovecot_destination_recipient_limit = 1\n"
             "smtpd_data_restrictions = reject_unauth_pipelining\n",
        master=f"127.0.0.1:{scanner.back} inet n - n - - smtpd\n{REINJECT}"
               f"127.0.0.1:{free_port()} inet n - n - - smtpd\n{REINJECT}"
               f"127.0.0.1:{free_port()} inet n - n - - smtpd\n"
               "  -o content_filter=scan:[127.0.0.1]:10026\n"
               "scan unix - - n - 2 smtp\n  -o smtp_send_xforward_command=yes\n"
               "  -o smtp_data_done_timeout=1200\n  -o max_use=20\n"
               "dovecot unix - n n - - pipe\n  flags=DRh user=nobody argv=/bin/true\n"
               "mlmmj unix - n n - - pipe\n  flags=ORhu user=nobody argv=/bin/true\n")


def hosted(site):
    """Real users and virtual aliases; each domain leaves by an address of its
    own."""
    virtual = site.table("domains", {"info@example.com": site.alice.address,
                                     "example.org": "anything"})
    ways = site.table("ways", {"@branch.example": "smtp_branch"})
    return site.make(
        main=f"smtpd_milters = {site.signer.milter}\nnon_smtpd_milters = $smtpd_milters\n"
             f"virtual_alias_maps = {virtual}\nmailbox_size_limit = 0\n"
             "allow_percent_hack = no\nresolve_dequoted_address = no\n"
             f"sender_dependent_default_transport_maps = {ways}\n"
             "smtpd_recipient_restrictions = permit_mynetworks permit_sasl_authenticated "
             "reject_unauth_destination\n",
        master="smtp_branch unix - - n - - smtp\n"
               "  -o smtp_bind_address=127.0.0.3\n  -o smtp_helo_name=branch.example\n")


def start_rspamd(rig):
    """As Debian's package does, in folders of its own. It compiles its patterns
    for a while before it answers."""
    for name in ("lib", "run", "log"):
        shutil.chown(rig.mkdir("rspamd", name), "_rspamd", "_rspamd")
    paths = [f"--var={key}={rig.path('rspamd', name)}" for key, name in
             (("DBDIR", "lib"), ("RUNDIR", "run"), ("LOGDIR", "log"))]
    rig.spawn(["rspamd", "-f", "-u", "_rspamd", "-g", "_rspamd", *paths,
               "-c", "/etc/rspamd/rspamd.conf"], rig.path("rspamd.log"))


def scored(site):
    """The lines for Postfix that rspamd's documents give; original recipients
    switched off."""
    wait_until("rspamd", lambda: can_connect(("127.0.0.1", 11332)), 200)
    site.signer = None
    return site.make(
        main="smtpd_milters = inet:localhost:11332\nnon_smtpd_milters = inet:localhost:11332\n"
             "milter_protocol = 6\nmilter_default_action = accept\n"
             "milter_mail_macros = i {mail_addr} {client_addr} {client_name} {auth_authen}\n"
             "enable_original_recipient = no\n")


def check_doctor(tap, site, forwarden):
    """What doctor says of it while it is attached. One daemon is asked by all of
    these, and does not know the domains of each."""
    said = subprocess.run(
        [program(), "doctor", "-c", forwarden.file, "--postfix", site.postfix.config],
        stdout=subprocess.PIPE, timeout=60).stdout.decode()
    tap.ok("ok    attach" in said and not [line for line in said.splitlines()
                                            if line.startswith("WRONG")
                                            and not line.startswith("WRONG domains")],
           f"{site.name}: doctor finds nothing wrong", said)


SETUPS = [
    ("a system's own, chrooted", daemon, []),
    ("in containers, proxied tables", containers,
     ["leaves by smtp_enforced:", "leaves by smtp_via_maps:", "note: main.cf is made anew",
      "speaks no plain SMTP"]),
    ("scanners for both directions", scanned, ["own smtpd_milters"]),
    ("hosted, a way for each domain", hosted, ["leaves by smtp_branch:"]),
    ("rspamd, no original recipients", scored, []),
]


def check_signatures(tap, site):
    """Each that left after it was signed at the intake is good outside."""
    signed = [m for sink in site.sinks.values() for m in sink.messages
              if m.field("DKIM-Signature")]
    verdicts = [site.signer.verdict(m) for m in signed]
    tap.ok(len(signed) >= 12 and set(verdicts) == {"good"},
           f"{site.name}: {len(signed)} signatures are good outside", verdicts,
           [m.data for m, v in zip(signed, verdicts) if v != "good"][:1])


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip_all("needs root")
    # All of Debian's daemons that can be are in a chroot.
    plain = rig.postfix.MASTER_CF
    with Rig("setups") as bench:
        forwarden = Forwarden(bench, mode="observe", more="log: {{all: true}}\n")
        forwarden.start()
        alice = bench.user("alice")
        alice.forward("drop@freemail.example")
        signer = Signer(bench)
        start_rspamd(bench)
        for name, make, said in SETUPS:
            if len(sys.argv) > 1 and make.__name__ not in sys.argv[1:]:
                continue
            site = Site(bench, name, alice)
            site.signer = signer
            rig.postfix.MASTER_CF = plain.replace(
                "inet n - n - - smtpd", "inet n - y - - smtpd").replace(
                "cleanup unix n - n", "cleanup unix n - y") if make is daemon else plain
            try:
                made = make(site)
                if make is containers:
                    open(os.path.join(made.postfix.config, "extra.cf"), "w").close()
                exercise(tap, forwarden, made, said, check_doctor)
                if site.signer:
                    check_signatures(tap, site)
            except (Failure, OSError) as error:
                tap.fail(name, f"{type(error).__name__}: {error}")
            site.postfix.stop()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
