# SPDX-License-Identifier: MIT
# net.sh: a machine and two mirrors at a switch. Sourced after lib.sh.
#
# net_begin RATE [USEC]	the topic's own namespace is the machine, 10.97.0.1;
#			its line from the switch has RATE of `tc` ("" for none)
#			and takes USEC each way. Mirrors are the namespaces m1
#			and m2, 10.97.0.11 and .12.
# net_slow NAME RATE	what a mirror sends; "" for no bound
# net_loss PERCENT	of the packets that reach the machine
# net_payload BITS	what TCP can carry on a line of so many bits a second,
#			in MB/s: 1448 bytes in a frame that tbf counts as 1514

net_begin()
{
	local n
	# ip names namespaces there; ours are nobody else's
	mkdir -p /run/netns
	mount -t tmpfs -o mode=755 netns /run/netns || return
	ip netns add switch || return
	in=switch in_net ip link add name bench0 type bridge ||
		return
	in=switch in_net ip link set bench0 up
	if [ -n "${2:-}" ]; then
		net_far "$2" || return
	else
		net_port '' 1 eth0
	fi
	for n in 1 2; do
		ip netns add m$n || return
		in=m$n in_net ip link set lo up
		net_port m$n 1$n eth0
		# what most servers have, not what this machine may have:
		# BBR does not mind losses
		in=m$n in_net ip route replace 10.97.0.0/24 dev eth0 \
			src 10.97.0.1$n congctl "${TCP:-cubic}" || return
	done
	[ -z "$1" ] || in=switch in_net \
		tc qdisc add dev p1 root tbf rate "$1" burst 256k latency 20ms
}

# The machine's port is a TAP device, and so is its eth0.
net_far() # USEC
{
	local i
	in=switch in_net_exec "$O/tests/slowlink" p1 x1 "$1" >"$W/slowlink" &
	for ((i = 0; i < 300; i++)); do
		[ ! -s "$W/slowlink" ] || break
		sleep 0.02
	done
	in=switch in_net ip link set p1 master bench0 up || return
	in=switch in_net ip link set x1 netns $$ || return
	ip link set x1 name eth0
	ip addr add 10.97.0.1/24 dev eth0
	ip link set eth0 up
}

net_port() # NAMESPACE NUMBER DEVICE
{
	local in=$1
	ip link add name "p$2" type veth peer name "x$2" || return
	ip link set "p$2" netns switch
	[ -z "$1" ] || ip link set "x$2" netns "$1"
	in_net ip link set "x$2" name "$3"
	in_net ip addr add "10.97.0.$2/24" dev "$3"
	in_net ip link set "$3" up
	in=switch in_net ip link set "p$2" master bench0 up
}

net_slow()
{
	local in=$1
	in_net tc qdisc del dev eth0 root 2>/dev/null || :
	[ -z "$2" ] || in_net tc qdisc add dev eth0 root tbf rate "$2" \
		burst 16k latency 50ms
}

net_loss()
{
	nft -f - <<-END
		table inet bench {
			chain lost {
				type filter hook input priority 0;
				iifname "eth0" numgen random mod 100 < $1 drop
			}
		}
	END
}

net_payload()
{
	calc "$1 / 8e6 * 1448 / 1514"
}
