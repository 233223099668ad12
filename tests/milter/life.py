#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The life around a worker: files that rotate, break or go away, workers that
die or hang, sockets that somebody deletes, and links that somebody plants.
"""
import os
import pwd
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon import PROGRAM, Daemon, Trial, wait_for  # noqa: E402
from wire import Wire, tagged  # noqa: E402

POLLED = 11  # by a supervisor
ROOT = os.geteuid() == 0
NOBODY = pwd.getpwnam("nobody")

POLICY = """
title: Subject asks for a tag
id: 00000000-0000-4000-8000-000000000001
name: please-tag
status: stable
level: medium
logsource: {category: email, product: forwarden, service: message}
detection:
  selection: {email.subject: please tag}
  condition: selection
"""


def more(folder, text=""):
    os.makedirs(folder + "/policies", exist_ok=True)
    with open(folder + "/policies/tag.yaml", "w", encoding="utf-8") as file:
        file.write(POLICY)
    return f"policies: {folder}/policies\nmode: enforce\n" + text


def judges(daemon):
    """Is a message judged by the policy?"""
    wire = Wire(daemon.socket)
    wire.connect()
    good = tagged(wire.deliver(b"4ABC", []))
    wire.send(b"Q")
    wire.socket.close()
    return good


def holds(daemon):
    try:
        return judges(daemon)
    except (OSError, EOFError):
        return False


def send_all(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass  # it was dead already


def kill_worker(daemon, number=signal.SIGKILL):
    send_all(daemon.workers(), number)


def await_reserve(daemon):
    """Until there is one, and it has read the files."""
    def is_there():
        spare = set(daemon.children()) - set(daemon.workers())
        return spare and all(is_idle(pid) for pid in spare)
    wait_for(is_there, "a reserve")


def is_idle(pid):
    """Waits in its link, having run this program."""
    state = subprocess.run(["ps", "-o", "stat=,args=", "-p", str(pid)],
                           capture_output=True, check=False).stdout
    return state.startswith(b"S") and b"--worker" in state


def is_turned_away(path):
    """How long it takes to be told that nobody is here; None if it is not."""
    begun = time.monotonic()
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(0.5)
    try:
        client.connect(path)
        if client.recv(1) != b"":
            return None
    except TimeoutError:
        return None
    except OSError:
        pass
    finally:
        client.close()
    return time.monotonic() - begun


def refuses(make, address):
    """Is nobody there any more?"""
    with make() as client:
        try:
            client.connect(address)
        except OSError:
            return True
    return False


def until_refused(make, address):
    begun = time.monotonic()
    wait_for(lambda: refuses(make, address), "the socket's end")
    return time.monotonic() - begun


def rotation(trial):
    folder = trial.fresh("rotation")
    os.mkdir(folder + "/logs")
    user = "user: nobody\n" if ROOT else ""
    daemon = Daemon(folder, more(folder, user + f"""
