"""Lines that can't work, typed into a real shell: two lines at most, nothing sent that need not be, no harm done."""

from __future__ import annotations

import pytest

from mist_notebook.ground.errors import (
    AmbiguousError,
    BadValueError,
    MistError,
    MistUsageError,
    NotFoundError,
    SettingsError,
    UnavailableError,
)
from mist_notebook.sandbox import Sandbox
from tests.conftest import Cell, Notebook

UNSAFE_IN_A_HINT = set("{}$!%;`\n\r\x1b\u202e\"'|&<>")


@pytest.fixture
def book(notebook: Notebook, sandbox: Sandbox) -> Notebook:
    """A notebook that was already used: its backends and one listing are known."""
    notebook.value("df = %mist images NephoScale")
    return notebook


def failed(book: Notebook, source: str) -> MistError:
    """The error of a cell that has to fail in our way; and what every such failure has in common."""
    kept = dict(book.shell.user_ns)
    cell = book.run(source)
    error = cell.error
    assert isinstance(error, MistError), f"{source}: {error!r}\n{cell.printed}"
    lines = "\n".join(error._render_traceback_()).splitlines()
    assert 1 <= len(lines) <= 2
    assert all(line and line.isprintable() and len(line) <= 402 for line in lines)
    assert cell.printed.strip() == "\n".join(lines)
    assert {name: value for name, value in book.shell.user_ns.items() if name in kept and name[0] != "_"} == {
        name: value for name, value in kept.items() if name[0] != "_"
    }
    return error


def works_still(book: Notebook) -> None:
    book.value("places = %mist locations NephoScale\nimages = %mist images NephoScale")
    assert (len(book["places"]), len(book["images"])) == (2, 18)


# ------------------------------------------------------------------------------------- lines, their class and the hint

