# SPDX-License-Identifier: MIT
# guest.sh: one virtual machine and its console. Sourced after lib.sh,
# site.sh and servers.sh; $PEERS is what `peers` has printed.
#
# guest_accel		tcg or kvm
# guest_site		the tree in $tree: root.squashfs as it is and as a base;
#			$noise is where it may be flipped unnoticed
# guest_initrd KIND	the file; KIND is slipway (core and one archive), whole
#			(ours with all drivers), live-boot or dracut
# guest_boot KIND MIB LIMIT	seconds in $at_init and $at_real, "" when not
#			reached; memory in $used; in $outcome boots, or how it
#			ended; with $away set the server comes so many seconds
#			after somebody has asked for it

guest_accel()
{
	local cache=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway} known
	known=$cache/kvm-probe-$(cat /proc/sys/kernel/random/boot_id)
	if [ ! -e "$known" ]; then
		echo tcg
		return
	fi
	grep -q yes "$known" && echo kvm || echo tcg
}

# Kernel and modules come from one image, the base that boots is another: the
# peers' image has no kernel in it either.
guest_base() # NAME FILE
{
	mkdir -p "$site/build/bases/$1"
	cp "$2" "$site/build/bases/$1/base.squashfs"
	site_base "$1" "$(cat "$PEERS/version")"
}

guest_site()
{
	local built=$site/build/initrd
	site_new http://10.0.2.2:8080 || return
	guest_base kernel "$PEERS/modules.squashfs"
	"$BIN/slipway" initrd -C "$site" kernel >/dev/null 2>&1 || return
	guest_base real "$PEERS/root.squashfs"
	guest_parts "$built/kernel" || return
	cp -R "$built/kernel" "$built/real"
	site_role real && "$BIN/slipway" publish -C "$site" >/dev/null || return
	cp "$PEERS/root.squashfs" "$tree/root.squashfs"
	# its first bytes are those of AES-CTR of zeroes with that key
	noise=$(openssl enc -aes-128-ctr -K 5e -iv 5e -in /dev/zero \
		2>/dev/null | head -c 1048576 | tail -c 16 | od -An -tx1 |
		tr -d ' \n' | sed 's/../\\x&/g')
	noise=$(LC_ALL=C grep -obUaP "$noise" "$tree/root.squashfs" |
		head -n 1 | cut -d: -f1)
	[ -n "$noise" ]
}

# The core and the archive of a virtio NIC, as iPXE would load them.
guest_parts() # DIR
{
	local name
	name=$(sed -n 's/^011af41000 = //p' "$1/drivers.info")
	[ -n "$name" ] || return
	cp "$1/core.img" "$1/parts.img"
	truncate -s %4 "$1/parts.img"
	cat "$1/drv/$name.img" >>"$1/parts.img"
}

guest_initrd()
{
	case $1 in
	slipway) echo "$site/build/initrd/kernel/parts.img" ;;
	whole) echo "$site/build/initrd/kernel/initrd.img" ;;
	live-boot) echo "$PEERS/live.img" ;;
	dracut) echo "$PEERS/dracut.img" ;;
	esac
}

guest_append()
{
	local http=http://10.0.2.2:8080
	printf 'console=ttyS0 init=/sbin/bench-init '
	case $1 in
	slipway | whole) echo "slipway.url=$http slipway.role=real \
slipway.panic=reboot,1" ;;
	live-boot) echo "boot=live fetch=$http/root.squashfs" ;;
	dracut) echo "root=live:$http/root.squashfs ip=dhcp rd.neednet=1 \
rd.live.overlay.overlayfs=1" ;;
	esac
}

# under TCG without AVX2 and on one processor: see pxe/serve/qemu.c
guest_qemu() # KIND MIB
{
	local cpu=max,-avx2 accel=tcg,thread=single cpus=1
	[ "$ACCEL" != kvm ] || cpu=host accel=kvm cpus=2
	exec qemu-system-x86_64 -nodefaults -no-user-config \
		-machine q35,graphics=off -accel "$accel" -cpu "$cpu" \
		-smp "$cpus" -m "$2" -display none -monitor none \
		-serial stdio -no-reboot -netdev user,id=n0 \
		-device virtio-net-pci,netdev=n0,romfile= \
		-device virtio-rng-pci -kernel "$PEERS/vmlinuz" \
		-initrd "$(guest_initrd "$1")" -append "$(guest_append "$1")" \
		</dev/null 2>&1
}

# Refused connections of this network namespace: only the guest makes any.
guest_refused()
{
	awk '$1 == "Tcp:" { v = $8 } END { print v }' /proc/net/snmp
}

guest_server_back()
{
	[ -n "${away:-}" ] || return 0
	if [ -z "$asked" ]; then
		[ "$(guest_refused)" = "$refused" ] || asked=$EPOCHSECONDS
	elif [ $((EPOCHSECONDS - asked)) -ge "$away" ]; then
		server_start bad 127.0.0.1 8080 "$tree"
		away=
	fi
}

# One line of the console, or the part of one that is there; 0: that was all.
guest_line()
{
	# a console ends its lines with CR LF
	local text=${1//$'\r'/} begun=$2
	case $text in
	*'Run /init as init'*)
		at_init=${at_init:-$(calc "$EPOCHREALTIME - $begun")} ;;
	*BENCH-EXEC*)
		at_real=${at_real:-$(calc "$EPOCHREALTIME - $begun")} ;;
	*BENCH-INIT*noise=good* | *BENCH-INIT*noise=corrupt*)
		at_real=${at_real:-$(calc "$EPOCHREALTIME - $begun")}
		used=${text##*used=} used=${used%% *}
		outcome=boots
		[ "${text##*noise=}" = good ] || outcome='BOOTS CORRUPTED'
		return 0 ;;
	*'slipway: E-'*)
		outcome=${text#*slipway: }
		outcome="refuses, ${outcome%%:*}"
		return 0 ;;
	*'(initramfs)'* | *'maintenance'* | *'dracut:/#'*)
		outcome='a shell'
		return 0 ;;
	*'Kernel panic'*)
		outcome='panics'
		return 0 ;;
	esac
	return 1
}

guest_boot()
{
	local begun=$EPOCHREALTIME end=$((EPOCHSECONDS + $3)) pid line part=''
	local asked='' refused ret
	at_init='' at_real='' used='' outcome='waits for ever'
	refused=$(guest_refused)
	mkfifo "$W/console"
	guest_qemu "$1" "$2" >"$W/console" &
	pid=$!
	exec 3<"$W/console"
	rm "$W/console"
	: >"$W/console.$1"
	while [ "$EPOCHSECONDS" -lt "$end" ]; do
		guest_server_back
		ret=0
		IFS= read -r -t 1 line <&3 || ret=$?
		part=$part$line
		[ $ret != 0 ] || printf '%s\n' "$part" >>"$W/console.$1"
		! guest_line "$part" "$begun" || break
		[ $ret = 0 ] && part='' && continue
		if [ $ret -le 128 ]; then
			outcome='ends'
			break
		fi
	done
	[ $ret = 0 ] || printf '%s\n' "$part" >>"$W/console.$1"
	[ -z "${BENCH_LOGS:-}" ] || cp "$W/console.$1" \
		"$BENCH_LOGS/$1.${EPOCHREALTIME}"
	kill -KILL "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	exec 3<&-
}
