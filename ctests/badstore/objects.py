"""objects.py write | die | read: objects of known content, and a reader that tells wrong bytes from honest errors.

`read` exits 0 if every answer was the right bytes or an error; it prints how many of each. 9: wrong bytes.
`die` writes and kills itself.
"""
import ctypes
import errno
import hashlib
import os
import signal
import sys
import rados

COUNT = 24


def content(i):
    size = (1, 100, 4096, 5000, 70000, 300000)[i % 6]
    block = hashlib.sha256(str(i).encode()).digest()
    return (block * (size // 32 + 1))[:size]


def connect():
    cluster = rados.Rados(conffile=os.environ["CEPH_CONF"])
    cluster.connect()
    return cluster


def write():
    cluster = connect()
    with cluster.open_ioctx("rbd") as io:
        for i in range(COUNT):
            io.write_full(f"o{i}", content(i))
            io.set_xattr(f"o{i}", "x", content(i)[:200])
            with rados.WriteOpCtx() as op:
                io.set_omap(op, ("k1", "k2"), (content(i)[:50], b"v" * (i + 1)))
                io.operate_write_op(op, f"o{i}")
    if sys.argv[1] == "die":
        # With the objects written and the connection open.
        os.kill(os.getpid(), signal.SIGKILL)
    cluster.shutdown()


def listing():
    """Names of the pool's objects, by the C functions: Python's iterator takes an error for the end."""
    lib = ctypes.CDLL("librados.so.2")
    cluster, io, list_, entry = (ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_char_p())

    def call(name, *args):
        ret = getattr(lib, name)(*args)
        if ret < 0:
            raise rados.Error(f"{name}: {ret}")

    call("rados_create", ctypes.byref(cluster), None)
    call("rados_conf_read_file", cluster, os.environ["CEPH_CONF"].encode())
    call("rados_connect", cluster)
    try:
        call("rados_ioctx_create", cluster, b"rbd", ctypes.byref(io))
        call("rados_nobjects_list_open", io, ctypes.byref(list_))
        names = []
        while (ret := lib.rados_nobjects_list_next(list_, ctypes.byref(entry), None, None)) == 0:
            names.append(entry.value.decode())
        lib.rados_nobjects_list_close(list_)
        lib.rados_ioctx_destroy(io)
        if ret != -errno.ENOENT:
            raise rados.Error(f"listing: {ret}")
        return names
    finally:
        lib.rados_shutdown(cluster)


def read():
    right, errors, wrong = 0, [], []

    def check(what, get, want):
        nonlocal right
        try:
            got = get()
        except rados.Error as e:
            errors.append(f"{what}: {e}")
            return
        if got == want:
            right += 1
        else:
            wrong.append(what)

    def omap(io, name):
        with rados.ReadOpCtx() as op:
            it, ret = io.get_omap_vals(op, "", "", 10)
            io.operate_read_op(op, name)
            return list(it)

    try:
        cluster = connect()
    except rados.Error as e:
        print(f"connect: {e}")
        return 0
    try:
        io = cluster.open_ioctx("rbd")
    except rados.Error as e:
        # A store that opens must know its pools.
        print(f"open_ioctx: {e}")
        return 0 if e.errno == 5 else 9
    check("listing", lambda: sorted(listing()), sorted(f"o{i}" for i in range(COUNT)))
    for i in range(COUNT):
        check(f"data of o{i}", lambda: io.read(f"o{i}", 400000), content(i))
        check(f"size of o{i}", lambda: io.stat(f"o{i}")[0], len(content(i)))
        check(f"xattr of o{i}", lambda: io.get_xattr(f"o{i}", "x"), content(i)[:200])
        check(f"omap of o{i}", lambda: omap(io, f"o{i}"), [("k1", content(i)[:50]), ("k2", b"v" * (i + 1))])
    io.close()
    cluster.shutdown()
    print(f"right {right}, errors {len(errors)}, wrong {len(wrong)}: {(wrong or errors)[:3]}")
    return 9 if wrong else 0


sys.exit(read() if sys.argv[1] == "read" else write())
