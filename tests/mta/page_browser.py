#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The operators' page in a real Chromium; TAP. Its pictures are kept in
page-shots of the build folder. Where Chromium, its driver or Selenium are not
installed the test is skipped by name, but fails where CI is set."""
import json
import os
import shutil
import socket
import sys
import time
import urllib.parse

TOP = os.path.abspath(os.environ.get("TOP_SRCDIR", "."))
sys.path.insert(0, TOP + "/tests/milter")
import page_mail  # noqa: E402
from daemon import Daemon, Redis, Trial, wait_for  # noqa: E402
from page import Client, free_port, make_token  # noqa: E402

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.remote.remote_connection import RemoteConnection
except ImportError:
    # Selenium's package is of the system's Python, whichever comes first.
    SYSTEM = "/usr/bin/python3"
    if os.path.exists(SYSTEM) and not os.path.samefile(SYSTEM, sys.executable):
        os.execv(SYSTEM, [SYSTEM, *sys.argv])
    webdriver = None

SHOTS = os.path.join(os.environ.get("TOP_BUILDDIR", "."), "page-shots")
WIDE, NARROW = (1440, 1000), (390, 844)
VIEWS = ("now", "events", "routes", "campaigns", "held", "orders", "health")
CONFIG = """host: mx.example.com
policies: {top}/policies
lists:
  freemail: [freemail.example]
  disposable: [throwaway.example]
  sensitive-mailboxes: [payroll]
