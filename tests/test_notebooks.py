"""Every notebook runs, once: it shows what is saved in it, and the facts; and the demo touches only the sandbox."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from socket import gethostname
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter, MarkdownExporter

from mist_notebook import cli
from tests.rigs import hostile
from tools import notebook_outputs, notebooks

pytestmark = pytest.mark.long(100)

FOLDER = notebooks.FOLDER
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
FACTS = {
    "01-quickstart.ipynb": (
        "SANDBOX",
        "Linux CentOS 5.5 32-bit",
        "Debian 7.1 64-bit",
        "CS4.2 - 4GB, 2Core, 150GB",
        "0.1500",
        "SJC-1",
        "DigitalOcean",
    ),
    "02-compare.ipynb": (
        "sizes, each in its best region",
        "t4g.xlarge",
        "0.0896",
        "Cheapest: Hetzner cx43 in fsn1, 0.0286 USD/h, price of 2026-08-01, with 4 vCPUs to spare",
        "Smallest price_hourly / gpus: EC2 p4d.24xlarge in us-east-1, 2.74471, price of 2026-10-13",
        "Smallest price_hourly / gpus on-demand: EC2 p5.48xlarge",
        "Cheapest month in all: Hetzner cx43 in fsn1, 24.81 USD a month",
        "Cheapest: Hetzner cax41 in fsn1, 0.0657 EUR/h",
        "not covered",
        "Nothing fits.",
        "%mist compare --region eu --arch arm64 --ram 3TB",
        "saves 73.00 USD a month, 52 %",
        "0.074189",
        "10% off apache-libcloud 3.9.1",
        "SANDBOX",
        "What the explorer showed: %mist compare --region eu --cpus 4+ --ram 16GB",
        "vc2-6c-16gb",
    ),
    "03-price-history.ipynb": (
        "m4.large",
        "us-east-1",
        "2015-12-02",
        "0.1260",
        "2026-02-27",
        "0.1000",
        "-20.63",
        "€/h",
    ),
    "04-provision-form.ipynb": (
        "What was asked",
        "The probe says ok.",
        "To do it again, or to find the same machine while that exists",
        "1 machine at 6 backends",
        "This form needs a running kernel: run the cell again.",
    ),
    "05-a-fleet.ipynb": (
        "Receipt: 12 machines at NephoScale",
        "web-12",
        "12 probes",
        "2 runs",
    ),
    "06-when-things-fail.ipynb": (
        "broke the connection.",
        "quota exceeded: 2 machines are the most",
        "auth: lost-1 refused the key for user root.",
        "ok: root@127.0.0.1",
        "orphan",
    ),
    "07-your-own-cloud.ipynb": (
        "ec2",
        "hetzner",
        "CS4.2 - 4GB, 2Core, 150GB",
        "Receipt: first at NephoScale",
        "0.30 USD at most, in 2 h",
        "ok: root@127.0.0.1",
    ),
    "08-a-cluster.ipynb": ("cx43", "5 of", "sizes, each in its best region"),
    "app-explore.ipynb": ("What the explorer showed: %mist compare", "t4g.nano"),
    "app-provision.ipynb": ("This form needs a running kernel",),
}
COMMANDS_OF_THE_ISSUE = (
    "%load_ext mist_notebook",
    "%mist images NephoScale",
    "df = %mist images NephoScale --search debian --arch x86_64",
    'df[df.name.str.contains("64-bit")]',
    "%mist sizes NephoScale --cpus 2+ --ram 4GB..16GB --sort price",
    "%mist locations NephoScale",
    "%mist backends",
    'client.backend_from_name("NephoScale")',
)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, notebooks.Run]:
    """Every notebook, executed in a fresh kernel in an empty folder, with no settings."""
    return {path.name: notebooks.run(path, tmp_path_factory.mktemp("lesson")) for path in NOTEBOOKS}


@pytest.fixture(scope="module")
def executed(runs: dict[str, notebooks.Run]) -> dict[str, Any]:
    """The same, as they would be committed."""
    return {name: run.notebook for name, run in runs.items()}


def test_there_is_a_quickstart_and_every_notebook_has_its_facts() -> None:
    assert {path.name for path in NOTEBOOKS} == set(FACTS)


def test_the_numbers_of_the_notebooks_have_no_gap_and_what_they_name_is_there() -> None:
    names = [path.name for path in NOTEBOOKS]
    numbered = [name for name in names if name[:2].isdigit()]
    assert [int(name[:2]) for name in numbered] == list(range(1, len(numbered) + 1))
    for path in NOTEBOOKS:
        named = re.findall(r"\]\(([^)#]+\.ipynb)", path.read_text(encoding="utf-8"))
        assert set(named) <= set(names), path.name


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_says_at_its_top_how_long_it_takes_and_what_one_will_have_done(path: Path) -> None:
    title = nbformat.read(path, as_version=4).cells[0]
    assert title.cell_type == "markdown" and title.source.startswith("# ")
    assert re.search(r"\bin (two|five|ten|fifteen|twenty) minutes\b", title.source, re.I)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_committed_notebook_is_whole_small_and_says_nothing_of_the_computer_it_ran_on(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3" and set(notebook.metadata) == {"kernelspec", "language_info"}
    ids = [cell.get("id") for cell in notebook.cells]
    assert all(ids) and len(set(ids)) == len(ids)
    assert all(set(cell.metadata) <= {"tags"} for cell in notebook.cells)
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) < notebook_outputs.LIMIT
    private = [
        r"/(root|home|Users|tmp|work|private)/",
        r"\\x1b|\\u001b",
        r"<script|<style",
        re.escape(gethostname()),
    ]
    assert [pattern for pattern in private if re.search(rf"(?<![\w.]){pattern}", text)] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_committed_notebook_shows_what_it_shows_when_it_is_run(executed: dict[str, Any], path: Path) -> None:
    saved = nbformat.read(path, as_version=4)
    differs = notebook_outputs.differences(saved, executed[path.name])
    assert not differs, "\n".join([*differs, "make notebooks brings them up to date"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_the_solution_of_every_exercise_is_right_and_nothing_else_was(
    runs: dict[str, notebooks.Run], path: Path
) -> None:
    run = runs[path.name]
    exercises = [cell.id for cell in run.notebook.cells if cell.id.endswith("-check")]
    assert sorted(f"{name}-check" for name in run.solved) == sorted(exercises)
    for said in run.solved.values():
        assert said.endswith("Right.\n")
    for cell in run.notebook.cells:
        if cell.id in exercises:
            assert cell.outputs[0].text.startswith("Not yet: ")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_an_executed_notebook_has_neither_errors_nor_warnings(executed: dict[str, Any], path: Path) -> None:
    for cell in executed[path.name].cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error" or "raises-exception" in cell.metadata.tags, output
            assert not (output.output_type == "stream" and output.name == "stderr"), output


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_an_executed_notebook_holds_its_facts_as_text_and_as_html(executed: dict[str, Any], path: Path) -> None:
    outputs = [output for cell in executed[path.name].cells for output in cell.get("outputs", [])]
    bundles = [output.data for output in outputs if "data" in output]
    errors = "".join(output.get("evalue", "") for output in outputs)
    for mime in ("text/plain", "text/html"):
        shown = "\n".join([*(bundle.get(mime, "") for bundle in bundles), errors])
        assert [fact for fact in FACTS[path.name] if fact not in shown] == [], mime
    assert not any("<script" in bundle.get("text/html", "") for bundle in bundles)


@pytest.mark.parametrize("exporter", [HTMLExporter, MarkdownExporter])
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_printed_notebook_holds_its_facts_without_a_script(
    executed: dict[str, Any], path: Path, exporter: type[Any]
) -> None:
    body, _ = exporter(**({"sanitize_html": True} if exporter is HTMLExporter else {})).from_notebook_node(
        executed[path.name]
    )
    shown = text_of(body)
    assert [fact for fact in FACTS[path.name] if fact not in shown] == []


def test_the_quickstart_has_the_lines_of_the_issue() -> None:
    typed = "\n".join(cell.source for cell in nbformat.read(FOLDER / cli.QUICKSTART, as_version=4).cells)
    assert [line for line in COMMANDS_OF_THE_ISSUE if line not in typed] == []


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path, list[Any]]:
    """The demo beside settings and a token of somebody's server; the folder that it ran in, what that server got."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "settings.toml").write_text('url = "https://mist.invalid"\napi_token = "not-a-real-token"\nbroken')
    with hostile.serve(hostile.json([])) as server:
        run = _demo(folder, {"MIST_URL": server.url, "MIST_API_TOKEN": "not-a-real-token"})
        return run, folder, list(server.ledger)