log: {{target: "file:{folder}/logs/log", events: "file:{folder}/logs/events"}}
"""))
    daemon.log = folder + "/logs/log"
    daemon.start()
    for name in ("log", "events"):
        os.rename(f"{folder}/logs/{name}", f"{folder}/logs/{name}.1")
        os.close(os.open(f"{folder}/logs/{name}", os.O_CREAT, 0o640))
    daemon.signal(signal.SIGHUP)
    daemon.await_says("reload: done")
    trial.check(judges(daemon) and daemon.says("policy=please-tag") == 1 and
                daemon.says("please-tag", folder + "/logs/events") > 0,
                "rotation (create 0640 root): the new files are written to")
    kill_worker(daemon)
    daemon.await_says(" ready: ")
    trial.check(judges(daemon) and daemon.says("policy=please-tag") == 2,
                "... by the next worker, too")

    os.rename(folder + "/logs/log", folder + "/logs/old")
    os.symlink("log", folder + "/logs/log")
    old = folder + "/logs/old"
    daemon.signal(signal.SIGHUP)
    daemon.await_says("reload: done but for a file", path=old)
    trial.check(daemon.says("reload: done:", path=old) == 1,
                "a log that cannot be opened: the reload is not done")
    status = daemon.ask("status").stdout.decode()
    trial.check("log.target: " in status and "cannot open" in status,
                "... forwarden status says so", status)
    doctor = daemon.ask("doctor", "--no-postfix")
    trial.check(doctor.returncode != 0 and b"log.target: " in doctor.stdout,
                "... and doctor", doctor.stdout.decode())
    kill_worker(daemon)
    wait_for(lambda: holds(daemon), "a worker without a log")
    trial.check(True, "... and keeps no worker from judging")
    os.rename(folder + "/logs", folder + "/gone")
    daemon.signal(signal.SIGHUP)
    daemon.await_says("reload: refused", path=daemon.errors)
    kill_worker(daemon)
    wait_for(lambda: holds(daemon), "a worker without a folder for logs")
    trial.check(True, "... nor does a folder that is gone")
    os.mkdir(folder + "/logs")
    daemon.signal(signal.SIGHUP)
    daemon.await_says("reload: done:", 1)
    status = daemon.ask("status").stdout.decode()
    trial.check("cannot open" not in status, "... until it is back", status)
    daemon.stop()


def broken_files(trial):
    folder = trial.fresh("broken")
    daemon = Daemon(folder, more(folder))
    daemon.start()
    shutil.rmtree(folder + "/policies")
    with open(daemon.config, "w", encoding="utf-8") as file:
        file.write("local: [broken")
    for ready, name in ((2, "in reserve"), (3, "from nothing")):
        if ready == 2:
            await_reserve(daemon)
        pids = daemon.workers() if ready == 2 else daemon.children()
        begun = time.monotonic()
        send_all(pids, signal.SIGKILL)
        good = judges(daemon)
        took = time.monotonic() - begun
        trial.check(good and daemon.says(" ready: ") == ready,
                    f"broken files: the next worker ({name}) has the last "
                    f"good ones ({took * 1000:.0f} ms to the first verdict)")
        time.sleep(0.5)  # one that dies at once is not replaced at once
    daemon.signal(signal.SIGHUP)
    daemon.await_says("reload: refused")
    trial.check(judges(daemon) and daemon.says("forwarden.yaml:1:") > 0 and
                daemon.says("policies: cannot read") == 0,
                "... a reload is refused and says where, and nothing of what "
                "could not be read")
    os.unlink(daemon.config)
    daemon.signal(signal.SIGUSR2)
    daemon.await_says("no new worker takes over")
    trial.check(judges(daemon), "... and no new worker takes over")
    kill_worker(daemon)
    daemon.await_says(" ready: ", 4)
    trial.check(judges(daemon), "... nor does a missing file end anything")
    daemon.configure(more(folder))
    daemon.signal(signal.SIGHUP)
    daemon.await_says("reload: done")
    trial.check(judges(daemon), "... and sound files are used")
    daemon.stop()


def back_off(trial):
    folder = trial.fresh("backoff")
    daemon = Daemon(folder, more(folder))
    daemon.start()
    while daemon.says("until then connections are closed") == 0:
        send_all(daemon.children(), signal.SIGKILL)
        time.sleep(0.01)
    took = is_turned_away(daemon.socket)
    trial.check(took is not None and took < 0.2,
                "no worker for a while: connections are closed at once",
                str(took))
    ready = daemon.says(" ready: ")
    daemon.signal(signal.SIGHUP)
    wait_for(lambda: daemon.says(" ready: ") > ready, "a worker at HUP", 1)
    trial.check(judges(daemon), "... and HUP ends the wait")
    daemon.stop()


def hang(trial):
    folder = trial.fresh("hang")
    daemon = Daemon(folder, more(folder, "limits: {hang_time: 1s}\n"))
    daemon.start()
    time.sleep(1.5)
    trial.check(daemon.says("hangs") == 0, "a worker that lives is left alone")
    kill_worker(daemon, signal.SIGSTOP)
    daemon.await_says(" ready: ", 2)
    trial.check(judges(daemon) and daemon.says("hangs: nothing was heard") == 1,
                "a worker that hangs is replaced")
    await_reserve(daemon)
    send_all(set(daemon.children()) - set(daemon.workers()), signal.SIGSTOP)
    kill_worker(daemon)
    daemon.await_says(" ready: ", 3)
    trial.check(judges(daemon) and daemon.says("hangs: nothing was heard") == 2,
                "... and so is a reserve that does not get up")
    trial.check("\nforwarden_worker_restarts_total 3\n" in
                fetched(daemon, "/metrics"), "... and all three are counted")
    daemon.stop()


def journal(trial):
    """Where stderr is the journal's, lines begin with their priority."""
    folder = trial.fresh("journal")
    daemon = Daemon(folder, more(folder))
    with open(daemon.errors, "a", encoding="utf-8") as file:
        place = os.fstat(file.fileno())
    daemon.environment = {
        "JOURNAL_STREAM": f"{place.st_dev}:{place.st_ino}"}
    daemon.start()
    judges(daemon)
    daemon.stop()
    with open(daemon.errors, encoding="utf-8") as file:
        lines = file.read().splitlines()
    trial.check(lines and all(
        re.match("<[3-7]>(error|warning|notice|info|debug) ", line)
        for line in lines), "to the journal: priorities, and no time",
                "\n".join(lines))
    daemon.environment = {"JOURNAL_STREAM": f"{place.st_dev}:1"}
    daemon.start()
    daemon.stop()
    trial.check(daemon.says("Z notice ready: ") == 1,
                "... to a file in its place: as ever")