mode: {mode}
http: 127.0.0.1:{port}
page: {{read: token, token_file: {token}}}
alerts: {{command: [/bin/true]}}
"""


class Site:
    """A daemon with a page."""

    def __init__(self, trial, name, mode="enforce", redis=False):
        self.folder = trial.fresh(name)
        self.port = free_port()
        self.token, path = make_token(self.folder, "token")
        more = CONFIG.format(top=TOP, mode=mode, port=self.port, token=path)
        self.redis = Redis(self.folder) if redis else None
        if redis:
            self.redis.start()
            more += f"store: unix:{self.redis.path}\n"
        self.daemon = Daemon(self.folder, more)
        self.daemon.start()
        self.base = f"http://127.0.0.1:{self.port}/"

    def close(self):
        self.daemon.stop()
        if self.redis:
            self.redis.stop()


def open_browser(folder):
    options = Options()
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu",
                 "--disable-dev-shm-usage", "--hide-scrollbars",
                 "--disable-background-networking", "--no-first-run",
                 "--disable-component-update", "--disable-sync",
                 "--force-device-scale-factor=1", "--lang=en",
                 f"--user-data-dir={folder}"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.binary_location = shutil.which("chromium")
    # A browser that dies under the test must not be waited for.
    RemoteConnection.set_timeout(60)
    browser = webdriver.Chrome(
        options=options, service=Service(shutil.which("chromedriver")))
    browser.set_page_load_timeout(60)
    return browser


class Visitor:
    """The browser, as somebody looks at the page."""

    def __init__(self, browser, site):
        self.browser, self.site = browser, site
        self.messages = []

    def one(self, css):
        return next(iter(self.browser.find_elements(By.CSS_SELECTOR, css)), None)

    def all(self, css):
        return self.browser.find_elements(By.CSS_SELECTOR, css)

    def wait(self, css, seconds=30):
        wait_for(lambda: self.one(css) is not None, css, seconds)
        return self.one(css)

    def run(self, script, *args):
        return self.browser.execute_script(script, *args)

    def size(self, size, dark):
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": size[0], "height": size[1], "deviceScaleFactor": 1,
            "mobile": size[0] < 800})
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme",
                          "value": "dark" if dark else "light"}]})

    def open(self, where="", settled=".card, .empty, .scroll"):
        if where and self.browser.current_url.startswith(self.site.base):
            self.run("location.hash = arguments[0]", "#/" + where)
        else:
            self.browser.get(self.site.base + ("#/" + where if where else ""))
        if settled:
            self.wait(f"main {settled}".replace(", ", ", main "))

    def log_in(self, token=None):
        self.wait("#login-token")
        name = self.one("#login-name")
        name.clear()
        name.send_keys("karin")
        self.one("#login-token").send_keys(token or self.site.token,
                                           Keys.ENTER)

    def shoot(self, name):
        time.sleep(0.3)  # of a picture: fonts and bars are drawn
        height = self.run("return document.documentElement.scrollHeight")
        width = self.run("return document.documentElement.clientWidth")
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": min(max(height, 600), 6000),
            "deviceScaleFactor": 1, "mobile": width < 800})
        self.browser.save_screenshot(f"{SHOTS}/{name}.png")

    def console(self):
        """What the console holds, refused requests of the network apart."""
        self.messages += self.browser.get_log("browser")
        return [entry["message"] for entry in self.messages
                if entry.get("source") != "network"]


def shoot_all(visitor, name, views):
    for size, wide in ((WIDE, "wide"), (NARROW, "narrow")):
        for dark in (False, True):
            colour = "dark" if dark else "light"
            for view in views:
                visitor.size(size, dark)
                visitor.open(view)
                visitor.shoot(f"{name}-{view.split('/')[0]}-{wide}-{colour}")
            yield size, dark


def is_too_wide(visitor):
    return visitor.run("return document.documentElement.scrollWidth >"
                       " document.documentElement.clientWidth + 1")


def login(trial, visitor):
    visitor.size(WIDE, False)
    visitor.open(settled=None)
    visitor.wait("#login-token")
    visitor.shoot("login-wide-light")
    visitor.log_in("f" * 64)
    wait_for(lambda: "not the token" in visitor.one("main").text, "a refusal")
    trial.check(True, "a wrong token is told on the page")
    visitor.one("#login-token").clear()
    visitor.log_in()
    visitor.wait(".tiles")
    trial.check(visitor.run("return document.cookie") == "",
                "no script can read the cookie")


def busy(trial, visitor):
    for size, _ in shoot_all(visitor, "busy", VIEWS):
        trial.check(not is_too_wide(visitor),
                    f"nothing is wider than {size[0]} pixels")
    trial.check(visitor.run(
        "const tabs = document.querySelector('#tabs'); return"
        " tabs.scrollWidth <= tabs.clientWidth"), "all views are to be seen"
                " on a phone")
    for size, wide in ((WIDE, "wide"), (NARROW, "narrow")):
        visitor.size(size, False)
        visitor.open("mailbox/irene.novak@example.com", ".facts")
        trial.check("/home/irene.novak/.forward" in visitor.one("main").text,
                    "a mailbox's story has the rule that sends")
        visitor.shoot(f"busy-mailbox-{wide}-light")
        visitor.open("events", ".event-link")
        visitor.run("document.querySelector('.event-link').click()")
        visitor.wait("ol.evidence")
        visitor.shoot(f"busy-event-{wide}-light")
    trial.check(len(visitor.all("ol.evidence li")) > 0 and
                "our mail server says so" in visitor.one("main").text,
                "an event has its evidence in words, and whose word it is")


def search(trial, visitor):
    visitor.size(WIDE, False)
    visitor.open("events", ".event-link")
    before = len(visitor.all(".event-row"))
    visitor.one("#search").send_keys("backup.all held")
    wait_for(lambda: len(visitor.all(".event-row")) < before, "the search")
    rows = [row.text for row in visitor.all(".event-row")]
    trial.check(rows and all("backup.all" in row for row in rows),
                "a search leaves what it is for", str(rows[:2]))
    visitor.one("#search").clear()
    visitor.one("#search").send_keys(" ", Keys.BACKSPACE)


def keyboard(trial, visitor):
    def focused():
        return visitor.run("const a = document.activeElement;"
                           "return a.id || a.className || a.tagName")
    body = visitor.one("body")
    visitor.open("events", ".event-link")
    visitor.run("document.activeElement.blur()")
    body.send_keys("j")
    first = visitor.run("return document.activeElement.getAttribute('href')")
    visitor.browser.switch_to.active_element.send_keys("j")
    second = visitor.run("return document.activeElement.getAttribute('href')")
    trial.check(first and second and first != second,
                "j goes from row to row", f"{first} {second}")
    # The newest are orders, which have no page of their own.
    for _ in range(20):
        if "event-link" in focused():
            break
        visitor.browser.switch_to.active_element.send_keys("j")
    visitor.browser.switch_to.active_element.send_keys(Keys.ENTER)
    visitor.wait("ol.evidence")
    trial.check(True, "Enter opens the event")
    visitor.one("body").send_keys(Keys.ESCAPE)
    visitor.wait("#search")
    visitor.one("body").send_keys("/")
    trial.check(focused() == "search", "a slash goes to the search", focused())
    visitor.run("document.activeElement.blur()")
    visitor.one("body").send_keys("h")
    wait_for(lambda: "held" in visitor.run("return location.hash"), "a key")
    visitor.one("body").send_keys("?")
    visitor.wait("dialog[open] kbd")
    visitor.browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    wait_for(lambda: visitor.one("dialog[open]") is None, "the dialog's end")
    trial.check(True, "? tells the keys, Escape closes them")
    visitor.browser.refresh()
    visitor.wait(".tiles, .card")
    visitor.one("body").send_keys(Keys.TAB)
    trial.check(focused() == "skip", "the first tab stop skips to the content",
                focused())
    visitor.browser.switch_to.active_element.send_keys(Keys.ENTER)
    trial.check(focused() == "main", "... and does", focused())


def act(trial, visitor):
    def press(text):
        visitor.run("[...document.querySelectorAll('button')].find((one) =>"
                    " one.textContent === arguments[0]).click()", text)
    visitor.open("mailbox/mary.jones@example.com", ".facts")
    press("Contain")
    visitor.wait("dialog[open] input[name=why]").send_keys("ticket 1")
    visitor.shoot("busy-contain-wide-light")
    visitor.size(WIDE, False)
    visitor.one("dialog[open] button.danger").click()
    wait_for(lambda: "Contained" in visitor.one("main").text, "containment")
    box = visitor.site.daemon.ask("mailbox", "mary.jones@example.com")
    trial.check(b"page: karin" in box.stdout and b"ticket 1" in box.stdout,
                "a mailbox is contained from the page, by who is logged in",
                box.stdout.decode())
    press("Let it go")
    visitor.wait("dialog[open] button.primary").click()
    wait_for(lambda: visitor.one("main .notice") is None, "the end of it")
    trial.check(True, "... and let go")
    visitor.open("orders", ".card")
    wait_for(lambda: visitor.one("main button.danger"), "the orders")
    press("Contain")
    visitor.wait("dialog[open] select[name=as] option[value=destination]").click()
    visitor.one("dialog[open] input[name=name]").send_keys("drop-box.example")
    visitor.one("dialog[open] input[name=why]").send_keys("ticket 2")
    visitor.one("dialog[open] button.danger").click()
    wait_for(lambda: "domain drop-box.example" in visitor.one("main").text,
             "a domain's containment")
    asked = control(visitor.site.daemon, "/v1/contained", "GET")[1]["contained"]
    trial.check(any(one["what"] == "domain" and one["by"] == "page: karin"
                    for one in asked), "... and so is a domain", str(asked))
    visitor.shoot("busy-orders-domain-wide-light")
    visitor.size(WIDE, False)
    visitor.run("[...document.querySelectorAll('tr')].find((row) =>"
                " row.textContent.includes('ticket 2'))"
                ".querySelector('button').click()")
    visitor.wait("dialog[open] button.primary").click()
    wait_for(lambda: "domain drop-box.example" not in visitor.one("main").text,
             "the end of that")


def live(trial, visitor):
    visitor.open("events", ".event-link")
    wait_for(lambda: visitor.one(".live.on") is not None, "the stream")
    page_mail.Mail(visitor.site.daemon.socket).forward(
        "zoe@example.com", "zoe@freemail.example", "Fresh off the wire")
    wait_for(lambda: "Fresh off the wire" in visitor.one("main").text,
             "the new event", 30)
    trial.check(True, "a new event shows by itself")


def hostile(trial, visitor):
    scripts = visitor.run("return document.scripts.length")
    page_mail.send_hostile(visitor.site.daemon.socket)
    wait_for(lambda: "onerror" in visitor.one("main").text, "hostile mail", 30)
    visitor.shoot("hostile-events-wide-light")
    visitor.size(WIDE, False)
    places = ["now", "events", "routes", "campaigns", "held"]
    links = visitor.run(
        "return [...document.querySelectorAll('.event-row')].filter((row) =>"
        " row.textContent.includes('onerror')).flatMap((row) =>"
        " [...row.querySelectorAll('a')].map((a) => a.hash.slice(2)))")
    trial.check(len(links) >= 2, "hostile mail has its links", str(links))
    found = []
    for place in places + links:
        visitor.open(place)
        found += visitor.run(
            "return [window.owned, document.title.includes('owned'),"
            " document.scripts.length !== arguments[0],"
            " document.querySelectorAll('main img, main b[onclick],"
            " main [onerror]').length > 0]", scripts)
    trial.check(not any(found), "a hostile subject and name are text", str(found))
    text = visitor.run("return document.body.textContent")
    trial.check("\u202e" not in text and "\\u{202e}" in text,
                "what turns the direction of text is spelled out")


def empty(trial, browser):
    site = Site(trial, "empty", "observe")
    visitor = Visitor(browser, site)
    visitor.size(WIDE, False)
    visitor.open(settled=None)
    visitor.log_in()
    visitor.wait(".tiles")
    for size, _ in shoot_all(visitor, "empty", ("now", "health")):
        trial.check(not is_too_wide(visitor),
                    f"nothing of an empty page is wider than {size[0]}")
    messages = visitor.console()
    site.close()
    return messages


def down(trial, visitor):
    visitor.size(WIDE, False)
    visitor.site.redis.stop()
    # The next look of a message finds out.
    page_mail.Mail(visitor.site.daemon.socket).forward(
        "zoe@example.com", "zoe@freemail.example", "While Redis is away")
    visitor.open("now")
    visitor.open("health")
    wait_for(lambda: "It is down" in visitor.one("main").text or
             visitor.run("location.hash = '#/now'; location.hash = '#/health'"),
             "the store's end", 60)
    visitor.shoot("down-health-wide-light")
    trial.check("It is down" in visitor.one("main").text,
                "a store that is down is said so")


def control(daemon, path, method="POST"):
    """What others ask on the control socket."""
    with socket.socket(socket.AF_UNIX) as wire:
        wire.connect(daemon.folder + "/control.sock")
        wire.sendall(f"{method} {path} HTTP/1.0\r\nContent-Length: 0\r\n\r\n"
                     .encode())
        answer = b""
        while chunk := wire.recv(65536):
            answer += chunk
    head, body = answer.split(b"\r\n\r\n", 1)
    return b" 200 " in head.split(b"\r\n")[0] + b" ", json.loads(body or b"{}")


def tell_rule(daemon, mailbox, destination, path):
    """As the daily audit does."""
    event = {"@timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
             "event": {"kind": "alert", "category": ["configuration"],
                       "type": ["creation"], "action": "rule-new",
                       "outcome": "success", "module": "forwarden",
                       "dataset": "forwarden.rule"},
             "file": {"path": path},
             "forwarden": {"mailbox": mailbox, "destination": destination}}
    return control(daemon, "/v1/rule?event=" +
                   urllib.parse.quote(json.dumps(event)))[0]


def held_rows(daemon, count):
    """What a queue holds, as the service beside it tells."""
    shown = daemon.ask("events", "--json", "-n", "500").stdout.decode()
    found = [event for event in map(json.loads, shown.splitlines())
             if event["event"]["action"] == "quarantine"][-count:]
    return [{"id": event["email"]["local_id"], "since": event["@timestamp"],
             "event": event["event"]["id"],
             "subject": event["email"]["subject"],
             "mailbox": event["forwarden"]["mailbox"],
             "destination": event["forwarden"]["destination"]}
            for event in found]


def tell_queue(daemon, rows, name):
    words = {"count": len(rows), "oldest": int(time.time() * 1000) - 60000,
             "list": name, "every": 5}
    good, _ = control(daemon, "/v1/held-seen?" + urllib.parse.urlencode(words))
    part = {"list": name, "first": 1, "last": 1, "rows": json.dumps(rows)}
    return good and control(daemon, "/v1/held-part?" +
                            urllib.parse.urlencode(part))[0]


def release(trial, visitor):
    """Asked for on the page; done when the queue's own service says so."""
    daemon = visitor.site.daemon
    rows = held_rows(daemon, 3)
    trial.check(tell_queue(daemon, rows, "one"), "a queue is told")
    visitor.size(WIDE, False)
    visitor.open("now")
    visitor.open("held")
    wait_for(lambda: len(visitor.all("tbody tr")) == 3, "the queue's list")
    visitor.run("document.querySelector('tbody button').click()")
    visitor.wait("dialog[open] input[name=why]").send_keys("wanted")
    visitor.one("dialog[open] button.primary").click()
    wait_for(lambda: "asked: release" in visitor.one("main").text, "the order")
    visitor.shoot("busy-asked-wide-light")
    visitor.size(WIDE, False)
    asks = control(daemon, "/v1/held-list", "GET")[1]["asks"]
    trial.check(len(asks) == 1 and asks[0]["by"] == "page: karin" and
                len(visitor.all("tbody tr")) == 3,
                "what is asked for is shown as asked, and is not done",
                str(asks))
    done = next(row for row in rows if row["id"] == asks[0]["id"])
    for path in ("held", "held-done"):
        control(daemon, f"/v1/{path}/{done['id']}?" + urllib.parse.urlencode(
            {"act": "release", "event": done["event"], "by": asks[0]["by"],
             "why": asks[0]["why"]}))
    tell_queue(daemon, [row for row in rows if row is not done], "two")
    visitor.open("now")
    visitor.open("held")
    wait_for(lambda: len(visitor.all("tbody tr")) == 2, "the release")
    visitor.open("events", ".event-link")
    wait_for(lambda: "released" in visitor.one("main").text, "its event")
    trial.check("page: karin" in visitor.one("main").text,
                "... and is an event when it is done")


