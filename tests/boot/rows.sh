# SPDX-License-Identifier: MIT
# rows.sh: boots in namespaces as rows of a table. Sourced after lib.sh.
#
# rows_begin		the fixture of tree.sh, or the end
# row ...		starts one; $limit and $initrd may be set for it
# verdicts		waits for all, one case a row, and counts what is left
#
# $TWIN, where it is set, is the twin of /init (tests/twin) to boot instead;
# $ROWS, where it is set, names the rows to boot.
. "$T_ROOT/tests/boot/tree.sh"

requires_root
need mksquashfs squashfs-tools
need cpio cpio
need ip iproute2
need openssl openssl

width=${WIDTH:-6}
rows=$T_TMP/rows
url=slipway.url=http://127.0.0.1:8080
end='ip=none slipway.panic=halt,0'

rows_begin()
{
	mkdir -p "$rows"
	t_begin 'fixture: keys, base, initrd'
	if tree_setup "$T_TMP/fix" >"$T_TMP/out" 2>&1; then
		t_ok
	else
		t_fail "$(tail -n 5 "$T_TMP/out")"
		exit
	fi
}

# row NAME EXPECT [OPTION... --] TREE [CMDLINE]: start one, EXPECT is a code
# or BOOT-OK, with what else must be printed after a '/'
row()
{
	local name=$1 expect=$2 opts=()
	shift 2
	case " ${ROWS:-$name} " in *" $name "*) ;; *) return 0 ;; esac
	while [ "${1#-}" != "$1" ]; do
		[ "$1" != -- ] || { shift && break; }
		opts+=("$1" "$2")
		shift 2
	done
	while [ "$(jobs -rp | wc -l)" -ge "$width" ]; do wait -n; done
	printf '%s\n' "$expect" >"$rows/$name.expect"
	"$T_ROOT/tests/nsboot" "${opts[@]}" --limit "${limit:-60}" \
		${TWIN:+--san "$fix/san"} \
		"${initrd:-$fix/initrd}" "$trees/$1" "$url $end ${2:-}" \
		>"$rows/$name.out" 2>&1 &
}

# What every row must hold besides its own outcome.
broken_law()
{
	local out=$1
	! grep -q 'pwned is there\|TEST-BAD' "$out" ||
		echo "canary or leftovers: $(grep -m1 'TEST-BAD' "$out")"
	! grep -qi 'segfault\|kernel panic\|attempted to kill' "$out" ||
		echo 'PID 1 faulted'
	[ -z "$(grep 'slipway: E-' "$out" | awk 'length > 200')" ] ||
		echo 'a message is longer than 200 characters'
	! grep -q '^NSBOOT SAN \|Sanitizer\|: runtime error: ' "$out" ||
		echo "sanitizer: $(grep -m1 'ERROR\|runtime error' "$out")"
	grep -q '^NSBOOT end=' "$out" || echo 'did not end in its time'
	# verified before mounted, always
	awk '/slipway: .* verified /{ v[$4] = 1 }
		/slipway: .* mount(ed)? layer /{ if (!v[$5]) print "mounted unverified " $5 }' "$out"
}

verdicts()
{
	local f name expect out what more
	wait
	for f in "$rows"/*.expect; do
		name=$(basename "$f" .expect)
		out=$rows/$name.out
		expect=$(cat "$f")
		more=${expect#*/}
		[ "$more" != "$expect" ] || more=
		expect=${expect%%/*}
		t_begin "$name"
		if grep -q '^NSBOOT skip: ' "$out"; then
			t_skip "$(sed -n 's/^NSBOOT skip: //p' "$out")"
			continue
		fi
		what=$(broken_law "$out")
		if [ "$expect" = BOOT-OK ]; then
			grep -q '^BOOT-OK' "$out" || what="$what no BOOT-OK"
		else
			grep -q "slipway: $expect[:-]" "$out" ||
				what="$what no $expect"
			! grep -q '^BOOT-OK' "$out" || what="$what it booted"
		fi
		[ -z "$more" ] || grep -qF -- "$more" "$out" ||
			what="$what; no '$more'"
		if [ -z "$what" ]; then
			t_ok
		else
			t_fail "$what
$(tail -n 15 "$out")"
		fi
	done
	nothing_left
}

# Loop devices over /init's (deleted) layer files, each with its number of use.
our_loops()
{
	local l
	for l in /sys/block/loop*; do
		grep -qs '/layer (deleted)$' "$l/loop/backing_file" &&
			echo "${l##*/} $(cat "$l/diskseq" 2>/dev/null)"
	done | sort
}

# Boots of another script come and go: what stays for ten seconds is left.
nothing_left()
{
	local i loops mounts
	t_begin 'no loop device or mount is left behind'
	loops=$(our_loops)
	for ((i = 0; i < 100; i++)); do
		[ -n "$loops" ] || break
		sleep 0.1
		loops=$(comm -12 <(echo "$loops") <(our_loops))
	done
	mounts=$(grep -F "$T_TMP/" /proc/self/mountinfo)
	if [ -z "$loops$mounts" ]; then
		t_ok
	else
		t_fail "$loops $mounts"
	fi
}

replace() # FILE: a private copy of it
{
	cp "$1" "$1.new" && mv -f "$1.new" "$1"
}

poke() # FILE OFFSET: flip one bit
{
	replace "$1"
	local b
	b=$(od -An -tu1 -j "$2" -N1 "$1")
	# shellcheck disable=SC2059
	printf "\\$(printf '%03o' $((b ^ 1)))" |
		dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

clone() # FROM TO
{
	cp -al "$trees/$1" "$trees/$2"
}

one() # TREE GLOB: the file
{
	# shellcheck disable=SC2086
	echo "$trees/$1"/$2
}