def test_the_demo_prints_what_was_typed_and_what_came_back(demo: Any) -> None:
    run, folder, _ = demo
    assert run.returncode == 0, run.stderr
    assert _ours(run.stderr) == []
    assert ">>> %mist images NephoScale" in run.stdout
    assert run.stdout.endswith("The same in JupyterLab, to change and run: mist-notebook lab\n")
    assert [fact for fact in FACTS["01-quickstart.ipynb"] if fact not in run.stdout] == []
    assert "\x1b" not in run.stdout
    assert list(folder.glob("*.ipynb")) == []


def test_the_demo_uses_the_sandbox_whatever_is_configured(demo: Any) -> None:
    run, _, asked = demo
    assert asked == []
    assert "SANDBOX" in run.stdout and "not-a-real-token" not in run.stdout + run.stderr


def test_the_demo_ends_at_the_first_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = [nbformat.v4.new_code_cell(source) for source in ("%load_ext mist_notebook", "%mist imges", "print(7 * 6)")]
    path = tmp_path / "broken.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    monkeypatch.setattr(cli, "quickstart", lambda: path)
    assert cli.demo() == 1
    printed = capsys.readouterr()
    assert "No command named 'imges'." in printed.err and "Traceback" not in printed.err
    assert "42" not in printed.out


