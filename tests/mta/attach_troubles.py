#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
forwarden attach where something is wrong: it is said before anything is
changed, or what was there is put back, and the exit status is true. And what
has to hold while it is attached: Forwarden away, a large message, a server
that is down, mail under way while it comes and goes.
"""
import itertools
import os
import pwd
import re
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from attach_postfix import attach, files
from rig import Failure, Forwarden, Postfix, Rig, Sink, Tap, free_port, send, wait_until
from rig.forwarden import program

LOAD = int(os.environ.get("ATTACH_LOAD", "400"))
SENDERS = 4
# Every so many programs that attach runs it is killed; 1: at each.
STRIDE = int(os.environ.get("ATTACH_STRIDE", "9"))


# Of the Postfixes; several troubles are tried at once.
NUMBERS = itertools.count(1)
AT_ONCE = 3


def letter(subject, body="body\n"):
    return f"From: bob@example.com\nTo: friend@freemail.example\nSubject: {subject}\n\n{body}"


def write(path, content):
    with open(path, "wb") as f:
        f.write(content)


class Bench:
    """What all of these need: a daemon, a sink and a Postfix that leaves by
    it."""

    def __init__(self, rig, forwarden):
        self.rig, self.forwarden = rig, forwarden
        self.sink = Sink(rig)

    def postfix(self, start=True, **options):
        leave = options.pop("leave", "relayhost = [127.0.0.1]:{outside}\n")
        postfix = Postfix(self.rig, self.sink, name=f"postfix{next(NUMBERS)}", egress=False,
                          leave=leave, **options)
        if start:
            postfix.start()
        return postfix

    def leaves(self, postfix, subject):
        """Does mail leave?"""
        postfix.sendmail("bob@example.com", ["friend@freemail.example"], letter(subject))
        self.sink.wait(lambda m: m.field("Subject") == subject)


def refused(tap, bench, name, postfix, words, *options, forwarden=None, run=attach):
    before = files(postfix)
    code, text = run(forwarden or bench.forwarden, postfix, *options)
    tap.ok(code == 1 and words in text, f"{name}: refused, with the reason", code, text)
    tap.ok(files(postfix) == before, f"{name}: nothing is changed")


def as_nobody(forwarden, postfix, *options):
    done = subprocess.run(
        ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", program(),
         "attach", "-c", forwarden.file, "--postfix", postfix.config, *options],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    return done.returncode, done.stdout.decode(errors="replace")


def read_only(forwarden, postfix, *options):
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c",
         'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"',
         "sh", postfix.config, program(), "attach", "-c", forwarden.file, "--postfix",
         postfix.config, *options],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    return done.returncode, done.stdout.decode(errors="replace")


def refusals(tap, bench):
    postfix = bench.postfix()
    taken = bench.sink.port
    refused(tap, bench, "a port that is taken", postfix, "in use", "--port", str(free_taken()))
    refused(tap, bench, "a port that main.cf speaks of", postfix, "spoken of",
            "--port", str(taken))
    refused(tap, bench, "no root", postfix, "root", run=as_nobody)
    refused(tap, bench, "a read-only folder", postfix, "Read-only file system", run=read_only)
    away = Forwarden(bench.rig, name="away")
    refused(tap, bench, "no daemon", postfix, "cannot reach the daemon", forwarden=away)
    postfix.set(default_transport="error:no mail leaves")
    refused(tap, bench, "no mail leaves", postfix, "no mail leaves here")
    postfix.set(default_transport="smtp",
                transport_maps=f"inline:{{*=smtp:[127.0.0.1]:{bench.sink.port}}}")
    refused(tap, bench, "all mail by transport_maps", postfix, "past every listener")
    refused(tap, bench, "a transport that is not there", postfix, "no smtp client named",
            "--transports", "smtp,nothing")
    postfix.set(parent_domain_matches_subdomains="transport_maps")
    refused(tap, bench, "parents that match otherwise", postfix, "cannot follow",
            "--transports", "smtp")
    postfix.command("postconf", "-X", "parent_domain_matches_subdomains")
    postfix.set(transport_maps="inline:{third.example=:[198.51.100.7]}")
    refused(tap, bench, "a next hop without a transport", postfix,
            'transport_maps says "third.example :[198.51.100.7]"')
    postfix.set(transport_maps="")
    refused(tap, bench, "no transport_maps", postfix, "nothing to lead", "--transports", "smtp")
    postfix.stop()
    refused(tap, bench, "a Postfix that does not run", postfix, "start it first")
    refused(tap, bench, "nothing to undo", postfix, "nothing of Forwarden", "--undo")
    refused(tap, bench, "nothing to probe", postfix, "nothing of Forwarden", "--probe")
    with open(postfix.config + "/main.cf", "a") as f:
        f.write("queue_directory = /no/such/folder\n")
    refused(tap, bench, "a Postfix that cannot start", postfix, "does not accept its files")


def free_taken():
    """A port that this process has."""
    import socket
    holder = socket.create_server(("127.0.0.1", 0))
    free_taken.holders = getattr(free_taken, "holders", []) + [holder]
    return holder.getsockname()[1]


def blind(tap, bench):
    """The milter that Postfix asks is another than the daemon that is asked."""
    null = os.path.join(os.environ.get("TOP_BUILDDIR", "."), "tests/bench/nullmilter")
    port = free_port()
    bench.rig.spawn([null, f"inet:{port}@127.0.0.1"], bench.rig.path("null.log"))
    other = Forwarden(bench.rig, name="other")
    other.configure(listen=f"inet:{port}@127.0.0.1")
    text = open(other.file).read().replace(other.control, bench.forwarden.control)
    write(other.file, text.encode())
    for options, words in ((["--intake"], "knows nothing of it"),
                           (["--egress"], "has not seen it")):
        postfix = bench.postfix()
        before = files(postfix)
        code, text = attach(other, postfix, *options)
        name = f"blind {options[0]}"
        tap.ok(code == 1 and words in text and "old files are back" in text,
               f"{name}: not attached, and said why", text)
        tap.ok(files(postfix) == before, f"{name}: put back, byte for byte")
        tap.equal(postfix.queue(), [], f"{name}: no probe is left")
        tap.attempt(f"{name}: mail leaves", lambda: bench.leaves(postfix, name))
        postfix.stop()


def dies(tap, bench):
    """Another takes the listener's port between the check and the reload, at
    which master dies."""
    postfix = bench.postfix()
    before = files(postfix)
    port = free_port()
    stop = threading.Event()

    def grab():
        """As soon as the files are changed."""
        import socket
        while not stop.is_set() and files(postfix) == before:
            pass
        try:
            grab.holder = socket.create_server(("127.0.0.1", port))
        except OSError:
            pass
    thread = threading.Thread(target=grab)
    thread.start()
    code, text = attach(bench.forwarden, postfix, "--port", str(port))
    stop.set()
    thread.join()
    tap.ok(code == 1 and "not attached" in text and "old files are back" in text,
           "a port taken meanwhile: not attached", text, postfix.log()[-2000:])
    tap.ok(files(postfix) == before, "a port taken meanwhile: put back")
    tap.attempt("a port taken meanwhile: Postfix is up again, and mail leaves",
                lambda: bench.leaves(postfix, "up again"))
    postfix._running = True
    postfix.stop()


def edits(tap, bench):
    """Taken off from among what was changed since, and taken off twice."""
    postfix = bench.postfix(main="smtpd_milters =\n")
    before = files(postfix)
    port = str(free_port())
    code, text = attach(bench.forwarden, postfix, "--port", port)
    tap.ok(code == 0, "edits: attached", text)
    attached = files(postfix)
    code, text = attach(bench.forwarden, postfix)
    tap.ok(code == 1 and "already" in text and files(postfix) == attached,
           "a second attach: refused", text)
    code, text = attach(bench.forwarden, postfix, "--probe")
    tap.ok(code == 0 and "led to the listener" in text, "a probe on demand", text)
    code, text = attach(bench.forwarden, postfix, "--update", "--away", "tempfail", "--port", port)
    tap.ok(code == 0 and "default_action=tempfail" in postfix.setting("forwarden_milter"),
           "an update: attached anew", text)
    postfix.command("postconf", "-e", "message_size_limit=12345678")
    postfix.command("postconf", "-P", "rewrite/unix/syslog_name=postfix/mine")
    postfix.command("postconf", "-e", "smtpd_milters=inet:127.0.0.1:1, $forwarden_milter",
                    "milter_default_action=accept")
    code, text = attach(bench.forwarden, postfix, "--undo")
    tap.ok(code == 0, "edits: undone all the same", text)
    tap.equal([postfix.setting(n) for n in ("message_size_limit", "smtpd_milters")],
              ["12345678", "inet:127.0.0.1:1"], "edits: they stay")
    tap.equal(postfix.command("postconf", "-P", "rewrite/unix/*").strip().split(" = ")[1:],
              ["postfix/mine"], "edits: those of rewrite, too")
    tap.ok("forwarden_" not in "".join(open(os.path.join(postfix.config, n)).read()
                                      for n in ("main.cf", "master.cf")),
           "edits: nothing of ours is left")
    tap.ok(len(before) == len(files(postfix)) == 2
           and sorted(os.listdir(postfix.config)) == ["main.cf", "master.cf"],
           "edits: nor a file", os.listdir(postfix.config))
    postfix.stop()


def guessed(tap, bench):
    """Nobody but attach has mail held at the listener: not the owner of a
    mailbox, who forwards to where probes go, and not a stranger."""
    postfix = bench.postfix()
    code, text = attach(bench.forwarden, postfix)
    place = re.search(r"inline:{ { (\S+)", postfix.setting("forwarden_probe")).group(1)
    word, _, domain = place.partition(".")
    tap.ok(code == 0 and re.fullmatch("[0-9a-f]{32}", word), "guessed: nobody can guess it",
           text, place)
    tap.equal(postfix.queue(), [], "guessed: attached, and no probe is left")
    wanted = [f"x@{domain}", f"x@{32 * '0'}.{domain}", f"{word}@{domain}"]
    postfix.table("virtual", {"owner@example.com": ", ".join(wanted)})
    postfix.reload()
    send(postfix.intake, f"x@{domain}", ["owner@example.com"], letter("guessed"))
    tap.attempt("guessed: what is forwarded there leaves", lambda: wait_until(
        "all three", lambda: {r for m in bench.sink.find(lambda m: m.field("Subject") == "guessed")
                              for r in m.recipients} == set(wanted)))
    tap.equal(postfix.queue(), [], "guessed: and nothing is held")
    code, text = attach(bench.forwarden, postfix, "--update")
    tap.ok(code == 0 and place not in postfix.setting("forwarden_probe"),
           "guessed: it is another after an update", text)
    code, text = attach(bench.forwarden, postfix, "--probe")
    tap.ok(code == 0, "guessed: and a probe is held there", text)
    old = f"inline:{{ {{ {domain} = HOLD }} }}"
    postfix.command("postconf", "-e", f"forwarden_probe=check_recipient_access {old}, "
                    f"check_helo_access {old}")
    postfix.reload()
    code, text = attach(bench.forwarden, postfix, "--probe")
    tap.ok(code == 0, "guessed: one of an older recipe is proved as well", text)
    postfix.stop()


def updates(tap, bench):
    """What is attached stays until the new one is known to be good, and comes
    back where that turns out to be wrong."""
    postfix = bench.postfix()
    plain = files(postfix)
    port = str(free_port())
    code, text = attach(bench.forwarden, postfix, "--port", port)
    tap.ok(code == 0, "updates: attached", text)
    log = len(postfix.log())
    refused(tap, bench, "an update to a port that is taken", postfix,
            "what is attached stays as it is: port", "--update", "--port", str(free_taken()))
    tap.ok("reload" not in postfix.log()[log:], "an update that is refused: no reload")
    postfix.set(transport_maps="inline:{third.example=:[198.51.100.7]}")
    refused(tap, bench, "an update that a table forbids", postfix, "without a transport",
            "--update")
    postfix.set(transport_maps="")
    # The probe will be stuck.
    postfix.set(defer_transports="forwarden-hop")
    attached = files(postfix)
    code, text = attach(bench.forwarden, postfix, "--update", "--away", "tempfail",
                        "--port", str(free_port()))
    tap.ok(code == 1 and "not updated" in text and "attached before is back" in text,
           "an update that fails: it is said", text)
    tap.ok(files(postfix) == attached and postfix.queue() == []
           and sorted(os.listdir(postfix.config)) == ["main.cf", "master.cf"],
           "an update that fails: the old one is back", os.listdir(postfix.config))
    postfix.command("postconf", "-X", "defer_transports", "transport_maps")
    postfix.command("postfix", "reload")
    code, text = attach(bench.forwarden, postfix, "--probe")
    tap.ok(code == 0 and "led to the listener" in text, "an update that fails: and works", text)
    code, text = attach(bench.forwarden, postfix, "--update", "--port", port)
    tap.ok(code == 0, "an update to the same port", text)
    code, text = attach(bench.forwarden, postfix, "--undo")
    tap.ok(code == 0 and files(postfix) == plain, "updates: undone, byte for byte", text)
    postfix.stop()


def but_guesses(rows):
    """files() without what nobody can guess, which is another each time."""
    return [(re.sub(rb"[0-9a-f]{32}\.forwarden-probe", b"forwarden-probe", text), *rest)
            for text, *rest in rows]


def remembers(tap, bench):
    """An update alone keeps the options that were given once: by main.cf, by
    the title in master.cf where main.cf was made anew, and by the journal
    where an update was killed."""
    postfix = bench.postfix(main="transport_maps = inline:{third.example=smtp:[198.51.100.7]}\n")
    plain = files(postfix)
    port = str(free_port())
    code, text = attach(bench.forwarden, postfix, "--intake", "--egress", "--away", "tempfail",
                        "--transports", "smtp,relay", "--port", port)
    tap.ok(code == 0, "remembered options: attached", text)
    attached = but_guesses(files(postfix))
    code, text = attach(bench.forwarden, postfix, "--update")
    tap.ok(code == 0 and but_guesses(files(postfix)) == attached,
           "an update alone keeps all options", text)
    write(postfix.config + "/main.cf", plain[0][0])
    postfix.reload()
    code, text = attach(bench.forwarden, postfix, "--update")
    tap.ok(code == 0 and but_guesses(files(postfix)) == attached,
           "an update where main.cf was made anew keeps them", text)
    child = subprocess.Popen(
        [program(), "attach", "-c", bench.forwarden.file, "--postfix", postfix.config, "--update"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until("what is there to be taken off", lambda: files(postfix) == plain)
    child.kill()
    child.wait()
    code, text = attach(bench.forwarden, postfix, "--update", "--port", port)
    tap.ok(code == 0 and "cut short" in text and but_guesses(files(postfix)) == attached,
           "an update after one that was killed keeps them", text)
    code, text = attach(bench.forwarden, postfix, "--update", "--transports", "none",
                        "--non-smtpd", "--egress", "--away", "accept")
    tap.equal((code, [postfix.setting(n) for n in ("smtpd_milters", "non_smtpd_milters")],
               "default_action=accept" in postfix.setting("forwarden_milter"),
               "forwarden_outside" in files(postfix)[0][0].decode(),
               f"127.0.0.1:{port} inet" in files(postfix)[1][0].decode()),
              (0, ["", "$forwarden_milter"], True, False, True),
              "an update with options takes these")
    code, text = attach(bench.forwarden, postfix, "--undo")
    tap.ok(code == 0 and files(postfix) == plain, "remembered options: undone", text)
    postfix.stop()


def killed(bench, postfix, calls, number):
    """Attaches, and is killed at that of its system calls; False if it came to
    its end before."""
    done = subprocess.run(
        ["strace", "-o", os.devnull, "-e", f"trace={calls}",
         "-e", f"inject={calls}:signal=SIGKILL:when={number}",
         program(), "attach", "-c", bench.forwarden.file, "--postfix", postfix.config,
         "--port", str(free_port())], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        timeout=200)
    return done.returncode != 0


def interrupted(tap, bench):
    """Killed at every step, which are files replaced and programs run: the
    next run notices, and mends."""
    postfix = bench.postfix()
    before = files(postfix)
    for calls, every in (("rename", 1), ("?vfork,?clone,?clone3", STRIDE)):
        number = every
        while killed(bench, postfix, calls, number):
            name = f"killed at {calls.rpartition('?')[2]} {number}"
            if number // every % 2 == 0 or "forwarden-attach.journal" not in \
                    os.listdir(postfix.config):
                code, text = attach(bench.forwarden, postfix, "--port", str(free_port()))
                tap.ok(code == 0, f"{name}: mended and attached", text)
            code, text = attach(bench.forwarden, postfix, "--undo")
            tap.ok(code == 0 and files(postfix) == before
                   and sorted(os.listdir(postfix.config)) == ["main.cf", "master.cf"],
                   f"{name}: undone, byte for byte", text, os.listdir(postfix.config))
            tap.ok("forwarden-probe" not in str(postfix.queue()), f"{name}: no probe is left")
            tap.attempt(f"{name}: mail leaves", lambda: bench.leaves(postfix, name))
            number += every
        code, text = attach(bench.forwarden, postfix, "--undo")
        tap.ok(number > every and code == 0 and files(postfix) == before,
               f"killed at {calls.rpartition('?')[2]}: all steps were tried", number, text)
    postfix._running = True
    postfix.stop()


def stopped(tap, bench):
    """Told to stop: it puts back what it has begun, and leaves no probe."""
    postfix = bench.postfix(main="defer_transports = forwarden-hop\n")
    before = files(postfix)
    child = subprocess.Popen(
        [program(), "attach", "-c", bench.forwarden.file, "--postfix", postfix.config,
         "--port", str(free_port())], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    wait_until("a change", lambda: files(postfix)[0] != before[0])
    child.terminate()
    text = child.communicate(timeout=60)[0].decode()
    tap.ok(child.returncode == 1 and "old files are back" in text,
           "told to stop: it says what it did", text)
    tap.ok(files(postfix) == before and postfix.queue() == []
           and len(os.listdir(postfix.config)) == 2, "told to stop: all is put back")
    code, text = attach(bench.forwarden, postfix, "--port", str(free_port()))
    tap.ok(code == 1 and "the probe is stuck in deferred: " in text and "old files are back" in text,
           "a probe that is stuck: not attached, and said why", text)
    tap.ok(files(postfix) == before and postfix.queue() == [],
           "a probe that is stuck: put back, and no probe is left", postfix.queue())
    postfix.stop()


def limits(tap, bench):
    """What is meant for many destinations does not slow the one of the hop."""
    postfix = bench.postfix(main="default_destination_rate_delay = 20s\n"
                                 "default_transport_rate_delay = 20s\n"
                                 "smtp_destination_rate_delay = 0s\n"
                                 "smtp_transport_rate_delay = 0s\n")
    code, text = attach(bench.forwarden, postfix, "--port", str(free_port()))
    tap.ok(code == 0, "rate delays: attached", text)
    for i in range(6):
        postfix.sendmail("bob@example.com", ["friend@freemail.example"], letter(f"rate-{i}"))
    tap.attempt("rate delays: six leave at once", lambda: bench.sink.wait(
        lambda m: (m.field("Subject") or "").startswith("rate-"), 15, count=6))
    postfix.stop()


def alone(tap, bench):
    """sendmail(1) without the egress: proved by a probe that Postfix throws
    away; where a copy of it would leave, that is said."""
    postfix = bench.postfix()
    code, text = attach(bench.forwarden, postfix, "--non-smtpd")
    tap.ok(code == 0 and "proved: mail of sendmail(1) is seen" in text
           and "not proved" not in text, "sendmail(1) alone: attached and proved", text)
    tap.attempt("sendmail(1) alone: the probe goes nowhere", lambda: wait_until(
        "its end", lambda: "postmaster notification discarded" in postfix.log()
        and postfix.queue() == []))
    code, text = attach(bench.forwarden, postfix, "--undo")
    postfix.command("postconf", "-P", "pickup/unix/receive_override_options=no_milters")
    before = files(postfix)
    code, text = attach(bench.forwarden, postfix, "--non-smtpd")
    tap.ok(code == 1 and "the daemon has not seen it" in text and files(postfix) == before,
           "sendmail(1) alone, past all milters: not attached, and put back", text)
    postfix.command("postconf", "-PX", "pickup/unix/receive_override_options")
    postfix.set(always_bcc="copies@freemail.example")
    code, text = attach(bench.forwarden, postfix, "--non-smtpd")
    tap.ok(code == 0 and "not proved: mail of sendmail(1)" in text,
           "sendmail(1) alone, copied to the outside: it is said that it is not proved", text)
    postfix.command("postconf", "-X", "always_bcc")
    postfix.reload()
    bench.leaves(postfix, "alone")
    tap.attempt("sendmail(1) alone: its mail is seen", lambda: bench.forwarden.wait_event(
        lambda e: e["email"].get("subject") == "alone"))
    postfix.stop()


def ports(tap, bench):
    """amavis has 10026: another is found."""
    postfix = bench.postfix(master="127.0.0.1:10026 inet n - n - - smtpd\n")
    code, text = attach(bench.forwarden, postfix, "--egress", "--dry-run")
    # Which one, is the other troubles' that are tried at once, too.
    tap.ok(code == 0 and re.search(r"\+127\.0\.0\.1:10[1-9]26 inet", text),
           "10026 is taken: another port", text)
    postfix.stop()


def chrooted(tap, bench):
    """A unix socket below the queue directory, for Postfix's group alone."""
    postfix = bench.postfix(start=False)
    folder = bench.rig.mkdir(postfix.name, "queue", "forwarden", mode=0o755)
    forwarden = Forwarden(bench.rig, name="chrooted", mode="observe",
                          more="socket: {{group: postfix, mode: \"0660\"}}\n")
    text = open(postfix.config + "/master.cf").read()
    write(postfix.config + "/master.cf", text.replace(
        "inet n - n - - smtpd", "inet n - y - - smtpd").replace(
        "cleanup unix n - n", "cleanup unix n - y").encode())
    postfix.start()
    forwarden.configure(listen=f"unix:{bench.rig.path('elsewhere.sock')}")
    forwarden.start()
    refused(tap, bench, "a socket outside the chroot", postfix,
            f"listen: unix:{postfix.folder}/queue/forwarden/milter.sock", forwarden=forwarden)
    forwarden.stop()
    forwarden.configure(listen=f"unix:{folder}/milter.sock")
    forwarden.start()
    code, text = attach(forwarden, postfix, "--port", str(free_port()))
    tap.ok(code == 0 and postfix.setting("forwarden_milter").startswith(
        "{ unix:forwarden/milter.sock,"), "a socket inside: attached", text, forwarden.log()[-800:],
           postfix.log()[-1500:], os.stat(f"{folder}/milter.sock"))
    tap.attempt("a socket inside: mail leaves", lambda: bench.leaves(postfix, "chrooted"))
    postfix.stop()
    forwarden.stop()


