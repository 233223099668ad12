#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The milter protocol by hand, for what miltertest cannot send.

Usage: wire.py SOCKET. Prints "ok - name" lines.
"""
import socket
import struct
import sys

ACTIONS = 0x1ff
STEPS = 0x1fffff
PACKET_256K = 0x10000000
NO_REPLY = {b"C": 0x1000, b"H": 0x2000, b"M": 0x4000}  # SMFIP_NR_CONN, _HELO, _MAIL


class Wire:
    """One connection of an MTA."""

    def __init__(self, path, steps=STEPS):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        self.gathered = None
        self.socket.connect(path)
        self.send(b"O", struct.pack("!III", 6, ACTIONS, steps))
        _, body = self.receive()
        self.steps = struct.unpack("!III", body[:12])[2]

    def send(self, command, body=b""):
        packet = struct.pack("!I", len(body) + 1) + command + body
        if self.gathered is None:
            self.socket.sendall(packet)
        else:
            self.gathered += packet

    def take(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def receive(self):
        size = struct.unpack("!I", self.take(4))[0]
        packet = self.take(size)
        return packet[:1], packet[1:]

    def step(self, command, body):
        """One that is answered, unless it was agreed that it is not."""
        self.send(command, body)
        return b"c" if self.steps & NO_REPLY[command] else self.receive()[0]

    def connect(self, address=b"127.0.0.1"):
        self.step(b"C", b"client.example.net\0004" + struct.pack("!H", 25)
                  + address + b"\0")
        self.step(b"H", b"client.example.net\0")

    def gather(self):
        """What is sent from now on is kept for write()."""
        self.gathered = b""

    def write(self, cuts):
        """What was gathered, a piece to each of the lengths, in turn."""
        data, self.gathered = self.gathered, None
        while data:
            for size in cuts:
                self.socket.sendall(data[:size])
                data = data[size:]

    def begin(self, queue_id):
        self.send(b"D", b"Mi\0" + queue_id + b"\0")
        self.send(b"M", b"<sender@partner.example>\0")
        self.send(b"R", b"<bob@example.com>\0")

    def field(self, name, value):
        self.send(b"L", name + b"\0" + value + b"\0")

    def end(self, cuts=()):
        """Modifications by their letters, and the final reply."""
        self.send(b"E")
        if self.gathered is not None:
            self.write(cuts)
        done = []
        while True:
            command, body = self.receive()
            if command in b"actdry":
                return done, command
            done.append((command, body))

    def deliver(self, queue_id, fields):
        self.begin(queue_id)
        for name, value in fields:
            self.field(name, value)
        self.field(b"Subject", b"please tag")
        return self.end()

    def is_closed(self):
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True


def check(good, name):
    print(("ok - " if good else "not ok - ") + name, flush=True)


def tagged(result):
    done, reply = result
    return reply in (b"c", b"a") and [c for c, _ in done] == [b"i"]


def main():
    path = sys.argv[1]
    wire = Wire(path)
    wire.connect()
    check(wire.steps & 0xff8d0 == 0x0f0d0 & wire.steps,
          "nothing is asked for that is not offered")
    check(tagged(wire.deliver(b"4LONG", [(b"X-Long", b"x" * 70000)])),
          "a field over 64 KiB")
    check(tagged(wire.deliver(b"4HUGE", [(b"X-Huge", b"x" * 1000000)])),
          "a field of a megabyte")
    check(tagged(wire.deliver(b"4NUL", [(b"X-Nul", b"before\0after"),
                                        (b"X\0-Nul", b"\0")])),
          "NULs in names and values")
    check(tagged(wire.deliver(b"4LINES", [(b"X-Lines", b"a\r\n\r\nb\n\nc")])),
          "line ends of all kinds")
    check(tagged(wire.deliver(b"4MANY", [(b"X-%d" % i, b"v")
                                         for i in range(1500)])),
          "1,500 fields")
    check(tagged(wire.deliver(b"4FULL", [(b"X-%d" % i, b"v" * 60000)
                                         for i in range(200)])),
          "12 MB of header")

    for cuts, name in (((1 << 20,), "a message written at once"),
                       ((1,), "byte by byte"),
                       ((5, 3, 8192, 1, 4, 8191, 2), "in pieces of all sizes")):
        wire.gather()
        wire.begin(b"4CUT")
        for i in range(400):
            wire.field(b"X-%d" % i, b"v" * (i * 7 % 300))
        wire.field(b"Subject", b"please tag")
        check(tagged(wire.end(cuts)), name)

    wire.send(b"K")
    wire.connect(b"192.0.2.1")
    check(tagged(wire.deliver(b"4AGAIN", [])),
          "another session on the same connection (QUIT_NC)")

    wire.begin(b"4HALF")
    wire.socket.close()

    wire = Wire(path, steps=0)
    wire.send(b"C", b"client.example.net\0U\0\0\0")
    check(wire.receive()[0] == b"c", "an old MTA gets its replies")
    wire.send(b"M", b"<sender@partner.example>\0")
    check(wire.receive()[0] == b"c", "to each step")
    wire.socket.close()

    wire = Wire(path)
    wire.connect()
    wire.send(b"M", b"")
    check(wire.is_closed(), "arguments that are none end the connection")

    wire = Wire(path)
    wire.socket.sendall(struct.pack("!I", 0x7fffffff) + b"L")
    check(wire.is_closed(), "a packet of 2 GiB ends the connection")

    wire = Wire(path)
    wire.connect()
    check(tagged(wire.deliver(b"4LAST", [])), "and all goes on")
    wire.send(b"Q")


if __name__ == "__main__":
    main()