def tour(trial, browser):
    site = Site(trial, "busy", redis=True)
    page_mail.send_day(site.daemon.socket)
    told = tell_rule(site.daemon, "irene.novak@example.com", "collect@drop-box.example",
                     "/home/irene.novak/.forward")
    trial.check(told, "a rule is told")
    for words in (("contain", "ben.okafor@example.com", "--for", "24h", "--why",
                   "ticket 4711: a drop box that nobody knows"),
                  ("allow", "sales@example.com", "desk@agency.example",
                   "--for", "30d", "--why", "our agency answers these")):
        site.daemon.ask(*words)
    page_mail.spread(site.redis.path)
    visitor = Visitor(browser, site)
    for part in (login, busy, search, keyboard, act, release, live, hostile):
        part(trial, visitor)
    messages = visitor.console()
    down(trial, visitor)
    site.close()
    return messages


def main():
    trial = Trial()
    if webdriver is None or not (shutil.which("chromium") and
                                 shutil.which("chromedriver")):
        trial.check(not os.environ.get("CI"),
                    "chromium, chromedriver and selenium are here # SKIP")
        trial.finish()
        return
    os.makedirs(SHOTS, exist_ok=True)
    browser = open_browser(trial.fresh("profile"))
    try:
        messages = tour(trial, browser) + empty(trial, browser)
        trial.check(not messages, "the console is empty: no error, no "
                    "violation of the policy", "\n".join(messages)[:2000])
    finally:
        browser.quit()
    trial.check(Client is not None, f"pictures are in {SHOTS}")
    trial.finish()
    trial.close()


if __name__ == "__main__":
    main()