LINES: list[tuple[str, type[MistError], str, str]] = [
    # B2 to B4: commands and backends
    ("imagse ec2", MistUsageError, "'imagse'", "Did you mean: %mist images ec2"),
    ("Images ec2", MistUsageError, "'Images'", "Did you mean: %mist images ec2"),
    ("size NephoScale --cpus 2+", MistUsageError, "'size'", "Did you mean: %mist sizes NephoScale --cpus …"),
    ("conect", MistUsageError, "'conect'", "Did you mean: %mist connect"),
    ('imagse "a b"', MistUsageError, "'imagse'", "Did you mean images?"),
    ("zzz", MistUsageError, "'zzz'", "There are backends, providers, images,"),
    ("--nope", MistUsageError, "'--nope'", "There are "),
    ("{{", MistUsageError, "'{'", "There are "),
    ("help imagse", MistUsageError, "'imagse'", "images"),
    ("images", MistUsageError, "There are NephoScale, EC2,", "For example: %mist images NephoScale"),
    ("networks --limit 1", MistUsageError, "Which backend's networks?", "%mist networks NephoScale"),
    # B7 to B9: options and quotes
    ("images ec2 --serach x", MistUsageError, "--serach", "Did you mean: %mist images ec2 --search …"),
    ("images ec2 --serach=x", MistUsageError, "--serach", "Did you mean: %mist images ec2 --search=…"),
    ("sizes ec2 --cpu 2", MistUsageError, "--cpu", "Did you mean: %mist sizes ec2 --cpus …"),
    ("sizes ec2 -limit 2", MistUsageError, "-limit", "Did you mean: %mist sizes ec2 --limit …"),
    ("images ec2 --serach 'a b'", MistUsageError, "--serach", "Did you mean --search?"),
    ("images ec2 --hlep", MistUsageError, "--hlep", "Did you mean: %mist images ec2 --help"),
    ("connect --profile nope", MistUsageError, "--profile", "It takes: %mist connect"),
    ("images ec2 --search", MistUsageError, "--search needs a value", "It takes: %mist images"),
    ("images ec2 --search x --sort --desc", MistUsageError, "--sort needs a value", "It takes: "),
    ("images ec2 -o", MistUsageError, "-o needs a value", "It takes: "),
    ("images ec2 --all=yes", MistUsageError, "--all", "It takes: "),
    (
        'images ec2 "unbalanced',
        MistUsageError,
        "A quote is opened but never closed.",
        'Close it: "a name with spaces".',
    ),
    ("images ec2 it's", MistUsageError, "A quote is opened but never closed.", "Close it"),
    ("images ec2\\", MistUsageError, "ends with a backslash", "double it"),
    ("keys extra", MistUsageError, "keys takes no plain words", "It takes: %mist keys"),
    ("connect a b", MistUsageError, "connect takes at most 1 plain word;", "It takes: %mist connect [URL]"),
    ("rename", MistUsageError, "rename needs backend, new_name", "It takes: %mist rename BACKEND NEW_NAME"),
    ("rename NephoScale", MistUsageError, "rename needs new_name", "It takes: "),
    # B10 to B14 and other values
    ("sizes ec2 --max-price abc", BadValueError, "--max-price: 'abc'", "above 0"),
    ("sizes ec2 --max-price nan", BadValueError, "'nan'", "above 0"),
    ("sizes ec2 --max-price inf", BadValueError, "'inf'", "above 0"),
    ("sizes ec2 --max-price -1", BadValueError, "'-1'", "above 0"),
    ("sizes ec2 --max-price 0", BadValueError, "'0'", "above 0"),
    ("sizes ec2 --cpus 1,5", BadValueError, "--cpus: '1,5'", "Write 4, 4+,"),
    ("sizes ec2 --cpus 8..4", BadValueError, "'8..4' is an empty range", "4..8"),
    ("sizes ec2 --cpus 4GB", BadValueError, "'4GB'", "Write 4, 4+,"),
    ("sizes ec2 --cpus -1", BadValueError, "'-1'", "Write 4, 4+,"),
    ('sizes ec2 --cpus ""', BadValueError, "--cpus: ''", "Write 4, 4+,"),
    ("sizes ec2 --ram 4PB", BadValueError, "--ram: '4PB'", "16GB"),
    ("sizes ec2 --disk 4x", BadValueError, "--disk: '4x'", "25GB"),
    ("images ec2 --limit 0", BadValueError, "--limit: '0'", "from 1"),
    ("images ec2 --limit -1", BadValueError, "--limit: '-1'", "from 1"),
    ("images ec2 --limit x", BadValueError, "--limit: 'x'", "from 1"),
    ("images ec2 --limit 1.5", BadValueError, "--limit: '1.5'", "from 1"),
    ("images ec2 --limit " + "9" * 5000, BadValueError, "--limit: '999", "from 1"),
    ("images ec2 --columns ,", BadValueError, "','", "--columns id,name"),
    ('images ec2 --columns ""', BadValueError, "''", "--columns id,name"),
    ("images ec2 -o 2nd", BadValueError, "'2nd'", "-o df"),
    ("images ec2 -o class", BadValueError, "'class'", "-o df"),
    ("images ec2 -o a.b", BadValueError, "'a.b'", "-o df"),
    ("images ec2 -o df[0]", BadValueError, "'df[0]'", "-o df"),
    ('images ec2 -o ""', BadValueError, "''", "-o df"),
    # B19 to B23: addresses
    ("connect http://mist.example", BadValueError, "unencrypted", "https://mist.example"),
    ("connect ftp://x", BadValueError, "'ftp://x'", "https://"),
    ("connect mist", BadValueError, "'mist'", "https://"),
    ("connect https://", BadValueError, "'https://'", "https://"),
    ("connect https://a.example:port", BadValueError, "port", "8443"),
    ("connect https://a.example?token=abc", BadValueError, "a.example", "Leave out"),
    ('connect "https://a b"', BadValueError, "space", "https://"),
    # variables
    ("images {missing}", MistUsageError, "'missing' for {missing}", "{{ or $$"),
    ("images $missing", MistUsageError, "'missing' for $missing", "{{ or $$"),
    ("images {1/0}", MistUsageError, "{1/0} can't be filled in: ZeroDivisionError", ""),
    ("images {df['nope']}", MistUsageError, "can't be filled in: KeyError", ""),
    ("images {df +}", MistUsageError, "can't be filled in: SyntaxError", ""),
    ("images {df.nope}", MistUsageError, "can't be filled in: AttributeError", ""),
]


