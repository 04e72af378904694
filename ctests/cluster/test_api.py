"""Ceph's own test programs for librados (Debian's package `ceph-test`), run in a chroot that has them."""
import dataclasses
import re

import bed

PROGRAMS = ("io list lock misc pool snapshots stat cmd aio watch_notify c_write_operations c_read_operations "
            "service").split()
# They take Ceph's buffers from here, which has to be loaded before librados.
COMMON = "/usr/lib/x86_64-linux-gnu/ceph/libceph-common.so.2"


@dataclasses.dataclass
class Outcome:
    ran: list
    passed: list
    bad: list
    text: str

    def why(self):
        """The lines about what failed."""
        lines, told = self.text.splitlines(), []
        for at, line in enumerate(lines):
            if line.endswith(": Failure") or "what():" in line or "in function" in line:
                told += lines[at:at + 8]
        return "    " + "\n    ".join(told[:80] or lines[-20:])


def installed(root):
    return (root / "usr/bin/ceph_test_rados_api_io").exists()


def run(root, conf, program, cases="*", lib=None, preload=(), limit=900):
    """Runs the cases that gtest's filter `cases` selects; `lib` is a directory of libraries in place of the chroot's."""
    env = ["HOME=/root", f"CEPH_CONF={conf}"]
    if lib:
        env += [f"LD_LIBRARY_PATH={lib}", f"LD_PRELOAD={':'.join([*map(str, preload), COMMON])}"]
    status, text = bed.run(["timeout", "-k", "5", limit, "chroot", root, "env", *env,
                            f"/usr/bin/ceph_test_rados_api_{program}", f"--gtest_filter={cases}"], limit + 20)
    ran = re.findall(r"^\[ RUN      \] (\S+)", text, re.M)
    # What a case prints may stand before it on its line.
    passed = re.findall(r"^.*\[       OK \] (\S+)", text, re.M)
    skipped = re.findall(r"^.*\[  SKIPPED \] (\S+) \(", text, re.M)
    bad = sorted(set(ran) - set(passed) - set(skipped))
    return Outcome(ran, passed, bad or (["did not end well"] if status != 0 else []), text)