def own_socket(tap, bench):
    """Where nobody chose a socket, the daemon gets one that Postfix alone may
    open; where it cannot be had, all stays and it is said."""
    forwarden = Forwarden(bench.rig, name="unchosen", mode="observe", more="log: {{all: true}}\n")
    text = "".join(line for line in open(forwarden.file).read().splitlines(True)
                   if not line.startswith("listen:"))
    write(forwarden.file, text.encode())
    forwarden.start()
    postfix = bench.postfix()
    port = str(free_port())
    place = f"{postfix.folder}/queue/forwarden"
    code, said = attach(forwarden, postfix, "--dry-run", "--port", port)
    tap.ok(code == 0 and f'+listen: "unix:{place}/milter.sock"' in said
           and "+forwarden_milter = { unix:forwarden/milter.sock," in said
           and not os.path.exists(place) and open(forwarden.file).read() == text,
           "an own socket: a dry run shows it, and makes nothing", said)
    write(place, b"not a folder")
    code, said = attach(forwarden, postfix, "--port", port)
    tap.ok(code == 0 and "note: Forwarden stays at inet:8894@127.0.0.1" in said
           and open(forwarden.file).read() == text,
           "an own socket that is not to be had: attached without", said)
    os.unlink(place)
    # Who verifies an address hangs up before a unix socket is read.
    postfix.set(transport_maps="inline:{third.example=smtp:[198.51.100.7]}")
    code, said = attach(forwarden, postfix, "--update", "--port", port, "--transports", "smtp")
    tap.ok(code == 0 and "which Postfix alone may open" in said
           and "mail for <third.example> is led to the listener" in said
           and postfix.setting("forwarden_milter").startswith("{ unix:forwarden/milter.sock,"),
           "an own socket: attached", said, "\n".join(l for l in forwarden.log().splitlines() if "{" not in l))
    folder, socket = os.stat(place), os.stat(f"{place}/milter.sock")
    group = pwd.getpwnam("postfix").pw_gid
    tap.equal([(oct(s.st_mode & 0o7777), s.st_gid) for s in (folder, socket)],
              [("0o2710", group), ("0o660", group)], "an own socket: for Postfix's group alone")
    tap.attempt("an own socket: mail leaves", lambda: bench.leaves(postfix, "own socket"))
    tap.attempt("an own socket: and is seen", lambda: forwarden.wait_event(
        lambda e: e["email"].get("subject") == "own socket"))
    kept = open(forwarden.file).read()
    for option in ("--undo", "--egress"):
        code, said = attach(forwarden, postfix, option, *(["--port", port] * (option != "--undo")))
        tap.ok(code == 0 and open(forwarden.file).read() == kept,
               f"an own socket: {option}, and it stays", said)
    postfix.stop()
    forwarden.stop()


