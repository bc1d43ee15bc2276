"""What every check is."""

from .context import Context
from .result import Result

LEVELS = ("quick", "standard", "full")
GROUPS = ("Machine", "Services", "Software", "Lessons")


class Check:
    """One question about the appliance; `checks/` has a subclass in a file of its own for each.

    A subclass sets these and `run`:

    id       what --only, --require and the description's `not_applicable` call it
    title    its line in --list
    group    one of GROUPS, the heading it is reported under
    proves   what a PASS means
    matters  what goes wrong in the workshop when it fails
    remedy   what to do, where the result does not know better
    seconds  how long it takes on a laptop
    limit    seconds after which it is stopped and counts as ERROR (times context.slowdown)
    level    the lowest of LEVELS that includes it: quick reads files and sockets and asks for one
             page; standard starts interpreters, kernels and compilers
    needs    ids whose FAIL or ERROR makes this one pointless, so that it is skipped; they stand
             before it in the list
    alone    nothing else runs beside it: it measures speed, or takes much memory
    as_root  it keeps root's rights where the caller has them, to read what only root may
    """

    id: str
    title: str
    group: str
    proves: str
    matters: str
    remedy: str
    seconds: float
    limit: float = 30
    level: str = "quick"
    needs: tuple[str, ...] = ()
    alone: bool = False
    as_root: bool = False

    def run(self, context: Context) -> Result:
        """Look, and say what was found. Anything raised is an ERROR, but a ProbeFailed a FAIL."""
        raise NotImplementedError

    def excuse(self, context: Context) -> str | None:
        """Why there is no point in running here and now, if so: the reason of a SKIP."""
        return None

    def time_limit(self, context: Context) -> float:
        """Seconds that `run` may take here."""
        return self.limit * context.slowdown