def no_successor(trial):
    """At USR2 the one in office has handed on what it counts, and then no
    process can be started: it must not wait for one for ever."""
    folder = trial.fresh("nosuccessor")
    daemon = Daemon(folder, more(folder, "store: memory\n"))
    daemon.start()
    await_reserve(daemon)
    pid, = daemon.workers()
    supervisor = daemon.process.pid

    def files():
        names = (os.path.join(f"/proc/{supervisor}/fd", name)
                 for name in os.listdir(f"/proc/{supervisor}/fd"))
        try:
            return sum("forwarden-files" in os.readlink(name)
                       for name in names)
        except FileNotFoundError:  # one was closed meanwhile
            return -1

    os.kill(pid, signal.SIGSTOP)
    daemon.signal(signal.SIGUSR2)
    wait_for(lambda: files() == 2 and daemon.children() == [pid],
             "new files, and nobody yet to use them")
    limit = resource.prlimit(supervisor, resource.RLIMIT_NOFILE)
    # poll(2) wants as many as it looks at.
    resource.prlimit(supervisor, resource.RLIMIT_NOFILE, (POLLED, limit[1]))
    os.kill(pid, signal.SIGCONT)
    daemon.await_says("the successor failed")
    resource.prlimit(supervisor, resource.RLIMIT_NOFILE, limit)
    answer = daemon.ask("forget", "bob@example.com")
    trial.check(answer.returncode == 0 and judges(daemon),
                "a successor that cannot be started: the old worker stays whole",
                answer.stderr.decode())
    daemon.signal(signal.SIGUSR2)
    daemon.await_says("has taken over")
    trial.check(judges(daemon), "... and the next one takes over")
    daemon.stop()


def sockets(trial):
    folder = trial.fresh("sockets")
    daemon = Daemon(folder, more(folder, "limits: {drain_time: 10s}\n"))
    daemon.start()
    idle = Wire(daemon.socket)
    idle.connect()
    for number, name in ((signal.SIGHUP, "HUP"), (signal.SIGUSR2, "USR2")):
        os.unlink(daemon.socket)
        os.unlink(folder + "/control.sock")
        daemon.signal(number)
        wait_for(lambda: holds(daemon), "a new socket at " + name)
        trial.check(daemon.ask("status").returncode == 0,
                    f"sockets that were deleted are back at {name}")
    trial.check(tagged(idle.deliver(b"4OLD", [])),
                "... and old connections live on")
    idle.begin(b"4LONG")
    daemon.signal(signal.SIGTERM)
    took = until_refused(lambda: socket.socket(socket.AF_UNIX), daemon.socket)
    trial.check(took < 1, "TERM: the socket goes at once", str(took))
    idle.socket.close()
    daemon.process.wait(30)


