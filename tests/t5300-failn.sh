#!/bin/bash
# SPDX-License-Identifier: MIT
# t5300-failn: boots by the twin of /init, again and again, each time with
# another one of their calls failing. Whatever fails, a good boot ends well or
# with one documented code, and ends well when the call was only interrupted or
# short; a boot that must be refused is refused, whatever fails. LONG=1 fails
# every call of the good boot, and of more bad ones; else it is one from each
# place in the source, the one that SEED says.
TWIN=${O:=$(cd "$(dirname "$0")/.." && pwd)/build}/san/tests/twin/twin
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/rows.sh"

SEED=${SEED:-1}
fail=$T_TMP/fail

# boot OUT WHICH TURN KIND PLACE; OUT.plan is the file that /init counts in,
# $how more for nsboot
how=()
boot()
{
	local out=$1 tree=good initrd=$fix/initrd line="$url $end" opts=()
	case $2 in
	static) ;;
	dhcp)
		opts=(--dhcp '')
		line='slipway.url=http://10.98.0.1:8080 ip=eth0:dhcp'
		line="$line slipway.panic=halt,0" ;;
	initrd-*) initrd=$fix/$2 ;;
	*) tree=$2 ;;
	esac
	printf '%s %s %s' "$3" "$4" "$5" >"$out.plan"
	truncate -s 1M "$out.plan"
	"$T_ROOT/tests/nsboot" "${opts[@]}" "${how[@]}" --limit 60 --san "$fix/san" \
		--fail "$out.plan" "$initrd" "$trees/$tree" "$line" \
		>"$out" 2>&1
}

# What is left of broken_law when the line about WHAT may not be there: one
# that was not written says nothing about its order, and a boot does not fail
# for what it leaves to read in /run/slipway.
law()
{
	sed '/TEST-BAD no \(cmdline\|report.json\|manifest\|root.der\)$/d' "$1" >"$1.less"
	broken_law "$1.less" | case $2 in
	*' write '*) grep -v '^mounted unverified' ;;
	*) cat ;;
	esac
}

# Prints what is wrong with boot OUT of WHICH, of which WHAT failed.
judge()
{
	local out=$1 which=$2 what=$3 good bad code
	law "$out" "$what"
	# halted by itself, or rebooted where the command line was not read
	grep -q '^NSBOOT end=1\(30\|29\) ' "$out" || grep '^NSBOOT end' "$out"
	good=$(grep -c '^BOOT-OK\|^TEST-FAILED' "$out")
	bad=$(grep -c 'slipway: E-' "$out")
	# the line itself may be what could not be written
	case "$good$bad $what" in
	'00 E'*' write '*', pid 1'*) return ;;
	esac
	[ $((good + bad)) = 1 ] || echo "$good good ends, $bad bad ones"
	if [ "$good" != 0 ]; then
		may_boot "$which" || echo 'it booted'
		grep '^FACT ' "$out" | cmp -s - "$fail/facts" ||
			echo 'booted into something else'
		return
	fi
	code=$(sed -n 's/.*slipway: \(E-[A-Z]*\).*; next: .*/\1/p' "$out")
	grep -q "\"$code\"" "$T_ROOT/initrd/fetch/code.h" ||
		echo "code '$code'"
	case $what in EINTR* | SHORT*)
		! may_boot "$which" || echo 'no good end' ;;
	esac
}

may_boot()
{
	[ "$1" = static ] || [ "$1" = dhcp ]
}

inject() # WHICH N TURN KIND PLACE
{
	local out=$fail/$1-$2-$4 what wrong
	boot "$out" "$1" "$3" "$4" "$5"
	what=$(head -c 256 "$out.plan" | tail -c 192 | tr -d '\0')
	if [ -z "$what" ]; then
		echo "$*" >>"$fail/idle"
	else
		echo "$*: $what" >>"$fail/done"
	fi
	wrong=$(judge "$out" "$1" "$what" | tr '\n' ';')
	[ -z "$wrong" ] || {
		echo "$*: $what: $wrong"
		addr2line -se "$TWIN" "0x$(echo "$what" |
			sed 's/.* at \([0-9a-f]*\),.*/\1/')"
		tail -n 3 "$out"
	} >>"$fail/open"
	rm "$out" "$out.less" "$out.plan"
}

