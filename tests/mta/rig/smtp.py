# SPDX-License-Identifier: BSD-2-Clause
"""The outside world: a server that keeps what it gets, and a client."""
import base64
import contextlib
import email
import email.policy
import os
import smtplib
import socketserver
import ssl
import threading

from .core import free_port, run, wait_until


class Message:
    """What came over the wire in one transaction."""

    def __init__(self):
        self.sender, self.sender_options = None, ""
        self.recipients, self.options = [], {}
        self.data = b""
        self.tls, self.user, self.helo = False, None, ""

    @property
    def header(self):
        return email.message_from_bytes(self.data, policy=email.policy.compat32)

    def field(self, name):
        return self.header.get(name)


def _path(text):
    """"<a@b> ORCPT=..." as address and rest."""
    path, _, rest = text.strip().partition(">")
    return path.lstrip("< "), rest.strip()


class _Session(socketserver.StreamRequestHandler):
    """RFC 5321 as far as a sending Postfix needs it, with DSN (RFC 3461)."""

    def say(self, text):
        self.wfile.write((text + "\r\n").encode())

    def fresh(self):
        message = Message()
        message.tls, message.user, message.helo = self.tls, self.user, self.helo
        return message

    def handle(self):
        self.tls, self.user, self.helo = False, None, ""
        self.message = self.fresh()
        self.say("220 outside.example ESMTP")
        try:
            self.talk()
        except ConnectionResetError:
            pass  # the client's process was ended

    def talk(self):
        for line in self.rfile:
            verb, _, rest = line.decode("latin-1").strip().partition(" ")
            action = getattr(self, "do_" + verb.lower(), None)
            if action is None:
                self.say("250 2.0.0 as you like")
            elif action(rest) is False:
                return

    def do_ehlo(self, name):
        self.helo = name
        more = "250-STARTTLS\r\n" if self.server.sink.tls and not self.tls else ""
        more += "250-AUTH PLAIN\r\n" if self.server.sink.auth else ""
        self.say(f"250-outside.example\r\n{more}250-DSN\r\n250-SMTPUTF8\r\n250 8BITMIME")

    def do_starttls(self, _):
        self.say("220 2.0.0 go on")
        self.connection = self.server.sink.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self.tls = True
        self.talk()
        return False

    def do_auth(self, rest):
        self.user = base64.b64decode(rest.partition(" ")[2]).split(b"\0")[1].decode()
        self.message.user = self.user
        self.say("235 2.7.0 welcome")

    def do_quit(self, _):
        self.say("221 2.0.0 bye")
        return False

    def do_rset(self, _):
        self.message = self.fresh()
        self.say("250 2.0.0 ok")

    def do_mail(self, rest):
        self.message = self.fresh()
        self.message.sender, self.message.sender_options = _path(rest[5:])
        self.say("250 2.1.0 ok")

    def do_rcpt(self, rest):
        address, options = _path(rest[3:])
        self.message.recipients.append(address)
        self.message.options[address] = options
        self.server.sink.named.add(address)
        self.say(self.server.sink.answer)

    def do_data(self, _):
        self.say("354 go on")
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        self.message.data = b"".join(lines).replace(b"\r\n", b"\n")
        self.server.sink.keep(self.message)
        self.message = self.fresh()
        self.say("250 2.0.0 kept")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128


def certificate(rig):
    """A server's TLS, with a certificate that nobody signed."""
    pem = rig.path("outside.pem")
    if not os.path.exists(pem):
        run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
             "-subj", "/CN=outside.example", "-keyout", pem, "-out", pem + ".crt"])
        with open(pem + ".crt") as crt, open(pem, "a") as f:
            f.write(crt.read())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


class Sink:
    """
    Accepts all mail (or answers RCPT with .answer) and keeps it. secure: asks
    for TLS and a password, which may be any.
    """

    def __init__(self, rig, port=None, host="127.0.0.1", secure=False):
        self.answer = "250 2.1.5 ok"
        self.auth, self.tls = secure, certificate(rig) if secure else None
        self.messages = []
        self.named = set()  # recipients, taken or not
        self._lock = threading.Lock()
        self.port = port or free_port()
        self._server = _Server((host, self.port), _Session)
        self._server.sink = self
        threading.Thread(target=self._server.serve_forever, args=(0.05,),
                         daemon=True).start()
        rig.at_end(self._server.shutdown)

    def keep(self, message):
        with self._lock:
            self.messages.append(message)

    def find(self, condition):
        with self._lock:
            return [m for m in self.messages if condition(m)]

    def wait(self, condition, seconds=30, count=1):
        """The messages that meet the condition, once there are so many."""
        def enough():
            found = self.find(condition)
            return found if len(found) >= count else None
        return wait_until("mail at the sink", enough, seconds)

    def to(self, address):
        return lambda m: address in m.recipients


def send(port, sender, recipients, text, xclient=None, rcpt_options=(), mail_options=(),
         helo="client.example.org", login=None):
    """
    Sends one message; returns the final (code, text). xclient is what Postfix
    is to believe of the client: {"ADDR": "203.0.113.9", "LOGIN": "alice"}.
    login: who truly logs in, with any password.
    """
    if isinstance(text, str):
        text = text.encode()
    text = text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    with contextlib.closing(smtplib.SMTP("127.0.0.1", port, local_hostname=helo,
                                         timeout=60)) as client:
        client.ehlo()
        if xclient:
            client.docmd("XCLIENT", " ".join(f"{k}={v}" for k, v in xclient.items()))
            client.ehlo()
        if login:
            client.login(login, "secret")
        code, reply = client.mail(sender, list(mail_options))
        if code != 250:
            return code, reply.decode()
        for recipient in recipients:
            code, reply = client.rcpt(recipient, list(rcpt_options))
            if code // 100 != 2:
                return code, reply.decode()
        try:
            code, reply = client.data(text)
        except smtplib.SMTPDataError as error:
            code, reply = error.smtp_code, error.smtp_error
        # Whatever is said to QUIT, what was taken is taken.
        with contextlib.suppress(OSError, smtplib.SMTPException):
            client.quit()
        return code, reply.decode()
