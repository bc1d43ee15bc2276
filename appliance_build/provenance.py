"""Where a file comes from: an in-toto statement (v1) with SLSA provenance (v1) about it.

It names what went in: the commit, and the hash of each lock and of appliance.yml; the locks name
the rest by hash. It has no times of the run, no names of people, machines or folders: the same
input gives the same bytes. Nobody but the builder vouches for it until it is signed.

Formats: https://github.com/in-toto/attestation and https://slsa.dev/spec/v1.0/provenance
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from in_toto_attestation.predicates.provenance.v1.provenance_pb2 import Provenance
from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
from in_toto_attestation.v1.statement import Statement

from .description import Description
from .errors import BuildError
from .paths import PROJECT
from .store import digest

PREDICATE = "https://slsa.dev/provenance/v1"

#: All that shapes the appliance; a change elsewhere (documents, tests) is not one of it.
INPUTS = (
    "appliance.yml",
    "locks",
    "ansible",
    "appliance_build",
    "appliance_check",
    "notebooks",
    "packer",
)


def provenance(
    description: Description,
    subjects: Mapping[str, str],
    standins: Sequence[Mapping[str, str]],
    release: bool,
    project: Path = PROJECT,
) -> str:
    """The statement, as JSON with sorted keys.

    Args:
        subjects: the files that it is about: SHA-256 by name.
        standins: the assets that are replaced, as `assets.fetch_all` returns them.
        release: whether stand-ins were refused.

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
                "release": release,
                "standins": sorted(entry["asset"] for entry in standins),
            },
            "internalParameters": {"SOURCE_DATE_EPOCH": description.epoch},
            "resolvedDependencies": [
                {"uri": f"{own}:source", **_commit(project)},
                *_files(project),
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


def _files(project: Path) -> list[dict]:
    files = [project / "appliance.yml", *sorted((project / "locks").iterdir())]
    return [
        {"name": str(file.relative_to(project)), "digest": {"sha256": digest(file)}}
        for file in files
        if file.is_file()
    ]


def _commit(project: Path) -> dict:
    """The commit that last changed an input, and whether the work tree has other changes.

    In a clone without its history (`--depth`) git would name a commit that changed nothing.
    """
    commit = _git(project, "log", "-1", "--format=%H", "--", *INPUTS)
    if not commit or _git(project, "rev-parse", "--is-shallow-repository") != "false":
        return {"annotations": {"commit": "unknown: no git clone with its history"}}
    found = {"digest": {"gitCommit": commit}}
    if _git(project, "status", "--porcelain", "--", *INPUTS):
        found["annotations"] = {"worktree": "has changes that are in no commit"}
    return found


def _git(project: Path, *arguments: str) -> str:
    """What git prints; nothing where there is no git, no repository or no commit.

    Root may build in the clone of another user, which git refuses by itself.
    """
    command = ["git", "-c", f"safe.directory={project}", *arguments]
    try:
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return "" if done.returncode else done.stdout.strip()
