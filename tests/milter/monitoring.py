#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The metrics by Prometheus' own word, and whatever names one of them: the
alert rules, the dashboard and the page; TAP. promtool is taken from the path;
where it is not, and CI is set, it is unpacked from Debian's package."""
import glob
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile

from daemon import Daemon

TOP = os.environ["TOP_SRCDIR"]
RULES = TOP + "/docs/prometheus-rules.yaml"
PARTS = ("_bucket", "_sum", "_count")

# Each alert is raised by what it is for, and by nothing in a quiet hour.
QUIET = """
rule_files: [{rules}]
tests:
  - interval: 1m
    input_series:
      - {{series: 'up{{job="forwarden", instance="a"}}', values: '{up}x120'}}
      - {{series: 'forwarden_policies{{instance="a"}}', values: '{policies}x120'}}
      - {{series: 'forwarden_store_up{{instance="a"}}', values: '{store}x120'}}
      - {{series: 'forwarden_worker_restarts_total{{instance="a"}}', values: '{restarts}x120'}}
      - {{series: 'forwarden_trouble{{instance="a", what="log"}}', values: '{trouble}x120'}}
      - {{series: 'forwarden_policies_info{{instance="a", digest="x"}}', values: '1+0x120'}}
      - {{series: 'forwarden_policies_info{{instance="b", digest="{digest}"}}', values: '1+0x120'}}
      - {{series: 'forwarden_store_lost_total{{instance="a"}}', values: '{lost}x120'}}
      - {{series: 'forwarden_reloads_refused_total{{instance="a"}}', values: '{refused}x120'}}
      - {{series: 'forwarden_unjudged_total{{instance="a"}}', values: '{unjudged}x120'}}
      - {{series: 'forwarden_sessions_refused_total{{instance="a"}}', values: '{closed}x120'}}
      - {{series: 'forwarden_policy_gave_up_total{{instance="a", policy="p"}}', values: '{regex}x120'}}
      - {{series: 'forwarden_alerts_total{{instance="a", by="webhook", result="failed"}}', values: '{alerts}x120'}}
      - {{series: 'forwarden_verdicts_total{{instance="a", action="quarantine"}}', values: '{quarantines}x120'}}
      - {{series: 'forwarden_held{{instance="a"}}', values: '1+0x120'}}
      - {{series: 'forwarden_held_look_age_seconds{{instance="a"}}', values: '{look}x120'}}
      - {{series: 'forwarden_held_oldest_timestamp_seconds{{instance="a"}}', values: '{oldest}x120'}}
      - {{series: 'forwarden_message_judging_seconds_bucket{{instance="a", le="0.1"}}', values: '{fast}x120'}}
      - {{series: 'forwarden_message_judging_seconds_bucket{{instance="a", le="1"}}', values: '0+10x120'}}
      - {{series: 'forwarden_message_judging_seconds_bucket{{instance="a", le="+Inf"}}', values: '0+10x120'}}
      - {{series: 'forwarden_messages_total{{instance="a", direction="inbound"}}', values: '{mail}'}}
    promql_expr_test:
      - expr: count(ALERTS{{alertstate="firing"}}) or vector(0)
        eval_time: 2h
        exp_samples: [{{value: {count}}}]
"""
FINE = {"up": "1+0", "policies": "60+0", "store": "1+0", "restarts": "0+0",
        "trouble": "0+0", "digest": "x", "lost": "0+0", "refused": "0+0",
        "unjudged": "0+0", "closed": "0+0", "regex": "0+0",
        "quarantines": "0+0", "alerts": "0+0", "look": "5+0", "oldest": "0+0",
        "fast": "0+10", "mail": "0+10x120", "count": 0}
BAD = {"up": "0+0", "policies": "0+0", "store": "0+0", "restarts": "0+1",
       "trouble": "1+0", "digest": "y", "lost": "0+1", "refused": "0+1",
       "unjudged": "0+1", "closed": "0+1", "regex": "0+1",
       "quarantines": "0+1", "alerts": "0+1", "look": "901+0", "oldest": "-86400+0",
       "fast": "0+0", "mail": "0+10x40 400+0x80"}


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = False

    def ok(self, good, what, said=""):
        self.count += 1
        self.failed = self.failed or not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {what}")
        for line in [] if good else str(said).splitlines():
            print("# " + line)


def fetch(daemon):
    with socket.socket(socket.AF_UNIX) as wire:
        wire.connect(daemon.folder + "/control.sock")
        wire.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        answer = b""
        while chunk := wire.recv(65536):
            answer += chunk
    return answer.split(b"\r\n\r\n", 1)[1].decode()


def names(text):
    """The metrics that a text names, a histogram by its family's name."""
    found = set(re.findall(r"\bforwarden_[a-z_]+[a-z]", text))
    for part in PARTS:
        found = {name.removesuffix(part) for name in found}
    return found


def find_promtool(folder):
    found = shutil.which("promtool")
    if found is None and os.environ.get("CI"):
        subprocess.run([TOP + "/scripts/deps", "--beside", folder,
                        "prometheus"], check=False,
                       stdout=subprocess.DEVNULL)
        found = next(iter(glob.glob(folder + "/usr/bin/promtool")), None)
    return found


def ask_promtool(tap, promtool, folder, metrics):
    def run(what, *args, given=None):
        done = subprocess.run([promtool, *args], input=given, text=True,
                              capture_output=True, check=False)
        tap.ok(done.returncode == 0 and
               not (given and (done.stdout or done.stderr)), what,
               done.stdout + done.stderr)

    run("promtool finds no fault in the metrics", "check", "metrics",
        given=metrics)
    run("promtool finds no fault in the rules", "check", "rules", RULES)
    cases = [("a quiet hour", FINE)]
    cases += [(key, {**FINE, key: value, "count": 1})
              for key, value in BAD.items()]
    for name, case in cases:
        path = f"{folder}/{name}.yaml"
        with open(path, "w", encoding="utf-8") as file:
            file.write(QUIET.format(rules=RULES, **case))
        run(f"alerts: {name}: {case['count']} is raised", "test", "rules",
            path)
    with open(RULES, encoding="utf-8") as file:
        tap.ok(file.read().count("- alert: ") == len(BAD),
               "each alert has what raises it")


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        daemon = Daemon(folder, f"policies: {TOP}/policies\n")
        daemon.start()
        metrics = fetch(daemon)
        daemon.stop()
        emitted = set(re.findall(r"^# TYPE (\S+)", metrics, re.M))
        tap.ok(len(emitted) > 30, "the daemon emits metrics", metrics)
        tap.ok("@" not in metrics, "... and no address")
        for path in ("docs/prometheus-rules.yaml", "docs/grafana.json",
                     "docs/monitoring.md"):
            with open(f"{TOP}/{path}", encoding="utf-8") as file:
                text = file.read()
            named = names(text)
            tap.ok(len(named) > 5 and named <= emitted,
                   f"{path} names only what is emitted", named - emitted)
            if path.endswith(".json"):
                tap.ok(json.loads(text)["panels"], f"{path} is JSON")
        tap.ok(named == emitted, "... the page all of them", emitted - named)
        promtool = find_promtool(folder)
        if promtool is not None:
            ask_promtool(tap, promtool, folder, metrics)
        else:
            tap.ok(not os.environ.get("CI"), "promtool is here # SKIP")
    print(f"1..{tap.count}")
    return int(tap.failed)


raise SystemExit(main())
