"""Drive the Mist clients of 2014 to 2016, as the package index has them, against the sandbox; print what worked.

    python tools/old_clients.py            # downloads them into a temporary folder
    python tools/old_clients.py --docs     # writes the table into docs/from-mist-client.md

They were written for Python 2. What today's Python can't read of them is rewritten line by line first (`print`
statements, names that are others by now, a header that was a number); nothing else is changed, and nothing of theirs
is kept here.
"""

from __future__ import annotations

import argparse
import inspect
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mist_notebook.sandbox import Sandbox

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs" / "from-mist-client.md"
BEGIN, END = "<!-- old-clients: begin -->", "<!-- old-clients: end -->"
VERSIONS = {
    "0.2.0": "2014, `/backends`",
    "1.5": "2015, `/backends`",
    "1.8": "2016, `/clouds`",
    "1.10": "2016, `/api/v1`",
}
LIMIT_S = 120
BOOT_S = 0.05


def main() -> int:
    """Run all; 0 if every client could be downloaded and logged in."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", action="store_true", help="write the table into the documentation")
    parser.add_argument("--drive", metavar="JSON", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.drive:
        print(json.dumps(_drive(**json.loads(options.drive))))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        results = {version: _result(version, Path(folder)) for version in VERSIONS}
    text = table(results)
    print(text)
    if options.docs:
        before, rest = DOCS.read_text().split(BEGIN)
        DOCS.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}")
    return 0 if all(result.get("log in") == "ok" for result in results.values()) else 1


def table(results: dict[str, dict[str, str]]) -> str:
    """Steps by clients, in Markdown."""
    steps = list(dict.fromkeys(step for result in results.values() for step in result))
    head = [f"`mist` {version} ({VERSIONS[version]})" for version in results]
    lines = ["| step | " + " | ".join(head) + " |", "| --- |" + " --- |" * len(results)]
    lines += [f"| {step} | " + " | ".join(result.get(step, "") for result in results.values()) + " |" for step in steps]
    worked = [f"{sum(said == 'ok' for said in result.values())} of {len(result)}" for result in results.values()]
    return "\n".join([*lines, "| **worked** | " + " | ".join(worked) + " |"])


def _result(version: str, folder: Path) -> dict[str, str]:
    """What a client of that version did on a sandbox of its own."""
    path = prepared(version, folder)
    with Sandbox.start(boot_seconds=BOOT_S) as sandbox:
        told = {"url": sandbox.url, "email": sandbox.email, "password": sandbox.password, "path": str(path)}
        done = subprocess.run(  # our own script
            [sys.executable, __file__, "--drive", json.dumps(told)], capture_output=True, text=True, timeout=LIMIT_S
        )
    if done.returncode:
        return {"log in": done.stderr.strip().splitlines()[-1]}
    result: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return result


def prepared(version: str, folder: Path) -> Path:
    """The folder to import a client of that version from, downloaded and made readable for today's Python."""
    target = folder / version
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "download", "--no-deps", "--dest", str(target), f"mist=={version}"], check=True)
    (archive,) = target.iterdir()
    subprocess.run([sys.executable, "-c", _UNPACK, str(archive), str(target)], check=True)
    (package,) = target.glob("*/src/mistclient")
    subprocess.run([*pip, "install", "--target", str(package.parent), "prettytable"], check=True)
    for file in package.rglob("*.py"):
        file.write_text(for_today(file.read_text()))
    return package.parent


_UNPACK = "import shutil, sys; shutil.unpack_archive(sys.argv[1], sys.argv[2])"


def for_today(source: str) -> str:
    """Source of Python 2 as Python 3 reads it, as far as these clients need it."""
    source = re.sub(r"^(\s*)print +(?!\()(.+)$", r"\1print(\2)", source, flags=re.MULTILINE)
    source = re.sub(r"^(\s*)print *$", r"\1print()", source, flags=re.MULTILINE)
    source = re.sub(r"('Api-Version'\]? *[=:] *)([\w.]+)", r"\1str(\2)", source).replace("basestring", "str")
    source = re.sub(r"^from HTMLParser import", "from html.parser import", source, flags=re.MULTILINE)
    return re.sub(r"(?<![\w'\"])async(?![\w'\"])", "async_", source)


class Journey:
    """Steps that are taken one after another; each says `ok`, or why not."""

    def __init__(self) -> None:
        self.said: dict[str, str] = {}

    def step(self, name: str, do: Callable[[], Any]) -> Any:
        """What a step gives; None if it fails."""
        try:
            value = do()
        except Exception as error:  # whatever a foreign client raises is the answer
            self.said[name] = _why(error)
            return None
        self.said[name] = "ok" if value is not False else "no"
        return value


def _why(error: Exception) -> str:
    said = error.args[0] if error.args else error
    text = said.decode() if isinstance(said, bytes) else str(said)
    line = re.sub(r"<[^>]*>", " ", text).strip().splitlines()[0][:90] if text.strip() else type(error).__name__
    return f"{type(error).__name__}: {line}".replace("|", "/")


