#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""forwarden audit on a system of its own: Postfix's and Dovecot's own programs,
users with rights, tables that were made and texts that were changed since.

As root, in a mount namespace: /etc and /home are copies, nobody else sees them.
"""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "rules"))
from tree import PROGRAM, Trial, place  # noqa: E402

INSIDE = "FORWARDEN_AUDIT_INSIDE"
USERS = {"ann": 64101, "bob": 64102, "eve": 64103}
VMAIL = 64110
MAIN_CF = """compatibility_level = 3.6
myhostname = mx.example.com
mydomain = example.com
myorigin = example.com
mydestination = example.com, localhost
virtual_mailbox_domains = example.org
inet_interfaces = loopback-only
recipient_delimiter = +
alias_maps = hash:/etc/aliases
virtual_alias_maps = hash:/etc/postfix/virtual,
  proxy:socketmap:unix:{socket}:virtual
"""
DOVECOT_2_3 = """mail_location = maildir:~/Maildir
userdb {
  driver = passwd-file
  args = /etc/dovecot/users
}
plugin {
  sieve = file:~/sieve;active=~/.dovecot.sieve
}
"""
DOVECOT_2_4 = """dovecot_config_version = {version}
dovecot_storage_version = {version}
mail_driver = maildir
mail_path = ~/Maildir
userdb passwd-file {{
  passwd_file_path = /etc/dovecot/users
}}
sieve_script personal {{
  path = ~/sieve
  active_path = ~/.dovecot.sieve
}}
"""


def write(path, text, uid=0, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    os.chown(path, uid, uid)
    os.chmod(path, mode)


def run(*words, **more):
    return subprocess.run(words, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, **more)


def copy_what_stays(source, target):
    """useradd(8) beside us writes /etc/passwd.PID, and takes it away."""
    try:
        shutil.copy2(source, target)
    except FileNotFoundError:
        pass


def make_private():
    """/etc and /home are ours from here on."""
    folder = os.environ[INSIDE]
    run("mount", "-t", "tmpfs", "none", folder)
    shutil.copytree("/etc", folder + "/etc", symlinks=True,
                    ignore_dangling_symlinks=True, copy_function=copy_what_stays)
    os.mkdir(folder + "/home")
    os.chmod(folder, 0o755)
    for name in ("etc", "home"):
        done = run("mount", "--bind", f"{folder}/{name}", f"/{name}")
        if done.returncode:
            raise SystemExit(done.stdout.decode())
    return folder


def make_users():
    with open("/etc/passwd", "a") as file:
        for name, uid in USERS.items():
            file.write(f"{name}:x:{uid}:{uid}::/home/{name}:/bin/sh\n")
    for name, uid in USERS.items():
        os.mkdir(f"/home/{name}")
        os.chown(f"/home/{name}", uid, uid)
        os.chmod(f"/home/{name}", 0o700)


def make_postfix(folder):
    shutil.rmtree("/etc/postfix", ignore_errors=True)
    write("/etc/postfix/main.cf", MAIN_CF.format(socket=folder + "/map"))
    write("/etc/postfix/master.cf",
          "smtp inet n - n - - smtpd\nsmtp unix - - n - - smtp\n")
    write("/etc/postfix/virtual", "sales@example.com rep@partner.example\n")
    write("/etc/aliases", "role: desk@agency.example\n"
                          "hidden: hidden@evil.example\n")
    for words in (("postmap", "hash:/etc/postfix/virtual"),
                  ("postalias", "hash:/etc/aliases")):
        done = run(*words)
        if done.returncode:
            raise SystemExit(done.stdout.decode())
    # What was taken out of the text is in force all the same.
    write("/etc/aliases", "role: desk@agency.example\n"
                          "later: later@evil.example\n")


def make_dovecot():
    shutil.rmtree("/etc/dovecot", ignore_errors=True)
    version = run("dovecot", "--version").stdout.decode().split()[0]
    new = tuple(map(int, version.split(".")[:2])) >= (2, 4)
    write("/etc/dovecot/dovecot.conf",
          DOVECOT_2_4.format(version=version) if new else DOVECOT_2_3)
    write("/etc/dovecot/users", f"judy@example.org:{{PLAIN}}x:{VMAIL}:{VMAIL}"
                                "::/home/judy::\n")
    os.mkdir("/home/judy")
    os.chmod("/home/judy", 0o700)
    write("/home/judy/sieve/main.sieve", 'redirect "judy@evil.example";\n',
          VMAIL, 0o600)
    os.symlink("sieve/main.sieve", "/home/judy/.dovecot.sieve")
    for path in ("/home/judy", "/home/judy/sieve",
                 "/home/judy/.dovecot.sieve"):
        os.lchown(path, VMAIL, VMAIL)


def make_homes():
    write("/home/ann/.forward", "\\ann, ann@evil.example\n", USERS["ann"],
          0o600)
    write("/home/bob/.forward", "bob@evil.example\n", USERS["bob"], 0o666)
    write("/home/bob/private", "secret@evil.example\n", USERS["bob"], 0o600)
    write("/home/eve/.forward", ":include:/home/bob/private\n", USERS["eve"])
    write("/home/eve/.forward+x", "x@evil.example\n", USERS["bob"])
    write("/home/eve/.forward+root", "root@evil.example\n", 0, 0o600)


class Socketmap(threading.Thread):
    """A table that can be asked and not be listed (socketmap_table(5))."""

    def __init__(self, path, rows):
        super().__init__(daemon=True)
        self.rows, self.server = rows, socket.socket(socket.AF_UNIX)
        self.server.bind(path)
        self.server.listen(8)

    def run(self):
        while True:
            peer = self.server.accept()[0]
            threading.Thread(target=self.serve, args=(peer,),
                             daemon=True).start()

    def serve(self, peer):
        with peer, peer.makefile("rwb") as stream:
            while True:
                length = b""
                while (byte := stream.read(1)) not in (b":", b""):
                    length += byte
                if not byte:
                    return
                asked = stream.read(int(length)).decode().split(" ", 1)[1]
                stream.read(1)
                found = self.rows.get(asked)
                answer = (f"OK {found}" if found else "NOTFOUND ").encode()
                stream.write(b"%d:%s," % (len(answer), answer))
                stream.flush()


def audit(*options, user=None):
    words = [PROGRAM, "audit", "--no-ask", "--json", *options]
    if user is not None:
        words = ["setpriv", f"--reuid={user}", f"--regid={user}",
                 "--clear-groups", *words]
    done = subprocess.run(words, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=120, check=False)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return ({(place(one), one["mailbox"], one["destination"]): one
             for one in rows if "not_read" not in one},
            {one["path"]: one["not_read"] for one in rows
             if "not_read" in one}, done.stderr.decode())


def has(rules, path, mailbox, destination, **what):
    one = rules.get((path, mailbox, destination))
    return one is not None and all(
        value in str(one.get(key)) for key, value in what.items())


def tables(trial, rules, unread):
    trial.result(
        has(rules, "/etc/aliases:1", "role@example.com",
            "desk@agency.example", state="active", owner="root"),
        "an alias that is in the text and in the table", rules)
    trial.result(
        has(rules, "/etc/aliases.db", "hidden@example.com",
            "hidden@evil.example", state="active", note="table alone"),
        "one that is in the table alone is in force", rules)
    trial.result(
        has(rules, "/etc/aliases:2", "later@example.com",
            "later@evil.example", state="inactive", note="text alone"),
        "one that is in the text alone is not", rules)
    trial.result(
        has(rules, "/etc/postfix/virtual:1", "sales@example.com",
            "rep@partner.example"), "a virtual alias", rules)
    asked = [one for one in rules if one[2] == "asked@evil.example"]
    trial.result(
        len(asked) == 1 and asked[0][1] == "ann@example.com" and
        any("no list" in why for why in unread.values()),
        "a table without a list is asked for those who are known", unread)


def homes(trial, rules, unread):
    trial.result(
        has(rules, "/home/ann/.forward:1", "ann@example.com",
            "ann@evil.example", state="active", owner="ann",
            keeps_copy="True"), "a .forward that its user alone may read",
        rules)
    trial.result(
        has(rules, "/home/bob/.forward:1", "bob@example.com",
            "bob@evil.example", state="ignored", note="world-writable"),
        "one that everybody may write is ignored", rules)
    trial.result(
        has(rules, "/home/eve/.forward+x:1", "eve@example.com",
            "x@evil.example", state="ignored", note="another owner"),
        "one of another owner is ignored", rules)
    trial.result(
        "secret@evil.example" not in str(rules) and
        "Permission denied" in unread.get("/home/bob/private", ""),
        "what a user may not read is not read for him", unread)
    trial.result(
        "Permission denied" in unread.get("/home/eve/.forward+root", ""),
        "root's rights are not those of a home's reader", unread)
    trial.result(
        has(rules, "/home/judy/sieve/main.sieve:1", "judy@example.org",
            "judy@evil.example", state="active"),
        "Dovecot's users and their active script", rules)


def others(trial):
    rules, unread, _ = audit(user=USERS["eve"])
    trial.result(
        has(rules, "/etc/aliases:1", "role@example.com",
            "desk@agency.example") and "/home/ann" in unread and
        not any("/home/ann" in one[0] for one in rules),
        "without root: what may be read is, the rest is told", unread)
    write("/etc/postfix/main.cf",
          MAIN_CF.format(socket="/x").replace(
              "loopback-only", "no.such.host.invalid") + "broken line\n")
    rules, unread, said = audit()
    trial.result(
        has(rules, "/home/ann/.forward:1", "ann@example.com",
            "ann@evil.example") and
        any("text was read instead" in why for why in unread.values()),
        "a main.cf that Postfix does not take: its text, and that is told",
        f"{unread} {said}")


def inside():
    trial = Trial()
    folder = make_private()
    make_users()
    make_postfix(folder)
    make_dovecot()
    make_homes()
    Socketmap(folder + "/map", {"ann@example.com": "asked@evil.example"}).start()
    rules, unread, said = audit()
    print("# " + said.replace("\n", "\n# "))
    tables(trial, rules, unread)
    homes(trial, rules, unread)
    others(trial)
    return trial.end()


def main():
    if os.environ.get(INSIDE):
        return inside()
    if os.geteuid() != 0:
        print("1..0 # SKIP this needs root")
        return 0
    os.environ["FORWARDEN"] = os.path.abspath(PROGRAM)
    os.environ[INSIDE] = tempfile.mkdtemp(prefix="forwarden-audit.")
    try:
        return subprocess.run(
            ["unshare", "--mount", "--propagation", "private",
             sys.executable, os.path.abspath(__file__)],
            check=False).returncode
    finally:
        os.rmdir(os.environ[INSIDE])


if __name__ == "__main__":
    sys.exit(main())