def lost(tap, bench):
    """Somebody makes main.cf anew: mail waits, doctor says so in one line, and
    its remedy or --undo brings it out at once."""
    postfix = bench.postfix()
    path = os.path.join(postfix.config, "main.cf")
    before = files(postfix)
    for name, remedy in (("main.cf made anew", "--update"), ("... and taken off", "--undo")):
        code, text = attach(bench.forwarden, postfix, "--port", str(free_port()))
        tap.ok(code == 0, f"{name}: attached", text)
        write(path, before[0][0])
        postfix.reload()
        postfix.sendmail("bob@example.com", ["friend@freemail.example"], letter(name))
        tap.attempt(f"{name}: mail waits", lambda: wait_until(
            "the listener's refusal", lambda: "bad command startup" in postfix.log()))
        said = subprocess.run(
            [program(), "doctor", "-c", bench.forwarden.file, "--postfix", postfix.config],
            stdout=subprocess.PIPE, timeout=60).stdout.decode()
        rows = [line for line in said.splitlines() if line.startswith("WRONG attach")]
        remedies = {line.strip() for line in said.splitlines() if "-> forwarden attach" in line}
        tap.ok(len(rows) == 1 and "main.cf has lost" in rows[0] and len(remedies) == 1
               and "attach --update" in str(remedies), f"{name}: said once, with one remedy", said)
        begin = time.monotonic()
        code, text = attach(bench.forwarden, postfix, remedy)
        tap.ok(code == 0 and time.monotonic() - begin < 60, f"{name}: {remedy} works at once",
               f"{time.monotonic() - begin:.0f} s", text)
        tap.attempt(f"{name}: mail leaves", lambda: bench.sink.wait(
            lambda m: m.field("Subject") == name))
        if remedy == "--update":
            code, text = attach(bench.forwarden, postfix, "--undo")
        tap.ok(code == 0 and files(postfix) == before, f"{name}: the files are as before", text)
    tap.equal(len([m for m in bench.sink.messages if "made anew" in m.field("Subject")]), 1,
              "main.cf made anew: no message twice")
    postfix.stop()


