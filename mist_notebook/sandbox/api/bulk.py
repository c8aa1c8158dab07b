"""Tags of many machines at once: the one request whose body is a list."""

from __future__ import annotations

from mist_notebook.sandbox.fleet.machine import Machine
from mist_notebook.sandbox.fleet.wishes import check_tags
from mist_notebook.sandbox.ground.params import Params
from mist_notebook.sandbox.ground.refusals import bad_request, not_found

from .handler import ApiHandler


class BulkTagsHandler(ApiHandler):
    """Tags of any machines."""

    def read_params(self) -> Params:
        """Take a list, under a name of ours."""
        wrapped = b'{"changes":' + self.request.body + b"}"
        return Params("", wrapped)

    def post(self) -> None:
        """Add (`+`) and remove (`-`) tags; all of it, or nothing if any of it is wrong."""
        changes = self.params.value("changes")
        if not isinstance(changes, list):
            raise bad_request("the body must be a list")
        with self.state.store.together():
            for change in changes:
                self.state.fleet.machines.tag(*self._changed(change))
        self.answer_ok()

    def _changed(self, change: object) -> tuple[Machine, dict[str, str]]:
        resource = change.get("resource") if isinstance(change, dict) else None
        if not isinstance(change, dict) or not isinstance(resource, dict) or resource.get("type") != "machine":
            raise bad_request("each change needs tags and a resource of type machine")
        machine = self.state.find_machine(resource.get("cloud_id"), str(resource.get("item_id")))
        if machine is None:
            raise not_found("Machine does not exist")
        tags = dict(machine.tags)
        for tag in change.get("tags") or []:
            _apply(tags, tag)
        check_tags(tags.items())
        return machine, tags


def _apply(tags: dict[str, str], change: object) -> None:
    if not isinstance(change, dict) or change.get("op", "+") not in ("+", "-") or not change.get("key"):
        raise bad_request('each tag needs a key, and "+" or "-" as op')
    if change.get("op") == "-":
        tags.pop(str(change["key"]), None)
    else:
        tags[str(change["key"])] = str(change.get("value") or "")
