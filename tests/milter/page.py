#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The operators' page as a hostile local user and a hostile site meet it: who
may look, who may act, from where, how often, how many; TAP."""
import glob
import http.client
import json
import os
import re
import secrets
import socket
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon import Daemon, Trial, wait_for  # noqa: E402

TOP = os.path.abspath(os.environ.get("TOP_SRCDIR", "."))
FILES = TOP + "/milter/daemon/page"
CONTAIN = "/v1/contain/alice@example.com?for=3600000&why=ticket%201"
HTTP = "policies: {top}/policies\nhttp: 127.0.0.1:{port}\n"
PAGE = HTTP + """page:
  read: {read}
  token_file: {token}
  view_token_file: {view}
  hosts: [mail.example.com]
limits: {{connections: 32}}
"""


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def make_token(folder, name, token=None):
    path = f"{folder}/{name}"
    token = token or secrets.token_hex(24)
    with open(path, "w", encoding="utf-8") as file:
        file.write(token + "\n")
    return token, path


class Answer:
    def __init__(self, answer):
        self.status = answer.status
        self.fields = answer.headers
        self.text = answer.read().decode()

    @property
    def json(self):
        return json.loads(self.text)


class Client:
    """A browser, or somebody who is none."""

    def __init__(self, port):
        self.port = port
        self.cookie = self.key = None

    def own(self):
        """What the page's own requests carry."""
        fields = {"Origin": f"http://127.0.0.1:{self.port}",
                  "Sec-Fetch-Site": "same-origin"}
        if self.cookie:
            fields["Cookie"] = "forwarden=" + self.cookie
        if self.key:
            fields["X-Forwarden-Key"] = self.key
        return fields

    def ask(self, path, method="GET", body=None, **changed):
        """changed: fields, by their names with _; None: without it."""
        fields = self.own()
        for name, value in changed.items():
            name = name.replace("_", "-").title()
            fields.pop(name, None)
            if value is not None:
                fields[name] = value
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        wire.putrequest(method, path, skip_host="Host" in fields)
        for name, value in fields.items():
            wire.putheader(name, value)
        text = (body or "").encode()
        if method == "POST":
            wire.putheader("Content-Length", str(len(text)))
        wire.endheaders(text)
        answer = Answer(wire.getresponse())
        wire.close()
        return answer

    def log_in(self, token, name="karin", **changed):
        answer = self.ask("/page/login", "POST",
                          json.dumps({"token": token, "name": name}), **changed)
        if answer.status == 200:
            self.key = answer.json["key"]
            self.cookie = re.match(r"forwarden=(\w+)",
                                   answer.fields["Set-Cookie"]).group(1)
        return answer


class Site:
    def __init__(self, trial, name, read="token", page=PAGE, more=""):
        self.folder = trial.fresh(name)
        self.port = free_port()
        self.token, token = make_token(self.folder, "token")
        self.view, view = make_token(self.folder, "view")
        self.daemon = Daemon(self.folder, page.format(
            top=TOP, port=self.port, read=read, token=token, view=view) + more)
        self.daemon.start()

    def client(self, token=None, **more):
        client = Client(self.port)
        if token:
            client.log_in(token, **more)
        return client

    def stream(self, client):
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        wire.request("GET", "/page/stream", headers=client.own())
        return wire, wire.getresponse()


def off(trial):
    site = Site(trial, "off", page=HTTP)
    client = site.client()
    trial.check([client.ask(path).status for path in
                 ("/", "/page/main.js", "/page/session", "/v1/events")] ==
                [404, 404, 404, 403], "without page.read there is no page")
    trial.check([client.ask(path, host="elsewhere.example").status for path in
                 ("/metrics", "/healthz")] == [200, 200],
                "... and the metrics are as they were")
    site.daemon.stop()