@pytest.mark.parametrize(("line", "kind", "message", "hint"), LINES, ids=[line[0][:40] for line in LINES])
def test_a_line_that_cannot_work_fails_in_two_lines_without_a_request(
    book: Notebook, sandbox: Sandbox, line: str, kind: type[MistError], message: str, hint: str
) -> None:
    before = sandbox.requests
    error = failed(book, f"%mist {line}")
    assert type(error) is kind
    assert message in error.message
    assert hint in error.hint
    assert sandbox.requests == before
    works_still(book)


LOOKED_UP: list[tuple[str, type[MistError], str, str]] = [
    ("images EC3", NotFoundError, "No backend named 'EC3'.", "Did you mean EC2?"),
    ("images NephoScale EC3", NotFoundError, "No backend named 'EC3'.", "Did you mean EC2?"),
    ("images zzz", NotFoundError, "No backend named 'zzz'.", "There are NephoScale, EC2, DigitalOcean,"),
    ('images ""', BadValueError, "The backend is empty.", "a name or an id"),
    ('images "   "', BadValueError, "The backend is empty.", "a name or an id"),
    ("images {{x}}", NotFoundError, "No backend named '{x}'.", "There are "),
    ("images $$x", NotFoundError, "No backend named '$x'.", "There are "),
    ("images 'NephoScale\u202e'", NotFoundError, "No backend named 'NephoScale\\u202e'.", "Did you mean NephoScale?"),
    ("images \ue0005\ue001", NotFoundError, "No backend named '\\ue0005\\ue001'.", ""),
    ("images " + "x" * 100_000, NotFoundError, "No backend named 'xxxx", "There are "),
    ("images -5", NotFoundError, "'-5'", ""),
    ("images NephoScale --arch sparc", BadValueError, "--arch: 'sparc'", "There are arm64, i386, x86_64."),
    ("images NephoScale --sort nope", NotFoundError, "'nope'", "name"),
    ("images NephoScale --columns nope", NotFoundError, "No column named 'nope'.", "name"),
    ("images NephoScale --columns name,nmae", NotFoundError, "No column named 'nmae'.", "Did you mean name?"),
    ("images NephoScale --columns extra.core", NotFoundError, "No column named 'extra.core'.", "extra.cores"),
    ("keys --sort nope", NotFoundError, "'nope'", ""),
    ("backends --columns nope", NotFoundError, "'nope'", ""),
    ("rename nope x", NotFoundError, "No backend named 'nope'.", ""),
    ('rename NephoScale ""', BadValueError, "The new name is empty.", "at least one character"),
    ('rename NephoScale "  "', BadValueError, "The new name is empty.", "at least one character"),
    ("remove nope --yes nope", NotFoundError, "No backend named 'nope'.", ""),
    ("remove NephoScale", MistUsageError, "'NephoScale' was not removed: --yes is missing.", "--yes NAME"),
    ("remove NephoScale --yes nephoscale", MistUsageError, "--yes says 'nephoscale'", "--yes NAME"),
    ("remove NephoScale --yes y", MistUsageError, "--yes says 'y'", "--yes NAME"),
    ('remove NephoScale --yes ""', MistUsageError, "--yes says ''", "--yes NAME"),
    ("refresh nope", NotFoundError, "No backend named 'nope'.", ""),
    ("sizes nope --cpus 2", NotFoundError, "No backend named 'nope'.", ""),
    ("locations nope", NotFoundError, "No backend named 'nope'.", ""),
    ("networks nope", NotFoundError, "No backend named 'nope'.", ""),
]


