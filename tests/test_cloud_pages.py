"""Every kind of backend has a page, and a page says nothing of options, variables or calls that there are not."""

from __future__ import annotations

import re
import tomllib

import pytest

from mist_notebook.backends import direct
from mist_notebook.backends.token.opening import CLOUDS
from mist_notebook.magic.commands import COMMANDS
from tests.rigs.markdown_pages import ROOT, pages, text_of

SHARED = {"podman": "docker", "ssh-config": "server"}  # kinds that stand on another one's page
CLOUDS_FOLDER = "docs/clouds/"
PAGES = [name.removeprefix(CLOUDS_FOLDER)[: -len(".md")] for name in pages() if name.startswith(CLOUDS_FOLDER)]
every_page = pytest.mark.parametrize("page", PAGES)
BACKENDS = ROOT / "mist_notebook" / "backends"


def text(page: str) -> str:
    """What a page below docs/ says."""
    return text_of(f"docs/{page}")


def kinds() -> set[str]:
    """The kinds that our package registers."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return set(project["entry-points"]["mist_notebook.backends"])


def test_every_kind_that_is_registered_has_a_page_and_stands_in_the_index() -> None:
    index = text("clouds.md")
    assert {SHARED.get(kind, kind) for kind in kinds()} | {"sandbox"} == set(PAGES)
    assert [page for page in PAGES if f"(clouds/{page}.md)" not in index] == []
    assert [kind for kind in kinds() - {"mist"} if f"`{kind}`" not in index] == []


@every_page
def test_a_cloud_page_says_what_one_can_do_after_it_and_what_was_not_tried(page: str) -> None:
    said = text(f"clouds/{page}.md")
    assert said.split("\n\n")[1].startswith("After this page you can")
    assert "\n## What was tried\n" in said
    assert "\n**Not tried:** " in said
    for row in ("listed", "what one can do", "price", "who ends it"):
        assert f"\n| {row} | " in said or page == "server"


@pytest.mark.parametrize("page", ["clouds.md", *(f"clouds/{page}.md" for page in PAGES)])
def test_a_cloud_page_names_only_tests_that_exist(page: str) -> None:
    assert [
        path for path in re.findall(r"`((?:tests|benchmarks|tools)/[\w/.]*)`", text(page)) if not (ROOT / path).exists()
    ] == []


@pytest.mark.parametrize("page", ["ec2", "gce", "azure", "openstack"])
def test_a_cloud_page_names_each_extra_field_and_no_other(page: str) -> None:
    fields = set(re.findall(r'\bField\(\s*"(\w+)"', (BACKENDS / page / "adapter.py").read_text(encoding="utf-8")))
    said = text(f"clouds/{page}.md")
    named = set(re.findall(r"--extra (\w+)=", said)) | set(re.findall(r"`(\w+)=[^`]*`", said)) - {
        "ssh_from",
        "requestId",
    }
    named = {name for name in named if not name.isupper()}
    assert named | {"ssh_from"} == fields


@pytest.mark.parametrize("cloud", list(CLOUDS))
def test_the_page_of_a_cloud_with_a_token_names_its_variables_its_tool_and_its_fields(cloud: str) -> None:
    facts, said = CLOUDS[cloud], text(f"clouds/{cloud}.md")
    assert [name for name in (*facts.variables, facts.project_variable) if f"`{name}`" not in said and name] == []
    assert f"`{facts.tool.name}`" in said or facts.tool.name in said
    named = re.findall(r"(?:--extra |`)(\w+)=…`", said.partition("| options | ")[2].partition("\n")[0])
    assert named == [choice.field.name for choice in facts.choices]
    size = f"{facts.most_user_data >> 10} KiB" if facts.most_user_data else "refused"
    assert f"| script, cloud-init | {size}" in said or f"as user data, {size} at most" in said


def test_an_option_that_a_page_names_alone_is_one_of_a_command_or_a_tool() -> None:
    options = {flag for command in COMMANDS.values() for argument in command.arguments for flag in argument.flags}
    options |= {
        flag for path in (ROOT / "tools").glob("*.py") for flag in re.findall(r'"(--[a-z-]+)"', path.read_text("utf-8"))
    }
    written = [name for name in pages() if name.startswith((CLOUDS_FOLDER, "docs/tasks/"))]
    named = {(name, flag) for name in written for flag in re.findall(r"`(--[a-z][a-z-]+)(?: [^`]*)?`", text_of(name))}
    assert len(named) > 50
    assert [(name, flag) for name, flag in sorted(named) if flag not in options] == []


def test_what_can_be_added_directly_is_what_the_pages_add() -> None:
    added = {word for page in PAGES for word in re.findall(r"^%mist add ([\w-]+)", text(f"clouds/{page}.md"), re.M)}
    known = {kind.provider for kind in direct.kinds()} - {"podman", "azure_arm"} | {"azure"}
    assert added == known | {"rackspace"}  # at a Mist server


def test_the_policy_for_ec2_has_every_call_that_is_made_and_no_other() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in sorted((BACKENDS / "ec2").glob("*.py")))
    made = set(re.findall(r'"((?:Describe|Run|Create|Import|Authorize|Stop|Terminate|Delete|Get)[A-Z]\w+)"', source))
    allowed = set(re.findall(r'"(?:ec2|ssm|servicequotas):(\w+)"', text("clouds/ec2.md")))
    assert allowed - {"StartInstances", "RebootInstances"} == made - {"GetCallerIdentity"}
