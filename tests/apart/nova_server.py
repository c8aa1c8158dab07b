"""A real nova (API, conductor, scheduler, compute with its fake driver) and placement, in one process over HTTP.

From nova's own functional fixtures, as they are on PyPI; glance and neutron are what those fixtures have, and keystone
is the few lines here. Run by `make openstack` in an environment of its own: nova_server.py PORT PASSWORD
"""

from __future__ import annotations

import copy
import json
import os
import sys
import unittest
import uuid
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, make_server

os.environ["OS_NOVA_DISABLE_EVENTLET_PATCHING"] = "true"
os.environ["OS_TEST_TIMEOUT"] = "0"

from nova.tests.functional import integrated_helpers

nova_fixtures = import_module("nova.tests.fixtures.nova")

PORT, PASSWORD = int(sys.argv[1]), sys.argv[2]
URL = f"http://127.0.0.1:{PORT}"
PATHS = {"identity": "/identity/v3", "compute": "/compute/v2.1", "image": "/image", "network": "/network"}
PHRASES = {200: "OK", 201: "Created", 300: "Multiple Choices", 401: "Unauthorized", 404: "Not Found"}
OPEN = ("/compute", "/compute/v2.1", "/image", "/network")
Start = Callable[[str, list[tuple[str, str]]], Any]
Answer = tuple[int, Any, list[tuple[str, str]]]


@contextmanager
def _one_cell(self: Any, context: Any, cell_mapping: Any) -> Iterator[Any]:
    """The one real cell: its database is the default one, so that nothing that all threads share is switched."""
    with self._real_target_cell(context, cell_mapping) as cell:
        yield cell


nova_fixtures.CellDatabases._wrap_target_cell = _one_cell


class Serve(integrated_helpers._IntegratedTestBase):
    """What the fixtures set up, served until the process is ended."""

    CAST_AS_CALL = False

    def setUp(self) -> None:
        super().setUp()
        self.flags(instances=2, group="quota")

    def test_serve(self) -> None:
        warnings.resetwarnings()
        warnings.simplefilter("ignore")
        self.nova, self.tokens = self.api_fixture.app(), set[str]()
        server = make_server("127.0.0.1", PORT, self.application, handler_class=Quiet)
        print("SERVING", PORT, flush=True)
        server.serve_forever()

    def application(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith("/compute") and self.is_known(environ, path):
            environ |= {"SCRIPT_NAME": "/compute", "PATH_INFO": path.removeprefix("/compute") or "/"}
            environ |= {"HTTP_X_AUTH_USER": "fake", "HTTP_X_ROLES": "reader,member"}
            environ["HTTP_X_AUTH_PROJECT_ID"] = nova_fixtures.PROJECT_ID
            return self.nova(environ, start)  # type: ignore[no-any-return]
        status, said, headers = self.answer(environ, path)
        body = json.dumps(said, default=str).encode()
        start(
            f"{status} {PHRASES[status]}",
            [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers],
        )
        return [body]

    def is_known(self, environ: dict[str, Any], path: str) -> bool:
        return environ.get("HTTP_X_AUTH_TOKEN") in self.tokens or path.rstrip("/") in OPEN

    def answer(self, environ: dict[str, Any], path: str) -> Answer:
        if path.startswith("/identity"):
            return self.identity(environ, path.removeprefix("/identity").rstrip("/"))
        if not self.is_known(environ, path):
            return 401, {"error": {"code": 401, "message": "The request you have made requires authentication."}}, []
        query = {name: values[0] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
        if path.startswith("/image"):
            return self.images(path.removeprefix("/image/v2").rstrip("/"), query)
        return self.network(path.removeprefix("/network/v2.0").strip("/"), query)

    def identity(self, environ: dict[str, Any], path: str) -> Answer:
        version = {"id": "v3.14", "status": "stable", "links": [{"rel": "self", "href": f"{URL}/identity/v3/"}]}
        if path == "":
            return 300, {"versions": {"values": [version]}}, []
        if path == "/v3":
            return 200, {"version": version}, []
        if path != "/v3/auth/tokens" or environ["REQUEST_METHOD"] != "POST":
            return 404, {"error": {"code": 404, "message": path}}, []
        said = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        if said["auth"]["identity"].get("password", {}).get("user", {}).get("password") != PASSWORD:
            return 401, {"error": {"code": 401, "message": "The request you have made requires authentication."}}, []
        token = uuid.uuid4().hex
        self.tokens.add(token)
        return 201, {"token": _token()}, [("X-Subject-Token", token)]

    def images(self, path: str, query: dict[str, str]) -> Answer:
        rows = []
        for image in self.glance.images.values():
            row = {name: value for name, value in image.items() if name != "properties"} | image["properties"]
            rows.append({
                name: value.strftime("%Y-%m-%dT%H:%M:%SZ") if hasattr(value, "strftime") else value
                for name, value in row.items()
            })  # fmt: skip
        wanted = {name: value for name, value in query.items() if name in ("id", "name", "os_distro")}
        found = sorted(
            (row for row in rows if all(row.get(name) == value for name, value in wanted.items())),
            key=lambda row: str(row["id"]),
        )
        after = [row for row in found if row["id"] > query.get("marker", "")]
        page = after[:3]
        more = {"next": f"/v2/images?marker={page[-1]['id']}"} if len(after) > len(page) else {}
        return 200, {"images": page, "schema": "/v2/schemas/images", **more}, []

    def network(self, path: str, query: dict[str, str]) -> Answer:
        lists = {
            "networks": self.neutron.list_networks,
            "ports": self.neutron.list_ports,
            "security-groups": self.neutron.list_security_groups,
            "floatingips": lambda: {"floatingips": []},
        }
        if path not in lists:
            return 404, {"NeutronError": {"message": path}}, []
        said = copy.deepcopy(lists[path]())
        if "device_id" in query:
            said = {key: [row for row in rows if row["device_id"] == query["device_id"]] for key, rows in said.items()}
        return 200, said, []


class Quiet(WSGIRequestHandler):
    """Without a line for each request."""

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def _token() -> dict[str, Any]:
    domain = {"id": "default", "name": "Default"}
    catalog = [
        {"type": kind, "name": kind, "id": kind, "endpoints": [
            {"interface": "public", "region": "RegionOne", "region_id": "RegionOne", "id": kind, "url": URL + path}]}
        for kind, path in PATHS.items()
    ]  # fmt: skip
    return {
        "methods": ["password"],
        "expires_at": "2099-01-01T00:00:00.000000Z",
        "issued_at": "2026-01-01T00:00:00.000000Z",
        "user": {"id": "fake", "name": "demo", "domain": domain},
        "project": {"id": nova_fixtures.PROJECT_ID, "name": "demo", "domain": domain},
        "roles": [{"id": "member", "name": "member"}],
        "catalog": catalog,
    }


if __name__ == "__main__":
    suite = unittest.TestSuite([Serve("test_serve")])
    raise SystemExit(not unittest.TextTestRunner(stream=sys.stderr).run(suite).wasSuccessful())