@pytest.mark.parametrize(("line", "kind", "message", "hint"), LOOKED_UP, ids=[line[0][:40] for line in LOOKED_UP])
def test_a_line_that_names_what_there_is_not_changes_nothing(
    book: Notebook, sandbox: Sandbox, line: str, kind: type[MistError], message: str, hint: str
) -> None:
    before = len(sandbox.requests)
    error = failed(book, f"%mist {line}")
    assert type(error) is kind
    assert message in error.message
    assert hint in error.hint
    assert {method for method, _ in sandbox.requests[before:]} <= {"GET"}
    works_still(book)


def test_a_line_that_cannot_be_read_opens_no_session(notebook: Notebook) -> None:
    for line in ("imagse", "images --limit 0 x", "connect --token=x", "images {missing}", "-o"):
        failed(notebook, f"%mist {line}")
    magic, *_ = notebook.shell._mist_notebook  # type: ignore[attr-defined]
    assert magic.opened_session is None


# -------------------------------------------------------------------------------------------------- B1, B6, B16: plain


@pytest.mark.parametrize(
    "line", ["", "--help", "-h", "help", "help images", "images --help", "connect", "connect SANDBOX", "config"]
)
def test_lines_that_ask_for_help_or_where_we_are_work(book: Notebook, line: str) -> None:
    cell = book.run(f"%mist {line}")
    assert cell.error is None and cell.printed.strip()


def test_connecting_without_anything_says_that_this_is_the_sandbox(book: Notebook) -> None:
    assert "SANDBOX" in book.run("%mist connect").printed


@pytest.mark.parametrize("text", ["(a+)+$", ".*", "[", "^", "\\\\d", "{{2}}", "$$", "%", "a|b", "(?i)x", "'", "*"])
def test_a_search_is_literal(book: Notebook, text: str) -> None:
    for kind in ("images", "sizes", "locations"):
        assert len(book.value(f'%mist {kind} ec2 --search "{text}"')) == 0


def test_a_search_for_nothing_is_no_search(book: Notebook) -> None:
    assert len(book.value('%mist images NephoScale --search ""')) == 18


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        ("images {name}", 18),
        ("images $name", 18),
        ("images {'Nepho' + 'Scale'}", 18),
        ("images {[one for one in [name] if one == name][0]}", 18),
        ("images {(lambda: name)()}", 18),
        ("images {book['name']} --limit {rows}", 3),
        ("images $name --limit $rows", 3),
    ],
)
def test_variables_are_filled_in(book: Notebook, line: str, rows: int) -> None:
    book.run("name = 'NephoScale'; rows = 3; book = {'name': name}")
    assert len(book.value(f"%mist {line}")) == rows


def test_what_is_filled_in_stays_one_word_and_is_never_read_again(book: Notebook) -> None:
    book.run("name = 'NephoScale EC2'; evil = '{1/0} $missing \"'; flag = '--limit'")
    assert failed(book, "%mist images {name}").message == "No backend named 'NephoScale EC2'."
    assert failed(book, "%mist images {evil}").message == "No backend named '{1/0} $missing \"'."


# -------------------------------------------------------------------------------------------------------- secrets: R1