def away(tap, bench):
    """The daemon is down: mail passes or waits, as was said."""
    bench = Bench(bench.rig, bench.forwarden)  # whose sink refuses at times
    forwarden = Forwarden(bench.rig, name="goes", mode="observe")
    forwarden.start()
    postfix = bench.postfix()
    port = str(free_port())
    code, text = attach(forwarden, postfix, "--port", port)
    tap.ok(code == 0, "away: attached", text)
    forwarden.stop()
    tap.attempt("away, accept: mail leaves", lambda: bench.leaves(postfix, "accept"))
    forwarden.start()
    code, text = attach(forwarden, postfix, "--update", "--away", "tempfail", "--port", port)
    tap.ok(code == 0, "away, tempfail: attached anew", text)
    forwarden.stop()
    # By the hop alone: sendmail(1) would wait as well.
    postfix.set(non_smtpd_milters="")
    postfix.sendmail("bob@example.com", ["friend@freemail.example"], letter("tempfail"))
    tap.attempt("away, tempfail: mail waits", lambda: wait_until(
        "a deferral", lambda: "milter" in str(postfix.queue("deferred"))
        or "4.7.1" in str(postfix.queue("deferred"))))
    forwarden.start()
    postfix.flush()
    tap.attempt("away, tempfail: and leaves", lambda: bench.sink.wait(
        lambda m: m.field("Subject") == "tempfail"))
    postfix.set(message_size_limit="60000")
    for lines in range(850, 700, -1):
        code, _ = send(postfix.intake, "bob@example.com", ["friend@freemail.example"],
                       letter("large", ("x" * 70 + "\n") * lines))
        if code == 250:
            break
    tap.attempt("the largest that is taken: it leaves", lambda: bench.sink.wait(
        lambda m: m.field("Subject") == "large"))
    bench.sink.answer = "550 5.1.1 nobody of that name"
    postfix.sendmail("bob@example.com", ["friend@freemail.example"], letter("refused"))
    tap.attempt("refused outside: the bounce comes home", lambda: wait_until(
        "a bounce", lambda: postfix.queue_ids("to=<bob@example.com>")))
    bench.sink.answer = "450 4.3.0 later"
    postfix.sendmail("bob@example.com", ["friend@freemail.example"], letter("later"))
    tap.attempt("down outside: it waits", lambda: wait_until(
        "a deferral", lambda: "later" in str(postfix.queue("deferred"))))
    bench.sink.answer = "250 2.1.5 ok"
    postfix.flush()
    tap.attempt("down outside: and leaves", lambda: bench.sink.wait(
        lambda m: m.field("Subject") == "later"))
    postfix.stop()
    forwarden.stop()


