#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Alerts by command, syslog and webhook, from the real daemon: what arrives,
what is held back, and that nothing which fails or hangs delays mail."""
import http.server
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon import Daemon, Trial, wait_for  # noqa: E402
from wire import Wire  # noqa: E402

MAILBOXES = 10000
BURST = 1000
LATE = 3  # seconds; mail that waited for what is late would take as long
TOKEN = "s3cr3t-t0k3n"
POLICY = """
title: Redirect
id: 00000000-0000-4000-8000-000000000001
name: redirect
status: stable
level: high
logsource: {category: email, product: forwarden, service: forward}
detection:
  selection: {forward.kind: redirect}
  condition: selection
"""
COMMAND = """#!/bin/sh
cat >"$0.new.$$"
env >"$0.env"
echo "$#:$*" >"$0.args"
cat "$0.new.$$" >>"$0.out"
rm "$0.new.$$"
"""


class Sink(http.server.BaseHTTPRequestHandler):
    """Does what the path says, and keeps what was posted."""
    posts = []
    tries = {}
    lock = threading.Lock()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.lock:
            self.posts.append((self.path, dict(self.headers), body))
            count = self.tries[self.path] = self.tries.get(self.path, 0) + 1
        what = self.path.split("?")[0]
        if what == "/hang":
            time.sleep(60)
        elif what == "/mend" and count == 1:
            self.send_error(500)
        elif what == "/gone":
            self.send_error(410)
        elif what == "/away":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
        elif what == "/long":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 65536)
            except OSError:
                pass
        else:
            self.send_response(204)
            self.end_headers()

    def do_GET(self):
        with self.lock:
            self.posts.append(("GET " + self.path, {}, b""))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass


def serve(context=None):
    """Its port."""
    server = Server(("127.0.0.1", 0), Sink)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def posts(path):
    with Sink.lock:
        return [json.loads(body) for at, _, body in Sink.posts if at == path]


def make_certificate(folder):
    key, certificate = folder + "/key.pem", folder + "/cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
         "2", "-keyout", key, "-out", certificate, "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, certificate


def program(folder, name, text=COMMAND):
    path = f"{folder}/{name}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o755)
    return path


def told(path):
    """What a command was told."""
    try:
        with open(path + ".out", encoding="utf-8") as file:
            return [json.loads(line) for line in file]
    except FileNotFoundError:
        return []


def settings(folder, alerts, mode="enforce"):
    os.makedirs(folder + "/policies", exist_ok=True)
    with open(folder + "/policies/p.yaml", "w", encoding="utf-8") as file:
        file.write(POLICY)
    return (f"policies: {folder}/policies\nmode: {mode}\n"
            f"limits: {{hang_time: 4s, drain_time: 5s}}\n"
            f"log: {{events: 'file:{folder}/events'}}\nalerts:\n" +
            "".join(f"  {line}\n" for line in alerts))


SESSIONS = []


def end(daemon):
    """An idle session would be waited for."""
    while SESSIONS:
        SESSIONS.pop().socket.close()
    return daemon.stop()


class Mail:
    """One session that redirects mail of mailboxes of ours."""

    def __init__(self, daemon):
        self.wire = Wire(daemon.socket)
        self.wire.connect()
        self.serial = 0
        self.slowest = 0.0
        SESSIONS.append(self.wire)

    def redirect(self, mailbox, destination="drop@evil.example"):
        """The final reply, or what was done."""
        begun = time.monotonic()
        self.serial += 1
        wire = self.wire
        wire.send(b"D", b"Mi\0" + b"4X%X\0" % self.serial)
        wire.send(b"M", b"<eve@partner.example>\0")
        wire.send(b"R", b"<%s>\0ORCPT=rfc822;%s\0" %
                  (destination.encode(), mailbox.encode()))
        wire.field(b"Message-ID", b"<%d@partner.example>" % self.serial)
        done, _ = wire.end()
        self.slowest = max(self.slowest, time.monotonic() - begun)
        return [letter for letter, _ in done]


def results(daemon, way):
    with socket.socket(socket.AF_UNIX) as wire:
        wire.connect(daemon.folder + "/control.sock")
        wire.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        answer = b""
        while chunk := wire.recv(65536):
            answer += chunk
    found = re.findall(r'forwarden_alerts_total{by="(\w+)",result="(\w+)"} '
                       r'(\d+)', answer.decode())
    return {result: int(count) for by, result, count in found if by == way}


def await_result(daemon, way, result, count=1):
    wait_for(lambda: results(daemon, way)[result] >= count,
             f"{way}: {count} {result}: {results(daemon, way)}", 40)


def alerter(daemon):
    answer = daemon.ask("alert", "--json")
    return json.loads(answer.stdout)["alerter"] if answer.stdout else 0


def commands(trial):
    folder = trial.fresh("command")
    path = program(folder, "tell")
    daemon = Daemon(folder, settings(folder, [
        f"command: [{path}, -s, 'two words; $(id)']"]))
    daemon.start()
    mail = Mail(daemon)
    done = mail.redirect("alice@example.com")
    wait_for(lambda: told(path), "a command")
    with open(folder + "/events", encoding="utf-8") as file:
        events = [json.loads(line) for line in file]
    alert = told(path)[0]
    trial.check(b"q" in done and alert == events[0] and
                alert["forwarden"]["mailbox"] == "alice@example.com",
                "a command has the event on its standard input", str(alert))
    with open(path + ".env", encoding="utf-8") as file:
        names = {line.split("=")[0] for line in file}
    with open(path + ".args", encoding="utf-8") as file:
        words = file.read()
    trial.check(names <= {"PATH", "LANG", "FORWARDEN", "FORWARDEN_HOST", "PWD",
                          "SHLVL", "_", "OLDPWD"} and
                words == "2:-s two words; $(id)\n",
                "... and nothing of it in its environment or arguments",
                f"{names} {words}")
    for _ in range(3):
        mail.redirect("alice@example.com", "other@evil.example")
    mail.redirect("bob@example.com")
    await_result(daemon, "command", "held_back", 3)
    await_result(daemon, "command", "sent", 2)
    trial.check([a["forwarden"]["mailbox"] for a in told(path)] ==
                ["alice@example.com", "bob@example.com"],
                "a pair alerts once, another one too", str(told(path)))
    status = daemon.ask("status").stdout.decode()
    trial.check(re.search(r"alerts command +2 sent, 0 failed, 3 held back",
                          status),
                "... status has the counts", status)
    trial.check(end(daemon) == 0 and
                told(path)[-1]["forwarden"]["alert"]["held_back"] == 3 and
                told(path)[-1]["forwarden"]["alert"]["destinations"] ==
                {"count": 1, "first": ["other@evil.example"]},
                "... and at the end it is told what was held back",
                str(told(path)[-1]))


def summaries(trial):
    folder = trial.fresh("window")
    path = program(folder, "tell")
    daemon = Daemon(folder, settings(folder, [
        f"command: [{path}]", "throttle: 1s"], "observe"))
    daemon.start()
    mail = Mail(daemon)
    for _ in range(5):
        mail.redirect("alice@example.com")
    wait_for(lambda: len(told(path)) == 2, "a summary")
    first, last = told(path)
    trial.check(first["forwarden"]["action"] == "log" and
                first["forwarden"]["would"] == "quarantine" and
                first["forwarden"]["mode"] == "observe",
                "observing, what enforce would do alerts, and says so",
                str(first["forwarden"]))
    trial.check(last["event"]["action"] == "summary" and
                last["forwarden"]["alert"]["held_back"] == 4 and
                not last["forwarden"]["alert"]["campaign"],
                "the summary comes when the window is over", str(last))
    end(daemon)


def hostile_commands(trial):
    """Missing, not allowed, late, forking, loud."""
    folder = trial.fresh("hostile")
    late = program(folder, "late", "#!/bin/sh\nsleep 300 & echo $! "
                   ">$0.pid; trap '' TERM; sleep 300\n")
    forks = program(folder, "forks", "#!/bin/sh\n(sleep 300 & echo $! "
                    ">$0.pid)\nexit 0\n")
    loud = program(folder, "loud", "#!/bin/sh\nexec yes\n")
    wrong = program(folder, "wrong", "#!/bin/sh\necho 'no: \033[31mred' >&2\n"
                    "exit 3\n")
    plain = program(folder, "plain", "no program")
    os.chmod(plain, 0o644)
    daemon = Daemon(folder, "")
    rows = [("/nonexistent", "No such file or directory", "failed"),
            (plain, "Permission denied", "failed"),
            (wrong, "it ended with status 3: no: \\x1B[31mred", "failed"),
            (loud, "died of signal 13", "failed"),
            (late, "it was not done in time, and was killed", "failed"),
            (forks, None, "sent")]
    for number, (path, said, result) in enumerate(rows):
        daemon.configure(settings(folder, [
            f"command: [{path}]", f"command_time: {LATE}s",
            "daemon: false"]))
        daemon.start()
        mail = Mail(daemon)
        for _ in range(5):
            mail.redirect(f"box{number}@example.com")
        await_result(daemon, "command", result)
        trial.check(mail.slowest < LATE - 1 and
                    (said is None or daemon.says(said) >= 1),
                    f"a command: {os.path.basename(path)}: {result}, mail "
                    f"waits {mail.slowest * 1000:.0f} ms at most", str(said))
        if said and number == 0:
            test = daemon.ask("alert", "--test")
            trial.check(test.returncode == 1 and b"No such file" in
                        test.stdout, "... a test says so", str(test))
            doctor = daemon.ask("doctor", "--no-postfix").stdout.decode()
            trial.check("alerts.command: /nonexistent: No such file" in
                        doctor, "... and doctor", doctor)
            wait_for(lambda: b"trouble" in daemon.ask("status").stdout,
                     "the trouble")
        end(daemon)
    for path in (late, forks):
        with open(path + ".pid", encoding="utf-8") as file:
            pid = int(file.read())
        wait_for(lambda p=pid: not os.path.exists(f"/proc/{p}") or
                 "Z" in state(p), "the end of what it left")
    trial.check(True, "... and what they left behind is gone, too")


def state(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().split(") ")[1][:1]
    except FileNotFoundError:
        return "Z"


def syslogs(trial):
    folder = trial.fresh("syslog")
    path = folder + "/log.sock"
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind(path)
    os.chmod(path, 0o666)
    log.settimeout(20)
    daemon = Daemon(folder, settings(folder, [
        "syslog: local3", f"syslog_socket: {path}"]))
    daemon.start()
    mail = Mail(daemon)
    mail.redirect("alice@example.com")
    line = log.recv(65536)
    trial.check(re.fullmatch(
        rb"<154>\w{3} [ \d]\d [\d:]{8} forwarden\[\d+\]: alert: "
        rb"action=quarantine, mailbox=alice@example.com, destination="
        rb"drop@evil.example, policy=redirect, event=[0-9a-f]{16}", line),
                "syslog: facility local3, priority crit", str(line))
    mail.redirect("alice@example.com", '"a\\\r\n<1>forged"@evil.example')
    mail.redirect('"\x1b[31m\n"@example.com', "x" * 240 + "@evil.example")
    await_result(daemon, "syslog", "sent", 2)
    line = log.recv(65536)
    trial.check(len(line) < 1024 and
                all(32 <= byte < 127 for byte in line),
                "... a line is bounded and printable", str(line))
    log.close()
    os.unlink(path)
    mail.redirect("carol@example.com")
    wait_for(lambda: b"alerts.syslog: No such file" in
             daemon.ask("status").stdout, "the trouble")
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind(path)
    os.chmod(path, 0o666)
    log.settimeout(20)
    line = log.recv(65536)
    trial.check(b"carol@example.com" in line or b"what=alerts" in line,
                "... what found no socket is tried again", str(line))
    daemon.await_says("trouble is over: alerts")
    end(daemon)
    log.close()


def webhooks(trial, port):
    folder = trial.fresh("webhook")
    with open(folder + "/token", "w", encoding="utf-8") as file:
        file.write(TOKEN + "\n")
    url = f"http://user:{TOKEN}@127.0.0.1:{port}/mend?key={TOKEN}"
    daemon = Daemon(folder, settings(folder, [
        f"webhook: '{url}'", "webhook_headers: ['X-Source: mx1']",
        f"webhook_token_file: {folder}/token", "daemon: false"]))
    daemon.environment = {"http_proxy": "http://127.0.0.1:1",
                          "ALL_PROXY": "http://127.0.0.1:1"}
    daemon.start()
    mail = Mail(daemon)
    mail.redirect("alice@example.com")
    await_result(daemon, "webhook", "sent")
    at = f"/mend?key={TOKEN}"
    headers = [h for p, h, _ in Sink.posts if p == at][-1]
    trial.check(len(posts(at)) == 2 and
                posts(at)[1]["forwarden"]["mailbox"] == "alice@example.com"
                and headers["Content-Type"] == "application/json" and
                headers["X-Source"] == "mx1" and
                headers["Authorization"] == "Bearer " + TOKEN,
                "a webhook that answers 500 is tried again", str(headers))
    said = (daemon.ask("status").stdout + daemon.ask("alert").stdout +
            daemon.ask("alert", "--json").stdout +
            daemon.ask("doctor", "--no-postfix").stdout).decode()
    trial.check(f"http://127.0.0.1:{port}" in said and TOKEN not in said and
                daemon.says(TOKEN) == 0,
                "... its secrets stand nowhere", said)
    rows = [("/gone", "failed", "HTTP 410"), ("/away", "failed", "HTTP 302"),
            ("/long", "sent", None)]
    for number, (what, result, text) in enumerate(rows):
        before = results(daemon, "webhook")[result]
        daemon.configure(settings(folder, [
            f"webhook: http://127.0.0.1:{port}{what}", "daemon: false"]))
        daemon.ask("reload")
        mail.redirect(f"box{number}@example.com")
        await_result(daemon, "webhook", result, before + 1)
        trial.check(len(posts(what)) == 1 and (text is None or
                    text in daemon.ask("alert").stdout.decode()),
                    f"... {what} is tried once: {result}",
                    daemon.ask("alert").stdout.decode())
    trial.check(not [p for p, _, _ in Sink.posts if "elsewhere" in p],
                "... and no redirect is followed")
    end(daemon)


def certificates(trial):
    folder = trial.fresh("tls")
    context, certificate = make_certificate(folder)
    port = serve(context)
    daemon = Daemon(folder, settings(folder, [
        f"webhook: 'https://localhost:{port}/tls'", "webhook_tries: 1",
        "daemon: false"]))
    daemon.start()
    wait_for(lambda: alerter(daemon), "the alerter")
    test = daemon.ask("alert", "--test")
    trial.check(test.returncode == 1 and
                (b"certificate" in test.stdout or
                 b"SSL CA cert" in test.stdout) and  # where there are none
                not posts("/tls"),
                "a certificate that nobody vouches for is refused",
                str(test))
    for host, good in (("127.0.0.1", False), ("localhost", True)):
        daemon.configure(settings(folder, [
            f"webhook: 'https://{host}:{port}/tls'", "webhook_tries: 1",
            f"webhook_ca_file: {certificate}", "daemon: false"]))
        daemon.ask("reload")
        wait_for(lambda h=host: h in daemon.ask("alert").stdout.decode(),
                 "the reload")
        test = tested(daemon)
        trial.check((test.returncode == 0) == good and
                    bool(posts("/tls")) == good,
                    f"... with alerts.webhook_ca_file: {host}: "
                    f"{'sent' if good else 'refused'}", str(test))
    end(daemon)


def tested(daemon):
    """A test, a moment after the one before."""
    test = daemon.ask("alert", "--test")
    until = time.monotonic() + 20
    while b"a moment ago" in test.stdout and time.monotonic() < until:
        time.sleep(0.2)
        test = daemon.ask("alert", "--test")
    return test


def campaign(trial, port):
    """Many mailboxes at once, to a webhook that hangs and to a command."""
    folder = trial.fresh("campaign")
    path = program(folder, "tell")
    daemon = Daemon(folder, settings(folder, [
        f"webhook: http://127.0.0.1:{port}/hang", f"webhook_time: {LATE}s",
        f"command: [{path}]", "rate: 20", "daemon: false"]))
    daemon.start()
    wait_for(lambda: alerter(daemon), "the alerter")
    mail = Mail(daemon)
    begun = time.monotonic()

    def all_seen(least):
        seen = results(daemon, "command")
        return seen["sent"] + seen["held_back"] + seen["dropped"] >= least
    for number in range(MAILBOXES):
        mail.redirect(f"box{number}@example.com")
        if number % BURST == 0:  # as fast as they are taken over
            wait_for(lambda: all_seen(number - BURST), "those before", 40)
    took = time.monotonic() - begun
    with_hang = mail.slowest
    minutes = int(took / 60) + 2

    wait_for(lambda: all_seen(MAILBOXES), f"all of them: {results(daemon, 'command')}", 40)
    dropped = results(daemon, "command")["dropped"]
    calls = len(posts("/hang"))
    end(daemon)
    alerts = told(path)
    last = [a["forwarden"]["alert"] for a in alerts
            if a["event"]["action"] == "summary"]
    held = sum(summary["held_back"] for summary in last)
    trial.check(len(alerts) - len(last) <= 20 * minutes and last and
                dropped == 0 and with_hang < LATE - 1 and
                last[-1]["campaign"] and
                held + len(alerts) - len(last) == MAILBOXES and
                last[-1]["destinations"]["first"] == ["drop@evil.example"],
                f"a campaign of {MAILBOXES} mailboxes in {took:.0f} s: "
                f"{len(alerts) - len(last)} alerts and {len(last)} summary "
                f"of {held} held back; a webhook hangs meanwhile, "
                f"and mail waits {with_hang * 1000:.0f} ms at most",
                f"{last} {dropped}")
    trial.check(0 < calls <= 20 * minutes * 5,
                f"... {calls} calls of the webhook, tries included",
                str(calls))
    trial.check(daemon.says("could not be sent before the end, and are lost"),
                "... what the webhook never took is said to be lost")


def lives(trial):
    """The alerter is killed; files change."""
    folder = trial.fresh("life")
    one, two = program(folder, "one"), program(folder, "two")
    daemon = Daemon(folder, settings(folder, [f"command: [{one}]"]))
    daemon.start()
    wait_for(lambda: alerter(daemon), "the alerter")
    mail = Mail(daemon)
    pid = alerter(daemon)
    os.kill(pid, signal.SIGKILL)
    mail.redirect("alice@example.com")
    wait_for(lambda: told(one), "the alert of meanwhile")
    trial.check(alerter(daemon) not in (0, pid) and
                daemon.says(f"alerter {pid} died of signal 9") == 1,
                "an alerter that is killed is replaced, and what came "
                "meanwhile is told")
    pid = alerter(daemon)
    os.kill(pid, signal.SIGSTOP)
    mail.redirect("stopped@example.com")
    daemon.await_says(f"alerter {pid} hangs")
    wait_for(lambda: any(a["forwarden"].get("mailbox") ==
                         "stopped@example.com" for a in told(one)),
             "the alert of one that hung")
    trial.check(mail.slowest < LATE - 1, "... one that hangs, too; mail waits "
                f"{mail.slowest * 1000:.0f} ms at most")
    daemon.configure(settings(folder, [f"command: [{two}]"]))
    daemon.ask("reload")
    wait_for(lambda: two in daemon.ask("alert").stdout.decode(), "the reload")
    mail.redirect("bob@example.com")
    wait_for(lambda: told(two), "the new command")
    trial.check(told(two)[0]["forwarden"]["mailbox"] == "bob@example.com",
                "a reload brings another command")
    daemon.configure(settings(folder, ["command: [relative]"]))
    daemon.signal(signal.SIGHUP)
    daemon.await_says("reload: refused")
    wait_for(lambda: [a for a in told(two)
                      if a["event"]["action"] == "trouble" and
                      a["forwarden"]["alert"]["what"] == "reload"],
             "the trouble's alert")
    mail.redirect("carol@example.com")
    wait_for(lambda: [a for a in told(two) if a["forwarden"].get("mailbox")
                      == "carol@example.com"], "the old command")
    trial.check(True, "files that are wrong are told of, and what was in use "
                "goes on")
    daemon.configure(settings(folder, [f"command: [{two}]"]))
    daemon.ask("reload")
    wait_for(lambda: [a for a in told(two)
                      if a["event"]["action"] == "trouble" and
                      a["forwarden"]["alert"]["over"]], "its end")
    pid = daemon.workers()[0]
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: [a for a in told(two)
                      if a["event"]["action"] == "trouble" and
                      a["forwarden"]["alert"]["what"] == "worker-died"],
             "the death of a worker")
    trial.check(True, "a trouble's end is told, and a worker's")
    daemon.ask("contain", "alice@example.com", "--for", "1h", "--why", "test")
    wait_for(lambda: [a for a in told(two)
                      if a["event"]["action"] == "contain"], "an order")
    trial.check(True, "and what an operator does")
    daemon.configure(settings(folder, ["from: tag"]))
    daemon.ask("reload")
    test = daemon.ask("alert", "--test")
    trial.check(test.returncode == 1 and b"no alerts are configured" in
                test.stderr, "without a way to alert, a test says so",
                str(test))
    end(daemon)


def users(trial):
    if os.geteuid() != 0:
        return
    folder = trial.fresh("user")
    os.chmod(folder, 0o777)
    path = program(folder, "tell")
    daemon = Daemon(folder, settings(folder, [
        f"command: [{path}]", "user: nobody"]))
    daemon.start()
    wait_for(lambda: alerter(daemon), "the alerter")
    Mail(daemon).redirect("alice@example.com")
    wait_for(lambda: told(path), "a command")
    uid = os.stat(path + ".out").st_uid
    trial.check(uid == int(subprocess.run(
        ["id", "-u", "nobody"], capture_output=True, check=True).stdout),
                "alerts.user runs it", str(uid))
    end(daemon)


def documents(trial):
    """Each example of the page is accepted, and its program does it."""
    folder = trial.fresh("documents")
    with open(os.environ["TOP_SRCDIR"] + "/docs/alerts.md",
              encoding="utf-8") as file:
        page = file.read()
    with open(folder + "/token", "w", encoding="utf-8") as file:
        file.write(TOKEN + "\n")
    examples = re.findall(r"```yaml\nalerts:\n(.*?)```", page, re.S)
    for example in examples:
        lines = example.replace("/etc/forwarden/webhook.token",
                                folder + "/token").splitlines()
        result = Daemon(folder, settings(
            folder, [line.strip() for line in lines])).ask("check")
        trial.check(result.returncode == 0, "the page: " + lines[0].strip(),
                    result.stderr.decode())
    text = re.search(r"```python\n(.*?)```", page, re.S)[1]
    text = text.replace("/usr/bin/python3", sys.executable)
    path = program(folder, "example",
                   text.replace("/var/lib/forwarden", folder))
    daemon = Daemon(folder, settings(folder, [f"command: [{path}]"]))
    daemon.start()
    wait_for(lambda: alerter(daemon), "the alerter")
    Mail(daemon).redirect("alice@example.com")
    await_result(daemon, "command", "sent")
    test = daemon.ask("alert", "--test")
    end(daemon)
    with open(folder + "/alerts.txt", encoding="utf-8") as file:
        lines = file.read().splitlines()
    trial.check(lines[0] == "quarantine of alice@example.com, to "
                "drop@evil.example, by redirect" and len(lines) == 2 and
                len(examples) == 3 and test.returncode == 0,
                "the page's program says it in words", str(lines))


def mistakes(trial):
    rows = [("webhook: http://example.net/x", "without TLS"),
            ("webhook: ftp://127.0.0.1/x", "without TLS"),
            ("webhook: http://127.0.0.1@example.net/x", "without TLS"),
            ("webhook: http://localhost.example.net/x", "without TLS"),
            ("webhook: nothing", "not an address"),
            ("command: [tell]", "a path from the root"),
            ("syslog: local9", "not a facility"),
            ("webhook_headers: ['X-A: b\\r\\nX-C: d']", "webhook_headers"),
            ("from: loud", "alerts.from"), ("level: high!", "alerts.level")]
    folder = trial.fresh("mistakes")
    for line, text in rows:
        daemon = Daemon(folder, settings(folder, [
            line.replace("'", '"')]))
        result = daemon.ask("check")
        trial.check(result.returncode == 1 and text in result.stderr.decode(),
                    f"refused: {line}", result.stderr.decode())


def main():
    trial = Trial()
    try:
        port = serve()
        commands(trial)
        summaries(trial)
        hostile_commands(trial)
        syslogs(trial)
        webhooks(trial, port)
        certificates(trial)
        campaign(trial, port)
        lives(trial)
        users(trial)
        documents(trial)
        mistakes(trial)
    finally:
        trial.close()
    trial.finish()


if __name__ == "__main__":
    main()
