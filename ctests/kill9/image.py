"""image.py create NAME SIZE | snap NAME SNAP | check NAME SIZE FILE [TURN]: the image's side of the kill test.

With a turn, only the last two snapshots are read, and a tenth of the others, another one each turn.
"""
import hashlib
import os
import sys
import rados
import rbd


def digest(io, name, snap):
    total = hashlib.sha256()
    with rbd.Image(io, name, snapshot=snap, read_only=True) as image:
        for off in range(0, image.size(), 4 << 20):
            total.update(image.read(off, min(4 << 20, image.size() - off)))
    return total.hexdigest()


verb, name = sys.argv[1:3]
with rados.Rados(conffile=os.environ["CEPH_CONF"]) as cluster, cluster.open_ioctx("rbd") as io:
    if verb == "create":
        rbd.RBD().create(io, name, int(sys.argv[3]))
    elif verb == "snap":
        with rbd.Image(io, name) as image:
            image.create_snap(sys.argv[3])
        print(sys.argv[3], digest(io, name, sys.argv[3]))
    else:
        want = dict(line.split() for line in open(sys.argv[4]))
        assert rbd.RBD().list(io) == [name], rbd.RBD().list(io)
        with rbd.Image(io, name, read_only=True) as image:
            assert image.size() == int(sys.argv[3]), image.size()
            snaps = [s["name"] for s in image.list_snaps()]
        assert snaps == list(want), (snaps, list(want))
        turn = int(sys.argv[5]) % 10 if len(sys.argv) > 5 else None
        read = [(snap, before) for at, (snap, before) in enumerate(want.items()) if turn in (None, at % 10) or at + 2 >= len(want)]
        for snap, before in read:
            now = digest(io, name, snap)
            assert now == before, f"snapshot {snap} changed: {before} -> {now}"
