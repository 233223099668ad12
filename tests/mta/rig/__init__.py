# SPDX-License-Identifier: BSD-2-Clause
"""The rig: real mail servers for tests and for the demonstration.

    with Rig("name") as rig:
        sink = Sink(rig)
        postfix = Postfix(rig, outside=sink, milter="inet:127.0.0.1:8894")
        alice = rig.user("alice")
        alice.forward("drop@freemail.example")
        postfix.start()
        send(postfix.intake, "bob@partner.example", [alice.address], "Subject: x\\n\\ny\\n")
        sink.wait(lambda m: "drop@freemail.example" in m.recipients)

Everything lives in one temporary folder on free loopback ports; leaving the
block (also by SIGTERM or SIGINT) stops it all and removes it, users included.
"""
from .core import Failure, Rig, Tap, free_port, wait_until
from .dovecot import Dovecot
from .exim import Exim
from .forwarden import Forwarden
from .postfix import Postfix
from .redis import Redis
from .sendmail import Sendmail
from .smtp import Message, Sink, send

__all__ = ["Dovecot", "Exim", "Failure", "Forwarden", "Message", "Postfix", "Redis", "Rig",
           "Sendmail", "Sink",
           "Tap", "free_port", "send", "wait_until"]