# All, or of the calls from one place the one whose turn it is by SEED.
choose()
{
	if [ -n "${LONG:-}" ]; then
		awk '$5 != "libcrypto" || $2 == 1 { print; next }
			{ last[$4] = $0 }
			END { for (k in last) print last[k] }' | sort -n
		return
	fi
	awk -v seed="$SEED" '$5 == "libcrypto" && !($4 in ways) {
		ways[$4] = nways++
	}
	$5 == "libcrypto" && (ways[$4] - seed) % 32 { next }
	{
		k = $3 " " $4
		at[k, n[k]++] = $0
	}
	END { for (k in n) print at[k, seed % n[k]] }' | sort -n
}

sweep() # WHICH
{
	local n turn kind place
	while read -r n turn kind place _; do
		while [ "$(jobs -rp | wc -l)" -ge "$width" ]; do wait -n; done
		inject "$1" "$n" "$turn" "$kind" "$place" &
	done
	wait
}

trace() # WHICH: all that can fail of it
{
	boot "$fail/$1" "$1" 0 EIO 0
	"${TWIN%twin}failplan" "$fail/$1.plan" >"$fail/$1.all"
}

refused() # WHICH CODE
{
	trace "$1"
	t_begin "$1 is refused"
	if grep -q "slipway: $2:" "$fail/$1" && [ -s "$fail/$1.all" ]; then
		t_ok
		LONG='' choose <"$fail/$1.all" | sweep "$1"
	else
		t_fail "$(cat "$fail/$1")"
	fi
}

# of the longer boot only what the other one has not
only_dhcp()
{
	awk 'NR == FNR { seen[$4] = 1; next } !($4 in seen)' \
		"$fail/static.all" "$fail/dhcp.all"
}

rows_begin
tree good
mkdir "$fail"
touch "$fail/open" "$fail/done" "$fail/idle"
t_begin 'two good boots are traced, without and with DHCP'
trace static
trace dhcp
grep '^FACT ' "$fail/static" >"$fail/facts"
if [ -s "$fail/static.all" ] && [ -s "$fail/dhcp.all" ]; then
	t_ok "$(tail -qn 1 "$fail/static.all" "$fail/dhcp.all" |
		cut -d' ' -f1 | paste -sd' ') calls"
else
	t_fail "$(cat "$fail/static" "$fail/dhcp")"
	exit
fi
choose <"$fail/static.all" | sweep static
only_dhcp | choose | sweep dhcp

# a server that stalls would be waited for
t_begin 'no room for the base is told before the base is there'
how=(--rule '*.squashfs stall=0')
boot "$fail/room" static 1 ENOSPC \
	"$(awk '$5 == "fallocate" { print $4; exit }' "$fail/static.all")"
how=()
if grep -q 'slipway: E-SPACE: .* no room for' "$fail/room" &&
	! grep -q 'retry: E-STALL' "$fail/room"; then
	t_ok
else
	t_fail "$(tail -n 5 "$fail/room")"
fi

# a file that must not be there, in a folder of its own
extra=$fix/initrd-extra
cp -a "$fix/initrd" "$extra" && mkdir "$extra/slipway/x" &&
	echo x >"$extra/slipway/x/extra"
refused initrd-extra E-INITRD
if [ -n "${LONG:-}" ]; then
	clone good sig-flip && poke "$trees/sig-flip/manifest.cms" 200
	refused sig-flip E-SIG
	tree wrong-key key="$fix/stranger/keys"
	refused wrong-key E-SIG
	tree epoch0 sed='s/^epoch 1/epoch 0/'
	refused epoch0 E-FLOOR
	clone good base-flip &&
		poke "$(one base-flip 'layers/*.squashfs')" 1000000
	refused base-flip E-HASH
	tree evil-link web=through-link
	refused evil-link E-CPIO
	tree evil-setid web=setid
	refused evil-setid E-GRANT
fi

t_begin "$(grep -c '^[a-z0-9-]* [0-9]* [0-9]* ' "$fail/open") open failures in $(wc -l \
	<"$fail/done") injected"
if [ -s "$fail/open" ]; then
	t_fail "SEED=$SEED
$(head -n 100 "$fail/open")"
elif [ ! -s "$fail/done" ]; then
	t_fail 'nothing was injected'
else
	t_ok "SEED=$SEED, $(wc -l <"$fail/idle") not met"
fi
[ -z "${LONG:-}" ] || sort -V "$fail/done" | sed 's/^/# /'
nothing_left
