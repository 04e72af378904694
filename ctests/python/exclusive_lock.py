"""Two handles of one image and its exclusive lock, and object maps that come and go, as Cinder uses them."""
import os
import rados
import rbd

MIB = 1 << 20
cluster = rados.Rados(conffile=os.environ["CEPH_CONF"])
cluster.connect()
ioctx = cluster.open_ioctx("rbd")
rbd.RBD().create(ioctx, "locked", 64 * MIB)


def diff(image, snap):
    found = []
    image.diff_iterate(0, image.size(), snap, lambda off, size, exists: found.append((off, size, exists)), whole_object=True)
    return found


with rbd.Image(ioctx, "locked") as a, rbd.Image(ioctx, "locked") as b:
    assert a.features() == 61, a.features()
    assert list(a.lock_get_owners()) == []
    a.write(b"x" * 4096, 0)
    assert (a.is_exclusive_lock_owner(), b.is_exclusive_lock_owner()) == (True, False)
    owners = list(b.lock_get_owners())
    assert [owner["mode"] for owner in owners] == [rbd.RBD_LOCK_MODE_EXCLUSIVE], owners
    b.create_snap("s")
    assert b.is_exclusive_lock_owner()
    a.write(b"y" * 4096, 8 * MIB)
    assert diff(a, None) == [(0, 4 * MIB, True), (8 * MIB, 4 * MIB, True)], diff(a, None)
    assert diff(b, "s") == [(8 * MIB, 4 * MIB, True)], diff(b, "s")

    b.lock_acquire(rbd.RBD_LOCK_MODE_EXCLUSIVE)
    try:
        a.write(b"z", 0)
        raise SystemExit("written while another handle keeps the lock")
    except rbd.ReadOnlyImage:
        pass
    b.lock_release()
    a.write(b"z", 0)

    a.update_features(rbd.RBD_FEATURE_OBJECT_MAP, False)
    assert a.features() == 37, a.features()
    a.update_features(rbd.RBD_FEATURE_OBJECT_MAP, True)
    assert (a.features(), a.flags()) == (61, 3), (a.features(), a.flags())
    a.rebuild_object_map()
    assert a.flags() == 0, a.flags()
    assert diff(b, "s") == [(0, 4 * MIB, True), (8 * MIB, 4 * MIB, True)], diff(b, "s")
    try:
        a.update_features(rbd.RBD_FEATURE_JOURNALING, True)
        raise SystemExit("journaling was turned on")
    except rbd.FunctionNotSupported:
        pass
    a.remove_snap("s")

rbd.RBD().remove(ioctx, "locked")
left = sorted(entry.key for entry in ioctx.list_objects())
assert left == ["rbd_directory", "rbd_info"], left
ioctx.close()
cluster.shutdown()
