"""The bill of materials: valid SPDX, complete, the same twice, and honest about licences."""

import base64
import hashlib
import json
import shutil
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from appliance_build import description
from appliance_build.errors import BuildError
from appliance_build.inputs.assets import Asset
from appliance_build.papers.licences import copyright_file
from appliance_build.papers.sbom import sbom

FILES = Path(__file__).parent / "copyright"  # of bookworm's packages, as they are
PROSE = "This package was put together by hand.\nIt is free.\n"


@dataclass(frozen=True)
class Deb:
    """What the SBOM reads of an entry of the Debian lock."""

    name: str
    version: str = "1:2.0-1+deb12u1"
    architecture: str = "amd64"
    source: str = "gdbm"
    source_version: str = "2.0-1"
    filename: str = "pool/main/g/gdbm/x.deb"
    sha256: str = "a" * 64
    sets: tuple[str, ...] = ("system",)


def wheel(folder: Path, name: str, fields: str, licence: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        metadata = f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{fields}"
        archive.writestr(f"{name}-1.0.dist-info/METADATA", metadata)
        if licence:
            archive.writestr(f"{name}-1.0.dist-info/licenses/LICENSE", licence)
    return file


def library(name: str, licence: str = "MIT") -> dict[str, str]:
    integrity = f"sha512-{base64.b64encode(bytes(64)).decode()}"
    return {"name": name, "version": "4.2.0", "licence": licence, "integrity": integrity}


def asset(path: str) -> Asset:
    return Asset(
        path, [f"https://example.org/{path}"], 9, "b" * 64, "CC0-1.0", "here", "small ones"
    )


@pytest.fixture
def inputs(tmp_path):
    """The arguments of a small bill: three packages, two wheels, a library, two files of data."""
    system, vm = tmp_path / "system", tmp_path / "vm"
    for name in ("libgdbm6", "libxml2"):
        folder = system / "usr" / "share" / "doc" / name
        folder.mkdir(parents=True)
        shutil.copy(FILES / name, folder / "copyright")
    (system / "usr" / "lib").mkdir()
    (system / "usr" / "lib" / "os-release").write_text('ID=debian\nVERSION_ID="12"\n')
    (vm / "usr" / "share" / "doc").mkdir(parents=True)
    (vm / "usr" / "share" / "doc" / "gdbm++").symlink_to("libgdbm6")
    wheel(tmp_path / "wheels", "Plain", "License-Expression: MIT\n")
    wheel(
        tmp_path / "wheels", "theano", "Classifier: License :: OSI Approved :: BSD License\n", "Do."
    )
    return {
        "description": description.load(),
        "debs": [
            Deb("libgdbm6", sets=("base", "tools")),
            Deb("libxml2"),
            Deb("gdbm++", sets=("vm",)),
        ],
        "wheels": [tmp_path / "wheels"],
        "libraries": [library("@scope/draws")],
        "assets": [asset("mnist/digits.gz"), asset("mnist/labels.gz")],
        "standins": [{"asset": "mnist/labels.gz", "standin": "small ones", "reason": "/home/me"}],
        "trees": [system, vm],
    }


def packages(text: str) -> dict[str, dict]:
    return {package["name"]: package for package in json.loads(text)["packages"]}


def contained(text: str) -> set[str]:
    """The names of what the document says that the appliance contains."""
    names = {package["SPDXID"]: package["name"] for package in json.loads(text)["packages"]}
    relations = json.loads(text)["relationships"]
    assert {
        "spdxElementId": "SPDXRef-DOCUMENT",
        "relationshipType": "DESCRIBES",
        "relatedSpdxElement": "SPDXRef-appliance",
    } in relations
    return {
        names[relation["relatedSpdxElement"]]
        for relation in relations
        if relation["relationshipType"] == "CONTAINS"
        and relation["spdxElementId"] == "SPDXRef-appliance"
    }


EXPECTED = {
    *("libgdbm6", "libxml2", "gdbm++", "plain", "theano", "@scope/draws"),
    *("mnist/digits.gz", "mnist/labels.gz (stand-in)"),
}


def test_what_is_written_reads_back_as_valid_spdx(inputs, tmp_path):
    file = tmp_path / "sbom.spdx.json"
    file.write_text(sbom(**inputs), encoding="utf-8")
    assert validate_full_spdx_document(parse_file(str(file))) == []


def test_it_lists_exactly_what_gets_in(inputs):
    text = sbom(**inputs)
    assert contained(text) == EXPECTED
    assert set(packages(text)) == EXPECTED | {inputs["description"].name}


def test_library_of_the_pages_is_named_with_the_hash_that_npm_checks(inputs):
    listed = packages(sbom(**inputs))["@scope/draws"]
    assert listed["checksums"] == [{"algorithm": "SHA512", "checksumValue": "0" * 128}]
    assert listed["licenseDeclared"] == "MIT"
    [reference] = listed["externalRefs"]
    assert reference["referenceLocator"] == "pkg:npm/%40scope/draws@4.2.0"


def test_library_may_be_there_in_two_versions(inputs):
    inputs["libraries"].append(inputs["libraries"][0] | {"version": "5.0.0"})
    text = sbom(**inputs)
    assert len([p for p in json.loads(text)["packages"] if p["name"] == "@scope/draws"]) == 2


@pytest.mark.parametrize(
    ("declared", "expression"),
    [("(MIT OR Apache-2.0)", "MIT OR Apache-2.0"), ("SEE LICENSE IN x", "LicenseRef-")],
)
def test_licences_of_libraries(inputs, declared, expression):
    inputs["libraries"] = [library("draws", declared)]
    told = packages(sbom(**inputs))["draws"]["licenseDeclared"]
    assert told == expression or (told.startswith("LicenseRef-") and expression == "LicenseRef-")


@pytest.mark.parametrize("part", ["debs", "assets"])
def test_what_is_left_out_is_noticed(inputs, part):
    assert contained(sbom(**inputs | {part: inputs[part][1:]})) < EXPECTED


def test_the_same_input_gives_the_same_bytes(inputs):
    first = sbom(**inputs)
    for part in ("debs", "assets"):
        inputs[part] = inputs[part][::-1]
    assert sbom(**inputs) == first
    assert json.loads(first)["creationInfo"]["created"].startswith(str(inputs["description"].date))


def test_another_list_is_another_document(inputs):
    newer = [replace(inputs["debs"][0], version="2.1-1"), *inputs["debs"][1:]]
    documents = (sbom(**inputs), sbom(**inputs | {"debs": newer}))
    assert len({json.loads(text)["documentNamespace"] for text in documents}) == 2


def test_a_debian_package_is_identified(inputs):
    listed = packages(sbom(**inputs))["gdbm++"]
    assert listed["versionInfo"] == "1:2.0-1+deb12u1"
    assert listed["checksums"] == [{"algorithm": "SHA256", "checksumValue": "a" * 64}]
    assert listed["supplier"] == "Organization: Debian"
    assert "gdbm 2.0-1" in listed["sourceInfo"]
    purl = "pkg:deb/debian/gdbm%2B%2B@1:2.0-1%2Bdeb12u1?arch=amd64&distro=debian-12"
    assert listed["externalRefs"][0]["referenceLocator"] == purl


def test_a_wheel_is_identified(inputs):
    listed = packages(sbom(**inputs))["theano"]
    content = (inputs["wheels"][0] / "theano-1.0-py3-none-any.whl").read_bytes()
    assert listed["checksums"][0]["checksumValue"] == hashlib.sha256(content).hexdigest()
    assert listed["externalRefs"][0]["referenceLocator"] == "pkg:pypi/theano@1.0"


def test_a_stand_in_is_called_one_and_has_not_the_real_files_hash(inputs):
    text = sbom(**inputs)
    listed = packages(text)
    assert "checksums" not in listed["mnist/labels.gz (stand-in)"]
    assert "small ones" in listed["mnist/labels.gz (stand-in)"]["comment"]
    assert listed["mnist/digits.gz"]["downloadLocation"] == "https://example.org/mnist/digits.gz"
    assert "/home/me" not in text, "why a file could not be had is the builder's own affair"


def test_of_a_hash_that_is_known_in_part_nothing_is_claimed(inputs):
    digits = replace(inputs["assets"][0], sha256="b" * 8, sha256_is_start=True)
    listed = packages(sbom(**inputs | {"assets": [digits]}))["mnist/digits.gz"]
    assert "checksums" not in listed
    assert listed["comment"] == "Its SHA-256 starts with bbbbbbbb; no more is known."


def test_licences_of_debian_files_become_spdx(inputs):
    listed = packages(sbom(**inputs))
    gdbm = "GFDL-1.3-no-invariants-or-later AND GPL-2.0-or-later AND GPL-3.0-or-later"
    assert listed["libgdbm6"]["licenseDeclared"] == gdbm
    assert listed["gdbm++"]["licenseDeclared"] == gdbm, "its folder is a link to libgdbm6's"


def test_a_licence_that_spdx_has_not_comes_with_its_text(inputs):
    text = sbom(**inputs)
    isc, other = packages(text)["libxml2"]["licenseDeclared"].split(" AND ")
    assert isc == "ISC" and other.startswith("LicenseRef-MIT-1-")
    extracted = {e["licenseId"]: e for e in json.loads(text)["hasExtractedLicensingInfos"]}
    assert "DANIEL VEILLARD BE LIABLE" in extracted[other]["extractedText"]
    theano = packages(text)["theano"]["licenseDeclared"]
    assert extracted[theano]["extractedText"] == "Do.", "the licence file in the wheel"


def test_prose_for_people_asserts_nothing(inputs):
    (inputs["trees"][0] / "usr" / "share" / "doc" / "libxml2" / "copyright").write_text(PROSE)
    assert packages(sbom(**inputs))["libxml2"]["licenseDeclared"] == "NOASSERTION"


def dep5(folder: Path, *licences: str) -> None:
    head = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
    parts = [f"\nFiles: {n}/*\nCopyright: me\nLicense: {one}\n" for n, one in enumerate(licences)]
    (folder / "copyright").write_text(head + "".join(parts))


@pytest.mark.parametrize(
    ("listed", "expression"),
    [
        (["Expat", "expat"], "MIT"),
        (["GPL-2+ or MIT, and ISC"], "(GPL-2.0-or-later OR MIT) AND ISC"),  # a comma binds weaker
        (["MIT", "GPL-2 or MIT"], "(GPL-2.0-only OR MIT) AND MIT"),  # the choice stays
    ],
)
def test_the_words_of_debian_files(inputs, listed, expression):
    dep5(inputs["trees"][0] / "usr" / "share" / "doc" / "libxml2", *listed)
    assert packages(sbom(**inputs))["libxml2"]["licenseDeclared"] == expression


@pytest.mark.parametrize(
    ("fields", "expression"),
    [
        ("License-Expression: Apache-2.0 OR BSD-2-Clause\n", "Apache-2.0 OR BSD-2-Clause"),
        ("License: BSD 3-Clause License\n        \n        Copyright me\n", "BSD-3-Clause"),
        ("License: mit\n", "MIT"),
        ("Classifier: License :: OSI Approved :: ISC License (ISCL)\n", "ISC"),
        ("License: BSD\n", "LicenseRef-BSD-"),
        ("License-Expression: Made-Up-1.0\n", "LicenseRef-Made-Up-1.0-"),
        (
            "Classifier: License :: OSI Approved :: MIT License\n"
            "Classifier: License :: OSI Approved :: ISC License (ISCL)\n",
            "LicenseRef-MIT-License-and-ISC-License-ISCL-",
        ),
        ("", "NOASSERTION"),
    ],
)
def test_licences_of_wheels(inputs, tmp_path, fields, expression):
    wheel(tmp_path / "wheels", "plain", fields)
    (tmp_path / "wheels" / "Plain-1.0-py3-none-any.whl").unlink()
    declared = packages(sbom(**inputs))["plain"]["licenseDeclared"]
    exact = not expression.startswith("LicenseRef-")
    assert declared == expression if exact else declared.startswith(expression)


def test_a_link_out_of_the_tree_is_not_followed(tmp_path):
    (tmp_path / "secret").write_text("the builder's own")
    folder = tmp_path / "tree" / "usr" / "share" / "doc" / "odd"
    folder.mkdir(parents=True)
    (folder / "copyright").symlink_to(tmp_path / "secret")
    assert copyright_file("odd", [tmp_path / "tree"]) is None


def test_a_damaged_wheel_is_named(inputs):
    file = inputs["wheels"][0] / "theano-1.0-py3-none-any.whl"
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(BuildError, match=r"theano-1\.0-py3-none-any\.whl is no whole wheel"):
        sbom(**inputs)


def test_a_wheel_without_metadata_is_named(inputs):
    with zipfile.ZipFile(inputs["wheels"][0] / "odd-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("odd.py", "")
    with pytest.raises(BuildError, match=r"odd-1\.0-py3-none-any\.whl is no whole wheel"):
        sbom(**inputs)


def test_a_package_that_is_listed_twice_is_refused(inputs):
    inputs["debs"].append(replace(inputs["debs"][0], version="3"))
    with pytest.raises(BuildError, match=r"libgdbm6 is listed twice .*make lock"):
        sbom(**inputs)


def test_a_hash_that_is_none_is_refused(inputs):
    inputs["debs"][1] = replace(inputs["debs"][1], sha256="a" * 63)
    with pytest.raises(BuildError, match=r"not be valid SPDX \(1 mistakes: SPDXRef-deb-libxml2"):
        sbom(**inputs)


def test_a_tree_that_does_not_say_what_it_is_is_refused(inputs):
    with pytest.raises(BuildError, match="os-release"):
        sbom(**inputs | {"trees": inputs["trees"][1:]})
