"""What other tools call our commands and options: the words a newcomer types, beside the ones that are meant."""

from __future__ import annotations

from collections.abc import Mapping


def _by_word(table: Mapping[str, str]) -> dict[str, str]:
    return {word: meant for meant, words in table.items() for word in words.split()}


COMMANDS = _by_word(
    {
        "machines": "instances instance vms vm servers server nodes node hosts droplets machine ps computers",
        "images": "image ami amis os templates template distros snapshots isos",
        "sizes": "size flavors flavor flavours plans plan types type shapes instance-types skus",
        "locations": "regions region location zones zone datacenters azs",
        "networks": "network nets vpcs vpc subnets subnet",
        "backends": "clouds cloud accounts account backend whoami",
        "providers": "provider vendors vendor",
        "keys": "key keypairs keypair ssh-keys sshkeys",
        "compare": "price prices pricing cost costs cheapest cheap offers offer find estimate",
        "like": "similar equivalent alternatives match",
        "history": "chart plot trend trends price-history",
        "create": "launch deploy new spawn make run-instances provision up boot-machine add-machine",
        "destroy": "delete del rm terminate kill drop erase purge remove-machine destroy-machine",
        "sweep": "cleanup clean-up clean gc prune leftovers orphans garbage tidy",
        "start": "boot resume poweron power-on unpause",
        "stop": "halt shutdown poweroff power-off pause suspend",
        "reboot": "restart reset-machine bounce",
        "probe": "ping check health test-ssh vitals inspect",
        "connect": "login signin sign-in auth use switch server-url host url",
        "remove": "disconnect forget forget-backend remove-backend delete-backend",
        "run": "exec execute script cmd command bash sh",
        "budget": "limit limits quota quotas spend spending",
        "config": "settings setting configure configuration options env",
        "journal": "log logs events audit",
        "export": "save download csv dump to-csv write",
        "add-key": "addkey keygen generate-key import-key new-key upload-key",
        "remove-key": "removekey delete-key del-key rm-key forget-key revoke-key delete-keypair",
        "associate-key": "attach-key authorize",
        "extend": "renew prolong",
        "form": "wizard ui gui widget",
        "panel": "dashboard cards",
        "explore": "explorer sliders browse",
        "jobs": "tasks queue bg",
        "cancel": "abort",
        "refresh": "update reload sync fetch",
        "help": "man usage commands docs version about",
    }
)
LISTS = frozenset({"list", "ls", "show", "get", "describe", "view", "all", "display", "search"})
HINTS = {
    "ssh": "%mist probe … shows the ssh line to copy; %%mist run … runs the cell there",
    "scp": "%mist probe … shows how to log in; scp takes the same user, host and port",
    "logout": "%mist connect sandbox leaves the server; see %mist connect",
    "quit": "Nothing has to be closed: %unload_ext mist_notebook ends it all",
    "exit": "Nothing has to be closed: %unload_ext mist_notebook ends it all",
    "install": "It is loaded already: see %mist --help",
    "edit": "What can be changed: %mist rename BACKEND NAME, %mist extend MACHINE TIME",
    "resize": "A machine keeps its size: %mist create makes one of another size",
}
_OPTIONS = {
    "--cpus": "cpu vcpu vcpus core cores ncpu ncpus num-cpus processors",
    "--ram": "memory mem ram-gb memory-gb mem-gb rams",
    "--disk": "storage hdd ssd disk-gb disk-size volume",
    "--gpu": "gpus accelerator accelerators gpu-type",
    "--search": "filter find grep query match contains pattern keyword like",
    "--limit": "n head top max-rows rows first max-results count",
    "--sort": "order orderby order-by sort-by sortby sorted",
    "--desc": "reverse descending r",
    "--columns": "cols fields select column",
    "--max-price": "maxprice price budget max-cost price-max cheaper-than",
    "--refresh": "fresh no-cache force-refresh update reload",
    "--output": "out save var into to",
    "--arch": "architecture cpu-arch",
    "--providers": "provider cloud clouds backend backends vendor vendors account",
    "--region": "regions location locations zone zones country datacenter",
    "--size": "flavor flavour type instance-type plan sku machine-type server-type",
    "--image": "ami os template distro image-id source",
    "--location": "region zone az availability-zone datacenter",
    "--key": "ssh-key keypair key-name sshkey key-pair",
    "--name": "title hostname label called",
    "--count": "quantity number num instances",
    "--hours": "ttl expire expires expiration lifetime duration time",
    "--script": "user-data userdata startup-script file",
    "--cloud-init": "cloudinit cloud-config",
    "--dry-run": "dryrun plan-only simulate preview what-if",
    "--no-wait": "nowait async background bg detach",
    "--user": "username login ssh-user as",
    "--port": "ssh-port",
    "--via": "through",
    "--timeout": "time-limit max-time",
    "--snapshot": "as-of date year",
    "--group": "group-by groupby per",
    "--all": "everything any",
    "--mine": "my owned only-mine",
    "--yes": "y force confirm f",
    "--generate": "new create",
    "--from": "file path identity private-key-file",
    "--os": "operating-system system",
}
BACKEND_FLAGS = frozenset({"cloud", "clouds", "backend", "provider", "account"})


def option(word: str, flags: frozenset[str]) -> str | None:
    """The option among `flags` that `word`, without its dashes, is another name of."""
    return next((flag for flag, words in _OPTIONS.items() if flag in flags and word in words.split()), None)
