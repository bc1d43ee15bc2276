"""How the library says that something is wrong."""


class WorkshopError(Exception):
    """One sentence: what is wrong, where, and what to do.

    IPython asks an exception how it wants to be shown; this one shows its sentence
    instead of a traceback, which would tell an attendee nothing more.
    """

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]
