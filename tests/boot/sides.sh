# SPDX-License-Identifier: MIT
# sides.sh: networks for nsboot --side, each a function that runs in the other
# end's namespace, where the links are side0, side1 ...; it makes
# $work/side.ready and does not return before the boot is over. What it writes
# to $work/net.* is printed after the boot.

# badhttpd on all of IPv4, and on IPv6 through socat
side_http() # [OPTION...]
{
	serve 0.0.0.0 8080 "$tree" "${rules[@]}" "$@" || exit 1
	[ -z "${six:-}" ] || socat "TCP6-LISTEN:8080,fork,ipv6only" \
		TCP:127.0.0.1:8080 2>/dev/null &
}

side_up() # LINK [ADDRESS/PREFIX...]
{
	local link=$1
	shift
	# a router is there before its machines
	sysctl -qw "net.ipv6.conf.$link.accept_dad=0"
	ip link set lo up
	ip link set "$link" up
	while [ $# -gt 0 ]; do
		case $1 in
		*:*) ip addr add "$1" dev "$link" nodad ;;
		*) ip addr add "$1" dev "$link" ;;
		esac
		shift
	done
}

side_ready()
{
	: >"$work/side.ready"
}

side_dnsmasq() # LINK OPTION...: in the background
{
	local link=$1
	shift
	dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 \
		--interface="$link" --bind-interfaces --no-ping --user=root \
		--log-dhcp --dhcp-leasefile="$work/leases.$link" \
		--pid-file="$work/dnsmasq.$link.pid" \
		--log-facility="$work/net.$link" "$@" &
	until grep -q 'DHCP, IP range\|DHCPv6\|router adv' "$work/net.$link" \
		2>/dev/null; do
		kill -0 $! || exit 1
		sleep 0.01
	done
}

v4range=--dhcp-range=10.98.0.10,10.98.0.20,255.255.255.0,600
v4router=--dhcp-option=option:router,10.98.0.1

# baddhcpd OPTION...: in the background, on side0
side_bad()
{
	"$O/tests/baddhcpd" --if side0 --log "$work/net.bad" "$@" &
	until [ -e "$work/net.bad" ]; do
		kill -0 $! || exit 1
		sleep 0.01
	done
}

# --- IPv4

side_scripted() # baddhcpd's options
{
	side_up side0 10.98.0.1/24
	side_http
	side_bad "$@"
	side_ready
	wait
}

# the server comes to life so many seconds after the link
side_late()
{
	side_up side0 10.98.0.1/24
	side_http
	side_ready
	sleep "$1"
	side_dnsmasq side0 $v4range $v4router
	echo "server begins at $(cut -d' ' -f1 /proc/uptime)" >"$work/net.1"
	wait
}

# carrier comes so many seconds after everything else
side_dark()
{
	ip link set lo up
	ip addr add 10.98.0.1/24 dev side0
	side_http
	side_dnsmasq side0 $v4range $v4router
	side_ready
	sleep "$1"
	echo "link begins at $(cut -d' ' -f1 /proc/uptime)" >"$work/net.1"
	ip link set side0 up
	wait
}

# a switch port with spanning tree: so many hundredths of a second each of
# listening and learning
side_stp()
{
	ip link add br0 type bridge stp_state 1 forward_delay "$1"
	ip link set side0 master br0
	side_up br0 10.98.0.1/24
	side_http
	side_dnsmasq br0 $v4range $v4router
	ip link set side0 up
	echo "link begins at $(cut -d' ' -f1 /proc/uptime)" >"$work/net.0"
	side_ready
	until ip -d link show side0 | grep -q 'state forwarding'; do
		sleep 0.05
	done
	echo "port opens at $(cut -d' ' -f1 /proc/uptime)" >>"$work/net.0"
	wait
}

