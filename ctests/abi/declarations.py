"""Prints a C file in which the functions of Ceph's header are followed by those of ours, over Ceph's types: compiling it
compares the signatures.

usage: declarations.py STOCK OURS"""
import pathlib
import re
import sys

stock, ours = (pathlib.Path(arg) for arg in sys.argv[1:3])
headers = [("rados/librados.h", "CEPH_RADOS_API")]
if (ours / "rbd/librbd.h").exists():
    headers.append(("rbd/librbd.h", "CEPH_RBD_API"))
print("#define _GNU_SOURCE")
for header, _ in headers:
    print(f'#include "{stock}/{header}"')
# Where Ceph's has a structure's tag only, ours has a type's name too.
for header in ("rados/rados_types.h", "rados/librados.h", "rbd/librbd.h"):
    for tag in re.findall(r"^struct (\w+)\s*\{", (stock / header).read_text(), flags=re.M):
        print(f"typedef struct {tag} {tag};")
print("#define CEPH_RADOS_API\n#define CEPH_RBD_API")
for header, macro in headers:
    text = re.sub(r"/\*.*?\*/", "", (ours / header).read_text(), flags=re.S)
    there = (stock / header).read_text()
    for declaration in re.findall(rf"\n(?:CEPH_RADOS_API|CEPH_RBD_API)\s+(.*?;)", text, flags=re.S):
        name = re.search(r"(\w+)\s*\(", declaration.replace("__attribute__((deprecated))", "")).group(1)
        if re.search(rf"\b{name}\b", there):
            print(declaration)