def _drive(url: str, email: str, password: str, path: str) -> dict[str, str]:
    """The life of a machine, and all around it, by the client in `path`."""
    sys.path.insert(0, path)
    import mistclient  # type: ignore[import-not-found]

    journey = Journey()
    client = journey.step("log in", lambda: mistclient.MistClient(url, email=email, password=password))
    if client is None:
        return journey.said
    accounts = client.backends if hasattr(client, "backends") else client.clouds
    journey.step("`supported_providers`", lambda: len(client.supported_providers) > 10)
    cloud = journey.step("backends: all, by name", lambda: accounts() and accounts(name="NephoScale")[0])
    _look(journey, cloud, accounts(name="EC2")[0])
    key = _keys(journey, client)
    machine = _make(journey, cloud, key)
    if machine:
        _act(journey, client, cloud, machine, key)
    _accounts(journey, client, accounts)
    journey.step("`key.delete()`", lambda: key.delete() or client.keys() == [])
    return journey.said


def _look(journey: Journey, cloud: Any, ec2: Any) -> None:
    for listing in ("images", "sizes", "locations", "networks"):
        journey.step(f"`{listing}`", lambda listing=listing: isinstance(getattr(cloud, listing), list | dict))
    journey.step('`search_image("Debian")`', lambda: len(cloud.search_image("Debian")) > 0)
    journey.step('`search_image("ubuntu")` at EC2', lambda: len(ec2.search_image("ubuntu")) > 0)


def _keys(journey: Journey, client: Any) -> Any:
    private = journey.step("`generate_key()`", client.generate_key)
    journey.step("`add_key(…)`", lambda: client.add_key("MyKey", private))
    key = journey.step("keys: by search", lambda: client.keys(search="MyKey")[0])
    journey.step("`key.public`", lambda: key.public.startswith("ssh-rsa"))
    journey.step("`key.rename(…)`", lambda: key.rename("Mine"))
    key = client.keys()[0]
    journey.step("`key.set_default()`", key.set_default)
    return key


def _make(journey: Journey, cloud: Any, key: Any) -> Any:
    image = next(one for one in cloud.images if "Debian" in one["name"])
    size, location = cloud.sizes[0], cloud.locations[0]

    def create() -> None:
        cloud.create_machine("prodServer1", key, image["id"], location["id"], size["id"])

    journey.step("`create_machine(…)`", create)
    return journey.step("machines: by name", lambda: cloud.machines(name="prodServer1")[0])


def _act(journey: Journey, client: Any, cloud: Any, machine: Any, key: Any) -> None:
    journey.step("machines of all backends", lambda: len(client.machines()) == 1)
    journey.step("`machine.probe()`", lambda: _uptime(_soon(machine.probe)) is not None)
    if hasattr(machine, "associate_key"):
        journey.step("`machine.associate_key(…)`", lambda: machine.associate_key(key.id, host="192.0.2.1"))
    for action in ("reboot", "stop", "start"):
        journey.step(f"`machine.{action}()`", lambda action=action: _soon(getattr(machine, action)) and None)
    if hasattr(machine, "tag"):
        journey.step("`machine.tag(…)`", lambda: machine.tag("web"))
    if hasattr(machine, "add_tag"):
        journey.step("`machine.add_tag(…)`", lambda: machine.add_tag("env", "dev"))
    journey.step("`machine.destroy()`", lambda: _soon(machine.destroy) and None)
    journey.step("it is gone", lambda: _soon(lambda: _gone(cloud)))


def _gone(cloud: Any) -> bool:
    cloud.update_machines()
    if cloud.machines():
        raise RuntimeError("still there")
    return True


def _uptime(answer: Any) -> Any:
    return answer.get("uptime", answer.get("ssh", {}).get("uptime"))


def _accounts(journey: Journey, client: Any, accounts: Callable[..., Any]) -> None:
    add = getattr(client, "add_backend", None) or client.add_cloud
    named = {"username": "user", "api_key": "k3y"}
    given = {"key": "user", "secret": "k3y"} if "secret" in inspect.signature(add).parameters else named
    journey.step("add a backend", lambda: add(title="Second", provider="rackspace", **given))
    second = journey.step("… it is there", lambda: accounts(name="Second")[0])
    if second:
        for name, do in (("rename", lambda: second.rename("Third")), ("disable", second.disable)):
            journey.step(f"`backend.{name}(…)`", do)
        journey.step("`backend.enable()`", second.enable)
        journey.step("`backend.delete()`", lambda: second.delete() or len(accounts()) == 6)


def _soon(do: Callable[[], Any]) -> Any:
    """Do it as soon as the machine lets us: it boots, and it stops, in a fraction of a second here."""
    for _ in range(50):
        try:
            value = do()
        except Exception:  # not yet
            time.sleep(BOOT_S)
            continue
        if value != {}:
            return value
        time.sleep(BOOT_S)
    return do()


if __name__ == "__main__":
    raise SystemExit(main())