def refused(trial):
    folder = trial.fresh("refused")
    daemon = Daemon(folder)
    _, short = make_token(folder, "short", "hunter2")
    for page, words, what in (
            ("{read: token}", "page.token_file", "a token nobody has"),
            (f"{{read: token, token_file: {short}}}", "at least 32",
             "a token that can be guessed"),
            ("{read: yes}", "page.read", "a word that is none")):
        daemon.configure(f"policies: {TOP}/policies\nhttp: 127.0.0.1:1\n"
                         f"page: {page}\n")
        result = daemon.ask("check")
        trial.check(result.returncode != 0 and words in
                    (result.stdout + result.stderr).decode(),
                    f"the check refuses {what}", str(result))
    daemon.configure(f"policies: {TOP}/policies\npage: {{read: everyone}}\n")
    result = daemon.ask("check")
    trial.check(b"needs http" in result.stdout + result.stderr,
                "... and a page without a port", str(result))


def documents(trial):
    """The configuration that docs/page.md shows is one."""
    folder = trial.fresh("documents")
    _, token = make_token(folder, "token")
    with open(TOP + "/docs/page.md", encoding="utf-8") as file:
        text = file.read()
    shown = re.search(r"    # /etc/forwarden/forwarden.yaml\n((?:    .*\n)+)",
                      text).group(1).replace("/etc/forwarden/page.token", token)
    daemon = Daemon(folder, f"policies: {TOP}/policies\n" +
                    "".join(line[4:] for line in shown.splitlines(True)))
    result = daemon.ask("check")
    trial.check(result.returncode == 0, "the example of docs/page.md is right",
                str(result))
    with open(FILES + "/main.js", encoding="utf-8") as file:
        keys = re.findall(r'\["\w+", "(\w+)", "(\w)"\]', file.read())
    trial.check(len(keys) == 7 and all(
        f"`{key}`" in text and f"| {title} |" in text for title, key in keys),
        "... and it has every view and its key", str(keys))


def headers(trial, site):
    answer = site.client().ask("/", origin=None, sec_fetch_site="none")
    policy = answer.fields["Content-Security-Policy"]
    trial.check(all(word in policy for word in (
        "default-src 'none'", "script-src 'self'", "style-src 'self'",
        "connect-src 'self'", "frame-ancestors 'none'", "form-action 'self'"))
        and "unsafe" not in policy and "http" not in policy,
        "the policy of content is strict", policy)
    trial.check(answer.fields["X-Content-Type-Options"] == "nosniff" and
                answer.fields["Referrer-Policy"] == "no-referrer" and
                answer.fields["Cache-Control"] == "no-cache",
                "... and so are the other fields", str(answer.fields))
    again = site.client().ask("/", if_none_match=answer.fields["ETag"])
    trial.check(again.status == 304 and not again.text,
                "a file that is known is not sent again", str(again.status))
    for path in ("/page/session", "/v1/events"):
        trial.check(site.client().ask(path).fields["Cache-Control"] ==
                    "no-store", f"{path} is kept by nobody")


def files(trial, site):
    """Nothing inline, nothing from elsewhere, no markup of strings."""
    client = site.client()
    for path in sorted(glob.glob(FILES + "/*")):
        name = os.path.basename(path)
        if name.endswith(".awk"):
            continue
        with open(path, encoding="utf-8") as file:
            text = file.read()
        served = client.ask("/" if name == "page.html" else "/page/" + name)
        trial.check(served.status == 200 and served.text == text,
                    f"{name} is served as it is")
        elsewhere = [link for link in re.findall(r"https?://[^\"' ]+", text)
                     if "www.w3.org/" not in link]
        trial.check(not elsewhere, f"... and asks nobody else", str(elsewhere))
        found = re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|"
            r"new Function|DOMParser|srcdoc|javascript:|\son\w+=|style=|"
            r"<script(?![^>]*\ssrc=)|<style", text)
        trial.check(not found, "... and makes no markup of a text", str(found))


