"""The files for Docker Compose that are handed out beside the images."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..description import Description
from ..paths import PROJECT

FOLDER = PROJECT / "docker"
TEMPLATES = sorted(FOLDER.glob("compose*.yml.j2"))


def write(description: Description, folder: Path) -> list[str]:
    """Write them; returns their names."""
    loader = FileSystemLoader(FOLDER)
    templates = Environment(loader=loader, undefined=StrictUndefined, keep_trailing_newline=True)
    names = []
    for template in TEMPLATES:
        text = templates.get_template(template.name).render(appliance=description)
        names.append(template.stem)
        (folder / template.stem).write_text(text, encoding="utf-8")
    return names