CANARY = "hunter2-cAnArY"
AWS_LIKE = "AKIA" + "CANARYCANARY42XY"
SPELLINGS = [
    "--password {0}", "--password={0}", "--Password {0}", "--PASSWORD={0}", "-p {0}", "-p={0}", "-p{0}",
    "password={0}", "PASSWORD={0}", "--passwd {0}", "--passphrase {0}", "--pass {0}", "--pwd {0}", "--pw={0}",
    "--token {0}", "--token={0}", "--api-token {0}", "--api_token={0}", "--apitoken {0}", "token={0}",
    "MIST_API_TOKEN={0}", "--mist-token {0}", "--access-token={0}", "--api-key {0}", "--apikey={0}", "api_key={0}",
    "--x-api-key {0}", "--secret {0}", "--secret-key={0}", "--api-secret {0}", "--apisecret={0}", "secret={0}",
    "--aws-secret-access-key {0}", "--credentials {0}", "--private-key {0}", "--authorization {0}", "--auth={0}",
    "--bearer {0}", "https://me:{0}@mist.example", "https://{0}@mist.example", '"Bearer {0}"', '"mist_1 {0}"',
    '"-----BEGIN RSA PRIVATE KEY----- {0}"', "--password:{0}", "—password={0}", "–token {0}", "password:{0}",
    "--password '{0}'", "'--password={0}'", "--tok{0} --token {0}", "https://x.example --token {0}",
    '"--password" "{0}"', "--api.token={0}", "--jwt {0}",
]  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("command", ["connect", "images NephoScale"])
def test_a_secret_on_the_line_is_refused_and_repeated_nowhere(
    book: Notebook, sandbox: Sandbox, command: str, spelling: str
) -> None:
    before = sandbox.requests
    error = failed(book, f"%mist {command} " + spelling.replace("{0}", CANARY))
    assert type(error) is MistUsageError
    assert error.message == "A password or token is never taken from a cell."
    assert "change it" in error.hint and "%mist connect" in error.hint
    for text in (str(error), repr(error), repr(error.args), repr(vars(error)), book.cells[-1].printed):
        assert CANARY not in text and CANARY[:7] not in text
    assert sandbox.requests == before
    works_still(book)


@pytest.mark.parametrize(
    "line",
    [
        "connect --pasword " + CANARY,
        "connect --pasword=" + CANARY,
        "connect password " + CANARY,
        "connect https://x.example " + CANARY,
        "connect Authorization: Bearer " + CANARY,
        "images --tokn " + CANARY,
        f"images {AWS_LIKE}",
    ],
)
def test_a_secret_beside_a_misspelled_option_is_repeated_nowhere_either(book: Notebook, line: str) -> None:
    error = failed(book, f"%mist {line}")
    for text in (str(error), repr(error), book.cells[-1].printed):
        assert CANARY not in text and AWS_LIKE not in text


def test_a_secret_in_a_variable_is_refused_too(book: Notebook) -> None:
    book.run(f"word = {CANARY!r}; url = 'https://me:{CANARY}@mist.example'")
    for line in ("connect --token {word}", "connect --token=$word", "connect {url}", "connect token={word}"):
        assert CANARY not in str(failed(book, f"%mist {line}"))
        assert CANARY not in book.cells[-1].printed


def test_a_secret_in_a_cell_of_lines_is_refused_too(book: Notebook) -> None:
    error = failed(book, f"%%mist\nlocations NephoScale -o kept\nconnect --password {CANARY}")
    assert error.message == "Line 3: A password or token is never taken from a cell."
    assert CANARY not in book.cells[-1].printed


@pytest.mark.parametrize("word", ["password", "token", "passenger", "tokenizer", "keys", "secretary", "-", "--"])
def test_a_word_that_only_sounds_like_a_secret_can_be_searched_for(book: Notebook, word: str) -> None:
    assert len(book.value(f"%mist images NephoScale --search {word}")) >= 0 if word[0] != "-" else True


# ------------------------------------------------------------------------------------------ hostile names in hints: T28