def looking(trial, site):
    paths = ["/v1/status", "/v1/top", "/v1/routes", "/v1/events",
             "/v1/events?brief=1", "/v1/mailbox/a@example.com", "/v1/allowed",
             "/page/stream"]
    client = site.client()
    trial.check({client.ask(path).status for path in paths} == {401},
                "without a session nothing is seen")
    viewer = site.client(site.view)
    trial.check({viewer.ask(path).status for path in paths[:-1]} == {200},
                "who may look, looks")
    for half in ("cookie", "key"):
        other = site.client(site.view)
        setattr(other, half, None)
        trial.check(other.ask("/v1/status").status == 401,
                    f"a session without its {half} is none")
    other = site.client(site.view)
    other.key = viewer.key
    trial.check(other.ask("/v1/status").status == 401,
                "... nor is one with the key of another")
    trial.check(viewer.ask(CONTAIN, "POST").status == 403,
                "who may look does not act")
    actor = site.client(site.token)
    began = time.monotonic()
    actor.ask("/v1/events?wait=30000&limit=1")
    trial.check(time.monotonic() - began < 20, "nobody waits on the port")


def rows():
    """The daemon's own tables: each path, its method, and who may ask."""
    with open(TOP + "/milter/daemon/api.c", encoding="utf-8") as file:
        text = file.read()
    on_page = dict(re.findall(r'\{"(/[^"]*)", API_RIGHT_(\w+)\}', text))
    for path, method, public in re.findall(
            r'\{"(/[^"]*)",\s*API_(GET|POST),\s*(true|false),', text):
        yield (path, method,
               "NONE" if public == "true" else on_page.get(path, "OWN"))


def everywhere(trial, site):
    """Each path of the table, by nobody, by who may look, by who may act."""
    askers = [site.client(), site.client(site.view), site.client(site.token)]
    lets = {"NONE": (True, True, True), "LOOK": (False, True, True),
            "ACT": (False, False, True), "OWN": (False, False, False)}
    trial.check([path for path, _, need in rows() if need == "NONE"] ==
                ["/healthz", "/readyz", "/metrics"], "three paths are public")
    for path, method, need in rows():
        if path.endswith("/"):
            path += "alice@example.com"
        got = tuple(asker.ask(path, method).status not in (401, 403)
                    for asker in askers)
        trial.check(got == lets[need], f"{path} is for {need}", str(got))


def acting(trial, site):
    actor = site.client(site.token, name="karin <b>")
    answer = actor.ask(CONTAIN + "&by=root", "POST")
    shown = site.daemon.ask("events", "--json", "-n", "1").stdout.decode()
    trial.check(answer.status == 200 and "page: karin <b>" in shown and
                "root" not in shown, "an act is an event, in the name of who "
                "is logged in", f"{answer.status} {shown}")
    trial.check("page: karin <b>" in site.daemon.ask(
        "mailbox", "alice@example.com").stdout.decode(), "... and done")
    trial.check(actor.ask("/v1/uncontain/alice@example.com", "POST").status ==
                200, "... and taken back")
    allow = "/v1/allow/alice@example.com?to=bob@partner.example&why=x&for="
    trial.check([actor.ask(path, "POST").status for path in (
        allow + "1", allow + "3600000",
        "/v1/disallow/alice@example.com?to=bob@partner.example")] ==
        [400, 200, 200], "a route is allowed and disallowed")
    trial.check(actor.ask(CONTAIN, "GET").status == 405,
                "an act is no link", "")
    for what, changed in (
            ("another site", {"origin": "http://evil.example"}),
            ("another port", {"origin": "http://127.0.0.1:1"}),
            ("a page without origin", {"origin": "null"}),
            ("nobody", {"origin": None}),
            ("a site by its fetch", {"sec_fetch_site": "cross-site"}),
            ("another port by its fetch", {"sec_fetch_site": "same-site"})):
        answer = actor.ask(CONTAIN, "POST", **changed)
        trial.check(answer.status == 403, f"no act is asked for by {what}",
                    str(answer.status))
    trial.check("contained" not in actor.ask(
        "/v1/mailbox/alice@example.com").json, "... and none was done")
    actor.ask("/page/logout", "POST")
    trial.check(actor.ask("/v1/status").status == 401, "who leaves is gone")


