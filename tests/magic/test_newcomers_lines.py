"""Lines that a newcomer types: read as they were meant where that costs nothing, else answered with what helps."""

from __future__ import annotations

import pytest

from mist_notebook.ground.errors import BadValueError, MistError, MistUsageError, NotFoundError
from tests.conftest import Notebook

pytestmark = pytest.mark.usefixtures("sandbox")  # the same for all tests here

READ_AS: list[tuple[str, str, str]] = [
    # what is typed, what it is read as, what is said of it
    ("compare --ram 16 GB --limit 3", "compare --ram 16GB --limit 3", "Read as: --ram 16GB"),
    ("compare --cpus >=4 --limit 3", "compare --cpus 4+ --limit 3", "Read as: --cpus 4+"),
    ("compare --cpus >= 4 --ram >= 16 GB --limit 3", "compare --cpus 4+ --ram 16GB --limit 3", "--cpus 4+ --ram 16GB"),
    ("compare cpus=4 ram=16GB --limit 3", "compare --cpus 4+ --ram 16GB --limit 3", "Read as: --cpus 4+ --ram 16GB"),
    ("compare cpus 4 ram 16 --limit 3", "compare --cpus 4+ --ram 16GB --limit 3", "Read as: --cpus 4+ --ram 16GB"),
    ("compare memory=16GB --limit 3", "compare --ram 16GB --limit 3", "Read as: --ram 16GB"),
    ("compare --cpus > 4 --limit 3", "compare --cpus 5+ --limit 3", "Read as: --cpus 5+"),
    ("compare --cpus <8 --limit 3", "compare --cpus ..7 --limit 3", "Read as: --cpus ..7"),
    ("compare --cpus 4 to 8 --limit 3", "compare --cpus 4..8 --limit 3", "Read as: --cpus 4..8"),
    ("compare --cpus ≥4 --limit 3", "compare --cpus 4+ --limit 3", "Read as: --cpus 4+"),
    ("compare --cpus 8 cores --limit 3", "compare --cpus 8+ --limit 3", "Read as: --cpus 8+"),
    ("sizes NephoScale --ram 4 GB", "sizes NephoScale --ram 4GB", "Read as: --ram 4GB"),
    ("sizes NephoScale --max-price 0.05 USD", "sizes NephoScale --max-price 0.05", "Read as: --max-price 0.05"),
    ("images NephoScale search=debian", "images NephoScale --search debian", ""),
    ("images NephoScale --search “debian”", "images NephoScale --search debian", ""),
    ("images NephoScale --search ‘debian’", "images NephoScale --search debian", ""),
    ("images NephoScale --search „debian“", "images NephoScale --search debian", ""),
    ("images NephoScale --search=“Ubuntu Server”", "images NephoScale --search 'Ubuntu Server'", ""),
    ("images\u00a0NephoScale --search\u2009debian", "images NephoScale --search debian", ""),
    ("images NephoScale\u200b --search debian", "images NephoScale --search debian", ""),
    ("images NephoScale —search debian", "images NephoScale --search debian", ""),
    ("images NephoScale –search debian", "images NephoScale --search debian", ""),
    (
        "images NephoScale --search 'Ubuntu\u00a0Server'",
        "images NephoScale --search 'Ubuntu Server'",
        "each of its words",
    ),
    ("images EC2 --search ubuntu 14.04", "images EC2 --search 14.04", "each of its words"),
    ("images NephoScale --search Debian 64-bit", "images NephoScale --search 'Debian 64-bit'", "each of its words"),
    ("compare EC2 Hetzner --limit 3", "compare --providers EC2,Hetzner --limit 3", "Read as: --providers EC2,Hetzner"),
    ("compare aws,linode --cpus 4+ --limit 3", "compare --providers ec2,linode --cpus 4+ --limit 3", "aws,linode"),
    ("compare --cpus 4 azure --limit 3", "compare --cpus 4 --providers azure --limit 3", "--providers azure"),
    ("compare --max-price 0.05/h --limit 3", "compare --max-price 0.05 --limit 3", ""),
    ("compare --max-price $0.05 an hour --limit 3", "compare --max-price 0.05 --limit 3", "--max-price 0.05"),
    ("images --search debian NephoScale", "images NephoScale --search debian", ""),
]


