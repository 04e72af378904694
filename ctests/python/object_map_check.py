"""What the object maps leave out is not there: no object, and no difference to a snapshot."""
import os
import rados
import rbd

cluster = rados.Rados(conffile=os.environ["CEPH_CONF"])
cluster.connect()
ioctx = cluster.open_ioctx("rbd")
image = rbd.Image(ioctx, "mapped", read_only=True)


def changed(snap, whole):
    """Numbers of the objects with data that a diff reports."""
    found = set()
    report = lambda off, size, exists: exists and found.update(range(off >> 20, ((off + size - 1) >> 20) + 1))
    image.diff_iterate(0, image.size(), snap, lambda *extent: report(*extent) and None, whole_object=whole)
    return found


prefix = image.block_name_prefix() + "."
there = set()
for entry in ioctx.list_objects():
    if entry.key.startswith(prefix):
        try:
            ioctx.stat(entry.key)
            there.add(int(entry.key[len(prefix):], 16))
        except rados.ObjectNotFound:
            pass  # only snapshots have it
mapped = changed(None, True)
assert image.flags() == 0, image.flags()
assert not there - mapped, sorted(there - mapped)
for snap in [snap["name"] for snap in image.list_snaps()][-3:]:
    missed = changed(snap, False) - changed(snap, True)
    assert not missed, (snap, sorted(missed))
print(f"{len(there)} objects, {len(mapped)} in the map")
image.close()
cluster.shutdown()