# sixteen ports with link, a server behind one of them
side_sixteen()
{
	local i
	side_up side11 10.98.0.1/24
	side_http
	side_dnsmasq side11 $v4range $v4router
	for ((i = 0; i < links; i++)); do ip link set "side$i" up; done
	echo "link begins at $(cut -d' ' -f1 /proc/uptime)" >"$work/net.0"
	side_ready
	wait
}

# two networks; only that of side1 has a router
side_two()
{
	side_up side0 10.97.0.1/24
	side_up side1 10.98.0.1/24
	side_http
	side_dnsmasq side0 --dhcp-range=10.97.0.10,10.97.0.20,600 \
		--dhcp-option=option:router
	side_dnsmasq side1 $v4range $v4router
	side_ready
	wait
}

# two networks that are as good as each other
side_twins()
{
	side_up side0 10.97.0.1/24
	side_up side1 10.98.0.1/24
	side_http
	side_dnsmasq side0 --dhcp-range=10.97.0.10,10.97.0.20,600 \
		--dhcp-option=option:dns-server,10.97.0.1
	side_dnsmasq side1 $v4range $v4router \
		--dhcp-option=option:dns-server,10.98.0.1
	side_ready
	wait
}

# so many of a hundred packets are lost, in both directions
side_loss()
{
	side_up side0 10.98.0.1/24
	nft -f - <<-END
		table inet lossy {
			chain in { type filter hook input priority 0
				iifname side0 numgen random mod 100 < $1 drop; }
			chain out { type filter hook output priority 0
				oifname side0 numgen random mod 100 < $1 drop; }
		}
	END
	side_http
	side_dnsmasq side0 $v4range $v4router
	side_ready
	wait
}

# the link goes away and comes back, so many times, a second each
side_flaps()
{
	local i
	side_up side0 10.98.0.1/24
	side_http
	side_dnsmasq side0 $v4range $v4router
	side_ready
	until grep -q layers "$work/log.8080" 2>/dev/null; do sleep 0.05; done
	for ((i = 0; i < $1; i++)); do
		ip link set side0 down
		sleep 1
		ip link set side0 up
		sleep 1
	done
	echo "flaps done" >"$work/net.0"
	wait
}

# no server: only the router, and what it hears
side_router() # LINK
{
	side_up "$1" 10.98.0.1/24
	# this host would answer for all its addresses on any link
	sysctl -qw net.ipv4.conf.all.arp_ignore=1
	[ "$1" = side0 ] || side_up side0
	side_http
	side_ready
	wait
}

# dnsmasq knows the lease that iPXE had
side_handed()
{
	side_up side0 10.98.0.1/24
	side_http
	echo "$(($(date +%s) + 600)) 02:00:00:00:00:00 10.98.0.15 *" \
		01:02:00:00:00:00:00 >"$work/leases.side0"
	side_dnsmasq side0 $v4range $v4router
	side_ready
	wait
}

# large packets vanish on the way to the machine, without a word
side_blackhole()
{
	side_up side0 10.98.0.1/24
	nft -f - <<-END
		table inet hole {
			chain out { type filter hook output priority 0
				oifname side0 meta length > $1 drop; }
		}
	END
	sysctl -qw net.ipv4.tcp_mtu_probing=0 2>/dev/null
	ethtool -K side0 gso off tso off >/dev/null 2>&1
	side_http
	side_dnsmasq side0 $v4range $v4router
	side_ready
	wait
}

# --- IPv6 alone

side_six() # dnsmasq's --dhcp-range
{
	local six=y
	side_up side0 fd98::1/64
	side_http
	side_dnsmasq side0 --enable-ra "--dhcp-range=$1" \
		'--dhcp-option=option6:dns-server,[fd98::53]' \
		'--dhcp-option=option6:domain-search,fleet.example'
	side_ready
	wait
}

# both families, and a DHCPv4 server that is slow
side_both()
{
	local six=y
	side_up side0 10.98.0.1/24 fd98::1/64
	side_http
	side_dnsmasq side0 --enable-ra --dhcp-range=fd98::,ra-only \
		$v4range $v4router
	side_ready
	wait
}
