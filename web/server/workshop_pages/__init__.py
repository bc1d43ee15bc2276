"""The workshop's pages in Jupyter Server: one process, one port, one origin.

`/` is the landing page, the others are below their names; `workshop/…` is what the landing page
asks for. Who may see all this is Jupyter's affair: its login, its checks of Host and XSRF.
"""


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "workshop_pages"}]


def _load_jupyter_server_extension(server: object) -> None:
    from .extension import load  # only a server needs Tornado

    load(server)