def hops(postfix):
    """Process ids of the clients that take mail to the listener."""
    queue = os.path.realpath(postfix.folder + "/queue")
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                if b"\0forwarden-hop\0" in f.read() and os.readlink(f"/proc/{pid}/cwd") == queue:
                    found.append(pid)
        except OSError:
            pass
    return found


def slow(tap, bench):
    """One that has mail in hand while the listener is taken off, and does not
    connect yet, brings it there all the same. (Postfix ends the clients of a
    service that is gone: what was just handed over would be sent twice.)"""
    postfix = bench.postfix()
    code, text = attach(bench.forwarden, postfix)
    tap.ok(code == 0, "slow: attached", text)
    bench.leaves(postfix, "slow, before")
    clients = wait_until("a client", lambda: hops(postfix))
    slowed = subprocess.Popen(
        ["strace", *(f"-p{pid}" for pid in clients), "-o", bench.rig.path("slow.strace"),
         "-e", "inject=connect:delay_enter=4000000"], stderr=subprocess.PIPE)
    wait_until("strace", lambda: b"attached" in slowed.stderr.readline())
    postfix.sendmail("bob@example.com", ["friend@freemail.example"], letter("slow"))
    taken = wait_until("a client with mail in hand", lambda: postfix.queue("active"))
    code, text = attach(bench.forwarden, postfix, "--undo")
    tap.ok(code == 0, "slow: undone", text)
    bench.sink.wait(lambda m: m.field("Subject") == "slow")
    slowed.wait()
    went = re.search(rf"hop/smtp\[\d+\]: {taken[0]['queue_id']}: to=.* status=sent",
                     postfix.log())
    with open(bench.rig.path("slow.strace")) as f:
        tap.ok(went, "slow: it went by the listener, at the first try", text, f.read())
    postfix.stop()


