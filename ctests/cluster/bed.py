"""Stock Ceph clusters for tests, and what their clients are given.

CEPH_CLUSTER names the tool that starts one (`$CEPH_CLUSTER start DIR --suite S --port P` prints its ceph.conf,
`stop DIR` ends it).
"""
import contextlib
import os
import pathlib
import shutil
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TOOL = os.environ.get("CEPH_CLUSTER", str(ROOT / "../shared/tools/ceph-cluster"))
CONSUMERS = pathlib.Path(os.environ.get("CONSUMERS", ROOT / "../shared/consumers/consumers"))
CONSUMER_ROOTS = pathlib.Path(os.environ.get("CONSUMER_ROOTS", "/var/cache/consumer-chroots"))
CEPH_ROOTS = pathlib.Path(os.environ.get("CEPH_CHROOTS", "/var/cache/ceph-chroots"))
RELEASES = {"host": "16.2", "trixie": "18.2", "forky": "20.2"}
# A group of one copy never becomes readable again where the whole machine stood still for longer than this many seconds.
PATIENT = ("--conf", "osd_heartbeat_grace = 600")
KERNEL = ("/proc", "/dev", "/sys")


def run(command, limit=300, **options):
    """(exit status, what it printed); a status of None: it did not end in time."""
    try:
        done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=limit, check=False,
                              **options)
        return done.returncode, done.stdout
    except subprocess.TimeoutExpired as late:
        out = late.stdout or b""
        return None, (out if isinstance(out, str) else out.decode(errors="replace")) + f"\ntimed out after {limit} s"


def mounted(path):
    return subprocess.run(["mountpoint", "-q", str(path)], check=False).returncode == 0


def share(root, path):
    """Shows a directory in a chroot under the same name."""
    inside = pathlib.Path(f"{root}{path}")
    inside.mkdir(parents=True, exist_ok=True)
    if not mounted(inside):
        subprocess.run(["mount", "--rbind" if path in KERNEL else "--bind", str(path), str(inside)], check=True)
        if path in KERNEL:
            # What is unmounted below must not go away outside.
            subprocess.run(["mount", "--make-rslave", str(inside)], check=True)


def unshare(path, roots=None, stale=False):
    """Ends what `share` and the recipes' tool have mounted of a directory; `stale`: only where it is another one by now."""
    for root in roots or [*CONSUMER_ROOTS.glob("*"), *CEPH_ROOTS.glob("*")]:
        inside = pathlib.Path(f"{root}{path}")
        if inside.is_dir() and mounted(inside) and not (stale and inside.samefile(path)):
            subprocess.run(["umount", "-l", str(inside)], check=False)
            with contextlib.suppress(OSError):
                inside.rmdir()


class Cluster:
    """A running cluster: one monitor, one manager, some OSDs."""

    def __init__(self, suite, conf):
        self.suite, self.conf = suite, pathlib.Path(conf)
        self.release = RELEASES[suite]
        self.root = None if suite == "host" else CEPH_ROOTS / suite

    def inside(self, *command):
        """A stock program of the cluster's own release, as the administrator."""
        root = ["chroot", str(self.root)] if self.root else []
        where = f"CEPH_CONF={self.conf}"
        return [*root, "env", "-u", "LD_LIBRARY_PATH", "-u", "LD_PRELOAD", where, *map(str, command)]

    def stock(self, *command, limit=120):
        return run(self.inside(*command), limit)

    def ceph(self, *words, check=True, limit=120):
        """What a command answers, without what it says besides."""
        done = subprocess.run(self.inside("ceph", *words), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=limit, check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"ceph {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def settled(self):
        """Whether the manager has heard of the OSDs, and told the monitor of the pools."""
        sized = '"total_bytes":0' not in self.ceph("df", "--format", "json")
        return sized and self.stock("ceph", "osd", "pool", "get-quota", "rbd")[0] == 0

    def client(self, directory, mode="crc", *lines):
        """Makes a directory with the ceph.conf and the keys of two clients: `admin`, with the kind of key that the release
        makes, and `stock`, with one that programs of every release can read. `lines` are more options of the first."""
        directory = pathlib.Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        text = self.conf.read_text().partition("[mon]")[0].replace(str(self.conf.parent), str(directory))
        dropped = ("ms_client_mode", "admin_socket", "keyring")
        kept = [line for line in text.splitlines() if not line.startswith(dropped)]
        kept += [f"ms_client_mode = {mode}", f"ms_mon_client_mode = {mode}"]
        kept += ["[client.stock]", f"keyring = {directory}/stock.keyring"]
        kept += ["[client.admin]", f"keyring = {directory}/keyring", *lines]
        shutil.copy(self.conf.parent / "keyring", directory / "keyring")
        (directory / "stock.keyring").write_text(self.stock_key())
        conf = directory / "ceph.conf"
        conf.write_text("\n".join(kept) + "\n")
        return conf

    def stock_key(self):
        """The keyring of `client.stock`."""
        words = ["auth", "get-or-create", "client.stock", "mon", "allow *", "osd", "allow *", "mgr", "allow *"]
        if self.suite == "forky":
            self.ceph("config", "set", "mon", "mon_auth_allow_insecure_key", "true")
            self.ceph("mon", "set", "auth_allowed_ciphers", "aes,aes256k")
            words += ["--key-type", "aes"]
        return self.ceph(*words)


def start(suite, place, port, *options):
    """Starts a cluster of a suite's release (`host`, `trixie`, `forky`) in the directory `place`, which must not exist, and
    returns the path of its ceph.conf."""
    status, out = run([TOOL, "start", place, "--suite", suite, "--port", port, *options], 600)
    if status != 0:
        stop(place)
        raise RuntimeError(f"no cluster of {suite}: {out}")
    return out.split()[-1]


def stop(place):
    run([TOOL, "stop", place])


@contextlib.contextmanager
def cluster(suite, place, port, *options):
    """One that is there as long as the context is."""
    found = Cluster(suite, start(suite, place, port, *options))
    try:
        end = time.monotonic() + 60
        while not found.settled() and time.monotonic() < end:
            time.sleep(1)
        yield found
    finally:
        stop(place)


@contextlib.contextmanager
def one(suite, work, port, *options):
    """A cluster; or the one that runs already, where the environment names its ceph.conf: CLUSTER_<suite>."""
    running = os.environ.get(f"CLUSTER_{suite}")
    if running:
        yield Cluster(suite, running)
    else:
        with cluster(suite, work / f"cluster-{suite}", port, *PATIENT, *options) as found:
            yield found


def copy_libraries(lib, work):
    """Under a name that no earlier run has mounted in a chroot."""
    return pathlib.Path(shutil.copytree(lib, work / "lib", symlinks=True))


