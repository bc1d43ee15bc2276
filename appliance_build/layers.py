"""The layers of the appliance: what each stands on, what its roles see, which are stacked.

system ─┬─► science ─┬─► compiled
        │            ├─► content
        │            └─► web
        ├─► vm
        └─► container ─┬─► cuda
                       └─► opencl     for tests; FORMS says which are stacked, and how

Above those of a form stands what an organiser adds, if they add anything.
"""

from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from .description import Description
from .inputs import npm
from .paths import NOTEBOOKS, PROJECT
from .tools import making

SQUASHFS = "layer.squashfs"
ANSIBLE = PROJECT / "ansible"
HERE = PROJECT / "appliance_build"

#: Code that shapes every layer, and the libraries that it runs with.
BUILDER = [
    HERE / name
    for name in (
        *("layers.py", "ingredients.py", "builder.py"),
        *("tree.py", "provision.py", "excluded.txt"),
    )
] + [
    PROJECT / "packer" / name for name in ("layer.pkr.hcl", "sources.pkr.hcl", "variables.pkr.hcl")
]
BUILDER += [ANSIBLE / "ansible.cfg", making.LOCK]

#: Sets of `locks/debian.lock` that a layer installs.
DEBS = {
    "system": ("base", "system"),
    "vm": ("vm",),
    "container": ("container",),
    "cuda": ("cuda",),
    "opencl": ("opencl",),
}


@dataclass(frozen=True)
class Layer:
    """What makes a layer.

    Attributes:
        below: layers that it is built on, the lowest first.
        settings: keys of appliance.yml that its roles may read.
        files: sources beside its roles that it takes in.
        playbook: of ansible/, if it has not the layer's name.
    """

    below: tuple[str, ...]
    settings: tuple[str, ...]
    files: tuple[Path, ...] = ()
    playbook: str = ""


LAYERS = {
    "system": Layer((), ("name", "title", "user", "ports")),
    "science": Layer(
        ("system",), ("title", "user", "ports", "theano"), (PROJECT / "theano_onednn",)
    ),
    "compiled": Layer(("system", "science"), ("user", "lessons"), (NOTEBOOKS / "workshop",)),
    "content": Layer(
        ("system", "science"),
        tuple(Description.model_fields),
        (NOTEBOOKS / "workshop", PROJECT / "appliance_check"),
    ),
    "web": Layer(("system", "science"), (), (npm.WEB / "server" / "workshop_pages",)),
    "vm": Layer(
        ("system",),
        ("title", "version", "user", "ports", "debian"),
        (PROJECT / "appliance_update",),
    ),
    "container": Layer(("system",), ("user", "ports", "debian"), (PROJECT / "docker" / "inside",)),
    "cuda": Layer(("system", "container"), ("debian",)),
    "opencl": Layer(("system", "container"), ("debian",)),
}

#: Layers that are given lessons and data: `compiled` runs their code, `content` ships them.
WITH_LESSONS = ("compiled", "content")

#: What is handed out: layers in the order in which they are stacked, the lowest first.
FORMS = {
    "vm": ("system", "science", "web", "compiled", "content", "vm"),
    "cpu": ("system", "science", "container", "web", "compiled", "content"),
    "cuda": ("system", "science", "container", "cuda", "web", "compiled", "content"),
}

#: Above each form's layers what an organiser adds. It stands on those that its Debian packages and
#: the code of its lessons need; whatever else changes, it need not be made again.
EXTRA = {form: f"extra-{form}" for form in FORMS}
LAYERS |= {
    EXTRA[form]: Layer(
        tuple(name for name in layers if name not in ("web", "content")),
        ("user", "locale", "lessons", "debian"),
        playbook="extra",
    )
    for form, layers in FORMS.items()
}

#: On top of each form a layer of what it is made of.
ABOUT = {form: f"about-{form}" for form in FORMS}
LAYERS |= {
    ABOUT[form]: Layer(layers, ("name", "title", "version", "date"))
    for form, layers in FORMS.items()
}


def stack(form: str, extra: bool = False) -> tuple[str, ...]:
    """All layers of a form, the lowest first; `extra` says whether an organiser adds to it."""
    return (*FORMS[form], *([EXTRA[form]] if extra else []), ABOUT[form])


def playbook(name: str) -> list[Path]:
    """A layer's playbook and its roles; the last layer has none."""
    file = ANSIBLE / f"{LAYERS[name].playbook or name}.yml"
    if not file.exists():
        return []
    roles = [role for play in YAML(typ="safe").load(file) for role in play["roles"]]
    names = [role if isinstance(role, str) else role["role"] for role in roles]
    return [file, *(ANSIBLE / "roles" / name for name in names)]
