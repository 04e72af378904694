"""The walk of Ceph's Python documentation for librbd: a 4 GiB image, 600 bytes of `foo`."""
import os
import rados
import rbd

conf = os.environ["CEPH_CONF"]
size = 4 * 1024**3

cluster = rados.Rados(conffile=conf)
cluster.connect()
ioctx = cluster.open_ioctx("rbd")
rbd_inst = rbd.RBD()
rbd_inst.create(ioctx, "myimage", size)
assert rbd_inst.list(ioctx) == ["myimage"]
image = rbd.Image(ioctx, "myimage")
data = b"foo" * 200
assert image.write(data, 0) == 600
image.close()
image = rbd.Image(ioctx, "myimage")
assert image.size() == size
assert image.read(0, 600) == data
assert image.read(600, 8) == bytes(8)
assert image.read(size - 4, 4) == bytes(4)
image.close()
rbd_inst.remove(ioctx, "myimage")
ioctx.close()
cluster.shutdown()

with rados.Rados(conffile=conf) as cluster:
    with cluster.open_ioctx("rbd") as ioctx:
        rbd_inst = rbd.RBD()
        rbd_inst.create(ioctx, "myimage", size)
        with rbd.Image(ioctx, "myimage") as image:
            image.write(data, 0)
        with rbd.Image(ioctx, "myimage", read_only=True) as image:
            assert image.read(0, 600) == data
            try:
                image.write(b"x", 0)
                raise AssertionError("a read-only image was written")
            except rbd.ReadOnlyImage:
                pass
        rbd_inst.remove(ioctx, "myimage")
        assert rbd_inst.list(ioctx) == []
print("OK")
