"""Which way a machine is looked at: its addresses, the key or the agent, Mist as a second try, how young it is."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from msgspec.structs import replace

from mist_notebook.client.machines.machine import Machine
from mist_notebook.client.machines.prober import Prober
from mist_notebook.client.machines.way import hosts_of, target
from mist_notebook.fleet import fleet
from mist_notebook.ground.errors import BadValueError, MistError, ProbeError
from mist_notebook.records.model import ProbeReport
from tests.conftest import need
from tests.rigs.machines_rig import Workshop, open_workshop
from tests.rigs.ssh_hosts import KEY, OTHER_KEY, closed_port, ok, openssh, ssh_host

NOWHERE = "2001:db8::5"


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with open_workshop(tmp_path_factory.mktemp("workshop"), "web-1", "hidden-1") as workshop:
        workshop.key_file("other", KEY)
        yield workshop


@pytest.fixture(autouse=True)
def surroundings(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The workshop's keys, and no agent."""
    monkeypatch.setenv("MIST_DATA_DIR", str(workshop.folder))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)


def machine(workshop: Workshop, which: str = "web-1", **fields: Any) -> Machine:
    """A machine with other addresses than the service gave it."""
    found = workshop.backend.machine_from_name(which)
    return Machine(replace(found.record, **fields), found.hands)


def at_port(workshop: Workshop, port: int, *public: str, private: tuple[str, ...] = (), **more: Any) -> Machine:
    fields = {"public_ips": public, "private_ips": private, "ssh_host": None, "ssh_port": port}
    return machine(workshop, **fields, **more)


@pytest.fixture
def prober(workshop: Workshop) -> Prober:
    """The process's own, which takes the next host keys for first ones."""
    found = workshop.client.prober
    for one in (machine(workshop), machine(workshop, id="not-ours")):
        found.forget_host_key(one)
    return found


# -- addresses


def test_ssh_on_the_second_address_is_found_and_named(workshop: Workshop, prober: Prober) -> None:
    with workshop.served(ssh_host(ok)) as port:
        report = prober(at_port(workshop, port, NOWHERE, "127.0.0.1"), "other")
        assert (report.outcome, report.host, report.via) == ("ok", "127.0.0.1", "ssh")
        assert report.tried and report.tried[0].startswith(NOWHERE)
        (again,) = fleet.look_at(prober, [at_port(workshop, port, NOWHERE, "127.0.0.1")], fleet.Wish(key_name="other"))
        assert isinstance(again, ProbeReport) and again.host == "127.0.0.1"


def test_a_named_host_is_the_only_one(workshop: Workshop, prober: Prober) -> None:
    with workshop.served(ssh_host(ok)) as port:
        there = at_port(workshop, port, NOWHERE, "127.0.0.1")
        assert there.probe("other", host="127.0.0.1").tried == ()
        report = there.probe("other", host="127.0.0.2", via="ssh")
        assert (report.outcome, report.host) == ("refused", "127.0.0.2")
        (result,) = fleet.run_on(prober, [there], "true", fleet.Wish(key_name="other", host="127.0.0.2"))
        assert not isinstance(result, MistError) and (result.outcome, result.host) == ("refused", "127.0.0.2")


def test_a_named_host_is_never_left_to_mist(workshop: Workshop, prober: Prober) -> None:
    with pytest.raises(BadValueError, match="--host is for a look from here"):
        machine(workshop).probe(via="mist", host="127.0.0.1")
    with pytest.raises(ProbeError, match="No private key"):
        machine(workshop, id="not-ours").probe(host="127.0.0.1")


def test_public_addresses_go_before_private_ones_and_what_is_none_is_left_out(workshop: Workshop) -> None:
    there = at_port(workshop, 22, "192.0.2.7", "not an address", "192.0.2.7", private=("10.0.0.7", "127.0.0.1"))
    assert hosts_of(there) == ["192.0.2.7", "127.0.0.1"], "a sandbox's private addresses are made up"
    assert target(there, host="web.example").hosts == ("web.example",)


