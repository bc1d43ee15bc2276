"""The schema of `appliance.yml`, and loading it with errors that name file, line and key."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import TZPATH

from packaging.requirements import InvalidRequirement, Requirement
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from . import overlay, own
from .errors import BuildError
from .paths import DESCRIPTIONS, check_workshop

Port = Annotated[int, Field(ge=1, le=65535, strict=True)]
HostPort = Annotated[int, Field(ge=1024, le=65535, strict=True)]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
Package = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9+.-]+$")]
PublicKey = Annotated[
    str, Field(pattern=r"^((ssh|ecdsa|sk)-\S+ AAAA[A-Za-z0-9+/]+=*( [\w@. -]+)?)?$")
]
CheckId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]


def _plain_requirement(text: str) -> str:
    """A requirement that an index of packages can answer, so that a lock can name its hash."""
    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise ValueError(
            f"not a requirement as pip writes it: {str(error).splitlines()[0]}"
        ) from None
    if requirement.url:
        raise ValueError("an address cannot be locked; name a package of PyPI, such as `a==1.2`")
    return text


def _known_time_zone(name: str) -> str:
    """A zone of the machine's time zone database, where it has one."""
    databases = [Path(folder) for folder in TZPATH if Path(folder, "Etc", "UTC").is_file()]
    if databases and not any((folder / name).is_file() for folder in databases):
        raise ValueError("no such time zone; take a name such as Europe/Berlin or Asia/Singapore")
    return name


#: What a machine has that was told nothing of it.
DEBIANS_TIME_ZONE, KERNELS_KEYBOARD = "Etc/UTC", "us"

#: Below the organiser's folder: what is elsewhere would be in no commit of theirs.
Inside = Annotated[str, Field(pattern=r"^\w[\w.-]*(/\w[\w.-]*)*$")]
PythonRequirement = Annotated[str, AfterValidator(_plain_requirement)]
TimeZone = Annotated[str, Field(pattern=r"^[A-Z]\w*([+/-]\w+)*$"), AfterValidator(_known_time_zone)]


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


class Locale(Strict):
    """The machine's clock as people read it, and the keys of its console."""

    time_zone: TimeZone
    keyboard: Annotated[str, Field(pattern=r"^[a-z]{2,}(\([a-z0-9_-]+\))?$")]

    @property
    def has_own_time_zone(self) -> bool:
        return self.time_zone != DEBIANS_TIME_ZONE

    @property
    def has_own_keyboard(self) -> bool:
        return self.keyboard != KERNELS_KEYBOARD


class Extra(Strict):
    """What an organiser adds; folders and the file are below their own folder."""

    packages: list[Package]
    python: list[PythonRequirement]
    lessons: list[Inside]
    pages: list[Inside]
    logo: Annotated[str, Field(pattern=r"^(\w[\w.-]*(/\w[\w.-]*)*\.(svg|png|jpg|webp))?$")]


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
    local: Profile
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
    locale: Locale
    debian: Debian
    theano: Theano
    lessons: Annotated[
        list[Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$")]], Field(min_length=1)
    ]
    extra: Extra
    checks: Checks
    update_key: PublicKey = ""

    @property
    def epoch(self) -> int:
        """Midnight UTC of the version's date, in seconds since 1970: every time stamp's value."""
        return int(datetime(*self.date.timetuple()[:3], tzinfo=UTC).timestamp())


def load(*paths: Path) -> Description:
    """Read and check a description.

    Args:
        paths: the file, and what overlays it; the project's own and the organiser's, if none
            is given.

    Raises:
        BuildError: a file is missing, is not YAML, or breaks the schema; every
            mistake is named with its file, line and key. Or what it adds is not there.
    """
    if not paths:
        check_workshop()
    sources = overlay.read(paths or DESCRIPTIONS)
    folder = (paths or DESCRIPTIONS)[-1].parent
    try:
        description = Description.model_validate(overlay.merged(sources))
    except ValidationError as error:
        raise BuildError("\n".join(_sentence(sources, e) for e in error.errors())) from None
    if faults := list(own.faults(description, folder)):
        places = (
            (overlay.place(sources, loc), ".".join(map(str, loc)), why) for loc, why in faults
        )
        raise BuildError("\n".join(": ".join(each) for each in places))
    return own.completed(description, folder)


def _sentence(sources: list[overlay.Source], error: dict) -> str:
    key = ".".join(str(part) for part in error["loc"]) or "(top level)"
    message = {
        "extra_forbidden": "unknown key; remove it or correct its spelling",
        "missing": "this key is missing",
    }.get(error["type"], error["msg"].removeprefix("Value error, "))
    given = error["input"]
    shown = f" (found {given!r})" if isinstance(given, str | int | float | bool | None) else ""
    return f"{overlay.place(sources, error['loc'])}: {key}: {message}{shown}"
