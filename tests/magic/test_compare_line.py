"""`%mist compare`, `like` and `export` as a person types them, in a real shell: answers, pictures, files, mistakes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from IPython.core.completer import provisionalcompleter

from mist_notebook.client.client import MistClient
from mist_notebook.display import frame_view
from mist_notebook.frames import export
from mist_notebook.ground.errors import BadValueError, MistError, MistUsageError, NotFoundError
from mist_notebook.records.columns import TEXT
from mist_notebook.sandbox import Sandbox
from tests.conftest import Notebook
from tests.magic.test_bad_lines import failed
from tests.rigs import hostile
from tests.rigs.scripted_mist import answers


@pytest.fixture
def book(notebook: Notebook, sandbox: Sandbox) -> Notebook:
    return notebook


def shown(book: Notebook, frame: pd.DataFrame) -> tuple[str, str]:
    """What a frame shows as, in HTML and in plain text."""
    data, _ = book.shell.display_formatter.format(frame)
    return data["text/html"], data["text/plain"]


def names(frame: pd.DataFrame) -> set[str]:
    return set(frame["provider"])


# -------------------------------------------------------------------------------------------------------------- answers


def test_the_cheapest_that_fit_come_as_plain_data(book: Notebook) -> None:
    cell = book.run("%mist compare --cpus 4+ --ram 16GB")
    frame = cell.value
    assert cell.error is None and len(frame) == 20
    assert (frame["vcpus"] >= 4).all() and (frame["ram_gb"] >= 16).all()
    assert frame["price_hourly"].is_monotonic_increasing
    assert not frame.duplicated(["provider", "id"]).any()
    assert {str(dtype) for dtype in frame.dtypes} <= {TEXT, "str", "float64", "boolean", "datetime64[s]"}
    assert frame.attrs["mist"]["question"] == "%mist compare --cpus 4+ --ram 16GB"


def test_every_line_of_the_issue_answers(book: Notebook) -> None:
    arm = book.value(
        "%mist compare --cpus 4..16 --ram 4x --arch arm64 --providers EC2,GCE,Azure --region eu --all-regions"
        " --limit 50"
    )
    assert len(arm) == 50 and set(arm["arch"]) == {"arm64"}
    assert arm["vcpus"].between(4, 16).all() and (arm["ram_gb"] >= 4 * arm["vcpus"]).all()
    gpu = book.value('%mist compare --gpu A100 --by "price_hourly / gpus" --hours 200')
    assert gpu["by"].dropna().is_monotonic_increasing and set(gpu["gpu_name"]) == {"A100"}
    assert gpu["total"].iloc[0] == pytest.approx(200 * gpu["price_hourly"].iloc[0])
    alike = book.value("%mist like EC2:m5.xlarge")
    assert "ec2" not in names(alike) and (alike["distance"] <= 0.25).all()
    period = book.value("%mist compare --snapshot 2014 --ram 1GB --limit all")
    assert {"nephoscale", "rackspace", "ec2"} <= names(period)


def test_the_sandbox_is_compared_with_2014_and_never_with_today(book: Notebook) -> None:
    today = book.value("%mist compare --limit all --all-regions --kind any")
    assert today["backend"].isna().all()
    period = book.value("%mist compare --snapshot 2014 --limit all")
    assert {"NephoScale", "EC2", "Linode"} <= set(period["backend"].dropna())
    assert shown(book, period)[1].startswith("SANDBOX · ")
    assert "SANDBOX" not in shown(book, today)[1]


def test_offline_asks_no_backend(book: Notebook, sandbox: Sandbox) -> None:
    before = len(sandbox.requests)
    assert book.value("%mist compare --snapshot 2014 --ram 1GB --offline")["backend"].isna().all()
    assert sandbox.requests[before:] == []


def test_sizes_are_asked_for_once_and_again_with_refresh(book: Notebook, sandbox: Sandbox) -> None:
    def asked() -> int:
        return sum("sizes" in path for _, path in sandbox.requests)

    book.value("%mist compare --snapshot 2014 --ram 1GB")
    first = asked()
    book.value("%mist compare --snapshot 2014 --ram 2GB")
    assert asked() == first
    book.value("%mist compare --snapshot 2014 --ram 2GB --refresh")
    assert asked() > first


CLOUDS = [
    {"id": "c1", "title": "Our AWS", "provider": "ec2", "region": "us-east-1", "enabled": True, "state": "online"},
    {"id": "c2", "title": "Rack 7", "provider": "openstack", "enabled": True, "state": "online"},
]
SIZES = [
    {
        "id": "s1",
        "external_id": "m5.xlarge",
        "name": "m5.xlarge",
        "cpus": 4,
        "ram": 16384,
        "disk": 0,
        "extra": {"price": 0.01},
    },
    {"id": "s2", "external_id": "own", "name": "own", "cpus": 4, "ram": 16384, "disk": 40, "extra": {}},
]


@contextmanager
def connected(monkeypatch: pytest.MonkeyPatch, **routes: hostile.Step) -> Iterator[hostile.Server]:
    """A Mist server of two backends, whose answers are given by route, and which is no sandbox."""
    usual = {"clouds": hostile.json(CLOUDS), "sizes": hostile.json(SIZES)}
    with hostile.serve(answers(usual | routes)) as server:
        monkeypatch.setenv("MIST_URL", server.url)
        monkeypatch.setenv("MIST_API_TOKEN", "a-token")
        yield server


def test_live_backends_stand_in_the_place_of_the_catalogues_same_offers(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected(monkeypatch):
        frame = notebook.value("%mist compare --cpus 4 --ram 16GB --region us-east-1 --limit 3")
        first = frame.iloc[0]
        assert (first["backend"], first["id"], first["price_hourly"]) == ("Our AWS", "m5.xlarge", 0.01)
        assert (first["family"], first["arch"]) == ("m5", "x86_64")
        assert not (frame["id"][1:] == "m5.xlarge").any()
        ours = notebook.value('%mist compare --providers "Our AWS,Rack 7" --limit all')
        assert set(zip(ours["backend"], ours["id"], strict=True)) >= {("Our AWS", "m5.xlarge"), ("Rack 7", "own")}
        assert "Our AWS m5.xlarge in us-east-1: 4 vCPUs" in notebook.run('%mist like "Our AWS:m5.xlarge" -o x').printed
        period = notebook.run("%mist compare --snapshot 2014 --ram 1GB")
        assert period.value["backend"].isna().all()
        assert "Our AWS, Rack 7 left out: of today, and not of 2014." in period.printed
        assert '"Rack 7"' in completed(notebook, "%mist compare --providers Ra")


@pytest.mark.parametrize("fault", [hostile.answer("<html>", status=500), hostile.answer("<html>login")])
def test_backends_that_cannot_be_asked_leave_the_catalogue(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch, fault: hostile.Step
) -> None:
    with connected(monkeypatch, sizes=fault):
        cell = notebook.run("%mist compare --cpus 4")
        assert cell.error is None and len(cell.value) == 20
        assert "Our AWS, Rack 7 left out: " in cell.printed


def test_a_server_that_cannot_be_asked_leaves_the_catalogue(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected(monkeypatch, clouds=hostile.answer("<html>", status=503)):
        cell = notebook.run("%mist compare --cpus 4")
        assert cell.error is None and len(cell.value) == 20
        assert "Only the catalogue is compared: " in cell.printed
        assert "Only the catalogue" not in notebook.run("%mist compare --cpus 4 --offline").printed


def test_groups_pivots_sorts_and_columns(book: Notebook) -> None:
    providers = book.value("%mist compare --cpus 2 --group provider")
    assert not providers["provider"].duplicated().any() and (providers["sizes"] > 0).all()
    matrix = book.value("%mist compare --cpus 4 --providers EC2 --pivot --limit 3")
    assert list(matrix.columns[:5]) == ["backend", "provider", "id", "vcpus", "ram_gb"]
    assert "us-east-1" in matrix and (matrix.drop(columns=matrix.columns[:5]).min(axis=1) > 0).all()
    largest = book.value("%mist compare --max-price 1 --sort ram --desc --limit 4")
    assert largest["ram_gb"].is_monotonic_decreasing and len(largest) == 4
    few = book.run("%mist compare --cpus 4 --columns id,price_hourly --limit 2")
    assert list(few.value.columns) == ["id", "price_hourly"] and "Cheapest: " in few.printed


def test_own_terms_change_the_answer_and_are_said(book: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIST_DISCOUNTS", "ec2=50%")
    monkeypatch.setenv("MIST_CURRENCY", "code=EUR, rate=0.5, as_of=2026-11-01")
    cell = book.run("%mist compare --cpus 4 --ram 16GB --providers ec2 --limit 1")
    assert "50% off the prices of ec2" in cell.printed
    assert cell.value["eur_hourly"].iloc[0] == pytest.approx(cell.value["price_hourly"].iloc[0] / 2)
    assert list(cell.value["confidence"]) == ["user"]


def test_a_row_of_an_answer_is_a_reference(book: Notebook) -> None:
    book.value("df = %mist compare --cpus 4 --providers ec2 --limit 1")
    by_row = book.value("%mist like --row df.iloc[0] --limit 3")
    by_name = book.value("%mist like {df.provider[0]}:{df.id[0]}@{df.region[0]} --limit 3")
    pd.testing.assert_frame_equal(by_row, by_name)


def test_the_same_from_python(book: Notebook, sandbox: Sandbox) -> None:
    typed = book.value("%mist compare --cpus 4+ --ram 16GB --region eu --limit 5")
    with MistClient() as client:
        called = client.compare(cpus="4+", ram="16GB", region="eu", limit=5)
        assert called.attrs["mist"]["lines"] == typed.attrs["mist"]["lines"]
        pd.testing.assert_frame_equal(called, typed)
        alike = client.like(called.iloc[0], tolerance=0.5, limit=2)
    assert len(alike) == 2


# ------------------------------------------------------------------------------------------------------------- pictures


def test_the_picture_has_few_columns_and_the_frame_keeps_all(book: Notebook) -> None:
    frame = book.value("%mist compare --cpus 4+ --ram 16GB --limit 9")
    html, plain = shown(book, frame)
    header = re.split(r"\s{2,}", plain.splitlines()[1].strip())
    assert header == ["id", "$/h", "price of", "provider", "region", "vCPUs", "RAM GB", "arch", "$/month"]
    assert 'title="price_hourly">$/h<' in html and "usd_gib_h" not in html
    assert " more columns: " in plain and "(--columns +" in plain
    assert plain.splitlines()[0].endswith("sizes, each in its best region · prices in USD")
    assert max(map(len, plain.splitlines()[:5])) <= 120


def test_the_reasons_stand_under_the_frame_as_long_as_it_is_whole(book: Notebook) -> None:
    frame = book.value("%mist compare --cpus 4+ --ram 16GB --limit 3")
    html, plain = shown(book, frame)
    assert plain.splitlines()[-1].startswith("Cheapest: ") and "Left out of " in plain.splitlines()[-2]
    assert html.index("</table>") < html.index("Cheapest: ")
    _, part = shown(book, frame[frame["provider"] == frame["provider"][0]].head(1))
    assert "Cheapest" not in part and part.startswith("1 offer")


def test_reasons_are_printed_where_the_frame_goes_into_a_variable(book: Notebook) -> None:
    cell = book.run("%mist compare --cpus 4 -o kept")
    assert cell.value is None and len(book["kept"]) == 20
    assert cell.printed.count("Cheapest: ") == 1
    assert "Cheapest: " not in shown(book, book["kept"])[1]


def test_when_nothing_fits_the_line_to_type_can_be_run(book: Notebook) -> None:
    frame = book.value("%mist compare --cpus 4 --ram 160TB --providers ec2")
    html, plain = shown(book, frame)
    assert len(frame) == 0
    assert plain.splitlines()[0] == "0 sizes"
    assert plain.splitlines()[-1].startswith("%mist compare --providers ec2 --cpus 4+ --ram ")
    assert f"<code>{plain.splitlines()[-1]}</code>" in html
    assert len(book.value(plain.splitlines()[-1])) >= 1


def test_unknown_prices_are_shown_as_unknown_and_last(book: Notebook) -> None:
    _, plain = shown(book, book.value("%mist compare --gpu B200,H200 --limit all"))
    assert "unknown" in plain
    frame = book.value("%mist compare --limit all")
    priced = frame["price_hourly"].notna().to_numpy()
    assert not priced[priced.argmin() :].any() and (frame["price_hourly"].dropna() > 0).all()


def test_names_are_shown_where_ids_are_only_numbers(book: Notebook) -> None:
    _, plain = shown(book, book.value("%mist compare --snapshot 2014 --providers NephoScale --limit 2"))
    assert "CS05 - 0.5GB, 1Core, 25GB" in plain


def test_a_likeness_and_a_pivot_have_their_pictures(book: Notebook) -> None:
    _, alike = shown(book, book.value("%mist like EC2:m5.xlarge --limit 2"))
    assert alike.splitlines()[0].startswith("2 of ") and "sizes like EC2 m5.xlarge in us-east-1" in alike
    assert "distance" in alike.splitlines()[1] and "saves $/month" in alike.splitlines()[1]
    _, matrix = shown(book, book.value("%mist compare --cpus 4 --providers EC2 --pivot --limit 2"))
    assert matrix.splitlines()[1].split()[:4] == ["id", "vCPUs", "RAM", "GB"]
    assert " more columns: " in matrix


def test_a_frame_that_a_person_has_changed_is_shown_all_the_same(book: Notebook) -> None:
    frame = book.value("%mist compare --cpus 4 --limit 3")
    kept = dict(frame.attrs)
    for name, values in (("gpus", ["many"] * 3), ("id", [1, 2, 3]), ("arch", [[1], [2], [3]]), ("own", [{}] * 3)):
        changed = frame.assign(**{name: pd.Series(values, dtype="object")})
        changed.attrs = dict(kept)
        assert "3 " in shown(book, changed)[1].splitlines()[0]
    assert "own" in shown(book, frame.assign(own=[1, 2, 3]))[1].splitlines()[1]
    assert shown(book, frame[["id", "price_hourly"]])[1].splitlines()[1].split() == ["id", "price_hourly"]
    assert "Cheapest" not in shown(book, frame.groupby("provider")[["price_hourly"]].min())[1]


def test_hostile_text_of_a_backend_is_inert_in_every_line(book: Notebook) -> None:
    frame = book.value("%mist compare --cpus 4 --limit 2")
    hostile = "<img src=x onerror=alert(1)>\x1b[31m\u202e"
    frame.loc[0, "id"] = hostile
    frame.attrs["mist"]["lines"] = [f"Cheapest: {hostile}", f"%mist compare --search {hostile}"]
    html, plain = frame_view.html(frame), frame_view.plain(frame)
    assert "<img" not in html and "\x1b" not in html + plain and "\u202e" not in html + plain


# ----------------------------------------------------------------------------------------------------------- completion


def completed(book: Notebook, text: str) -> list[str]:
    with provisionalcompleter():
        return [one.text for one in book.shell.Completer.completions(text, len(text))]


def test_providers_regions_and_words_are_offered_without_asking_anyone(book: Notebook, sandbox: Sandbox) -> None:
    before = sandbox.requests
    assert completed(book, "%mist compare --providers ")[:2] == ["azure_arm", "digitalocean"]
    assert completed(book, "%mist compare --providers ec2,li") == ["ec2,linode"]
    assert completed(book, "%mist compare --region eu-nor") == ["eu-north-1"]
    assert "apac" in completed(book, "%mist compare --region a")
    assert completed(book, "%mist compare --kind sp") == ["spot"]
    assert completed(book, "%mist compare --snapshot 2") == ["2014"]
    assert completed(book, "%mist compare --group ") == ["family", "provider", "region"]
    assert completed(book, "%mist compare --sort usd_g") == ["usd_gib_h", "usd_gpu_h"]
    assert completed(book, "%mist compare --gp") == ["--gpu"]
    assert completed(book, "%mist like EC2:m5.xl") == ["EC2:m5.xl"]
    assert sandbox.requests == before


def test_sizes_and_frames_that_are_known_are_offered(book: Notebook) -> None:
    book.value("df = %mist compare --cpus 4")
    assert completed(book, "%mist like ec2:m5.xl") == ["ec2:m5.xlarge"]
    assert completed(book, "%mist export a.csv d") == ["df"]
    assert "NephoScale" in completed(book, "%mist compare --providers Neph")


# ---------------------------------------------------------------------------------------------------------------- files


def test_an_export_holds_every_offer_that_fits_and_reads_the_same_again(book: Notebook, tmp_path: Path) -> None:
    path = tmp_path / "offers.csv"
    cell = book.run(f"%mist export {path} --providers ec2 --region eu-west-1")
    frame = export.read_csv(path)
    assert set(frame["region"]) == {"eu-west-1"} and len(frame) > 300
    assert cell.printed.startswith(f"{path}: {len(frame):,} rows, {len(frame.columns)} columns")
    everything = book.value(
        "%mist compare --providers ec2 --region eu-west-1 --kind any --os any --all-regions --limit all"
    )
    pd.testing.assert_frame_equal(frame, everything, check_dtype=True)


def test_a_frame_of_ones_own_is_exported_inert(book: Notebook, tmp_path: Path) -> None:
    book.value("import pandas as pd; mine = pd.DataFrame({'a': ['=1+1', 'b'], 'n': [-1.5, 2]})")
    book.value(f"%mist export {tmp_path}/mine.csv mine")
    assert (tmp_path / "mine.csv").read_text() == "a,n\n'=1+1,-1.5\nb,2.0\n"
    failed(book, f"%mist export {tmp_path}/mine.csv mine")
    book.value(f"%mist export {tmp_path}/mine.csv mine[mine.n>0] --force")
    assert (tmp_path / "mine.csv").read_text() == "a,n\nb,2.0\n"


# ------------------------------------------------------------------------------------------------------------- mistakes

MISTAKES: list[tuple[str, type[MistError], str, str]] = [
    ("compare --cpus 4cores", BadValueError, "--cpus: '4cores'", "Write 4, 4+,"),
    ("compare --cpus 1,5", BadValueError, "--cpus: '1,5'", "Write 4, 4+,"),
    ("compare --cpus -1", BadValueError, "--cpus: '-1'", "Write 4, 4+,"),
    ("compare --cpus 8..4", BadValueError, "'8..4' is an empty range", "4..8"),
    ('compare --cpus ""', BadValueError, "--cpus: ''", "Write 4, 4+,"),
    ("compare --ram 16PB", BadValueError, "--ram: '16PB'", "16GB"),
    ("compare --ram 16 PB", MistUsageError, "a value with a space needs quotes", "It takes: "),
    ("compare --gpu A100::2", BadValueError, "--gpu: 'A100::2'", "A100:80GB:2"),
    ("compare --gpu A1000", NotFoundError, "No offer has a GPU named 'A1000'.", "Did you mean A100"),
    ("compare --providers EC3", NotFoundError, "'EC3'", "Did you mean ec2?"),
    ("compare --providers EC2,,GCE", BadValueError, "--providers: 'EC2,,GCE'", "Give one name"),
    ("compare --region us-eest-1", NotFoundError, "No region named 'us-eest-1'.", "us-east-1"),
    ("compare --region atlantis", NotFoundError, "No region named 'atlantis'.", "eu, us, asia"),
    ("compare --arch sparc", BadValueError, "--arch: 'sparc'", "There are x86_64, arm64, i386."),
    (
        "compare --kind free",
        BadValueError,
        "--kind: 'free'",
        "There are on-demand, spot, reserved-1y,",
    ),
    ("compare --burstable maybe", BadValueError, "--burstable: 'maybe'", "yes or no"),
    ("compare --max-price nan", BadValueError, "--max-price: 'nan'", "above 0"),
    ("compare --max-price -1", BadValueError, "'-1'", "above 0"),
    ("compare --max-age 0", BadValueError, "--max-age: '0'", "400"),
    ("compare --hours 0", BadValueError, "--hours: '0'", "200"),
    ("compare --hours nan", BadValueError, "--hours: 'nan'", "200"),
    ("compare --hours -1", BadValueError, "'-1'", "200"),
    ("compare --by nope", NotFoundError, "No column named 'nope'", "There are "),
    ("compare --by pric_hourly", NotFoundError, "'pric_hourly'", "Did you mean price_hourly"),
    ("compare --by provider", BadValueError, "provider is text, and no figure.", "price_hourly / vcpus"),
    ("compare --by total", NotFoundError, "No column named 'total'", ""),
    ("compare --by price_hourly.real", BadValueError, "can't be computed: a dot after a name", "Columns, numbers"),
    ('compare --by "open(1)"', BadValueError, "can't be computed: open can't be called", "Columns, numbers"),
    ('compare --by "price_hourly / "', BadValueError, "it is no expression", "Columns, numbers"),
    ('compare --by ""', BadValueError, "'' can't be computed", "Columns, numbers"),
    ("compare --group cloud", NotFoundError, "There is no group 'cloud'.", "provider, region, family"),
    ("compare --group provider --pivot", MistUsageError, "--group and --pivot don't go together.", "one of them"),
    ("compare --all-regions --pivot", MistUsageError, "--all-regions and --pivot don't", "one of them"),
    ("compare --snapshot 2015", NotFoundError, "There is no snapshot '2015'.", "Did you mean 2014?"),
    ("compare --limit 0", BadValueError, "--limit: '0'", "or all"),
    ("compare --limit 1.5", BadValueError, "--limit: '1.5'", "or all"),
    ("compare --sort nope", NotFoundError, "No column named 'nope' to sort by.", ""),
    ("compare --columns nope", NotFoundError, "No column named 'nope'.", ""),
    ("compare --cpu 4", MistUsageError, "--cpu", "Did you mean: %mist compare --cpus …"),
    ("compare 4", MistUsageError, "compare takes no plain words", "It takes: "),
    ("like", MistUsageError, "Like what?", "%mist like EC2:m5.xlarge"),
    ("like EC2:m5.xlrge", NotFoundError, "No size named 'm5.xlrge' at EC2.", "Did you mean m5.xlarge"),
    ("like EC3:m5.xlarge", NotFoundError, "'EC3'", "Did you mean ec2?"),
    ("like EC2:m5.xlarge@mars", NotFoundError, "No region named 'mars'.", "Give a region"),
    ("like EC2:", BadValueError, "The size is empty.", "EC2:m5.xlarge"),
    ("like EC2:m5.xlarge --tolerance nan", BadValueError, "--tolerance: 'nan'", "0.25"),
    ("like EC2:m5.xlarge --row df.iloc[0]", MistUsageError, "A size and a row are both given.", "--row df.iloc[0]"),
    ("like --row 5", BadValueError, "That is no row with an id.", "--row df.iloc[0]"),
    ("like --row nope", MistUsageError, "'nope'", "df.iloc[0]"),
    ("export", MistUsageError, "Which file?", "For example: %mist export offers.csv"),
    ("export offers.xlsx", BadValueError, "'offers.xlsx' is no file that can be written", "offers.csv"),
    ("export nowhere/offers.csv", BadValueError, "There is no folder nowhere.", "Make it first"),
    ("export offers.csv nope", MistUsageError, "'nope'", ""),
    ("export offers.csv 5", BadValueError, "of type int, no DataFrame", "mine.csv df"),
    ("export offers.csv df --cpus 4", MistUsageError, "Conditions are for the offers.", "whole"),
    ("export offers.csv --cpus 99999", BadValueError, "Nothing fits.", "Nothing was written."),
]


@pytest.mark.parametrize(("line", "kind", "message", "hint"), MISTAKES, ids=[line[0][:40] for line in MISTAKES])
def test_a_mistake_is_two_lines_and_changes_nothing(
    book: Notebook,
    sandbox: Sandbox,
    line: str,
    kind: type[MistError],
    message: str,
    hint: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    book.value("df = %mist compare --cpus 4 --limit 2")
    before = sorted(entry.name for entry in tmp_path.rglob("*"))
    error = failed(book, f"%mist {line}")
    assert type(error) is kind
    assert message in error.message
    assert hint in error.hint
    assert sorted(entry.name for entry in tmp_path.rglob("*")) == before
    assert {method for method, _ in sandbox.requests} <= {"GET", "POST"}


def test_a_wish_for_more_than_there_is_is_no_mistake(book: Notebook) -> None:
    frame: Any = book.value("%mist compare --ram 16TB --providers azure")
    assert len(frame) == 0 and "Nothing fits." in shown(book, frame)[1]