def test_only_a_private_address_is_tried_from_here(workshop: Workshop, prober: Prober) -> None:
    with workshop.served(ssh_host(ok)) as port:
        there = at_port(workshop, port, private=("127.0.0.1",))
        report = prober(there, "other")
        assert (report.outcome, report.via, report.host) == ("ok", "ssh", "127.0.0.1")
        (result,) = fleet.run_on(prober, [there], "true", fleet.Wish(key_name="other"))
        assert not isinstance(result, MistError) and result.host == "127.0.0.1"


def test_where_a_private_address_leads_nowhere_mist_is_asked(workshop: Workshop, prober: Prober) -> None:
    with closed_port() as port:
        there = at_port(workshop, port, private=("127.0.0.1",))
        assert (report := prober(there, "other")).via == "mist", report
        assert prober(there, "other", via="ssh").outcome == "refused"
        (looked,) = fleet.look_at(prober, [there], fleet.Wish(key_name="other"))
        assert isinstance(looked, ProbeReport) and (looked.via, looked.outcome) == ("mist", "ok")


def test_a_machine_without_any_way_says_which_ways_there_are(workshop: Workshop, prober: Prober) -> None:
    with pytest.raises(ProbeError, match="no public address") as caught:
        prober(machine(workshop, "hidden-1"), "other", via="ssh")
    assert "--host" in caught.value.hint and "--via mist" in caught.value.hint


def test_a_person_may_name_this_computer_where_a_tunnel_begins_and_a_server_may_not(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Machine, "is_sandbox", False)
    there = at_port(workshop, 22, "127.0.0.1")
    assert not target(there).loopback_allowed
    assert target(there, host="127.0.0.1").loopback_allowed
    assert hosts_of(at_port(workshop, 22, "192.0.2.7", private=("10.0.0.7",))) == ["192.0.2.7", "10.0.0.7"]


# -- how young it is


@pytest.mark.parametrize("age_s", [0, 40, 400])
def test_a_probe_of_a_young_machine_says_that_it_may_still_boot(
    workshop: Workshop, prober: Prober, age_s: float
) -> None:
    born = datetime.now(UTC) - timedelta(seconds=age_s)
    with workshop.served(ssh_host(authorized=OTHER_KEY)) as port:
        report = prober(at_port(workshop, port, "127.0.0.1", created=born), "other", via="ssh")
    assert report.outcome == "auth"
    assert report.hint.startswith("It was made ") and "may still be booting" in report.hint
    assert "If that lasts: Check the user" in report.hint


@pytest.mark.parametrize("outcome", ["timeout", "unreachable", "hung"])
def test_through_mist_too_and_nothing_is_to_be_associated(workshop: Workshop, prober: Prober, outcome: str) -> None:
    there = machine(workshop, created=datetime.now(UTC) - timedelta(seconds=30))
    report = ProbeReport(
        outcome=outcome, host="192.0.2.1", port=22, user="root", via="mist", probed_at=datetime.now(UTC), seconds=1.0,
        hint="Associate a key that the machine knows, or probe it from here: --via ssh.",
    )  # fmt: skip
    hint = prober.marked(report, there).hint
    assert "may still be booting" in hint and "ssociate" not in hint


def test_an_old_machine_and_one_that_answers_are_not_called_young(workshop: Workshop, prober: Prober) -> None:
    old = datetime.now(UTC) - timedelta(hours=1)
    with workshop.served(ssh_host(authorized=OTHER_KEY)) as port:
        there = at_port(workshop, port, "127.0.0.1", created=old)
        assert "booting" not in prober(there, "other", via="ssh").hint
    assert prober(machine(workshop, created=datetime.now(UTC))).hint == ""


