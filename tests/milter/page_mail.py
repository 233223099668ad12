# SPDX-License-Identifier: BSD-2-Clause
"""A day of mail for the operators' page: messages by the milter protocol, as a
Postfix hands them over, judged by the policies that ship; afterwards their
events and counts are spread over the last day, where the store is a Redis."""
import json
import random
import struct
import subprocess
import time

from wire import Wire

PARTNERS = ["partner.example", "supplier.example", "agency.example",
            "bank.example", "press.example"]
SUBJECTS = ["Invoice 4711", "Price list for May", "Minutes of Monday",
            "Re: Contract, second draft", "Your order 20-1187",
            "Payroll, corrected", "Quarterly figures", "Offer: 40 chairs",
            "Re: Board meeting", "Travel to Lyon", "Delivery note 88121",
            "Password changed", "Statement of account", "New bank details"]
STAFF = ["alice.hughes", "ben.okafor", "carla.rossi", "david.lind",
         "erin.walsh", "farid.haddad", "grace.kim", "hugo.martin",
         "irene.novak", "jonas.weber", "karin.berg", "liam.doyle"]
ORDINARY = [("mary.jones", "mary@agency.example", 3),
            ("tom.brandt", "tom.brandt@freemail.example", 5),
            ("sales", "desk@agency.example", 14),
            ("info", "hotline@agency.example", 9),
            ("priya.nair", "priya@supplier.example", 4),
            ("olga.petrova", "olga.p@freemail.example", 2)]
# What must stay text, wherever it shows.
HOSTILE_SUBJECT = ("<script>document.title='owned'</script><img src=x "
                   "onerror=\"window.owned=1\">\u202egpj.exe\u200b{{7*7}}")
HOSTILE_NAME = "<img src=x onerror=window.owned=2>"
LONG_NAME = "a" * 60 + ".very.long"


class Mail:
    """Mail that leaves, by the egress listener."""

    def __init__(self, socket):
        self.wire = Wire(socket)
        self.wire.send(b"D", b"C{daemon_name}\0egress\0j\0mx.example.com\0")
        self.wire.connect()
        self.number = 0

    def forward(self, mailbox, to, subject, author="jo@partner.example"):
        """One message that came for the mailbox and goes on to somebody."""
        self.number += 1
        wire, queue_id = self.wire, f"4D{self.number:06X}"
        local = mailbox.encode()
        wire.send(b"D", b"Mi\0" + queue_id.encode() + b"\0")
        wire.send(b"M", f"<{author}>\0".encode())
        wire.send(b"D", b"Ri\0" + queue_id.encode() + b"\0")
        wire.send(b"R", b"<" + to.encode() + b">\0ORCPT=rfc822;" +
                  local.replace(b"<", b"+3C").replace(b">", b"+3E")
                  .replace(b"=", b"+3D").replace(b" ", b"+20")
                  .replace(b'"', b"+22") + b"\0")
        date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
        for name, value in (
                ("Received", "by mx.example.com (Postfix) id "
                 f"{queue_id}; {date}"),
                ("Delivered-To", mailbox),
                ("Received", "from mail.partner.example (mail.partner.example "
                 "[203.0.113.9]) by mx.example.com (Postfix) with ESMTP id "
                 f"4A{self.number:06X} for <{mailbox}>; {date}"),
                ("From", f"Jo Miller <{author}>"), ("To", mailbox),
                ("Subject", subject), ("Date", date),
                ("Message-ID", f"<{self.number}.{random.random()}@partner.example>")):
            wire.send(b"L", name.encode() + b"\0" + value.encode() + b"\0")
        return wire.end()


def send_day(socket):
    """Who sends where, in the order of the day."""
    chance = random.Random(4711)
    way = []
    for name, to, count in ORDINARY:
        way += [(name, to)] * count
    for name in STAFF[:9]:
        way += [(name, "collect@drop-box.example")] * chance.randint(1, 4)
    for name in STAFF[7:12]:
        way += [(name, "backup.all@freemail.example")] * chance.randint(1, 3)
    way += [("frank.moreau", "frank@supplier.example")] * 26
    chance.shuffle(way)
    mail = Mail(socket)
    for name, to in way:
        mail.forward(name + "@example.com", to, chance.choice(SUBJECTS),
                     "jo%d@%s" % (chance.randint(1, 40),
                                  chance.choice(PARTNERS)))
    return len(way)


def send_hostile(socket):
    mail = Mail(socket)
    mail.forward(f'"{HOSTILE_NAME}"@example.com', "evil@drop-box.example",
                 HOSTILE_SUBJECT)
    mail.forward(LONG_NAME + "@example.com",
                 '"<b onclick=x>"@drop-box.example', "x" * 900)


def redis(path, *words, given=None):
    done = subprocess.run(["redis-cli", "-s", path, *words], input=given,
                          capture_output=True, check=True, text=True)
    return done.stdout


def entries_of(path):
    """The stream's events, each with the other fields of its entry."""
    text = redis(path, "--json", "XRANGE", "fw1:events", "-", "+")
    for _, fields in json.loads(text):
        pairs = dict(zip(fields[::2], fields[1::2]))
        key = next(key for key, value in pairs.items()
                   if value.startswith("{"))
        yield key, pairs, json.loads(pairs[key])


def times(count, chance):
    """In order; every eighth within the last minutes, the last one now."""
    ages = [86000 * chance.random() ** 1.3 *
            (1 if chance.random() < 0.88 else 0.03) for _ in range(count)]
    return sorted(time.time() - age for age in ages[1:] + [20])


def spread(path):
    """The stream's events over the last day, and each mailbox's hours with
    them."""
    entries = list(entries_of(path))
    hours = {}
    redis(path, "DEL", "fw1:events")
    for (key, pairs, event), at in zip(
            entries, times(len(entries), random.Random(7))):
        event["@timestamp"] = time.strftime(
            "%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + ".%03dZ" % (at % 1 * 1000)
        pairs[key] = json.dumps(event)
        flat = [word for pair in pairs.items() for word in pair]
        redis(path, "XADD", "fw1:events", "*" if at > time.time() - 10
              else f"{int(at * 1000)}-*", *flat)
        mailbox = event.get("forwarden", {}).get("mailbox", "")
        counts = hours.setdefault(mailbox, {})
        counts[int(at // 3600)] = counts.get(int(at // 3600), 0) + 1
    for mailbox, counts in hours.items():
        spread_hours(path, f"fw1:box:{{{mailbox}}}", counts)


def spread_hours(path, key, counts):
    """Each is "received forwarded ...", by hour."""
    own = [name for name in redis(path, "HKEYS", key).split()
           if name.startswith("h:")]
    if not own:
        return
    rest = redis(path, "HGET", key, own[0]).split()[2:]
    redis(path, "HDEL", key, *own)
    for hour, count in counts.items():
        redis(path, "HSET", key, f"h:{hour}",
              " ".join(["0", str(count), *("0" for _ in rest)]))
