"""What is inside the appliance: a software bill of materials in SPDX 2.3 (JSON).

One package for each Debian package, wheel, JavaScript library and file of data that gets in. Name,
version, size of the list and hash are certain: they are the locks', or read from the wheel itself.
How sure a licence is, `licences.py` says. Who wrote a package is not in it; who it came from is.

The same input gives the same bytes: the date is the version's, and the document's own name is
derived from the version and the list.
"""

import base64
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid5

from packageurl import PackageURL
from packaging.metadata import parse_email
from packaging.utils import canonicalize_name
from spdx_tools.common.spdx_licensing import spdx_licensing
from spdx_tools.spdx.model import (
    Actor,
    ActorType,
    Checksum,
    ChecksumAlgorithm,
    CreationInfo,
    Document,
    ExternalPackageRef,
    ExternalPackageRefCategory,
    ExtractedLicensingInfo,
    Package,
    PackagePurpose,
    Relationship,
    RelationshipType,
    SpdxNoAssertion,
)
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
from spdx_tools.spdx.writer.json.json_writer import write_document_to_stream

from ..description import Description
from ..errors import BuildError
from ..inputs.assets import Asset
from ..package import identity
from ..store import digest
from .licences import Licences, copyright_file, wheel_licence_text

if TYPE_CHECKING:
    from ..inputs.debian import Deb

DOCUMENT, APPLIANCE = "SPDXRef-DOCUMENT", "SPDXRef-appliance"
UNKNOWN = SpdxNoAssertion()
SHOWN = 3  # mistakes that an error names


def sbom(
    description: Description,
    debs: Iterable["Deb"],
    wheels: Iterable[Path],
    libraries: Iterable[Mapping[str, str]],
    assets: Iterable[Asset],
    standins: Iterable[dict[str, str]],
    trees: Sequence[Path],
) -> str:
    """The bill of materials, found valid by spdx-tools.

    Args:
        debs: the entries of the Debian lock that get in.
        wheels: folders with the wheels that get installed.
        libraries: what is bundled into the pages, as `npm.libraries` returns it.
        standins: which assets are replaced, as `assets.fetch_all` returns them.
        trees: unpacked layers; the copyright files of the Debian packages are read from them.

    Raises:
        BuildError: a wheel is damaged, something is listed twice, or the document is not valid.
    """
    licences = Licences()
    distribution = _distribution(trees)
    replaced = {entry["asset"]: entry["standin"] for entry in standins}
    packages = [_deb(deb, distribution, trees, licences) for deb in debs]
    files = [wheel for folder in wheels for wheel in folder.glob("*.whl")]
    packages += [_wheel(file, licences) for file in files]
    packages += [_library(library, licences) for library in libraries]
    packages += [_asset(asset, replaced.get(asset.path), licences) for asset in assets]
    packages.sort(key=lambda package: package.spdx_id)
    _refuse_twice(packages)
    document = Document(
        _creation(description, packages),
        packages=[_appliance(description), *packages],
        relationships=[
            Relationship(DOCUMENT, RelationshipType.DESCRIBES, APPLIANCE),
            *(Relationship(APPLIANCE, RelationshipType.CONTAINS, p.spdx_id) for p in packages),
        ],
        extracted_licensing_info=[
            ExtractedLicensingInfo(reference, text, name)
            for reference, (name, text) in sorted(licences.texts.items())
        ],
    )
    _check(document)
    stream = io.StringIO()
    write_document_to_stream(document, stream, validate=False)
    return stream.getvalue() + "\n"


def _creation(description: Description, packages: list[Package]) -> CreationInfo:
    name = f"{description.name}-{description.version}"
    contents = [(p.spdx_id, p.version, *(c.value for c in p.checksums)) for p in packages]
    return CreationInfo(
        "SPDX-2.3",
        DOCUMENT,
        name,
        f"urn:uuid:{uuid5(identity(description).uuid('sbom'), repr(contents))}",
        [Actor(ActorType.TOOL, name)],
        datetime.fromtimestamp(description.epoch, UTC).replace(tzinfo=None),
    )


def _appliance(description: Description) -> Package:
    return Package(
        APPLIANCE,
        description.name,
        UNKNOWN,
        description.version,
        files_analyzed=False,
        license_declared=UNKNOWN,
        license_comment="Each package in it keeps its own licence.",
        summary=description.title,
        primary_package_purpose=PackagePurpose.OPERATING_SYSTEM,
    )


def _deb(deb: "Deb", distribution: str, trees: Sequence[Path], licences: Licences) -> Package:
    file = copyright_file(deb.name, list(trees))
    expression = licences.of_deb(file) if file else None
    purl = PackageURL(
        "deb", "debian", deb.name, deb.version, {"arch": deb.architecture, "distro": distribution}
    )
    return Package(
        _id("deb", deb.name, deb.architecture),
        deb.name,
        UNKNOWN,
        deb.version,
        file_name=deb.filename,
        supplier=Actor(ActorType.ORGANIZATION, "Debian"),
        files_analyzed=False,
        checksums=[Checksum(ChecksumAlgorithm.SHA256, deb.sha256)],
        source_info=f"built from Debian's source package {deb.source} {deb.source_version}: "
        f"https://snapshot.debian.org/package/{deb.source}/{deb.source_version}/",
        license_declared=_expression(expression),
        license_comment=f"/usr/share/doc/{deb.name}/copyright has all licences of the source",
        external_references=[_reference(purl)],
    )


