"""Asks this machine's own Jupyter, past whatever proxy the environment names."""

from collections.abc import Mapping
from dataclasses import dataclass

from .context import Context

ANSWER_SECONDS = 20  # Jupyter's start at native speed, with room to spare


@dataclass(frozen=True)
class Answer:
    """`headers` have lower-case names."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def type(self) -> str:
        """For example "text/html"."""
        return self.headers.get("content-type", "").partition(";")[0].strip()


def get(context: Context, path: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Ask for a page, wherever it may lead to.

    Raises:
        OSError: nothing answers in time, or what answers does not speak HTTP.
    """
    import http.client  # late: it is half of what the command loads before it says a word

    connection = http.client.HTTPConnection(
        "127.0.0.1", context.ports["jupyter"], timeout=ANSWER_SECONDS * context.slowdown
    )
    try:
        connection.request("GET", path, headers=dict(headers or {}))
        reply = connection.getresponse()
        named = {name.lower(): value for name, value in reply.getheaders()}
        return Answer(reply.status, named, reply.read())
    except http.client.HTTPException as error:
        raise OSError(f"the reply is not HTTP: {error}") from None
    finally:
        connection.close()


def opening(token: str | None) -> dict[str, str]:
    """The header that shows Jupyter its token."""
    return {"Authorization": f"token {token}"} if token else {}
