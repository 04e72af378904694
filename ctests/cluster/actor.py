"""A client of a cluster that does what it is told on its standard input: Python over librados and librbd, whichever the
loader finds. One line of JSON is an expression; one line is the answer. `make` and `describe` are what it is mostly told.
"""
import contextlib
import hashlib
import json
import os
import random
import sys

import rados
import rbd

MB = 1 << 20
BASIC = rbd.RBD_FEATURE_LAYERING
FULL = (BASIC | rbd.RBD_FEATURE_EXCLUSIVE_LOCK | rbd.RBD_FEATURE_OBJECT_MAP | rbd.RBD_FEATURE_FAST_DIFF
        | rbd.RBD_FEATURE_DEEP_FLATTEN)

cluster = rados.Rados(conffile=os.environ["CEPH_CONF"], rados_id="admin")
cluster.connect(timeout=30)
io = cluster.open_ioctx("rbd")
R = rbd.RBD()
images, hits = {}, []


def fill(image, seed, count=12):
    """Writes and discards that follow from the seed."""
    chance, size = random.Random(seed), image.size()
    for _ in range(count):
        off = chance.randrange(size - 300000)
        image.write(chance.randbytes(chance.choice((1, 512, 4096, 70000, 300000))), off)
    off = chance.randrange(size // MB) * MB
    image.discard(off, min(MB, size - off))
    image.flush()


def make(p):
    """Images of every kind that both sides know."""
    R.create(io, p + "plain", 8 * MB, 20, old_format=False, features=BASIC)
    with rbd.Image(io, p + "plain") as image:
        fill(image, 1)
        image.create_snap("s1")
        fill(image, 2)
        image.create_snap("s2")
        fill(image, 3)
        image.protect_snap("s1")
        image.metadata_set("key", "value")
        image.metadata_set("conf_rbd_cache", "false")
    R.create(io, p + "full", 12 * MB, 20, old_format=False, features=FULL)
    with rbd.Image(io, p + "full") as image:
        fill(image, 4)
        image.create_snap("s1")
        image.resize(17 * MB)
        fill(image, 5)
        image.create_snap("s2")
        image.resize(9 * MB + 12345)
        fill(image, 6)
        image.create_snap("s3")
        image.rename_snap("s3", "renamed")
        image.remove_snap("s1")
        image.protect_snap("s2")
    R.create(io, p + "striped", 16 * MB, 20, old_format=False, features=FULL | rbd.RBD_FEATURE_STRIPINGV2,
             stripe_unit=65536, stripe_count=4)
    with rbd.Image(io, p + "striped") as image:
        fill(image, 7)
        image.create_snap("s")
    R.create(io, p + "data", 8 * MB, 20, old_format=False, features=FULL, data_pool="more")
    with rbd.Image(io, p + "data") as image:
        fill(image, 8)
    R.clone(io, p + "plain", "s1", io, p + "clone", features=BASIC)
    with rbd.Image(io, p + "clone") as image:
        fill(image, 9, 3)
    R.clone(io, p + "full", "s2", io, p + "clone-full", features=FULL)
    with rbd.Image(io, p + "clone-full") as image:
        fill(image, 10, 3)
        image.create_snap("of-clone")
        fill(image, 11, 3)
        image.resize(11 * MB)
    R.clone(io, p + "full", "s2", io, p + "flat", features=FULL)
    with rbd.Image(io, p + "flat") as image:
        fill(image, 12, 2)
        image.create_snap("before")
        image.flatten()
    with rbd.Image(io, p + "plain", snapshot="s2") as image:
        image.copy(io, p + "copy")
    R.create(io, p + "young", 4 * MB, 20, old_format=False, features=FULL)
    R.rename(io, p + "young", p + "old")
    R.create(io, p + "gone", 4 * MB, 20, old_format=False, features=FULL)
    R.trash_move(io, p + "gone", 0)
    R.namespace_create(io, p + "ns")
    io.set_namespace(p + "ns")
    R.create(io, "inside", 4 * MB, 20, old_format=False, features=FULL)
    with rbd.Image(io, "inside") as image:
        fill(image, 13)
        image.create_snap("s")
    io.set_namespace("")


def alter(p):
    """What the other side does to images that it did not make."""
    with rbd.Image(io, p + "full") as image:
        fill(image, 21)
        image.resize(14 * MB)
        fill(image, 22)
        image.create_snap("altered")
        image.rollback_to_snap("renamed")
        fill(image, 23, 2)
        image.remove_snap("renamed")
    with rbd.Image(io, p + "plain") as image:
        fill(image, 24)
        image.remove_snap("s2")
        image.metadata_remove("key")
        image.update_features(rbd.RBD_FEATURE_EXCLUSIVE_LOCK, True)
        image.update_features(rbd.RBD_FEATURE_OBJECT_MAP | rbd.RBD_FEATURE_FAST_DIFF, True)
        image.rebuild_object_map()
        fill(image, 25, 3)
    with rbd.Image(io, p + "clone") as image:
        fill(image, 26, 3)
        image.flatten()
    with rbd.Image(io, p + "clone-full") as image:
        fill(image, 27, 3)
        image.remove_snap("of-clone")
    R.remove(io, p + "old")
    (gone,) = [image for image in R.trash_list(io) if image["name"] == p + "gone"]
    R.trash_restore(io, gone["id"], p + "back")


def remove(p):
    io.set_namespace(p + "ns")
    for name in R.list(io):
        remove_image(name)
    io.set_namespace("")
    R.namespace_remove(io, p + "ns")
    for image in list(R.trash_list(io)):
        if image["name"].startswith(p):
            R.trash_remove(io, image["id"])
    names = [name for name in R.list(io) if name.startswith(p)]
    for name in sorted(names, key=lambda name: "clone" not in name and "flat" not in name):
        remove_image(name)


def remove_image(name):
    with rbd.Image(io, name) as image:
        for snap in list(image.list_snaps()):
            if image.is_protected_snap(snap["name"]):
                image.unprotect_snap(snap["name"])
            image.remove_snap(snap["name"])
    R.remove(io, name)


def attempt(what):
    """Its value, or the error's name."""
    try:
        return what()
    except (rbd.Error, rados.Error) as e:
        return type(e).__name__


def clones_of_clones(p):
    """As libvirt does, each with the features that its parent has by then; and of either format."""
    R.create(io, p, 4 * MB, 20, old_format=False, features=FULL)
    told = []
    for parent, name in ((p, p + "-1"), (p, p + "-2"), (p + "-2", p + "-3"), (p, p + "-4"), (p + "-2", p + "-5")):
        with rbd.Image(io, parent) as image:
            features = image.features()
            if not list(image.list_snaps()):
                image.create_snap("snap")
            if not image.is_protected_snap("snap"):
                image.protect_snap("snap")
        made = attempt(lambda: R.clone(io, parent, "snap", io, name, features=features))
        with rbd.Image(io, name) as image:
            told.append([name.removeprefix(p), made, features, image.features(), image.op_features(), image.overlap()])
    for clone_format in 1, 2:
        with contextlib.suppress(TypeError):
            made = attempt(lambda: R.clone(io, p, "snap", io, f"{p}-format", features=FULL, clone_format=clone_format))
            told.append([clone_format, made])
            if made is None:
                R.remove(io, f"{p}-format")
    for name in "-5", "-4", "-3", "-2", "-1", "":
        remove_image(p + name)
    return told


def omap(oid):
    try:
        with rados.ReadOpCtx() as op:
            entries, _ = io.get_omap_vals(op, "", "", 1000)
            io.operate_read_op(op, oid)
            return {key: value.hex() for key, value in entries}
    except rados.ObjectNotFound:
        return None


def bytes_of(oid):
    try:
        return io.read(oid, 1 << 20).hex()
    except rados.ObjectNotFound:
        return None


def digest(image):
    sum_of, size, off = hashlib.md5(), image.size(), 0
    while off < size:
        data = image.read(off, min(4 * MB, size - off))
        sum_of.update(data)
        off += len(data)
    return sum_of.hexdigest()


def contents(image, size):
    """Its bytes, with zeroes behind its end."""
    return image.read(0, min(size, image.size())).ljust(size, b"\0")


def diff_tells_all(image, name, base, whole):
    """Whether the base, with what the diff tells laid over it, is the image. How much more a diff tells differs by release."""
    size, now = image.size(), image.read(0, image.size())
    then = bytearray(size)
    if base:
        with rbd.Image(io, name, snapshot=base, read_only=True) as before:
            then = bytearray(contents(before, size))
    told = []
    image.diff_iterate(0, size, base, lambda *extent: told.append(extent), whole_object=whole)
    for off, length, exists in told:
        then[off:off + length] = now[off:off + length] if exists else bytes(length)
    return bytes(then[:size]) == now


def describe_image(name):
    # Opening for writing would change times of use.
    with rbd.Image(io, name, read_only=True) as image:
        stat = image.stat()
        stat.pop("parent_pool", None), stat.pop("parent_name", None)
        told = {"stat": stat, "features": image.features(), "flags": image.flags(), "id": image.id(),
                "prefix": image.block_name_prefix(), "striping": [image.stripe_unit(), image.stripe_count()],
                "created": str(image.create_timestamp()), "data pool": image.data_pool_id(),
                "operations": image.op_features(), "metadata": sorted(image.metadata_list()),
                "parent": attempt(lambda: list(image.parent_info())), "overlap": attempt(image.overlap),
                "lockers": image.list_lockers(), "md5": digest(image),
                "diff": [diff_tells_all(image, name, None, whole) for whole in (False, True)]}
        snaps = [(snap["id"], snap["name"], snap["size"]) for snap in image.list_snaps()]
        told["snaps"] = [[*snap, image.is_protected_snap(snap[1]), str(image.get_snap_timestamp(snap[0]))] for snap in snaps]
        told["since"] = {snap[1]: [diff_tells_all(image, name, snap[1], whole) for whole in (False, True)]
                         for snap in snaps}
        header = omap("rbd_header." + told["id"])
        told["header"] = header
        maps = ["rbd_object_map." + told["id"]] + ["rbd_object_map.%s.%016x" % (told["id"], snap[0]) for snap in snaps]
        told["object maps"] = {oid: bytes_of(oid) for oid in maps}
    for number, snap, _ in snaps:
        with rbd.Image(io, name, snapshot=snap, read_only=True) as image:
            told["md5@" + snap] = digest(image)
            told["children@" + snap] = sorted(map(list, image.list_children()))
            told["overlap@" + snap] = attempt(image.overlap)
            told["flags@" + snap] = image.flags()
    return told


def describe(p):
    told = {name: describe_image(name) for name in sorted(R.list(io)) if name.startswith(p)}
    ids = [image["id"] for image in told.values()]
    own = {**{"name_" + name: name for name in told}, **{"id_" + identity: identity for identity in ids}}
    told["directory"] = {key: value for key, value in omap("rbd_directory").items() if key in own}
    told["trash"] = sorted([image["name"], image["id"], image["source"], str(image["deletion_time"])]
                           for image in R.trash_list(io) if image["name"].startswith(p))
    told["trash omap"] = {image["id"]: (omap("rbd_trash") or {}).get("id_" + image["id"])
                          for image in R.trash_list(io) if image["name"].startswith(p)}
    told["namespaces"] = sorted(name for name in R.namespace_list(io) if name.startswith(p))
    if p + "ns" in told["namespaces"]:
        io.set_namespace(p + "ns")
        told["inside"] = {name: describe_image(name) for name in sorted(R.list(io))}
        io.set_namespace("")
    return told


def open_image(name, **options):
    images[name] = rbd.Image(io, name, **options)


def close_image(name):
    images.pop(name).close()


def main():
    for line in sys.stdin:
        try:
            answer = {"value": eval(json.loads(line), globals())}
        except Exception as e:
            answer = {"error": type(e).__name__, "text": str(e)}
        print("=" + json.dumps(answer, default=str), flush=True)


main()
