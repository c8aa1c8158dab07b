"""The containers behind one socket as machines: made of images with SSH, within limits, let in by a public key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import msgspec

from mist_notebook.backends import images, tag_rules
from mist_notebook.backends.base import Adapter
from mist_notebook.backends.needs import Needs
from mist_notebook.backends.parts import start
from mist_notebook.ground.errors import ApiError, BadValueError, MistError, NotFoundError, RefusedError
from mist_notebook.ground.resolver import reference_text
from mist_notebook.ground.text import brief
from mist_notebook.net.http import Http, decode, quote_segment
from mist_notebook.records.model import (
    Account,
    BackendInfo,
    Image,
    Key,
    Listing,
    Location,
    Machine,
    MachineSpec,
    Size,
)

from . import boot, rows

_AT_ONCE = 8
_MOST_LOOKED_AT = 200
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{1,62}")
_NOTHING_SENT = "Nothing was sent."
_UNKNOWN_SSH = (
    "the image doesn't say that it has any: that is looked at before it is started, and it is taken away without"
)
_ACTS = {
    "start": ("POST", "/start"),
    "stop": ("POST", "/stop?t=10"),
    "reboot": ("POST", "/restart?t=10"),
    "destroy": ("DELETE", "?force=1&v=1"),
}


class DockerAdapter(Adapter):
    """One Docker or Podman."""

    kept_here = True
    on_this_computer = True
    sees_new_after_s = 5.0
    billed_when_stopped = False

    def __init__(self, info: BackendInfo, door: Http) -> None:
        self.info = info
        self._door = door

    def account(self) -> Account:
        said = self._info()
        own = None if "BuildahVersion" in said else said.get("ID")  # Podman's is another one each time
        own = own if isinstance(own, str) and own else self.info.server
        return Account(place="docker", id=own, label=str(said.get("Name") or ""), source=self.info.server)

    def needs(self) -> Needs:
        return Needs(location=False, cloud_init=False, script=False, hours=False, said=True)

    def list_images(self, search: str = "", *, everything: bool = False) -> Listing[Image]:
        """Those that are there; nothing is ever pulled. What is written on each is read, of the first 200."""
        del everything
        listed = self._rows("/images/json")
        configs = self._configs([str(row.get("Id")) for row in listed[:_MOST_LOOKED_AT]])
        found = [image for row in listed for image in rows.images(row, configs.get(str(row.get("Id"))))]
        wanted = search.casefold()
        kept = [one for one in found if wanted in f"{one.name}\n{one.mist_id}".casefold()]
        return self._listing(sorted(kept, key=lambda one: not one.starred))

    def find_image(self, reference: Any, architecture: str | None = None) -> Image:
        """An image by its name, with `:latest` left out or not, or its id."""
        listed = self.list_images().records
        text = reference_text(reference, "image")
        if not any(text in (one.id, one.mist_id) for one in listed):
            short = [one for one in listed if rows.is_short_for(text, one.name)]
            reference = short[0].id if len({one.mist_id for one in short}) == 1 else reference
        try:
            return images.picked(reference, listed, architecture)
        except NotFoundError as missing:
            if listed:
                raise
            raise NotFoundError(missing.message, f"{self.info.name} has no image: docker pull one first.") from None

    def import_key(self, name: str, public: str) -> Key:
        """Nothing is kept there: the key goes into each container."""
        return Key(id=name, name=name, public=public)

    def list_sizes(self) -> Listing[Size]:
        said = self._info()
        lacking = [name for name, key in (("memory", "MemoryLimit"), ("CPUs", "CpuCfsQuota")) if said.get(key) is False]
        notes = tuple(f"{self.info.name} can't limit {name} here, so no size of it would hold." for name in lacking)
        return msgspec.structs.replace(self._listing([] if lacking else rows.sizes(said)), notes=notes)

    def list_locations(self) -> Listing[Location]:
        return self._listing([])

    def list_machines(self) -> Listing[Machine]:
        return self._machines("/containers/json?all=true")

    def get_machine(self, machine_id: str) -> Machine | None:
        wanted = msgspec.json.encode({"id": [machine_id]}).decode()
        found = self._machines("/containers/json", {"all": "true", "filters": wanted}).records
        return next((one for one in found if machine_id in (one.id, one.mist_id)), None)

    def fitted(self, spec: MachineSpec) -> MachineSpec:
        """The spec, with what is known of SSH in the image. Raises BadValueError for what a container can't have."""
        name = self.info.name
        if not _NAME.fullmatch(spec.name):
            raise BadValueError(
                f"'{brief(spec.name)}' can't be a container's name.", "Letters, digits, . _ and -, at least two."
            )
        if spec.key is None:
            raise BadValueError(f"{name} wants a key for '{spec.name}': nobody could log in.", "Add --key NAME.")
        for what, given in (("script", spec.script), ("cloud-init", spec.cloud_init)):
            if given:
                raise BadValueError(
                    f"{name} runs no {what} as a container starts.",
                    f"%mist run runs one on a container that is there. {_NOTHING_SENT}",
                )
        start.refuse_hours(name, spec)
        for field in spec.extra.keys() - {tag_rules.WORD}:
            raise BadValueError(f"{name} takes no '{field}' from here.", _NOTHING_SENT)
        known = "the image says that it has it" if spec.image.extra.get("ssh") else _UNKNOWN_SSH
        return msgspec.structs.replace(spec, beside=(("SSH", known), ("reached at", "127.0.0.1, at a port of its own")))

    def submit(self, spec: MachineSpec) -> Machine:
        """Create it, look for SSH in it, put the key in and start it; what can't be started is taken away again."""
        config = self._configs([spec.image.mist_id]).get(spec.image.mist_id, {})
        body = self._body(spec, starts_itself=rows.starts_itself(config))
        path = f"/containers/create?name={quote_segment(spec.name)}"
        answer = decode(self._door.create("POST", path, json=body), dict[str, Any], where=path)
        own_id = answer.get("Id")
        if not isinstance(own_id, str) or not own_id:
            raise ApiError(f"{self.info.name} answered a create without the container's id.", "It may have been made.")
        try:
            self._check_ssh(own_id, spec)
            public = spec.key.public if spec.key else ""
            self._door.send("PUT", f"/containers/{own_id}/archive?path=/root", json=boot.login_folder(public or ""))
            self._door.send("POST", f"/containers/{own_id}/start")
        except MistError as error:
            raise self._taken_away(own_id, spec, error) from None
        return Machine(id=own_id[:12], mist_id=own_id, name=spec.name, state="pending", size_id=spec.size.id)

    def act(self, machine: Machine, action: str) -> None:
        method, rest = _ACTS[action]
        try:
            self._door.send(method, f"/containers/{quote_segment(machine.mist_id or machine.id)}{rest}")
        except ApiError as error:
            if error.status != 304:  # it is so already
                raise

    def close(self) -> None:
        self._door.close()

    def _body(self, spec: MachineSpec, *, starts_itself: bool) -> Mapping[str, Any]:
        own = {} if starts_itself else {"Entrypoint": boot.COMMAND[:2], "Cmd": boot.COMMAND[2:], "User": "0"}
        return {
            "Image": spec.image.mist_id,
            "Hostname": re.sub(r"[^A-Za-z0-9-]", "-", spec.name)[:63].strip("-"),
            "Labels": {**tag_rules.of(spec), rows.SIZE_LABEL: spec.size.id},
            "ExposedPorts": {rows.SSH_PORT: {}},
            "HostConfig": {
                **rows.limits(spec.size),
                "PortBindings": {rows.SSH_PORT: [{"HostIp": "127.0.0.1", "HostPort": ""}]},
                "RestartPolicy": {"Name": "no"},
            },
            **own,
        }

    def _check_ssh(self, own_id: str, spec: MachineSpec) -> None:
        """Whether there is an SSH server in it, which can be seen before it is started."""
        for path in boot.SSHD:
            try:
                self._door.get(f"/containers/{own_id}/archive", params={"path": path})
                return
            except ApiError as error:
                if error.status != 404:
                    raise
        raise BadValueError(
            f"'{spec.image.name}' has no SSH server, so nobody could log in.",
            "Take an image with openssh-server or dropbear; %mist images stars those that say so.",
        )

    def _taken_away(self, own_id: str, spec: MachineSpec, why: MistError) -> MistError:
        """The error of a container that was made and is no machine: nothing is left of it, or it is said that it is."""
        try:
            self._door.send("DELETE", f"/containers/{own_id}?force=1&v=1")
        except MistError as error:
            return ApiError(
                f"'{spec.name}' was made ({own_id[:12]}), not started: {why.message}",
                f"It could not be taken away again ({error.message}): docker rm -f {own_id[:12]}",
            )
        return RefusedError(why.message, why.hint or "Nothing was made.")

    def _machines(self, path: str, params: Mapping[str, str] | None = None) -> Listing[Machine]:
        listed = self._rows(path, params)
        found = [one for row in listed if (one := rows.machine(row)) is not None]
        lost = len(listed) - len(found)
        notes = (f"{self.info.name}: {lost} of its containers can't be read.",) if lost else ()
        return msgspec.structs.replace(self._listing(found), notes=notes)

    def _info(self) -> dict[str, Any]:
        said = decode(self._door.get("/info"), dict[str, Any], where="/info")
        if "NCPU" not in said:
            raise ApiError(f"{self.info.server} doesn't answer as Docker does.", "Is that its socket?")
        return said

    def _rows(self, path: str, params: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        listed = decode(self._door.get(path, params=params), list[Any], where=path)
        return [row for row in listed if isinstance(row, dict)]

    def _configs(self, ids: list[str]) -> dict[str, dict[str, Any]]:
        """What is written on these images, and how each was built; one that went meanwhile is left out."""

        def config(own_id: str) -> dict[str, Any]:
            path = f"/images/{quote_segment(own_id)}"
            try:
                said = decode(self._door.get(f"{path}/json"), dict[str, Any], where=path)
                return {**said, rows.HISTORY: decode(self._door.get(f"{path}/history"), list[Any], where=path)}
            except ApiError:
                return {}

        with ThreadPoolExecutor(_AT_ONCE, "mist-docker") as pool:
            return dict(zip(ids, pool.map(config, ids), strict=True))

    def _listing(self, records: list[Any]) -> Listing[Any]:
        return Listing(backend=self.info, records=records, fetched_at=datetime.now(UTC))