LAZY = """#!/bin/sh
case "$*" in
*reload)
	pid=$(tr -d ' ' <"$QUEUE/pid/master.pid")
	kill -STOP "$pid"
	(sleep 3; kill -CONT "$pid") >/dev/null 2>&1 &
esac
exec "$POSTFIX" "$@"
"""


def lazy(tap, bench):
    """A master that is slow to do what `postfix reload` told it: what is
    proved is what is in force, and no probe leaves by the way of before."""
    postfix = bench.postfix()
    folder = bench.rig.mkdir("lazy")
    shim = os.path.join(folder, "postfix")
    write(shim, LAZY.encode())
    os.chmod(shim, 0o755)
    env = {**os.environ, "PATH": folder + os.pathsep + os.environ["PATH"],
           "QUEUE": os.path.join(postfix.folder, "queue"), "POSTFIX": shutil.which("postfix")}
    for option in ("--egress", "--update", "--probe", "--undo"):
        code, text = attach(bench.forwarden, postfix, option, env=env)
        tap.ok(code == 0, f"lazy: {option}", text)
        bench.leaves(postfix, f"lazy, after {option}")
    postfix.stop()


def traces(postfix, message_id):
    """The lines of the log that are of one message."""
    ids = postfix.queue_ids(f"message-id={message_id}")
    return "\n".join(line for line in postfix.log().splitlines()
                     if any(f"{i}:" in line or f" {i}" in line for i in ids))


