"""Where a file comes from: an in-toto statement (v1) with SLSA provenance (v1) about it.

It names what went in: the commit, and the hash of each lock and of appliance.yml; the locks name
the rest by hash. It has no times of the run, no names of people, machines or folders: the same
input gives the same bytes. Nobody but the builder vouches for it until it is signed.

Formats: https://github.com/in-toto/attestation and https://slsa.dev/spec/v1.0/provenance
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from in_toto_attestation.predicates.provenance.v1.provenance_pb2 import Provenance
from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
from in_toto_attestation.v1.statement import Statement

from ..description import Description
from ..errors import BuildError
from ..inputs.fetch import digest
from ..paths import PROJECT, WORKSHOP
from . import source

PREDICATE = "https://slsa.dev/provenance/v1"


def provenance(
    description: Description,
    subjects: Mapping[str, str],
    standins: Sequence[Mapping[str, str]],
    release: bool | None = None,
    project: Path = PROJECT,
) -> str:
    """The statement, as JSON with sorted keys.

    Args:
        subjects: the files that it is about: SHA-256 by name.
        standins: the assets that are replaced, as `assets.fetch_all` returns them.
        release: whether stand-ins were refused; not said inside the appliance, whose bytes
            are the same either way.

    Raises:
        BuildError: there is nothing to make a statement about, or a hash is none.
    """
    for name, sha256 in subjects.items():
        if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
            raise BuildError(f"{name} has no SHA-256 for the provenance but {sha256!r}")
    own = f"urn:{description.name}"
    predicate = {
        "buildDefinition": {
            "buildType": f"{own}:build:v1",
            "externalParameters": {
                "name": description.name,
                "version": description.version,
                **({} if release is None else {"release": release}),
                "standins": sorted(entry["asset"] for entry in standins),
            },
            "internalParameters": {"SOURCE_DATE_EPOCH": description.epoch},
            "resolvedDependencies": [
                {"uri": f"{own}:source", **source.commit(project)},
                *_files(project),
                *_own(description),
            ],
        },
        "runDetails": {"builder": {"id": f"{own}:builder:v1"}},
    }
    try:
        ParseDict(predicate, Provenance())  # refuses what the format has not
        named = [ResourceDescriptor(name, digest={"sha256": s}).pb for name, s in subjects.items()]
        statement = Statement(named, PREDICATE, predicate)
        statement.validate()
    except (ParseError, ValueError) as error:
        raise BuildError(f"the provenance would not be valid in-toto: {error}") from None
    # The library's own copy of the predicate has decimal fractions for whole numbers.
    whole = MessageToDict(statement.pb) | {"predicate": predicate}
    return json.dumps(whole, indent=1, sort_keys=True) + "\n"


def _own(description: Description) -> list[dict]:
    """What comes from an organiser's own folder."""
    if WORKSHOP == PROJECT:
        return []
    commit = source.commit(WORKSHOP, source.own_inputs(description))
    files = [WORKSHOP / "appliance.yml", *sorted((WORKSHOP / "locks").glob("*.lock"))]
    return [
        {"uri": f"urn:{description.name}:workshop", **commit},
        *(
            {
                "name": f"workshop/{file.relative_to(WORKSHOP)}",
                "digest": {"sha256": digest(file)},
            }
            for file in files
        ),
    ]


def _files(project: Path) -> list[dict]:
    locks = [*sorted((project / "locks").iterdir()), project / "web" / "package-lock.json"]
    files = [project / "appliance.yml", *locks]
    return [
        {"name": str(file.relative_to(project)), "digest": {"sha256": digest(file)}}
        for file in files
        if file.is_file()
    ]