def _wheel(file: Path, licences: Licences) -> Package:
    try:
        with zipfile.ZipFile(file) as wheel:
            names = [n for n in wheel.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", n)]
            metadata, _ = parse_email(wheel.read(names[0]))
            text = wheel_licence_text(wheel)
        name, version = canonicalize_name(metadata["name"]), metadata["version"]
    except (zipfile.BadZipFile, IndexError, KeyError) as error:
        raise BuildError(
            f"{file} is no whole wheel ({error or 'it has no METADATA'}); "
            "delete the folder that it is in, then build again"
        ) from None
    return Package(
        _id("pypi", name),
        name,
        UNKNOWN,
        version,
        file_name=file.name,
        files_analyzed=False,
        checksums=[Checksum(ChecksumAlgorithm.SHA256, digest(file))],
        license_declared=_expression(licences.of_wheel(metadata, text)),
        external_references=[_reference(PackageURL("pypi", None, name, version))],
    )


def _library(library: Mapping[str, str], licences: Licences) -> Package:
    """What npm installs has no file of its own in the appliance: it is part of the bundles."""
    name, version = library["name"], library["version"]
    algorithm, _, encoded = library["integrity"].partition("-")
    scope, _, last = name.rpartition("/")
    return Package(
        _id("npm", name, version),
        name,
        UNKNOWN,
        version,
        files_analyzed=False,
        checksums=[Checksum(ChecksumAlgorithm[algorithm.upper()], base64.b64decode(encoded).hex())],
        license_declared=_expression(licences.expression(library["licence"])),
        comment="Bundled into the pages, of which it may be a part; its hash is the package's.",
        external_references=[_reference(PackageURL("npm", scope or None, last, version))],
    )


def _asset(asset: Asset, standin: str | None, licences: Licences) -> Package:
    name = _id("data", asset.path)
    if standin is not None:
        return Package(
            name,
            f"{asset.path} (stand-in)",
            UNKNOWN,
            files_analyzed=False,
            license_declared=UNKNOWN,
            comment=f"A stand-in, not the real file, which could not be had: {standin}",
            primary_package_purpose=PackagePurpose.FILE,
        )
    start = asset.sha256_is_start
    return Package(
        name,
        asset.path,
        asset.urls[0] if asset.urls else UNKNOWN,
        files_analyzed=False,
        checksums=[] if start else [Checksum(ChecksumAlgorithm.SHA256, asset.sha256)],
        license_declared=_expression(licences.named(asset.licence)),
        summary=asset.source,
        comment=f"Its SHA-256 starts with {asset.sha256}; no more is known." if start else None,
        primary_package_purpose=PackagePurpose.FILE,
    )


def _id(*parts: str) -> str:
    """An id that SPDX takes: letters, digits, dot and hyphen, and no two names the same."""
    words = (re.sub(r"[^A-Za-z0-9.-]", lambda c: f".{ord(c[0]):x}.", part) for part in parts)
    return "-".join(["SPDXRef", *words])


def _reference(purl: PackageURL) -> ExternalPackageRef:
    category = ExternalPackageRefCategory.PACKAGE_MANAGER
    return ExternalPackageRef(category, "purl", purl.to_string())


def _expression(text: str | None):
    """Each licence once; not simplified, which would drop `GPL or` from "GPL or Artistic"."""
    return spdx_licensing.dedup(text) if text else UNKNOWN


def _distribution(trees: Sequence[Path]) -> str:
    """The distribution as purls name it (`debian-12`), by the trees' own word."""
    for file in (tree / "usr" / "lib" / "os-release" for tree in trees):
        if file.is_file():
            lines = (line.partition("=") for line in file.read_text().splitlines())
            told = {key: value.strip('"') for key, _, value in lines}
            return f"{told['ID']}-{told['VERSION_ID']}"
    raise BuildError("none of the trees for the SBOM has /usr/lib/os-release; build them again")


def _refuse_twice(packages: list[Package]) -> None:
    for one, other in pairwise(packages):
        if one.spdx_id == other.spdx_id:
            raise BuildError(
                f"{one.name} is listed twice ({one.version} and {other.version}); "
                "resolve the locks anew: make lock"
            )


def _check(document: Document) -> None:
    if mistakes := validate_full_spdx_document(document):
        shown = "; ".join(
            f"{m.context.spdx_id or m.context.parent_id}: {m.validation_message}"
            for m in mistakes[:SHOWN]
        )
        raise BuildError(
            f"the SBOM would not be valid SPDX ({len(mistakes)} mistakes: {shown}); "
            "restore locks/ with git, or resolve them anew: make lock"
        )
