"""The examples of docs/customise.md, run through the real steps of a build, in small.

The organiser's folder has what they name: the lesson, the page and the logo of tests/workshop.
"""

import json
import re
import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from appliance_build.paths import PROJECT
from tests.unit.documents import Document
from tests.unit.make.copies import call, command, replace

from .test_build import made

GUIDE = Document("docs/customise.md")
EXAMPLES = [n.content for n in GUIDE.nodes if n.type == "fence" and n.info == "yaml"]
WHOLE = max(EXAMPLES, key=len)
SAMPLE = PROJECT / "tests" / "workshop"


def parsed(text: str) -> dict:
    return YAML(typ="safe").load(text)


@pytest.fixture
def own(tmp_path) -> Path:
    """An organiser's folder, without a description."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "our workshop"))


def run(built, own: Path, *words: str, **settings: str):
    done = call(
        command(*words),
        built.project,
        built.cache,
        APPLIANCE_MIRROR=built.mirror,
        APPLIANCE_WORKSHOP=str(own),
        **settings,
    )
    assert done.returncode == 0, done.stderr
    return done


def locks(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "locks").iterdir()}


def is_in(small: object, large: object) -> bool:
    """Whether all that an example says is in what the build understood; lists may have more."""
    if isinstance(small, dict):
        return all(key in large and is_in(value, large[key]) for key, value in small.items())
    return str(small) == str(large)


def listed(built, layer: str, name: str) -> list[str]:
    """The files below a folder of a layer, or the lines of a file in it."""
    found = max((built.cache / "layers").glob(f"{layer}-*"), key=lambda p: p.stat().st_mtime)
    words = ["unsquashfs", "-cat", found / "layer.squashfs", name]
    return call(words, built.project, built.cache).stdout.splitlines()


@pytest.mark.parametrize("text", EXAMPLES, ids=[str(n) for n in range(len(EXAMPLES))])
def test_an_example_is_understood_and_its_layers_are_built(built, own, text):
    (own / "appliance.yml").write_text(text, encoding="utf-8")
    said = parsed(text)
    extra, before = said.get("extra", {}), locks(built.project)
    needs = {"debian": extra.get("packages"), "python": extra.get("python")}
    needs["debian"] = needs["debian"] or said.get("locale")
    run(built, own, "lock")
    names = {f"extra-{kind}.lock" for kind, asked in needs.items() if asked}
    assert set(locks(own)) == names and locks(built.project) == before
    assert is_in(said, json.loads(run(built, own, "describe").stdout))
    run(built, own, "layer", "content")
    if set(said) & {"locale"} or extra.keys() & {"packages", "python", "lessons"}:
        run(built, own, "layer", "extra-vm")
        files = listed(built, "extra-vm", "usr/share/tiny-extra")
        for package in extra.get("packages", []):
            assert any(file.startswith(f"debs/{package}_") for file in files)
        for requirement in extra.get("python", []):
            assert any(file.startswith(f"wheels/{requirement[:6]}") for file in files)
        assert ("keyboard/kbd.deb" in files) == ("locale" in said)
        assert ("notebooks/10-Averages.ipynb" in files) == ("lessons" in extra)


def test_the_whole_is_built_into_the_organisers_folder(built, own):
    assert {"packages", "python", "lessons", "pages", "logo"} == set(parsed(WHOLE)["extra"])
    (own / "appliance.yml").write_text(WHOLE, encoding="utf-8")
    run(built, own, "lock")
    kept = {path: path.read_bytes() for path in (built.project / "build").glob("*.*")}
    done = run(built, own, "ova")
    said = parsed(WHOLE)
    (file,) = (own / "build").glob("*.ova")
    assert file.name.startswith(f"{said['name']}-{said['version']}-")
    assert str(file) in done.stderr
    assert {path: path.read_bytes() for path in kept} == kept
    bill = json.loads(file.with_name(f"{file.name}.spdx.json").read_text())
    assert {"cowsay", "humanize"} <= {package["name"] for package in bill["packages"]}
    assert not {"kbd", "xkb-data"} & {package["name"] for package in bill["packages"]}
    statement = json.loads(file.with_name(f"{file.name}.provenance.json").read_text())
    sources = statement["predicate"]["buildDefinition"]["resolvedDependencies"]
    named = {each.get("uri") or each["name"] for each in sources}
    assert {f"urn:{said['name']}:workshop", "workshop/appliance.yml"} <= named
    assert {"workshop/locks/extra-debian.lock", "workshop/locks/extra-python.lock"} <= named


def test_another_package_makes_its_layer_content_papers_and_file_again(built, own):
    (own / "appliance.yml").write_text(WHOLE, encoding="utf-8")
    run(built, own, "lock")
    run(built, own, "ova")
    replace(own / "appliance.yml", "[cowsay]", "[cowsay, sl]")
    refused = call(command("ova"), built.project, built.cache, APPLIANCE_WORKSHOP=str(own))
    assert refused.returncode == 1 and "run `make lock`" in refused.stderr
    assert not made(refused.stderr)
    run(built, own, "lock")
    assert set(made(run(built, own, "ova").stderr)) == {"content", "extra-vm", "about-vm"}


def test_a_mirror_has_what_is_added(built, own, tmp_path):
    (own / "appliance.yml").write_text(WHOLE, encoding="utf-8")
    run(built, own, "lock")
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    run(built, own, "mirror", str(mirror))
    for pattern in ("debs/**/cowsay_*.deb", "debs/**/kbd_*.deb", "python/humanize-*.whl"):
        assert list(mirror.glob(pattern)), pattern


@pytest.mark.parametrize(
    ("extra", "sentence"),
    [
        ("packages: [no-such-package]", "Debian's archive cannot give these packages"),
        ("packages: [mawk, original-awk, systemd-shim]", "Debian's archive cannot give"),
        ("python: ['pip<20']", "the Python packages under extra.python in appliance.yml cannot"),
        ("python: [no-such-package-anywhere-x]", "the Python packages under extra.python"),
    ],
)
def test_what_cannot_be_had_or_does_not_fit_is_told(built, own, extra, sentence):
    (own / "appliance.yml").write_text(f"extra:\n  {extra}\n", encoding="utf-8")
    before = locks(built.project)
    done = call(command("lock"), built.project, built.cache, APPLIANCE_WORKSHOP=str(own))
    assert done.returncode == 1 and f"error: {sentence}" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert locks(own) == {} and locks(built.project) == before


def test_an_addition_that_is_nowhere_is_resolved_anew_and_the_file_says_so(built, own):
    (own / "appliance.yml").write_text("extra: {packages: [cowsay]}\n", encoding="utf-8")
    run(built, own, "lock")
    lock = own / "locks" / "extra-debian.lock"
    head, stanza = re.split(r"(?=^Package: cowsay$)", lock.read_text(), flags=re.MULTILINE)
    gone = re.sub(r"cowsay_\S+_all", "cowsay_999-1_all", stanza, count=1)
    gone = re.sub(r"(?m)^SHA256: .*$", f"SHA256: {'0' * 64}", gone, count=1)
    lock.write_text(head + gone)
    before = lock.read_text()
    done = run(built, own, "ova")
    (file,) = (own / "build").glob("*.ova")
    assert file.name.endswith("-unlocked.ova")
    assert "cowsay_999-1_all.deb can be had from nowhere" in done.stderr
    assert lock.read_text() == before, "only `make lock` changes a lock"
