# SPDX-License-Identifier: MIT
# tree.sh: publish trees for boots in namespaces, signed by the openssl
# command so that the signer is not the code under test. Sourced.
#
# tree_setup DIR	keys, base and initrd, once
# tree NAME [K=V...]	a tree in $trees/NAME; prints nothing. Keys:
#	web=CASE	evilcpio case of the first overlay (default good)
#	second=CASE	of the second, "" for none (default second)
#	unpacked=N inodes=N	what the manifest declares of the first
#	grants=LIST	of role web
#	sed=SCRIPT	edits the manifest before it is signed
#	key=KEYS	folder that holds leaf.key, leaf.crt (default the site's)
# trees are hard links where they can be: change a file by replacing it.

tree_setup()
{
	fix=$1
	trees=$fix/trees
	mkdir -p "$trees" "$fix/overlays" || return
	"$BIN/slipway" new --name rows --url http://127.0.0.1:8080 \
		"$fix/site" >/dev/null || return
	"$BIN/slipway" new --name rows --url http://127.0.0.1:8080 \
		"$fix/stranger" >/dev/null || return
	# no row but those about reports sends any
	sed -i '/^report /d' "$fix/site/site.conf"
	tree_base || return
	tree_initrd
}

tree_base()
{
	local r=$fix/root
	mkdir -p "$r"/{proc,sys,dev,run,tmp,etc,sbin,opq,boot,lib/modules/0.0-test}
	cp "$O/tests/boot/testinit" "$r/sbin/init"
	echo base >"$r/etc/base-file"
	echo gone >"$r/etc/deleted"
	echo old >"$r/opq/old"
	# so that a flip, a cut or a wrong chunk has somewhere to be
	openssl enc -aes-128-ctr -K 00 -iv 00 -in /dev/zero 2>/dev/null |
		head -c 3000000 >"$r/etc/noise"
	echo kernel >"$r/boot/vmlinuz-0.0-test"
	: >"$r/lib/modules/0.0-test/modules.dep"
	: >"$r/lib/modules/0.0-test/modules.alias"
	tree_squash "$r" "$fix/base.squashfs"
	cp -a "$r" "$fix/root-noinit" && rm "$fix/root-noinit/sbin/init"
	tree_squash "$fix/root-noinit" "$fix/noinit.squashfs"
	base=$(sha256sum <"$fix/base.squashfs" | cut -d' ' -f1)
}

tree_squash()
{
	mksquashfs "$1" "$2" -all-root -noappend -no-progress -comp zstd \
		-all-time 1700000000 -mkfs-time 1700000000 >/dev/null
}

# The shipped initrd, packed by the packer, unpacked by cpio.
tree_initrd()
{
	local b=$fix/site/build/bases/tiny
	mkdir -p "$b" "$fix/site/bases/tiny" "$fix/initrd"
	cp "$fix/base.squashfs" "$b/base.squashfs"
	printf '[base]\nsuite = none\n' >"$fix/site/bases/tiny/base.conf"
	cat >"$b/base.info" <<-EOF
		[base]
		name = tiny
		digest = $base
		size = $(stat -c %s "$b/base.squashfs")
		kernel = 0.0-test
		vmlinuz = boot/vmlinuz-0.0-test
	EOF
	[ -z "${TWIN:-}" ] || tree_san "$TWIN" "$fix/san" || return
	"$BIN/slipway" initrd -C "$fix/site" --no-modules \
		${TWIN:+--init "$TWIN"} tiny >/dev/null &&
		zstd -dcq "$fix/site/build/initrd/tiny/initrd.img" |
		(cd "$fix/initrd" && cpio -idm --quiet)
}

# What a program with sanitizers needs beside itself: nsboot's --san DIR.
tree_san() # PROGRAM DIR
{
	mkdir -p "$2/log" || return
	# those that the loader names by a path; the vDSO has none
	ldd "$1" | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p' |
		xargs -r cp -Lt "$2" || return
	cp -L "$(readelf -lW /bin/sh |
		sed -n 's/.*interpreter: \(.*\)]/\1/p')" "$2/ld.so"
}

# layer FILE SUFFIX TREE: put it and its index in place; sets l_sha l_size
# l_index l_isize
layer()
{
	l_sha=$(sha256sum <"$1" | cut -d' ' -f1)
	l_size=$(stat -c %s "$1")
	mkdir -p "$3/layers"
	ln -f "$1" "$3/layers/$l_sha.$2"
	"$O/tests/boot/mkindex" "$1" "$3/layers/$l_sha.index"
	l_index=$(sha256sum <"$3/layers/$l_sha.index" | cut -d' ' -f1)
	l_isize=$(stat -c %s "$3/layers/$l_sha.index")
}

overlay_of() # CASE: its file, made once
{
	local f=$fix/overlays/$1
	[ -e "$f" ] || "$O/tests/boot/evilcpio" "$1" "$base" >"$f"
	echo "$f"
}

tree()
{
	local web=good second=second unpacked=2097152 inodes=64 grants='' \
		sed='' key=$fix/site/keys basefile=$fix/base.squashfs \
		dir=$trees/$1 text names
	shift
	[ $# = 0 ] || local "$@"
	mkdir -p "$dir"
	text=$dir/manifest
	layer "$basefile" squashfs "$dir"
	base_line="layer base $l_sha size=$l_size index=$l_index index-size=$l_isize name=tiny"
	base_sha=$l_sha
	layer "$(overlay_of "$web")" cpio.gz "$dir"
	names=$l_sha
	web_line="layer overlay $l_sha size=$l_size index=$l_index index-size=$l_isize name=web unpacked=$unpacked inodes=$inodes base=$base_sha"
	second_line=''
	if [ -n "$second" ]; then
		layer "$(overlay_of "$second")" cpio.gz "$dir"
		names=$names,$l_sha
		second_line="layer overlay $l_sha size=$l_size index=$l_index index-size=$l_isize name=second unpacked=1048576 inodes=64 base=$base_sha"
	fi
	cat >"$text" <<-EOF
		slipway-manifest 1
		site rows
		epoch 1
		serial 7
		created 1700000000
		expires 0
		min-init 1
		floor 1
		$base_line
		$web_line
		${second_line:-#}
		role web base=$base_sha overlays=$names${grants:+ grants=$grants}
		role bare base=$base_sha
		machine mac=52:54:00:* role=bare
		default web
	EOF
	sed -i "/^#$/d${sed:+;$sed}" "$text"
	sign_tree "$dir" "$key"
}

sign_tree() # DIR KEYS [OPENSSL-OPTION...]
{
	local dir=$1 key=$2
	shift 2
	openssl cms -sign -binary -nodetach -noattr -outform DER \
		-signer "$key/leaf.crt" -inkey "$key/leaf.key" "$@" \
		-in "$dir/manifest" -out "$dir/manifest.cms"
}