def load(tap, bench):
    """Mail keeps coming while Forwarden is attached and taken off: none is
    lost, none comes twice."""
    postfix = bench.postfix()
    done = []

    def pour(number):
        for i in range(LOAD // SENDERS):
            subject = f"load-{number}-{i}"
            code, text = send(postfix.intake, "bob@example.com", ["friend@freemail.example"],
                              f"Message-ID: <{subject}@x>\n{letter(subject)}")
            if code != 250:
                raise Failure(text)
            done.append(subject)
    threads = [threading.Thread(target=pour, args=(n,)) for n in range(SENDERS)]
    for thread in threads:
        thread.start()
    rounds = 0
    while rounds == 0 or any(t.is_alive() for t in threads):
        rounds += 1
        for option in (["--port", str(free_port())], ["--update"], ["--undo"]):
            code, text = attach(bench.forwarden, postfix, *option)
            if code != 0:
                tap.fail("load: " + option[0], text, postfix.log()[-2000:])
    for thread in threads:
        thread.join()
    postfix.flush()
    postfix.wait_empty(120)
    came = [m.field("Subject") for m in bench.sink.messages
            if (m.field("Subject") or "").startswith("load-")]
    lost = set(done) - set(came)
    twice = {subject for subject in came if came.count(subject) > 1} if len(came) > len(
        set(came)) else set()
    tap.ok((len(done), lost, twice) == (LOAD // SENDERS * SENDERS, set(), set()),
           f"load: of {len(done)} in {rounds} rounds none is lost, none twice",
           f"{len(done)} taken, {len(lost)} lost, {len(twice)} twice",
           *(traces(postfix, f"<{subject}@x>") for subject in [*lost, *twice][:5]))
    postfix.stop()


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip_all("needs root")
    # The longest first.
    tests = (interrupted, load, away, updates, remembers, own_socket, blind, edits, refusals, stopped,
             alone, chrooted, guessed, slow, lazy, dies, limits, ports, lost)
    chosen = [t for t in tests if t.__name__ in sys.argv[1:]] or tests
    with Rig("troubles") as rig:
        forwarden = Forwarden(rig, mode="observe", more="log: {{all: true}}\n")
        forwarden.start()
        bench = Bench(rig, forwarden)

        def one(test):
            begin = time.monotonic()
            try:
                test(tap, bench)
            except Exception as error:
                tap.fail(test.__name__, f"{type(error).__name__}: {error}")
            print(f"# {test.__name__}: {time.monotonic() - begin:.1f} s", flush=True)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(one, chosen))
        tap.equal([m.recipients for m in bench.sink.messages if m.field("Subject") == "probe"], [],
                  "no probe left, whatever went wrong")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
