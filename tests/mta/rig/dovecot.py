# SPDX-License-Identifier: BSD-2-Clause
"""A private Dovecot: LMTP with Pigeonhole Sieve, and SASL for a Postfix."""
import os
import pwd
import subprocess

from .core import Failure, can_connect, free_port, wait_until

BEFORE_2_4 = """\
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = {name}
log_path = {folder}/log
protocols = lmtp
listen = 127.0.0.1
ssl = no
first_valid_uid = 1
default_internal_user = dovecot
default_login_user = dovenull
mail_location = maildir:{folder}/mail/%n
auth_mechanisms = plain
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home allow_all_users=yes
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {port}
  }}
}}
service auth {{
  unix_listener {folder}/auth {{
    mode = 0666
  }}
}}
service stats {{
  chroot =
}}
protocol lmtp {{
  mail_plugins = sieve
  auth_username_format = %Ln
  hostname = store.{domain}
  postmaster_address = postmaster@{domain}
  {leave}
}}
plugin {{
  sieve = file:{folder}/sieve/%n.sieve
  sieve_extensions = +editheader
  sieve_max_redirects = 8
  sieve_user_email = %n@{domain}
  sieve_vacation_send_from_recipient = yes
}}
"""


# From 2.4 on much has another name, and the file says for which release it is.
SINCE_2_4 = """\
dovecot_config_version = {version}
dovecot_storage_version = {version}
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = {name}
log_path = {folder}/log
protocols = lmtp
listen = 127.0.0.1
ssl = no
first_valid_uid = 1
default_internal_user = dovecot
default_login_user = dovenull
mail_driver = maildir
mail_path = {folder}/mail/%{{user | username}}
auth_mechanisms = plain
passdb static {{
  fields {{
    nopassword = yes
  }}
}}
userdb static {{
  userdb_static_allow_all_users = yes
  fields {{
    uid = {uid}
    gid = {gid}
    home = {folder}/home
    sieve_user_email = %{{user | username}}@{domain}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    listen = 127.0.0.1
    port = {port}
  }}
}}
service auth {{
  unix_listener {folder}/auth {{
    mode = 0666
  }}
}}
service stats {{
  chroot =
}}
protocol lmtp {{
  mail_plugins {{
    sieve = yes
  }}
  auth_username_format = %{{user | username | lower}}
  hostname = store.{domain}
  postmaster_address = postmaster@{domain}
  {leave}
}}
sieve_script personal {{
  path = {folder}/sieve/%{{user | username}}.sieve
}}
sieve_extensions {{
  editheader = yes
}}
sieve_max_redirects = 8
sieve_vacation_send_from_recipient = yes
"""


def release():
    """Dovecot's version as text, and as numbers to compare."""
    said = subprocess.run(["dovecot", "--version"], capture_output=True, text=True, check=True)
    version = said.stdout.split()[0].split("-")[0]
    return version, tuple(int(part) for part in version.split(".")[:2])


class Dovecot:
    """
    What Sieve sends leaves through sendmail(1) of the Postfix, or, with submission, through its intake listener.
    """

    def __init__(self, rig, postfix, name="dovecot", submission=False, port=None):
        self.rig, self.name = rig, name
        self.folder = rig.mkdir(name)
        self.port = port or free_port()
        self.owner = rig.user("vmail")
        record = pwd.getpwnam(self.owner.name)
        for part in ("run", "state", "sieve"):
            rig.mkdir(name, part)
        for part in ("mail", "home"):
            rig.mkdir(name, part, mode=0o700)
            os.chown(rig.path(name, part), record.pw_uid, record.pw_gid)
        if submission:
            leave = f"submission_host = 127.0.0.1:{postfix.intake}"
        else:
            leave = f"sendmail_path = {postfix.sendmail_command()}"
        self.file = os.path.join(self.folder, "dovecot.conf")
        version, numbers = release()
        configuration = BEFORE_2_4 if numbers < (2, 4) else SINCE_2_4
        with open(self.file, "w") as f:
            f.write(configuration.format(
                version=version, folder=self.folder, name=name, uid=record.pw_uid, gid=record.pw_gid,
                port=self.port, domain=rig.domain, leave=leave))
        self.auth = os.path.join(self.folder, "auth")
        self.transport = f"lmtp:inet:127.0.0.1:{self.port}"

    def sieve(self, user, script):
        path = os.path.join(self.folder, "sieve", f"{user}.sieve")
        with open(path, "w") as f:
            f.write(script)
        record = pwd.getpwnam(self.owner.name)
        os.chown(os.path.dirname(path), record.pw_uid, record.pw_gid)
        os.chown(path, record.pw_uid, record.pw_gid)

    def start(self):
        self.process = self.rig.spawn(["dovecot", "-F", "-c", self.file],
                                      os.path.join(self.folder, "stderr"))

        def ready():
            if self.process.poll() is not None:
                raise Failure(f"dovecot ended at once: {self.log()}")
            return can_connect(("127.0.0.1", self.port))
        wait_until("dovecot", ready)

    def mailbox(self, user):
        folder = os.path.join(self.folder, "mail", user, "new")
        try:
            names = sorted(os.listdir(folder))
        except FileNotFoundError:
            return []
        found = []
        for name in names:
            with open(os.path.join(folder, name), errors="replace") as f:
                found.append(f.read())
        return found

    def log(self):
        text = ""
        for name in ("stderr", "log"):
            try:
                with open(os.path.join(self.folder, name), errors="replace") as f:
                    text += f.read()
            except FileNotFoundError:
                pass
        return text