def moved(trial):
    """listen says another place: a reload goes there, and only there."""
    folder = trial.fresh("moved")
    daemon = Daemon(folder, more(folder))
    daemon.start()
    idle = Wire(daemon.socket)
    idle.connect()
    with open(daemon.config, encoding="utf-8") as file:
        text = file.read()

    def listen(path):
        with open(daemon.config, "w", encoding="utf-8") as file:
            file.write(text.replace(f"{folder}/milter.sock", path))
        daemon.signal(signal.SIGHUP)
    os.mkdir(folder + "/elsewhere")
    old, daemon.socket = daemon.socket, folder + "/elsewhere/milter.sock"
    listen(daemon.socket)
    wait_for(lambda: holds(daemon), "a socket elsewhere")
    trial.check(not os.path.exists(old), "a reload goes where listen says now")
    trial.check(tagged(idle.deliver(b"4OLD", [])),
                "... and old connections live on")
    places = [f"{folder}/elsewhere/{i % 2}.sock" for i in range(10)]
    began = time.monotonic()
    for daemon.socket in places:
        listen(daemon.socket)
        wait_for(lambda: holds(daemon), "a socket at yet another place")
    # libmilter looks round every five seconds.
    took = time.monotonic() - began
    trial.check(took < 20, "... none of ten waits for libmilter", f"{took}")
    trial.check(daemon.says("gave up") == 0, "... again and again")
    listen(folder + "/errors")
    daemon.await_says("reload: done but for a file")
    trial.check(judges(daemon), "... and stays where that cannot be opened")
    idle.socket.close()
    daemon.stop()
    trial.check(not os.path.exists(daemon.socket), "... and takes it away")


def inet(trial):
    folder = trial.fresh("inet")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    daemon = Daemon(folder)
    with open(daemon.config, encoding="utf-8") as file:
        text = file.read().replace(f"unix:{folder}/milter.sock",
                                   f"inet:{port}@127.0.0.1")
    with open(daemon.config, "w", encoding="utf-8") as file:
        file.write(text + more(folder, "limits: {drain_time: 10s}\n"))
    daemon.start()
    client = socket.create_connection(("127.0.0.1", port))
    daemon.signal(signal.SIGTERM)
    took = until_refused(socket.socket, ("127.0.0.1", port))
    trial.check(took < 1, "TERM: so does a port", str(took))
    client.close()
    daemon.process.wait(30)


def key_file(trial):
    folder = trial.fresh("key")
    key = folder + "/key"
    with open(key, "w", encoding="utf-8") as file:
        file.write("0123456789abcdef" * 4 + "\n")
    os.chmod(key, 0o600)
    daemon = Daemon(folder, more(folder, f"""
user: nobody
privacy: {{hash: true, key_file: {key}}}
"""))
    daemon.start()
    daemon.signal(signal.SIGHUP)
    daemon.await_says("reload: done:")
    kill_worker(daemon)
    daemon.await_says(" ready: ", 2)
    trial.check(judges(daemon), "a key that only root may read serves "
                "at the start, at a reload, and after a death")
    daemon.stop()


def state(trial):
    folder = trial.fresh("state")
    daemon = Daemon(folder, more(folder))
    daemon.start()
    daemon.stop()
    daemon.configure(more(folder, "user: nobody\n"))
    daemon.start()
    good = judges(daemon)
    daemon.stop()
    owners = {os.stat(folder + "/state/" + name).st_uid
              for name in os.listdir(folder + "/state")}
    trial.check(good and owners == {NOBODY.pw_uid} and
                daemon.says("were root's") == 1,
                "the state of a start as root is the user's", str(owners))

    other = folder + "/state/store.snapshot"
    os.chown(other, 0, 0)
    code, said = daemon.try_start()
    trial.check(code != 0 and "belongs to another user" in said,
                "root's file in the user's folder is not given away", said)
    os.unlink(other)
    os.mkdir(folder + "/shared")
    os.close(os.open(folder + "/shared/passwd", os.O_CREAT))
    daemon.configure(more(folder, "user: nobody\n").replace(
        "policies:", f"state: {folder}/shared\npolicies:"))
    with open(daemon.config, encoding="utf-8") as file:
        text = file.read().replace(f"state: {folder}/state\n", "")
    with open(daemon.config, "w", encoding="utf-8") as file:
        file.write(text)
    code, said = daemon.try_start()
    trial.check(code != 0 and "holds other things" in said and
                os.stat(folder + "/shared").st_uid == 0,
                "nor is a folder that holds other things", said)


def one_state(trial):
    """Two daemons would write over each other's counts."""
    first = trial.fresh("one")
    second = trial.fresh("two")
    daemon, other = Daemon(first, more(first)), Daemon(second, more(second))
    with open(other.config, encoding="utf-8") as file:
        text = file.read()
    with open(other.config, "w", encoding="utf-8") as file:
        file.write(text.replace(f"state: {second}/state\n", f"state: {first}/state\n"))
    daemon.start()
    code, said = other.try_start()
    trial.check(code != 0 and "another Forwarden works in" in said and judges(daemon),
                "a state that another has is refused", said)
    ending = threading.Timer(2, daemon.stop)
    ending.start()
    other.start()
    ending.join()
    trial.check(judges(other), "one that is about to end is waited for")
    other.stop()