@pytest.mark.parametrize(("line", "meant", "said"), READ_AS, ids=[line[0] for line in READ_AS])
def test_a_line_that_only_looks_is_read_as_it_was_meant(notebook: Notebook, line: str, meant: str, said: str) -> None:
    cell = notebook.run(f"%mist {line}")
    assert cell.error is None, cell.printed
    assert said in cell.printed
    assert len(cell.value)
    assert list(cell.value["id"]) == list(notebook.value(f"%mist {meant}")["id"])


ANSWERED: list[tuple[str, str]] = [
    ("compare EC2 --providers hetzner", "It takes: %mist compare"),
    ("compare EC2 nonsense", "It takes: %mist compare"),
    ("prices nonsense", "It takes: %mist prices"),
    ("compare --memory 16GB", "Did you mean: %mist compare --ram …"),
    ("compare --mem=16GB", "Did you mean: %mist compare --ram=…"),
    ("compare --cores 4", "Did you mean: %mist compare --cpus …"),
    ("compare --cloud EC2", "Did you mean: %mist compare --providers …"),
    ("images NephoScale --filter debian", "Did you mean: %mist images NephoScale --search …"),
    ("images NephoScale -n 5", "Did you mean: %mist images NephoScale --limit …"),
    ("images --cloud NephoScale", "Such as: %mist images NephoScale"),
    ("create my vm --cloud NephoScale", "Such as: %mist create NephoScale --name … --image … --size …"),
    ("create --backend EC2 --name web", "Such as: %mist create EC2 --name … --image … --size …"),
    ("create EC2 name=web image=x", "Did you mean: %mist create EC2 --name …"),
    ("create EC2 --flavor m1.small", "Did you mean: %mist create EC2 --size …"),
    ("create EC2 --ami ami-1", "Did you mean: %mist create EC2 --image …"),
    ("form NephoScale --memory 4GB", "Did you mean: %mist form NephoScale --ram …"),
    ("delete web-1", "Did you mean: %mist destroy … --yes …"),
    ("terminate web-1 --yes web-1", "Did you mean: %mist destroy … --yes …"),
    ("list", "%mist machines, %mist images"),
    ("list images EC2", "Did you mean: %mist images EC2"),
    ("ls", "%mist machines, %mist images"),
    ("show vms", "Did you mean: %mist machines"),
    ("login", "Did you mean: %mist connect"),
    ("ssh web-1", "%mist probe"),
    ("instances", "Did you mean: %mist machines"),
    ("vms", "Did you mean: %mist machines"),
    ("servers NephoScale", "Did you mean: %mist machines NephoScale"),
    ("regions EC2", "Did you mean: %mist locations EC2"),
    ("clouds", "Did you mean: %mist backends"),
    ("price", "Did you mean: %mist compare"),
    ("pricing --cpus 4", "Did you mean: %mist compare --cpus …"),
    ("flavors EC2", "Did you mean: %mist sizes EC2"),
    ("amis EC2", "Did you mean: %mist images EC2"),
    ("launch EC2", "Did you mean: %mist create EC2"),
    ("restart web-1", "Did you mean: %mist reboot …"),
    ("quota", "Did you mean: %mist budget"),
    ("images NephoScale | head", "--limit …"),
    ("images NephoScale | grep debian", "--search …"),
    ("images NephoScale | wc -l", "len(df)"),
    ("images NephoScale > images.csv", "%mist export NAME.csv df"),
    ("images NephoScale && sizes NephoScale", "One command a line, in %%mist."),
    ("images NephoScale; df.head()", "df.head()"),
    ("images NephoScale .head()", "df.head()"),
    ("export C:\\data\\ offers.csv", "Use quotes"),
]


@pytest.mark.parametrize(("line", "hint"), ANSWERED, ids=[line[0] for line in ANSWERED])
def test_a_line_that_cannot_be_read_is_answered_with_what_helps(notebook: Notebook, line: str, hint: str) -> None:
    error = notebook.run(f"df = %mist {line}").error
    assert type(error) is MistUsageError
    assert hint in error.hint
    assert "There are " not in error.hint


