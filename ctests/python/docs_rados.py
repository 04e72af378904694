"""The walk of Ceph's Python documentation for librados: connect, pools, objects, xattrs, listing, statistics."""
import os
import rados

conf = os.environ["CEPH_CONF"]
cluster = rados.Rados(conffile=conf)
version = cluster.version()
print(f"version {version.major}.{version.minor}.{version.extra}")
cluster.connect()
assert len(cluster.get_fsid()) == 36
stats = cluster.get_cluster_stats()
assert set(stats) == {"kb", "kb_used", "kb_avail", "num_objects"} and stats["kb"] > 0, stats

assert "test" not in cluster.list_pools()
cluster.create_pool("test")
assert cluster.pool_exists("test")
assert "test" in cluster.list_pools()

ioctx = cluster.open_ioctx("test")
ioctx.write_full("hw", b"Hello World!")
assert ioctx.read("hw") == b"Hello World!"
ioctx.write_full("bm", b"Bonjour tout le monde!")
ioctx.set_xattr("hw", "lang", b"en_US")
ioctx.set_xattr("bm", "lang", b"fr_FR")
assert ioctx.get_xattr("hw", "lang") == b"en_US"
assert [name for name, value in ioctx.get_xattrs("bm")] == ["lang"]
assert sorted(o.key for o in ioctx.list_objects()) == ["bm", "hw"]
for o in ioctx.list_objects():
    assert o.read() in (b"Hello World!", b"Bonjour tout le monde!")
assert ioctx.get_stats()["num_objects"] == 2, ioctx.get_stats()
ioctx.remove_object("hw")
ioctx.remove_object("bm")
assert list(ioctx.list_objects()) == []
try:
    ioctx.read("hw")
    raise AssertionError("a removed object was read")
except rados.ObjectNotFound:
    pass
ioctx.close()
cluster.delete_pool("test")
assert not cluster.pool_exists("test")
cluster.shutdown()

with rados.Rados(conffile=conf) as cluster:
    with cluster.open_ioctx("rbd") as ioctx:
        ioctx.write_full("foo", b"bar")
        assert ioctx.read("foo") == b"bar"
        assert ioctx.stat("foo")[0] == 3
        ioctx.remove_object("foo")
print("OK")
