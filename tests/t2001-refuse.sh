#!/bin/bash
# SPDX-License-Identifier: MIT
# t2001-refuse.sh: what an overlay may not hold is refused with its path and
# its cure, and leaves no file.
. "$(dirname "$0")/lib.sh"

requires_root
need setcap libcap2-bin
need setfattr attr

DIGEST=$(printf '%064d' 7)

# row NAME TEXT GRANTS COMMAND...: COMMAND makes the upper
row() {
	local name=$1 text=$2 grants=$3 dir out
	shift 3
	t_begin "refused: $name"
	dir=$(mktemp -d "$T_TMP/up.XXXXXX")
	(cd "$dir" && "$@") || { t_fail "cannot make it"; return; }
	out=$("$BIN/slipway-overlay" --pack "$dir" --base-digest "$DIGEST" \
		--lower "$T_TMP/lower" --grants "$grants" -o "$T_TMP/o.gz" \
		2>&1 >/dev/null)
	if [ $? -ne 1 ]; then t_fail "status: $out"
	elif ! printf '%s' "$out" | grep -qF -- "$text"; then t_fail "$out"
	elif [ -e "$T_TMP/o.gz" ]; then t_fail "left a file"
	else t_ok; fi
	rm -f "$T_TMP/o.gz"
}

# good NAME GRANTS COMMAND...: the same is packed when it is granted
good() {
	local name=$1 grants=$2 dir out
	shift 2
	t_begin "packed: $name"
	dir=$(mktemp -d "$T_TMP/up.XXXXXX")
	(cd "$dir" && "$@")
	if out=$("$BIN/slipway-overlay" --pack "$dir" --base-digest "$DIGEST" \
		--lower "$T_TMP/lower" --grants "$grants" -o "$T_TMP/g.gz" \
		2>&1); then t_ok; else t_fail "$out"; fi
}

mkdir -p "$T_TMP/lower/usr/bin"
ln -s usr/bin "$T_TMP/lower/bin"
mkdir "$T_TMP/lower/dir"
ln -s x "$T_TMP/lower/dir/link"

setid() { : >f; chmod "$1" f; }
caps() { : >f; setcap cap_net_raw+ep f; }
newline() { : >"$(printf 'a\nb')"; }
overlayfs() { mkdir d; setfattr -n trusted.overlay."$1" -v "$2" d; }
renewed() { mkdir -p dir/link; setfattr -n trusted.overlay.opaque -v y dir; }
attribute() { : >f; setfattr -n trusted.other -v 1 f; }
python3_socket() {
	python3 -c 'import socket; socket.socket(1).bind("s")'
}

row "directory over a symlink" "bin: a directory in place of a symlink" \
	"" mkdir bin
row "character device" "null: a device node" "" mknod null c 1 3
row "block device" "b: a device node" setid,caps mknod b b 7 0
row "setuid file" "f: a setuid or setgid file" devnodes,caps setid 4755
row "setgid file" "f: a setuid or setgid file" "" setid 2755
row "file capability" "f: a file with capabilities" devnodes,setid caps
row "fifo" "p: a fifo" devnodes,setid,caps mkfifo p
row "newline in a name" "a%0Ab: a name" "" newline
row "reserved name" ".slipway-overlay: a reserved name" "" \
	touch .slipway-overlay
row "redirected directory" "redirect_dir=off" "" overlayfs redirect /x
row "metacopy" "metacopy=off" "" overlayfs metacopy ''
row "opaque of another kind" "is not 'y'" "" overlayfs opaque x
row "foreign attribute" "cannot hold attribute trusted.other" "" attribute
good "character device, granted" devnodes mknod null c 1 3
good "setuid, granted" setid setid 4755
good "capability, granted" caps caps
good "whiteout needs no grant" "" mknod gone c 0 0
good "file over a symlink" "" touch bin
good "directory over a symlink in a directory that is gone" "" renewed
if command -v python3 >/dev/null; then
	good "socket, left out" "" python3_socket
fi

# build noise, path by path: left out, and its neighbour kept
t_begin "build noise is left out, and nothing beside it"
mkdir "$T_TMP/noise"
(
	cd "$T_TMP/noise" || exit
	while read -r path; do
		mkdir -p "$(dirname "$path")"
		: >"$path"
	done <<-E
		dev/null2
		etc/.pwd.lock
		etc/iscsi/initiatorname.iscsi
		etc/machine-id
		etc/nvme/hostid
		etc/nvme/hostnqn
		etc/pam.d/x.dpkg-old
		etc/passwd-
		etc/ssh/ssh_host_rsa_key
		root/.bash_history
		run/x/y
		tmp/x
		usr/lib/python3/__pycache__/a.pyc
		var/backups/x
		var/cache/apt/pkgcache.bin
		var/cache/debconf/config.dat-old
		var/cache/ldconfig/aux-cache
		var/lib/apt/lists/partial/x
		var/lib/dpkg/lock-frontend
		var/lib/dpkg/status-old
		var/lib/systemd/random-seed
		var/log/apt/term.log
		var/log/dpkg.log
		var/tmp/x
	E
	: >etc/passwd
	: >etc/machine-info
	: >var/log/nginx.log
	mknod usr/lib/python3/__pycache__/gone.pyc c 0 0
)
"$BIN/slipway-overlay" --pack "$T_TMP/noise" --base-digest "$DIGEST" \
	-o "$T_TMP/n.gz" >/dev/null 2>&1
"$BIN/slipway-overlay" --unpack "$T_TMP/n.gz" -o "$T_TMP/un"
out=$(cd "$T_TMP/un" && find . ! -type d | sort | tr '\n' ' ')
want="./etc/machine-info ./etc/passwd "
want="$want./usr/lib/python3/__pycache__/gone.pyc ./var/log/nginx.log "
if [ "$out" = "$want" ]; then t_ok; else t_fail "$out"; fi