def test_what_is_not_installed_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "find_spec", lambda name: None)
    assert cli.main(["lab"]) == 2
    assert capsys.readouterr().err == (
        'jupyterlab is not installed here.\nInstall it with: pip install "mist-notebook[demo]"\n'
    )
    assert cli.main(["demo"]) == 2
    assert capsys.readouterr().err.startswith("nbclient and ipykernel are not installed here.\n")


def test_lab_opens_a_copy_and_keeps_the_one_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started: list[list[str]] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli.os, "execv", lambda program, command: started.append(command))
    cli.main(["lab", "--no-browser"])
    copy = tmp_path / "mist-notebooks" / cli.QUICKSTART
    assert copy.read_bytes() == (FOLDER / cli.QUICKSTART).read_bytes()
    assert {path.name for path in copy.parent.iterdir()} == {path.name for path in NOTEBOOKS}
    assert started == [[sys.executable, "-m", "jupyterlab", str(copy), "--no-browser"]]
    copy.write_text("mine")
    cli.main(["lab"])
    assert copy.read_text() == "mine"


@pytest.mark.parametrize("arguments", [["--help"], ["lab", "--help"]])
def test_help_exits_with_0(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 0
    assert "usage: mist-notebook" in capsys.readouterr().out


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MIST_")}
    own = {"MIST_CONFIG": str(folder / "settings.toml"), "IPYTHONDIR": str(folder / "ipython")}
    own |= {"MIST_DATA_DIR": str(folder / "data")}
    return kept | own | {"COLUMNS": "120"}  # names are cut in a narrow terminal, and pytest-xdist says it has one


def _demo(folder: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mist_notebook.cli", "demo"],
        env=_environment(folder) | variables,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def _ours(stderr: str) -> list[str]:
    """What stands in stderr and is not Jupyter's own remark."""
    return [line for line in stderr.splitlines() if line.strip() and not re.search(r"jupyter|zmq|kernel", line, re.I)]


class _Text(HTMLParser):
    """The text of a page, without its scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag in {"script", "style"}:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.words.append(data)


def text_of(body: str) -> str:
    parser = _Text()
    parser.feed(body)
    return "".join(parser.words)
