"""What goes into each layer, named for its key and laid out for its roles."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from . import lessons, own, photos, weights
from .description import Description
from .errors import BuildError
from .inputs import additions, archive, assets, debian, npm, wheels
from .inputs.additions import KEYBOARD, Additions
from .inputs.debian import Deb, Lock
from .layers import ABOUT, ANSIBLE, DEBS, EXTRA, HERE, LAYERS, WITH_LESSONS
from .papers import source
from .paths import WORKSHOP
from .progress import downloading, warn

#: Code that makes notebooks of lessons, and what they find as data.
LESSON_MAKERS = [
    HERE / f"{name}.py" for name in ("lessons", "exercises", "weights", "checkpoint", "photos")
]

#: Of a role of another layer: writes down the Python packages.
LISTING = [
    ANSIBLE / "roles" / "check" / name for name in ("tasks/python.yml", "files/list_packages.py")
]


class Unobtainable(BuildError):
    """Locked Debian packages that no source has any more."""


class Ingredients:
    """What one description, its locks and data give to the layers.

    Args:
        assets: the files of the lessons' data by their path.
        standins: what serves in place of which asset, as `assets.fetch_all` returns it.
        added: what an organiser adds; read from their locks if not given.
    """

    def __init__(
        self,
        description: Description,
        lock: Lock,
        assets: dict[str, Path],
        standins: list[dict[str, str]],
        added: Additions | None = None,
    ) -> None:
        self.description = description
        self.lock = lock
        self.assets = assets
        # Why an asset could not be had is the builder's own affair, and other bytes elsewhere.
        self.standins = [{key: entry[key] for key in ("asset", "standin")} for entry in standins]
        self.added = added or additions.load(description, lock)
        self.own_lessons = own.lessons(description.extra)

    def has_extra(self, form: str) -> bool:
        """Whether an organiser adds something above a form's layers."""
        locale = self.description.locale
        return bool(
            self.added.debian.of(EXTRA[form])
            or self.added.python
            or self.own_lessons
            or locale.has_own_time_zone
            or (form == "vm" and locale.has_own_keyboard)
        )

    def settings(self, name: str) -> dict:
        """What a layer's roles may know of appliance.yml, and nothing else."""
        settings = self.description.model_dump(mode="json", include=set(LAYERS[name].settings))
        if name in DEBS and "debian" in settings:
            packages = settings["debian"]["packages"]
            settings["debian"]["packages"] = {name: packages[name]}
        if name == "compiled":
            settings["lessons"] = self._run(name)
        if name in EXTRA.values():
            settings["debian"]["packages"] = {"extra": self.added.debian.requested[name]}
            settings["lessons"] = self._run(name)
            settings["python"] = bool(self.added.python)
            if not (name == EXTRA["vm"] and self.description.locale.has_own_keyboard):
                settings["locale"]["keyboard"] = ""  # the kernel's own; a container has no console
        return settings

    def debs(self, name: str) -> list[Deb]:
        """The Debian packages that a layer installs."""
        return self.lock.of(*DEBS.get(name, ())) + self.added.debian.of(name)

    def values(self, name: str) -> object:
        """What goes into a layer and is neither a setting nor a file of the project."""
        tools_tree = [deb.sha256 for deb in self.lock.of("tools")]
        debs = [deb.sha256 for deb in [*self.debs(name), *self._keyboard(name)]]
        about_it = name in ABOUT.values()
        data = []
        if about_it or self._has_lessons(name):
            data = [sorted(self.assets), self.standins]
        commit = source.commits(self.description) if about_it else {}
        code = {}
        if names := self._run(name):
            code = lessons.documents(own.OURS, names, lessons.Variant.CODE, self.own_lessons)
        return [tools_tree, self.lock.requested.get(name, []), debs, data, commit, code]

    def _has_lessons(self, name: str) -> bool:
        """Whether a layer is given lessons and data."""
        return name in WITH_LESSONS or bool(name in EXTRA.values() and self.own_lessons)

    def _run(self, name: str) -> list[str]:
        """The lessons whose code a layer runs, so that what Theano compiles for it ships."""
        if name in EXTRA.values():
            return list(self.own_lessons)
        ours = [lesson for lesson in self.description.lessons if lesson not in self.own_lessons]
        return ours if name == "compiled" else []

    def _keyboard(self, name: str) -> list[Deb]:
        """What makes the keyboard's table, where there is one to make."""
        return self.added.debian.of(KEYBOARD) if name == EXTRA["vm"] else []

    def sources(self, name: str) -> list[Path]:
        """Files, beside those of the table, that go into a layer."""
        files: list[Path] = []
        if name == "science":
            # The tools' lock has what builds the wheels, and jupytext for the layer above.
            locks = [wheels.LOCKS / f"{lock}.lock" for lock in ("python", "sources", "tools")]
            files += [HERE / "inputs" / "wheels.py", *locks]
        if name == "web":
            files += [HERE / "inputs" / "npm.py", *npm.sources()]
        if name == "content":
            extra = self.description.extra
            files += [own.source(lesson, extra) for lesson in self.description.lessons]
            files += [*own.pages(extra).values(), *self._logo()]
        if name in EXTRA.values():
            files += [*LISTING, *filter(None, [self.added.python])]
        if self._has_lessons(name):
            data = (file for _, file in sorted(self.assets.items()))
            files += [*LESSON_MAKERS, wheels.LOCKS / "photos.lock", *data]
            files += LAYERS["compiled"].files if name in EXTRA.values() else []
        if name in ABOUT.values():
            papers = ("about", "sbom", "licences", "provenance", "source")
            files += [assets.LOCK, debian.LOCK, *filter(None, [self.added.python])]
            files += [HERE / "papers" / f"{paper}.py" for paper in papers]
        return files

    def _logo(self) -> list[Path]:
        return [WORKSHOP / self.description.extra.logo] if self.description.extra.logo else []

    def fetch(self, name: str) -> dict:
        """What must come from outside before the layer's own step begins."""
        found: dict = {}
        if name == "science":
            found |= {"wheels": wheels.python_wheels(), "sources": wheels.source_wheels()}
        if name == "web":
            found["pages"] = npm.pages() / npm.PAGES
        if self._has_lessons(name):
            found["photos"] = wheels.photos_wheel()
        if name in EXTRA.values() and self.added.python:
            found["wheels"] = wheels.added_wheels(self.added.python)
        if debs := self.debs(name):
            found["debs"] = self._fetched(name, debs)
        if debs := self._keyboard(name):
            found["keyboard"] = self._fetched(name, debs)
        return found

    def _fetched(self, name: str, debs: Sequence[Deb]) -> dict[Deb, Path]:
        lock = self.added.debian if name in EXTRA.values() else self.lock
        with downloading(f"Debian packages of the {name} layer") as tick:
            found, reasons = archive.fetch(debs, lock.suite, lock.resolved, warn, tick)
        if reasons:
            path, why = next(iter(reasons.items()))
            more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
            raise Unobtainable(f"{Path(path).name}{more} can be had from nowhere: {'; '.join(why)}")
        return found

    def lay_out(self, name: str, fetched: dict, folder: Path) -> None:
        """Lay out what the roles see as /run/inputs."""
        folder.mkdir()
        if debs := fetched.pop("debs", {}):
            seen_at = Path("/run/inputs/debs")
            line = archive.repository(debs, self.lock.suite, folder / "debs", seen_at)
            (folder / "sources.list").write_text(line)
        for deb, path in fetched.pop("keyboard", {}).items():
            (folder / "keyboard").mkdir(exist_ok=True)
            shutil.copy(path, folder / "keyboard" / f"{deb.name}.deb")
        photos_wheel = fetched.pop("photos", None)
        for part, files in fetched.items():
            shutil.copytree(files, folder / part)
        if name == "science":
            shutil.copy(wheels.LOCKS / "python.lock", folder)
        if name in EXTRA.values() and self.added.python:
            shutil.copy(self.added.python, folder / "python.lock")
        ignore = shutil.ignore_patterns("__pycache__", ".*")
        extra_lessons = name in EXTRA.values() and self.own_lessons
        for files in LAYERS["compiled" if extra_lessons else name].files:
            shutil.copytree(files, folder / files.name, ignore=ignore)
        if name == "content":
            names = self.description.lessons
            self._notebooks(folder / "notebooks", names, lessons.Variant.STUDENT)
            self._notebooks(folder / "solutions", names, lessons.Variant.SOLUTION)
            for page, files in own.pages(self.description.extra).items():
                shutil.copytree(files, folder / "own" / "pages" / page, ignore=ignore)
            for logo in self._logo():
                (folder / "own").mkdir(exist_ok=True)
                shutil.copy(logo, folder / "own" / f"logo{logo.suffix}")
        elif names := self._run(name):
            self._notebooks(folder / "notebooks", names, lessons.Variant.CODE)
        if self._has_lessons(name):
            self._data(folder / "data", photos_wheel)

    def _notebooks(self, folder: Path, names: Sequence[str], variant: lessons.Variant) -> None:
        lessons.generate(own.OURS, folder, list(names), variant, self.own_lessons)

    def _data(self, folder: Path, photos_wheel: Path) -> None:
        """Lay out the lessons' data as they ship."""
        folder.mkdir()
        for path, file in self.assets.items():
            if path not in weights.CONVERTED:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, folder / path)
        weights.convert(self.assets, {entry["asset"] for entry in self.standins}, folder)
        photos.unpack(photos_wheel, folder)
