"""Ends while callbacks are on their way: usage: exit_in_flight.py rbd|rados|watch|threads.

Python up to 3.13 takes away the thread of whoever calls it at that moment. The process must still end with 0.
"""
import os
import sys
import threading
import time

import rados
import rbd

mode = sys.argv[1]
cluster = rados.Rados(conffile=os.environ["CEPH_CONF"])
cluster.connect()
io = cluster.open_ioctx("rbd")
kept = []


def image():
    try:
        rbd.RBD().create(io, "ends", 1 << 26)
    except rbd.ImageExists:
        pass
    return rbd.Image(io, "ends")


def called(*_):
    pass


if mode == "rbd":
    disk = image()
    for i in range(3000):
        at = i % 4096 * 4096
        kept.append(disk.aio_write(b"y" * 4096, at, called) if i % 2 else disk.aio_read(at, 4096, called))
elif mode == "rados":
    for i in range(3000):
        kept.append(io.aio_write(f"o{i % 100}", b"z" * 4096, oncomplete=called))
elif mode == "watch":
    io.write_full("watched", b"")
    watch = io.watch("watched", called)

    def notify():
        while True:
            io.notify("watched", "now")

    for _ in range(4):
        threading.Thread(target=notify, daemon=True).start()
    time.sleep(0.05)
elif mode == "threads":
    disk = image()
    for i in range(16):
        disk.write(b"x" * 4096, i << 22)

    def differ():
        while True:
            disk.diff_iterate(0, 1 << 26, None, called)

    for _ in range(4):
        threading.Thread(target=differ, daemon=True).start()
    time.sleep(0.05)
else:
    sys.exit(f"no mode {mode}")