def naming(trial, site):
    viewer = site.client(site.view)
    for host, known in (("127.0.0.1:9", True), ("localhost", True),
                        ("[::1]:8895", True), ("127.9.9.9", True),
                        ("Mail.Example.Com", True), ("evil.example", False),
                        ("127.0.0.1.evil.example", False), ("", False),
                        ("localhost.evil.example:8895", False)):
        statuses = {viewer.ask(path, host=host, origin=None).status
                    for path in ("/", "/v1/status")}
        trial.check(statuses == ({200} if known else {421}),
                    f"the host \"{host}\" is " +
                    ("known" if known else "refused"), str(statuses))
    answer = site.client().log_in(site.token, host="evil.example",
                                  origin="http://evil.example")
    trial.check(answer.status == 421, "nobody logs in by another's name")
    with socket.create_connection(("127.0.0.1", site.port)) as wire:
        wire.sendall(b"GET /v1/status HTTP/1.0\r\n\r\n")
        trial.check(b" 421 " in wire.recv(64), "... nor by none")


def wrong(trial, site):
    client = site.client()
    began = time.monotonic()
    answer = client.log_in("f" * 48)
    trial.check(answer.status == 403 and time.monotonic() - began > 0.9,
                "a wrong token waits", str(answer.status))
    for token in (site.token[:-1], site.token + "0", "x" * 3000):
        trial.check(client.log_in(token).status in (403, 429),
                    f"a token of {len(token)} signs is none")
    for body in ("", '{"token": 7}', "x" * 100000):
        trial.check(client.ask("/page/login", "POST", body).status in
                    (403, 429), "neither is what is no JSON")
    statuses, right = [], []
    threads = [threading.Thread(target=lambda: statuses.append(
        site.client().log_in("e" * 48).status)) for _ in range(12)]
    for thread in threads:
        thread.start()
    began = time.monotonic()
    right.append(site.client().log_in(site.token).status)
    for thread in threads:
        thread.join()
    trial.check(right == [200] and set(statuses) <= {403, 429},
                "whoever has the right one is not locked out by the others",
                f"{right} {statuses}")
    trial.check(429 in statuses, "few wrong ones wait at a time", str(statuses))
    with open(site.daemon.log, encoding="utf-8") as file:
        log = file.read()
    trial.check("page: a wrong token was given" in log, "it is said in the log")
    metrics = client.ask("/metrics").text
    trial.check(re.search(r"wrong_tokens_total [1-9]", metrics),
                "... and counted", metrics[-300:])
    trial.check(not any(token in log for token in
                        (site.token, site.view, "f" * 48, "e" * 48)),
                "... without any token")
    trial.check(log.count("a wrong token") < 6, "... and not each time")
    for name in ("", "x" * 48, "a\nb", "\u007f"):
        trial.check(client.log_in(site.token, name=name).status == 400,
                    f"a name like {name[:4]!r} is none")


def seats(trial):
    """Where nobody else is heard meanwhile, as a stream is."""
    site = Site(trial, "seats", more="store: memory\n")
    first = site.client(site.token)
    later = [site.client(site.view) for _ in range(40)]
    alive = sum(one.ask("/page/session").json["logged_in"] for one in later)
    trial.check(alive == 32 and
                not first.ask("/page/session").json["logged_in"],
                "of the sessions there are 32: the stalest makes room",
                str(alive))
    site.token, _ = make_token(site.folder, "token")
    holder = later[-1]
    trial.check(site.daemon.ask("reload").returncode == 0 and
                holder.ask("/v1/status").status == 200,
                "another token is taken at a reload, and ends no other session")
    site.view, _ = make_token(site.folder, "view")
    site.daemon.ask("reload")
    trial.check(holder.ask("/v1/status").status == 401,
                "a session ends with its token")


