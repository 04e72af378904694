"""Writes and drops objects of an image at random, and takes snapshots, until it is killed."""
import os
import random
import rados
import rbd

cluster = rados.Rados(conffile=os.environ["CEPH_CONF"])
cluster.connect()
ioctx = cluster.open_ioctx("rbd")
if "mapped" not in rbd.RBD().list(ioctx):
    rbd.RBD().create(ioctx, "mapped", 4 << 30, order=20)
image = rbd.Image(ioctx, "mapped")
# From now on writes are acknowledged before they are durable.
image.flush()
print("writing", flush=True)
rounds = 0
while True:
    started = []
    for _ in range(32):
        base = random.randrange(4096) << 20
        if random.random() < 0.3:
            started.append(image.aio_discard(base, 1 << 20, lambda *answer: None))
        else:
            off = base + 4096 * random.randrange(200)
            started.append(image.aio_write(b"w" * 4096, off, lambda *answer: None))
    for completion in started:
        completion.wait_for_complete_and_cb()
    rounds += 1
    if rounds % 40 == 0:
        image.create_snap(f"s{random.randrange(1 << 30)}")
    if rounds % 90 == 0:
        image.remove_snap(next(iter(image.list_snaps()))["name"])
