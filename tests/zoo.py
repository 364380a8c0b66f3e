#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""zoo.py make DIR | change DIR: a generated tree of 10,000 entries, and what a
role may do to it. The same SEED, the same zoo."""
import os, random, stat, sys

SEED = int(os.environ.get("SEED", "1"))
# every byte that a name may hold: control characters are refused, '/' parts
BYTES = bytes(b for b in range(0x20, 0x100) if b not in (0x2f, 0x7f))
CAP_NET_RAW = bytes.fromhex("0100000200200000000000000000000000000000")


def name(r, i):
    """All bytes come up; the number keeps names apart."""
    n = bytes(r.choice(BYTES) for _ in range(r.choice((1, 3, 9, 30, 200))))
    return b"%d" % i + n if r.random() < .5 else n[:200] + b"%d" % i


def one_file(r, path):
    k = r.random()
    with open(path, "wb") as f:
        if k < .1:
            f.truncate(r.randrange(1 << 20))
            f.seek(r.randrange(1 << 20))
            f.write(b"after a hole")
        elif k < .8:
            f.write(r.randbytes(r.choice((0, 1, 100, 4096, 5000))))
    os.chown(path, r.randrange(3), r.randrange(70000))
    os.chmod(path, r.choice((0o644, 0o600, 0o755, 0o4755, 0o2711, 0)))
    if r.random() < .05:
        os.setxattr(path, "security.capability", CAP_NET_RAW)
    if r.random() < .05:
        os.setxattr(path, "user.x%d" % r.randrange(9), r.randbytes(9))
    if r.random() < .05:
        # version 2; owner rw-, user 1234 r--, group r--, mask r--, other ---
        os.setxattr(path, "system.posix_acl_access", bytes.fromhex(
            "02000000" "01000600ffffffff" "02000400d2040000"
            "04000400ffffffff" "10000400ffffffff" "20000000ffffffff"))


def one(r, path, files):
    k = r.random()
    if k < .6 or not files:
        one_file(r, path)
        files.append(path)
    elif k < .75:
        os.link(r.choice(files), path)
    elif k < .9:
        os.symlink(r.choice(files)[-r.randrange(1, 90):], path)
    elif k < .95:
        os.mknod(path, r.choice((stat.S_IFCHR, stat.S_IFBLK)) | 0o640,
                 os.makedev(r.randrange(1, 256), r.randrange(256)))
    else:
        os.mkdir(path, 0o2750)
    os.utime(path, (0, r.randrange(1 << 30)), follow_symlinks=False)


def fill(r, top, n):
    dirs, files = [top], []
    for i in range(n):
        if r.random() < .08:
            d = os.path.join(r.choice(dirs), name(r, i))
            if len(d) > 2000 or d.count(b"/") > 60:
                continue
            os.mkdir(d)
            dirs.append(d)
        else:
            d = os.path.join(r.choice(dirs), name(r, i))
            one(r, d, files)
    for d in dirs[::-1]:
        os.chmod(d, r.choice((0o755, 0o700, 0o1777, 0o2755)))
        os.utime(d, (0, r.randrange(1 << 30)))


def below(top):
    """Entries, folders before what is in them, in an order of names."""
    found = []
    for d, subs, names in os.walk(top):
        subs.sort()
        found += [os.path.join(d, x) for x in sorted(names + subs)]
    return found


def remove(path):
    if stat.S_ISDIR(os.lstat(path).st_mode):
        for d, subs, names in os.walk(path, topdown=False):
            for x in names:
                os.unlink(os.path.join(d, x))
            for x in subs:
                x = os.path.join(d, x)
                os.unlink(x) if os.path.islink(x) else os.rmdir(x)
        os.rmdir(path)
    else:
        os.unlink(path)


def mutate(r, path):
    st = os.lstat(path)
    k = r.randrange(6)
    if k == 0:
        remove(path)
    elif k == 1:                            # gone, and there again: opaque
        remove(path)
        if stat.S_ISDIR(st.st_mode):
            os.mkdir(path)
            one_file(r, os.path.join(path, b"inside"))
        else:
            one_file(r, path)
    elif k == 2 and not stat.S_ISLNK(st.st_mode):
        os.chmod(path, r.choice((0o640, 0o755, 0o4711)))
    elif k == 3:
        os.chown(path, r.randrange(9), r.randrange(9), follow_symlinks=False)
    elif k == 4 and stat.S_ISREG(st.st_mode):
        with open(path, "ab") as f:
            f.write(b"more")
    elif k == 5 and stat.S_ISREG(st.st_mode):
        with open(path, "r+b") as f:
            f.truncate(r.randrange(10000))


def change(r, top):
    for path in below(top):
        if r.random() < .3 and os.path.lexists(path):
            mutate(r, path)
    files = [p for p in below(top)
             if stat.S_ISREG(os.lstat(p).st_mode)]
    for i in range(100):                    # links to what was and what is new
        os.link(r.choice(files), os.path.join(
            os.path.dirname(r.choice(files)), b"link%d" % i))
    os.mkdir(os.path.join(top, b"new"))
    fill(r, os.path.join(top, b"new"), 2000)


os.umask(0)
top = os.fsencode(sys.argv[2])
if sys.argv[1] == "make":
    fill(random.Random(SEED), top, 10000)
else:
    change(random.Random(SEED + 1), top)
