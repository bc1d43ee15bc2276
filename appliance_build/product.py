"""A file that is handed out, with what lies beside it in build/."""

import json
from dataclasses import dataclass
from pathlib import Path

from .description import Description
from .paths import BUILD

#: What the name of each form's file ends in, after name and version.
ENDINGS = {
    "vm": ("-amd64", ".ova"),
    "cpu": ("-cpu-amd64", ".docker.tar"),
    "cuda": ("-cuda-amd64", ".docker.tar"),
}


@dataclass(frozen=True)
class Product:
    """One form of the appliance, as a file of a build.

    Attributes:
        form: of `layers.FORMS`.
        path: its final name in build/.
    """

    form: str
    path: Path

    @classmethod
    def of(cls, description: Description, form: str, marks: str = "") -> "Product":
        """The file of a form; `marks` says what is not as it should be (`-standins`)."""
        kind, ending = ENDINGS[form]
        return cls(form, BUILD / f"{description.name}-{description.version}{kind}{marks}{ending}")

    @classmethod
    def in_build(cls, form: str) -> "Product | None":
        """The file of a form that is in build/, if there is one."""
        kind, ending = ENDINGS[form]
        found = sorted(BUILD.glob(f"*{kind}*{ending}"))
        return cls(form, found[0]) if found else None

    @property
    def checksum(self) -> Path:
        return self.beside("sha256")

    @property
    def papers(self) -> tuple[Path, Path]:
        """SBOM and provenance."""
        return self.beside("spdx.json"), self.beside("provenance.json")

    @property
    def handed_out(self) -> list[Path]:
        """What a list of checksums names."""
        return [self.path, self.checksum, *self.papers]

    def beside(self, ending: str) -> Path:
        """The name of a file that belongs to it."""
        return self.path.with_name(f"{self.path.name}.{ending}")

    def sha256(self) -> str:
        """What the checksum beside it says."""
        return self.checksum.read_text().split()[0]

    def remove_old(self) -> None:
        """Remove this form's file of earlier builds, whatever its version and marks."""
        kind, ending = ENDINGS[self.form]
        for old in BUILD.glob(f"*{kind}*{ending}*"):
            old.unlink()

    def is_unchanged(self, key: str) -> bool:
        """Whether the file is that of `key`, and nobody touched it since."""
        try:
            return json.loads(self._stamp.read_text()) == {"key": key, "state": self._state()}
        except (OSError, ValueError):
            return False

    def stamp(self, key: str) -> None:
        """Note down what it was made of."""
        self._stamp.write_text(json.dumps({"key": key, "state": self._state()}) + "\n")

    @property
    def _stamp(self) -> Path:
        return self.path.with_name(f".{self.path.name}.built.json")

    def _state(self) -> list[int]:
        """Size and time of change of file and checksum: enough to see that they were touched."""
        both = [path.stat() for path in (self.path, self.checksum)]
        return [number for status in both for number in (status.st_size, status.st_mtime_ns)]