def links(trial):
    """A folder that the user owns, with a link where root will write."""
    folder = trial.fresh("links")
    theirs = folder + "/theirs"
    os.mkdir(theirs)
    os.chown(theirs, NOBODY.pw_uid, -1)
    victim = folder + "/victim"
    with open(victim, "w", encoding="utf-8") as file:
        file.write("as it was\n")
    os.symlink(victim, theirs + "/log")
    daemon = Daemon(folder, more(folder, f"""
user: nobody
log: {{target: "file:{theirs}/log"}}
"""))
    daemon.start()
    trial.check(judges(daemon) and os.stat(victim).st_size == 10,
                "a link in place of the log is not followed")
    daemon.stop()
    os.unlink(theirs + "/log")
    os.link(victim, theirs + "/log")
    daemon.start()
    trial.check(judges(daemon) and os.stat(victim).st_size == 10,
                "nor is a hard link written to")
    daemon.stop()
    os.symlink(folder, theirs + "/way")
    daemon.configure(more(folder, f"""
user: nobody
log: {{target: "file:{theirs}/way/victim"}}
"""))
    daemon.start()
    trial.check(judges(daemon) and os.stat(victim).st_size == 10,
                "nor a link on the way")
    daemon.stop()


def swap(path, victim):
    """In a child, as nobody: a link to the victim for the socket, and back,
    until it is killed."""
    pid = os.fork()
    if pid != 0:
        return pid
    os.setgroups([])
    os.setgid(NOBODY.pw_gid)
    os.setuid(NOBODY.pw_uid)
    while True:
        try:
            os.rename(path, path + ".old")
            os.symlink(victim, path)
            os.unlink(path)
        except OSError:
            pass


def races(trial):
    """Somebody swaps what root makes, as fast as he can."""
    folder = trial.fresh("races")
    theirs = folder + "/theirs"
    os.mkdir(theirs)
    os.chown(theirs, NOBODY.pw_uid, -1)
    victim = folder + "/victim"
    os.close(os.open(victim, os.O_CREAT, 0o600))
    daemon = Daemon(folder)
    with open(daemon.config, encoding="utf-8") as file:
        text = file.read().replace(f"{folder}/milter.sock",
                                   f"{theirs}/milter.sock")
    with open(daemon.config, "w", encoding="utf-8") as file:
        file.write(text + more(folder, "user: nobody\n"
                               "socket: {owner: nobody}\n"))
    swapper = swap(theirs + "/milter.sock", victim)
    kept = True
    for _ in range(20):
        ready = daemon.says(" ready: ")
        daemon.begin()
        wait_for(lambda: daemon.says(" ready: ") > ready or
                 daemon.process.poll() is not None, "a start")
        daemon.process.kill()
        daemon.process.wait()
        status = os.stat(victim)
        kept = kept and status.st_uid == 0 and \
            status.st_mode & 0o7777 == 0o600
    os.kill(swapper, signal.SIGKILL)
    os.waitpid(swapper, 0)
    trial.check(kept, "a file of root's is given to nobody, however its "
                "name is swapped for the socket's")


def group_alone(trial):
    folder = trial.fresh("group")
    daemon = Daemon(folder, more(folder, "group: nogroup\n"))
    daemon.start()
    groups = subprocess.run(
        ["ps", "-o", "group=", "-p", str(daemon.workers()[0])],
        capture_output=True, check=False).stdout.split()
    trial.check(groups == [b"nogroup"], "a group alone is taken", str(groups))
    daemon.stop()


