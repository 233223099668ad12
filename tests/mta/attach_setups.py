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
import socket
import sys

import rig.postfix
from attach_postfix import ContentFilter, Site, exercise
from rig import Forwarden, Rig, Tap, free_port
from rig.core import Failure, run, wait_until
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
    """All tables through proxymap, ways by sender, a signer that must answer,
    an own listener of the web mail."""
    site.sink("sales")
    site.sink("branch")
    senders = site.table("senders", {"@branch.example": f"smtp_own:[127.0.0.1]:{site.port('branch')}"})
    hosts = site.table("hosts", {"sales@example.com": f"[127.0.0.1]:{site.port('sales')}"})
    none = site.table("none", {"nobody@nowhere.example": "x"})
    return site.make(
        main=f"smtpd_milters = {site.signer.milter}\nnon_smtpd_milters = $smtpd_milters\n"
             "milter_default_action = tempfail\nmilter_protocol = 6\n"
             f"sender_dependent_default_transport_maps = proxy:{senders}\n"
             f"sender_dependent_relayhost_maps = proxy:{hosts}\n"
             f"smtp_tls_policy_maps = proxy:{none}\nsmtp_sender_dependent_authentication = yes\n"
             f"recipient_canonical_maps = proxy:{none}\nsmtpd_sender_login_maps = proxy:{none}\n"
             "virtual_transport = discard\nvirtual_mailbox_domains = example.net\n"
             "smtpd_delay_reject = yes\nsmtpd_discard_ehlo_keywords = chunking, silent-discard\n"
             "default_destination_rate_delay = 0s\n",
        master=f"127.0.0.1:{free_port()} inet n - n - - smtpd\n"
               "  -o syslog_name=postfix/webmail\n  -o smtpd_delay_reject=no\n"
               "smtp_own unix - - n - - smtp\n  -o syslog_name=postfix/own\n")


def scanned(site):
    """A scanner for mail that comes in, another for that of the users, which
    come back at a listener without milters; mailing lists by a pipe."""
    scanner = ContentFilter(site.rig)
    scanner.back = free_port()
    copies = site.table("archive", {"bob@example.com": "archive@freemail.example"})
    return site.make(
        main=f"content_filter = scan:[127.0.0.1]:{scanner.port}\n"
             f"smtpd_milters = {site.signer.milter}\nnon_smtpd_milters = $smtpd_milters\n"
             "milter_default_action = accept\n"
             f"sender_bcc_maps = proxy:{copies}\nscan_destination_recipient_limit = 1\n"
             "smtpd_data_restrictions = reject_unauth_pipelining\n",
        master=f"127.0.0.1:{scanner.back} inet n - n - - smtpd\n"
               "  -o content_filter=\n  -o smtpd_milters=\n  -o mynetworks=127.0.0.0/8\n"
               "  -o smtpd_relay_restrictions=permit_mynetworks,reject\n"
               "  -o receive_override_options=no_unknown_recipient_checks,no_address_mappings\n"
               f"127.0.0.1:{free_port()} inet n - n - - smtpd\n"
               f"  -o content_filter=scan:[127.0.0.1]:{scanner.port}\n"
               "scan unix - - n - 2 smtp\n  -o smtp_send_xforward_command=yes\n"
               "  -o max_use=20\n"
               "lists unix - n n - - pipe\n  flags=R user=nobody argv=/bin/false\n")


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


SETUPS = [
    ("a system's own, chrooted", daemon, []),
    ("in containers, proxied tables", containers,
     ["leaves by smtp_own:"]),
    ("scanners for both directions", scanned, ["own smtpd_milters"]),
    ("hosted, a way for each domain", hosted, ["leaves by smtp_branch:"]),
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
        for name, make, said in SETUPS:
            site = Site(bench, name, alice)
            site.signer = signer
            rig.postfix.MASTER_CF = plain.replace(
                "inet n - n - - smtpd", "inet n - y - - smtpd").replace(
                "cleanup unix n - n", "cleanup unix n - y") if make is daemon else plain
            try:
                exercise(tap, forwarden, make(site), said)
                check_signatures(tap, site)
            except (Failure, OSError) as error:
                tap.fail(name, f"{type(error).__name__}: {error}", site.postfix.log()[-3000:])
            site.postfix.stop()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
