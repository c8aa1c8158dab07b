#!/bin/sh
# What a tiny machine does as it boots: modules, network, the seed that its cloud has put in, SSH, user data.
PATH=/bin:/sbin:/usr/bin:/usr/sbin
export PATH
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
for module in rng-core failover net_failover virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci \
  virtio_net virtio-rng; do
  [ -f /lib/modules/$module.ko ] && insmod /lib/modules/$module.ko
done
looks=0
while [ ! -d /sys/class/net/eth0 ] && [ $looks -lt 100 ]; do sleep 0.1; looks=$((looks + 1)); done
ip link set lo up
ip addr add 10.0.2.15/24 dev eth0
ip link set eth0 up
ip route add default via 10.0.2.2
hostname "$(cat /seed/hostname)"
mkdir -p /home/admin/.ssh
cp /seed/authorized_keys /home/admin/.ssh/
chmod 755 /home /home/admin
chmod 700 /home/admin/.ssh
chown -R 1000:1000 /home/admin
cp /seed/host_key /etc/dropbear/dropbear_ed25519_host_key
cat > /sbin/shutdown <<'END'
#!/bin/sh
# shutdown -P +MINUTES; how long a minute is here the machine was told as it started
case "$2" in +*) minutes=${2#+} ;; *) minutes=0 ;; esac
(sleep "$(awk "BEGIN { print $minutes * ${MINUTE_S:-60} }")"; poweroff -f) > /dev/null 2>&1 &
END
chmod +x /sbin/shutdown
for part in /seed/hook-* /seed/script-*; do
  [ -f "$part" ] && chmod +x "$part" && (cd / && "$part" > "/var/log/${part##*/}.log" 2>&1 &)
done
dropbear -E -s -j -k -p 22 2> /dev/console
echo "READY $(cut -d' ' -f1 /proc/uptime)" > /dev/console
exec /bin/busybox init
