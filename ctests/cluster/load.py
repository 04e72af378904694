"""Load whose every acknowledged effect is checked: numbered appends to eight objects, and a watched object that is notified
by another client twice a second. Runs until its input ends, then checks, and prints what it saw as JSON.
"""
import json
import os
import select
import sys
import time

import rados

OBJECTS, DEPTH, RECORD = 8, 8, 8
told = {"errors": [], "appends": 0, "slowest": 0.0, "notifies": 0, "notify_errors": [], "watch_errors": [], "widest_gap": 0.0}


def connect():
    cluster = rados.Rados(conffile=os.environ["CEPH_CONF"], rados_id=os.environ.get("CEPH_ID", "admin"))
    cluster.connect()
    return cluster, cluster.open_ioctx(sys.argv[1])


def main():
    (_writers, io), (_watchers, watching) = connect(), connect()
    prefix = f"load.{os.getpid()}."
    heard = []
    state = {"watch": None, "lost": False}

    def on_notify(notify_id, notifier_id, watch_id, data):
        heard.append(int(data))

    def on_error(*what):
        told["watch_errors"].append(what[-1])
        state["lost"] = True
        return True

    io.write_full(prefix + "watched", b"x")
    state["watch"] = watching.watch(prefix + "watched", on_notify, on_error)
    pending, numbers, sent, notified, last_heard = [], [0] * OBJECTS, 0, 0, time.monotonic()
    next_notify = time.monotonic()
    waiting = []
    while not select.select([sys.stdin], [], [], 0)[0]:
        while len(pending) < DEPTH:
            at = sent % OBJECTS
            pending.append((at, time.monotonic(), io.aio_append(prefix + str(at), f"{numbers[at]:08d}".encode())))
            numbers[at] += 1
            sent += 1
        at, since, completion = pending.pop(0)
        while not completion.is_complete():
            time.sleep(0.0005)
        completion.wait_for_complete()
        if completion.get_return_value() < 0:
            told["errors"].append([sent, completion.get_return_value()])
        told["slowest"] = max(told["slowest"], time.monotonic() - since)
        now = time.monotonic()
        if state["lost"]:
            # What a program does that has lost its watch: it watches again.
            state["lost"] = False
            try:
                state["watch"].close()
            except rados.Error:
                pass
            try:
                state["watch"] = watching.watch(prefix + "watched", on_notify, on_error)
            except rados.Error as e:
                told["watch_errors"].append(str(e))
                state["lost"] = True
        if waiting and waiting[0].is_complete():
            if waiting[0].get_return_value() < 0:
                told["notify_errors"].append(waiting[0].get_return_value())
            waiting.pop(0)
        if now >= next_notify and not waiting:
            next_notify = now + 0.5
            waiting.append(io.aio_notify(prefix + "watched", lambda *_: None, str(notified), 5000))
            notified += 1
        if len(heard) > told["notifies"]:
            told["notifies"] = len(heard)
            told["widest_gap"] = max(told["widest_gap"], now - last_heard)
            last_heard = now
    for _, _, completion in pending:
        completion.wait_for_complete()
        if completion.get_return_value() < 0:
            told["errors"].append([sent, completion.get_return_value()])
    # Whatever happened before: the watch must live now.
    before = len(heard)
    for _ in range(20):
        try:
            io.notify(prefix + "watched", "-1", 2000)
        except rados.Error:
            pass
        if len(heard) > before:
            break
        time.sleep(0.5)
    told["watch_lives"] = len(heard) > before
    told["appends"] = sent
    for at in range(OBJECTS):
        want = b"".join(f"{n:08d}".encode() for n in range(numbers[at]))
        got = io.read(prefix + str(at), length=len(want) + RECORD)
        if got != want:
            wrong = next((n for n in range(numbers[at]) if got[n * 8:n * 8 + 8] != want[n * 8:n * 8 + 8]), numbers[at])
            told["errors"].append(f"object {at}: {len(got)} bytes, not {len(want)}; record {wrong} is {got[wrong * 8:wrong * 8 + 8]}")
        io.remove_object(prefix + str(at))
    state["watch"].close()
    io.remove_object(prefix + "watched")
    print(json.dumps(told), flush=True)
    # Python's own order of ending is no part of this.
    os._exit(0)


main()
