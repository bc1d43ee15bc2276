"""The schema of `appliance.yml`, and loading it with errors that name file, line and key."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from .errors import BuildError
from .paths import DESCRIPTION

Port = Annotated[int, Field(ge=1, le=65535, strict=True)]
HostPort = Annotated[int, Field(ge=1024, le=65535, strict=True)]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
Package = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9+.-]+$")]
PublicKey = Annotated[
    str, Field(pattern=r"^((ssh|ecdsa|sk)-\S+ AAAA[A-Za-z0-9+/]+=*( [\w@. -]+)?)?$")
]
CheckId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]


class Strict(BaseModel):
    """Refuses keys it does not know, so that a typing mistake is not silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class User(Strict):
    """Who logs in. The password is for the VM, whose ports only its host can reach."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,30}$")]
    password: Annotated[str, Field(min_length=1, pattern=r"^[^:\n]+$")]
    uid: Annotated[int, Field(ge=1000, le=59999, strict=True)]


class Forward(Strict):
    """A service's port inside the appliance and on the loopback interface of its host."""

    host: HostPort
    guest: Port


class Ports(Strict):
    """Everything that listens."""

    jupyter: Forward
    ssh: Forward

    @model_validator(mode="after")
    def each_port_once(self) -> "Ports":
        for side in ("host", "guest"):
            if getattr(self.jupyter, side) == getattr(self.ssh, side):
                raise ValueError(
                    f"jupyter and ssh both use {side} port {getattr(self.ssh, side)}; "
                    "give each its own"
                )
        return self


class Machine(Strict):
    """The virtual computer. Memory in MiB, disk in GiB (nominal; it is stored sparsely)."""

    cpus: Annotated[int, Field(ge=1, le=32, strict=True)]
    memory_mb: Annotated[int, Field(ge=1024, le=262144, strict=True)]
    disk_gb: Annotated[int, Field(ge=4, le=2048, strict=True)]


class Packages(Strict):
    """Debian packages by the layer that brings them."""

    system: list[Package]
    vm: list[Package]
    container: list[Package]
    cuda: list[Package]
    opencl: list[Package]


class Debian(Strict):
    """The distribution inside."""

    suite: Literal["bookworm"]
    packages: Packages


class Theano(Strict):
    """How Theano compiles and which BLAS it links."""

    march: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    blas: Annotated[str, Field(pattern=r"^-l[A-Za-z0-9_-]+$")]


class Profile(Strict):
    """What `appliance-check` reports as not applicable in one place, and why."""

    not_applicable: dict[CheckId, str] = {}


class Checks(Strict):
    """The places where `appliance-check` runs."""

    vm: Profile
    cpu: Profile
    cuda: Profile
    tree: Profile


class Description(Strict):
    """All of `appliance.yml`."""

    name: Slug
    title: Annotated[str, Field(min_length=1, max_length=80)]
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+(-[0-9a-z.]+)?$")]
    date: date
    user: User
    ports: Ports
    machine: Machine
    debian: Debian
    theano: Theano
    lessons: Annotated[
        list[Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$")]], Field(min_length=1)
    ]
    checks: Checks
    update_key: PublicKey = ""

    @property
    def epoch(self) -> int:
        """Midnight UTC of the version's date, in seconds since 1970: every time stamp's value."""
        return int(datetime(*self.date.timetuple()[:3], tzinfo=UTC).timestamp())


def load(path: Path = DESCRIPTION) -> Description:
    """Read and check a description.

    Raises:
        BuildError: the file is missing, is not YAML, or breaks the schema; every
            mistake is named with its line and key.
    """
    try:
        data = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BuildError(f"{path} is missing; restore it with `git checkout {path.name}`") from None
    except UnicodeDecodeError as error:
        raise BuildError(f"{path}: not UTF-8 text at byte {error.start}") from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BuildError(f"{path.name}:{line}: not valid YAML: {error.problem}") from None
    if not isinstance(data, dict):
        raise BuildError(f"{path.name}:1: expected `key: value` lines, as in the original file")
    try:
        return Description.model_validate(data)
    except ValidationError as error:
        raise BuildError("\n".join(_sentence(path, data, e) for e in error.errors())) from None


def _sentence(path: Path, data: object, error: dict) -> str:
    key = ".".join(str(part) for part in error["loc"]) or "(top level)"
    message = {
        "extra_forbidden": "unknown key; remove it or correct its spelling",
        "missing": "this key is missing",
    }.get(error["type"], error["msg"].removeprefix("Value error, "))
    given = error["input"]
    shown = f" (found {given!r})" if isinstance(given, str | int | float | bool | None) else ""
    return f"{path.name}:{_line(data, error['loc'])}: {key}: {message}{shown}"


def _line(data: object, loc: Sequence[str | int]) -> int:
    """The line of the innermost part of `loc` that stands in the file."""
    line = 1
    for part in loc:
        try:
            position = data.lc.data[part]
        except (AttributeError, KeyError, TypeError):
            break
        line = position[0] + 1
        data = data[part]
    return line
