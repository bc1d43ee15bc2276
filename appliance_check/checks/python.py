"""Are the Python packages those that shipped?"""

from .. import shipped
from ..check import Check
from ..context import Context
from ..distributions import DEBIAN, Distribution, folders, installed, normal
from ..result import Result, failed, passed
from . import weights


class Python(Check):
    id = "python"
    title = "Python packages"
    group = "Software"
    proves = (
        "What the kernels' Python finds is every package that shipped, in its version and not "
        "hidden by another; at level full, the files of our wheels are unchanged, too."
    )
    matters = "A package that was changed or removed breaks lessons that were tested with another."
    remedy = (
        "A package installed with pip may hide the appliance's own: "
        "`/opt/jupyter/bin/python3 -m pip uninstall NAME` removes it again. If that does not help, "
        "import the appliance again."
    )
    seconds = 0.2
    limit = 60

    def run(self, context: Context) -> Result:
        try:
            expected = shipped.python(context.share)
        except shipped.NoList as error:
            return failed(f"{error}, so nobody knows what shipped", shipped.REMEDY)
        if not context.python.exists():
            return failed(f"{context.python} is missing", shipped.REMEDY)
        found = installed(folders(context.python, context.home))
        problems = compare(expected, found)
        names = set(map(normal, expected))
        added = [
            f"{each.name} {each.version}"
            for name, each in sorted(found.items())
            if name not in names and str(each.folder) != DEBIAN  # whose are Debian's packages
        ]
        thorough = context.level == "full"
        if thorough:
            problems += damaged(context, [each for name, each in found.items() if name in names])
        evidence = {"interpreter": str(context.python), "added": added}
        if problems:
            return failed(shipped.first(problems), problems=problems, **evidence)
        more = f", and {len(added)} that were added here" if added else ""
        files = ", their files unchanged" if thorough else ""
        return passed(f"{len(expected)} packages as they shipped{files}{more}", **evidence)


def compare(expected: dict[str, str], found: dict[str, Distribution]) -> list[str]:
    """A sentence for each package that is missing or another than shipped (versions by name)."""
    problems = []
    for name, version in expected.items():
        actual = found.get(normal(name))
        if actual is None:
            problems.append(f"{name} {version} is missing")
        elif not actual.version:
            problems.append(f"{actual.path} is damaged: it names no version")
        elif actual.version != version:
            where = actual.folder
            problems.append(f"{name} is {actual.version} in {where}, {version} shipped")
    return problems


def damaged(context: Context, packages: list[Distribution]) -> list[str]:
    """A sentence for each file of Jupyter's packages, of Theano, Lasagne and the lessons' library
    that was changed. Others were changed by Debian, and their RECORD was not."""
    own = context.python.parent.parent
    wheels = [package for package in packages if own in package.path.parents]
    problems = [sentence for package in wheels for sentence in package.damaged()]
    try:
        library = shipped.listed(context.share, belongs)
    except shipped.NoList as error:
        return [*problems, str(error)]
    return problems + [f"{path} {fault}" for path, fault in shipped.faults(library).items()]


def belongs(name: str) -> bool:
    """Whether a shipped file is this check's: libraries, which are not in the shared folder."""
    return name.startswith("../") and not weights.belongs(name)
