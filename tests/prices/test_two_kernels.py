"""Two kernels that fetch at once, as real processes; and proxies between a kernel and the lists."""

from __future__ import annotations

import ssl
import threading
from pathlib import Path

import pandas as pd
import pytest
import trustme

from mist_notebook.ground.errors import MistError, UnavailableError
from mist_notebook.prices.catalogue import fetched as kept_files
from mist_notebook.prices.catalogue import overlay, own_past
from mist_notebook.prices.catalogue.lists import PRICE_LISTS
from mist_notebook.prices.catalogue.reading import price_row
from mist_notebook.prices.catalogue.reading.pages import Means
from mist_notebook.prices.catalogue.reading.price_row import PriceRow
from mist_notebook.prices.catalogue.side_by_side import refresh_all
from mist_notebook.prices.catalogue.sources.azure import Azure
from mist_notebook.prices.catalogue.sources.vultr import Vultr
from tests.rigs import child, hostile, price_lists, tunnel
from tests.rigs.refresh_rig import TODAY, embedded, fetched, keep

REGIONS = ("eastus", "westeurope", "northeurope")


def azure(*regions: str) -> hostile.Step:
    return price_lists.azure(
        *(price_lists.meter(f"Standard_D{n}s_v9", 0.1 * n, region) for region in regions for n in (1, 2))
    )


def regions() -> set[str]:
    return set(overlay.refreshed()["region"])


def test_the_second_waits_and_keeps_what_the_first_has_kept(tmp_path: Path) -> None:
    known, told = embedded().query("as_of < '2027-01-01'"), tmp_path / "told"
    told.touch()

    def work() -> int:
        def tell(line: str) -> None:
            with told.open("a") as file:
                file.write(line)

        return len(fetched(Azure(server.url), "eastus", known=known, tell=tell).news.offers)

    with hostile.serve(azure("eastus")) as server:
        with kept_files.alone("azure"):
            other = child.start(work)
            while "azure  waits for another notebook that is keeping it" not in told.read_text():
                threading.Event().wait(0.01)
            kept_files.put(kept_files.Kept("azure", "azure_arm", server.url, {"westeurope": TODAY}, rows(server)))
        ended = other.end()
    assert ended == child.Ended(2) and regions() == {"eastus", "westeurope"}


def rows(server: hostile.Server) -> pd.DataFrame:
    """What another kernel has kept of a region."""
    row = PriceRow(id="Standard_D1s_v9", region="westeurope", kind="on-demand", price_hourly=0.1, price_monthly=73.0)
    return price_row.frame([row], provider="azure_arm", as_of=TODAY, source=f"Azure {server.port}", currency="USD")


def test_whoever_holds_it_for_ever_is_told_of() -> None:
    with kept_files.alone("azure"), pytest.raises(UnavailableError) as caught, kept_files.alone("azure", patience_s=0):
        pass
    assert caught.value.message == "Another notebook is keeping the price list of azure."
    with kept_files.alone("azure"), kept_files.alone("gce", patience_s=0.0):
        pass


def test_neither_of_two_loses_a_list_and_no_half_file_is_ever_read() -> None:
    known = embedded().query("as_of < '2027-01-01'")
    with hostile.serve(azure(*REGIONS)) as azures, hostile.serve(price_lists.vultr()) as others:

        def work(region: str) -> int:
            for _ in range(2):
                fetched(Azure(azures.url), region, known=known)
                fetched(Vultr(others.url), known=known)
            return 2

        children = [child.start(lambda region=region: work(region)) for region in REGIONS[:2]]
        done: list[child.Ended] = []
        reader = threading.Thread(target=lambda: done.extend(one.end() for one in children))
        reader.start()
        while reader.is_alive():
            assert overlay.refresh_notes() == (), "a file was read that isn't whole"
            own_past.rows()
    assert [one.value for one in done] == [2, 2], done
    assert regions() >= set(REGIONS[:2])
    assert set(overlay.refreshed()["provider"]) == {"azure_arm", "vultr"}
    assert not list(kept_files.folder().glob(".*.tmp"))


def test_one_that_is_killed_in_the_middle_holds_nobody_up() -> None:
    keep("vultr")
    with hostile.serve(price_lists.vultr()) as server:
        ended = child.start(lambda: fetched(Vultr(server.url)), kill_at=4, below=kept_files.folder()).end()
        assert ended.killed
        fetched(Vultr(server.url))
    assert overlay.refresh_notes() == () and set(overlay.refreshed()["provider"]) == {"vultr"}


# ------------------------------------------------------------------------------------------------------------- proxies


def test_a_list_comes_through_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority = trustme.CA()
    (tmp_path / "ca.pem").write_bytes(authority.cert_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("api.vultr.example").configure_cert(context)
    with hostile.serve(price_lists.vultr(), tls=context) as server, tunnel.to(server.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//someone:hunter2@"))
        found = fetched(Vultr("https://api.vultr.example"), verify=str(tmp_path / "ca.pem"))
    assert len(found.news.offers) and all(one.startswith("CONNECT api.vultr.example:443 ") for one in proxy.asked)
    assert "Proxy-Authorization: Basic" in proxy.asked[0] and "proxy-authorization" not in server.ledger[0].headers
    assert "hunter2" not in repr(found.news) + " ".join(found.notes)


@pytest.mark.parametrize("status", [403, 407, 502])
def test_a_proxy_that_refuses_is_named_and_its_password_shows_nowhere(
    status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = keep("vultr").read_bytes()
    said: list[str] = []
    with hostile.serve(hostile.answer("no", status=status)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//someone:hunter2@"))
        wanted = Vultr("https://api.vultr.example")
        means = Means(tell=said.append, today=lambda: TODAY)
        (outcome,) = refresh_all([wanted], embedded(), means=means, total_s=20.0)
    error = outcome.error
    assert isinstance(error, MistError) and proxy.ledger[0].method == "CONNECT"
    shown = f"{error} {error!r} {error.hint} {said} {outcome!r}"
    assert "proxy" in shown and "hunter2" not in shown and "someone" not in shown
    assert "No price of vultr changed." in error.hint
    assert kept_files.file_of("vultr").read_bytes() == before


def test_no_proxy_is_obeyed_and_a_proxy_that_is_down_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://someone:hunter2@127.0.0.1:1")
    with pytest.raises(UnavailableError, match=r"the proxy 127\.0\.0\.1 refused the connection"):
        fetched(Vultr("https://api.vultr.invalid"))
    monkeypatch.setenv("NO_PROXY", "vultr.invalid")
    with pytest.raises(UnavailableError, match=r"No host named 'api\.vultr\.invalid'"):
        fetched(Vultr("https://api.vultr.invalid"))


def test_without_a_network_every_list_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("HCLOUD_TOKEN", "x")
    path = keep("vultr")
    before = path.read_bytes()
    means = Means(page_s=60.0, today=lambda: TODAY)  # a refusal comes at once, however busy the machine
    outcomes = refresh_all(list(PRICE_LISTS.values()), embedded(), means=means, total_s=240.0)
    assert len(outcomes) == len(PRICE_LISTS)
    for outcome in outcomes:
        assert isinstance(outcome.error, UnavailableError), outcome
        assert "refused the connection" in outcome.error.message and "proxy" in outcome.error.message
        assert f"No price of {outcome.wanted.name} changed." in outcome.error.hint
    assert path.read_bytes() == before