def tabs(trial, site):
    """Fifty of them, and nobody else waits for that."""
    viewer = site.client(site.view)
    open_ones = []
    for _ in range(50):
        try:
            open_ones.append(site.stream(viewer))
        except (OSError, http.client.HTTPException):
            open_ones.append((None, None))
    streams = [one for one in open_ones if one[1] and one[1].status == 200]
    others = [one for one in open_ones if one[1] and one[1].status == 503]
    trial.check(len(streams) == 8 and len(others) == 42,
                "of fifty tabs eight have a stream, the others are told",
                f"{len(streams)} {len(others)}")
    trial.check(all(one[1].headers["Retry-After"] for one in others),
                "... when to ask again")
    threads = max(len(os.listdir(f"/proc/{pid}/task"))
                  for pid in site.daemon.workers()) \
        if os.path.isdir("/proc/self/task") else 0
    trial.check(threads < 60, "threads are bounded", str(threads))
    began = time.monotonic()
    trial.check(site.daemon.ask("status").returncode == 0 and
                viewer.ask("/metrics").status == 200 and
                time.monotonic() - began < 10,
                "the control socket and the metrics answer meanwhile")
    trial.check(streams[0][1].readline().startswith(b"event: news"),
                "a stream begins with what is there")
    streams[0][1].readline()
    streams[0][1].readline()
    site.client(site.token).ask(CONTAIN, "POST")
    trial.check(streams[0][1].readline().startswith(b"event: news"),
                "... and tells of news")
    for wire, answer in open_ones:
        if wire:
            answer.close()
            wire.close()

    def again():
        wire, answer = site.stream(viewer)
        answer.close()
        wire.close()
        return answer.status == 200
    wait_for(again, "a stream that was left", 60)
    trial.check(True, "a tab that is closed makes room")


def slow(trial, site):
    """Whoever opens all connections and says nothing."""
    idle = [socket.create_connection(("127.0.0.1", site.port))
            for _ in range(40)]
    trial.check(site.daemon.ask("status").returncode == 0,
                "the control socket has its own connections")
    for one in idle:
        one.close()

    def answered():
        # Who comes before the daemon has seen the others go is sent away.
        try:
            viewer = site.client(site.view)
            return viewer.ask("/page/session").status == 200
        except (OSError, http.client.HTTPException):
            return False
    wait_for(answered, "the port")


def ending(trial, site):
    viewer = site.client(site.view)
    _, answer = site.stream(viewer)
    answer.readline()
    began = time.monotonic()
    viewer.ask("/page/logout", "POST")
    while answer.readline():
        pass
    trial.check(time.monotonic() - began < 10,
                "a stream ends with its session")
    _, answer = site.stream(site.client(site.view))
    answer.readline()
    began = time.monotonic()
    site.daemon.stop()
    trial.check(time.monotonic() - began < 20,
                "a stream holds up no daemon that ends")


def everyone(trial):
    site = Site(trial, "everyone", "everyone")
    client = site.client()
    trial.check(client.ask("/v1/status").status == 200 and
                client.ask("/page/session").json["right"] == "look",
                "page.read: everyone shows it to everyone")
    trial.check(client.ask(CONTAIN, "POST").status == 401,
                "... but acts need a token")
    trial.check(client.ask("/v1/status", host="evil.example").status == 421 and
                client.ask("/v1/status",
                           sec_fetch_site="cross-site").status == 403,
                "... and other sites see nothing")
    trial.check(site.client(site.token).ask(CONTAIN, "POST").status == 200,
                "... which does")
    site.daemon.stop()


def bounds(trial):
    site = Site(trial, "bounds", more="store: memory\n")
    viewer = site.client(site.token)
    for number in range(3):
        viewer.ask(CONTAIN + str(number), "POST")
    rows = viewer.ask("/v1/events?brief=1&limit=100000000").json["events"]
    trial.check(len(rows) == 3 and rows[-1]["action"] == "contain" and
                rows[-1]["by"] == "page: karin", "events in brief", str(rows))
    trial.check(viewer.ask("/v1/event/" + "a" * 500).status == 400 and
                viewer.ask("/v1/event/none").status == 404,
                "an event that is none is said so")
    for path in ("/page/", "/page/../v1/status", "/page/login", "/v1/",
                 "/page/main.js/x", "/v1/event/%00", "//",
                 "/v1/mailbox/" + urllib.parse.quote("<img>@x\r\n\r\n")):
        trial.check(viewer.ask(path).status in (400, 404, 405),
                    f"{path[:40]} is nothing")
    site.daemon.stop()


def main():
    trial = Trial()
    off(trial)
    refused(trial)
    documents(trial)
    site = Site(trial, "page")
    for part in (headers, files, looking, everywhere, acting, naming, wrong, tabs, slow,
                 ending):
        part(trial, site)
    seats(trial)
    everyone(trial)
    bounds(trial)
    trial.finish()
    trial.close()


if __name__ == "__main__":
    main()
