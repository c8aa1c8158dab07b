"""What the old clients' objects had and ours haven't: asked for, it says why, and what to write instead."""

from __future__ import annotations

from typing import NoReturn

from mist_notebook.ground.errors import MistUsageError

_MONITORING = "Mist's monitoring is another service, which a plain server doesn't have; machine.probe() looks over SSH."
_SCRIPTS = "A cell that begins with %%mist run NAME runs as a script there, over SSH."
_NETWORKS = "Networks are listed only: backend.networks"
_LEFT_OUT = {
    "MistClient": {
        "uri": "The server's address is client.settings.url",
        "api_token": "The token is kept unseen; client.settings says where it came from: %mist config",
        "email": "Who the server says you are: client.user_info",
        "password": "There is none: servers give tokens instead.",
        **dict.fromkeys(("scripts", "add_script", "run_script", "templates", "stacks", "tunnels"), _SCRIPTS),
        **dict.fromkeys(("update_scripts", "update_templates", "update_stacks", "update_tunnels"), _SCRIPTS),
    },
    "Backend": {
        **dict.fromkeys(("create_network", "delete_network", "update_networks"), _NETWORKS),
        "add_metric": _MONITORING,
    },
    "Machine": {
        "probed": "Ask machine.probe().outcome",
        "del_tag": "It is machine.remove_tag(key)",
        **dict.fromkeys(
            (
                *("enable_monitoring", "disable_monitoring", "get_stats", "available_metrics"),
                *("add_metric", "add_custom_metric", "remove_metric", "add_python_plugin"),
            ),
            _MONITORING,
        ),
        "tag": "It is machine.add_tag(key, value)",
    },
    "Key": {"private": "A private half is never fetched from a server; yours are files: client.local_keys"},
}


class LeftOutError(MistUsageError, AttributeError):
    """An old name that isn't here; an AttributeError too, so that `hasattr` says so."""


class LeftOut:
    """An object that knows what its forebears had."""

    def __getattr__(self, name: str) -> NoReturn:
        what = type(self).__name__
        instead = _LEFT_OUT.get(what, {}).get(name)
        if instead is None:
            raise AttributeError(f"'{what}' object has no attribute '{name}'", name=name, obj=self)
        raise LeftOutError(f"{what} has no {name} here, as the old client's had.", instead)
