"""What a backend is added with: each provider's own fields, under whatever name people know them."""

from __future__ import annotations

import pytest

from mist_notebook.backends.mist import credentials
from mist_notebook.ground.errors import BadValueError, MistUsageError
from mist_notebook.ground.secret import Secret

DOCUMENTED = {"key": "k3y", "secret": "s3cret"}
K, S = "k3y", Secret("s3cret")


@pytest.mark.parametrize(
    ("provider", "given", "sent"),
    [
        ("ec2", DOCUMENTED, {"apikey": K, "apisecret": S}),
        ("ec2", {"api_key": K, "api_secret": "s3cret", "region": "eu-west-1"},
         {"apikey": K, "apisecret": S, "region": "eu-west-1"}),
        ("ec2", {"access_key_id": K, "secret_access_key": "s3cret"}, {"apikey": K, "apisecret": S}),
        ("rackspace", DOCUMENTED, {"username": K, "apikey": S}),
        ("softlayer", {"username": K, "apikey": "s3cret"}, {"username": K, "apikey": S}),
        ("azure_arm", {"tenant_id": "t", "subscription_id": "s", **DOCUMENTED},
         {"tenant_id": "t", "subscription_id": "s", "key": K, "secret": S}),
        ("digitalocean", {"secret": "s3cret"}, {"token": S}),
        ("digitalocean", {"token": "s3cret"}, {"token": S}),
        ("linode", {"key": "s3cret"}, {"apikey": S}),
        ("vultr", {"apikey": "s3cret"}, {"apikey": S}),
        ("nephoscale", DOCUMENTED, {"username": K, "password": S}),
        ("gce", {"project": "p", "private_key": "s3cret"}, {"project_id": "p", "private_key": S}),
        ("openstack", {"username": K, "password": "s3cret", "auth_url": "u", "project": "p"},
         {"username": K, "password": S, "url": "u", "tenant": "p"}),
        ("zzz", {"whatever": "s3cret"}, {"whatever": S}),
    ],
)  # fmt: skip
def test_the_words_become_the_providers_own(provider: str, given: dict[str, str], sent: dict[str, object]) -> None:
    assert credentials.read(provider, given) == sent


@pytest.mark.parametrize(
    ("said", "provider", "region"),
    [
        ("rackspace:lon", "rackspace", "lon"),
        ("rackspace_first_gen:us", "rackspace", "us"),
        ("aws", "ec2", None),
        ("Amazon", "ec2", None),
        ("ec2_ap_northeast", "ec2", "ap-northeast-1"),
        ("ec2_us_west_oregon", "ec2", "us-west-2"),
        ("ec2:eu-west-1", "ec2", "eu-west-1"),
        ("azure", "azure_arm", None),
        ("nephoscale", "nephoscale", None),
    ],
)
def test_a_region_may_stand_in_the_providers_name(said: str, provider: str, region: str | None) -> None:
    assert credentials.provider_and_region(said) == (provider, region)


@pytest.mark.parametrize(
    ("provider", "word", "nearest"),
    [("ec2", "regoin", "region"), ("azure_arm", "tenent_id", "tenant_id"), ("linode", "apikye", "apikey"),
     ("ec2", "zzz", "apikey")],
)  # fmt: skip
def test_a_word_that_a_provider_does_not_take_is_refused_with_the_nearest(
    provider: str, word: str, nearest: str
) -> None:
    with pytest.raises(BadValueError) as caught:
        credentials.read(provider, {word: "canary-1234"})
    assert nearest in caught.value.hint
    assert "canary" not in str(caught.value)


def test_a_field_that_is_given_twice_is_refused() -> None:
    with pytest.raises(BadValueError, match="apikey"):
        credentials.read("ec2", {"key": "a", "apikey": "b"})


def test_all_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(MistUsageError) as caught:
        credentials.check_complete("azure_arm", {"key": "k"})
    assert all(name in caught.value.message for name in ("tenant_id", "subscription_id", "secret"))