HOSTILE = [
    "{__import__('os').system('id')}", "$HOME", "a;b", "`id`", "!rm -rf", "%run x", "a\nb", "{{x}}", "$(id)", "a|b",
    "a&b", "a>b", "a\x1b[31mb", "web\u202egpj", 'a" --yes "b',
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_backend_name_is_never_proposed_for_pasting(book: Notebook, name: str) -> None:
    from mist_notebook.client.client import MistClient

    with MistClient() as client:
        client.backend_from_name("NephoScale").rename(name)
    try:
        book.value("%mist backends --refresh")
        wrong = name.replace("{", "{{").replace("}", "}}").replace("$", "$$").replace('"', '\\"').replace("\n", " ")
        for line in (f'images "{wrong}x"', "images zzzz", "images", "sizes Nepho", "networks"):
            hint = failed(book, f"%mist {line}").hint.replace("%mist", "")
            assert not UNSAFE_IN_A_HINT & set(hint.replace('"', "")), hint
            assert name not in hint
        overview = str(book.value("%mist"))
        assert not any("%mist" in row and name in row for row in overview.splitlines())
    finally:
        with MistClient() as client:
            client.backends[next(one.id for one in client.backends.values() if one.provider == "nephoscale")].rename(
                "NephoScale"
            )
        book.value("%mist backends --refresh")
    works_still(book)


def test_a_typo_beside_a_hostile_word_proposes_no_line(book: Notebook) -> None:
    for word in ("'a;b'", "'{{x}}'", "'$$(id)'", "'`id`'", "'!x'", "'%x'"):
        hint = failed(book, f"%mist imagse {word}").hint
        assert hint == "Did you mean images?"
        hint = failed(book, f"%mist images {word} --serach x").hint
        assert hint == "Did you mean --search?"


# ---------------------------------------------------------------------------------------------------- connections


def test_a_server_that_refuses_the_connection_leaves_the_old_one(book: Notebook, sandbox: Sandbox) -> None:
    error = failed(book, "%mist connect https://127.0.0.1:1")
    assert type(error) is UnavailableError
    assert "127.0.0.1:1 refused the connection" in error.message
    works_still(book)


def test_connecting_where_nobody_can_type_a_token_names_the_variable(
    book: Notebook, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    error = failed(book, f"%mist connect {sandbox.url}")
    assert type(error) is SettingsError
    assert "MIST_API_TOKEN" in error.hint
    works_still(book)


def test_a_public_binder_refuses_before_anything_is_sent_or_asked(
    book: Notebook, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BINDER_SERVICE_HOST", "x")
    before = sandbox.requests
    error = failed(book, f"%mist connect {sandbox.url}")
    assert "Binder" in error.message
    assert sandbox.requests == before
    works_still(book)


def test_a_settings_file_that_is_broken_is_said_and_then_everything_works(
    notebook: Notebook, own_settings: object
) -> None:
    from pathlib import Path

    path = Path(str(own_settings))
    path.write_text('api_token = "' + CANARY)
    error = failed(notebook, "%mist backends")
    assert type(error) is SettingsError and str(path) in error.message and CANARY not in str(error)
    path.unlink()
    works_still(notebook)


# ------------------------------------------------------------------------------------------------------- other things


def test_two_backends_that_differ_in_case_are_both_named(book: Notebook) -> None:
    from mist_notebook.client.client import MistClient

    with MistClient() as client:
        client.backend_from_name("Linode").rename("ec2 ")
        client.backend_from_name("Rackspace").rename("Ec2")
    try:
        book.value("%mist backends --refresh")
        assert len(book.value("%mist sizes EC2"))
        error = failed(book, "%mist images eC2")
        assert type(error) is AmbiguousError
        assert "EC2 (" in error.hint and "Ec2 (" in error.hint
    finally:
        with MistClient() as client:
            for backend in list(client.backends.values()):
                old = {"linode": "Linode", "rackspace": "Rackspace"}.get(backend.provider)
                if old and backend.name != old:
                    backend.rename(old)


def test_the_first_bad_line_of_a_cell_ends_it_and_is_named(book: Notebook) -> None:
    error = failed(book, "%%mist\n# a comment\n\nlocations NephoScale -o first\nimagse ec2\nlocations EC2 -o second")
    assert error.message == "Line 5: No command named 'imagse'."
    assert len(book["first"]) == 2
    assert "second" not in book.shell.user_ns


@pytest.mark.parametrize("mode", ["Plain", "Context", "Verbose", "Minimal"])
def test_an_error_is_two_lines_in_every_traceback_mode(book: Notebook, mode: str) -> None:
    book.run(f"%xmode {mode}")
    try:
        failed(book, "%mist images EC3")
    finally:
        book.run("%xmode Context")


def test_every_failing_cell_left_nothing_but_its_two_lines(book: Notebook) -> None:
    cells: list[Cell] = [book.run(f"%mist {line}") for line in ("imagse", "images EC3", "images ec2 --limit 0")]
    assert [len(cell.printed.strip().splitlines()) for cell in cells] == [2, 2, 2]
    assert not any("Traceback" in cell.printed for cell in cells)