def status_of(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return dict(line.split(":\t", 1) for line in file.read().splitlines())


def confinement(trial):
    folder = trial.fresh("confined")
    user = "user: nobody\n" if ROOT else ""
    daemon = Daemon(folder, more(folder, user))
    daemon.start()
    good = judges(daemon)
    status = status_of(daemon.workers()[0])
    trial.check(good and status["NoNewPrivs"] == "1" and
                int(status["CapPrm"], 16) == 0 and
                daemon.says("confined: no core file, no capabilities, "
                            "no new privileges") == 1,
                "a worker is confined, and says so", str(status))
    trial.check((status["Seccomp"] == "2") ==
                (daemon.says("system calls (seccomp); not") +
                 daemon.says("system calls (seccomp)\n") == 1),
                "... and of its system calls, the truth", status["Seccomp"])
    daemon.stop()
    daemon.configure(more(folder, user + """
confine: {privileges: false, capabilities: false, core: false,
          seccomp: false, landlock: false}
"""))
    daemon.start()
    status = status_of(daemon.workers()[0])
    trial.check(judges(daemon) and status["NoNewPrivs"] == "0" and
                status["Seccomp"] == "0" and
                daemon.says("confined: in nothing; not: no core file: "
                            "switched off") == 1,
                "each part can be switched off", str(status))
    daemon.stop()


def start_errors(trial):
    folder = trial.fresh("errors")
    daemon = Daemon(folder, more(folder, f"""
log: {{target: "file:{folder}/log"}}
store: "unix:{folder}/nowhere/../x"
"""))
    os.mkdir(folder + "/state", 0o700)
    os.close(os.open(folder + "/control.sock", os.O_CREAT))
    code, said = daemon.try_start()
    trial.check(code != 0 and "is there and is not a socket" in said and
                daemon.says("is not a socket", folder + "/log") == 1,
                "what keeps it from starting is on stderr and in the log",
                said)


def started(folder, *words):
    """By somebody who leaves it strange things; words: before its own."""
    daemon = Daemon(folder, more(folder))
    with open(daemon.errors, "w", encoding="utf-8") as errors:
        daemon.process = subprocess.Popen(
            [*words, PROGRAM, "serve", "-c", daemon.config],
            stdout=subprocess.DEVNULL, stderr=errors)
    wait_for(lambda: holds(daemon), "a daemon")
    return daemon


def strange_starts(trial):
    """What is inherited (descriptors, signals, limits) is no reason to stop."""
    for number, (what, words) in enumerate((
            ("no standard descriptors",
             ("sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh")),
            ("files that may grow no more",
             ("sh", "-c", 'ulimit -f 8; exec "$@"', "sh")),
            ("signals that are blocked",
             ("env", "--block-signal=HUP,TERM,CHLD")),
            ("signals that are ignored",
             ("env", "--ignore-signal=HUP,TERM,CHLD,PIPE")))):
        if words[0] == "env" and subprocess.run(
                [*words, "true"], capture_output=True, check=False).returncode:
            continue  # not GNU's
        daemon = started(trial.fresh(f"strange{number}"), *words)
        all_judged = all(judges(daemon) for _ in range(60))
        kill_worker(daemon)
        wait_for(lambda: holds(daemon), "another worker")
        code, said = reloaded(daemon)
        try:
            end = daemon.stop()
        except subprocess.TimeoutExpired:
            end = "not at all"
        trial.check(all_judged and code == 0 and end == 0,
                    f"started with {what}: it judges, reloads and ends",
                    f"{all_judged} {said} it ends {end}")


def to_all(daemon, number):
    """As killall does, that knows no supervisor."""
    send_all([*daemon.children(), daemon.process.pid], number)


def taken_in(daemon, queue_id):
    """A message that is under way, and the daemon knows it."""
    wire = Wire(daemon.socket)
    wire.connect()
    wire.begin(queue_id)
    wire.field(b"Subject", b"please tag")
    wait_for(lambda: "\nforwarden_messages_under_way 1\n" in
             fetched(daemon, "/metrics"), "a message under way")
    return wire


def is_finished(wire):
    good = tagged(wire.end())
    wire.socket.close()
    return good


def signals_to_all(trial):
    folder = trial.fresh("toall")
    daemon = Daemon(folder, more(folder))
    daemon.start()
    await_reserve(daemon)
    children = set(daemon.children())
    busy = taken_in(daemon, b"4BUSY")
    to_all(daemon, signal.SIGHUP)
    daemon.await_says("reload: done")
    send_all(children, signal.SIGTERM)
    send_all(children, signal.SIGINT)
    daemon.await_says("is for the supervisor", 3)
    trial.check(is_finished(busy) and judges(daemon) and
                daemon.says("died of signal") == 0,
                "signals to all processes of the name: no message is cut")
    busy = taken_in(daemon, b"4LAST")
    to_all(daemon, signal.SIGTERM)
    wait_for(lambda: not holds(daemon), "the socket's end")
    trial.check(is_finished(busy) and daemon.process.wait(30) == 0 and
                daemon.says("died of signal") == 0,
                "... and TERM to them all waits for the one under way")


def alone(trial):
    """Without a supervisor the signals are the one process's own."""
    folder = trial.fresh("alone")
    daemon = Daemon(folder, more(folder))
    with open(daemon.errors, "w", encoding="utf-8") as errors:
        daemon.process = subprocess.Popen(
            [PROGRAM, "serve", "--no-supervisor", "-c", daemon.config],
            stdout=subprocess.DEVNULL, stderr=errors)
    wait_for(lambda: holds(daemon), "a daemon")
    daemon.signal(signal.SIGHUP)
    daemon.await_says("reload: done")
    busy = taken_in(daemon, b"4BUSY")
    daemon.signal(signal.SIGTERM)
    daemon.await_says("draining: 1 connections, 1 messages")
    trial.check(is_finished(busy) and daemon.process.wait(30) == 0 and daemon.says(" stopped") == 1,
                "one process alone reads its files again, and ends in order")


def stuck_log(trial):
    """A pipe behind stderr that is full: no mail waits, and how much is
    missing is told once it is read."""
    folder = trial.fresh("stuck")
    daemon = Daemon(folder, more(folder))
    reader, writer = os.pipe()
    daemon.process = subprocess.Popen(
        [PROGRAM, "serve", "-c", daemon.config], stdout=subprocess.DEVNULL,
        stderr=writer)
    os.close(writer)
    wait_for(lambda: holds(daemon), "a daemon")
    begun = time.monotonic()
    judged = sum(holds(daemon) for _ in range(600))
    took = time.monotonic() - begun
    trouble = daemon.ask("status").stdout.decode()
    text = b""
    os.set_blocking(reader, False)
    until = time.monotonic() + 20
    while b"lines were left out" not in text and time.monotonic() < until:
        try:
            text += os.read(reader, 1 << 20)
        except BlockingIOError:
            pass
        holds(daemon)
    trial.check(b"lines were left out: nobody read them" in text,
                "a pipe that was not read says how much is missing",
                text[-300:].decode(errors="replace"))
    os.close(reader)
    trial.check(judged == 600 and took < 30 and holds(daemon) and
                daemon.stop() == 0,
                "a pipe that nobody reads: mail does not wait for the log",
                f"{judged} of 600 in {took:.1f} s: {trouble}")


def pipes(trial):
    """One among the files, which nobody writes to: the files are refused, in
    time, and what was there stays."""
    folder = trial.fresh("pipes")
    daemon = Daemon(folder, more(folder))
    daemon.start()
    path = folder + "/policies/pipe.yaml"
    os.mkfifo(path)
    code, said = reloaded(daemon)
    trial.check(code != 0 and holds(daemon) and
                daemon.says("reload: refused") == 1,
                "a pipe among the policies is refused", said)
    kill_worker(daemon)
    wait_for(lambda: holds(daemon), "another worker")
    os.unlink(path)
    code, said = reloaded(daemon)
    trial.check(code == 0 and daemon.stop() == 0,
                "... and is no more when it is gone", said)


def reloaded(daemon, *words):
    result = daemon.ask("reload", *words)
    return result.returncode, (result.stdout + result.stderr).decode()


def reload_command(trial):
    """Its exit status is true."""
    folder = trial.fresh("reload")
    os.mkdir(folder + "/logs")
    text = more(folder, f'log: {{target: "file:{folder}/logs/log"}}\n')
    daemon = Daemon(folder, text)
    daemon.log = folder + "/logs/log"
    daemon.start()
    code, said = reloaded(daemon)
    trial.check(code == 0 and said == "done: 1 policies, 1 local domains\n",
                "forwarden reload: done", said)
    os.unlink(folder + "/policies/tag.yaml")
    code, said = reloaded(daemon)
    trial.check(code == 1 and judges(daemon) and
                daemon.says("there is no policy here") == 1,
                "... without any policy: it is not done", said)
    with open(folder + "/policies/tag.yaml", "w", encoding="utf-8") as file:
        file.write(POLICY + "nonsense: [")
    code, said = reloaded(daemon)
    trial.check(code == 1 and "wrong" in said,
                "... a policy that is wrong: it is not done", said)
    code, said = reloaded(daemon, "--json")
    trial.check(code == 1, "... in JSON neither", said)
    more(folder)  # writes the policy as it was
    os.rename(folder + "/logs/log", folder + "/logs/old")
    os.symlink("log", folder + "/logs/log")
    code, said = reloaded(daemon)
    trial.check(code == 1 and "log.target: " in said,
                "... a log that cannot be opened: it is not done", said)
    os.unlink(folder + "/logs/log")
    os.unlink(daemon.socket)
    os.mkdir(daemon.socket)
    code, said = reloaded(daemon)
    trial.check(code == 1 and "is there and is not a socket" in said,
                "... a socket that cannot be made: it is not done", said)
    os.rmdir(daemon.socket)
    processes = [subprocess.Popen(
        [PROGRAM, "reload", "-c", daemon.config], stdout=subprocess.DEVNULL)
        for _ in range(8)]
    trial.check(all(process.wait(30) == 0 for process in processes) and
                judges(daemon), "... eight at once: each is told")
    daemon.stop()
    code, said = reloaded(daemon)
    trial.check(code == 1 and "is it running" in said,
                "... nobody there: it is not done", said)


DOUBTFUL = """title: To rivals
name: rivals
level: low
logsource: {category: email, product: forwarden}
detection:
  selection: {rcpt.domain|expand: '%rivals%', rcpt.domain: '@rival.example'}
  condition: selection
"""


def fetched(daemon, path):
    """What the control socket answers, with its status."""
    with socket.socket(socket.AF_UNIX) as wire:
        wire.connect(daemon.folder + "/control.sock")
        wire.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        answer = b""
        while chunk := wire.recv(65536):
            answer += chunk
    return answer.decode()


def write_list(folder, count):
    with open(folder + "/policies/lists/rivals.txt", "w",
              encoding="utf-8") as file:
        file.writelines(f"rival{n}.example\n" for n in range(count))


def doubts(trial):
    """What was hardly meant is used, and told; no policy is refused."""
    folder = trial.fresh("doubts")
    daemon = Daemon(folder, more(folder))
    os.mkdir(folder + "/policies/lists")
    write_list(folder, 9)
    with open(folder + "/policies/rivals.yaml", "w",
              encoding="utf-8") as file:
        file.write(DOUBTFUL)
    daemon.start()
    trial.check(daemon.says('rivals.yaml:6:60: "rcpt.domain" never has an @')
                > 0 and judges(daemon),
                "a policy that never matches is told at the start")
    code, said = reloaded(daemon)
    metrics = fetched(daemon, "/metrics")
    trial.check(code == 0 and "\nforwarden_warnings 1\n" in metrics and
                "\nforwarden_policies 2\n" in metrics,
                "... and counted", said)
    write_list(folder, 4)
    reloaded(daemon)
    trial.check(daemon.says('the list "rivals" has 4 entries, where it had 9'),
                "a list that lost half of it is told")
    write_list(folder, 2)
    reloaded(daemon)
    trial.check(daemon.says('the list "rivals" has 2 entries') == 0,
                "... one that lost half is not")
    write_list(folder, 0)
    code, said = reloaded(daemon)
    trial.check(code == 1 and judges(daemon) and
                daemon.says("the list has no entry: this never matches"),
                "an empty list that a policy needs is refused", said)
    trial.check(fetched(daemon, "/readyz").endswith("ok\n"),
                "... and it is ready with what was there")
    daemon.stop()
    daemon.configure("policies: []\n")
    daemon.start()
    trial.check(fetched(daemon, "/readyz").endswith("no policy is loaded\n"),
                "without a policy it is not ready")
    code, said = reloaded(daemon)
    trial.check(code == 0, "... and stays so", said)
    daemon.stop()
    code, said = daemon.try_start()
    trial.check(code == 78 and "there is no policy here" in said,
                "without --allow-empty it does not start", said)


def main():
    trial = Trial()
    tests = [rotation, broken_files, back_off, hang, journal, no_successor, sockets,
             moved, inet, start_errors, strange_starts,
             signals_to_all, alone, stuck_log, pipes,
             reload_command, one_state, doubts]
    if os.path.exists("/proc/self/status"):
        tests.append(confinement)
    if ROOT:
        tests += [key_file, state, links, races, group_alone]
    try:
        for test in tests:
            test(trial)
    finally:
        trial.close()
    trial.finish()


if __name__ == "__main__":
    main()
