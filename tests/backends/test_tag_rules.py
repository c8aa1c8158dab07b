"""Tags as a person writes them, what each provider takes, and that nothing is sent of what one wouldn't."""

from __future__ import annotations

from typing import Any

import pytest

from mist_notebook.backends import tag_rules
from mist_notebook.ground.errors import BadValueError
from mist_notebook.provision.costs import costly
from mist_notebook.records.model import OP_TAG


@pytest.mark.parametrize(
    ("given", "tags"),
    [
        ({"team": "web"}, {"team": "web"}),
        ({"n": 3, "on": True, "note": None, "f": 1.5}, {"n": "3", "on": "true", "note": "", "f": "1.5"}),
        ("team=web, env=dev\nblue", {"team": "web", "env": "dev", "blue": ""}),
        ('"note=a, b",env=', {"note": "a, b", "env": ""}),
        (["team=web", {"env": "dev"}, ("n", "1")], {"team": "web", "env": "dev", "n": "1"}),
        ([("a", "b=c")], {"a": "b=c"}),
        ("a=b=c", {"a": "b=c"}),
        ({}, {}),
        ("  ,\n", {}),
    ],
)
def test_tags_are_read_from_dicts_pairs_and_texts(given: Any, tags: dict[str, str]) -> None:
    assert tag_rules.checked(given, "anything") == tags


@pytest.mark.parametrize(
    "given",
    [
        *({"": "x"}, {"  ": "x"}, "=x", " = x", [("", "x")], {None: "x"}, {"a": ["x"]}, {"a": {"b": 1}}, 5, {"x"}),
        *([1, 2], "team=web, team=dev", ["a", "a=1"], {"a\n": "x", "b\x1b": "y"}, {"a": "b\x00"}, {OP_TAG: "1"}),
        *({"Mist-Notebook-x": "1"}, {f"t{number}": "x" for number in range(51)}, {"a" * 256: "x"}, {"a": "x" * 256}),
    ],
)
def test_what_is_no_tag_is_refused_whoever_the_provider_is(given: Any) -> None:
    with pytest.raises(BadValueError) as error:
        tag_rules.checked(given, "anything")
    assert error.value.message and error.value.hint


@pytest.mark.parametrize(
    ("provider", "good", "bad"),
    [
        (
            "ec2",
            {"a b": "x/y@z", "k" * 128: "v" * 256},
            [{"aws:x": "1"}, {"AWS:x": ""}, {"k" * 129: ""}, {"Name": "x"}],
        ),
        ("gce", {"team": "web-1", "t_1": ""}, [{"Team": "x"}, {"1t": ""}, {"t": "Web"}, {"t": "a b"}, {"t" * 64: ""}]),
        ("azure", {"Team a": "x" * 256}, [{"a/b": ""}, {"a<": ""}, {"windows-x": ""}, {"Team": "1", "team": "2"}]),
        ("hetzner", {"team": "", "a.b/c": "X_1"}, [{"-a": ""}, {"a b": ""}, {"a": "-"}, {"hetzner.cloud/x": ""}]),
        ("digitalocean", {"Team": "a:b"}, [{"a b": ""}, {"a:b": "c"}, {"a": "b c"}, {"ä": ""}]),
        ("linode", {"team": "web 1"}, [{"a:b": ""}, {"a": "x" * 19}, {"a" * 32: ""}, {"a": "b,c"}]),
        ("openstack", {"a b:c": "anything, ok"}, [{"a/b": ""}, {"a": "x" * 256}, {"ä": ""}]),
        ("vultr", {"team": "web"}, [{"a:b": ""}, {"a,b": ""}]),
        ("scaleway", {"team": "web"}, [{"a:b": ""}, {"a": "b,c"}]),
        ("nephoscale", {"a/b c": "ä, ö"}, [{"": ""}]),
    ],
)
def test_each_provider_takes_what_it_takes(provider: str, good: dict[str, str], bad: list[dict[str, str]]) -> None:
    assert tag_rules.checked(good, provider) == good
    for tags in bad:
        with pytest.raises(BadValueError):
            tag_rules.checked(tags, provider)


@pytest.mark.parametrize("tags", [{"a": "1"}, {"a": ""}, {"note": "a, b", "q": 'say "x"'}, {"a": "b=c"}, {}])
def test_what_is_written_is_read_again(tags: dict[str, str]) -> None:
    assert dict(tag_rules.several(tag_rules.written(tags))) == tags


def test_only_a_persons_tags_are_shown() -> None:
    assert tag_rules.own([(OP_TAG, "1"), ("Name", "web"), ("mist-notebook-until", "x"), ("a", "b")]) == {"a": "b"}


def test_a_tag_called_after_a_thing_that_costs_leaves_the_price_known() -> None:
    assert costly({"tags": {"disk": "500", "count": "3"}}) == []
