"""Real machines behind the EC2 API, from `%mist` lines alone: Debian's kernel in QEMU, two at a time."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from subprocess import CalledProcessError

import pytest

from mist_notebook.records.model import ProbeReport
from tests.conftest import Notebook, need
from tests.rigs import ec2_cloud, ec2_machines, hostile, kernels, tiny_machine
from tests.rigs.ec2_cloud import Cloud
from tests.rigs.ec2_machines import Machines

pytestmark = pytest.mark.long(60)

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "07-your-own-cloud.ipynb"
CREATE = "%mist create ec2 --name {name} --size t3.micro --image debian-12 --key mine"


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    lacks = tiny_machine.why_not()
    need(not lacks, lacks)
    try:
        tiny_machine.parts()
    except (OSError, CalledProcessError) as error:
        need(False, f"Debian's packages for a tiny machine can't be had: {error}")
    with ec2_cloud.serve(monkeypatch, tmp_path) as cloud:
        yield cloud


@pytest.fixture
def machines(cloud: Cloud, tmp_path: Path) -> Iterator[Machines]:
    with ec2_machines.behind(cloud, tmp_path) as machines:
        yield machines


def answering(notebook: Notebook, name: str) -> ProbeReport:
    """The look at which a machine that boots answers, however busy the computer is; the last where none does."""
    report: ProbeReport = notebook.value(f"%mist probe {name}")
    for _ in range(20):
        if report.outcome == "ok":
            break
        report = notebook.value(f"%mist probe {name}")
    return report


def boot(notebook: Notebook, name: str) -> str:
    """What Linux calls the boot that the machine runs on."""
    (said,) = notebook.value(f"%%mist run {name}\ncat /proc/sys/kernel/random/boot_id")["stdout"]
    return str(said)


def test_two_real_machines_live_their_lives(cloud: Cloud, machines: Machines, notebook: Notebook) -> None:
    notebook.run("%mist add ec2")
    notebook.run("%mist add-key mine --generate")
    made = notebook.run(CREATE.format(name="web") + " --count 2 --together")
    assert made.error is None, made.printed
    assert [machine.record.public_ips for machine in made.value] == [("127.0.1.1",), ("127.0.1.2",)]
    assert made.printed.count("probed") == 2
    report = notebook.value("%mist probe web-1")
    assert (report.outcome, report.user) == ("ok", "admin")
    ran = notebook.value("%%mist run web-1 web-2\nuname -r; hostname")
    assert all("cloud-amd64" in said and "ip-127-0-1-" in said for said in ran["stdout"])
    notebook.value("%mist stop web-1")
    assert [one.runs for one in machines.every.values()] == [False, True]
    notebook.value("%mist start web-1")
    assert answering(notebook, "web-1").outcome == "ok"
    before = boot(notebook, "web-2")
    notebook.value("%mist reboot web-2")
    again = notebook.run(CREATE.format(name="web") + " --count 2 --together")
    assert again.error is None and again.printed.count("Nothing was sent.") == 2
    second = machines.every[made.value[1].id]
    assert second.boots == 2
    assert answering(notebook, "web-2").outcome == "ok"
    assert boot(notebook, "web-2") != before
    for name in ("web-1", "web-2"):
        notebook.value(f"%mist destroy {name} --yes {name}")
    assert not any(one.runs for one in machines.every.values())
    assert len(cloud.creates) == 2
    assert cloud.calls("DeleteSecurityGroup") != []


def test_a_machine_ends_by_itself_at_its_time_limit_when_nobody_is_there(
    cloud: Cloud, machines: Machines, notebook: Notebook, tmp_path: Path
) -> None:
    notebook.run("%mist add ec2")
    notebook.run("%mist add-key mine --generate")
    (tmp_path / "said.sh").write_text("echo said by the script > /dev/console\n")
    made = notebook.run(CREATE.format(name="brief") + f" --hours 12m --script {tmp_path / 'said.sh'} --no-probe")
    assert made.error is None, made.printed
    assert "the machine itself" in made.printed
    (machine,) = machines.every.values()
    assert machine.ended_itself.wait(60)
    assert b"said by the script" in (machine.folder / "console").read_bytes()
    assert cloud.calls("TerminateInstances") == []
    assert set(notebook.value("%mist machines")["state"]) <= {"terminated"}


def test_a_kernel_that_is_killed_in_the_middle_leaves_one_machine_that_the_next_one_has(
    cloud: Cloud, machines: Machines, notebook: Notebook, tmp_path: Path
) -> None:
    notebook.run("%mist add ec2")
    notebook.run("%mist add-key mine --generate")
    manager, client = kernels.started(tmp_path, MIST_DATA_DIR=os.environ["MIST_DATA_DIR"])
    pid = manager.provisioner.process.pid

    def killed(exchange: hostile.Exchange) -> None:
        os.kill(pid, signal.SIGKILL)
        exchange.close()

    cloud.makes_all_the_same = True
    cloud.on["RunInstances"] = [killed]
    try:
        client.execute("%load_ext mist_notebook")
        client.execute(CREATE.format(name="web"))
        manager.provisioner.process.wait(timeout=60)
    finally:
        kernels.stop(manager, client)
    assert len(cloud.creates) == 1
    seen = notebook.value("%mist machines")
    assert (list(seen["name"]), list(seen["mine"])) == (["web"], [True])
    again = notebook.run(CREATE.format(name="web"))
    assert again.error is None and "Nothing was sent." in again.printed
    assert notebook.value("%mist probe web").outcome == "ok"
    notebook.value("%mist destroy web --yes web")
    assert len(cloud.creates) == 1
    assert not any(one.runs for one in machines.every.values())


def test_the_notebook_on_ones_own_cloud_makes_its_machine_there(cloud: Cloud, tmp_path: Path) -> None:
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    environment = {**os.environ, "MIST_CLOUD": "ec2", "COLUMNS": "120", "IPYTHONDIR": str(tmp_path / "ipython")}
    resources = {"metadata": {"path": str(tmp_path)}}
    with ec2_machines.behind(cloud, tmp_path, minute_s=60) as machines:
        client = nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3", resources=resources)
        client.execute(env=environment)
        assert not any(machine.runs for machine in machines.every.values())
    shown = str([cell.get("outputs") for cell in notebook.cells])
    for fact in (
        "AWS_ACCESS_KEY_ID",
        "Debian (136693071363)",
        "the machine itself",
        "ok: admin@127.0.1.1",
        "cloud-amd64",
    ):
        assert fact in shown
    assert len(cloud.creates) == 1
    assert ec2_cloud.SECRET not in shown
