#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A night on which everything goes wrong, one thing after the other, under
mail: each is in the log, in words, when it begins and when it ends; all mail is
judged, and in the morning nothing is left.

    tests/chaos/night.py LOG    copies the log there, to be read
"""
import os
import shutil
import signal
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../milter")
sys.path.insert(0, TOP)
from daemon import Daemon, Redis, Trial, wait_for  # noqa: E402
from life import POLICY, holds, judges, kill_worker, more  # noqa: E402


class Night:
    def __init__(self, trial):
        self.trial = trial
        self.folder = trial.fresh("night")
        self.redis = Redis(self.folder)
        self.daemon = Daemon(self.folder, more(self.folder, f"""
store: unix:{self.redis.path}
redis: {{retry_time: 50ms, retry_max: 200ms}}
limits: {{hang_time: 1s, connections: 20}}
log: {{target: "file:{self.folder}/log", events: none}}
"""))
        self.daemon.log = self.folder + "/log"
        self.policy = self.folder + "/policies/tag.yaml"

    def path(self, name):
        return f"{self.folder}/{name}"

    def check(self, name, *said):
        """Mail is judged, and each of these is said (again)."""
        missing = []
        for text in said:
            try:
                wait_for(lambda: self.daemon.says(text) > 0, text)
            except SystemExit:
                missing.append(text)
        self.trial.check(judges(self.daemon) and not missing, name,
                         f"not said: {missing}")

    def database(self):
        self.redis.start()
        self.daemon.start()
        judges(self.daemon)
        self.redis.stop()
        judges(self.daemon)
        self.check("Redis goes", "is down since")
        self.redis.start()
        self.check("... and comes", "is up; it was down since")

    def policies(self):
        with open(self.policy, "w", encoding="utf-8") as file:
            file.write("title: [broken")
        self.daemon.signal(signal.SIGHUP)
        self.check("a policy is broken", "tag.yaml:1:", "reload: refused")
        kill_worker(self.daemon, signal.SIGSEGV)
        wait_for(lambda: holds(self.daemon), "a worker with the last good")
        self.check("... and the worker dies with it so", "died of signal 11")
        status = self.daemon.ask("status").stdout.decode()
        self.trial.check("policy on disk is wrong" in status,
                         "... status still says so", status)
        with open(self.policy, "w", encoding="utf-8") as file:
            file.write(POLICY)
        self.daemon.signal(signal.SIGHUP)
        self.check("... and is mended", "reload: done")

    def workers(self):
        kill_worker(self.daemon, signal.SIGSTOP)
        wait_for(lambda: self.daemon.says("hangs: nothing was heard") > 0,
                 "a hung worker to be seen")
        wait_for(lambda: holds(self.daemon), "another worker")
        self.check("a worker hangs", "hangs: nothing was heard")

    def sockets(self):
        os.unlink(self.daemon.socket)
        self.daemon.signal(signal.SIGHUP)
        wait_for(lambda: holds(self.daemon), "the socket")
        self.check("somebody deletes the socket",
                   f"listen: {self.daemon.socket} was gone: it is made again")

    def logs(self):
        log, old = self.daemon.log, self.path("log.1")
        os.rename(log, old)
        os.symlink("log", log)
        self.daemon.signal(signal.SIGHUP)
        self.daemon.await_says("reload: done but for a file", path=old)
        self.trial.check(judges(self.daemon), "the log cannot be opened")
        os.unlink(log)
        self.daemon.signal(signal.SIGHUP)
        self.check("... and can again", "reload: done:")

    def upgrade(self):
        self.daemon.signal(signal.SIGUSR2)
        self.daemon.await_says("has taken over")
        self.check("a new program takes over", "has taken over")

    def morning(self):
        status = self.daemon.ask("status").stdout.decode()
        self.trial.check("trouble" not in status, "in the morning: no trouble",
                         status)
        self.trial.check(self.daemon.stop() == 0, "... and a good end")
        self.redis.stop()


def main():
    trial = Trial()
    try:
        night = Night(trial)
        for part in (night.database, night.policies, night.workers,
                     night.sockets, night.logs, night.upgrade, night.morning):
            part()
        if len(sys.argv) > 1:
            with open(sys.argv[1], "wb") as to:
                for name in ("log.1", "log"):
                    with open(night.path(name), "rb") as part:
                        shutil.copyfileobj(part, to)
    finally:
        trial.close()
    trial.finish()


if __name__ == "__main__":
    main()