def test_through_mist_a_create_waits_too_with_growing_pauses_and_within_its_patience(
    workshop: Workshop, prober: Prober, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s, pauses = [0.0], list[float]()

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        now_s[0] += seconds

    there = machine(workshop, id="not-ours")
    answers = iter(["timeout", "unreachable", "ok"])

    def through_mist(_self: Prober, _machine: Machine) -> ProbeReport:
        return ProbeReport(
            outcome=next(answers, "timeout"), host="192.0.2.1", port=22, user="root", via="mist",
            probed_at=datetime.now(UTC), seconds=1.0,
        )  # fmt: skip

    monkeypatch.setattr(Prober, "through_mist", through_mist)
    patient = dataclasses.replace(prober, seconds=lambda: now_s[0], pause=pause)
    assert (patient.when_up(there, None).outcome, pauses) == ("ok", [1.0, 1.5])
    assert patient.when_up(there, None).outcome == "timeout"
    assert pauses[2:5] == [1.0, 1.5, 2.25] and set(pauses[10:]) == {15.0} and len(pauses) < 30
    assert 250 < now_s[0] <= 330


# -- the agent


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A real ssh-agent that holds KEY."""
    program = shutil.which("ssh-agent") or ""
    need(program, "ssh-agent is not installed (Debian: apt-get install openssh-client)")
    path = Path("/tmp") / f"mist-prober-{os.getpid()}"
    path.unlink(missing_ok=True)
    with subprocess.Popen([program, "-D", "-a", str(path)], stdout=subprocess.DEVNULL) as child:
        while not path.exists():
            assert child.poll() is None
        monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
        key = tmp_path / "added"
        key.touch(mode=0o600)
        key.write_bytes(KEY.export_private_key("openssh"))
        subprocess.run(["ssh-add", "-q", str(key)], check=True)
        yield
        child.terminate()
    path.unlink(missing_ok=True)


def stranger(workshop: Workshop, port: int) -> Machine:
    """A machine that was not made from here: no key's name is known for it."""
    return at_port(workshop, port, "127.0.0.1", id="not-ours", name="theirs")


@pytest.mark.usefixtures("agent")
def test_a_machine_that_no_key_file_is_for_is_looked_at_with_the_agents(
    workshop: Workshop, prober: Prober, tmp_path: Path
) -> None:
    with openssh(tmp_path) as sshd:
        there = stranger(workshop, sshd.port)
        report = prober(there, user=sshd.user)
        assert (report.outcome, report.via) == ("ok", "ssh")
        (result,) = fleet.run_on(prober, [there], "echo one", fleet.Wish(user=sshd.user))
        assert not isinstance(result, MistError) and result.stdout == "one\n"


@pytest.mark.usefixtures("agent")
def test_a_key_with_a_passphrase_that_the_agent_holds_asks_for_none(
    workshop: Workshop, prober: Prober, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mist_notebook.ground.ask.secret", lambda *_, **__: pytest.fail("asked"))
    locked, public = tmp_path / "locked", tmp_path / "id.pub"
    for path in (locked, public):
        path.touch(mode=0o600)
    locked.write_bytes(KEY.export_private_key("openssh", passphrase="s3same", rounds=50))
    public.write_bytes(KEY.export_public_key())
    for path in (locked, public):
        workshop.client.local_keys.remember("mine", path)
        with workshop.served(ssh_host(ok)) as port:
            assert prober(stranger(workshop, port), "mine").outcome == "ok"
            prober.forget_host_key(stranger(workshop, port))


@pytest.mark.usefixtures("agent")
def test_a_public_half_whose_private_one_the_agent_lacks_says_so(
    workshop: Workshop, prober: Prober, tmp_path: Path
) -> None:
    public = tmp_path / "id.pub"
    public.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_public_key())
    workshop.client.local_keys.remember("lonely", public)
    with pytest.raises(ProbeError, match="public half") as caught:
        prober(machine(workshop), "lonely")
    assert "ssh-add" in caught.value.hint


@pytest.mark.usefixtures("agent")
def test_where_the_agents_keys_are_refused_mist_is_asked(workshop: Workshop, prober: Prober) -> None:
    with workshop.served(ssh_host(authorized=OTHER_KEY)) as port:
        there = machine(workshop, id="not-ours", ssh_host="127.0.0.1", ssh_port=port)
        assert prober(there, via="ssh").outcome == "auth"
        looked = fleet.look_at(prober, [there])[0]
    assert isinstance(looked, ProbeReport) and looked.outcome in ("ok", "auth")