MISSED: list[tuple[str, str]] = [
    ("compare ovh", "OVH isn't in this table yet: %mist refresh ovh brings it."),
    ("compare --providers coreweave", "CoreWeave isn't in this table: no public list."),
    ("compare --providers lambda", "Lambda isn't in this table: needs an account: %mist add"),
    ("compare --max-price 20/month", "20 a month is about 0.027"),
    ("compare --max-price 0,05", "Write it with a point: 0.05"),
    ("images ubuntu", "A text is searched for so: %mist images NephoScale --search TEXT"),
    ("machines web1", "A text is searched for so: %mist machines --search TEXT"),
    ("like cx99", "Did you mean cx"),
]


@pytest.mark.parametrize(("line", "hint"), MISSED, ids=[line[0] for line in MISSED])
def test_a_value_that_means_nothing_is_answered_with_what_would(notebook: Notebook, line: str, hint: str) -> None:
    error = notebook.run(f"df = %mist {line}").error
    assert isinstance(error, NotFoundError | BadValueError)
    assert hint in error.hint


def test_an_unknown_word_still_names_every_command(notebook: Notebook) -> None:
    error = notebook.run("%mist zzz").error
    assert isinstance(error, MistError) and error.hint.startswith("There are backends, providers, images,")


@pytest.mark.parametrize("line", ["sizes", "locations", "sizes --search 1GB", "machines --search web"])
def test_what_is_short_is_listed_of_every_backend(notebook: Notebook, line: str) -> None:
    assert notebook.run(f"%mist {line}").error is None


def test_machines_are_searched_by_name_and_id(notebook: Notebook) -> None:
    frame = notebook.value("%mist sizes --search CS1")
    assert set(frame["backend"]) == {"NephoScale"} and len(frame) > 1
    assert len(notebook.value("%mist sizes")) > len(notebook.value("%mist sizes NephoScale"))


def test_a_search_without_an_answer_says_so(notebook: Notebook) -> None:
    assert "Nothing there holds 'no such thing'." in notebook.run("%mist images EC2 --search 'no such thing'").printed


@pytest.mark.parametrize("value", ["None", "float('nan')", "__import__('pandas').NA", "__import__('pandas').NaT"])
@pytest.mark.parametrize("line", ["images {x}", "images $x", "images NephoScale --search {x}", "images web-{x}"])
def test_a_variable_that_holds_nothing_is_not_filled_in(notebook: Notebook, value: str, line: str) -> None:
    notebook.run(f"x = {value}")
    error = notebook.run(f"%mist {line}").error
    assert type(error) is MistUsageError and "nothing to fill in" in error.message


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        (r"C:\data\offers.csv", r"C:\data\offers.csv"),
        (r'"C:\my data\offers.csv"', r"C:\my data\offers.csv"),
        (r"'C:\my data\offers.csv'", r"C:\my data\offers.csv"),
        (r'"\\server\share\offers.csv"', r"\\server\share\offers.csv"),
        (r"\\server\share\offers.csv", r"\\server\share\offers.csv"),
        (r'"C:\data\"', "C:\\data\\"),
        (r"a\nb", r"a\nb"),
        (r'"say \"x\""', 'say "x"'),
        ("it’s", "it’s"),
        ("“it’s here”", "it’s here"),
    ],
)
def test_a_backslash_and_an_apostrophe_stay_what_they_are(typed: str, word: str) -> None:
    from mist_notebook.magic.line.reading import words_of

    assert words_of(f"export {typed}", {}) == ["export", word]


@pytest.mark.parametrize("typed", [r"a\ b", "a\\", r"\"a\"", r"it\'s"])
def test_a_backslash_that_was_to_escape_is_refused(typed: str) -> None:
    from mist_notebook.magic.line.reading import words_of

    with pytest.raises(MistUsageError, match=r"backslash|quote"):
        words_of(f"export {typed}", {})


def test_an_export_to_a_path_with_backslashes_goes_nowhere_else(notebook: Notebook, tmp_path: object) -> None:
    import os
    from pathlib import Path

    os.chdir(str(tmp_path))
    notebook.run("import pandas as pd; mine = pd.DataFrame({'a': [1]})")
    cell = notebook.run(r"%mist export C:\data\offers.csv mine")
    made = [path.name for path in Path(str(tmp_path)).glob("*.csv")]
    assert made == ([] if cell.error else [r"C:\data\offers.csv"])
