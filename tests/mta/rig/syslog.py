# SPDX-License-Identifier: BSD-2-Clause
"""
What the programs of a test log by syslog(3), in a file, as rsyslog writes it.
The test must have its own mounts (unshare -m): /dev/log is ours in them alone.
"""
import os
import re
import socket
import threading

from .core import run

DOOR = "/dev/log"
# What the C library sends: "<22>Nov 27 10:00:00 sendmail[7]: text".
LINE = re.compile(rb"<\d+>(\w{3} [ \d]\d \d\d:\d\d:\d\d) (.*)", re.S)


class Syslog:
    def __init__(self, rig, host):
        self.path = rig.path("mail.log")
        self.host = host.encode()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        door = rig.path("devlog")
        self.socket.bind(door)
        os.chmod(door, 0o666)
        if not os.path.lexists(DOOR):
            with open(DOOR, "w"):
                pass
            rig.at_end(lambda: os.unlink(DOOR))
        run(["mount", "--bind", door, os.path.realpath(DOOR)])
        rig.at_end(lambda: run(["umount", os.path.realpath(DOOR)], check=False))
        self.file = open(self.path, "wb", buffering=0)
        threading.Thread(target=self._write, daemon=True).start()

    def _write(self):
        while True:
            said = LINE.match(self.socket.recv(65536))
            if said:
                text = said.group(2).rstrip(b"\0\n").replace(b"\n", b" ")
                self.file.write(said.group(1) + b" " + self.host + b" " + text + b"\n")
