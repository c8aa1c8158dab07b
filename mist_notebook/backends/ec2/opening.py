"""From an account at Amazon that a person added to its open adapter, with the credentials that are here now."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from mist_notebook.backends.direct import Direct, Seen
from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief
from mist_notebook.net.http import Limits
from mist_notebook.records.model import BackendInfo
from mist_notebook.settings.remembered import Remembered
from mist_notebook.settings.settings import Settings

from .adapter import Ec2Adapter, Opening
from .asking import login
from .asking.calls import Calls

_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}", re.ASCII)
_ALL = "all"
_USUAL_HOME = "us-east-1"
_MIB = 1 << 20


def _look(profile: str | None, options: Mapping[str, str]) -> Seen:
    """What is found, and the regions to remember: those that were named, else the one of that login, else all."""
    found = login.find(profile)
    named = options.get("region") or default_region(found) or _ALL
    return Seen(found.source, found.profile, {"region": ",".join(regions(named)) or _ALL})


def default_region(found: login.Login) -> str | None:
    """The region that the environment names, as the `aws` command reads it, else the profile."""
    said = os.environ.get("AWS_REGION") or found.session.get_config_variable("region")
    return str(said) if said else None


def regions(text: str) -> tuple[str, ...]:
    """The regions that a person named, none for all of the account's. Raises BadValueError."""
    words = [word.strip().casefold() for word in text.split(",") if word.strip()]
    if words == [_ALL]:
        return ()
    for word in words:
        if not _REGION.fullmatch(word):
            raise BadValueError(
                f"'{brief(word)}' isn't a region of AWS.", "Such as eu-west-1; several: eu-west-1,us-east-1"
            )
    return tuple(dict.fromkeys(words))


def adapter(one: Remembered, settings: Settings) -> Ec2Adapter:
    """The adapter of an account that was added; nothing is sent."""
    found = login.of(one.context)
    asked = regions(one.options.get("region") or _ALL)
    home = asked[0] if asked else default_region(found) or _USUAL_HOME
    found.session.set_config_variable("region", home)  # whoever takes a role is asked there
    limits = Limits(
        total_s=settings["answer_seconds"],
        catalogue_total_s=settings["catalogue_seconds"],
        max_bytes=int(settings["answer_mb"] * _MIB),
        max_catalogue_bytes=int(settings["catalogue_mb"] * _MIB),
    )
    verify = settings["ca_file"] or found.session.get_config_variable("ca_bundle") or True
    calls = Calls(found, limits, verify)
    info = BackendInfo(
        id=one.id,
        mist_id=one.id,
        name=one.name,
        provider="ec2",
        provider_name="EC2",
        region=home if len(asked) == 1 else None,
        server=calls.endpoint(home),
    )
    return Ec2Adapter(Opening(info, calls, limits, asked, home, verify, settings["ssh_from"]))


KINDS = (
    Direct(
        provider="ec2",
        name="EC2",
        look=_look,
        adapter=adapter,
        context_word="profile",
        options=("region",),
        at_mist=True,
    ),
)
